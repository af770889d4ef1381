//! Sitemaps: which are read, in what order, and whose pages they may name. Pure.
//!
//! A sitemap speaks for its own host; for another one only where that host's robots.txt names it
//! (sitemaps.org, "Sitemaps & Cross Submits"). Of what an index lists, the maps of news and posts
//! are read before those of products and pictures, new ones before old ones, and old ones never.

use ::url::Url;

use super::config::Config;
use super::{feeds, rank, traps, words};
use crate::model::company::Company;
use crate::model::document::{Link, Reading};
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url;

/// Sitemaps of one index that are read.
pub(super) const CHILDREN: usize = 30;

/// Parts of a sitemap's name that say what its pages are: the first list is read before all
/// others, the second after them.
const SPEAKING: [&str; 27] = [
    "news",
    "post",
    "posts",
    "press",
    "blog",
    "blogs",
    "article",
    "articles",
    "story",
    "stories",
    "release",
    "releases",
    "career",
    "careers",
    "job",
    "jobs",
    "vacancy",
    "vacancies",
    "noticias",
    "prensa",
    "presse",
    "aktuelles",
    "actualites",
    "nieuws",
    "notizie",
    "imprensa",
    "events",
];
const SILENT: [&str; 29] = [
    "product",
    "products",
    "produkt",
    "produkte",
    "producto",
    "productos",
    "produit",
    "produits",
    "image",
    "images",
    "video",
    "videos",
    "media",
    "attachment",
    "category",
    "categories",
    "cat",
    "tag",
    "tags",
    "author",
    "authors",
    "user",
    "users",
    "shop",
    "store",
    "stores",
    "taxonomy",
    "archive",
    "collections",
];

/// What robots.txt at `rules` names as a sitemap, or what is looked for where it usually lies
/// (`guessed`): a feed, where it looks like one, for that is a sitemap too.
pub(super) fn of_robots(
    named: &str,
    company: &Company,
    rules: &Url,
    guessed: bool,
    now: Timestamp,
) -> Option<Discovery> {
    // Of a source the operator lists what is read.
    let target = url::parse(named).filter(|_| company.id.source().is_none())?;
    // A host may have its sitemap lie anywhere; what it then says is held against the host's name.
    let feed = feeds::looks_like_one(&target, &Link::default());
    if (feed || guessed) && !company.owns(&target) {
        return None;
    }
    let kind = match feed {
        true => TaskKind::Feed,
        false => TaskKind::Sitemap,
    };
    Some(Discovery {
        due: rank::due(kind, now),
        from: Some(match guessed {
            true => target.to_string(),
            false => rules.to_string(),
        }),
        url: target,
        company: company.id.clone(),
        kind,
        depth: 1,
        at: now,
        updated: None,
    })
}

/// Whether the sitemap behind `task` may name `target`.
pub(super) fn speaks_for(task: &Task, base: &Url, target: &Url) -> bool {
    let same = |one: &Url| bare(one) == bare(target) && one.port() == target.port();
    let named_by = || rules_that_name(task).is_some_and(|rules| same(&rules));
    same(base) || named_by()
}

/// From where a sitemap's entry is found: a map that an index at another host lists is still named
/// by the rules that name the index.
pub(super) fn from(task: &Task, kind: TaskKind) -> String {
    match (kind, rules_that_name(task)) {
        (TaskKind::Sitemap, Some(rules)) if bare(&rules) != bare(&task.parsed()) => rules.into(),
        _ => task.url.clone(),
    }
}

fn rules_that_name(task: &Task) -> Option<Url> {
    let from = Url::parse(task.from.as_deref()?).ok()?;
    (from.path() == "/robots.txt").then_some(from)
}

fn bare(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The links of a reading in the order in which they are looked at: a sitemap's by what they say
/// of their age, because it may be longer than anybody reads.
pub(super) fn in_order<'a>(reading: &'a Reading, task: &Task) -> Vec<&'a Link> {
    let mut links: Vec<&Link> = reading.links.iter().collect();
    if task.kind == TaskKind::Sitemap {
        links.sort_by_key(|link| std::cmp::Reverse(link.dated));
    }
    links
}

/// Whether a map that an index lists has nothing to say any more: by its last change, or by the
/// year in its name.
pub(super) fn is_old(target: &Url, link: &Link, config: &Config, now: Timestamp) -> bool {
    let old = |at: Timestamp| now.since(at) > config.article_age;
    let of_year = name(target)
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| part.len() == 4 || part.len() == 6 || part.len() == 8)
        .find_map(|part| part[..4].parse::<i16>().ok())
        .filter(|year| (1995..=now.day().year()).contains(year))
        .map(|year| Timestamp::of_day(jiff::civil::date(year, 12, 31)));
    link.dated.or(of_year).is_some_and(old)
}

/// How a map that an index lists is called, in steps before or behind the others.
pub(super) fn worth(target: &Url) -> i8 {
    let name = name(target);
    let mut parts = name
        .split(|c: char| !c.is_alphanumeric())
        .map(|part| part.trim_end_matches(|c: char| c.is_ascii_digit()));
    if parts.clone().any(|part| SPEAKING.contains(&part)) {
        1
    } else if parts.any(|part| SILENT.contains(&part)) {
        -1
    } else {
        0
    }
}

/// What tells a map from its siblings: its file, its folders, its query.
fn name(target: &Url) -> String {
    let segments = traps::segments(target);
    let words: Vec<String> = segments.iter().map(|one| words::slug(one)).collect();
    let query = target.query().unwrap_or_default().to_lowercase();
    format!("{}-{query}", words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;

    fn url(url: &str) -> Url {
        Url::parse(url).expect("valid")
    }

    /// The third of June 2026.
    const NOW: Timestamp = Timestamp(1_780_480_000_000);

    #[test]
    fn a_sitemap_speaks_for_its_own_host_and_for_one_whose_rules_name_it() {
        let map = url("https://www.example.com/sitemap.xml");
        let mut of = task(TaskKind::Sitemap);
        of.url = map.to_string();
        for (target, own, named) in [
            ("https://www.example.com/a", true, true),
            ("https://example.com/a", true, true),
            ("https://blog.example.com/a", false, true),
            ("https://jobs.example.com/a", false, false),
            ("https://example.com:8443/a", false, false),
        ] {
            of.from = None;
            assert_eq!(speaks_for(&of, &map, &url(target)), own, "{target}");
            of.from = Some("https://blog.example.com/robots.txt".to_owned());
            assert_eq!(speaks_for(&of, &map, &url(target)), named, "{target}");
            of.from = Some("https://blog.example.com/map".to_owned());
            assert_eq!(speaks_for(&of, &map, &url(target)), own, "{target}");
        }
        of.from = Some("https://blog.example.com/robots.txt".to_owned());
        assert_eq!(
            from(&of, TaskKind::Sitemap),
            "https://blog.example.com/robots.txt"
        );
        assert_eq!(from(&of, TaskKind::Article), map.as_str());
    }

    #[test]
    fn maps_of_news_come_first_and_those_of_products_last() {
        let worth = |path: &str| worth(&url(&format!("https://example.com{path}")));
        for (path, expected) in [
            ("/post-sitemap.xml", 1),
            ("/post-sitemap12.xml", 1),
            ("/sitemap_news.xml", 1),
            ("/sitemap-posttype-post.2026.xml", 1),
            ("/sitemaps/careers.xml.gz", 1),
            ("/sitemap.xml?type=blog", 1),
            ("/page-sitemap.xml", 0),
            ("/sitemap-1.xml", 0),
            ("/product-sitemap3.xml", -1),
            ("/sitemap_products_1.xml?from=1&to=2", -1),
            ("/image-sitemap.xml", -1),
            ("/category-sitemap.xml", -1),
            ("/author-sitemap.xml", -1),
        ] {
            assert_eq!(worth(path), expected, "{path}");
        }
    }

    #[test]
    fn old_maps_are_told_by_their_change_or_their_name() {
        let config = Config::default();
        let old = |path: &str, days: Option<u64>| {
            let dated = days.map(|days| NOW.before(std::time::Duration::from_secs(days * 86_400)));
            let link = Link {
                dated,
                ..Link::default()
            };
            is_old(
                &url(&format!("https://example.com{path}")),
                &link,
                &config,
                NOW,
            )
        };
        assert!(old("/sitemap-2019-05.xml", None));
        assert!(old("/sitemap-posttype-post.201905.xml", None));
        assert!(old("/sitemap.xml", Some(900)));
        assert!(!old("/sitemap-2019.xml", Some(3)), "its change says more");
        assert!(!old("/sitemap-2026-05.xml", None));
        assert!(!old("/sitemap-2100.xml", None), "a number, not a year");
        assert!(!old("/sitemap.xml", None));
    }

    #[test]
    fn what_robots_name_may_be_a_feed_and_may_lie_elsewhere() {
        let company = Company::new("example.com");
        let rules = url("https://example.com/robots.txt");
        let found = |named: &str, guessed| of_robots(named, &company, &rules, guessed, NOW);
        let kind = |named: &str| found(named, false).map(|found| found.kind);
        assert_eq!(
            kind("https://example.com/sitemap.xml"),
            Some(TaskKind::Sitemap)
        );
        assert_eq!(kind("https://example.com/feed"), Some(TaskKind::Feed));
        assert_eq!(
            kind("https://maps.example/example.xml"),
            Some(TaskKind::Sitemap)
        );
        assert_eq!(kind("https://feeds.example/rss"), None);
        assert_eq!(kind("/sitemap.xml"), None);
        let guess = found("https://example.com/sitemap.xml", true).expect("found");
        assert_eq!(
            guess.from.as_deref(),
            Some("https://example.com/sitemap.xml")
        );
    }
}
