//! What kind of text a page is: told by what it states for machines, by the words of its address,
//! and by the words of its title, in this order.

use std::sync::LazyLock;

use url::Url;

use super::head::Head;
use super::structured::{self, Item};
use super::words;
use crate::model::document::Genre;

/// The words by which genres are told, by where they are looked for, the first fit first.
static WORDS: LazyLock<Vec<(&str, Genre, Vec<&str>)>> = LazyLock::new(|| {
    words::lists(include_str!("words/genre.txt"))
        .filter_map(|(list, words)| {
            let (place, name) = list.split_once(' ')?;
            let genre = serde_json::from_value(name.into()).ok()?;
            Some((place, genre, words))
        })
        .collect()
});

/// The first genre one of whose words for this place fits.
fn first(place: &str, fits: impl Fn(&str) -> bool) -> Option<Genre> {
    WORDS
        .iter()
        .filter(|(known, _, _)| *known == place)
        .find(|(_, _, words)| words.iter().any(|word| fits(word)))
        .map(|(_, genre, _)| *genre)
}

/// What kind of text the page is.
pub(super) fn of(url: &Url, head: &Head<'_>, items: &[Item], title: &str) -> Genre {
    let stated = first("type", |kind| {
        items.iter().any(|item| structured::is_a(item, &[kind]))
    });
    if let Some(genre @ (Genre::Job | Genre::Forum | Genre::HowTo)) = stated {
        return genre;
    }
    let lower = title.to_lowercase();
    let titled = first("title", |phrase| lower.contains(phrase));
    if let Some(genre @ (Genre::MarketReport | Genre::Legal | Genre::HowTo)) = titled {
        return genre;
    }
    if is_home(url) {
        return Genre::Home;
    }
    let begun = begin(&lower);
    let of_path = by_path(url);
    if let Some(genre) = begin_fits(&begun)
        && of_path != Some(Genre::Press)
        && stated != Some(Genre::News)
    {
        return genre;
    }
    match (of_path, stated) {
        // A newsroom's releases are marked up as news by most of its programs.
        (Some(Genre::Press), _) => Genre::Press,
        (Some(Genre::Blog), Some(Genre::News)) => Genre::Blog,
        (Some(Genre::Legal | Genre::MarketReport), _) => of_path.unwrap_or_default(),
        (_, Some(stated)) => stated,
        (Some(found), None) => found,
        (None, None) => titled.or_else(|| by_meta(head)).unwrap_or_default(),
    }
}

/// The beginning of a title with every number in it as `#`.
fn begin(title: &str) -> String {
    let words = title.split_whitespace().take(6).map(|word| {
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { "#" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The genre of titles that begin so.
fn begin_fits(begin: &str) -> Option<Genre> {
    first("begin", |phrase| {
        let behind = begin.strip_prefix(phrase);
        behind.is_some_and(|behind| !behind.starts_with(char::is_alphanumeric))
    })
}

fn by_meta(head: &Head<'_>) -> Option<Genre> {
    match head.meta(&["og:type"])?.to_ascii_lowercase().as_str() {
        // Programs call every page an article; those that are have a day of publication.
        "article" => head.meta(&["article:published_time"]).map(|_| Genre::News),
        "product" | "product.item" | "og:product" => Some(Genre::Product),
        "blog" => Some(Genre::Blog),
        _ => None,
    }
}

/// The front page of a host, with or without a language: `/`, `/en/`, `/es-mx/index.html`.
pub(super) fn is_home(url: &Url) -> bool {
    let mut segments = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|segment| !segment.is_empty() && !segment.starts_with("index."));
    if url.cannot_be_a_base() {
        return false;
    }
    match (segments.next(), segments.next()) {
        (None, _) => true,
        (Some(only), None) => {
            let language = only.split(['-', '_']).next().unwrap_or_default();
            language.len() == 2
                && only.len() <= 5
                && url.query().is_none()
                && language.bytes().all(|b| b.is_ascii_lowercase())
                && super::language::primary(only).is_some()
                && !only.bytes().any(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// What the words of an address promise.
pub(super) fn by_path(url: &Url) -> Option<Genre> {
    let host = url.host_str().unwrap_or_default();
    let sub = host.split('.').next().unwrap_or_default();
    let path = url.path().to_ascii_lowercase();
    let segments =
        std::iter::once(sub).chain(path.split('/').filter(|segment| !segment.is_empty()));
    let segments: Vec<&str> = segments.collect();
    let is = |segment: &str, word: &str| segment.strip_suffix(".html").unwrap_or(segment) == word;
    let found = first("path", |word| {
        segments.iter().any(|segment| is(segment, word))
    })?;
    // What ends in the word alone is the list of such pages, not one of them.
    let last = segments.last().copied().unwrap_or_default();
    let lists = matches!(found, Genre::Press | Genre::News | Genre::Blog | Genre::Job)
        && first("path", |word| word == last) == Some(found);
    Some(if lists { Genre::Listing } else { found })
}

#[cfg(test)]
mod tests {
    use super::super::dom::{Dom, parse};
    use super::*;

    fn genre(url: &str, markup: &str, title: &str) -> Genre {
        let html = parse(markup);
        let dom = Dom::of(&html);
        let url = Url::parse(url).expect("a URL");
        of(&url, &Head::of(&dom), &structured::items(&dom), title)
    }

    #[test]
    fn addresses_tell_in_several_languages() {
        for (path, wanted) in [
            ("/", Genre::Home),
            ("/es/", Genre::Home),
            ("/press-releases/new-plant", Genre::Press),
            ("/sala-de-prensa/nueva-planta", Genre::Press),
            ("/presse/neues-werk", Genre::Press),
            ("/blog/how-we-work", Genre::Blog),
            ("/blog/", Genre::Listing),
            ("/news", Genre::Listing),
            ("/karriere/schweisser", Genre::Job),
            ("/aviso-legal", Genre::Legal),
            ("/docs/install", Genre::Documentation),
            ("/x", Genre::Other),
            ("/about-us", Genre::About),
        ] {
            let url = format!("https://www.northwind.example{path}");
            assert_eq!(genre(&url, "", ""), wanted, "{path}");
        }
    }

    #[test]
    fn what_is_stated_and_titled_counts() {
        let news = "<script type='application/ld+json'>{\"@type\":\"NewsArticle\"}</script>";
        let url = "https://northwind.example/a";
        assert_eq!(genre(url, news, ""), Genre::News);
        let market = "Global Widget Market to Reach $4 Billion, CAGR 6%";
        assert_eq!(genre(url, news, market), Genre::MarketReport);
        assert_eq!(genre(url, "", "How to choose an ERP"), Genre::HowTo);
        for listicle in ["The 12 best tools", "10 ways to grow", "Die 7 besten Werke"] {
            assert_eq!(genre(url, "", listicle), Genre::HowTo, "{listicle}");
        }
        assert_eq!(genre(url, "", "Best Buy opens 10 stores"), Genre::Other);
        assert_eq!(genre(url, news, "Top 10 bank buys rival"), Genre::News);
        let every = "<meta property=og:type content=article>";
        assert_eq!(genre(url, every, "We clean"), Genre::Other);
        let post = "<meta property=og:type content=article>\
                    <meta property=article:published_time content=2024-05-03>";
        assert_eq!(genre(url, post, "New plant"), Genre::News);
    }
}
