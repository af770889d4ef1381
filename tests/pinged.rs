//! Pings within a crawl, in virtual time: what they ask and how often, what is told when a domain's
//! answers change, and that silence and flickers are no change.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(dead_code, reason = "shared with tests that need more of it")]
mod web;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Event, Limits, Parts, Tally};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::profile::{Profile, Standing};
use foresignal::model::signal::{Signal, SignalKind};
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use foresignal::technographics::observed::{Answer as Names, Certificate, Kind, Why};
use foresignal::technographics::plan;
use web::{Answer, Web};

const DAY: Duration = Duration::from_secs(24 * 3600);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// A crawl of some companies that is run again and again.
struct Watch {
    clock: Clock,
    web: Web,
    store: MemoryStore,
    config: Config,
}

impl Watch {
    async fn of(domains: &[&str]) -> Watch {
        let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
        let web = Web::new(&clock);
        let mut store = MemoryStore::new();
        let mut seeds = Vec::new();
        for domain in domains {
            for kind in ALL_KINDS {
                web.put_name(domain, kind, Names::NoData);
            }
            let home = url::parse(&format!("https://{domain}/")).unwrap();
            let tasks = [
                (TaskKind::ping_url(domain).unwrap(), TaskKind::Ping),
                (home, TaskKind::Home),
            ];
            let discovery = |(url, kind)| Discovery {
                url,
                company: CompanyId((*domain).to_owned()),
                kind,
                due: clock.now(),
                depth: 0,
                from: None,
                at: clock.now(),
                updated: None,
            };
            seeds.push(Seed {
                company: Company::new(domain),
                tasks: tasks.into_iter().map(discovery).collect(),
            });
        }
        store.seed(&seeds).await.unwrap();
        Watch {
            clock,
            web,
            store,
            config: Config::default(),
        }
    }

    /// Runs until nothing is due; answers what was told of changes.
    async fn run(&mut self) -> (Tally, Vec<Signal>) {
        let companies = self.store.companies().map(|company| company.unwrap());
        let companies: HashMap<_, _> = companies
            .map(|company| (company.id.clone(), Arc::new(company)))
            .collect();
        let parts = Parts {
            config: self.config.clone(),
            ..Parts::new(
                self.web.clone(),
                &mut self.store,
                companies,
                self.clock.clone(),
            )
        };
        let mut told = Vec::new();
        let mut observe = |event: Event<'_>| {
            if let Event::Turn { signals, .. } = event {
                told.extend(signals.iter().cloned());
            }
        };
        let forever = std::future::pending();
        let tally = crawl::run(parts, Limits::default(), forever, &mut observe);
        (tally.await.unwrap(), told)
    }

    async fn after(&mut self, wait: Duration) -> Vec<Signal> {
        self.clock.sleep_until(self.clock.now().after(wait)).await;
        self.run().await.1
    }

    fn mx(&self, domain: &str, answer: Names) {
        self.web.put_name(domain, Kind::Mx, answer);
    }

    fn profile(&self, domain: &str) -> Profile {
        let id = CompanyId(domain.to_owned());
        Records::profile(&self.store, &id).unwrap().unwrap()
    }

    fn ping(&self, domain: &str) -> Task {
        let key = UrlKey::of(&TaskKind::ping_url(domain).unwrap()).unwrap();
        self.store.task(&key).unwrap().unwrap()
    }
}

const ALL_KINDS: [Kind; 9] = [
    Kind::A,
    Kind::Aaaa,
    Kind::Caa,
    Kind::Cname,
    Kind::Mx,
    Kind::Ns,
    Kind::Soa,
    Kind::Srv,
    Kind::Txt,
];

fn records(text: &str) -> Names {
    Names::Records(vec![text.to_owned()])
}

const GOOGLE: &str = "1 smtp.google.com.";
const EXCHANGE: &str = "0 contoso-example.mail.protection.outlook.com.";

fn kinds(signals: &[Signal]) -> Vec<SignalKind> {
    signals.iter().map(|signal| signal.kind).collect()
}

#[tokio::test(start_paused = true)]
async fn mail_that_moves_is_told_once_with_both_days() {
    let mut watch = Watch::of(&["contoso.example"]).await;
    watch.mx("contoso.example", records(GOOGLE));
    let (tally, told) = watch.run().await;
    assert_eq!(
        (tally.pings, told.len()),
        (1, 0),
        "the first look is silent"
    );
    assert_eq!(watch.ping("contoso.example").state, State::Done);
    assert_eq!(watch.after(WEEK).await, []);

    watch.mx("contoso.example", records(EXCHANGE));
    assert_eq!(watch.after(WEEK).await, [], "one look is not enough");
    let told = watch.after(WEEK).await;
    assert_eq!(kinds(&told), [SignalKind::MailMigration], "{told:#?}");
    let quotes: String = told[0]
        .evidence
        .iter()
        .map(|one| one.quote.as_str())
        .collect();
    assert!(quotes.contains("smtp.google.com") && quotes.contains("mail.protection.outlook.com"));
    assert!(
        told[0]
            .evidence
            .iter()
            .all(|one| one.url.starts_with("dns:"))
    );
    assert_eq!(watch.after(WEEK).await, [], "it is told once");
    assert_eq!(watch.store.counts().unwrap().signals, 1);
    let profile = watch.profile("contoso.example");
    let runs: Vec<&str> = profile
        .runs()
        .map(|fact| fact.technology.as_str())
        .collect();
    assert!(
        runs.contains(&"exchange-online") && !runs.contains(&"google-workspace"),
        "{runs:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_answering_is_no_change_and_neither_is_a_flicker() {
    let mut watch = Watch::of(&["contoso.example"]).await;
    watch.mx("contoso.example", records(GOOGLE));
    watch.run().await;
    watch.after(WEEK).await;
    for why in [
        Why::ServFail,
        Why::Timeout,
        Why::Lame,
        Why::Truncated,
        Why::Refused,
        Why::Loop,
    ] {
        watch.mx("contoso.example", Names::Unknown(why));
        assert_eq!(watch.after(WEEK).await, [], "{why:?}");
    }
    let known = |watch: &Watch| {
        let profile = watch.profile("contoso.example");
        profile
            .runs()
            .any(|fact| fact.technology == "google-workspace")
    };
    assert!(known(&watch), "unknown is not no");
    watch.mx("contoso.example", records(EXCHANGE));
    assert_eq!(watch.after(WEEK).await, []);
    watch.mx("contoso.example", records(GOOGLE));
    assert_eq!(watch.after(WEEK).await, []);
    assert_eq!(watch.after(WEEK).await, []);
    assert!(known(&watch));
    assert_eq!(watch.store.counts().unwrap().signals, 0);
}

#[tokio::test(start_paused = true)]
async fn a_domain_that_nobody_registers_is_gone_after_two_looks_and_may_come_back() {
    let mut watch = Watch::of(&["contoso.example"]).await;
    watch.mx("contoso.example", records(GOOGLE));
    watch.run().await;
    for kind in ALL_KINDS {
        watch.web.put_name("contoso.example", kind, Names::NoName);
    }
    watch.after(WEEK).await;
    assert!(!matches!(
        watch.profile("contoso.example").standing,
        Standing::Gone { .. }
    ));
    watch.after(WEEK).await;
    assert!(matches!(
        watch.profile("contoso.example").standing,
        Standing::Gone { .. }
    ));
    assert_eq!(
        watch.ping("contoso.example").state,
        State::Done,
        "the answer is one"
    );
    for kind in ALL_KINDS {
        watch.web.put_name("contoso.example", kind, Names::NoData);
    }
    watch.mx("contoso.example", records(GOOGLE));
    watch.after(WEEK).await;
    assert!(!matches!(
        watch.profile("contoso.example").standing,
        Standing::Gone { .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn where_nobody_answers_at_all_the_ping_has_failed_and_is_tried_again() {
    let mut watch = Watch::of(&["contoso.example"]).await;
    for kind in ALL_KINDS {
        watch
            .web
            .put_name("contoso.example", kind, Names::Unknown(Why::Timeout));
    }
    let (tally, _) = watch.run().await;
    let ping = watch.ping("contoso.example");
    assert!(
        matches!(ping.state, State::Failed { .. }),
        "{:?}",
        ping.state
    );
    assert!(ping.due.unwrap().since(watch.clock.now()) < DAY);
    assert_eq!(tally.pings, 1);
    let profile = Records::profile(&watch.store, &ping.company).unwrap();
    assert!(profile.is_none_or(|profile| profile.facts.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn pings_wait_for_no_site_and_keep_to_their_questions() {
    let domains: Vec<String> = (0..40).map(|n| format!("company-{n}.example")).collect();
    let names: Vec<&str> = domains.iter().map(String::as_str).collect();
    let mut watch = Watch::of(&names).await;
    let began = watch.clock.now();
    watch.config.questions_per_second = 60.try_into().unwrap();
    for name in &names {
        watch.web.put(&format!("https://{name}/"), Answer::Down);
    }
    let (tally, _) = watch.run().await;
    assert_eq!(tally.pings, 40, "though no site of theirs can be reached");
    let asked = watch.web.questions();
    let distinct: HashSet<_> = asked.iter().collect();
    assert_eq!(distinct.len(), asked.len(), "each question once");
    assert!(asked.len() <= 40 * plan::MOST);
    let took = watch.clock.now().since(began).as_secs();
    let budget = 39 * plan::MOST as u64 / 60;
    assert!(
        took >= budget,
        "{} questions in {took} s, at least {budget}",
        asked.len()
    );
}

#[tokio::test(start_paused = true)]
async fn a_front_pages_certificate_and_markup_join_what_dns_says() {
    let mut watch = Watch::of(&["contoso.example"]).await;
    let home = "https://contoso.example/";
    let page = "<html><head><script src='https://js.hs-scripts.com/4711.js'></script></head>\
                <body><p>Contoso</p></body></html>";
    watch.web.put(home, Answer::Html(page.to_owned()));
    watch
        .web
        .put_name("contoso.example", Kind::A, records("192.0.2.7"));
    watch.web.put(
        "https://contoso.example/.well-known/security.txt",
        Answer::Text("Contact: https://contoso.example/report\n".to_owned()),
    );
    let good = Timestamp(watch.clock.now().0 + 90 * 86_400_000);
    watch.web.put_certificate(
        home,
        Certificate {
            url: home.to_owned(),
            issuer: "C=US, O=Let's Encrypt, CN=R11".to_owned(),
            names: vec!["contoso.example".to_owned()],
            protocol: "TLSv1.3".to_owned(),
            not_after: good,
            ..Certificate::default()
        },
    );
    watch.run().await;
    let profile = watch.profile("contoso.example");
    let runs: Vec<&str> = profile
        .runs()
        .map(|fact| fact.technology.as_str())
        .collect();
    for slug in ["hubspot", "lets-encrypt", "security-txt"] {
        assert!(runs.contains(&slug), "{slug} in {runs:?}");
    }
    assert_eq!(profile.standing, Standing::Live);
}

#[tokio::test(start_paused = true)]
async fn what_a_page_shows_is_confirmed_by_a_visit_that_finds_it_as_it_was() {
    let mut watch = Watch::of(&["contoso.example"]).await;
    let home = "https://contoso.example/";
    let page = |head: &str| Answer::Html(format!("<html><head>{head}</head><p>Contoso</p></html>"));
    watch.web.put(home, page(""));
    watch.run().await;
    assert_eq!(watch.after(WEEK).await, []);
    let script = "<script src='https://js.hs-scripts.com/4711.js'></script>";
    watch.web.put(home, page(script));
    assert_eq!(watch.after(WEEK).await, [], "one look is not enough");
    let told = watch.after(WEEK).await;
    assert_eq!(kinds(&told), [SignalKind::TechAdopted], "{told:#?}");
    assert!(told[0].evidence[0].quote.contains("HubSpot"));
    watch.web.put(home, page(""));
    assert_eq!(watch.after(WEEK).await, []);
    let told = watch.after(WEEK).await;
    assert_eq!(kinds(&told), [SignalKind::TechRetired], "{told:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_domain_that_the_company_moved_to_for_good_becomes_its_own_and_anothers_does_not() {
    let mut watch = Watch::of(&["contoso.example", "fabrikam.example"]).await;
    let front = "<html><head><title>Contoso</title></head><body><h1>Contoso</h1>\
        <a href='/news/contoso-opens-a-plant-in-busan'>Contoso opens a plant in Busan</a>\
        </body></html>";
    let story = "/news/contoso-opens-a-plant-in-busan";
    let new = "https://www.contosogroup.example";
    watch
        .web
        .put("https://contoso.example/", Answer::Moved(format!("{new}/")));
    watch
        .web
        .put(&format!("{new}/"), Answer::Html(front.to_owned()));
    watch.web.put(
        &format!("{new}{story}"),
        Answer::Html("<p>Busan.</p>".to_owned()),
    );
    // Somebody who moved to another company of the list is not taken for it.
    let other = "https://contoso.example/about";
    watch.web.put(
        "https://fabrikam.example/",
        Answer::Moved("https://contoso.example/".to_owned()),
    );
    watch
        .web
        .put(other, Answer::Html("<p>About Contoso.</p>".to_owned()));
    watch.run().await;
    assert_eq!(
        watch.web.times(&format!("{new}/")),
        1,
        "its front page is read"
    );
    assert_eq!(watch.web.times(&format!("{new}{story}")), 0);
    watch.after(WEEK).await;
    watch.after(WEEK).await;
    assert_eq!(
        watch.web.times(&format!("{new}{story}")),
        1,
        "it is its own"
    );
    let related = &watch.profile("contoso.example").related;
    assert!(
        related
            .iter()
            .any(|one| one.domain == "contosogroup.example"),
        "{related:?}"
    );
    assert_eq!(watch.web.times(other), 0);
}
