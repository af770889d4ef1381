//! Mazes of every kind on the paused clock: each costs a bounded number of requests, and the real
//! articles of its company are read nevertheless; and honest sites that look like mazes.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]
#![expect(clippy::print_stdout, reason = "figures, and what is skipped")]

#[path = "traps/parked.rs"]
mod parked;
#[path = "traps/real.rs"]
mod real;
#[path = "traps/sites.rs"]
mod sites;
#[expect(dead_code, reason = "other tests need more of a web")]
mod web;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Limits, Parts, Tally, tally};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::state::{State, Trap};
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, Host, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Maker, Web};

fn config() -> Config {
    Config {
        rest: Duration::from_secs(1),
        per_second: 1000.try_into().unwrap(),
        ..Config::default()
    }
}

/// A crawl of one host, with its web and store.
struct Crawled {
    clock: Clock,
    web: Web,
    store: MemoryStore,
    tally: Tally,
}

impl Crawled {
    async fn new(domain: &str, maker: Maker, config: Config) -> Crawled {
        let mut crawled = Crawled::empty(&[domain]).await;
        crawled.web.make(maker);
        crawled.again(config).await;
        crawled
    }

    /// Nothing is asked yet.
    async fn empty(domains: &[&str]) -> Crawled {
        let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
        let seed = |domain: &&str| Seed {
            company: Company::new(domain),
            tasks: vec![Discovery {
                url: url::parse(&format!("https://{domain}/")).unwrap(),
                company: CompanyId((*domain).to_owned()),
                kind: TaskKind::Home,
                due: clock.now(),
                depth: 0,
                from: None,
                at: clock.now(),
                updated: None,
            }],
        };
        let seeds: Vec<Seed> = domains.iter().map(seed).collect();
        let mut store = MemoryStore::new();
        store.seed(&seeds).await.unwrap();
        Crawled {
            web: Web::new(&clock),
            clock,
            store,
            tally: Tally::default(),
        }
    }

    async fn again(&mut self, config: Config) {
        self.within(config, Limits::default()).await;
    }

    async fn within(&mut self, config: Config, limits: Limits) {
        let companies: HashMap<_, _> = self
            .store
            .companies()
            .map(|company| company.unwrap())
            .map(|company| (company.id.clone(), Arc::new(company)))
            .collect();
        let parts = Parts {
            config,
            ..Parts::new(
                self.web.clone(),
                &mut self.store,
                companies,
                self.clock.clone(),
            )
        };
        let forever = std::future::pending();
        self.tally = crawl::run(parts, limits, forever, &mut |_| {})
            .await
            .unwrap();
    }

    fn requests(&self) -> usize {
        self.web.log().iter().filter(|asked| !asked.robots).count()
    }

    fn asked(&self, part: &str) -> usize {
        let log = self.web.log();
        log.iter().filter(|asked| asked.url.contains(part)).count()
    }

    fn state(&self, address: &str) -> State {
        let key = UrlKey::of(&url::parse(address).unwrap()).unwrap();
        let task = self.store.task(&key).unwrap();
        task.unwrap_or_else(|| panic!("{address} is not known"))
            .state
    }

    fn states(&self, name: &str) -> usize {
        let all = self.store.tasks("").map(|task| task.unwrap().state);
        all.filter(|state| tally::name(state) == name).count()
    }

    fn traps(&self) -> BTreeSet<Trap> {
        let all = self.store.tasks("").map(|task| task.unwrap().state);
        let trap = |state| match state {
            State::Trapped { trap } => Some(trap),
            _ => None,
        };
        all.filter_map(trap).collect()
    }
}

/// Home page, newsroom, the sitemap, the reservations and the four feeds that are not there, and
/// the articles.
const HONEST: usize = 8 + sites::REAL;

#[tokio::test(start_paused = true)]
async fn a_maze_costs_a_bounded_number_of_requests_and_the_real_articles_are_read() {
    use Trap::*;
    let mut wrong = Vec::new();
    for (domain, maker, most, traps) in [
        (
            "calendar.example",
            sites::calendar as Maker,
            125,
            &[Calendar][..],
        ),
        ("facets.example", sites::facets, 60, &[Facets]),
        ("paging.example", sites::paging, 65, &[Pagination]),
        ("session.example", sites::session, 20, &[]),
        ("reflection.example", sites::reflection, 5, &[]),
        ("repetition.example", sites::repetition, 90, &[Repetition]),
        ("sameness.example", sites::sameness, 8, &[Sameness]),
        ("missing.example", sites::missing, 42, &[]),
        (
            "endless.example",
            sites::endless,
            225,
            &[Calendar, Facets, Pagination],
        ),
    ] {
        let crawled = Crawled::new(domain, maker, config()).await;
        let (requests, real) = (crawled.requests(), crawled.asked("/news/real-story"));
        let found = crawled.traps();
        println!(
            "FIGURE {domain} {requests} {real} {:?} {found:?}",
            crawled.tally.states
        );
        if real != sites::REAL {
            wrong.push(format!("{domain}: {real} real articles"));
        }
        if requests > HONEST + most {
            wrong.push(format!("{domain}: {} requests", requests - HONEST));
        }
        if !traps.iter().all(|trap| found.contains(trap)) {
            wrong.push(format!("{domain}: {found:?} are not {traps:?}"));
        }
        crawled.web.assert_robots_first();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_next_run_may_go_as_far_again_and_no_farther() {
    let mut crawled = Crawled::new("paging.example", sites::paging, config()).await;
    let first = crawled.requests();
    tokio::time::sleep(Duration::from_secs(8 * 24 * 3600)).await;
    crawled.again(config()).await;
    let second = crawled.requests() - first;
    println!("FIGURE paging.example, the next run {second}");
    assert!(second <= 65 + 3, "{second} requests");
}

#[tokio::test(start_paused = true)]
async fn honest_sites_that_look_like_mazes_are_read_whole() {
    for (domain, maker, pages) in [
        (
            "wordpress.example",
            sites::wordpress as Maker,
            &[("?p=", 30), ("paged=", 2)][..],
        ),
        (
            "forum.example",
            sites::forum,
            &[("viewtopic.php?f=", 72), ("start=60", 12)],
        ),
        (
            "shop.example",
            sites::shop,
            &[("market=en", 20), ("market=de", 20)],
        ),
        (
            "newsroom.example",
            sites::newsroom,
            &[("?page=", 19), ("-told", 100)],
        ),
    ] {
        let crawled = Crawled::new(domain, maker, config()).await;
        println!(
            "FIGURE {domain} {} {:?}",
            crawled.requests(),
            crawled.tally.states
        );
        for (part, count) in pages {
            assert_eq!(crawled.asked(part), *count, "{domain} {part}");
        }
        for odd in ["trapped", "missing", "duplicate"] {
            assert_eq!(crawled.states(odd), 0, "{domain} {odd}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_soft_404_tells_nothing_leads_nowhere_and_retires() {
    let mut crawled = Crawled::new("missing.example", sites::missing, config()).await;
    assert_eq!(
        crawled.asked("/company/"),
        40,
        "no link of theirs is followed"
    );
    // The sitemap and the feed, where one looks for them, are five of them.
    assert_eq!(crawled.states("missing"), 45);
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(8 * 24 * 3600)).await;
        crawled.again(config()).await;
    }
    assert_eq!(
        crawled.asked("/company/"),
        80,
        "asked once more, then never again"
    );
}

#[tokio::test(start_paused = true)]
async fn deep_pages_that_lead_to_the_front_door_are_missing_from_the_second_on() {
    let maker: Maker = |url| match url.path() {
        "/" => {
            let links = (0..10).map(|n| format!("<a href='/company/team-{n}'>team</a> "));
            sites::page("Home", &links.collect::<String>())
        }
        path if path.starts_with("/company/") => Some(Answer::Moved("https://a.example/".into())),
        _ => None,
    };
    let crawled = Crawled::new("a.example", maker, config()).await;
    assert_eq!((crawled.states("moved"), crawled.states("missing")), (1, 9));
}

#[tokio::test(start_paused = true)]
async fn few_words_at_many_addresses_are_an_error_page_in_any_language() {
    let maker: Maker = |url| match url.path() {
        "/" => {
            let links = (0..9).map(|n| format!("<a href='/company/team-{n}'>team</a> "));
            sites::page("Home", &links.collect::<String>())
        }
        path if path.starts_with("/company/") => sites::page(
            "Przykro nam",
            "<p>Tej strony u nas nie ma, prosimy wrócić.</p>",
        ),
        _ => None,
    };
    let crawled = Crawled::new("a.example", maker, config()).await;
    assert_eq!(
        (crawled.states("done"), crawled.states("missing")),
        (1 + 5, 4)
    );
}

const FUNDING: &str = "<p>Contoso, which builds valves for power stations in the old harbour of \
    Bilbao, announced today that it has raised $35 million in a Series B funding round led by \
    Northwind Ventures, with participation from all of its earlier investors.</p><p>The company \
    will use the money to open a second plant and to double the number of its customers in \
    Europe within the next two years, said its chief executive on Monday.</p>";

fn article(date: &str) -> Answer {
    let body = format!("<p>{date}</p>{FUNDING}");
    sites::page("Contoso raises $35 million in Series B funding", &body).unwrap()
}

fn home(links: &[&str]) -> Answer {
    let links = links
        .iter()
        .map(|href| format!("<a href='{href}'>A story of ours</a> "));
    sites::page("Contoso", &links.collect::<String>()).unwrap()
}

const TWINS: [&str; 3] = [
    "https://contoso.example/news/contoso-raises-money",
    "https://contoso.example/press/contoso-raises-money",
    "https://contoso.example/blog/contoso-raises-money",
];

fn twins(web: &Web) {
    web.put(
        "https://contoso.example/",
        home(&["/news/contoso-raises-money"]),
    );
    for (n, twin) in TWINS.iter().enumerate() {
        web.put(twin, article(&format!("{} May 2026, {n}7 readers", n + 1)));
    }
    web.put(
        "https://contoso.example/",
        home(&TWINS.map(|twin| twin.trim_start_matches("https://contoso.example"))),
    );
}

#[tokio::test(start_paused = true)]
async fn a_copy_is_recognised_tells_nothing_again_and_is_read_when_the_first_is_gone() {
    let mut crawled = Crawled::empty(&["contoso.example"]).await;
    twins(&crawled.web);
    crawled.again(config()).await;
    let first = TWINS
        .iter()
        .position(|twin| crawled.state(twin) == State::Done)
        .unwrap();
    let copy = TWINS[(first + 1) % 3];
    let of = TWINS[first].to_owned();
    assert_eq!(crawled.state(copy), State::Duplicate { of });
    assert_eq!(crawled.states("duplicate"), 2);
    let evidence = |crawled: &Crawled| -> BTreeSet<String> {
        let signals = crawled.store.signals(None).map(|signal| signal.unwrap());
        signals
            .flat_map(|signal| signal.evidence)
            .map(|evidence| evidence.url)
            .collect()
    };
    assert_eq!(
        evidence(&crawled),
        BTreeSet::from([TWINS[first].to_owned()])
    );
    crawled.web.take_away(TWINS[first]);
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(100 * 24 * 3600)).await;
        crawled.again(config()).await;
    }
    assert_eq!(crawled.state(TWINS[first]), State::Gone { status: 404 });
    assert_eq!(
        crawled.states("duplicate"),
        1,
        "one of them is the first now: {:?}",
        TWINS.map(|twin| crawled.state(twin))
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_is_no_copy_of_its_own_earlier_text_nor_of_another_companys() {
    let mut crawled = Crawled::empty(&["contoso.example", "fabrikam.example"]).await;
    crawled.web.put(
        "https://contoso.example/",
        home(&["/news/contoso-raises-money"]),
    );
    crawled.web.put(TWINS[0], article("1 May 2026"));
    let other = "https://fabrikam.example/news/contoso-raises-money";
    crawled.web.put(
        "https://fabrikam.example/",
        home(&["/news/contoso-raises-money"]),
    );
    crawled.web.put(other, article("1 May 2026"));
    crawled.again(config()).await;
    crawled.web.put(TWINS[0], article("2 May 2026"));
    tokio::time::sleep(Duration::from_secs(100 * 24 * 3600)).await;
    crawled.again(config()).await;
    assert_eq!(crawled.web.times(TWINS[0]), 2);
    assert_eq!(
        (crawled.state(TWINS[0]), crawled.states("duplicate")),
        (State::Done, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_crawl_that_is_cut_off_finds_the_same_copies() {
    for pages in [1, 2, 3] {
        let mut crawled = Crawled::empty(&["contoso.example"]).await;
        twins(&crawled.web);
        for _ in 0..9 {
            let limits = Limits {
                time: None,
                pages: Some(pages),
            };
            crawled.within(config(), limits).await;
        }
        assert_eq!(crawled.states("duplicate"), 2, "every {pages} pages");
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_mirrors_another_is_left_to_it() {
    let mut crawled = Crawled::empty(&["contoso.example"]).await;
    let hosts = ["contoso.example", "m.contoso.example"];
    for host in hosts {
        let mut links: Vec<String> = (0..12)
            .map(|n| format!("/news/story-number-{n}-of-ours"))
            .collect();
        for (n, story) in links.iter().enumerate() {
            let body = format!("<p>{}</p>", sites::prose(n as u64, 80));
            let story = format!("https://{host}{story}");
            crawled
                .web
                .put(&story, sites::page("A story", &body).unwrap());
        }
        links.push(format!("https://{}/", hosts[usize::from(host == hosts[0])]));
        let links: Vec<&str> = links.iter().map(String::as_str).collect();
        crawled.web.put(&format!("https://{host}/"), home(&links));
    }
    // Another host of the same company shows something else.
    crawled.web.site("shop.contoso.example", 3);
    crawled.again(config()).await;
    assert_eq!(crawled.asked("//contoso.example/news/story"), 12);
    assert_eq!(crawled.asked("//m.contoso.example/news/story"), 0);
    let of = "https://contoso.example/".to_owned();
    assert_eq!(
        crawled.state("https://m.contoso.example/"),
        State::Duplicate { of }
    );
    let record = crawled
        .store
        .host(&Host::of_domain("m.contoso.example").unwrap());
    let mirrors = record.unwrap().unwrap().mirrors;
    assert_eq!(mirrors.as_deref(), Some("contoso.example"));

    // What somebody else's page links to there is read at the original.
    let found = Discovery {
        url: url::parse("https://m.contoso.example/news/one-more-story").unwrap(),
        company: CompanyId("contoso.example".into()),
        kind: TaskKind::Article,
        due: crawled.clock.now(),
        depth: 1,
        from: None,
        at: crawled.clock.now(),
        updated: None,
    };
    crawled.store.discover(&[found]).await.unwrap();
    crawled.again(config()).await;
    assert_eq!(crawled.asked("//m.contoso.example/news/one-more"), 0);
    assert_eq!(crawled.asked("//contoso.example/news/one-more"), 1);

    // Once it shows a home page of its own, it is read for itself, from the second time on.
    let own = home(&[
        "/news/story-number-1-of-ours",
        "/news/story-number-2-of-ours",
    ]);
    crawled.web.put("https://m.contoso.example/", own);
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_secs(30 * 24 * 3600)).await;
        crawled.again(config()).await;
    }
    let record = crawled
        .store
        .host(&Host::of_domain("m.contoso.example").unwrap());
    assert_eq!(record.unwrap().unwrap().mirrors, None);
    assert!(crawled.asked("//m.contoso.example/news/story") > 0);
}

#[tokio::test(start_paused = true)]
async fn addresses_depth_and_links_have_their_limits() {
    let maker: Maker = |url| match url.path() {
        "/" => {
            let long = "a".repeat(2_083);
            let mut links =
                format!("<a href='/news/{long}'>long</a> <a href='/chain/news/deep-0'>on</a> ");
            for n in 0..20 {
                links.push_str(&format!(
                    "<a href='/news/story-number-{n}-of-many'>story</a> "
                ));
            }
            sites::page("Home", &links)
        }
        path => {
            let n: u32 = path.strip_prefix("/chain/news/deep-")?.parse().ok()?;
            let seed = sites::prose(u64::from(n), 60);
            sites::page(
                &seed[..20],
                &format!("<p>{seed}</p><a href='/chain/news/deep-{}'>on</a>", n + 1),
            )
        }
    };
    let config = Config {
        max_depth: 3,
        links_per_page: 12,
        ..config()
    };
    let crawled = Crawled::new("a.example", maker, config).await;
    assert_eq!(crawled.asked("/chain/"), 3, "links away from the home page");
    assert_eq!(
        crawled.asked("-of-many"),
        12 - 4,
        "two links of the frame, two before them"
    );
    assert_eq!(crawled.asked("aaaa"), 0, "an address beyond 2,083 bytes");
}
