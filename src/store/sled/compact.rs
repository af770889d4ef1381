//! Giving back the space that sled 0.34 never does: what is of use is written into a fresh
//! database beside the old one, read back, and takes its place.

use std::path::Path;

use serde::Serialize;

use super::copy::{self, Writer};
use super::place::{self, Gate, STORE};
use super::{SledStore, open};
use crate::store::{Error, Result, Step, disk};

/// What compacting came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Bytes on the disk before.
    pub before: u64,
    /// Bytes on the disk now.
    pub after: u64,
    /// Entries carried over.
    pub entries: u64,
}

/// What sled needs on the disk for each byte of keys and values, sorted as they come here, with
/// room to spare (1.6 was measured).
const AMPLIFICATION: u64 = 2;
/// … and for the smallest database.
const LEAST: u64 = 16 << 20;

impl SledStore {
    /// Compacts the store in the data directory `dir`.
    ///
    /// # Errors
    /// Where the disk has too little room for the new one beside the old, where another process
    /// has it open, and where either cannot be read or written. The old store is there then as it
    /// was.
    pub fn compact(
        dir: &Path,
        cache_bytes: u64,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Compacted> {
        let gate = Gate::enter(dir)?;
        let old = open::open(&gate, cache_bytes)?;
        let before = place::bytes(&gate.store())?;
        let sums = copy::sums(&old, tell)?;
        let live: u64 = sums.values().map(|sum| sum.bytes).sum();
        disk::require(dir, LEAST + AMPLIFICATION * live)?;

        let path = place::new(&gate, STORE)?;
        let mut writer = Writer::new(open::build(&path, cache_bytes)?);
        copy::each_live(&old, |tree, key, value| {
            copy::step("writing", tree, writer.take(tree, key, value)?, tell);
            Ok(())
        })?;
        // By their names sled would write into the new one what it has left to say of the old.
        drop(old);
        let written = writer.end(tell)?;
        if written != sums {
            let why = "the store changed while it was copied; nothing was changed";
            return Err(Error::Database(why.to_owned()));
        }
        place::closed(&path)?;
        place::replace(&gate, false)?;
        Ok(Compacted {
            before,
            after: place::bytes(&gate.store())?,
            entries: written.values().map(|sum| sum.entries).sum(),
        })
    }
}
