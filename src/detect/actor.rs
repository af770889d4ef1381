//! Whether a sentence says that anybody in particular did it: an event has an actor, advice and
//! description have "companies", "you" or nobody.

use super::knowledge::knowledge;
use super::phrases;
use super::prepared::Prepared;
use super::rules::Hit;
use super::slots::name;
use crate::model::signal::SignalKind;

/// What is left of the belief in a telling for want of somebody who acts in it.
pub(crate) fn belief(text: &Prepared<'_>, hit: &Hit<'_>) -> f32 {
    /// Where anybody acts: "companies invest", "you can merge".
    const ANYBODY: f32 = 0.6;
    /// Where nobody does.
    const NOBODY: f32 = 0.7;
    // Who is attacked is said by the text around, which that kind's gate reads.
    if hit.rule.kind == SignalKind::SecurityIncident {
        return 1.0;
    }
    let sentence = text.sentences[hit.sentence];
    let words = text.sentence(hit.sentence);
    if text
        .language
        .is_anybody(&words[..hit.span.0 - sentence.start])
    {
        return ANYBODY;
    }
    let slots = [hit.subject, hit.object, hit.seller];
    let named = slots.into_iter().any(|slot| name(text, slot).is_some());
    let told = named
        || hit.count.is_some()
        || hit.amount.is_some()
        || text.language.is_actor(words)
        || text.known.find(words).is_some()
        || names_somebody(words);
    if told { 1.0 } else { NOBODY }
}

/// Whether a sentence names anybody. The one large word that it begins with may be any word: it is
/// somebody where it owns something, or where a verb follows and it is no plural.
fn names_somebody(sentence: &str) -> bool {
    const SPEAKS: &[&str] = &[
        "said", "says", "has", "had", "is", "was", "will", "ha", "dice", "es", "fue",
    ];
    let words = phrases::words(sentence, 0);
    let found = phrases::names(&words);
    found.iter().any(|name| {
        let (first, last) = (&words[name.from], &words[name.to - 1]);
        let whole = &sentence[first.start..last.end];
        if name.to - name.from > 1 {
            return true;
        }
        let next = words.get(name.to).is_some_and(|next| next.is(SPEAKS));
        let acts = first.owns || (next && !first.lower.ends_with('s'));
        (first.start > 0 || acts) && !knowledge().lexicon.is_one(whole)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::company::Company;
    use crate::model::document::Document;
    use crate::model::time::Timestamp;

    #[track_caller]
    fn assert_somebody(sentence: &str, expected: bool) {
        assert_eq!(names_somebody(sentence), expected, "{sentence}");
    }

    #[test]
    fn names_are_somebody_and_first_words_may_be_anything() {
        assert_somebody("Yesterday the talks with Contoso ended", true);
        assert_somebody("Contoso said the talks ended", true);
        assert_somebody("Contoso's talks ended", true);
        assert_somebody("Companies have ended their talks", false);
        assert_somebody("Partnering with an agency helps", false);
        assert_somebody("We moved to Azure", false);
    }

    #[track_caller]
    fn assert_sure(text: &str, sure: bool) {
        let document = Document {
            text: text.to_owned(),
            language: Some("en".to_owned()),
            ..Document::default()
        };
        let found = super::super::detect(&document, &Company::new(""), Timestamp(1));
        let best = found
            .iter()
            .map(|signal| signal.confidence)
            .fold(0.0, f32::max);
        assert_eq!(best >= 0.5, sure, "{text}: {found:?}");
    }

    #[test]
    fn an_event_has_somebody_who_does_it() {
        assert_sure("Contoso partnered with Fabrikam to build sensors.", true);
        assert_sure(
            "The company partnered with Fabrikam to build sensors.",
            true,
        );
        assert_sure(
            "By partnering with a reliable agency, you save effort.",
            false,
        );
        assert_sure("Companies are investing in new software solutions.", false);
    }
}
