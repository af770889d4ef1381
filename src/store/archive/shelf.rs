//! The segments as they lie there: what a store's references are held against.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;

use super::{directory, page_in, segment};
use crate::model::page::{Page, PageRef};
use crate::store::{Error, Result};

/// The segments of an archive, listed once.
#[derive(Debug)]
pub struct Shelf(BTreeMap<u32, (PathBuf, u64)>);

impl Shelf {
    /// The segments in the data directory `dir`; none where there is no archive.
    pub fn of(dir: &Path) -> Result<Shelf> {
        let dir = directory(dir);
        if !dir.exists() {
            return Ok(Shelf(BTreeMap::new()));
        }
        let mut segments = BTreeMap::new();
        for (number, path) in segment::list(&dir)? {
            let length = fs::metadata(&path).map_err(Error::io(&path))?.len();
            segments.insert(number, (path, length));
        }
        Ok(Shelf(segments))
    }

    /// Why the page cannot be there, if that shows without reading it.
    pub fn lacks(&self, page: &PageRef) -> Option<String> {
        let Some((path, length)) = self.0.get(&page.segment) else {
            return Some(format!("there is no segment {}", page.segment));
        };
        let end = page.offset.checked_add(page.length);
        end.is_none_or(|end| end > *length).then(|| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            format!("{name} has {length} bytes, and it would end beyond")
        })
    }

    /// Reads the page, and holds it against its hash; what else stands with it against the sum
    /// that gzip keeps.
    pub fn read(&self, page: &PageRef) -> Result<Page> {
        let Some((path, _)) = self.0.get(&page.segment) else {
            return Err(Error::Unreadable {
                path: format!("segment {}", page.segment),
                why: "there is no such segment".to_owned(),
            });
        };
        let file = || File::open(path).map_err(Error::io(path));
        whole(file()?, page).map_err(Error::io(path))?;
        page_in(path, file()?, page)
    }
}

/// Reads the page's member to its end, where its sum stands.
fn whole(mut file: File, page: &PageRef) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(page.offset))?;
    let mut member = GzDecoder::new(BufReader::new(file.take(page.length)));
    std::io::copy(&mut member, &mut std::io::sink()).map(drop)
}
