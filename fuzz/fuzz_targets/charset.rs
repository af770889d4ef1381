//! Which encoding a body is in, by header, declaration and bytes.
#![no_main]

use foresignal::extract::charset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first line is the header field.
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (field, body) = bytes.split_at(end);
    let field = String::from_utf8_lossy(field);
    for field in [None, Some(&*field)] {
        let text = charset::decode(body, field);
        assert!(text.len() <= 4 * body.len() + 4);
    }
});
