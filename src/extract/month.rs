//! The names of months, in the languages of the companies that are read.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words;

/// Every form of every name: the languages it is a month in, and which.
static NAMES: LazyLock<HashMap<&str, Vec<(&str, i8)>>> = LazyLock::new(|| {
    let mut names: HashMap<&str, Vec<(&str, i8)>> = HashMap::new();
    for (language, months) in words::lists(include_str!("words/month.txt")) {
        for (number, forms) in (1..).zip(months) {
            for form in forms.split_whitespace() {
                names.entry(form).or_default().push((language, number));
            }
        }
    }
    names
});

/// The month that a word names in this language, or else in any.
pub(super) fn named(word: &str, language: Option<&str>) -> Option<i8> {
    let lower = word.to_lowercase();
    let known = NAMES.get(lower.as_str())?;
    let own = known.iter().find(|(of, _)| Some(*of) == language);
    own.or(known.first()).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_twelve() {
        for (language, months) in words::lists(include_str!("words/month.txt")) {
            assert_eq!(months.len(), 12, "{language}");
        }
    }

    #[test]
    fn every_form_of_every_name_is_read_in_a_date() {
        for (language, months) in words::lists(include_str!("words/month.txt")) {
            for (number, forms) in (1..).zip(months) {
                for form in forms
                    .split_whitespace()
                    .filter(|form| form.chars().count() > 2)
                {
                    let text = format!("3 {form} 2024");
                    let wanted = Some(jiff::civil::date(2024, number, 3));
                    let found = super::super::written::in_text(&text, Some(language));
                    assert_eq!(found, wanted, "{language}: {text}");
                }
            }
        }
    }

    #[test]
    fn the_pages_language_decides_what_languages_share() {
        assert_eq!(named("listopada", Some("pl")), Some(11));
        assert_eq!(named("listopada", Some("hr")), Some(10));
        assert_eq!(named("Listopad", None), Some(11));
    }

    #[test]
    fn words_that_begin_like_months_are_none() {
        for word in ["marketing", "company", "mayor", "seller", "december2"] {
            assert_eq!(named(word, Some("en")), None, "{word}");
        }
        assert_eq!(named("März", None), Some(3));
        assert_eq!(named("août", None), Some(8));
    }
}
