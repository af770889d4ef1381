//! A site, a crawl of it, and what each page that was asked for brought.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Limits, Parts, rank};
use foresignal::extract;
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::document::{Document, Reading};
use foresignal::model::page::Page;
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use serde_json::Value;

use super::web::{Answer, Web};

/// After how many pages the harvest is counted.
pub(crate) const AT: [usize; 6] = [5, 10, 20, 30, 50, 100];
/// The third of June 2026.
pub(crate) const NOW: Timestamp = Timestamp(1_780_480_000_000);

/// A site: its pages, which of them say something dated, and where it speaks.
#[derive(Default)]
pub(crate) struct Site {
    pub(crate) home: String,
    pub(crate) pages: BTreeMap<String, String>,
    /// What is said on a page: two addresses of one text say one thing.
    pub(crate) gold: HashMap<String, String>,
    pub(crate) sources: Vec<(TaskKind, String)>,
}

impl Site {
    pub(crate) fn of(home: &str) -> Site {
        Site {
            home: home.to_owned(),
            ..Site::default()
        }
    }

    /// A site as `sites.py` writes it.
    pub(crate) fn load(file: &Path) -> Site {
        let text = std::fs::read_to_string(file).unwrap();
        let mut lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let head = lines.next().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let source = |source: &Value| {
            let kind = serde_json::from_value(source[0].clone()).unwrap();
            (kind, text(&source[1]))
        };
        Site {
            home: text(&head["home"]),
            pages: lines
                .map(|page| (text(&page["url"]), text(&page["body"])))
                .collect(),
            gold: serde_json::from_value(head["gold"].clone()).unwrap(),
            sources: head["sources"]
                .as_array()
                .unwrap()
                .iter()
                .map(source)
                .collect(),
        }
    }

    /// How many things are said on it.
    pub(crate) fn said(&self) -> usize {
        self.gold.values().collect::<HashSet<_>>().len()
    }

    /// Takes its feeds away, and every word of them.
    pub(crate) fn forget_feeds(&mut self) {
        self.pages.retain(|_, body| !body.contains("<rss"));
        for body in self.pages.values_mut() {
            *body = body.replace("application/rss+xml", "text/plain");
        }
        self.sources.retain(|(kind, _)| *kind != TaskKind::Feed);
    }

    fn read(&self, address: &str) -> Option<Reading> {
        let body = self.pages.get(address)?;
        Some(extract::read(&Page {
            url: address.to_owned(),
            status: 200,
            headers: vec![(
                "content-type".to_owned(),
                "text/html; charset=utf-8".to_owned(),
            )],
            body: body.clone().into_bytes(),
            truncated: false,
            fetched: NOW,
            address: None,
        }))
    }
}

/// How many dated texts were told after so many pages: read on their own pages, or in a feed.
pub(crate) fn harvest(site: &Site, asked: &[String]) -> Vec<usize> {
    curve(site, asked, |document| {
        document.published.is_some() || document.job.is_some()
    })
}

/// How many of them were read whole after so many pages: what a feed sums up is not.
pub(crate) fn read(site: &Site, asked: &[String]) -> Vec<usize> {
    curve(site, asked, |document| document.complete)
}

fn curve(site: &Site, asked: &[String], counts: fn(&Document) -> bool) -> Vec<usize> {
    let gold: HashMap<UrlKey, &String> = site
        .gold
        .iter()
        .filter_map(|(address, said)| Some((UrlKey::of(&url::parse(address)?)?, said)))
        .collect();
    let mut told: HashSet<&String> = HashSet::new();
    let mut curve = Vec::new();
    for address in asked {
        let documents = site
            .read(address)
            .into_iter()
            .flat_map(|reading| reading.documents);
        for document in documents {
            let key = url::parse(&document.url).and_then(|url| UrlKey::of(&url));
            if counts(&document)
                && let Some(said) = key.and_then(|key| gold.get(&key))
            {
                told.insert(said);
            }
        }
        curve.push(told.len());
    }
    let at = |pages: &usize| curve.get(pages - 1).or(curve.last()).copied().unwrap_or(0);
    AT.iter().map(at).collect()
}

/// The pages that a crawl asks which follows every link in the order in which it finds them.
pub(crate) fn breadth_first(site: &Site, most: usize) -> Vec<String> {
    let company = company(site);
    let mut queue = VecDeque::from([site.home.clone()]);
    let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
    let mut asked = Vec::new();
    while let Some(address) = queue.pop_front()
        && asked.len() < most
    {
        let reading = site.read(&address).unwrap_or_default();
        asked.push(address);
        let targets = reading
            .links
            .iter()
            .filter_map(|link| url::parse(&link.url));
        for target in targets.filter(|target| company.owns(target)) {
            if seen.insert(target.to_string()) {
                queue.push_back(target.into());
            }
        }
    }
    asked
}

/// The site, as a plain server shows it: folders have a slash at their end.
pub(crate) fn web(site: &Site) -> Web {
    let web = Web::new(&Clock::starting_at(NOW));
    for (address, body) in &site.pages {
        web.put(address, Answer::Html(body.clone()));
        if let Some(bare) = address.strip_suffix('/')
            && *address != site.home
        {
            web.put(bare, Answer::Moved(address.clone()));
        }
    }
    web
}

/// A crawl of the site until nothing is due, or so many pages were asked for.
pub(crate) async fn crawled(site: &Site, most: u64) -> Run {
    let mut run = Run::new(site, web(site)).await;
    run.again(Duration::ZERO, most).await;
    run
}

/// A crawl, and what it asked for the last time.
pub(crate) struct Run {
    pub(crate) store: MemoryStore,
    pub(crate) asked: Vec<String>,
    web: Web,
    clock: Clock,
    company: Company,
}

impl Run {
    pub(crate) async fn new(site: &Site, web: Web) -> Run {
        let (clock, company) = (Clock::starting_at(NOW), company(site));
        let mut store = MemoryStore::new();
        let home = Discovery {
            url: url::parse(&site.home).unwrap(),
            company: company.id.clone(),
            kind: TaskKind::Home,
            due: rank::due(TaskKind::Home, clock.now()),
            depth: 0,
            from: None,
            at: clock.now(),
            updated: None,
        };
        let seed = Seed {
            company: company.clone(),
            tasks: vec![home],
        };
        store.seed(&[seed]).await.unwrap();
        Run {
            store,
            asked: Vec::new(),
            web,
            clock,
            company,
        }
    }

    /// Runs once more, after `later`.
    pub(crate) async fn again(&mut self, later: Duration, most: u64) {
        tokio::time::sleep(later).await;
        let before = self.web.log().len();
        let companies = HashMap::from([(self.company.id.clone(), Arc::new(self.company.clone()))]);
        let parts = Parts::new(
            self.web.clone(),
            &mut self.store,
            companies,
            self.clock.clone(),
        );
        let limits = Limits {
            pages: Some(most),
            ..Limits::default()
        };
        crawl::run(parts, limits, std::future::pending(), &mut |_| {})
            .await
            .unwrap();
        self.web.assert_polite(Config::default().rest);
        let log = self.web.log();
        let asked = log[before..].iter().filter(|asked| asked.page);
        self.asked = asked.map(|asked| asked.url.clone()).collect();
    }

    pub(crate) fn task(&self, address: &str) -> Task {
        self.known(address)
            .unwrap_or_else(|| panic!("{address} is not known"))
    }

    fn known(&self, address: &str) -> Option<Task> {
        let key = UrlKey::of(&url::parse(address).unwrap()).unwrap();
        self.store.task(&key).unwrap()
    }

    /// The places of the site that were not read as what they are.
    pub(crate) fn missed(&self, site: &Site) -> Vec<String> {
        let read = |(kind, address): &&(TaskKind, String)| {
            self.known(address).is_some_and(|task| {
                task.kind == *kind && matches!(task.state, State::Done | State::Unchanged)
            })
        };
        let missed = site.sources.iter().filter(|source| !read(source));
        let state = |address: &String| self.known(address).map(|task| (task.kind, task.state));
        missed
            .map(|(_, address)| format!("{address}: {:?}", state(address)))
            .collect()
    }
}

fn company(site: &Site) -> Company {
    let home = url::parse(&site.home).unwrap();
    let mut company = Company::new(home.host_str().unwrap());
    company.id = CompanyId(company.name.clone());
    company
}
