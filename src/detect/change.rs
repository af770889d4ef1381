//! From what changed at a company's domain to signals: each with both observations as its evidence.
//!
//! Nothing is read here, so it is no [`Detector`](super::Detector): what changed is seen by
//! comparing looks. Addresses and names of persons, which records of DNS hold, are taken out as from
//! any quote.

use std::net::IpAddr;

use super::knowledge::knowledge;
use super::privacy::Persons;
use super::signals;
use crate::model::change::{Change, Changed, Sight};
use crate::model::company::Company;
use crate::model::signal::{
    Basis, Cause, Evidence, Modality, Precision, Provenance, Role, Signal, SignalId, SignalKind,
    Slots, Stage, Telling, When,
};

/// What evidence names this way of finding by.
pub const NAME: &str = "change";

/// Goes up whenever its findings change.
const VERSION: u16 = 1;

/// The longest quote, in characters.
const QUOTE: usize = 300;

/// How much of either observation a quote of both holds, in bytes.
const PART: usize = 120;

/// What the observation before is less sure to be than the one after: it was seen for the change's
/// sake alone.
const BEFORE: f32 = 0.9;

/// A signal for each change. The same change, told twice, is one signal.
pub fn signals(changes: &[Change], company: &Company) -> Vec<Signal> {
    changes
        .iter()
        .map(|change| signal(change, company))
        .collect()
}

fn signal(change: &Change, company: &Company) -> Signal {
    let (kind, rule, event) = told(&change.what);
    let day = change.after.at.day();
    let evidence = vec![
        evidence(change, company, &change.after, rule),
        evidence(change, company, &change.before, &format!("{rule}.before")),
    ];
    let mut technologies = change.names.clone();
    technologies.sort_unstable();
    technologies.dedup();
    Signal {
        id: SignalId::new(&company.id, kind, &format!("{rule} {event} {day}")),
        company: company.id.clone(),
        kind,
        role: Role::Subject,
        areas: change.areas.clone(),
        modality: Modality::Asserted,
        event: Some(When {
            day,
            precision: Precision::Day,
            basis: Basis::FirstSeen,
        }),
        published: None,
        slots: Slots {
            technologies,
            ..Slots::default()
        },
        confidence: change.confidence.clamp(0.0, 1.0),
        evidence,
        first_seen: change.after.at,
        last_seen: change.after.at,
    }
    .as_told(Stage::Done)
}

/// The kind of a change, the id of what it was found by, and what tells it from others of its kind.
fn told(what: &Changed) -> (SignalKind, &'static str, String) {
    use SignalKind::{
        DomainChange, HostingChange, LegacyVersion, MailMigration, SecurityPosture, TechAdopted,
        TechRetired,
    };
    match what {
        Changed::Adopted(slug) => (TechAdopted, "change.adopted", slug.clone()),
        Changed::Retired(slug) => (TechRetired, "change.retired", slug.clone()),
        Changed::MailMoved { from, to } => (MailMigration, "change.mail", format!("{from} {to}")),
        Changed::HostingMoved { from, to } => {
            (HostingChange, "change.hosting", format!("{from} {to}"))
        }
        Changed::NameServersMoved { from, to } => {
            (HostingChange, "change.name_servers", format!("{from} {to}"))
        }
        Changed::Legacy {
            technology, ends, ..
        } => (
            LegacyVersion,
            "change.legacy",
            format!("{technology} {ends}"),
        ),
        Changed::CertificateExpired { ended } => {
            (SecurityPosture, "change.certificate", ended.to_string())
        }
        Changed::PostureUp(slugs) => (SecurityPosture, "change.posture_up", slugs.join(" ")),
        Changed::PostureDown(slugs) => (SecurityPosture, "change.posture_down", slugs.join(" ")),
        Changed::DomainMoved { to } => (DomainChange, "change.domain", to.clone()),
    }
}

fn evidence(change: &Change, company: &Company, sight: &Sight, rule: &str) -> Evidence {
    let is_before = rule.ends_with(".before");
    let (quote, mark) = match is_before {
        true => (sight.evidence.clone(), 0),
        false => headline(change),
    };
    let clean = redact(&quote, change, company);
    // What is taken out stands behind the mark, in what was observed.
    let mark = (
        0,
        if mark == 0 {
            clean.len()
        } else {
            mark.min(clean.len())
        },
    );
    let (quote, marks) = signals::shorten(&clean, mark, QUOTE);
    Evidence {
        url: sight.url.clone(),
        origin: origin(&sight.url),
        quote,
        marks,
        title: String::new(),
        language: None,
        published: None,
        seen: sight.at,
        detector: NAME.to_owned(),
        version: VERSION,
        rule: rule.to_owned(),
        confidence: change.confidence.clamp(0.0, 1.0) * if is_before { BEFORE } else { 1.0 },
        provenance: Provenance::default(),
        because: vec![(Cause::Rule, change.confidence.clamp(0.0, 1.0))],
        telling: Telling::default(),
    }
}

/// What happened, in words and as it was seen, and how many bytes of it are the words.
fn headline(change: &Change) -> (String, usize) {
    let names = change.names.join(", ");
    let first = change.names.first().map_or("", String::as_str);
    let last = change.names.last().map_or("", String::as_str);
    let (before, after) = (cut(&change.before.evidence), cut(&change.after.evidence));
    let both = format!("was {before}, is {after}");
    let (words, seen) = match &change.what {
        Changed::Adopted(_) => (format!("Adopted {names}"), after.to_owned()),
        Changed::Retired(_) => (format!("Retired {names}"), both),
        Changed::MailMoved { .. } => (format!("Mail moved from {first} to {last}"), both),
        Changed::HostingMoved { .. } => (format!("Site moved from {first} to {last}"), both),
        Changed::NameServersMoved { .. } => {
            (format!("Name servers moved from {first} to {last}"), both)
        }
        Changed::Legacy { version, .. } => {
            let version = version.as_deref().unwrap_or_default();
            let words = format!("Runs {names} {version}");
            (words.trim_end().to_owned(), change.after.evidence.clone())
        }
        Changed::CertificateExpired { .. } => ("Certificate expired".to_owned(), after.to_owned()),
        Changed::PostureUp(_) => (format!("Security improved: {names}"), both),
        Changed::PostureDown(_) => (format!("Security weakened: {names}"), both),
        Changed::DomainMoved { to } => (format!("Moved to {to}"), after.to_owned()),
    };
    let length = words.len();
    (format!("{words}: {seen}"), length)
}

fn cut(evidence: &str) -> &str {
    &evidence[..evidence.floor_char_boundary(PART)]
}

/// Takes persons out. Network addresses look like phone numbers, and are none.
fn redact(text: &str, change: &Change, company: &Company) -> String {
    const DOT: &str = "\u{2024}";
    let masked: Vec<String> = text
        .split(' ')
        .map(|word| {
            let bare = word.trim_matches([',', ';', ':']);
            match bare.parse::<IpAddr>() {
                Ok(_) => word.replace('.', DOT),
                Err(_) => word.replace("%40", "@"),
            }
        })
        .collect();
    let mut keep: Vec<&str> = vec![company.name.as_str()];
    keep.extend(change.names.iter().map(String::as_str));
    let names = &knowledge().names;
    let (clean, _) = names.redact(&masked.join(" "), &[], &Persons::default(), &keep);
    clean.replace(DOT, ".")
}

/// The registrable domain of a page, or of the name that DNS was asked for.
fn origin(url: &str) -> String {
    match url.strip_prefix("dns:") {
        Some(question) => {
            let name = question.split('?').next().unwrap_or_default();
            signals::origin(&format!("https://{}/", name.trim_start_matches(['_', '*'])))
        }
        None => signals::origin(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signal::ProductArea;
    use crate::model::time::{Day, Timestamp};

    const SEEN: Day = jiff::civil::date(2026, 11, 20);

    fn sight(day: Day, evidence: &str, url: &str) -> Sight {
        Sight {
            at: Timestamp::of_day(day),
            evidence: evidence.to_owned(),
            url: url.to_owned(),
        }
    }

    fn change(what: Changed, names: &[&str], before: &str, after: &str) -> Change {
        let url = "dns:_dmarc.contoso.example?type=TXT";
        Change {
            what,
            before: sight(jiff::civil::date(2026, 11, 12), before, url),
            after: sight(SEEN, after, url),
            confidence: 0.8,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            areas: vec![ProductArea::Microsoft365],
        }
    }

    fn told_of(change: &Change) -> Signal {
        let mut told = signals(
            std::slice::from_ref(change),
            &Company::new("contoso.example"),
        );
        assert_eq!(told.len(), 1);
        told.remove(0)
    }

    fn moved() -> Change {
        change(
            Changed::MailMoved {
                from: "google-workspace-mx".to_owned(),
                to: "exchange-online".to_owned(),
            },
            &["Gmail (Google Workspace)", "Microsoft Exchange Online"],
            "MX contoso.example: 1 aspmx.l.google.com.",
            "MX contoso.example: 0 contoso-example.mail.protection.outlook.com.",
        )
    }

    #[test]
    fn a_move_is_quoted_with_both_observations() {
        let signal = told_of(&moved());
        assert_eq!(signal.kind, SignalKind::MailMigration);
        assert_eq!(
            signal.evidence[0].quote,
            "Mail moved from Gmail (Google Workspace) to Microsoft Exchange Online: was MX \
             contoso.example: 1 aspmx.l.google.com., is MX contoso.example: 0 \
             contoso-example.mail.protection.outlook.com."
        );
        let (from, to) = signal.evidence[0].marks[0];
        assert_eq!(
            &signal.evidence[0].quote[from.into()..to.into()],
            "Mail moved from Gmail (Google Workspace) to Microsoft Exchange Online"
        );
        assert_eq!(
            signal.evidence[1].quote,
            "MX contoso.example: 1 aspmx.l.google.com."
        );
        assert_eq!(signal.event.map(|when| when.day), Some(SEEN));
        let days = signal.evidence.iter().map(|proof| proof.seen.day().day());
        assert_eq!(days.collect::<Vec<_>>(), [20, 12]);
        assert_eq!(signal.evidence[0].origin, "contoso.example");
    }

    #[test]
    fn a_change_told_twice_is_one_signal() {
        let (mut first, second) = (told_of(&moved()), told_of(&moved()));
        assert_eq!(first.id, second.id);
        let once = first.clone();
        assert!(!first.absorb(second));
        assert_eq!(first, once);
    }

    #[test]
    fn persons_are_taken_out_and_addresses_of_networks_are_not() {
        let record = "TXT _dmarc.contoso.example: v=DMARC1; p=reject; \
                      rua=mailto:jane.roe@contoso.example";
        let up = Changed::PostureUp(vec!["dmarc-enforced".to_owned()]);
        let signal = told_of(&change(up, &["DMARC enforced"], "no sign of it", record));
        assert_eq!(signal.kind, SignalKind::SecurityPosture);
        assert!(
            signal.evidence[0]
                .quote
                .contains("p=reject; rua=mailto:[e-mail]")
        );
        let hosted = change(
            Changed::Adopted("github-pages".to_owned()),
            &["GitHub Pages"],
            "no sign of GitHub Pages",
            "address 185.199.108.153",
        );
        let quote = &told_of(&hosted).evidence[0].quote;
        assert_eq!(quote, "Adopted GitHub Pages: address 185.199.108.153");
    }

    #[test]
    fn every_change_has_its_kind_and_its_rule() {
        let slug = || "x".to_owned();
        let kinds = [
            (Changed::Adopted(slug()), "tech_adopted", "change.adopted"),
            (Changed::Retired(slug()), "tech_retired", "change.retired"),
            (
                Changed::HostingMoved {
                    from: slug(),
                    to: slug(),
                },
                "hosting_change",
                "change.hosting",
            ),
            (
                Changed::NameServersMoved {
                    from: slug(),
                    to: slug(),
                },
                "hosting_change",
                "change.name_servers",
            ),
            (
                Changed::Legacy {
                    technology: slug(),
                    version: Some("8.5".to_owned()),
                    ends: SEEN,
                },
                "legacy_version",
                "change.legacy",
            ),
            (
                Changed::CertificateExpired { ended: SEEN },
                "security_posture",
                "change.certificate",
            ),
            (
                Changed::PostureDown(vec![slug()]),
                "security_posture",
                "change.posture_down",
            ),
            (
                Changed::DomainMoved { to: slug() },
                "domain_change",
                "change.domain",
            ),
        ];
        for (what, kind, rule) in kinds {
            let signal = told_of(&change(what, &["X"], "before", "after"));
            assert_eq!(signal.kind.id(), kind);
            assert!(signal.kind.is_observed());
            assert_eq!(signal.evidence[0].rule, rule);
            assert!(signal.evidence[0].quote.contains("after"));
        }
    }
}
