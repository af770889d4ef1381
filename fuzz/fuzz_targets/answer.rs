//! A status and its header fields: redirects, Retry-After and its dates.
#![no_main]

use foresignal::fetch::fuzzing::answer;
use foresignal::fetch::{Config, FetchOutcome, guard};
use foresignal::model::url::canonical;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let status = lines
        .next()
        .and_then(|line| std::str::from_utf8(line).ok()?.parse().ok());
    let pairs: Vec<_> = lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((&line[..colon], &line[colon + 1..]))
        })
        .collect();
    let asked = Url::parse("https://www.contoso.example/a/b?c").expect("a URL");
    if let Some(FetchOutcome::Moved { to, .. }) = answer(status.unwrap_or(301), &asked, &pairs) {
        assert_eq!(canonical(&to).as_ref(), Some(&to));
        assert!(guard::check_url(&to, &Config::default()).is_ok(), "{to}");
        assert_ne!(to, asked);
    }
});
