//! One parse of a page, laid out flat: its nodes in document order with the range each one spans,
//! so that every later pass is a loop over a slice.
//!
//! Invariants: a page is parsed once; no page, however nested, costs more than its budget; nothing
//! here or above recurses over the page's depth.

use std::borrow::Cow;

use ego_tree::iter::Edge;
use html5ever::driver::ParseOpts;
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::node::Element;
use scraper::{Html, HtmlTreeSink, Node};

pub(super) use super::tag::Tag;

/// Bytes of text that are parsed at most.
const MAX_TEXT: usize = 4 << 20;
/// How deep elements may nest: browsers stop at 512.
const MAX_DEPTH: usize = 512;
/// Nodes a page may have: formatting elements that are never closed multiply.
const MAX_NODES: usize = 200_000;
/// Attributes one tag may have: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 2_000;
/// The parser is fed in pieces, so that it can be stopped between two of them.
const PIECE: usize = 4096;

/// Parses a page; one that goes beyond the budget is cut there.
///
/// html5ever looks through all open elements at most tags, so a page of nested elements costs the
/// square of its depth (100,000 `<div>` took 46 s). The depth of the newest node says when.
pub(super) fn parse(text: &str) -> Html {
    let mut cut = text.len().min(MAX_TEXT);
    cut = first_monstrous_tag(&text[..floor(text, cut)]).unwrap_or(cut);
    let text = &*with_frames_closed(&text[..floor(text, cut)]);
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut options = ParseOpts::default();
    // Some sites put their whole text into `<noscript>`: it is read as what it contains.
    options.tree_builder.scripting_enabled = false;
    let mut parser = html5ever::driver::parse_document(sink, options);
    let mut at = 0;
    while at < text.len() {
        let end = floor(text, (at + PIECE).min(text.len()));
        parser.process(StrTendril::from_slice(&text[at..end]));
        at = end;
        let html = parser.tokenizer.sink.sink.0.borrow();
        let nodes = html.tree.values().len();
        let depth = html
            .tree
            .nodes()
            .next_back()
            .map_or(0, |newest| newest.ancestors().take(MAX_DEPTH + 1).count());
        if nodes > MAX_NODES || depth > MAX_DEPTH {
            break;
        }
    }
    parser.finish()
}

/// The text with every `<iframe … />` that is the last in a `noscript` closed. Counters of visits
/// write it so, and it is harmless where scripts run, for then no markup is seen in `noscript`;
/// without them the unclosed frame would swallow the rest of the page.
fn with_frames_closed(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut written = 0;
    for (at, _) in text.match_indices("</noscript") {
        let before = &text[written..at];
        let Some(tag) = before.trim_end().strip_suffix("/>") else {
            continue;
        };
        if tag
            .rfind('<')
            .is_some_and(|start| starts_with(&tag[start + 1..], "iframe"))
        {
            out.push_str(before);
            out.push_str("</iframe>");
            written = at;
        }
    }
    if written == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[written..]);
    Cow::Owned(out)
}

/// Where a tag with a monstrous number of attributes begins.
fn first_monstrous_tag(text: &str) -> Option<usize> {
    let mut start = 0;
    // The element whose content is not markup, while inside one.
    let mut raw: Option<&str> = None;
    for piece in text.split_inclusive('>') {
        let tag = match raw {
            Some(_) => piece.rfind("</"),
            None => piece.find('<'),
        };
        if let Some(tag) = tag {
            let name = &piece[tag + 1..];
            if let Some(raw_name) = raw {
                if starts_with(&name[1..], raw_name) {
                    raw = None;
                }
            } else {
                raw = ["script", "style", "textarea", "title"]
                    .into_iter()
                    .find(|raw_name| starts_with(name, raw_name));
                if piece.len() > 4 * MAX_ATTRIBUTES && attributes(name) > MAX_ATTRIBUTES {
                    return Some(start + tag);
                }
            }
        }
        start += piece.len();
    }
    None
}

/// About how many attributes a tag has.
fn attributes(tag: &str) -> usize {
    let mut quote = None;
    let mut count = 0;
    for byte in tag.bytes() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b' ' | b'\n' | b'\t' | b'\r' | b'/') => count += 1,
            _ => {}
        }
    }
    count
}

fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// The last character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// A parsed page as a list of nodes in document order; index 0 is the document.
pub(super) struct Dom<'a> {
    nodes: Vec<Flat<'a>>,
}

/// One node.
pub(super) struct Flat<'a> {
    /// The index of its parent.
    pub(super) parent: usize,
    /// One past the index of the last node inside it.
    pub(super) end: usize,
    /// What it is.
    pub(super) tag: Tag,
    element: Option<&'a Element>,
    text: &'a str,
}

impl<'a> Dom<'a> {
    /// Lays out a parsed page.
    pub(super) fn of(html: &'a Html) -> Dom<'a> {
        let mut nodes = Vec::with_capacity(html.tree.values().len());
        let mut open: Vec<usize> = Vec::new();
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    let (tag, element, text) = match node.value() {
                        Node::Element(element) => (Tag::of(element.name()), Some(element), ""),
                        Node::Text(text) => (Tag::Text, None, &**text),
                        _ => (Tag::Other, None, ""),
                    };
                    nodes.push(Flat {
                        parent: open.last().copied().unwrap_or(0),
                        end: 0,
                        tag,
                        element,
                        text,
                    });
                    open.push(nodes.len() - 1);
                }
                Edge::Close(_) => {
                    let end = nodes.len();
                    if let Some(index) = open.pop() {
                        nodes[index].end = end;
                    }
                }
            }
        }
        Dom { nodes }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The node at this index.
    pub(super) fn node(&self, index: usize) -> &Flat<'a> {
        &self.nodes[index]
    }

    /// All nodes with their indices.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Flat<'a>)> {
        self.nodes.iter().enumerate()
    }

    /// The indices of a node's descendants.
    pub(super) fn inside(&self, index: usize) -> std::ops::Range<usize> {
        index + 1..self.nodes[index].end
    }

    /// The indices of a node's children.
    pub(super) fn children(&self, index: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes[index].end;
        let mut next = index + 1;
        std::iter::from_fn(move || {
            let child = next;
            next = self.nodes.get(child)?.end;
            (child < end).then_some(child)
        })
    }

    /// The indices of a node's ancestors, the nearest first.
    pub(super) fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> {
        let mut at = index;
        std::iter::from_fn(move || {
            (at != 0).then(|| {
                at = self.nodes[at].parent;
                at
            })
        })
    }

    /// The first element of this kind.
    pub(super) fn first(&self, tag: Tag) -> Option<usize> {
        self.nodes.iter().position(|node| node.tag == tag)
    }

    /// The text of a node's children as it stands, which for a script is its content.
    pub(super) fn raw_text(&self, index: usize) -> String {
        let texts = self.children(index).map(|child| self.nodes[child].text);
        texts.collect()
    }

    /// All text inside a node, white space folded.
    pub(super) fn text(&self, index: usize) -> String {
        let mut text = String::new();
        let mut at = index;
        let end = self.nodes[index].end;
        while at < end {
            let node = &self.nodes[at];
            match node.tag {
                Tag::Text => text.push_str(node.text),
                tag if tag.is_silent() => {
                    at = node.end;
                    continue;
                }
                tag if tag.is_block() || tag == Tag::Br => text.push(' '),
                _ => {}
            }
            at += 1;
        }
        folded(&text)
    }
}

impl<'a> Flat<'a> {
    /// The value of an attribute.
    pub(super) fn attr(&self, name: &str) -> Option<&'a str> {
        self.element?.attr(name)
    }

    /// The name of an element.
    pub(super) fn name(&self) -> Option<&'a str> {
        self.element.map(Element::name)
    }

    /// The text of a text node.
    pub(super) fn own_text(&self) -> &'a str {
        self.text
    }
}

/// Text with every run of white space as one space, and none around it.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_keeps_order_parents_and_ranges() {
        let html = parse("<body><div><p>one<b>two</b></p></div><p>three");
        let dom = Dom::of(&html);
        let body = dom.first(Tag::Body).expect("a body");
        let children: Vec<Tag> = dom.children(body).map(|i| dom.node(i).tag).collect();
        assert_eq!(children, [Tag::Div, Tag::P]);
        assert_eq!(dom.text(body), "onetwo three");
    }

    #[test]
    fn nesting_bombs_are_cut() {
        for bomb in ["<div>", "<b><i><font a=1>", "<ul><li>", "<table><tr><td>"] {
            let html = parse(&bomb.repeat(100_000));
            assert!(Dom::of(&html).len() < 10_000, "{bomb}");
        }
        let formatting: String = (0..50_000).map(|n| format!("<p><b a={n}>")).collect();
        let html = parse(&formatting);
        assert!(Dom::of(&html).len() < 2 * MAX_NODES);
    }

    #[test]
    fn markup_inside_scripts_is_no_bomb() {
        let script = format!(
            "<script>if (a<b) {{ {} }}</script><p>text",
            "x = 1; ".repeat(5_000)
        );
        let html = parse(&script);
        assert!(Dom::of(&html).text(0).ends_with("text"));
    }

    #[test]
    fn a_frame_that_closes_itself_in_noscript_swallows_nothing() {
        let html = parse("<body><noscript><iframe src=x /></noscript><p>text<p><img /></noscript>");
        let dom = Dom::of(&html);
        assert_eq!(dom.text(0), "text");
        assert_eq!(
            with_frames_closed("<img /></noscript>"),
            "<img /></noscript>"
        );
        assert_eq!(
            with_frames_closed("<iframe /> </noscript>a<iframe></iframe></noscript>"),
            "<iframe /> </iframe></noscript>a<iframe></iframe></noscript>"
        );
    }

    #[test]
    fn a_tag_of_a_hundred_thousand_attributes_is_cut() {
        let names: String = (0..100_000).map(|n| format!(" a{n}")).collect();
        let html = parse(&format!("<p>before<p{names}>after"));
        let dom = Dom::of(&html);
        assert_eq!(dom.text(0), "before");
    }
}
