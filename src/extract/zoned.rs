//! The days of a feed's entries in the time zones that the feed states them in.
//!
//! The parser tells moments in UTC alone, which is another day in the evening of half the world.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::syndication::Entry;
use super::written;
use crate::model::time::Day;

/// The days that the entries of RSS and Atom state.
pub(super) fn days_of_xml(text: &str) -> Vec<Option<Day>> {
    static ENTRY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"<(?:\w+:)?(?:item|entry)[\s>]").expect("it is well formed"));
    static DATES: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        ["pubDate|published|issued|date", "updated|modified"].map(|names| {
            let pattern = format!(r"<(?:\w+:)?(?:{names})(?:\s[^>]*)?>\s*([^<]+)<");
            Regex::new(&pattern).expect("it is well formed")
        })
    });
    let starts: Vec<usize> = ENTRY.find_iter(text).map(|found| found.start()).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let entry = &text[*start..end];
            let stated = DATES.iter().find_map(|names| names.captures(entry))?;
            written::stated(&stated[1], Some("en"))
        })
        .collect()
}

/// Gives every entry the day that it states, where that can be the same moment.
pub(super) fn add(entries: &mut [Entry], days: &[Option<Day>]) {
    if entries.len() != days.len() {
        return;
    }
    for (entry, day) in entries.iter_mut().zip(days) {
        let utc = entry.published.or(entry.updated).map(|at| at.day());
        let is_near = |day: &Day| {
            utc.is_some_and(|utc| {
                [utc.yesterday().ok(), Some(utc), utc.tomorrow().ok()].contains(&Some(*day))
            })
        };
        entry.day = day.filter(is_near);
    }
}

/// The days that the items of a JSON Feed state.
pub(super) fn days_of_json(text: &str) -> Vec<Option<Day>> {
    let stated: Value = serde_json::from_str(text).unwrap_or_default();
    let items = stated["items"].as_array().into_iter().flatten();
    items
        .map(|item| {
            let names = ["date_published", "date_modified"];
            let value = names.iter().find_map(|name| item[*name].as_str());
            value.and_then(|value| written::stated(value, Some("en")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::syndication::parse;

    #[test]
    fn a_day_is_the_one_that_the_feed_states() {
        let day = |feed: &str| {
            let feed = parse(feed.as_bytes(), None, "https://example.com/feed").expect("a feed");
            feed.entries[0].day.map(|day| day.to_string())
        };
        let late = Some("2024-05-03".to_owned());
        assert_eq!(
            day(
                "<rss version='2.0'><channel><title>A</title><item><title>B</title>\
                 <pubDate>Fri, 03 May 2024 23:30:00 -0700</pubDate></item></channel></rss>"
            ),
            late
        );
        assert_eq!(
            day(
                "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><entry><title>B</title>\
                 <updated>2024-05-03T00:30:00+02:00</updated></entry></feed>"
            ),
            late
        );
        assert_eq!(
            day(
                "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"A\",\"items\":\
                 [{\"id\":\"1\",\"date_published\":\"2024-05-03T23:30:00-07:00\"}]}"
            ),
            late
        );
    }
}
