//! Which parts of a page are its frame: navigation, header, footer, sharing, advertising, what
//! else to read. Told by elements, roles, and the words of classes and ids, which the web's
//! templates share more than their makers know.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::dom::{Dom, Flat, Tag};
use super::shape::Shape;
use super::words;

/// What an element is to the reader of the main text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing is known against it.
    Content,
    /// Words say that it is not content, and words can be wrong.
    Doubtful,
    /// It is not content, unless it holds most of the page's text.
    Frame,
    /// It is never content.
    Silent,
}

/// The words, by list.
static WORDS: LazyLock<HashMap<&str, Vec<&str>>> =
    LazyLock::new(|| words::lists(include_str!("words/frame.txt")).collect());

/// For every word of a name, whether it means frame in an article, in pieces, and in a forum.
static MEANING: LazyLock<HashMap<&str, [bool; 3]>> = LazyLock::new(|| {
    let mut meaning: HashMap<&str, [bool; 3]> = HashMap::new();
    for (list, means) in [
        ("any", [Some(true), Some(true), Some(true)]),
        ("article", [Some(true), None, None]),
        ("pieces", [None, Some(true), None]),
        ("forum", [None, None, Some(true)]),
        ("talk", [None, None, Some(false)]),
    ] {
        for word in &WORDS[list] {
            let known = meaning.entry(word).or_default();
            for (known, means) in known.iter_mut().zip(means) {
                *known = means.unwrap_or(*known);
            }
        }
    }
    meaning
});

/// The part of the page that this element is, judged by itself alone.
pub(super) fn part(dom: &Dom<'_>, index: usize, shape: Shape) -> Part {
    let node = dom.node(index);
    match node.tag {
        Tag::Text | Tag::Other | Tag::Html | Tag::Body | Tag::Main => return Part::Content,
        Tag::Nav | Tag::Dialog | Tag::Menu | Tag::Label | Tag::Figcaption => return Part::Frame,
        Tag::Aside if shape == Shape::Forum && quotes(node) => return Part::Content,
        Tag::Footer | Tag::Aside => return Part::Frame,
        Tag::Header if !in_article(dom, index) => return Part::Frame,
        Tag::Noscript => return Part::Frame,
        tag if tag.is_silent() => return Part::Silent,
        _ => {}
    }
    if names(node).any(consent) {
        return Part::Silent;
    }
    let hides = hidden(node) || node.attr("class").is_some_and(hiding);
    if hides && !(shape == Shape::Pieces && opened(dom, index))
        || node.attr("role").is_some_and(frame_role)
    {
        return Part::Frame;
    }
    if node.tag != Tag::Article && names(node).any(|names| doubtful(names, shape)) {
        return Part::Doubtful;
    }
    Part::Content
}

/// Some forums keep what a post quotes in an `aside`.
fn quotes(node: &Flat<'_>) -> bool {
    let class = node.attr("class").unwrap_or_default();
    class.split_ascii_whitespace().any(|name| name == "quote")
}

fn in_article(dom: &Dom<'_>, index: usize) -> bool {
    dom.ancestors(index)
        .any(|at| matches!(dom.node(at).tag, Tag::Article | Tag::Main | Tag::Section))
}

/// `aria-hidden` is not asked: closed tabs and the slides of carousels carry it, and are text.
fn hidden(node: &Flat<'_>) -> bool {
    node.attr("hidden").is_some() && !streamed(node)
        || node.attr("style").is_some_and(|style| {
            let style = style.to_ascii_lowercase();
            style.contains("display:none") || style.contains("display: none")
        })
}

/// Whether a hidden element is closed rather than absent: the panel of a tab, the answer below a
/// question. Its own names say so, or those of what is around it.
fn opened(dom: &Dom<'_>, index: usize) -> bool {
    dom.node(index).attr("role") == Some("tabpanel")
        || std::iter::once(index)
            .chain(dom.ancestors(index).take(3))
            .any(|at| {
                names(dom.node(at)).any(|names| {
                    words_of(names, Shape::Pieces).any(|word| {
                        let known = |opened: &&str| opened.eq_ignore_ascii_case(word);
                        WORDS["opened"].iter().any(known)
                    })
                })
            })
}

/// What a server sends behind the page and a small script then puts in its place: hidden only until
/// then (React numbers such pieces `S:0`, `S:1`).
fn streamed(node: &Flat<'_>) -> bool {
    node.attr("id")
        .and_then(|id| id.strip_prefix("S:"))
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn frame_role(role: &str) -> bool {
    matches!(
        role,
        "navigation"
            | "banner"
            | "contentinfo"
            | "complementary"
            | "search"
            | "menu"
            | "menubar"
            | "dialog"
            | "alertdialog"
            | "toolbar"
            | "alert"
            | "button"
            | "tooltip"
    )
}

fn names<'a>(node: &Flat<'a>) -> impl Iterator<Item = &'a str> {
    [node.attr("class"), node.attr("id")].into_iter().flatten()
}

fn consent(names: &str) -> bool {
    ["cookie", "consent", "onetrust", "gdpr", "Cookie"]
        .iter()
        .any(|word| names.contains(word))
}

fn doubtful(names: &str, shape: Shape) -> bool {
    let mut lower = [0; 24];
    words_of(names, shape).any(|word| {
        let Some(lower) = lower.get_mut(..word.len()) else {
            return false;
        };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let meaning = std::str::from_utf8(lower)
            .ok()
            .and_then(|word| MEANING.get(word));
        meaning.is_some_and(|meaning| match shape {
            Shape::Article | Shape::Likely => meaning[0],
            Shape::Pieces => meaning[1],
            Shape::Forum => meaning[2],
        })
    })
}

/// The words of class names and ids: `siteNav-main_menu` has four. Names that say how an element
/// is laid out for one size of screen (`md:hidden`) say nothing about the element, nor does what
/// they say of its inside or its neighbours (`has-sidebar`, `section-with-header`).
fn words_of(names: &str, shape: Shape) -> impl Iterator<Item = &str> {
    names
        .split_ascii_whitespace()
        .filter(|name| !name.contains('[') && !is_of_screen(name))
        .flat_map(move |name| {
            let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
            parts
                .enumerate()
                .take_while(move |(place, part)| match *part {
                    "with" | "without" | "contains" => false,
                    // Below an article, what "has more" is a list of others.
                    "no" | "has" => shape != Shape::Pieces && *place > 0,
                    _ => true,
                })
        })
        .map(|(_, part)| part)
        .flat_map(|part| {
            let bytes = part.as_bytes();
            let mut start = 0;
            (1..=bytes.len()).filter_map(move |at| {
                let ends = at == bytes.len()
                    || bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
                ends.then(|| &part[std::mem::replace(&mut start, at)..at])
            })
        })
}

/// `md:hidden` is; the numbers that programs give their elements (`panel-:R4e:`) follow a dash.
fn is_of_screen(name: &str) -> bool {
    name.find(':')
        .is_some_and(|colon| !name[..colon].ends_with('-'))
}

/// Names that hide an element, unless another shows it on a larger screen.
fn hiding(names: &str) -> bool {
    let mut hides = false;
    for name in names.split_ascii_whitespace() {
        match name {
            "hidden" | "hide" | "is-hidden" | "u-hidden" | "d-none" | "sr-only"
            | "visually-hidden" | "visuallyhidden" | "screen-reader-text"
            | "screen-reader-only" | "element-invisible" | "element-hidden" | "invisible"
            | "hidden-xs" => hides = true,
            name if name.ends_with(":block")
                || name.ends_with(":flex")
                || name.ends_with(":grid")
                || name.ends_with(":inline")
                || name.ends_with("-block")
                || name.ends_with("-flex") =>
            {
                return false;
            }
            _ => {}
        }
    }
    hides
}

/// Whether an element is marked as the body of an article.
pub(super) fn is_article_body(node: &Flat<'_>) -> bool {
    if node
        .attr("itemprop")
        .is_some_and(|names| names.contains("articleBody"))
    {
        return true;
    }
    let mut all = names(node).flat_map(str::split_ascii_whitespace);
    all.any(|name| {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = letters.map(|c| c.to_ascii_lowercase()).collect();
        WORDS["body"].contains(&plain.as_str())
    })
}

/// Whether this line announces what else there is to read or do.
pub(super) fn starts_tail(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.len() > 60 {
        return false;
    }
    let lower = line.to_lowercase();
    WORDS["tail"].iter().any(|tail| lower.starts_with(tail))
}

#[cfg(test)]
mod tests {
    use super::super::dom::parse;
    use super::*;

    fn part_of(markup: &str, shape: Shape) -> Part {
        let html = parse(markup);
        let dom = Dom::of(&html);
        let body = dom.first(Tag::Body).expect("a body");
        part(&dom, body + 1, shape)
    }

    #[test]
    fn names_roles_and_elements_tell() {
        let any = Shape::Article;
        assert_eq!(
            part_of("<div class='siteNav-main_menu'>", any),
            Part::Doubtful
        );
        assert_eq!(part_of("<div role=navigation>", any), Part::Frame);
        assert_eq!(part_of("<footer>", any), Part::Frame);
        assert_eq!(part_of("<div id=onetrust-consent-sdk>", any), Part::Silent);
        assert_eq!(part_of("<div class='article-body'>", any), Part::Content);
    }

    #[test]
    fn layout_is_no_meaning() {
        for class in [
            "overflow-hidden",
            "md:hidden",
            "has-sidebar",
            "section-with-header",
            "text contains-menu",
            "hidden md:block",
            "css-1ad2",
        ] {
            let markup = format!("<div class='{class}'>");
            assert_eq!(part_of(&markup, Shape::Pieces), Part::Content, "{class}");
        }
        assert_eq!(part_of("<div class=hidden>", Shape::Pieces), Part::Frame);
    }

    #[test]
    fn what_is_closed_or_streamed_is_not_absent() {
        let closed = "<div class='tab-content' hidden>";
        assert_eq!(part_of(closed, Shape::Pieces), Part::Content);
        assert_eq!(part_of(closed, Shape::Article), Part::Frame);
        let numbered = "<div id='react-collapsed-panel-:R4e:' style='display:none'>";
        assert_eq!(part_of(numbered, Shape::Pieces), Part::Content);
        let panel = "<div role=tabpanel style='display:none'>";
        assert_eq!(part_of(panel, Shape::Pieces), Part::Content);
        assert_eq!(
            part_of("<div hidden id='S:1f'>", Shape::Article),
            Part::Content
        );
        assert_eq!(
            part_of("<div hidden id='S:x'>", Shape::Article),
            Part::Frame
        );
    }

    #[test]
    fn comments_are_the_content_of_forums_alone() {
        assert_eq!(
            part_of("<div class=comments>", Shape::Article),
            Part::Doubtful
        );
        assert_eq!(part_of("<div class=comments>", Shape::Forum), Part::Content);
        assert_eq!(
            part_of("<div class=signature>", Shape::Forum),
            Part::Doubtful
        );
        assert_eq!(
            part_of("<aside class='quote no-group'>", Shape::Forum),
            Part::Content
        );
        assert_eq!(part_of("<aside class=onebox>", Shape::Forum), Part::Frame);
    }
}
