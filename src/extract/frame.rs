//! Which parts of a page are its frame: navigation, header, footer, sharing, advertising, what
//! else to read. Told by elements, roles, and the words of classes and ids, which the web's
//! templates share more than their makers know.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::article::Shape;
use super::dom::{Dom, Flat, Tag};

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

/// Words of which one is enough.
const WORDS: &[&str] = &["account", "actions", "ad", "addthis", "addtoany", "ads", "adsbygoogle", "advert", "advertisement", "advertising", "banner", "bar", "bio", "breadcrumb", "breadcrumbs", "burger", "byline", "colophon", "comment", "comments", "consent", "cookie", "cookies", "copyright", "disclaimer", "disqus", "dropdown", "flyout", "foot", "footer", "gdpr", "gfield", "gform", "hamburger", "hdr", "header", "lang", "languages", "leftnav", "legal", "lightbox", "locale", "login", "logo", "masthead", "mega", "megamenu", "menu", "menus", "modal", "nav", "navbar", "navigation", "newsletter", "notice", "opt", "optin", "outbrain", "overlay", "pager", "pagination", "popover", "popular", "popup", "print", "privacy", "promo", "promotion", "prompt", "reader", "recirc", "recommend", "recommendation", "recommendations", "recommended", "related", "relatedposts", "respond", "search", "searchbar", "settings", "share", "sharedaddy", "sharing", "sidebar", "signature", "signin", "signup", "skip", "social", "sponsor", "sponsored", "sr", "submenu", "subnav", "subscribe", "subscription", "taboola", "tags", "taxonomy", "toolbar", "tooltip", "topbar", "trending", "upsell", "validation", "vcard", "visually"];

/// Words that are the content of a forum.
const TALK: &[&str] = &["comment", "comments", "respond", "popular", "bio", "header", "bar", "tags", "related", "recommended"];

/// Words beside the posts of a forum.
const ARTICLE: &[&str] = &["caption", "credit", "gallery", "slideshow", "carousel", "author", "teaser", "dateline", "date", "timestamp", "meta", "inset", "pullquote", "bottom", "tool", "tools", "next", "previous", "more", "video", "player", "factbox", "latest", "profile", "recent"];
const FORUM: &[&str] = &["signature", "avatar", "author", "user", "username", "userinfo", "actions", "permalink", "buttons", "votes", "vote", "score", "poster", "profile", "postprofile"];

/// The part of the page that this element is, judged by itself alone.
pub(super) fn part(dom: &Dom<'_>, index: usize, shape: Shape) -> Part {
    let node = dom.node(index);
    match node.tag {
        Tag::Text | Tag::Other | Tag::Html | Tag::Body | Tag::Main => return Part::Content,
        Tag::Nav | Tag::Dialog | Tag::Menu | Tag::Label | Tag::Figcaption => return Part::Frame,
        Tag::Footer | Tag::Aside => return Part::Frame,
        Tag::Header if !in_article(dom, index) => return Part::Frame,
        Tag::Noscript => return Part::Frame,
        tag if tag.is_silent() => return Part::Silent,
        _ => {}
    }
    if names(node).any(consent) {
        return Part::Silent;
    }
    if hidden(node) || node.attr("class").is_some_and(hiding) || node.attr("role").is_some_and(frame_role) {
        return Part::Frame;
    }
    if node.tag != Tag::Article && names(node).any(|names| doubtful(names, shape)) {
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

fn consent(names: &str) -> bool {
    ["cookie", "consent", "onetrust", "gdpr", "Cookie"]
        .iter()
        .any(|word| names.contains(word))
}

fn doubtful(names: &str, shape: Shape) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.iter().copied().collect());
    let mut lower = [0; 24];
    words(names).any(|word| {
        let Some(lower) = lower.get_mut(..word.len()) else {
            return false;
        };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        std::str::from_utf8(lower).is_ok_and(|word| {
            if shape == Shape::Forum {
                FORUM.contains(&word) || SET.contains(word) && !TALK.contains(&word)
            } else if shape == Shape::Article {
                SET.contains(word) || ARTICLE.contains(&word)
            } else {
                SET.contains(word)
            }
        })
    })
}

/// The words of class names and ids: `siteNav-main_menu` has four. Names that say how an element
/// is laid out for one size of screen (`md:hidden`), or what stands beside it (`has-sidebar`), say
/// nothing about the element.
fn words(names: &str) -> impl Iterator<Item = &str> {
    names
        .split_ascii_whitespace()
        .filter(|name| {
            !name.contains([':', '['])
                && !["no", "has", "with", "without"].iter().any(|word| {
                    name.strip_prefix(word)
                        .is_some_and(|rest| rest.starts_with(['-', '_']))
                })
        })
        .flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()))
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

/// Names that hide an element, unless another shows it on a larger screen.
fn hiding(names: &str) -> bool {
    let mut hides = false;
    for name in names.split_ascii_whitespace() {
        match name {
            "hidden" | "hide" | "is-hidden" | "u-hidden" | "d-none" | "sr-only" | "visually-hidden"
            | "visuallyhidden" | "screen-reader-text" | "screen-reader-only" | "element-invisible" | "element-hidden" | "invisible" | "hidden-xs" => hides = true,
            name if name.ends_with(":block") || name.ends_with(":flex") || name.ends_with(":grid") || name.ends_with(":inline") || name.ends_with("-block") || name.ends_with("-flex") => return false,
            _ => {}
        }
    }
    hides
}

/// Whether an element is marked as the body of an article.
pub(super) fn is_article_body(node: &Flat<'_>) -> bool {
    if node.attr("itemprop").is_some_and(|names| names.contains("articleBody")) {
        return true;
    }
    names(node).flat_map(str::split_ascii_whitespace).any(|name| {
        let mut plain = String::new();
        for c in name.chars().filter(char::is_ascii_alphanumeric) {
            plain.push(c.to_ascii_lowercase());
        }
        matches!(
            plain.as_str(),
            "articlebody" | "articlecontent" | "articletext" | "entrycontent" | "postcontent" | "postbody"
                | "storybody" | "storycontent" | "storytext" | "tdpostcontent" | "blogcontent" | "blogpostcontent" | "newscontent" | "newsbody" | "articlebodytext" | "bodytext" | "singlecontent" | "postentry"
                | "articlebodycontent" | "contentbody" | "pressreleasebody" | "postarticlecontent" | "articlecontentbody"
        )
    })
}

/// Whether this line announces what else there is to read or do.
pub(super) fn starts_tail(line: &str) -> bool {
    const TAILS: &[&str] = &[
        "related", "you may also", "you might also", "more from", "more in", "more on", "read next", "read more",
        "recommended", "share this", "share on", "about the author", "leave a comment", "leave a reply", "comments",
        "also read", "see also", "most popular", "most read", "trending", "latest news", "recent posts", "next article", "previous article", "tags", "sign up", "subscribe",
        "more stories", "up next", "what to read next", "popular", "más noticias", "te puede interesar", "artículos relacionados", "noticias relacionadas", "lea también", "compartir", "das könnte sie auch", "mehr zum thema", "à lire aussi", "você pode gostar", "leia também", "leia mais", "articles similaires", "lees ook", "leggi anche",
    ];
    if line.is_empty() || line.len() > 60 {
        return false;
    }
    let lower = line.to_lowercase();
    TAILS.iter().any(|tail| lower.starts_with(tail))
}
