//! The rules as a book that can be read and tried: what each looks for, how often it was right, and
//! whether its own texts say what they should.

use super::fold::Folded;
use super::knowledge::{Knowledge, knowledge};
use super::lexicon::Mention;
use super::rulefile::{LoadError, Rule, Scope};
use super::sentence::{Position, Sentence};
use crate::model::signal::{ProductArea, SignalKind};

/// One rule, as a reader wants to know it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Card {
    /// Its name: `mna.acquires`.
    pub id: String,
    /// The language whose texts it reads, ISO 639-1.
    pub language: String,
    /// What it finds.
    pub kind: SignalKind,
    /// What that might sell.
    pub areas: Vec<ProductArea>,
    /// Literals, folded, of which its sentence has one.
    pub triggers: Vec<String>,
    /// Literals of which it has one, too, where the triggers are common words.
    pub also: Vec<String>,
    /// How often it is right, by judgement.
    pub prior: f32,
    /// How often it was right and wrong where the truth was known: title, lead, body.
    pub counts: [(u32, u32); 3],
    /// What follows from both: the confidence in the title, in the lead, in the body.
    pub confidence: [f32; 3],
    /// Texts that it must find.
    pub hits: Vec<String>,
    /// Texts that it must not.
    pub misses: Vec<String>,
}

/// How many observations a rule's prior is worth.
pub use super::rulefile::WORTH;

/// Every rule, language by language, in the order of its file.
pub fn rules() -> Vec<Card> {
    each(knowledge())
        .map(|(language, rule)| card(language, rule))
        .collect()
}

fn each(known: &Knowledge) -> impl Iterator<Item = (&str, &Rule)> {
    known.engines.iter().flat_map(|engine| {
        let rules = engine.rules.rules.iter();
        rules.map(|rule| (engine.rules.language.as_str(), rule))
    })
}

fn card(language: &str, rule: &Rule) -> Card {
    let confidence = |position| rule.confidence(position);
    Card {
        id: rule.id.clone(),
        language: language.to_owned(),
        kind: rule.kind,
        areas: rule.areas.clone(),
        triggers: rule.triggers.clone(),
        also: rule.also.clone(),
        prior: rule.prior,
        counts: rule.counts.each(),
        confidence: [
            confidence(Position::Title),
            confidence(Position::Lead),
            confidence(Position::Body),
        ],
        hits: rule.hits.clone(),
        misses: rule.misses.clone(),
    }
}

/// What a trial of the rules' own texts showed.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Trial {
    /// Rules that were tried.
    pub rules: usize,
    /// Texts that they were tried on.
    pub texts: usize,
    /// Texts that did not say what they should.
    pub wrong: Vec<Wrong>,
    /// Rules that found none of all texts: no sentence gets through to them.
    pub dead: Vec<String>,
    /// Rules whose every hit another rule of the same kind finds, too: each with that one.
    pub covered: Vec<(String, String)>,
}

/// A text that a rule judged otherwise than its file says.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Wrong {
    /// The rule.
    pub rule: String,
    /// Its text.
    pub text: String,
    /// Whether it should have been found.
    pub expected: bool,
}

impl Trial {
    /// Whether every text said what it should, and every rule can be reached.
    pub fn passed(&self) -> bool {
        self.wrong.is_empty() && self.dead.is_empty()
    }
}

/// Tries every rule of ours, with `files` (name and text) over them, on all texts of its language.
///
/// # Errors
/// Where a file cannot be used.
pub fn trial(files: &[(String, String)]) -> Result<Trial, LoadError> {
    if files.is_empty() {
        return Ok(tried(knowledge()));
    }
    Ok(tried(&Knowledge::load(files)?))
}

fn tried(known: &Knowledge) -> Trial {
    let mut trial = Trial::default();
    for engine in &known.engines {
        let rules = &engine.rules.rules;
        trial.rules += rules.len();
        let texts: Vec<&String> = rules
            .iter()
            .flat_map(|rule| rule.hits.iter().chain(&rule.misses))
            .collect();
        trial.texts += texts.len();
        // Which rules find which of all texts.
        let found: Vec<Vec<&str>> = texts
            .iter()
            .map(|text| finders(known, engine, text))
            .collect();
        let finds = |id: &str, text: &String| {
            let at = texts.iter().position(|one| *one == text);
            at.is_some_and(|at| found[at].contains(&id))
        };
        for rule in rules {
            let expected = rule.hits.iter().map(|text| (text, true));
            let unexpected = rule.misses.iter().map(|text| (text, false));
            let wrong = expected
                .chain(unexpected)
                .filter(|(text, hit)| finds(&rule.id, text) != *hit);
            trial.wrong.extend(wrong.map(|(text, expected)| Wrong {
                rule: rule.id.clone(),
                text: text.clone(),
                expected,
            }));
            let mine: Vec<&Vec<&str>> = found
                .iter()
                .filter(|finders| finders.contains(&rule.id.as_str()))
                .collect();
            if mine.is_empty() {
                trial.dead.push(rule.id.clone());
                continue;
            }
            let covers = |other: &&Rule| {
                other.id != rule.id
                    && other.kind == rule.kind
                    && (other.scope == rule.scope || other.scope == Scope::Sentence)
                    && mine
                        .iter()
                        .all(|finders| finders.contains(&other.id.as_str()))
            };
            if let Some(other) = rules.iter().find(covers) {
                trial.covered.push((rule.id.clone(), other.id.clone()));
            }
        }
    }
    trial
}

/// The rules that find something in `text`, read as one sentence in the place of a title.
fn finders<'k>(known: &'k Knowledge, engine: &'k super::rules::Engine, text: &str) -> Vec<&'k str> {
    let folded = Folded::new(text).text;
    let whole = [Sentence {
        start: 0,
        end: folded.len(),
        position: Position::Title,
    }];
    let mentions: Vec<Mention<'_>> = known.lexicon.mentions(&folded).collect();
    let hits = engine.hits(&folded, &whole, &mentions);
    hits.iter().map(|hit| hit.rule.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_rules_pass_the_tests_inside_their_files() {
        let trial = trial(&[]).expect("they load");
        assert_eq!(trial.wrong, [], "texts that say something else");
        assert_eq!(trial.dead, [""; 0], "rules that nothing gets through to");
    }

    /// A file of one language with these rules in it.
    fn over(rules: &str) -> Vec<(String, String)> {
        let text = format!("language = \"en\"\nversion = 1\n{rules}");
        vec![("mine.toml".to_owned(), text)]
    }

    fn rule(id: &str, trigger: &str, pattern: &str) -> String {
        format!(
            "[[rule]]\nid = \"{id}\"\nkind = \"expansion\"\ntriggers = [\"{trigger}\"]\n\
             pattern = '{pattern}'\nprior = 0.7\n\
             hits = [\"Contoso zorbles in Lyon\", \"Fabrikam zorbled in Turin\"]\n\
             misses = [\"Contoso zorbs a record\", \"Zorbling research\"]\n"
        )
    }

    #[test]
    fn an_operators_rule_joins_ours_and_may_replace_one() {
        let ours = trial(&[]).expect("they load").rules;
        let mine = over(&rule("own.ground", "zorble", "zorble[sd] in"));
        let tried = trial(&mine).expect("it can be used");
        assert_eq!((tried.rules, tried.wrong.as_slice()), (ours + 1, &[][..]));
        let off = over("off = [\"mna.acquires\"]\n");
        assert_eq!(trial(&off).expect("it can be used").rules, ours - 1);
        let replaced = over(&rule("mna.acquires", "zorble", "zorble[sd] in"));
        assert_eq!(trial(&replaced).expect("it can be used").rules, ours);
    }

    #[test]
    fn the_example_in_the_documentation_passes() {
        let page = include_str!("../../docs/rules.md");
        let example = page
            .split("```toml")
            .nth(2)
            .and_then(|rest| rest.split("```").next());
        let example = example.expect("the second example").to_owned();
        let ours = trial(&[]).expect("they load").rules;
        let tried = trial(&[("docs/rules.md".to_owned(), example)]).expect("it loads");
        assert!(tried.passed(), "{tried:?}");
        // One joins, one is turned off.
        assert_eq!(tried.rules, ours);
    }

    #[test]
    fn dead_rules_and_covered_ones_are_named() {
        let dead = trial(&over(&rule("own.dead", "zzzz", "zorble"))).expect("it loads");
        assert_eq!(dead.dead, ["own.dead"]);
        assert_eq!(dead.wrong.len(), 2);
        let both = rule("own.one", "zorble", "zorble[sd] in")
            + &rule("own.two", "zorble", "in (?:Lyon|Turin)");
        let covered = trial(&over(&both)).expect("it loads").covered;
        assert!(covered.contains(&("own.one".to_owned(), "own.two".to_owned())));
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_place() {
        for (rules, says) in [
            (
                "off = [\"no.such\"]\n",
                "mine.toml: rule no.such: it is turned off",
            ),
            ("[[rule]]\nid = 1\n", "mine.toml"),
            (
                &*rule("own.wrong", "open", "("),
                "mine.toml: rule own.wrong",
            ),
        ] {
            let error = trial(&over(rules)).expect_err("refused").to_string();
            assert!(error.contains(says), "{error}");
        }
        let french = vec![(
            "fr.toml".to_owned(),
            "language = \"xx\"\nversion = 1\n".to_owned(),
        )];
        let error = trial(&french).expect_err("refused").to_string();
        assert!(error.contains("there are rules for en, es"), "{error}");
    }
}
