//! Days moved by hand: what pages and certificates tell, and what they keep to themselves.

use super::tests::{at, nobody, ping};
use super::*;
use crate::model::kind::ProductArea;
use crate::model::profile::{
    Attribute, Changed, ClaimBasis, Relation, RelationBasis, Segment, Standing,
};
use crate::technographics::observed::{Distrust, Kind};

const FRONT: &str = "https://www.contoso.example/";

pub(super) fn fact(slug: &str, version: Option<&str>) -> Fact {
    Fact {
        technology: slug.to_owned(),
        name: slug.to_owned(),
        category: "crm".to_owned(),
        version: version.map(str::to_owned),
        confidence: 0.9,
        evidence: format!("header x: {slug}"),
        url: FRONT.to_owned(),
        first_seen: at(0.0),
        last_seen: at(0.0),
        history: Default::default(),
    }
}

pub(super) fn page(day: f64, url: &str, facts: &[Fact]) -> Look {
    Look {
        at: at(day),
        shown: Shown::Page(Shows {
            url: url.to_owned(),
            front: url == FRONT,
            read: true,
            facts: facts.to_vec(),
            ..Shows::default()
        }),
    }
}

/// A look at the front page that is otherwise than most.
fn front(day: f64, change: impl FnOnce(&mut Shows)) -> Look {
    let mut look = page(day, FRONT, &[]);
    if let Shown::Page(shows) = &mut look.shown {
        change(shows);
    }
    look
}

#[track_caller]
fn assert_told(looks: &[Look], expected: &[Changed]) {
    let mut profile = nobody();
    let mut all = Vec::new();
    for look in looks {
        all.extend(learn(&mut profile, look).into_iter().map(|one| one.what));
        let known = profile.clone();
        assert_eq!(learn(&mut profile, look), []);
        assert_eq!(profile, known);
    }
    assert_eq!(all, expected);
}

#[test]
fn a_page_that_is_as_it_was_shows_the_same_once_more() {
    let hubspot = [fact("hubspot", None)];
    let read = |day, with: &[Fact]| page(day, FRONT, with);
    let same = |day| front(day, |shows| shows.same = true);
    assert_told(
        &[read(0.0, &[]), read(7.0, &hubspot), same(8.0), same(9.0)],
        &[Changed::Adopted("hubspot".to_owned())],
    );
    assert_told(
        &[read(0.0, &hubspot), read(7.0, &[]), same(7.5), same(8.5)],
        &[Changed::Retired("hubspot".to_owned())],
    );
    // What was never read is not remembered: its first read is its baseline.
    assert_told(&[same(0.0), read(7.0, &hubspot), same(8.0)], &[]);
}

#[test]
fn the_same_page_read_again_tells_what_came_and_went() {
    let hubspot = [fact("hubspot", None)];
    let adopted = Changed::Adopted("hubspot".to_owned());
    let retired = Changed::Retired("hubspot".to_owned());
    let read = |day, with: &[Fact]| page(day, FRONT, with);
    assert_told(&[read(0.0, &hubspot), read(7.0, &hubspot)], &[]);
    assert_told(
        &[read(0.0, &[]), read(7.0, &hubspot), read(8.0, &hubspot)],
        std::slice::from_ref(&adopted),
    );
    assert_told(&[read(0.0, &[]), read(7.0, &hubspot), read(8.0, &[])], &[]);
    assert_told(
        &[read(0.0, &hubspot), read(7.0, &[]), read(8.0, &[])],
        std::slice::from_ref(&retired),
    );
    assert_told(
        &[read(0.0, &hubspot), read(7.0, &[]), read(8.0, &hubspot)],
        &[],
    );
    // Another page without it says nothing, and one with it keeps it.
    let other = "https://www.contoso.example/about";
    assert_told(
        &[
            read(0.0, &hubspot),
            page(7.0, other, &[]),
            page(8.0, other, &[]),
        ],
        &[],
    );
    assert_told(
        &[
            read(0.0, &hubspot),
            page(1.0, other, &hubspot),
            read(7.0, &[]),
            read(8.0, &[]),
        ],
        &[],
    );
    // A page that is read for the first time may always have been so.
    assert_told(
        &[
            read(0.0, &[]),
            page(7.0, other, &hubspot),
            page(8.0, other, &hubspot),
        ],
        &[],
    );
    let closed = front(8.0, |shows| shows.read = false);
    assert_told(&[read(0.0, &hubspot), read(7.0, &[]), closed], &[]);
}

#[test]
fn names_and_pages_are_two_sources() {
    let mut profile = nobody();
    let txt = ("", Kind::Txt, "hubspot-domain-verification=a1b2c3");
    learn(&mut profile, &ping(0.0, &[txt]));
    let token = profile
        .fact("hubspot")
        .expect("a token shows it")
        .confidence;
    learn(&mut profile, &page(0.1, FRONT, &[fact("hubspot", None)]));
    let both = profile.fact("hubspot").expect("it is known");
    assert!((both.confidence - (1.0 - (1.0 - token) * 0.1)).abs() < 1e-4);
    assert_eq!(
        both.evidence, "header x: hubspot",
        "the surest is the evidence"
    );
    // It is gone from the page, and the token still stands.
    let later = [page(7.0, FRONT, &[]), page(8.0, FRONT, &[])];
    let told: Vec<Change> = later
        .iter()
        .flat_map(|look| learn(&mut profile, look))
        .collect();
    assert_eq!(told, []);
    let left = profile.fact("hubspot").expect("it is known");
    assert!(left.retired().is_none() && (left.confidence - token).abs() < 1e-4);
}

#[test]
fn a_version_beyond_its_support_is_told_once_when_seen_twice() {
    let old = [fact("php", Some("7.4.33"))];
    let legacy = Changed::Legacy {
        technology: "php".to_owned(),
        version: Some("7.4.33".to_owned()),
        ends: jiff::civil::date(2022, 11, 28),
    };
    let looks = [0.0, 0.5, 1.0, 9.0].map(|day| page(day, FRONT, &old));
    assert_told(&looks, &[legacy]);
    let unknown = [fact("php", None)];
    assert_told(&[0.0, 1.0].map(|day| page(day, FRONT, &unknown)), &[]);
}

fn expiring(day: f64, end: f64, distrust: Option<Distrust>) -> Look {
    front(day, |shows| {
        shows.read = false;
        shows.certificate = Some(Certificate {
            url: FRONT.to_owned(),
            issuer: "C=US, O=Let's Encrypt, CN=R11".to_owned(),
            not_before: at(end - 90.0),
            not_after: at(end),
            distrust,
            ..Certificate::default()
        });
    })
}

#[test]
fn an_expired_certificate_is_told_once() {
    let ended = |day| Changed::CertificateExpired {
        ended: at(day).day(),
    };
    let one = |day| expiring(day, 5.5, None);
    assert_told(&[one(5.0), one(6.0)], &[]);
    assert_told(&[one(5.0), one(6.0), one(7.0), one(8.0)], &[ended(5.5)]);
    assert_told(&[one(6.0), expiring(7.0, 95.0, None)], &[]);
    assert_told(&[one(9.0)], &[ended(5.5)]);
    let wrong = [6.0, 9.0].map(|day| expiring(day, 5.5, Some(Distrust::WrongName)));
    assert_told(&wrong, &[]);
}

#[test]
fn what_is_parked_shows_nothing_of_the_company() {
    let mut profile = nobody();
    let sale = front(0.0, |shows| {
        shows.parked = Some("this domain is for sale".to_owned());
        shows.facts = vec![fact("hubspot", None)];
        shows.claims = vec![claim(Attribute::Name, "Dealer", ClaimBasis::Frame)];
    });
    assert_eq!(learn(&mut profile, &sale), []);
    assert!(matches!(&profile.standing, Standing::Parked { since, .. } if *since == at(0.0)));
    assert!(profile.facts.is_empty() && profile.claims.is_empty());
    learn(&mut profile, &page(3.0, FRONT, &[fact("hubspot", None)]));
    assert_eq!(profile.standing, Standing::Live);
    assert_eq!(profile.facts.len(), 1);
}

#[test]
fn a_front_page_that_moves_is_told_when_seen_twice() {
    let moved = |day| {
        front(day, |shows| {
            shows.read = false;
            shows.related = vec![related("fabrikam.example")];
        })
    };
    let there = |day| page(day, FRONT, &[]);
    let change = Changed::DomainMoved {
        to: "fabrikam.example".to_owned(),
    };
    assert_told(&[there(0.0), moved(7.0), moved(8.0), moved(9.0)], &[change]);
    assert_told(&[there(0.0), moved(7.0), there(8.0)], &[]);
    assert_told(&[moved(0.0), moved(7.0), moved(8.0)], &[]);
}

fn related(domain: &str) -> Related {
    Related {
        domain: domain.to_owned(),
        relation: Relation::Alias,
        basis: RelationBasis::Moved,
        evidence: format!("301 from {FRONT}"),
        url: FRONT.to_owned(),
        first_seen: at(0.0),
        last_seen: at(0.0),
    }
}

fn claim(attribute: Attribute, value: &str, basis: ClaimBasis) -> Claim {
    Claim {
        attribute,
        value: value.to_owned(),
        basis,
        evidence: value.to_owned(),
        url: FRONT.to_owned(),
        first_seen: at(0.0),
        last_seen: at(0.0),
    }
}

#[test]
fn claims_are_merged_and_what_contradicts_is_kept() {
    let mut profile = nobody();
    let state = |profile: &mut Profile, day, claims: &[Claim]| {
        learn(profile, &front(day, |shows| shows.claims = claims.to_vec()));
    };
    let staff = |value, basis| claim(Attribute::Employees, value, basis);
    state(&mut profile, 0.0, &[staff("40", ClaimBasis::Frame)]);
    state(&mut profile, 2.0, &[staff("250", ClaimBasis::Structured)]);
    state(
        &mut profile,
        4.0,
        &[staff("51-1000", ClaimBasis::Structured)],
    );
    let best = profile.best(Attribute::Employees).expect("it is stated");
    assert_eq!((best.value.as_str(), best.first_seen), ("51-1000", at(4.0)));
    assert_eq!(profile.segment(), Some(Segment::UpperMedium));
    let others = profile.others(Attribute::Employees);
    assert_eq!(
        others.map(|one| one.value.as_str()).collect::<Vec<_>>(),
        ["250", "40"]
    );
    // The imprint is the more official, and a value keeps the day it was first read.
    state(&mut profile, 6.0, &[staff("40", ClaimBasis::Imprint)]);
    let best = profile.best(Attribute::Employees).expect("it is stated");
    assert_eq!(
        (best.value.as_str(), best.first_seen, best.last_seen),
        ("40", at(0.0), at(6.0))
    );
    let many: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    let many: Vec<Claim> = many
        .iter()
        .map(|one| staff(one, ClaimBasis::Frame))
        .collect();
    state(&mut profile, 7.0, &many);
    assert_eq!(profile.claims.len(), 5);
    assert_eq!(profile.best(Attribute::Name), None);
}

#[test]
fn a_posture_speaks_for_security() {
    let hsts = [fact("hsts", None)];
    let mut profile = nobody();
    let looks = [(0.0, &hsts[..]), (7.0, &[]), (8.0, &[])];
    let told: Vec<Change> = looks
        .iter()
        .flat_map(|(day, facts)| learn(&mut profile, &page(*day, FRONT, facts)))
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].what, Changed::PostureDown(vec!["hsts".to_owned()]));
    assert_eq!(told[0].areas, [ProductArea::Security]);
    assert_eq!((told[0].before.at, told[0].after.at), (at(0.0), at(8.0)));
}
