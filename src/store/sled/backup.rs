//! A copy of a store, and of its archive, that can be put back: a directory with a manifest, the
//! entries, and the segments.
//!
//! Invariant: a backup is written under a name of its own and renamed when it is complete and on
//! the disk, its manifest last; what bears the plain name is whole.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::copy::{self, Adder, Sums};
use super::dump::Dump;
use super::place::{ARCHIVE, Gate, bytes, sync_directory};
use super::{SledStore, open};
use crate::clock::Clock;
use crate::model::time::Timestamp;
use crate::store::{Counts, Error, Result, Step, disk};

/// The entries' file within a backup.
pub(super) const ENTRIES: &str = "store.gz";
/// The manifest's file within a backup.
const MANIFEST: &str = "manifest.json";
/// What this program writes and reads.
const FORMAT: u16 = 1;
/// Bytes between two steps of copying.
const STEP: u64 = 16 << 20;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the backup's own layout.
    pub format: u16,
    /// The program that wrote it.
    pub program: String,
    /// The version of the store's layout.
    pub layout: u16,
    /// When it was made.
    pub made: Timestamp,
    /// How many there were of everything.
    pub counts: Counts,
    /// What each tree held.
    pub trees: Sums,
    /// Whether the archived pages are in it.
    pub archive: bool,
    /// Its files.
    pub files: Vec<Listed>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its path below the backup's directory.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Reads what the backup in `dir` says of itself, and holds it against what this program can
    /// put back.
    pub fn read(dir: &Path) -> Result<Manifest> {
        let path = dir.join(MANIFEST);
        let text = fs::read_to_string(&path).map_err(|why| {
            let why = match why.kind() {
                std::io::ErrorKind::NotFound => "it is no backup, or one that was never completed",
                _ => return Error::io(&path)(why),
            };
            unusable(dir, why)
        })?;
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|why| unusable(dir, &format!("its manifest cannot be read: {why}")))?;
        if (manifest.format, manifest.layout) != (FORMAT, open::LAYOUT) {
            return Err(Error::Version {
                path: dir.display().to_string(),
                found: format!("{} (format {})", manifest.layout, manifest.format),
                expected: open::LAYOUT,
            });
        }
        Ok(manifest)
    }

    /// Every file is there, as long and with the hash that the manifest says.
    pub(super) fn verify(&self, dir: &Path, tell: &mut dyn FnMut(Step<'_>)) -> Result<()> {
        for file in &self.files {
            let path = file.within(dir)?;
            let opened = File::open(&path).map_err(Error::io(&path))?;
            let mut nowhere = std::io::sink();
            let found = carry(opened, &mut nowhere, &file.path, "verifying", tell);
            if found.map_err(Error::io(&path))? != *file {
                let why = format!("{} is not what its manifest says", file.path);
                return Err(unusable(dir, &why));
            }
        }
        Ok(())
    }
}

impl Listed {
    /// Where it lies; a manifest is foreign input, and leads nowhere else.
    fn within(&self, dir: &Path) -> Result<PathBuf> {
        let name = self.path.strip_prefix("archive/").unwrap_or(&self.path);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        match name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain) {
            true => Ok(dir.join(&self.path)),
            false => Err(unusable(dir, "its manifest names a file elsewhere")),
        }
    }

    /// The segment's name, if it is one of the archive.
    pub(super) fn segment(&self) -> Option<&str> {
        self.path.strip_prefix("archive/")
    }
}

impl SledStore {
    /// Copies the store in the data directory `dir` to the directory `to`, which is made; with
    /// its archive where `archive` says so.
    ///
    /// # Errors
    /// Where `to` exists, the disk has too little room, another process has the store open, or
    /// something cannot be read or written. There is no `to` then.
    pub fn backup(
        dir: &Path,
        to: &Path,
        archive: bool,
        cache_bytes: u64,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Manifest> {
        if to.exists() {
            return Err(Error::Taken {
                path: to.display().to_string(),
                advice: "name another place, a backup is never overwritten",
            });
        }
        let beside = part(to);
        let gate = Gate::enter(dir)?;
        // What a killed backup left.
        match fs::remove_dir_all(&beside) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io(&beside)(why));
            }
            _ => fs::create_dir_all(&beside).map_err(Error::io(&beside))?,
        }
        let made = write(&gate, &beside, archive, cache_bytes, tell).and_then(|manifest| {
            fs::rename(&beside, to).map_err(Error::io(to))?;
            sync_directory(parent(to))?;
            Ok(manifest)
        });
        if made.is_err() {
            // The error that led here says more.
            let _ = fs::remove_dir_all(&beside);
        }
        made
    }
}

/// `to.part`
fn part(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn write(
    gate: &Gate,
    to: &Path,
    archive: bool,
    cache_bytes: u64,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<Manifest> {
    let trees = open::open(gate, cache_bytes)?;
    let segments = gate.dir().join(ARCHIVE);
    let needed = if archive { bytes(&segments)? } else { 0 };
    disk::require(to, needed + bytes(&gate.store())?)?;

    let path = to.join(ENTRIES);
    let file = File::create(&path).map_err(Error::io(&path))?;
    let mut dump = Dump::new(BufWriter::new(file)).map_err(Error::io(&path))?;
    let mut adder = Adder::default();
    copy::each_live(&trees, |tree, key, value| {
        dump.add(tree, key, value).map_err(Error::io(&path))?;
        copy::step("copying", tree, adder.add(tree, key, value), tell);
        Ok(())
    })?;
    let file = dump.end().and_then(|out| Ok(out.into_inner()?));
    let synced = file.and_then(|file| file.sync_all());
    synced.map_err(Error::io(&path))?;
    let mut manifest = Manifest {
        format: FORMAT,
        program: format!("foresignal {}", env!("CARGO_PKG_VERSION")),
        layout: open::LAYOUT,
        made: Clock::system().now(),
        counts: trees.counts()?,
        trees: adder.end(),
        archive,
        files: vec![listed(&path, ENTRIES, tell)?],
    };
    if archive {
        manifest.files.extend(copy_archive(&segments, to, tell)?);
    }
    let path = to.join(MANIFEST);
    let json = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::other);
    let written = json.and_then(|json| {
        let mut file = File::create(&path)?;
        file.write_all(&json)?;
        file.sync_all()
    });
    written.map_err(Error::io(&path))?;
    sync_directory(to)?;
    Ok(manifest)
}

/// Copies every segment; the store's lock keeps writers away.
fn copy_archive(from: &Path, to: &Path, tell: &mut dyn FnMut(Step<'_>)) -> Result<Vec<Listed>> {
    let into = to.join(ARCHIVE);
    fs::create_dir(&into).map_err(Error::io(&into))?;
    let mut files = Vec::new();
    let segments = match from.exists() {
        true => crate::store::archive::segments(from)?,
        false => Vec::new(),
    };
    for segment in segments {
        let name = segment.file_name().unwrap_or_default().to_string_lossy();
        let copied = copy_file(&segment, &into.join(&*name), &name, "copying", tell)?;
        let path = format!("{ARCHIVE}/{name}");
        files.push(Listed { path, ..copied });
    }
    sync_directory(&into)?;
    Ok(files)
}

/// Copies a file, onto the disk, and answers what went through.
pub(super) fn copy_file(
    from: &Path,
    to: &Path,
    name: &str,
    doing: &'static str,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<Listed> {
    let source = File::open(from).map_err(Error::io(from))?;
    let mut target = File::create(to).map_err(Error::io(to))?;
    let carried = carry(source, &mut target, name, doing, tell);
    let carried = carried.and_then(|listed| target.sync_all().map(|()| listed));
    carried.map_err(Error::io(to))
}

fn listed(path: &Path, name: &str, tell: &mut dyn FnMut(Step<'_>)) -> Result<Listed> {
    let file = File::open(path).map_err(Error::io(path))?;
    carry(file, &mut std::io::sink(), name, "hashing", tell).map_err(Error::io(path))
}

fn carry(
    mut from: impl Read,
    to: &mut impl Write,
    what: &str,
    doing: &'static str,
    tell: &mut dyn FnMut(Step<'_>),
) -> std::io::Result<Listed> {
    let (mut hash, mut done, mut told) = (Sha256::new(), 0, 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        done += read as u64;
        if done - told >= STEP {
            told = done;
            tell(Step { doing, what, done });
        }
    }
    let hash = hash.finalize();
    Ok(Listed {
        path: what.to_owned(),
        bytes: done,
        sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

pub(super) fn unusable(dir: &Path, why: &str) -> Error {
    Error::Unreadable {
        path: dir.display().to_string(),
        why: why.to_owned(),
    }
}
