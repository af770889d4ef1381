//! Which links are worth following, as what, and how soon. Pure.
//!
//! A company speaks in few places: its feed, its newsroom, its press releases, its blog, its
//! careers pages. Links are told by the words of their path and of their anchor, in seven
//! languages; what speaks is visited before what merely sells, and the new before the old.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use ::url::Url;

use super::config::Config;
use super::{traps, words};
use crate::model::company::Company;
use crate::model::document::{Link, Reading};
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::{self, UrlKey};

/// How many days old a link without a date is taken to be: it comes before last year's news, and
/// after yesterday's.
const UNDATED: u64 = 30;
/// Fewer times of change than this may well be the same.
const SAME: usize = 4;
/// A host's entries that one sitemap may add.
const SITEMAP_ENTRIES: usize = 300;

/// What follows from a reading: the links worth a visit, each once, the most urgent first.
pub fn follow(
    reading: &Reading,
    task: &Task,
    company: &Company,
    config: &Config,
    now: Timestamp,
) -> Vec<Discovery> {
    if task.depth >= config.max_depth {
        return Vec::new();
    }
    let base = task.parsed();
    let mut seen = HashSet::new();
    let believed = claims_are_real(reading);
    let mut found: Vec<Discovery> = reading
        .links
        .iter()
        .take(config.links_per_page)
        .filter(|link| !link.nofollow)
        .filter_map(|link| {
            let target = front(url::parse(&link.url)?);
            if traps::in_address(&target, now).is_some() || traps::reflects(&base, &target) {
                return None;
            }
            let kind = judge(link, &target, task, &base, company)?;
            if too_old(link, kind, config, now) || !seen.insert(UrlKey::of(&target)?) {
                return None;
            }
            Some(Discovery {
                due: now.before(urgency(kind, &target, link, now)),
                url: target,
                company: task.company.clone(),
                kind,
                depth: task.depth + 1,
                from: Some(task.url.clone()),
                at: now,
                updated: link.updated.filter(|_| believed),
            })
        })
        .collect();
    found.sort_by_key(|discovery| discovery.due);
    if task.kind == TaskKind::Sitemap {
        found.truncate(SITEMAP_ENTRIES);
    }
    found
}

/// Whether the times of change that a feed or sitemap states are its pages' own: where most are
/// one and the same, it is the time of its own making that they tell.
fn claims_are_real(reading: &Reading) -> bool {
    let stated: Vec<Timestamp> = reading
        .links
        .iter()
        .filter_map(|link| link.updated)
        .collect();
    let mut times: HashMap<Timestamp, usize> = HashMap::new();
    for at in &stated {
        *times.entry(*at).or_default() += 1;
    }
    let commonest = times.into_values().max().unwrap_or(0);
    stated.len() < SAME || commonest * 2 <= stated.len()
}

/// The target of a redirect: it is what the task was, and belongs to the same company if it may
/// be asked at all.
pub fn moved(
    to: &Url,
    task: &Task,
    company: &Company,
    config: &Config,
    now: Timestamp,
) -> Option<Discovery> {
    // A company's home page may have moved to another domain: that one page is read, its links
    // are judged by the company's own domains.
    if task.depth >= config.max_depth || !(company.owns(to) || task.kind == TaskKind::Home) {
        return None;
    }
    Some(Discovery {
        url: to.clone(),
        company: task.company.clone(),
        kind: task.kind,
        due: now.before(rank(task.kind)),
        depth: task.depth + 1,
        from: Some(task.url.clone()),
        at: now,
        updated: None,
    })
}

/// A sitemap that robots.txt names, when it lies within the company's domains.
pub fn sitemap(named: &str, company: &Company, from: &Url, now: Timestamp) -> Option<Discovery> {
    // Of a source the operator lists what is read.
    let own = |target: &Url| company.owns(target) && company.id.source().is_none();
    let target = url::parse(named).filter(own)?;
    Some(Discovery {
        url: target,
        company: company.id.clone(),
        kind: TaskKind::Sitemap,
        due: now.before(rank(TaskKind::Sitemap)),
        depth: 1,
        from: Some(from.to_string()),
        at: now,
        updated: None,
    })
}

/// What a link leads to; `None`: not worth a visit.
fn judge(
    link: &Link,
    target: &Url,
    task: &Task,
    base: &Url,
    company: &Company,
) -> Option<TaskKind> {
    if !company.owns(target) || target.as_str() == base.as_str() {
        return None;
    }
    if let Some(kind @ (TaskKind::Feed | TaskKind::Sitemap | TaskKind::Forum)) = link.kind {
        return (!target.path().contains("/comments/")).then_some(kind);
    }
    let segments = traps::segments(target);
    if words::is_mute(&segments) {
        return None;
    }
    let far = task.depth >= 2 || task.kind == TaskKind::Sitemap;
    if segments.is_empty() && target.query().is_none() {
        return Some(TaskKind::Home).filter(|_| target.host_str() != base.host_str());
    }
    if segments.is_empty() {
        return at_front_door(target, link).filter(|kind| *kind != TaskKind::Page || !far);
    }
    if link.kind == Some(TaskKind::Article) {
        return Some(TaskKind::Article);
    }
    let last = segments.len() - 1;
    let named = words::naming(&segments);
    let kind = match named {
        Some((place, kind)) if place == last => kind,
        Some((_, TaskKind::Listing)) if words::is_index(target, &segments) => TaskKind::Listing,
        Some((_, TaskKind::Listing)) => TaskKind::Article,
        Some((_, TaskKind::Careers)) => TaskKind::Job,
        Some((_, kind)) => kind,
        None if words::is_archive(&segments) => TaskKind::Listing,
        None if words::has_date(&segments) => TaskKind::Article,
        None => match anchored(link) {
            Some(kind) => kind,
            None if words::is_page_of(target, &segments) => TaskKind::Listing,
            None => below(task, link, &segments[last]),
        },
    };
    // Plain pages are worth a look near the front door only, and a sitemap lists them all.
    let speaks = kind != TaskKind::Page || named.is_some();
    (speaks || !far).then_some(kind)
}

/// What a query at the front door asks for, as WordPress and its like spell their pages:
/// `/?p=123`, `/?paged=2`, `/?cat=7`.
fn at_front_door(target: &Url, link: &Link) -> Option<TaskKind> {
    let headline = link.text.split_whitespace().count() >= 3;
    let pairs = traps::parameters(target);
    let named = |names: &[&str]| pairs.iter().any(|(name, _)| names.contains(&name.as_str()));
    if named(&["author", "attachment_id", "rest_route"]) {
        return None;
    }
    if named(&["feed"]) {
        return Some(TaskKind::Feed);
    }
    if traps::page_number(target).is_some() || named(&["cat", "m"]) {
        return Some(TaskKind::Listing);
    }
    let post = headline && named(&["p", "id", "article", "news", "story", "post"]);
    Some(if post {
        TaskKind::Article
    } else {
        anchored(link).unwrap_or(TaskKind::Page)
    })
}

/// What the words of the anchor say, where the path says nothing.
fn anchored(link: &Link) -> Option<TaskKind> {
    if link.text.len() > 40 {
        return None;
    }
    words::kind_of(&words::slug(&link.text)).filter(|kind| *kind != TaskKind::Page)
}

/// `/news/index.html` is `/news/`; with a query, it is a program that may not answer elsewhere.
fn front(mut target: Url) -> Url {
    if target.query().is_some() {
        return target;
    }
    let path = target.path();
    let name = path.rsplit('/').next().unwrap_or_default();
    if matches!(name, "index.html" | "index.htm" | "index.php") {
        let folder = path[..path.len() - name.len()].to_owned();
        target.set_path(&folder);
    }
    target
}

/// What a page without telling words is, from the page that links to it: a slug of several words
/// on a newsroom's index is an article, so is one of a headline's length in a sitemap that dates
/// it, and one on a careers page is a position.
fn below(task: &Task, link: &Link, slug: &str) -> TaskKind {
    let words = slug.split(['-', '_']).filter(|word| word.len() > 1).count();
    match task.kind {
        TaskKind::Listing | TaskKind::Feed if words >= 3 => TaskKind::Article,
        TaskKind::Sitemap if words >= 4 && link.dated.is_some() => TaskKind::Article,
        TaskKind::Careers if words >= 2 => TaskKind::Job,
        TaskKind::Forum => TaskKind::Forum,
        _ => TaskKind::Page,
    }
}

fn too_old(link: &Link, kind: TaskKind, config: &Config, now: Timestamp) -> bool {
    let dated = matches!(kind, TaskKind::Article | TaskKind::Job | TaskKind::Page);
    dated
        && link
            .dated
            .is_some_and(|date| now.since(date) > config.article_age)
}

/// How far before others a kind is visited. The point in time does not matter, only the order.
pub(super) fn rank(kind: TaskKind) -> Duration {
    Duration::from_secs(
        60 * match kind {
            TaskKind::Ping => 130,
            TaskKind::Home => 120,
            TaskKind::Feed => 110,
            TaskKind::Listing => 100,
            TaskKind::Careers => 90,
            TaskKind::Board | TaskKind::Account => 88,
            TaskKind::Stream => 84,
            TaskKind::Sitemap => 80,
            TaskKind::Article => 70,
            TaskKind::Job => 60,
            TaskKind::Forum => 40,
            TaskKind::Page => 10,
        },
    )
}

/// Among articles, the new come before the old: a second for each day of age; among the pages of
/// a listing the first ones, and far ones after the articles: a minute for each.
fn urgency(kind: TaskKind, target: &Url, link: &Link, now: Timestamp) -> Duration {
    if kind == TaskKind::Listing
        && let Some((page, last)) = traps::page_number(target)
    {
        // The number of an entry stands for some ten times as many.
        let page = page / (last / 500).clamp(1, 10);
        return rank(kind).saturating_sub(Duration::from_secs(u64::from(page.min(90)) * 60));
    }
    let age = link
        .dated
        .map_or(UNDATED, |date| now.since(date).as_secs() / 86_400);
    rank(kind).saturating_sub(Duration::from_secs(age.min(500)))
}

#[cfg(test)]
mod tests {
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
}
