//! Carrying entries from one database to another, as they stand.
//!
//! Invariants: entries go in the order of their keys and in small batches, which is what sled is
//! quick and small at; what was written is read back and compared before it is relied on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sled::IVec;
use xxhash_rust::xxh3::Xxh3;

use super::scan::Scan;
use super::trees::{Tree, Trees, database, part_of, parts};
use crate::store::{Error, Result, Step};

/// How many entries are written at once: a batch holds on to every page that it touches.
const BATCH: usize = 100;
/// After how many entries of a tree somebody hears of it.
pub(super) const STEP: u64 = 1000;

/// Calls `take` with every entry that is of use, tree by tree, in the order of the keys. What is
/// left out are parts that no record has any more.
pub(super) fn each_live(
    from: &Trees,
    mut take: impl FnMut(Tree, &IVec, &IVec) -> Result<()>,
) -> Result<()> {
    for tree in Tree::ALL {
        for entry in Scan::of_prefix(from, tree, b"") {
            let (key, value) = entry?;
            if tree != Tree::Parts || is_live_part(from, &key)? {
                take(tree, &key, &value)?;
            }
        }
    }
    Ok(())
}

fn is_live_part(trees: &Trees, key: &[u8]) -> Result<bool> {
    let Some((tree, key, part)) = part_of(key) else {
        return Ok(false);
    };
    let head = trees.get(tree, key)?;
    Ok(head.is_some_and(|head| part < parts(&head)))
}

/// What went through a tree: how much, and what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Entries.
    pub entries: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// xxh3 over all of them, in order.
    pub hash: u64,
}

/// Sums by the name of the tree.
pub(super) type Sums = BTreeMap<String, Sum>;

/// Sums up entries that come tree by tree.
#[derive(Default)]
pub(super) struct Adder {
    sums: Sums,
    at: Option<(Tree, Sum, Xxh3)>,
}

impl Adder {
    pub(super) fn add(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> u64 {
        if self.at.as_ref().is_none_or(|(at, ..)| *at != tree) {
            self.end_tree();
        }
        let fresh = || (tree, Sum::default(), Xxh3::new());
        let (_, sum, hash) = self.at.get_or_insert_with(fresh);
        for bytes in [key, value] {
            hash.update(&(bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
            sum.bytes += bytes.len() as u64;
        }
        sum.entries += 1;
        sum.entries
    }

    fn end_tree(&mut self) {
        if let Some((tree, mut sum, hash)) = self.at.take() {
            sum.hash = hash.digest();
            self.sums.insert(tree.name().to_owned(), sum);
        }
    }

    pub(super) fn end(mut self) -> Sums {
        self.end_tree();
        self.sums
    }
}

/// Sums up what is of use in a database.
pub(super) fn sums(of: &Trees, tell: &mut dyn FnMut(Step<'_>)) -> Result<Sums> {
    let mut adder = Adder::default();
    each_live(of, |tree, key, value| {
        step("reading", tree, adder.add(tree, key, value), tell);
        Ok(())
    })?;
    Ok(adder.end())
}

pub(super) fn step(doing: &'static str, tree: Tree, done: u64, tell: &mut dyn FnMut(Step<'_>)) {
    if done.is_multiple_of(STEP) {
        let what = tree.name();
        tell(Step { doing, what, done });
    }
}

/// Fills a database that nobody uses yet.
pub(super) struct Writer {
    to: Trees,
    at: Tree,
    batch: sled::Batch,
    batched: usize,
    adder: Adder,
}

impl Writer {
    pub(super) fn new(to: Trees) -> Writer {
        Writer {
            to,
            at: Tree::Meta,
            batch: sled::Batch::default(),
            batched: 0,
            adder: Adder::default(),
        }
    }

    /// Takes an entry; they come tree by tree. Answers how many of that tree there are now.
    pub(super) fn take(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> Result<u64> {
        if tree != self.at || self.batched == BATCH {
            self.write()?;
            self.at = tree;
        }
        self.batch.insert(key, value);
        self.batched += 1;
        Ok(self.adder.add(tree, key, value))
    }

    fn write(&mut self) -> Result<()> {
        self.batched = 0;
        let batch = std::mem::take(&mut self.batch);
        self.to.tree(self.at).apply_batch(batch).map_err(database)
    }

    /// Returns when all of it is on the disk, and reads back as it came.
    pub(super) fn end(mut self, tell: &mut dyn FnMut(Step<'_>)) -> Result<Sums> {
        self.write()?;
        self.to.flush()?;
        let written = self.adder.end();
        if sums(&self.to, tell)? == written {
            return Ok(written);
        }
        Err(Error::Database(
            "what was written does not read back as it came; nothing was changed".to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sled::open;

    #[test]
    fn what_does_not_read_back_as_it_came_is_refused() {
        for spoil in [None, Some((Tree::Urls, &b"a"[..])), Some((Tree::Due, b"z"))] {
            let dir = tempfile::tempdir().expect("a temporary directory");
            let trees = open::build(dir.path(), 1 << 20).expect("builds");
            let mut writer = Writer::new(trees.clone());
            for (tree, key) in [(Tree::Urls, "a"), (Tree::Urls, "b"), (Tree::Due, "a")] {
                writer.take(tree, key.as_bytes(), b"x").expect("writes");
            }
            writer.write().expect("writes");
            if let Some((tree, key)) = spoil {
                trees.tree(tree).insert(key, b"y").expect("writes");
            }
            assert_eq!(writer.end(&mut |_| {}).is_err(), spoil.is_some());
        }
    }
}
