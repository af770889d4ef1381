//! Which links are followed, and as what.

use std::time::Duration;

use super::*;
use crate::crawl::judge::tests::task;

fn kind(from: TaskKind, href: &str, text: &str) -> Option<TaskKind> {
    let company = Company::new("example.com");
    let link = Link {
        url: format!("https://www.example.com{href}"),
        text: text.into(),
        ..Link::default()
    };
    let reading = Reading {
        links: vec![link],
        ..Reading::default()
    };
    let (task, config) = (task(from), Config::default());
    let now = Timestamp(1_780_000_000_000);
    let found = follow(&reading, &task, &company, &config, now);
    found.first().map(|discovery| discovery.kind)
}

#[test]
fn links_are_told_by_their_words_in_many_languages() {
    use TaskKind::*;
    for (from, href, text, expected) in [
        (Home, "/newsroom", "Newsroom", Some(Listing)),
        (Home, "/es/sala-de-prensa/", "Prensa", Some(Listing)),
        (Home, "/x/17", "Sala de Prensa", Some(Listing)),
        (Home, "/unternehmen/karriere", "", Some(Careers)),
        (Home, "/p/9", "Offene Stellen", Some(Careers)),
        (
            Listing,
            "/news/contoso-raises-35m-series-b",
            "",
            Some(Article),
        ),
        (Listing, "/news/page/2", "", Some(Listing)),
        (Listing, "/news?page=2", "2", Some(Listing)),
        (Listing, "/contoso-opens-new-office", "", Some(Article)),
        (Home, "/category/markets", "", Some(Listing)),
        (Home, "/archives.html", "", Some(Listing)),
        (Home, "/index2.html", "2", Some(Listing)),
        (Home, "/posts/2025/04/", "April", Some(Listing)),
        (Listing, "/2025/04/17/contoso-moves", "", Some(Article)),
        (Home, "/2026/05/04/hello", "", Some(Article)),
        (Careers, "/careers/cloud-engineer", "", Some(Job)),
        (Careers, "/o/senior-sap-consultant", "", Some(Job)),
        (Home, "/about-us", "About", Some(Page)),
        (Home, "/products/anvils", "Anvils", Some(Page)),
        (Home, "/login", "Log in", None),
        (Home, "/author/jane-roe", "Jane", None),
        (Home, "/files/report.pdf", "Report", None),
        (Home, "/calendar?month=2031-05", "Next month", None),
        (Home, "/events?month=2031-05", "Next month", None),
        (Home, "/a/b/a/b/a/b", "", None),
        (Listing, "/news?page=5000", "", None),
        (Home, "/?p=123", "Contoso opens a plant", Some(Article)),
        (Home, "/?paged=2", "Older", Some(Listing)),
        (Home, "/?page_id=2", "About", Some(Page)),
        (Home, "/forum/viewtopic.php?f=3&t=12", "", Some(Forum)),
    ] {
        assert_eq!(kind(from, href, text), expected, "{from:?} {href} {text}");
    }
}

#[test]
fn only_the_companys_own_pages_are_followed_and_never_against_its_word() {
    let company = Company::new("example.com");
    let (home, config) = (task(TaskKind::Home), Config::default());
    let link = |url: &str, nofollow| Link {
        url: url.into(),
        nofollow,
        ..Link::default()
    };
    let mut reading = Reading {
        links: vec![
            link("https://other.example/news", false),
            link("https://example.com/news", true),
        ],
        ..Reading::default()
    };
    let now = Timestamp(0);
    assert_eq!(follow(&reading, &home, &company, &config, now), []);
    reading.links = vec![
        link("https://example.com/news", false),
        link("http://example.com/news#x", false),
    ];
    assert_eq!(follow(&reading, &home, &company, &config, now).len(), 1);
}

#[test]
fn press_comes_before_products_and_new_before_old() {
    let now = Timestamp(1_000 * 86_400_000);
    let link = |path: &str, days: u64| Link {
        url: format!("https://example.com{path}"),
        dated: Some(now.before(Duration::from_secs(days * 86_400))),
        ..Link::default()
    };
    let reading = Reading {
        links: vec![
            link("/products/x", 1),
            link("/news/an-old-story", 90),
            link("/news/a-new-story", 2),
            link("/news/ancient", 900),
        ],
        ..Reading::default()
    };
    let (home, config) = (task(TaskKind::Home), Config::default());
    let found = follow(&reading, &home, &Company::new("example.com"), &config, now);
    let paths: Vec<&str> = found.iter().map(|discovery| discovery.url.path()).collect();
    assert_eq!(
        paths,
        ["/news/a-new-story", "/news/an-old-story", "/products/x"]
    );
}
