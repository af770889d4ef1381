//! From headers and markup to technologies.
#![no_main]

use foresignal::technographics::recognise;
use foresignal_fuzz::page;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Header fields, an empty line, the body.
    let end = bytes
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .unwrap_or(0);
    let (head, body) = bytes.split_at(end);
    let mut page = page("https://www.contoso.example/", "text/html", body);
    for line in String::from_utf8_lossy(head).lines() {
        if let Some((name, value)) = line.split_once(':') {
            page.headers
                .push((name.to_lowercase(), value.trim().to_owned()));
        }
    }
    let facts = recognise(&page);
    assert_eq!(facts, recognise(&page));
});
