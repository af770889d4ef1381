//! Whom a domain lets send its mail, as its SPF record says (RFC 7208).

use std::collections::HashSet;

use super::observed::{Kind, Observed};

/// Records that are read for one domain: as many as a receiver may look up (RFC 7208 §4.6.4).
const LOOKUPS: usize = 10;

/// A name that an SPF record refers to, in lower case, and the URI of the record's question.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) uri: String,
}

/// Every name that the domain's SPF record refers to, in order. Records of its own that it includes
/// are read as well, where they were asked for; whom another's record includes is the other's
/// affair.
pub(super) fn senders(observed: &Observed) -> Vec<Sender> {
    let mut waiting = vec![observed.domain.clone()];
    let (mut read, mut seen, mut senders) = (HashSet::new(), HashSet::new(), Vec::new());
    while let Some(name) = waiting.pop() {
        if read.len() == LOOKUPS || !read.insert(name.clone()) {
            continue;
        }
        let Some(asked) = observed.ask(&name, Kind::Txt) else {
            continue;
        };
        for target in asked.records().flat_map(|record| targets(record)) {
            if observed.relative(&target).is_some() {
                waiting.push(target);
            } else if seen.insert(target.clone()) {
                senders.push(Sender {
                    name: target,
                    uri: asked.uri(),
                });
            }
        }
    }
    senders
}

/// The names in one TXT record, if it is an SPF record.
fn targets(record: &str) -> Vec<String> {
    let mut terms = record.split_ascii_whitespace();
    if !terms
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case("v=spf1"))
    {
        return Vec::new();
    }
    let target = |term: &str| {
        let term = term
            .trim_start_matches(['+', '-', '~', '?'])
            .to_ascii_lowercase();
        let (mechanism, value) = term.split_once([':', '='])?;
        let names = ["include", "redirect", "exists", "a", "mx", "ptr"];
        let value = value.split('/').next()?.trim_end_matches('.');
        (names.contains(&mechanism) && value.contains('.')).then(|| value.to_owned())
    };
    terms.filter_map(target).collect()
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
    fn own_records_are_followed_and_others_only_named() {
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
        assert_eq!(names(&records).len(), LOOKUPS - 1);
    }
}
