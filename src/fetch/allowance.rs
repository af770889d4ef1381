//! What a server says of how much may still be asked of it. Pure.
//!
//! There are three ways to say it, and servers mix them: `RateLimit` and `RateLimit-Policy` as
//! structured fields (draft-ietf-httpapi-ratelimit-headers, its list of today and the dictionary
//! of its earlier versions), three fields `RateLimit-Limit`, `-Remaining` and `-Reset` (earlier
//! still), and the same three with `X-` before them, as GitHub, GitLab, Reddit and many others
//! have them. Of several limits the tightest counts.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap};
use sfv::{BareItem, Dictionary, Item, List, ListEntry, Parameters, Parser};

use super::answer::{http_date, text};
use crate::model::time::Timestamp;

/// Numbers from here on are points in time, seconds since 1970, not seconds from now: nobody
/// counts down from 30 years.
const EPOCH: f64 = 1e9;
/// … and from here on milliseconds.
const EPOCH_MILLIS: f64 = 1e12;

/// How much a server still allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Requests that are left.
    pub left: u64,
    /// Of how many, where it says so.
    pub limit: Option<u64>,
    /// How long until there are more.
    pub reset: Duration,
}

impl Allowance {
    /// How long a request is worth: the larger, the tighter.
    fn tightness(&self) -> (bool, Duration) {
        let left = u32::try_from(self.left.max(1)).unwrap_or(u32::MAX);
        (self.left == 0, self.reset / left)
    }
}

/// What these fields say; `None`: nothing that can be used.
pub(super) fn of(fields: &HeaderMap, now: Timestamp) -> Option<Allowance> {
    let clock = fields
        .get(DATE)
        .and_then(|value| http_date(&text(value)))
        .unwrap_or(now);
    let mut told = structured(fields);
    for names in [
        ["ratelimit-remaining", "ratelimit-reset", "ratelimit-limit"],
        [
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "x-ratelimit-limit",
        ],
        [
            "x-rate-limit-remaining",
            "x-rate-limit-reset",
            "x-rate-limit-limit",
        ],
    ] {
        told.extend(plain(fields, names, clock));
    }
    told.into_iter().max_by_key(Allowance::tightness)
}

/// `RateLimit: "day";r=50;t=30` with `RateLimit-Policy: "day";q=100;w=60`, or, as the draft had it
/// before, `RateLimit: limit=100, remaining=50, reset=30`.
fn structured(fields: &HeaderMap) -> Vec<Allowance> {
    let Some(text) = joined(fields, "ratelimit") else {
        return Vec::new();
    };
    if let Ok(limits) = Parser::new(&text).parse::<List>() {
        let policies = joined(fields, "ratelimit-policy")
            .and_then(|text| Parser::new(&text).parse::<List>().ok())
            .unwrap_or_default();
        let policy = |name: &BareItem| items(&policies).find(|policy| policy.bare_item == *name);
        return items(&limits)
            .filter_map(|limit| {
                let policy = policy(&limit.bare_item).map(|policy| &policy.params);
                let of_policy = |key| policy.and_then(|params| whole(params, key));
                Some(Allowance {
                    left: whole(&limit.params, "r")?,
                    limit: of_policy("q"),
                    // Without a time, the whole window is the longest that it can be.
                    reset: whole(&limit.params, "t")
                        .or_else(|| of_policy("w"))
                        .map(Duration::from_secs)?,
                })
            })
            .collect();
    }
    let Ok(named) = Parser::new(&text).parse::<Dictionary>() else {
        return Vec::new();
    };
    let value = |key| match named.get(key)? {
        ListEntry::Item(item) => natural(&item.bare_item),
        ListEntry::InnerList(_) => None,
    };
    let allowance = || {
        Some(Allowance {
            left: value("remaining")?,
            limit: value("limit"),
            reset: Duration::from_secs(value("reset")?),
        })
    };
    allowance().into_iter().collect()
}

fn items(list: &List) -> impl Iterator<Item = &Item> {
    list.iter().filter_map(|entry| match entry {
        ListEntry::Item(item) => Some(item),
        ListEntry::InnerList(_) => None,
    })
}

fn whole(params: &Parameters, key: &str) -> Option<u64> {
    natural(params.get(key)?)
}

fn natural(value: &BareItem) -> Option<u64> {
    match value {
        BareItem::Integer(number) => u64::try_from(i64::from(*number)).ok(),
        _ => None,
    }
}

/// All lines of a field, as one list.
fn joined(fields: &HeaderMap, name: &str) -> Option<String> {
    let lines: Vec<String> = fields.get_all(name).iter().map(text).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Three fields of a number each: what remains, when it is reset, the limit.
fn plain(fields: &HeaderMap, names: [&str; 3], clock: Timestamp) -> Option<Allowance> {
    let [left, reset, limit] = names.map(|name| fields.get(name).map(text));
    let left = number(&left?)?;
    let reset = reset?;
    let reset = match number(&reset) {
        Some(at) if at >= EPOCH_MILLIS => Timestamp(at as i64).since(clock),
        Some(at) if at >= EPOCH => Timestamp((at * 1000.0) as i64).since(clock),
        Some(seconds) => Duration::from_secs_f64(seconds),
        None => http_date(&reset)?.since(clock),
    };
    Some(Allowance {
        left: left as u64,
        limit: limit.and_then(|limit| number(&limit)).map(|n| n as u64),
        reset,
    })
}

/// The number that a value begins with: `100`, `99.0`, `100, 100;w=60`; `None` where it is none
/// that could be meant.
fn number(value: &str) -> Option<f64> {
    let value = value.trim();
    let end = value.find([',', ';', ' ']).unwrap_or(value.len());
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let text = value.get(..end).filter(|text| text.chars().all(digits))?;
    text.parse().ok().filter(|number| *number < 1e15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22T12:00:00Z
    const NOW: Timestamp = Timestamp(1_795_348_800_000);

    fn told(pairs: &[(&'static str, &str)]) -> Option<(u64, Option<u64>, f64)> {
        let mut fields = HeaderMap::new();
        for (name, value) in pairs {
            fields.append(*name, value.parse().expect("a field"));
        }
        let allowance = of(&fields, NOW)?;
        Some((
            allowance.left,
            allowance.limit,
            allowance.reset.as_secs_f64(),
        ))
    }

    #[test]
    fn structured_fields_are_read_as_the_draft_has_them() {
        let policy = (
            "ratelimit-policy",
            r#""burst";q=100;w=60,"day";q=1000;w=86400"#,
        );
        for (value, expected) in [
            (r#""burst";r=50;t=30"#, Some((50, Some(100), 30.0))),
            (r#""burst";r=0"#, Some((0, Some(100), 60.0))),
            (
                r#""burst";r=99;t=3, "day";r=0;t=4000"#,
                Some((0, Some(1000), 4000.0)),
            ),
            (r#""burst";r=-1;t=30"#, None),
            (r#""other";r=1"#, None),
            (r#""burst";r="0";t=30"#, None),
            ("limit=100, remaining=7, reset=9", Some((7, Some(100), 9.0))),
            ("limit=100, remaining=7", None),
            ("??", None),
        ] {
            assert_eq!(told(&[("ratelimit", value), policy]), expected, "{value}");
        }
    }

    #[test]
    fn plain_fields_are_read_with_seconds_dates_and_points_in_time() {
        for (left, reset, expected) in [
            ("0", "30", Some((0, 30.0))),
            ("99.0", "0.5", Some((99, 0.5))),
            ("5", "1795348830", Some((5, 30.0))),
            ("5", "1795348830500", Some((5, 30.5))),
            ("5", "1000000000", Some((5, 0.0))),
            ("5, 5;w=60", "7", Some((5, 7.0))),
            ("5", "Sun, 22 Nov 2026 12:01:00 GMT", Some((5, 60.0))),
            ("-1", "30", None),
            ("many", "30", None),
            ("5", "soon", None),
            ("5", "99999999999999999999", None),
            ("", "30", None),
        ] {
            for names in [
                ["ratelimit-remaining", "ratelimit-reset"],
                ["x-ratelimit-remaining", "x-ratelimit-reset"],
                ["x-rate-limit-remaining", "x-rate-limit-reset"],
            ] {
                let pairs = [(names[0], left), (names[1], reset)];
                let expected = expected.map(|(left, reset)| (left, None, reset));
                assert_eq!(told(&pairs), expected, "{left:?} {reset:?}");
            }
        }
        assert_eq!(told(&[("x-ratelimit-remaining", "0")]), None);
        let on_its_clock = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1795349100"),
            ("x-ratelimit-limit", "60"),
            ("date", "Sun, 22 Nov 2026 12:04:00 GMT"),
        ];
        assert_eq!(told(&on_its_clock), Some((0, Some(60), 60.0)));
    }
}
