//! Opening the database: whether it is ours, whether this program can read it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use super::place::{self, Gate, STORE};
use super::trees::{Trees, database};
use crate::store::{Error, Result};

/// The version of the layout of trees and keys; values have versions of their own.
pub(super) const LAYOUT: u16 = 1;

/// Where in `meta` the layout's version stands, in digits: every program can say what it found.
pub(super) const VERSION: &[u8] = b"version";

/// Opens the database of the data directory that `gate` leads to, creating it where there is
/// none.
pub(super) fn open(gate: &Gate, cache_bytes: u64) -> Result<Trees> {
    let path = gate.store();
    let is_empty = |content: fs::ReadDir| content.count() == 0;
    if !path.exists() || fs::read_dir(&path).is_ok_and(is_empty) {
        create(gate, cache_bytes)?;
    }
    if !path.join("conf").exists() {
        return Err(unreadable(&path, "it holds other files"));
    }
    let db = database_at(&path, cache_bytes)?;
    check_version(&db, &path)?;
    trees(db, &path, Some(gate.clone()))
}

/// An empty database in `path`, which nobody knows of yet.
pub(super) fn build(path: &Path, cache_bytes: u64) -> Result<Trees> {
    trees(database_at(path, cache_bytes)?, path, None)
}

/// A new database is seen under its name only once its version stands in it: one without a version
/// is refused, and a kill in between would leave such a one for ever.
fn create(gate: &Gate, cache_bytes: u64) -> Result<()> {
    let path = place::new(gate, STORE)?;
    let trees = build(&path, cache_bytes)?;
    let meta = trees.tree(super::Tree::Meta);
    let version = LAYOUT.to_string();
    meta.insert(VERSION, version.as_bytes()).map_err(database)?;
    trees.flush()?;
    drop(trees);
    place::closed(&path)?;
    place::replace(gate, false)
}

fn trees(db: sled::Db, path: &Path, gate: Option<Gate>) -> Result<Trees> {
    catch_unwind(AssertUnwindSafe(|| Trees::new(db, gate)))
        .unwrap_or_else(|_| Err(unreadable(path, PANICKED)))
}

/// Opening a damaged database panics at some places within sled.
const PANICKED: &str = "the database panicked on it";

fn unreadable(path: &Path, why: &str) -> Error {
    Error::Unreadable {
        path: path.display().to_string(),
        why: format!(
            "{why}; `foresignal store restore BACKUP --replace` puts a backup in its place, and if nothing in it is of worth, remove it"
        ),
    }
}

/// Removes the snapshots that a kill cut short while they were written. sled 0.34 means to pass over
/// them, but looks for another ending than the one that it gives them, takes one for its newest
/// snapshot and refuses the database as corrupt. The snapshot before it, and the log, are whole.
fn clear_half_written(path: &Path) -> Result<()> {
    let half_written = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("snap.") && name.ends_with(".generating")
    };
    let Ok(entries) = fs::read_dir(path) else {
        return Ok(());
    };
    let left: Vec<_> = entries.flatten().filter(half_written).collect();
    if !left.is_empty() {
        // One that is being written by threads of our own is not left over.
        place::closed(path)?;
    }
    for entry in left {
        match fs::remove_file(entry.path()) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io(&entry.path())(why));
            }
            _ => tracing::warn!("{}: cut short, removed", entry.path().display()),
        }
    }
    Ok(())
}

/// The gate is ours, so nobody else is at work here; but sled's threads hold its own lock for a
/// moment after the last handle has gone.
fn database_at(path: &Path, cache_bytes: u64) -> Result<sled::Db> {
    clear_half_written(path)?;
    let open = || {
        let config = sled::Config::new()
            .path(path)
            .cache_capacity(cache_bytes)
            // Every call that writes flushes by itself.
            .flush_every_ms(None);
        let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
        opened.map_err(|_| unreadable(path, PANICKED))
    };
    for _ in 0..PATIENCE {
        match open()? {
            Err(why) if is_lock(&why) => std::thread::sleep(PAUSE),
            opened => return opened.map_err(|why| refusal(path, &why)),
        }
    }
    open()?.map_err(|why| refusal(path, &why))
}

/// How often a lock is tried again, every [`PAUSE`].
const PATIENCE: usize = 80;
const PAUSE: Duration = Duration::from_millis(5);

fn is_lock(why: &sled::Error) -> bool {
    matches!(why, sled::Error::Io(io) if io.to_string().contains("could not acquire lock"))
}

fn refusal(path: &Path, why: &sled::Error) -> Error {
    match why {
        why if is_lock(why) => Error::Locked {
            path: path.display().to_string(),
            holder: String::new(),
        },
        sled::Error::Io(io) => Error::Io {
            path: path.display().to_string(),
            source: std::io::Error::new(io.kind(), io.to_string()),
        },
        other => unreadable(path, &other.to_string()),
    }
}

/// A database without a version is refused: sled takes a log of rubbish for an empty one, and we
/// would start all over in it.
fn check_version(db: &sled::Db, path: &Path) -> Result<()> {
    let none = || unreadable(path, "it has no layout version");
    if !db.tree_names().iter().any(|name| **name == *b"meta") {
        return Err(none());
    }
    let meta = db.open_tree("meta").map_err(database)?;
    match meta.get(VERSION).map_err(database)? {
        Some(found) if *found == *LAYOUT.to_string().as_bytes() => Ok(()),
        Some(found) => Err(Error::Version {
            path: path.display().to_string(),
            found: found.escape_ascii().to_string(),
            expected: LAYOUT,
        }),
        None => Err(none()),
    }
}
