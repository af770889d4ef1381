//! How far along an event is by the words that tell it: a deal that is agreed has not closed,
//! although both are told as facts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::fold::Folded;
use crate::model::signal::{Modality, Signal, SignalKind, Stage};

/// How many words before it still put a closing off.
const BEFORE: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    done: Vec<String>,
    announced: Vec<String>,
    until: Vec<String>,
}

static WORDS: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    toml::from_str(include_str!("lexicon/stages.toml")).expect("a test reads stages.toml")
});

/// How far along the event of a signal is, which one document tells.
pub(crate) fn of(signal: &Signal) -> Stage {
    let stage = Stage::of(signal.modality);
    let is_deal = matches!(signal.kind, SignalKind::Mna | SignalKind::Investment);
    let open = matches!(signal.modality, Modality::Asserted | Modality::Planned);
    let Some(piece) = signal.evidence.first().filter(|_| is_deal && open) else {
        return stage;
    };
    let language = piece.language.as_deref().unwrap_or("en");
    let told = WORDS
        .get(language)
        .and_then(|words| words.stage(&plain(&piece.quote)));
    told.unwrap_or(stage)
}

/// Words in small ASCII letters, with one blank around each.
fn plain(text: &str) -> String {
    let folded = Folded::new(text).text.to_ascii_lowercase();
    let words = folded.split(|letter: char| !letter.is_ascii_alphanumeric());
    let mut plain = " ".to_owned();
    for word in words.filter(|word| !word.is_empty()) {
        plain.push_str(word);
        plain.push(' ');
    }
    plain
}

impl Words {
    fn stage(&self, plain: &str) -> Option<Stage> {
        let is_put_off = |at: usize| {
            let near: Vec<&str> = plain[..at].rsplit(' ').filter(|w| !w.is_empty()).collect();
            let near: Vec<&str> = near.into_iter().take(BEFORE).rev().collect();
            let near = format!(" {} ", near.join(" "));
            self.until.iter().any(|word| holds(&near, word))
        };
        let closes = |word: &String| {
            let word = format!(" {word} ");
            plain.match_indices(&word).any(|(at, _)| !is_put_off(at))
        };
        if self.done.iter().any(closes) {
            return Some(Stage::Done);
        }
        let agreed = self.announced.iter().any(|word| holds(plain, word));
        agreed.then_some(Stage::Announced)
    }
}

fn holds(plain: &str, word: &str) -> bool {
    plain.contains(&format!(" {word} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_stage(language: &str, sentence: &str, expected: Option<Stage>) {
        let told = WORDS[language].stage(&plain(sentence));
        assert_eq!(told, expected, "{sentence}");
    }

    #[test]
    fn what_is_agreed_has_not_closed() {
        for (language, sentence) in [
            ("en", "Contoso has agreed to acquire Fabrikam for $35M."),
            (
                "en",
                "The acquisition of Fabrikam is expected to be completed in May.",
            ),
            (
                "es",
                "Contoso ha llegado a un acuerdo para la compra de Fabrikam.",
            ),
            (
                "de",
                "Contoso hat eine Vereinbarung zur Übernahme von Fabrikam getroffen.",
            ),
            (
                "fr",
                "Contoso est entré en négociations exclusives pour Fabrikam.",
            ),
        ] {
            assert_stage(language, sentence, Some(Stage::Announced));
        }
    }

    #[test]
    fn what_has_closed_is_done() {
        for (language, sentence) in [
            (
                "en",
                "Contoso completed its acquisition of Fabrikam, announced in May under a definitive agreement.",
            ),
            ("es", "Contoso ha completado la compra de Fabrikam."),
            (
                "de",
                "Contoso hat die Übernahme von Fabrikam abgeschlossen.",
            ),
            ("fr", "Contoso a finalisé l'acquisition de Fabrikam."),
        ] {
            assert_stage(language, sentence, Some(Stage::Done));
        }
        assert_stage("en", "Contoso acquired Fabrikam.", None);
    }
}
