//! What is known of a domain after it was asked: present, absent, or nobody could say.

use super::fingerprint::{Clue, Mail, technology};
use super::names::counts_at;
use super::observed::{Answer, Kind, Observed};
use super::plan;
use crate::model::profile::Fact;

/// What a domain's names, certificates and pages together show.
#[derive(Clone, Debug)]
pub struct Findings {
    /// A fact for each technology that was seen, sorted by slug.
    pub facts: Vec<Fact>,
    /// The slugs of the gateways that take the domain's mail in: what stands behind them, the mail
    /// exchanger does not say.
    pub gateways: Vec<String>,
    /// The slugs of those whose mailboxes the mail exchanger shows.
    pub mailboxes: Vec<String>,
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
        [gateways, mailboxes]: [Vec<String>; 2],
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
            mailboxes,
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

    /// Whether the names, of which `uri` has shown the technology before, show it no more: that
    /// question was answered, or nothing leads to it any more, and none that could show it was left
    /// open. Mailboxes are hidden by a
    /// gateway, unless other mailboxes are seen through it.
    pub(super) fn lacks(&self, slug: &str, uri: &str, observed: &Observed) -> bool {
        let Some(technology) = technology(slug) else {
            return false;
        };
        let through = || self.facts.iter().any(|fact| is_seat(fact, THROUGH));
        let hides = technology.mail == Some(Mail::Mailbox) && !self.gateways.is_empty();
        let mut asked = observed.asked.iter();
        let own = asked.any(|asked| asked.uri() == uri && asked.is_answered());
        let open = |clue: &Clue| self.about(clue).any(|answered| !answered);
        (own || plan::is_left(uri, observed))
            && (!hides || through())
            && !technology.clues.iter().any(open)
    }

    /// Whether everything that this clue could show in was looked at.
    fn looked(&self, clue: &Clue) -> bool {
        if let Some(selector) = &clue.dkim {
            return self.has_selector(selector);
        }
        if place(clue).is_none() {
            return self.pages > 0;
        }
        let mut any = false;
        self.about(clue).all(|answered| {
            any = true;
            answered
        }) && any
    }

    /// For every question that this clue could show in, whether it was answered.
    fn about<'a>(&'a self, clue: &'a Clue) -> impl Iterator<Item = bool> + 'a {
        let place = place(clue);
        let about = self.asked.iter().filter(move |(asked, kind, _)| {
            place.is_some_and(|(of, at)| of == *kind && at.is_none_or(|at| counts_at(at, asked)))
        });
        about.map(|(.., answered)| *answered)
    }

    /// Whether the selector was asked for, and answered. One that varies cannot be.
    fn has_selector(&self, selector: &str) -> bool {
        let name = format!("{selector}._domainkey");
        let mut about = self.asked.iter().filter(|(asked, ..)| *asked == name);
        about.any(|(.., answered)| *answered)
    }
}

/// How sure what is seen through a gateway must be, to say that mailboxes are nowhere else.
const THROUGH: f32 = 0.8;

/// Whether a fact shows where the mailboxes are, and not only whose office programs are used.
fn is_seat(fact: &Fact, least: f32) -> bool {
    let mailbox = technology(&fact.technology).is_some_and(|one| one.mail == Some(Mail::Mailbox));
    mailbox && fact.category == "mail" && fact.confidence >= least
}

/// What is asked to see a clue, and about which name relative to the domain; no name: any. None: it
/// shows elsewhere than in names.
fn place(clue: &Clue) -> Option<(Kind, Option<&str>)> {
    let at = clue.at.as_deref();
    Some(match clue {
        Clue { mx: Some(_), .. } => (Kind::Mx, Some("")),
        Clue { spf: Some(_), .. } => (Kind::Txt, Some("")),
        Clue { txt: Some(_), .. } => (Kind::Txt, at.or(Some(""))),
        Clue { ns: Some(_), .. } => (Kind::Ns, Some("")),
        Clue { caa: Some(_), .. } => (Kind::Caa, Some("")),
        Clue {
            reports: Some(_), ..
        } => (Kind::Txt, Some("_dmarc")),
        Clue { cname: Some(_), .. } => (Kind::Cname, at),
        Clue { srv: Some(_), .. } => (Kind::Srv, at),
        Clue {
            address: Some(_), ..
        } => (Kind::A, Some("")),
        _ => return None,
    })
}
