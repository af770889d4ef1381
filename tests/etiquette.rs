//! What pages and sites ask of robots and miners: heard from wherever it may stand, recorded with
//! every visit, and obeyed as the operator's policy says; and the rules of robots.txt over days.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(
    dead_code,
    reason = "shared with the politeness tests, which need more of it"
)]
mod web;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::policy::Policy;
use foresignal::crawl::{self, Ended, Limits, Parts, Tally};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::TdmState;
use foresignal::model::page::ContentHash;
use foresignal::model::state::State;
use foresignal::model::suppress::Suppressed;
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, Host, UrlKey};
use foresignal::model::wishes::Wishes;
use foresignal::store::archive::{Archive, ArchiveConfig};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Web};

const REST: Duration = Duration::from_secs(3);
const HOUR: Duration = Duration::from_secs(3600);
const TDMREP: &str = "/.well-known/tdmrep.json";

/// A web, what is known of it, and how it is crawled.
struct Crawl {
    web: Web,
    store: MemoryStore,
    clock: Clock,
    policy: Policy,
    suppressed: Suppressed,
    archive: tempfile::TempDir,
}

impl Crawl {
    fn new() -> Crawl {
        // 2026-11-22T00:00:00Z
        let clock = Clock::starting_at(Timestamp(1_795_305_600_000));
        Crawl {
            web: Web::new(&clock),
            store: MemoryStore::new(),
            clock,
            policy: Policy::default(),
            suppressed: Suppressed::default(),
            archive: tempfile::tempdir().unwrap(),
        }
    }

    fn put(&self, url: &str, answer: Answer) {
        self.web.put(url, answer);
    }

    fn put_in_turn(&self, url: &str, answers: Vec<Answer>) {
        self.web.put_in_turn(url, answers);
    }

    /// The company of `domain`, from this page on.
    async fn seed(&mut self, domain: &str, path: &str, kind: TaskKind) {
        let task = Discovery {
            url: url::parse(&format!("https://{domain}{path}")).unwrap(),
            company: CompanyId(domain.to_owned()),
            kind,
            due: self.clock.now(),
            depth: 0,
            from: None,
            at: self.clock.now(),
            updated: None,
        };
        let company = Company::new(domain);
        let tasks = vec![task];
        self.store.seed(&[Seed { company, tasks }]).await.unwrap();
    }

    async fn run(&mut self) -> Tally {
        let known = self.store.companies().map(|company| company.unwrap());
        let companies: HashMap<_, _> = known
            .map(|company| (company.id.clone(), Arc::new(company)))
            .collect();
        let kept = ArchiveConfig::default();
        let mut archive =
            Archive::open(self.archive.path(), &kept, "tester", self.clock.now()).unwrap();
        let parts = Parts {
            archive: Some(&mut archive),
            suppressed: Arc::new(self.suppressed.clone()),
            config: Config {
                rest: REST,
                patience: Duration::from_secs(600),
                ..Config::default()
            },
            policy: self.policy.clone(),
            ..Parts::new(
                self.web.clone(),
                &mut self.store,
                companies,
                self.clock.clone(),
            )
        };
        let never = std::future::pending();
        let tally = crawl::run(parts, Limits::default(), never, &mut |_| {})
            .await
            .unwrap();
        assert_eq!(tally.ended, Some(Ended::NothingDue));
        self.web.assert_polite(REST);
        tally
    }

    async fn pass(&self, time: Duration) {
        self.clock.sleep_until(self.clock.now().after(time)).await;
    }

    fn task(&self, url: &str) -> Task {
        let key = UrlKey::of(&url::parse(url).unwrap()).unwrap();
        self.store.task(&key).unwrap().unwrap()
    }

    fn tdm(&self, domain: &str) -> TdmState {
        let host = Host::of_domain(domain).unwrap();
        self.store.host(&host).unwrap().unwrap().tdm
    }

    /// The URLs that a company's signals quote.
    fn quoted(&self, domain: &str) -> Vec<String> {
        let id = CompanyId(domain.to_owned());
        let signals = self.store.signals(Some(&id));
        let evidence = signals.flat_map(|signal| signal.unwrap().evidence);
        evidence.map(|evidence| evidence.url).collect()
    }

    /// What came of a page, in letters: `s`ignals, `f`acts, a `k`ept copy, its `l`ink followed.
    fn came(&self, domain: &str, body: &str) -> String {
        let id = CompanyId(domain.to_owned());
        let facts = self.store.profile(&id).unwrap();
        let kept = self.store.page(&ContentHash::of(body.as_bytes())).unwrap();
        let letters = [
            (!self.quoted(domain).is_empty(), 's'),
            (facts.is_some_and(|profile| !profile.facts.is_empty()), 'f'),
            (kept.is_some(), 'k'),
            (self.web.times(&format!("https://{domain}{NEXT}")) > 0, 'l'),
        ];
        letters
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, letter)| letter)
            .collect()
    }
}

const STORY: &str = "/news/we-raise-a-series-b";
const NEXT: &str = "/news/the-next-story-of-ours";

/// An article with news, a technology and a link, and these elements in its head.
fn story(head: impl std::fmt::Display) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>We raise $35 million</title>\
         <meta name=generator content='WordPress 6.4'>{head}</head><body><article>\
         <h1>We raise $35 million</h1><p>We announced today that we have raised $35 million in a \
         Series B round led by Example Ventures, to grow our team in Europe.</p>\
         <p><a href='{NEXT}'>The next story of ours</a></p></article></body></html>"
    )
}

/// What a page and its site say.
struct Says {
    head: &'static str,
    fields: &'static [(&'static str, &'static str)],
    robots: &'static str,
    tdmrep: &'static str,
    /// What is recorded.
    wishes: &'static [&'static str],
    /// What came of it, as [`Crawl::came`] says, and where it left the page.
    came: &'static str,
    state: &'static str,
}

impl Says {
    /// The head of its page, like no other company's.
    fn head_of(&self, number: usize) -> String {
        format!("{}<!-- c{number} -->", self.head)
    }
}

const SAYINGS: &[Says] = &[
    Says {
        head: "",
        fields: &[],
        robots: "",
        tdmrep: "",
        wishes: &[],
        came: "sfkl",
        state: "done",
    },
    Says {
        head: "<meta name=robots content=noindex>",
        fields: &[],
        robots: "",
        tdmrep: "",
        wishes: &["noindex"],
        came: "l",
        state: "done",
    },
    Says {
        head: "",
        fields: &[
            ("x-robots-tag", "googlebot: none"),
            ("x-robots-tag", "foresignal: noindex"),
        ],
        robots: "",
        tdmrep: "",
        wishes: &["noindex"],
        came: "l",
        state: "done",
    },
    Says {
        head: "<meta name=robots content=nofollow>",
        fields: &[],
        robots: "",
        tdmrep: "",
        wishes: &["nofollow"],
        came: "sfk",
        state: "done",
    },
    Says {
        head: "",
        fields: &[("x-robots-tag", "noarchive")],
        robots: "",
        tdmrep: "",
        wishes: &["noarchive"],
        came: "sfl",
        state: "done",
    },
    Says {
        head: "<meta name=foresignal content=nosnippet>",
        fields: &[],
        robots: "",
        tdmrep: "",
        wishes: &["nosnippet"],
        came: "fkl",
        state: "done",
    },
    Says {
        head: "<meta name=robots content='unavailable_after: Sat, 21 Nov 2026 10:00:00 GMT'>",
        fields: &[],
        robots: "",
        tdmrep: "",
        wishes: &["unavailable_after"],
        came: "l",
        state: "done",
    },
    Says {
        head: "<meta name=tdm-reservation content=1>",
        fields: &[],
        robots: "",
        tdmrep: "",
        wishes: &["tdm-reservation"],
        came: "",
        state: "meta tdm-reservation: 1",
    },
    Says {
        head: "",
        fields: &[("tdm-reservation", "1")],
        robots: "",
        tdmrep: "",
        wishes: &["tdm-reservation"],
        came: "",
        state: "header field tdm-reservation: 1",
    },
    Says {
        head: "<meta name=tdm-reservation content=0>",
        fields: &[("tdm-reservation", "1")],
        robots: "",
        tdmrep: "",
        wishes: &[],
        came: "sfkl",
        state: "done",
    },
    Says {
        head: "",
        fields: &[("content-usage", "search=n")],
        robots: "",
        tdmrep: "",
        wishes: &["search=no"],
        came: "",
        state: "content-usage: search=n",
    },
    Says {
        head: "",
        fields: &[],
        robots: "Content-Signal: search=yes, ai-input=no, ai-train=no",
        tdmrep: "",
        wishes: &["ai-input=no", "ai-train=no"],
        came: "sfkl",
        state: "done",
    },
    Says {
        head: "",
        fields: &[],
        robots: "Content-Usage: /news/we bots=n",
        tdmrep: "",
        wishes: &["bots=no"],
        came: "",
        state: "robots.txt, line 2: Content-Usage: /news/we bots=n",
    },
    Says {
        head: "",
        fields: &[],
        robots: "",
        tdmrep: r#"[{"location":"/news/we*","tdm-reservation":1}]"#,
        wishes: &["tdm-reservation"],
        came: "",
        state: "tdmrep.json: /news/we* is reserved",
    },
    Says {
        head: "",
        fields: &[("content-signal", "ai-train=no")],
        robots: "",
        tdmrep: r#"[{"location":"/news/","tdm-reservation":0}]"#,
        wishes: &["ai-train=no"],
        came: "sfkl",
        state: "done",
    },
];

/// Crawls a web where every saying is a company's.
async fn said(policy: Policy) -> Crawl {
    let mut crawl = Crawl::new();
    crawl.policy = policy;
    for (number, says) in SAYINGS.iter().enumerate() {
        let domain = format!("c{number}.example");
        let fields = says.fields.iter();
        let fields = fields.map(|(name, value)| (*name, (*value).to_owned()));
        let page = Answer::With(fields.collect(), story(says.head_of(number)));
        crawl.put(&format!("https://{domain}{STORY}"), page);
        let robots = format!("User-agent: *\n{}\nDisallow:\n", says.robots);
        crawl.put(
            &format!("https://{domain}/robots.txt"),
            Answer::Text(robots),
        );
        if !says.tdmrep.is_empty() {
            let file = Answer::Text(says.tdmrep.to_owned());
            crawl.put(&format!("https://{domain}{TDMREP}"), file);
        }
        crawl.seed(&domain, STORY, TaskKind::Article).await;
    }
    crawl.run().await;
    crawl.web.assert_robots_first();
    crawl
}

#[tokio::test(start_paused = true)]
async fn every_wish_is_recorded_and_has_its_consequence() {
    let crawl = said(Policy::default()).await;
    for (number, says) in SAYINGS.iter().enumerate() {
        let domain = format!("c{number}.example");
        let task = crawl.task(&format!("https://{domain}{STORY}"));
        let recorded: Vec<_> = task.visits[0].wishes.names().collect();
        assert_eq!(recorded, says.wishes, "{number}");
        assert_eq!(
            crawl.came(&domain, &story(says.head_of(number))),
            says.came,
            "{number}"
        );
        let expected = match says.state {
            "done" => State::Done,
            by => State::Reserved { by: by.to_owned() },
        };
        assert_eq!(task.state, expected, "{number}");
        assert_eq!(task.visits[0].state, expected, "{number}");
        if expected != State::Done {
            assert!(task.content.is_none() && !task.validators.any(), "{number}");
        }
        // What is known beforehand costs the page no request.
        let asked = crawl.web.times(&format!("https://{domain}{STORY}"));
        let beforehand = says.state.starts_with("robots.txt") || says.state.starts_with("tdmrep");
        assert_eq!(asked, usize::from(!beforehand), "{number}");
        if says.wishes == ["unavailable_after"] {
            assert_eq!(task.due, None, "it is not asked for after its day");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_obeyed_is_recorded_all_the_same() {
    let deaf = Policy {
        obey: Wishes::NONE,
        ..Policy::default()
    };
    let crawl = said(deaf).await;
    for (number, says) in SAYINGS.iter().enumerate() {
        let domain = format!("c{number}.example");
        let task = crawl.task(&format!("https://{domain}{STORY}"));
        assert_eq!(
            crawl.came(&domain, &story(says.head_of(number))),
            "sfkl",
            "{number}"
        );
        assert_eq!(task.state, State::Done, "{number}");
        assert_eq!(
            crawl.web.times(&format!("https://{domain}{TDMREP}")),
            0,
            "nobody reads it"
        );
        if says.tdmrep.is_empty() {
            let recorded: Vec<_> = task.visits[0].wishes.names().collect();
            assert_eq!(recorded, says.wishes, "{number}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_reservation_file_is_asked_for_once_and_again_when_it_is_stale() {
    let mut crawl = Crawl::new();
    crawl.web.site("a.example", 3);
    let file = r#"[{"location":"/news/story-number-1","tdm-reservation":1,"tdm-policy":"https://a.example/p"}]"#;
    let tdmrep = format!("https://a.example{TDMREP}");
    crawl.put(&tdmrep, Answer::Text(file.to_owned()));
    crawl.seed("a.example", "/", TaskKind::Home).await;
    let tally = crawl.run().await;
    assert_eq!((tally.robots, tally.reservations), (1, 1));
    let asked: Vec<String> = crawl.web.log().into_iter().map(|asked| asked.url).collect();
    assert_eq!(asked[..2], ["https://a.example/robots.txt", &tdmrep]);
    assert!(!asked.contains(&"https://a.example/news/story-number-1".to_owned()));
    let State::Reserved { by } = crawl.task("https://a.example/news/story-number-1").state else {
        panic!("it is reserved")
    };
    assert!(
        by.contains("/news/story-number-1") && by.contains("https://a.example/p"),
        "{by}"
    );
    // Six days on, robots.txt is stale and the reservations are not.
    crawl.pass(6 * 24 * HOUR).await;
    crawl.run().await;
    assert_eq!(crawl.web.times("https://a.example/robots.txt"), 2);
    assert_eq!(crawl.web.times(&tdmrep), 1);
    // Later the file is gone, and with it what it reserved.
    crawl.put(&tdmrep, Answer::Moved("https://a.example/".to_owned()));
    crawl.pass(2 * 24 * HOUR).await;
    crawl.run().await;
    assert_eq!(crawl.web.times(&tdmrep), 2);
    assert_eq!(
        crawl.task("https://a.example/news/story-number-1").state,
        State::Done
    );
}

#[tokio::test(start_paused = true)]
async fn a_reservation_file_that_cannot_be_had_keeps_nobody_waiting_for_ever() {
    for failing in [
        Answer::Refused(503, None),
        Answer::Refused(429, Some(Duration::from_secs(500))),
        Answer::Hangs,
    ] {
        let mut crawl = Crawl::new();
        crawl.web.site("a.example", 2);
        let tdmrep = format!("https://a.example{TDMREP}");
        crawl.put(&tdmrep, failing.clone());
        crawl.seed("a.example", "/", TaskKind::Home).await;
        let tally = crawl.run().await;
        assert_eq!(
            tally.states.get("done"),
            Some(&3),
            "{failing:?}: the pages go on"
        );
        assert_eq!(crawl.web.times(&tdmrep), 1, "{failing:?}: and it waits");
        let log = crawl.web.log();
        let at = log.iter().position(|asked| asked.url == tdmrep).unwrap();
        let rested = log[at + 1].from.since(log[at].to);
        let least = match failing {
            Answer::Refused(_, Some(wait)) => wait,
            _ => Config::default().back_off,
        };
        assert!(
            rested >= least,
            "{failing:?}: it refused, and rested {rested:?}"
        );
        assert!(matches!(
            crawl.tdm("a.example"),
            TdmState::Unreachable { .. }
        ));
        // It is tried again when pages are next due.
        crawl.put(&tdmrep, Answer::Text("[]".to_owned()));
        crawl.pass(25 * HOUR).await;
        crawl.run().await;
        assert!(matches!(
            crawl.tdm("a.example"),
            TdmState::Known { status: 200, .. }
        ));
    }
}

#[tokio::test(start_paused = true)]
async fn a_reservation_file_is_not_asked_for_where_nobody_may() {
    let mut crawl = Crawl::new();
    let robots = "User-agent: *\nDisallow: /.well-known/\n";
    for domain in ["a.example", "b.example", "c.example"] {
        crawl.web.site(domain, 1);
        crawl.seed(domain, "/", TaskKind::Home).await;
        let everything = Answer::Text(r#"[{"location":"/","tdm-reservation":1}]"#.to_owned());
        crawl.put(&format!("https://{domain}{TDMREP}"), everything);
    }
    crawl.put(
        "https://a.example/robots.txt",
        Answer::Text(robots.to_owned()),
    );
    crawl.suppressed.add("b.example/.well-known/").unwrap();
    // A redirect leads where nobody may ask, too.
    let away = Answer::Moved("https://c.example/private/tdm.json".to_owned());
    crawl.put(&format!("https://c.example{TDMREP}"), away);
    crawl.suppressed.add("c.example/private/").unwrap();
    let tally = crawl.run().await;
    assert_eq!(tally.reservations, 1, "of c alone");
    assert_eq!(tally.states.get("done"), Some(&6), "the pages go on");
    assert!(
        !crawl
            .web
            .log()
            .iter()
            .any(|asked| asked.url.contains("/private/"))
    );
}

#[tokio::test(start_paused = true)]
async fn redirects_of_a_reservation_file_are_followed_within_the_host() {
    let mut crawl = Crawl::new();
    crawl.web.site("a.example", 1);
    crawl.seed("a.example", "/", TaskKind::Home).await;
    let to = |path: &str| Answer::Moved(format!("https://a.example{path}"));
    crawl.put(&format!("https://a.example{TDMREP}"), to("/legal/tdm.json"));
    let everything = r#"[{"location":"/","tdm-reservation":1}]"#;
    crawl.put(
        "https://a.example/legal/tdm.json",
        Answer::Text(everything.to_owned()),
    );
    let tally = crawl.run().await;
    assert_eq!(tally.reservations, 2);
    assert_eq!(crawl.web.times("https://a.example/"), 0);
    let home = crawl.task("https://a.example/");
    assert!(matches!(home.state, State::Reserved { .. }), "{home:?}");
    assert_eq!(home.visits[0].wishes, Wishes::TDM_RESERVED);
}

#[tokio::test(start_paused = true)]
async fn a_page_is_not_visited_after_the_day_that_it_names() {
    let url = format!("https://a.example{STORY}");
    let mut crawl = Crawl::new();
    let head = "<meta name=robots content='unavailable_after: 2026-11-24'>";
    crawl.put(&url, Answer::Html(story(head)));
    crawl.seed("a.example", STORY, TaskKind::Careers).await;
    let mut visits = 0;
    let mut due = true;
    while due && visits < 9 {
        crawl.run().await;
        let task = crawl.task(&url);
        let read = matches!(task.state, State::Done | State::Unchanged);
        assert!(
            read,
            "before its day it is like any other: {:?}",
            task.state
        );
        visits = task.visits.len();
        due = task.due.is_some();
        crawl.pass(25 * HOUR).await;
    }
    assert!((2..5).contains(&visits) && !due, "{visits} visits");
    crawl.pass(1000 * HOUR).await;
    crawl.run().await;
    assert_eq!(crawl.web.times(&url), visits);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_as_it_was_asks_what_it_asked() {
    let url = format!("https://a.example{STORY}");
    let mut crawl = Crawl::new();
    let page = Answer::Html(story("<meta name=robots content=noarchive>"));
    crawl.put_in_turn(&url, vec![page.clone(), page, Answer::Unchanged]);
    crawl.seed("a.example", STORY, TaskKind::Careers).await;
    for (visit, state) in [State::Done, State::Unchanged, State::Unchanged]
        .into_iter()
        .enumerate()
    {
        crawl.run().await;
        let task = crawl.task(&url);
        assert_eq!((task.visits.len(), task.state), (visit + 1, state));
        assert_eq!(task.visits[visit].wishes, Wishes::NOARCHIVE, "{visit}");
        crawl.pass(100 * HOUR).await;
    }
}

#[tokio::test(start_paused = true)]
async fn two_addresses_of_one_page_are_one_piece_of_evidence() {
    let mut crawl = Crawl::new();
    let stated = "https://www.a.example/press/series-b-round";
    let page = story(format!("<link rel=canonical href='{stated}'>"));
    for url in [&format!("https://a.example{STORY}"), stated] {
        crawl.put(url, Answer::Html(page.clone()));
    }
    crawl.seed("a.example", STORY, TaskKind::Article).await;
    crawl.run().await;
    assert_eq!(crawl.web.times(stated), 1, "it is visited");
    assert_eq!(crawl.task(stated).state, State::Done);
    assert_eq!(crawl.quoted("a.example"), [stated], "and told once");
}

#[tokio::test(start_paused = true)]
async fn rules_are_asked_for_again_after_a_day_and_the_last_good_copy_stands_in() {
    let mut crawl = Crawl::new();
    crawl.web.site("a.example", 3);
    let robots = "https://a.example/robots.txt";
    let forbids = "User-agent: *\nDisallow: /news/story-number-1\n";
    crawl.put(robots, Answer::Text(forbids.to_owned()));
    crawl.seed("a.example", "/", TaskKind::Home).await;
    crawl.run().await;
    crawl.pass(12 * HOUR).await;
    crawl.run().await;
    assert_eq!(crawl.web.times(robots), 1, "a copy is good for a day");
    crawl.put(robots, Answer::Refused(503, None));
    let forbidden = "https://a.example/news/story-number-1";
    for _ in 0..8 {
        crawl.pass(24 * HOUR).await;
        crawl.run().await;
    }
    let mut heard = None;
    for asked in crawl.web.log() {
        if asked.robots {
            heard = Some(asked.to);
        }
        let age = asked.from.since(heard.unwrap());
        assert!(age <= 24 * HOUR, "{} by rules of {age:?} ago", asked.url);
    }
    assert!(crawl.web.times(robots) > 2, "and is asked for again");
    let home = crawl.web.times("https://a.example/");
    assert!(home > 2, "the last good copy allows it");
    assert_eq!(crawl.web.times(forbidden), 0, "and forbids that");
    assert!(matches!(
        crawl.task(forbidden).state,
        State::Disallowed { .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn five_redirects_of_the_rules_are_followed_and_they_belong_to_the_first_host() {
    let mut crawl = Crawl::new();
    crawl.web.site("a.example", 2);
    let door = |n: usize| format!("https://r{n}.example/robots.txt");
    crawl.put("https://a.example/robots.txt", Answer::Moved(door(1)));
    for n in 1..5 {
        crawl.put(&door(n), Answer::Moved(door(n + 1)));
    }
    let forbids = "User-agent: foresignal\nDisallow: /news/story-number-1\n";
    crawl.put(&door(5), Answer::Text(forbids.to_owned()));
    crawl.seed("a.example", "/", TaskKind::Home).await;
    crawl.run().await;
    assert_eq!(crawl.web.times(&door(5)), 1, "the fifth is followed");
    let forbidden = "https://a.example/news/story-number-1";
    assert_eq!(crawl.web.times(forbidden), 0);
    assert!(matches!(
        crawl.task(forbidden).state,
        State::Disallowed { .. }
    ));
    assert_eq!(
        crawl.task("https://a.example/news/story-number-0").state,
        State::Done
    );
}
