//! Threads of forums: who compares products, is unhappy with one, asks how to begin.
//!
//! Invariant: a thread is a company's signal only where its account is official or its post declares
//! the employer; whoever else writes there is nobody, and stays nobody.

use std::sync::OnceLock;

use regex::bytes::Regex;
use serde::Deserialize;

use super::finding::Finding;
use super::language::compile;
use super::lexicon::Mention;
use super::prepared::Prepared;
use super::rulefile::LoadError;
use super::rules::within;
use super::{Detector, modality, signals};
use crate::model::document::Genre;
use crate::model::signal::{Cause, Modality, Role, Signal, SignalKind};

/// Threads by declared employees, and posts of official accounts.
pub(crate) const DETECTOR: Detector = Detector {
    name: "forum",
    version: 1,
    detect,
};

/// How often a cue beside a technology means what it says, by judgement: nothing labelled is at hand.
const SURE: f32 = 0.7;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cue: Vec<CueEntry>,
    declares: Declares,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueEntry {
    kind: SignalKind,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declares {
    words: Vec<String>,
}

#[derive(Debug)]
struct Words {
    cues: Vec<(SignalKind, Regex)>,
    declares: Regex,
}

/// What stands for a technology in the text that cues are held against: no text that is folded and
/// read by people has it.
const MARK: &str = "\u{1}";

impl Words {
    fn load(source: &str) -> Result<Words, LoadError> {
        let file: File = toml::from_str(source).map_err(|e| LoadError::in_file("forum", &e))?;
        let cue = |entry: CueEntry| {
            let any = entry.words.join("|").replace("{T}", MARK);
            Ok((
                entry.kind,
                compile(&format!(r"(?:^|\b)(?:{any})"), "forum")?,
            ))
        };
        Ok(Words {
            cues: file
                .cue
                .into_iter()
                .map(cue)
                .collect::<Result<_, LoadError>>()?,
            declares: compile(
                &format!(
                    r"\b(?:{})\s+(?:the |la |der |die )?$",
                    file.declares.words.join("|")
                ),
                "forum",
            )?,
        })
    }
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        Words::load(include_str!("lexicon/forum.toml"))
            .expect("the shipped words load: a test says so")
    })
}

fn detect(found: &mut Vec<Signal>, text: &Prepared<'_>) {
    if text.genre != Genre::Forum || text.mentions.is_empty() || !is_theirs(text) {
        return;
    }
    let told = (0..text.sentences.len())
        .filter_map(|at| finding(text, at))
        .collect();
    found.extend(signals::assemble(
        text,
        told,
        DETECTOR.name,
        DETECTOR.version,
    ));
}

/// Whether the thread is the asked company's: an official account's, or one that says who employs
/// its writer. Asked for nobody, whatever is said is reported.
fn is_theirs(text: &Prepared<'_>) -> bool {
    if text.known.is_nobody() || text.document.official {
        return true;
    }
    let mut from = 0;
    let whole = &text.folded.text;
    while let Some((start, end)) = text.known.find(&whole[from..]) {
        let before = &whole.as_bytes()[..from + start];
        let near = &before[before.len().saturating_sub(80)..];
        if words().declares.is_match(near) {
            return true;
        }
        from += end.max(1);
    }
    false
}

/// What a sentence says of the technologies that it names.
fn finding(text: &Prepared<'_>, at: usize) -> Option<Finding> {
    let sentence = text.sentences[at];
    let named: Vec<&Mention<'_>> = within(&text.mentions, &sentence).collect();
    if named.is_empty() {
        return None;
    }
    // The sentence with a mark in the place of each technology.
    let mut marked = String::with_capacity(sentence.end - sentence.start);
    let mut done = sentence.start;
    for mention in &named {
        marked.push_str(&text.folded.text[done..mention.start]);
        marked.push_str(MARK);
        done = mention.end;
    }
    marked.push_str(&text.folded.text[done..sentence.end]);
    let (kind, _) = words()
        .cues
        .iter()
        .find(|(_, cue)| cue.is_match(marked.as_bytes()))?;
    let mut technologies: Vec<String> = named
        .iter()
        .map(|mention| mention.technology.name.clone())
        .collect();
    technologies.sort_unstable();
    technologies.dedup();
    let areas = named.iter().flat_map(|mention| &mention.technology.areas);
    let mut finding = Finding::new(*kind, format!("forum.{kind}"), SURE);
    finding.subject_role = Role::Customer;
    finding.technologies = technologies;
    finding.areas = areas.copied().collect();
    finding.because = vec![(Cause::Rule, SURE)];
    // A question supposes nothing here: to ask is what the asker does.
    let words = text.sentence(at);
    if modality::judge(text.language, words, (0, words.len())) == Modality::Negated {
        finding.modality = Modality::Negated;
        let belief = modality::belief(Modality::Negated);
        finding.because.push((Cause::Mood, belief));
    }
    finding.stands = sentence.position;
    finding.sentence = at;
    finding.span = (sentence.start, sentence.end);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::company::Company;
    use crate::model::document::Document;
    use crate::model::time::Timestamp;

    fn told(text: &str, company: &str) -> Vec<SignalKind> {
        let document = Document {
            url: "https://forum.adatum.example/t/1".to_owned(),
            title: "A thread".to_owned(),
            text: text.to_owned(),
            language: Some("en".to_owned()),
            genre: Genre::Forum,
            ..Document::default()
        };
        let company = Company {
            name: company.to_owned(),
            ..Company::new("contoso.example")
        };
        let found = super::super::detect(&document, &company, Timestamp(1));
        found
            .iter()
            .filter(|one| one.evidence[0].detector == "forum")
            .map(|one| one.kind)
            .collect()
    }

    #[test]
    fn a_declared_employee_speaks_for_the_company() {
        let post = "Here at Contoso we are looking at alternatives to Salesforce.";
        assert_eq!(told(post, "Contoso"), [SignalKind::Evaluation]);
        let post = "I work for Contoso. We are fed up with VMware after the price hike.";
        assert_eq!(told(post, "Contoso"), [SignalKind::Dissatisfaction]);
        let post = "In my company, Contoso, has anyone experience with Power BI dashboards?";
        assert_eq!(told(post, "Contoso"), [SignalKind::Research]);
        let post = "I'm a sysadmin at Contoso. Does anyone use Microsoft Intune?";
        assert_eq!(told(post, "Contoso"), [SignalKind::Research]);
    }

    #[test]
    fn whoever_merely_names_a_company_is_nobody() {
        let post = "Contoso has moved from VMware to Azure, I read. We are fed up with VMware.";
        assert_eq!(told(post, "Contoso"), []);
        let post = "We are looking at alternatives to Salesforce.";
        assert_eq!(told(post, "Contoso"), []);
    }
}
