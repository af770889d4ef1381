//! Entries as a file: what a backup keeps of a database, independent of sled's own format.
//!
//! A gzip stream: [`MAGIC`]; then for each entry the number of its tree's name plus one, the
//! lengths of key and value (4 bytes each, little-endian), key and value; at the end a zero. The
//! names stand in the manifest's place for numbers: [`Tree::NAMES`], whose order is part of the
//! layout.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::trees::Tree;

const MAGIC: &[u8] = b"foresignal store 1\n";
/// Longer than any key or value that is ever written.
const LONGEST: u32 = 1 << 20;

/// Writes a dump.
pub(super) struct Dump<W: Write>(GzEncoder<W>);

impl<W: Write> Dump<W> {
    pub(super) fn new(to: W) -> std::io::Result<Dump<W>> {
        let mut gzip = GzEncoder::new(to, Compression::fast());
        gzip.write_all(MAGIC)?;
        Ok(Dump(gzip))
    }

    pub(super) fn add(&mut self, tree: Tree, key: &[u8], value: &[u8]) -> std::io::Result<()> {
        self.0.write_all(&[tree as u8 + 1])?;
        for bytes in [key, value] {
            let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
            self.0.write_all(&length.to_le_bytes())?;
        }
        self.0.write_all(key)?;
        self.0.write_all(value)
    }

    /// Ends it, and answers what it was written to.
    pub(super) fn end(mut self) -> std::io::Result<W> {
        self.0.write_all(&[0])?;
        self.0.finish()
    }
}

/// An entry of a dump.
pub(super) type Entry = (Tree, Vec<u8>, Vec<u8>);

/// Reads a dump; what is none, or breaks off, is an error.
pub(super) struct Entries<R: Read>(GzDecoder<R>);

impl<R: Read> Entries<R> {
    pub(super) fn new(from: R) -> std::io::Result<Entries<R>> {
        let mut gzip = GzDecoder::new(from);
        let mut magic = [0; MAGIC.len()];
        gzip.read_exact(&mut magic)?;
        match magic == MAGIC {
            true => Ok(Entries(gzip)),
            false => Err(broken("it is no copy of a store")),
        }
    }

    /// The next entry; `None`: it was the last.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Entry>> {
        let mut tree = [0];
        self.0.read_exact(&mut tree)?;
        let Some(tree) = tree[0].checked_sub(1) else {
            return Ok(None);
        };
        let tree = *Tree::ALL
            .get(usize::from(tree))
            .ok_or_else(|| broken("it has a tree that nobody knows"))?;
        let (key, value) = (self.length()?, self.length()?);
        Ok(Some((tree, self.bytes(key)?, self.bytes(value)?)))
    }

    fn length(&mut self) -> std::io::Result<u32> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length)?;
        match u32::from_le_bytes(length) {
            length if length <= LONGEST => Ok(length),
            _ => Err(broken("an entry is too long")),
        }
    }

    fn bytes(&mut self, length: u32) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn broken(why: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_round_trip_and_what_breaks_off_is_an_error() {
        let mut dump = Dump::new(Vec::new()).expect("writes");
        let entries = [
            (Tree::Meta, b"version".to_vec(), b"1".to_vec()),
            (Tree::Urls, b"a".to_vec(), vec![7; 60_000]),
            (Tree::Due, b"a".to_vec(), Vec::new()),
        ];
        for (tree, key, value) in &entries {
            dump.add(*tree, key, value).expect("writes");
        }
        let bytes = dump.end().expect("ends");
        let read = |bytes: &[u8]| -> std::io::Result<Vec<Entry>> {
            let mut reader = Entries::new(bytes)?;
            std::iter::from_fn(|| reader.next().transpose()).collect()
        };
        assert_eq!(read(&bytes).expect("reads"), entries);
        for end in 0..bytes.len() - 8 {
            assert!(read(&bytes[..end]).is_err(), "cut at {end}");
        }
        assert!(read(b"").is_err());
        let mut other = GzEncoder::new(Vec::new(), Compression::fast());
        other.write_all(&[b'x'; 64]).expect("writes");
        assert!(read(&other.finish().expect("ends")).is_err());
    }
}
