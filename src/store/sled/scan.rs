//! Walking through a tree.
//!
//! Invariant: no iterator of sled's is held between two entries that a reader takes: it would pin
//! the pages it saw, and a slow reader would make a busy store's memory grow.

use std::collections::VecDeque;
use std::ops::Bound;

use sled::IVec;

use super::trees::{Tree, Trees, database};
use crate::store::{Result, key};

/// How many entries are read at once.
const CHUNK: usize = 256;

/// The entries of a stretch of a tree, in the order of their keys.
pub(super) struct Scan {
    tree: sled::Tree,
    from: Bound<Vec<u8>>,
    to: Bound<Vec<u8>>,
    read: VecDeque<(IVec, IVec)>,
    ended: bool,
}

impl Scan {
    /// Every entry whose key starts with `prefix`.
    pub(super) fn of_prefix(trees: &Trees, tree: Tree, prefix: &[u8]) -> Scan {
        let to = key::behind(prefix).map_or(Bound::Unbounded, Bound::Excluded);
        Scan::new(trees, tree, prefix, to)
    }

    /// Every entry whose key is `from` or behind it.
    pub(super) fn from(trees: &Trees, tree: Tree, from: &[u8]) -> Scan {
        Scan::new(trees, tree, from, Bound::Unbounded)
    }

    fn new(trees: &Trees, tree: Tree, from: &[u8], to: Bound<Vec<u8>>) -> Scan {
        Scan {
            tree: trees.tree(tree).clone(),
            from: Bound::Included(from.to_vec()),
            to,
            read: VecDeque::new(),
            ended: false,
        }
    }

    fn read_on(&mut self) -> Result<()> {
        let range = self
            .tree
            .range::<Vec<u8>, _>((self.from.clone(), self.to.clone()));
        for entry in range.take(CHUNK) {
            self.read.push_back(entry.map_err(database)?);
        }
        self.ended = self.read.len() < CHUNK;
        if let Some((last, _)) = self.read.back() {
            self.from = Bound::Excluded(last.to_vec());
        }
        Ok(())
    }
}

impl Iterator for Scan {
    type Item = Result<(IVec, IVec)>;

    fn next(&mut self) -> Option<Result<(IVec, IVec)>> {
        if self.read.is_empty()
            && !self.ended
            && let Err(error) = self.read_on()
        {
            self.ended = true;
            return Some(Err(error));
        }
        self.read.pop_front().map(Ok)
    }
}
