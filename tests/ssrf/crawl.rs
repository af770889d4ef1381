//! A whole crawl of a company that means harm: whatever its pages, feeds, sitemaps, rules and
//! redirects name, nobody is asked but its own site.
//!
//! The site itself stands on loopback, and the fetcher in use lets nobody there: so this test's
//! fetcher is two, of which the open one asks that site and nobody else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Limits, Parts};
use foresignal::fetch::{self, Fetch, FetchRequest, Fetched, HttpFetcher};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::{RobotsState, Trouble};
use foresignal::model::state::{Failure, State};
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::url::{self, Host};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use foresignal::technographics::observed::{Asked, Question};

use crate::addresses::{LOOPBACK, ODD_LOOPBACK, PRIVATE};
use crate::names::NameServer;
use crate::server::{Server, Step, bare, html, page, redirect, send};
use crate::{Canary, closed, fetcher, open};

/// The port that the canary listens at, which all that is named here is at.
static PORT: OnceLock<u16> = OnceLock::new();

/// The ways in which a page can name another: each has a name of its own for every address.
const FOLLOWED: &[&str] = &["link", "feed", "robots", "moved", "base", "canonical"];
/// What the crawl is told, and does not go to; a sitemap speaks for its own host alone.
const NOT_FOLLOWED: &[&str] = &["refresh", "policy", "image", "entry", "index"];

/// Every address, as it can stand in a name server's answer.
fn addresses() -> Vec<IpAddr> {
    let hosts = [PRIVATE, LOOPBACK].concat();
    let bare = hosts.iter().map(|host| host.trim_matches(['[', ']']));
    bare.filter_map(|host| host.parse().ok()).collect()
}

fn spellings() -> Vec<&'static str> {
    [PRIVATE, ODD_LOOPBACK, LOOPBACK].concat()
}

fn name(way: &str, number: usize) -> String {
    format!("{way}{number}.evil.example")
}

/// What a page says to lead there by this way: every name, and every spelling of an address.
fn targets(way: &str) -> Vec<String> {
    let port = PORT.get().copied().unwrap_or_default();
    let names = (0..addresses().len()).map(|number| name(way, number));
    let hosts = names.chain(spellings().into_iter().map(str::to_owned));
    let path = if way == "index" {
        "s.xml"
    } else {
        "news/a-long-new-story"
    };
    hosts
        .map(|host| format!("http://{host}:{port}/{path}"))
        .collect()
}

fn each(way: &str, form: impl Fn(&str) -> String) -> String {
    targets(way).iter().map(|target| form(target)).collect()
}

/// One target of a way, by the number at the end of the path.
fn target(way: &str, path: &str) -> String {
    let number = path
        .rsplit('-')
        .next()
        .and_then(|number| number.parse().ok());
    targets(way).swap_remove(number.unwrap_or(0))
}

/// Pages of the site that hold one target each, for ways that a page can use once.
fn leaves(way: &str) -> String {
    let leaf = |number| format!("<a href='/news/story-by-{way}-{number}'>x</a> ");
    (0..targets(way).len()).map(leaf).collect()
}

fn site(path: &str, _root: &str) -> Vec<Step> {
    let way = path
        .strip_prefix("/news/story-by-")
        .and_then(|rest| rest.split('-').next());
    match (path, way) {
        ("/robots.txt", _) => {
            let named = each("robots", |target| format!("Sitemap: {target}\n"));
            vec![send(format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nSitemap: {}/sitemap.xml\n{named}",
                home()
            ))]
        }
        ("/", _) => html(format!(
            "<link rel=alternate type='application/rss+xml' href='/feed.xml'>{}{}",
            each("link", |target| format!("<a href='{target}'>a story</a> ")),
            "moved base canonical refresh policy image"
                .split(' ')
                .map(leaves)
                .collect::<String>()
        )),
        ("/feed.xml", _) => {
            let item = |target: &str| format!("<item><title>n</title><link>{target}</link></item>");
            let items = each("feed", item);
            page(
                "application/rss+xml",
                format!("<rss><channel>{items}</channel></rss>"),
            )
        }
        ("/sitemap.xml", _) => {
            let index = each("index", |target| {
                format!("<sitemap><loc>{target}</loc></sitemap>")
            });
            let own = format!("<sitemap><loc>{}/own.xml</loc></sitemap>", home());
            page(
                "application/xml",
                format!("<sitemapindex>{own}{index}</sitemapindex>"),
            )
        }
        ("/own.xml", _) => {
            let entries = each("entry", |target| format!("<url><loc>{target}</loc></url>"));
            page("application/xml", format!("<urlset>{entries}</urlset>"))
        }
        (_, Some(way @ "moved")) => redirect(&target(way, path)),
        (_, Some(way @ "base")) => html(format!(
            "<base href='{}'><a href='another-long-story'>x</a>",
            target(way, path)
        )),
        (_, Some(way @ "canonical")) => html(format!(
            "<link rel=canonical href='{}'><p>x",
            target(way, path)
        )),
        (_, Some(way @ "refresh")) => html(format!(
            "<meta http-equiv=refresh content='0; url={}'><p>x",
            target(way, path)
        )),
        (_, Some(way @ "policy")) => vec![send(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTDM-Reservation: 1\r\nConnection: close\r\n\
             TDM-Policy: {0}\r\nLink: <{0}>; rel=\"next\"\r\nContent-Location: {0}\r\n\
             Content-Length: 4\r\n\r\n<p>x",
            target(way, path)
        ))],
        (_, Some(way @ "image")) => {
            let target = target(way, path);
            html(format!(
                "<img src='{target}'><script src='{target}'></script><p>x"
            ))
        }
        _ if path.starts_with("/home/") => redirect(&target("moved", &path.replace('/', "-"))),
        _ => bare("404 Not Found"),
    }
}

/// Of a host whose rules have moved to each of the addresses' names in turn.
fn rules_elsewhere(path: &str, root: &str) -> Vec<Step> {
    let octet = root
        .split(['.', ':'])
        .nth(4)
        .and_then(|octet| octet.parse::<usize>().ok());
    let number = octet.unwrap_or_default() % 100;
    match path {
        "/robots.txt" => redirect(&targets("rules").swap_remove(number)),
        _ => html("<p>x"),
    }
}

static HOME: OnceLock<String> = OnceLock::new();

fn home() -> &'static str {
    HOME.get().map_or("", String::as_str)
}

/// Asks the company's own hosts by the one, and everybody else by the other.
struct Split {
    own: Vec<String>,
    open: HttpFetcher,
    closed: HttpFetcher,
}

impl Fetch for Split {
    async fn fetch(&self, request: FetchRequest) -> Fetched {
        let host = request.url.host_str().unwrap_or_default();
        let port = request.url.port().unwrap_or_default();
        if self.own.contains(&format!("{host}:{port}")) {
            self.open.fetch(request).await
        } else {
            self.closed.fetch(request).await
        }
    }

    async fn ask(&self, questions: Vec<Question>) -> Vec<Asked> {
        self.closed.ask(questions).await
    }
}

fn seed(company: Company, url: &str, kind: TaskKind, clock: &Clock) -> Seed {
    Seed {
        tasks: vec![Discovery {
            url: url::parse(url).expect("a URL"),
            company: company.id.clone(),
            kind,
            due: clock.now(),
            depth: 0,
            from: None,
            at: clock.now(),
            updated: None,
        }],
        company,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_company_leads_a_crawl_there() {
    let canary = Canary::listening().await;
    PORT.set(canary.port).expect("set once");
    let names = NameServer::listening().await;
    let clock = Clock::system();
    let company = || {
        let mut company = Company::new("evil.example");
        company.id = CompanyId("evil.example".to_owned());
        company
    };

    // The company's own hosts: its site, some whose rules lie elsewhere, some whose name turns.
    let main = Server::playing(site, true, 6000).await;
    let mut own = vec![format!("www.evil.example:{}", main.address.port())];
    names.put("www.evil.example", &[main.address.ip()]);
    HOME.set(format!("http://{}", own[0])).expect("set once");
    let mut seeds = vec![seed(
        company(),
        &format!("{}/", home()),
        TaskKind::Home,
        &clock,
    )];
    let literals = addresses().len()..targets("moved").len();
    for number in literals {
        // A home page may move to another domain: this one is to an address.
        let url = format!("{}/home/{number}", home());
        seeds.push(seed(company(), &url, TaskKind::Home, &clock));
    }
    for number in 0..20 {
        // 127.77.24.0 and so on: the last part of the address is the number.
        let host = Server::playing(rules_elsewhere, true, 6143 + number).await;
        let name = names.put(&name("ruled", number), &[host.address.ip()]);
        own.push(format!("{name}:{}", host.address.port()));
        let url = format!("http://{}/news/x", own[own.len() - 1]);
        seeds.push(seed(company(), &url, TaskKind::Page, &clock));
    }
    let turned = turning(&names, &mut own, &mut seeds, &clock, company).await;
    for spelling in spellings() {
        let url = format!("http://{spelling}:{}/", canary.port);
        if url::parse(&url).is_some() {
            seeds.push(seed(company(), &url, TaskKind::Page, &clock));
        }
    }
    for way in FOLLOWED.iter().chain(NOT_FOLLOWED).chain(&["rules"]) {
        for (number, address) in addresses().iter().enumerate() {
            names.put(&name(way, number), &[*address]);
        }
    }

    let with_names = |config: fetch::Config| fetch::Config {
        dns: vec![names.address],
        ..config
    };
    let split = Split {
        own: own.clone(),
        open: fetcher(&with_names(open(&canary))),
        closed: fetcher(&with_names(closed(&canary))),
    };
    let mut store = MemoryStore::default();
    store.seed(&seeds).await.expect("seeded");
    let companies = HashMap::from([(company().id, Arc::new(company()))]);
    let parts = Parts {
        config: Config {
            in_flight: 16,
            per_second: 10_000.try_into().expect("not zero"),
            rest: Duration::from_millis(1),
            rest_factor: 0.0,
            address_rest: Duration::ZERO,
            back_off: Duration::from_secs(600),
            patience: Duration::from_secs(1),
            pages_per_host: 2000,
            ..Config::default()
        },
        ..Parts::new(split, &mut store, companies, clock)
    };
    let limits = Limits {
        time: Some(Duration::from_secs(60)),
        ..Limits::default()
    };
    crawl::run(parts, limits, std::future::pending(), &mut |_| {})
        .await
        .expect("the web cannot cause an error");

    assert_eq!(canary.reached(), 0, "the canary was asked");
    let mut led = 0;
    for way in FOLLOWED {
        for number in 0..addresses().len() {
            let name = name(way, number);
            assert!(names.asked(&name) > 0, "{name} was never come to");
            led += 1;
        }
    }
    assert!((0..20).all(|number| names.asked(&name("rules", number)) > 0));
    for way in NOT_FOLLOWED {
        assert_eq!(names.asked(&name(way, 0)), 0, "{way}");
    }
    let states = outside(&store, &own);
    println!(
        "{led} names come to, 20 rules elsewhere, {turned} names that turn, {} spellings as seeds, \
         as homes and in {} ways; {states} URLs outside, none asked",
        spellings().len(),
        FOLLOWED.len() + NOT_FOLLOWED.len()
    );
    assert!(
        tokio::net::TcpStream::connect(("127.0.0.1", canary.port))
            .await
            .is_ok()
    );
}

/// Names that lead to the company's own site when its rules are asked for, and elsewhere when a
/// page is.
async fn turning(
    names: &NameServer,
    own: &mut Vec<String>,
    seeds: &mut Vec<Seed>,
    clock: &Clock,
    company: impl Fn() -> Company,
) -> usize {
    let host = Server::playing(hospitable, false, 6500).await;
    let here = host.address.ip();
    let elsewhere = [
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "100.64.0.1",
    ];
    for (number, address) in elsewhere.iter().enumerate() {
        let there: IpAddr = address.parse().expect("an address");
        for (mixed, second) in [vec![there], vec![here, there]].into_iter().enumerate() {
            let name = name("turns", 2 * number + mixed);
            names.turn(&name, &[&[here], &second]);
            own.push(format!("{name}:{}", host.address.port()));
            let url = format!("http://{}/news/x", own[own.len() - 1]);
            seeds.push(seed(company(), &url, TaskKind::Page, clock));
        }
    }
    2 * elsewhere.len()
}

fn hospitable(_path: &str, _root: &str) -> Vec<Step> {
    html("<p>x")
}

/// Every URL that is not the company's own stands where one stands that was never asked, because
/// its host's rules could not be had from an address that is not public.
fn outside(store: &MemoryStore, own: &[String]) -> usize {
    let mut count = 0;
    for task in store.tasks("") {
        let task = task.expect("it reads");
        let url = ::url::Url::parse(&task.url).expect("a URL");
        let host = url.host_str().unwrap_or_default();
        let turned = host.starts_with("turns");
        if own.contains(&format!("{host}:{}", url.port().unwrap_or_default())) && !turned {
            continue;
        }
        count += 1;
        let private = State::Failed {
            failure: Failure::Private,
        };
        let record = Records::host(store, &Host::of(&url).expect("a host"));
        let robots = record.expect("it reads").unwrap_or_default().robots;
        let refused = matches!(
            robots,
            RobotsState::Unreachable {
                why: Trouble::Failure(Failure::Private),
                ..
            }
        );
        let stands = match turned {
            true => task.state == private,
            // Rules that were asked for on behalf of another host are not this one's.
            false => {
                let for_another = host.starts_with("rules") && robots == RobotsState::Unknown;
                // What waited for them first bears the host's failure; the rest goes on waiting.
                let unasked = task.state == State::Waiting || task.state == private;
                unasked && (refused || for_another)
            }
        };
        assert!(stands, "{}: {:?}, {:?}", task.url, task.state, robots);
    }
    count
}
