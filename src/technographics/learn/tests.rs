//! Days moved by hand: what pings tell, and what they keep to themselves.

use super::*;
use crate::model::company::CompanyId;
use crate::model::profile::{Changed, Standing};
use crate::technographics::observed::{Answer, Asked, Kind};
use crate::technographics::tests_of_domains::contoso;

pub(super) fn at(day: f64) -> Timestamp {
    let start = Timestamp::of_day(jiff::civil::date(2026, 11, 1));
    start.after(Duration::from_secs_f64(day * 86_400.0))
}

pub(super) fn nobody() -> Profile {
    Profile::new(CompanyId("contoso.example".to_owned()))
}

type Record = (&'static str, Kind, &'static str);

const GMAIL: Record = ("", Kind::Mx, "1 aspmx.l.google.com.");
const OUTLOOK: Record = (
    "",
    Kind::Mx,
    "0 contoso-example.mail.protection.outlook.com.",
);
const MIMECAST: Record = ("", Kind::Mx, "10 eu-smtp-inbound-1.mimecast.com.");
const NOBODY: Record = ("", Kind::Mx, "?");
const OWN: Record = ("", Kind::Mx, "5 mail.contoso.example.");
const DKIM: Record = (
    "selector1._domainkey",
    Kind::Cname,
    "selector1-contoso-example._domainkey.contoso.onmicrosoft.com.",
);
const GOOGLE_KEY: Record = ("google._domainkey", Kind::Txt, "v=DKIM1; k=rsa; p=MIGfMA0");
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
const AZURE_DNS: Record = ("", Kind::Ns, "ns1-01.azure-dns.com.");
const ROUTE_53: Record = ("", Kind::Ns, "ns-1.awsdns-01.com.");
const CLOUDFRONT: Record = ("www", Kind::Cname, "d1.cloudfront.net.");
const FRONT_DOOR: Record = ("www", Kind::Cname, "contoso.azurefd.net.");

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
fn tell(pings: &[(f64, &[Record])]) -> (Profile, Vec<(f64, Change)>) {
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
fn assert_told(pings: &[(f64, &[Record])], expected: &[(f64, Changed)]) {
    let (_, all) = tell(pings);
    let all: Vec<(f64, Changed)> = all.into_iter().map(|(day, one)| (day, one.what)).collect();
    assert_eq!(all, expected);
}

fn adopted(slug: &str) -> Changed {
    Changed::Adopted(slug.to_owned())
}

fn retired(slug: &str) -> Changed {
    Changed::Retired(slug.to_owned())
}

fn mail_moved(from: &str, to: &str) -> Changed {
    Changed::MailMoved {
        from: from.to_owned(),
        to: to.to_owned(),
    }
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

#[test]
fn mailboxes_move_in_one_change() {
    let to_microsoft = mail_moved("google-workspace-mx", "exchange-online");
    let moved = [(0.0, &[GMAIL][..]), (7.0, &[OUTLOOK]), (8.0, &[OUTLOOK])];
    assert_told(&moved, &[(8.0, to_microsoft.clone())]);
    let (_, all) = tell(&moved);
    let (_, change) = &all[0];
    assert_eq!(
        change.before.evidence,
        "MX contoso.example: 1 aspmx.l.google.com."
    );
    assert!(
        change
            .after
            .evidence
            .ends_with("mail.protection.outlook.com.")
    );
    // What was left behind, or made ready before, does not hide it.
    let from_microsoft = mail_moved("exchange-online", "google-workspace-mx");
    assert_told(
        &[
            (0.0, &[OUTLOOK, DKIM][..]),
            (7.0, &[GMAIL, DKIM]),
            (8.0, &[GMAIL, DKIM]),
            (9.0, &[GMAIL, DKIM]),
            (30.0, &[GMAIL]),
            (40.0, &[GMAIL]),
        ],
        &[(8.0, from_microsoft)],
    );
    assert_told(
        &[
            (0.0, &[GMAIL, DKIM][..]),
            (7.0, &[OUTLOOK, DKIM]),
            (8.0, &[OUTLOOK, DKIM]),
        ],
        &[(8.0, to_microsoft.clone())],
    );
    // For a while both take mail in.
    let both = [GMAIL, OUTLOOK];
    assert_told(
        &[
            (0.0, &[GMAIL]),
            (7.0, &both),
            (8.0, &both),
            (14.0, &[OUTLOOK]),
            (15.0, &[OUTLOOK]),
        ],
        &[(8.0, adopted("exchange-online")), (15.0, to_microsoft)],
    );
    assert_told(&[(0.0, &[GMAIL]), (7.0, &[OUTLOOK]), (8.0, &[GMAIL])], &[]);
    assert_told(&[(0.0, &[GMAIL]), (7.0, &[NOBODY]), (8.0, &[NOBODY])], &[]);
}

#[test]
fn gateways_come_and_go_and_mail_moves_behind_them() {
    assert_told(
        &[
            (0.0, &[GMAIL, GOOGLE_KEY][..]),
            (7.0, &[MIMECAST, GOOGLE_KEY]),
            (8.0, &[MIMECAST, GOOGLE_KEY]),
        ],
        &[(8.0, adopted("mimecast"))],
    );
    // The exchanger is hidden; that Google's is not seen is no sign.
    assert_told(
        &[(0.0, &[GMAIL][..]), (7.0, &[MIMECAST]), (8.0, &[MIMECAST])],
        &[(8.0, adopted("mimecast"))],
    );
    assert_told(
        &[
            (0.0, &[MIMECAST, GOOGLE_KEY][..]),
            (7.0, &[MIMECAST, DKIM]),
            (8.0, &[MIMECAST, DKIM]),
        ],
        &[(8.0, mail_moved("google-workspace-mx", "exchange-online"))],
    );
}

#[test]
fn sites_and_name_servers_move_in_one_change() {
    let hosting = Changed::HostingMoved {
        from: "aws".to_owned(),
        to: "azure-front-door".to_owned(),
    };
    assert_told(
        &[
            (0.0, &[CLOUDFRONT][..]),
            (7.0, &[FRONT_DOOR]),
            (8.0, &[FRONT_DOOR]),
        ],
        &[(8.0, hosting)],
    );
    assert_told(
        &[
            (0.0, &[CLOUDFRONT]),
            (7.0, &[FRONT_DOOR]),
            (8.0, &[CLOUDFRONT]),
        ],
        &[],
    );
    let servers = Changed::NameServersMoved {
        from: "route-53".to_owned(),
        to: "azure-dns".to_owned(),
    };
    assert_told(
        &[
            (0.0, &[ROUTE_53][..]),
            (7.0, &[AZURE_DNS]),
            (8.0, &[AZURE_DNS]),
        ],
        &[(8.0, servers)],
    );
    let open = [("", Kind::Ns, "?")];
    assert_told(&[(0.0, &[ROUTE_53]), (7.0, &open), (8.0, &open)], &[]);
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
