//! The real binary, killed at random: what it was told is kept is kept, nobody is asked too often
//! for it, and what it exports in the end is what an undisturbed run exports.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use foresignal::command::demo::web::{DemoWeb, Request};
use foresignal::model::company::Company;
use foresignal::model::signal::SignalId;
use foresignal::store::sled::SledStore;
use foresignal::store::{Records, Result, archive};

const KILLS: usize = 14;
/// Few, so that more than was in flight is seen when it is lost.
const IN_FLIGHT: usize = 2;
/// Longer than a restart takes, so that a restart which forgets it is seen.
const REST: Duration = Duration::from_millis(250);
/// Two clocks of whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(3);

/// Companies whose pages are finite and whose servers remember nobody: what they answer to two
/// runs is the same. Among them are redirects, forbidden folders and pages that are gone.
const COMPANIES: &[&str] = &[
    "brightwater",
    "ferrow",
    "halden",
    "lumora",
    "northgate",
    "tidewell",
    "almendro",
    "navarro",
];

const CONFIG: &str = "
[fetch]
contact = 'https://foresignal.example/test'
allow_loopback = true
[crawl]
in_flight = 2
rest = '250ms'
rest_factor = 0.0
address_rest = '10ms'
back_off = '100ms'
patience = '2s'
pages_per_host = 10000
[store]
cache_bytes = 8_000_000
";

/// One data directory, and all that is needed to crawl into it.
struct Crawl {
    dir: PathBuf,
    config: PathBuf,
    list: PathBuf,
}

/// A running crawl; it does not outlive the test that started it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be dead by now: that is what this is for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Crawl {
    fn new(dir: &Path, name: &str, companies: &[Company]) -> Crawl {
        let crawl = Crawl {
            dir: dir.join(name),
            config: dir.join("config.toml"),
            list: dir.join("companies.csv"),
        };
        let lines = companies.iter().map(|company| {
            let aliases = company.aliases.join("|");
            format!("{};{};{aliases}\n", company.id, company.name)
        });
        let list: String = lines.collect();
        fs::write(&crawl.list, format!("domain;name;aliases\n{list}")).expect("writes");
        fs::write(&crawl.config, CONFIG).expect("writes");
        crawl
    }

    fn foresignal(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foresignal"));
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("FORESIGNAL_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .args([Path::new("--data"), &self.dir])
            .args([Path::new("--config"), &self.config]);
        command
    }

    fn start(&self) -> Running {
        let list = self.list.to_string_lossy();
        let mut command = self.foresignal(&["crawl", &list, "--json"]);
        command.stdout(Stdio::null());
        Running(command.spawn().expect("the binary starts"))
    }

    /// Id and kind of every exported signal.
    fn export(&self) -> BTreeMap<String, String> {
        let output = self.foresignal(&["export"]).output().expect("it starts");
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let mut signals = BTreeMap::new();
        for line in text.lines() {
            let signal: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            let [id, kind] = ["id", "kind"].map(|key| signal[key].as_str().expect("text"));
            let twice = signals.insert(id.to_owned(), kind.to_owned());
            assert_eq!(twice, None, "{id} is exported twice");
        }
        signals
    }

    /// Every known URL, where it stands, and whether its page can be read from the archive.
    fn urls(&self) -> Result<BTreeMap<String, (String, bool)>> {
        let store = SledStore::open(&self.dir, 8_000_000)?;
        let records = store.records();
        let mut urls = BTreeMap::new();
        for task in records.tasks("") {
            let task = task?;
            let page = match &task.content {
                Some(content) => records.page(content)?,
                None => None,
            };
            if let Some(page) = &page {
                archive::read(&self.dir, page)?;
            }
            let state = format!("{:?}", task.state);
            urls.insert(task.url, (state, page.is_some()));
        }
        let changes = records.changes(0).collect::<Result<Vec<_>>>()?;
        let numbers: Vec<u64> = changes.iter().map(|(number, _)| *number).collect();
        let whole: Vec<u64> = (1..=records.counts()?.changes).collect();
        assert_eq!(numbers, whole, "the log has no hole and nothing twice");
        let told: BTreeSet<SignalId> = changes.into_iter().map(|(_, id)| id).collect();
        let kept = records.signals(None).map(|signal| Ok(signal?.id));
        assert_eq!(
            told,
            kept.collect::<Result<_>>()?,
            "all that is kept is told"
        );
        Ok(urls)
    }
}

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, up_to: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % (up_to + 1)
    }
}

/// Lets `running` live until `web` has answered so many requests to it, or it ends by itself.
fn live(running: &mut Running, web: &DemoWeb, requests: usize) -> Option<ExitStatus> {
    let before = web.log().len();
    while web.log().len() < before + requests {
        if let Some(ended) = running.0.try_wait().expect("it can be waited for") {
            return Some(ended);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    None
}

/// Crawls, killed `KILLS` times on the way: now while it starts and recovers, now while it asks,
/// now while it commits. Where it dies depends on what it has asked, not on how fast it is.
fn crawl_killed(crawl: &Crawl, web: &DemoWeb, undisturbed: usize) {
    let mut dice = Dice(0x5eed_2026_1122);
    let longest = undisturbed as u64 / (KILLS as u64 + 2);
    for kill in 0..KILLS {
        let mut running = crawl.start();
        let requests = if kill % 4 == 3 { 0 } else { dice.roll(longest) };
        let ended = live(&mut running, web, usize::try_from(requests).expect("small"));
        assert_eq!(ended, None, "it ended before kill {kill}");
        let linger = if requests == 0 { 250 } else { 40 };
        std::thread::sleep(Duration::from_millis(dice.roll(linger)));
    }
    let ended = live(&mut crawl.start(), web, usize::MAX / 2);
    assert!(ended.is_some_and(|ended| ended.success()), "{ended:?}");
}

/// Requests by host, in the order of arrival.
fn by_host(log: &[Request]) -> HashMap<&str, Vec<&Request>> {
    let mut hosts: HashMap<&str, Vec<&Request>> = HashMap::new();
    for request in log {
        hosts.entry(&request.host).or_default().push(request);
    }
    hosts
}

/// No host is asked before its rest, across restarts too.
fn assert_rested(log: &[Request]) {
    for (host, requests) in by_host(log) {
        for pair in requests.windows(2) {
            let rest = pair[1].start.since(pair[0].end);
            assert!(
                rest + ROUNDING >= REST,
                "{host} rested for {rest:?} only between {} and {}",
                pair[0].path,
                pair[1].path
            );
        }
    }
}

fn distinct(log: &[Request]) -> BTreeSet<(&str, &str)> {
    log.iter()
        .map(|request| (request.host.as_str(), request.path.as_str()))
        .collect()
}

#[test]
fn a_crawl_that_is_killed_at_random_loses_nothing_and_hurries_nobody() {
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    let _entered = runtime.enter();
    let web = DemoWeb::start().expect("loopback is there");
    let mut companies = web.companies();
    companies.retain(|company| {
        let slug = company.crm_id.as_deref().unwrap_or_default();
        COMPANIES.contains(&slug)
    });
    assert_eq!(companies.len(), COMPANIES.len());
    let dir = tempfile::tempdir().expect("a temporary directory");

    let whole = Crawl::new(dir.path(), "whole", &companies);
    let ended = live(&mut whole.start(), &web, usize::MAX / 2);
    assert!(ended.is_some_and(|ended| ended.success()), "{ended:?}");
    let undisturbed = web.log();
    assert_rested(&undisturbed);
    // What was asked last by the first run is no concern of the second.
    std::thread::sleep(REST);

    let killed = Crawl::new(dir.path(), "killed", &companies);
    crawl_killed(&killed, &web, undisturbed.len());
    let disturbed = web.log().split_off(undisturbed.len());

    assert_eq!(killed.export(), whole.export());
    assert!(
        whole.export().len() > COMPANIES.len(),
        "there is news to lose"
    );
    let urls = |crawl: &Crawl| crawl.urls().expect("the store is whole");
    assert_eq!(urls(&killed), urls(&whole));
    assert_eq!(distinct(&disturbed), distinct(&undisturbed));
    assert_rested(&disturbed);
    let repeated = |log: &[Request]| log.len() - distinct(log).len();
    let (before, after) = (repeated(&undisturbed), repeated(&disturbed));
    assert!(
        after <= before + KILLS * IN_FLIGHT,
        "{after} requests were repeated, {before} without kills"
    );
    let figures = format!(
        "{KILLS} kills, {} requests, {after} of them repeated ({before} without kills)",
        disturbed.len()
    );
    writeln!(std::io::stderr(), "{figures}").expect("somebody listens");
}
