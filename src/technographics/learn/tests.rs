//! Days moved by hand: what pings tell, and what they keep to themselves.

use super::*;
use crate::model::company::CompanyId;
use crate::model::profile::{Changed, Standing};
use crate::technographics::observed::{Answer, Asked, Kind};
use crate::technographics::tests_of_domains::contoso;

pub(super) fn at(day: f64) -> Timestamp {
    let start = Timestamp::of_day(jiff::civil::date(2026, 11, 1));
    // To the hour, so that days are whole.
    let hours = Duration::from_secs_f64((day.abs() * 24.0).round() * 3600.0);
    match day < 0.0 {
        true => start.before(hours),
        false => start.after(hours),
    }
}

pub(super) fn nobody() -> Profile {
    Profile::new(CompanyId("contoso.example".to_owned()))
}

pub(super) type Record = (&'static str, Kind, &'static str);

pub(super) const GMAIL: Record = ("", Kind::Mx, "1 aspmx.l.google.com.");
const OWN: Record = ("", Kind::Mx, "5 mail.contoso.example.");
const INTUNE: Record = (
    "enterpriseenrollment",
    Kind::Cname,
    "enterpriseenrollment.manage.microsoft.com.",
);
const ENFORCED: Record = (
    "_dmarc",
    Kind::Txt,
    "v=DMARC1; p=reject; rua=mailto:jane.roe@contoso.example",
);
const MONITORED: Record = ("_dmarc", Kind::Txt, "v=DMARC1; p=none");
pub(super) const AZURE_DNS: Record = ("", Kind::Ns, "ns1-01.azure-dns.com.");

/// A ping of a domain with these records and nothing else.
pub(super) fn ping(day: f64, records: &[Record]) -> Look {
    let asked = [
        ("", Kind::A),
        ("", Kind::Mx),
        ("", Kind::Txt),
        ("", Kind::Ns),
        ("www", Kind::Cname),
        ("_dmarc", Kind::Txt),
        ("selector1._domainkey", Kind::Cname),
        ("google._domainkey", Kind::Txt),
        ("autodiscover", Kind::Cname),
        ("enterpriseenrollment", Kind::Cname),
    ];
    let mut all = records.to_vec();
    for (name, kind) in asked {
        if !records.iter().any(|(at, of, _)| (*at, *of) == (name, kind)) {
            all.push((name, kind, if kind == Kind::A { "192.0.2.9" } else { "" }));
        }
    }
    Look {
        at: at(day),
        shown: Shown::Names(contoso(&all)),
    }
}

fn told(changes: &[Change]) -> Vec<Changed> {
    changes.iter().map(|change| change.what.clone()).collect()
}

/// Everything that these pings tell, with the day. Each is taken twice: again it tells nothing.
#[track_caller]
pub(super) fn tell(pings: &[(f64, &[Record])]) -> (Profile, Vec<(f64, Change)>) {
    let mut profile = nobody();
    let mut all = Vec::new();
    for (day, records) in pings {
        let look = ping(*day, records);
        all.extend(
            learn(&mut profile, &look)
                .into_iter()
                .map(|one| (*day, one)),
        );
        let known = profile.clone();
        assert_eq!(learn(&mut profile, &look), []);
        assert_eq!(profile, known, "day {day}");
    }
    (profile, all)
}

#[track_caller]
pub(super) fn assert_told(pings: &[(f64, &[Record])], expected: &[(f64, Changed)]) {
    let (_, all) = tell(pings);
    let all: Vec<(f64, Changed)> = all.into_iter().map(|(day, one)| (day, one.what)).collect();
    assert_eq!(all, expected);
}

pub(super) fn adopted(slug: &str) -> Changed {
    Changed::Adopted(slug.to_owned())
}

fn retired(slug: &str) -> Changed {
    Changed::Retired(slug.to_owned())
}

#[test]
fn adopted_when_a_second_ping_finds_it_again() {
    let intune = adopted("microsoft-intune");
    assert_told(&[(0.0, &[INTUNE]), (7.0, &[INTUNE])], &[]);
    assert_told(
        &[
            (0.0, &[]),
            (7.0, &[INTUNE]),
            (14.0, &[INTUNE]),
            (21.0, &[INTUNE]),
        ],
        &[(14.0, intune.clone())],
    );
    // Too soon, a flicker, and a baseline that could not see it.
    assert_told(&[(0.0, &[]), (7.0, &[INTUNE]), (7.5, &[INTUNE])], &[]);
    assert_told(&[(0.0, &[]), (7.0, &[INTUNE]), (8.0, &[])], &[]);
    let unseen = ("enterpriseenrollment", Kind::Cname, "?");
    assert_told(
        &[(0.0, &[unseen]), (7.0, &[INTUNE]), (14.0, &[INTUNE])],
        &[],
    );
    // That nobody answers in between takes nothing back.
    assert_told(
        &[
            (0.0, &[]),
            (7.0, &[INTUNE]),
            (8.0, &[unseen]),
            (9.0, &[INTUNE]),
        ],
        &[(9.0, intune)],
    );
}

#[test]
fn an_adoption_names_what_comes_with_it_and_both_observations() {
    let (_, all) = tell(&[(0.0, &[]), (7.0, &[INTUNE]), (14.0, &[INTUNE])]);
    let (_, change) = &all[0];
    assert_eq!(change.names, ["Microsoft Intune", "Microsoft Entra ID"]);
    assert!(
        change
            .areas
            .contains(&crate::model::kind::ProductArea::Microsoft365)
    );
    assert_eq!((change.before.at, change.after.at), (at(0.0), at(14.0)));
    assert_eq!(change.before.evidence, "no sign of Microsoft Intune");
    assert!(
        change.after.evidence.contains("manage.microsoft.com"),
        "{change:?}"
    );
    assert_eq!(
        change.after.url,
        "dns:enterpriseenrollment.contoso.example?type=CNAME"
    );
}

#[test]
fn retired_when_two_healthy_pings_miss_it_and_adopted_again() {
    let gone = retired("microsoft-intune");
    let unseen = ("enterpriseenrollment", Kind::Cname, "?");
    assert_told(
        &[(0.0, &[INTUNE]), (7.0, &[]), (14.0, &[]), (21.0, &[])],
        &[(14.0, gone.clone())],
    );
    assert_told(&[(0.0, &[INTUNE]), (7.0, &[]), (7.5, &[])], &[]);
    assert_told(
        &[(0.0, &[INTUNE]), (7.0, &[]), (8.0, &[INTUNE]), (9.0, &[])],
        &[],
    );
    assert_told(&[(0.0, &[INTUNE]), (7.0, &[unseen]), (9.0, &[unseen])], &[]);
    let back = [
        (0.0, &[INTUNE][..]),
        (7.0, &[]),
        (14.0, &[]),
        (21.0, &[INTUNE]),
        (28.0, &[INTUNE]),
    ];
    let (profile, all) = tell(&back);
    let all: Vec<Changed> = all.into_iter().map(|(_, one)| one.what).collect();
    assert_eq!(all, [gone, adopted("microsoft-intune")]);
    let fact = profile.fact("microsoft-intune").expect("it is known");
    assert_eq!((fact.first_seen, fact.history.since), (at(0.0), at(21.0)));
    let (profile, _) = tell(&back[..3]);
    let fact = profile.fact("microsoft-intune").expect("it stays known");
    assert_eq!(fact.retired(), Some(at(14.0)));
    assert!(
        profile
            .runs()
            .all(|fact| fact.technology != "microsoft-intune")
    );
}

/// HubSpot's key is asked for because the SPF record names the customer.
#[test]
fn retired_when_nothing_leads_any_more_to_where_it_was_seen() {
    let spf = (
        "",
        Kind::Txt,
        "v=spf1 include:4711.spf05.hubspotemail.net ~all",
    );
    let included = ("", Kind::Txt, "v=spf1 ip4:192.0.2.9 ~all");
    let key = (
        "hs1-4711._domainkey",
        Kind::Cname,
        "contoso-example.hs05a.dkim.hubspotemail.net.",
    );
    let both = [spf, key];
    assert_told(
        &[(0.0, &both[..]), (7.0, &[included]), (14.0, &[included])],
        &[(14.0, retired("hubspot"))],
    );
    // Nobody got to ask, though it is named; or nobody knows what is named.
    let unseen = ("", Kind::Txt, "?");
    for silent in [spf, unseen] {
        assert_told(
            &[(0.0, &both[..]), (7.0, &[silent]), (14.0, &[silent])],
            &[],
        );
    }
}

#[test]
fn posture_goes_up_and_down_in_one_change() {
    let dmarc = || vec!["dmarc-enforced".to_owned()];
    assert_told(
        &[
            (0.0, &[MONITORED][..]),
            (7.0, &[ENFORCED]),
            (8.0, &[ENFORCED]),
        ],
        &[(8.0, Changed::PostureUp(dmarc()))],
    );
    assert_told(
        &[
            (0.0, &[ENFORCED][..]),
            (7.0, &[MONITORED]),
            (8.0, &[MONITORED]),
        ],
        &[(8.0, Changed::PostureDown(dmarc()))],
    );
    assert_told(
        &[
            (0.0, &[ENFORCED][..]),
            (7.0, &[("_dmarc", Kind::Txt, "?")]),
            (9.0, &[ENFORCED]),
        ],
        &[],
    );
    let (_, all) = tell(&[(0.0, &[MONITORED]), (7.0, &[ENFORCED]), (8.0, &[ENFORCED])]);
    let (_, change) = &all[0];
    assert!(change.before.evidence.contains("p=none"), "{change:?}");
    assert!(
        change
            .after
            .evidence
            .contains("rua=mailto:…@contoso.example"),
        "{change:?}"
    );
}

#[test]
fn a_token_is_as_sure_as_tokens_are() {
    let token = (
        "",
        Kind::Txt,
        "docusign=1b0a6754-49b1-4db5-8540-d2c12664b289",
    );
    let (_, all) = tell(&[(0.0, &[OWN]), (7.0, &[OWN, token]), (8.0, &[OWN, token])]);
    let [(_, change)] = &all[..] else {
        panic!(
            "{:?}",
            told(&all.into_iter().map(|(_, one)| one).collect::<Vec<_>>())
        );
    };
    assert_eq!(change.what, adopted("docusign"));
    assert!((0.3..=0.6).contains(&change.confidence), "{change:?}");
}

#[test]
fn a_domain_is_gone_when_two_pings_say_so_and_back_when_it_answers() {
    let mut profile = nobody();
    let gone = |day: f64| {
        let mut look = ping(day, &[]);
        if let Shown::Names(names) = &mut look.shown {
            let none = |asked: &Asked| Asked {
                answer: Answer::NoName,
                ..asked.clone()
            };
            names.asked = names.asked.iter().map(none).collect();
        }
        look
    };
    learn(&mut profile, &ping(0.0, &[GMAIL]));
    assert_eq!(profile.standing, Standing::Live);
    learn(&mut profile, &gone(7.0));
    assert_eq!(profile.standing, Standing::Live);
    assert_eq!(
        learn(&mut profile, &gone(8.0)),
        [],
        "a domain's end is no choice of tools"
    );
    assert_eq!(profile.standing, Standing::Gone { since: at(7.0) });
    learn(&mut profile, &ping(9.0, &[GMAIL]));
    assert_eq!(profile.standing, Standing::Live);
    learn(
        &mut profile,
        &ping(10.0, &[("", Kind::Ns, "ns1.sedoparking.com.")]),
    );
    assert!(matches!(profile.standing, Standing::Parked { .. }));
    let failing = [("", Kind::Ns, "?")];
    learn(&mut profile, &ping(11.0, &failing));
    assert!(matches!(profile.standing, Standing::Parked { .. }));
    learn(&mut profile, &ping(12.0, &[AZURE_DNS]));
    assert_eq!(profile.standing, Standing::Live);
}
