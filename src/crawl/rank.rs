//! In what order links are visited. Pure.
//!
//! What is due first is visited first, so urgency is a point in the past: the further back, the
//! sooner. The steps between the kinds are hours, and a day of an article's age is a minute, so
//! that what a run finds late still stands where it belongs among what it found early, and today's
//! articles before the plain pages that an earlier run left over.
//!
//! The order: where something new shows (feeds, newsrooms, careers pages, sitemaps), what they lead
//! to (press releases, articles, positions, the new before the old), what the company says of
//! itself, more of the listings (their later pages, archives, subjects), forums, other pages, and
//! last what it sells. What another edition says in another language comes behind all that speaks.

use std::time::Duration;

use ::url::Url;

use super::config::Config;
use super::{maps, traps, words};
use crate::model::company::Company;
use crate::model::document::Link;
use crate::model::task::{Task, TaskKind};
use crate::model::time::{Day, Timestamp};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
/// How many days old a link without a date is taken to be: it comes before last year's news, and
/// after yesterday's.
const UNDATED: u64 = 30;
/// An article of so many days is as old as one can be.
const OLDEST: u64 = 500;
/// How far what is said in another language lies behind.
const BEHIND: u64 = 55;
/// A listing's later pages, archives and subjects: behind the articles that are known already.
const MORE_OF_A_LISTING: u64 = 61;
/// A feed that nobody named: behind what is known to be there.
const GUESS: u64 = 63;
/// What a page near the front door says of the company: before the news of last year …
const OF_ITSELF: u64 = 66;
/// … and the two or three that say who it is: behind what is certainly new, before what may be old.
const WHO: u64 = 70 * 60 - 24;
/// What is sold.
const WARES: u64 = 5;

/// How many hours before others a kind is visited.
fn hours(kind: TaskKind) -> u64 {
    match kind {
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
    }
}

/// When something of this kind is due of which nothing else is known.
pub fn due(kind: TaskKind, now: Timestamp) -> Timestamp {
    now.before(Duration::from_secs(hours(kind) * HOUR))
}

/// When a guessed feed is due.
pub(super) fn of_guess(now: Timestamp) -> Timestamp {
    now.before(Duration::from_secs(GUESS * HOUR))
}

/// When the target of a link on the page of `task` is due; `behind`: it speaks in a language that
/// is read when the others are.
pub(super) fn due_of(
    kind: TaskKind,
    target: &Url,
    link: &Link,
    task: &Task,
    company: &Company,
    behind: bool,
    now: Timestamp,
) -> Timestamp {
    let mut ahead = urgency(kind, target, link, task, company, now);
    if behind {
        ahead = ahead.saturating_sub(BEHIND * HOUR).max(HOUR);
    }
    now.before(Duration::from_secs(ahead))
}

/// Seconds ahead of what is due now.
fn urgency(
    kind: TaskKind,
    target: &Url,
    link: &Link,
    task: &Task,
    company: &Company,
    now: Timestamp,
) -> u64 {
    let segments = traps::segments(target);
    let press = || 2 * HOUR * u64::from(words::is_press(&segments));
    match kind {
        TaskKind::Listing => match more_of(target, &segments) {
            // Page by page, half an hour each.
            Some(page) => MORE_OF_A_LISTING * HOUR - u64::from(page.min(60)) * HOUR / 2,
            None => hours(kind) * HOUR + press(),
        },
        TaskKind::Article | TaskKind::Job => {
            let age = dated(link, target).map_or(UNDATED, |at| now.since(at).as_secs() / DAY);
            hours(kind) * HOUR + press() - age.min(OLDEST) * 60
        }
        TaskKind::Sitemap => {
            let by_name = match maps::worth(target) {
                1.. => hours(kind),
                0 => hours(kind) - 2,
                _ => WARES + 1,
            };
            let age = link
                .dated
                .map_or(UNDATED, |at| now.since(at).as_secs() / DAY);
            by_name * HOUR - age.min(UNDATED) * 60
        }
        TaskKind::Page if words::is_wares(&segments) => WARES * HOUR,
        TaskKind::Page
            if task.depth <= 1 && segments.len() <= 3 && words::is_of_itself(&segments) =>
        {
            WHO * 60
        }
        TaskKind::Page if words::naming(&segments, company).is_some() => match task.depth {
            0 | 1 if segments.len() <= 3 => OF_ITSELF * HOUR,
            _ => 2 * hours(kind) * HOUR,
        },
        kind => hours(kind) * HOUR,
    }
}

/// The page of a listing that only goes on where another began; `None`: it is the first one.
fn more_of(target: &Url, segments: &[String]) -> Option<u32> {
    if let Some((page, last)) = traps::page_number(target) {
        // The number of an entry stands for some ten times as many.
        let page = page / (last / 500).clamp(1, 10);
        return (page > 1).then_some(page);
    }
    let last = segments.last().map_or("", String::as_str);
    if let Some(page) = words::number_of_index(last) {
        return Some(page);
    }
    let subject = words::is_grouped(segments) && !words::ends_in_place(segments);
    let part = subject || words::is_archive(segments) || target.query().is_some();
    part.then_some(1)
}

/// When the page behind a link was published, as the link, or else its address says: at the end of
/// its month.
pub(super) fn dated(link: &Link, target: &Url) -> Option<Timestamp> {
    link.dated.or_else(|| {
        let (_, year, month) = traps::date_in(&traps::segments(target))?;
        let day = Day::new(year, month?, 1).ok()?.last_of_month();
        Some(Timestamp::of_day(day))
    })
}

/// Whether a page is of a time that is over.
pub(super) fn is_too_old(
    link: &Link,
    target: &Url,
    kind: TaskKind,
    config: &Config,
    now: Timestamp,
) -> bool {
    let old = |at: Timestamp| now.since(at) > config.article_age;
    match kind {
        TaskKind::Article | TaskKind::Job => dated(link, target).is_some_and(old),
        TaskKind::Page => link.dated.is_some_and(old),
        TaskKind::Sitemap => maps::is_old(target, link, config, now),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;

    const NOW: Timestamp = Timestamp(1_780_480_000_000);

    fn at(kind: TaskKind, path: &str, days: Option<u64>, behind: bool) -> Timestamp {
        let target = Url::parse(&format!("https://example.com{path}")).expect("valid");
        let dated = days.map(|days| NOW.before(Duration::from_secs(days * DAY)));
        let link = Link {
            dated,
            ..Link::default()
        };
        let company = Company::new("example.com");
        let home = task(TaskKind::Home);
        due_of(kind, &target, &link, &home, &company, behind, NOW)
    }

    #[test]
    fn what_speaks_comes_first_and_the_new_before_the_old() {
        use TaskKind::{Article, Careers, Feed, Forum, Job, Listing, Page, Sitemap};
        let order = [
            at(Feed, "/feed", None, false),
            at(Listing, "/newsroom", None, false),
            at(Listing, "/category/blog.html", None, false),
            at(Careers, "/careers", None, false),
            at(Sitemap, "/post-sitemap.xml", None, false),
            at(Article, "/press/contoso-opens", Some(1), false),
            at(Article, "/press/contoso-opened", Some(9), false),
            at(Article, "/blog/how-we-test", Some(1), false),
            at(Page, "/about-us", None, false),
            at(Article, "/blog/how-we-tested", None, false),
            at(Page, "/customers", None, false),
            at(Article, "/blog/how-we-once-tested", Some(400), false),
            at(Listing, "/blog/page/2", None, false),
            at(Listing, "/index4.html", None, false),
            at(Listing, "/blog/page/9", None, false),
            at(Listing, "/de/newsroom", None, true),
            at(Forum, "/forum", None, false),
            at(Article, "/de/presse/contoso-eroeffnet", Some(1), true),
            at(Page, "/x", None, false),
            at(Sitemap, "/product-sitemap.xml", None, false),
            at(Page, "/products/valve", None, false),
        ];
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, order);
        assert!(at(Job, "/jobs/sap-consultant", None, false) < at(Forum, "/f", None, false));
    }

    #[test]
    fn an_address_tells_the_age_that_its_link_does_not() {
        let config = Config::default();
        let old = |path: &str, kind| {
            let target = Url::parse(&format!("https://example.com{path}")).expect("valid");
            is_too_old(&Link::default(), &target, kind, &config, NOW)
        };
        assert!(old("/2019/05/contoso-opens", TaskKind::Article));
        assert!(old("/news/2019-05-04/contoso-opens", TaskKind::Article));
        assert!(!old("/2026/05/contoso-opens", TaskKind::Article));
        assert!(!old("/2019/contoso-opens", TaskKind::Article), "a number");
        assert!(!old("/2019/05/", TaskKind::Listing));
    }
}
