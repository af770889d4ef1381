//! Web pages.

use super::article::{self, Shape};
use super::charset;
use super::dom::{self, Dom};
use crate::model::document::{Document, Reading};
use crate::model::page::Page;

/// Reads a web page.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let text = charset::decode(&page.body, page.header("content-type"));
    let html = dom::parse(&text);
    let dom = Dom::of(&html);
    let document = Document {
        url: page.url.clone(),
        text: article::main_text(&dom, Shape::Article),
        fetched: page.fetched.day(),
        ..Document::default()
    };
    Some(Reading {
        documents: vec![document],
        reader: "html",
        ..Reading::default()
    })
}
