//! Pages as WARC 1.1 segments: the ground truth from which everything else can be computed again,
//! readable by everybody's tools.
//!
//! Invariants: one gzip member a record; a segment is written by one process, under a name that
//! ends in `.open`, and renamed when it is complete; nothing is ever appended to an old one. What
//! a kill left behind is cut to its last complete member at the next opening. Segments are
//! numbered across the whole archive, so that a [`PageRef`] needs no name.

mod record;
mod segment;
mod shelf;

use std::fs;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::{GzDecoder, MultiGzDecoder};
use serde::{Deserialize, Serialize};
use warc::WarcReader;

use self::segment::Segment;
use super::{Error, Result};
use crate::model::page::{Page, PageRef};
use crate::model::time::Timestamp;

pub use self::record::Packed;
pub use self::shelf::Shelf;

/// The archive's section of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ArchiveConfig {
    /// Whether pages are kept at all.
    pub keep: bool,
    /// A segment is closed when it has this many bytes.
    pub segment_bytes: u64,
}

impl Default for ArchiveConfig {
    fn default() -> ArchiveConfig {
        ArchiveConfig {
            keep: true,
            segment_bytes: 256 << 20,
        }
    }
}

/// The writer of the archive. There is one: whoever holds the store's lock.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    config: ArchiveConfig,
    /// The User-Agent that the requests carried.
    agent: String,
    opened: Timestamp,
    next: u32,
    segment: Option<Segment>,
}

impl Archive {
    /// Opens the archive in the data directory `dir`, creating it where missing, and repairs what
    /// a killed process left. A segment is begun when the first page comes.
    pub fn open(
        dir: &Path,
        config: &ArchiveConfig,
        agent: &str,
        now: Timestamp,
    ) -> Result<Archive> {
        let dir = directory(dir);
        fs::create_dir_all(&dir).map_err(Error::io(&dir))?;
        let mut next = 0;
        for (number, path) in segment::list(&dir)? {
            segment::repair(&path)?;
            next = next.max(number + 1);
        }
        Ok(Archive {
            dir,
            config: config.clone(),
            agent: agent.to_owned(),
            opened: now,
            next,
            segment: None,
        })
    }

    /// The User-Agent that stands in the requests it keeps.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// Packs a page and writes it.
    pub fn append(&mut self, page: &Page) -> Result<PageRef> {
        self.append_packed(&Packed::new(page, &self.agent))
    }

    /// Writes a page, as a response and the request for it. It is on the disk after
    /// [`Archive::sync`]; only then may a commit refer to it.
    pub fn append_packed(&mut self, page: &Packed) -> Result<PageRef> {
        let segment = match &mut self.segment {
            Some(segment) => segment,
            None => {
                // Also spent when it fails: the next attempt must not meet this one's remains.
                let number = self.next;
                self.next += 1;
                let new = Segment::create(&self.dir, number, self.opened, &self.agent)?;
                self.segment.insert(new)
            }
        };
        let page_ref = segment.append(page)?;
        if segment.length() >= self.config.segment_bytes {
            self.close()?;
        }
        Ok(page_ref)
    }

    /// Returns when every page appended so far is on the disk.
    pub fn sync(&mut self) -> Result<()> {
        self.segment.as_mut().map_or(Ok(()), Segment::sync)
    }

    /// Reads a page back.
    pub fn read(&self, page: &PageRef) -> Result<Page> {
        read_from(&self.dir, page)
    }

    /// Ends the segment that is being written, where there is one.
    pub fn close(&mut self) -> Result<()> {
        self.segment.take().map_or(Ok(()), Segment::close)
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        if let Err(why) = self.close() {
            // The next opening repairs it, as it does after a kill.
            tracing::warn!("the archive's last segment stays open: {why}");
        }
    }
}

/// Where in the data directory `dir` the segments lie.
fn directory(dir: &Path) -> PathBuf {
    dir.join("archive")
}

/// Reads a page of the archive in the data directory `dir`, while or without a crawl writing it.
pub fn read(dir: &Path, page: &PageRef) -> Result<Page> {
    read_from(&directory(dir), page)
}

/// The paths of the segments in `dir`, in the order of their numbers.
pub(super) fn segments(dir: &Path) -> Result<Vec<PathBuf>> {
    let listed = segment::list(dir)?.into_iter();
    Ok(listed.map(|(_, path)| path).collect())
}

fn read_from(dir: &Path, page: &PageRef) -> Result<Page> {
    let (path, file) = segment::open(dir, page.segment)?;
    page_in(&path, file, page)
}

fn page_in(path: &Path, mut file: fs::File, page: &PageRef) -> Result<Page> {
    file.seek(SeekFrom::Start(page.offset))
        .map_err(Error::io(path))?;
    let member = GzDecoder::new(BufReader::new(file.take(page.length)));
    let record = WarcReader::new(BufReader::new(member))
        .iter_raw_records()
        .next();
    let found = match record {
        Some(Ok((head, block))) => record::page(&head, &block),
        Some(Err(why)) => return Err(damaged(path, page.offset, &why.to_string())),
        None => None,
    };
    match found {
        Some(found) if found.content() == page.content => Ok(found),
        Some(_) => Err(damaged(path, page.offset, "another page lies there")),
        None => Err(damaged(path, page.offset, "no page lies there")),
    }
}

/// The pages of any WARC file, gzipped by the record, in order; records other than responses to
/// HTTP requests are passed over. A file that breaks off ends with an error.
pub fn pages(path: &Path) -> Result<impl Iterator<Item = Result<Page>> + use<>> {
    let file = fs::File::open(path).map_err(Error::io(path))?;
    let bytes = BufReader::new(MultiGzDecoder::new(BufReader::new(file)));
    let mut records = WarcReader::new(bytes).iter_raw_records();
    let path = path.to_owned();
    let mut broken = false;
    Ok(std::iter::from_fn(move || {
        while !broken {
            match records.next()? {
                Ok((head, block)) => {
                    if let Some(page) = record::page(&head, &block) {
                        return Some(Ok(page));
                    }
                }
                Err(why) => {
                    // The reader has lost its place.
                    broken = true;
                    return Some(Err(Error::Unreadable {
                        path: path.display().to_string(),
                        why: why.to_string(),
                    }));
                }
            }
        }
        None
    }))
}

fn damaged(path: &Path, offset: u64, why: &str) -> Error {
    Error::Unreadable {
        path: path.display().to_string(),
        why: format!("at byte {offset}: {why}"),
    }
}
