//! The demo's web: every company of `seeds/demo` on a loopback address of its own, with the
//! manners and the bad manners of real servers, and a log to prove how it was asked.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request as Incoming, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use tokio::runtime::Handle;
use tokio::sync::watch;
use xxhash_rust::xxh3::xxh3_64;

use super::log::Log;
pub use super::log::Request;
use super::site::{self, Answer, Site};
use crate::model::company::{Company, CompanyId};

/// The pages are embedded without the days of their files; they were last edited on this one.
const LAST_MODIFIED: &str = "Fri, 20 Nov 2026 08:00:00 GMT";

/// The running web. Dropping it stops it: requests under way are answered, no new ones taken.
pub struct DemoWeb {
    companies: Vec<Company>,
    log: Log,
    _stop: watch::Sender<()>,
}

impl DemoWeb {
    /// Opens every company's door and begins to answer, on the current tokio runtime.
    pub fn start() -> anyhow::Result<DemoWeb> {
        let runtime = Handle::try_current().context("the demo's web needs a running runtime")?;
        let sites = site::all()?;
        let listeners = bind(sites.len()).context("cannot listen on loopback")?;
        let log = Log::new();
        let (stop, stopped) = watch::channel(());
        let mut companies = Vec::new();
        for (site, listener) in sites.into_iter().zip(listeners) {
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            companies.push(company(&site, address));
            let door = Arc::new(Door {
                base: format!("http://{address}"),
                host: address.to_string(),
                refused: AtomicU32::new(0),
                log: log.clone(),
                site,
            });
            let mut stopped = stopped.clone();
            let server = axum::serve(listener, routes(door)).with_graceful_shutdown(async move {
                // The sender is never used but to be dropped, so this ends with an error.
                let _ = stopped.changed().await;
            });
            runtime.spawn(server.into_future());
        }
        Ok(DemoWeb {
            companies,
            log,
            _stop: stop,
        })
    }

    /// The companies to crawl, with the addresses they are served at as their domains; the slug
    /// that names their folder in `seeds/demo` is their CRM id.
    pub fn companies(&self) -> Vec<Company> {
        self.companies.clone()
    }

    /// Every request so far, in the order of arrival.
    pub fn log(&self) -> Vec<Request> {
        self.log.read()
    }
}

/// One listener a company: on addresses of their own where the system has all of 127.0.0.0/8, or
/// else on ports of their own.
fn bind(count: usize) -> io::Result<Vec<TcpListener>> {
    let apart = (1..=count)
        .map(|place| {
            let last = u8::try_from(place).map_err(io::Error::other)?;
            listen(Ipv4Addr::new(127, 0, 1, last))
        })
        .collect::<io::Result<Vec<_>>>();
    match apart {
        Ok(listeners) => Ok(listeners),
        Err(_) => (0..count).map(|_| listen(Ipv4Addr::LOCALHOST)).collect(),
    }
}

fn listen(address: Ipv4Addr) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::new(IpAddr::V4(address), 0))
}

fn company(site: &Site, address: SocketAddr) -> Company {
    let domain = address.to_string();
    let first_urls = site.first_urls.iter();
    Company {
        id: CompanyId(domain.clone()),
        name: site.name.clone(),
        aliases: site.aliases.clone(),
        country: Some(site.country.clone()),
        industry: Some(site.industry.clone()),
        employees: Some(site.employees),
        crm_id: Some(site.slug.clone()),
        first_urls: first_urls
            .map(|url| url.replace("{{base}}", &format!("http://{domain}")))
            .collect(),
        notes: site.notes.clone(),
        ..Company::new(&domain)
    }
}

/// A site at its address, and what it remembers of those who knock.
struct Door {
    site: Site,
    base: String,
    host: String,
    refused: AtomicU32,
    log: Log,
}

fn routes(door: Arc<Door>) -> Router {
    Router::new()
        .route("/", get(serve))
        .route("/{*path}", get(serve))
        .with_state(door)
}

async fn serve(State(door): State<Arc<Door>>, request: Incoming) -> Response {
    let place = door.log.arrived(&door.host, &request);
    if door.site.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(door.site.latency_ms)).await;
    }
    let response = door.answer(&request);
    door.log.answered(place, response.status());
    response
}

impl Door {
    fn answer(&self, request: &Incoming) -> Response {
        let path = request.uri().path();
        let rules = ["/robots.txt", crate::fetch::tdmrep::PATH];
        if !rules.contains(&path) && self.refuses() {
            let wait = self.site.retry_after.to_string();
            return respond(429, &[(header::RETRY_AFTER, &wait)], Vec::new());
        }
        match self.site.answer(path, request.uri().query(), &self.base) {
            Answer::Moved { status, to } => respond(status, &[(header::LOCATION, &to)], Vec::new()),
            Answer::Missing { body, kind } => respond(404, &[(header::CONTENT_TYPE, &kind)], body),
            Answer::Page { body, kind } => {
                let etag = format!("\"{:016x}\"", xxh3_64(&body));
                let known = [
                    (header::ETAG, etag.as_str()),
                    (header::LAST_MODIFIED, LAST_MODIFIED),
                ];
                if unchanged(request.headers(), &etag) {
                    return respond(304, &known, Vec::new());
                }
                let [etag, modified] = known;
                respond(200, &[(header::CONTENT_TYPE, &kind), etag, modified], body)
            }
        }
    }

    /// Whether this is one of the first requests, which are turned away.
    fn refuses(&self) -> bool {
        self.refused
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |refused| {
                (refused < self.site.refuse_first).then_some(refused + 1)
            })
            .is_ok()
    }
}

/// RFC 9110 §13.2.2: an entity tag, where one is sent, decides alone.
fn unchanged(asked: &HeaderMap, etag: &str) -> bool {
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());
    match text(header::IF_NONE_MATCH) {
        Some(tags) => tags.split(',').any(|tag| tag.trim() == etag),
        None => text(header::IF_MODIFIED_SINCE) == Some(LAST_MODIFIED),
    }
}

fn respond(status: u16, headers: &[(header::HeaderName, &str)], body: Vec<u8>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, *value);
    }
    // What cannot be sent is a slip in the list of companies; the visitor sees a broken server.
    response.body(Body::from(body)).unwrap_or_else(|_| {
        let mut broken = Response::new(Body::empty());
        *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Head and body of the answer to a GET at the company that `slug` names.
    async fn ask(web: &DemoWeb, slug: &str, path: &str, header: &str) -> (String, String) {
        let host = host(web, slug);
        let mut socket = tokio::net::TcpStream::connect(&host)
            .await
            .expect("it listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: tester\r\nConnection: \
             close\r\n{header}\r\n"
        );
        let sent = socket.write_all(request.as_bytes()).await;
        sent.expect("it reads");
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.expect("it answers");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head ends");
        (head.to_lowercase(), body.to_owned())
    }

    fn host(web: &DemoWeb, slug: &str) -> String {
        let companies = web.companies();
        let company = companies
            .iter()
            .find(|company| company.crm_id.as_deref() == Some(slug))
            .expect("it is listed");
        company.id.0.clone()
    }

    #[tokio::test]
    async fn pages_know_where_they_are_served() {
        let web = DemoWeb::start().expect("loopback is there");
        let (head, body) = ask(&web, "lumora", "/robots.txt", "").await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let sitemap = format!("Sitemap: http://{}/sitemap.xml", host(&web, "lumora"));
        assert!(body.contains(&sitemap), "{body}");
        let (head, _) = ask(&web, "lumora", "/no-such-page", "").await;
        assert!(head.starts_with("http/1.1 404"), "{head}");
    }

    #[tokio::test]
    async fn what_is_known_is_not_sent_again() {
        let web = DemoWeb::start().expect("loopback is there");
        let (head, _) = ask(&web, "lumora", "/", "").await;
        let etag = head
            .lines()
            .find_map(|line| line.strip_prefix("etag: "))
            .expect("a tag is sent");
        for known in [
            format!("If-None-Match: {etag}\r\n"),
            format!("If-Modified-Since: {LAST_MODIFIED}\r\n"),
        ] {
            let (head, body) = ask(&web, "lumora", "/", &known).await;
            assert!(head.starts_with("http/1.1 304"), "{head}");
            assert_eq!(body, "");
        }
        let stale = "If-None-Match: \"other\"\r\n";
        let (head, _) = ask(&web, "lumora", "/", stale).await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
    }

    #[tokio::test]
    async fn a_busy_host_asks_for_patience_and_then_answers() {
        let web = DemoWeb::start().expect("loopback is there");
        let (head, _) = ask(&web, "kestrel", "/robots.txt", "").await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        for _ in 0..2 {
            let (head, _) = ask(&web, "kestrel", "/", "").await;
            assert!(head.starts_with("http/1.1 429"), "{head}");
            assert!(head.contains("retry-after: 2"), "{head}");
        }
        let (head, _) = ask(&web, "kestrel", "/", "").await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
    }

    #[tokio::test]
    async fn what_has_moved_says_where() {
        let web = DemoWeb::start().expect("loopback is there");
        let (head, _) = ask(&web, "tidewell", "/news", "").await;
        assert!(head.starts_with("http/1.1 301"), "{head}");
        assert!(head.contains("location: /newsroom/"), "{head}");
        let (head, _) = ask(&web, "tidewell", "/newsroom", "").await;
        assert!(head.contains("location: /newsroom/"), "{head}");
    }

    #[tokio::test]
    async fn the_calendar_has_no_end() {
        let web = DemoWeb::start().expect("loopback is there");
        let (_, body) = ask(&web, "merrow", "/calendar?month=2031-12", "").await;
        assert!(body.contains("/calendar?month=2032-01"), "{body}");
    }

    #[tokio::test]
    async fn every_request_is_taken_down() {
        let web = DemoWeb::start().expect("loopback is there");
        let _ = ask(&web, "lumora", "/?utm_source=x", "").await;
        let log = web.log();
        assert_eq!(log.len(), 1);
        assert_eq!(log[0].host, host(&web, "lumora"));
        assert_eq!(log[0].path, "/?utm_source=x");
        assert_eq!(log[0].status, 200);
        assert_eq!(log[0].user_agent, "tester");
        assert!(log[0].start <= log[0].end);
    }

    #[tokio::test]
    async fn a_dropped_web_answers_nobody() {
        let web = DemoWeb::start().expect("loopback is there");
        let host = host(&web, "lumora");
        drop(web);
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(&host).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{host} still listens");
    }
}
