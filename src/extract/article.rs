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
    /// Many pieces of equal right: a listing, a service page.
    Pieces,
    /// Posts of many people.
    Forum,
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
    let nothing = silent(dom);
    let full = sums(dom, body, &nothing);
    let strict = frame(dom, body, &full, shape, Part::Doubtful);
    let weights = sums(dom, body, &strict);
    let text = written(dom, &weights, root(dom, &weights, body, shape), shape);
    let enough = if shape == Shape::Article {
        300
    } else {
        full[body].text / par("FB", 8.0) as u32
    };
    if text.len() as u32 > enough {
        return text;
    }
    let lenient = frame(dom, body, &full, shape, Part::Frame);
    let weights = sums(dom, body, &lenient);
    let more = written(
        dom,
        &weights,
        root(dom, &weights, body, Shape::Pieces),
        Shape::Pieces,
    );
    if more.len() > 3 * text.len() {
        more
    } else {
        text
    }
}

/// The text of these elements, one after another.
pub(super) fn text_of(dom: &Dom<'_>, elements: &[usize]) -> String {
    let Some(body) = dom.first(Tag::Body) else {
        return String::new();
    };
    let nothing = silent(dom);
    let full = sums(dom, body, &nothing);
    let strict = frame(dom, body, &full, Shape::Forum, Part::Doubtful);
    let weights = sums(dom, body, &strict);
    let mut text = String::new();
    for element in elements {
        let part = written(dom, &weights, *element, Shape::Forum);
        if !part.is_empty() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&part);
        }
    }
    text
}

/// All text of a fragment of markup, a block a line.
pub(super) fn all_text(dom: &Dom<'_>) -> String {
    let Some(body) = dom.first(Tag::Body) else {
        return String::new();
    };
    let mut weights = vec![Weight::default(); dom.len()];
    for at in dom.inside(body) {
        weights[at].dropped = dom.node(at).tag.is_silent();
    }
    written(dom, &weights, body, Shape::Pieces)
}

/// The nodes that belong to the frame, judged as strictly as `least` says.
fn frame(dom: &Dom<'_>, body: usize, full: &[Weight], shape: Shape, least: Part) -> Vec<bool> {
    let mut dropped = vec![false; dom.len()];
    let page = full[body].prose;
    let mut at = body;
    while at < dom.node(body).end {
        let node = dom.node(at);
        let drop = match frame::part(dom, at, shape) {
            Part::Silent => true,
            Part::Frame if node.tag == Tag::Noscript => {
                f64::from(full[at].prose) <= f64::from(page) * par("NS", 0.2)
            }
            Part::Frame => {
                f64::from(full[at].prose)
                    <= f64::from(page)
                        * if shape == Shape::Article {
                            par("DFA", 0.5)
                        } else if shape == Shape::Forum {
                            par("DFF", 0.5)
                        } else {
                            par("DF", 0.9)
                        }
            }
            Part::Doubtful => {
                least == Part::Doubtful
                    && f64::from(full[at].prose)
                        <= f64::from(page)
                            * if shape == Shape::Article {
                                par("DTA", 0.5)
                            } else if shape == Shape::Forum {
                                par("DTF", 0.5)
                            } else {
                                par("DT", 0.6)
                            }
            }
            Part::Content => false,
        };
        if drop {
            if std::env::var("DBG").is_ok() && full[at].text > 500 {
                eprintln!(
                    "drop {at} {:?} {:?} {} of {page} {:?}",
                    node.tag,
                    node.attr("class"),
                    full[at].prose,
                    frame::part(dom, at, shape)
                );
            }
            dropped[at..node.end].fill(true);
            at = node.end;
        } else {
            at += 1;
        }
    }
    dropped
}

/// The nodes whose text is never shown.
fn silent(dom: &Dom<'_>) -> Vec<bool> {
    let mut silent = vec![false; dom.len()];
    let mut end = 0;
    for (at, node) in dom.iter() {
        if node.tag.is_silent() {
            end = end.max(node.end);
        }
        silent[at] = at < end;
    }
    silent
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
        let block = if node.tag.is_block() {
            at
        } else {
            blocks[node.parent]
        };
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

fn par(name: &str, or: f64) -> f64 {
    std::env::var(name)
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(or)
}

fn root(dom: &Dom<'_>, weights: &[Weight], body: usize, shape: Shape) -> usize {
    let share = match shape {
        Shape::Article => par("SA", 0.7),
        _ => par("SP", 0.85),
    };
    if shape == Shape::Article
        && let Some(marked) = marked(dom, weights, body)
    {
        return marked;
    }
    let mut at = body;
    while let Some(child) = dom.children(at).max_by_key(|child| weights[*child].prose) {
        if f64::from(weights[child].prose) < share * f64::from(weights[at].prose.max(1)) {
            break;
        }
        at = child;
    }
    if f64::from(weights[at].prose)
        < if shape == Shape::Article {
            par("COVA", 0.2)
        } else {
            par("COV", 0.6)
        } * f64::from(weights[body].text)
    {
        let main = dom.first(Tag::Main).filter(|main| {
            f64::from(weights[*main].text) > par("MAIN", 0.5) * f64::from(weights[body].text)
        });
        return main.unwrap_or(body);
    }
    at
}

/// The element that its maker calls the article's body, when it holds enough of the prose.
fn marked(dom: &Dom<'_>, weights: &[Weight], body: usize) -> Option<usize> {
    let enough = (f64::from(weights[body].prose) * par("MK", 0.15)) as u32;
    let found = dom
        .inside(body)
        .filter(|at| weights[*at].prose >= enough.max(250) && frame::is_article_body(dom.node(*at)))
        .max_by_key(|at| (weights[*at].prose, *at))?;
    Some(found)
}

fn written(dom: &Dom<'_>, weights: &[Weight], root: usize, shape: Shape) -> String {
    let mut text = String::new();
    let mut line = String::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = root;
    let mut block = root;
    while at < dom.node(root).end {
        while open.last().is_some_and(|end| *end <= at) {
            open.pop();
            let start = text.len();
            flush(&mut line, &mut text);
            if shape == Shape::Article && frame::starts_tail(text[start..].trim()) {
                // What follows the words in the same element is what they announce.
                let closed = block;
                let parent = dom.node(closed).parent;
                if parent != root
                    && parent > root
                    && f64::from(weights[parent].prose)
                        < par("TL", 0.3) * f64::from(weights[root].prose)
                {
                    at = at.max(dom.node(parent).end);
                    text.truncate(start);
                }
            }
        }
        if at >= dom.node(root).end {
            break;
        }
        let node = dom.node(at);
        let weight = &weights[at];
        if shape == Shape::Article && (node.tag == Tag::H1 && par("H1", 1.0) > 0.5) {
            at = node.end;
            continue;
        }
        if weight.dropped
            || at != root
                && shape == Shape::Article
                && root_prose(weights, root) > par("LL", 0.5)
                && is_link_list(node.tag, weight)
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
                block = at;
            }
            _ => {}
        }
        at += 1;
    }
    flush(&mut line, &mut text);
    text
}

fn root_prose(weights: &[Weight], root: usize) -> f64 {
    f64::from(weights[root].prose) / f64::from(weights[root].text.max(1))
}

fn is_link_list(tag: Tag, weight: &Weight) -> bool {
    let list = matches!(
        tag,
        Tag::Ul | Tag::Ol | Tag::Div | Tag::Section | Tag::Table | Tag::Dl
    );
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
