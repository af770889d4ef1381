//! One file of the archive: its name, its growth, its repair.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;

use super::record::{self, Packed};
use crate::model::page::PageRef;
use crate::model::time::Timestamp;
use crate::store::{Error, Result};

/// What the name of a segment ends with.
const COMPLETE: &str = ".warc.gz";
/// What its name ends with in addition while it is being written.
const OPEN: &str = ".open";

/// The segment that is being written.
#[derive(Debug)]
pub(super) struct Segment {
    number: u32,
    path: PathBuf,
    file: File,
    length: u64,
}

impl Segment {
    pub(super) fn create(
        dir: &Path,
        number: u32,
        opened: Timestamp,
        agent: &str,
    ) -> Result<Segment> {
        let start = opened.instant().strftime("%Y%m%d%H%M%S");
        let name = format!("foresignal-{start}-{number:05}{COMPLETE}");
        let path = dir.join(format!("{name}{OPEN}"));
        let created = OpenOptions::new().append(true).create_new(true).open(&path);
        let mut segment = Segment {
            number,
            file: created.map_err(Error::io(&path))?,
            path,
            length: 0,
        };
        segment.write(&[&record::info(&name, opened, agent)])?;
        sync_directory(dir)?;
        Ok(segment)
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn append(&mut self, page: &Packed) -> Result<PageRef> {
        let page_ref = PageRef {
            content: page.content,
            segment: self.number,
            offset: self.length,
            length: page.response.len() as u64,
        };
        self.write(&[&page.response, &page.request])?;
        Ok(page_ref)
    }

    fn write(&mut self, members: &[&[u8]]) -> Result<()> {
        let members = members.concat();
        if let Err(why) = self.file.write_all(&members) {
            // A full disk must not leave half a member between two whole ones.
            self.file
                .set_len(self.length)
                .map_err(Error::io(&self.path))?;
            return Err(Error::io(&self.path)(why));
        }
        self.length += members.len() as u64;
        Ok(())
    }

    pub(super) fn sync(&mut self) -> Result<()> {
        self.file.sync_data().map_err(Error::io(&self.path))
    }

    pub(super) fn close(mut self) -> Result<()> {
        self.sync()?;
        complete(&self.path)
    }
}

/// Every segment's number and path, in order.
pub(super) fn list(dir: &Path) -> Result<Vec<(u32, PathBuf)>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(dir).map_err(Error::io(dir))? {
        let path = entry.map_err(Error::io(dir))?.path();
        if let Some(number) = number(&path) {
            segments.push((number, path));
        }
    }
    segments.sort();
    Ok(segments)
}

/// Opens a segment for reading. It may be renamed in this moment: then it is looked for again.
pub(super) fn open(dir: &Path, number: u32) -> Result<(PathBuf, File)> {
    let mut missing = None;
    for _ in 0..3 {
        let listed = list(dir)?.into_iter().find(|(listed, _)| *listed == number);
        let Some((_, path)) = listed else { continue };
        match File::open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(why) => missing = Some(Error::io(&path)(why)),
        }
    }
    Err(missing.unwrap_or_else(|| {
        let why = format!("there is no segment with the number {number}");
        Error::io(dir)(std::io::Error::new(ErrorKind::NotFound, why))
    }))
}

/// Cuts a segment that was left open to its last complete member, and completes it.
pub(super) fn repair(path: &Path) -> Result<()> {
    if path.extension().is_none_or(|end| end != &OPEN[1..]) {
        return Ok(());
    }
    let file = OpenOptions::new().read(true).write(true).open(path);
    let file = file.map_err(Error::io(path))?;
    let whole = whole_members(&file).map_err(Error::io(path))?;
    if whole == 0 {
        return fs::remove_file(path).map_err(Error::io(path));
    }
    file.set_len(whole).map_err(Error::io(path))?;
    file.sync_all().map_err(Error::io(path))?;
    complete(path)
}

/// How many bytes the complete members at the file's beginning have.
fn whole_members(file: &File) -> std::io::Result<u64> {
    let mut reader = BufReader::new(file);
    let mut whole = 0;
    while !reader.fill_buf()?.is_empty() {
        let mut member = GzDecoder::new(&mut reader);
        match std::io::copy(&mut member, &mut std::io::sink()) {
            Ok(_) => whole = reader.stream_position()?,
            Err(why) if is_torn(why.kind()) => break,
            Err(why) => return Err(why),
        }
    }
    Ok(whole)
}

/// Whether the bytes are at fault, not the disk.
fn is_torn(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData
    )
}

fn complete(path: &Path) -> Result<()> {
    fs::rename(path, path.with_extension("")).map_err(Error::io(path))?;
    path.parent().map_or(Ok(()), sync_directory)
}

/// Makes names as durable as what they name.
fn sync_directory(dir: &Path) -> Result<()> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(Error::io(dir))
}

/// `foresignal-20261122164500-00007.warc.gz` → 7.
fn number(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_suffix(OPEN).unwrap_or(name);
    let name = name.strip_suffix(COMPLETE)?.strip_prefix("foresignal-")?;
    name.split_once('-')?.1.parse().ok()
}
