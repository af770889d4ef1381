//! Lists of companies: CSV as a CRM exports it, and TOML.
#![no_main]

use foresignal::command::list::List;
use foresignal_fuzz::choose;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (is_toml, body) = choose(&[false, true], bytes);
    if let Ok(list) = List::parse(body, is_toml, false) {
        for listed in &list.companies {
            assert!(url::Url::parse(&listed.home).is_ok(), "{:?}", listed.home);
        }
    }
});
