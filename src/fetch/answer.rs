//! What a status line and its header fields mean, before any body is read. Pure.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use reqwest::header::{DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use url::Url;

use super::{Config, FetchOutcome, guard};
use crate::model::state::Failure;
use crate::model::time::Timestamp;
use crate::model::url::canonical;

/// Whether there is anything to wait for.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    /// The outcome is plain without a body.
    Ended(FetchOutcome),
    /// 2xx: the body is the answer.
    Body,
}

/// What this status means with these fields.
pub(super) fn of(
    status: u16,
    fields: &HeaderMap,
    asked: &Url,
    config: &Config,
    now: Timestamp,
) -> Answer {
    Answer::Ended(match status {
        200..=299 => return Answer::Body,
        304 => FetchOutcome::NotModified,
        300..=399 => match target(status, fields, asked, config) {
            Some(to) => FetchOutcome::Moved {
                to,
                permanent: matches!(status, 301 | 308),
            },
            None => FetchOutcome::Failed(Failure::BadRedirect),
        },
        // Beyond 5xx stand home-made codes such as 999, by which sites turn robots away.
        401 | 403 | 407 | 408 | 425 | 429 | 500.. => FetchOutcome::Refused {
            status,
            retry_after: retry_after(fields, now),
        },
        400..=499 => FetchOutcome::Gone(status),
        _ => FetchOutcome::Failed(Failure::Protocol),
    })
}

/// Every field in the order received, as text: UTF-8 where it is, Latin-1 otherwise.
pub(super) fn fields(fields: &HeaderMap) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

pub(super) fn text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value
            .as_bytes()
            .iter()
            .map(|&byte| char::from(byte))
            .collect(),
    }
}

/// Where a redirect leads, if we may go there. One to the very URL that was asked waits for a
/// cookie that we do not keep, and would turn for ever.
fn target(status: u16, fields: &HeaderMap, asked: &Url, config: &Config) -> Option<Url> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = text(fields.get(LOCATION)?);
    let to = canonical(&asked.join(location.trim()).ok()?)?;
    guard::check_url(&to, config).ok()?;
    (canonical(asked).as_ref() != Some(&to)).then_some(to)
}

/// Seconds, or the time until a date, which is measured on the server's clock where it shows one.
fn retry_after(fields: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(fields.get(RETRY_AFTER)?);
    let value = value.trim();
    if value.starts_with(|first: char| first.is_ascii_digit()) {
        let whole = value.split('.').next().unwrap_or_default();
        let digits = whole.bytes().all(|byte| byte.is_ascii_digit());
        return digits.then(|| Duration::from_secs(whole.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(value)?;
    let now = fields
        .get(DATE)
        .and_then(|value| http_date(&text(value)))
        .unwrap_or(now);
    Some(until.since(now))
}

/// The three forms of RFC 9110 §5.6.7.
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    let value = value.trim();
    let millis = if let Ok(zoned) = jiff::fmt::rfc2822::parse(value) {
        zoned.timestamp().as_millisecond()
    } else {
        ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
            .iter()
            .find_map(|form| DateTime::strptime(form, value).ok())?
            .to_zoned(TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_millisecond()
    };
    Some(Timestamp(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, pairs: &[(&'static str, &str)]) -> Answer {
        let mut fields = HeaderMap::new();
        for (name, value) in pairs {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a field");
            fields.append(*name, value);
        }
        let asked = Url::parse("http://x.example/a/b?c").expect("a URL");
        // 2015-10-21T07:28:00Z
        of(
            status,
            &fields,
            &asked,
            &Config::default(),
            Timestamp(1_445_412_480_000),
        )
    }

    #[test]
    fn every_status_has_its_outcome() {
        use FetchOutcome::{Failed, Gone, NotModified, Refused};
        for status in [200, 201, 203, 204, 206, 226] {
            assert_eq!(answered(status, &[]), Answer::Body);
        }
        for status in [
            401, 403, 407, 408, 425, 429, 500, 502, 503, 504, 520, 599, 999,
        ] {
            let refused = Refused {
                status,
                retry_after: None,
            };
            assert_eq!(answered(status, &[]), Answer::Ended(refused));
        }
        for status in [400, 402, 404, 405, 406, 410, 418, 451, 499] {
            assert_eq!(answered(status, &[]), Answer::Ended(Gone(status)));
        }
        assert_eq!(answered(304, &[]), Answer::Ended(NotModified));
        for status in [300, 301, 302, 305, 306, 310] {
            assert_eq!(
                answered(status, &[]),
                Answer::Ended(Failed(Failure::BadRedirect))
            );
        }
    }

    #[test]
    fn a_redirect_leads_where_we_may_go() {
        for (location, to) in [
            ("/n", Some("http://x.example/n")),
            ("n", Some("http://x.example/a/n")),
            (
                " https://X.example/?utm_source=a#f ",
                Some("https://x.example/"),
            ),
            ("//y.example/ü", Some("http://y.example/%C3%BC")),
            ("?d", Some("http://x.example/a/b?d")),
            ("/a/b?c", None),
            ("#top", None),
            ("", None),
            ("http://", None),
            ("javascript:void(0)", None),
            ("ftp://x.example/", None),
            ("http://u:p@x.example/", None),
            ("http://127.0.0.1/", None),
            ("http://x.example:22/", None),
        ] {
            let outcome = match to {
                Some(to) => FetchOutcome::Moved {
                    to: Url::parse(to).expect("a URL"),
                    permanent: true,
                },
                None => FetchOutcome::Failed(Failure::BadRedirect),
            };
            assert_eq!(
                answered(308, &[("location", location)]),
                Answer::Ended(outcome),
                "{location}"
            );
        }
    }

    #[test]
    fn how_long_to_stay_away() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (value, date, expected) in [
            ("120", None, seconds(120)),
            (" 0 ", None, seconds(0)),
            ("1.5", None, seconds(1)),
            ("99999999999999999999999", None, seconds(u64::MAX)),
            ("-5", None, None),
            ("soon", None, None),
            ("5 minutes", None, None),
            ("Wed, 21 Oct 2015 07:30:00 GMT", None, seconds(120)),
            ("Wednesday, 21-Oct-15 07:30:00 GMT", None, seconds(120)),
            ("Wed Oct 21 07:30:00 2015", None, seconds(120)),
            ("Wed, 21 Oct 2015 07:00:00 GMT", None, seconds(0)),
            (
                "Wed, 21 Oct 2015 07:30:00 GMT",
                Some("Wed, 21 Oct 2015 07:29:00 GMT"),
                seconds(60),
            ),
        ] {
            let mut pairs = vec![("retry-after", value)];
            pairs.extend(date.map(|date| ("date", date)));
            let refused = FetchOutcome::Refused {
                status: 503,
                retry_after: expected,
            };
            assert_eq!(answered(503, &pairs), Answer::Ended(refused), "{value}");
        }
    }
}
