//! What pages state, merged: the most official and most recent first, and what contradicts it kept.

use std::cmp::Reverse;

use super::{DAY, refresh};
use crate::model::profile::{Attribute, Claim, Related};
use crate::model::time::Timestamp;

/// Values of one attribute that are kept.
const VALUES: usize = 5;

/// Accounts at social networks that are kept.
const ACCOUNTS: usize = 12;

/// Related domains that are kept.
const RELATED: usize = 50;

/// The longest value, evidence or address that is kept, in bytes.
const LONGEST: usize = 500;

/// Takes in what a page states.
pub(super) fn claims(known: &mut Vec<Claim>, stated: &[Claim], at: Timestamp) {
    for claim in stated
        .iter()
        .filter(|claim| is_short(&[&claim.value, &claim.evidence]))
    {
        let same = |one: &&mut Claim| one.attribute == claim.attribute && one.value == claim.value;
        match known.iter_mut().find(same) {
            Some(one) => again(one, claim, at),
            None => known.push(Claim {
                first_seen: at,
                last_seen: at,
                ..claim.clone()
            }),
        }
    }
    known.sort_by(|one, other| rank(one).cmp(&rank(other)));
    let (mut last, mut count) = (None, 0);
    known.retain(|claim| {
        count = if last.replace(claim.attribute) == Some(claim.attribute) {
            count + 1
        } else {
            1
        };
        count <= most(claim.attribute)
    });
}

/// The more official place is the evidence; of equals the one whose address is the shorter, so that
/// it does not depend on which is read first.
fn again(known: &mut Claim, claim: &Claim, at: Timestamp) {
    known.first_seen = known.first_seen.min(at);
    let due = refresh(&mut known.last_seen, at);
    let order = |claim: &Claim| (claim.basis, claim.url.len(), claim.url.clone());
    if order(claim) < order(known) || (due && claim.url == known.url) {
        known.basis = known.basis.min(claim.basis);
        known.evidence.clone_from(&claim.evidence);
        known.url.clone_from(&claim.url);
    }
}

fn rank(claim: &Claim) -> impl Ord + '_ {
    // To the day, because last sights are written down to the day.
    let days = claim.last_seen.0.div_euclid(DAY.as_millis() as i64);
    (claim.attribute, claim.basis, Reverse(days), &claim.value)
}

fn most(attribute: Attribute) -> usize {
    match attribute {
        Attribute::Social => ACCOUNTS,
        _ => VALUES,
    }
}

/// Takes in the domains that a look ties to the company's.
pub(super) fn related(known: &mut Vec<Related>, seen: &[Related], at: Timestamp) {
    for related in seen
        .iter()
        .filter(|one| is_short(&[&one.domain, &one.evidence]))
    {
        let key = |one: &Related| (one.domain.clone(), one.relation, one.basis);
        match known.binary_search_by_key(&key(related), key) {
            Ok(place) => {
                let one = &mut known[place];
                one.first_seen = one.first_seen.min(at);
                refresh(&mut one.last_seen, at);
            }
            Err(place) => known.insert(
                place,
                Related {
                    first_seen: at,
                    last_seen: at,
                    ..related.clone()
                },
            ),
        }
    }
    while known.len() > RELATED {
        let least = known.iter().enumerate();
        let least = least.max_by_key(|(_, one)| (one.basis, one.domain.clone()));
        let Some((place, _)) = least else { break };
        known.remove(place);
    }
}

fn is_short(texts: &[&str]) -> bool {
    texts.iter().all(|text| text.len() <= LONGEST)
}
