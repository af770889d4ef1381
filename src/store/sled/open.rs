//! Opening the database: who holds it, whether it is ours, whether this program can read it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::trees::{Trees, database};
use crate::clock::Clock;
use crate::store::{Error, Result};

/// The version of the layout of trees and keys; values have versions of their own.
const LAYOUT: u16 = 1;

/// Where in `meta` the layout's version stands, in digits: every program can say what it found.
const VERSION: &[u8] = b"version";

/// Whether the data directory `dir` holds a database.
pub(super) fn exists(dir: &Path) -> bool {
    dir.join("store").join("conf").exists()
}

pub(super) fn open(dir: &Path, cache_bytes: u64) -> Result<Trees> {
    let path = dir.join("store");
    fs::create_dir_all(&path).map_err(Error::io(&path))?;
    let foreign = |why: &str| Error::Unreadable {
        path: path.display().to_string(),
        why: why.to_owned(),
    };
    let mut content = fs::read_dir(&path).map_err(Error::io(&path))?;
    let new = content.next().is_none();
    if !new && !path.join("conf").exists() {
        return Err(foreign("it holds other files"));
    }
    // Opening a damaged database panics at some places within sled.
    let opened = catch_unwind(AssertUnwindSafe(|| patiently(&path, cache_bytes)));
    let db = opened
        .map_err(|_| foreign("the database panicked on it"))?
        .map_err(|why| refusal(dir, &path, &why))?;
    let lock = LockFile::write(dir)?;
    check_version(&db, &path, new)?;
    catch_unwind(AssertUnwindSafe(|| Trees::new(db, lock)))
        .unwrap_or_else(|_| Err(foreign("the database panicked on it")))
}

/// sled's threads hold the lock for a moment after the last handle has gone: who closes a store
/// and opens it again shall not be told that it is in use.
fn patiently(path: &Path, cache_bytes: u64) -> sled::Result<sled::Db> {
    for _ in 0..PATIENCE {
        match database_at(path, cache_bytes) {
            Err(why) if is_lock(&why) => std::thread::sleep(Duration::from_millis(20)),
            opened => return opened,
        }
    }
    database_at(path, cache_bytes)
}

/// How often a lock is tried again, every 20 ms.
const PATIENCE: usize = 20;

fn is_lock(why: &sled::Error) -> bool {
    matches!(why, sled::Error::Io(io) if io.to_string().contains("could not acquire lock"))
}

fn database_at(path: &Path, cache_bytes: u64) -> sled::Result<sled::Db> {
    sled::Config::new()
        .path(path)
        .cache_capacity(cache_bytes)
        // Every call that writes flushes by itself.
        .flush_every_ms(None)
        .open()
}

fn refusal(dir: &Path, path: &Path, why: &sled::Error) -> Error {
    let path = path.display().to_string();
    match why {
        why if is_lock(why) => Error::Locked {
            path,
            holder: LockFile::holder(dir),
        },
        sled::Error::Io(io) => Error::Io {
            path,
            source: std::io::Error::new(io.kind(), io.to_string()),
        },
        other => Error::Unreadable {
            path,
            why: other.to_string(),
        },
    }
}

/// A new database gets its version before anything else. One that was there before and has none
/// is refused: sled takes a log of rubbish for an empty one, and we would start all over in it.
fn check_version(db: &sled::Db, path: &Path, new: bool) -> Result<()> {
    let meta = db.open_tree("meta").map_err(database)?;
    let path = path.display().to_string();
    match meta.get(VERSION).map_err(database)? {
        Some(found) if *found == *LAYOUT.to_string().as_bytes() => Ok(()),
        Some(found) => Err(Error::Version {
            path,
            found: found.escape_ascii().to_string(),
            expected: LAYOUT,
        }),
        None if new => {
            let version = LAYOUT.to_string();
            meta.insert(VERSION, version.as_bytes()).map_err(database)?;
            meta.flush().map(|_| ()).map_err(database)
        }
        None => Err(Error::Unreadable {
            path,
            why: "it has no layout version; is it another program's? If nothing in it is of worth, remove it".to_owned(),
        }),
    }
}

/// Says beside the database who holds it: sled's own lock keeps others out, but tells them
/// nothing.
#[derive(Debug)]
pub(super) struct LockFile(PathBuf);

#[derive(Serialize, Deserialize)]
struct Holder {
    pid: u32,
    started: String,
}

impl LockFile {
    fn path(dir: &Path) -> PathBuf {
        dir.join("lock.json")
    }

    fn write(dir: &Path) -> Result<LockFile> {
        let holder = Holder {
            pid: std::process::id(),
            started: Clock::system().now().to_string(),
        };
        let path = LockFile::path(dir);
        let json = serde_json::to_string(&holder).expect("two plain fields have a JSON form");
        fs::write(&path, json).map_err(Error::io(&path))?;
        Ok(LockFile(path))
    }

    fn holder(dir: &Path) -> String {
        let read = fs::read_to_string(LockFile::path(dir)).ok();
        let holder: Option<Holder> = read.and_then(|json| serde_json::from_str(&json).ok());
        holder.map_or(String::new(), |holder| {
            format!(" (pid {}, since {})", holder.pid, holder.started)
        })
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // Left behind, it harms nobody: the next holder replaces it.
        let _ = fs::remove_file(&self.0);
    }
}
