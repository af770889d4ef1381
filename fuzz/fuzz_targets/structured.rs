//! What pages state for machines: JSON-LD, open positions among it.
#![no_main]

use foresignal_fuzz::{page, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    let body = [
        b"<script type='application/ld+json'>",
        json,
        b"</script><p>x",
    ]
    .concat();
    read(&page(
        "https://www.contoso.example/jobs/1",
        "text/html; charset=utf-8",
        &body,
    ));
});
