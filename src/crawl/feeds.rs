//! Feeds among the links of a page, and where one usually lies that nobody links to. Pure.
//!
//! A feed costs one request and tells what is new for good, so a link that looks like one is
//! followed as one; feeds of comments, of tags and of persons are left alone, and of several
//! formats of one feed the first is read.

use ::url::Url;

use super::{traps, words};
use crate::model::document::Link;
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url;

/// Formats of feeds, as the endings of files and the values of parameters name them.
const FORMATS: [&str; 8] = ["rss", "rss2", "atom", "rdf", "xml", "json", "feed", "feeds"];
/// Where a feed is looked for that nobody links to: below the listing, and then at the front door.
const BELOW: [&str; 2] = ["feed", "rss.xml"];
const AT_THE_DOOR: [&str; 2] = ["feed", "rss.xml"];

/// Whether a link without a word of its page on it leads to a feed: by its address, or by its
/// anchor where the address does not say that a page lies there.
pub(super) fn looks_like_one(target: &Url, link: &Link) -> bool {
    let segments = traps::segments(target);
    let last = segments.last().map_or("", String::as_str);
    let (stem, ending) = last.rsplit_once('.').unwrap_or((last, ""));
    let by_name = match ending {
        "rss" | "atom" | "rdf" => true,
        "xml" | "json" => {
            let mut parts = stem.split(['-', '_', '.']);
            // `/index.xml` is where Hugo puts them.
            stem == "index" && ending == "xml" || parts.any(words::is_feed)
        }
        "" | "php" | "aspx" | "ashx" => words::is_feed(stem) && !words::is_wares(&segments),
        _ => false,
    };
    let by_query = traps::parameters(target).iter().any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        match name.as_str() {
            "feed" | "rss" => matches!(
                value.as_str(),
                "rss" | "rss2" | "atom" | "rdf" | "feed" | "1" | "true" | "yes"
            ),
            "format" | "type" | "output" | "alt" | "view" => {
                matches!(value.as_str(), "rss" | "rss2" | "atom" | "feed")
            }
            _ => false,
        }
    });
    let page = matches!(ending, "html" | "htm" | "pdf") || segments.is_empty();
    by_name || by_query || !page && words::is_feed(&words::slug(&link.text))
}

/// Whether a feed that `task`'s page at `base` leads to tells what is new in the company: not what
/// readers say about one article, and not the part of another feed that bears a tag, a person's
/// name, or a subject.
pub(super) fn is_wanted(target: &Url, link: &Link, task: &Task, base: &Url) -> bool {
    let segments = traps::segments(target);
    let of_comments = segments.iter().any(|segment| segment == "comments")
        || traps::parameters(target)
            .iter()
            .any(|(name, value)| name == "feed" && value.starts_with("comments"))
        || words::speaks_of_comments(&link.text);
    // What an article announces below itself are its comments.
    let of_article = matches!(task.kind, TaskKind::Article | TaskKind::Job)
        && target.host_str() == base.host_str()
        && base.path().len() > 1
        && target.path().starts_with(base.path());
    let of_subject = words::is_grouped(&segments) && !words::is_press(&segments);
    !of_comments && !of_article && !of_subject && !words::leads_nowhere(&segments)
}

/// Whether a feed at another's host is the company's own: it is passed on from there.
pub(super) fn is_passed_on(target: &Url) -> bool {
    target.host_str().is_some_and(words::passes_feeds_on)
}

/// What several formats of one feed have in common: its address without what names a format.
pub(super) fn without_format(target: &Url) -> String {
    let mut kept: Vec<String> = Vec::new();
    for segment in traps::segments(target) {
        let parts: Vec<&str> = segment.split(['.', '-', '_']).collect();
        let own = |part: &&&str| !FORMATS.contains(*part) && **part != "index";
        let own: Vec<&str> = parts.iter().filter(own).copied().collect();
        if !own.is_empty() {
            kept.push(own.join("-"));
        }
    }
    let mut pairs = traps::parameters(target);
    pairs.retain(|(name, value)| {
        let format = FORMATS.contains(&value.to_ascii_lowercase().as_str());
        !format && name != "feed" && name != "format"
    });
    format!("{:?} {kept:?} {pairs:?}", target.host_str())
}

/// The first place to look for the feed of a listing that shows none.
pub(super) fn first_guess(listing: &Url) -> Option<Url> {
    let folder = listing.path().trim_end_matches('/');
    let named = folder
        .rsplit('/')
        .next()
        .is_some_and(|last| last.contains('.'));
    match folder.is_empty() || named || listing.query().is_some() {
        true => at(listing, "", AT_THE_DOOR[0]),
        false => at(listing, folder, BELOW[0]),
    }
}

/// Where to look next when nothing was at `guess`; `None`: everywhere was looked.
pub(super) fn next_guess(guess: &Url) -> Option<Url> {
    let path = guess.path().trim_end_matches('/');
    let (folder, name) = path.rsplit_once('/')?;
    let places: &[&str] = match folder {
        "" => &AT_THE_DOOR,
        _ => &BELOW,
    };
    let place = places.iter().position(|place| *place == name)?;
    match places.get(place + 1) {
        Some(next) => at(guess, folder, next),
        None if !folder.is_empty() => at(guess, "", AT_THE_DOOR[0]),
        None => None,
    }
}

fn at(near: &Url, folder: &str, name: &str) -> Option<Url> {
    let mut place = near.clone();
    place.set_query(None);
    place.set_path(&format!("{folder}/{name}"));
    url::canonical(&place)
}

/// A feed that nobody pointed at.
pub(super) fn guessed(place: Url, task: &Task, now: Timestamp) -> Discovery {
    Discovery {
        from: Some(place.to_string()),
        ..task.leads_to(place, TaskKind::Feed, super::rank::of_guess(now), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;

    fn url(path: &str) -> Url {
        Url::parse(&format!("https://example.com{path}")).expect("valid")
    }

    fn link(path: &str, text: &str) -> Link {
        Link {
            url: url(path).into(),
            text: text.to_owned(),
            ..Link::default()
        }
    }

    #[test]
    fn links_look_like_feeds_by_their_address_or_their_anchor() {
        for (path, text, expected) in [
            ("/feed", "", true),
            ("/feed/", "", true),
            ("/blog/rss.xml", "", true),
            ("/atom.xml", "", true),
            ("/index.xml", "", true),
            ("/news.rss", "", true),
            ("/blog-feed.xml", "", true),
            ("/feeds/all.atom.xml", "", true),
            ("/feed.json", "", true),
            ("/?feed=rss2", "", true),
            ("/news?format=feed&type=rss", "", true),
            ("/blog?format=rss", "", true),
            ("/rss.php", "", true),
            ("/export/17", "RSS", true),
            ("/subscribe/17", "Flux RSS", true),
            ("/sitemap.xml", "", false),
            ("/products/feed", "Animal feed", false),
            ("/rss-explained.html", "RSS", false),
            ("/feedback", "Feedback", false),
            ("/news", "News", false),
            ("/data.json", "", false),
            ("/?format=pdf", "", false),
        ] {
            let found = looks_like_one(&url(path), &link(path, text));
            assert_eq!(found, expected, "{path} {text}");
        }
    }

    #[test]
    fn feeds_of_comments_tags_and_persons_are_left_alone() {
        let base = url("/2026/05/contoso-opens/");
        for (kind, path, title, expected) in [
            (TaskKind::Home, "/feed/", "Contoso » Feed", true),
            (TaskKind::Home, "/comments/feed/", "", false),
            (TaskKind::Home, "/?feed=comments-rss2", "", false),
            (
                TaskKind::Home,
                "/x/feed/",
                "Contoso » Kommentar-Feed",
                false,
            ),
            (TaskKind::Article, "/2026/05/contoso-opens/feed/", "", false),
            (TaskKind::Listing, "/tag/sap/feed/", "", false),
            (TaskKind::Listing, "/author/jane/feed/", "", false),
            (TaskKind::Listing, "/category/recipes/feed/", "", false),
            (TaskKind::Listing, "/category/press/feed/", "", true),
            (TaskKind::Article, "/feed/", "", true),
            (TaskKind::Article, "/blog/feed.json", "", true),
        ] {
            let link = link(path, title);
            let wanted = is_wanted(&url(path), &link, &task(kind), &base);
            assert_eq!(wanted, expected, "{kind:?} {path}");
        }
    }

    #[test]
    fn formats_of_one_feed_are_one_and_different_feeds_are_not() {
        let same =
            |one: &str, other: &str| without_format(&url(one)) == without_format(&url(other));
        assert!(same("/feed/", "/feed/atom/"));
        assert!(same("/rss.xml", "/atom.xml"));
        assert!(same("/feeds/all.rss.xml", "/feeds/all.atom.xml"));
        assert!(same("/?feed=rss2", "/?feed=atom"));
        assert!(same(
            "/news?format=feed&type=rss",
            "/news?format=feed&type=atom"
        ));
        assert!(same("/blog/index.xml", "/blog/feed.json"));
        assert!(!same("/blog/feed", "/news/feed"));
        assert!(!same("/news.rss", "/blog.rss"));
        assert!(!same("/feeds/all.atom.xml", "/feeds/press.atom.xml"));
    }

    #[test]
    fn guesses_are_few_and_end() {
        let mut places = Vec::new();
        let mut next = first_guess(&url("/blog/"));
        while let Some(place) = next {
            next = next_guess(&place);
            places.push(place.path().to_owned());
        }
        let expected = ["/blog/feed", "/blog/rss.xml", "/feed", "/rss.xml"];
        assert_eq!(places, expected);
        let first = |path: &str| first_guess(&url(path)).map(|place| place.path().to_owned());
        assert_eq!(first("/").as_deref(), Some("/feed"));
        assert_eq!(first("/news.html").as_deref(), Some("/feed"));
        assert_eq!(first("/index.php?id=7").as_deref(), Some("/feed"));
        // With a slash at its end, as the server spells it, it is the same guess.
        let spelt = next_guess(&url("/blog/feed/")).map(|place| place.path().to_owned());
        assert_eq!(spelt.as_deref(), Some("/blog/rss.xml"));
        assert_eq!(next_guess(&url("/press/2026")), None);
    }
}
