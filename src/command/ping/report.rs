//! What a ping found of one company, for scripts and for people.

use serde::{Serialize, Serializer};

use crate::command::reason::reason;
use crate::crawl::tally;
use crate::export::profile::{Nested, nested};
use crate::model::company::Company;
use crate::model::profile::Profile;
use crate::model::signal::Signal;
use crate::model::state::State;
use crate::model::task::{Task, TaskKind};

/// One company, as this look left it.
pub(super) struct Report<'a> {
    pub(super) company: &'a Company,
    pub(super) profile: Profile,
    /// What was asked, and what came of it.
    pub(super) looked: Vec<Looked>,
    /// What this look found changed.
    pub(super) changes: &'a [Signal],
}

/// One thing that was looked at.
#[derive(Serialize)]
pub(super) struct Looked {
    /// `names`, `front`, `page`.
    what: &'static str,
    pub(super) url: String,
    state: &'static str,
    /// The state in words.
    pub(super) reason: String,
    /// Whether there was something to see.
    pub(super) seen: bool,
}

/// The domain's names in DNS.
const NAMES: &str = "names";
/// A ping has no page whose text could be in the store.
const ANSWERED: &str = "DNS answers";
/// One look may be mistaken; the profile's standing waits for a second.
const NO_DOMAIN: &str = "there is no such domain, says DNS; a look on another day confirms it";

impl<'a> Report<'a> {
    pub(super) fn new(
        company: &'a Company,
        profile: Option<Profile>,
        tasks: Vec<Task>,
        changes: &'a [Signal],
    ) -> Report<'a> {
        let mut looked: Vec<Looked> = tasks.iter().map(Looked::of).collect();
        looked.sort_by(|a, b| (a.what, &a.url).cmp(&(b.what, &b.url)));
        let profile = profile.unwrap_or_else(|| Profile::new(company.id.clone()));
        let there_is = profile.memory.missing.is_none();
        for names in looked
            .iter_mut()
            .filter(|one| one.what == NAMES && one.seen)
        {
            let reason = if there_is { ANSWERED } else { NO_DOMAIN };
            names.reason = reason.to_owned();
        }
        Report {
            company,
            profile,
            looked,
            changes,
        }
    }

    /// What DNS says where there is no such domain.
    pub(super) fn no_domain(&self) -> Option<&str> {
        let mut looked = self.looked.iter();
        let none = looked.find(|one| one.what == NAMES && one.reason == NO_DOMAIN);
        none.map(|one| one.reason.as_str())
    }

    /// Whether DNS or the site answered at all.
    pub(super) fn saw_anything(&self) -> bool {
        self.looked.iter().any(|looked| looked.seen)
    }
}

impl Looked {
    fn of(task: &Task) -> Looked {
        Looked {
            what: match task.kind {
                TaskKind::Ping => NAMES,
                TaskKind::Home => "front",
                _ => "page",
            },
            url: task.url.clone(),
            state: tally::name(&task.state),
            reason: reason(&task.state),
            seen: !matches!(
                task.state,
                State::Waiting
                    | State::Failed { .. }
                    | State::Refused { .. }
                    | State::Disallowed { .. }
                    | State::Suppressed { .. }
                    | State::Reserved { .. }
            ),
        }
    }
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            profile: Nested<'a>,
            changes: &'a [Signal],
            looked: &'a [Looked],
        }
        let whole = Whole {
            profile: nested(&self.profile, self.company),
            changes: self.changes,
            looked: &self.looked,
        };
        whole.serialize(out)
    }
}
