//! Looking a store through: every record is read, and what must agree is held against each other.
//!
//! What is derived (the queue, the way from a signal's id to it, the counts, references into the
//! archive) can be mended from what it is derived from; a record that cannot be read cannot.
//! Memory is bounded by sixteen bytes a signal.

mod trees;

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::Serialize;

use super::copy;
use super::place::{self, Gate};
use super::scan::Scan;
use super::stage::write_all;
use super::trees::{COUNTS, Tree, Trees, Write};
use super::{SledStore, open};
use crate::model::signal::SignalId;
use crate::store::archive::Shelf;
use crate::store::value::{self, Stored};
use crate::store::{Counts, Error, Result, Step, key};

/// How thorough a check is, and what it may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checking {
    /// Reads every archived page too, and holds it against its hash.
    pub deep: bool,
    /// Mends what can be.
    pub repair: bool,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The tree it was found in.
    pub tree: &'static str,
    /// The key, printable.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What helps.
    pub cure: Cure,
}

/// What helps against a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cure {
    /// It can be mended from the rest of the store: `check --repair`.
    Repair,
    /// It was mended just now.
    Repaired,
    /// What it said is lost here: a backup has it.
    Restore,
}

/// What a check tells as it goes.
#[derive(Debug)]
pub enum Told<'a> {
    /// How far it is.
    Step(Step<'a>),
    /// What it found.
    Finding(&'a Finding),
}

/// What a check came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Entries read, by tree.
    pub entries: BTreeMap<&'static str, u64>,
    /// Things that are wrong, and stay so.
    pub wrong: u64,
    /// Things that were wrong, and are mended.
    pub repaired: u64,
    /// Archived pages that were read.
    pub pages_read: u64,
    /// Bytes of all keys and values.
    pub bytes: u64,
    /// Bytes of the database's files; what compacting may give back is in them.
    pub disk_bytes: u64,
}

impl SledStore {
    /// Looks through the store in the data directory `dir`, and the archive as far as the store
    /// refers to it.
    ///
    /// # Errors
    /// Where the store cannot be opened. What is found within it is told, and no error.
    pub fn check(
        dir: &Path,
        cache_bytes: u64,
        how: Checking,
        tell: &mut dyn FnMut(Told<'_>),
    ) -> Result<Checked> {
        let gate = Gate::enter(dir)?;
        let trees = open::open(&gate, cache_bytes)?;
        let mut check = Check {
            trees: &trees,
            shelf: Shelf::of(dir)?,
            how,
            tell,
            checked: Checked::default(),
            counts: Counts::default(),
            logged: HashSet::new(),
            mends: Vec::new(),
        };
        check.foreign()?;
        // What is mended on the way is seen by those that come later.
        for tree in [
            Tree::Urls,
            Tree::Due,
            Tree::Hosts,
            Tree::Companies,
            Tree::Log,
            Tree::Signals,
            Tree::SignalIds,
            Tree::Profiles,
            Tree::Pages,
            Tree::Twins,
            Tree::Parts,
            Tree::Meta,
        ] {
            check.tree(tree)?;
            if tree == Tree::Signals {
                check.vanished();
            }
        }
        check.counts()?;
        trees.flush()?;
        check.checked.disk_bytes = place::bytes(&gate.store())?;
        Ok(check.checked)
    }
}

struct Check<'a> {
    trees: &'a Trees,
    shelf: Shelf,
    how: Checking,
    tell: &'a mut dyn FnMut(Told<'_>),
    checked: Checked,
    /// What there really is.
    counts: Counts,
    /// The signals that the log speaks of.
    logged: HashSet<SignalId>,
    mends: Vec<Write>,
}

impl Check<'_> {
    /// Reads a whole tree. What the database cannot give ends that tree's reading, no other's.
    fn tree(&mut self, tree: Tree) -> Result<()> {
        let looked = catch_unwind(AssertUnwindSafe(|| self.look_through(tree)));
        match looked {
            Ok(Err(Error::Database(why))) => self.lost(tree, b"", &why),
            Ok(ended) => ended?,
            Err(_) => self.lost(tree, b"", "the database panicked on it"),
        }
        self.mend()
    }

    fn look_through(&mut self, tree: Tree) -> Result<()> {
        let mut done = 0;
        for entry in Scan::of_prefix(self.trees, tree, b"") {
            let (key, value) = entry?;
            self.checked.bytes += (key.len() + value.len()) as u64;
            self.entry(tree, &key, value)?;
            done += 1;
            self.checked.entries.insert(tree.name(), done);
            let tell = &mut *self.tell;
            copy::step("checking", tree, done, &mut |step| tell(Told::Step(step)));
            if self.mends.len() >= MENDS {
                self.mend()?;
            }
        }
        Ok(())
    }

    /// The record of an entry; one that cannot be read is a finding.
    fn record<T: Stored>(
        &mut self,
        tree: Tree,
        key: &[u8],
        value: sled::IVec,
    ) -> Result<Option<T>> {
        match self.trees.decode(tree, key, value) {
            Ok(record) => Ok(Some(record)),
            Err(Error::Corrupt { why, .. }) => {
                self.lost(tree, key, &why);
                Ok(None)
            }
            Err(why) => Err(why),
        }
    }

    /// What was written there is gone.
    fn lost(&mut self, tree: Tree, key: &[u8], what: &str) {
        self.found(tree, key, what, Cure::Restore);
    }

    /// What stands there, or is missing, follows from something else: `writes` mend it.
    fn derived(&mut self, tree: Tree, key: &[u8], what: &str, writes: Vec<Write>) {
        if !self.how.repair {
            return self.found(tree, key, what, Cure::Repair);
        }
        self.mends.extend(writes);
        self.found(tree, key, what, Cure::Repaired);
    }

    fn found(&mut self, tree: Tree, key: &[u8], what: &str, cure: Cure) {
        match cure {
            Cure::Repaired => self.checked.repaired += 1,
            Cure::Repair | Cure::Restore => self.checked.wrong += 1,
        }
        (self.tell)(Told::Finding(&Finding {
            tree: tree.name(),
            key: key::readable(key),
            what: what.to_owned(),
            cure,
        }));
    }

    fn mend(&mut self) -> Result<()> {
        let mends = std::mem::take(&mut self.mends);
        if mends.is_empty() {
            return Ok(());
        }
        write_all(self.trees, &mends)
    }

    fn foreign(&mut self) -> Result<()> {
        for name in self.trees.foreign()? {
            let what = format!("there is a tree {name}, which is none of foresignal's");
            self.lost(Tree::Meta, b"", &what);
        }
        Ok(())
    }

    /// The counts are kept, not counted: they must be what was counted now.
    fn counts(&mut self) -> Result<()> {
        let stored = match self.trees.counts() {
            Ok(stored) if stored == self.counts => return Ok(()),
            Ok(stored) => format!("{stored:?}"),
            Err(why) => why.to_string(),
        };
        let what = format!("it says {stored}, and there are {:?}", self.counts);
        let counts = value::encode(&self.counts)?;
        let mend = vec![(Tree::Meta, COUNTS.to_vec(), Some(counts.into()))];
        self.derived(Tree::Meta, COUNTS, &what, mend);
        self.mend()
    }
}

/// How many mends are written at once.
const MENDS: usize = 100;
