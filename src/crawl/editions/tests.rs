//! Which edition an address belongs to, and which is read.

use super::*;
use crate::crawl::judge::tests::task;
use crate::model::document::{Document, Link};
use crate::model::edition::Alternate;

fn at(path: &str) -> Url {
    let whole = match path.starts_with('/') {
        true => format!("https://example.com{path}"),
        false => format!("https://{path}"),
    };
    Url::parse(&whole).expect("valid")
}

fn alternate(language: &str, path: &str) -> Alternate {
    Alternate {
        language: language.to_owned(),
        url: at(path).into(),
    }
}

fn page(language: &str, links: &[&str], alternates: &[(&str, &str)]) -> Reading {
    let link = |path: &&str| Link {
        url: at(path).into(),
        ..Link::default()
    };
    Reading {
        documents: vec![Document {
            language: Some(language.to_owned()),
            ..Document::default()
        }],
        links: links.iter().map(link).collect(),
        alternates: alternates
            .iter()
            .map(|(language, path)| alternate(language, path))
            .collect(),
        ..Reading::default()
    }
}

#[test]
fn addresses_bear_the_mark_of_their_language() {
    for (path, text, language) in [
        ("/de/presse", "de", "de"),
        ("/de-at/presse", "de-at", "de"),
        ("/pt_br/x", "pt_br", "pt"),
        ("/ch-fr/x", "ch-fr", "fr"),
        ("/us/en/x", "us/en", "en"),
        ("/ch/fr/x", "ch/fr", "fr"),
        ("/de/de/x", "de/de", "de"),
        ("/us/x", "us", "en"),
        ("de.example.com/x", "de", "de"),
        ("/x?lang=es", "es", "es"),
        ("/x?id=3&hl=en-US", "en-us", "en"),
    ] {
        let mark = mark(&at(path)).unwrap_or_else(|| panic!("{path} bears none"));
        assert_eq!(
            (mark.text.as_str(), mark.language.as_str()),
            (text, language),
            "{path}"
        );
    }
    for path in [
        "/",
        "/news/de",
        "/hr/policies",
        "/is/x",
        "/demo",
        "/en-route/x",
        "www.example.com/x",
        "es.example/x",
        "/x?lang=rust",
        "/x?l=12",
    ] {
        assert_eq!(mark(&at(path)), None, "{path}");
    }
    assert!(is_front(&at("/de/")) && is_front(&at("/us/en")));
    assert!(!is_front(&at("/de/presse")) && !is_front(&at("/")));
}

#[test]
fn the_others_come_behind_and_a_site_with_one_language_is_as_it_is() {
    let stated = [
        ("x-default", "/"),
        ("de", "/"),
        ("en", "/en/"),
        ("fr", "/fr/"),
    ];
    let german = page("de", &["/en/", "/presse"], &stated);
    let editions = Editions::of(&german, &at("/"));
    for (path, behind) in [
        ("/en/news", false),
        ("/presse", true),
        ("/fr/presse", true),
        ("/fr/", true),
    ] {
        assert_eq!(editions.is_behind(&at(path)), behind, "{path}");
    }
    assert!(editions.is_same_text(&at("/fr/")) && !editions.is_same_text(&at("/en/")));
    // Without a statement, by the marks.
    let english = page("en", &["/news", "/es/noticias", "/de/presse"], &[]);
    let editions = Editions::of(&english, &at("/"));
    assert!(!editions.is_behind(&at("/news")));
    assert!(editions.is_behind(&at("/es/noticias")) && editions.is_behind(&at("/de/presse")));
    let dutch = page("nl", &["/nieuws", "/over-ons"], &[]);
    assert!(!Editions::of(&dutch, &at("/")).is_behind(&at("/nieuws")));
    let spanish = page("es", &["/de/presse", "/sala-de-prensa"], &[]);
    let editions = Editions::of(&spanish, &at("/"));
    assert!(editions.is_behind(&at("/de/presse")) && !editions.is_behind(&at("/sala-de-prensa")));
}

#[test]
fn a_page_is_left_for_the_edition_that_it_names_beside_itself() {
    let company = Company::new("example.com");
    let mut of = task(TaskKind::Article);
    of.url = at("/de/presse/werk").into();
    for (stated, expected) in [
        (
            &[("de", "/de/presse/werk"), ("en", "/en/press/plant")][..],
            Some("/en/press/plant"),
        ),
        (
            &[("de", "/de/presse/werk"), ("fr", "/fr/presse/usine")],
            None,
        ),
        // Every page another language's front page; a page that does not name itself; a stranger.
        (&[("de", "/de/presse/werk"), ("en", "/en/")], None),
        (&[("de", "/de/"), ("en", "/en/press/plant")], None),
        (
            &[
                ("de", "/de/presse/werk"),
                ("en", "other.example/press/plant"),
            ],
            None,
        ),
        (&[], None),
    ] {
        let reading = page("de", &[], stated);
        let found = instead(&reading, &of, &company);
        assert_eq!(found, expected.map(at), "{stated:?}");
    }
    of.kind = TaskKind::Listing;
    let listing = page(
        "de",
        &[],
        &[("de", "/de/presse/werk"), ("en", "/en/press/plant")],
    );
    assert_eq!(
        instead(&listing, &of, &company),
        None,
        "its entries may be its own"
    );
}

#[test]
fn a_mirrored_address_differs_in_its_mark_alone() {
    let known: BTreeSet<Mark> = ["/en/x", "/es/x", "/de/x", "fr.example.com/x", "/x?lang=en"]
        .iter()
        .filter_map(|path| mark(&at(path)))
        .collect();
    let mirrors = |path: &str| -> Vec<String> {
        let found = mirrors(&at(path), &known);
        found
            .iter()
            .map(|url| url.as_str().replace("https://example.com", ""))
            .collect()
    };
    assert_eq!(
        mirrors("/de/news/plant-in-berlin"),
        [
            "/en/news/plant-in-berlin",
            "/news/plant-in-berlin",
            "/es/news/plant-in-berlin"
        ]
    );
    assert_eq!(
        mirrors("/es/news/plant-in-berlin"),
        ["/en/news/plant-in-berlin", "/news/plant-in-berlin"]
    );
    assert_eq!(
        mirrors("/news/plant-in-berlin"),
        ["/en/news/plant-in-berlin"]
    );
    assert!(mirrors("/en/news/plant-in-berlin").is_empty());
    // A name that other pages bear as well is only compared between marks.
    assert_eq!(
        mirrors("/it/contact"),
        ["/en/contact", "/es/contact", "/de/contact"]
    );
    assert!(mirrors("/contact").is_empty());
    assert!(mirrors("/de/").is_empty());
    assert_eq!(
        mirrors("fr.example.com/story-of-a-plant"),
        ["/story-of-a-plant"]
    );
    assert_eq!(
        mirrors("/story?id=20261&lang=de"),
        ["/story?id=20261&lang=en"]
    );
}
