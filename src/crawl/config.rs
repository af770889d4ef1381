//! What an operator may say about the crawl's pace and reach.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::manners::{Beyond, Override};
use super::quiet::Quiet;

/// The `[crawl]` section.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Turns that may run at once.
    pub in_flight: usize,
    /// A turn that takes longer than this gives its place to another …
    #[serde(with = "humantime_serde")]
    pub slow_after: Duration,
    /// … as long as no more than so many are slow at once.
    pub slow_in_flight: usize,
    /// Turns a second in the whole crawl, at most.
    pub per_second: NonZeroU32,
    /// Questions to DNS a second in the whole crawl, at most: the name servers are others' too.
    pub questions_per_second: NonZeroU32,
    /// A host's rest between two turns, at least.
    #[serde(with = "humantime_serde")]
    pub rest: Duration,
    /// A host rests at least this many times as long as its last answer took.
    pub rest_factor: f32,
    /// The rest that slowness alone can bring about, at most.
    #[serde(with = "humantime_serde")]
    pub rest_max: Duration,
    /// A network address's rest between two turns, whatever hosts live on it.
    #[serde(with = "humantime_serde")]
    pub address_rest: Duration,
    /// Turns at once at one network address, whatever hosts live on it.
    pub address_in_flight: usize,
    /// The longest Crawl-delay in robots.txt that is waited for.
    #[serde(with = "humantime_serde")]
    pub crawl_delay_max: Duration,
    /// What is done about a longer one.
    pub crawl_delay_beyond: Beyond,
    /// The first back-off after a refusal without Retry-After; doubled with each further one.
    #[serde(with = "humantime_serde")]
    pub back_off: Duration,
    /// The longest back-off.
    #[serde(with = "humantime_serde")]
    pub back_off_max: Duration,
    /// A refusal is forgotten when a host has been quiet for so long after its back-off.
    #[serde(with = "humantime_serde")]
    pub back_off_forget: Duration,
    /// How long a copy of robots.txt is good (RFC 9309 §2.4: not beyond 24 hours).
    #[serde(with = "humantime_serde")]
    pub robots_fresh: Duration,
    /// A run ends when nothing is due for this long.
    #[serde(with = "humantime_serde")]
    pub patience: Duration,
    /// Links followed away from a seed.
    pub max_depth: u8,
    /// Pages asked of one host in one run.
    pub pages_per_host: u32,
    /// Pages asked of one company in one run, whatever hosts it has.
    pub pages_per_company: u32,
    /// Links taken from one page.
    pub links_per_page: usize,
    /// Pages of one maze that one run asks of a host: of a listing, a calendar, a filter.
    pub maze_pages: u32,
    /// Addresses of one host that show the same text before others like them are left alone.
    pub same_text: u32,
    /// Articles that a feed or sitemap dates older than this are not visited.
    #[serde(with = "humantime_serde")]
    pub article_age: Duration,
    /// Suppression lists: whom nobody asks, and of whom nothing is exported.
    pub suppress: Vec<PathBuf>,
    /// Lists of sources that are no company's own, read beside the companies.
    pub sources: Vec<PathBuf>,
    /// When nothing is started.
    pub quiet: Vec<Quiet>,
    /// How single hosts are treated otherwise; the first that names a host counts.
    pub host: Vec<Override>,
}

impl Default for Config {
    fn default() -> Config {
        let seconds = Duration::from_secs;
        Config {
            in_flight: 64,
            slow_after: seconds(2),
            slow_in_flight: 256,
            per_second: NonZeroU32::new(50).expect("not zero"),
            questions_per_second: NonZeroU32::new(100).expect("not zero"),
            rest: seconds(3),
            rest_factor: 5.0,
            rest_max: seconds(60),
            address_rest: Duration::from_millis(500),
            address_in_flight: 4,
            crawl_delay_max: seconds(300),
            crawl_delay_beyond: Beyond::Slow,
            back_off: seconds(60),
            back_off_max: seconds(24 * 3600),
            back_off_forget: seconds(30 * 60),
            robots_fresh: seconds(24 * 3600),
            patience: seconds(30),
            max_depth: 5,
            pages_per_host: 300,
            pages_per_company: 1500,
            links_per_page: 2000,
            maze_pages: 30,
            same_text: 5,
            article_age: seconds(548 * 24 * 3600),
            suppress: Vec::new(),
            sources: Vec::new(),
            quiet: Vec::new(),
            host: Vec::new(),
        }
    }
}

/// The `[revisit]` section: how soon a page is asked again while little is known of it; what
/// changes more often comes sooner, what seldom does later.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "most are one a kind of page, named like it")]
pub struct Revisit {
    #[serde(with = "humantime_serde")]
    pub home: Duration,
    #[serde(with = "humantime_serde")]
    pub feed: Duration,
    #[serde(with = "humantime_serde")]
    pub sitemap: Duration,
    #[serde(with = "humantime_serde")]
    pub listing: Duration,
    #[serde(with = "humantime_serde")]
    pub careers: Duration,
    #[serde(with = "humantime_serde")]
    pub job: Duration,
    #[serde(with = "humantime_serde")]
    pub article: Duration,
    #[serde(with = "humantime_serde")]
    pub forum: Duration,
    #[serde(with = "humantime_serde")]
    pub page: Duration,
    #[serde(with = "humantime_serde")]
    pub ping: Duration,
    #[serde(with = "humantime_serde")]
    pub board: Duration,
    #[serde(with = "humantime_serde")]
    pub account: Duration,
    #[serde(with = "humantime_serde")]
    pub stream: Duration,
    #[serde(with = "humantime_serde")]
    pub shortest: Duration,
    #[serde(with = "humantime_serde")]
    pub longest: Duration,
    #[serde(with = "humantime_serde")]
    pub longest_source: Duration,
    pub article_checks: u16,
    pub quiet_after: u32,
}

impl Default for Revisit {
    fn default() -> Revisit {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        Revisit {
            home: hours(24),
            feed: hours(6),
            sitemap: hours(24),
            listing: hours(12),
            careers: hours(24),
            job: hours(72),
            article: hours(30 * 24),
            forum: hours(24),
            page: hours(14 * 24),
            ping: hours(7 * 24),
            board: hours(24),
            account: hours(30 * 24),
            stream: hours(12),
            shortest: hours(1),
            longest: hours(90 * 24),
            longest_source: hours(7 * 24),
            article_checks: 2,
            quiet_after: 4,
        }
    }
}
