//! Text as it is written: a line at a time, and what was said before only where it may be meant.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::shape::Shape;

/// A longer line that was already written is the same text for another size of screen.
const REPEATED: usize = 40;

/// Text as it is written, a line at a time.
#[derive(Default)]
pub(super) struct Lines {
    /// What is written.
    pub(super) text: String,
    /// The line that is being written.
    pub(super) line: String,
    /// How often lines were said.
    said: HashMap<u64, u32>,
    /// How often a short line may be said.
    labels: u32,
    /// Whether the line stands in a table, where what is said again is an answer.
    pub(super) in_table: bool,
    /// Bytes of short lines that were said too often.
    pub(super) labelled: usize,
}

impl Lines {
    /// None yet. Among pieces a short line that is said again and again is the label of a button or
    /// a column; elsewhere it may be an answer.
    pub(super) fn of(shape: Shape) -> Lines {
        let labels = if shape == Shape::Pieces { 2 } else { u32::MAX };
        Lines {
            labels,
            ..Lines::default()
        }
    }

    /// Ends the line: white space folded, nothing when it is empty or was said before.
    pub(super) fn flush(&mut self) {
        let start = self.text.len();
        for word in self.line.split_whitespace() {
            let glue = if self.text.len() > start { " " } else { "\n" };
            if !self.text.is_empty() {
                self.text.push_str(glue);
            }
            self.text.push_str(word);
        }
        self.line.clear();
        let added = &self.text[start..];
        let said = self
            .said
            .entry(xxh3_64(added.trim_start().as_bytes()))
            .or_default();
        *said += 1;
        let long = added.len() > REPEATED;
        let often = match long {
            true => 1,
            // A price is no label, however many have it.
            false if self.in_table || added.contains(['€', '$', '£']) => u32::MAX,
            false => self.labels,
        };
        if *said > often {
            self.labelled += if long { 0 } else { added.len() };
            self.text.truncate(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: Shape, lines: &[&str]) -> String {
        let mut out = Lines::of(shape);
        for line in lines {
            out.line.push_str(line);
            out.flush();
        }
        out.text
    }

    #[test]
    fn a_label_is_written_twice_among_pieces_and_a_price_or_an_answer_always() {
        let said = [
            "Notify me",
            "Yes",
            "$5",
            "Notify me",
            "$5",
            "Notify  me",
            "$5",
        ];
        assert_eq!(
            written(Shape::Pieces, &said),
            "Notify me\nYes\n$5\nNotify me\n$5\n$5"
        );
        assert_eq!(written(Shape::Forum, &said).lines().count(), 7);
    }

    #[test]
    fn a_long_line_is_written_once() {
        let long = "Northwind opens a plant in Zaragoza with two hundred jobs.";
        assert_eq!(written(Shape::Article, &[long, "", long]), long);
    }
}
