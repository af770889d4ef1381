//! What stands on many pages of a site is told once, not with every page.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(dead_code, reason = "other tests need more of the web")]
mod web;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::{self, Limits, Parts};
use foresignal::model::company::Company;
use foresignal::model::signal::Signal;
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::Host;
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Web};

const ABOUT: &str = "About Contoso: the maker of valves acquired Fabrikam in May 2026 and has offices in three towns.";
const PAGES: usize = 12;

/// A newsroom of stories that each end with what the company says about itself.
fn site(web: &Web) {
    let mut links = String::new();
    for page in 0..PAGES {
        let path = format!("/news/story-of-day-{page}");
        links.push_str(&format!("<a href='{path}'>The story of day {page}</a> "));
        let told = ["mill", "garden", "bridge", "boat", "kitchen", "school"][page % 6];
        let story = format!(
            "On day {page} a {told} of {page} rooms was visited by some {} guests, who stayed until late and \
             ate {} of the cakes that the {told} number {page} had made for them in the morning.",
            page * 7 + 3,
            page * 5 + 2
        );
        web.put(
            &format!("https://contoso.example{path}"),
            Answer::Html(format!(
                "<html lang=en><head><title>The story of day {page}</title></head><body><article>\
                 <h1>The story of day {page}</h1><p>{story}</p><p>{story} It was the {told}.</p>\
                 <p>{ABOUT}</p></article></body></html>"
            )),
        );
    }
    let home = format!("<title>Contoso</title><body>{links}");
    web.put("https://contoso.example/", Answer::Html(home));
}

#[tokio::test(start_paused = true)]
async fn what_a_company_says_about_itself_below_every_story_is_told_by_few_of_them() {
    let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
    let web = Web::new(&clock);
    site(&web);
    let mut company = Company::new("contoso.example");
    company.name = "Contoso".to_owned();
    let home = Discovery {
        url: "https://contoso.example/".parse().unwrap(),
        company: company.id.clone(),
        kind: TaskKind::Home,
        due: clock.now(),
        depth: 0,
        from: None,
        at: clock.now(),
        updated: None,
    };
    let mut store = MemoryStore::default();
    let seed = Seed {
        company: company.clone(),
        tasks: vec![home],
    };
    store.seed(&[seed]).await.unwrap();
    let parts = Parts {
        min_confidence: 0.3,
        ..Parts::new(
            web.clone(),
            &mut store,
            HashMap::from([(company.id.clone(), Arc::new(company))]),
            clock.clone(),
        )
    };
    crawl::run(
        parts,
        Limits::default(),
        std::future::pending(),
        &mut |_| {},
    )
    .await
    .unwrap();
    for page in 0..PAGES {
        let url = format!("https://contoso.example/news/story-of-day-{page}");
        assert_eq!(web.times(&url), 1, "{url}");
    }
    let host = Host::of_domain("contoso.example").unwrap();
    let record = Records::host(&store, &host).unwrap().unwrap();
    assert_eq!(record.repeated.count(), 1);
    let signals: Vec<Signal> = store.signals(None).map(|signal| signal.unwrap()).collect();
    // The first pages tell it, for it may be news.
    assert_eq!(signals.len(), 1, "{signals:?}");
    let told = signals[0].evidence.len();
    assert!((1..=4).contains(&told), "{told} pages tell it");
    web.assert_polite(Duration::from_secs(3));
}
