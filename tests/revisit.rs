//! How soon pages are asked again: what it costs and what it brings over sixty days, and whole
//! crawls on the paused clock, day after day.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a panic is how a test says no; the figures are for whoever asks for them"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Revisit;
use foresignal::crawl::judge::{self, Body};
use foresignal::crawl::revisit::seen::Seen;
use foresignal::crawl::revisit::{self, alarm};
use foresignal::crawl::{self, Event, Limits, Parts, Tally};
use foresignal::fetch::{Fetch, FetchOutcome, FetchRequest, Fetched, Purpose};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::HostRecord;
use foresignal::model::page::Page;
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use foresignal::technographics::observed::{self, Answer::Unknown, Question, Why};

const START: Timestamp = Timestamp(1_780_000_000_000);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const SPAN: Duration = Duration::from_secs(60 * 24 * 3600);

fn discovery(address: &str, kind: TaskKind) -> Discovery {
    Discovery {
        url: url::parse(address).unwrap(),
        company: CompanyId("a.example".to_owned()),
        kind,
        due: START,
        depth: 0,
        from: None,
        at: START,
        updated: None,
    }
}

fn page(url: &str, headers: &[(&str, &str)], body: &str, fetched: Timestamp) -> FetchOutcome {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    FetchOutcome::Page(Page {
        url: url.to_owned(),
        status: 200,
        headers: headers.iter().map(own).collect(),
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched,
        address: None,
    })
}

/// A generator of numbers between 0 and 1, the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[expect(clippy::cast_precision_loss, reason = "chance needs no last bit")]
        let share = (self.0 >> 11) as f64 / (1u64 << 53) as f64;
        share.max(1e-12)
    }

    /// Changes at random, one in `mean` on average, from `from` on.
    fn poisson(&mut self, mean: Duration, from: Duration) -> Vec<Duration> {
        let (mut at, mut changes) = (from, Vec::new());
        loop {
            at += mean.mul_f64(-self.next().ln());
            if at > SPAN {
                return changes;
            }
            changes.push(at);
        }
    }

    /// Five changes within a day, once in three weeks.
    fn bursts(&mut self) -> Vec<Duration> {
        let mut changes = Vec::new();
        for period in 0..3 {
            let start = period * 20 * DAY + (19 * DAY).mul_f64(self.next());
            changes.extend((0..5).map(|_| start + DAY.mul_f64(self.next())));
        }
        changes.sort();
        changes
    }

    /// Nothing for some forty days, then a change a day.
    fn awakening(&mut self) -> Vec<Duration> {
        let from = 30 * DAY + (20 * DAY).mul_f64(self.next());
        self.poisson(DAY, from)
    }
}

type Plan = fn(&Task, &Revisit, bool, Timestamp) -> Timestamp;

fn first(task: &Task, config: &Revisit) -> Duration {
    match task.kind {
        TaskKind::Feed => config.feed,
        _ => config.listing,
    }
}

/// Visits over sixty days, and the mean time until a change was seen.
fn simulate(kind: TaskKind, changes: &[Duration], plan: Option<Plan>) -> (u32, f64) {
    let config = Revisit::default();
    let mut task = Task::new(&discovery("https://a.example/feed", kind));
    let (mut now, mut visits, mut seen, mut late) = (START, 0, 0, Duration::ZERO);
    while now <= START.after(SPAN) {
        let passed = changes.partition_point(|at| START.after(*at) <= now);
        late += changes[seen..passed]
            .iter()
            .map(|at| now.since(START.after(*at)))
            .sum::<Duration>();
        let changed = passed > seen || visits == 0;
        seen = passed;
        visits += 1;
        let fetched = Fetched {
            outcome: page(&task.url, &[], &passed.to_string(), now),
            took: Duration::from_millis(50),
            address: None,
            allowance: None,
            certificate: None,
        };
        let says = Seen {
            says: Some(passed as u64),
            ..Seen::default()
        };
        let host = HostRecord::default();
        task = judge::task(&task, &fetched, Body::Read, &says, &host, &config, now);
        now = match plan {
            None => task.due.unwrap(),
            Some(plan) => plan(&task, &config, changed, now),
        };
    }
    late += changes[seen..]
        .iter()
        .map(|at| START.after(SPAN).since(START.after(*at)))
        .sum::<Duration>();
    let hours = late.as_secs_f64() / 3600.0 / changes.len().max(1) as f64;
    (visits, hours)
}

/// What the crawl did before: half as long again after each visit that finds no change.
fn before(task: &Task, config: &Revisit, _: bool, now: Timestamp) -> Timestamp {
    let wait = first(task, config).mul_f64(1.5f64.powi(i32::from(task.unchanged.min(30))));
    now.after(wait.clamp(config.shortest, config.longest))
}

fn fixed(task: &Task, config: &Revisit, _: bool, now: Timestamp) -> Timestamp {
    now.after(first(task, config))
}

#[test]
fn sixty_days_of_pages_that_change_at_known_rates() {
    const SEEDS: u64 = 100;
    type Changes = fn(&mut Chance) -> Vec<Duration>;
    // Beside each, the visits to a feed that it may cost, and the hours that a change may wait.
    let patterns: [(&str, Changes, f64, f64); 7] = [
        (
            "hourly",
            |chance| chance.poisson(HOUR, Duration::ZERO),
            1400.0,
            0.6,
        ),
        (
            "daily",
            |chance| chance.poisson(DAY, Duration::ZERO),
            150.0,
            7.0,
        ),
        (
            "weekly",
            |chance| chance.poisson(7 * DAY, Duration::ZERO),
            45.0,
            39.0,
        ),
        (
            "monthly",
            |chance| chance.poisson(30 * DAY, Duration::ZERO),
            24.0,
            56.0,
        ),
        ("never", |_| Vec::new(), 16.0, 0.0),
        ("bursts", Chance::bursts, 32.0, 60.0),
        ("silent, then daily", Chance::awakening, 42.0, 28.0),
    ];
    println!(
        "kind     pattern              adaptive: visits, hours late   before            fixed"
    );
    for kind in [TaskKind::Feed, TaskKind::Listing] {
        for (name, changes, visits, hours) in patterns {
            let mean = |plan: Option<Plan>| {
                let mut sum = (0.0, 0.0);
                for seed in 1..=SEEDS {
                    let changes = changes(&mut Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
                    let (visits, hours) = simulate(kind, &changes, plan);
                    sum = (sum.0 + f64::from(visits), sum.1 + hours);
                }
                (sum.0 / SEEDS as f64, sum.1 / SEEDS as f64)
            };
            let (now, then, flat) = (mean(None), mean(Some(before)), mean(Some(fixed)));
            println!(
                "{:<8} {name:<20} {:>16.0} {:>8.1} {:>12.0} {:>6.1} {:>10.0} {:>6.1}",
                format!("{kind:?}"),
                now.0,
                now.1,
                then.0,
                then.1,
                flat.0,
                flat.1
            );
            assert!(now.1 <= then.1, "{name}: later than before");
            if kind == TaskKind::Feed {
                assert!(now.0 <= visits, "{name}: {} visits", now.0);
                assert!(now.1 <= hours, "{name}: {} hours late", now.1);
            }
        }
    }
}

type Answers = dyn FnMut(&FetchRequest, Timestamp) -> FetchOutcome + Send;

/// A host that answers as `answers` says; clones are one host.
#[derive(Clone)]
struct Site {
    clock: Clock,
    answers: Arc<Mutex<Box<Answers>>>,
    asked: Arc<Mutex<Vec<FetchRequest>>>,
}

impl Fetch for Site {
    async fn fetch(&self, request: FetchRequest) -> Fetched {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = self.clock.now();
        let outcome = match request.purpose {
            Purpose::Page | Purpose::Front => (self.answers.lock().unwrap())(&request, now),
            _ => FetchOutcome::Gone(404),
        };
        self.asked.lock().unwrap().push(request);
        Fetched {
            outcome,
            took: Duration::from_millis(50),
            address: None,
            allowance: None,
            certificate: None,
        }
    }

    async fn ask(&self, questions: Vec<Question>) -> Vec<observed::Asked> {
        let unasked = |question: Question| question.answered(Unknown(Why::NotAsked));
        questions.into_iter().map(unasked).collect()
    }
}

/// A crawl of one host that is run again and again.
struct Daily {
    clock: Clock,
    site: Site,
    store: MemoryStore,
}

impl Daily {
    async fn new(
        start: &[(&str, TaskKind)],
        answers: impl FnMut(&FetchRequest, Timestamp) -> FetchOutcome + Send + 'static,
    ) -> Daily {
        let clock = Clock::starting_at(START);
        let site = Site {
            clock: clock.clone(),
            answers: Arc::new(Mutex::new(Box::new(answers))),
            asked: Arc::default(),
        };
        let mut store = MemoryStore::new();
        let seed = Seed {
            company: Company::new("a.example"),
            tasks: start
                .iter()
                .map(|(address, kind)| discovery(address, *kind))
                .collect(),
        };
        store.seed(&[seed]).await.unwrap();
        Daily { clock, site, store }
    }

    /// Runs until nothing is due; answers the tally and how many signals each page told.
    async fn run(&mut self) -> (Tally, Vec<(String, usize)>) {
        let company = Arc::new(Company::new("a.example"));
        let parts = Parts::new(
            self.site.clone(),
            &mut self.store,
            HashMap::from([(company.id.clone(), company)]),
            self.clock.clone(),
        );
        let mut told = Vec::new();
        let mut observe = |event: Event<'_>| {
            if let Event::Turn { task, signals, .. } = event {
                told.push((task.url.clone(), signals.len()));
            }
        };
        let tally = crawl::run(
            parts,
            Limits::default(),
            std::future::pending(),
            &mut observe,
        )
        .await
        .unwrap();
        (tally, told)
    }

    /// Lets `wait` pass and runs again.
    async fn later(&mut self, wait: Duration) -> (Tally, Vec<(String, usize)>) {
        tokio::time::advance(wait).await;
        self.run().await
    }

    fn task(&self, address: &str) -> Task {
        let key = UrlKey::of(&url::parse(address).unwrap()).unwrap();
        self.store.task(&key).unwrap().unwrap()
    }
}

const NEWS: &str = "https://a.example/news/a-raises-35m-series-b";

/// A press release with a token that is another each time.
fn release(token: &str) -> String {
    format!(
        "<html><head><title>A raises $35M Series B</title><meta name=csrf content='{token}'></head>\
         <body><nav><a href='/login?t={token}'>Log in</a></nav><article><h1>A raises $35M Series B</h1>\
         <p>A, the maker of anvils, today announced that it has raised $35 million in a Series B \
         funding round led by Fabrikam Capital. We will use the money to open a new office in Lyon \
         and to hire engineers for our cloud platform.</p></article>\
         <footer>Page made at {token}</footer></body></html>"
    )
}

#[tokio::test(start_paused = true)]
async fn what_did_not_change_is_not_read_and_what_changed_in_its_frame_alone_counts_as_the_same() {
    let mut visit = 0;
    let mut daily = Daily::new(&[(NEWS, TaskKind::Job)], move |request, now| {
        if request.url.as_str() != NEWS {
            return FetchOutcome::Gone(404);
        }
        visit += 1;
        let (etag, token) = match visit {
            1 => ("\"one\"", "1111"),
            2 => return FetchOutcome::NotModified,
            // The same bytes under a new, weak validator.
            3 => ("W/\"two\"", "1111"),
            // Other bytes, in the frame alone.
            4 => ("W/\"two\"", "2222"),
            _ => return FetchOutcome::Gone(410),
        };
        page(
            NEWS,
            &[("etag", etag), ("content-type", "text/html")],
            &release(token),
            now,
        )
    })
    .await;
    let told = |told: Vec<(String, usize)>| {
        let of_news = told.into_iter().find(|(url, _)| url == NEWS);
        of_news.map(|(_, signals)| signals).unwrap()
    };
    let state = |daily: &Daily| daily.task(NEWS).state;
    assert!(told(daily.run().await.1) > 0, "it was read");
    assert_eq!(state(&daily), State::Done);
    for (what, read) in [
        ("a 304", false),
        ("the same bytes", false),
        ("another token", true),
    ] {
        let signals = told(daily.later(90 * DAY).await.1);
        assert_eq!(signals > 0, read, "{what}");
        assert_eq!(state(&daily), State::Unchanged, "{what}");
    }
    let task = daily.task(NEWS);
    assert_eq!((task.checks, task.changes, task.unchanged), (3, 0, 3));
    daily.later(90 * DAY).await;
    let task = daily.task(NEWS);
    assert_eq!(
        (task.state, task.due),
        (State::Closed { status: 410 }, None)
    );
    assert!(!task.validators.any(), "validators of a body that is gone");
    let asked = daily.site.asked.lock().unwrap();
    let etags: Vec<_> = asked
        .iter()
        .filter(|request| request.url.as_str() == NEWS)
        .map(|request| request.validators.etag.as_deref())
        .collect();
    let two = Some("W/\"two\"");
    assert_eq!(etags, [None, Some("\"one\""), Some("\"one\""), two, two]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_position_tells_no_signal() {
    const JOB: &str = "https://a.example/careers/cloud-engineer";
    let posting = |note: &str| {
        format!(
            "<title>Cloud Engineer</title><script type='application/ld+json'>{{\"@type\":\"JobPosting\",\
             \"title\":\"Cloud Engineer\",\"description\":\"{note} You know Azure and Terraform.\"}}</script>"
        )
    };
    let mut visit = 0;
    let mut daily = Daily::new(&[(JOB, TaskKind::Job)], move |request, now| {
        if request.url.as_str() != JOB {
            return FetchOutcome::Gone(404);
        }
        visit += 1;
        let note = if visit == 1 {
            ""
        } else {
            "This position has been filled."
        };
        page(JOB, &[("content-type", "text/html")], &posting(note), now)
    })
    .await;
    let (_, told) = daily.run().await;
    assert!(told.contains(&(JOB.to_owned(), 1)), "{told:?}");
    let (tally, told) = daily.later(4 * DAY).await;
    assert_eq!(tally.states.get("closed"), Some(&1));
    assert!(told.contains(&(JOB.to_owned(), 0)), "{told:?}");
    daily.later(8 * DAY).await;
    let task = daily.task(JOB);
    assert_eq!(
        (task.state, task.due),
        (State::Closed { status: 200 }, None)
    );
}

const FEED: &str = "https://a.example/feed.xml";

/// A feed with one item for each of the first `items` days.
fn feed(items: usize) -> String {
    let items: String = (0..items)
        .map(|item| format!("<item><title>Story {item}</title><link>https://a.example/news/story-number-{item}</link></item>"))
        .collect();
    format!("<rss version='2.0'><channel><title>A</title>{items}</channel></rss>")
}

/// A feed that tells a story a day for twenty days, and after that `then`.
async fn newsroom(then: fn(Timestamp) -> FetchOutcome) -> Daily {
    Daily::new(&[(FEED, TaskKind::Feed)], move |request, now| {
        let day = usize::try_from(now.since(START).as_secs() / 86_400).unwrap();
        if request.url.as_str() != FEED {
            return page(
                request.url.as_str(),
                &[],
                &format!("<p>{}", request.url),
                now,
            );
        }
        if day >= 20 {
            return then(now);
        }
        page(
            FEED,
            &[("content-type", "application/rss+xml")],
            &feed(day + 1),
            now,
        )
    })
    .await
}

/// Runs every twelve hours for `days` days; answers the sources that went quiet, that are barren
/// and that fail, by the runs' tallies.
async fn watch(daily: &mut Daily, days: u32) -> (u64, u64, u64) {
    let mut sum = (0, 0, 0);
    for _ in 0..2 * days {
        let (tally, _) = daily.later(12 * HOUR).await;
        let sources = tally.sources;
        sum = (
            sum.0 + sources.quiet,
            sum.1 + sources.barren,
            sum.2 + sources.failing,
        );
    }
    sum
}

#[tokio::test(start_paused = true)]
async fn a_source_that_stops_yielding_is_told_once() {
    type Then = fn(Timestamp) -> FetchOutcome;
    let cases: [(&str, Then, (u64, u64, u64)); 4] = [
        (
            "goes on",
            |now| {
                let day = now.since(START).as_secs() / 86_400;
                let items = usize::try_from(day + 1).unwrap();
                page(
                    FEED,
                    &[("content-type", "application/rss+xml")],
                    &feed(items),
                    now,
                )
            },
            (0, 0, 0),
        ),
        (
            "stands still",
            |now| page(FEED, &[], &feed(20), now),
            (1, 0, 0),
        ),
        ("is empty", |now| page(FEED, &[], &feed(0), now), (0, 1, 0)),
        ("is gone", |_| FetchOutcome::Gone(404), (0, 0, 1)),
    ];
    for (what, then, expected) in cases {
        let mut daily = newsroom(then).await;
        daily.run().await;
        assert_eq!(watch(&mut daily, 19).await, (0, 0, 0), "{what}");
        assert_eq!(watch(&mut daily, 30).await, expected, "{what}");
        let now = alarm::of(&daily.task(FEED), &Revisit::default(), daily.clock.now());
        assert_eq!(now.is_some(), expected != (0, 0, 0), "{what}: {now:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn articles_are_not_refetched_for_ever() {
    let mut daily = newsroom(|now| page(FEED, &[], &feed(20), now)).await;
    daily.run().await;
    for _ in 0..40 {
        daily.later(10 * DAY).await;
    }
    let story = "https://a.example/news/story-number-0";
    let asked = daily.site.asked.lock().unwrap();
    let times = asked.iter().filter(|request| request.url.as_str() == story);
    assert_eq!(
        times.count(),
        3,
        "read once, looked at again twice in 400 days"
    );
    assert!(revisit::is_retired(&daily.task(story)));
}

#[test]
fn a_run_that_discovers_nothing_says_so() {
    let config = Revisit::default();
    let visited = |state: State, at: Timestamp| {
        let mut task = Task::new(&discovery(FEED, TaskKind::Feed));
        task.watched = Some(START);
        (task.checks, task.changes) = (10, 9);
        task.state = state.clone();
        task.visited(foresignal::model::task::Visit {
            at,
            state,
            millis: 5,
            bytes: 9,
            wishes: Default::default(),
        });
        task
    };
    let was = visited(State::Done, START.after(10 * DAY));
    let run_of = |was: &Task, states: &[State]| {
        let mut watch = alarm::Watch::default();
        for state in states.iter().cycle().take(40) {
            watch.hear(was, &visited(state.clone(), START.after(11 * DAY)), &config);
        }
        watch.alarm()
    };
    let run = |states: &[State]| run_of(&was, states);
    let mut hardly_known = was.clone();
    hardly_known.checks = 1;
    assert_eq!(run_of(&hardly_known, &[State::Unchanged]), None);
    let failed = State::Refused { status: 503 };
    assert_eq!(run(&[State::Done]), None);
    assert_eq!(run(&[State::Done, State::Unchanged]), None);
    assert_eq!(run(&[State::Done, State::Done, failed.clone()]), None);
    let quiet = run(&[State::Unchanged]).unwrap();
    assert!(quiet.contains("0 brought something new"), "{quiet}");
    let broken = run(&[State::Done, failed.clone(), failed]).unwrap();
    assert!(broken.contains("do not"), "{broken}");
}
