//! Lines that stand on many pages of a host: the notice about cookies, the call to subscribe, the
//! paragraph about the company below every release. They are no news, whichever page they stand on.
//!
//! Invariants: some [`Repeated::LINES`] lines are known, in a few hundred bytes; what one page shows
//! counts once; a line that is forgotten is learnt again.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// What is known of the lines of a host's pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// Pages that were counted.
    pages: u16,
    /// Which lines one page has shown of late: a bit for each, and others for the same bit.
    once: Vec<u8>,
    /// What several have shown.
    lines: Vec<Line>,
}

/// A line that several pages have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    hash: u32,
    /// How many have.
    pages: u16,
    /// How many pages had been counted when the first of them was.
    since: u16,
}

impl Repeated {
    /// Lines that are known at most.
    pub const LINES: usize = 24;
    /// What stands on fewer pages may be said twice.
    const MANY: u16 = 4;
    /// … and what stands on fewer than one in so many, is the affair of those.
    const SHARE: u16 = 10;
    /// Bytes of [`Repeated::once`], and how many of their bits may be set before all are cleared.
    const BITS: usize = 128;
    const FULL: u32 = 400;

    /// How a line is known, whatever its case and white space; `None`: it is too short to matter.
    pub fn hash(line: &str) -> Option<u32> {
        let words: Vec<String> = line.split_whitespace().map(str::to_lowercase).collect();
        let hash = xxh3_64(words.join(" ").as_bytes());
        (words.len() >= 3).then(|| u32::try_from(hash >> 32).unwrap_or_default())
    }

    /// Whether a line stands on many pages.
    pub fn knows(&self, hash: u32) -> bool {
        let line = self.lines.iter().find(|line| line.hash == hash);
        line.is_some_and(|line| self.is_many(line))
    }

    /// How many lines stand on many pages.
    pub fn count(&self) -> usize {
        self.lines.iter().filter(|line| self.is_many(line)).count()
    }

    fn is_many(&self, line: &Line) -> bool {
        let since = self.pages.saturating_sub(line.since);
        line.pages >= Repeated::MANY && line.pages.saturating_mul(Repeated::SHARE) >= since
    }

    /// Takes in what a page shows that was not counted before.
    pub fn count_page(&mut self, mut hashes: Vec<u32>) {
        hashes.sort_unstable();
        hashes.dedup();
        if self.pages == u16::MAX {
            // Only the share of late pages matters.
            self.pages /= 2;
            for line in &mut self.lines {
                line.pages /= 2;
                line.since /= 2;
            }
        }
        self.pages += 1;
        for hash in hashes {
            if let Some(line) = self.lines.iter_mut().find(|line| line.hash == hash) {
                line.pages = line.pages.saturating_add(1);
            } else if self.was_seen(hash) {
                self.learn(hash);
            }
        }
    }

    /// Whether another page showed the line of late; from now on, this one did.
    fn was_seen(&mut self, hash: u32) -> bool {
        let set: u32 = self.once.iter().map(|byte| byte.count_ones()).sum();
        if self.once.len() != Repeated::BITS || set >= Repeated::FULL {
            self.once = vec![0; Repeated::BITS];
        }
        let place = hash as usize % (8 * Repeated::BITS);
        let (byte, bit) = (&mut self.once[place / 8], 1 << (place % 8));
        let seen = *byte & bit != 0;
        *byte |= bit;
        seen
    }

    /// Keeps a line that two pages have shown, in place of the one that the fewest have.
    fn learn(&mut self, hash: u32) {
        if self.lines.len() >= Repeated::LINES {
            let fewest = (0..self.lines.len())
                .min_by_key(|at| (self.lines[*at].pages, self.lines[*at].since));
            if let Some(fewest) = fewest {
                self.lines.remove(fewest);
            }
        }
        self.lines.push(Line {
            hash,
            pages: 2,
            since: self.pages.saturating_sub(2),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash(line: &str) -> u32 {
        Repeated::hash(line).expect("long enough")
    }

    /// The lines of page `number`: three of its own, and those given.
    fn page(number: usize, shared: &[&str]) -> Vec<u32> {
        let own = (0..3).map(|line| hash(&format!("page {number} says {line}")));
        own.chain(shared.iter().map(|line| hash(line))).collect()
    }

    #[test]
    fn what_stands_on_many_pages_is_known_and_what_stands_on_one_is_not() {
        let about = "About Contoso: it makes valves";
        let mut repeated = Repeated::default();
        for number in 0..3 {
            repeated.count_page(page(number, &[about]));
            assert!(!repeated.knows(hash(about)));
        }
        repeated.count_page(page(3, &["about  contoso: IT makes valves"]));
        assert!(repeated.knows(hash(about)));
        assert!(!repeated.knows(hash("page 1 says 1")));
        assert_eq!(repeated.count(), 1);
        assert_eq!(Repeated::hash("too short"), None);
    }

    #[test]
    fn what_few_of_many_pages_show_is_their_own_affair() {
        let mut repeated = Repeated::default();
        for number in 0..4 {
            repeated.count_page(page(number, &["a series of four"]));
        }
        for number in 4..60 {
            repeated.count_page(page(number, &[]));
        }
        assert!(!repeated.knows(hash("a series of four")));
    }

    proptest! {
        #[test]
        fn a_host_costs_a_few_hundred_bytes_and_its_frame_is_learnt_all_the_same(
            pages in 20..300_usize, own in 1..40_usize,
        ) {
            let mut repeated = Repeated::default();
            for number in 0..pages {
                let mut lines: Vec<u32> = (0..own)
                    .map(|line| hash(&format!("page {number} says {line}")))
                    .collect();
                lines.push(hash("This site uses cookies"));
                repeated.count_page(lines);
            }
            let bytes = postcard::to_stdvec(&repeated).expect("encodes");
            prop_assert!(bytes.len() < 500, "{}", bytes.len());
            prop_assert!(repeated.knows(hash("This site uses cookies")));
        }
    }
}
