//! Web pages.

use super::article::{self, Shape};
use super::dom::{self, Dom};
use super::{charset, forum};
use crate::model::document::{Document, Reading};
use crate::model::page::Page;

/// Reads a web page.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let text = charset::decode(&page.body, page.header("content-type"));
    let html = dom::parse(&text);
    let dom = Dom::of(&html);
    let shape = match std::env::var("SHAPE").as_deref() {
        Ok("a") => Shape::Article,
        Ok("p") => Shape::Pieces,
        Ok("f") => Shape::Forum,
        _ if forumish(&page.url) => Shape::Forum,
        _ if sluggish(&page.url) => Shape::Article,
        _ if text.contains("article:published_time")
            || text.contains("NewsArticle")
            || text.contains("BlogPosting")
            || text.contains("articleBody")
            || text.contains("\"Article\"") =>
        {
            Shape::Article
        }
        _ => Shape::Pieces,
    };
    let pre = forum::preloaded(&dom);
    let posts = forum::posts(&dom);
    let mut main = article::main_text(&dom, shape);
    if !pre.is_empty() {
        main = pre
            .iter()
            .map(|p| forum::text_of(p))
            .collect::<Vec<_>>()
            .join("\n");
    } else if forumish(&page.url) && posts.len() >= 1 {
        let t = article::text_of(&dom, &posts);
        if t.len() > 200 {
            main = t;
        }
    }
    let document = Document {
        url: page.url.clone(),
        text: main,
        fetched: page.fetched.day(),
        ..Document::default()
    };
    Some(Reading {
        documents: vec![document],
        reader: "html",
        ..Reading::default()
    })
}

fn forumish(url: &str) -> bool {
    [
        "forum",
        "/t/",
        "/threads/",
        "/questions/",
        "viewtopic",
        "showthread",
        "community.",
        "discuss",
        "boards.",
        "reddit.com",
    ]
    .iter()
    .any(|word| url.contains(word))
}

fn sluggish(url: &str) -> bool {
    let path = url
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    last.matches(['-', '_']).count() >= 3 || path.contains("/20")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn noscript_dbg() {
        use std::io::Read;
        let bytes = std::fs::read("/work/shared/data/wcxb/html/0557.html.gz").expect("x");
        let mut out = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut out)
            .expect("y");
        let html = dom::parse(&out);
        let dom = Dom::of(&html);
        eprintln!("{} nodes", dom.len());
        for (i, n) in dom.iter().take(5000) {
            if matches!(
                n.tag,
                crate::extract::dom::Tag::Noscript | crate::extract::dom::Tag::Body
            ) {
                eprintln!("{i} {:?} {} {}", n.tag, n.end, dom.text(i).len());
            }
        }
        eprintln!(
            "main {} {}",
            article::main_text(&dom, Shape::Forum).len(),
            article::text_of(&dom, &forum::posts(&dom)).len()
        );
        for i in [
            85usize, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117,
            118, 119, 120,
        ] {
            eprintln!(
                "{i} {:?} {:?} {:?}",
                dom.node(i).tag,
                dom.node(i).attr("class"),
                crate::extract::frame::part(&dom, i, Shape::Forum)
            );
        }
        eprintln!("posts {:?}", forum::posts(&dom));
    }
}
