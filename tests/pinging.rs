//! `foresignal ping` as an operator uses it: the real binary, a real name server, real TLS on
//! loopback.

#[expect(dead_code, reason = "here few name servers misbehave")]
mod names;
#[path = "pinging/site.rs"]
mod site;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::Duration;

use assert_cmd::Command;
use foresignal::store::sled::SledStore;
use hickory_proto::op::ResponseCode;
use names::{Names, Way};
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use site::{Pages, Sites};
use tempfile::TempDir;
use tokio::time::Instant;

const REST: Duration = Duration::from_millis(400);

/// Companies without a site, for long lists.
const MANY: usize = 14;

/// An operator at work, and the network around.
struct World {
    dir: TempDir,
    names: Names,
    sites: Sites,
}

impl World {
    async fn new() -> World {
        World::asking(5000).await
    }

    /// … where so many questions may be asked in a second.
    async fn asking(questions: usize) -> World {
        let contoso = "@ IN A 127.0.0.1\nwww IN A 127.0.0.1\n@ IN MX 1 smtp.google.com.\n\
             @ IN NS ns1-01.azure-dns.com.\n_dmarc IN TXT \"v=DMARC1; p=reject\"\n";
        let fabrikam = "@ IN A 127.0.0.1\n\
             @ IN MX 0 fabrikam-example.mail.protection.outlook.com.\n";
        let many: Vec<String> = (0..MANY)
            .map(|number| format!("firm-{number}.example"))
            .collect();
        let mut zones = vec![("contoso.example", contoso), ("fabrikam.example", fabrikam)];
        zones.extend(
            many.iter()
                .map(|name| (name.as_str(), "@ IN MX 1 smtp.google.com.\n")),
        );
        let names = Names::serving(&zones).await;
        names.misbehave("failing.example", Way::Code(ResponseCode::ServFail));
        let hosts = ["contoso.example", "www.contoso.example", "fabrikam.example"];
        let sites = Sites::of(&hosts, pages).await;
        let dir = tempfile::tempdir().expect("a directory");
        let config = format!(
            "[fetch]\ncontact = \"https://operator.example/bot\"\nallow_loopback = true\n\
             dns = [\"{}\"]\nextra_ca = [{:?}]\n\
             [crawl]\nrest = \"{REST:?}\"\naddress_rest = \"10ms\"\n\
             questions_per_second = {questions}\nrest_factor = 0.0\n",
            names.address,
            sites.authority(),
        );
        std::fs::write(dir.path().join("config.toml"), config).expect("written");
        World { dir, names, sites }
    }

    fn foresignal(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foresignal"));
        let names = std::env::vars_os().map(|(name, _)| name);
        for name in names.filter(|name| name.to_string_lossy().starts_with("FORESIGNAL_")) {
            command.env_remove(name);
        }
        command.env_remove("RUST_LOG").env_remove("NO_COLOR");
        command.current_dir(self.dir.path()).args(arguments);
        command
    }

    /// What a command that ends well writes, line by line.
    #[track_caller]
    fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let done = self.foresignal(arguments).assert().success();
        lines(&done.get_output().stdout)
    }

    /// A company with a site, as it is typed: the site's port is its own.
    fn at_port(&self, domain: &str) -> String {
        format!("{domain}:{}", self.sites.address.port())
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).expect("written");
    }

    /// What was asked of a domain's names, each question with how often.
    fn questions(&self, domain: &str) -> BTreeMap<(String, String), usize> {
        let mut asked = BTreeMap::new();
        let heard = self.names.heard().into_iter();
        for one in heard.filter(|one| one.name.ends_with(domain)) {
            *asked.entry((one.name, one.kind)).or_default() += 1;
        }
        asked
    }
}

fn pages(port: u16) -> Pages {
    let html = "200 OK\r\ncontent-type: text/html; charset=utf-8";
    let front = "<!doctype html><html><head><title>Contoso</title>\
         <script src=\"https://js.hs-scripts.com/4711.js\"></script></head><body><p>Contoso makes \
         valves.</p><a href=\"/news\">News</a></body></html>";
    let moved = format!("301 Moved\r\nlocation: https://www.contoso.example:{port}/");
    let of = |address: &str, head: &str, body: &str| {
        (address.to_owned(), (head.to_owned(), body.to_owned()))
    };
    Pages::from([
        of("contoso.example/", &moved, ""),
        of("www.contoso.example/", html, front),
        of(
            "contoso.example/.well-known/security.txt",
            "200 OK\r\ncontent-type: text/plain",
            "Contact: https://contoso.example/report\n",
        ),
        of("www.contoso.example/news", html, "<p>News</p>"),
        of("fabrikam.example/", html, front),
        of(
            "fabrikam.example/robots.txt",
            "200 OK\r\ncontent-type: text/plain",
            "User-agent: *\nDisallow: /\n",
        ),
    ])
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("it is text");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn domain(line: &Value) -> &str {
    line["company"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{line:#}"))
}

/// Technology → first seen.
fn technologies(line: &Value) -> BTreeMap<String, String> {
    let all = line["technologies"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    all.iter()
        .map(|one| (text(&one["technology"]), text(&one["first_seen"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_shows_what_names_and_front_page_reveal_and_asks_no_more() {
    let world = World::new().await;
    let contoso = world.at_port("contoso.example");
    let first = world.lines(&["ping", &contoso, "--json"]);
    let [line] = &first[..] else {
        panic!("{first:#?}");
    };
    let keys: BTreeSet<&str> = line
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "company",
        "standing",
        "standing_since",
        "firm",
        "technologies",
        "claims",
        "related",
        "changes",
        "looked",
    ];
    assert_eq!(keys, BTreeSet::from(expected));
    assert_eq!(line["standing"], "live");
    assert_eq!(line["changes"], serde_json::json!([]));
    let found = technologies(line);
    for slug in [
        "google-workspace",
        "azure-dns",
        "dmarc-enforced",
        "hubspot",
        "security-txt",
    ] {
        assert!(found.contains_key(slug), "{slug}: {found:?}");
    }
    let sorted = |mut paths: Vec<String>| {
        paths.sort();
        paths
    };
    let rules = ["/", "/.well-known/tdmrep.json", "/robots.txt"];
    let txt = "/.well-known/security.txt";
    let apex = sorted(world.sites.politely("contoso.example", REST));
    assert_eq!(apex, [rules[0], txt, rules[1], rules[2]]);
    let www = sorted(world.sites.politely("www.contoso.example", REST));
    assert_eq!(www, rules);
    let asked = world.questions("contoso.example");
    let mail = ("contoso.example".to_owned(), "MX".to_owned());
    assert!(asked.contains_key(&mail), "{asked:?}");
    let twice: Vec<_> = asked
        .iter()
        // The visits need the addresses, too.
        .filter(|((_, kind), many)| **many > 1 && kind != "A" && kind != "AAAA")
        .collect();
    assert!(twice.is_empty(), "{twice:?}");

    let second = world.lines(&["ping", &contoso, "--json"]);
    assert_eq!(
        technologies(&second[0]),
        found,
        "with the days of first sight"
    );
    assert_eq!(second[0]["changes"], serde_json::json!([]));

    let shown = world
        .foresignal(&["inspect", "company", &contoso])
        .assert()
        .success();
    shown.stdout(contains("What it runs").and(contains("Google Workspace")));
    let exported = world.lines(&["export", "--what", "profiles"]);
    assert_eq!(exported.len(), 1);
    assert_eq!(technologies(&exported[0]), found);
    let csv = ["export", "--what", "profiles", "--format", "csv"];
    let csv = world.foresignal(&csv).assert().success();
    csv.stdout(
        contains(",technology,google-workspace,")
            .count(1)
            .and(contains(&*contoso)),
    );
    assert_eq!(
        world.lines(&["export"]),
        Vec::<Value>::new(),
        "nothing has changed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_wants_no_visit_gets_none_and_its_names_are_asked() {
    let world = World::new().await;
    let fabrikam = world.at_port("fabrikam.example");
    let line = world.lines(&["ping", &fabrikam, "--json"]).remove(0);
    let found = technologies(&line);
    assert!(found.contains_key("exchange-online"), "{found:?}");
    assert!(!found.contains_key("hubspot"), "{found:?}");
    let asked = world.sites.politely("fabrikam.example", REST);
    assert!(!asked.contains(&"/".to_owned()), "{asked:?}");
    let distinct: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(distinct.len(), asked.len(), "{asked:?}");
    let table = world.foresignal(&["ping", &fabrikam]).assert().success();
    table.stdout(contains("robots.txt forbids it").and(contains("Exchange Online")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn domains_come_typed_from_standard_input_and_from_a_list_in_order() {
    let world = World::new().await;
    let of = |lines: &[Value]| {
        lines
            .iter()
            .map(|line| domain(line).to_owned())
            .collect::<Vec<_>>()
    };
    let typed = [
        "ping",
        "firm-2.example",
        "firm-0.example",
        "firm-2.example",
        "--json",
    ];
    assert_eq!(
        of(&world.lines(&typed)),
        ["firm-2.example", "firm-0.example"]
    );
    let mut piped = world.foresignal(&["ping", "-", "--json", "--no-store"]);
    let piped = piped.write_stdin("firm-1.example\n# not this\n\nnodot\nfirm-0.example\n");
    let piped = piped.assert().success().stderr(contains("nodot"));
    let piped = lines(&piped.get_output().stdout);
    assert_eq!(of(&piped), ["firm-1.example", "firm-0.example"]);
    world.write(
        "list.csv",
        "domain,name\nfirm-3.example,Third\nfirm-4.example,Fourth\n",
    );
    let listed = world.lines(&["ping", "--list", "list.csv", "firm-5.example", "--json"]);
    assert_eq!(
        of(&listed),
        ["firm-3.example", "firm-4.example", "firm-5.example"]
    );
    assert_eq!(listed[0]["company"]["name"], "Third");
    assert!(
        listed
            .iter()
            .all(|line| technologies(line).contains_key("google-workspace"))
    );
    // What was looked at without a store is not in it.
    let kept = world.lines(&["export", "--what", "profiles"]);
    let kept: BTreeSet<String> = of(&kept).into_iter().collect();
    let all = [2, 0, 3, 4, 5].map(|number| format!("firm-{number}.example"));
    assert_eq!(kept, BTreeSet::from(all));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_without_a_store_and_tables_are_plain_in_a_pipe() {
    let world = World::new().await;
    for colour in [None, Some("1")] {
        let mut ping = world.foresignal(&["ping", "firm-0.example", "--no-store"]);
        if let Some(value) = colour {
            ping.env("NO_COLOR", value);
        }
        let shown = ping.assert().success();
        shown.stdout(contains("Google Workspace").and(contains("\u{1b}").not()));
    }
    assert!(!world.dir.path().join("data/store").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_code_it_ends_with_tells_what_came_of_it() {
    let world = World::new().await;
    let ends = |arguments: &[&str]| {
        let began = Instant::now();
        let done = world
            .foresignal(arguments)
            .timeout(Duration::from_secs(60))
            .output();
        let done = done.expect("it ran");
        let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        assert!(!said.contains("panicked"), "{said}");
        assert!(
            began.elapsed() < Duration::from_secs(50),
            "{arguments:?}: {said}"
        );
        (done.status.code(), said)
    };
    // That there is no such domain is an answer.
    let (code, said) = ends(&["ping", "nobody.example"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("there is no such domain"), "{said}");
    let (code, said) = ends(&["ping", "failing.example"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("failing.example"), "{said}");
    assert!(!said.contains("no such domain"), "{said}");
    let (code, said) = ends(&["ping", "failing.example", "firm-0.example"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(ends(&["ping"]).0, Some(2));
    let (code, said) = ends(&["ping", "no domain"]);
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(ends(&["ping", "--list", "none.csv"]).0, Some(3));
    let held = SledStore::open(&world.dir.path().join("data"), 4 << 20).expect("it is free");
    assert_eq!(ends(&["ping", "firm-0.example"]).0, Some(4));
    assert_eq!(ends(&["ping", "firm-0.example", "--no-store"]).0, Some(0));
    drop(held);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_of_a_list_loses_nothing_and_doubles_nothing() {
    let world = World::asking(100).await;
    let all: Vec<String> = (0..MANY)
        .map(|number| format!("firm-{number}.example"))
        .collect();
    let list = format!("domain\n{}\n", all.join("\n"));
    world.write("list.csv", &list);
    let mut ping = std::process::Command::new(env!("CARGO_BIN_EXE_foresignal"));
    ping.current_dir(world.dir.path())
        .args(["ping", "--list", "list.csv", "--json"]);
    let ping = ping.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut ping = ping.expect("it runs");
    // The visits of the sites ask for addresses as well, and at once; pings wait for their turn.
    let asked = || {
        let mail = |one: &names::Heard| one.kind == "MX";
        world.names.heard().iter().filter(|one| mail(one)).count()
    };
    let began = Instant::now();
    while asked() < MANY / 2 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{} asked",
            asked()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ping.kill().expect("SIGKILL");
    ping.wait().expect("it is over");
    let kept = |lines: &[Value]| -> BTreeMap<String, BTreeMap<String, String>> {
        let of = |line: &Value| (domain(line).to_owned(), technologies(line));
        lines.iter().map(of).collect()
    };
    let before = kept(&world.lines(&["export", "--what", "profiles"]));
    let full = before.values().filter(|found| !found.is_empty()).count();
    assert!((1..MANY).contains(&full), "{full} of {MANY} were kept");
    world.lines(&["ping", "--list", "list.csv", "--json"]);
    let lines = world.lines(&["export", "--what", "profiles"]);
    let after = kept(&lines);
    assert_eq!((lines.len(), after.len()), (MANY, MANY), "each once");
    for (name, found) in &after {
        assert!(found.contains_key("google-workspace"), "{name}: {found:?}");
        let known = before.get(name).into_iter().flatten();
        for (slug, since) in known {
            assert_eq!(found.get(slug), Some(since), "{name}: {slug}");
        }
    }
    assert_eq!(world.lines(&["export"]), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_pings_too() {
    let world = World::new().await;
    let contoso = world.at_port("contoso.example");
    world.write("list.csv", &format!("domain\n{contoso}\n"));
    world
        .foresignal(&["crawl", "list.csv", "--for", "6s", "--json"])
        .assert()
        .code(predicate::in_iter([0, 7]));
    let known = world
        .foresignal(&["inspect", "company", &contoso, "--json"])
        .assert()
        .success();
    let known: Value = serde_json::from_slice(&known.get_output().stdout).expect("JSON");
    let sources = known["sources"].as_array().expect("a list");
    let pings: Vec<&Value> = sources.iter().filter(|one| one["kind"] == "ping").collect();
    let [ping] = &pings[..] else {
        panic!("{sources:#?}");
    };
    assert_eq!(ping["url"], "dns://contoso.example:53/");
    assert_eq!(ping["state"], "done", "{ping:#}");
    let found = technologies(&known["profile"]);
    for slug in ["google-workspace", "hubspot"] {
        assert!(found.contains_key(slug), "{slug}: {found:?}");
    }
    for host in ["contoso.example", "www.contoso.example"] {
        world.sites.politely(host, REST);
    }
}
