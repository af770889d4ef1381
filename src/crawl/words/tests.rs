//! What real spellings lead to.

use super::*;

fn company() -> Company {
    let mut company = Company::new("northwind.example");
    company.name = "Northwind Trading".to_owned();
    company.aliases = vec!["Northwind".to_owned()];
    company
}

/// Anchors as sites write them, by what they lead to.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelt {
    listing: Vec<String>,
    careers: Vec<String>,
    page: Vec<String>,
    forum: Vec<String>,
    forms: Vec<String>,
}

fn spelt() -> Spelt {
    toml::from_str(include_str!("spelt.toml")).expect("it is well formed")
}

#[test]
fn anchors_lead_where_their_words_say() {
    let company = company();
    let mut wrong = Vec::new();
    let mut spellings = 0;
    let spelt = spelt();
    for (kind, anchors) in [
        (TaskKind::Listing, &spelt.listing),
        (TaskKind::Careers, &spelt.careers),
        (TaskKind::Page, &spelt.page),
        (TaskKind::Forum, &spelt.forum),
    ] {
        for anchor in anchors {
            spellings += 1;
            let found = kind_of_anchor(anchor, &company);
            if found != Some(kind) {
                wrong.push(format!("{anchor}: {found:?}, not {kind:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(spellings >= 150, "{spellings}");
}

#[test]
fn segments_lead_where_their_words_say() {
    use TaskKind::{Careers, Forum, Listing, Page};
    let company = company();
    for (path, expected) in [
        ("newsroom", Some(Listing)),
        ("news-and-events", Some(Listing)),
        ("press_releases", Some(Listing)),
        ("PressReleases.aspx", Some(Listing)),
        ("pressreleases.html", Some(Listing)),
        ("northwind-news", Some(Listing)),
        ("latest-news.php", Some(Listing)),
        ("company/newsroom", Some(Listing)),
        ("sala-de-prensa", Some(Listing)),
        ("actualit%C3%A9s", Some(Listing)),
        ("aktuelles.html", Some(Listing)),
        ("docs/changelog", Some(Listing)),
        ("careers", Some(Careers)),
        ("jobs-karriere", Some(Careers)),
        ("karriere/offene-stellen", Some(Careers)),
        ("join-our-team", Some(Careers)),
        ("lavora_con_noi", Some(Careers)),
        ("nous-rejoindre", Some(Careers)),
        ("werkenbij", Some(Careers)),
        ("trabalhe-conosco", Some(Careers)),
        ("ueber-uns", Some(Page)),
        ("%C3%BCber-uns", Some(Page)),
        ("uber-uns.html", Some(Page)),
        ("about_us", Some(Page)),
        ("aboutus", Some(Page)),
        ("about-northwind", Some(Page)),
        ("qui-sommes-nous", Some(Page)),
        ("quienes-somos", Some(Page)),
        ("geschaeftsfuehrung", Some(Page)),
        ("investor-relations", Some(Page)),
        ("forum", Some(Forum)),
        ("community", Some(Forum)),
        // What is sold to an industry, and words that only look like others.
        ("industries/media", None),
        ("solutions/recruiting", None),
        ("products/press", None),
        ("products/media-server", None),
        ("press-brakes", None),
        ("newsletter-software", None),
        ("jobscheduler", None),
        ("aboutness", None),
        ("contactless-payments", None),
        ("forumla", None),
    ] {
        let segments: Vec<String> = path.to_lowercase().split('/').map(str::to_owned).collect();
        let found = naming(&segments, &company).map(|(_, kind)| kind);
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn anchors_that_lead_to_forms_and_headlines_lead_nowhere() {
    let company = company();
    for anchor in &spelt().forms {
        assert!(is_mute_anchor(anchor), "{anchor}");
        assert_eq!(kind_of_anchor(anchor, &company), None, "{anchor}");
    }
    for anchor in [
        "",
        "→",
        "Northwind",
        "Read more",
        "All",
        "Products",
        "Learn more about our news service",
        "Contoso opens a plant in Berlin",
        "News from the third quarter of a good year for us",
        "Contoso",
        "English",
    ] {
        assert_eq!(kind_of_anchor(anchor, &company), None, "{anchor}");
    }
}

#[test]
fn words_are_listed_as_they_are_looked_up() {
    let words = &KNOWN.words;
    for list in [
        &words.press,
        &words.blog,
        &words.careers,
        &words.forum,
        &words.page,
        &words.wares,
        &words.also,
        &words.filler,
        &words.feed,
        &words.comments,
    ] {
        for word in list {
            assert_eq!(*word, slug(word));
        }
    }
    assert!(words.itself.is_subset(&words.page));
    for word in &words.also {
        assert!(KNOWN.kinds.contains_key(word), "{word} names nothing");
    }
    assert_eq!(slug("Über uns – Größe"), "ueber-uns-groesse");
    assert_eq!(slug("U\u{308}ber uns"), "ueber-uns", "composed or not");
    assert_eq!(slug("L'œuvre d’Émile"), "l-oeuvre-d-emile");
}
