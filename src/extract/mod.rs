//! Floor 1: from bytes to text. Pure: no clock, no disk, no socket, no log.

mod article;
pub mod charset;
mod date;
mod dom;
pub mod feed;
mod forum;
mod frame;
mod genre;
mod head;
mod html;
mod jobs;
mod language;
mod links;
mod repair;
mod sitemap;
mod structured;
mod written;

use crate::model::document::Reading;
use crate::model::page::Page;

/// Reads one kind of source; `None`: not my kind.
pub type Reader = fn(&Page) -> Option<Reading>;

/// Every reader, the most particular first.
pub const READERS: &[Reader] = &[sitemap::read, feed::read, html::read];

/// Reads a page with the first reader that knows its kind; a page that nobody understands is an
/// empty reading.
pub fn read(page: &Page) -> Reading {
    READERS
        .iter()
        .find_map(|reader| reader(page))
        .unwrap_or_default()
}

/// The language of a text that no page came with, ISO 639-1.
pub fn language_of(text: &str) -> Option<String> {
    language::of(text, None)
}
