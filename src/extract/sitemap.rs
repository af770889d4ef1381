//! Sitemaps: lists of a site's pages, with the day of their last change where it is stated.
//!
//! Invariant: a compressed sitemap is unpacked to at most [`MAX_UNPACKED`] bytes.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use sitemapo::{Parser, Record};

use super::charset;
use crate::model::document::{DateSource, Dated, Document, Genre, Link, Reading};
use crate::model::edition::{self, Alternate};
use crate::model::page::Page;
use crate::model::task::TaskKind;
use crate::model::time::Timestamp;

/// What the protocol allows a sitemap to be, unpacked.
const MAX_UNPACKED: u64 = 50 << 20;

/// Reads a sitemap, an index of sitemaps, or a text sitemap.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let unpacked;
    let body = if page.body.starts_with(b"\x1F\x8B") {
        let mut bytes = Vec::new();
        // What breaks off is read as far as it goes.
        let _ = MultiGzDecoder::new(page.body.as_slice())
            .take(MAX_UNPACKED)
            .read_to_end(&mut bytes);
        unpacked = bytes;
        &unpacked
    } else {
        &page.body
    };
    let start = &body[..body.len().min(2048)];
    let head = charset::decode(start, page.header("content-type"));
    let is_xml = head.contains("<urlset")
        || head.contains("<sitemapindex")
        || head.contains(":urlset")
        || head.contains(":sitemapindex");
    if !is_xml && !is_list(page, &head) {
        return None;
    }
    let text = charset::decode(body, page.header("content-type"));
    let mut links = Vec::new();
    let mut documents = Vec::new();
    for record in Parser::new(escaped(&text).as_bytes()) {
        match record {
            Ok(Record::Sitemap(sitemap)) => links.push(Link {
                url: sitemap.location.into(),
                kind: Some(TaskKind::Sitemap),
                dated: sitemap.modified.map(point),
                updated: sitemap.modified.map(point),
                ..Link::default()
            }),
            Ok(Record::Entry(entry)) => {
                let news = entry.news.as_ref();
                let dated = news
                    .map(|news| news.published)
                    .or(entry.modified)
                    .map(point);
                if let Some(news) = news {
                    documents.push(headline(page, entry.location.as_str(), news));
                }
                links.push(Link {
                    text: news.map(|news| news.title.clone()).unwrap_or_default(),
                    kind: news.map(|_| TaskKind::Article),
                    instead: instead(&entry),
                    url: entry.location.into(),
                    updated: entry.modified.map(point),
                    dated,
                    ..Link::default()
                });
            }
            // A broken file is good for what came before the break.
            Err(_) => break,
        }
    }
    Some(Reading {
        documents,
        links,
        heard: super::asked::of_headers(page),
        claims: Vec::new(),
        reader: "sitemap",
        ..Reading::default()
    })
}

/// A news sitemap's entry: its title is already something that the company says.
fn headline(page: &Page, url: &str, news: &sitemapo::record::News) -> Document {
    let day = point(news.published).day();
    Document {
        url: url.to_owned(),
        title: news.title.clone(),
        published: Some(Dated {
            day,
            source: DateSource::Feed,
        }),
        language: super::language::primary(&news.publication.language),
        genre: Genre::News,
        publisher: Some(news.publication.name.clone()).filter(|name| !name.is_empty()),
        fetched: page.fetched.day(),
        ..Document::default()
    }
}

/// The edition of an entry that is read in its stead, where the entry names another one.
fn instead(entry: &sitemapo::record::Entry) -> Option<String> {
    let alternate = |one: &sitemapo::record::Alternate| Alternate {
        language: one.language.to_ascii_lowercase(),
        url: one.location.to_string(),
    };
    let alternates: Vec<Alternate> = entry.alternates.iter().map(alternate).collect();
    let best = edition::best(&alternates)?;
    (best.url != entry.location.as_str()).then(|| best.url.clone())
}

fn point(at: sitemapo::jiff::Timestamp) -> Timestamp {
    Timestamp(at.as_millisecond())
}

/// A text sitemap is nothing but addresses, a line each.
fn is_list(page: &Page, head: &str) -> bool {
    let plain = page.media_type().is_none_or(|media| media == "text/plain");
    let mut lines = head
        .lines()
        .filter(|line| !line.trim().is_empty())
        .peekable();
    // The last line may have been cut.
    plain
        && lines.peek().is_some()
        && lines.take(20).all(|line| {
            let line = line.trim().trim_start_matches('\u{FEFF}');
            line.starts_with("http") && !line.contains(char::is_whitespace)
        })
}

/// The text with bare `&` escaped, which would end the parser's reading.
fn escaped(text: &str) -> String {
    super::repair::escape_ampersands(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(url: &str, body: Vec<u8>) -> Page {
        Page {
            url: url.to_owned(),
            status: 200,
            headers: Vec::new(),
            body,
            truncated: false,
            fetched: Timestamp(1_750_000_000_000),
            address: None,
        }
    }

    const SET: &str = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
        <url><loc>https://northwind.example/a?x=1&y=2</loc><lastmod>2025-01-02</lastmod></url>\
        <url><loc>https://northwind.example/b</loc></url></urlset>";

    #[test]
    fn entries_are_links_with_their_change() {
        let reading =
            read(&page("https://northwind.example/sitemap.xml", SET.into())).expect("a sitemap");
        assert_eq!(reading.links.len(), 2);
        assert_eq!(reading.links[0].url, "https://northwind.example/a?x=1&y=2");
        let dated = reading.links[0].dated.expect("a date");
        assert_eq!(dated.day(), jiff::civil::date(2025, 1, 2));
        assert_eq!(reading.links[0].kind, None);
    }

    #[test]
    fn packed_and_cut_sitemaps_are_read_as_far_as_they_go() {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(SET.as_bytes()).expect("memory takes it");
        let mut packed = packer.finish().expect("memory takes it");
        packed.truncate(packed.len() - 12);
        let reading = read(&page("https://northwind.example/s.xml.gz", packed)).expect("a sitemap");
        assert!(!reading.links.is_empty());
    }

    #[test]
    fn an_index_leads_to_sitemaps_and_a_list_is_a_sitemap() {
        let index = "<sitemapindex><sitemap><loc>https://northwind.example/s1.xml</loc></sitemap></sitemapindex>";
        let reading =
            read(&page("https://northwind.example/i.xml", index.into())).expect("an index");
        assert_eq!(reading.links[0].kind, Some(TaskKind::Sitemap));
        let list = b"https://northwind.example/a\nhttps://northwind.example/b\n".to_vec();
        let reading = read(&page("https://northwind.example/sitemap.txt", list)).expect("a list");
        assert_eq!(reading.links.len(), 2);
    }

    #[test]
    fn an_entry_names_the_edition_that_is_read_in_its_stead() {
        let alternates = "<xhtml:link rel='alternate' hreflang='de' href='https://northwind.example/de/a'/>\
            <xhtml:link rel='alternate' hreflang='en' href='https://northwind.example/en/a'/>";
        let entry = |url: &str, more: &str| format!("<url><loc>{url}</loc>{more}</url>");
        let set = format!(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:xhtml='http://www.w3.org/1999/xhtml'>{}{}{}</urlset>",
            entry("https://northwind.example/de/a", alternates),
            entry("https://northwind.example/en/a", alternates),
            entry("https://northwind.example/de/b", ""),
        );
        let reading = read(&page("https://northwind.example/s.xml", set.into())).expect("a set");
        let instead: Vec<_> = reading
            .links
            .iter()
            .map(|link| link.instead.as_deref())
            .collect();
        assert_eq!(
            instead,
            [Some("https://northwind.example/en/a"), None, None]
        );
    }

    #[test]
    fn other_pages_are_not_sitemaps() {
        for body in ["<html><p>urlset", "<rss/>", "", "http is a protocol"] {
            assert!(
                read(&page("https://northwind.example/", body.into())).is_none(),
                "{body}"
            );
        }
    }
}
