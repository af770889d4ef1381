//! What an open position asks for: the desk it stands at, a project that is decided, the first of
//! its kind, a competitor's product to run. Words are data, of four languages.

use std::sync::OnceLock;

use regex::bytes::Regex;
use serde::Deserialize;

use super::language::compile;
use super::lexicon::{Mention, Stance};
use super::prepared::Prepared;
use super::rulefile::LoadError;
use crate::model::signal::{ProductArea, SignalKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    desk: Vec<DeskEntry>,
    project: Words,
    first: Words,
    runs: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskEntry {
    id: String,
    areas: Vec<ProductArea>,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: Vec<String>,
}

/// A desk that buys.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) id: String,
    pub(crate) areas: Vec<ProductArea>,
    words: Regex,
}

#[derive(Debug)]
struct Known {
    desks: Vec<Desk>,
    project: Regex,
    first: Regex,
    runs: Regex,
}

/// One thing that a posting asks for.
#[derive(Debug, PartialEq)]
pub(crate) struct Ask {
    pub(crate) kind: SignalKind,
    /// What tells it from other asks of its kind at the company.
    pub(crate) key: String,
    /// The technologies that it is about, by their lexicon name, sorted.
    pub(crate) technologies: Vec<String>,
    pub(crate) areas: Vec<ProductArea>,
    /// What is left of the confidence.
    pub(crate) factor: f32,
    /// The sentence that says so; none: the title.
    pub(crate) sentence: Option<usize>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        Known::load(include_str!("lexicon/postings.toml"))
            .expect("the shipped words load: a test says so")
    })
}

impl Known {
    fn load(source: &str) -> Result<Known, LoadError> {
        let file: File =
            toml::from_str(source).map_err(|error| LoadError::in_file("postings", &error))?;
        let desk = |entry: DeskEntry| {
            Ok(Desk {
                words: words(&entry.words)?,
                id: entry.id,
                areas: entry.areas,
            })
        };
        Ok(Known {
            desks: file
                .desk
                .into_iter()
                .map(desk)
                .collect::<Result<_, LoadError>>()?,
            project: words(&file.project.words)?,
            first: words(&file.first.words)?,
            runs: words(&file.runs.words)?,
        })
    }
}

/// Any of `words` as a whole; `*` stands for the rest of one.
fn words(words: &[String]) -> Result<Regex, LoadError> {
    let each: Vec<String> = words
        .iter()
        .map(|word| {
            let parts: Vec<String> = word.split('*').map(regex::escape).collect();
            let ends = if word.ends_with('*') {
                ""
            } else {
                r"(?:[^\w-]|$)"
            };
            format!("{}{ends}", parts.join(r"\w*"))
        })
        .collect();
    compile(&format!(r"(?:^|[^\w-])(?:{})", each.join("|")), "postings")
}

/// The desk that a position of this folded title stands at.
pub(crate) fn desk(title: &str) -> Option<&'static Desk> {
    let desks = known().desks.iter();
    desks
        .into_iter()
        .find(|desk| desk.words.is_match(title.as_bytes()))
}

/// Everything that a posting with this folded title asks for, the weakest first: what its desk
/// knows, then what its words say.
pub(crate) fn asks(text: &Prepared<'_>, title: &str) -> Vec<Ask> {
    let known = known();
    let desk = desk(title);
    let mut named: Vec<&Mention<'_>> = text.mentions.iter().collect();
    named.sort_by(|a, b| a.technology.name.cmp(&b.technology.name));
    named.dedup_by(|a, b| a.technology.name == b.technology.name);
    let own_areas = |mentions: &[&Mention<'_>]| -> Vec<ProductArea> {
        let sold = mentions
            .iter()
            .filter(|mention| mention.technology.stance != Stance::Neutral);
        sold.flat_map(|mention| mention.technology.areas.iter().copied())
            .collect()
    };
    let mut areas = own_areas(&named);
    areas.extend(desk.iter().flat_map(|desk| &desk.areas));
    let names = |mentions: &[&Mention<'_>]| -> Vec<String> {
        mentions
            .iter()
            .map(|mention| mention.technology.name.clone())
            .collect()
    };
    let mut asks = Vec::new();
    let place = desk.map_or("other", |desk| desk.id.as_str());
    if !areas.is_empty() {
        asks.push(Ask {
            kind: SignalKind::JobPosting,
            key: place.to_owned(),
            technologies: names(&named),
            areas: sorted(areas.clone()),
            factor: 1.0,
            sentence: None,
        });
    }
    let in_title = |mention: &&&Mention<'_>| mention.end <= text.title;
    let heading: Vec<&Mention<'_>> = named
        .iter()
        .copied()
        .filter(|mention| mention.technology.stance != Stance::Neutral)
        .filter(|mention| in_title(&mention) || names_it(title, mention))
        .collect();
    asks.extend(project(text, known, title, &named, &heading, desk));
    if known.runs.is_match(title.as_bytes()) {
        let rivals = heading
            .iter()
            .filter(|mention| mention.technology.stance == Stance::Competitor)
            // "SAP" says no more than "SAP S/4HANA" beside it.
            .filter(|mention| {
                let whole = format!("{} ", mention.technology.name);
                heading
                    .iter()
                    .all(|other| !other.technology.name.starts_with(&whole))
            });
        asks.extend(rivals.map(|mention| Ask {
            kind: SignalKind::HiringCompetitor,
            key: mention.technology.name.to_lowercase(),
            technologies: vec![mention.technology.name.clone()],
            areas: sorted(mention.technology.areas.clone()),
            factor: 1.0,
            sentence: None,
        }));
    }
    let Some(desk) = desk else {
        return asks;
    };
    if desk.id == "support" {
        asks.push(Ask {
            kind: SignalKind::HiringSupport,
            key: String::new(),
            technologies: names(&named),
            areas: sorted(desk.areas.clone()),
            factor: 1.0,
            sentence: None,
        });
    }
    let first = text.sentences.iter().position(|sentence| {
        let words = &text.folded.text.as_bytes()[sentence.start..sentence.end];
        known.first.is_match(words)
    });
    if let Some(at) = first {
        asks.push(Ask {
            kind: SignalKind::HiringFirst,
            key: desk.id.clone(),
            technologies: names(&named),
            areas: sorted(areas),
            factor: 0.85,
            sentence: Some(at),
        });
    }
    asks
}

/// A project that is decided: the title says so, or the duties say it of a technology beside it.
fn project(
    text: &Prepared<'_>,
    known: &Known,
    title: &str,
    named: &[&Mention<'_>],
    heading: &[&Mention<'_>],
    desk: Option<&Desk>,
) -> Option<Ask> {
    let ask = |of: &[&Mention<'_>], factor, sentence| {
        let first = of.iter().min_by_key(|mention| mention.start)?;
        Some(Ask {
            kind: SignalKind::HiringProject,
            key: first.technology.name.to_lowercase(),
            technologies: of
                .iter()
                .map(|mention| mention.technology.name.clone())
                .collect(),
            areas: sorted(
                of.iter()
                    .flat_map(|mention| mention.technology.areas.iter().copied())
                    .collect(),
            ),
            factor,
            sentence,
        })
    };
    if known.project.is_match(title.as_bytes()) {
        let of = if heading.is_empty() { named } else { heading };
        let found = ask(of, 1.0, None);
        // "ERP implementation manager" names no product.
        return found.or_else(|| {
            desk.map(|desk| Ask {
                kind: SignalKind::HiringProject,
                key: desk.id.clone(),
                technologies: Vec::new(),
                areas: sorted(desk.areas.clone()),
                factor: 0.9,
                sentence: None,
            })
        });
    }
    desk?;
    text.sentences
        .iter()
        .enumerate()
        .find_map(|(at, sentence)| {
            let words = &text.folded.text.as_bytes()[sentence.start..sentence.end];
            if sentence.end <= text.title || !known.project.is_match(words) {
                return None;
            }
            let inside: Vec<&Mention<'_>> = named
                .iter()
                .copied()
                .filter(|mention| mention.technology.stance != Stance::Neutral)
                .filter(|mention| sentence.start <= mention.start && mention.end <= sentence.end)
                .collect();
            ask(&inside, 0.75, Some(at))
        })
}

/// Whether a title that stands beside the document, as a posting states it, names the technology.
fn names_it(title: &str, mention: &Mention<'_>) -> bool {
    let name = mention.technology.name.to_ascii_lowercase();
    title.to_ascii_lowercase().contains(&name)
}

fn sorted(mut areas: Vec<ProductArea>) -> Vec<ProductArea> {
    areas.sort_unstable();
    areas.dedup();
    areas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_desk(title: &str, expected: Option<&str>) {
        let folded = super::super::fold::Folded::new(title).text;
        assert_eq!(
            desk(&folded).map(|desk| desk.id.as_str()),
            expected,
            "{title}"
        );
    }

    #[test]
    fn desks_of_four_languages() {
        assert_desk("Senior Security Engineer", Some("security"));
        assert_desk("Desktop Support Technician", Some("support"));
        assert_desk("Técnico/a de informática (interinidad)", Some("support"));
        assert_desk("Ingeniera de datos", Some("data"));
        assert_desk("Dateningenieur (m/w/d)", Some("data"));
        assert_desk("Leiter IT (m/w/d)", Some("it"));
        assert_desk("Développeur Java", Some("development"));
        assert_desk("DSI adjoint", Some("it"));
        assert_desk("ERP Consultant", Some("erp"));
        assert_desk("Cook", None);
        assert_desk("Customer Support Agent", None);
        assert_desk("Sapphire Lounge Host", None);
    }
}
