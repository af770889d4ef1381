//! What each tree's entries must be.

use sled::IVec;

use super::{Check, Told};
use crate::model::company::{Company, CompanyId};
use crate::model::host::HostRecord;
use crate::model::page::PageRef;
use crate::model::profile::Profile;
use crate::model::signal::{Signal, SignalId};
use crate::model::task::Task;
use crate::model::url::UrlKey;
use crate::store::sled::open::VERSION;
use crate::store::sled::trees::{COUNTS, Tree, part_of};
use crate::store::value::First;
use crate::store::{Result, Step, key, value};

/// How many archived pages are read between two steps.
const STEP: u64 = 100;

impl Check<'_> {
    pub(super) fn entry(&mut self, tree: Tree, key: &[u8], value: IVec) -> Result<()> {
        match tree {
            Tree::Meta => self.meta(key),
            Tree::Urls => return self.url(key, value),
            Tree::Due => return self.due(key),
            Tree::Hosts => return self.host(key, value),
            Tree::Companies => return self.company(key, value),
            Tree::Signals => return self.signal(key, value),
            Tree::SignalIds => return self.signal_id(key, value),
            Tree::Log => return self.change(key, value),
            Tree::Profiles => return self.profile(key, value),
            Tree::Pages => return self.page(key, value),
            Tree::Twins => return self.twin(key, value),
            Tree::Parts => {
                if part_of(key).is_none() {
                    self.lost(tree, key, "it is a part of nothing");
                }
            }
        }
        Ok(())
    }

    fn meta(&mut self, key: &[u8]) {
        if ![VERSION, COUNTS].contains(&key) {
            self.lost(Tree::Meta, key, "nobody knows what that is");
        }
    }

    fn twin(&mut self, key: &[u8], value: IVec) -> Result<()> {
        if let Some(first) = self.record::<First>(Tree::Twins, key, value)?
            && self.trees.get(Tree::Urls, first.key.as_bytes())?.is_none()
        {
            let mend = vec![(Tree::Twins, key.to_vec(), None)];
            self.derived(Tree::Twins, key, "it names no URL that is known", mend);
        }
        Ok(())
    }

    fn url(&mut self, key: &[u8], value: IVec) -> Result<()> {
        self.counts.urls += 1;
        let Some(task) = self.record::<Task>(Tree::Urls, key, value)? else {
            return Ok(());
        };
        let Some(url) = url::Url::parse(&task.url)
            .ok()
            .as_ref()
            .and_then(UrlKey::of)
        else {
            self.lost(Tree::Urls, key, &format!("{} is no URL", task.url));
            return Ok(());
        };
        if url.as_str().as_bytes() != key {
            let what = format!("the URL that stands there is {}", task.url);
            self.lost(Tree::Urls, key, &what);
            return Ok(());
        }
        let host = key::host(&url.host());
        if self.trees.get(Tree::Hosts, &host)?.is_none() {
            let record = value::encode(&HostRecord::default())?;
            let mend = vec![(Tree::Hosts, host.clone(), Some(record.into()))];
            self.derived(Tree::Hosts, &host, "its URLs are known, it is not", mend);
        }
        if let Some(at) = task.due {
            let due = key::due(&url, at);
            if self.trees.get(Tree::Due, &due)?.is_none() {
                let mend = vec![(Tree::Due, due, Some(IVec::default()))];
                let what = format!("it is due at {at}, and does not stand in the queue");
                self.derived(Tree::Urls, key, &what, mend);
            }
        }
        Ok(())
    }

    fn due(&mut self, key: &[u8]) -> Result<()> {
        let what = match key::due_parts(key) {
            None => Some("it names neither a time nor a URL".to_owned()),
            Some((at, url)) => match self.trees.record::<Task>(Tree::Urls, &url) {
                Ok(Some(task)) if task.due == Some(at) => None,
                Ok(Some(task)) => {
                    let due = task.due.map_or("never".to_owned(), |due| due.to_string());
                    Some(format!("its URL is due at another time: {due}"))
                }
                Ok(None) => Some("its URL is not known".to_owned()),
                // That is said where the record stands.
                Err(_) => None,
            },
        };
        match what {
            None => self.counts.due += 1,
            Some(what) => {
                self.counts.due += u64::from(!self.how.repair);
                let mend = vec![(Tree::Due, key.to_vec(), None)];
                self.derived(Tree::Due, key, &what, mend);
            }
        }
        Ok(())
    }

    fn host(&mut self, key: &[u8], value: IVec) -> Result<()> {
        self.counts.hosts += 1;
        if key::host_of(key).is_none_or(|host| key::host(&host) != key) {
            self.lost(Tree::Hosts, key, "it names no host");
        }
        self.record::<HostRecord>(Tree::Hosts, key, value).map(drop)
    }

    fn company(&mut self, key: &[u8], value: IVec) -> Result<()> {
        let company = self.record::<Company>(Tree::Companies, key, value)?;
        let is_source = |owner: &Company| owner.id.source().is_some();
        self.counts.companies += u64::from(!company.as_ref().is_some_and(is_source));
        self.named(Tree::Companies, key, company.map(|company| company.id));
        Ok(())
    }

    fn profile(&mut self, key: &[u8], value: IVec) -> Result<()> {
        let profile = self.record::<Profile>(Tree::Profiles, key, value)?;
        self.named(Tree::Profiles, key, profile.map(|profile| profile.company));
        Ok(())
    }

    fn named(&mut self, tree: Tree, key: &[u8], company: Option<CompanyId>) {
        if let Some(company) = company.filter(|company| company.0.as_bytes() != key) {
            let what = format!("the company that stands there is {company}");
            self.lost(tree, key, &what);
        }
    }

    /// The log is numbered from 1, without a hole: what an export handed over is told by a number.
    fn change(&mut self, key: &[u8], value: IVec) -> Result<()> {
        let Some(number) = key::number_of(key) else {
            self.lost(Tree::Log, key, "it is no number");
            return Ok(());
        };
        let next = self.counts.changes + 1;
        if number != next {
            let what = format!("there is no change between number {next} and this one, {number}");
            self.lost(Tree::Log, key, &what);
        }
        self.counts.changes = number;
        if let Some(id) = self.record::<SignalId>(Tree::Log, key, value)? {
            self.logged.insert(id);
        }
        Ok(())
    }

    fn signal(&mut self, key: &[u8], value: IVec) -> Result<()> {
        self.counts.signals += 1;
        let logged = key
            .last_chunk()
            .is_some_and(|id| self.logged.remove(&SignalId(*id)));
        let Some(signal) = self.record::<Signal>(Tree::Signals, key, value)? else {
            return Ok(());
        };
        let (company, id) = (&signal.company, signal.id);
        if key::signal(company, &id) != key {
            let what = format!("the signal that stands there is {company}'s {id}");
            self.lost(Tree::Signals, key, &what);
            return Ok(());
        }
        let known = self.trees.record::<CompanyId>(Tree::SignalIds, &id.0);
        if !known.is_ok_and(|known| known.as_ref() == Some(company)) {
            let entry = value::encode(company)?;
            let mend = vec![(Tree::SignalIds, id.0.to_vec(), Some(entry.into()))];
            self.derived(Tree::Signals, key, "its id does not lead to it", mend);
        }
        if !logged {
            let number = key::number(self.counts.changes + 1).to_vec();
            let mend = vec![(Tree::Log, number, Some(value::encode(&id)?.into()))];
            self.counts.changes += u64::from(self.how.repair);
            let what = "no change in the log speaks of it: no export since would hand it over";
            self.derived(Tree::Signals, key, what, mend);
        }
        Ok(())
    }

    /// After the signals: those that the log speaks of, and nobody has.
    pub(super) fn vanished(&mut self) {
        for id in std::mem::take(&mut self.logged) {
            let what = "the log speaks of that signal, and it is not there";
            self.lost(Tree::Log, &id.0, what);
        }
    }

    fn signal_id(&mut self, key: &[u8], value: IVec) -> Result<()> {
        let Some(company) = self.record::<CompanyId>(Tree::SignalIds, key, value)? else {
            return Ok(());
        };
        let id = <[u8; 16]>::try_from(key).map(SignalId);
        let there = match id {
            Ok(id) => self
                .trees
                .get(Tree::Signals, &key::signal(&company, &id))?
                .is_some(),
            Err(_) => false,
        };
        if !there {
            let mend = vec![(Tree::SignalIds, key.to_vec(), None)];
            let what = format!("{company} has no such signal");
            self.derived(Tree::SignalIds, key, &what, mend);
        }
        Ok(())
    }

    fn page(&mut self, key: &[u8], value: IVec) -> Result<()> {
        self.counts.pages += 1;
        let Some(page) = self.record::<PageRef>(Tree::Pages, key, value)? else {
            return Ok(());
        };
        if page.content.0 != key {
            let what = format!("the page that stands there is {}", page.content);
            self.lost(Tree::Pages, key, &what);
            return Ok(());
        }
        let lacking = match self.shelf.lacks(&page) {
            None if self.how.deep => {
                self.checked.pages_read += 1;
                let done = self.checked.pages_read;
                if done.is_multiple_of(STEP) {
                    let (doing, what) = ("reading", "archived pages");
                    (self.tell)(Told::Step(Step { doing, what, done }));
                }
                self.shelf.read(&page).err().map(|why| why.to_string())
            }
            lacking => lacking,
        };
        if let Some(why) = lacking {
            self.counts.pages -= u64::from(self.how.repair);
            // Without its entry the page is archived anew when it is next read.
            let mend = vec![(Tree::Pages, key.to_vec(), None)];
            let what = format!("the archive does not have it: {why}");
            self.derived(Tree::Pages, key, &what, mend);
        }
        Ok(())
    }
}
