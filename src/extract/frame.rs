//! Which parts of a page are its frame: navigation, header, footer, sharing, advertising, what
//! else to read. Told by elements, roles, and the words of classes and ids, which the web's
//! templates share more than their makers know.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::dom::{Dom, Flat, Tag};

/// What an element is to the reader of the main text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing is known against it.
    Content,
    /// Words say that it is not content, and words can be wrong.
    Doubtful,
    /// It is not content.
    Frame,
}

/// Words of which one is enough.
const WORDS: &[&str] = &[
    "ad", "ads", "bar", "bio", "burger", "colophon", "copyright", "disclaimer", "dropdown", "flyout", "hamburger", "header", "popover", "popular", "signin", "sr", "reader", "visually", "taxonomy", "topbar", "subnav", "submenu", "adsbygoogle", "advert", "advertisement", "advertising", "addtoany", "addthis",
    "banner", "breadcrumb", "breadcrumbs", "byline", "comment", "comments", "consent", "cookie", "cookies",
    "disqus", "footer", "gdpr", "hidden", "lightbox", "login", "masthead", "megamenu", "menu",
    "modal", "nav", "navbar", "navigation", "newsletter", "onetrust", "optin", "outbrain",
    "overlay", "pager", "pagination", "paywall", "popup", "promo", "promotion", "recirc",
    "recommend", "recommendation", "recommendations", "recommended", "related", "relatedposts",
    "respond", "search", "share", "sharedaddy", "sharing", "sidebar", "signup", "skip", "social",
    "sponsor", "sponsored", "subscribe", "subscription", "taboola", "tags", "toc", "toolbar",
    "tooltip", "trending", "upsell", "widget",
];

/// The part of the page that this element is, judged by itself alone.
pub(super) fn part(dom: &Dom<'_>, index: usize) -> Part {
    let node = dom.node(index);
    match node.tag {
        Tag::Text | Tag::Other | Tag::Html | Tag::Body | Tag::Main => return Part::Content,
        Tag::Nav | Tag::Dialog | Tag::Menu | Tag::Label | Tag::Figcaption => return Part::Frame,
        Tag::Footer | Tag::Aside => return Part::Frame,
        Tag::Header if !in_article(dom, index) => return Part::Frame,
        tag if tag.is_silent() => return Part::Frame,
        _ => {}
    }
    if hidden(node) || node.attr("role").is_some_and(frame_role) {
        return Part::Frame;
    }
    if node.tag != Tag::Article && names(node).any(doubtful) {
        return Part::Doubtful;
    }
    Part::Content
}

fn in_article(dom: &Dom<'_>, index: usize) -> bool {
    dom.ancestors(index)
        .any(|at| matches!(dom.node(at).tag, Tag::Article | Tag::Main | Tag::Section))
}

fn hidden(node: &Flat<'_>) -> bool {
    node.attr("hidden").is_some()
        || node.attr("aria-hidden") == Some("true")
        || node.attr("style").is_some_and(|style| {
            let style = style.to_ascii_lowercase();
            style.contains("display:none") || style.contains("display: none")
        })
}

fn frame_role(role: &str) -> bool {
    matches!(
        role,
        "navigation" | "banner" | "contentinfo" | "complementary" | "search" | "menu" | "menubar"
            | "dialog" | "alertdialog" | "toolbar" | "alert" | "button" | "tooltip"
    )
}

fn names<'a>(node: &Flat<'a>) -> impl Iterator<Item = &'a str> {
    [node.attr("class"), node.attr("id")].into_iter().flatten()
}

fn doubtful(names: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.iter().copied().collect());
    let mut lower = [0; 24];
    words(names).any(|word| {
        let Some(lower) = lower.get_mut(..word.len()) else {
            return false;
        };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        std::str::from_utf8(lower).is_ok_and(|word| SET.contains(word))
    })
}

/// The words of class names and ids: `siteNav-main_menu` has four.
fn words(names: &str) -> impl Iterator<Item = &str> {
    names
        .split(|c: char| !c.is_ascii_alphabetic())
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
