//! Finds which of many words and phrases stand in a folded text, whatever their case.
//!
//! An automaton of some hundred terms leaves the processor's nearest cache at every other letter
//! of a text (ten times slower, measured). Here a letter costs one look at a table of eight
//! kilobytes: whether any term begins like the four letters that stand there. Few do, and those
//! terms alone are compared.
//!
//! Invariants: every term that stands at a place is found there; time is linear in the text, by
//! the length of the longest term.

/// How many bits of a hash tell the beginnings of terms apart, and how many find those terms.
const FINE: u32 = 16;
const COARSE: u32 = 12;
/// Makes letters small. What is no letter may become another, which is found out later.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// Terms that are looked for together.
#[derive(Debug)]
pub(crate) struct Terms {
    terms: Vec<String>,
    /// Of terms of four letters and more, of three and of two, where there are such.
    heads: Vec<Heads>,
}

/// Where a term stands: which, its start and its end.
pub(crate) type Place = (usize, usize, usize);

impl Terms {
    /// Makes `terms` ready to be found; none of a single letter is.
    pub(crate) fn new(terms: Vec<String>) -> Terms {
        let heads = [
            Heads::new(&terms, 4, 4..usize::MAX),
            Heads::new(&terms, 3, 3..4),
            Heads::new(&terms, 2, 2..3),
        ];
        Terms {
            heads: heads
                .into_iter()
                .filter(|heads| !heads.terms.is_empty())
                .collect(),
            terms,
        }
    }

    /// Every place where a term stands in `text`, in order of their starts. They may overlap.
    pub(crate) fn all(&self, text: &[u8]) -> Vec<Place> {
        let mut found = Vec::new();
        self.scan(text, |here| {
            found.extend_from_slice(here);
            0
        });
        found
    }

    /// The places where terms stand in `text` without overlapping: of those that do, the first,
    /// and of those that begin together the longest.
    pub(crate) fn longest(&self, text: &[u8]) -> Vec<Place> {
        let mut found = Vec::new();
        self.scan(text, |here| {
            let longest = here.iter().max_by_key(|(_, _, end)| *end);
            found.extend(longest);
            longest.map_or(0, |(_, _, end)| *end)
        });
        found
    }

    /// Shows the terms that begin together, place by place; is told how far to go on.
    fn scan(&self, text: &[u8], mut show: impl FnMut(&[Place]) -> usize) {
        let mut here = Vec::new();
        let mut from = 0;
        for (at, letters) in heads(text).array_windows().take(text.len()).enumerate() {
            let letters = u64::from_le_bytes(*letters) | SMALL;
            if at >= from && self.heads.iter().any(|heads| heads.may_begin(letters)) {
                self.stand(text, at, letters, &mut here);
                if !here.is_empty() {
                    from = show(&here);
                    here.clear();
                }
            }
        }
    }

    /// The terms that stand at `at`, where these letters begin.
    #[inline(never)]
    fn stand(&self, text: &[u8], at: usize, letters: u64, here: &mut Vec<Place>) {
        for heads in &self.heads {
            for head in heads.beginning(letters) {
                if letters & head.mask == head.letters {
                    here.extend(self.standing(text, at, head.term));
                }
            }
        }
    }

    fn standing(&self, text: &[u8], at: usize, term: u16) -> Option<Place> {
        let words = self.terms[usize::from(term)].as_bytes();
        let end = at + words.len();
        let stands = text.get(at..end)?.eq_ignore_ascii_case(words);
        stands.then_some((usize::from(term), at, end))
    }
}

/// `text` such that eight letters begin everywhere in it.
fn heads(text: &[u8]) -> Vec<u8> {
    [text, &[0; 8]].concat()
}

/// What terms of some length begin with.
#[derive(Debug)]
struct Heads {
    /// Leaves the first letters, of which the hash is made.
    mask: u64,
    /// A bit for each hash with which a term begins.
    bits: Box<[u64; 1 << (FINE - 6)]>,
    /// Where in `terms` those of a coarser hash begin.
    from: Vec<u16>,
    terms: Vec<Head>,
}

/// The first eight letters of a term, of a shorter one all.
#[derive(Debug)]
struct Head {
    mask: u64,
    letters: u64,
    term: u16,
}

impl Heads {
    fn new(terms: &[String], letters: usize, lengths: std::ops::Range<usize>) -> Heads {
        let mask = first(letters);
        let mut hashed: Vec<(u32, Head)> = (0u16..)
            .zip(terms)
            .filter(|(_, term)| lengths.contains(&term.len()))
            .filter_map(|(at, term)| {
                let padded = heads(term.as_bytes());
                let letters = u64::from_le_bytes(*padded.first_chunk()?) | SMALL;
                let head = Head {
                    mask: first(term.len()),
                    letters: letters & first(term.len()),
                    term: at,
                };
                Some((hash(letters & mask), head))
            })
            .collect();
        hashed.sort_by_key(|(hash, head)| (*hash, head.term));
        let mut bits = Box::new([0; 1 << (FINE - 6)]);
        for (hash, _) in &hashed {
            bits[(hash >> 6) as usize] |= 1 << (hash & 63);
        }
        let from = (0..=1u32 << COARSE)
            .map(|slot| hashed.partition_point(|(hash, _)| hash >> (FINE - COARSE) < slot))
            .map(|at| u16::try_from(at).unwrap_or(u16::MAX))
            .collect();
        Heads {
            mask,
            bits,
            from,
            terms: hashed.into_iter().map(|(_, head)| head).collect(),
        }
    }

    fn may_begin(&self, letters: u64) -> bool {
        let hash = hash(letters & self.mask);
        self.bits[(hash >> 6) as usize] & (1 << (hash & 63)) != 0
    }

    /// The terms that may begin with these letters.
    fn beginning(&self, letters: u64) -> &[Head] {
        let slot = (hash(letters & self.mask) >> (FINE - COARSE)) as usize;
        let (from, to) = (self.from[slot], self.from[slot + 1]);
        &self.terms[usize::from(from)..usize::from(to)]
    }
}

/// Leaves the first `count` letters.
fn first(count: usize) -> u64 {
    match count {
        8.. => u64::MAX,
        count => (1 << (8 * count)) - 1,
    }
}

/// Of the first letters, of which there are four at most.
fn hash(letters: u64) -> u32 {
    (letters as u32).wrapping_mul(0x9E37_79B1) >> (32 - FINE)
}

#[cfg(test)]
mod tests {
    use aho_corasick::{AhoCorasick, MatchKind};
    use proptest::prelude::*;

    use super::*;

    const TERMS: &[&str] = &[
        "Go", "go on", "C#", "buy ", "buys", "buyout", "uyou", "out of", " out", "SAP", "SAP HANA",
        "hana", "[abc", "{abc", "aaaa", "aaaaa", "aaa",
    ];

    fn built() -> Vec<String> {
        TERMS.iter().map(|term| (*term).to_owned()).collect()
    }

    fn automaton(terms: &[String], kind: MatchKind) -> AhoCorasick {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(kind)
            .build(terms)
            .expect("a small automaton")
    }

    proptest! {
        #[test]
        fn terms_are_found_where_an_automaton_finds_them(
            pieces in prop::collection::vec(prop::sample::select(TERMS), 0..12),
            noise in "[a-cA-C {\\[#]{0,12}",
            shout in any::<bool>(),
        ) {
            let mut text = pieces.concat() + &noise + &pieces.join(" ");
            if shout {
                text.make_ascii_uppercase();
            }
            let terms = built();
            let every = automaton(&terms, MatchKind::Standard);
            let mut expected: Vec<_> = every
                .find_overlapping_iter(&text)
                .map(|found| (found.pattern().as_usize(), found.start(), found.end()))
                .collect();
            expected.sort_unstable();
            let mut found = Terms::new(terms.clone()).all(text.as_bytes());
            found.sort_unstable();
            prop_assert_eq!(found, expected);

            let longest = automaton(&terms, MatchKind::LeftmostLongest);
            let expected: Vec<_> = longest
                .find_iter(&text)
                .map(|found| (found.pattern().as_usize(), found.start(), found.end()))
                .collect();
            let found = Terms::new(terms).longest(text.as_bytes());
            prop_assert_eq!(found, expected);
        }
    }
}
