//! Web pages: parsed once, and looked at as open positions, as a forum, and as an article, the
//! most particular first.

use url::Url;

use super::article::{self, Shape};
use super::date::{self, Context};
use super::dom::{self, Dom, Tag};
use super::head::Head;
use super::organization::{self, Source};
use super::structured::{self, Item};
use super::{asked, charset, forum, genre, jobs, language, links, media};
use crate::model::document::{Document, Genre, Reading};
use crate::model::page::Page;

/// Types that say an object is one text with a beginning and an end.
const ARTICLES: &[&str] = &[
    "Article",
    "NewsArticle",
    "BlogPosting",
    "Report",
    "TechArticle",
    "ScholarlyArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "LiveBlogPosting",
    "Blog",
];

/// Reads a web page; anything that is not text is understood as nothing.
pub(super) fn read(page: &Page) -> Option<Reading> {
    if !media::is_text(page) {
        return Some(Reading {
            heard: asked::of_headers(page),
            ..Reading::default()
        });
    }
    let url = Url::parse(&page.url).ok()?;
    let text = charset::decode(&page.body, page.header("content-type"));
    let html = dom::parse(&text);
    let dom = Dom::of(&html);
    let head = Head::of(&dom);
    let base = head
        .base
        .and_then(|base| url.join(base).ok())
        .unwrap_or_else(|| url.clone());
    let items = structured::items(&dom);
    let stated_language = head
        .language
        .or_else(|| head.meta(&["og:locale", "language", "content-language", "dc.language"]));

    let fetched = page.fetched.day();
    let mut documents = jobs::documents(&items, &url, stated_language, fetched);
    let mut reader = "jobs";
    if documents.is_empty() {
        let (document, by) = document(page, &url, &dom, &head, &items, stated_language);
        documents.push(document);
        reader = by;
    }
    documents.retain(|document| !document.text.is_empty() || !document.title.is_empty());
    let links = links::links(&dom, &base);
    let claims = organization::claims(&Source {
        url: &url,
        dom: &dom,
        head: &head,
        items: &items,
        links: &links,
        fetched: page.fetched,
    });
    Some(Reading {
        documents,
        links,
        heard: asked::of(page, &head),
        canonical: head.canonical.and_then(|href| links::resolved(&base, href)),
        alternates: links::alternates(&dom, &base),
        ttl: None,
        claims,
        reader,
    })
}

/// The page as one document, and the name of the view that understood it.
fn document(
    page: &Page,
    url: &Url,
    dom: &Dom<'_>,
    head: &Head<'_>,
    items: &[Item],
    stated: Option<&str>,
) -> (Document, &'static str) {
    let publisher = publisher(head, items);
    let title = title(url, dom, head, items, publisher.as_deref());
    let mut genre = genre::of(url, head, items, &title);
    let thread = if genre == Genre::Forum || forum::is_forum(url, head, items) {
        forum::text(dom)
    } else {
        None
    };
    let (text, reader) = match thread {
        Some(text) => {
            genre = Genre::Forum;
            (text, "forum")
        }
        None => (
            article::main_text(dom, shape(url, head, items, genre)),
            "html",
        ),
    };
    let language = language::of(&text, stated);
    let context = Context {
        dom,
        head,
        items,
        url,
        language: language.as_deref(),
        fetched: page.fetched.day(),
    };
    let document = Document {
        url: page.url.clone(),
        published: date::published(&context),
        updated: date::updated(&context),
        complete: !page.truncated,
        fetched: page.fetched.day(),
        official: false,
        job: None,
        title,
        text,
        language,
        genre,
        publisher,
    };
    (document, reader)
}

/// How the main text is to be taken.
fn shape(url: &Url, head: &Head<'_>, items: &[Item], genre: Genre) -> Shape {
    let path = url.path().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let article = items.iter().any(|item| structured::is_a(item, ARTICLES))
        || last.matches(['-', '_']).count() >= 3
        || path.contains("/20")
        || head.meta(&["article:published_time"]).is_some();
    if genre == Genre::Home {
        return Shape::Pieces;
    }
    if article {
        Shape::Article
    } else {
        Shape::Pieces
    }
}

/// The title, without the site's name where that could be told apart.
fn title(
    url: &Url,
    dom: &Dom<'_>,
    head: &Head<'_>,
    items: &[Item],
    publisher: Option<&str>,
) -> String {
    let host = url.host_str().unwrap_or_default();
    let stated = items
        .iter()
        .filter(|item| structured::is_a(item, ARTICLES))
        .find_map(|item| structured::text(item, "headline"));
    let og = head
        .meta(&["og:title", "twitter:title"])
        .map(|value| without_site(&structured::unescaped(value), publisher, host));
    // Generators of documentation hang a mark on their headings.
    let trimmed = |title: String| {
        let marks = |c: char| c.is_whitespace() || matches!(c, '|' | '¶' | '#' | '–' | '—' | '·');
        title
            .trim_end_matches(marks)
            .trim_start_matches(['|', ' ', '-'])
            .to_owned()
    };
    let named = without_site(&head.title, publisher, host);
    let heading = heading(dom, &named);
    let found = stated
        .filter(|title| title.len() < 300)
        .or(heading)
        .or(og.filter(|title| !title.is_empty()))
        .unwrap_or(named);
    trimmed(found)
}

/// The `h1` that says what the `title` element says; others are the site's name or its slogan.
fn heading(dom: &Dom<'_>, title: &str) -> Option<String> {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let titled = words(title);
    dom.iter()
        .filter(|(at, node)| node.tag == Tag::H1 && node.end - at < 60)
        .map(|(at, _)| dom.text(at))
        .filter(|text| !text.is_empty() && text.len() < 300)
        .take(8)
        .map(|text| {
            let said = words(&text);
            let shared = said.iter().filter(|word| titled.contains(word)).count();
            // Much of the heading is in the title, and much of the title is in the heading.
            let share = shared as f64 / said.len().max(1) as f64;
            let covered = shared as f64 / titled.len().max(1) as f64;
            (text, share, covered)
        })
        .filter(|(_, share, covered)| titled.is_empty() || *share >= 0.5 && *covered >= 0.3)
        .max_by(|a, b| (a.1 + a.2).total_cmp(&(b.1 + b.2)))
        .map(|(text, _, _)| text)
}

/// A title without the name of the site before or behind it: the publisher's, or what the host is
/// called.
fn without_site(title: &str, publisher: Option<&str>, host: &str) -> String {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let name = plain(publisher.unwrap_or_default());
    let host = host.strip_prefix("www.").unwrap_or(host);
    let label = plain(host.rsplit_once('.').map_or(host, |(label, _)| label));
    let is_site = |part: &str| {
        let part = plain(part);
        let of_host = part.len() >= 3 && label.contains(&part)
            || label.len() >= 4 && part.contains(&label) && part.len() < 3 * label.len();
        part.is_empty()
            || of_host
            || !name.is_empty() && (part.contains(&name) || part.len() >= 3 && name.contains(&part))
    };
    let title = dom::folded(title);
    for separator in [
        " | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • ", " / ",
    ] {
        let Some((before, after)) = title.rsplit_once(separator) else {
            continue;
        };
        if is_site(after) && !before.trim().is_empty() {
            return without_site(before, publisher, host);
        }
        if let Some((first, rest)) = title.split_once(separator)
            && is_site(first)
        {
            return without_site(rest, publisher, host);
        }
        // The longer side is the page's, the shorter the site's.
        if before.len() > 2 * after.len() {
            return before.trim().to_owned();
        }
    }
    title
}

/// Who publishes the page, as it states it.
fn publisher(head: &Head<'_>, items: &[Item]) -> Option<String> {
    let of_article = items
        .iter()
        .filter(|item| structured::is_a(item, ARTICLES))
        .find_map(|item| structured::text(item, "publisher"));
    of_article
        .or_else(|| {
            head.meta(&["og:site_name"])
                .map(|name| dom::folded(&structured::unescaped(name)))
        })
        .or_else(|| {
            let owners = [
                "Organization",
                "Corporation",
                "LocalBusiness",
                "NewsMediaOrganization",
                "WebSite",
            ];
            items
                .iter()
                .filter(|item| structured::is_a(item, &owners))
                .find_map(|item| structured::text(item, "name"))
        })
        .or_else(|| {
            head.meta(&["application-name", "publisher", "dc.publisher"])
                .map(dom::folded)
        })
        .filter(|name| !name.is_empty() && name.len() < 120)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    pub(super) fn page(body: &[u8]) -> Page {
        Page {
            url: "https://www.northwind.example/news/2024/05/03/plant".to_owned(),
            status: 200,
            headers: vec![(
                "content-type".to_owned(),
                "text/html; charset=utf-8".to_owned(),
            )],
            body: body.to_vec(),
            truncated: false,
            fetched: Timestamp(1_750_000_000_000),
            address: None,
        }
    }

    #[test]
    fn a_page_is_read_whole() {
        let reading = read(&page(
            b"<html lang=en><title>New plant | Northwind</title><meta property=og:site_name \
              content=Northwind><link rel=canonical href=/plant><body><nav><a href=/>Home</a></nav>\
              <article><h1>New plant</h1><p>Northwind opens a plant in Zaragoza, where two hundred \
              people will work from next spring.</p></article>",
        ))
        .expect("a reading");
        let document = &reading.documents[0];
        assert_eq!(document.title, "New plant");
        assert!(document.text.starts_with("Northwind opens") && !document.text.contains("Home"));
        assert_eq!(document.language.as_deref(), Some("en"));
        assert_eq!(document.genre, Genre::News);
        assert_eq!(
            reading.canonical.as_deref(),
            Some("https://www.northwind.example/plant")
        );
        assert!(reading.links[0].frame);
    }

    #[test]
    fn what_is_not_text_has_no_documents() {
        let mut pdf = page(b"%PDF-1.7 ...");
        assert!(read(&pdf).expect("a reading").documents.is_empty());
        pdf.body = b"\x89PNG".to_vec();
        pdf.headers[0].1 = "image/png".to_owned();
        assert!(read(&pdf).expect("a reading").documents.is_empty());
    }

    #[test]
    fn hostile_pages_are_survived() {
        let line = vec![b'a'; 10 << 20];
        let nul = b"<p>a\0b<\0>".to_vec();
        let utf16: Vec<u8> = [0xFF, 0xFE, b'<', 0, b'p', 0, b'>'].to_vec();
        for body in [
            line,
            nul,
            utf16,
            b"<div>".repeat(100_000),
            b"<a href='".repeat(50_000),
        ] {
            let reading = read(&page(&body)).expect("a reading");
            assert!(reading.documents.len() <= 1);
        }
    }

    #[test]
    fn the_sites_name_is_taken_off_titles() {
        let of = |title, publisher| without_site(title, publisher, "blog.nwmetals.example");
        assert_eq!(of("New plant | Northwind", Some("Northwind")), "New plant");
        assert_eq!(of("Northwind - New plant", Some("Northwind")), "New plant");
        assert_eq!(of("New plant | NW Metals", None), "New plant");
        assert_eq!(
            of("A long title about a plant - Acme", None),
            "A long title about a plant"
        );
        assert_eq!(of("Q1 - Q2", None), "Q1 - Q2");
    }
}
