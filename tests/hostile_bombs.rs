//! What is made to cost us dearly, and what it costs: bombs of every coding over real sockets, a
//! page of ten million links, and pages of a hundred thousand nested elements.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

#[path = "hostile/pages.rs"]
#[expect(dead_code, reason = "shared with the web that misbehaves")]
mod pages;
#[path = "hostile/server.rs"]
#[expect(dead_code, reason = "shared with the web that misbehaves")]
mod server;

use std::sync::LazyLock;
use std::time::Duration;

use cpu_time::ThreadTime;
use foresignal::clock::Clock;
use foresignal::extract;
use foresignal::fetch::{Config, Fetch, FetchOutcome, FetchRequest, HttpFetcher, Purpose};
use foresignal::model::page::Page;
use foresignal::model::task::Validators;
use foresignal::model::time::Timestamp;
use foresignal::technographics;
use server::{Server, Step, send};
use url::Url;

/// What a reader may take for any page, in time of the processor: other tests run beside this.
const QUARTER: Duration = Duration::from_millis(250);
const DEEP: usize = 100_000;
const KINDS: &[(&str, &str)] = &[
    ("div", "<div>"),
    ("formatting", "<b><i><font color=red>"),
    ("lists", "<ul><li>"),
    ("tables", "<table><tr><td>"),
    ("quotes", "<blockquote>"),
    ("links", "<a href=/x>"),
    ("spans", "<span>"),
    ("pictures", "<svg><g>"),
    ("formulae", "<math><mrow>"),
    ("templates", "<template>"),
    ("forms", "<form><fieldset>"),
    ("choices", "<select><optgroup><option>"),
    ("frames", "<object>"),
    ("buttons", "<button>"),
    ("paragraphs with formatting", "<p><b>"),
    ("unknown", "<x-y>"),
    ("closing tags", "</p></div>"),
    ("comments", "<!--<"),
    ("attributes", "<p a='"),
];

fn page(url: &str, media: &str, body: Vec<u8>) -> Page {
    Page {
        url: url.to_owned(),
        status: 200,
        headers: vec![("content-type".to_owned(), media.to_owned())],
        body,
        truncated: false,
        fetched: Timestamp(1_780_000_000_000),
        address: None,
    }
}

/// The least of three, because a busy machine's caches are others' too.
fn cost(page: &Page) -> Duration {
    let once = || {
        let began = ThreadTime::now();
        extract::read(page);
        technographics::recognise(page);
        began.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

#[test]
fn a_hundred_thousand_nested_elements_cost_a_quarter_of_a_second() {
    // What is compiled and loaded once is no page's cost.
    cost(&page("https://x.example/", "text/html", b"<p>hi".to_vec()));
    let html = |body: String| page("https://x.example/news/a", "text/html", body.into_bytes());
    let mut cases: Vec<(String, Page)> = KINDS
        .iter()
        .map(|(name, tag)| ((*name).to_owned(), html(tag.repeat(DEEP))))
        .collect();
    let open = "[".repeat(DEEP);
    let objects = "{\"@graph\":".repeat(DEEP);
    for (name, json) in [
        ("lists in JSON-LD", &open),
        ("objects in JSON-LD", &objects),
    ] {
        let body = format!("<script type='application/ld+json'>{json}</script><p>x");
        cases.push((name.to_owned(), html(body)));
    }
    let feed = format!("<rss><channel><item>{}", "<description>".repeat(DEEP));
    let atom = format!(
        "<feed><entry><content type='xhtml'>{}",
        "<div>".repeat(DEEP)
    );
    let json = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{open}");
    let set = format!("<urlset>{}", "<url><loc>".repeat(DEEP));
    for (name, body) in [
        ("RSS", feed),
        ("Atom", atom),
        ("JSON Feed", json),
        ("sitemap", set),
    ] {
        let page = page(
            "https://x.example/feed",
            "application/xml",
            body.into_bytes(),
        );
        cases.push((name.to_owned(), page));
    }
    // A machine that is slower than ours, or shared with others, is slower with every page.
    let honest = "<p>Some words, and <a href=/x>a link</a></p>".repeat(DEEP / 4);
    let limit = QUARTER.max(cost(&html(honest)) * 3);
    println!("{:>8.1} ms  are allowed", limit.as_secs_f64() * 1000.0);
    let mut slow = Vec::new();
    for (name, page) in &cases {
        let cost = cost(page);
        println!("{:>8.1} ms  {name} × {DEEP}", cost.as_secs_f64() * 1000.0);
        if cost > limit {
            slow.push(format!("{name}: {cost:?}"));
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}

/// This process's memory in KiB by this line of its status, where the system says so.
fn memory(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let found = status.lines().find(|found| found.starts_with(line))?;
    found.split_whitespace().nth(1)?.parse().ok()
}

/// Runs it; returns by how much the memory rose at most, in KiB, where the system says so.
async fn risen<T>(what: impl Future<Output = T>) -> (T, Option<u64>) {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    let done = what.await;
    let most = memory("VmHWM:");
    (
        done,
        most.zip(before)
            .map(|(most, before)| most.saturating_sub(before)),
    )
}

// Made once, so that the making is not measured.
static GZIP: LazyLock<Vec<u8>> = LazyLock::new(pages::gzip_bomb);
static DEFLATE: LazyLock<Vec<u8>> = LazyLock::new(pages::zlib_bomb);
static BROTLI: LazyLock<Vec<u8>> = LazyLock::new(pages::brotli_bomb);
static ZSTD: LazyLock<Vec<u8>> = LazyLock::new(pages::zstd_bomb);
static SITEMAP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut whole = b"<urlset>".to_vec();
    whole.resize(64 << 20, b' ');
    pages::gzip(&whole)
});

fn packed_sitemap(_: &str, _: &str) -> Vec<Step> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-gzip\r\nConnection: close\r\n\r\n";
    vec![send(head), Step::Send(SITEMAP.clone())]
}

fn links(_: &str, _: &str) -> Vec<Step> {
    let thousand: String = (0..1000)
        .map(|n| format!("<a href='/news/a-{n}'>n</a>"))
        .collect();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    vec![send(head), Step::Repeat(thousand.into_bytes(), 10_000)]
}

#[tokio::test]
async fn no_bomb_takes_more_memory_than_the_limit_asks_for() {
    let scripts: [(&str, server::Script); 6] = [
        ("gzip", |_, _| pages::coded("gzip", GZIP.clone())),
        ("deflate", |_, _| pages::coded("deflate", DEFLATE.clone())),
        ("brotli", |_, _| pages::coded("br", BROTLI.clone())),
        ("zstd", |_, _| pages::coded("zstd", ZSTD.clone())),
        ("sitemap.xml.gz", packed_sitemap),
        ("10 million links", links),
    ];
    let config = Config {
        contact: "https://x.example/bot".to_owned(),
        allow_loopback: true,
        dns: vec![([127, 0, 0, 1], 53).into()],
        ..Config::default()
    };
    let fetcher = HttpFetcher::new(&config, Clock::system()).expect("a client");
    for bomb in [&GZIP, &DEFLATE, &BROTLI, &ZSTD, &SITEMAP] {
        assert!(bomb.len() < 1 << 20, "it is small on the wire");
    }
    for (number, (name, script)) in scripts.into_iter().enumerate() {
        let server = Server::playing(script, true, 7000 + number).await;
        let ask = |path: &str| FetchRequest {
            url: Url::parse(&format!("{}{path}", server.root())).expect("a URL"),
            validators: Validators::default(),
            purpose: Purpose::Page,
        };
        let (fetched, fetching) = risen(fetcher.fetch(ask("/way"))).await;
        let FetchOutcome::Page(page) = fetched.outcome else {
            panic!("{name}: {:?}", fetched.outcome)
        };
        let began = ThreadTime::now();
        let (links, reading) = risen(async { extract::read(&page).links.len() }).await;
        let cost = began.elapsed();
        println!(
            "{name}: {} bytes kept, cut: {}, {fetching:?} KiB to fetch in {:?}, {reading:?} KiB \
             to read in {cost:?}, {links} links",
            page.body.len(),
            page.truncated,
            fetched.took
        );
        assert!(page.body.len() <= config.max_body, "{name}");
        // Twice the limit while the body grows, and what the sockets and the server hold.
        assert!(
            fetching.is_none_or(|kib| kib < 32 << 10),
            "{name}: {fetching:?}"
        );
        assert!(
            reading.is_none_or(|kib| kib < 400 << 10),
            "{name}: {reading:?}"
        );
    }
}
