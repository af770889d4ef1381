//! What is past its day: versions that their makers no longer mend, and certificates.
//!
//! A version beyond its support is no change but a state, and somebody must hear of it whenever it
//! began: it is told once a technology and end of support, when two looks have seen it, though the
//! first of them be the baseline.

use std::time::Duration;

use super::APART;
use super::worth::areas_of_legacy;
use crate::model::kind::ProductArea;
use crate::model::profile::{Change, Changed, Expiry, Fact, Legacy, Profile, Sight};
use crate::model::time::Timestamp;
use crate::technographics::observed::{Certificate, Distrust};
use crate::technographics::{EVIDENCE, support};

/// How long before its end the support of a version is as good as over: whoever has to replace it
/// plans by now.
const SOON: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long after its end a certificate was forgotten, and not merely renewed late.
const FORGOTTEN: Duration = Duration::from_secs(3 * 24 * 3600);

/// How sure of a technology one must be to tell its version's end.
const SURE: f32 = 0.5;

/// Certificates of one company that are remembered beyond their end.
const EXPIRED: usize = 8;

/// Tells the versions, among the technologies just seen, whose support ends or has ended.
pub(super) fn versions<'a>(
    profile: &mut Profile,
    seen: impl Iterator<Item = &'a str>,
    at: Timestamp,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for slug in seen {
        let find = |known: &Fact| known.technology.as_str().cmp(slug);
        if let Ok(place) = profile.facts.binary_search_by(find) {
            changes.extend(version(&mut profile.facts[place], at));
        }
    }
    changes
}

fn version(fact: &mut Fact, at: Timestamp) -> Option<Change> {
    let support = support(fact)?;
    let end = Timestamp::of_day(support.ends);
    if fact.retired().is_some() || fact.confidence < SURE || at < end.before(SOON) {
        return None;
    }
    let legacy = &mut fact.history.legacy;
    if legacy
        .as_ref()
        .is_none_or(|known| known.ends != support.ends)
    {
        *legacy = Some(Legacy {
            ends: support.ends,
            seen: at,
            told: false,
        });
    }
    let known = legacy.as_mut()?;
    if known.told || at.since(known.seen) < APART {
        return None;
    }
    known.told = true;
    let first = known.seen;
    let verb = if end < at { "ended" } else { "ends" };
    let told = format!(
        "{}: support {verb} on {} ({})",
        fact.evidence, support.ends, support.source
    );
    let sight = |at, evidence| Sight {
        at,
        evidence,
        url: fact.url.clone(),
    };
    Some(Change {
        what: Changed::Legacy {
            technology: fact.technology.clone(),
            version: fact.version.clone(),
            ends: support.ends,
        },
        before: sight(first, fact.evidence.clone()),
        after: sight(at, told),
        confidence: fact.confidence,
        names: vec![fact.name.clone()],
        areas: areas_of_legacy(&fact.technology),
    })
}

/// Tells the certificates that are over: each once, when two looks saw it so, or one look long after.
pub(super) fn expired(
    profile: &mut Profile,
    certificates: &[Certificate],
    at: Timestamp,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for certificate in certificates {
        changes.extend(one(&mut profile.memory.expired, certificate, at));
    }
    changes
}

fn one(known: &mut Vec<Expiry>, certificate: &Certificate, at: Timestamp) -> Option<Change> {
    let ended = certificate.not_after;
    // Who does not tell until when it was good, or shows another's certificate, has not forgotten it.
    let foreign = matches!(certificate.distrust, Some(Distrust::WrongName));
    if at <= ended || ended <= certificate.not_before || foreign {
        return None;
    }
    let url = super::pages::host(&certificate.url);
    if known.iter().all(|expiry| expiry.ended != ended) {
        let place = known.partition_point(|expiry| expiry.ended < ended);
        let expiry = Expiry {
            ended,
            seen: at,
            url,
            told: false,
        };
        known.insert(place, expiry);
        if known.len() > EXPIRED {
            known.remove(0);
        }
    }
    let expiry = known.iter_mut().find(|expiry| expiry.ended == ended)?;
    let twice = at.since(expiry.seen) >= APART;
    if expiry.told || !(twice || at.since(ended) > FORGOTTEN) {
        return None;
    }
    expiry.told = true;
    let ended = ended.day();
    let mut issuer = certificate.issuer.clone();
    issuer.truncate(issuer.floor_char_boundary(EVIDENCE / 2));
    let evidence = format!("certificate issued by {issuer}, good until {ended}");
    let sight = |at| Sight {
        at,
        evidence: evidence.clone(),
        url: expiry.url.clone(),
    };
    Some(Change {
        what: Changed::CertificateExpired { ended },
        before: sight(expiry.seen),
        after: sight(at),
        confidence: 0.95,
        names: Vec::new(),
        areas: vec![ProductArea::Security],
    })
}
