//! What a run works with.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Disk, config, policy};
use crate::clock::Clock;
use crate::fetch::Browser;
use crate::model::company::{Company, CompanyId};
use crate::model::suppress::Suppressed;
use crate::store::archive::Archive;

/// Signals below this are not kept, by default.
pub const MIN_CONFIDENCE: f32 = 0.5;

/// What a run works with.
pub struct Parts<'a, F, S> {
    /// The network.
    pub fetch: F,
    /// What shows pages that show nothing without scripts; `None`: they are left.
    pub browser: Option<Browser>,
    /// What is due.
    pub frontier: &'a mut S,
    /// Where pages are kept; `None`: nowhere.
    pub archive: Option<&'a mut Archive>,
    /// The companies whose pages are visited, and the sources, as owners of theirs.
    pub companies: HashMap<CompanyId, Arc<Company>>,
    /// Whom nobody asks.
    pub suppressed: Arc<Suppressed>,
    /// How full the disk may become; `None`: as full as it will.
    pub disk: Option<Disk>,
    /// The crawl's settings.
    pub config: config::Config,
    /// How soon pages are asked again.
    pub revisit: config::Revisit,
    /// Which wishes of pages and sites are obeyed.
    pub policy: policy::Policy,
    /// Signals below this are not kept.
    pub min_confidence: f32,
    /// The time.
    pub clock: Clock,
}

impl<'a, F, S> Parts<'a, F, S> {
    /// What no run can do without; everything else as it is by default, without a browser, an archive,
    /// suppression or a bound of the disk.
    pub fn new(
        fetch: F,
        frontier: &'a mut S,
        companies: HashMap<CompanyId, Arc<Company>>,
        clock: Clock,
    ) -> Parts<'a, F, S> {
        Parts {
            fetch,
            browser: None,
            frontier,
            archive: None,
            companies,
            suppressed: Arc::default(),
            disk: None,
            config: config::Config::default(),
            revisit: config::Revisit::default(),
            policy: policy::Policy::default(),
            min_confidence: MIN_CONFIDENCE,
            clock,
        }
    }
}
