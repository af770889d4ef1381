//! Reading the store on disk, while the crawl writes.

use super::broken_entry;
use super::scan::Scan;
use super::trees::{Tree, Trees};
use crate::model::company::{Company, CompanyId};
use crate::model::host::HostRecord;
use crate::model::page::{ContentHash, PageRef};
use crate::model::profile::Profile;
use crate::model::signal::{Signal, SignalId};
use crate::model::task::Task;
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};
use crate::store::value::{self, Stored};
use crate::store::{Counts, Error, Records, Result, key};

/// A reader's handle to the store on disk; clones are handles to the same store. Its calls block.
#[derive(Clone, Debug)]
pub struct SledRecords(Trees);

impl SledRecords {
    pub(super) fn new(trees: Trees) -> SledRecords {
        SledRecords(trees)
    }

    /// The records of `tree` whose key starts with `prefix`.
    fn all<T: Stored>(
        &self,
        tree: Tree,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<T>> + use<'_, T> {
        Scan::of_prefix(&self.0, tree, prefix)
            .map(move |entry| entry.and_then(|(key, value)| self.0.decode(tree, &key, value)))
    }
}

impl Records for SledRecords {
    fn counts(&self) -> Result<Counts> {
        self.0.counts()
    }

    fn companies(&self) -> impl Iterator<Item = Result<Company>> {
        let all = self.all(Tree::Companies, b"");
        all.filter(|owner: &Result<Company>| !owner.as_ref().is_ok_and(is_source))
    }

    fn sources(&self) -> impl Iterator<Item = Result<Company>> {
        let all = self.all(Tree::Companies, CompanyId::of_source("").0.as_bytes());
        all.filter(|owner: &Result<Company>| owner.as_ref().map_or(true, is_source))
    }

    fn company(&self, id: &CompanyId) -> Result<Option<Company>> {
        self.0.record(Tree::Companies, id.0.as_bytes())
    }

    fn signals(&self, company: Option<&CompanyId>) -> impl Iterator<Item = Result<Signal>> {
        let prefix = company.map(key::signals).unwrap_or_default();
        self.all(Tree::Signals, &prefix)
    }

    fn signal(&self, id: &SignalId) -> Result<Option<Signal>> {
        let company: Option<CompanyId> = self.0.record(Tree::SignalIds, &id.0)?;
        match company {
            Some(company) => self.0.record(Tree::Signals, &key::signal(&company, id)),
            None => Ok(None),
        }
    }

    fn profile(&self, company: &CompanyId) -> Result<Option<Profile>> {
        self.0.record(Tree::Profiles, company.0.as_bytes())
    }

    fn task(&self, key: &UrlKey) -> Result<Option<Task>> {
        self.0.record(Tree::Urls, key.as_str().as_bytes())
    }

    fn tasks(&self, prefix: &str) -> impl Iterator<Item = Result<Task>> {
        self.all(Tree::Urls, prefix.as_bytes())
    }

    fn due(&self, until: Timestamp) -> impl Iterator<Item = Result<Task>> {
        let mut scan = Scan::from(&self.0, Tree::Due, b"");
        std::iter::from_fn(move || {
            loop {
                let entry = match scan.next()? {
                    Ok((entry, _)) => entry,
                    Err(why) => return Some(Err(why)),
                };
                let Some((at, url)) = key::due_parts(&entry) else {
                    return Some(Err(broken_entry(&entry)));
                };
                if at > until {
                    // So is everything behind it at its host.
                    let host = key::host(&key::host_of(&entry)?);
                    scan = Scan::from(&self.0, Tree::Due, &key::behind(&host)?);
                    continue;
                }
                // One that is no longer known was taken out meanwhile.
                if let Some(task) = self.0.record(Tree::Urls, &url).transpose() {
                    return Some(task);
                }
            }
        })
    }

    fn host(&self, host: &Host) -> Result<Option<HostRecord>> {
        self.0.record(Tree::Hosts, &key::host(host))
    }

    fn page(&self, content: &ContentHash) -> Result<Option<PageRef>> {
        self.0.record(Tree::Pages, &content.0)
    }

    fn changes(&self, from: u64) -> impl Iterator<Item = Result<(u64, SignalId)>> {
        Scan::from(&self.0, Tree::Log, &key::number(from)).map(|entry| {
            let (key, value) = entry?;
            let number = key::number_of(&key).ok_or_else(|| Error::Corrupt {
                tree: SignalId::TREE,
                key: key::readable(&key),
                why: "it is no number".to_owned(),
            })?;
            Ok((number, value::decode(&key, &value)?))
        })
    }
}

fn is_source(owner: &Company) -> bool {
    owner.id.source().is_some()
}
