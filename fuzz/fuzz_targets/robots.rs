//! robots.txt: parsed, asked, packed; and what claims to be packed.
#![no_main]

use foresignal::fetch::robots::Robots;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let robots = Robots::parse(body, "foresignal");
    let again = Robots::unpack(&robots.pack()).expect("what was packed");
    for path in [
        "/",
        "/a/b.php?q=1",
        "/%7Ex/ü",
        "/aaaaaaaaaaaaaaaaaaaaaaaaaab",
        "",
    ] {
        assert_eq!(robots.verdict(path).allowed, again.verdict(path).allowed);
    }
    assert!(robots.verdict("/robots.txt").allowed);
    if let Some(found) = Robots::unpack(body) {
        found.verdict("/a");
    }
});
