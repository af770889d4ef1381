//! Where the database lies in a data directory, who may touch it, and how another one takes its
//! place.
//!
//! Invariants: whoever opens, moves or removes anything here holds the [`Gate`]. A database is
//! built under a name of its own (`store.new`), is complete once it bears the next (`store.ready`)
//! and takes its place by rename, so that a kill at any point leaves the old one or the new one,
//! whole; [`settle`] ends at the next opening what a kill cut short.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::store::{Error, Result};

/// The database.
pub(super) const STORE: &str = "store";
/// The archive.
pub(super) const ARCHIVE: &str = "archive";
/// Being built: of no worth until it is complete.
pub(super) const NEW: &str = "new";
/// Complete; what bears the plain name gives way to it. `store.ready` is the point of no return:
/// an `archive.ready` without it is not wanted any more.
const READY: &str = "ready";
/// It gave way.
const OLD: &str = "old";

/// How often a lock is tried again, every [`PAUSE`]: who closes a store and opens it again shall
/// not be told that it is in use.
const PATIENCE: u32 = 80;
const PAUSE: Duration = Duration::from_millis(5);
/// How often, while a database that this process has closed itself lets go.
const CLOSING: u32 = 2000;

/// `store` → `store.new`
pub(super) fn beside(dir: &Path, name: &str, stage: &str) -> PathBuf {
    dir.join(format!("{name}.{stage}"))
}

/// The right to touch what lies in a data directory: held by one process at a time. Clones are
/// the same right; it ends with the last of them.
#[derive(Clone, Debug)]
pub(super) struct Gate(Arc<Held>);

#[derive(Debug)]
struct Held {
    dir: PathBuf,
    /// The lock is on the open file, and ends with the process whatever becomes of it.
    _lock: File,
    /// Whether the last holder was killed, and nobody has dealt with that yet.
    cut_off: AtomicBool,
}

/// Beside the lock stands who holds it: the lock itself tells others nothing.
#[derive(Serialize, Deserialize)]
struct Holder {
    pid: u32,
    started: String,
}

impl Gate {
    /// Enters `dir`, creating it where missing, and settles what a killed process left there.
    pub(super) fn enter(dir: &Path) -> Result<Gate> {
        fs::create_dir_all(dir).map_err(Error::io(dir))?;
        // Never removed: whoever waits for it would hold a lock on a file that is gone.
        let path = dir.join("store.lock");
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false);
        let lock = options.open(&path).map_err(Error::io(&path))?;
        if !locked(&lock, PATIENCE).map_err(Error::io(&path))? {
            return Err(Error::Locked {
                path: dir.join(STORE).display().to_string(),
                holder: holder(dir),
            });
        }
        let held = Held {
            dir: dir.to_owned(),
            _lock: lock,
            // Who ends in order takes its signature along.
            cut_off: AtomicBool::new(signature(dir).exists()),
        };
        held.sign()?;
        let gate = Gate(Arc::new(held));
        settle(&gate)?;
        Ok(gate)
    }

    /// The data directory.
    pub(super) fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// Whether the last holder was killed.
    pub(super) fn cut_off(&self) -> bool {
        self.0.cut_off.load(Ordering::Relaxed)
    }

    /// Somebody has dealt with it.
    pub(super) fn settled(&self) {
        self.0.cut_off.store(false, Ordering::Relaxed);
    }

    /// Where the database lies.
    pub(super) fn store(&self) -> PathBuf {
        self.dir().join(STORE)
    }
}

impl Held {
    fn sign(&self) -> Result<()> {
        let holder = Holder {
            pid: std::process::id(),
            started: Clock::system().now().to_string(),
        };
        let path = signature(&self.dir);
        let json = serde_json::to_string(&holder).expect("two plain fields have a JSON form");
        fs::write(&path, json).map_err(Error::io(&path))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Before the lock ends, or the next holder's would go. It stays where a kill was not dealt
        // with, because only a crawl does.
        if !self.cut_off.load(Ordering::Relaxed) {
            let _ = fs::remove_file(signature(&self.dir));
        }
    }
}

fn signature(dir: &Path) -> PathBuf {
    dir.join("lock.json")
}

fn holder(dir: &Path) -> String {
    let read = fs::read_to_string(signature(dir)).ok();
    let holder: Option<Holder> = read.and_then(|json| serde_json::from_str(&json).ok());
    holder.map_or(String::new(), |holder| {
        format!(" (pid {}, since {})", holder.pid, holder.started)
    })
}

/// Whether `file` could be locked, tried so many times.
fn locked(file: &File, tries: u32) -> std::io::Result<bool> {
    for _ in 0..tries {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(why)) => return Err(why),
        }
    }
    Ok(false)
}

/// Returns when the database at `path`, whose last handle has gone, is closed: sled's threads
/// write on for a moment, by the name under which it was opened.
pub(super) fn closed(path: &Path) -> Result<()> {
    let file = path.join("db");
    let opened = match File::open(&file) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(Error::io(&file))?,
    };
    match locked(&opened, CLOSING).map_err(Error::io(&file))? {
        true => Ok(()),
        false => Err(Error::Locked {
            path: path.display().to_string(),
            holder: String::new(),
        }),
    }
}

/// Whether the data directory `dir` holds a database, if only after [`settle`].
pub(super) fn exists(dir: &Path) -> bool {
    let whole = |path: PathBuf| path.join("conf").exists();
    whole(dir.join(STORE)) || whole(beside(dir, STORE, READY))
}

/// Makes room for something to be built, and answers where.
pub(super) fn new(gate: &Gate, name: &str) -> Result<PathBuf> {
    let path = beside(gate.dir(), name, NEW);
    remove(&path)?;
    fs::create_dir(&path).map_err(Error::io(&path))?;
    Ok(path)
}

/// What was built under `store.new` (and `archive.new`, where `with_archive` says so) is complete,
/// closed and on the disk: it takes its place.
pub(super) fn replace(gate: &Gate, with_archive: bool) -> Result<()> {
    let dir = gate.dir();
    closed(&gate.store())?;
    if with_archive {
        rename(&beside(dir, ARCHIVE, NEW), &beside(dir, ARCHIVE, READY))?;
    }
    let new = beside(dir, STORE, NEW);
    sync_directory(&new)?;
    rename(&new, &beside(dir, STORE, READY))?;
    settle(gate)
}

/// Ends what was begun and is complete, and clears away the rest.
fn settle(gate: &Gate) -> Result<()> {
    let dir = gate.dir();
    if beside(dir, STORE, READY).exists() {
        if beside(dir, ARCHIVE, READY).exists() {
            take_place(dir, ARCHIVE)?;
        }
        take_place(dir, STORE)?;
    }
    for name in [STORE, ARCHIVE] {
        clear(&beside(dir, name, NEW));
        if name == ARCHIVE {
            clear(&beside(dir, name, READY));
        }
        if dir.join(name).exists() {
            clear(&beside(dir, name, OLD));
        }
    }
    Ok(())
}

fn take_place(dir: &Path, name: &str) -> Result<()> {
    let (place, old) = (dir.join(name), beside(dir, name, OLD));
    if place.exists() {
        remove(&old)?;
        rename(&place, &old)?;
    }
    rename(&beside(dir, name, READY), &place)
}

/// What cannot be cleared away costs disk space, and nothing else.
fn clear(path: &Path) {
    if let Err(why) = remove(path) {
        tracing::warn!("what is left of an earlier run stays: {why}");
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path)(why)),
        _ => Ok(()),
    }
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(Error::io(from))?;
    to.parent().map_or(Ok(()), sync_directory)
}

/// Makes names as durable as what they name.
pub(super) fn sync_directory(dir: &Path) -> Result<()> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(Error::io(dir))
}

/// Bytes of all files below `dir`; 0 where there is no such directory.
pub(super) fn bytes(dir: &Path) -> Result<u64> {
    let mut sum = 0;
    let entries = match fs::read_dir(dir) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        entries => entries.map_err(Error::io(dir))?,
    };
    for entry in entries {
        let entry = entry.map_err(Error::io(dir))?;
        let path = entry.path();
        let meta = entry.metadata().map_err(Error::io(&path))?;
        sum += if meta.is_dir() {
            bytes(&path)?
        } else {
            meta.len()
        };
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with these names in it, each holding a file that says which it was.
    fn left(names: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a temporary directory");
        for name in names {
            let path = dir.path().join(name);
            fs::create_dir(&path).expect("creates");
            fs::write(path.join("conf"), name).expect("writes");
        }
        dir
    }

    fn settled(names: &[&str]) -> Vec<(String, String)> {
        let dir = left(names);
        let known = exists(dir.path());
        drop(Gate::enter(dir.path()).expect("enters"));
        let entries = fs::read_dir(dir.path()).expect("reads");
        let entries = entries.map(|entry| entry.expect("reads").path());
        let mut found: Vec<(String, String)> = entries
            .filter(|path| path.is_dir())
            .map(|path| {
                let name = path.file_name().expect("it has a name").to_string_lossy();
                let was = fs::read_to_string(path.join("conf")).expect("reads");
                (name.into_owned(), was)
            })
            .collect();
        found.sort();
        let there = found.iter().any(|(name, _)| name == STORE);
        assert_eq!(known, there, "{names:?}: {found:?}");
        found
    }

    #[test]
    fn wherever_a_replacement_was_cut_off_one_of_both_is_there_whole() {
        let store = |was: &str| vec![("store".to_owned(), was.to_owned())];
        let both = |archive: &str, was: &str| {
            let mut found = vec![("archive".to_owned(), archive.to_owned())];
            found.extend(store(was));
            found
        };
        // Not complete: the old one stays.
        assert_eq!(settled(&["store.new"]), []);
        assert_eq!(settled(&["store", "store.new"]), store("store"));
        // Complete: the new one comes.
        assert_eq!(settled(&["store", "store.ready"]), store("store.ready"));
        assert_eq!(settled(&["store.old", "store.ready"]), store("store.ready"));
        assert_eq!(settled(&["store", "store.old"]), store("store"));
        let all = ["store", "store.old", "store.ready"];
        assert_eq!(settled(&all), store("store.ready"));
        // With an archive, both or none.
        let cut = ["archive", "store", "archive.ready", "store.new"];
        assert_eq!(settled(&cut), both("archive", "store"));
        let cut = ["archive", "store", "archive.ready", "store.ready"];
        assert_eq!(settled(&cut), both("archive.ready", "store.ready"));
        let cut = ["archive.old", "store", "archive.ready", "store.ready"];
        assert_eq!(settled(&cut), both("archive.ready", "store.ready"));
        let cut = ["archive", "archive.old", "store", "store.ready"];
        assert_eq!(settled(&cut), both("archive", "store.ready"));
        // The only copy is not cleared away.
        assert_eq!(
            settled(&["store.old"]),
            [("store.old".to_owned(), "store.old".to_owned())]
        );
    }
}
