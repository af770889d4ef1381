//! The trees of the database, and reading from them.
//!
//! Invariant: no value in sled is longer than [`PART`]: sled 0.34 leaks those of 128 KB and more
//! for ever. A longer record lies in parts in a tree of their own, and in its place stands
//! [`IN_PARTS`], their number and a checksum.

use sled::IVec;
use xxhash_rust::xxh3::xxh3_64;

use super::place::Gate;
use crate::store::value::{self, Stored};
use crate::store::{Counts, Error, Result, key};

/// The most bytes that one value has.
pub(super) const PART: usize = 60_000;

/// In place of a version byte: the record lies in parts.
const IN_PARTS: u8 = 255;

/// Where in `meta` the counts stand.
pub(super) const COUNTS: &[u8] = b"counts";

/// The trees, in the order of [`Tree::NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    Meta,
    Urls,
    Due,
    Hosts,
    Companies,
    Signals,
    SignalIds,
    Log,
    Profiles,
    Pages,
    Parts,
    Twins,
}

impl Tree {
    /// Its name in the database.
    pub(super) fn name(self) -> &'static str {
        Tree::NAMES[self as usize]
    }

    pub(super) const ALL: [Tree; 12] = [
        Tree::Meta,
        Tree::Urls,
        Tree::Due,
        Tree::Hosts,
        Tree::Companies,
        Tree::Signals,
        Tree::SignalIds,
        Tree::Log,
        Tree::Profiles,
        Tree::Pages,
        Tree::Parts,
        Tree::Twins,
    ];
    pub(super) const NAMES: [&'static str; 12] = [
        "meta",
        "urls",
        "due",
        "hosts",
        "companies",
        "signals",
        "signal_ids",
        "log",
        "profiles",
        "pages",
        "parts",
        "twins",
    ];
}

/// All trees of one open database; clones are handles to the same.
#[derive(Clone, Debug)]
pub(super) struct Trees {
    pub(super) trees: Vec<sled::Tree>,
    /// Whoever enters next waits for the database's own lock. `None`: nobody else knows of it.
    pub(super) gate: Option<Gate>,
    db: sled::Db,
}

impl Trees {
    pub(super) fn new(db: sled::Db, gate: Option<Gate>) -> Result<Trees> {
        let open = |name: &&str| db.open_tree(name).map_err(database);
        Ok(Trees {
            trees: Tree::NAMES.iter().map(open).collect::<Result<_>>()?,
            gate,
            db,
        })
    }

    pub(super) fn tree(&self, tree: Tree) -> &sled::Tree {
        &self.trees[tree as usize]
    }

    /// The names of trees that are none of ours, of those that hold anything.
    pub(super) fn foreign(&self) -> Result<Vec<String>> {
        let mut foreign = Vec::new();
        for name in self.db.tree_names() {
            let ours = Tree::NAMES.iter().any(|ours| ours.as_bytes() == &*name);
            if !ours && !self.db.open_tree(&name).map_err(database)?.is_empty() {
                foreign.push(key::readable(&name));
            }
        }
        Ok(foreign)
    }

    /// Returns when everything written so far is on the disk.
    pub(super) fn flush(&self) -> Result<()> {
        self.db.flush().map(|_| ()).map_err(database)
    }

    pub(super) fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<IVec>> {
        self.tree(tree).get(key).map_err(database)
    }

    pub(super) fn counts(&self) -> Result<Counts> {
        Ok(self.record(Tree::Meta, COUNTS)?.unwrap_or_default())
    }

    pub(super) fn record<T: Stored>(&self, tree: Tree, key: &[u8]) -> Result<Option<T>> {
        let value = self.get(tree, key)?;
        value.map(|value| self.decode(tree, key, value)).transpose()
    }

    /// The record of `value`, which stands under `key`, with its parts where it has some. A
    /// commit may exchange them while they are gathered: then the checksum differs, and the
    /// value is read anew.
    pub(super) fn decode<T: Stored>(&self, tree: Tree, key: &[u8], value: IVec) -> Result<T> {
        let mut value = value;
        for _ in 0..10 {
            if value.first() != Some(&IN_PARTS) {
                return value::decode(key, &value);
            }
            if let Some(whole) = self.gathered(tree, key, &value)? {
                return value::decode(key, &whole);
            }
            match self.get(tree, key)? {
                Some(newer) => value = newer,
                None => break,
            }
        }
        Err(Error::Corrupt {
            tree: Tree::NAMES[tree as usize],
            key: key::readable(key),
            why: "its parts do not fit together".to_owned(),
        })
    }

    fn gathered(&self, tree: Tree, key: &[u8], head: &[u8]) -> Result<Option<Vec<u8>>> {
        let (Some(number), Some(checksum)) = (head.get(1..3), head.get(3..)) else {
            return Ok(None);
        };
        let mut whole = Vec::new();
        for part in 0..u16::from_be_bytes([number[0], number[1]]) {
            match self.get(Tree::Parts, &part_key(tree, key, part))? {
                Some(bytes) => whole.extend_from_slice(&bytes),
                None => return Ok(None),
            }
        }
        Ok((xxh3_64(&whole).to_be_bytes() == checksum).then_some(whole))
    }

    /// The first entry whose key is `from` or behind it.
    pub(super) fn first_from(&self, tree: Tree, from: &[u8]) -> Result<Option<(IVec, IVec)>> {
        let entry = self.tree(tree).range(from..).next();
        entry.transpose().map_err(database)
    }

    /// The first key that starts with `prefix`.
    pub(super) fn first_of(&self, tree: Tree, prefix: &[u8]) -> Result<Option<IVec>> {
        let entry = self.first_from(tree, prefix)?;
        Ok(entry
            .map(|(key, _)| key)
            .filter(|key| key.starts_with(prefix)))
    }
}

/// What is written into a tree under a key; `None`: the entry goes.
pub(super) type Write = (Tree, Vec<u8>, Option<IVec>);

/// The entries that hold a record's bytes: itself, or its parts and what stands in its place.
///
/// Parts that a shorter record no longer needs stay: the next long one overwrites them, and they
/// are few.
pub(super) fn entries(tree: Tree, key: Vec<u8>, bytes: Vec<u8>) -> Vec<Write> {
    if bytes.len() <= PART {
        return vec![(tree, key, Some(bytes.into()))];
    }
    let mut writes = Vec::new();
    let mut head = vec![IN_PARTS, 0, 0];
    for (part, bytes) in (0..u16::MAX).zip(bytes.chunks(PART)) {
        writes.push((Tree::Parts, part_key(tree, &key, part), Some(bytes.into())));
        head[1..].copy_from_slice(&(part + 1).to_be_bytes());
    }
    head.extend(xxh3_64(&bytes).to_be_bytes());
    writes.push((tree, key, Some(head.into())));
    writes
}

fn part_key(tree: Tree, key: &[u8], part: u16) -> Vec<u8> {
    [&[tree as u8], key, &part.to_be_bytes()].concat()
}

/// The tree and key of the record that a part belongs to, and which of its parts it is.
pub(super) fn part_of(key: &[u8]) -> Option<(Tree, &[u8], u16)> {
    let (tree, rest) = key.split_first()?;
    let (key, part) = rest.split_last_chunk()?;
    let tree = Tree::ALL.get(usize::from(*tree))?;
    Some((*tree, key, u16::from_be_bytes(*part)))
}

/// Into how many parts the record is divided in whose place `value` stands; 0: it is whole.
pub(super) fn parts(value: &[u8]) -> u16 {
    match value {
        [IN_PARTS, one, other, ..] => u16::from_be_bytes([*one, *other]),
        _ => 0,
    }
}

/// What the database says of its trouble.
pub(super) fn database(why: sled::Error) -> Error {
    match why {
        // Its kind says whether the disk is full.
        sled::Error::Io(source) => Error::Io {
            path: "the store".to_owned(),
            source,
        },
        why => Error::Database(why.to_string()),
    }
}
