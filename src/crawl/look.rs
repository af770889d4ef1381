//! What turns show of their companies, and what that changes in the companies' profiles.
//!
//! Invariants: a profile is changed in the commit that holds what changed it, and nowhere else, so a
//! look that a kill made happen twice counts once; what was learnt from one turn of a commit is
//! known to the next.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::judge::Body;
use super::turn::Done;
use super::{Crawl, sketch};
use crate::detect;
use crate::fetch::{Fetch, FetchOutcome, Fetched};
use crate::model::company::{Company, CompanyId};
use crate::model::document::Reading;
use crate::model::domain;
use crate::model::page::Page;
use crate::model::profile::{Profile, Relation, RelationBasis};
use crate::model::task::{Task, TaskKind, Validators};
use crate::model::time::Timestamp;
use crate::store::{self, Frontier};
use crate::technographics::learn::{self, Look, Shown, Shows};
use crate::technographics::{self, related};

/// Profiles as the commit that is being put together will leave them.
pub(super) type Profiles = HashMap<CompanyId, Profile>;

/// The task as it is asked for. The front page of a domain that became the company's own is read
/// whole, whether it changed or not: when it was read before, its links led to somebody else.
pub(super) fn asked<'a>(was: &'a Task, company: &Company) -> Cow<'a, Task> {
    let adopted = company.domains.len() > 1;
    if was.kind != TaskKind::Home || !adopted {
        return Cow::Borrowed(was);
    }
    let url = was.parsed();
    let listed = Company::new(&company.domains[0]);
    if listed.owns(&url) || !company.owns(&url) {
        return Cow::Borrowed(was);
    }
    Cow::Owned(Task {
        content: None,
        validators: Validators::default(),
        ..was.clone()
    })
}

/// What a page that was read shows of its company.
pub(super) fn shown(page: &Page, reading: &mut Reading, task: &Task, company: &Company) -> Shows {
    let front = is_front(task);
    let canonical = reading.canonical.as_deref().filter(|_| front);
    let tied = canonical
        .zip(domain_of(company))
        .and_then(|(stated, domain)| {
            related::of_canonical(&domain, &page.url, stated, page.fetched)
        });
    Shows {
        url: page.url.clone(),
        front,
        read: true,
        facts: technographics::recognise(page),
        claims: std::mem::take(&mut reading.claims),
        related: tied.into_iter().collect(),
        ..Shows::default()
    }
}

/// What is left of a page that was not read because of what it shows: that nobody's site is there.
pub(super) fn unread(task: &Task, parked: Option<String>) -> Option<Shows> {
    Some(Shows {
        url: task.url.clone(),
        front: is_front(task),
        read: true,
        parked: Some(parked?),
        ..Shows::default()
    })
}

/// What a page shows that is as it was: the same once more.
pub(super) fn same(task: &Task, body: Body, fetched: &Fetched) -> Option<Shows> {
    let same = body == Body::Same || matches!(fetched.outcome, FetchOutcome::NotModified);
    same.then(|| Shows {
        url: task.url.clone(),
        front: is_front(task),
        read: true,
        same: true,
        ..Shows::default()
    })
}

/// What a visit showed of its company: what was read of the page, the certificate that its host
/// showed, where a front page leads.
pub(super) fn of(
    read: Option<Shows>,
    task: &Task,
    company: &Company,
    fetched: &mut Fetched,
    now: Timestamp,
) -> Option<Look> {
    let certificate = fetched.certificate.take();
    let domain = domain_of(company);
    let mut tied = Vec::new();
    if let (Some(domain), Some(certificate)) = (&domain, &certificate) {
        tied.extend(related::of_certificate(domain, certificate, now));
    }
    if let (Some(domain), FetchOutcome::Moved { to, permanent }) = (&domain, &fetched.outcome)
        && is_front(task)
    {
        tied.extend(related::of_redirect(domain, &task.url, to, *permanent, now));
    }
    if read.is_none() && certificate.is_none() && tied.is_empty() {
        return None;
    }
    let mut shows = read.unwrap_or_else(|| Shows {
        url: task.url.clone(),
        front: is_front(task),
        ..Shows::default()
    });
    shows.certificate = certificate;
    shows.related.extend(tied);
    Some(Look {
        at: now,
        shown: Shown::Page(shows),
    })
}

fn is_front(task: &Task) -> bool {
    task.kind == TaskKind::Home && sketch::is_front(&task.parsed())
}

/// The domain under which the company was listed; `None`: an address.
fn domain_of(company: &Company) -> Option<String> {
    let listed = company.domains.first()?;
    let name = listed
        .rsplit_once(':')
        .map_or(listed.as_str(), |(name, _)| name);
    domain::site(name)
}

/// A redirect for good must be seen over so long before the domain that it leads to is the
/// company's own.
const LASTING: Duration = Duration::from_secs(20 * 3600);

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// The company, with the domains that its own has moved to; `None`: it is not of this run. Its
    /// profile is read when its first turn of the run comes.
    pub(super) async fn company(&mut self, id: &CompanyId) -> store::Result<Option<Arc<Company>>> {
        if self.companies.contains_key(id)
            && self.met.insert(id.clone())
            && let Some(profile) = self.frontier.profile(id).await?
        {
            self.adopt(&profile);
        }
        Ok(self.companies.get(id).map(Arc::clone))
    }

    /// Takes the domains that a company's own has moved to as its own, but for those that are
    /// another's on the list.
    fn adopt(&mut self, profile: &Profile) {
        for alias in aliases(profile) {
            let Some(company) = self.companies.get(&profile.company) else {
                return;
            };
            let taken = |other: &Arc<Company>| other.domains.iter().any(|own| own == alias);
            if self.companies.values().any(taken) {
                continue;
            }
            let mut company = Company::clone(company);
            company.domains.push(alias.to_owned());
            self.companies.insert(company.id.clone(), Arc::new(company));
        }
    }

    /// Takes what a turn showed into its company's profile, and what that changed into its harvest.
    pub(super) async fn learn(
        &mut self,
        done: &mut Done,
        profiles: &mut Profiles,
    ) -> store::Result<()> {
        let (Some(look), Some(task)) = (done.look.take(), &done.harvest.now) else {
            return Ok(());
        };
        // Of a source nothing is learnt: nobody sells to it.
        if task.company.source().is_some() {
            return Ok(());
        }
        let known = match profiles.remove(&task.company) {
            Some(known) => Some(known),
            None => self.frontier.profile(&task.company).await?,
        };
        let before = known.unwrap_or_else(|| Profile::new(task.company.clone()));
        let mut profile = before.clone();
        let changes = learn::learn(&mut profile, &look);
        if let Some(company) = self.companies.get(&task.company) {
            let mut signals = detect::change::signals(&changes, company);
            signals.retain(|signal| signal.confidence >= self.shared.min_confidence);
            done.harvest.signals.extend(signals);
        }
        if profile != before {
            done.harvest.profile = Some(profile.clone());
        }
        self.adopt(&profile);
        profiles.insert(profile.company.clone(), profile);
        Ok(())
    }
}

/// Domains that the company's own has moved to for good, and has for a while.
fn aliases(profile: &Profile) -> impl Iterator<Item = &str> {
    let related = profile.related.iter();
    let lasting = related.filter(|related| {
        related.relation == Relation::Alias
            && related.basis == RelationBasis::Moved
            && related.last_seen.since(related.first_seen) >= LASTING
    });
    lasting.map(|related| related.domain.as_str())
}
