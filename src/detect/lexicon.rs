//! The lexicon of technologies: what a text names, and what could be sold beside or instead.
//!
//! Invariants: a mention stands between word boundaries; of overlapping mentions the longest
//! counts; a word that means other things too counts only in its own spelling, and, where that is
//! not enough, beside a word that says software is spoken of.

use regex::bytes::Regex;
use serde::Deserialize;

use super::language::compile;
use super::rulefile::LoadError;
use super::terms::Terms;
use crate::model::signal::ProductArea;

/// What a technology is for: a rule may demand one of some family in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Family {
    Cloud,
    Virtualisation,
    Data,
    Ai,
    Erp,
    Crm,
    LowCode,
    Collaboration,
    Device,
    Security,
    Legacy,
    Development,
    Licence,
    Compliance,
}

/// Whose technology it is, from Microsoft's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stance {
    /// In use: grow or renew it.
    Own,
    /// A competitor's: replace it.
    Competitor,
    /// Neither; it says what the company does.
    Neutral,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconFile {
    context: Vec<String>,
    company: Vec<String>,
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    family: Family,
    stance: Stance,
    areas: Vec<ProductArea>,
    /// `Name` or `Name|other spelling`; `!` before a spelling: only in this case; `?`: only in
    /// this case and beside a context word; `~`: only in this case and in like company.
    terms: Vec<String>,
}

/// One technology.
#[derive(Debug)]
pub(crate) struct Technology {
    pub(crate) name: String,
    pub(crate) family: Family,
    pub(crate) stance: Stance,
    pub(crate) areas: Vec<ProductArea>,
}

#[derive(Debug)]
struct Spelling {
    text: String,
    technology: usize,
    exact: bool,
    needs: Option<Beside>,
}

/// What a word that means other things too must stand beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// A word that says software is spoken of.
    Context,
    /// A product of the same desk.
    Company,
}

/// A technology named in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mention<'a> {
    pub(crate) technology: &'a Technology,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// All technologies, ready to be found.
#[derive(Debug)]
pub(crate) struct Lexicon {
    technologies: Vec<Technology>,
    spellings: Vec<Spelling>,
    finder: Terms,
    context: Regex,
    company: Regex,
}

impl Lexicon {
    pub(crate) fn load(source: &str) -> Result<Lexicon, LoadError> {
        let syntax = |reason: String| LoadError::Syntax {
            file: "technologies".to_owned(),
            reason,
        };
        let file: LexiconFile =
            toml::from_str(source).map_err(|error| syntax(error.to_string()))?;
        let mut technologies = Vec::new();
        let mut spellings: Vec<Spelling> = Vec::new();
        for group in file.group {
            for term in group.terms {
                let mut name = None;
                for spelling in term.split('|') {
                    let text = spelling.trim_start_matches(['!', '?', '~']);
                    if spellings
                        .iter()
                        .any(|known| known.text.eq_ignore_ascii_case(text))
                    {
                        return Err(syntax(format!("`{text}` is listed twice")));
                    }
                    name.get_or_insert(text);
                    spellings.push(Spelling {
                        text: text.to_owned(),
                        technology: technologies.len(),
                        exact: spelling.starts_with(['!', '?', '~']),
                        needs: match spelling.as_bytes().first() {
                            Some(b'?') => Some(Beside::Context),
                            Some(b'~') => Some(Beside::Company),
                            _ => None,
                        },
                    });
                }
                technologies.push(Technology {
                    name: name.unwrap_or_default().to_owned(),
                    family: group.family,
                    stance: group.stance,
                    areas: group.areas.clone(),
                });
            }
        }
        let finder = Terms::new(spellings.iter().map(|known| known.text.clone()).collect());
        Ok(Lexicon {
            context: compile(&format!(r"\b(?:{})\b", file.context.join("|")), "context")?,
            company: compile(&format!(r"\b(?:{})\b", file.company.join("|")), "company")?,
            technologies,
            spellings,
            finder,
        })
    }

    /// Whether `name` is a technology's, and nothing else.
    pub(crate) fn is_one(&self, name: &str) -> bool {
        let mut found = self.mentions(name);
        found.any(|mention| mention.start == 0 && mention.end == name.len())
    }

    /// Every technology that the folded `text` names, in order.
    pub(crate) fn mentions<'a, 't>(
        &'a self,
        text: &'t str,
    ) -> impl Iterator<Item = Mention<'a>> + use<'a, 't> {
        let bytes = text.as_bytes();
        self.finder
            .longest(bytes)
            .into_iter()
            .filter_map(move |(spelled, start, end)| {
                let inside = |at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric());
                let before = start.checked_sub(1).and_then(|at| bytes.get(at));
                if inside(before) || inside(bytes.get(end)) {
                    return None;
                }
                let spelling = &self.spellings[spelled];
                if spelling.exact && text[start..end] != spelling.text {
                    return None;
                }
                if let Some(beside) = spelling.needs {
                    let words = match beside {
                        Beside::Context => &self.context,
                        Beside::Company => &self.company,
                    };
                    // Of the words before it and of those behind: a name is no company to itself.
                    let before = &bytes[start.saturating_sub(60)..start];
                    let behind = &bytes[end..(end + 60).min(bytes.len())];
                    if !words.is_match(before) && !words.is_match(behind) {
                        return None;
                    }
                }
                Some(Mention {
                    technology: &self.technologies[spelling.technology],
                    start,
                    end,
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;

    fn named(text: &str) -> Vec<&'static str> {
        knowledge()
            .lexicon
            .mentions(Box::leak(text.to_owned().into_boxed_str()))
            .map(|mention| mention.technology.name.as_str())
            .collect()
    }

    #[test]
    fn technologies_are_found_in_their_own_spelling() {
        assert_eq!(
            named("We moved from Amazon Web Services and VMware vSphere to Azure."),
            ["AWS", "VMware vSphere", "Azure"]
        );
    }

    #[test]
    fn ambiguous_words_need_company() {
        assert!(named("Sage advice: keep some slack in your teams.").is_empty());
        assert!(named("Experience with Teams of engineers; an IT workday.").is_empty());
        assert!(named("The tablets are taken with water.").is_empty());
        assert_eq!(
            named("Skills: SharePoint, Teams and Outlook."),
            ["SharePoint", "Microsoft Teams", "Outlook"]
        );
        assert_eq!(named("We replaced Sage with a new ERP."), ["Sage"]);
        assert_eq!(
            named("Messages go through Slack, our chat software."),
            ["Slack"]
        );
    }

    #[test]
    fn the_lexicon_is_large() {
        assert!(knowledge().lexicon.technologies.len() >= 300);
    }
}
