//! Fits the weights of the gates anew: `FORESIGNAL_GATES=1 cargo test --test quality` rewrites those
//! of `src/detect/rules/gates.toml` from the training half of the labelled texts. A gate's words are
//! judgement and stay as they are; only what they weigh is learned. Read the difference, and measure
//! again, before it is committed.

use std::collections::BTreeMap;

use foresignal::detect;
use foresignal::detect::ablate::Safeguard;
use foresignal::model::document::Document;
use foresignal::model::signal::SignalKind;

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/detect/rules/gates.toml");

/// Of each kind, what is weighed in a text, and whether the event happened.
#[derive(Default)]
pub(super) struct Gates(BTreeMap<&'static str, Vec<(Vec<f64>, bool)>>);

impl Gates {
    /// Whether this run is asked to fit them; then they are put out of work first, because what
    /// they weigh is how sure a telling is without them.
    pub(super) fn wanted() -> Option<Safeguard> {
        std::env::var_os("FORESIGNAL_GATES").map(|_| Safeguard::Gate)
    }

    /// Takes in one text of a set that a gate was made for, by its surest telling of that kind.
    pub(super) fn add(&mut self, set: &str, document: &Document, holds: bool) {
        let kind = match set {
            "casie" => SignalKind::SecurityIncident,
            "reuters_acq" => SignalKind::Mna,
            _ => return,
        };
        let told = detect::findings(document);
        let sure = told.iter().filter(|finding| finding.kind == kind);
        let Some(best) = sure.map(|finding| finding.confidence).reduce(f32::max) else {
            return;
        };
        if let Some(weighed) = detect::ablate::weighed(document, kind, best) {
            let weighed = weighed.into_iter().map(f64::from).collect();
            self.0.entry(kind.id()).or_default().push((weighed, holds));
        }
    }

    /// Writes the weights where the detectors read them, each in its place, if this run is to.
    pub(super) fn write(&self) {
        if Gates::wanted().is_none() {
            return;
        }
        let file = std::fs::read_to_string(PLACE).expect("the gates can be read");
        let mut weights: Vec<f64> = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for line in file.lines() {
            if let Some(kind) = line.strip_prefix("kind = ") {
                let texts = self.0.get(kind.trim_matches('"'));
                weights = texts.map(|texts| fitted(texts)).unwrap_or_default();
                weights.reverse();
            }
            // In the file's order: the bias, what the rule says, the cues.
            let begins = ["bias = ", "rule = ", "    { in = "];
            let number = begins.iter().any(|begin| line.starts_with(begin));
            match number.then(|| weights.pop()).flatten() {
                Some(weight) => lines.push(replaced(line, weight)),
                None => lines.push(line.to_owned()),
            }
        }
        std::fs::write(PLACE, lines.join("\n") + "\n").expect("the gates can be written");
    }
}

/// The line with another number: the bias, the rule's, or a cue's weight.
fn replaced(line: &str, weight: f64) -> String {
    let at = line.find("weight = ").unwrap_or(0);
    let from = at + line[at..].find("= ").expect("a number follows") + 2;
    let to = line[from..].find(',').map_or(line.len(), |to| from + to);
    format!("{}{weight:.2}{}", &line[..from], &line[to..])
}

/// Logistic regression with a penalty on large weights, by Newton steps along one weight after the
/// other: the bias, what the rule says, the cues.
fn fitted(texts: &[(Vec<f64>, bool)]) -> Vec<f64> {
    /// The larger, the less a weight is trusted that few texts speak for.
    const PENALTY: f64 = 2.0;
    const ROUNDS: usize = 300;
    let rows: Vec<Vec<f64>> = texts
        .iter()
        .map(|(weighed, _)| {
            let (odds, cues) = weighed.split_last().expect("the odds are weighed");
            [&[1.0, *odds], cues].concat()
        })
        .collect();
    let mut weights = vec![0.0; rows.first().map_or(0, Vec::len)];
    let mut sums = vec![0.0; rows.len()];
    for _ in 0..ROUNDS {
        for at in 0..weights.len() {
            let penalty = if at == 0 { 0.0 } else { PENALTY };
            let (mut slope, mut bend) = (penalty * weights[at], penalty + 1e-6);
            for ((row, sum), (_, holds)) in rows.iter().zip(&sums).zip(texts) {
                let believed = 1.0 / (1.0 + f64::exp(-sum));
                slope += row[at] * (believed - f64::from(u8::from(*holds)));
                bend += row[at] * row[at] * believed * (1.0 - believed);
            }
            let step = slope / bend;
            weights[at] -= step;
            for (row, sum) in rows.iter().zip(&mut sums) {
                *sum -= step * row[at];
            }
        }
    }
    weights
}
