//! The line above a text that says who wrote it and when: no part of the text, and of people.

use std::sync::LazyLock;

use super::{words, written};

static BEGINS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    words::lists(include_str!("words/byline.txt"))
        .flat_map(|(_, words)| words)
        .collect()
});

/// How many lines at the start of a text may be such.
const LINES: usize = 3;
/// A longer line is text.
const LONGEST: usize = 100;
/// The words of a name, with titles and a place.
const NAME: usize = 8;

/// A text without the lines at its start that say who wrote it and when.
pub(super) fn without<'t>(text: &'t str, locale: Option<&str>) -> &'t str {
    let mut rest = text;
    for _ in 0..LINES {
        match rest.split_once('\n') {
            Some((line, below)) if is_byline(line, locale) => rest = below,
            _ => break,
        }
    }
    rest
}

fn is_byline(line: &str, locale: Option<&str>) -> bool {
    let line = line.trim();
    if line.len() > LONGEST || line.ends_with(['.', '!', '?', ':']) {
        return false;
    }
    let (name, has_day) = match written::all_in_text(line, locale).next() {
        Some((place, _)) => (line[..place.start].to_owned() + &line[place.end..], true),
        None => (line.to_owned(), false),
    };
    let lower = name.to_lowercase();
    let begin = BEGINS
        .iter()
        .filter(|word| {
            let behind = lower.strip_prefix(**word);
            behind.is_some_and(|behind| behind.starts_with([' ', ':', '\u{A0}']))
        })
        .max_by_key(|word| word.len());
    let said: Vec<&str> = name
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '\'' | '’' | ':')))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    match begin {
        Some(begin) => {
            // A name is capitals, but for what is between its parts; a sentence is not.
            let of_begin = begin.split_whitespace().count();
            let names = said.get(of_begin..).unwrap_or_default();
            let small = |word: &&&str| word.starts_with(char::is_lowercase);
            !names.is_empty() && names.len() <= NAME && names.iter().filter(small).count() <= 2
        }
        None => has_day && said.len() <= 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_when_are_left_out() {
        for line in [
            "By Jane Roe | May 3, 2024",
            "By Jane Roe",
            "Von Max Muster",
            "Por Juan Pérez y Ana Gil",
            "May 3, 2024",
            "3 May 2024 · 10:30 AM",
            "Posted by admin on May 3, 2024",
        ] {
            let text = format!("{line}\nWe open a plant.");
            assert_eq!(without(&text, Some("en")), "We open a plant.", "{line}");
        }
    }

    #[test]
    fn sentences_stay() {
        for line in [
            "By opening a plant we grow in all of the countries of the south",
            "On May 3, 2024, we open a plant",
            "De la empresa se sabe poco, y de su plan menos",
            "By Jane Roe.",
            "A plant",
        ] {
            let text = format!("{line}\nIt is new.");
            assert_eq!(without(&text, Some("en")), text, "{line}");
        }
    }

    #[test]
    fn a_text_of_one_line_stays() {
        assert_eq!(without("By Jane Roe", None), "By Jane Roe");
    }
}
