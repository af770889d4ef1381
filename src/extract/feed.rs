//! Feeds: RSS, Atom and JSON Feed. Every entry is a document and a dated link.

use url::Url;

use super::dom::{self, Dom, folded};
use super::links::{self, resolved};
pub use super::syndication::{Entry, Feed, parse};
use super::{asked, forum, genre, head, language};
use crate::model::document::{DateSource, Dated, Document, Genre, Link, Reading};
use crate::model::page::Page;
use crate::model::task::TaskKind;

/// Less text than this beside a summary of the same length is no full content.
const FULL: usize = 200;

/// Reads a feed.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let feed = parse(&page.body, page.header("content-type"), &page.url)?;
    let base = Url::parse(&page.url).ok()?;
    let stated = feed.language.as_deref();
    let publisher = feed
        .title
        .as_deref()
        .map(plain)
        .filter(|title| !title.is_empty());
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
                updated: entry.updated,
                ..Link::default()
            });
        }
        let summary = entry
            .summary
            .as_deref()
            .map(forum::text_of)
            .unwrap_or_default();
        let content = entry
            .content
            .as_deref()
            .map(forum::text_of)
            .unwrap_or_default();
        let complete = content.len() >= FULL && content.len() > summary.len();
        let text = if content.len() > summary.len() {
            content
        } else {
            summary
        };
        let day = |day| Dated {
            day,
            source: DateSource::Feed,
        };
        let published = entry.day.or(dated.map(|at| at.day()));
        documents.push(Document {
            genre: url.as_deref().map(genre_of).unwrap_or_default(),
            url: url.unwrap_or_else(|| page.url.clone()),
            published: published.map(day),
            updated: entry
                .updated
                .filter(|at| dated != Some(*at))
                .map(|at| day(at.day())),
            language: language::of(&text, stated),
            publisher: publisher.clone(),
            fetched: page.fetched.day(),
            official: false,
            title,
            text,
            complete,
            job: None,
            tender: None,
        });
    }
    if let Some(next) = feed.next.as_deref().and_then(|next| resolved(&base, next)) {
        links.push(Link {
            url: next,
            kind: Some(TaskKind::Feed),
            ..Link::default()
        });
    }
    Some(Reading {
        documents,
        links,
        heard: asked::of_headers(page),
        canonical: None,
        alternates: Vec::new(),
        ttl: feed.ttl.map(|minutes| u64::from(minutes) * 60),
        claims: Vec::new(),
        scripted: false,
        reader: "feed",
        ..Reading::default()
    })
}

/// The addresses of the feeds that an HTML page announces, in page order.
pub fn autodiscover(markup: &str, base: &str) -> Vec<String> {
    let Ok(url) = Url::parse(base) else {
        return Vec::new();
    };
    let html = dom::parse(markup);
    let dom = Dom::of(&html);
    let base = head::Head::of(&dom)
        .base
        .and_then(|base| url.join(base).ok())
        .unwrap_or(url);
    links::feeds(&dom, &base)
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
    use crate::model::time::Timestamp;

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
        assert_eq!(
            document.published.expect("a date").day,
            jiff::civil::date(2024, 5, 3)
        );
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
