//! What a rule matches a sentence by: little of its pattern first, the whole of it last.
//!
//! Most sentences that hold a rule's trigger do not match its pattern. What must stand in any
//! match is found by an automaton of a tenth of the size; mostly by one that is only asked where
//! the letters stand with which that may begin, and that reads on from there. The whole pattern is
//! compiled for its slots alone, and run where all else holds.
//!
//! Invariant: a pattern finds what its expression as written finds, in linear time.

use std::sync::{Arc, OnceLock};

use regex_automata::meta::{Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;

use super::expression::{Macros, bare, needed};
use super::tail::tail;

/// How large a compiled expression may get, in bytes.
const LARGEST: usize = 2 << 20;
/// What an automaton may remember of the sentences it has read, in bytes.
const MEMORY: usize = 256 << 10;

/// An expression with slots, and one that must not match.
#[derive(Debug)]
pub(crate) struct Pattern {
    macros: Arc<Macros>,
    source: String,
    vetoes: Vec<Arc<Veto>>,
    /// The letters, in lower case, with which the tail of any match begins; none: it may begin
    /// with any.
    pub(crate) begins: Vec<String>,
    /// Whether that tail is all that is needed.
    told: bool,
    /// Compiled when they are first needed: most of a language's rules are not, on most crawls.
    tail: OnceLock<Regex>,
    needed: OnceLock<Regex>,
    whole: OnceLock<Regex>,
}

/// What must not stand in a sentence. One that many rules have is one, compiled once.
#[derive(Debug)]
pub(crate) struct Veto {
    macros: Arc<Macros>,
    source: String,
    regex: OnceLock<Regex>,
}

impl Veto {
    /// Any of these expressions, at the beginning of a word.
    pub(crate) fn new(parts: &[&str], macros: &Arc<Macros>) -> Arc<Veto> {
        Arc::new(Veto {
            macros: Arc::clone(macros),
            source: format!(r"\b(?:{})", parts.join("|")),
            regex: OnceLock::new(),
        })
    }

    fn regex(&self) -> Result<&Regex, String> {
        made(&self.regex, || {
            yes_or_no(&bare(&self.macros.parse(&self.source)?, true, true))
        })
    }
}

impl Pattern {
    /// Reads a pattern, and what forbids it.
    ///
    /// # Errors
    /// Where one is no expression.
    pub(crate) fn new(
        source: String,
        vetoes: Vec<Arc<Veto>>,
        macros: &Arc<Macros>,
    ) -> Result<Pattern, String> {
        let tail = tail(&needed(&macros.parse(&source)?));
        Ok(Pattern {
            macros: Arc::clone(macros),
            source,
            vetoes,
            told: tail.as_ref().is_some_and(|tail| tail.whole),
            begins: tail.map(|tail| tail.begins).unwrap_or_default(),
            tail: OnceLock::new(),
            needed: OnceLock::new(),
            whole: OnceLock::new(),
        })
    }

    /// Compiles all that it is made of.
    ///
    /// # Errors
    /// Where an expression is none, or is too large.
    pub(crate) fn check(&self) -> Result<(), String> {
        let tree = self.tree()?;
        let needed = needed(&tree);
        if !self.told {
            made(&self.needed, || yes_or_no(&needed))?;
        }
        if let Some(tail) = tail(&needed) {
            made(&self.tail, || yes_or_no(&tail.tree))?;
        }
        made(&self.whole, || whole(&tree))?;
        self.vetoes
            .iter()
            .try_for_each(|veto| veto.regex().map(|_| ()))
    }

    /// The slots of the first match in the sentence `from..to` of `text`, where nothing in it
    /// forbids it. `begins`: the places in the sentence where letters stand that its tail may
    /// begin with.
    pub(crate) fn captures(
        &self,
        words: &[u8],
        begins: impl IntoIterator<Item = usize>,
    ) -> Option<Captures> {
        if !self.may_match(words, begins) || self.is_vetoed(words) {
            return None;
        }
        let whole = ready(made(&self.whole, || whole(&self.tree()?)));
        let mut captures = whole.create_captures();
        whole.captures(words, &mut captures);
        captures.is_match().then_some(captures)
    }

    fn may_match(&self, words: &[u8], begins: impl IntoIterator<Item = usize>) -> bool {
        if !self.begins.is_empty() {
            let tail = ready(made(&self.tail, || yes_or_no(&tail_of(&self.tree()?))));
            let holds = |from: usize| {
                let place = Input::new(words).range(from..).anchored(Anchored::Yes);
                tail.is_match(place)
            };
            if !begins.into_iter().any(holds) {
                return false;
            }
            if self.told {
                return true;
            }
        }
        let needed = made(&self.needed, || yes_or_no(&needed(&self.tree()?)));
        ready(needed).is_match(words)
    }

    fn is_vetoed(&self, words: &[u8]) -> bool {
        self.vetoes
            .iter()
            .any(|veto| ready(veto.regex()).is_match(words))
    }

    fn tree(&self) -> Result<Hir, String> {
        self.macros.parse(&self.source)
    }
}

fn tail_of(whole: &Hir) -> Hir {
    tail(&needed(whole)).map_or_else(Hir::empty, |tail| tail.tree)
}

fn ready<T>(made: Result<T, String>) -> T {
    made.expect("patterns are checked when their file is read, ours by a test")
}

fn made(
    place: &OnceLock<Regex>,
    make: impl FnOnce() -> Result<Regex, String>,
) -> Result<&Regex, String> {
    match place.get() {
        Some(ready) => Ok(ready),
        None => {
            let made = make()?;
            Ok(place.get_or_init(|| made))
        }
    }
}

fn whole(hir: &Hir) -> Result<Regex, String> {
    let config = Regex::config()
        .hybrid(false)
        .dfa(false)
        .onepass(false)
        .auto_prefilter(false);
    build(hir, config)
}

fn yes_or_no(hir: &Hir) -> Result<Regex, String> {
    let config = Regex::config()
        .which_captures(WhichCaptures::Implicit)
        .hybrid_cache_capacity(MEMORY);
    build(hir, config)
}

fn build(hir: &Hir, config: Config) -> Result<Regex, String> {
    Regex::builder()
        .configure(config.utf8_empty(false).nfa_size_limit(Some(LARGEST)))
        .build_from_hir(hir)
        .map_err(|error| match error.size_limit() {
            Some(limit) => format!("its pattern needs more than {limit} bytes"),
            None => error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;
    use super::super::language::compile;
    use super::super::terms::Terms;
    use super::*;

    /// The spans of all slots that the expression as written finds.
    type Spans = Option<Vec<Option<(usize, usize)>>>;

    fn plainly(pattern: &Pattern) -> impl Fn(&[u8]) -> Spans {
        let read = |source: &str| {
            let text = pattern.macros.expand(source).expect("its macros are there");
            compile(&text, "plain").expect("it compiles")
        };
        let vetoes = pattern.vetoes.iter().map(|veto| read(&veto.source));
        let (whole, vetoes) = (read(&pattern.source), vetoes.collect::<Vec<_>>());
        move |words| {
            if vetoes.iter().any(|veto| veto.is_match(words)) {
                return None;
            }
            let found = whole.captures(words)?;
            let slots = found.iter();
            Some(
                slots
                    .map(|slot| Some((slot?.start(), slot?.end())))
                    .collect(),
            )
        }
    }

    fn quickly(pattern: &Pattern) -> impl Fn(&[u8]) -> Spans {
        let begins = Terms::new(pattern.begins.clone());
        move |words| {
            let places = begins.all(words).into_iter().map(|(_, start, _)| start);
            let found = pattern.captures(words, places)?;
            let slots = found.iter();
            Some(slots.map(|slot| Some((slot?.start, slot?.end))).collect())
        }
    }

    /// Every rule on every rule's texts of its language, as they are, shouted, and cut and joined.
    #[test]
    fn a_pattern_finds_what_its_expression_finds() {
        let mut found = 0;
        for engine in &knowledge().engines {
            let rules = &engine.rules.rules;
            let told = rules
                .iter()
                .flat_map(|rule| rule.hits.iter().chain(&rule.misses));
            let told: Vec<&str> = told
                .map(String::as_str)
                .filter(|text| text.is_ascii())
                .collect();
            let joined = told.windows(2).map(|pair| {
                let (one, other) = (
                    &pair[0][pair[0].len() / 2..],
                    &pair[1][..pair[1].len() * 2 / 3],
                );
                format!("{other} {one}")
            });
            let mut texts: Vec<String> = joined.collect();
            texts.extend(told.iter().step_by(2).map(|text| text.to_ascii_uppercase()));
            texts.extend(told.iter().map(|text| (*text).to_owned()));
            for rule in rules {
                let (quickly, plainly) = (quickly(&rule.pattern), plainly(&rule.pattern));
                for text in &texts {
                    let plain = plainly(text.as_bytes());
                    found += usize::from(plain.is_some());
                    assert_eq!(quickly(text.as_bytes()), plain, "{}: {text}", rule.id);
                }
            }
        }
        assert!(found > 300, "{found}");
    }

    #[test]
    fn ours_all_compile() {
        for engine in &knowledge().engines {
            engine.rules.check().expect("every pattern is sound");
        }
    }
}
