//! Sitemaps, packed and plain, and lists of addresses.
#![no_main]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use foresignal_fuzz::{choose, page, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (packed, body) = choose(&[false, true, false], bytes);
    let url = "https://www.contoso.example/sitemap.xml";
    if packed {
        let mut packer = GzEncoder::new(Vec::new(), Compression::none());
        packer.write_all(body).expect("memory takes it");
        read(&page(url, "", &packer.finish().expect("memory takes it")));
    } else {
        read(&page(url, "application/xml", body));
    }
});
