//! What a text is compared by: its words, and which of them are names and numbers.

use super::fold::Folded;
use super::names;
use crate::model::signal::Sketch;

/// The sketch of any text.
pub fn sketch_of(text: &str) -> Sketch {
    sketch(&Folded::new(text).text)
}

/// The sketch of a folded text.
pub(crate) fn sketch(folded: &str) -> Sketch {
    let small = folded.to_ascii_lowercase();
    let words: Vec<(&str, bool)> = names::words(folded)
        .into_iter()
        .map(|(start, end)| {
            let particular = is_particular(folded, start, &folded[start..end]);
            (&small[start..end], particular)
        })
        .collect();
    Sketch::of(&words)
}

/// Whether a word is a number, or a name: large although no sentence begins with it.
fn is_particular(folded: &str, start: usize, word: &str) -> bool {
    let opens = || {
        let before = folded[..start].trim_end_matches([' ', '"', '\'', '(']);
        before.is_empty() || before.ends_with(['\n', '.', '!', '?', ':', '-', '*'])
    };
    word.starts_with(|c: char| c.is_ascii_digit())
        || (word.starts_with(|c: char| c.is_ascii_uppercase()) && !opens())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_told_from_words() {
        let text = "The plant. It makes 40 valves for Contoso, says \"We\"";
        let told: Vec<&str> = names::words(text)
            .into_iter()
            .filter(|(start, end)| is_particular(text, *start, &text[*start..*end]))
            .map(|(start, end)| &text[start..end])
            .collect();
        assert_eq!(told, ["40", "Contoso", "We"]);
    }
}
