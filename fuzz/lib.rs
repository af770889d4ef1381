//! What the targets share: bytes into pages, and laws that hold for every reading.

use foresignal::extract;
use foresignal::model::document::Reading;
use foresignal::model::page::Page;
use foresignal::model::time::Timestamp;

/// Takes the first byte as a choice among these; the rest is the input proper.
pub fn choose<'a, T: Copy>(among: &[T], bytes: &'a [u8]) -> (T, &'a [u8]) {
    match bytes.split_first() {
        Some((first, rest)) => (among[usize::from(*first) % among.len()], rest),
        None => (among[0], bytes),
    }
}

/// A page with this Content-Type (none where it is empty) and body.
pub fn page(url: &str, media: &str, body: &[u8]) -> Page {
    let field = ("content-type".to_owned(), media.to_owned());
    Page {
        url: url.to_owned(),
        status: 200,
        headers: Some(field)
            .filter(|_| !media.is_empty())
            .into_iter()
            .collect(),
        body: body.to_vec(),
        truncated: false,
        fetched: Timestamp(1_780_000_000_000),
        address: None,
    }
}

/// Reads a page, and holds the reading to its laws.
pub fn read(page: &Page) -> Reading {
    let reading = extract::read(page);
    assert_eq!(reading, extract::read(page), "the same page, read twice");
    for link in &reading.links {
        assert!(
            url::Url::parse(&link.url).is_ok(),
            "{:?} is no URL",
            link.url
        );
    }
    for document in &reading.documents {
        assert!(
            document.published.is_none_or(|dated| dated.day.year() > 0),
            "{:?}",
            document.published
        );
    }
    reading
}
