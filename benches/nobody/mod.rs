//! A web without a network: everybody answers at once, with a page of nothing but links, and
//! nobody has to rest.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::Parts;
use foresignal::crawl::config::Config;
use foresignal::fetch::{Fetch, FetchOutcome, FetchRequest, Fetched, Purpose};
use foresignal::model::company::Company;
use foresignal::model::page::Page;
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url;
use foresignal::store::Frontier;
use foresignal::technographics::observed::{self, Answer::Unknown, Question, Why};

/// Many hosts, each with a home page and the stories that it links to.
pub(crate) struct Nobody {
    pub(crate) clock: Clock,
    pub(crate) stories: usize,
}

impl Fetch for Nobody {
    async fn fetch(&self, request: FetchRequest) -> Fetched {
        let path = request.url.path();
        let outcome = match request.purpose {
            // The crawl looks for a sitemap, too, where none is named.
            Purpose::Page | Purpose::Front if !path.contains('.') => FetchOutcome::Page(page(
                request.url.as_str(),
                if path == "/" { self.stories } else { 9 },
                self.clock.now(),
            )),
            _ => FetchOutcome::Gone(404),
        };
        Fetched {
            outcome,
            took: Duration::ZERO,
            address: None,
            allowance: None,
            certificate: None,
        }
    }

    async fn ask(&self, questions: Vec<Question>) -> Vec<observed::Asked> {
        let unasked = |question: Question| question.answered(Unknown(Why::NotAsked));
        questions.into_iter().map(unasked).collect()
    }
}

/// A page that links to so many stories.
pub(crate) fn page(address: &str, stories: usize, fetched: Timestamp) -> Page {
    let links: String = (1..=stories)
        .map(|page| format!("<a href='/news/story-number-{page}'>Story {page}</a>\n"))
        .collect();
    let html = format!("<!doctype html><html lang=en><title>{address}</title>{links}</html>");
    Page {
        url: address.to_owned(),
        status: 200,
        headers: vec![(
            "content-type".to_owned(),
            "text/html; charset=utf-8".to_owned(),
        )],
        body: html.into_bytes(),
        truncated: false,
        fetched,
        address: None,
    }
}

fn companies(hosts: usize) -> impl Iterator<Item = Company> {
    (0..hosts).map(|number| Company::new(&format!("company-{number}.example")))
}

/// The home pages of so many companies.
pub(crate) fn seeds(hosts: usize, now: Timestamp) -> Vec<Seed> {
    let seed = |company: Company| Seed {
        tasks: vec![Discovery {
            url: url::parse(&format!("https://{}/", company.id)).expect("valid"),
            company: company.id.clone(),
            kind: TaskKind::Home,
            due: now,
            depth: 0,
            from: None,
            at: now,
            updated: None,
        }],
        company,
    };
    companies(hosts).map(seed).collect()
}

/// A crawl of these hosts in which nobody has to rest.
pub(crate) fn parts<S: Frontier>(
    frontier: &mut S,
    clock: Clock,
    hosts: usize,
    stories: usize,
) -> Parts<'_, Nobody, S> {
    Parts {
        config: Config {
            rest: Duration::ZERO,
            rest_factor: 0.0,
            address_rest: Duration::ZERO,
            per_second: NonZeroU32::new(1_000_000).expect("not zero"),
            patience: Duration::ZERO,
            ..Config::default()
        },
        ..Parts::new(
            Nobody {
                clock: clock.clone(),
                stories,
            },
            frontier,
            companies(hosts)
                .map(|company| (company.id.clone(), Arc::new(company)))
                .collect(),
            clock,
        )
    }
}
