//! Putting a backup in a store's place: complete, or nothing.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use serde::Serialize;

use super::backup::{ENTRIES, Manifest, copy_file, unusable};
use super::copy::{Adder, Writer, step};
use super::dump::Entries;
use super::place::{self, ARCHIVE, Gate, STORE, sync_directory};
use super::trees::{COUNTS, Tree, Trees};
use super::{SledStore, open};
use crate::model::page::PageRef;
use crate::store::archive::Shelf;
use crate::store::{Counts, Error, Result, Step, disk, value};

/// What restoring came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// What there is of everything now.
    pub counts: Counts,
    /// Segments of the archive that were put back.
    pub segments: u64,
    /// Pages that the backup knows, whose bodies lie neither in it nor in the archive that is
    /// there: they are not referred to any more, and are kept anew when next read.
    pub pages_left_out: u64,
}

impl SledStore {
    /// Puts the backup in `from` into the data directory `dir`. What it brings is verified before
    /// anything is touched; with an archive, it takes the place of the archive too.
    ///
    /// # Errors
    /// Where the backup is not whole, where there is a store already and `replace` does not say
    /// that it may go, where another process has it open, and where the disk has too little room.
    /// Everything is as it was then.
    pub fn restore(
        dir: &Path,
        from: &Path,
        replace: bool,
        cache_bytes: u64,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Restored> {
        let manifest = Manifest::read(from)?;
        let gate = Gate::enter(dir)?;
        refuse_taken(&gate, &manifest, replace)?;
        let needed: u64 = manifest.trees.values().map(|sum| 2 * sum.bytes).sum();
        let segments = manifest.files.iter().filter(|f| f.segment().is_some());
        disk::require(dir, needed + segments.map(|file| file.bytes).sum::<u64>())?;
        manifest.verify(from, tell)?;

        let segments = match manifest.archive {
            true => bring_segments(&gate, from, &manifest, tell)?,
            false => 0,
        };
        let path = place::new(&gate, STORE)?;
        let trees = open::build(&path, cache_bytes)?;
        let (counts, pages_left_out) = fill(&gate, &trees, from, &manifest, tell)?;
        drop(trees);
        place::closed(&path)?;
        place::replace(&gate, manifest.archive)?;
        Ok(Restored {
            counts,
            segments,
            pages_left_out,
        })
    }
}

fn refuse_taken(gate: &Gate, manifest: &Manifest, replace: bool) -> Result<()> {
    let archive = gate.dir().join(ARCHIVE);
    let holds = |path: &Path| fs::read_dir(path).is_ok_and(|entries| entries.count() > 0);
    for (path, goes) in [(gate.store(), true), (archive, manifest.archive)] {
        if goes && !replace && holds(&path) {
            return Err(Error::Taken {
                path: path.display().to_string(),
                advice: "--replace says that it may go",
            });
        }
    }
    Ok(())
}

fn bring_segments(
    gate: &Gate,
    from: &Path,
    manifest: &Manifest,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<u64> {
    let into = place::new(gate, ARCHIVE)?;
    let mut segments = 0;
    for file in &manifest.files {
        let Some(name) = file.segment() else { continue };
        let copied = copy_file(
            &from.join(&file.path),
            &into.join(name),
            name,
            "copying",
            tell,
        )?;
        if (copied.bytes, &copied.sha256) != (file.bytes, &file.sha256) {
            return Err(unusable(from, "it changed while it was read"));
        }
        segments += 1;
    }
    sync_directory(&into)?;
    Ok(segments)
}

/// Fills the new database. Answers the counts, and how many pages were left out.
fn fill(
    gate: &Gate,
    trees: &Trees,
    from: &Path,
    manifest: &Manifest,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<(Counts, u64)> {
    let path = from.join(ENTRIES);
    let file = File::open(&path).map_err(Error::io(&path))?;
    let mut entries = Entries::new(BufReader::new(file)).map_err(Error::io(&path))?;
    // Beside an archive of another day, a reference may lead to another page, or nowhere.
    let shelf = match manifest.archive {
        true => None,
        false => Some(Shelf::of(gate.dir())?),
    };
    let (mut writer, mut adder, mut left_out) = (Writer::new(trees.clone()), Adder::default(), 0);
    while let Some((tree, key, value)) = entries.next().map_err(Error::io(&path))? {
        step("writing", tree, adder.add(tree, &key, &value), tell);
        if let (Tree::Pages, Some(shelf)) = (tree, &shelf) {
            let page: PageRef = value::decode(&key, &value)?;
            if shelf.lacks(&page).is_some() {
                left_out += 1;
                continue;
            }
        }
        writer.take(tree, &key, &value)?;
    }
    if adder.end() != manifest.trees {
        return Err(unusable(from, "its entries are not what its manifest says"));
    }
    writer.end(tell)?;
    let mut counts = trees.counts()?;
    if left_out > 0 {
        counts.pages = counts.pages.saturating_sub(left_out);
        let bytes = value::encode(&counts)?;
        let meta = trees.tree(Tree::Meta);
        meta.insert(COUNTS, bytes).map_err(super::trees::database)?;
        trees.flush()?;
    }
    Ok((counts, left_out))
}
