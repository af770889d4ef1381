//! What holds for every look: again is nothing new, order within a day is nothing, all is bounded.

use proptest::prelude::*;

use super::tests::{at, nobody, ping};
use super::tests_of_pages::{fact, page};
use super::*;
use crate::technographics::observed::Kind;

const URLS: [&str; 3] = [
    "https://www.contoso.example/",
    "https://www.contoso.example/news",
    "https://shop.contoso.example/",
];

const SLUGS: [&str; 4] = ["hubspot", "iis", "php", "wordpress"];

const RECORDS: [(&str, Kind, &str); 7] = [
    ("", Kind::Mx, "1 aspmx.l.google.com."),
    (
        "",
        Kind::Mx,
        "0 contoso-example.mail.protection.outlook.com.",
    ),
    ("", Kind::Mx, "?"),
    ("_dmarc", Kind::Txt, "v=DMARC1; p=none"),
    ("", Kind::Ns, "ns-1.awsdns-01.com."),
    ("", Kind::Txt, "hubspot-domain-verification=a1b2c3"),
    ("www", Kind::Cname, "d1.cloudfront.net."),
];

/// A look at the names (0) or at a page, on a day, that shows some of what there is.
type Drawn = (usize, Vec<bool>);

fn look(day: f64, (place, shown): &Drawn) -> Look {
    if *place == 0 {
        let records: Vec<_> = RECORDS.iter().zip(shown).filter(|(_, on)| **on).collect();
        let records: Vec<_> = records.into_iter().map(|(record, _)| *record).collect();
        return ping(day, &records);
    }
    let facts = SLUGS.iter().zip(shown).filter(|(_, on)| **on);
    let facts: Vec<Fact> = facts.map(|(slug, _)| fact(slug, Some("7.4"))).collect();
    page(day, URLS[place - 1], &facts)
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        0..=URLS.len(),
        prop::collection::vec(any::<bool>(), RECORDS.len()),
    )
}

fn days() -> impl Strategy<Value = Vec<(Drawn, u16)>> {
    prop::collection::vec((drawn(), 1..72_u16), 0..14)
}

fn after(looks: &[(Drawn, u16)]) -> (Profile, f64) {
    let (mut profile, mut day) = (nobody(), 0.0);
    for (drawn, hours) in looks {
        day += f64::from(*hours) / 24.0;
        learn(&mut profile, &look(day, drawn));
    }
    (profile, day)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_look_taken_again_is_nothing_new(looks in days(), last in drawn(), hours in 0..23_u16) {
        let (mut profile, day) = after(&looks);
        let day = day + 1.0;
        learn(&mut profile, &look(day, &last));
        let known = profile.clone();
        prop_assert_eq!(learn(&mut profile, &look(day, &last)), []);
        prop_assert_eq!(&profile, &known);
        // Nor is the same shown again within the day, once it has been seen to last.
        for more in 1..4 {
            learn(&mut profile, &look(day + f64::from(more), &last));
        }
        let known = profile.clone();
        let later = day + 3.0 + f64::from(hours) / 24.0;
        prop_assert_eq!(learn(&mut profile, &look(later, &last)), []);
        prop_assert_eq!(&profile, &known);
    }

    #[test]
    fn looks_at_two_places_on_one_day_come_in_either_order(
        looks in days(),
        one in drawn(),
        other in drawn(),
    ) {
        prop_assume!(one.0 != other.0);
        let (profile, day) = after(&looks);
        let (morning, noon) = (look(day + 1.0, &one), look(day + 1.2, &other));
        let (mut forth, mut back) = (profile.clone(), profile);
        learn(&mut forth, &morning);
        learn(&mut forth, &noon);
        learn(&mut back, &noon);
        learn(&mut back, &morning);
        prop_assert_eq!(slugs(&forth), slugs(&back));
    }

    #[test]
    fn an_older_look_moves_first_sights_alone(looks in days(), old in drawn()) {
        let (mut profile, day) = after(&looks);
        learn(&mut profile, &look(day + 1.0, &old));
        let known = profile.clone();
        prop_assert_eq!(learn(&mut profile, &look(day - 400.0, &old)), []);
        prop_assert!(profile.facts.len() == known.facts.len());
        for (fact, before) in profile.facts.iter_mut().zip(&known.facts) {
            prop_assert!(fact.first_seen <= before.first_seen);
            fact.first_seen = before.first_seen;
        }
        profile.memory.began = known.memory.began;
        prop_assert_eq!(&profile, &known);
    }
}

fn slugs(profile: &Profile) -> Vec<(&str, String, usize)> {
    let facts = profile.facts.iter();
    let facts = facts.map(|fact| {
        let traces = fact.history.traces.len();
        // What is gone keeps what the last of its places made of it.
        let sure = match traces {
            0 => String::new(),
            _ => format!("{:.4}", fact.confidence),
        };
        (fact.technology.as_str(), sure, traces)
    });
    facts.collect()
}

#[test]
fn whatever_is_shown_is_bounded() {
    let mut profile = nobody();
    for number in 0..900 {
        let url = format!("https://www.contoso.example/{number}");
        let facts = [
            fact(&format!("technology-{number}"), None),
            fact("hubspot", None),
        ];
        learn(&mut profile, &page(f64::from(number) / 100.0, &url, &facts));
    }
    assert_eq!(profile.facts.len(), FACTS);
    assert_eq!(profile.memory.pages.len(), PAGES);
    let hubspot = profile.fact("hubspot").expect("it is everywhere");
    assert_eq!(hubspot.history.traces.len(), 3);
    assert_eq!(hubspot.last_seen, at(9.0), "to the day");
}
