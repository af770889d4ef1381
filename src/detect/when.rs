//! When an event happened: the date that its sentence states, resolved against the day on which
//! the text was published. Most dates in news are relative or lack a year.

use jiff::ToSpan;
use regex::bytes::{Captures, Regex};

use super::language::Language;
use crate::model::signal::{Basis, Modality, Precision, When};
use crate::model::time::Day;

/// The date that `sentence` states nearest to `span`, if any.
pub(crate) fn stated(
    language: &Language,
    sentence: &str,
    span: (usize, usize),
    today: Day,
) -> Option<When> {
    let words = sentence.as_bytes();
    let ahead = language.future.is_match(words);
    let mut best: Option<(usize, When)> = None;
    for pattern in &language.dates {
        for found in captures(pattern, words) {
            let whole = found.get(0)?;
            let distance = if whole.end() <= span.0 {
                span.0 - whole.end()
            } else {
                whole.start().saturating_sub(span.1)
            };
            if best
                .as_ref()
                .is_some_and(|(nearest, _)| *nearest <= distance)
            {
                continue;
            }
            if let Some((day, precision)) = resolve(language, &found, today, ahead) {
                let when = When {
                    day,
                    precision,
                    basis: Basis::Text,
                };
                best = Some((distance, when));
            }
        }
    }
    best.map(|(_, when)| when)
}

fn captures<'h>(pattern: &'h Regex, words: &'h [u8]) -> impl Iterator<Item = Captures<'h>> {
    // A digit or a day's name is rare in a sentence; most patterns end here.
    pattern.captures_iter(words)
}

/// The mood of an event whose stated date lies long before, or after, the telling.
pub(crate) fn mood(told: Modality, event: Option<When>, published: Day) -> Modality {
    let Some(event) = event else {
        return told;
    };
    let believed = matches!(told, Modality::Asserted | Modality::Planned);
    if believed && event.day.year() < published.year() - 1 {
        Modality::Historical
    } else if told == Modality::Asserted
        && event.day > published
        && event.precision <= Precision::Month
    {
        Modality::Planned
    } else {
        told
    }
}

fn resolve(
    language: &Language,
    found: &Captures<'_>,
    today: Day,
    ahead: bool,
) -> Option<(Day, Precision)> {
    let group = |name: &str| {
        let text = found.name(name)?.as_bytes();
        Some(String::from_utf8_lossy(text).to_ascii_lowercase())
    };
    let year: Option<i16> = group("year").and_then(|year| year.parse().ok());
    let day: Option<i8> = group("day").and_then(|day| day.parse().ok());
    if let Some(relative) = group("relative") {
        return relative_day(*language.relative.get(&relative)?, today);
    }
    if let Some(quarter) = group("quarter") {
        let month = 3 * quarter_number(&quarter)? + 1;
        let first = Day::new(year.unwrap_or(today.year()), month, 1).ok()?;
        return Some((first, Precision::Quarter));
    }
    let month = match (group("monthnumber"), group("month")) {
        (Some(number), _) => Some(number.parse::<i8>().ok()?),
        (None, Some(name)) => Some(position(&language.months, &name)? + 1),
        (None, None) => None,
    };
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => {
            Some((Day::new(year, month, day).ok()?, Precision::Day))
        }
        (Some(year), Some(month), None) => Some((Day::new(year, month, 1).ok()?, Precision::Month)),
        (Some(year), None, None) => Some((Day::new(year, 1, 1).ok()?, Precision::Year)),
        (None, Some(month), Some(day)) => {
            Some((nearest(today, month, day, ahead)?, Precision::Day))
        }
        (None, Some(month), None) => Some((nearest(today, month, 1, ahead)?, Precision::Month)),
        _ => {
            let weekday = position(&language.weekdays, &group("weekday")?)?;
            let back = (today.weekday().to_monday_zero_offset() - weekday).rem_euclid(7);
            let shift = if ahead && back > 0 { 7 - back } else { -back };
            let day = today.checked_add(i64::from(shift).days()).ok()?;
            Some((day, Precision::Day))
        }
    }
}

fn relative_day(days: i32, today: Day) -> Option<(Day, Precision)> {
    let day = today.checked_add(i64::from(days).days()).ok()?;
    match days.abs() {
        0..=1 => Some((day, Precision::Day)),
        2..=30 => Some((day.first_of_month(), Precision::Month)),
        _ => Some((day.first_of_year(), Precision::Year)),
    }
}

/// The year that a date without one means: the nearest past, within eleven months, or, where the
/// sentence looks ahead, the nearest future.
fn nearest(today: Day, month: i8, day: i8, ahead: bool) -> Option<Day> {
    let year = today.year();
    let this = Day::new(year, month, day).ok()?;
    if ahead && this < today && (today.month(), month) != (12, 12) {
        return Day::new(
            if this.first_of_month() == today.first_of_month() {
                year
            } else {
                year + 1
            },
            month,
            day,
        )
        .ok();
    }
    if !ahead && this > today {
        return Day::new(year - 1, month, day).ok();
    }
    Some(this)
}

fn quarter_number(name: &str) -> Option<i8> {
    match name {
        "first" | "primer" | "q1" => Some(0),
        "second" | "segundo" | "q2" => Some(1),
        "third" | "tercer" | "q3" => Some(2),
        "fourth" | "cuarto" | "q4" => Some(3),
        _ => None,
    }
}

/// Which of `beginnings` the `word` starts with; the first three letters tell.
fn position(beginnings: &[String], word: &str) -> Option<i8> {
    let head = word.get(..3)?;
    let at = beginnings
        .iter()
        .position(|beginning| beginning.split('|').any(|one| one.get(..3) == Some(head)))?;
    i8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::knowledge::knowledge;
    use super::*;

    /// Published on Wednesday, 2026-06-10.
    #[track_caller]
    fn assert_date(language: &str, sentence: &str, day: Day, precision: Precision) {
        let language = knowledge().language(language);
        let when = stated(language, sentence, (0, 4), date(2026, 6, 10)).expect("a date");
        assert_eq!((when.day, when.precision), (day, precision), "{sentence}");
    }

    #[test]
    fn english_dates() {
        assert_date(
            "en",
            "It opened on Tuesday",
            date(2026, 6, 9),
            Precision::Day,
        );
        assert_date(
            "en",
            "It will open on Friday",
            date(2026, 6, 12),
            Precision::Day,
        );
        assert_date(
            "en",
            "It opened on September 3",
            date(2025, 9, 3),
            Precision::Day,
        );
        assert_date(
            "en",
            "It will open in October",
            date(2026, 10, 1),
            Precision::Month,
        );
        assert_date(
            "en",
            "It opened in March 2024",
            date(2024, 3, 1),
            Precision::Month,
        );
        assert_date(
            "en",
            "It opens in Q3 2026",
            date(2026, 7, 1),
            Precision::Quarter,
        );
        assert_date("en", "It opened in 2019", date(2019, 1, 1), Precision::Year);
        assert_date(
            "en",
            "It opened last month",
            date(2026, 5, 1),
            Precision::Month,
        );
    }

    #[test]
    fn spanish_dates() {
        assert_date(
            "es",
            "Abrio el pasado 1 de abril",
            date(2026, 4, 1),
            Precision::Day,
        );
        assert_date("es", "Abrio este martes", date(2026, 6, 9), Precision::Day);
        assert_date(
            "es",
            "Abrio a finales de 2021",
            date(2021, 1, 1),
            Precision::Year,
        );
        assert_date(
            "es",
            "Abrira en el tercer trimestre de 2026",
            date(2026, 7, 1),
            Precision::Quarter,
        );
    }

    #[test]
    fn old_dates_are_history() {
        let when = |year| {
            Some(When {
                day: date(year, 1, 1),
                precision: Precision::Year,
                basis: Basis::Text,
            })
        };
        let today = date(2026, 6, 10);
        assert_eq!(
            mood(Modality::Asserted, when(2021), today),
            Modality::Historical
        );
        assert_eq!(
            mood(Modality::Asserted, when(2025), today),
            Modality::Asserted
        );
        assert_eq!(
            mood(Modality::Negated, when(2021), today),
            Modality::Negated
        );
    }
}
