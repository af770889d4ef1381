//! The crawl's pace in virtual time: who is treated how, what is waited for, what a run leaves
//! alone and says so, and that none of it is forgotten.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(
    dead_code,
    reason = "shared with the politeness tests, which need more of it"
)]
mod web;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Disk, Ended, Event, Limits, Parts, Paused, Tally};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::{Held, HostRecord, RobotsState};
use foresignal::model::state::{Failure, State};
use foresignal::model::suppress::Suppressed;
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, Host, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Asked, Web};

/// 2026-05-28T20:26:40Z
const EPOCH: Timestamp = Timestamp(1_780_000_000_000);
const REST: Duration = Duration::from_secs(5);

/// A web, the clock that it lives by, and what a run of it is given.
struct World<S> {
    clock: Clock,
    web: Web,
    store: S,
    companies: HashMap<CompanyId, Arc<Company>>,
    suppressed: Suppressed,
    disk: Option<Arc<AtomicU64>>,
}

impl World<MemoryStore> {
    fn new() -> World<MemoryStore> {
        World::with(MemoryStore::new(), &Clock::starting_at(EPOCH))
    }
}

impl<S: Frontier> World<S> {
    fn with(store: S, clock: &Clock) -> World<S> {
        World {
            clock: clock.clone(),
            web: Web::new(clock),
            store,
            companies: HashMap::new(),
            suppressed: Suppressed::default(),
            disk: None,
        }
    }

    /// A company at `domain` with so many pages beside its home page.
    async fn company(&mut self, domain: &str, pages: usize) {
        self.web.site(domain, pages);
        self.seed(domain, &[domain]).await;
    }

    /// A company with a home page at each of these hosts.
    async fn seed(&mut self, domain: &str, hosts: &[&str]) {
        let company = Company::new(domain);
        let now = self.clock.now();
        let home = |host: &&str| Discovery {
            url: url::parse(&format!("https://{host}/")).unwrap(),
            company: CompanyId(domain.to_owned()),
            kind: TaskKind::Home,
            due: now,
            depth: 0,
            from: None,
            at: now,
            updated: None,
        };
        let seed = Seed {
            company: company.clone(),
            tasks: hosts.iter().map(home).collect(),
        };
        self.store.seed(&[seed]).await.unwrap();
        self.companies.insert(company.id.clone(), Arc::new(company));
    }

    /// Crawls with these settings until nothing is due, or for so long.
    async fn run(&mut self, settings: &str, time: Option<Duration>) -> Tally {
        self.observed(settings, time, &mut |_| {}).await
    }

    async fn observed(
        &mut self,
        settings: &str,
        time: Option<Duration>,
        observe: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> Tally {
        let given = "rest = '5s'\nper_second = 1000\n";
        let patience = match settings.contains("patience") {
            true => "",
            false => "patience = '10m'\n",
        };
        let config = format!("{given}{patience}{settings}");
        let disk = self.disk.clone().map(|free| Disk {
            floor: 1000,
            free: Box::new(move || Ok(free.load(Ordering::Relaxed))),
        });
        let parts = Parts {
            suppressed: Arc::new(self.suppressed.clone()),
            disk,
            config: toml::from_str::<Config>(&config).unwrap(),
            ..Parts::new(
                self.web.clone(),
                &mut self.store,
                self.companies.clone(),
                self.clock.clone(),
            )
        };
        let limits = Limits { time, pages: None };
        crawl::run(parts, limits, std::future::pending(), observe)
            .await
            .unwrap()
    }

    async fn wait(&self, time: Duration) {
        self.clock.sleep_until(self.clock.now().after(time)).await;
    }

    async fn host(&mut self, name: &str) -> HostRecord {
        let host = Host::of_domain(name).unwrap();
        self.store.host(&host).await.unwrap()
    }

    /// What was asked of a host, in order.
    fn asked(&self, name: &str) -> Vec<Asked> {
        let host = Host::of_domain(name).unwrap();
        let mut log = self.web.log();
        log.retain(|asked| asked.host == host);
        log
    }

    /// The gaps between what was asked of a host.
    fn gaps(&self, name: &str) -> Vec<Duration> {
        let asked = self.asked(name);
        let gap = |pair: &[Asked]| pair[1].from.since(pair[0].to);
        asked.windows(2).map(gap).collect()
    }

    fn pages(&self, name: &str) -> usize {
        self.asked(name).iter().filter(|asked| asked.page).count()
    }
}

impl World<MemoryStore> {
    fn task(&self, address: &str) -> Task {
        let key = UrlKey::of(&url::parse(address).unwrap()).unwrap();
        self.store.task(&key).unwrap().unwrap()
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn minutes(minutes: u64) -> Duration {
    seconds(60 * minutes)
}

fn delay(seconds: &str) -> Answer {
    Answer::Text(format!("User-agent: *\nCrawl-delay: {seconds}\n"))
}

#[tokio::test(start_paused = true)]
async fn an_override_is_for_its_host_and_never_hurries_one_that_asks_for_patience() {
    let mut world = World::new();
    for domain in [
        "a.example",
        "b.example",
        "c.example",
        "d.example",
        "e.example",
    ] {
        world.company(domain, 4).await;
    }
    world.web.put("https://c.example/robots.txt", delay("12.5"));
    let told = Answer::Refused(503, Some(seconds(300)));
    let home = "<a href='/news/story-number-0'>story</a>".to_owned();
    let answers = vec![told, Answer::Html(home)];
    world.web.put_in_turn("https://e.example/", answers);
    let settings = "
        [[host]]
        match = 'a.example'
        rest = '20s'
        [[host]]
        match = 'd.example'
        pages = 2
        [[host]]
        match = '*.example'
        rest = '1s'
        [[host]]
        match = 'b.example'
        rest = '40s'";
    let tally = world.run(settings, None).await;
    let least = |world: &World<_>, name| world.gaps(name).into_iter().min().unwrap();
    assert!(least(&world, "a.example") >= seconds(20));
    let b = least(&world, "b.example");
    assert!(
        (seconds(1)..REST).contains(&b),
        "the first that fits: {b:?}"
    );
    assert!(least(&world, "c.example") >= Duration::from_millis(12_500));
    assert_eq!(world.pages("d.example"), 2);
    assert_eq!(tally.held.get(&Held::HostBudget), Some(&1));
    assert!(
        world
            .gaps("e.example")
            .iter()
            .any(|gap| *gap >= seconds(300))
    );
}

#[tokio::test(start_paused = true)]
async fn a_crawl_delay_beyond_the_longest_slows_or_leaves_the_host_alone() {
    let mut world = World::new();
    world.company("a.example", 3).await;
    world.web.put("https://a.example/robots.txt", delay("12.5"));
    let skip = "crawl_delay_max = '8s'\ncrawl_delay_beyond = 'skip'";
    let tally = world.run(skip, None).await;
    assert_eq!(world.pages("a.example"), 0);
    assert_eq!(tally.held.get(&Held::CrawlDelay), Some(&1));
    let held = world.host("a.example").await.held;
    assert_eq!(held.map(|(_, why)| why), Some(Held::CrawlDelay));

    world.run("crawl_delay_max = '8s'", None).await;
    assert_eq!(world.host("a.example").await.held, None, "it was asked");
    assert_eq!(world.pages("a.example"), 5);
    let gaps = world.gaps("a.example");
    assert!(gaps[1..].iter().all(|gap| *gap >= seconds(8)), "{gaps:?}");
    assert!(gaps[1..].iter().any(|gap| *gap < seconds(12)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn an_allowance_is_kept_even_where_the_answer_is_fine() {
    let mut world = World::new();
    world.company("a.example", 2).await;
    let page = |text: &str| Box::new(Answer::Html(text.to_owned()));
    let home = page("<a href='/news/story-number-0'>0</a> <a href='/news/story-number-1'>1</a>");
    let used_up = Answer::Limited(0, seconds(200), home);
    world.web.put("https://a.example/", used_up);
    let low = Answer::Limited(4, seconds(400), page("story"));
    world.web.put("https://a.example/news/story-number-0", low);
    world.run("", None).await;
    let asked = world.asked("a.example");
    let after = |path: &str| {
        let at = asked.iter().position(|asked| asked.url.ends_with(path));
        world.gaps("a.example")[at.unwrap()]
    };
    assert!(after("a.example/") >= seconds(200));
    assert!(after("number-0") >= seconds(100));
    assert_eq!(world.host("a.example").await.refusals, 0);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_waited_for_holds_no_slot_and_its_urls_have_not_failed() {
    let mut world = World::new();
    for domain in ["a.example", "b.example", "c.example"] {
        world.company(domain, 5).await;
    }
    let home = Answer::Html("<p>home</p>".to_owned());
    let busy = Answer::Refused(429, None);
    let told = Answer::Refused(429, Some(seconds(500)));
    let answers = vec![told, busy, home];
    world.web.put_in_turn("https://a.example/", answers);
    world.run("in_flight = 1\nslow_in_flight = 0", None).await;
    let end = |name| world.asked(name).last().unwrap().to.since(EPOCH);
    assert!(end("b.example").max(end("c.example")) < seconds(100));
    let gaps = world.gaps("a.example");
    assert!(gaps.iter().any(|gap| *gap >= seconds(500)), "{gaps:?}");
    let home = world.task("https://a.example/");
    assert_eq!((home.state, home.failures), (State::Done, 0));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_refuses_every_other_request_is_asked_less_and_less() {
    let mut world = World::new();
    world.company("a.example", 12).await;
    for n in (0..12).step_by(2) {
        let busy = Answer::Refused(429, None);
        let story = format!("https://a.example/news/story-number-{n}");
        world.web.put(&story, busy);
    }
    world.run("patience = '3h'", Some(minutes(90))).await;
    let mut waits: Vec<u64> = world
        .gaps("a.example")
        .iter()
        .map(Duration::as_secs)
        .collect();
    waits.retain(|gap| *gap >= 60);
    for (wait, least) in waits.iter().zip([60, 120, 240, 480]) {
        assert!((least..least + 10).contains(wait), "{waits:?}");
    }
    assert!(waits.len() >= 4, "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_starts_in_quiet_hours() {
    // The run begins at 20:26:40 UTC, which is 22:26:40 in Madrid.
    let settings = "quiet = [{ from = '22:30', to = '23:15', zone = 'Europe/Madrid' }]";
    let quiet = seconds(200)..seconds(200 + 45 * 60);
    let mut world = World::new();
    world.company("a.example", 60).await;
    let mut told = None;
    let patient = format!("patience = '2h'\n{settings}");
    let mut observe = |event: Event<'_>| {
        if let Event::Tick(tally) = event {
            told = told.or(tally.paused);
        }
    };
    let tally = world.observed(&patient, None, &mut observe).await;
    assert_eq!(tally.states.get("done"), Some(&61));
    let until = EPOCH.after(quiet.end);
    assert_eq!(told, Some(Paused::QuietHours { until }));
    let starts = world.asked("a.example");
    let mut starts = starts.iter().map(|asked| asked.from.since(EPOCH));
    assert!(starts.clone().any(|at| at < quiet.start));
    assert!(starts.clone().any(|at| at >= quiet.end));
    assert!(!starts.any(|at| quiet.contains(&at)));

    // Who is less patient hears when to go on.
    let mut world = World::new();
    world.company("a.example", 60).await;
    let tally = world.run(settings, None).await;
    assert_eq!(tally.ended, Some(Ended::QuietHours));
    assert_eq!(tally.paused, Some(Paused::QuietHours { until }));
    assert!(tally.next_turn.is_some());
    assert!(world.clock.now() < until);
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_of_one_host_are_its_own_and_said() {
    let mut world = World::new();
    world.company("a.example", 3).await;
    world.company("b.example", 3).await;
    let settings = "
        [[host]]
        match = 'a.example'
        quiet = [{ from = '20:00', to = '21:00' }]";
    let tally = world.run(settings, Some(minutes(10))).await;
    assert_eq!(world.asked("a.example").len(), 0, "not even its robots.txt");
    assert_eq!(world.pages("b.example"), 5);
    assert_eq!(tally.held.get(&Held::QuietHours), Some(&1));
    let held = world.host("a.example").await.held;
    assert_eq!(held.map(|(_, why)| why), Some(Held::QuietHours));
    world
        .run(&format!("patience = '1h'\n{settings}"), None)
        .await;
    assert_eq!(world.pages("a.example"), 5);
    assert!(world.asked("a.example")[0].from >= EPOCH.after(seconds(33 * 60)));
    assert_eq!(world.host("a.example").await.held, None);
}

#[tokio::test(start_paused = true)]
async fn a_company_gives_no_more_than_its_budget_however_many_hosts_it_has() {
    let mut world = World::new();
    let hosts: Vec<String> = (0..20).map(|n| format!("h{n}.a.example")).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    hosts.iter().for_each(|host| world.web.site(host, 3));
    world.seed("a.example", &hosts).await;
    world.company("b.example", 3).await;
    let tally = world.run("pages_per_company = 7", None).await;
    assert_eq!(world.pages("b.example"), 5);
    assert_eq!(tally.visits, 7 + 5);
    let mut held = 0;
    for host in &hosts {
        let why = world.host(host).await.held.map(|(_, why)| why);
        held += u64::from(why == Some(Held::CompanyBudget));
    }
    assert_eq!(tally.held.get(&Held::CompanyBudget), Some(&held));
    assert!(held >= 13, "{held}");
    let tally = world.run("pages_per_company = 7", None).await;
    assert_eq!(tally.visits, 7, "the next run goes on");
}

#[tokio::test(start_paused = true)]
async fn who_is_not_on_the_list_is_left_alone_and_that_is_kept() {
    let mut world = World::new();
    world.company("a.example", 1).await;
    let id = CompanyId("a.example".to_owned());
    let company = world.companies.remove(&id).unwrap();
    let tally = world.run("", None).await;
    assert_eq!(tally.held.get(&Held::Unlisted), Some(&1));
    let held = world.host("a.example").await.held;
    assert_eq!(held.map(|(_, why)| why), Some(Held::Unlisted));
    assert!(world.asked("a.example").is_empty());
    world.companies.insert(id, company);
    world.run("", None).await;
    assert_eq!(world.host("a.example").await.held, None);
}

#[tokio::test(start_paused = true)]
async fn an_address_has_so_many_turns_at_once_whatever_hosts_live_there() {
    let mut world = World::new();
    let address = IpAddr::from([192, 0, 2, 1]);
    for n in 0..12 {
        let domain = format!("h{n}.example");
        world.company(&domain, 1).await;
        world.web.lives_at(&domain, address);
        world.web.slow(&domain, seconds(20));
    }
    let settings = "address_in_flight = 2\nrest_factor = 1.0";
    world.run(settings, None).await;
    // Where a host lives is known from its first answer on.
    let mut log = world.web.log();
    log.retain(|asked| asked.page);
    assert_eq!(log.len(), 12 * 3);
    for asked in &log {
        let at = asked.from;
        let others = log.iter().filter(|other| other.from <= at && at < other.to);
        let others = others.count();
        assert!(others <= 2, "{others} at once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_pauses_the_crawl_and_room_lets_it_go_on() {
    let mut world = World::new();
    world.company("a.example", 20).await;
    let free = Arc::new(AtomicU64::new(5000));
    world.disk = Some(Arc::clone(&free));
    let mut told = Vec::new();
    let mut observe = |event: Event<'_>| {
        let Event::Tick(tally) = event else { return };
        match tally.elapsed.as_secs() {
            30 => free.store(999, Ordering::Relaxed),
            200 => free.store(1000, Ordering::Relaxed),
            _ => {}
        }
        if told.last() != Some(&tally.paused) {
            told.push(tally.paused);
        }
    };
    let tally = world.observed("", None, &mut observe).await;
    let paused = Some(Paused::DiskFull {
        free: 999,
        floor: 1000,
    });
    assert_eq!(told, [None, paused, None], "said once");
    assert_eq!(tally.states.get("done"), Some(&21));
    assert_eq!(tally.ended, Some(Ended::NothingDue));
    let starts = world.asked("a.example");
    let starts = starts.iter().map(|asked| asked.from.since(EPOCH).as_secs());
    assert!(!starts.into_iter().any(|at| (32..200).contains(&at)));
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_stays_full_ends_the_run_and_nothing_was_asked() {
    let mut world = World::new();
    world.company("a.example", 3).await;
    world.disk = Some(Arc::new(AtomicU64::new(0)));
    let tally = world.run("", None).await;
    assert_eq!(tally.ended, Some(Ended::Disk));
    assert_eq!(
        world.clock.now().since(EPOCH).as_secs(),
        600,
        "its patience"
    );
    assert!(world.web.log().is_empty());
    assert!(tally.next_turn.is_some());
}

#[tokio::test(start_paused = true)]
async fn rules_that_lie_where_nobody_may_ask_are_not_asked_for_in_the_next_run_either() {
    let mut world = World::new();
    world.company("a.example", 1).await;
    world.suppressed.add("b.example").unwrap();
    let there = Answer::Moved("https://b.example/robots.txt".to_owned());
    world.web.put("https://a.example/robots.txt", there);
    for hours in [0, 1, 20] {
        world.wait(minutes(60 * hours)).await;
        let tally = world.run("", None).await;
        assert!(tally.visits == 0 && world.asked("b.example").is_empty());
        assert_eq!(world.asked("a.example").len(), 1, "after {hours} hours");
    }
    let robots = world.host("a.example").await.robots;
    assert!(matches!(robots, RobotsState::Unreachable { .. }));
    // A day later it is tried anew, where its rules ought to be.
    let empty = Answer::Text(String::new());
    world.web.put("https://a.example/robots.txt", empty);
    world.wait(minutes(60 * 5)).await;
    world.run("", None).await;
    assert!(world.pages("a.example") > 0);
}

#[tokio::test(start_paused = true)]
async fn a_seed_whose_host_cannot_be_reached_has_failed_and_comes_back() {
    for (answer, failure, over_http) in [
        (Answer::Nameless, Failure::Dns, 0),
        (Answer::Down, Failure::Connect, 1),
    ] {
        let mut world = World::new();
        world.company("a.example", 2).await;
        for scheme in ["https", "http"] {
            let robots = format!("{scheme}://a.example/robots.txt");
            world.web.put(&robots, answer.clone());
        }
        let tally = world.run("patience = '20s'", None).await;
        let home = world.task("https://a.example/");
        assert_eq!(home.state, State::Failed { failure });
        let record = world.host("a.example").await;
        assert_eq!((home.due, home.failures), (Some(record.rest_until), 0));
        assert_eq!(home.visits.len(), 1);
        assert_eq!(tally.errors.get(&failure.to_string()), Some(&1));
        assert_eq!((tally.states.get("failed"), tally.visits), (Some(&1), 0));
        assert_eq!(world.asked("a.example").len(), 1 + over_http);
        assert_eq!(world.pages("a.example"), 0, "no rules, no request");

        for scheme in ["https", "http"] {
            let robots = format!("{scheme}://a.example/robots.txt");
            world.web.put(&robots, Answer::Text(String::new()));
        }
        world.run("", None).await;
        assert_eq!(world.task("https://a.example/").state, State::Done);
    }
}

#[tokio::test(start_paused = true)]
async fn rules_that_are_refused_are_the_hosts_trouble_and_no_failure_of_a_url() {
    for answer in [Answer::Refused(503, None), Answer::Hangs] {
        let mut world = World::new();
        world.company("a.example", 2).await;
        world.web.put("https://a.example/robots.txt", answer);
        let tally = world.run("", Some(minutes(30))).await;
        assert_eq!(world.pages("a.example"), 0);
        assert_eq!(world.task("https://a.example/").state, State::Waiting);
        assert!(tally.states.is_empty() && !tally.errors.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_is_known_of_a_host_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let open = || SledStore::open(dir.path(), 4 << 20).unwrap();
    let clock = Clock::starting_at(EPOCH);
    let mut world = World::with(open(), &clock);
    let names = [
        "told.example",
        "busy.example",
        "slow.example",
        "none.example",
    ];
    for name in names {
        world.company(name, 3).await;
    }
    let told = Answer::Refused(503, Some(minutes(120)));
    world.web.put("https://told.example/", told);
    world
        .web
        .put("https://busy.example/", Answer::Refused(429, None));
    world
        .web
        .put("https://slow.example/robots.txt", delay("900"));
    let broken = Answer::Refused(500, None);
    world.web.put("https://none.example/robots.txt", broken);
    let settings = "crawl_delay_beyond = 'skip'";
    world.run(settings, Some(minutes(20))).await;
    let mut before = HashMap::new();
    for name in names {
        before.insert(name, world.host(name).await);
    }
    assert!(before["told.example"].rest_until >= EPOCH.after(minutes(120)));
    assert!(before["busy.example"].refusals >= 2);
    assert!(before["slow.example"].held.is_some());
    assert!(matches!(
        before["none.example"].robots,
        RobotsState::Unreachable { .. }
    ));

    let told = world.pages("told.example");
    let (web, companies) = (world.web.clone(), world.companies.clone());
    drop(world);
    let asked = web.log().len();
    let mut world = World {
        web,
        companies,
        ..World::with(open(), &clock)
    };
    for name in names {
        assert_eq!(world.host(name).await, before[name], "{name}");
    }
    world.run(settings, Some(minutes(60))).await;
    for asked in &world.web.log()[asked..] {
        let name = asked.host.to_string();
        let knows_its_rules = name != "none.example";
        assert!(!(asked.robots && knows_its_rules), "{} again", asked.url);
    }
    assert_eq!(world.pages("told.example"), told, "two hours are not over");
    let gaps = world.gaps("busy.example");
    assert!(
        gaps.iter().max() >= Some(&minutes(8)),
        "it goes on doubling"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_kill_a_host_first_rests_as_long_as_it_asks() {
    let dir = tempfile::tempdir().unwrap();
    let signature = dir.path().join("lock.json");
    let open = || SledStore::open(dir.path(), 4 << 20).unwrap();
    let clock = Clock::starting_at(EPOCH);
    let mut world = World::with(open(), &clock);
    world.company("a.example", 60).await;
    world.web.put("https://a.example/robots.txt", delay("60"));
    world.run("", Some(minutes(5))).await;
    for killed in [false, true, false] {
        let (web, companies) = (world.web.clone(), world.companies.clone());
        drop(world);
        assert!(!signature.exists(), "a run that ended in order says so");
        if killed {
            // What a killed process leaves behind, whoever looks at the store meanwhile.
            std::fs::write(&signature, "{}").unwrap();
            drop(open());
            assert!(signature.exists());
        }
        tokio::time::sleep(minutes(2)).await;
        world = World {
            web,
            companies,
            ..World::with(open(), &clock)
        };
        let (began, asked) = (clock.now(), world.web.log().len());
        world.run("", Some(minutes(5))).await;
        let waited = world.web.log()[asked].from.since(began);
        assert_eq!(waited >= seconds(60), killed, "{waited:?}");
        assert!(waited >= REST);
    }
}
