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
    // A subject that is no name, "I" or "Companies", stands before the verb like any other word.
    let acting = name(text, hit.subject);
    let from = match (&acting, hit.subject) {
        (None, Some((_, end))) => end,
        _ => hit.span.0,
    };
    let from = from - sentence.start;
    let advised = acting.is_none() && is_advice(words, from);
    if advised || text.language.is_anybody(&words[..from]) {
        return ANYBODY;
    }
    let mut slots = [hit.object, hit.seller].into_iter();
    let named = acting.is_some() || slots.any(|slot| name(text, slot).is_some());
    let told = named
        || hit.count.is_some()
        || hit.amount.is_some()
        || text.language.is_actor(words)
        || text.known.find(words).is_some()
        || names_somebody(words);
    if told { 1.0 } else { NOBODY }
}

/// Whether the words that match, at `from`, advise: an order at the head of a sentence, or a gerund
/// that nobody is at: "partner with us", "by partnering with", "tips for buying".
fn is_advice(sentence: &str, from: usize) -> bool {
    const AT: &[&str] = &[
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "'s",
        "'re",
        "'m",
        "after",
        "since",
        "following",
        "also",
        "now",
        "still",
    ];
    /// Bare verbs of the rules, as an order begins with them.
    const ORDERS: &[&str] = &[
        "partner",
        "buy",
        "purchase",
        "acquire",
        "invest",
        "hire",
        "launch",
        "open",
        "join",
        "merge",
        "expand",
        "choose",
        "select",
        "collaborate",
        "team",
        "raise",
        "sell",
        "replace",
        "migrate",
        "move",
        "switch",
        "adopt",
        "deploy",
        "implement",
        "automate",
        "upgrade",
        "evaluate",
        "roll",
    ];
    let word = |text: &str| {
        let word: String = text
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        word.to_ascii_lowercase()
    };
    let told = &sentence[from..];
    let told = told.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let verb = word(told);
    let before = sentence[..from].trim_end();
    let head = before
        .rsplit(['.', ':', '!', '?'])
        .next()
        .unwrap_or_default();
    if !head.contains(|letter: char| letter.is_ascii_alphanumeric()) {
        return ORDERS.contains(&verb.as_str());
    }
    let last = before
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    verb.len() > 5 && verb.ends_with("ing") && !AT.contains(&last.as_str())
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
        assert_sure("Partner with Fabrikam to build sensors.", false);
        assert_sure("Tips for partnering with Fabrikam.", false);
        assert_sure("It is partnering with Fabrikam to build sensors.", true);
    }
}
