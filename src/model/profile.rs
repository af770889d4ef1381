//! What a company runs and is: each fact with its evidence, first and last seen.

use serde::{Deserialize, Serialize};

use super::company::CompanyId;
use super::time::Timestamp;

/// Everything known about what a company runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose it is.
    pub company: CompanyId,
    /// One a technology, sorted by name.
    pub facts: Vec<Fact>,
}

/// One technology, seen at one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Its slug in the fingerprints: `hubspot`.
    pub technology: String,
    /// Its name as shown.
    pub name: String,
    /// Its category: `crm`, `cms`.
    pub category: String,
    /// The version, where shown.
    pub version: Option<String>,
    /// How sure, 0–1.
    pub confidence: f32,
    /// What gave it away: `script src https://js.hs-scripts.com/…`.
    pub evidence: String,
    /// The URL it was seen at.
    pub url: String,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

impl Profile {
    /// A profile of which nothing is known.
    pub fn new(company: CompanyId) -> Profile {
        Profile {
            company,
            facts: Vec::new(),
        }
    }

    /// Takes one sighting in: a known technology is refreshed, a new one added in order. The
    /// outcome does not depend on the order in which sightings of different times come.
    pub fn saw(&mut self, fact: Fact) {
        match self
            .facts
            .binary_search_by(|known| known.technology.cmp(&fact.technology))
        {
            Err(place) => self.facts.insert(place, fact),
            Ok(place) => {
                let known = &mut self.facts[place];
                let first_seen = known.first_seen.min(fact.first_seen);
                if fact.last_seen >= known.last_seen {
                    let version = fact.version.clone().or_else(|| known.version.take());
                    *known = Fact { version, ..fact };
                } else if known.version.is_none() {
                    known.version = fact.version;
                }
                known.first_seen = first_seen;
            }
        }
    }
}
