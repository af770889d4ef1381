//! Floor 2: from signals and profiles to files that other programs read.
//!
//! Invariants: a field has one name and one meaning in every format, for ever ([`row::FIELDS`]);
//! a file is there whole or not at all; a format streams, whatever the number of signals.

mod csv;
pub mod jsonl;
pub mod profile;
pub mod row;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::model::company::Company;
use crate::model::signal::Signal;

/// A signal and whose it is.
pub type Item = (Signal, Company);

/// Writes items; the columns are those of the operator's list that are not ours, for formats that
/// must know them before the first item.
pub type WriteItems<T> =
    fn(&mut dyn Iterator<Item = T>, &[String], &mut dyn Write) -> io::Result<()>;

/// A way to write signals and profiles down.
pub struct Format {
    /// How commands and file names name it.
    pub name: &'static str,
    /// How it is done with signals.
    pub write: WriteItems<Item>,
    /// How it is done with profiles.
    pub profiles: WriteItems<profile::Item>,
}

/// Every format.
pub const FORMATS: &[Format] = &[
    Format {
        name: "jsonl",
        write: jsonl::write,
        profiles: profile::write_jsonl,
    },
    Format {
        name: "csv",
        write: csv::write,
        profiles: profile::write_csv,
    },
];

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
pub enum Error<E: std::error::Error> {
    /// Where the signals come from.
    #[error(transparent)]
    Source(E),
    /// Where they go. A reader that has seen enough is [`io::ErrorKind::BrokenPipe`].
    #[error("the export cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The columns of the operator's list that are not ours, sorted: what [`export`] needs to know.
pub fn extra_columns<'a>(companies: impl IntoIterator<Item = &'a Company>) -> Vec<String> {
    let names = companies
        .into_iter()
        .flat_map(|company| company.extra.keys());
    let distinct: BTreeSet<&String> = names.collect();
    distinct.into_iter().cloned().collect()
}

/// Writes `items` to `out`, and answers how many there were.
pub fn export<T, E: std::error::Error>(
    write: WriteItems<T>,
    items: impl Iterator<Item = Result<T, E>>,
    columns: &[String],
    out: &mut dyn Write,
) -> Result<u64, Error<E>> {
    let mut broken = None;
    let mut written = 0;
    let mut readable = items
        .map_while(|item| item.map_err(|why| broken = Some(why)).ok())
        .inspect(|_| written += 1);
    write(&mut readable, columns, out)?;
    out.flush()?;
    broken.map_or(Ok(written), |why| Err(Error::Source(why)))
}

/// As [`export`], to a file: it gets its name when it is whole and on the disk, and until then
/// what stood there stays.
pub fn export_to_file<T, E: std::error::Error>(
    write: WriteItems<T>,
    items: impl Iterator<Item = Result<T, E>>,
    columns: &[String],
    path: &Path,
) -> Result<u64, Error<E>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = (|| {
        let mut out = BufWriter::new(File::create(&part)?);
        let written = export(write, items, columns, &mut out)?;
        out.into_inner().map_err(io::Error::from)?.sync_all()?;
        fs::rename(&part, path)?;
        Ok(written)
    })();
    if written.is_err() {
        // It may never have been made; and the first error is the one to tell of.
        let _ = fs::remove_file(&part);
    }
    written
}
