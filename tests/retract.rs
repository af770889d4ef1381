//! What a page told is taken back when the page tells it no more, and only then.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(dead_code, reason = "other tests need more of the web")]
mod web;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::{self, Limits, Parts};
use foresignal::model::company::Company;
use foresignal::model::signal::{Signal, SignalKind, Stage, Status, Why};
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::store::filter::{Filter, select};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Web};

const DAY: Duration = Duration::from_secs(24 * 3600);
const STORY: &str = "https://contoso.example/news/contoso-and-fabrikam";
const TOLD: &str =
    "Contoso has acquired Fabrikam, a maker of valves in Bilbao, for 35 million euros.";
const MENDED: &str = "Contoso and Fabrikam will show their valves together at the fair in Bilbao.";

fn story(says: &str) -> Answer {
    let filler = "The valves are made of brass, and are found in most power stations of the north. \
                  Visitors may see how one is made every Friday in the old harbour.";
    Answer::Html(format!(
        "<html lang=en><head><title>Contoso and Fabrikam</title>\
         <meta property='article:published_time' content='2026-05-20T09:00:00Z'></head>\
         <body><article><h1>Contoso and Fabrikam</h1><p>{says}</p><p>{filler}</p></article></body></html>"
    ))
}

/// A crawl that goes on, and the web that it sees.
struct World {
    clock: Clock,
    web: Web,
    store: MemoryStore,
    company: Arc<Company>,
}

impl World {
    /// Contoso, with the story known as `kind`.
    async fn new(kind: TaskKind) -> World {
        let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
        let web = Web::new(&clock);
        web.put(STORY, story(TOLD));
        let mut company = Company::new("contoso.example");
        company.name = "Contoso".to_owned();
        let found = Discovery {
            url: STORY.parse().unwrap(),
            company: company.id.clone(),
            kind,
            due: clock.now(),
            depth: 0,
            from: None,
            at: clock.now(),
            updated: None,
        };
        let mut store = MemoryStore::default();
        let seed = Seed {
            company: company.clone(),
            tasks: vec![found],
        };
        store.seed(&[seed]).await.unwrap();
        let company = Arc::new(company);
        World {
            clock,
            web,
            store,
            company,
        }
    }

    /// Crawls what is due after so many days.
    async fn after(&mut self, days: u32) {
        tokio::time::advance(DAY * days).await;
        let companies = HashMap::from([(self.company.id.clone(), Arc::clone(&self.company))]);
        let parts = Parts::new(
            self.web.clone(),
            &mut self.store,
            companies,
            self.clock.clone(),
        );
        let limits = Limits::default();
        crawl::run(parts, limits, std::future::pending(), &mut |_| {})
            .await
            .unwrap();
    }

    fn deal(&self) -> Signal {
        let signals = self.store.signals(None).map(|signal| signal.unwrap());
        let mut deals = signals.filter(|signal| signal.kind == SignalKind::Mna);
        let deal = deals.next().unwrap();
        assert_eq!(deals.next(), None);
        deal
    }

    fn changes(&self) -> u64 {
        self.store.counts().unwrap().changes
    }
}

#[tokio::test(start_paused = true)]
async fn an_article_that_is_mended_takes_back_what_it_told() {
    let mut world = World::new(TaskKind::Article).await;
    world.after(0).await;
    let deal = world.deal();
    assert_eq!((deal.stage(), deal.status()), (Stage::Done, Status::New));
    let exported = world.changes();

    world.web.put(STORY, story(MENDED));
    world.after(40).await;
    let deal = world.deal();
    assert_eq!((deal.status(), deal.confidence), (Status::Retracted, 0.0));
    let gone = deal.evidence[0].withdrawn().unwrap();
    assert_eq!(gone.why, Why::Changed);
    assert!(
        deal.evidence[0].quote.contains("has acquired"),
        "it is kept"
    );
    // Whoever has it hears of it, once, however sure a signal has to be.
    let wanted = Filter {
        min_confidence: 0.8,
        kinds: vec![SignalKind::Mna],
        since: Some(exported),
        ..Filter::default()
    };
    let handed: Vec<_> = select(&world.store, &wanted)
        .map(|item| item.unwrap())
        .collect();
    assert_eq!(handed.len(), 1);
    assert_eq!(world.changes(), exported + 1);

    world.web.put(STORY, story(TOLD));
    world.after(60).await;
    assert_eq!(world.deal().status(), Status::New, "it is told again");
}

#[tokio::test(start_paused = true)]
async fn an_article_that_is_gone_for_good_takes_it_along_and_a_failure_does_not() {
    let mut world = World::new(TaskKind::Article).await;
    world.after(0).await;
    let told = world.deal();
    for failure in [Answer::Refused(503, None), Answer::Hangs] {
        let times = world.web.times(STORY);
        world.web.put(STORY, failure);
        world.after(31).await;
        assert!(world.web.times(STORY) > times, "it was asked for");
        assert_eq!(world.deal(), told);
    }
    world.web.take_away(STORY);
    world.after(31).await;
    assert_eq!(world.deal(), told, "it may come back");
    world.after(31).await;
    let deal = world.deal();
    assert_eq!(deal.status(), Status::Retracted);
    assert_eq!(deal.evidence[0].withdrawn().unwrap().why, Why::Gone);
}

#[tokio::test(start_paused = true)]
async fn what_leaves_a_list_is_old_and_not_untrue() {
    let mut world = World::new(TaskKind::Listing).await;
    world.after(0).await;
    let told = world.deal();
    world.web.put(STORY, story(MENDED));
    let times = world.web.times(STORY);
    world.after(40).await;
    assert!(world.web.times(STORY) > times, "it was read again");
    assert_eq!(world.deal(), told);
    world.web.take_away(STORY);
    let times = world.web.times(STORY);
    world.after(40).await;
    world.after(40).await;
    assert!(world.web.times(STORY) > times, "and missed");
    assert_eq!(world.deal(), told);
}
