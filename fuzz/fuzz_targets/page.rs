//! Whatever a server sends as a page, through all readers.
#![no_main]

use foresignal_fuzz::{choose, page, read};
use libfuzzer_sys::fuzz_target;

const MEDIA: &[&str] = &[
    "text/html; charset=utf-8",
    "text/html",
    "application/xhtml+xml",
    "text/plain; charset=shift_jis",
    "application/octet-stream",
    "",
];

fuzz_target!(|bytes: &[u8]| {
    let (media, body) = choose(MEDIA, bytes);
    read(&page(
        "https://www.contoso.example/news/a-b-c-d",
        media,
        body,
    ));
});
