//! How a sentence speaks of what a rule found in it: as done, planned, supposed, denied or long
//! past. Nothing is dropped for it; what did not happen, or not lately, is only less sure.

use super::ablate::Safeguard;
use super::language::Language;
use crate::model::signal::Modality;

/// Judges the words before the match, the match itself, and a little after.
pub(crate) fn judge(language: &Language, sentence: &str, span: (usize, usize)) -> Modality {
    /// How much of the sentence before a match still speaks of it.
    const BEFORE: usize = 70;
    const AFTER: usize = 40;
    let words = sentence.as_bytes();
    let from = span.0.saturating_sub(BEFORE);
    let to = (span.1 + AFTER).min(words.len());
    let near = &words[from..to];
    let told = &words[from..span.1];
    if language.negated.is_match(near) {
        Modality::Negated
    } else if language
        .historical
        .is_match(&words[..main_clause(sentence, span.1)])
    {
        Modality::Historical
    } else if sentence.ends_with('?') || language.hypothetical.is_match(near) {
        Modality::Hypothetical
    } else if language.planned.is_match(told) {
        Modality::Planned
    } else {
        Modality::Asserted
    }
}

/// Where the clause ends that the match stands in: what hangs on a later word by "that" or "which"
/// tells of that word's past, not of the event's.
pub(crate) fn main_clause(sentence: &str, end: usize) -> usize {
    const RELATIVE: &[&str] = &[
        " that ", " which ", " who ", " que ", " cuyo ", " cuya ", " where ",
    ];
    let rest = &sentence[end.min(sentence.len())..];
    let cut = RELATIVE.iter().filter_map(|word| rest.find(word)).min();
    cut.map_or(sentence.len(), |at| end + at)
}

/// What a reader may still believe of an event told so.
pub(crate) fn belief(modality: Modality) -> f32 {
    if Safeguard::Modality.is_off() {
        return 1.0;
    }
    match modality {
        Modality::Asserted => 1.0,
        Modality::Planned => 0.97,
        Modality::Hypothetical => 0.75,
        Modality::Negated => 0.35,
        Modality::Historical => 0.45,
    }
}

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;
    use super::*;

    #[track_caller]
    fn assert_told(language: &str, sentence: &str, expected: Modality) {
        let whole = (sentence.len() / 2, sentence.len() / 2 + 1);
        let told = judge(knowledge().language(language), sentence, whole);
        assert_eq!(told, expected, "{sentence}");
    }

    #[test]
    fn english_moods() {
        assert_told("en", "Contoso opened an office in Lyon", Modality::Asserted);
        assert_told(
            "en",
            "Contoso will open an office in Lyon",
            Modality::Planned,
        );
        assert_told(
            "en",
            "Contoso might open an office in Lyon",
            Modality::Hypothetical,
        );
        assert_told(
            "en",
            "Contoso has no plans to open an office",
            Modality::Negated,
        );
        assert_told(
            "en",
            "Founded in 1982, Contoso opened its office",
            Modality::Historical,
        );
    }

    #[test]
    fn spanish_moods() {
        assert_told(
            "es",
            "Contoso abrio una oficina en Vigo",
            Modality::Asserted,
        );
        assert_told(
            "es",
            "Contoso preve abrir una oficina en Vigo",
            Modality::Planned,
        );
        assert_told(
            "es",
            "Contoso podria abrir una oficina en Vigo",
            Modality::Hypothetical,
        );
        assert_told(
            "es",
            "Contoso descarta abrir una oficina en Vigo",
            Modality::Negated,
        );
    }
}
