//! What an address alone says about mazes: pages that a server makes up without end. Pure; the
//! words are data.
//!
//! Precision first: what only may be a maze is counted while it is crawled ([`super::mazes`]).

use std::collections::HashSet;
use std::sync::LazyLock;

use ::url::Url;
use serde::Deserialize;

use crate::model::state::Trap;
use crate::model::time::Timestamp;

/// Segments that a path may have.
const SEGMENTS: usize = 12;
/// Parameters that a query may have.
const PARAMETERS: usize = 6;
/// The last page of a listing that is worth a visit.
const LAST_PAGE: u32 = 500;
/// The last entry of a listing that is worth a visit.
const LAST_ENTRY: u32 = 10_000;
/// Years before the present in which an archive still has something to say.
const YEARS: i16 = 10;

/// What parameters mean: `traps.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    calendar: HashSet<String>,
    facets: HashSet<String>,
    reflection: HashSet<String>,
    back: HashSet<String>,
    dress: HashSet<String>,
    views: HashSet<String>,
    pages: HashSet<String>,
    offsets: HashSet<String>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("traps.toml")).expect("a test reads traps.toml"));

/// The maze that an address leads into without doubt.
pub(super) fn in_address(target: &Url, now: Timestamp) -> Option<Trap> {
    let segments = segments(target);
    if repeats(&segments) || segments.len() > SEGMENTS {
        return Some(Trap::Repetition);
    }
    if let Some(trap) = dated(&segments, now) {
        return Some(trap);
    }
    if let Some((page, last)) = page_number(target)
        && page > last
    {
        return Some(Trap::Pagination);
    }
    let pairs = parameters(target);
    let mut values: HashSet<(&str, &str)> = HashSet::new();
    for (name, value) in &pairs {
        let name = name.as_str();
        if is_calendar(name, value, now) {
            return Some(Trap::Calendar);
        }
        let view = matches!(name, "view" | "layout" | "display" | "mode");
        if WORDS.facets.contains(name)
            || WORDS.dress.contains(name)
            || view && WORDS.views.contains(&value.to_lowercase())
        {
            return Some(Trap::Facets);
        }
        let asked_for = WORDS.reflection.contains(name) || name == "s" && !is_number(value);
        let address = value.contains("://") || value.contains('?') || value.starts_with('/');
        if asked_for
            || WORDS.back.contains(name) && address
            || value.contains('?') && value.contains('=')
        {
            return Some(Trap::Reflection);
        }
        if !values.insert((name, value)) {
            return Some(Trap::Reflection);
        }
    }
    let mut lists: HashSet<&str> = HashSet::new();
    let many = pairs.iter().any(|(name, _)| !lists.insert(listed(name)));
    (many || pairs.len() > PARAMETERS).then_some(Trap::Facets)
}

/// Whether a link leads to its own page's query, made longer: what was asked for is asked again,
/// with more.
pub(super) fn reflects(from: &Url, target: &Url) -> bool {
    if from.path() != target.path() || from.query().is_none() {
        return false;
    }
    let before = parameters(from);
    parameters(target).iter().any(|(name, value)| {
        before.iter().any(|(other, shorter)| {
            let more = value.strip_prefix(shorter.as_str()).unwrap_or_default();
            let bound = more.starts_with([' ', ',', '|', ';', '+', '/', '.']);
            name == other && !shorter.is_empty() && !is_number(shorter) && bound
        })
    })
}

/// The names, in lower case, and values of a query.
pub(super) fn parameters(url: &Url) -> Vec<(String, String)> {
    url.query_pairs()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect()
}

/// The segments of a path, in lower case.
pub(super) fn segments(url: &Url) -> Vec<String> {
    let parts = url.path_segments().into_iter().flatten();
    parts
        .filter(|s| !s.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The number of a listing's page, or of its first entry, and the last such that is worth a visit.
pub(super) fn page_number(url: &Url) -> Option<(u32, u32)> {
    let asked = parameters(url).into_iter().find_map(|(name, value)| {
        is_page(url, &name, &value).then(|| (number(&value), last(&name)))
    });
    asked.or_else(|| {
        let segments = segments(url);
        let at = segments.iter().rposition(|segment| {
            matches!(
                segment.as_str(),
                "page" | "pagina" | "seite" | "pag" | "paged"
            )
        })?;
        let page = segments.get(at + 1).filter(|page| is_page_number(page))?;
        Some((number(page), LAST_PAGE))
    })
}

/// A number, also one before the first page, which is as far away as can be.
fn is_page_number(text: &str) -> bool {
    is_number(text.strip_prefix('-').unwrap_or(text))
}

fn number(text: &str) -> u32 {
    text.parse().unwrap_or(u32::MAX)
}

fn last(name: &str) -> u32 {
    match WORDS.offsets.contains(name) {
        true => LAST_ENTRY,
        false => LAST_PAGE,
    }
}

/// Whether a parameter numbers the pages of a listing; `p` numbers articles too, as WordPress does
/// at the front door.
pub(super) fn is_page(url: &Url, name: &str, value: &str) -> bool {
    let named = WORDS.pages.contains(name) || WORDS.offsets.contains(name);
    let article = name == "p" && (url.path() == "/" || number(value) > LAST_PAGE);
    named && is_page_number(value) && !article
}

/// A segment that comes more than twice, if it is no number (Heritrix's PathologicalPath, Nutch's
/// repeated-segment rule).
fn repeats(segments: &[String]) -> bool {
    segments.iter().any(|segment| {
        let times = segments.iter().filter(|other| *other == segment).count();
        times > 2 && !is_number(segment)
    })
}

/// Archives of days to come, and of times long past.
fn dated(segments: &[String], now: Timestamp) -> Option<Trap> {
    let today = now.day();
    // A year alone may be the number of anything.
    let (at, year, Some(month)) = date_in(segments)? else {
        return None;
    };
    let ends = at + 1 >= segments.len();
    let months = i32::from(year) * 12 + i32::from(month);
    let present = i32::from(today.year()) * 12 + i32::from(today.month());
    // What has a name of its own may be announced a year ahead.
    let ahead = if ends { 1 } else { 13 };
    let beyond = months > present + ahead;
    let past = ends && year < today.year() - YEARS;
    (beyond || past).then_some(Trap::Calendar)
}

/// The last segment of the first date in a path, its year and month: `/2026/05`, `/2026/05/04`,
/// `/2026-05`, `/2026-05-04`.
pub(super) fn date_in(segments: &[String]) -> Option<(usize, i16, Option<i8>)> {
    segments.iter().enumerate().find_map(|(at, segment)| {
        if let Some((year, month)) = iso(segment) {
            return Some((at, year, Some(month)));
        }
        let year = year(segment)?;
        let part = |at: usize, most: i8| {
            let number: i8 = segments
                .get(at)
                .filter(|part| part.len() <= 2)?
                .parse()
                .ok()?;
            (1..=most).contains(&number).then_some(number)
        };
        Some(match (part(at + 1, 12), part(at + 2, 31)) {
            (Some(month), Some(_)) => (at + 2, year, Some(month)),
            (Some(month), None) => (at + 1, year, Some(month)),
            _ => (at, year, None),
        })
    })
}

/// `2026-05`, `2026-05-04`, `202605`, `20260504`: its year and month.
fn iso(text: &str) -> Option<(i16, i8)> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let dashes = text.len() - digits.len();
    let shaped = matches!((digits.len(), dashes), (6, 1) | (8, 2));
    if !shaped || text.get(4..5) != Some("-") || !is_number(&digits) {
        return None;
    }
    let month = digits[4..6].parse().ok()?;
    Some((year(&digits[..4])?, month)).filter(|(_, month)| (1..=12).contains(month))
}

fn year(text: &str) -> Option<i16> {
    let year = text.parse().ok()?;
    (text.len() == 4 && (1900..2200).contains(&year)).then_some(year)
}

fn is_calendar(name: &str, value: &str, now: Timestamp) -> bool {
    if name == "year" {
        let this = now.day().year();
        return !year(value).is_some_and(|year| (this - 1..=this).contains(&year));
    }
    WORDS.calendar.contains(name)
}

/// Whether a value is a day or a month: it turns a calendar, whatever its name.
pub(super) fn is_date(value: &str) -> bool {
    iso(value).is_some()
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The list that a parameter adds to: `color[]` and `f[0]` are entries of one.
fn listed(name: &str) -> &str {
    let Some((list, entry)) = name.split_once('[') else {
        return name;
    };
    let entry = entry.trim_end_matches(']');
    if entry.is_empty() || is_number(entry) {
        list
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The third of June 2026.
    const NOW: Timestamp = Timestamp(1_780_480_000_000);

    fn trap(path: &str) -> Option<Trap> {
        let url = Url::parse(&format!("https://example.com{path}")).expect("valid");
        in_address(&url, NOW)
    }

    #[test]
    fn mazes_are_told_by_their_address() {
        for (path, expected) in [
            ("/a/b/a/b/a/b", Trap::Repetition),
            ("/a/b/c/d/e/f/g/h/i/j/k/l/m", Trap::Repetition),
            ("/events?month=5", Trap::Calendar),
            ("/events/2026/09/", Trap::Calendar),
            ("/events/2031/05/04/summit", Trap::Calendar),
            ("/events/2026-09-04", Trap::Calendar),
            ("/events/2009/05", Trap::Calendar),
            ("/news?year=2013", Trap::Calendar),
            ("/range?sort=price", Trap::Facets),
            ("/range?view=grid", Trap::Facets),
            ("/range?colour[]=red&colour[]=blue", Trap::Facets),
            ("/range?f[0]=red&f[1]=blue", Trap::Facets),
            ("/range?a=1&b=2&c=3&d=4&e=5&f=6&g=7", Trap::Facets),
            ("/find?q=valve", Trap::Reflection),
            ("/?s=valve", Trap::Reflection),
            ("/sign-in?back=/news", Trap::Reflection),
            ("/x?a=b?a=b", Trap::Reflection),
            ("/x?a=1&a=1", Trap::Reflection),
            ("/news?page=5000", Trap::Pagination),
            ("/news/page/5000", Trap::Pagination),
            ("/news?page=-3", Trap::Pagination),
        ] {
            assert_eq!(trap(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn honest_addresses_are_no_mazes() {
        for path in [
            "/?p=12345",
            "/?page_id=2",
            "/?paged=3",
            "/news?page=20",
            "/news/page/20",
            "/news?year=2026",
            "/news?id=7&lang=de",
            "/product?id=1234567",
            "/forum/viewtopic.php?f=3&t=12&start=60",
            "/index.php?option=com_content&view=article&id=12&catid=3&Itemid=5",
            "/?tx_news_pi1[news]=12&tx_news_pi1[action]=detail&tx_news_pi1[controller]=News",
            "/2026/05/04/contoso-opens-a-plant",
            "/2012/05/04/contoso-opens-a-plant",
            "/events/2027/03/summit",
            "/news/2026/06/",
            "/10/10/10/x",
            "/news/2030-strategy",
            "/products/valve-2100",
            "/products/2100",
            "/wiki/?title=What+is+it?",
            "/index.php?r=news/view&id=3",
        ] {
            assert_eq!(trap(path), None, "{path}");
        }
    }

    #[test]
    fn a_query_that_grows_in_its_own_links_reflects() {
        let reflects = |from: &str, to: &str| {
            let url =
                |path: &str| Url::parse(&format!("https://example.com{path}")).expect("valid");
            super::reflects(&url(from), &url(to))
        };
        assert!(reflects("/x?term=a", "/x?term=a+b"));
        assert!(reflects("/x?term=a&page=2", "/x?page=2&term=a,b"));
        for to in [
            "/x?term=a",
            "/x?term=ab",
            "/x?term=b",
            "/y?term=a+b",
            "/x?term=a&page=3",
        ] {
            assert!(!reflects("/x?term=a", to), "{to}");
        }
        assert!(!reflects("/x?id=1", "/x?id=1.2"));
    }
}
