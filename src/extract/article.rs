//! The main text of a page: a block a line, nothing of the site's frame.
//!
//! The frame is taken away first (`frame`), then the smallest element that holds most of the
//! page's prose is the root, and of the root everything is kept but lists of links.

use super::dom::{Dom, Tag};
use super::frame::{self, Part};
use super::lines::Lines;
use super::shape::Shape;

/// A block with this many bytes of its own is prose, not a label.
const PROSE: u32 = 60;

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

impl Weight {
    /// Bytes of text outside of links.
    fn said(&self) -> u32 {
        self.text - self.linked
    }
}

/// The main text of a page.
pub(super) fn main_text(dom: &Dom<'_>, shape: Shape) -> String {
    let Some(body) = dom.first(Tag::Body) else {
        return String::new();
    };
    let full = sums(dom, body, &silent(dom));
    let shape = match shape {
        Shape::Likely if is_one_text(dom, body, &full) => Shape::Article,
        Shape::Likely => Shape::Pieces,
        known => known,
    };
    let kept = taken(dom, body, &full, shape, Part::Doubtful);
    // Names that take nearly everything away are wrong about this page.
    if shape == Shape::Pieces && kept.said * 10 < (kept.said + kept.doubted) * 3 {
        return taken(dom, body, &full, shape, Part::Frame).text;
    }
    // An article may be short beside all that surrounds it, a list of pieces may not.
    let enough = match shape {
        Shape::Article => 300,
        _ => full[body].text / 8,
    };
    if kept.length as u32 > enough {
        return kept.text;
    }
    let more = taken(dom, body, &full, Shape::Pieces, Part::Frame);
    if more.length > 3 * kept.length {
        more.text
    } else {
        kept.text
    }
}

/// Whether most of the page's prose stands in one run: paragraphs, lists and quotations side by side.
/// The page of a service says as much, in sections of which each has a paragraph or two.
fn is_one_text(dom: &Dom<'_>, body: usize, full: &[Weight]) -> bool {
    let weights = sums(
        dom,
        body,
        &frame(dom, body, full, Shape::Article, Part::Doubtful).0,
    );
    if marked(dom, &weights, body).is_some() {
        return true;
    }
    let mut runs = vec![0; dom.len()];
    for at in dom.inside(body) {
        let node = dom.node(at);
        if matches!(
            node.tag,
            Tag::P | Tag::Ul | Tag::Ol | Tag::Blockquote | Tag::Pre | Tag::Table | Tag::Dl
        ) {
            runs[node.parent] += weights[at].prose;
        }
    }
    let longest = runs.iter().max().copied().unwrap_or_default();
    f64::from(longest) >= 0.5 * f64::from(weights[body].prose)
}

/// The text of these elements, one after another.
pub(super) fn text_of(dom: &Dom<'_>, elements: &[usize]) -> String {
    let Some(body) = dom.first(Tag::Body).filter(|_| !elements.is_empty()) else {
        return String::new();
    };
    let nothing = silent(dom);
    let full = sums(dom, body, &nothing);
    // Only what is inside is judged: the names around a post are those of its author's box too.
    let mut dropped = nothing;
    for element in elements {
        let post = f64::from(full[*element].prose);
        let mut at = element + 1;
        while at < dom.node(*element).end {
            let part = frame::part(dom, at, Shape::Forum);
            let small = f64::from(full[at].prose) <= 0.5 * post;
            if part == Part::Silent || part != Part::Content && small {
                dropped[at..dom.node(at).end].fill(true);
                at = dom.node(at).end;
            } else {
                at += 1;
            }
        }
    }
    let weights = sums(dom, body, &dropped);
    let mut out = Lines::of(Shape::Forum);
    for element in elements {
        write(dom, &weights, *element, Shape::Forum, &mut out);
    }
    out.text
}

/// All text of a fragment of markup, a block a line.
pub(super) fn all_text(dom: &Dom<'_>) -> String {
    let Some(body) = dom.first(Tag::Body) else {
        return String::new();
    };
    let weights = sums(dom, body, &silent(dom));
    let mut out = Lines::of(Shape::Forum);
    write(dom, &weights, body, Shape::Pieces, &mut out);
    out.text
}

/// What is left of a page without its frame.
struct Taken {
    text: String,
    /// The text's length with the labels that it repeats.
    length: usize,
    /// Bytes outside of links that are left, in the text or not.
    said: u32,
    /// Bytes outside of links that only names speak against.
    doubted: u32,
}

/// The text that is left of a page when its frame is taken away as strictly as `least` says.
fn taken(dom: &Dom<'_>, body: usize, full: &[Weight], shape: Shape, least: Part) -> Taken {
    let (dropped, doubted) = frame(dom, body, full, shape, least);
    let weights = sums(dom, body, &dropped);
    let mut out = Lines::of(shape);
    write(
        dom,
        &weights,
        root(dom, &weights, body, shape),
        shape,
        &mut out,
    );
    Taken {
        length: out.text.len() + out.labelled,
        text: out.text,
        said: weights[body].said(),
        doubted,
    }
}

/// The nodes that belong to the frame, judged as strictly as `least` says.
fn frame(
    dom: &Dom<'_>,
    body: usize,
    full: &[Weight],
    shape: Shape,
    least: Part,
) -> (Vec<bool>, u32) {
    let mut doubted = 0;
    let mut dropped = vec![false; dom.len()];
    let shares = shape.shares();
    let page = f64::from(full[body].prose);
    let most = 0.5 * f64::from(full[body].said());
    // A grid of short lines has no prose: what is hidden until a program has run, and holds the
    // title and most of what is said, is the page.
    let wraps = |at: usize| {
        shape == Shape::Pieces
            && matches!(dom.node(at).tag, Tag::Div | Tag::Section)
            && dom.node(at).attr("role").is_none()
            && f64::from(full[at].said()) > most
            && dom.inside(at).any(|inner| dom.node(inner).tag == Tag::H1)
    };
    let mut at = body;
    while at < dom.node(body).end {
        let node = dom.node(at);
        let prose = f64::from(full[at].prose);
        let part = frame::part(dom, at, shape);
        let drop = match part {
            Part::Silent => true,
            // What a page shows without scripts is its text when there is little else.
            Part::Frame if node.tag == Tag::Noscript => prose <= 0.2 * page,
            Part::Frame => prose <= shares.frame * page && !wraps(at),
            Part::Doubtful => least == Part::Doubtful && prose <= shares.doubtful * page,
            Part::Content => false,
        };
        if drop {
            dropped[at..node.end].fill(true);
            doubted += if part == Part::Doubtful {
                full[at].said()
            } else {
                0
            };
            at = node.end;
        } else {
            at += 1;
        }
    }
    (dropped, doubted)
}

/// The nodes whose text is never shown.
fn silent(dom: &Dom<'_>) -> Vec<bool> {
    let mut end = 0;
    dom.iter()
        .map(|(at, node)| {
            if node.tag.is_silent() {
                end = end.max(node.end);
            }
            at < end
        })
        .collect()
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

/// The element whose text is the page's: the smallest that holds most of its prose.
fn root(dom: &Dom<'_>, weights: &[Weight], body: usize, shape: Shape) -> usize {
    let shares = shape.shares();
    if shape == Shape::Article
        && let Some(marked) = marked(dom, weights, body)
    {
        return marked;
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    let mut at = body;
    while let Some(child) = dom.children(at).max_by_key(|child| weights[*child].prose) {
        // One long paragraph is not the article: its neighbours are.
        let paragraph = dom.node(child).tag == Tag::P;
        if paragraph || share(weights[child].prose, weights[at].prose) < shares.root {
            break;
        }
        at = child;
    }
    if share(weights[at].prose, weights[body].text) >= shares.coverage {
        return at;
    }
    dom.first(Tag::Main)
        .filter(|main| share(weights[*main].text, weights[body].text) > 0.5)
        .unwrap_or(body)
}

/// The element that its maker calls the article's body, when it holds enough of the prose.
fn marked(dom: &Dom<'_>, weights: &[Weight], body: usize) -> Option<usize> {
    let enough = (weights[body].prose / 7).max(250);
    dom.inside(body)
        .filter(|at| weights[*at].prose >= enough && frame::is_article_body(dom.node(*at)))
        .max_by_key(|at| (weights[*at].prose, *at))
}

/// Writes the text of an element, a block a line.
fn write(dom: &Dom<'_>, weights: &[Weight], root: usize, shape: Shape, out: &mut Lines) {
    let article = shape == Shape::Article;
    let links_are_frame =
        article && f64::from(weights[root].prose) > 0.5 * f64::from(weights[root].text);
    // Where the last table ends: in one, what is said again is an answer.
    let mut table = 0;
    // The blocks that are open: their ends and themselves.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = root;
    loop {
        out.in_table = at <= table;
        while let Some((end, block)) = open.pop_if(|(end, _)| *end <= at) {
            let announces = article && frame::starts_tail(&out.line);
            let parent = dom.node(block).parent;
            let is_part = weights[parent].prose * 3 < weights[root].prose;
            if announces && parent > root && is_part {
                // What follows the words in the same element is what they announce.
                out.line.clear();
                at = dom.node(parent).end;
            } else {
                out.flush();
                at = at.max(end);
            }
        }
        if at >= dom.node(root).end {
            break;
        }
        let node = dom.node(at);
        let weight = &weights[at];
        let skipped = weight.dropped
            // The title is told apart from the text.
            || article && node.tag == Tag::H1
            || at != root && links_are_frame && is_link_list(node.tag, weight);
        if skipped {
            at = node.end;
            continue;
        }
        match node.tag {
            Tag::Text => out.line.push_str(node.own_text()),
            Tag::Br => out.flush(),
            tag if tag.is_block() => {
                out.flush();
                table = table.max(if tag == Tag::Table { node.end } else { 0 });
                open.push((node.end, at));
            }
            _ => {}
        }
        at += 1;
    }
    out.flush();
}

fn is_link_list(tag: Tag, weight: &Weight) -> bool {
    let list = matches!(
        tag,
        Tag::Ul | Tag::Ol | Tag::Div | Tag::Section | Tag::Table | Tag::Dl
    );
    list && weight.prose == 0 && weight.linked * 10 > weight.text * 6
}

#[cfg(test)]
#[path = "article_tests.rs"]
mod tests;
