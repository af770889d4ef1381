//! When the company was founded, and how many work for it, in the company's own words.
//!
//! A figure counts where the sentence is about the company itself, and holds none of the words
//! with which companies speak of customers, products, persons and plans.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::Said;
use super::line::Line;
use super::own::Own;
use crate::model::profile::{Attribute, ClaimBasis};

/// Companies are not older than this.
const OLDEST: i32 = 700;
/// More than this work for none.
const MOST: u32 = 3_000_000;
/// Bytes before a headcount, and behind it in its clause, that may say it is none.
const BEFORE: usize = 48;
const BEHIND: usize = 20;
/// Words of a sentence that is a heading or the caption of a figure: it needs no subject.
const CAPTION: usize = 7;
/// Bytes of a line that is a figure, or the caption of the figure beside it.
const TILE: usize = 40;

/// `figures.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    founded: Patterns,
    employees: Patterns,
    us: Words,
    gate: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patterns {
    strong: Vec<String>,
    weak: Vec<String>,
    never: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: Vec<String>,
}

/// The patterns of one figure, made ready.
struct Ready {
    /// With whether it needs a subject in any case.
    patterns: Vec<(Regex, bool)>,
    any: RegexSet,
    never: RegexSet,
}

struct Figures {
    founded: Ready,
    employees: Ready,
    us: RegexSet,
    /// Parts of the words without which no figure is announced.
    gate: AhoCorasick,
}

const YEAR: &str = "(?P<y>(?:1[0-9]|20)[0-9][0-9])";
const COUNT: &str = r"(?P<n>[0-9]{1,3}(?:[.,'’ ][0-9]{3})+|[0-9]{1,7})(?: ?(?:-|–|to|bis|a|à|tot) ?(?P<u>[0-9]{1,3}(?:[.,'’ ][0-9]{3})+|[0-9]{1,7}))?";
const MODIFIERS: &str = "(?: [^ 0-9.;]+){0,3}? ?";
/// Not `\b`, which is slow beside letters with accents.
const BEGINS: &str = r#"(?:^|[ ('’"„“«:,/>–-])"#;
const ENDS: &str = r#"(?:$|[ ).,;:'’"“”»!?/*+–-])"#;

static FIGURES: LazyLock<Figures> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("figures.toml")).expect("tests read figures.toml");
    let set = |words: &[String]| {
        RegexSet::new(words.iter().map(|pattern| whole_words(pattern)))
            .expect("figures.toml is well formed")
    };
    let gate = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(&file.gate.words);
    Figures {
        founded: ready(&file.founded),
        employees: ready(&file.employees),
        us: set(&file.us.words),
        gate: gate.expect("the words are few"),
    }
});

fn ready(patterns: &Patterns) -> Ready {
    let spelt = |pattern: &String| {
        let parts = [
            ("{y}", YEAR),
            ("{n}", COUNT),
            ("{m}", MODIFIERS),
            ("{b}", BEGINS),
            ("{e}", ENDS),
        ];
        let whole = |whole: String, (mark, part): (&str, &str)| whole.replace(mark, part);
        parts.into_iter().fold(format!("(?i){pattern}"), whole)
    };
    let strong: Vec<String> = patterns.strong.iter().map(spelt).collect();
    let weak: Vec<String> = patterns.weak.iter().map(spelt).collect();
    let build = |pattern: &String| Regex::new(pattern).expect("figures.toml is well formed");
    let all = strong
        .iter()
        .map(|p| (build(p), false))
        .chain(weak.iter().map(|p| (build(p), true)));
    let never = patterns.never.iter().map(|pattern| whole_words(pattern));
    Ready {
        patterns: all.collect(),
        any: RegexSet::new(strong.iter().chain(&weak)).expect("figures.toml is well formed"),
        never: RegexSet::new(never).expect("figures.toml is well formed"),
    }
}

/// A pattern of whole words: `\b` would put its set out of the automaton beside any accent.
fn whole_words(pattern: &str) -> String {
    let pattern = match pattern.strip_prefix(r"\b") {
        Some(rest) => format!(r"(?:^|[^\p{{L}}\d_]){rest}"),
        None => pattern.to_owned(),
    };
    format!("(?i){}", pattern.replace(r"\b", r"(?:$|[^\p{L}\d_])"))
}

/// The year and the headcount that the lines state.
pub(super) fn said(
    lines: &[Line],
    basis: impl Fn(usize) -> ClaimBasis,
    own: &Own,
    year: i32,
) -> Vec<Said> {
    let (mut founded, mut employees): (Option<Said>, Option<Said>) = (None, None);
    for (at, line) in lines.iter().enumerate() {
        if line.frame || !FIGURES.gate.is_match(&line.text) {
            continue;
        }
        let text = with_figure(lines, at);
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        for sentence in sentences(&text) {
            if !sentence.bytes().any(|byte| byte.is_ascii_digit()) {
                continue;
            }
            if founded.is_none() {
                founded = year_of(sentence, own, year)
                    .map(|(value, evidence)| claim(Attribute::Founded, value, evidence, basis(at)));
            }
            if employees.is_none() {
                employees = headcount(sentence, own).map(|(value, evidence)| {
                    claim(Attribute::Employees, value, evidence, basis(at))
                });
            }
        }
        if founded.is_some() && employees.is_some() {
            break;
        }
    }
    founded.into_iter().chain(employees).collect()
}

fn claim(attribute: Attribute, value: String, evidence: String, basis: ClaimBasis) -> Said {
    Said {
        attribute,
        value,
        basis,
        evidence,
    }
}

/// A line; a caption with the figure that stands on the line above it or below.
fn with_figure(lines: &[Line], at: usize) -> String {
    let text = &lines[at].text;
    let is_figure = |line: &&Line| {
        let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
        line.text.len() <= 12
            && letters <= 1
            && line
                .text
                .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '>' | '~'))
    };
    let caption = text.len() <= TILE && !text.bytes().any(|byte| byte.is_ascii_digit());
    if !caption {
        return text.clone();
    }
    let figure = |at: Option<usize>| at.and_then(|at| lines.get(at)).filter(is_figure);
    let above = figure(at.checked_sub(1));
    // A column of figures has each above its caption, or each below.
    let below = figure(Some(at + 1)).filter(|_| figure(Some(at + 3)).is_none() || above.is_none());
    match (above, below) {
        (Some(figure), _) => format!(
            "{} {text}",
            figure.text.trim_start_matches(['+', '>', '~', ' '])
        ),
        (None, Some(figure)) => format!(
            "{text}: {}",
            figure.text.trim_start_matches(['+', '>', '~', ' '])
        ),
        (None, None) => text.clone(),
    }
}

/// The sentences of a line.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .match_indices(['.', '!', '?', '•', '|'])
            .map(|(at, mark)| at + mark.len())
            .find(|end| {
                let mut next = rest[*end..].chars();
                let ends = next.next().is_none_or(char::is_whitespace)
                    && next.next().is_none_or(|c| !c.is_lowercase());
                let word = rest[..*end].trim_end_matches('.').rsplit(' ').next();
                ends && word.is_none_or(|word| {
                    word.chars().count() > 3 || word.ends_with(|c: char| c.is_ascii_digit())
                })
            })
            .unwrap_or(rest.len());
        let (sentence, more) = rest.split_at(end);
        rest = more.trim_start();
        Some(sentence)
    })
}

/// The year that a sentence says the company was founded in, and the words that say so.
fn year_of(sentence: &str, own: &Own, now: i32) -> Option<(String, String)> {
    let figures = &*FIGURES;
    let bytes = sentence.as_bytes();
    let mut fours = bytes.windows(4);
    if !fours.any(|four| four.iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let matched = figures.founded.any.matches(sentence);
    if !matched.matched_any() || figures.founded.never.is_match(sentence) {
        return None;
    }
    let mut matched = matched.iter();
    matched.find_map(|at| {
        let (regex, weak) = &figures.founded.patterns[at];
        let found = regex.captures(sentence)?;
        let (word, year) = (found.get(1)?.as_str(), found.name("y")?.as_str());
        // The word is a pattern's first group unless the year stands before it.
        let word = if word == year {
            found.get(2)?.as_str()
        } else {
            word
        };
        let number: i32 = year.parse().ok()?;
        let start = found.get(0)?.start();
        let about = about_us(&sentence[..start], sentence, own, *weak);
        let possible = (now - OLDEST..=now).contains(&number);
        (about && possible).then(|| (year.to_owned(), format!("{} {year}", word.to_lowercase())))
    })
}

/// How many a sentence says work for the company, and the words that say so.
fn headcount(sentence: &str, own: &Own) -> Option<(String, String)> {
    let figures = &*FIGURES;
    let matched = figures.employees.any.matches(sentence);
    let mut matched = matched.iter();
    matched.find_map(|at| {
        let (regex, _) = &figures.employees.patterns[at];
        let found = regex.captures(sentence)?;
        let whole = found.get(0)?;
        let noun = (1..found.len())
            .filter_map(|group| found.get(group))
            .find(|group| !group.as_str().starts_with(|c: char| c.is_ascii_digit()))?;
        let first = found.name("n")?;
        let low = number(first.as_str())?;
        let high = found.name("u").and_then(|upper| number(upper.as_str()));
        let looks = year_like(first.as_str()) && !sentence[first.end()..].starts_with('+');
        if !(2..=MOST).contains(&low) || looks || glued(&sentence[..first.start()]) {
            return None;
        }
        let from = sentence.ceil_char_boundary(whole.start().saturating_sub(BEFORE));
        let behind = super::cut(&sentence[whole.end()..], BEHIND);
        let behind = behind
            .split([',', ';', ':', '.', '(', '–'])
            .next()
            .unwrap_or_default();
        let near = format!("{} {behind}", &sentence[from..whole.end()]);
        let about = about_us(&sentence[..whole.start()], sentence, own, false);
        if !about || figures.employees.never.is_match(&near) {
            return None;
        }
        let value = match high {
            Some(high) if high > low => format!("{low}-{high}"),
            _ => low.to_string(),
        };
        let evidence = format!("{value} {}", noun.as_str().to_lowercase());
        Some((value, evidence))
    })
}

/// Whether a number goes on before its first digit: `1.250`, `€250`, `B250`.
fn glued(before: &str) -> bool {
    before.ends_with(|c: char| {
        c.is_alphanumeric() || matches!(c, '.' | ',' | '€' | '$' | '£' | '#' | '-' | '/')
    })
}

fn number(text: &str) -> Option<u32> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Four digits that could be a year.
fn year_like(text: &str) -> bool {
    text.len() == 4
        && text
            .parse()
            .is_ok_and(|year: u32| (1900..2100).contains(&year))
}

/// Whether a sentence speaks of the company itself, by what stands before the figure's words.
fn about_us(before: &str, sentence: &str, own: &Own, strict: bool) -> bool {
    let words = sentence.split_whitespace().count();
    if FIGURES.us.is_match(sentence) || words <= CAPTION && !strict {
        return true;
    }
    let mut named = before.split(|c: char| !c.is_alphanumeric() && c != '-');
    if named.any(|word| word.len() >= 3 && own.resembles(word)) || own.resembles(before) {
        return true;
    }
    // "Founded in 1987, the house …": a subject that comes later is the company.
    let trimmed = before.trim();
    let bare = trimmed.is_empty()
        || trimmed.split_whitespace().count() <= 2 && !trimmed.starts_with(char::is_uppercase);
    let short = words <= CAPTION;
    (bare && !strict) || (short && own.resembles(sentence))
}

#[cfg(test)]
#[path = "figure_tests.rs"]
mod tests;
