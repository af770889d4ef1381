//! From what was seen to facts: what is implied, required and excluded.

use std::collections::HashMap;

use super::super::fusion::shortened;
use super::set::{Set, slug};
use crate::model::profile::Fact;
use crate::model::time::Timestamp;

/// A foreign pattern is never surer: its makers tell 100 percent of most.
const SUREST: f32 = 0.95;

/// What was seen of each technology.
#[derive(Default)]
pub(super) struct Seen {
    patterns: Vec<usize>,
    technologies: HashMap<usize, Sighting>,
}

struct Sighting {
    confidence: f32,
    version: Option<String>,
    evidence: String,
}

impl Seen {
    pub(super) fn has(&self, pattern: usize) -> bool {
        self.patterns.contains(&pattern)
    }

    /// Takes one pattern in, once: the confidences of a technology's patterns add up, as their
    /// makers mean them to.
    pub(super) fn add(
        &mut self,
        pattern: usize,
        technology: usize,
        confidence: f32,
        version: Option<String>,
        evidence: impl FnOnce() -> String,
    ) {
        if self.has(pattern) {
            return;
        }
        self.patterns.push(pattern);
        let seen = self
            .technologies
            .entry(technology)
            .or_insert_with(|| Sighting {
                confidence: 0.0,
                version: None,
                evidence: evidence(),
            });
        seen.confidence = (seen.confidence + confidence).min(1.0);
        // The longest tells most: 6.4.2, not 6.
        if version.as_ref().map_or(0, String::len) > seen.version.as_ref().map_or(0, String::len) {
            seen.version = version;
        }
    }
}

impl Set {
    /// The facts, sorted by slug. `own` are those that are known already.
    pub(super) fn facts(
        &self,
        mut seen: Seen,
        own: &[Fact],
        url: &str,
        now: Timestamp,
    ) -> Vec<Fact> {
        self.require(&mut seen, own);
        self.exclude(&mut seen);
        self.imply(&mut seen);
        let mut facts: Vec<Fact> = Vec::new();
        for (number, seen) in seen.technologies {
            let technology = &self.technologies[number];
            facts.push(Fact {
                technology: technology.slug.clone(),
                name: technology.name.clone(),
                category: technology.category.clone(),
                version: seen.version,
                confidence: seen.confidence * SUREST,
                evidence: shortened(seen.evidence),
                url: url.to_owned(),
                first_seen: now,
                last_seen: now,
                history: Default::default(),
            });
        }
        let surest = |a: &Fact, b: &Fact| b.confidence.total_cmp(&a.confidence);
        facts.sort_by(|a, b| a.technology.cmp(&b.technology).then(surest(a, b)));
        facts.dedup_by(|later, first| later.technology == first.technology);
        facts
    }

    /// Leaves out what requires another technology, or one of a category, that was not seen; again,
    /// as long as something goes.
    fn require(&self, seen: &mut Seen, own: &[Fact]) {
        loop {
            let met = |slug: &String| {
                let known = own
                    .iter()
                    .any(|fact| fact.technology == *slug || self::slug(&fact.name) == *slug);
                known
                    || seen.technologies.keys().any(|&other| {
                        let other = &self.technologies[other];
                        other.slug == *slug || self::slug(&other.name) == *slug
                    })
            };
            let has_category = |category: &u64| {
                let known = own
                    .iter()
                    .filter_map(|fact| self.by_slug.get(&fact.technology));
                let mut all = known.chain(seen.technologies.keys());
                all.any(|&other| self.technologies[other].categories.contains(category))
            };
            let unmet: Vec<usize> = seen
                .technologies
                .keys()
                .copied()
                .filter(|&number| {
                    let technology = &self.technologies[number];
                    let named =
                        technology.requires.is_empty() || technology.requires.iter().any(met);
                    let sorts = &technology.requires_category;
                    !named || !(sorts.is_empty() || sorts.iter().any(has_category))
                })
                .collect();
            if unmet.is_empty() {
                return;
            }
            for number in unmet {
                seen.technologies.remove(&number);
            }
        }
    }

    fn exclude(&self, seen: &mut Seen) {
        let mut sure: Vec<(usize, f32)> = seen
            .technologies
            .iter()
            .map(|(number, one)| (*number, one.confidence))
            .collect();
        sure.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (number, _) in sure {
            if seen.technologies.contains_key(&number) {
                for excluded in &self.technologies[number].excludes {
                    seen.technologies.remove(excluded);
                }
            }
        }
    }

    /// Ends: only what makes surer goes on, and nothing gets surer on its way.
    fn imply(&self, seen: &mut Seen) {
        let mut waiting: Vec<usize> = seen.technologies.keys().copied().collect();
        while let Some(number) = waiting.pop() {
            let Some(cause) = seen.technologies.get(&number) else {
                continue;
            };
            let (confidence, evidence) = (cause.confidence, cause.evidence.clone());
            let technology = &self.technologies[number];
            for &(implied, share) in &technology.implies {
                let trust = confidence * share;
                let other = seen
                    .technologies
                    .entry(implied)
                    .or_insert_with(|| Sighting {
                        confidence: 0.0,
                        version: None,
                        evidence: format!("{}: {evidence}", technology.name),
                    });
                if trust > other.confidence {
                    other.confidence = trust;
                    waiting.push(implied);
                }
            }
        }
    }
}
