//! Job boards that companies have at platforms: which address leads to whose board, where that
//! answers machines, and what the answer says. Platforms are data (`platforms.toml`).
//!
//! Invariants: of an answer, one position at a time is held as parsed; at most `MOST` positions
//! are read of one; an answer that breaks off is good for what came before the break, and is then
//! not taken for the whole board.

mod fields;
mod json;
mod platform;
mod xml;

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::{asked, charset};
use crate::model::document::{Document, Link, Reading};
use crate::model::page::Page;
use crate::model::task::{Position, TaskKind};
use platform::{Form, Next, answering};
pub use platform::{Place, is_posting, place};

/// Positions that are read of one answer: as many as are remembered of a board.
const MOST: usize = Position::MOST;

/// What was met in an answer beside its positions.
#[derive(Debug, Default)]
struct Answer {
    /// Whether the list was there, and ended as it must.
    ended: bool,
    /// How many positions it held.
    listed: usize,
    /// How many the board says that it has, on all pages of its answer.
    total: Option<usize>,
}

/// Reads a board's answer.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let url = Url::parse(&page.url).ok()?;
    let start = &page.body[..page.body.len().min(1024)];
    let (board, names) = answering(&url, start)?;
    let fields = board.read.as_ref()?;
    let text = charset::decode(&page.body, page.header("content-type"));
    let mut documents: Vec<Document> = Vec::new();
    let mut known = HashSet::new();
    let mut take = |posting: &Value| {
        let document = fields::document(posting, fields, &names, page.fetched.day());
        if let Some(document) = document.filter(|found| known.insert(found.url.clone())) {
            documents.push(document);
        }
    };
    let answer = match fields.form {
        Form::Json => json::read(&text, fields, MOST, &mut take),
        Form::Xml => xml::read(&text, fields, MOST, &mut take),
    };
    let links = fields.next.as_ref();
    let links = links.and_then(|next| next_page(&url, next, &answer));
    for document in &mut documents {
        document.complete = !page.truncated;
    }
    Some(Reading {
        documents,
        links: links.into_iter().collect(),
        heard: asked::of_headers(page),
        whole: answer.ended && answer.listed <= MOST && !page.truncated,
        reader: "boards",
        ..Reading::default()
    })
}

/// The next page of an answer in several, as far as positions are remembered.
fn next_page(url: &Url, next: &Next, answer: &Answer) -> Option<Link> {
    let at = url.query_pairs().find(|(name, _)| *name == next.parameter);
    let at: usize = at.map_or(Some(0), |(_, value)| value.parse().ok())?;
    let to = at.checked_add(next.step)?;
    if answer.listed == 0 || to >= answer.total? || to >= MOST {
        return None;
    }
    let kept = url
        .query_pairs()
        .filter(|(name, _)| *name != next.parameter);
    let mut target = url.clone();
    target
        .query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair(&next.parameter, &to.to_string());
    Some(Link {
        url: target.into(),
        kind: Some(TaskKind::Board),
        ..Link::default()
    })
}

/// Puts names into the braces of a template; `None`: one of them is nobody's.
pub(super) fn filled(template: &str, named: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(&named(name)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests;
