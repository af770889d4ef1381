//! Dates as people and programs write them, in the languages of the companies that are read.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::time::Day;

/// The first years of months in every language read here. A name is known by its first letters,
/// folded; the longest that fits decides.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "jän", "gen", "янв", "sty"],
    &["feb", "fév", "fev", "фев", "lut"],
    &["mar", "mär", "mrz", "maa", "мар"],
    &["apr", "abr", "avr", "апр", "kwi"],
    &["may", "mai", "mei", "mag", "maj", "мая", "май"],
    &["jun", "juin", "giu", "июн", "cze"],
    &["jul", "juil", "lug", "июл", "lip"],
    &["aug", "ago", "aoû", "aou", "авг", "sie"],
    &["sep", "set", "сен", "wrz"],
    &["oct", "okt", "out", "ott", "окт", "paź", "paz"],
    &["nov", "ноя", "lis"],
    &["dec", "dic", "dez", "déc", "дек", "gru"],
];

/// The day that a machine-readable value states: ISO 8601 in its forms, RFC 2822, or words.
pub(super) fn stated(value: &str, language: Option<&str>) -> Option<Day> {
    iso(value).or_else(|| in_text(value, language))
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

/// The first date in a text.
pub(super) fn in_text(text: &str, language: Option<&str>) -> Option<Day> {
    all_in_text(text, language).into_iter().next()
}

/// Every date in a text, in order.
pub(super) fn all_in_text(text: &str, language: Option<&str>) -> Vec<Day> {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?x)
            (?: (?P<d1>\d{1,2}) (?:\.|º|°|st|nd|rd|th|er)? (?:\s|-|,)* (?:(?:de|of|d’|d')\s*)? (?P<m1>\p{L}{3,10}) [.,]? (?:\s|-)* (?:(?:de|del)\s+)? ['’]?(?P<y1>(?:19|20)\d\d) )
          | (?: (?P<m2>\p{L}{3,10}) [.,]? (?:\s|-)+ (?P<d2>\d{1,2}) (?:st|nd|rd|th)? (?:\s|,|-)+ (?P<y2>(?:19|20)\d\d) )
          | (?: (?P<y3>(?:19|20)\d\d) \s?[-/.年]\s? (?P<n3>\d{1,2}) \s?[-/.月]\s? (?P<d3>\d{1,2}) )
          | (?: (?P<a4>\d{1,2}) (?P<s4>[./-]) \s? (?P<b4>\d{1,2}) [./-] \s? (?P<y4>(?:19|20)\d\d|\d\d) )",
        )
        .expect("a valid pattern")
    });
    WORDS
        .captures_iter(text)
        .filter_map(|found| {
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
            if let (Some(d), Some(m), Some(y)) = (part("d1"), part("m1"), part("y1")) {
                return numbers(y.parse().ok()?, month(m)?, d.parse().ok()?);
            }
            if let (Some(d), Some(m), Some(y)) = (part("d2"), part("m2"), part("y2")) {
                return numbers(y.parse().ok()?, month(m)?, d.parse().ok()?);
            }
            if let (Some(d), Some(n), Some(y)) = (part("d3"), part("n3"), part("y3")) {
                return day(y, n, d);
            }
            numeric(part("a4")?, part("b4")?, part("y4")?, part("s4")?, language)
        })
        .collect()
}

/// The month that a word names.
pub(super) fn month(word: &str) -> Option<i8> {
    let lower = word.to_lowercase();
    let fits = |names: &&[&str]| {
        names
            .iter()
            .filter(|name| lower.starts_with(**name))
            .map(|name| name.len())
            .max()
    };
    let (index, _) = MONTHS
        .iter()
        .enumerate()
        .filter_map(|(index, names)| Some((index, fits(names)?)))
        .max_by_key(|(_, length)| *length)?;
    Some(index as i8 + 1)
}

/// `3/5/2024`: which is the day is the language's custom, unless only one can be.
fn numeric(a: &str, b: &str, year: &str, separator: &str, language: Option<&str>) -> Option<Day> {
    let (a, b): (i8, i8) = (a.parse().ok()?, b.parse().ok()?);
    let mut year: i16 = year.parse().ok()?;
    if year < 100 {
        // Two digits beside dots or dashes are too often something else.
        if separator != "/" && separator != "." {
            return None;
        }
        year += 2000;
    }
    let american = separator == "/" && language.is_none_or(|language| language == "en");
    if american && a <= 12 || b > 12 {
        return numbers(year, a, b).or_else(|| numbers(year, b, a));
    }
    numbers(year, b, a).or_else(|| numbers(year, a, b))
}

fn day(year: &str, month: &str, day: &str) -> Option<Day> {
    numbers(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn numbers(year: i16, month: i8, day: i8) -> Option<Day> {
    (1990..2100)
        .contains(&year)
        .then(|| Day::new(year, month, day).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_of_the_web_are_read() {
        let day = Some(jiff::civil::date(2024, 5, 3));
        for (text, language) in [
            ("Posted on May 3, 2024 by", "en"),
            ("3 May 2024", "en"),
            ("3rd of May 2024", "en"),
            ("3 de mayo de 2024", "es"),
            ("3. Mai 2024", "de"),
            ("le 3 mai 2024", "fr"),
            ("3 de maio de 2024", "pt"),
            ("3 maggio 2024", "it"),
            ("3 mei 2024", "nl"),
            ("03.05.2024", "de"),
            ("03/05/2024", "es"),
            ("5/3/2024", "en"),
            ("2024年5月3日", "ja"),
            ("2024-05-03T23:30:00-07:00", "en"),
            ("Fri, 03 May 2024 10:00:00 GMT", "en"),
        ] {
            assert_eq!(stated(text, Some(language)), day, "{text}");
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
        ] {
            assert_eq!(stated(text, Some("en")), None, "{text}");
        }
    }

    #[test]
    fn months_with_a_common_beginning_are_told_apart() {
        assert_eq!(month("juillet"), Some(7));
        assert_eq!(month("juin"), Some(6));
        assert_eq!(month("März"), Some(3));
        assert_eq!(month("marzo"), Some(3));
        assert_eq!(month("octubre"), Some(10));
        assert_eq!(month("company"), None);
    }
}
