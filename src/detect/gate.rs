//! Whether a text tells of events at all: counted cues of a report against cues of a guide, a
//! warning or a table of results, as data.
//!
//! A rule sees one sentence; whether "hackers stole data" is what happened to somebody or what a
//! product protects from is said by the text around it.

use regex::bytes::Regex;
use serde::Deserialize;

use super::ablate::Safeguard;
use super::language::compile;
use super::rulefile::LoadError;
use crate::model::signal::SignalKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateFile {
    gate: Vec<GateEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateEntry {
    kind: SignalKind,
    language: String,
    bias: f32,
    rule: f32,
    cue: Vec<CueEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueEntry {
    r#in: Part,
    weight: f32,
    words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Title,
    Text,
}

/// One kind's gate in one language.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) kind: SignalKind,
    pub(crate) language: String,
    bias: f32,
    rule: f32,
    cues: Vec<(Part, f32, Regex)>,
}

/// Reads the gates.
pub(crate) fn load(source: &str) -> Result<Vec<Gate>, LoadError> {
    let file: GateFile = toml::from_str(source).map_err(|error| LoadError::Syntax {
        file: "gates".to_owned(),
        reason: error.to_string(),
    })?;
    file.gate
        .into_iter()
        .map(|entry| {
            let cues = entry
                .cue
                .into_iter()
                .map(|cue| Ok((cue.r#in, cue.weight, compile(&cue.words, "gates")?)))
                .collect::<Result<_, LoadError>>()?;
            Ok(Gate {
                kind: entry.kind,
                language: entry.language,
                bias: entry.bias,
                rule: entry.rule,
                cues,
            })
        })
        .collect()
}

impl Gate {
    /// How loud each cue is in `title` or `text`; folded.
    pub(crate) fn cues<'a>(&'a self, title: &'a str, text: &'a str) -> impl Iterator<Item = f32> {
        /// What stands further below is not what the text is about.
        const HEAD: usize = 6000;
        /// A word said a hundred times says no more than one said a dozen times.
        const MOST: usize = 12;
        let text = &text.as_bytes()[..text.len().min(HEAD)];
        self.cues.iter().map(move |(part, _, words)| {
            let place = match part {
                Part::Title => title.as_bytes(),
                Part::Text => text,
            };
            let count = words.find_iter(place).take(MOST).count();
            #[expect(clippy::cast_precision_loss, reason = "a dozen at most")]
            let count = count as f32;
            count.ln_1p()
        })
    }

    /// What the cues of `title` and `text` say together; folded.
    pub(crate) fn score(&self, title: &str, text: &str) -> f32 {
        let weights = self.cues.iter().map(|(_, weight, _)| weight);
        let said = weights.zip(self.cues(title, text));
        self.bias + said.map(|(weight, cue)| weight * cue).sum::<f32>()
    }

    /// Where [`Gate::adjust`] begins: the odds of a telling by itself, as a logarithm.
    pub(crate) fn odds(confidence: f32) -> f32 {
        let confidence = confidence.clamp(0.05, 0.97);
        (confidence / (1.0 - confidence)).ln()
    }

    /// A telling's confidence in the light of the whole text's `score`.
    pub(crate) fn adjust(&self, confidence: f32, score: f32) -> f32 {
        if Safeguard::Gate.is_off() {
            return confidence;
        }
        1.0 / (1.0 + (-(score + self.rule * Gate::odds(confidence))).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;
    use super::*;

    #[track_caller]
    fn assert_believed(title: &str, text: &str, believed: bool) {
        let gate = knowledge()
            .gate(SignalKind::SecurityIncident, "en")
            .expect("there is one");
        let after = gate.adjust(0.7, gate.score(title, text));
        assert_eq!(after >= 0.5, believed, "{after}");
    }

    #[test]
    fn incidents_pass_and_topics_do_not() {
        assert_believed(
            "Contoso confirms theft of customer records",
            "Records of 2,000 patients were stolen from the hospital on Friday, a spokesman said. \
             Police investigate.",
            true,
        );
        assert_believed(
            "How new ransomware exploits a flaw",
            "Researchers found a variant of the malware. The payload exploits two vulnerabilities; \
             a patch is available. A survey says percent of firms lack solutions.",
            false,
        );
    }
}
