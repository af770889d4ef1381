//! What a change is about to write, over what the trees hold.
//!
//! Because the store has one writer, a change is planned outside of sled's transaction: it reads
//! through this overlay, and the transaction only writes. So nothing is computed twice, and
//! readers are shut out for the writing alone.

use std::collections::{BTreeMap, BTreeSet};

use sled::IVec;
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional};

use super::trees::{COUNTS, Tree, Trees, Write, database, entries};
use crate::model::host::HostRecord;
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};
use crate::store::value::{self, Stored};
use crate::store::{Counts, Error, Result, key};

/// A transaction is written as soon as it has this many entries: while it runs, it holds on to
/// every page that it touches.
const LARGE: usize = 100;

/// Changes on the way to the disk.
pub(super) struct Stage<'a> {
    /// How many of everything there are once this is written.
    pub(super) counts: Counts,
    trees: &'a Trees,
    /// Whole records, not yet in parts; `None`: the entry goes.
    writes: [BTreeMap<Vec<u8>, Option<Vec<u8>>>; Tree::NAMES.len()],
    /// The hosts whose queue changes, with what was first in it before.
    first: BTreeMap<Host, Option<IVec>>,
    known_hosts: BTreeSet<Vec<u8>>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(trees: &'a Trees) -> Result<Stage<'a>> {
        Ok(Stage {
            counts: trees.counts()?,
            trees,
            writes: Default::default(),
            first: BTreeMap::new(),
            known_hosts: BTreeSet::new(),
        })
    }

    pub(super) fn has(&self, tree: Tree, key: &[u8]) -> Result<bool> {
        match self.writes[tree as usize].get(key) {
            Some(staged) => Ok(staged.is_some()),
            None => Ok(self.trees.get(tree, key)?.is_some()),
        }
    }

    pub(super) fn record<T: Stored>(&self, tree: Tree, key: &[u8]) -> Result<Option<T>> {
        match self.writes[tree as usize].get(key) {
            Some(staged) => staged
                .as_ref()
                .map(|bytes| value::decode(key, bytes))
                .transpose(),
            None => self.trees.record(tree, key),
        }
    }

    pub(super) fn put<T: Stored>(&mut self, tree: Tree, key: &[u8], record: &T) -> Result<()> {
        let bytes = value::encode(record)?;
        self.writes[tree as usize].insert(key.to_vec(), Some(bytes));
        Ok(())
    }

    pub(super) fn remove(&mut self, tree: Tree, key: &[u8]) {
        self.writes[tree as usize].insert(key.to_vec(), None);
    }

    /// Moves a URL in its host's queue; `None`: it is not in it.
    pub(super) fn queue(
        &mut self,
        url: &UrlKey,
        was: Option<Timestamp>,
        now: Option<Timestamp>,
    ) -> Result<()> {
        if was == now {
            return Ok(());
        }
        let host = url.host();
        if !self.first.contains_key(&host) {
            let first = self.trees.first_of(Tree::Due, &key::host(&host))?;
            self.first.insert(host, first);
        }
        let queue = &mut self.writes[Tree::Due as usize];
        if let Some(was) = was {
            queue.insert(key::due(url, was), None);
            self.counts.due = self.counts.due.saturating_sub(1);
        }
        if let Some(now) = now {
            queue.insert(key::due(url, now), Some(Vec::new()));
            self.counts.due += 1;
        }
        Ok(())
    }

    /// Sees to it that a host has a record; remembers that it has, because a page's links mostly
    /// lead to few hosts.
    pub(super) fn know_host(&mut self, key: &[u8]) -> Result<()> {
        if self.known_hosts.contains(key) {
            return Ok(());
        }
        if !self.has(Tree::Hosts, key)? {
            self.put_host(key, &HostRecord::default())?;
        }
        self.known_hosts.insert(key.to_vec());
        Ok(())
    }

    pub(super) fn put_host(&mut self, key: &[u8], record: &HostRecord) -> Result<()> {
        if !self.known_hosts.contains(key) && !self.has(Tree::Hosts, key)? {
            self.counts.hosts += 1;
        }
        self.known_hosts.insert(key.to_vec());
        self.put(Tree::Hosts, key, record)
    }

    pub(super) fn write_if_large(&mut self) -> Result<()> {
        if self.writes.iter().map(BTreeMap::len).sum::<usize>() < LARGE {
            return Ok(());
        }
        self.write()
    }

    /// Writes what is staged, and the counts with it, whole or not at all.
    pub(super) fn write(&mut self) -> Result<()> {
        if self.writes.iter().all(BTreeMap::is_empty) {
            return Ok(());
        }
        let counts = self.counts;
        self.put(Tree::Meta, COUNTS, &counts)?;
        let mut writes = Vec::new();
        for (tree, staged) in Tree::ALL.into_iter().zip(&mut self.writes) {
            for (key, bytes) in std::mem::take(staged) {
                match bytes {
                    Some(bytes) => writes.extend(entries(tree, key, bytes)),
                    None => writes.push((tree, key, None)),
                }
            }
        }
        write_all(self.trees, &writes)
    }

    /// The hosts whose first due task is another than before, once everything is written.
    pub(super) fn changed_hosts(self) -> Result<Vec<Host>> {
        let mut changed = Vec::new();
        for (host, before) in self.first {
            if self.trees.first_of(Tree::Due, &key::host(&host))? != before {
                changed.push(host);
            }
        }
        Ok(changed)
    }
}

/// Writes into several trees at once, whole or not at all.
pub(super) fn write_all(trees: &Trees, writes: &[Write]) -> Result<()> {
    let written = trees.trees[..].transaction(|trees| {
        for (tree, key, value) in writes {
            let tree = &trees[*tree as usize];
            match value {
                Some(value) => tree.insert(key.as_slice(), value)?,
                None => tree.remove(key.as_slice())?,
            };
        }
        Ok::<(), ConflictableTransactionError<()>>(())
    });
    written.map_err(|why| match why {
        TransactionError::Storage(why) => database(why),
        TransactionError::Abort(()) => Error::Database("a transaction gave up".to_owned()),
    })
}
