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
        // "Over the weekend" and "last weekend" are known by their last word.
        let known = |text: &str| language.relative.get(text).copied();
        let last = || {
            let ends = |entry: &(&String, &i32)| relative.ends_with(&format!(" {}", entry.0));
            language.relative.iter().find(ends).map(|(_, days)| *days)
        };
        let days = known(&relative).or_else(last)?;
        return relative_day(days, today);
    }
    if let Some(unit) = group("unit") {
        // "The third in two months" looks back on no day in particular.
        if group("ago").is_none() && !ahead {
            return None;
        }
        let number = group("number")?;
        let number = number
            .parse()
            .ok()
            .or(language.numbers.get(&number).copied())?;
        let days = number * language.units.get(&unit)?;
        let days = if group("ago").is_some() { -days } else { days };
        return relative_day(days, today);
    }
    if let Some(part) = group("part") {
        let begins = *language
            .parts
            .get(&part.replace('-', " ").replace("fiscal ", ""))?;
        let month = begins.abs();
        let first = match year {
            Some(year) => Day::new(year, month, 1).ok()?,
            None => nearest(today, month, 1, ahead)?,
        };
        // Half a year is no quarter: all that is sure is the year.
        return Some(match begins {
            1.. => (first, Precision::Quarter),
            _ => (first, Precision::Year),
        });
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
        0..=6 => Some((day, Precision::Day)),
        7..=80 => Some((day.first_of_month(), Precision::Month)),
        81..=130 => Some((first_of_quarter(day), Precision::Quarter)),
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

fn first_of_quarter(day: Day) -> Day {
    let month = (day.month() - 1) / 3 * 3 + 1;
    Day::new(day.year(), month, 1).unwrap_or(day)
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
        for (sentence, day, precision) in [
            (
                "It opened two weeks ago",
                date(2026, 5, 1),
                Precision::Month,
            ),
            ("It opened 3 days ago", date(2026, 6, 7), Precision::Day),
            (
                "It opened a year earlier",
                date(2025, 1, 1),
                Precision::Year,
            ),
            (
                "It will open in two months",
                date(2026, 8, 1),
                Precision::Month,
            ),
            (
                "It opened over the weekend",
                date(2026, 6, 7),
                Precision::Day,
            ),
            (
                "It will open next quarter",
                date(2026, 7, 1),
                Precision::Quarter,
            ),
            ("It opened in Q1", date(2026, 1, 1), Precision::Quarter),
            (
                "It closed in the fourth quarter",
                date(2025, 10, 1),
                Precision::Quarter,
            ),
            (
                "It will close in the third quarter",
                date(2026, 7, 1),
                Precision::Quarter,
            ),
            (
                "It opened in the first half of 2026",
                date(2026, 1, 1),
                Precision::Year,
            ),
            (
                "It opens in the fourth fiscal quarter of 2026",
                date(2026, 10, 1),
                Precision::Quarter,
            ),
        ] {
            assert_date("en", sentence, day, precision);
        }
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
        for (sentence, day, precision) in [
            ("Abrio hace dos semanas", date(2026, 5, 1), Precision::Month),
            ("Abrio hace 3 dias", date(2026, 6, 7), Precision::Day),
            (
                "Abrira dentro de dos meses",
                date(2026, 8, 1),
                Precision::Month,
            ),
            (
                "Abrio el pasado fin de semana",
                date(2026, 6, 7),
                Precision::Day,
            ),
            (
                "Cerro en el cuarto trimestre",
                date(2025, 10, 1),
                Precision::Quarter,
            ),
            (
                "Abrira en el segundo semestre de 2026",
                date(2026, 7, 1),
                Precision::Year,
            ),
            (
                "Abrira el mes que viene",
                date(2026, 7, 1),
                Precision::Month,
            ),
        ] {
            assert_date("es", sentence, day, precision);
        }
    }

    #[test]
    fn a_time_of_day_is_no_day() {
        let sentence = "El 2 de junio, a las 5 de la manana, sufrio un ataque";
        let at = sentence.find("sufrio").expect("it is there");
        let language = knowledge().language("es");
        let when = stated(language, sentence, (at, at + 6), date(2026, 6, 10)).expect("a date");
        assert_eq!(when.day, date(2026, 6, 2));
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
