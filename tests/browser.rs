//! Pages that show nothing without scripts, in a real Chromium (`cargo test --features browser`):
//! the real binary, a real server on loopback, which writes down what it is asked.
//!
//! The program is /usr/bin/chromium, or what `FORESIGNAL_TEST_BROWSER` names; where there is none,
//! the tests say so and end.

#![expect(
    clippy::print_stderr,
    reason = "what was skipped is for a person to see"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assert_cmd::Command;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request as Incoming, State};
use axum::http::header;
use axum::response::Response;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::Instant;

const REST: Duration = Duration::from_millis(200);

/// One request: `GET /app.js`, and when it came.
type Log = Arc<Mutex<Vec<(String, Instant)>>>;

struct World {
    dir: TempDir,
    site: SocketAddr,
    log: Log,
    /// Another host, which nobody may be led to.
    elsewhere: Log,
}

impl World {
    /// A site whose pages need scripts; `None`: there is no browser to test with.
    async fn new() -> Option<World> {
        let program = std::env::var_os("FORESIGNAL_TEST_BROWSER");
        let program = program.map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
        if !program.exists() {
            eprintln!("skipped: no browser at {}", program.display());
            return None;
        }
        let (other, elsewhere) = serve(|path| Some(("text/plain", path.to_owned()))).await;
        let (site, log) = serve(move |path| page(path, other)).await;
        let dir = tempfile::tempdir().expect("a directory");
        let config = format!(
            "[fetch]\ncontact = \"https://operator.example/bot\"\nallow_loopback = true\n\
             dns = [\"127.0.0.1:1\"]\n\
             [crawl]\nrest = \"{REST:?}\"\naddress_rest = \"10ms\"\nrest_factor = 0.0\npatience = \"1s\"\n\
             [browser]\nprogram = {program:?}\nsandbox = false\npatience = \"5s\"\nrequests = 8\n"
        );
        std::fs::write(dir.path().join("config.toml"), config).expect("written");
        std::fs::write(dir.path().join("list.csv"), format!("domain\n{site}\n")).expect("written");
        Some(World {
            dir,
            site,
            log,
            elsewhere,
        })
    }

    fn foresignal(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foresignal"));
        command.env_remove("RUST_LOG").env_remove("NO_COLOR");
        command.current_dir(self.dir.path()).args(arguments);
        command
    }

    fn inspect(&self, path: &str) -> Value {
        let url = format!("http://{}{path}", self.site);
        let done = self
            .foresignal(&["inspect", "url", &url, "--json"])
            .assert();
        serde_json::from_slice(&done.success().get_output().stdout).expect("JSON")
    }

    /// The requests so far, each at least the host's rest after the one before.
    #[track_caller]
    fn politely(&self) -> Vec<String> {
        let log = self.log.lock().expect("nobody panicked with it");
        for pair in log.windows(2) {
            let apart = pair[1].1.duration_since(pair[0].1);
            assert!(apart >= REST, "{apart:?}: {} {}", pair[0].0, pair[1].0);
        }
        log.iter().map(|(asked, _)| asked.clone()).collect()
    }
}

async fn serve(
    answer: impl Fn(&str) -> Option<(&'static str, String)> + Clone + Send + Sync + 'static,
) -> (SocketAddr, Log) {
    let log = Log::default();
    let heard = Arc::clone(&log);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new()
        .fallback(move |State(log): State<Log>, asked: Incoming| {
            let answer = answer.clone();
            async move {
                let path = asked.uri().path().to_owned();
                let line = format!("{} {path}", asked.method());
                log.lock()
                    .expect("nobody panicked with it")
                    .push((line, Instant::now()));
                let build = match answer(&path) {
                    Some((kind, body)) => Response::builder()
                        .header(header::CONTENT_TYPE, kind)
                        .body(Body::from(body)),
                    None => Response::builder().status(404).body(Body::empty()),
                };
                build.expect("a response")
            }
        })
        .with_state(heard);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, log)
}

fn page(path: &str, other: SocketAddr) -> Option<(&'static str, String)> {
    let shell = |script: &str| {
        let noscript = "You need to enable JavaScript to run this app.";
        format!(
            "<!doctype html><html lang=en><head><title>Northwind</title>\
             <link rel=stylesheet href=/style.css><script defer src={script}></script></head>\
             <body><noscript>{noscript}</noscript><div id=root></div></body></html>"
        )
    };
    let html = |script| Some(("text/html; charset=utf-8", shell(script)));
    let script = |text: String| Some(("text/javascript", text));
    match path {
        "/robots.txt" => Some(("text/plain", "User-agent: *\nDisallow: /private\n".to_owned())),
        "/" => html("/app.js"),
        "/app.js" => script(format!(
            "const root = document.getElementById('root');
             new Image().src = '/pixel.png';
             fetch('/private/data.json').catch(() => 0);
             fetch('/api/order', {{method: 'POST', body: 'x'}}).catch(() => 0);
             fetch('http://{other}/steal').catch(() => 0);
             new WebSocket('ws://{other}/socket');
             fetch('/news.json').then(answer => answer.json()).then(news => {{
                 root.innerHTML = '<nav><a href=/endless>Endless</a> <a href=/hangs>Hangs</a></nav>' +
                     '<main><h1>' + news.title + '</h1><p>' + news.text + '</p></main>';
             }});"
        )),
        "/news.json" => Some((
            "application/json",
            r#"{"title": "Northwind opens a plant in Zaragoza", "text": "Northwind opens a new plant in Zaragoza in spring, where it will employ two hundred people, most of them welders and electricians from the region."}"#
                .to_owned(),
        )),
        "/endless" => html("/endless.js"),
        "/endless.js" => script(
            "let n = 0; const more = () => fetch('/more/' + n++).then(more, more);
             for (let i = 0; i < 50; i++) more();"
                .to_owned(),
        ),
        "/hangs" => html("/hangs.js"),
        "/hangs.js" => script("while (true) {}".to_owned()),
        more if more.starts_with("/more/") => Some(("text/plain", "more".to_owned())),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_scripts_write_is_read_as_a_browser_shows_it() {
    let Some(world) = World::new().await else {
        return;
    };
    world
        .foresignal(&["crawl", "list.csv", "--for", "60s"])
        .assert()
        .success();
    let asked = world.politely();
    for (line, times) in [
        ("GET /robots.txt", 1),
        ("GET /", 1),
        ("GET /app.js", 1),
        ("GET /news.json", 1),
        ("GET /style.css", 0),
        ("GET /pixel.png", 0),
        ("GET /private/data.json", 0),
        ("POST /api/order", 0),
    ] {
        let heard = asked.iter().filter(|one| *one == line).count();
        assert_eq!(heard, times, "{line}: {asked:?}");
    }
    let more = asked.iter().filter(|one| one.contains("/more/")).count();
    assert!((1..=8).contains(&more), "{asked:?}");
    let elsewhere = world.elsewhere.lock().expect("nobody panicked with it");
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    let home = world.inspect("/");
    assert_eq!(home["task"]["state"], "done");
    assert!(home["archived"].is_object(), "as it was shown: {home}");
    // Only scripts wrote the links that lead there. One shows little, but that is all there is of it.
    assert_eq!(world.inspect("/hangs")["task"]["state"], "scripted");
    assert_eq!(world.inspect("/endless")["task"]["state"], "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_such_a_page_says_so() {
    let Some(world) = World::new().await else {
        return;
    };
    world
        .foresignal(&["crawl", "list.csv", "--for", "60s"])
        .env("FORESIGNAL_BROWSER_PROGRAM", "")
        .assert()
        .success()
        .stdout(contains("scripted ×1"));
    let asked = world.politely();
    assert!(asked.iter().all(|one| !one.ends_with(".js")), "{asked:?}");
    assert_eq!(world.inspect("/")["task"]["state"], "scripted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_none_is_named() {
    let Some(world) = World::new().await else {
        return;
    };
    world
        .foresignal(&["crawl", "list.csv"])
        .env("FORESIGNAL_BROWSER_PROGRAM", "/no/such/program")
        .assert()
        .code(3)
        .stderr(contains(
            "[browser] program \"/no/such/program\" does not start",
        ));
}
