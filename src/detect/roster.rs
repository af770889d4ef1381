//! Which of the companies on a list a text is about: every name and alias of all of them, in one
//! pass over the folded text.
//!
//! The text's words are run together without legal forms, so that "Big Sky Ltd." is "BigSky"; a
//! name counts where it begins and ends with words. A name that could mean something else (an
//! everyday word, a place, three letters, a part of a longer name) counts only with a second hint
//! beside it: the company's domain, its legal form, its ticker, another of its names, its trade or
//! its country.
//!
//! Invariants: memory grows with the letters of the list's names, time with the text alone; the
//! same text and list always give the same companies, in the order of the list.

mod context;
mod stream;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::fold::Folded;
use super::names;
use crate::model::company::Company;
use crate::model::document::{Document, Link};
use crate::model::domain;
use context::Grade;
use stream::Stream;

/// A text that names more companies than this is a list of them, and news of none.
pub const MANY: usize = 25;
/// A name of fewer letters is an abbreviation of many things.
const SHORT: usize = 4;
/// Bytes of a text that are looked at: companies that a story is about are named early.
const FAR: usize = 100_000;

/// The companies of a list, ready to be found in texts.
pub struct Roster {
    companies: Vec<Arc<Company>>,
    /// `None`: nobody is on the list.
    automaton: Option<AhoCorasick>,
    /// For each pattern of the automaton, who is called so.
    aliases: Vec<Vec<Alias>>,
    by_domain: HashMap<String, u32>,
}

/// One name of one company.
#[derive(Clone, Debug)]
struct Alias {
    company: u32,
    /// How many words it has.
    words: usize,
    /// It could mean something else.
    weak: bool,
    /// It is written in capitals throughout.
    shouted: bool,
    /// It begins with a small letter.
    small: bool,
    /// Its last word begins with a capital.
    tall: bool,
}

/// Where a text names a company: the first and the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    first: usize,
    last: usize,
}

impl std::fmt::Debug for Roster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.aliases.len();
        write!(
            f,
            "Roster({} companies, {names} names)",
            self.companies.len()
        )
    }
}

impl Roster {
    /// The roster of these companies.
    pub fn new(companies: Vec<Arc<Company>>) -> Roster {
        let mut patterns: Vec<String> = Vec::new();
        let mut aliases: Vec<Vec<Alias>> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut by_domain = HashMap::new();
        for (at, company) in (0..).zip(&companies) {
            for domain in &company.domains {
                by_domain.entry(domain.to_ascii_lowercase()).or_insert(at);
            }
            for (pattern, alias) in aliases_of(company, at) {
                let place = *places.entry(pattern.clone()).or_insert_with(|| {
                    patterns.push(pattern);
                    aliases.push(Vec::new());
                    aliases.len() - 1
                });
                if aliases[place].iter().all(|known| known.company != at) {
                    aliases[place].push(alias);
                }
            }
        }
        for shared in aliases.iter_mut().filter(|named| named.len() > 1) {
            shared.iter_mut().for_each(|alias| alias.weak = true);
        }
        let automaton = (!patterns.is_empty()).then(|| {
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .match_kind(MatchKind::Standard)
                .build(&patterns)
                .expect("names have fewer letters than an automaton may have states")
        });
        Roster {
            companies,
            automaton,
            aliases,
            by_domain,
        }
    }

    /// How many companies there are to be found.
    pub fn len(&self) -> usize {
        self.companies.len()
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.companies.is_empty()
    }

    /// Bytes that the automaton takes.
    pub fn bytes(&self) -> usize {
        self.automaton.as_ref().map_or(0, AhoCorasick::memory_usage)
    }

    /// The companies that a document speaks of; `links` are those that its text has, not its
    /// frame. Empty where it names too many to be about any.
    pub fn find(&self, document: &Document, links: &[Link]) -> Vec<Arc<Company>> {
        let mut text = document.text.as_str();
        if let Some((end, _)) = text.char_indices().find(|(at, _)| *at >= FAR) {
            text = &text[..end];
        }
        let source = format!("{}\n{text}", document.title.replace('\n', " "));
        self.named(&source, links)
    }

    /// The companies that a headline names.
    pub fn find_in_title(&self, title: &str) -> Vec<Arc<Company>> {
        self.named(title, &[])
    }

    /// The companies that are called so, by their full name: of an organisation in a register.
    pub fn called(&self, name: &str) -> Vec<Arc<Company>> {
        let whole = names::tokens(name).concat();
        let formal = context::has_legal_form(&Folded::new(name).text);
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let mut found: Vec<u32> = automaton
            .find_overlapping_iter(&whole)
            .filter(|hit| hit.start() == 0 && hit.end() == whole.len())
            .flat_map(|hit| &self.aliases[hit.pattern().as_usize()])
            .filter(|alias| formal || !alias.weak)
            .map(|alias| alias.company)
            .collect();
        found.sort_unstable();
        found.dedup();
        self.companies_at(&found)
    }

    /// The company whose page this is.
    pub fn owner(&self, url: &url::Url) -> Option<&Arc<Company>> {
        let host = url.host_str()?;
        let place = match url.port() {
            Some(port) => self
                .of_name(&format!("{host}:{port}"))
                .or(self.of_name(host)),
            None => self.of_name(host),
        };
        let company = &self.companies[place? as usize];
        company.owns(url).then_some(company)
    }

    fn named(&self, source: &str, links: &[Link]) -> Vec<Arc<Company>> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let folded = Folded::new(source).text;
        let stream = Stream::new(&folded);
        let mut places: Vec<(Place, &Alias)> = Vec::new();
        // Names that the text also writes small, as the words that they are.
        let mut lowered: HashSet<usize> = HashSet::new();
        for hit in automaton.find_overlapping_iter(&stream.letters) {
            let Some(place) = stream.place(hit.start(), hit.end()) else {
                continue;
            };
            let pattern = hit.pattern().as_usize();
            if stream.is_small(place) && !stream.in_address(place) {
                lowered.insert(pattern);
            }
            let named = self.aliases[pattern].iter();
            places.extend(named.map(|alias| (place, alias)));
        }
        let small: HashSet<u32> = lowered
            .iter()
            .flat_map(|pattern| &self.aliases[*pattern])
            .filter(|alias| alias.words == 1 && !alias.small)
            .map(|alias| alias.company)
            .collect();
        let whole: Vec<(Place, &Alias)> = places
            .iter()
            .filter(|(place, alias)| !is_part(*place, alias, &places))
            .copied()
            .collect();
        let mut by_company: HashMap<u32, Vec<(Place, &Alias)>> = HashMap::new();
        for (place, alias) in whole {
            by_company
                .entry(alias.company)
                .or_default()
                .push((place, alias));
        }
        let mut stated: HashSet<u32> = self.addresses(&folded).collect();
        let linked = links.iter().filter(|link| !link.frame);
        stated.extend(linked.filter_map(|link| {
            let url = url::Url::parse(&link.url).ok()?;
            self.of_name(url.host_str()?)
        }));
        let mut found: Vec<u32> = Vec::new();
        for (at, places) in &by_company {
            let company = &self.companies[*at as usize];
            let grades: Vec<Grade> = places
                .iter()
                .map(|(place, alias)| {
                    let grade = context::grade(&stream, *place, alias);
                    grade.min(match small.contains(at) {
                        true => Grade::Weak,
                        false => Grade::Strong,
                    })
                })
                .collect();
            let hinted =
                || stated.contains(at) || context::hints(&stream, company, places, &grades);
            let best = grades.iter().max().copied().unwrap_or(Grade::None);
            if best == Grade::Strong || (best == Grade::Weak && hinted()) {
                found.push(*at);
            }
        }
        found.sort_unstable();
        if found.len() > MANY {
            return Vec::new();
        }
        self.companies_at(&found)
    }

    fn companies_at(&self, places: &[u32]) -> Vec<Arc<Company>> {
        let at = |place: &u32| Arc::clone(&self.companies[*place as usize]);
        places.iter().map(at).collect()
    }

    /// The companies whose domains the text writes out.
    fn addresses(&self, folded: &str) -> impl Iterator<Item = u32> {
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let written = folded.split(move |c| !inside(c));
        let named = written.filter(|word| word[1.min(word.len())..].contains('.'));
        named.filter_map(|name| self.of_name(name.trim_matches(['.', '-'])))
    }

    /// The company of a host name: its domain, or one above it.
    fn of_name(&self, host: &str) -> Option<u32> {
        let host = host.to_ascii_lowercase();
        let mut name = host.as_str();
        loop {
            if let Some(at) = self.by_domain.get(name) {
                return Some(*at);
            }
            name = name.split_once('.')?.1;
        }
    }
}

/// Whether a place is only a part of a longer name, another company's or this one's.
fn is_part(place: Place, alias: &Alias, all: &[(Place, &Alias)]) -> bool {
    all.iter().any(|(other, longer)| {
        let wider = other.first <= place.first && other.last >= place.last && *other != place;
        wider && longer.company != alias.company
    })
}

/// The names of a company, as letters run together.
fn aliases_of(company: &Company, at: u32) -> Vec<(String, Alias)> {
    let mut found: Vec<(String, Alias)> = Vec::new();
    let nameless = company.domains.contains(&company.name);
    let listed = std::iter::once(&company.name).filter(|_| !nameless);
    for name in listed.chain(&company.aliases) {
        found.extend(alias(name, at));
    }
    let known: HashSet<String> = found.iter().map(|(pattern, _)| pattern.clone()).collect();
    for domain in &company.domains {
        let label = domain::label(domain);
        if !label.chars().any(char::is_alphabetic) {
            continue;
        }
        if let Some((pattern, mut alias)) = alias(label, at)
            && !known.contains(&pattern)
        {
            // A domain is chosen for being short and free, not for being the name.
            alias.weak |= !nameless;
            alias.small = false;
            alias.tall = false;
            found.push((pattern, alias));
        }
    }
    found
}

fn alias(name: &str, company: u32) -> Option<(String, Alias)> {
    let tokens = names::tokens(name);
    let pattern = tokens.concat();
    if pattern.len() < 2 || pattern.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let folded = Folded::new(name).text;
    let letters = || folded.chars().filter(char::is_ascii_alphabetic);
    let last = tokens.last().map_or("", String::as_str);
    let last = folded.to_ascii_lowercase().rfind(last);
    let is_common = |word: &String| common().contains(word.as_str()) || word.len() < SHORT;
    Some((
        pattern,
        Alias {
            company,
            words: tokens.len(),
            weak: tokens.iter().all(is_common),
            shouted: tokens.len() == 1 && letters().all(|c| c.is_ascii_uppercase()),
            small: folded.starts_with(|c: char| c.is_ascii_lowercase()),
            tall: last.is_some_and(|at| folded.as_bytes()[at].is_ascii_uppercase()),
        },
    ))
}

/// Words that mean something else in most texts.
fn common() -> &'static HashSet<&'static str> {
    static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let lines = include_str!("lexicon/common.txt").lines();
        let words = lines.filter(|line| !line.starts_with('#'));
        words.flat_map(str::split_ascii_whitespace).collect()
    });
    &COMMON
}

#[cfg(test)]
mod tests;
