//! Web pages: parsed once, and looked at as open positions, as a forum, and as an article, the
//! most particular first.

use url::Url;

use super::date::{self, Context};
use super::dom::{self, Dom};
use super::head::Head;
use super::organization::{self, Source};
use super::shape::Shape;
use super::structured::{self, Item};
use super::{
    article, asked, byline, charset, forum, genre, jobs, language, links, media, scripted, threads,
    title,
};
use crate::model::document::{Document, Genre, Reading};
use crate::model::page::Page;

/// Types that say an object is one text with a beginning and an end.
pub(super) const ARTICLES: &[&str] = &[
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
    // A page that was handed over without its address is read all the same; its links lead nowhere.
    let url = Url::parse(&page.url)
        .or_else(|_| Url::parse("about:blank"))
        .ok()?;
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
    let told = documents
        .iter()
        .any(|document| document.complete && document.text.len() >= scripted::LITTLE);
    let scripted = !told && !page.truncated && scripted::needed(&dom);
    documents.retain(|document| !document.text.is_empty() || !document.title.is_empty());
    let mut links = links::links(&dom, &base);
    threads::prefer(&mut links, &url, &dom, &head);
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
        scripted,
        reader,
        ..Reading::default()
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
    let title = title::of(url, dom, head, items, publisher.as_deref());
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
    let (text, whole) = scripted::stated(head, items, &text).unwrap_or((text, true));
    let language = language::of(&text, stated);
    let locale = language::locale(language.as_deref(), stated, url);
    let context = Context {
        dom,
        head,
        items,
        url,
        title: &title,
        locale: locale.as_deref(),
        fetched: page.fetched.day(),
    };
    let (published, updated) = date::of(&context);
    let text = byline::without(&text, locale.as_deref()).to_owned();
    let document = Document {
        tender: None,
        url: page.url.clone(),
        published,
        updated,
        complete: whole && !page.truncated,
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

/// How the main text is to be taken: what is stated is believed, what the address looks like is
/// only likely.
fn shape(url: &Url, head: &Head<'_>, items: &[Item], genre: Genre) -> Shape {
    let path = url.path().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let likely = last.matches(['-', '_']).count() >= 3
        || path.contains("/20")
        || head.meta(&["article:published_time"]).is_some();
    if genre == Genre::Home {
        Shape::Pieces
    } else if items.iter().any(|item| structured::is_a(item, ARTICLES)) {
        Shape::Article
    } else if likely {
        Shape::Likely
    } else {
        Shape::Pieces
    }
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
    fn a_page_without_an_address_is_read_and_one_of_scripts_says_so() {
        let mut empty = page(b"<div id=root></div><script src=/main.js></script>");
        assert!(read(&empty).expect("a reading").scripted);
        empty.body = b"<a href=/x>A plant</a><p>Northwind opens a plant.".to_vec();
        empty.url = String::new();
        let reading = read(&empty).expect("a reading");
        assert!(!reading.scripted && reading.links.is_empty());
        assert!(reading.documents[0].text.contains("opens a plant"));
        assert_ne!(reading.documents[0].genre, Genre::Home);
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
}
