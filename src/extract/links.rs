//! The links out of a page.

use std::collections::HashMap;

use url::Url;

use super::dom::{Dom, Tag, folded};
use super::head::rels;
use crate::model::document::Link;
use crate::model::edition::Alternate;
use crate::model::task::TaskKind;

/// How many links of one page are kept.
const MAX_LINKS: usize = 5_000;
/// How many editions of one page are kept.
const MAX_ALTERNATES: usize = 100;

/// The links out of a page, absolute, in page order, without repeats.
pub(super) fn links(dom: &Dom<'_>, base: &Url) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut frame_end = 0;
    for (at, node) in dom.iter() {
        if links.len() >= MAX_LINKS {
            break;
        }
        let in_frame = at < frame_end;
        match node.tag {
            Tag::Nav | Tag::Footer => frame_end = frame_end.max(node.end),
            Tag::Header if !within_article(dom, at) => frame_end = frame_end.max(node.end),
            Tag::Text => continue,
            _ => {}
        }
        if !matches!(node.tag, Tag::A | Tag::Link | Tag::Other) {
            if node.attr("role") == Some("navigation") {
                frame_end = frame_end.max(node.end);
            }
            continue;
        }
        let Some(href) = node.attr("href") else {
            continue;
        };
        let kind = linked_kind(node.attr("rel"), node.attr("type"));
        if node.tag == Tag::Link && kind.is_none() && !rels(node.attr("rel")).any(|r| r == "next") {
            continue;
        }
        let Some(url) = resolved(base, href) else {
            continue;
        };
        let link = Link {
            text: match (node.tag, kind) {
                (Tag::A, _) => dom.text(at),
                // What a feed's announcement calls it tells posts from comments.
                (_, Some(_)) => folded(node.attr("title").unwrap_or_default()),
                _ => String::new(),
            },
            kind,
            nofollow: rels(node.attr("rel")).any(|rel| rel == "nofollow"),
            frame: in_frame,
            url,
            ..Link::default()
        };
        match known.get(&link.url) {
            Some(first) => merge(&mut links[*first], link),
            None => {
                known.insert(link.url.clone(), links.len());
                links.push(link);
            }
        }
    }
    links
}

/// The addresses of the feeds that a page announces, in page order, without repeats.
pub(super) fn feeds(dom: &Dom<'_>, base: &Url) -> Vec<String> {
    links(dom, base)
        .into_iter()
        .filter(|link| link.kind == Some(TaskKind::Feed))
        .map(|link| link.url)
        .collect()
}

/// The editions of a page in other languages that it announces, in page order, without repeats.
pub(super) fn alternates(dom: &Dom<'_>, base: &Url) -> Vec<Alternate> {
    let mut found: Vec<Alternate> = Vec::new();
    let announced = dom.iter().filter(|(_, node)| node.tag == Tag::Link);
    for (_, node) in announced {
        let (Some(language), Some(href)) = (node.attr("hreflang"), node.attr("href")) else {
            continue;
        };
        let is_alternate = rels(node.attr("rel")).any(|rel| rel == "alternate");
        let is_feed = linked_kind(node.attr("rel"), node.attr("type")).is_some();
        if !is_alternate || is_feed || found.len() >= MAX_ALTERNATES {
            continue;
        }
        let alternate = resolved(base, href).map(|url| Alternate {
            language: language.trim().to_ascii_lowercase(),
            url,
        });
        found.extend(alternate.filter(|one| !found.contains(one)));
    }
    found
}

/// An address on the page as an absolute one, without its fragment; `None`: not for a crawler.
pub(super) fn resolved(base: &Url, href: &str) -> Option<String> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let mut url = base.join(href).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    url.set_fragment(None);
    Some(url.into())
}

fn linked_kind(rel: Option<&str>, media: Option<&str>) -> Option<TaskKind> {
    let media = media.unwrap_or_default().trim().to_ascii_lowercase();
    let media = media.split(';').next().unwrap_or_default().trim();
    let (mut alternate, mut feed, mut sitemap, mut stylesheet) = (false, false, false, false);
    for rel in rels(rel) {
        match rel.as_str() {
            "alternate" => alternate = true,
            "feed" => feed = true,
            "sitemap" => sitemap = true,
            "stylesheet" => stylesheet = true,
            _ => {}
        }
    }
    let is_feed = matches!(
        media,
        "application/rss+xml"
            | "application/atom+xml"
            | "application/feed+json"
            | "application/rdf+xml"
            | "application/x.atom+xml"
            | "application/x-atom+xml"
    );
    if feed || alternate && is_feed && !stylesheet {
        Some(TaskKind::Feed)
    } else if sitemap {
        Some(TaskKind::Sitemap)
    } else {
        None
    }
}

fn within_article(dom: &Dom<'_>, at: usize) -> bool {
    dom.ancestors(at)
        .any(|at| matches!(dom.node(at).tag, Tag::Article | Tag::Main))
}

/// What a repeated link adds to the first of its kind.
fn merge(first: &mut Link, again: Link) {
    if first.text.is_empty() || first.frame && !again.frame && !again.text.is_empty() {
        first.text = again.text;
    }
    first.kind = first.kind.or(again.kind);
    first.frame &= again.frame;
    first.nofollow &= again.nofollow;
}

#[cfg(test)]
mod tests {
    use super::super::dom::parse;
    use super::*;

    fn of(markup: &str) -> Vec<Link> {
        let base = Url::parse("https://northwind.example/a/b").expect("a URL");
        links(&Dom::of(&parse(markup)), &base)
    }

    #[test]
    fn links_are_absolute_folded_and_told_once() {
        let found = of(
            "<nav><a href='../x#top'>X</a></nav><p><a href=/x> The\n x </a><a \
                        rel='nofollow ugc' href=//contoso.example/>C</a>\
                        <a href='mailto:a@b.example'>m</a><a href='#'>t</a>",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].url, "https://northwind.example/x");
        assert_eq!((found[0].text.as_str(), found[0].frame), ("The x", false));
        assert!(found[1].nofollow);
    }

    #[test]
    fn feeds_and_sitemaps_are_told_by_their_relation() {
        let found = of(
            "<link rel='ALTERNATE' type='application/RSS+xml' href=feed>\
                        <link rel=stylesheet href=s.css><link rel=sitemap href=/sitemap.xml>",
        );
        let kinds: Vec<_> = found.iter().map(|link| link.kind).collect();
        assert_eq!(kinds, [Some(TaskKind::Feed), Some(TaskKind::Sitemap)]);
    }

    #[test]
    fn editions_are_told_by_their_announcement_and_are_no_links() {
        let markup = "<link rel=alternate hreflang='DE-at' href='/at/'>\
                      <link rel=alternate hreflang=x-default href='/'>\
                      <link rel=alternate hreflang=de type='application/rss+xml' href=/feed>\
                      <link rel=stylesheet hreflang=de href=/s.css>";
        let html = parse(markup);
        let base = Url::parse("https://northwind.example/a/b").expect("a URL");
        let found = alternates(&Dom::of(&html), &base);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.language.as_str(), one.url.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("de-at", "https://northwind.example/at/"),
                ("x-default", "https://northwind.example/")
            ]
        );
        assert_eq!(of(markup).len(), 1, "the feed");
    }
}
