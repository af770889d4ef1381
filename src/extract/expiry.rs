//! Points in time as `unavailable_after` names them: RFC 822, RFC 850, ISO 8601, and what people
//! make of them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use crate::model::time::Timestamp;

/// Forms of a day with a time, after weekday and zone are taken off and months shortened.
const TIMES: &[&str] = &[
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%b %d %Y %H:%M:%S",
    "%b %d %Y %H:%M",
    "%b %d %H:%M:%S %Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
];

/// Forms of a day alone.
const DAYS: &[&str] = &["%d %b %Y", "%b %d %Y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"];

/// Zones by name, in hours before or after UTC; in summer the name is another one.
const ZONES: &[(&str, i8)] = &[
    ("gmt", 0),
    ("utc", 0),
    ("ut", 0),
    ("z", 0),
    ("wet", 0),
    ("bst", 1),
    ("cet", 1),
    ("cest", 2),
    ("eet", 2),
    ("eest", 3),
    ("msk", 3),
    ("jst", 9),
    ("edt", -4),
    ("est", -5),
    ("cdt", -5),
    ("cst", -6),
    ("mdt", -6),
    ("mst", -7),
    ("pdt", -7),
    ("pst", -8),
];

/// The longest text that is looked at.
const LONGEST: usize = 60;

/// The point in time that the whole of `text` names. A day without a time is over at its end, a
/// time without a zone is UTC. `None`: it is no date.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (plain, offset) = without_zone(unweekday(&lower));
    let plain = normal(plain);
    let at = TIMES
        .iter()
        .find_map(|form| civil(form, &plain))
        .or_else(|| {
            let day = DAYS
                .iter()
                .find_map(|form| Date::strptime(form, &plain).ok())?;
            day.tomorrow()
                .ok()
                .map(|next| next.to_datetime(Time::midnight()))
        })?;
    // Years are written with two digits in RFC 850, and read so by what reads four.
    let at = if (0..100).contains(&at.year()) {
        let century = if at.year() < 70 { 2000 } else { 1900 };
        at.with().year(at.year() + century).build().ok()?
    } else {
        at
    };
    let zoned = at.to_zoned(TimeZone::fixed(offset)).ok()?;
    Some(Timestamp(zoned.timestamp().as_millisecond()))
}

fn civil(form: &str, plain: &str) -> Option<DateTime> {
    DateTime::strptime(form, plain).ok()
}

/// `fri, 25 jun` → `25 jun`.
fn unweekday(text: &str) -> &str {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let word = text.split([' ', ',']).next().unwrap_or_default();
    let is_day = word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && days.iter().any(|day| word.starts_with(day));
    if is_day {
        text[word.len()..].trim_start_matches([' ', ','])
    } else {
        text
    }
}

/// The text without its zone, and the zone's offset.
fn without_zone(text: &str) -> (&str, Offset) {
    let text = text.trim_end();
    let letters = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let name = &text[letters.len()..];
    if let Some((_, hours)) = ZONES.iter().find(|(known, _)| *known == name) {
        let (rest, behind) = without_zone_number(letters.trim_end());
        // `+0000 (utc)` and its like say it twice.
        return (rest, behind.unwrap_or(Offset::constant(*hours)));
    }
    let (rest, offset) = without_zone_number(text);
    (rest, offset.unwrap_or(Offset::UTC))
}

/// `… 15:00:00+02:00` → `… 15:00:00`; only behind a time, since a day has hyphens too.
fn without_zone_number(text: &str) -> (&str, Option<Offset>) {
    let Some(sign) = text.rfind(['+', '-']).filter(|_| text.contains(':')) else {
        return (text, None);
    };
    let digits: String = text[sign + 1..].chars().filter(|c| *c != ':').collect();
    let (Ok(number), true) = (digits.parse::<i32>(), digits.len() == 4 && sign > 5) else {
        return (text, None);
    };
    let seconds = (number / 100 * 60 + number % 100) * 60;
    let signed = if text.as_bytes()[sign] == b'-' {
        -seconds
    } else {
        seconds
    };
    match Offset::from_seconds(signed) {
        Ok(offset) => (text[..sign].trim_end(), Some(offset)),
        Err(_) => (text, None),
    }
}

/// One space between parts, months of three letters, no fractions of seconds.
fn normal(text: &str) -> String {
    // `25-aug-2007` is `25 aug 2007`, `2007-08-25` stays.
    let named = text.contains(|c: char| c.is_ascii_alphabetic() && c != 't');
    let apart = |c: char| c == ' ' || c == ',' || (named && matches!(c, '-' | '.'));
    let parts = text.split(apart).filter(|part| !part.is_empty());
    let mut out = String::new();
    for part in parts {
        if !out.is_empty() {
            out.push(' ');
        }
        let word = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        out.push_str(if word {
            part.get(..3).unwrap_or(part)
        } else {
            part
        });
    }
    // ISO 8601's letter between day and time, and its fractions.
    let iso =
        out.as_bytes().get(10) == Some(&b't') && out.starts_with(|c: char| c.is_ascii_digit());
    if iso {
        out.replace_range(10..11, " ");
    }
    match out.rfind('.').filter(|_| out.contains(':')) {
        Some(dot) => out[..dot].to_owned(),
        None => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_sites_use_is_read() {
        for (text, expected) in [
            ("25 Jun 2010 15:00:00 PST", "2010-06-25T23:00:00Z"),
            ("25-Aug-2007 15:00:00 EST", "2007-08-25T20:00:00Z"),
            ("25 August 2007 15:00 GMT", "2007-08-25T15:00:00Z"),
            ("Friday, 25-Jun-10 15:00:00 GMT", "2010-06-25T15:00:00Z"),
            ("Wed, 21 Oct 2026 07:28:00 GMT", "2026-10-21T07:28:00Z"),
            ("Wed, 21 Oct 2026 07:28:00 +0200", "2026-10-21T05:28:00Z"),
            ("Wednesday 21 October 2026", "2026-10-22T00:00:00Z"),
            ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"),
            ("2026-12-31", "2027-01-01T00:00:00Z"),
            ("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"),
            ("2026-12-31T23:59:59.123Z", "2026-12-31T23:59:59Z"),
            ("2026-12-31T23:59:59+00:00", "2026-12-31T23:59:59Z"),
            ("2026-12-31T20:00:00-05:00", "2027-01-01T01:00:00Z"),
            ("2026-12-31 23:59", "2026-12-31T23:59:00Z"),
            ("2026/12/31", "2027-01-01T00:00:00Z"),
            ("20261231", "2027-01-01T00:00:00Z"),
            ("Dec 31, 2026", "2027-01-01T00:00:00Z"),
            ("December 31, 2026 10:00:00 CET", "2026-12-31T09:00:00Z"),
            ("31 Dec 2026", "2027-01-01T00:00:00Z"),
            ("1 may 2026 1:02:03 utc", "2026-05-01T01:02:03Z"),
        ] {
            let read = read(text).map(|at| at.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "noindex",
            "2026",
            "2026-13-45",
            "31/12/2026",
            "25 Jun 2010, noindex",
            "Friday",
            "99 Jun 2010",
            "12:00:00",
            "25 Jun 2010 15:00:00 XYZ",
            "-",
            "+",
            "é",
            "2026-12-31T23:59:59+99:99",
            "t",
            "----------t",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
