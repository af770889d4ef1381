//! What fingerprints recognise, and what they must not.

use std::collections::HashSet;

use super::fingerprint::{Clue, Example};
use super::observed::{Answer, Asked, Certificate, Kind};
use super::*;
use crate::model::time::Timestamp;
use proptest::prelude::*;

fn page(header: Option<&str>, body: &str) -> Page {
    let mut headers = vec![("content-type".to_owned(), "text/html".to_owned())];
    if let Some((name, value)) = header.and_then(|line| line.split_once(": ")) {
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    Page {
        url: "https://www.company.example/".to_owned(),
        status: 200,
        headers,
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: Timestamp(7),
        address: None,
    }
}

/// What an example's answers are, of the domain `company.example`.
fn observed(example: &Example) -> Observed {
    let at = example.at.as_deref().unwrap_or_default();
    let name = match at {
        "" => "company.example".to_owned(),
        at => format!("{at}.company.example"),
    };
    let asked = |(kind, record): (Kind, &Option<String>)| {
        Some(Asked {
            name: name.clone(),
            kind,
            answer: Answer::Records(vec![record.clone()?]),
        })
    };
    let records = [
        (Kind::Mx, &example.mx),
        (Kind::Txt, &example.txt),
        (Kind::Cname, &example.cname),
        (Kind::Ns, &example.ns),
        (Kind::Srv, &example.srv),
        (Kind::A, &example.address),
        (Kind::Caa, &example.caa),
    ];
    Observed {
        domain: "company.example".to_owned(),
        asked: records.into_iter().filter_map(asked).collect(),
        certificates: vec![Certificate {
            issuer: example.issuer.clone().unwrap_or_default(),
            names: example.san.iter().cloned().collect(),
            protocol: example.protocol.clone().unwrap_or_default(),
            ..Certificate::default()
        }],
        seen: Timestamp(7),
    }
}

fn facts(example: &Example) -> Vec<Fact> {
    let html = example.html.as_deref().unwrap_or_default();
    let mut page = page(example.header.as_deref(), html);
    if let Some(path) = &example.file {
        page.url = format!("https://company.example{path}");
        page.headers[0].1 = "text/plain; charset=utf-8".to_owned();
    }
    fuse(&observed(example), &[page]).facts
}

/// The slugs of all that a technology brings with it, itself included.
fn brought(slug: &str) -> HashSet<&'static str> {
    let (mut brought, mut waiting) = (HashSet::new(), vec![slug]);
    while let Some(slug) = waiting.pop() {
        let one = technology(slug).unwrap_or_else(|| panic!("{slug} is not known"));
        if brought.insert(one.slug.as_str()) {
            waiting.extend(one.implies.iter().map(String::as_str));
            waiting.extend(
                one.releases
                    .iter()
                    .filter_map(|release| release.implies.as_deref()),
            );
        }
    }
    brought
}

#[test]
fn every_fingerprint_passes_its_own_tests() {
    let mut failed = Vec::new();
    for technology in technologies() {
        let found = technology.tests.iter().filter(|test| test.found).count();
        assert!(found > 0, "{} has no test that finds it", technology.slug);
        for test in &technology.tests {
            let facts = facts(test);
            let fact = facts.iter().find(|fact| fact.technology == technology.slug);
            let version = fact.and_then(|fact| fact.version.clone());
            if fact.is_some() != test.found || version != test.version {
                failed.push(format!("{}: {test:?} gave {fact:?}", technology.slug));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What brings the technology with it, or is brought by that, is related; all else an example must
/// name.
#[test]
fn no_example_shows_what_it_is_not_about() {
    let mut failed = Vec::new();
    for technology in technologies() {
        for test in technology.tests.iter().filter(|test| test.found) {
            let facts = facts(test);
            let found = facts.iter().map(|fact| fact.technology.as_str());
            let causes = found.clone().map(brought);
            let related: HashSet<&str> = causes
                .filter(|brought| brought.contains(technology.slug.as_str()))
                .flatten()
                .chain(test.beside.iter().flat_map(|slug| brought(slug)))
                .collect();
            for other in found.filter(|other| !related.contains(other)) {
                failed.push(format!("{} shows {other}: {test:?}", technology.slug));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn fingerprints_are_well_formed() {
    let slugs: HashSet<&str> = technologies().iter().map(|one| one.slug.as_str()).collect();
    assert_eq!(slugs.len(), technologies().len(), "a slug stands twice");
    assert!(slugs.len() >= 400, "{} technologies", slugs.len());
    let names: HashSet<&str> = technologies().iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names.len(), technologies().len(), "a name stands twice");
    for technology in technologies() {
        let slug = technology.slug.as_str();
        assert!(
            slug.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{slug}"
        );
        let named = technology.implies.iter().chain(&technology.excludes);
        let released = technology
            .releases
            .iter()
            .filter_map(|release| release.implies.as_ref());
        for other in named.chain(released) {
            assert!(
                slugs.contains(other.as_str()) && other != slug,
                "{slug}: {other}"
            );
        }
        assert!(CATEGORIES.contains(&technology.category.as_str()), "{slug}");
        let implied = technologies().iter().any(|other| {
            let other = other
                .releases
                .iter()
                .filter_map(|release| release.implies.as_ref());
            other.chain(&technology.implies).count() > 0
        });
        assert!(!technology.clues.is_empty() || implied, "{slug}");
        technology
            .clues
            .iter()
            .for_each(|clue| well_formed(slug, clue));
    }
}

fn well_formed(slug: &str, clue: &Clue) {
    let places = [
        &clue.header,
        &clue.cookie,
        &clue.meta,
        &clue.url,
        &clue.html,
        &clue.file,
        &clue.mx,
        &clue.spf,
        &clue.txt,
        &clue.cname,
        &clue.ns,
        &clue.dkim,
        &clue.srv,
        &clue.reports,
        &clue.address,
        &clue.issuer,
        &clue.san,
        &clue.caa,
        &clue.protocol,
    ];
    let set: Vec<&String> = places.into_iter().flatten().collect();
    assert_eq!(set.len(), 1, "{slug}: {clue:?}");
    // A piece that any page may hold by chance says nothing.
    let any = clue.caa.as_deref() == Some("*");
    assert!(
        any || set[0].len() >= 2 || clue.at.is_some(),
        "{slug}: {clue:?}"
    );
    assert!(
        clue.html.as_ref().is_none_or(|piece| piece.len() >= 5),
        "{slug}: {clue:?}"
    );
    assert!(
        clue.url.as_ref().is_none_or(|piece| piece.len() >= 6),
        "{slug}: {clue:?}"
    );
    assert!(
        clue.confidence > 0.0 && clue.confidence < 1.0,
        "{slug}: {clue:?}"
    );
    assert!(!clue.link || clue.url.is_some(), "{slug}: {clue:?}");
    let at = clue
        .txt
        .as_ref()
        .or(clue.cname.as_ref())
        .or(clue.srv.as_ref());
    assert!(clue.at.is_none() || at.is_some(), "{slug}: {clue:?}");
    let networks = clue.address.iter();
    assert!(
        networks
            .clone()
            .all(|text| names::Network::parse(text).is_some()),
        "{slug}: {clue:?}"
    );
    let lower = clue
        .header
        .iter()
        .chain(&clue.meta)
        .all(|name| *name == name.to_lowercase());
    assert!(lower, "{slug}: {clue:?}");
}

#[test]
fn every_category_is_used() {
    for category in CATEGORIES {
        assert!(
            technologies().iter().any(|one| one.category == *category),
            "{category}"
        );
    }
}

#[test]
fn every_url_clue_finds_its_own_script() {
    for technology in technologies() {
        for clue in technology
            .clues
            .iter()
            .filter(|clue| clue.pattern.is_none())
        {
            let Some(url) = &clue.url else { continue };
            let html = format!("<script async src=\"https://{url}x\"></script>");
            let facts = recognise(&page(None, &html));
            assert!(
                facts.iter().any(|fact| fact.technology == technology.slug),
                "{html}"
            );
        }
    }
}

#[test]
fn a_page_that_speaks_of_something_does_not_run_it() {
    for html in [
        "<p>We moved from js.hs-scripts.com/1.js to another.</p>",
        "<a href=\"https://js.hs-scripts.com/1.js\">their script</a>",
        "<pre>&lt;script src=\"//js.hs-scripts.com/1.js\"&gt;</pre>",
        "<script src=\"https://notjs.hs-scripts.com/1.js\"></script>",
        "<title>WordPress 6.4 is out</title>",
        "<div>see https://js.hs-scripts.com/1.js</div>",
        "<div>https://docs.google.com/forms/d/1</div>",
        "<a href=\"https://www.acumatica.com/pricing\">what we recommend</a>",
        "<a href=\"//Acumatica.com/\">what we recommend</a>",
        "<a href=\"https://docs.databricks.com/x\">what we read</a>",
    ] {
        assert_eq!(recognise(&page(None, html)), [], "{html}");
    }
}

#[test]
fn clues_join_and_the_strongest_is_shown() {
    let html = "<script src='https://js.hs-scripts.com/1.js'></script>";
    let policy = "Content-Security-Policy: script-src https://js.hs-scripts.com *.hsforms.net";
    let one = recognise(&page(None, html));
    let both = recognise(&page(Some(policy), html));
    let alone = recognise(&page(Some(policy), ""));
    assert_eq!(one[0].evidence, "script https://js.hs-scripts.com/1.js");
    assert_eq!(both[0].evidence, one[0].evidence);
    assert!(both[0].confidence >= one[0].confidence);
    assert!(alone[0].confidence < one[0].confidence, "{alone:?}");
    assert_eq!(both[0].url, "https://www.company.example/");
    assert_eq!(
        (both[0].first_seen, both[0].last_seen),
        (Timestamp(7), Timestamp(7))
    );
}

#[test]
fn what_another_runs_counts_little() {
    let confidence = |html: &str, slug: &str| {
        let facts = recognise(&page(None, html));
        facts
            .iter()
            .find(|fact| fact.technology == slug)
            .map(|fact| fact.confidence)
    };
    for (slug, own, borrowed) in [
        (
            "azure-blob-storage",
            "<img src='https://companyweb.blob.core.windows.net/x.png'>",
            "<img src='https://optanon.blob.core.windows.net/x.png'>",
        ),
        (
            "wordpress",
            "<img src='https://cdn.company.example/wp-content/uploads/x.png'>",
            "<img src='https://other.example/wp-content/uploads/x.png'>",
        ),
    ] {
        assert!(confidence(own, slug) > Some(0.8), "{slug}");
        assert!(confidence(borrowed, slug) < Some(0.4), "{slug}");
        let both = format!("{borrowed}{own}");
        assert_eq!(confidence(&both, slug), confidence(own, slug), "{slug}");
    }
}

#[test]
fn only_markup_is_searched_and_only_so_far() {
    let script = "<script src='https://js.hs-scripts.com/1.js'></script>";
    let mut json = page(None, script);
    json.headers[0].1 = "application/json".to_owned();
    assert_eq!(recognise(&json), []);
    let far = format!("{}{script}", " ".repeat(SCANNED));
    assert_eq!(recognise(&page(None, &far)), []);
}

#[test]
fn hostile_pages_cost_a_bounded_time() {
    let cookies = "sap-usercontext".repeat(10);
    for body in [
        "<script src='https://js.hs-scripts.com/1.js'></script>".repeat(100_000),
        "<script>".repeat(1_000_000),
        "<meta name=generator content='WordPress 6.4'>".repeat(200_000),
        "<meta ".repeat(1_000_000),
        "/wp-content/themes/".repeat(500_000),
        "<".repeat(10_000_000),
        "src=\"//".repeat(1_000_000),
    ] {
        let mut page = page(None, &body);
        let cookie = |n| ("set-cookie".to_owned(), format!("{cookies}{n}=1"));
        page.headers.extend((0..10_000).map(cookie));
        let policy = "js.hs-scripts.com ".repeat(100_000);
        page.headers
            .push(("content-security-policy".to_owned(), policy));
        let began = cpu_time::ThreadTime::now();
        let facts = recognise(&page);
        let shown = &body[..20];
        assert!(
            began.elapsed().as_secs() < 5,
            "{:?}: {shown}",
            began.elapsed()
        );
        assert!(facts.iter().all(|fact| fact.evidence.len() <= EVIDENCE));
    }
}

#[test]
fn evidence_stays_short() {
    let html = format!(
        "<script src='https://js.hs-scripts.com/{}'></script>",
        "é".repeat(500)
    );
    let facts = recognise(&page(None, &html));
    assert!(
        facts[0].evidence.len() <= EVIDENCE,
        "{}",
        facts[0].evidence.len()
    );
}

proptest! {
    #[test]
    fn nothing_panics(body in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..50) {
        let mut odd = page(Some("Content-Security-Policy: é*.hs-scripts.com"), "");
        odd.body = body;
        let place = at.min(odd.body.len());
        odd.body.splice(place..place, b"<meta name=generator content=js.hs-scripts.com/".iter().copied());
        recognise(&odd);
    }
}
