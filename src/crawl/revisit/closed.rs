//! Whether the page of a position says that it is open no more, in seven languages. Pure.
//!
//! Precision first: the words stand in the title or near the beginning, in a short sentence that
//! does not speak of a day to come.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::crawl::words;

/// How far into the text such words are believed: below stand other positions, and terms.
const BEGINNING: usize = 1500;
/// A sentence of more bytes says more than that.
const SENTENCE: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    phrases: Vec<String>,
    vetoes: Vec<String>,
}

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let lists: BTreeMap<String, Words> =
        toml::from_str(include_str!("closed.toml")).expect("a test reads closed.toml");
    let slugs = |words: Vec<String>| words.iter().map(|word| hyphened(word)).collect();
    let lists = lists.into_values().map(|list| Words {
        phrases: slugs(list.phrases),
        vetoes: slugs(list.vetoes),
    });
    lists.collect()
});

/// Whether a position's page, of this title and text, says so.
pub fn says_so(title: &str, text: &str) -> bool {
    let end = text.floor_char_boundary(BEGINNING);
    let sentences = text[..end].split(['.', '!', '?', '\n']);
    std::iter::once(title)
        .chain(sentences)
        .filter(|sentence| !sentence.is_empty() && sentence.len() <= SENTENCE)
        .any(|sentence| {
            let sentence = hyphened(sentence);
            WORDS.iter().any(|list| list.closes(&sentence))
        })
}

impl Words {
    fn closes(&self, sentence: &str) -> bool {
        let found = self
            .phrases
            .iter()
            .filter_map(|phrase| sentence.find(phrase));
        let vetoed = |before: &str| self.vetoes.iter().any(|veto| before.contains(veto));
        // The hyphen that begins the phrase ends the word before it.
        found.into_iter().any(|at| !vetoed(&sentence[..=at]))
    }
}

/// `-this-position-has-been-filled-`: between hyphens, so that words are found whole.
fn hyphened(text: &str) -> String {
    format!("-{}-", words::slug(text).trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_position_says_so_in_seven_languages() {
        for text in [
            "Welder\nThis position has been filled.",
            "Sorry! This job is no longer available.",
            "We are no longer accepting applications for this role.",
            "Esta oferta ya no está disponible.",
            "Lo sentimos, la vacante ha sido cubierta.",
            "Diese Stelle ist bereits besetzt.",
            "Cette offre n’est plus disponible.",
            "Ce poste a été pourvu.",
            "Esta vaga já foi preenchida.",
            "Questa posizione non è più disponibile.",
            "Deze vacature is gesloten.",
        ] {
            assert!(says_so("", text), "{text}");
        }
        assert!(says_so("Vacante cerrada: Soldador", ""));
        assert_eq!(WORDS.len(), 7);
    }

    #[test]
    fn an_open_position_does_not() {
        let far = format!(
            "{}\nThis position has been filled.",
            "We build. ".repeat(200)
        );
        for text in [
            "This posting stays open until the position has been filled.",
            "If this position is no longer available, look at our other jobs.",
            "Once this role has been filled, the advert is taken down.",
            "We'll let you know when applications are closed.",
            "Die Anzeige bleibt online, bis die Stelle wurde besetzt.",
            "Si cette offre n'est plus disponible, écrivez-nous.",
            "La oferta estará publicada hasta que la vacante ha sido cubierta.",
            "Se questa posizione non è più disponibile, scrivici.",
            "You keep filled positions in our ERP up to date.",
            "Apply now: welder, Lyon.",
            "",
            &far,
        ] {
            assert!(!says_so("Welder", text), "{text}");
        }
    }
}
