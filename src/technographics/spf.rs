//! Whom a domain lets send its mail, as its SPF record says (RFC 7208).

use std::collections::{HashSet, VecDeque};

use super::names;
use super::observed::{Asked, Kind, Observed};

/// Records that are read beyond the domain's own: as many as a receiver may look up (RFC 7208
/// §4.6.4).
pub(super) const LOOKUPS: usize = 10;

/// A name that an SPF record refers to, in lower case, and the URI of the record's question.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) uri: String,
}

/// What a domain's SPF records say, as far as they were asked for.
struct Walk {
    senders: Vec<Sender>,
    /// Records to read that were not asked for: the domain's own, and others'.
    missing: (Vec<String>, Vec<String>),
    /// How many were.
    read: usize,
}

/// Every name that the domain's SPF record refers to, in order. Records that it includes are read
/// as well, where they were asked for: its own to any depth, others' one level deep, because some
/// keep their customers' senders. What a known sender's record includes is the sender's affair.
pub(super) fn senders(observed: &Observed) -> Vec<Sender> {
    walk(observed).senders
}

/// The names whose records are worth asking for next: the domain's own before others'.
pub(super) fn missing(observed: &Observed) -> Vec<String> {
    let walk = walk(observed);
    let (own, others) = walk.missing;
    let mut next = if own.is_empty() { others } else { own };
    next.truncate(LOOKUPS.saturating_sub(walk.read));
    next
}

fn walk(observed: &Observed) -> Walk {
    let mut walk = Walk {
        senders: Vec::new(),
        missing: (Vec::new(), Vec::new()),
        read: 0,
    };
    let Some(first) = observed.ask(&observed.domain, Kind::Txt) else {
        return walk;
    };
    let mut seen = HashSet::from([observed.domain.clone()]);
    let (mut own, mut others) = (VecDeque::from([first]), VecDeque::new());
    // Others' records come last, so that they never take the place of the domain's own.
    while let Some((asked, is_own)) = next(&mut own, &mut others) {
        for term in asked.records().flat_map(|record| terms(record)) {
            let ours = is_ours(observed, &term.name);
            if !seen.insert(term.name.clone()) {
                continue;
            }
            if (ours || is_own) && term.is_record && (ours || !names::is_sender(&term.name)) {
                match observed.ask(&term.name, Kind::Txt) {
                    Some(_) if walk.read == LOOKUPS => {}
                    Some(asked) => {
                        walk.read += 1;
                        let queue = if ours { &mut own } else { &mut others };
                        queue.push_back(asked);
                    }
                    None if is_askable(&term.name) => {
                        let missing = &mut walk.missing;
                        let list = if ours { &mut missing.0 } else { &mut missing.1 };
                        list.push(term.name.clone());
                    }
                    None => {}
                }
            }
            if observed.relative(&term.name).is_none() {
                walk.senders.push(Sender {
                    name: term.name,
                    uri: asked.uri(),
                });
            }
        }
    }
    walk
}

/// The next record to read, and whether it is the domain's own.
fn next<'a>(
    own: &mut VecDeque<&'a Asked>,
    others: &mut VecDeque<&'a Asked>,
) -> Option<(&'a Asked, bool)> {
    let other = |asked| (asked, false);
    own.pop_front()
        .map(|asked| (asked, true))
        .or_else(|| others.pop_front().map(other))
}

/// Whether a record is the domain's own: it is below it, or somebody keeps it for the domain, whose
/// name stands in it, as `contoso.example._spf.keeper.example`.
fn is_ours(observed: &Observed, name: &str) -> bool {
    observed.relative(name).is_some()
        || name
            .match_indices(observed.domain.as_str())
            .any(|(start, found)| {
                let before = &name[..start];
                (before.is_empty() || before.ends_with('.'))
                    && name[start + found.len()..].starts_with('.')
            })
}

/// Whether it is a name that can be asked for: no macro (RFC 7208 §7), which varies by the mail.
fn is_askable(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(letter);
    name.len() <= 253 && name.split('.').all(label)
}

/// A name in an SPF record.
struct Term {
    name: String,
    /// Whether another SPF record stands there, whose senders are this one's.
    is_record: bool,
}

/// The names in one TXT record, if it is an SPF record.
fn terms(record: &str) -> Vec<Term> {
    let mut terms = record.split_ascii_whitespace();
    if !terms
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case("v=spf1"))
    {
        return Vec::new();
    }
    let term = |term: &str| {
        let term = term
            .trim_start_matches(['+', '-', '~', '?'])
            .to_ascii_lowercase();
        let (mechanism, value) = term.split_once([':', '='])?;
        let names = ["include", "redirect", "exists", "a", "mx", "ptr"];
        let value = value.split('/').next()?.trim_end_matches('.');
        (names.contains(&mechanism) && value.contains('.')).then(|| Term {
            name: value.to_owned(),
            is_record: matches!(mechanism, "include" | "redirect"),
        })
    };
    terms.filter_map(term).collect()
}

#[cfg(test)]
mod tests {
    use super::super::observed::{Answer, Asked};
    use super::*;

    fn observed(records: &[(&str, &str)]) -> Observed {
        let asked = records.iter().map(|(name, text)| Asked {
            name: (*name).to_owned(),
            kind: Kind::Txt,
            answer: Answer::Records(vec![(*text).to_owned()]),
        });
        Observed {
            domain: "contoso.example".to_owned(),
            asked: asked.collect(),
            ..Observed::default()
        }
    }

    fn names(records: &[(&str, &str)]) -> Vec<String> {
        let senders = senders(&observed(records));
        senders.into_iter().map(|sender| sender.name).collect()
    }

    #[test]
    fn own_records_are_followed_and_known_senders_only_named() {
        let found = names(&[
            (
                "contoso.example",
                "V=SPF1 ip4:192.0.2.1 include:_a.contoso.example ?include:Sendgrid.net. a mx/24 -all",
            ),
            (
                "_a.contoso.example",
                "v=spf1 include:_a.contoso.example a:mail.zendesk.com/28 ~all",
            ),
            ("sendgrid.net", "v=spf1 include:ab.sendgrid.net -all"),
        ]);
        assert_eq!(found, ["sendgrid.net", "mail.zendesk.com"]);
    }

    #[test]
    fn macros_and_redirects_are_names_too() {
        let macros = "v=spf1 include:%{ir}.%{v}.%{d}.spf.has.pphosted.com redirect=_spf.google.com";
        let found = names(&[("contoso.example", macros)]);
        assert_eq!(
            found,
            ["%{ir}.%{v}.%{d}.spf.has.pphosted.com", "_spf.google.com"]
        );
    }

    #[test]
    fn what_is_no_spf_is_none() {
        for text in [
            "v=spf10 include:a.example",
            "spf2.0/pra include:a.example",
            "include:a.example",
            "",
        ] {
            assert_eq!(names(&[("contoso.example", text)]), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_chain_of_records_ends() {
        let chain: Vec<(String, String)> = (0..40)
            .map(|n| {
                (
                    format!("{n}.contoso.example"),
                    format!(
                        "v=spf1 include:{}.contoso.example include:x{n}.example",
                        n + 1
                    ),
                )
            })
            .collect();
        let mut records: Vec<(&str, &str)> =
            vec![("contoso.example", "v=spf1 include:0.contoso.example")];
        records.extend(
            chain
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str())),
        );
        assert_eq!(names(&records).len(), LOOKUPS);
    }

    #[test]
    fn what_another_keeps_for_its_customers_is_read_one_level_deep() {
        let known = "spf.protection.outlook.com";
        let records = [
            (
                "contoso.example",
                "v=spf1 include:flat.keeper.test include:spf.protection.outlook.com -all",
            ),
            (
                "flat.keeper.test",
                "v=spf1 include:sendgrid.net include:deep.keeper.test -all",
            ),
            (known, "v=spf1 include:spf-a.outlook.test -all"),
            ("deep.keeper.test", "v=spf1 include:mailgun.org -all"),
        ];
        assert_eq!(
            names(&records),
            [
                "flat.keeper.test",
                known,
                "sendgrid.net",
                "deep.keeper.test"
            ]
        );
        let found = senders(&observed(&records));
        assert_eq!(found[2].uri, "dns:flat.keeper.test?type=TXT");
        assert_eq!(missing(&observed(&records[..1])), ["flat.keeper.test"]);
        assert_eq!(missing(&observed(&records[..2])), [""; 0]);
    }

    #[test]
    fn a_record_that_another_keeps_for_this_domain_is_its_own() {
        let kept = "_u.contoso.example._spf.smart.ondmarc.com";
        let text = format!("v=spf1 include:{kept} -all");
        let records = [
            ("contoso.example", text.as_str()),
            (kept, "v=spf1 include:other.test -all"),
            ("other.test", "v=spf1 include:mailgun.org -all"),
        ];
        assert_eq!(missing(&observed(&records[..1])), [kept]);
        assert_eq!(missing(&observed(&records[..2])), ["other.test"]);
        assert_eq!(names(&records), [kept, "other.test", "mailgun.org"]);
        // A name that merely ends or begins alike is another's.
        let alike = "xcontoso.example.mailgun.org contoso.examples.mailgun.org";
        for name in alike.split(' ') {
            assert!(!is_ours(&observed(&records), name), "{name}");
        }
    }

    #[test]
    fn own_records_are_asked_for_first_and_ten_in_all() {
        let others: String = (0..12).map(|n| format!("include:o{n}.test ")).collect();
        let text =
            format!("v=spf1 {others} include:_a.contoso.example redirect=_b.contoso.example");
        let mut records = vec![("contoso.example".to_owned(), text)];
        let (mut rounds, mut asked) = (Vec::new(), 0);
        loop {
            let known: Vec<(&str, &str)> = records
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            let next = missing(&observed(&known));
            if next.is_empty() {
                break;
            }
            asked += next.len();
            let nested = |name: &String| match name.starts_with("_a") {
                true => (name.clone(), "v=spf1 include:_c.contoso.example".to_owned()),
                false => (name.clone(), "v=spf1 -all".to_owned()),
            };
            records.extend(next.iter().map(nested));
            rounds.push(next);
        }
        assert_eq!(rounds[0], ["_a.contoso.example", "_b.contoso.example"]);
        assert_eq!(rounds[1], ["_c.contoso.example"]);
        assert_eq!(rounds[2].len(), 7);
        assert_eq!((rounds.len(), asked), (3, LOOKUPS));
    }

    #[test]
    fn what_is_no_name_is_not_asked_for() {
        let long = format!("{}.test", "x".repeat(64));
        let longer = "x.".repeat(127) + "test";
        for name in [
            "%{i}._spf.test",
            "a..test",
            "a b.test",
            ".test",
            "ü.test",
            &long,
            &longer,
        ] {
            let text = format!("v=spf1 include:{name} -all");
            assert_eq!(missing(&observed(&[("contoso.example", &text)])), [""; 0]);
        }
    }
}
