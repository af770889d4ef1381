//! How long an answer stays fresh, as its header says (RFC 9111 §4.2). Pure.
//!
//! We are a private cache, of one reader: `s-maxage` is for those in between, and a site that
//! tells its delivery network "a year, I will call you back" does not mean us. `no-cache`,
//! `no-store` and `max-age=0` are worth nothing here: that an answer may not be kept does not
//! mean that it is to be asked for all the time.

use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_cache_semantics::{CacheOptions, CachePolicy};

use crate::model::page::Page;

/// The fields that count. Last-Modified does not: how often a page changes we estimate ourselves.
const FIELDS: &[&str] = &["cache-control", "pragma", "expires", "age", "date"];

/// For how long from now on the page stays fresh; zero where nothing is said.
pub(super) fn lifetime(page: &Page) -> Duration {
    let mut answer = Response::new(());
    *answer.status_mut() = StatusCode::from_u16(page.status).unwrap_or_default();
    for name in FIELDS {
        for value in page.all_headers(name) {
            // Directives are told in any case (RFC 9111 §5.2); the parser knows the lower one.
            let value = match *name {
                "cache-control" => value.to_ascii_lowercase(),
                _ => value.to_owned(),
            };
            if let Ok(value) = HeaderValue::from_str(&value) {
                let name = HeaderName::from_static(name);
                answer.headers_mut().append(name, value);
            }
        }
    }
    let options = CacheOptions {
        shared: false,
        cache_heuristic: 0.0,
        immutable_min_time_to_live: Duration::ZERO,
        ..CacheOptions::default()
    };
    let millis = u64::try_from(page.fetched.0).unwrap_or_default();
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
    CachePolicy::new_options(&Request::new(()), &answer, now, options).time_to_live(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    fn seconds(headers: &[(&str, &str)]) -> u64 {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let page = Page {
            url: "https://example.com/".to_owned(),
            status: 200,
            headers: headers.iter().map(own).collect(),
            body: Vec::new(),
            truncated: false,
            // 2015-10-21T07:28:00Z
            fetched: Timestamp(1_445_412_480_000),
            address: None,
        };
        lifetime(&page).as_secs()
    }

    #[test]
    fn what_the_header_says_of_freshness() {
        let cache = |value| seconds(&[("cache-control", value)]);
        assert_eq!(seconds(&[]), 0);
        assert_eq!(cache("max-age=600"), 600);
        assert_eq!(cache("private, Max-Age=\"600\", must-revalidate"), 600);
        assert_eq!(cache("s-maxage=31536000, stale-while-revalidate"), 0);
        assert_eq!(cache("max-age=60, s-maxage=600"), 60);
        for nothing in [
            "no-cache",
            "no-store, max-age=600",
            "max-age=0",
            "max-age=-1",
            "x",
        ] {
            assert_eq!(cache(nothing), 0, "{nothing}");
        }
        let expires = ("expires", "Wed, 21 Oct 2015 08:28:00 GMT");
        assert_eq!(seconds(&[expires]), 3600);
        assert_eq!(seconds(&[expires, ("cache-control", "max-age=5")]), 5);
        let date = ("date", "Wed, 21 Oct 2015 08:00:00 GMT");
        assert_eq!(seconds(&[expires, date]), 1680);
        assert_eq!(seconds(&[("expires", "0")]), 0);
        let old = [("cache-control", "max-age=600"), ("age", "400")];
        assert_eq!(seconds(&old), 200);
        assert_eq!(
            seconds(&[("last-modified", "Wed, 21 Oct 2005 07:28:00 GMT")]),
            0
        );
        assert_eq!(cache("max-age=18446744073709551615"), u64::MAX);
    }
}
