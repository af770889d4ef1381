//! A web that is killed over: hosts on loopback addresses of their own, with all that a crawl
//! meets. What a URL answers depends on the URL alone, but for one refusal that is remembered, so
//! two crawls of it find the same.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request as Incoming, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use foresignal::clock::Clock;
use foresignal::model::time::Timestamp;

use super::dice::Dice;

/// Who lives there.
const NAMES: [&str; 20] = [
    "Velmora",
    "Quistad",
    "Harnwick",
    "Bruvessa",
    "Oldenkamp",
    "Tarvelli",
    "Nordhaven",
    "Cresmont",
    "Pelligard",
    "Wexholm",
    "Dunmarra",
    "Fjellstrom",
    "Garrandel",
    "Ystermann",
    "Kirovale",
    "Lundquell",
    "Marzetti",
    "Ostergaard",
    "Rivendahl",
    "Sankoviak",
];

/// Words of which pages are made, so that no two are alike.
const WORDS: &str = "harbour lantern copper meadow whistle granite orchard velvet thunder basket \
    compass feather glacier hammock island juniper kettle ladder marble needle oyster pebble quarry \
    ribbon saddle timber umbrella violin walnut yarrow zephyr anchor barley candle dragon ember \
    falcon garden hollow ivory jasmine kingdom lemon mirror nectar olive parrot quiver raven silver \
    tulip urchin valley willow amber bridge cedar desert engine forest ginger helmet insect jungle";

/// What stands at a place of a host's list of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Story,
    /// A story that tells of a purchase.
    Purchase,
    NotFound,
    Gone,
    /// To [`Kind::Hop`], which leads on to a story of its own.
    Moved,
    Hop,
    /// To itself, by way of another.
    Circle,
    /// Refuses once, and says for how long.
    Busy,
    Broken,
    /// In a folder that robots.txt forbids.
    Forbidden,
}

fn kind(page: usize) -> Kind {
    match page % 20 {
        1 => Kind::Forbidden,
        3 => Kind::NotFound,
        4 if page % 40 == 4 => Kind::Busy,
        5 => Kind::Gone,
        7 => Kind::Moved,
        8 => Kind::Hop,
        10 if page % 100 == 10 => Kind::Broken,
        11 => Kind::Circle,
        page if page % 2 == 0 => Kind::Purchase,
        _ => Kind::Story,
    }
}

/// One request, as the asked host saw it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) host: usize,
    pub(crate) path: String,
    /// Whether it asked only for what is new.
    pub(crate) conditional: bool,
    pub(crate) status: u16,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    /// Which process asked, counted from the first.
    pub(crate) life: usize,
}

#[derive(Default)]
struct Kept {
    log: Vec<Request>,
    /// Places that have refused already.
    refused: HashSet<(usize, String)>,
    life: usize,
}

/// The web; clones are one web.
#[derive(Clone)]
pub(crate) struct Web {
    addresses: Vec<SocketAddr>,
    pages: usize,
    clock: Clock,
    kept: Arc<Mutex<Kept>>,
}

impl Web {
    /// Opens `hosts` hosts with `pages` pages each, on the current tokio runtime.
    pub(crate) fn start(hosts: usize, pages: usize) -> Web {
        let listen = |host: usize| {
            let last = u8::try_from(host + 1).expect("few hosts");
            let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 7, last), 0));
            let listener = listener.expect("loopback is there");
            listener.set_nonblocking(true).expect("a socket");
            listener
        };
        let listeners: Vec<TcpListener> = (0..hosts).map(listen).collect();
        let address = |listener: &TcpListener| listener.local_addr().expect("it is bound");
        let web = Web {
            addresses: listeners.iter().map(address).collect(),
            pages,
            clock: Clock::system(),
            kept: Arc::default(),
        };
        for (host, listener) in listeners.into_iter().enumerate() {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
            let router = Router::new()
                .fallback(serve)
                .with_state((web.clone(), host));
            tokio::spawn(axum::serve(listener, router).into_future());
        }
        web
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list of companies, as an operator writes it.
    pub(crate) fn list(&self) -> String {
        let line = |(host, address)| format!("{address};{}\n", NAMES[host % NAMES.len()]);
        let lines: String = self.addresses.iter().enumerate().map(line).collect();
        format!("domain;name\n{lines}")
    }

    /// Every request since the last call; whoever refused once will do so again.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.kept()).log
    }

    pub(crate) fn asked(&self) -> usize {
        self.kept().log.len()
    }

    /// Another process asks from now on.
    pub(crate) fn next_life(&self) {
        self.kept().life += 1;
    }

    fn story(&self, host: usize, page: usize) -> String {
        let mut dice = Dice::new((host * 1_000_003 + page) as u64);
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let mut word = || words[usize::try_from(dice.roll(words.len() as u64 - 1)).expect("small")];
        let title = [word(), word(), word()].join(" ");
        let sentences: Vec<String> = (0..14)
            .map(|_| format!("The {} and the {} saw a {}.", word(), word(), word()))
            .collect();
        let name = NAMES[host % NAMES.len()];
        let news = match kind(page) {
            Kind::Purchase => {
                let bought = format!("{}{}", capital(word()), capital(word()));
                format!("{name} has acquired {bought}{page} Ltd for $35 million. ")
            }
            _ => String::new(),
        };
        format!(
            "<html><head><title>{title} {page}</title></head><body><article><h1>{title} {page}</h1>\
             <p>{news}{}</p></article></body></html>",
            sentences.join(" ")
        )
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        // A hop is known to what leads to it alone.
        (0..self.pages).filter(|page| kind(*page) != Kind::Hop)
    }

    /// A third of the pages is linked by the index, a third listed in the sitemap, a third told by
    /// the feed; some by two of them.
    fn part(&self, part: usize) -> impl Iterator<Item = usize> {
        self.places()
            .filter(move |page| page % 3 == part || page % 7 == part)
    }

    fn answer(&self, host: usize, path: &str) -> Answer {
        let base = format!("http://{}", self.addresses[host]);
        let html = |body: String| Answer::Page("text/html; charset=utf-8", body);
        match path {
            "/robots.txt" if host % 7 == 5 => Answer::Moved(format!("{base}/rules.txt")),
            "/robots.txt" | "/rules.txt" => Answer::Page(
                "text/plain",
                format!("User-agent: *\nDisallow: /news/internal/\nSitemap: {base}/sitemap.xml\n"),
            ),
            "/" => html(format!(
                "<html><head><title>{name}</title><link rel='alternate' type='application/rss+xml' \
                 href='/feed.xml'></head><body><p>{name} makes {word}.</p><a href='/news/'>News</a>\
                 </body></html>",
                name = NAMES[host % NAMES.len()],
                word = WORDS.split_whitespace().nth(host).expect("enough"),
            )),
            "/news/" => {
                let link = |page| format!("<li><a href='{}'>story</a></li>", place(page));
                let links: String = self.part(0).map(link).collect();
                html(format!("<title>News</title><h1>News</h1><ul>{links}</ul>"))
            }
            "/feed.xml" => {
                let item = |page| {
                    let place = place(page);
                    format!("<item><title>Of {page}</title><link>{base}{place}</link></item>")
                };
                let items: String = self.part(1).map(item).collect();
                let rss =
                    format!("<rss version='2.0'><channel><title>F</title>{items}</channel></rss>");
                Answer::Page("application/rss+xml", rss)
            }
            "/sitemap.xml" => {
                let url = |page| format!("<url><loc>{base}{}</loc></url>", place(page));
                let urls: String = self.part(2).map(url).collect();
                let space = "http://www.sitemaps.org/schemas/sitemap/0.9";
                let xml = format!("<urlset xmlns='{space}'>{urls}</urlset>");
                Answer::Page("application/xml", xml)
            }
            path => self.page(host, path, &base),
        }
    }

    fn page(&self, host: usize, path: &str, base: &str) -> Answer {
        let number = path
            .rsplit('-')
            .next()
            .and_then(|number| number.parse().ok());
        let Some(page) = number.filter(|page| *page < self.pages && place(*page) == path) else {
            return Answer::Status(404, None);
        };
        let to = |page: usize| Answer::Moved(format!("{base}{}", place(page)));
        match kind(page) {
            Kind::NotFound => Answer::Status(404, None),
            Kind::Gone => Answer::Status(410, None),
            Kind::Moved if page + 1 < self.pages => to(page + 1),
            Kind::Hop if page + 2 < self.pages => to(page + 1),
            Kind::Circle => to(page),
            Kind::Broken => Answer::Status(500, None),
            Kind::Busy if self.kept().refused.insert((host, path.to_owned())) => {
                Answer::Status(503, Some("1"))
            }
            _ => Answer::Page("text/html; charset=utf-8", self.story(host, page)),
        }
    }
}

enum Answer {
    Page(&'static str, String),
    Moved(String),
    Status(u16, Option<&'static str>),
}

fn place(page: usize) -> String {
    let folder = match kind(page) {
        Kind::Forbidden => "internal/",
        _ => "",
    };
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let word = |skip: usize| words[(page * skip + page / 7) % words.len()];
    format!("/news/{folder}{}-{}-{}-{page}", word(1), word(5), word(11))
}

fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

async fn serve(State((web, host)): State<(Web, usize)>, request: Incoming) -> Response {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let here = {
        let mut kept = web.kept();
        // Read under the lock, so that the order of the log is the order of time.
        let (now, life) = (web.clock.now(), kept.life);
        kept.log.push(Request {
            host,
            path: path.to_owned(),
            conditional: request.headers().contains_key(header::IF_NONE_MATCH),
            status: 0,
            start: now,
            end: now,
            life,
        });
        kept.log.len() - 1
    };
    // Long enough to be killed within.
    tokio::time::sleep(Duration::from_millis(2 + path.len() as u64 % 7)).await;
    let response = respond(web.answer(host, path), request.headers());
    let mut kept = web.kept();
    if let Some(request) = kept.log.get_mut(here) {
        request.end = web.clock.now();
        request.status = response.status().as_u16();
    }
    response
}

fn respond(answer: Answer, asked: &HeaderMap) -> Response {
    let response = Response::builder();
    let response = match answer {
        Answer::Page(kind, body) => {
            let etag = format!("\"{:x}\"", xxhash_rust::xxh3::xxh3_64(body.as_bytes()));
            let known = asked
                .get(header::IF_NONE_MATCH)
                .is_some_and(|tag| *tag == *etag);
            let response = response.header(header::ETAG, etag);
            match known {
                true => response.status(304).body(Body::empty()),
                false => response
                    .header(header::CONTENT_TYPE, kind)
                    .body(Body::from(body)),
            }
        }
        Answer::Moved(to) => response
            .status(301)
            .header(header::LOCATION, to)
            .body(Body::empty()),
        Answer::Status(status, wait) => {
            let response = response.status(status);
            match wait {
                Some(wait) => response.header(header::RETRY_AFTER, wait),
                None => response,
            }
            .body(Body::empty())
        }
    };
    response.expect("it can be sent")
}
