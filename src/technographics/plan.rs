//! What a ping asks of DNS: first [`questions`], and then, until nothing more comes, what the
//! answers make worth asking, [`follow_up`].
//!
//! Invariants: each question once; never more than [`MOST`] of one domain in all.

use std::collections::HashSet;
use std::net::IpAddr;

use super::fingerprint::{Clue, technologies};
use super::observed::{Asked, Kind, Observed, Question};
use super::spf;

/// Questions that one ping asks at most, with all that follows. A resolver that looks each up anew
/// asks the domain's own name servers as often.
pub const MOST: usize = 100;

/// DKIM selectors of [`MOST`] that are asked for because a fingerprint names them. Those in the
/// list below come first.
const SELECTORS: usize = 40;

/// What every domain is asked: the type, and the names relative to the domain. The domain itself
/// cannot be an alias (RFC 1034 §3.6.2).
const PLAN: &[(Kind, &[&str])] = &[
    (Kind::Soa, &[""]),
    (Kind::Ns, &[""]),
    (Kind::Mx, &[""]),
    (Kind::Caa, &[""]),
    (Kind::A, &["", "www"]),
    (Kind::Aaaa, &["", "www"]),
    (
        Kind::Txt,
        &["", "_dmarc", "_mta-sts", "_smtp._tls", "default._bimi"],
    ),
    (
        Kind::Cname,
        &[
            "www",
            "autodiscover",
            "enterpriseregistration",
            "enterpriseenrollment",
            "lyncdiscover",
            "sip",
            "msoid",
        ],
    ),
    (
        Kind::Srv,
        &["_sipfederationtls._tcp", "_sip._tls", "_autodiscover._tcp"],
    ),
];

/// Selectors that are aliases of their service's: the alias tells whose.
const ALIASED: &[&str] = &[
    "selector1",
    "selector2",
    "k1",
    "k2",
    "k3",
    "s1",
    "s2",
    "zendesk1",
    "zendesk2",
    "ctct1",
    "ctct2",
    "fm1",
    "protonmail",
    "mlsend2",
    "everlytickey1",
];

/// Selectors whose key stands in the domain's own zone.
const KEYED: &[&str] = &[
    "google", "mandrill", "mailjet", "sm", "pm", "mxvault", "default",
];

/// What a hosted site is asked: the mail and the zone are its host's.
const HOSTED: &[Kind] = &[Kind::A, Kind::Aaaa, Kind::Cname, Kind::Txt];

/// The first questions about a registrable domain, each once; of a site that somebody else hosts
/// (`contoso.github.io`), those about itself alone. None about what is no domain of a company's.
pub fn questions(domain: &str) -> Vec<Question> {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let mut plan = Plan::default();
    match place(&domain) {
        Place::Nowhere => {}
        Place::Hosted => {
            for kind in HOSTED {
                plan.add(*kind, domain.clone());
            }
        }
        Place::Own => {
            for (kind, names) in PLAN {
                for name in *names {
                    plan.add(*kind, below(name, &domain));
                }
            }
            for (kind, selector) in selectors() {
                plan.add(kind, below(&format!("{selector}._domainkey"), &domain));
            }
        }
    }
    plan.questions
}

/// What the answers make worth asking next; nothing, when all is known. To be called again with
/// what it brought.
pub fn follow_up(observed: &Observed) -> Vec<Question> {
    let mut plan = Plan::default();
    let room = MOST.saturating_sub(observed.asked.len());
    for name in spf::missing(observed) {
        plan.add(Kind::Txt, name);
    }
    let portal = spf::senders(observed).into_iter().find_map(|sender| {
        let portal = sender.name.strip_suffix(".hubspotemail.net")?;
        let number = portal.split('.').next()?;
        let digits = (1..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| number.to_owned())
    });
    // HubSpot's selector has the customer's number in it, and so has what its SPF includes.
    if let Some(portal) = portal {
        let name = below(&format!("hs1-{portal}._domainkey"), &observed.domain);
        if observed.ask(&name, Kind::Cname).is_none() {
            plan.add(Kind::Cname, name);
        }
    }
    plan.questions.truncate(room);
    plan.questions
}

/// Whether `uri` is a question that only answers lead to, and these answers, all there, lead there no
/// more: what it has shown is not looked for because it is not named.
pub(super) fn is_left(uri: &str, observed: &Observed) -> bool {
    let question = uri.strip_prefix("dns:");
    let Some((name, kind)) = question.and_then(|question| question.split_once("?type=")) else {
        return false;
    };
    let led = match kind {
        "TXT" => {
            let first = questions(&observed.domain);
            !first
                .iter()
                .any(|one| one.kind == Kind::Txt && one.name == name)
        }
        "CNAME" => name.starts_with("hs1-"),
        _ => false,
    };
    let own = observed.ask(&observed.domain, Kind::Txt);
    led && own.is_some_and(Asked::is_answered)
        && observed.asked.len() < MOST
        && observed.asked.iter().all(|asked| asked.uri() != uri)
        && follow_up(observed).is_empty()
}

/// Questions in order, each once.
#[derive(Default)]
struct Plan {
    questions: Vec<Question>,
    known: HashSet<Question>,
}

impl Plan {
    fn add(&mut self, kind: Kind, name: String) {
        let question = Question { name, kind };
        if self.known.insert(question.clone()) {
            self.questions.push(question);
        }
    }
}

/// Whose a domain is.
enum Place {
    /// A company's own.
    Own,
    /// A customer's, below a suffix that is somebody's service.
    Hosted,
    /// Nobody's: an address, a public suffix, no name at all.
    Nowhere,
}

fn place(domain: &str) -> Place {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(letter);
    // With the longest name below it, it still has to fit into DNS.
    let name = domain.len() <= 200 && domain.contains('.') && domain.split('.').all(label);
    if !name || domain.parse::<IpAddr>().is_ok() {
        return Place::Nowhere;
    }
    match psl::suffix(domain.as_bytes()) {
        Some(suffix) => {
            let whole = suffix.as_bytes().len() == domain.len();
            match suffix.typ() {
                // A service's own domain, as github.io, is a company's.
                Some(psl::Type::Private) if !whole => Place::Hosted,
                Some(psl::Type::Icann) if whole => Place::Nowhere,
                _ => Place::Own,
            }
        }
        None => Place::Nowhere,
    }
}

fn below(name: &str, domain: &str) -> String {
    match name {
        "" => domain.to_owned(),
        name => format!("{name}.{domain}"),
    }
}

/// The DKIM selectors to ask for: those listed, and those that fingerprints name.
fn selectors() -> impl Iterator<Item = (Kind, &'static str)> {
    let listed = ALIASED.iter().map(|selector| (Kind::Cname, *selector));
    let listed = listed.chain(KEYED.iter().map(|selector| (Kind::Txt, *selector)));
    let clues = technologies().iter().flat_map(|one| &one.clues);
    let named = clues.filter_map(named).take(SELECTORS);
    listed.chain(named)
}

/// The selector that a clue names, if it names one and not many: a star stands for anything.
fn named(clue: &'static Clue) -> Option<(Kind, &'static str)> {
    let (kind, selector) = match clue {
        Clue {
            dkim: Some(selector),
            ..
        } => (Kind::Txt, selector.as_str()),
        Clue {
            cname: Some(_),
            at: Some(at),
            ..
        } => (Kind::Cname, at.strip_suffix("._domainkey")?),
        Clue {
            txt: Some(_),
            at: Some(at),
            ..
        } => (Kind::Txt, at.strip_suffix("._domainkey")?),
        _ => return None,
    };
    (!selector.contains('*')).then_some((kind, selector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::technographics::observed::{Answer, Asked};

    /// Questions that follow from answers: SPF records, and a selector of HubSpot's.
    const FOLLOWING: usize = spf::LOOKUPS + 1;

    fn asks(questions: &[Question], kind: Kind, name: &str) -> bool {
        questions.iter().any(|q| q.kind == kind && q.name == name)
    }

    #[test]
    fn a_domain_is_asked_the_whole_plan_each_question_once() {
        let asked = questions("Contoso.Example.");
        for (kind, name) in [
            (Kind::Soa, "contoso.example"),
            (Kind::Mx, "contoso.example"),
            (Kind::Aaaa, "www.contoso.example"),
            (Kind::Cname, "www.contoso.example"),
            (Kind::Txt, "_dmarc.contoso.example"),
            (Kind::Txt, "_smtp._tls.contoso.example"),
            (Kind::Cname, "enterpriseenrollment.contoso.example"),
            (Kind::Srv, "_sipfederationtls._tcp.contoso.example"),
            (Kind::Cname, "selector1._domainkey.contoso.example"),
            (Kind::Txt, "default._domainkey.contoso.example"),
        ] {
            assert!(asks(&asked, kind, name), "{kind:?} {name}");
        }
        let once: HashSet<_> = asked.iter().collect();
        assert_eq!(once.len(), asked.len());
        assert!(asked.len() + FOLLOWING <= MOST, "{}", asked.len());
        assert!(asked.iter().all(|q| q.name.ends_with("contoso.example")));
    }

    #[test]
    fn a_selector_that_a_fingerprint_names_is_asked_for() {
        let asked = questions("contoso.example");
        let mut fixed = 0;
        for clue in technologies().iter().flat_map(|one| &one.clues) {
            let Some((kind, selector)) = named(clue) else {
                continue;
            };
            fixed += 1;
            let name = format!("{selector}._domainkey.contoso.example");
            assert!(asks(&asked, kind, &name), "{kind:?} {name}");
        }
        assert!((5..=SELECTORS).contains(&fixed), "{fixed}");
        assert!(!asked.iter().any(|question| question.name.contains('*')));
    }

    #[test]
    fn a_hosted_site_is_asked_about_itself_and_what_is_no_domain_nothing() {
        let asked = questions("contoso.github.io");
        assert_eq!(asked.len(), HOSTED.len());
        assert!(asked.iter().all(|q| q.name == "contoso.github.io"));
        assert!(!asks(&asked, Kind::Mx, "contoso.github.io"));
        let whole = questions("contoso.example").len();
        for own in ["github.io", "contoso.co.uk", "contoso.com"] {
            assert_eq!(questions(own).len(), whole, "{own}");
        }
        let long = format!("{}.example", "x.".repeat(120));
        for none in [
            "192.0.2.1",
            "2001:db8::1",
            "[::1]",
            "",
            ".",
            "co.uk",
            "com",
            "localhost",
            "a..b",
            "a b.example",
            "ü.example",
            &long,
        ] {
            assert_eq!(questions(none), [], "{none}");
        }
    }

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

    #[test]
    fn what_answers_lead_to_is_asked_until_all_is_known() {
        let text = "v=spf1 include:_a.contoso.example include:_spf.google.com \
                    include:77.spf03.hubspotemail.net -all";
        let mut seen = observed(&[("contoso.example", text)]);
        let asked = follow_up(&seen);
        assert_eq!(asked.len(), 2);
        assert!(asks(&asked, Kind::Txt, "_a.contoso.example"));
        assert!(asks(
            &asked,
            Kind::Cname,
            "hs1-77._domainkey.contoso.example"
        ));
        let answered = asked.into_iter().map(|q| q.answered(Answer::NoName));
        seen.asked.extend(answered);
        assert_eq!(follow_up(&seen), []);
        assert_eq!(follow_up(&observed(&[])), []);
    }

    #[test]
    fn a_ping_ends_whatever_is_answered() {
        let text: String = (0..500).map(|n| format!("include:o{n}.test ")).collect();
        let mut seen = observed(&[("contoso.example", &format!("v=spf1 {text}"))]);
        for _ in 0..MOST {
            let next = follow_up(&seen);
            let text = |q: &Question| Answer::Records(vec![format!("v=spf1 include:a.{}", q.name)]);
            let answered = next.into_iter().map(|question| {
                let answer = text(&question);
                question.answered(answer)
            });
            seen.asked.extend(answered);
        }
        assert_eq!(seen.asked.len(), 1 + spf::LOOKUPS);
        let full = (0..MOST).map(|n| Question {
            name: format!("n{n}.contoso.example"),
            kind: Kind::A,
        });
        let mut seen = observed(&[("contoso.example", "v=spf1 include:a.test")]);
        seen.asked.extend(full.map(|q| q.answered(Answer::NoData)));
        assert_eq!(follow_up(&seen), []);
    }
}
