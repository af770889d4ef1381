//! What is known of a domain after it was asked: present, absent, or nobody could say.

use super::fingerprint::{Clue, Mail, technology};
use super::observed::{Answer, Kind, Observed};
use crate::model::profile::Fact;

/// What a domain's names, certificates and pages together show.
#[derive(Clone, Debug)]
pub struct Findings {
    /// A fact for each technology that was seen, sorted by slug.
    pub facts: Vec<Fact>,
    /// The slugs of the gateways that take the domain's mail in: what stands behind them, the mail
    /// exchanger does not say.
    pub gateways: Vec<String>,
    /// The questions that nobody answered, as URIs (RFC 4501).
    pub unanswered: Vec<String>,
    /// Every question, relative to the domain, and whether it was answered.
    asked: Vec<(String, Kind, bool)>,
    pages: usize,
}

/// Whether a domain uses a technology, as far as was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Presence {
    /// It was seen; how sure that makes, 0–1.
    Seen(f32),
    /// It would have shown, and did not.
    Absent,
    /// It was not seen, and might be there: not all was asked that shows it, or not answered.
    Unknown,
}

impl Findings {
    pub(super) fn new(
        facts: Vec<Fact>,
        gateways: Vec<String>,
        observed: &Observed,
        pages: usize,
    ) -> Findings {
        let open = observed.asked.iter();
        let open = open.filter(|asked| matches!(asked.answer, Answer::Unknown(_)));
        let asked = observed.asked.iter().filter_map(|asked| {
            let at = observed.relative(&asked.name)?;
            Some((
                at.to_owned(),
                asked.kind,
                !matches!(asked.answer, Answer::Unknown(_)),
            ))
        });
        Findings {
            facts,
            gateways,
            unanswered: open.map(|asked| asked.uri()).collect(),
            asked: asked.collect(),
            pages,
        }
    }

    /// Whether the technology of this slug is used. Absence is said only where every place that
    /// could show it was looked at, and of mailboxes only where no gateway stands before them.
    pub fn presence(&self, slug: &str) -> Presence {
        if let Some(fact) = self.facts.iter().find(|fact| fact.technology == slug) {
            return Presence::Seen(fact.confidence);
        }
        let Some(technology) = technology(slug) else {
            return Presence::Unknown;
        };
        let hidden = technology.mail == Some(Mail::Mailbox) && !self.gateways.is_empty();
        let mut clues = technology.clues.iter();
        let shows = clues.len() > 0 && clues.all(|clue| self.looked(clue));
        match shows && !hidden {
            true => Presence::Absent,
            false => Presence::Unknown,
        }
    }

    /// Whether everything that this clue could show in was looked at.
    fn looked(&self, clue: &Clue) -> bool {
        let (kinds, at): (&[Kind], _) = match clue {
            Clue { mx: Some(_), .. } => (&[Kind::Mx], Some("")),
            Clue { spf: Some(_), .. } => (&[Kind::Txt], Some("")),
            Clue {
                txt: Some(_), at, ..
            } => (&[Kind::Txt], at.as_deref().or(Some(""))),
            Clue { ns: Some(_), .. } => (&[Kind::Ns], Some("")),
            Clue { caa: Some(_), .. } => (&[Kind::Caa], Some("")),
            Clue {
                reports: Some(_), ..
            } => (&[Kind::Txt], Some("_dmarc")),
            Clue {
                cname: Some(_), at, ..
            } => (&[Kind::Cname], at.as_deref()),
            Clue {
                srv: Some(_), at, ..
            } => (&[Kind::Srv], at.as_deref()),
            Clue {
                address: Some(_), ..
            } => (&[Kind::A], Some("")),
            Clue {
                dkim: Some(selector),
                ..
            } => return self.has_selector(selector),
            Clue {
                issuer: Some(_), ..
            }
            | Clue { san: Some(_), .. } => return self.pages > 0,
            _ => return self.pages > 0,
        };
        let mut about = self
            .asked
            .iter()
            .filter(|(asked, kind, _)| kinds.contains(kind) && at.is_none_or(|at| asked == at));
        let mut any = false;
        about.all(|(.., answered)| {
            any = true;
            *answered
        }) && any
    }

    /// Whether the selector was asked for, and answered. One that varies cannot be.
    fn has_selector(&self, selector: &str) -> bool {
        let name = format!("{selector}._domainkey");
        let mut about = self.asked.iter().filter(|(asked, ..)| *asked == name);
        about.any(|(.., answered)| *answered)
    }
}
