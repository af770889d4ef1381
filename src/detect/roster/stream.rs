//! A text as its words run together, and which words its letters belong to.

use super::Place;
use crate::detect::names;

/// A text's words without legal forms, in one run of small letters.
#[derive(Debug)]
pub(super) struct Stream<'t> {
    /// The folded text.
    pub(super) text: &'t str,
    /// Where each word stands in it.
    pub(super) words: Vec<(usize, usize)>,
    /// The letters of the words that tell names apart.
    pub(super) letters: String,
    /// For each letter that begins a word, the word's number, from 1.
    begins: Vec<u32>,
    /// For each letter that ends one, likewise; one beyond for the genitive.
    ends: Vec<u32>,
}

impl<'t> Stream<'t> {
    pub(super) fn new(text: &'t str) -> Stream<'t> {
        let words = names::words(text);
        let mut letters = String::with_capacity(text.len());
        let mut edges = Vec::with_capacity(words.len());
        for (number, (start, end)) in (1..).zip(&words) {
            let from = letters.len();
            let word = text[*start..*end].bytes().filter(u8::is_ascii_alphanumeric);
            letters.extend(word.map(|byte| char::from(byte.to_ascii_lowercase())));
            if names::is_legal(&letters[from..]) {
                letters.truncate(from);
            } else if letters.len() > from {
                edges.push((from, letters.len(), number));
            }
        }
        let mut begins = vec![0; letters.len() + 1];
        let mut ends = vec![0; letters.len() + 1];
        for (from, to, number) in edges {
            begins[from] = number;
            ends[to] = number;
        }
        Stream {
            text,
            words,
            letters,
            begins,
            ends,
        }
    }

    /// The words that these letters are, where they are whole ones; a genitive's s may follow.
    pub(super) fn place(&self, from: usize, to: usize) -> Option<Place> {
        let end = match self.ends[to] {
            0 if self.letters.as_bytes().get(to) == Some(&b's') => self.ends[to + 1],
            end => end,
        };
        let (first, last) = (self.begins[from].checked_sub(1)?, end.checked_sub(1)?);
        Some(Place {
            first: first as usize,
            last: last as usize,
        })
    }

    pub(super) fn word(&self, at: usize) -> &'t str {
        let (start, end) = self.words[at];
        &self.text[start..end]
    }

    /// Whether a name's first word begins with a small letter here.
    pub(super) fn is_small(&self, place: Place) -> bool {
        self.word(place.first)
            .starts_with(|c: char| c.is_ascii_lowercase())
    }

    /// Whether a word begins as names do.
    pub(super) fn is_tall(&self, at: usize) -> bool {
        self.word(at)
            .starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
    }

    /// Whether a place stands inside an address of the web or of mail, a tag, a file's name.
    pub(super) fn in_address(&self, place: Place) -> bool {
        let (start, end) = (self.words[place.first].0, self.words[place.last].1);
        let bytes = self.text.as_bytes();
        let before = start.checked_sub(1).map(|at| bytes[at]);
        let goes_on = bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        let follows = match bytes.get(end) {
            Some(b'.' | b'/' | b'_') => goes_on,
            Some(b'@') => true,
            _ => false,
        };
        follows || matches!(before, Some(b'@' | b'/' | b'#' | b'_' | b'.'))
    }

    /// The word right before, with nothing but a blank between.
    pub(super) fn before(&self, place: Place) -> Option<usize> {
        let at = place.first.checked_sub(1)?;
        let between = &self.text[self.words[at].1..self.words[place.first].0];
        (between == " ").then_some(at)
    }

    /// The word right behind, with nothing but a blank between.
    pub(super) fn behind(&self, place: Place) -> Option<usize> {
        let at = place.last + 1;
        let next = self.words.get(at)?;
        let between = &self.text[self.words[place.last].1..next.0];
        (between == " ").then_some(at)
    }

    /// Whether a sentence or line begins with this word.
    pub(super) fn opens(&self, at: usize) -> bool {
        let before = self.text[..self.words[at].0].trim_end_matches(' ');
        before.is_empty() || before.ends_with(['\n', '.', '!', '?', ':', '"', '-', '*'])
    }

    /// Whether the line of a word is written in capitals throughout, or every word with one: then
    /// capitals say nothing.
    pub(super) fn in_capitals(&self, at: usize) -> bool {
        let start = self.text[..self.words[at].0]
            .rfind('\n')
            .map_or(0, |n| n + 1);
        let first = self.words.partition_point(|word| word.0 < start);
        let line = self.words[first..]
            .iter()
            .take_while(|word| !self.text[start..word.0].contains('\n'))
            .take(60);
        let (mut tall, mut all) = (0, 0);
        for (from, to) in line.filter(|(from, to)| to - from > 3) {
            all += 1;
            tall +=
                usize::from(!self.text[*from..*to].starts_with(|c: char| c.is_ascii_lowercase()));
        }
        all >= 3 && tall * 10 >= all * 7
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_whole_words_and_legal_forms_are_not_there() {
        let stream = Stream::new("Big Sky's GmbH office");
        assert_eq!(stream.letters, "bigskysoffice");
        let place = stream.place(0, 6).expect("the genitive ends the word");
        assert_eq!((place.first, place.last), (0, 1));
        assert_eq!(stream.place(0, 5), None);
        assert_eq!(stream.place(1, 6), None);
    }

    #[test]
    fn addresses_and_capitals_are_told() {
        let at = |text: &str, word: usize| {
            let stream = Stream::new(text);
            let place = Place {
                first: word,
                last: word,
            };
            stream.in_address(place)
        };
        assert!(at("see contoso.com now", 1));
        assert!(at("mail a@contoso now", 2));
        assert!(at("the #contoso tag", 1));
        assert!(!at("seen by contoso. Now", 2));
        assert!(!at("a contoso-led group", 1));
        assert!(Stream::new("Contoso Opens A Plant In Lyon").in_capitals(1));
        assert!(!Stream::new("Contoso opens a plant in Lyon").in_capitals(0));
    }
}
