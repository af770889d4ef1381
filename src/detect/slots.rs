//! What a rule's slots hold, cleaned: names of companies, amounts, counts, and the product areas
//! that a position buys for.

use super::names;
use super::prepared::Prepared;
use crate::model::signal::ProductArea;

pub(crate) fn slot(text: &Prepared<'_>, span: Option<(usize, usize)>) -> Option<String> {
    let words = text
        .original(span?)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let words = words
        .trim_matches([',', ';', ':', '(', ')', '"', '“', '”', '-'])
        .trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// A slot that should hold a company: without the words around it that title case lets in.
pub(crate) fn name(text: &Prepared<'_>, span: Option<(usize, usize)>) -> Option<String> {
    const LEADING: &[&str] = &[
        "the",
        "a",
        "an",
        "and",
        "in",
        "on",
        "at",
        "but",
        "as",
        "for",
        "today",
        "yesterday",
        "rival",
        "new",
        "el",
        "la",
        "los",
        "las",
        "en",
        "y",
        "tras",
        "con",
        "startup",
        "its",
        "of",
        "by",
    ];
    const TRAILING: &[&str] = &[
        "has",
        "have",
        "had",
        "is",
        "was",
        "will",
        "to",
        "said",
        "says",
        "and",
        "of",
        "in",
        "for",
        "on",
        "at",
        "the",
        "de",
        "y",
        "from",
        "with",
        "as",
        "by",
        "stake",
        "shares",
        "unit",
        "deal",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "today",
        "&",
    ];
    let words = slot(text, span)?;
    let mut pieces: Vec<&str> = words.split(' ').collect();
    while pieces
        .first()
        .is_some_and(|word| LEADING.contains(&word.to_lowercase().as_str()))
    {
        pieces.remove(0);
    }
    while pieces
        .last()
        .is_some_and(|word| TRAILING.contains(&word.to_lowercase().as_str()))
    {
        pieces.pop();
    }
    // Title case and capitals let whole headlines in: a name ends at the next small word.
    const INSIDE: &[&str] = &[
        "for", "from", "in", "to", "at", "on", "as", "with", "by", "after", "stake", "unit",
    ];
    if let Some(end) = pieces
        .iter()
        .skip(1)
        .position(|word| INSIDE.contains(&word.to_lowercase().as_str()))
    {
        pieces.truncate(end + 1);
    }
    let name = pieces.join(" ");
    let name = name
        .trim_end_matches("'s")
        .trim_end_matches("’s")
        .trim_end_matches([',', '.', '\'']);
    let name = if name.ends_with("Inc") || name.ends_with("Corp") || name.ends_with("Co") {
        name
    } else {
        name.trim_matches(['\'', '’', '(', ')', '<', '>'])
    };
    (name.chars().count() > 1 && names::is_name(name)).then(|| name.to_owned())
}

/// `1,200` and `1.200` are both twelve hundred: fractions of people are not counted.
pub(crate) fn number(words: &str) -> Option<u64> {
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    match digits.parse() {
        Ok(count) => Some(count),
        Err(_) => {
            let small = [
                "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            ];
            let at = small
                .iter()
                .position(|word| words.eq_ignore_ascii_case(word))?;
            u64::try_from(at + 1).ok()
        }
    }
}

/// What a position's holder buys.
pub(crate) fn areas_of(position: &str) -> Vec<ProductArea> {
    use ProductArea::{Azure, Dynamics365, Microsoft365, PowerPlatform, Security};
    let words = names::tokens(position);
    // A short cue is a word of its own: a cook is no COO.
    let has = |cues: &[&str]| {
        cues.iter().any(|cue| {
            words
                .iter()
                .any(|word| word == cue || (cue.len() > 4 && word.starts_with(cue)))
        })
    };
    if has(&["ciso", "security", "seguridad"]) {
        vec![Security, Azure]
    } else if has(&[
        "cio",
        "cto",
        "information",
        "technology",
        "tecnolog",
        "sistemas",
        "digital",
        "informatic",
        "it",
    ]) {
        vec![Azure, Microsoft365, Security]
    } else if has(&["data", "datos", "analytics", "ai", "inteligencia"]) {
        vec![Azure, PowerPlatform]
    } else if has(&[
        "cfo",
        "financ",
        "finance",
        "controller",
        "treasurer",
        "revenue",
        "sales",
        "comercial",
        "ventas",
        "cro",
        "customer",
        "marketing",
        "cmo",
    ]) {
        vec![Dynamics365]
    } else if has(&["coo", "operat", "operacion", "transform"]) {
        vec![Dynamics365, PowerPlatform]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_buy_what_their_holders_answer_for() {
        assert_eq!(
            areas_of("Chief Information Security Officer")[0],
            ProductArea::Security
        );
        assert_eq!(areas_of("Directora financiera"), [ProductArea::Dynamics365]);
        assert!(areas_of("Cook").is_empty());
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(number("1,200"), Some(1200));
        assert_eq!(number("three"), Some(3));
        assert_eq!(number("several"), None);
    }
}
