//! Whatever a list, a page, a redirect or a name server says: nobody is asked but public web
//! servers. Over real sockets: a canary listens on every local address, and hears nothing.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

#[path = "ssrf/addresses.rs"]
mod addresses;
#[path = "ssrf/crawl.rs"]
mod crawl;
#[path = "ssrf/names.rs"]
mod names;
#[path = "hostile/server.rs"]
#[expect(
    dead_code,
    reason = "shared with the misbehaving web, which needs more of it"
)]
mod server;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use addresses::{LOOPBACK, NO_URL, ODD_LOOPBACK, PRIVATE, REFUSED_URLS};
use foresignal::clock::Clock;
use foresignal::fetch::{Config, Fetch, FetchOutcome, FetchRequest, HttpFetcher, Purpose};
use foresignal::model::state::Failure;
use foresignal::model::task::Validators;
use foresignal::model::url;
use names::NameServer;
use server::{Server, Step, html, redirect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A listener that must not be reached, on every address of this machine at one port.
struct Canary {
    port: u16,
    reached: Arc<AtomicUsize>,
}

impl Canary {
    async fn listening() -> Canary {
        let any = (Ipv6Addr::UNSPECIFIED, 0);
        let listener = match TcpListener::bind(any).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind("0.0.0.0:0").await.expect("a port"),
        };
        let port = listener.local_addr().expect("it is bound").port();
        let reached = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&reached);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                // Closing with the request unread would reset the connection.
                let _ = stream.read(&mut [0; 4096]).await;
                let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                let _ = stream.write_all(answer).await;
            }
        });
        Canary { port, reached }
    }

    fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }
}

/// Loopback is closed, but the canary's port is not: nothing but the address stands in the way.
fn closed(canary: &Canary) -> Config {
    Config {
        contact: "https://x.example/bot".to_owned(),
        connect_timeout: Duration::from_secs(2),
        read_timeout: Duration::from_secs(2),
        total_timeout: Duration::from_secs(3),
        robots_timeout: Duration::from_secs(3),
        extra_ports: vec![canary.port],
        dns: vec![([127, 0, 0, 1], 9).into()],
        ..Config::default()
    }
}

fn open(canary: &Canary) -> Config {
    Config {
        allow_loopback: true,
        ..closed(canary)
    }
}

fn fetcher(config: &Config) -> HttpFetcher {
    HttpFetcher::new(config, Clock::system()).expect("a client")
}

async fn outcome(fetcher: &HttpFetcher, url: &str, purpose: Purpose) -> FetchOutcome {
    let request = FetchRequest {
        url: ::url::Url::parse(url).unwrap_or_else(|why| panic!("{url}: {why}")),
        validators: Validators::default(),
        purpose,
    };
    fetcher.fetch(request).await.outcome
}

const REFUSED: FetchOutcome = FetchOutcome::Failed(Failure::Private);

#[tokio::test]
async fn no_spelling_of_an_address_is_asked() {
    let canary = Canary::listening().await;
    let (shut, ajar) = (fetcher(&closed(&canary)), fetcher(&open(&canary)));
    let at = |host: &str| format!("http://{host}:{}/", canary.port);
    for purpose in [Purpose::Page, Purpose::Robots] {
        for host in [PRIVATE, ODD_LOOPBACK, LOOPBACK].concat() {
            let outcome = outcome(&shut, &at(host), purpose).await;
            assert_eq!(outcome, REFUSED, "{host}, for {purpose:?}");
        }
        // With loopback allowed, nothing else is.
        for host in PRIVATE {
            let outcome = outcome(&ajar, &at(host), purpose).await;
            assert_eq!(
                outcome, REFUSED,
                "{host}, for {purpose:?}, loopback allowed"
            );
        }
    }
    assert_eq!(canary.reached(), 0);
    for host in LOOPBACK {
        let outcome = outcome(&ajar, &at(host), Purpose::Page).await;
        assert!(
            matches!(outcome, FetchOutcome::Page(_)),
            "{host}: {outcome:?}"
        );
    }
    assert_eq!(canary.reached(), LOOPBACK.len(), "the canary is alive");
}

#[tokio::test]
async fn what_is_no_plain_web_address_is_not_even_known() {
    let canary = Canary::listening().await;
    let port = canary.port.to_string();
    for text in NO_URL {
        let text = text.replace("PORT", &port);
        assert_eq!(url::parse(&text), None, "{text}");
    }
    let shut = fetcher(&closed(&canary));
    for text in REFUSED_URLS {
        let text = text.replace("PORT", &port);
        assert_eq!(
            outcome(&shut, &text, Purpose::Page).await,
            REFUSED,
            "{text}"
        );
    }
    assert_eq!(canary.reached(), 0);
}

/// Redirects to the URL that its own path holds, escaped.
fn redirects(path: &str, _root: &str) -> Vec<Step> {
    let escaped = path.trim_start_matches("/to?");
    let pieces = ::url::form_urlencoded::parse(escaped.as_bytes());
    match pieces.into_iter().find(|(name, _)| name == "u") {
        Some((_, target)) => redirect(&target),
        None => html("no target"),
    }
}

#[tokio::test]
async fn no_redirect_leads_there() {
    let canary = Canary::listening().await;
    let front = Server::playing(redirects, true, 5000).await;
    let ajar = fetcher(&open(&canary));
    let port = canary.port.to_string();
    let literals = PRIVATE.iter().map(|host| format!("http://{host}:{port}/"));
    let texts = NO_URL.iter().map(|text| text.replace("PORT", &port));
    // A scheme that we do not have, before anything else, is no relative path.
    let targets: Vec<String> = literals
        .chain(texts.filter(|text| text.contains(':')))
        .collect();
    for purpose in [Purpose::Page, Purpose::Robots] {
        for target in &targets {
            let query: String = ::url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
            let url = format!("{}/to?u={query}", front.root());
            let outcome = outcome(&ajar, &url, purpose).await;
            let astray = FetchOutcome::Failed(Failure::BadRedirect);
            assert_eq!(outcome, astray, "{target}, for {purpose:?}");
        }
    }
    assert_eq!(front.heard().len(), 2 * targets.len());
    assert_eq!(canary.reached(), 0);
}

#[tokio::test]
async fn no_name_leads_there() {
    let canary = Canary::listening().await;
    let names = NameServer::listening().await;
    let with_names = |config: Config| Config {
        dns: vec![names.address],
        ..config
    };
    let shut = fetcher(&with_names(closed(&canary)));
    let ajar = fetcher(&with_names(open(&canary)));
    let addresses = |hosts: &[&str]| -> Vec<IpAddr> {
        let bare = hosts.iter().map(|host| host.trim_matches(['[', ']']));
        bare.filter_map(|host| host.parse().ok()).collect()
    };
    let private = addresses(PRIVATE);
    // 192.0.9.9 is public and nobody's here: a refusal is told before anything is connected to.
    let public: IpAddr = [192, 0, 9, 9].into();
    for (number, address) in private.iter().chain(&addresses(LOOPBACK)).enumerate() {
        let is_loopback = number >= private.len();
        let alone = names.put(&format!("alone{number}.example"), &[*address]);
        let mixed = names.put(&format!("mixed{number}.example"), &[public, *address]);
        for name in [alone, mixed] {
            let url = format!("http://{name}:{}/", canary.port);
            assert_eq!(
                outcome(&shut, &url, Purpose::Page).await,
                REFUSED,
                "{name} {address}"
            );
            if !is_loopback {
                let outcome = outcome(&ajar, &url, Purpose::Page).await;
                assert_eq!(outcome, REFUSED, "{name} {address}, loopback allowed");
            }
        }
    }
    assert_eq!(canary.reached(), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_address_finds_nothing() {
    let canary = Canary::listening().await;
    let names = NameServer::listening().await;
    let config = Config {
        dns: vec![names.address],
        ..open(&canary)
    };
    let ajar = fetcher(&config);
    let home: IpAddr = [127, 0, 0, 1].into();
    for (number, turned) in ["10.0.0.1", "169.254.169.254", "0.0.0.0", "192.168.1.1"]
        .iter()
        .enumerate()
    {
        let name = names.put(&format!("turns{number}.example"), &[home]);
        let url = format!("http://{name}:{}/", canary.port);
        let first = outcome(&ajar, &url, Purpose::Page).await;
        assert!(matches!(first, FetchOutcome::Page(_)), "{first:?}");
        let reached = canary.reached();
        names.put(&name, &[turned.parse().expect("an address")]);
        assert_eq!(
            outcome(&ajar, &url, Purpose::Page).await,
            REFUSED,
            "{turned}"
        );
        assert_eq!(canary.reached(), reached, "{turned}");
    }
}

#[test]
fn the_tables_are_large() {
    let literals = PRIVATE.len() + ODD_LOOPBACK.len() + LOOPBACK.len();
    let bare = PRIVATE.iter().map(|host| host.trim_matches(['[', ']']));
    let named = bare.filter(|host| host.parse::<IpAddr>().is_ok());
    let cases = 2 * literals // seeds and robots.txt
        + 2 * PRIVATE.len() // with loopback allowed
        + NO_URL.len() + REFUSED_URLS.len()
        + 2 * (PRIVATE.len() + NO_URL.len()) // redirects of pages and of robots.txt
        + 4 * named.count() + 2 * LOOPBACK.len(); // names: alone and mixed, loopback shut and open
    assert!(cases >= 120, "{cases}");
    println!("{literals} spellings, {cases} cases");
}
