//! Places of companies on others' hosts: found from the company's own pages, asked as politely as
//! any host, believed where they are the company's, and never taken for its site.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(
    dead_code,
    reason = "shared with the tests of etiquette and pace, which need more of it"
)]
mod web;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Limits, Parts, Tally};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::kind::SignalKind;
use foresignal::model::profile::Attribute;
use foresignal::model::state::State;
use foresignal::model::suppress::Suppressed;
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, Host, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Web};

const REST: Duration = Duration::from_secs(5);
const DAY: Duration = Duration::from_secs(24 * 3600);

struct World {
    clock: Clock,
    web: Web,
    store: MemoryStore,
    suppressed: Arc<Suppressed>,
    /// The only company of the next run; `None`: all.
    listed: Option<CompanyId>,
}

impl World {
    async fn of(domains: &[&str]) -> World {
        let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
        let mut store = MemoryStore::new();
        let seeds: Vec<Seed> = domains
            .iter()
            .map(|domain| Seed {
                company: Company::new(domain),
                tasks: vec![Discovery {
                    url: url::parse(&format!("https://{domain}/")).unwrap(),
                    company: CompanyId((*domain).to_owned()),
                    kind: TaskKind::Home,
                    due: clock.now(),
                    depth: 0,
                    from: None,
                    at: clock.now(),
                    updated: None,
                }],
            })
            .collect();
        store.seed(&seeds).await.unwrap();
        World {
            web: Web::new(&clock),
            clock,
            store,
            suppressed: Arc::default(),
            listed: None,
        }
    }

    async fn crawl(&mut self, limits: Limits) -> Tally {
        let companies: HashMap<_, _> = self
            .store
            .companies()
            .map(|company| company.unwrap())
            .filter(|company| self.listed.as_ref().is_none_or(|only| company.id == *only))
            .map(|company| (company.id.clone(), Arc::new(company)))
            .collect();
        let parts = Parts {
            suppressed: Arc::clone(&self.suppressed),
            config: Config {
                rest: REST,
                per_second: 1000.try_into().unwrap(),
                patience: Duration::from_secs(600),
                ..Config::default()
            },
            ..Parts::new(
                self.web.clone(),
                &mut self.store,
                companies,
                self.clock.clone(),
            )
        };
        crawl::run(parts, limits, std::future::pending(), &mut |_| {})
            .await
            .unwrap()
    }

    fn task(&self, address: &str) -> Option<Task> {
        let key = UrlKey::of(&url::parse(address).unwrap()).unwrap();
        self.store.task(&key).unwrap()
    }

    fn asked(&self, host: &str) -> usize {
        let host = Host::of_domain(host).unwrap();
        self.web
            .log()
            .iter()
            .filter(|asked| asked.host == host && asked.page)
            .count()
    }

    /// A company whose careers page shows its board at Greenhouse.
    fn site(&self, domain: &str, token: &str) {
        let home =
            format!("<title>{domain}</title><p>We make anvils.</p><a href=/careers>Careers</a>");
        self.web
            .put(&format!("https://{domain}/"), Answer::Html(home));
        let careers = format!(
            "<h1>Careers</h1><p>Work with us.</p>\
             <script src='https://boards.greenhouse.io/embed/job_board/js?for={token}'></script>"
        );
        self.web
            .put(&format!("https://{domain}/careers"), Answer::Html(careers));
    }
}

fn board(token: &str) -> String {
    format!("https://boards-api.greenhouse.io/v1/boards/{token}/jobs?content=true")
}

fn listed(token: &str, titles: &[&str]) -> Answer {
    let position = |title: &&str| {
        let slug = title.to_lowercase().replace(' ', "-");
        format!(
            r#"{{"title":"{title}","absolute_url":"https://boards.greenhouse.io/{token}/jobs/{slug}",
            "location":{{"name":"Lyon"}},"content":"<p>You know Azure.</p>"}}"#
        )
    };
    let positions: Vec<String> = titles.iter().map(position).collect();
    Answer::Text(format!(r#"{{"jobs":[{}]}}"#, positions.join(",")))
}

#[tokio::test(start_paused = true)]
async fn two_companies_at_one_platform_are_asked_one_after_the_other() {
    let mut world = World::of(&["contoso.example", "fabrikam.example"]).await;
    for (domain, token) in [
        ("contoso.example", "contoso"),
        ("fabrikam.example", "fab-inc"),
    ] {
        world.site(domain, token);
        world
            .web
            .put(&board(token), listed(token, &["Cloud Engineer"]));
    }
    world.crawl(Limits::default()).await;
    world.web.assert_polite(REST);
    world.web.assert_robots_first();
    assert_eq!(world.asked("boards-api.greenhouse.io"), 2, "two boards");
    assert_eq!(
        world.asked("boards.greenhouse.io"),
        0,
        "no page of a position"
    );
    for (domain, token) in [
        ("contoso.example", "contoso"),
        ("fabrikam.example", "fab-inc"),
    ] {
        let company = CompanyId(domain.to_owned());
        let task = world.task(&board(token)).unwrap();
        assert_eq!((task.kind, &task.company), (TaskKind::Board, &company));
        assert_eq!((task.state, task.positions.len()), (State::Done, 1));
        let signals: Vec<_> = world
            .store
            .signals(Some(&company))
            .map(Result::unwrap)
            .collect();
        let [signal] = signals.as_slice() else {
            panic!("{domain}: {signals:?}");
        };
        assert_eq!(signal.kind, SignalKind::JobPosting);
        assert_eq!(
            signal.evidence[0].url,
            format!("https://boards.greenhouse.io/{token}/jobs/cloud-engineer")
        );
        let profile = world.store.profile(&company).unwrap().unwrap();
        let boards = profile
            .claims
            .iter()
            .filter(|claim| claim.attribute == Attribute::Board);
        let boards: Vec<&str> = boards.map(|claim| claim.value.as_str()).collect();
        assert_eq!(boards, [format!("https://boards.greenhouse.io/{token}")]);
        // Whatever the platform's host shows, the profile knows the company's pages alone.
        let elsewhere = |url: &str| url.contains("greenhouse.io");
        assert!(!profile.facts.iter().any(|fact| elsewhere(&fact.url)));
        assert!(!profile.claims.iter().any(|claim| elsewhere(&claim.url)));
    }
}

/// Many companies share a platform's host: one that a run is not given does not hold the others.
#[tokio::test(start_paused = true)]
async fn a_company_that_is_not_listed_holds_nobody_else_up() {
    let mut world = World::of(&["contoso.example", "fabrikam.example"]).await;
    for (domain, token) in [
        ("contoso.example", "contoso"),
        ("fabrikam.example", "fab-inc"),
    ] {
        world.site(domain, token);
        world
            .web
            .put(&board(token), listed(token, &["Cloud Engineer"]));
    }
    world.crawl(Limits::default()).await;
    for (only, wanted) in [("fabrikam.example", (1, 2)), ("contoso.example", (2, 2))] {
        tokio::time::sleep(3 * DAY).await;
        world.listed = Some(CompanyId(only.to_owned()));
        let before = (
            world.web.times(&board("contoso")),
            world.web.times(&board("fab-inc")),
        );
        world.crawl(Limits::default()).await;
        let after = (
            world.web.times(&board("contoso")),
            world.web.times(&board("fab-inc")),
        );
        assert_eq!(after, wanted, "{only} alone, after {before:?}");
    }
    world.web.assert_polite(REST);
}

#[tokio::test(start_paused = true)]
async fn positions_open_and_close_with_the_board() {
    let mut world = World::of(&["contoso.example"]).await;
    world.site("contoso.example", "contoso");
    let url = board("contoso");
    let open = |world: &World| {
        let task = world.task(&url).unwrap();
        let open = task
            .positions
            .iter()
            .filter(|position| position.open)
            .count();
        (open, task.positions.len() - open)
    };
    let answers = [
        (
            listed("contoso", &["Cloud Engineer", "SAP Consultant"]),
            (2, 0),
        ),
        (
            listed("contoso", &["Cloud Engineer", "Data Engineer"]),
            (2, 1),
        ),
        // Broken off, refused, another program's: none of it says that anything closed.
        (
            Answer::Text(r#"{"jobs":[{"title":"Cloud Engi"#.to_owned()),
            (2, 1),
        ),
        (Answer::Refused(503, None), (2, 1)),
        (
            Answer::Text(r#"{"error":"maintenance"}"#.to_owned()),
            (2, 1),
        ),
        (Answer::Unchanged, (2, 1)),
        (listed("contoso", &[]), (0, 3)),
        (listed("contoso", &["SAP Consultant"]), (1, 2)),
    ];
    let mut first = None;
    for (answer, wanted) in answers {
        world.web.put(&url, answer.clone());
        let before = world.web.times(&url);
        world.crawl(Limits::default()).await;
        while world.web.times(&url) == before {
            tokio::time::sleep(DAY / 2).await;
            world.crawl(Limits::default()).await;
        }
        assert_eq!(open(&world), wanted, "{answer:?}");
        let seen = world
            .task(&url)
            .unwrap()
            .positions
            .iter()
            .map(|one| one.first_seen)
            .min();
        assert_eq!(
            *first.get_or_insert(seen),
            seen,
            "the first sight never moves"
        );
        tokio::time::sleep(DAY).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_is_read_where_it_names_the_company_in_turn() {
    let mut world = World::of(&["contoso.example", "fabrikam.example"]).await;
    for (domain, account, says) in [
        ("contoso.example", "contoso", "https://contoso.example/"),
        ("fabrikam.example", "fabrikam", "https://somebody.example/"),
    ] {
        let home = format!(
            "<title>{domain}</title><p>We make anvils.</p><footer><a href='https://mastodon.social/@{account}'>Mastodon</a>\
             <a href='https://www.linkedin.com/company/{account}'>LinkedIn</a></footer>"
        );
        world
            .web
            .put(&format!("https://{domain}/"), Answer::Html(home));
        let card = format!(
            r#"{{"id":"1{account}","note":"","fields":[{{"name":"Web","value":"<a href=\"{says}\">x</a>","verified_at":null}}]}}"#
        );
        world.web.put(
            &format!("https://mastodon.social/api/v1/accounts/lookup?acct={account}"),
            Answer::Text(card),
        );
        let post = format!(
            r#"[{{"url":"https://mastodon.social/@{account}/1","created_at":"2026-05-20T10:00:00Z","language":"en","visibility":"public",
            "content":"<p>Contoso has acquired Northwind Traders for $5 million.</p>"}}]"#
        );
        let stream = format!(
            "https://mastodon.social/api/v1/accounts/1{account}/statuses?exclude_replies=true&exclude_reblogs=true&limit=40"
        );
        world.web.put(&stream, Answer::Text(post));
    }
    world.crawl(Limits::default()).await;
    world.web.assert_polite(REST);
    world.web.assert_robots_first();
    assert_eq!(
        world.asked("mastodon.social"),
        3,
        "two cards, and one stream"
    );
    assert_eq!(world.asked("www.linkedin.com"), 0);
    let lookup = |account: &str| {
        let address = format!("https://mastodon.social/api/v1/accounts/lookup?acct={account}");
        world.task(&address).unwrap()
    };
    assert_eq!(
        (lookup("contoso").entries, lookup("fabrikam").entries),
        (1, 0)
    );
    let told = |domain: &str| {
        world
            .store
            .signals(Some(&CompanyId(domain.to_owned())))
            .count()
    };
    let stream = "https://mastodon.social/api/v1/accounts/1contoso/statuses?exclude_replies=true&exclude_reblogs=true&limit=40";
    assert_eq!(world.task(stream).map(|task| task.state), Some(State::Done));
    assert_eq!((told("contoso.example"), told("fabrikam.example")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_robots_forbid_and_authors_do_not_want_followed_is_left_alone() {
    let mut world = World::of(&["contoso.example", "fabrikam.example"]).await;
    world.site("contoso.example", "contoso");
    world
        .web
        .put(&board("contoso"), listed("contoso", &["Cloud Engineer"]));
    world.web.put(
        "https://boards-api.greenhouse.io/robots.txt",
        Answer::Text("User-agent: *\nDisallow: /v1/".to_owned()),
    );
    let home = "<title>Fabrikam</title><p>We make anvils.</p><footer>\
        <a rel=nofollow href='https://jobs.lever.co/fabrikam'>Jobs</a></footer>";
    world
        .web
        .put("https://fabrikam.example/", Answer::Html(home.to_owned()));
    world.crawl(Limits::default()).await;
    assert!(matches!(
        world.task(&board("contoso")).unwrap().state,
        State::Disallowed { .. }
    ));
    assert_eq!(world.web.times(&board("contoso")), 0);
    assert_eq!(world.asked("api.lever.co"), 0);
}

#[tokio::test(start_paused = true)]
async fn of_whom_nobody_asks_nobody_asks_elsewhere_either() {
    let mut world = World::of(&["contoso.example"]).await;
    world.site("contoso.example", "contoso");
    world
        .web
        .put(&board("contoso"), listed("contoso", &["Cloud Engineer"]));
    world.crawl(Limits::default()).await;
    assert_eq!(world.web.times(&board("contoso")), 1);
    let mut suppressed = Suppressed::default();
    suppressed.add("contoso.example").unwrap();
    world.suppressed = Arc::new(suppressed);
    tokio::time::sleep(3 * DAY).await;
    world.crawl(Limits::default()).await;
    assert_eq!(world.web.times(&board("contoso")), 1);
    assert!(matches!(
        world.task(&board("contoso")).unwrap().state,
        State::Suppressed { .. }
    ));
}

/// A sitemap names a board's positions, and each has a page: they are the company's word, and
/// nothing else on that host is followed.
#[tokio::test(start_paused = true)]
async fn positions_with_pages_are_visited_and_nothing_beside_them() {
    let mut world = World::of(&["contoso.example"]).await;
    let host = "https://contoso.wd5.myworkdayjobs.com";
    let home = format!(
        "<title>Contoso</title><p>We make anvils.</p><a href='{host}/en-US/Jobs'>Careers</a>"
    );
    world
        .web
        .put("https://contoso.example/", Answer::Html(home));
    let entry = |path: &str| format!("<url><loc>{host}{path}</loc></url>");
    let map = format!(
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}{}{}</urlset>",
        entry("/Jobs/job/Lyon/Cloud-Engineer_R-1"),
        entry("/Jobs/login"),
        entry("/Other/job/Lyon/Cook_R-2")
    );
    world
        .web
        .put(&format!("{host}/Jobs/siteMap.xml"), Answer::Text(map));
    let position = r#"<script type="application/ld+json">{"@type":"JobPosting","title":"Cloud Engineer","description":"You know Azure.",
        "hiringOrganization":{"name":"100 CTSO Inc"},"datePosted":"2026-05-20"}</script><a href="/Jobs/other">More</a>"#;
    world.web.put(
        &format!("{host}/Jobs/job/Lyon/Cloud-Engineer_R-1"),
        Answer::Html(position.to_owned()),
    );
    world.crawl(Limits::default()).await;
    world.web.assert_polite(REST);
    assert_eq!(
        world.asked("contoso.wd5.myworkdayjobs.com"),
        2,
        "its map, one position"
    );
    let signals: Vec<_> = world.store.signals(None).map(Result::unwrap).collect();
    assert_eq!(signals.len(), 1, "{signals:?}");
    let profile = world
        .store
        .profile(&CompanyId("contoso.example".to_owned()))
        .unwrap()
        .unwrap();
    assert!(
        !profile
            .claims
            .iter()
            .any(|claim| claim.value.contains("CTSO"))
    );
}

/// Cut off after every number of pages, and begun again: the same in the end.
#[tokio::test(start_paused = true)]
async fn a_crawl_that_is_cut_off_loses_no_place() {
    let outcome = async |pages: Option<u64>| {
        let mut world = World::of(&["contoso.example"]).await;
        world.site("contoso.example", "contoso");
        world.web.put(
            &board("contoso"),
            listed("contoso", &["Cloud Engineer", "SAP Consultant"]),
        );
        if let Some(pages) = pages {
            let limits = Limits {
                pages: Some(pages),
                ..Limits::default()
            };
            for _ in 0..6 {
                world.crawl(limits).await;
            }
        }
        world.crawl(Limits::default()).await;
        let task = world.task(&board("contoso")).unwrap();
        let keys: Vec<u32> = task.positions.iter().map(|position| position.key).collect();
        let mut signals: Vec<String> = world
            .store
            .signals(None)
            .map(|signal| signal.unwrap().id.to_string())
            .collect();
        signals.sort();
        (
            task.state,
            keys,
            signals,
            world.web.times(&board("contoso")),
        )
    };
    let whole = outcome(None).await;
    assert_eq!((whole.1.len(), whole.3), (2, 1));
    for pages in [1, 2] {
        assert_eq!(outcome(Some(pages)).await, whole, "{pages} pages at a time");
    }
}

#[tokio::test(start_paused = true)]
async fn a_forum_that_keeps_its_answers_back_is_read_by_its_pages() {
    let mut world = World::of(&["contoso.example"]).await;
    let at = |path: &str| format!("https://contoso.example{path}");
    let home = "<title>Contoso</title><p>We make anvils.</p><a href=/forum/>Forum</a>";
    world.web.put(&at("/"), Answer::Html(home.to_owned()));
    let discourse = "<meta name=generator content='Discourse 3.4'>";
    let index: String = (17..20)
        .map(|id| format!("<a href=/forum/t/a-thread-about-anvils/{id}>a thread</a>"))
        .collect();
    world
        .web
        .put(&at("/forum/"), Answer::Html(discourse.to_owned() + &index));
    let thread = format!(
        "{discourse}<title>Anvils</title><div class=cooked><p>{}</p></div>",
        "Our anvils crack in the cold, and so do those of my neighbour. ".repeat(5)
    );
    // One is kept back by the server, one by its rules, one is not there; whatever is, is read.
    let robots = "User-agent: *\nDisallow: /forum/t/18.json\n";
    world
        .web
        .put(&at("/robots.txt"), Answer::Text(robots.to_owned()));
    world
        .web
        .put(&at("/forum/t/17.json"), Answer::Refused(403, None));
    for id in 17..20 {
        world.web.put(
            &at(&format!("/forum/t/{id}")),
            Answer::Html(thread.clone() + &id.to_string()),
        );
    }
    world.crawl(Limits::default()).await;
    world.web.assert_polite(REST);
    for id in 17..20 {
        let page = world.task(&at(&format!("/forum/t/{id}")));
        let page = page.unwrap_or_else(|| panic!("/forum/t/{id} was not found"));
        assert!(
            matches!(page.state, State::Done | State::Duplicate { .. }),
            "{id}: {:?}",
            page.state
        );
    }
}
