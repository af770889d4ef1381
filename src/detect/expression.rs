//! The expressions of rules as trees: macros put in, and what must stand in any match
//! taken out of them.
//!
//! Invariants: with its macros put in, an expression means what it would with their text in its
//! place; what is taken out of it stands in every text that it matches.

use std::collections::BTreeMap;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

/// Macros, each as text with no macro left in it, and as a tree: most of what it takes to compile
/// a rule is reading the same macros again.
#[derive(Debug, Default)]
pub(crate) struct Macros {
    read: BTreeMap<String, (String, Hir)>,
    /// Those that cannot be read, and why.
    faults: BTreeMap<String, String>,
}

impl Macros {
    /// Reads macros from their texts, in which `{NAME}` stands for another. One that cannot be read
    /// is the fault of whoever asks for it.
    pub(crate) fn new(texts: &BTreeMap<String, String>) -> Macros {
        let mut macros = Macros::default();
        for name in texts.keys() {
            if let Err(reason) = macros.read(name, texts, 0) {
                macros.faults.insert(name.clone(), reason);
            }
        }
        macros
    }

    fn read(
        &mut self,
        name: &str,
        texts: &BTreeMap<String, String>,
        depth: usize,
    ) -> Result<(), String> {
        const DEEPEST: usize = 6;
        if self.read.contains_key(name) {
            return Ok(());
        }
        let text = texts
            .get(name)
            .ok_or_else(|| format!("there is no macro `{name}`"))?;
        if depth > DEEPEST {
            return Err("its macros contain each other".to_owned());
        }
        for inner in names(text) {
            self.read(inner, texts, depth + 1)?;
        }
        let whole = self.expand(text)?;
        let tree = self.parse(text)?;
        self.read.insert(name.to_owned(), (whole, tree));
        Ok(())
    }

    /// `pattern` with the texts of its macros in their places; `{2,4}` is left alone.
    pub(crate) fn expand(&self, pattern: &str) -> Result<String, String> {
        self.replace(pattern, |(text, _)| format!("(?:{text})"))
    }

    fn replace<'m>(
        &'m self,
        pattern: &str,
        mut by: impl FnMut(&'m (String, Hir)) -> String,
    ) -> Result<String, String> {
        let mut whole = String::with_capacity(pattern.len() * 4);
        let mut rest = pattern;
        for name in names(pattern) {
            let read = self.read.get(name).ok_or_else(|| {
                let fault = self.faults.get(name).cloned();
                fault.unwrap_or_else(|| format!("there is no macro `{name}`"))
            })?;
            let called = format!("{{{name}}}");
            let (before, after) = rest.split_once(&called).unwrap_or((rest, ""));
            whole.push_str(before);
            whole.push_str(&by(read));
            rest = after;
        }
        whole.push_str(rest);
        Ok(whole)
    }

    /// Reads an expression with macros: of ASCII, whatever its case.
    ///
    /// # Errors
    /// Where it is none, or asks for a macro that is not there.
    pub(crate) fn parse(&self, pattern: &str) -> Result<Hir, String> {
        let mut trees = Vec::new();
        let marked = self.replace(pattern, |(_, tree)| {
            trees.push(tree);
            format!("(?P<macro{}>a)", trees.len() - 1)
        })?;
        let mut slots = 0;
        let whole = match sets_flags(pattern) {
            true => None,
            false => put_in(parse(&marked)?, &trees, &mut slots),
        };
        match whole {
            Some(whole) => Ok(whole),
            None => parse(&self.expand(pattern)?),
        }
    }
}

/// The macros that a pattern names, in order.
fn names(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        name.starts_with(|letter: char| letter.is_ascii_uppercase())
            .then_some(name)
    })
}

/// Whether a pattern changes how what follows is read, otherwise than to mind the case of a group.
fn sets_flags(pattern: &str) -> bool {
    let mut groups = pattern.split("(?").skip(1);
    groups.any(|group| {
        !["P<", "<", ":", "i:", "-i:"]
            .iter()
            .any(|known| group.starts_with(known))
    })
}

fn parse(pattern: &str) -> Result<Hir, String> {
    ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .case_insensitive(true)
        .build()
        .parse(pattern)
        .map_err(|error| error.to_string())
}

/// Puts `trees` in the places of their marks, and numbers the slots anew; `None`: one stands where
/// case is minded, which its tree does not.
fn put_in(hir: Hir, trees: &[&Hir], slots: &mut u32) -> Option<Hir> {
    Some(match hir.into_kind() {
        HirKind::Capture(slot) => {
            let name = slot.name.as_deref().unwrap_or_default();
            let mark = name.strip_prefix("macro").and_then(|at| at.parse().ok());
            match mark.and_then(|at: usize| trees.get(at)) {
                Some(_) if matches!(slot.sub.kind(), HirKind::Literal(_)) => return None,
                Some(tree) if tree.properties().explicit_captures_len() == 0 => (*tree).clone(),
                Some(tree) => put_in((*tree).clone(), &[], slots)?,
                None => {
                    *slots += 1;
                    let index = *slots;
                    let sub = Box::new(put_in(*slot.sub, trees, slots)?);
                    let name = slot.name;
                    Hir::capture(Capture { index, name, sub })
                }
            }
        }
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(put_in(*repetition.sub, trees, slots)?),
            ..repetition
        }),
        HirKind::Concat(parts) => {
            let parts = parts.into_iter().map(|part| put_in(part, trees, slots));
            Hir::concat(parts.collect::<Option<_>>()?)
        }
        HirKind::Alternation(ways) => {
            let ways = ways.into_iter().map(|way| put_in(way, trees, slots));
            Hir::alternation(ways.collect::<Option<_>>()?)
        }
        kind => remade(kind),
    })
}

/// What must stand in any match of `hir`: what follows the slot that it begins with, without what
/// may be absent.
pub(crate) fn needed(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Alternation(ways) => Hir::alternation(ways.iter().map(needed).collect()),
        HirKind::Concat(parts) if matches!(parts[0].kind(), HirKind::Capture(_)) => {
            bare_parts(&parts[1..], true, true)
        }
        _ => bare(hir, true, true),
    }
}

/// An expression that matches in just the texts in which `hir` does, without what may be absent
/// from its beginning, its end, or both.
pub(crate) fn bare(hir: &Hir, front: bool, back: bool) -> Hir {
    if !(front || back) {
        return hir.clone();
    }
    match hir.kind() {
        HirKind::Capture(slot) => bare(&slot.sub, front, back),
        HirKind::Alternation(ways) => {
            Hir::alternation(ways.iter().map(|way| bare(way, front, back)).collect())
        }
        HirKind::Repetition(repetition) => match repetition.min {
            0 => Hir::empty(),
            1 => bare(&repetition.sub, front, back),
            least => Hir::repetition(Repetition {
                max: Some(least),
                ..repetition.clone()
            }),
        },
        HirKind::Concat(parts) => bare_parts(parts, front, back),
        _ => hir.clone(),
    }
}

/// [`bare`] of what stands one after the other.
pub(crate) fn bare_parts(mut parts: &[Hir], front: bool, back: bool) -> Hir {
    while front
        && let [first, rest @ ..] = parts
        && may_be_absent(first)
    {
        parts = rest;
    }
    while back
        && let [rest @ .., last] = parts
        && may_be_absent(last)
    {
        parts = rest;
    }
    match parts {
        [] => Hir::empty(),
        [only] => bare(only, front, back),
        [first, middle @ .., last] => {
            let mut kept = vec![bare(first, front, false)];
            kept.extend_from_slice(middle);
            kept.push(bare(last, false, back));
            Hir::concat(kept)
        }
    }
}

fn may_be_absent(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty => true,
        HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
        HirKind::Repetition(repetition) => repetition.min == 0 || may_be_absent(&repetition.sub),
        HirKind::Capture(slot) => may_be_absent(&slot.sub),
        HirKind::Concat(parts) => parts.iter().all(may_be_absent),
        HirKind::Alternation(ways) => ways.iter().any(may_be_absent),
    }
}

fn remade(kind: HirKind) -> Hir {
    match kind {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => Hir::repetition(repetition),
        HirKind::Capture(capture) => Hir::capture(capture),
        HirKind::Concat(parts) => Hir::concat(parts),
        HirKind::Alternation(ways) => Hir::alternation(ways),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn macros() -> Macros {
        let texts = [
            ("NAME", "(?-i:[A-Z][a-z]*)"),
            ("ORG", r"{NAME}(?:\s+{NAME}){0,2}"),
            ("WHO", r"(?P<subject>{ORG})\s+"),
            ("LOOP", "a{LOOP}"),
        ];
        let owned = texts.map(|(name, text)| (name.to_owned(), text.to_owned()));
        Macros::new(&BTreeMap::from(owned))
    }

    #[track_caller]
    fn assert_same(pattern: &str) {
        let macros = macros();
        let text = macros.expand(pattern).expect("its macros are there");
        assert_eq!(macros.parse(pattern), parse(&text), "{pattern}");
    }

    #[test]
    fn macros_mean_what_their_text_would() {
        assert_same(r"(?:{WHO})?buys\s+(?P<object>{ORG})");
        assert_same(r"(?P<first>a){WHO}?(?P<last>{NAME}){2,3}");
        // Where case is minded, or flags are set, the text is read.
        assert_same("(?-i:b{NAME}c)");
        assert_same("(?s:.{NAME})");
        assert_same("{2,4}x{3}");
        assert!(macros().parse("{LOOP}").is_err());
        assert!(macros().parse("{NONE}").is_err());
    }
}
