//! Feeds: RSS, Atom and JSON Feed.
//!
//! The parser is strict and the web is not, so a feed is decoded and put right first (`repair`);
//! what is then still refused is read item by item as a browser would read markup.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model;
use url::Url;

use super::dom::{self, Dom, Tag, folded};
use super::links::{self, resolved};
use super::{charset, forum, genre, head, language, repair, written};
use crate::model::document::{DateSource, Dated, Document, Genre, Link, Reading};
use crate::model::page::Page;
use crate::model::task::TaskKind;
use crate::model::time::Timestamp;

/// Less text than this beside a summary of the same length is no full content.
const FULL: usize = 200;

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
}

/// Reads a feed.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let feed = parse(&page.body, page.header("content-type"), &page.url)?;
    let base = Url::parse(&page.url).ok()?;
    let stated = feed.language.as_deref();
    let publisher = feed.title.as_deref().map(plain).filter(|title| !title.is_empty());
    let mut links = Vec::new();
    let mut documents = Vec::new();
    for entry in &feed.entries {
        let url = entry.link.as_deref().and_then(|link| resolved(&base, link));
        let title = entry.title.as_deref().map(plain).unwrap_or_default();
        let dated = entry.published.or(entry.updated);
        if let Some(url) = &url {
            links.push(Link {
                url: url.clone(),
                text: title.clone(),
                kind: Some(TaskKind::Article),
                dated,
                ..Link::default()
            });
        }
        let summary = entry.summary.as_deref().map(forum::text_of).unwrap_or_default();
        let content = entry.content.as_deref().map(forum::text_of).unwrap_or_default();
        let complete = content.len() >= FULL && content.len() > summary.len();
        let text = if content.len() > summary.len() { content } else { summary };
        let day = |at: Timestamp| Dated { day: at.day(), source: DateSource::Feed };
        documents.push(Document {
            genre: url.as_deref().map(genre_of).unwrap_or_default(),
            url: url.unwrap_or_else(|| page.url.clone()),
            published: dated.map(day),
            updated: entry.updated.map(day),
            language: language::of(&text, stated),
            publisher: publisher.clone(),
            fetched: page.fetched.day(),
            title,
            text,
            complete,
            job: None,
        });
    }
    if let Some(next) = feed.next.as_deref().and_then(|next| resolved(&base, next)) {
        links.push(Link { url: next, kind: Some(TaskKind::Feed), ..Link::default() });
    }
    Some(Reading {
        documents,
        links,
        directives: head::header_directives(page),
        canonical: None,
        ttl: feed.ttl.map(|minutes| u64::from(minutes) * 60),
        reader: "feed",
    })
}

/// The addresses of the feeds that an HTML page announces, in page order.
pub fn autodiscover(markup: &str, base: &str) -> Vec<String> {
    let Ok(url) = Url::parse(base) else {
        return Vec::new();
    };
    let html = dom::parse(markup);
    let dom = Dom::of(&html);
    let base = head::Head::of(&dom).base.and_then(|base| url.join(base).ok()).unwrap_or(url);
    links::feeds(&dom, &base)
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
    match parsed {
        Ok(Some(feed)) => Some(from_model(feed)),
        _ => Some(as_markup(&repaired)),
    }
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
            let close = if rest.find('[') < rest.find('>') && rest.contains("]>") { "]>" } else { ">" };
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
    let name = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
    matches!(name.as_str(), "rss" | "feed" | "rdf" | "channel")
}

fn json_feed(text: &str, url: &str) -> Option<Feed> {
    if !text[..text.len().min(2000)].contains("jsonfeed.org") && !text.contains("\"items\"") {
        return None;
    }
    let parser = feed_rs::parser::Builder::new().base_uri(Some(url)).sanitize_content(false).build();
    let parsed = catch_unwind(AssertUnwindSafe(|| parser.parse(text.as_bytes()).ok()));
    parsed.ok().flatten().map(from_model)
}

fn from_model(feed: model::Feed) -> Feed {
    let next = feed.links.iter().find(|link| link.rel.as_deref() == Some("next"));
    Feed {
        next: next.map(|link| link.href.clone()),
        link: main_link(&feed.links),
        title: feed.title.map(|text| text.content),
        description: feed.description.map(|text| text.content),
        rights: feed.rights.map(|text| text.content),
        id: Some(feed.id),
        language: feed.language,
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
            })
            .collect(),
    }
}

fn main_link(links: &[model::Link]) -> Option<String> {
    links
        .iter()
        .find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))
        .or_else(|| links.first().filter(|link| link.rel.as_deref() != Some("self")))
        .map(|link| link.href.clone())
}

/// A feed that no parser will have, read as markup: names are all that is believed.
fn as_markup(text: &str) -> Feed {
    // HTML knows `link` and `title` as other things than feeds do.
    let text = text
        .replace("<link", "<xlink").replace("</link", "</xlink")
        .replace("<title", "<xtitle").replace("</title", "</xtitle")
        .replace("<![CDATA[", "").replace("]]>", "");
    let html = dom::parse(&text);
    let dom = Dom::of(&html);
    let named = |at: usize, names: &[&str]| -> Option<usize> {
        dom.inside(at).find(|inner| dom.node(*inner).name().is_some_and(|name| names.contains(&name)))
    };
    let value = |at: usize, names: &[&str]| named(at, names).map(|inner| dom.text(inner)).filter(|text| !text.is_empty());
    let link = |at: usize| {
        named(at, &["xlink"]).and_then(|inner| {
            dom.node(inner).attr("href").map(str::to_owned).or_else(|| Some(dom.text(inner)).filter(|text| !text.is_empty()))
        })
    };
    let at_time = |text: Option<String>| {
        text.and_then(|text| written::stated(&text, Some("en"))).map(Timestamp::of_day)
    };
    let entries = dom
        .iter()
        .filter(|(_, node)| node.name().is_some_and(|name| name == "item" || name == "entry"))
        .map(|(at, _)| Entry {
            title: value(at, &["xtitle"]),
            link: link(at),
            id: value(at, &["guid", "id"]),
            summary: value(at, &["description", "summary"]),
            content: value(at, &["content:encoded", "content"]),
            published: at_time(value(at, &["pubdate", "published", "dc:date"])),
            updated: at_time(value(at, &["updated", "modified"])),
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

/// A title's text: titles are markup in one feed and plain text in the next.
fn plain(title: &str) -> String {
    if title.contains(['<', '&']) {
        folded(&forum::text_of(title).replace('\n', " "))
    } else {
        folded(title)
    }
}

/// What kind of text an address promises; an entry of a feed is news when it promises nothing.
fn genre_of(url: &str) -> Genre {
    let genre = Url::parse(url).ok().and_then(|url| genre::by_path(&url));
    match genre {
        None | Some(Genre::Listing) => Genre::News,
        Some(genre) => genre,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: Vec<u8>) -> Page {
        Page {
            url: "https://northwind.example/blog/feed.xml".to_owned(),
            status: 200,
            headers: Vec::new(),
            body,
            truncated: false,
            fetched: Timestamp(1_750_000_000_000),
            address: None,
        }
    }

    const RSS: &str = "<rss><channel><title>Northwind & Sons</title><ttl>60</ttl><item>\
        <title>New plant</title><link>/blog/plant</link>\
        <pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate>\
        <description>&lt;p&gt;We open a &lt;b&gt;plant&lt;/b&gt;.&lt;/p&gt;</description></item>";

    #[test]
    fn an_item_is_a_document_and_a_link() {
        let reading = read(&page(format!("{RSS}</channel></rss>").into())).expect("a feed");
        let document = &reading.documents[0];
        assert_eq!(document.text, "We open a plant.");
        assert_eq!(document.published.expect("a date").day, jiff::civil::date(2024, 5, 3));
        assert_eq!((document.genre, document.complete), (Genre::Blog, false));
        assert_eq!(document.publisher.as_deref(), Some("Northwind & Sons"));
        assert_eq!(reading.links[0].url, "https://northwind.example/blog/plant");
        assert_eq!(reading.ttl, Some(3600));
    }

    #[test]
    fn a_feed_that_breaks_off_gives_what_it_has() {
        let reading = read(&page(RSS.as_bytes().to_vec())).expect("a feed");
        assert_eq!(reading.documents.len(), 1);
        assert_eq!(reading.documents[0].title, "New plant");
    }

    #[test]
    fn utf_16_is_no_reason_to_panic() {
        let text = format!("<?xml version='1.0' encoding='utf-16be'?>{RSS}</channel></rss>");
        let body = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&page(body)).expect("a feed").documents.len(), 1);
    }

    #[test]
    fn pages_are_not_feeds() {
        for body in ["<html><rss>", "", "<", "{\"a\":1}", "<urlset/>", "plain"] {
            assert!(read(&page(body.into())).is_none(), "{body}");
        }
    }
}
