//! What a crawl finds, and how soon: the harvest a page fetched, against asking breadth-first, and
//! the places where a site speaks.
//!
//! The floors are pinned for a site made from a seed. `FORESIGNAL_SITES` names a folder of sites
//! that real generators built (`finding/sites.py`); their curves are printed, and no floor is
//! fitted to them.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]
#![expect(clippy::print_stdout, reason = "the curves are printed")]

#[path = "finding/curve.rs"]
mod curve;
#[path = "finding/made.rs"]
mod made;
#[expect(
    dead_code,
    reason = "shared with the tests of politeness, which need more of it"
)]
mod web;

use std::time::Duration;

use curve::{AT, breadth_first, crawled, harvest, read};
use foresignal::model::state::State;
use foresignal::model::task::TaskKind;
use foresignal::store::Records;
use web::Answer;

/// Dated texts that so many pages must bring at least; breadth-first brings fewer.
const FLOORS: [(usize, usize); 5] = [(5, 9), (10, 12), (20, 21), (30, 27), (50, 41)];

#[tokio::test(start_paused = true)]
async fn few_pages_find_most_of_what_is_said() {
    let site = made::site();
    let ours = crawled(&site, 100).await;
    let (ours_at, breadth) = (
        harvest(&site, &ours.asked),
        harvest(&site, &breadth_first(&site, 100)),
    );
    println!(
        "of {}: ours {ours_at:?}, breadth-first {breadth:?}",
        site.said()
    );
    let whole = (
        read(&site, &ours.asked),
        read(&site, &breadth_first(&site, 100)),
    );
    println!("in full: ours {:?}, breadth-first {:?}", whole.0, whole.1);
    for (pages, floor) in FLOORS {
        let at = AT.iter().position(|at| *at == pages).unwrap();
        assert!(
            ours_at[at] >= floor,
            "{} of {floor} at {pages}",
            ours_at[at]
        );
        assert!(
            ours_at[at] > breadth[at] || pages == 5,
            "no better than breadth-first at {pages}"
        );
    }
    assert_eq!(ours.missed(&site), Vec::<String>::new(), "places not found");
}

#[tokio::test(start_paused = true)]
async fn a_text_in_two_languages_is_read_once_and_one_in_either_is_read() {
    let site = made::site();
    let ours = crawled(&site, 1000).await;
    // The release is told in English; the page of its German edition is a copy of it.
    let german = "https://acme.example/de/presse/acme-eroeffnet-werk-2";
    let english = "https://acme.example/press/acme-opens-a-plant-2";
    assert_eq!(ours.task(english).state, State::Done);
    assert_eq!(
        ours.task(german).state,
        State::Duplicate {
            of: english.to_owned()
        }
    );
    // What was only said in German is read.
    for number in 0..made::ONLY_IN_GERMAN {
        let alone = format!("https://acme.example/de/presse/acme-nur-auf-deutsch-{number}");
        assert_eq!(ours.task(&alone).state, State::Done, "{alone}");
    }
    // The other tree without a word of each other: the same name, read once, without a request.
    let spanish = "https://acme.example/es/blog/how-we-measured-the-pump-3";
    assert!(
        matches!(ours.task(spanish).state, State::Duplicate { .. }),
        "{:?}",
        ours.task(spanish).state
    );
    assert!(!ours.asked.iter().any(|url| url == spanish));
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_nobody_names_is_looked_for_once_and_a_guess_is_no_failure() {
    let mut site = made::site();
    site.forget_feeds();
    let there = "https://acme.example/blog/rss.xml";
    site.pages.insert(there.to_owned(), made::feed(3));
    let mut ours = crawled(&site, 1000).await;
    let guess = ours.task("https://acme.example/blog/feed");
    assert!(guess.is_guess() && guess.state == State::Gone { status: 404 });
    let found = ours.task(there);
    assert_eq!((found.kind, &found.state), (TaskKind::Feed, &State::Done));
    let guesses = |asked: &[String]| {
        let guessed = asked
            .iter()
            .filter(|url| url.ends_with("/feed") || url.ends_with("/rss.xml"));
        guessed.count()
    };
    assert!(guesses(&ours.asked) <= 6, "{:?}", ours.asked);
    assert!(
        !ours
            .asked
            .iter()
            .any(|url| url == "https://acme.example/feed.xml")
    );
    // A later run does not look again.
    ours.again(Duration::from_secs(3 * 24 * 3600), 1000).await;
    let again: Vec<&String> = ours
        .asked
        .iter()
        .filter(|url| url.ends_with("/feed") || url.ends_with("/rss.xml") && *url != there)
        .collect();
    assert_eq!(again, Vec::<&String>::new());
}

#[tokio::test(start_paused = true)]
async fn later_pages_of_a_listing_are_asked_again_only_when_its_first_is_all_new() {
    let page = |numbers: std::ops::Range<u32>, next: &str| {
        let links: String = numbers
            .map(|n| format!("<a href='/news/a-story-of-{n}'>A story of {n}</a> "))
            .collect();
        Answer::Html(format!(
            "<title>News</title><main>{links}</main><a href='{next}'>Next</a>"
        ))
    };
    let site = curve::Site::of("https://acme.example/");
    let web = curve::web(&site);
    let (first, second) = (
        "https://acme.example/news",
        "https://acme.example/news?page=2",
    );
    web.put(
        &site.home,
        Answer::Html("<a href='/news'>News</a>".to_owned()),
    );
    web.put(first, page(0..5, "/news?page=2"));
    web.put(second, page(5..10, "/news?page=3"));
    let mut run = curve::Run::new(&site, web.clone()).await;
    run.again(Duration::ZERO, 1000).await;
    assert_eq!((web.times(first), web.times(second)), (1, 1));
    // One story more: what lies behind was read.
    web.put(first, page(100..101, "/news?page=2"));
    web.put(first, page(1..6, "/news?page=2"));
    run.again(Duration::from_secs(3 * 24 * 3600), 1000).await;
    assert!(web.times(first) >= 2);
    assert_eq!(web.times(second), 1);
    // More than the first page holds: what was pushed off it lies on the second.
    web.put(first, page(20..25, "/news?page=2"));
    web.put(second, page(15..20, "/news?page=3"));
    run.again(Duration::from_secs(9 * 24 * 3600), 1000).await;
    assert_eq!(web.times(second), 2);
    assert_eq!(
        run.task("https://acme.example/news/a-story-of-17").kind,
        TaskKind::Article
    );
}

#[tokio::test(start_paused = true)]
async fn sites_that_real_generators_built() {
    let Some(folder) = std::env::var_os("FORESIGNAL_SITES") else {
        println!("skipped: FORESIGNAL_SITES names no folder (finding/sites.py makes one)");
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    println!("dated texts told after {AT:?} pages");
    for file in files {
        let site = curve::Site::load(&file);
        let ours = crawled(&site, 100).await;
        let breadth = breadth_first(&site, 100);
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let missed = ours.missed(&site);
        println!(
            "{name}: {} dated texts, {} pages; sources found {} of {}",
            site.said(),
            site.pages.len(),
            site.sources.len() - missed.len(),
            site.sources.len()
        );
        println!("  ours          {:?}", harvest(&site, &ours.asked));
        println!("  breadth-first {:?}", harvest(&site, &breadth));
        println!("  in full: ours          {:?}", read(&site, &ours.asked));
        println!("  in full: breadth-first {:?}", read(&site, &breadth));
        println!("  missed {missed:?}");
        if std::env::var_os("FORESIGNAL_ASKED").is_some() {
            println!("  asked {:#?}", &ours.asked[..ours.asked.len().min(60)]);
        }
        assert!(ours.store.counts().unwrap().urls > 0);
    }
}
