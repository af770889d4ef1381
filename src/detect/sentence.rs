//! Cuts a folded text into sentences and says where in the document each stands.
//!
//! Invariants: sentences lie in order and do not overlap; none is longer than [`LONGEST`] bytes;
//! a line of the document is never part of one sentence with the next, unless the text is
//! hard-wrapped.

use super::language::Language;

/// A longer "sentence" is a list or a table without punctuation: it is cut.
pub(crate) const LONGEST: usize = 600;

/// Where a sentence stands: what a writer puts first is what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Position {
    Title,
    /// Among the first [`LEAD`] sentences.
    Lead,
    Body,
}

/// How many sentences make the lead.
const LEAD: usize = 3;

/// One sentence: a span of the folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) position: Position,
}

/// Cuts `text`, whose first `title` bytes are the title.
pub(crate) fn split(text: &str, title: usize, language: &Language) -> Vec<Sentence> {
    let mut found = Vec::new();
    if !text[..title].trim().is_empty() {
        push(&mut found, text, 0, title, Position::Title);
    }
    let heading = text[..title].trim();
    let mut told = 0;
    for (start, end) in blocks(text, title) {
        let line = text[start..end].trim();
        if line.is_empty() || line == heading {
            continue;
        }
        if told >= 2 && language.is_boilerplate(line) {
            break;
        }
        let mut from = start;
        for stop in stops(&text[start..end], language) {
            told += place(&mut found, text, from, start + stop, told);
            from = start + stop;
        }
        told += place(&mut found, text, from, end, told);
    }
    found
}

/// Keeps one sentence; says how many it counts for when the lead is counted.
fn place(found: &mut Vec<Sentence>, text: &str, start: usize, end: usize, told: usize) -> usize {
    let position = if told < LEAD {
        Position::Lead
    } else {
        Position::Body
    };
    push(found, text, start, end, position);
    // A byline, a date or a menu's crumb above the story is not its lead.
    usize::from(text[start..end].trim().len() > 30)
}

fn push(found: &mut Vec<Sentence>, text: &str, start: usize, end: usize, position: Position) {
    let piece = &text[start..end];
    let mut start = start + (piece.len() - piece.trim_start().len());
    let end = start + piece.trim().len();
    while end - start > LONGEST {
        let cut = text[start..start + LONGEST]
            .rfind(' ')
            .map_or(start + LONGEST, |space| start + space + 1);
        found.push(Sentence {
            start,
            end: cut,
            position,
        });
        start = cut;
    }
    if end > start {
        found.push(Sentence {
            start,
            end,
            position,
        });
    }
}

/// The lines of the text after the title; of a hard-wrapped text, its paragraphs.
fn blocks(text: &str, title: usize) -> Vec<(usize, usize)> {
    let body = &text[title..];
    let wrapped = is_wrapped(body);
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut at = title;
    let mut fresh = true;
    for line in body.split_inclusive('\n') {
        let end = at + line.len();
        let opens = !wrapped || fresh || line.starts_with([' ', '\n', '*', '-']);
        match found.last_mut() {
            Some(last) if !opens => last.1 = end,
            _ => found.push((at, end)),
        }
        fresh = line.trim().is_empty();
        at = end;
    }
    found
}

/// Whether lines were broken to fit a page: all are short, and most go on in the next.
fn is_wrapped(body: &str) -> bool {
    let lines: Vec<&str> = body
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.len() < 2 || lines.iter().any(|line| line.len() > 84) {
        return false;
    }
    let broken = lines
        .windows(2)
        .filter(|pair| {
            pair[0].len() > 40
                && !pair[0].trim_end().ends_with(['.', '!', '?', ':'])
                && !pair[1].starts_with([' ', '*', '-'])
        })
        .count();
    broken * 5 >= (lines.len() - 1) * 2
}

/// Where sentences end within one block.
fn stops(block: &str, language: &Language) -> Vec<usize> {
    let bytes = block.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr3(bytes, at) {
        at = next + 1;
        let mut after = at;
        while matches!(bytes.get(after), Some(b'"' | b')' | b'\'' | b'.')) {
            after += 1;
        }
        if !matches!(bytes.get(after), Some(b' ' | b'\n')) {
            // Pages glued together from elements lose the space: "… last year.The company …".
            let glued = bytes[next] == b'.'
                && next > 2
                && bytes[next - 1].is_ascii_lowercase()
                && bytes[next - 2].is_ascii_lowercase()
                && bytes.get(at).is_some_and(u8::is_ascii_uppercase)
                && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            if glued {
                found.push(at);
            }
            continue;
        }
        let rest = block[after..].trim_start();
        let Some(first) = rest.bytes().next() else {
            continue;
        };
        if first.is_ascii_lowercase() {
            continue;
        }
        if bytes[next] == b'.' && abbreviates(&block[..next], rest, language) {
            continue;
        }
        found.push(after);
    }
    found
}

fn memchr3(bytes: &[u8], from: usize) -> Option<usize> {
    bytes[from..]
        .iter()
        .position(|byte| matches!(byte, b'.' | b'!' | b'?'))
        .map(|at| from + at)
}

/// Whether the full stop after `before` belongs to an abbreviation, given what follows.
fn abbreviates(before: &str, rest: &str, language: &Language) -> bool {
    let word = before
        .trim_end()
        .rsplit([' ', '\n', '(', '"'])
        .next()
        .unwrap_or_default();
    if word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return true;
    }
    if !word.contains('.') && !language.is_abbreviation(word) {
        return false;
    }
    let next: &str = rest.split([' ', ',', '\n']).next().unwrap_or_default();
    !language.opens_sentences(next)
}

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let language = knowledge().language("en");
        split(text, 0, language)
            .iter()
            .map(|sentence| &text[sentence.start..sentence.end])
            .collect()
    }

    #[test]
    fn abbreviations_do_not_end_a_sentence() {
        assert_eq!(
            cut("Contoso Inc. bought Fabrikam Corp. The price was $3.5 million. Mr. Roe agreed."),
            [
                "Contoso Inc. bought Fabrikam Corp.",
                "The price was $3.5 million.",
                "Mr. Roe agreed."
            ]
        );
    }

    #[test]
    fn lines_are_blocks_unless_the_text_is_wrapped() {
        assert_eq!(
            cut("First heading\nSecond line."),
            ["First heading", "Second line."]
        );
        let wrapped = "Contoso Inc said that it has agreed to buy the stock\n\
                       of Fabrikam Corp, a maker of small machines for the\n\
                       home, in exchange for cash and notes.\n    Terms follow.";
        assert_eq!(cut(wrapped).len(), 2);
    }

    #[test]
    fn endless_lines_are_cut() {
        let long = "word ".repeat(400);
        assert!(cut(&long).iter().all(|piece| piece.len() <= LONGEST));
    }

    #[test]
    fn the_title_comes_first_and_the_lead_is_three_sentences() {
        let text = "A title\nThe first sentence has some length to it. The second sentence has some \
                    length too. The third sentence is as long as those. The fourth is body text.";
        let language = knowledge().language("en");
        let places: Vec<Position> = split(text, 7, language)
            .iter()
            .map(|s| s.position)
            .collect();
        assert_eq!(
            places,
            [
                Position::Title,
                Position::Lead,
                Position::Lead,
                Position::Lead,
                Position::Body
            ]
        );
    }
}
