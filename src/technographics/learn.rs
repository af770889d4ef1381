//! What looks at a company add to its profile, and what has changed since the look before.

use super::observed::{Certificate, Observed};
use crate::model::profile::{Change, Claim, Fact, Profile, Related};
use crate::model::time::Timestamp;

/// What one turn showed of a company.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// What.
    pub shown: Shown,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// DNS: a ping.
    Names(Observed),
    /// One of the company's pages.
    Page(Box<Shows>),
}

/// What a page shows of its company.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shows {
    /// Its URL.
    pub url: String,
    /// Whether it is the company's front page.
    pub front: bool,
    /// Whether there was an answer that could be read: of others, only the certificate counts.
    pub read: bool,
    /// The technologies that it gives away.
    pub facts: Vec<Fact>,
    /// What it states.
    pub claims: Vec<Claim>,
    /// Domains that it, or its certificate, ties to the company's.
    pub related: Vec<Related>,
    /// The certificate that its host showed, where a connection was made for it.
    pub certificate: Option<Certificate>,
    /// What shows that nobody's site is here.
    pub parked: Option<String>,
}

/// Takes a look into the profile. Says what has changed; the profile itself tells whether anything
/// in it did.
pub fn learn(profile: &mut Profile, look: &Look) -> Vec<Change> {
    if let Shown::Page(shows) = &look.shown {
        for fact in &shows.facts {
            profile.saw(fact.clone());
        }
    }
    Vec::new()
}
