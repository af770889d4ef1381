//! A buying signal: one event at one company, with the evidence for it.
//!
//! Invariants: an event has one [`SignalId`], whichever page tells it; a signal has at least one
//! piece of evidence; [`Signal::absorb`] is idempotent and, up to [`Signal::EVIDENCE`] places, does
//! not care for order: what a signal says follows from its evidence.

use std::fmt;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::company::CompanyId;
pub use super::kind::{Modality, ProductArea, Role, SignalKind};
pub use super::provenance::{Provenance, Sketch, Standing};
pub use super::telling::{Stage, Status, Telling, Told, Why, Withdrawal};
use super::time::{Day, Timestamp};

/// A day as sure as the text states it, and what it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct When {
    /// The first day of the stated span.
    pub day: Day,
    /// How long the span is.
    pub precision: Precision,
    /// What it was read from.
    pub basis: Basis,
}

/// How exact a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Precision {
    Day,
    Month,
    Quarter,
    Year,
}

/// What an event's date was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Words beside the evidence.
    Text,
    /// The document's date of publication.
    Published,
    /// The day it was first seen, for want of better.
    FirstSeen,
}

/// What the text names beside the event itself; never a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    /// The other company: partner, target, buyer, customer, vendor.
    pub counterpart: Option<String>,
    /// An amount of money, as written: `$35M`.
    pub amount: Option<String>,
    /// A position: `Chief Information Security Officer`.
    pub position: Option<String>,
    /// A place, as written.
    pub place: Option<String>,
    /// A count of people, sites, machines.
    pub count: Option<u64>,
    /// Technologies, by their lexicon name.
    pub technologies: Vec<String>,
}

/// 16 bytes that name an event at a company.
/// To people (JSON) it is written in hexadecimal digits, to the store as the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct SignalId(pub [u8; 16]);

impl Serialize for SignalId {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() {
            out.collect_str(self)
        } else {
            self.0.serialize(out)
        }
    }
}

impl SignalId {
    /// The id of the event that `key` tells from others of its kind at that company.
    pub fn new(company: &CompanyId, kind: SignalKind, key: &str) -> SignalId {
        let name = format!("{}\u{1f}{}\u{1f}{key}", company.0, kind.id());
        SignalId(xxh3_128(name.as_bytes()).to_be_bytes())
    }

    /// From the 32 hexadecimal digits that [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<SignalId> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16)
            .ok()
            .map(|id| SignalId(id.to_be_bytes()))
    }
}

impl fmt::Display for SignalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// One place that tells of the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The page.
    pub url: String,
    /// The registrable domain that publishes it: two pages of one origin are one witness.
    pub origin: String,
    /// At most 300 characters of the page, without persons' names, e-mail addresses and phone
    /// numbers.
    pub quote: String,
    /// The words of the quote that made it evidence: byte ranges, in order.
    pub marks: Vec<(u16, u16)>,
    /// The document's title, likewise without persons.
    pub title: String,
    /// The document's language, ISO 639-1.
    pub language: Option<String>,
    /// The day it says it was published.
    pub published: Option<Day>,
    /// When we read it.
    pub seen: Timestamp,
    /// The detector that found it.
    pub detector: String,
    /// The detector's or rule file's version.
    pub version: u16,
    /// The rule that matched, where there is one: `funding.round`.
    pub rule: String,
    /// How sure this place alone makes us, 0–1.
    pub confidence: f32,
    /// Who published it, and whether somebody else did before.
    pub provenance: Provenance,
    /// Why it is as sure as that: the product of these. Those that change nothing are left out.
    pub because: Vec<(Cause, f32)>,
    /// What it tells of the event, and whether it still does.
    pub telling: Telling,
}

/// What makes a piece of evidence more or less sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// How often the rule, or whatever else found it, is right at such a place.
    Rule,
    /// The kind of page it stands on.
    Page,
    /// Whether the text around it tells of such events at all.
    Text,
    /// Whether what such an event has is named: who leaves, and from which post.
    Slots,
    /// Whether somebody in particular does it.
    Actor,
    /// How it is told: as done, planned, supposed, denied or long past.
    Mood,
    /// Whose event it is.
    Whose,
    /// News that were old when they were read.
    Age,
    /// The same page says it more than once.
    Again,
}

/// One event at one company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Its name.
    pub id: SignalId,
    /// Whose it is.
    pub company: CompanyId,
    /// What happened.
    pub kind: SignalKind,
    /// The part that the company plays.
    pub role: Role,
    /// What it might buy for it, sorted.
    pub areas: Vec<ProductArea>,
    /// How the text speaks of it.
    pub modality: Modality,
    /// When it happened or will.
    pub event: Option<When>,
    /// The earliest day on which a document told it.
    pub published: Option<Day>,
    /// What else is known of it.
    pub slots: Slots,
    /// How sure all places together make us, 0–1.
    pub confidence: f32,
    /// Who says so, the surest first, of copies the most official one, at most
    /// [`Signal::EVIDENCE`]; behind them who said so, and does no more.
    pub evidence: Vec<Evidence>,
    /// When we first read of it.
    pub first_seen: Timestamp,
    /// When we last read of it.
    pub last_seen: Timestamp,
}

impl Signal {
    /// How many pieces of evidence a signal keeps: a wire story on a thousand sites is no surer.
    pub const EVIDENCE: usize = 8;
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A signal told at `url` with `confidence`, for tests of rooms that only carry signals.
    pub(crate) fn told(company: &str, key: &str, url: &str, confidence: f32) -> Signal {
        let company = CompanyId(company.to_owned());
        let origin = url.split('/').nth(2).unwrap_or_default().to_owned();
        Signal {
            id: SignalId::new(&company, SignalKind::Funding, key),
            company,
            kind: SignalKind::Funding,
            role: Role::Subject,
            areas: vec![ProductArea::Azure],
            modality: Modality::Asserted,
            event: None,
            published: None,
            slots: Slots::default(),
            confidence,
            evidence: vec![Evidence {
                url: url.to_owned(),
                origin,
                quote: "raised $35M".to_owned(),
                marks: vec![(0, 6)],
                title: "News".to_owned(),
                language: Some("en".to_owned()),
                published: None,
                seen: Timestamp(1000),
                detector: "rules".to_owned(),
                version: 1,
                rule: "funding.raise".to_owned(),
                confidence,
                provenance: Provenance::default(),
                because: Vec::new(),
                telling: Telling::default(),
            }],
            first_seen: Timestamp(1000),
            last_seen: Timestamp(1000),
        }
        .as_told(Stage::Done)
    }

    #[test]
    fn ids_round_trip() {
        let id = SignalId::new(&CompanyId("a".into()), SignalKind::Tender, "x");
        assert_eq!(SignalId::parse(&id.to_string()), Some(id));
        assert_eq!(SignalId::parse("zz"), None);
    }
}
