//! What a company runs and is: each fact with its evidence, first and last seen.

use serde::{Deserialize, Serialize};

pub use super::change::{Change, Changed, Sight};
pub use super::claim::{Attribute, Claim, ClaimBasis, Related, Relation, RelationBasis, Segment};
use super::company::CompanyId;
pub use super::memory::{Expiry, History, Legacy, Looked, Memory, Moving, Place, Sign, Trace};
use super::time::Timestamp;

/// Everything known about what a company runs and is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose it is.
    pub company: CompanyId,
    /// One a technology, sorted by slug.
    pub facts: Vec<Fact>,
    /// What its pages state of it: by attribute, the most official and most recent first.
    pub claims: Vec<Claim>,
    /// Domains that are its own too, or its kin's, sorted by domain.
    pub related: Vec<Related>,
    /// What its domain is.
    pub standing: Standing,
    /// What was looked at before, so that the next look can tell what is new.
    pub memory: Memory,
}

/// One technology, as all places that show it together do; the evidence is the surest one's.
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
    /// When it was last seen, to the day.
    pub last_seen: Timestamp,
    /// Where it was seen, and what has been told of it.
    pub history: History,
}

/// What a company's domain is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not looked at yet, or nobody could say.
    #[default]
    Unknown,
    /// Somebody's site or mail is there.
    Live,
    /// Nobody's: a page of a registrar or a dealer in domains, that says so or offers it for sale.
    Parked {
        /// Since when that has been seen.
        since: Timestamp,
        /// What shows it.
        evidence: String,
    },
    /// It is not registered (NXDOMAIN).
    Gone {
        /// Since when that has been seen.
        since: Timestamp,
    },
}

impl Profile {
    /// A profile of which nothing is known.
    pub fn new(company: CompanyId) -> Profile {
        Profile {
            company,
            facts: Vec::new(),
            claims: Vec::new(),
            related: Vec::new(),
            standing: Standing::Unknown,
            memory: Memory::default(),
        }
    }

    /// What it runs, as far as is seen: without what is retired.
    pub fn runs(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| fact.retired().is_none())
    }

    /// The fact about the technology of this slug, retired or not.
    pub fn fact(&self, technology: &str) -> Option<&Fact> {
        let place = self
            .facts
            .binary_search_by(|known| known.technology.as_str().cmp(technology));
        place.ok().map(|place| &self.facts[place])
    }

    /// The most official claim about this, of equals the most recent.
    pub fn best(&self, attribute: Attribute) -> Option<&Claim> {
        self.about(attribute).next()
    }

    /// What else is claimed of it beside the [best](Profile::best).
    pub fn others(&self, attribute: Attribute) -> impl Iterator<Item = &Claim> {
        self.about(attribute).skip(1)
    }

    /// How large the company is, by the best claim about its employees.
    pub fn segment(&self) -> Option<Segment> {
        Segment::of(&self.best(Attribute::Employees)?.value)
    }

    fn about(&self, attribute: Attribute) -> impl Iterator<Item = &Claim> {
        let claims = self.claims.iter();
        claims.filter(move |claim| claim.attribute == attribute)
    }
}

impl Fact {
    /// Since when it is known to be gone, where it is.
    pub fn retired(&self) -> Option<Timestamp> {
        self.history.retired
    }
}
