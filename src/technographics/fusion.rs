//! Many clues, one probability a technology.
//!
//! Clues join by noisy-or: each that is seen leaves a doubt, and doubts multiply. Clues of one
//! source depend on each other, so together they make no surer than the source's cap: a domain that
//! was once verified with five services of one maker was still only once verified.
//!
//! What is not seen lowers nothing. Only two things do: a mail exchanger that shows the mailboxes
//! elsewhere, and a surer technology that excludes this one.

use super::EVIDENCE;
use super::fingerprint::{Clue, Mail, number, technologies};
use super::release::releases;
use crate::model::profile::{Fact, History};
use crate::model::time::Timestamp;

/// What cannot run without something shows it nearly as surely as itself.
const IMPLIED_TRUST: f32 = 0.9;

/// What is left of a weak clue for mailboxes here, where the mail exchanger shows them elsewhere: a
/// subsidiary's, a sender's, or one from before they moved.
const CONTRADICTED: f32 = 0.5;

/// Nothing that is seen from outside proves anything entirely.
const SUREST: f32 = 0.99;

/// Where a clue was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Header,
    Cookie,
    Meta,
    Markup,
    Policy,
    Mx,
    Spf,
    Token,
    Record,
    Alias,
    Ns,
    Dkim,
    Srv,
    Reports,
    Address,
    Certificate,
    Connection,
}

const SOURCES: usize = Source::Connection as usize + 1;

impl Source {
    /// How sure all clues of this source together can make, 0–1.
    fn cap(self) -> f32 {
        match self {
            Source::Dkim => 0.99,
            Source::Header | Source::Record | Source::Connection => 0.98,
            Source::Cookie | Source::Meta | Source::Markup => 0.97,
            Source::Mx | Source::Ns | Source::Alias => 0.97,
            Source::Srv | Source::Address | Source::Certificate => 0.9,
            Source::Reports => 0.85,
            // Who may send for a domain need not hold its mail, and is seldom struck off.
            Source::Spf => 0.75,
            // A host named in a content security policy may be asked; whether it is, the policy
            // cannot say.
            Source::Policy => 0.6,
            // A verification token proves that a domain was verified once: few are ever removed. How
            // sure one alone makes, its clue says: even chances where it is looked up again, or where
            // single sign-on or sending rests on it; less where many have left the service since.
            Source::Token => 0.6,
        }
    }

    /// Whether it often outlives what it speaks of.
    fn lingers(self) -> bool {
        matches!(self, Source::Spf | Source::Token | Source::Alias)
    }
}

/// One clue that was seen.
pub(super) struct Hit<'a> {
    pub(super) clue: &'static Clue,
    pub(super) source: Source,
    /// How sure it alone makes, 0–1.
    pub(super) confidence: f32,
    pub(super) version: Option<String>,
    pub(super) evidence: String,
    /// Where it was seen.
    pub(super) url: &'a str,
}

/// What was seen of one technology.
struct Sighting {
    technology: usize,
    /// Each clue once, with its source and how sure it makes where it was seen best.
    clues: Vec<(Source, &'static Clue, f32)>,
    /// How sure what runs on it makes of it.
    implied: f32,
    best: f32,
    version: Option<String>,
    evidence: String,
    url: String,
}

impl Sighting {
    fn confidence(&self) -> f32 {
        let mut doubts = [1.0_f32; SOURCES];
        for (source, _, confidence) in &self.clues {
            let doubt = &mut doubts[*source as usize];
            *doubt = (*doubt * (1.0 - confidence)).max(1.0 - source.cap());
        }
        let doubt: f32 = doubts.iter().product();
        (1.0 - doubt).max(self.implied).min(SUREST)
    }

    fn is_from(&self, source: Source) -> bool {
        self.clues.iter().any(|(seen, ..)| *seen == source)
    }
}

/// What was seen of every technology that was.
#[derive(Default)]
pub(super) struct Sightings(Vec<Sighting>);

impl Sightings {
    /// Takes one clue in: the strongest is the evidence.
    pub(super) fn add(&mut self, technology: usize, hit: Hit<'_>) {
        let seen = self.of(technology);
        let confidence = hit.confidence.min(hit.source.cap());
        let same = |(source, clue, _): &&mut (Source, &Clue, f32)| {
            *source == hit.source && std::ptr::eq(*clue, hit.clue)
        };
        match seen.clues.iter_mut().find(same) {
            Some((.., known)) => *known = known.max(confidence),
            None => seen.clues.push((hit.source, hit.clue, confidence)),
        }
        seen.version = seen.version.take().or(hit.version);
        if confidence > seen.best {
            seen.best = confidence;
            seen.evidence = hit.evidence;
            hit.url.clone_into(&mut seen.url);
        }
    }

    fn of(&mut self, technology: usize) -> &mut Sighting {
        let place = self.0.iter().position(|seen| seen.technology == technology);
        let place = place.unwrap_or_else(|| {
            self.0.push(Sighting {
                technology,
                clues: Vec::new(),
                implied: 0.0,
                best: 0.0,
                version: None,
                evidence: String::new(),
                url: String::new(),
            });
            self.0.len() - 1
        });
        &mut self.0[place]
    }

    /// The slugs of the services of this sort that take the domain's mail in.
    pub(super) fn receivers(&self, mail: Mail) -> Vec<String> {
        let receivers = self.0.iter().filter(|seen| receives(seen, mail));
        receivers
            .map(|seen| technologies()[seen.technology].slug.clone())
            .collect()
    }

    /// Weighs mailboxes against each other, takes in what is implied and leaves out what is
    /// excluded.
    pub(super) fn resolve(&mut self) {
        self.contradict();
        self.imply();
        self.exclude();
    }

    /// A mail exchanger that is the mailboxes' own shows where they are. Where a gateway stands
    /// before them, what sees through it counts in full.
    fn contradict(&mut self) {
        let shown = self.0.iter().any(|seen| receives(seen, Mail::Mailbox));
        if !shown || !self.receivers(Mail::Gateway).is_empty() {
            return;
        }
        let mailbox = |seen: &&mut Sighting| {
            technologies()[seen.technology].mail == Some(Mail::Mailbox) && !seen.is_from(Source::Mx)
        };
        for seen in self.0.iter_mut().filter(mailbox) {
            for (source, _, confidence) in &mut seen.clues {
                if source.lingers() {
                    *confidence *= CONTRADICTED;
                }
            }
        }
    }

    /// Ends: what is implied is less sure than what implies it, and only surer news goes on.
    fn imply(&mut self) {
        let mut waiting: Vec<usize> = self.0.iter().map(|seen| seen.technology).collect();
        while let Some(cause) = waiting.pop() {
            let seen = self.of(cause);
            let (trust, version) = (seen.confidence() * IMPLIED_TRUST, seen.version.clone());
            let technology = &technologies()[cause];
            let (evidence, url) = (
                format!("{}: {}", technology.name, seen.evidence),
                seen.url.clone(),
            );
            let releases = releases(&technology.slug, version.as_deref());
            let released = releases.filter_map(|release| release.implies.as_ref());
            for slug in technology.implies.iter().chain(released) {
                let Some(number) = number(slug) else { continue };
                let other = self.of(number);
                if trust <= other.confidence() {
                    continue;
                }
                other.implied = trust;
                if trust > other.best {
                    other.best = trust;
                    evidence.clone_into(&mut other.evidence);
                    url.clone_into(&mut other.url);
                }
                waiting.push(number);
            }
        }
    }

    fn exclude(&mut self) {
        let sure = |seen: &Sighting| {
            (
                technologies()[seen.technology].slug.as_str(),
                seen.confidence(),
            )
        };
        let all: Vec<(&str, f32)> = self.0.iter().map(sure).collect();
        let excludes =
            |one: usize, other: &str| technologies()[one].excludes.iter().any(|x| x == other);
        self.0.retain(|seen| {
            let (slug, confidence) = sure(seen);
            !all.iter().any(|&(other, surer)| {
                let by_other = number(other).is_some_and(|other| excludes(other, slug));
                (by_other && surer >= confidence)
                    || (excludes(seen.technology, other) && surer > confidence)
            })
        });
    }

    /// A fact for each technology, sorted by slug.
    pub(super) fn into_facts(self, now: Timestamp) -> Vec<Fact> {
        let fact = |seen: Sighting| {
            let technology = &technologies()[seen.technology];
            Fact {
                technology: technology.slug.clone(),
                name: technology.name.clone(),
                category: technology.category.clone(),
                confidence: seen.confidence(),
                version: seen.version,
                evidence: shortened(seen.evidence),
                url: seen.url,
                first_seen: now,
                last_seen: now,
                history: History::default(),
            }
        };
        let mut facts: Vec<Fact> = self.0.into_iter().map(fact).collect();
        facts.sort_by(|a, b| a.technology.cmp(&b.technology));
        facts
    }
}

fn receives(seen: &Sighting, mail: Mail) -> bool {
    technologies()[seen.technology].mail == Some(mail) && seen.is_from(Source::Mx)
}

/// Evidence, cut to [`EVIDENCE`] bytes.
pub(super) fn shortened(mut evidence: String) -> String {
    if evidence.len() > EVIDENCE {
        evidence.truncate(evidence.floor_char_boundary(EVIDENCE - '…'.len_utf8()));
        evidence.push('…');
    }
    evidence
}
