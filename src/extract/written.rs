//! Dates as people and programs write them, in the languages of the companies that are read.
//!
//! A locale is a language and, where it is known, a country: `en-GB`. It decides what is a day and
//! what a month where both could be.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::month;
use crate::model::time::{Day, Timestamp};

/// What is published on the web was published since then.
const FIRST_YEAR: i16 = 1995;

/// Countries whose English has the month first: where none is known, the most pages are theirs.
const MONTH_FIRST: &[&str] = &["US", "PH", "CA"];

/// The day that a machine-readable value states: ISO 8601 in its forms, RFC 2822, seconds since
/// 1970, or words.
pub(super) fn stated(value: &str, locale: Option<&str>) -> Option<Day> {
    iso(value)
        .or_else(|| since_1970(value))
        .or_else(|| in_text(value, locale))
}

/// `2024-05-03T…`, `2024/5/3`, `20240503`, at the start of the value.
pub(super) fn iso(value: &str) -> Option<Day> {
    static ISO: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)").expect("a valid pattern")
    });
    static COMPACT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*(\d{4})(\d{2})(\d{2})(?:T|\d{6}|\D|$)").expect("a valid pattern")
    });
    let found = ISO.captures(value).or_else(|| COMPACT.captures(value))?;
    day(&found[1], &found[2], &found[3])
}

/// Ten digits are seconds, thirteen are milliseconds.
fn since_1970(value: &str) -> Option<Day> {
    let value = value.trim();
    let number: i64 = value.parse().ok()?;
    let at = match value.len() {
        10 => Timestamp(number * 1000),
        13 => Timestamp(number),
        _ => return None,
    };
    Some(at.day()).filter(|day| (FIRST_YEAR..2100).contains(&day.year()))
}

/// The first date in a text.
pub(super) fn in_text(text: &str, locale: Option<&str>) -> Option<Day> {
    all_in_text(text, locale).next().map(|(_, day)| day)
}

/// Every date in a text, in order, and where it stands.
pub(super) fn all_in_text(
    text: &str,
    locale: Option<&str>,
) -> impl Iterator<Item = (Range<usize>, Day)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let found = WRITTEN.captures_at(text, from)?;
            let whole = found.get(0)?.range();
            if let Some(day) = day_of(text, &found, locale) {
                from = whole.end;
                return Some((whole, day));
            }
            // What looked like a date may hide one: `3 Posted 2024-05-03`.
            let letter = text[whole.start..].chars().next()?;
            from = whole.start + letter.len_utf8();
        }
    })
}

/// All ways in which days are written. Repetitions are bounded, so that no text makes them slow.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?: (?P<d1>\d{1,2}) (?:\.|º|°|ª|st|nd|rd|th|er|ας|η)? [\s\-,/]{0,4}
            (?:(?:de|of|den)\s{1,3}|d[’']\s?)? (?P<m1>\p{L}[\p{L}\p{M}]{2,14}) [.,]?
            [\s\-/,]{0,4} (?:(?:de|del|do)\s{1,3})? ['’]?(?P<y1>(?:19|20)\d\d) )
      | (?: (?P<m2>\p{L}[\p{L}\p{M}]{2,14}) [.,]? [\s\-]{1,4} (?P<d2>\d{1,2}) (?:st|nd|rd|th)?
            [\s,\-]{1,4} (?P<y2>(?:19|20)\d\d) )
      | (?: (?P<y5>(?:19|20)\d\d) (?:\.?\s?gada|\s?m\.|ko|\.)? [\s\-,]{1,4}
            (?:(?P<b5>\d{1,2})\.\s{1,3})? (?P<m5>\p{L}[\p{L}\p{M}]{2,14}) [.,]?
            (?: [\s\-]{1,4} (?P<d5>\d{1,2}) )? )
      | (?: (?P<y3>(?:19|20)\d\d) \s?[-/.年년]\s? (?P<n3>\d{1,2}) \s?[-/.月월]\s? (?P<d3>\d{1,2}) )
      | (?: (?P<a4>\d{1,2}) \s? (?P<s4>[./|-]) \s? (?P<b4>\d{1,2}) \s? [./|-] \s?
            (?P<y4>(?:19|20)\d\d|\d\d) )",
    )
    .expect("a valid pattern")
});

/// The day that a match of [`WRITTEN`] is.
fn day_of(text: &str, found: &Captures<'_>, locale: Option<&str>) -> Option<Day> {
    let part = |name: &str| found.name(name).map(|part| part.as_str());
    let whole = found.get(0)?;
    // A longer number or a version is no date.
    let before = text[..whole.start()].chars().next_back();
    let after = text[whole.end()..].chars().next();
    if before.is_some_and(|c| c.is_ascii_digit() || c == '/' || c == '.')
        || after.is_some_and(|c| c.is_ascii_digit())
    {
        return None;
    }
    let language = locale.map(|locale| locale.split('-').next().unwrap_or(locale));
    for (d, m, y) in [
        ("d1", "m1", "y1"),
        ("d2", "m2", "y2"),
        ("d5", "m5", "y5"),
        ("b5", "m5", "y5"),
    ] {
        if let (Some(d), Some(m), Some(y)) = (part(d), part(m), part(y)) {
            return numbers(y.parse().ok()?, month::named(m, language)?, d.parse().ok()?);
        }
    }
    if let (Some(d), Some(n), Some(y)) = (part("d3"), part("n3"), part("y3")) {
        return day(y, n, d);
    }
    numeric(part("a4")?, part("b4")?, part("y4")?, part("s4")?, locale)
}

/// `3/5/2024`: which is the day is the custom of language and country, unless only one can be.
fn numeric(a: &str, b: &str, year: &str, separator: &str, locale: Option<&str>) -> Option<Day> {
    let (a, b): (i8, i8) = (a.parse().ok()?, b.parse().ok()?);
    let mut year: i16 = year.parse().ok()?;
    if year < 100 {
        // Two digits beside dashes are too often something else.
        if separator != "/" && separator != "." {
            return None;
        }
        year += 2000;
    }
    if separator == "/" && is_month_first(locale) && a <= 12 || b > 12 {
        return numbers(year, a, b).or_else(|| numbers(year, b, a));
    }
    numbers(year, b, a).or_else(|| numbers(year, a, b))
}

/// The other day that a date is where its numbers could be read both ways.
pub(super) fn otherwise(written: &str, day: Day) -> Option<Day> {
    let year_first = written.get(..4)?.bytes().all(|byte| byte.is_ascii_digit());
    let both = !year_first && day.day() <= 12 && !written.contains(char::is_alphabetic);
    both.then(|| Day::new(day.year(), day.day(), day.month()).ok())?
}

fn is_month_first(locale: Option<&str>) -> bool {
    let mut parts = locale.unwrap_or("en").split('-');
    let (language, country) = (parts.next(), parts.next());
    language == Some("en")
        && country.is_none_or(|country| MONTH_FIRST.iter().any(|c| c.eq_ignore_ascii_case(country)))
}

fn day(year: &str, month: &str, day: &str) -> Option<Day> {
    numbers(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn numbers(year: i16, month: i8, day: i8) -> Option<Day> {
    (FIRST_YEAR..2100)
        .contains(&year)
        .then(|| Day::new(year, month, day).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_of_the_web_are_read() {
        let day = Some(jiff::civil::date(2024, 5, 3));
        for (text, locale) in [
            ("Posted on May 3, 2024 by", "en"),
            ("3 May 2024", "en"),
            ("3rd of May 2024", "en"),
            ("03-May-2024", "en"),
            ("3 de mayo de 2024", "es"),
            ("3. Mai 2024", "de"),
            ("le 3 mai 2024", "fr"),
            ("3 de maio de 2024", "pt"),
            ("3/mai/2024", "pt"),
            ("3 maggio 2024", "it"),
            ("3 mei 2024", "nl"),
            ("3 de maig de 2024", "ca"),
            ("3 de maio de 2024", "gl"),
            ("2024ko maiatzaren 3a", "eu"),
            ("den 3 maj 2024", "sv"),
            ("3. maj 2024", "da"),
            ("3. toukokuuta 2024", "fi"),
            ("3 maja 2024 r.", "pl"),
            ("3. května 2024", "cs"),
            ("3. 5. 2024", "cs"),
            ("3. mája 2024", "sk"),
            ("2024. május 3.", "hu"),
            ("3 mai 2024", "ro"),
            ("3 май 2024 г.", "bg"),
            ("3 мая 2024 г.", "ru"),
            ("3 травня 2024 р.", "uk"),
            ("3 Μαΐου 2024", "el"),
            ("3 Mayıs 2024", "tr"),
            ("3. svibnja 2024.", "hr"),
            ("2024 m. gegužės 3 d.", "lt"),
            ("2024. gada 3. maijā", "lv"),
            ("3 مايو 2024", "ar"),
            ("2024年5月3日", "ja"),
            ("2024년 5월 3일", "ko"),
            ("03.05.2024", "de"),
            ("03 | 05 | 2024", "de"),
            ("03/05/2024", "es"),
            ("03/05/2024", "en-GB"),
            ("5/3/2024", "en"),
            ("5/3/2024", "en-US"),
            ("2024-05-03T23:30:00-07:00", "en"),
            ("Fri, 03 May 2024 10:00:00 GMT", "en"),
            ("1714723200", "en"),
            ("1714723200000", "en"),
            ("Page 3 Posted 2024-05-03", "en"),
        ] {
            assert_eq!(stated(text, Some(locale)), day, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "version 1.2.3.2024",
            "call 555-1234",
            "31/31/2024",
            "2024",
            "Mar 2024",
            "20245678",
            "12 marketing 2024",
            "May 3, 1980",
            "5551234567",
        ] {
            assert_eq!(stated(text, Some("en")), None, "{text}");
        }
    }

    #[test]
    fn every_date_of_a_text_is_told_with_its_place() {
        let text = "From 3 May 2024 until 5 June 2024";
        let found: Vec<_> = all_in_text(text, Some("en"))
            .map(|(place, _)| &text[place])
            .collect();
        assert_eq!(found, ["3 May 2024", "5 June 2024"]);
    }

    #[test]
    fn no_text_is_slow() {
        for text in [
            "1 ".repeat(200_000),
            "1/".repeat(200_000),
            " ".repeat(400_000),
        ] {
            assert_eq!(in_text(&text, None), None);
        }
    }
}
