//! CSV (RFC 4180, UTF-8, with a header): for spreadsheets and CRM imports.
//!
//! Spreadsheets take a cell that begins with `=`, `+`, `-`, `@` or a tab for a formula, and what
//! stands in the cells was written by strangers: such a cell gets an apostrophe in front.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::Item;
use super::row::{EXTRA, FIELDS};

pub(super) fn write(
    items: &mut dyn Iterator<Item = Item>,
    columns: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = Rows::new(out);
    let ours = FIELDS.iter().map(|field| field.name.to_owned());
    let extra = columns.iter().map(|column| format!("{EXTRA}{column}"));
    rows.write(ours.chain(extra))?;
    for (signal, company) in items {
        let ours = FIELDS.iter().map(|field| (field.value)(&signal, &company));
        let extra = columns.iter().map(|column| company.extra.get(column));
        let extra = extra.map(|value| value.cloned().unwrap_or_default());
        rows.write(ours.chain(extra))?;
    }
    rows.end()
}

/// Rows on their way out.
pub(super) struct Rows<'a>(::csv::Writer<&'a mut dyn Write>);

impl<'a> Rows<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Rows<'a> {
        let mut how = WriterBuilder::new();
        Rows(how.terminator(Terminator::CRLF).from_writer(out))
    }

    /// Writes a row; cells that a spreadsheet would compute are made harmless.
    pub(super) fn write<T: AsRef<str>>(
        &mut self,
        cells: impl Iterator<Item = T>,
    ) -> io::Result<()> {
        let cells = cells.map(|cell| harmless(cell.as_ref()).into_owned());
        self.0.write_record(cells).map_err(plain)
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The error beneath: the command wants to know a broken pipe from a full disk.
fn plain(why: csv::Error) -> io::Error {
    match why.into_kind() {
        csv::ErrorKind::Io(why) => why,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for text in ["", "a=b", "'=1", " =1", "0.9"] {
            assert_eq!(harmless(text), text);
        }
    }
}
