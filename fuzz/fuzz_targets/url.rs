//! URLs: when two are the same page, whose door they knock on, and what is suppressed.
#![no_main]

use foresignal::model::suppress::Suppressed;
use foresignal::model::url::{Host, UrlKey, canonical, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(once) = parse(text) {
        assert_eq!(canonical(&once).as_ref(), Some(&once));
        let key = UrlKey::of(&once).expect("canonical");
        assert_eq!(Some(key.host()), Host::of(&once));
        assert!(!once.has_host() || once.username().is_empty());
    }
    Host::of_domain(text);
    let mut list = Suppressed::default();
    let _ = list.add(text);
});
