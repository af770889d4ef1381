//! Counts anew how often each rule is right and wrong: `FORESIGNAL_CALIBRATE=1 cargo test --test
//! quality` rewrites `src/detect/rules/counts.toml` from the training half of the labelled texts.
//! Read the difference, and measure again, before it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use foresignal::detect::Finding;
use foresignal::model::signal::Modality;

/// Right and wrong by rule and position.
#[derive(Default)]
pub(super) struct Counts(BTreeMap<String, BTreeMap<&'static str, [u32; 2]>>);

/// What stands above the counts.
const HEAD: &str = "\
# How often each rule was right and wrong where the truth was known, by position: [right, wrong].
# Taken from one half of the labelled texts; confidence is measured on the other half.
";

impl Counts {
    /// Whether this run is asked to count.
    pub(super) fn wanted() -> bool {
        std::env::var_os("FORESIGNAL_CALIBRATE").is_some()
    }

    /// Counts one text: each rule once at each position, where it tells what is judged there.
    pub(super) fn add<'f>(&mut self, told: impl Iterator<Item = &'f Finding>, holds: bool) {
        let told: BTreeSet<(&str, &'static str)> = told
            .filter(|finding| matches!(finding.modality, Modality::Asserted | Modality::Planned))
            .map(|finding| (finding.rule.as_str(), finding.stands()))
            .collect();
        for (rule, stands) in told {
            let places = self.0.entry(rule.to_owned()).or_default();
            places.entry(stands).or_default()[usize::from(!holds)] += 1;
        }
    }

    /// Writes the counts where the detectors read them, if this run is to.
    pub(super) fn write(&self) {
        if !Counts::wanted() {
            return;
        }
        let mut text = HEAD.to_owned();
        for (rule, places) in &self.0 {
            let listed: Vec<String> = ["title", "lead", "body"]
                .iter()
                .filter_map(|place| Some((place, places.get(place)?)))
                .map(|(place, [right, wrong])| format!("{place} = [{right}, {wrong}]"))
                .collect();
            writeln!(text, "\"{rule}\" = {{ {} }}", listed.join(", ")).expect("a string grows");
        }
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/src/detect/rules/counts.toml");
        std::fs::write(place, text).expect("the counts can be written");
    }
}
