//! A web in memory: implements `Fetch` under the paused clock, and keeps its own log, so that
//! politeness is proven from the asked side.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::fetch::{Allowance, Fetch, FetchOutcome, FetchRequest, Fetched, Purpose};
use foresignal::model::page::Page;
use foresignal::model::state::Failure;
use foresignal::model::time::Timestamp;
use foresignal::model::url::Host;
use foresignal::technographics::observed::{self, Question, Why};
use url::Url;

/// What a URL answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// 200 with this HTML.
    Html(String),
    /// 200 with these header fields and this HTML.
    With(Vec<(&'static str, String)>, String),
    /// 304.
    Unchanged,
    /// 200 with this text.
    Text(String),
    /// A redirect.
    Moved(String),
    /// A status that refuses, with its Retry-After.
    Refused(u16, Option<Duration>),
    /// Never answers: the time-out strikes.
    Hangs,
    /// No connection.
    Down,
    /// The name is not known.
    Nameless,
    /// Another answer, with so many requests left until this long from now.
    Limited(u64, Duration, Box<Answer>),
}

/// Makes up an answer for whatever URL it is asked; `None`: another may.
pub(crate) type Maker = fn(&Url) -> Option<Answer>;

/// One request, as the asked host saw it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) host: Host,
    pub(crate) url: String,
    pub(crate) robots: bool,
    /// Whether it was for a page, and not for the host's rules or reservations.
    pub(crate) page: bool,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, Vec<Answer>>,
    makers: Vec<Maker>,
    latency: HashMap<Host, Duration>,
    addresses: HashMap<Host, IpAddr>,
    log: Vec<Asked>,
    at_work: HashMap<Host, usize>,
    overlaps: HashSet<Host>,
    zones: HashMap<Question, observed::Answer>,
    certificates: HashMap<String, observed::Certificate>,
    questions: Vec<Question>,
}

/// The web; clones are one web.
#[derive(Clone)]
pub(crate) struct Web {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

/// How long a host that never answers keeps a turn.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

impl Web {
    pub(crate) fn new(clock: &Clock) -> Web {
        Web {
            clock: clock.clone(),
            state: Arc::default(),
        }
    }

    /// `url` answers `answer` from now on.
    pub(crate) fn put(&self, url: &str, answer: Answer) {
        self.put_in_turn(url, vec![answer]);
    }

    /// `url` gives these answers one after the other; the last one stays.
    pub(crate) fn put_in_turn(&self, url: &str, answers: Vec<Answer>) {
        self.state
            .lock()
            .unwrap()
            .answers
            .insert(url.to_owned(), answers);
    }

    /// DNS answers so from now on.
    pub(crate) fn put_name(&self, name: &str, kind: observed::Kind, answer: observed::Answer) {
        let name = name.to_owned();
        let mut state = self.state.lock().unwrap();
        state.zones.insert(Question { name, kind }, answer);
    }

    /// The host of `url` shows this certificate from now on.
    pub(crate) fn put_certificate(&self, url: &str, certificate: observed::Certificate) {
        let mut state = self.state.lock().unwrap();
        state.certificates.insert(url.to_owned(), certificate);
    }

    /// Every question to DNS, in order.
    pub(crate) fn questions(&self) -> Vec<Question> {
        self.state.lock().unwrap().questions.clone()
    }

    /// `url` is not there any more.
    pub(crate) fn take_away(&self, url: &str) {
        self.state.lock().unwrap().answers.remove(url);
    }

    /// What nothing was put for is made up by `maker`: sites without end.
    pub(crate) fn make(&self, maker: Maker) {
        self.state.lock().unwrap().makers.push(maker);
    }

    /// Every answer of `host` takes this long.
    pub(crate) fn slow(&self, host: &str, latency: Duration) {
        self.state
            .lock()
            .unwrap()
            .latency
            .insert(Host::of_domain(host).unwrap(), latency);
    }

    /// `host` is served from this address, among others perhaps.
    pub(crate) fn lives_at(&self, host: &str, address: IpAddr) {
        let host = Host::of_domain(host).unwrap();
        self.state.lock().unwrap().addresses.insert(host, address);
    }

    /// A site whose home page links to `pages` pages, which link to nothing.
    pub(crate) fn site(&self, domain: &str, pages: usize) {
        let mut links = String::new();
        for page in 0..pages {
            links.push_str(&format!(
                "<a href='/news/story-number-{page}'>story {page}</a> "
            ));
            self.put(
                &format!("https://{domain}/news/story-number-{page}"),
                Answer::Html(format!("<p>Story {page} of {domain}</p>")),
            );
        }
        self.put(
            &format!("https://{domain}/"),
            Answer::Html(format!("<title>{domain}</title>{links}")),
        );
    }

    /// Every request so far.
    pub(crate) fn log(&self) -> Vec<Asked> {
        self.state.lock().unwrap().log.clone()
    }

    /// How often `url` was asked for.
    pub(crate) fn times(&self, url: &str) -> usize {
        self.log().iter().filter(|asked| asked.url == url).count()
    }

    /// What the house promises of every crawl: no two requests at once to a host, and at least
    /// `rest` between them.
    pub(crate) fn assert_polite(&self, rest: Duration) {
        let overlaps = self.state.lock().unwrap().overlaps.clone();
        assert!(
            overlaps.is_empty(),
            "asked more than once at a time: {overlaps:?}"
        );
        let mut last: HashMap<Host, Timestamp> = HashMap::new();
        for asked in self.log() {
            if let Some(before) = last.insert(asked.host.clone(), asked.to) {
                let gap = asked.from.since(before);
                assert!(
                    gap >= rest,
                    "{} was asked after {gap:?}, its rest is {rest:?}",
                    asked.host
                );
            }
        }
    }

    /// Robots first: nothing was asked of a host before its rules.
    pub(crate) fn assert_robots_first(&self) {
        let mut ruled = HashSet::new();
        for asked in self.log() {
            if asked.robots {
                ruled.insert(asked.host);
            } else {
                assert!(
                    ruled.contains(&asked.host),
                    "{} was asked before its robots.txt",
                    asked.url
                );
            }
        }
    }
}

impl Fetch for Web {
    async fn fetch(&self, request: FetchRequest) -> Fetched {
        let from = self.clock.now();
        let host = Host::of(&request.url).unwrap();
        let (answer, latency, address, certificate) = {
            let mut state = self.state.lock().unwrap();
            let at_work = state.at_work.entry(host.clone()).or_default();
            *at_work += 1;
            if *at_work > 1 {
                state.overlaps.insert(host.clone());
            }
            let latency = state
                .latency
                .get(&host)
                .copied()
                .unwrap_or(Duration::from_millis(50));
            let answers = state.answers.get_mut(request.url.as_str());
            let answer = answers.and_then(|answers| {
                if answers.len() > 1 {
                    Some(answers.remove(0))
                } else {
                    answers.first().cloned()
                }
            });
            let certificate = state.certificates.get(request.url.as_str()).cloned();
            let certificate = certificate.filter(|_| request.purpose == Purpose::Front);
            let made = || state.makers.iter().find_map(|make| make(&request.url));
            let answer = answer.or_else(made);
            let address = state.addresses.get(&host).copied();
            (answer, latency, address, certificate)
        };
        let latency = if matches!(answer, Some(Answer::Hangs)) {
            TIMEOUT
        } else {
            latency
        };
        tokio::time::sleep(latency).await;
        let to = self.clock.now();
        let robots = request.purpose == Purpose::Robots;
        {
            let mut state = self.state.lock().unwrap();
            *state.at_work.get_mut(&host).unwrap() -= 1;
            state.log.push(Asked {
                host,
                url: request.url.to_string(),
                robots,
                page: matches!(request.purpose, Purpose::Page | Purpose::Front),
                from,
                to,
            });
        }
        Fetched {
            allowance: match &answer {
                Some(Answer::Limited(left, reset, _)) => Some(Allowance {
                    left: *left,
                    limit: None,
                    reset: *reset,
                }),
                _ => None,
            },
            outcome: outcome(answer, &request.url, to),
            took: to.since(from),
            address,
            certificate,
        }
    }

    /// What was put for a question; of others, nobody can say.
    async fn ask(&self, questions: Vec<Question>) -> Vec<observed::Asked> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut state = self.state.lock().unwrap();
        state.questions.extend(questions.iter().cloned());
        let answer = |question: Question| {
            let known = state.zones.get(&question).cloned();
            question.answered(known.unwrap_or(observed::Answer::Unknown(Why::ServFail)))
        };
        questions.into_iter().map(answer).collect()
    }
}

fn outcome(answer: Option<Answer>, url: &Url, fetched: Timestamp) -> FetchOutcome {
    let page = |media: &str, body: String| {
        FetchOutcome::Page(Page {
            url: url.to_string(),
            status: 200,
            headers: vec![("content-type".into(), media.into())],
            body: body.into_bytes(),
            truncated: false,
            fetched,
            address: None,
        })
    };
    match answer {
        None => FetchOutcome::Gone(404),
        Some(Answer::Html(body)) => page("text/html; charset=utf-8", body),
        Some(Answer::With(fields, body)) => {
            let mut outcome = page("text/html; charset=utf-8", body);
            if let FetchOutcome::Page(page) = &mut outcome {
                let fields = fields.into_iter();
                page.headers
                    .extend(fields.map(|(name, value)| (name.to_owned(), value)));
            }
            outcome
        }
        Some(Answer::Text(body)) => page("text/plain; charset=utf-8", body),
        Some(Answer::Unchanged) => FetchOutcome::NotModified,
        Some(Answer::Moved(to)) => FetchOutcome::Moved {
            to: Url::parse(&to).unwrap(),
            permanent: true,
        },
        Some(Answer::Refused(status, retry_after)) => FetchOutcome::Refused {
            status,
            retry_after,
        },
        Some(Answer::Hangs) => FetchOutcome::Failed(Failure::Timeout),
        Some(Answer::Down) => FetchOutcome::Failed(Failure::Connect),
        Some(Answer::Nameless) => FetchOutcome::Failed(Failure::Dns),
        Some(Answer::Limited(_, _, answer)) => outcome(Some(*answer), url, fetched),
    }
}
