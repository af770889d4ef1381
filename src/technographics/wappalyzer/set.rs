//! The technologies of the files, compiled: what is looked for where.

use std::collections::{HashMap, HashSet};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use super::super::fingerprint::{technologies, technology};
use super::dom::Compound;
use super::pattern::Pattern;
use super::read::{Place, Raw, Reading};
use super::{Malformed, Report};

/// Technologies of files in the Wappalyzer format, ready to be recognised.
#[derive(Debug)]
pub struct Set {
    pub(super) technologies: Vec<Foreign>,
    /// Every pattern, with its technology and its place.
    pub(super) patterns: Vec<(usize, Place, Pattern)>,
    pub(super) headers: HashMap<String, Vec<usize>>,
    pub(super) cookies: HashMap<String, Vec<usize>>,
    pub(super) metas: HashMap<String, Vec<usize>>,
    pub(super) dns: HashMap<String, Vec<usize>>,
    pub(super) urls: Vec<usize>,
    pub(super) issuers: Vec<usize>,
    pub(super) html: Finder,
    pub(super) sources: Finder,
    pub(super) scripts: Finder,
    pub(super) selectors: Vec<Vec<Compound>>,
    pub(super) by_slug: HashMap<String, usize>,
}

/// A technology of a file.
#[derive(Debug)]
pub(super) struct Foreign {
    /// Those of our own set, where it knows the technology by this name or slug.
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) categories: Vec<u64>,
    pub(super) implies: Vec<(usize, f32)>,
    pub(super) requires: Vec<String>,
    pub(super) requires_category: Vec<u64>,
    pub(super) excludes: Vec<usize>,
}

/// Finds which patterns may match a text, and where.
#[derive(Debug)]
pub(super) struct Finder {
    automaton: AhoCorasick,
    /// The pattern of each piece of the automaton.
    owners: Vec<usize>,
    /// Patterns that no piece announces.
    pub(super) always: Vec<usize>,
}

impl Finder {
    /// `kind`: how the automaton is laid out; none: as suits its size.
    fn new(
        patterns: impl Iterator<Item = (usize, Option<Vec<String>>)>,
        kind: Option<AhoCorasickKind>,
    ) -> Finder {
        let (mut pieces, mut owners, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (number, literals) in patterns {
            match literals {
                None => always.push(number),
                Some(literals) => {
                    owners.extend(literals.iter().map(|_| number));
                    pieces.extend(literals);
                }
            }
        }
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(kind)
            .build(pieces)
            .expect("pieces of bounded patterns fit an automaton");
        Finder {
            automaton,
            owners,
            always,
        }
    }

    /// Each place of the text where a pattern may match, and the pattern.
    pub(super) fn places<'a>(
        &'a self,
        text: &'a [u8],
    ) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> + 'a {
        let found = self.automaton.find_overlapping_iter(text);
        found.map(|found| (self.owners[found.pattern().as_usize()], found.range()))
    }
}

impl Set {
    /// The set that these texts describe, each a file, and what became of their patterns.
    ///
    /// # Errors
    /// Where a text is no JSON object.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<(Set, Report), Malformed> {
        let mut reading = Reading::default();
        for text in texts {
            reading.take(text)?;
        }
        Ok(Set::of(reading))
    }

    fn of(mut reading: Reading) -> (Set, Report) {
        let raws = std::mem::take(&mut reading.technologies);
        let numbers: HashMap<String, usize> = raws
            .iter()
            .enumerate()
            .map(|(number, raw)| (raw.name.clone(), number))
            .collect();
        let own: HashMap<String, usize> = technologies()
            .iter()
            .enumerate()
            .map(|(number, one)| (one.name.to_lowercase(), number))
            .collect();
        let (mut all, mut patterns) = (Vec::new(), Vec::new());
        let mut shown = HashSet::new();
        for (number, mut raw) in raws.into_iter().enumerate() {
            if !raw.patterns.is_empty() {
                shown.insert(number);
            }
            patterns.extend(
                raw.patterns
                    .drain(..)
                    .map(|(place, pattern)| (number, place, pattern)),
            );
            let foreign = foreign(raw, &reading.categories, &numbers, &own);
            all.push(foreign);
        }
        let mut waiting: Vec<usize> = shown.iter().copied().collect();
        while let Some(number) = waiting.pop() {
            let implied = all[number].implies.iter().map(|(implied, _)| *implied);
            waiting.extend(implied.filter(|implied| shown.insert(*implied)));
        }
        reading.report.loaded = shown.len();
        let set = Set {
            headers: keyed(&patterns, |place| match place {
                Place::Header(name) => Some(name),
                _ => None,
            }),
            cookies: keyed(&patterns, |place| match place {
                Place::Cookie(name) => Some(name),
                _ => None,
            }),
            metas: keyed(&patterns, |place| match place {
                Place::Meta(name) => Some(name),
                _ => None,
            }),
            dns: keyed(&patterns, |place| match place {
                Place::Dns(kind) => Some(kind),
                _ => None,
            }),
            urls: numbers_of(&patterns, &Place::Url),
            issuers: numbers_of(&patterns, &Place::CertIssuer),
            html: html(&patterns, &reading.selectors),
            sources: finder(&patterns, &Place::ScriptSrc),
            scripts: finder(&patterns, &Place::Scripts),
            selectors: reading.selectors,
            by_slug: all
                .iter()
                .enumerate()
                .map(|(number, one): (usize, &Foreign)| (one.slug.clone(), number))
                .collect(),
            technologies: all,
            patterns,
        };
        (set, reading.report)
    }
}

type Owned = (usize, Place, Pattern);

fn keyed(patterns: &[Owned], key: fn(&Place) -> Option<&String>) -> HashMap<String, Vec<usize>> {
    let mut keyed: HashMap<String, Vec<usize>> = HashMap::new();
    for (number, (_, place, _)) in patterns.iter().enumerate() {
        if let Some(key) = key(place) {
            keyed.entry(key.clone()).or_default().push(number);
        }
    }
    keyed
}

fn numbers_of(patterns: &[Owned], wanted: &Place) -> Vec<usize> {
    let places = patterns.iter().enumerate();
    let wanted = places.filter(|(_, (_, place, _))| place == wanted);
    wanted.map(|(number, _)| number).collect()
}

fn finder(patterns: &[Owned], wanted: &Place) -> Finder {
    let numbers = numbers_of(patterns, wanted).into_iter();
    let literals = numbers.map(|number| (number, patterns[number].2.literals.clone()));
    Finder::new(literals, None)
}

/// Finds what stands in the markup: patterns for it, and tags that selectors choose. Whole pages go
/// through it, so it is the largest and fastest sort of automaton.
fn html(patterns: &[Owned], selectors: &[Vec<Compound>]) -> Finder {
    let places = patterns.iter().enumerate();
    let announced = places.filter_map(|(number, (_, place, pattern))| match place {
        Place::Html => Some((number, pattern.literals.clone())),
        Place::Dom(selector, _) => {
            let literals = selectors[*selector].iter().filter_map(Compound::literal);
            Some((number, Some(literals.collect())))
        }
        _ => None,
    });
    Finder::new(announced, Some(AhoCorasickKind::DFA))
}

fn foreign(
    raw: Raw,
    categories: &HashMap<u64, String>,
    numbers: &HashMap<String, usize>,
    own: &HashMap<String, usize>,
) -> Foreign {
    let slug = slug(&raw.name);
    let known = own
        .get(&raw.name.to_lowercase())
        .map(|number| &technologies()[*number]);
    let known = known.or_else(|| technology(&slug));
    let category = raw
        .categories
        .first()
        .and_then(|number| categories.get(number));
    let category = category.map_or_else(|| "other".to_owned(), |name| self::slug(name));
    let number = |name: &String| numbers.get(name).copied();
    Foreign {
        slug: known.map_or(slug, |known| known.slug.clone()),
        name: known.map_or_else(|| raw.name.clone(), |known| known.name.clone()),
        category: known.map_or(category, |known| known.category.clone()),
        categories: raw.categories,
        implies: raw
            .implies
            .iter()
            .filter_map(|(name, share)| Some((number(name)?, *share)))
            .collect(),
        requires: raw.requires.iter().map(|name| self::slug(name)).collect(),
        requires_category: raw.requires_category,
        excludes: raw.excludes.iter().filter_map(number).collect(),
    }
}

/// `Amazon S3 (static)` → `amazon-s3-static`.
pub(super) fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    match words.is_empty() {
        true => "unnamed".to_owned(),
        false => words.join("-"),
    }
}
