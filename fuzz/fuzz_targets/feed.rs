//! Feeds: RSS, Atom and JSON Feed, in whatever they are encoded.
#![no_main]

use foresignal::extract::feed;
use foresignal_fuzz::{choose, page, read};
use libfuzzer_sys::fuzz_target;

const MEDIA: &[&str] = &[
    "application/rss+xml",
    "application/atom+xml; charset=utf-16",
    "application/feed+json",
    "text/xml; charset=iso-2022-jp",
    "",
];

fuzz_target!(|bytes: &[u8]| {
    let (media, body) = choose(MEDIA, bytes);
    let url = "https://www.contoso.example/feed.xml";
    feed::parse(body, Some(media), url);
    read(&page(url, media, body));
});
