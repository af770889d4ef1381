//! The binary as a person uses it: what it says, where it says it, and the code it ends with.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use clap::CommandFactory;
use foresignal::cli::Cli;
use foresignal::fetch::robots::Robots;
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::{HostRecord, RobotsState, TdmRule, TdmState};
use foresignal::model::signal::{
    Evidence, Modality, Provenance, Role, Signal, SignalId, SignalKind, Slots, Stage, Telling,
};
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Harvest, Seed, Task, TaskKind, Visit};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, Host};
use foresignal::model::wishes::Wishes;
use foresignal::store::Frontier;
use foresignal::store::sled::SledStore;
use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;

#[path = "cli/signals.rs"]
mod signals;

/// The binary, in a directory where it finds no configuration but what the test put there.
fn foresignal(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foresignal"));
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with("FORESIGNAL_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG").current_dir(dir);
    command
}

fn scratch() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// What it wrote to standard output, as JSON.
fn json(assert: &Assert) -> serde_json::Value {
    serde_json::from_slice(&assert.get_output().stdout).expect("it is JSON")
}

fn keys(value: &serde_json::Value) -> Vec<&str> {
    let object = value.as_object().expect("it is an object");
    object.keys().map(String::as_str).collect()
}

fn signal(number: u32) -> Signal {
    let company = CompanyId("contoso.example".to_owned());
    Signal {
        id: SignalId::new(&company, SignalKind::Funding, &number.to_string()),
        company,
        kind: SignalKind::Funding,
        role: Role::Subject,
        areas: Vec::new(),
        modality: Modality::Asserted,
        event: None,
        published: None,
        slots: Slots::default(),
        confidence: 0.8,
        evidence: vec![Evidence {
            url: "https://contoso.example/news/1".to_owned(),
            origin: "contoso.example".to_owned(),
            quote: "Contoso raised $35M in a Series B. ".repeat(8),
            marks: vec![(15, 19)],
            title: "Contoso raises $35M".to_owned(),
            language: Some("en".to_owned()),
            published: None,
            seen: Timestamp(0),
            detector: "rules".to_owned(),
            version: 1,
            rule: "funding.round".to_owned(),
            confidence: 0.8,
            provenance: Provenance::default(),
            because: Vec::new(),
            telling: Telling::default(),
        }],
        first_seen: Timestamp(0),
        last_seen: Timestamp(0),
    }
    .as_told(Stage::Done)
}

/// A store in `dir`/data that knows Contoso, and so many signals of it.
fn store(dir: &Path, signals: u32) -> SledStore {
    let fill = async {
        let mut store = SledStore::open(&dir.join("data"), 4 << 20).expect("opens");
        let seed = Seed {
            company: Company::new("contoso.example"),
            tasks: Vec::new(),
        };
        store.seed(&[seed]).await.expect("seeds");
        let harvest = Harvest {
            signals: (0..signals).map(signal).collect(),
            ..Harvest::default()
        };
        store.commit(&[harvest]).await.expect("commits");
        store
    };
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    runtime.block_on(fill)
}

/// A store in `dir`/data with one page, that its site reserves.
fn reserved(dir: &Path) {
    let fill = async {
        let mut store = SledStore::open(&dir.join("data"), 4 << 20).expect("opens");
        let company = Company::new("contoso.example");
        let found = Discovery {
            url: url::parse("https://contoso.example/news/1").expect("a URL"),
            company: company.id.clone(),
            kind: TaskKind::Article,
            due: Timestamp(5),
            depth: 0,
            from: None,
            at: Timestamp(5),
            updated: None,
        };
        let tasks = vec![found.clone()];
        store.seed(&[Seed { company, tasks }]).await.expect("seeds");
        let was = Task::new(&found);
        let mut now = was.clone();
        now.state = State::Reserved {
            by: "tdmrep.json: /news/ is reserved".to_owned(),
        };
        now.visited(Visit {
            at: Timestamp(9),
            state: now.state.clone(),
            millis: 0,
            bytes: 0,
            wishes: Wishes::TDM_RESERVED.and(Wishes::NO_AI_TRAIN),
        });
        let robots = b"User-agent: *\nContent-Signal: ai-train=no\n";
        let record = HostRecord {
            robots: RobotsState::Known {
                at: Timestamp(1),
                status: 200,
                rules: Robots::parse(robots, "foresignal").pack(),
            },
            tdm: TdmState::Known {
                at: Timestamp(2),
                status: 200,
                rules: vec![TdmRule {
                    location: "/news/".to_owned(),
                    reserved: true,
                    policy: Some("https://contoso.example/licence".to_owned()),
                }],
            },
            ..HostRecord::default()
        };
        let host = Host::of_domain("contoso.example").expect("a host");
        let harvest = Harvest {
            was: Some(was),
            now: Some(now),
            hosts: vec![(host, record)],
            ..Harvest::default()
        };
        store.commit(&[harvest]).await.expect("commits");
    };
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    runtime.block_on(fill);
}

#[test]
fn what_pages_and_sites_ask_is_shown() {
    let dir = scratch();
    reserved(dir.path());
    let inspect = |what: &[&str]| {
        let mut command = foresignal(dir.path());
        command.arg("inspect").args(what);
        command.assert().success()
    };
    let address = "https://contoso.example/news/1";
    let says = contains("its owner reserves its use: tdmrep.json: /news/ is reserved")
        .and(contains("tdm-reservation"));
    inspect(&["url", address]).stdout(says);
    let answer = json(&inspect(&["url", address, "--json"]));
    let wishes = serde_json::json!(["tdm-reservation", "ai-train=no"]);
    assert_eq!(answer["task"]["visits"][0]["wishes"], wishes);
    let says = contains("line 2: Content-Signal: ai-train=no").and(contains(
        "/news/ is reserved, policy https://contoso.example/licence",
    ));
    inspect(&["host", "contoso.example"]).stdout(says);
    let answer = json(&inspect(&["host", "contoso.example", "--json"]));
    assert_eq!(answer["usage"][0], "line 2: Content-Signal: ai-train=no");
    let rule = &answer["record"]["tdm"]["Known"]["rules"][0];
    assert_eq!(rule["location"], "/news/", "{answer}");
}

#[test]
fn nobody_crawls_without_saying_who_asks() {
    let dir = scratch();
    fs::write(dir.path().join("list.csv"), "domain\ncontoso.example\n").expect("writes");
    let assert = foresignal(dir.path()).args(["crawl", "list.csv"]).assert();
    let says = contains("config.toml")
        .and(contains("[fetch]"))
        .and(contains("contact"));
    assert.code(3).stdout("").stderr(says);
    assert!(!dir.path().join("data").exists(), "nothing was begun");
}

#[test]
fn a_mistake_in_the_configuration_is_named() {
    let dir = scratch();
    fs::write(dir.path().join("config.toml"), "[crawl]\nrestt = '9s'\n").expect("writes");
    let assert = foresignal(dir.path()).args(["crawl", "list.csv"]).assert();
    assert
        .code(3)
        .stderr(contains("config.toml").and(contains("restt")));
}

#[cfg(not(feature = "browser"))]
#[test]
fn a_browser_that_was_not_built_in_is_named() {
    let dir = listed("127.0.0.1:9", "");
    foresignal(dir.path())
        .env("FORESIGNAL_BROWSER_PROGRAM", "/usr/bin/chromium")
        .args(["crawl", "list.csv"])
        .assert()
        .code(3)
        .stderr(contains("build with `--features browser`"));
}

#[test]
fn a_list_that_is_not_there_is_named() {
    let dir = scratch();
    let mut command = foresignal(dir.path());
    command.env("FORESIGNAL_FETCH_CONTACT", "test@foresignal.example");
    let assert = command.args(["crawl", "companies.csv"]).assert();
    assert.code(3).stdout("").stderr(contains("companies.csv"));
}

#[test]
fn lines_that_cannot_be_used_are_reported_and_the_rest_goes_on() {
    let dir = scratch();
    // Nobody listens where somebody just did.
    let door = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let closed = door.local_addr().expect("it has one");
    drop(door);
    let list = format!("name,domain\nHere,{closed}\nNot a domain,what is this?\nTwice,{closed}\n");
    fs::write(dir.path().join("list.csv"), list).expect("writes");
    let config = "[fetch]\ncontact = 'test@foresignal.example'\nallow_loopback = true\n";
    fs::write(dir.path().join("config.toml"), config).expect("writes");
    let mut command = foresignal(dir.path());
    command.args(["crawl", "list.csv", "--json"]);
    let assert = command.args(["--patience", "1s", "--for", "20s"]).assert();
    let says = contains("list.csv: line 3: ")
        .and(contains("list.csv: line 4: "))
        .and(contains("already on line 2"))
        .and(contains("2 lines left out, 1 companies taken"));
    let assert = assert.success().stderr(says);
    assert_eq!(json(&assert)["visits"], 0, "it has no rules to be had");
}

#[test]
fn a_company_that_is_not_known_is_looked_for_among_those_that_are() {
    let dir = scratch();
    let inspect = |company: &str| {
        let mut command = foresignal(dir.path());
        command.args(["inspect", "company", company]).assert()
    };
    let advice = contains("there is no store in data").and(contains("crawl something first"));
    inspect("contoso.example").code(3).stderr(advice);
    drop(store(dir.path(), 1));
    let near = contains("no company conto is known").and(contains("contoso.example"));
    inspect("conto").code(3).stdout("").stderr(near);
    let found = inspect("https://www.contoso.example/").success();
    found.stdout(contains("funding").and(contains("0.80")));
}

#[test]
fn every_command_helps_with_an_example() {
    fn walk(dir: &Path, command: &clap::Command, path: &[&str]) {
        let mut said = foresignal(dir);
        let assert = said.args(path).arg("--help").assert().success();
        let example = predicate::str::is_match("Examples?:\n  ").expect("it is well formed");
        assert.stdout(example).stderr("");
        for inner in command.get_subcommands() {
            if inner.get_name() != "help" {
                walk(dir, inner, &[path, &[inner.get_name()]].concat());
            }
        }
    }
    walk(scratch().path(), &Cli::command(), &[]);
}

#[test]
fn wrong_usage_ends_with_two() {
    let dir = scratch();
    for wrong in [
        &["crwal"][..],
        &["export", "--format", "xls"],
        &["export", "--kind", "fundig"],
        &["inspect", "robots", "--file", "robots.txt"],
        &["crawl", "--for", "soon"],
    ] {
        let assert = foresignal(dir.path()).args(wrong).assert();
        assert.code(2).stdout("").stderr(contains("error: "));
    }
}

#[test]
fn robots_are_told_line_by_line() {
    let dir = scratch();
    let robots = "User-agent: *\nDisallow: /private\nAllow: /private/press\n";
    fs::write(dir.path().join("robots.txt"), robots).expect("writes");
    let mut command = foresignal(dir.path());
    command.args(["inspect", "robots", "--file", "robots.txt"]);
    command.args(["/news", "/private/x", "/private/press"]);
    let lines = "allowed\t/news\tno rule matches\n\
                 disallowed\t/private/x\tline 2: Disallow: /private\n\
                 allowed\t/private/press\tline 3: Allow: /private/press\n";
    command.assert().success().stdout(lines);
    let answers = json(&command.arg("--json").assert().success());
    assert_eq!(answers[1]["path"], "/private/x");
    assert_eq!(answers[1]["allowed"], false);
    assert_eq!(answers[1]["line"], 2);
    let mut missing = foresignal(dir.path());
    let assert = missing.args(["inspect", "robots", "--file", "none.txt", "/"]);
    assert.assert().code(3).stderr(contains("none.txt"));
}

#[test]
fn a_page_from_standard_input_is_read_as_its_url_would_be() {
    let dir = scratch();
    let page = "<!doctype html><html lang='en'><title>Contoso raises $35 million</title>
        <article><h1>Contoso raises $35 million</h1><p>Contoso announced today that it has raised
        $35 million in a Series B round led by Example Ventures, to grow its team in Europe.</p>
        <a href='/news/2'>More news of ours</a></article></html>";
    let mut command = foresignal(dir.path());
    command.args(["inspect", "page", "-", "--json", "--company", "Contoso"]);
    command.args(["--url", "https://contoso.example/news/1"]);
    let answer = json(&command.write_stdin(page).assert().success().stderr(""));
    for key in [
        "canonical",
        "documents",
        "heard",
        "links",
        "reader",
        "signals",
        "wishes",
    ] {
        assert!(keys(&answer).contains(&key), "{key}: {answer}");
    }
    let document = &answer["documents"][0];
    for key in [
        "genre",
        "language",
        "published",
        "published_source",
        "text",
        "title",
        "updated",
        "url",
    ] {
        assert!(keys(document).contains(&key), "{key}: {document}");
    }
    assert_eq!(document["title"], "Contoso raises $35 million");
    assert_eq!(answer["links"][0]["url"], "https://contoso.example/news/2");
    assert_eq!(answer["signals"][0]["kind"], "funding");
    assert!(!dir.path().join("data").exists(), "nothing is stored");
}

#[test]
fn detection_answers_line_by_line_and_goes_on_after_a_bad_one() {
    let dir = scratch();
    let input = r#"{"id": 1, "text": "Contoso raised $35 million in a Series B round.", "company": "Contoso"}

{"id": 2, "text": 7}
no JSON at all
{"id": "last", "text": "The weather was fine."}
"#;
    let mut command = foresignal(dir.path());
    let assert = command.arg("detect").write_stdin(input).assert().code(1);
    let lines = String::from_utf8(assert.get_output().stdout.clone()).expect("JSON is UTF-8");
    let answers: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let [told, wrong, none, quiet] = answers.as_slice() else {
        panic!("a line each, but for the empty one: {lines}");
    };
    assert_eq!(
        (&told["id"], &told["signals"][0]["kind"]),
        (&1.into(), &"funding".into())
    );
    assert_eq!(keys(wrong), ["error", "id"]);
    assert_eq!(wrong["id"], 2);
    assert!(none["id"].is_null() && none["error"].is_string(), "{none}");
    assert_eq!(quiet["signals"], serde_json::json!([]));
    let mut command = foresignal(dir.path());
    command
        .arg("detect")
        .write_stdin("")
        .assert()
        .success()
        .stdout("");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let dir = scratch();
    drop(store(dir.path(), 400));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_foresignal"));
    command.arg("export").current_dir(dir.path());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().expect("it starts");
    let mut out = BufReader::new(running.stdout.take().expect("it is piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("it writes");
    assert!(line.starts_with('{'));
    drop(out);
    let output = running.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_store_in_use_is_refused_by_name() {
    let dir = scratch();
    let held = store(dir.path(), 0);
    let pid = format!("(pid {}, since ", std::process::id());
    let assert = foresignal(dir.path()).arg("export").assert();
    assert
        .code(4)
        .stdout("")
        .stderr(contains("in use").and(contains(pid)));
    drop(held);
    foresignal(dir.path())
        .arg("export")
        .assert()
        .success()
        .stdout("");
}

/// A directory with a list of one company and a configuration, to which `settings` are added.
fn listed(company: impl std::fmt::Display, settings: &str) -> TempDir {
    let dir = scratch();
    fs::write(dir.path().join("list.csv"), format!("domain\n{company}\n")).expect("writes");
    let config =
        format!("[fetch]\ncontact = 'test@foresignal.example'\nallow_loopback = true\n{settings}");
    fs::write(dir.path().join("config.toml"), config).expect("writes");
    dir
}

#[test]
fn a_limit_that_keeps_something_back_is_told_from_being_done() {
    let settings = "[[crawl.host]]\nmatch = '127.0.0.1'\nrest = '42s'\npages = 3\n";
    let dir = listed("127.0.0.1:9", settings);
    let mut command = foresignal(dir.path());
    command.args(["crawl", "list.csv", "--max-pages", "0"]);
    let says = contains("the page limit is reached").and(contains("1 host to go on with"));
    command.assert().code(7).stdout(says);
    let mut command = foresignal(dir.path());
    command.args(["inspect", "host", "127.0.0.1:9"]);
    let says = contains("match = \"127.0.0.1\": rests 42s").and(contains("3 pages a run"));
    command.assert().success().stdout(says);
}

#[test]
fn a_disk_without_room_ends_the_run_before_it_asks_anybody() {
    let floor = "[store]\ndisk_floor = 9_000_000_000_000_000_000\n";
    let dir = listed("127.0.0.1:9", floor);
    let mut command = foresignal(dir.path());
    command.args(["crawl", "list.csv", "--patience", "1s"]);
    let says = contains("the disk has no room").and(contains("robots.txt 0"));
    let assert = command.assert().code(6).stdout(says);
    assert.stderr(contains("nothing is started"));
}

#[test]
fn a_damaged_store_has_a_code_of_its_own() {
    let dir = scratch();
    drop(store(dir.path(), 1));
    let file = dir.path().join("data/store/db");
    let mut bytes = fs::read(&file).expect("reads");
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
    fs::write(&file, bytes).expect("writes");
    let assert = foresignal(dir.path()).arg("export").assert();
    assert.code(5).stdout("").stderr(contains("damaged"));
}

/// A server that takes connections and never answers, and what tells that the first has come.
#[cfg(unix)]
fn silent_server() -> (std::net::SocketAddr, std::sync::mpsc::Receiver<()>) {
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let address = server.local_addr().expect("it has one");
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let first = server.accept();
        let _ = tell.send(());
        let held: Vec<_> = server.incoming().collect();
        drop((first, held));
    });
    (address, told)
}

/// A crawl that waits for a server that never answers, for at most `timeout` a request.
#[cfg(unix)]
fn hanging_crawl(timeout: &str) -> (TempDir, std::process::Child) {
    let settings =
        format!("robots_timeout = '{timeout}'\nread_timeout = '1m'\n[crawl]\nrest = '100ms'\n");
    let (server, asked) = silent_server();
    let dir = listed(server, &settings);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_foresignal"));
    command.args(["crawl", "list.csv"]).current_dir(dir.path());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = command.spawn().expect("it starts");
    // From its first tick on, a run listens to signals.
    let status = dir.path().join("data/status.json");
    let mut waits = 0;
    while !status.exists() {
        waits += 1;
        assert!(waits < 3000, "the run does not begin");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let in_flight = asked.recv_timeout(std::time::Duration::from_secs(60));
    in_flight.expect("it asks");
    (dir, running)
}

#[cfg(unix)]
fn signal_to(process: &std::process::Child, name: &str) {
    let kill = format!("kill -{name} {}", process.id());
    let sent = std::process::Command::new("sh")
        .args(["-c", &kill])
        .status();
    assert!(sent.expect("there is a shell").success());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_run_in_order_and_the_code_names_it() {
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let (_dir, running) = hanging_crawl("2s");
        signal_to(&running, name);
        let ended = running.wait_with_output().expect("it ends");
        assert_eq!(ended.status.code(), Some(code), "{name}");
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(said.contains("stopped by you"), "{said}");
        assert!(
            said.contains("robots.txt: timed out"),
            "it was kept: {said}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_the_run_at_once() {
    let began = tokio::time::Instant::now();
    let (_dir, mut running) = hanging_crawl("50s");
    signal_to(&running, "INT");
    let mut said = BufReader::new(running.stderr.take().expect("it is piped")).lines();
    let heard = said.any(|line| line.is_ok_and(|line| line.contains("stopping")));
    assert!(heard, "it says that it stops, and how to stop at once");
    signal_to(&running, "INT");
    let status = running.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    let took = began.elapsed();
    assert!(took.as_secs() < 40, "nothing was waited for: {took:?}");
}
