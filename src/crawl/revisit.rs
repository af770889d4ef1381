//! How soon a page is asked again. Pure.
//!
//! A kind of page has an interval to begin with. Every visit that finds the page as it was makes
//! it half as long again, a change brings it back (the adaptive schedule of Nutch and
//! StormCrawler, with their factors).

use std::time::Duration;

use super::config::Revisit;
use crate::model::task::{Task, TaskKind};

/// Failures in a row after which a URL is given up; a home page never is.
pub const GIVE_UP: u8 = 8;

/// How long a page that was read is left alone, given how often it was found unchanged.
pub fn interval(task: &Task, config: &Revisit) -> Duration {
    let first = match task.kind {
        TaskKind::Home => config.home,
        TaskKind::Feed => config.feed,
        TaskKind::Sitemap => config.sitemap,
        TaskKind::Listing => config.listing,
        TaskKind::Careers => config.careers,
        TaskKind::Job => config.job,
        TaskKind::Article => config.article,
        TaskKind::Forum => config.forum,
        TaskKind::Page => config.page,
    };
    let factor = 1.5f64.powi(i32::from(task.unchanged.min(30)));
    first
        .mul_f64(factor)
        .clamp(config.shortest, config.longest.max(config.shortest))
}

/// How long a URL that failed is left alone: an hour, doubled with each failure in a row, at most
/// a week; `None`: it is given up.
pub fn retry(task: &Task) -> Option<Duration> {
    if task.failures >= GIVE_UP && task.kind != TaskKind::Home {
        return None;
    }
    let doublings = u32::from(task.failures.saturating_sub(1)).min(8);
    let week = Duration::from_secs(7 * 24 * 3600);
    Some(
        Duration::from_secs(3600)
            .saturating_mul(1 << doublings)
            .min(week),
    )
}

/// How long a URL that the server does not have is left alone: a week, once; a home page a day.
pub fn gone(task: &Task) -> Option<Duration> {
    let day = Duration::from_secs(24 * 3600);
    match task.kind {
        TaskKind::Home => Some(day),
        _ => (task.failures < 2).then_some(7 * day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;

    #[test]
    fn what_never_changes_is_asked_less_and_less_and_a_change_brings_it_back() {
        let config = Revisit::default();
        let mut feed = task(TaskKind::Feed);
        let mut last = Duration::ZERO;
        for unchanged in 0..20 {
            feed.unchanged = unchanged;
            let now = interval(&feed, &config);
            assert!(now > last || now == config.longest);
            last = now;
        }
        assert_eq!(last, config.longest);
        feed.unchanged = 0;
        assert_eq!(interval(&feed, &config), config.feed);
    }

    #[test]
    fn failures_wait_longer_each_time_and_end() {
        let mut page = task(TaskKind::Page);
        page.failures = 1;
        assert_eq!(retry(&page), Some(Duration::from_secs(3600)));
        page.failures = 3;
        assert_eq!(retry(&page), Some(Duration::from_secs(4 * 3600)));
        page.failures = GIVE_UP;
        assert_eq!(retry(&page), None);
        let mut home = task(TaskKind::Home);
        home.failures = 200;
        assert_eq!(retry(&home), Some(Duration::from_secs(7 * 24 * 3600)));
    }
}
