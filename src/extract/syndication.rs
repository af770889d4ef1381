//! What a feed states, whatever its format: RSS, Atom, RDF, JSON Feed.
//!
//! The parser is strict and the web is not, so a feed is decoded and put right first (`repair`);
//! what is then still refused is read item by item as a browser would read markup.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use feed_rs::model;
use regex::Regex;

use super::dom::{self, Dom, Tag};
use super::{charset, repair, written, zoned};
use crate::model::time::{Day, Timestamp};

/// The bytes in which a feed states what it is, before its entries.
const CHANNEL: usize = 16 << 10;

/// A feed as it states itself, its texts still markup.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feed {
    /// Title.
    pub title: Option<String>,
    /// The site it belongs to.
    pub link: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Rights.
    pub rights: Option<String>,
    /// Identifier.
    pub id: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Minutes for which it asks to be left alone.
    pub ttl: Option<u32>,
    /// Its next page (RFC 5005).
    pub next: Option<String>,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// One entry of a feed, its texts still markup.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Title.
    pub title: Option<String>,
    /// The page behind it.
    pub link: Option<String>,
    /// Identifier.
    pub id: Option<String>,
    /// Summary.
    pub summary: Option<String>,
    /// Full content.
    pub content: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// The day of its publication, or else of its change, in the time zone that the feed states.
    pub day: Option<Day>,
}

/// The feed in a body; `None`: it is none.
pub fn parse(body: &[u8], content_type: Option<&str>, url: &str) -> Option<Feed> {
    let text = charset::decode(body, content_type);
    let trimmed = text.trim_start_matches('\u{FEFF}').trim_start();
    if trimmed.starts_with('{') {
        return json_feed(trimmed, url);
    }
    if !trimmed.starts_with('<') || !is_feed(trimmed) {
        return None;
    }
    let repaired = repair::feed(trimmed);
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(url))
        .sanitize_content(false)
        .build();
    // The parser is foreign code that has panicked on foreign bytes before; a feed it cannot read
    // must not cost the turn.
    let parsed = catch_unwind(AssertUnwindSafe(|| parser.parse(repaired.as_bytes()).ok()));
    let mut feed = match parsed {
        Ok(Some(feed)) => from_model(feed),
        _ => as_markup(&repaired),
    };
    if feed.entries.is_empty() {
        feed.entries = as_markup(&repaired).entries;
    }
    zoned::add(&mut feed.entries, &zoned::days_of_xml(&repaired));
    feed.ttl = feed.ttl.max(update_period(&repaired));
    Some(feed)
}

/// Minutes between two updates by the syndication module of RSS 1.0, which most blogs' programs
/// state: `sy:updatePeriod` divided by `sy:updateFrequency`, which is 1 where it is not stated.
fn update_period(text: &str) -> Option<u32> {
    static STATED: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        ["updatePeriod", "updateFrequency"].map(|name| {
            Regex::new(&format!(r"<\w+:{name}[^>]*>\s*(\w+)\s*<")).expect("it is well formed")
        })
    });
    let channel = &text[..text.floor_char_boundary(CHANNEL)];
    let stated = |which: &Regex| Some(which.captures(channel)?[1].to_ascii_lowercase());
    let minutes = match stated(&STATED[0])?.as_str() {
        "hourly" => 60,
        "daily" => 24 * 60,
        "weekly" => 7 * 24 * 60,
        "monthly" => 30 * 24 * 60,
        "yearly" => 365 * 24 * 60,
        _ => return None,
    };
    let times = stated(&STATED[1]).and_then(|times| times.parse::<u32>().ok());
    Some(minutes / times.unwrap_or(1).max(1))
}

/// Whether the root element is a feed's.
fn is_feed(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|end| end + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|end| end + 2)
        } else if rest.starts_with("<!") {
            // A document type may hold declarations in brackets.
            let close = if rest.find('[') < rest.find('>') && rest.contains("]>") {
                "]>"
            } else {
                ">"
            };
            rest.find(close).map(|end| end + close.len())
        } else {
            break;
        };
        match end {
            Some(end) => rest = &rest[end..],
            None => return false,
        }
    }
    let name: String = rest
        .chars()
        .skip(1)
        .take_while(|c| !c.is_whitespace() && !matches!(c, '>' | '/'))
        .collect();
    let name = name
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    matches!(name.as_str(), "rss" | "feed" | "rdf" | "channel")
}

fn json_feed(text: &str, url: &str) -> Option<Feed> {
    let start = &text[..text.floor_char_boundary(2000)];
    if !start.contains("jsonfeed.org") && !text.contains("\"items\"") {
        return None;
    }
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(url))
        .sanitize_content(false)
        .build();
    let parsed = catch_unwind(AssertUnwindSafe(|| parser.parse(text.as_bytes()).ok()));
    let mut feed = parsed.ok().flatten().map(from_model)?;
    zoned::add(&mut feed.entries, &zoned::days_of_json(text));
    Some(feed)
}

fn from_model(feed: model::Feed) -> Feed {
    let next = feed
        .links
        .iter()
        .find(|link| link.rel.as_deref() == Some("next"));
    Feed {
        next: next.map(|link| link.href.clone()),
        link: main_link(&feed.links),
        title: feed.title.map(|text| text.content),
        description: feed.description.map(|text| text.content),
        rights: feed.rights.map(|text| text.content),
        id: Some(feed.id),
        language: feed.language.map(|tag| tag.replace('_', "-")),
        updated: feed.updated.map(|at| Timestamp(at.timestamp_millis())),
        published: feed.published.map(|at| Timestamp(at.timestamp_millis())),
        ttl: feed.ttl,
        entries: feed
            .entries
            .into_iter()
            .map(|entry| Entry {
                link: main_link(&entry.links),
                title: entry.title.map(|text| text.content),
                id: Some(entry.id),
                summary: entry.summary.map(|text| text.content),
                content: entry.content.and_then(|content| content.body),
                published: entry.published.map(|at| Timestamp(at.timestamp_millis())),
                updated: entry.updated.map(|at| Timestamp(at.timestamp_millis())),
                day: None,
            })
            .collect(),
    }
}

fn main_link(links: &[model::Link]) -> Option<String> {
    links
        .iter()
        .find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))
        .or_else(|| {
            links
                .first()
                .filter(|link| link.rel.as_deref() != Some("self"))
        })
        .map(|link| link.href.clone())
}

/// A feed that no parser will have, read as markup: names are all that is believed.
fn as_markup(text: &str) -> Feed {
    // HTML knows `link` and `title` as other things than feeds do.
    let text = text
        .replace("<link", "<xlink")
        .replace("</link", "</xlink")
        .replace("<title", "<xtitle")
        .replace("</title", "</xtitle")
        .replace("<![CDATA[", "")
        .replace("]]>", "");
    let html = dom::parse(&text);
    let dom = Dom::of(&html);
    let named = |at: usize, names: &[&str]| -> Option<usize> {
        dom.inside(at).find(|inner| {
            dom.node(*inner)
                .name()
                .is_some_and(|name| names.contains(&name))
        })
    };
    let value = |at: usize, names: &[&str]| {
        named(at, names)
            .map(|inner| dom.text(inner))
            .filter(|text| !text.is_empty())
    };
    let link = |at: usize| {
        named(at, &["xlink"]).and_then(|inner| {
            dom.node(inner)
                .attr("href")
                .map(str::to_owned)
                .or_else(|| Some(dom.text(inner)).filter(|text| !text.is_empty()))
        })
    };
    let at_time = |text: Option<String>| {
        text.and_then(|text| written::stated(&text, Some("en")))
            .map(Timestamp::of_day)
    };
    let entries = dom
        .iter()
        .filter(|(_, node)| {
            node.name()
                .is_some_and(|name| name == "item" || name == "entry")
        })
        .map(|(at, _)| Entry {
            title: value(at, &["xtitle"]),
            link: link(at),
            id: value(at, &["guid", "id"]),
            summary: value(at, &["description", "summary"]),
            content: value(at, &["content:encoded", "content"]),
            published: at_time(value(at, &["pubdate", "published", "dc:date"])),
            updated: at_time(value(at, &["updated", "modified"])),
            day: None,
        })
        .collect();
    let root = dom.first(Tag::Body).unwrap_or(0);
    Feed {
        title: value(root, &["xtitle"]),
        link: link(root),
        language: value(root, &["language"]),
        entries,
        ..Feed::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_element_makes_a_feed() {
        for (text, wanted) in [
            ("<?xml version='1.0'?><!-- x --><rss>", true),
            ("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>", true),
            ("<atom:feed xmlns:atom='x'>", true),
            ("<rdf:RDF>", true),
            ("<html><rss>", false),
            ("<!-- <rss>", false),
        ] {
            assert_eq!(is_feed(text), wanted, "{text}");
        }
    }

    #[test]
    fn how_long_a_feed_asks_to_be_left_alone() {
        let ttl = |stated: &str| {
            let text = format!(
                "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>\
                 <channel><title>A</title>{stated}</channel></rss>"
            );
            parse(text.as_bytes(), None, "https://example.com/feed")
                .expect("a feed")
                .ttl
        };
        let sy = |period: &str, times: &str| {
            ttl(&format!(
                "<sy:updatePeriod>\n{period} </sy:updatePeriod><sy:updateFrequency>{times}</sy:updateFrequency>"
            ))
        };
        assert_eq!(ttl(""), None);
        assert_eq!(ttl("<ttl>45</ttl>"), Some(45));
        assert_eq!(sy("hourly", "1"), Some(60));
        assert_eq!(sy("daily", "2"), Some(720));
        assert_eq!(sy("Weekly", "0"), Some(7 * 24 * 60));
        assert_eq!(
            ttl("<sy:updatePeriod>daily</sy:updatePeriod><ttl>45</ttl>"),
            Some(1440)
        );
        assert_eq!(sy("sometimes", "1"), None);
    }

    #[test]
    fn what_the_parser_refuses_is_read_as_markup() {
        let feed = as_markup("<rss><channel><title>A</title><item><title>B</title><link>/b</link>");
        assert_eq!(feed.title.as_deref(), Some("A"));
        assert_eq!(feed.entries[0].link.as_deref(), Some("/b"));
    }

    /// Found by fuzzing: the look at the first 2,000 bytes must not cut a letter in half.
    #[test]
    fn json_with_a_letter_across_the_2000th_byte_is_no_panic() {
        for before in 1995..2001 {
            let text = format!("{{\"a\":\"{}ü\"}}", "x".repeat(before - 6));
            assert!(parse(text.as_bytes(), None, "https://contoso.example/").is_none());
        }
    }
}
