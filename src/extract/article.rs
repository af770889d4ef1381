//! The main text of a page: a block a line, nothing of the site's frame.
//!
//! The frame is taken away first (`frame`), then the smallest element that holds most of the
//! page's prose is the root, and of the root everything is kept but lists of links.

use super::dom::{Dom, Tag};
use super::frame::{self, Part};

/// A block with this many bytes of its own is prose, not a label.
const PROSE: u32 = 60;

/// How the page's text is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One text with a beginning and an end.
    Article,
    /// Many pieces of equal right: a listing, a service page, a forum.
    Pieces,
}

/// What a node weighs, with all that is inside it.
#[derive(Clone, Copy, Default)]
struct Weight {
    /// Not part of the main text.
    dropped: bool,
    /// Bytes of text.
    text: u32,
    /// Of these, inside links.
    linked: u32,
    /// Bytes in blocks that read as prose.
    prose: u32,
}

/// The main text of a page.
pub(super) fn main_text(dom: &Dom<'_>, shape: Shape) -> String {
    let Some(body) = dom.first(Tag::Body) else {
        return String::new();
    };
    let nothing = vec![false; dom.len()];
    let full = sums(dom, body, &nothing);
    let strict = frame(dom, body, &full, Part::Doubtful);
    let weights = sums(dom, body, &strict);
    let text = written(dom, &weights, root(dom, &weights, body, shape), shape);
    if text.len() as u32 * 5 > full[body].text {
        return text;
    }
    let lenient = frame(dom, body, &full, Part::Frame);
    let weights = sums(dom, body, &lenient);
    let more = written(dom, &weights, root(dom, &weights, body, Shape::Pieces), Shape::Pieces);
    if more.len() > 3 * text.len() { more } else { text }
}

/// The nodes that belong to the frame, judged as strictly as `least` says.
fn frame(dom: &Dom<'_>, body: usize, full: &[Weight], least: Part) -> Vec<bool> {
    let mut dropped = vec![false; dom.len()];
    let page = full[body].prose;
    let mut at = body;
    while at < dom.node(body).end {
        let node = dom.node(at);
        let drop = match frame::part(dom, at) {
            Part::Frame => node.tag.is_silent() || full[at].prose <= page / 2,
            Part::Doubtful => least == Part::Doubtful && full[at].prose <= page / 3,
            Part::Content => false,
        };
        if drop {
            dropped[at..node.end].fill(true);
            at = node.end;
        } else {
            at += 1;
        }
    }
    dropped
}

/// What every node weighs when these are dropped.
fn sums(dom: &Dom<'_>, body: usize, dropped: &[bool]) -> Vec<Weight> {
    let mut weights = vec![Weight::default(); dom.len()];
    // Each block first gathers the text that is its alone, to be judged as prose or not.
    let mut blocks = vec![body; dom.len()];
    let mut link_end = 0;
    for at in body..dom.node(body).end {
        let node = dom.node(at);
        weights[at].dropped = dropped[at];
        let block = if node.tag.is_block() { at } else { blocks[node.parent] };
        blocks[at] = block;
        if node.tag == Tag::A {
            link_end = link_end.max(node.end);
        }
        if node.tag == Tag::Text && !dropped[at] {
            let length = node.own_text().trim().len() as u32;
            weights[block].text += length;
            weights[block].linked += if at < link_end { length } else { 0 };
        }
    }
    for weight in &mut weights {
        if weight.text >= PROSE && weight.linked * 2 < weight.text {
            weight.prose = weight.text;
        }
    }
    for at in (body + 1..dom.node(body).end).rev() {
        let own = weights[at];
        let parent = &mut weights[dom.node(at).parent];
        parent.text += own.text;
        parent.linked += own.linked;
        parent.prose += own.prose;
    }
    weights
}

fn root(dom: &Dom<'_>, weights: &[Weight], body: usize, shape: Shape) -> usize {
    let share = match shape {
        Shape::Article => 0.7,
        Shape::Pieces => 0.9,
    };
    let mut at = body;
    while let Some(child) = dom.children(at).max_by_key(|child| weights[*child].prose) {
        if f64::from(weights[child].prose) < share * f64::from(weights[at].prose.max(1)) {
            break;
        }
        at = child;
    }
    at
}

fn written(dom: &Dom<'_>, weights: &[Weight], root: usize, shape: Shape) -> String {
    let mut text = String::new();
    let mut line = String::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = root;
    while at < dom.node(root).end {
        while open.last().is_some_and(|end| *end <= at) {
            open.pop();
            flush(&mut line, &mut text);
        }
        let node = dom.node(at);
        let weight = &weights[at];
        if weight.dropped || at != root && shape == Shape::Article && is_link_list(node.tag, weight)
        {
            at = node.end;
            continue;
        }
        match node.tag {
            Tag::Text => line.push_str(node.own_text()),
            Tag::Br => flush(&mut line, &mut text),
            tag if tag.is_block() => {
                flush(&mut line, &mut text);
                open.push(node.end);
            }
            _ => {}
        }
        at += 1;
    }
    flush(&mut line, &mut text);
    text
}

fn is_link_list(tag: Tag, weight: &Weight) -> bool {
    let list = matches!(tag, Tag::Ul | Tag::Ol | Tag::Div | Tag::Section | Tag::Table | Tag::Dl);
    list && weight.prose == 0 && weight.linked * 10 > weight.text * 6
}

fn flush(line: &mut String, text: &mut String) {
    let mut words = line.split_whitespace();
    if let Some(first) = words.next() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(first);
        for word in words {
            text.push(' ');
            text.push_str(word);
        }
    }
    line.clear();
}
