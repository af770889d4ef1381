//! Floor 1: from bytes to text. Pure: no clock, no disk, no socket, no log.
//!
//! A page goes to the first reader that knows its kind. Web pages are parsed once (`dom`), and
//! everything that is asked of them (main text, dates, links, positions, posts) is a pass over
//! that one tree.
//!
//! Invariants: reading never fails and never panics on purpose; no page costs more than the
//! budget of `dom::parse`; the same page always gives the same reading.

mod article;
mod asked;
pub mod boards;
mod byline;
pub mod charset;
mod date;
mod dom;
mod elsewhere;
mod expiry;
pub mod feed;
mod forum;
mod frame;
mod genre;
mod head;
mod html;
mod jobs;
mod language;
mod lines;
mod links;
mod media;
mod month;
mod organization;
mod repair;
mod scripted;
mod shape;
mod shown;
mod sitemap;
pub mod social;
mod structured;
mod syndication;
mod tag;
mod tender;
pub mod threads;
mod title;
mod words;
mod written;
mod zoned;

use serde_json::Value;

use crate::model::document::Reading;
use crate::model::page::Page;
use crate::model::wishes::Heard;

/// Reads one kind of source; `None`: not my kind.
pub type Reader = fn(&Page) -> Option<Reading>;

/// Every reader, the most particular first.
pub const READERS: &[Reader] = &[
    tender::read,
    boards::read,
    social::read,
    threads::read,
    sitemap::read,
    feed::read,
    html::read,
];

/// The names that readings carry: of the readers, and of what the reader of web pages looks for
/// in the one tree that it parses.
pub const NAMES: &[&str] = &[
    "tender", "boards", "social", "threads", "sitemap", "feed", "jobs", "forum", "html",
];

/// Reads a page with the first reader that knows its kind; a page that nobody understands is an
/// empty reading.
pub fn read(page: &Page) -> Reading {
    READERS
        .iter()
        .find_map(|reader| reader(page))
        .unwrap_or_default()
}

/// What the header fields alone of a page ask for, of one whose body is not read.
pub fn heard_of_fields(page: &Page) -> Heard {
    asked::of_headers(page)
}

/// A page for tests, whose server does not say what it is.
#[cfg(test)]
fn sample(url: &str, body: &str) -> Page {
    Page {
        url: url.to_owned(),
        status: 200,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: crate::model::time::Timestamp(1_780_000_000_000),
        address: None,
    }
}

/// The language of a text that no page came with, ISO 639-1.
pub fn language_of(text: &str) -> Option<String> {
    language::of(text, None)
}

/// What a page states for machines: its objects (JSON-LD, microdata), and its `meta` elements by
/// their names in lower case.
pub fn stated(markup: &str) -> (Vec<Value>, Vec<(String, String)>) {
    let html = dom::parse(markup);
    let dom = dom::Dom::of(&html);
    let items = structured::items(&dom).into_iter().map(Value::Object);
    (items.collect(), head::Head::of(&dom).metas())
}
