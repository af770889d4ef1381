//! The letters with which a match of an expression may begin: where they stand, and only there, an
//! automaton need be asked.
//!
//! Invariant: every match of what is [needed](super::expression::needed) holds one of its tail, and
//! every match of the tail begins with one of its letters, in small or large.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::expression::bare_parts;

/// Where a match begins to be looked for.
#[derive(Debug)]
pub(crate) struct Tail {
    pub(crate) tree: Hir,
    /// The letters, in lower case, with which it begins.
    pub(crate) begins: Vec<String>,
    /// Whether it is all that is needed.
    pub(crate) whole: bool,
}

/// The first part of what is needed of an expression from which on it begins with telling letters; `None`: it
/// may begin with anything.
pub(crate) fn tail(needed: &Hir) -> Option<Tail> {
    if let Some(begins) = telling(needed) {
        let tree = needed.clone();
        return Some(Tail {
            tree,
            begins,
            whole: true,
        });
    }
    match needed.kind() {
        HirKind::Alternation(ways) => {
            let tails: Vec<Tail> = ways.iter().map(tail).collect::<Option<_>>()?;
            let whole = tails.iter().all(|tail| tail.whole);
            let begins: Vec<String> = tails.iter().flat_map(|tail| tail.begins.clone()).collect();
            let tree = Hir::alternation(tails.into_iter().map(|tail| tail.tree).collect());
            (begins.len() <= MOST).then_some(Tail {
                tree,
                begins,
                whole,
            })
        }
        HirKind::Concat(parts) => (1..parts.len()).find_map(|from| {
            let tree = bare_parts(&parts[from..], true, false);
            let begins = telling(&tree)?;
            Some(Tail {
                tree,
                begins,
                whole: false,
            })
        }),
        _ => None,
    }
}

/// How many beginnings an expression may have, how long each must be, and how long they get.
const MOST: usize = 200;
const SHORTEST: usize = 4;
const LONGEST: usize = 7;

/// The letters, in lower case, with one of which any match of `hir` begins.
fn telling(hir: &Hir) -> Option<Vec<String>> {
    let mut letters: Vec<String> = openings(hir).into_iter().map(|(text, _)| text).collect();
    letters.sort_unstable();
    // What another begins with stands for it.
    letters.dedup_by(|longer, shorter| longer.starts_with(shorter.as_str()));
    let tells = letters.iter().all(|text| text.len() >= SHORTEST);
    (tells && !letters.is_empty() && letters.len() <= MOST).then_some(letters)
}

/// How matches of `hir` begin, and whether each beginning is a whole match.
fn openings(hir: &Hir) -> Vec<(String, bool)> {
    let unknown = || vec![(String::new(), false)];
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![(String::new(), true)],
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) if text.is_ascii() => vec![(text.to_ascii_lowercase(), true)],
            _ => unknown(),
        },
        HirKind::Class(class) => of_class(class).unwrap_or_else(unknown),
        HirKind::Capture(slot) => openings(&slot.sub),
        HirKind::Alternation(ways) => {
            let all: Vec<_> = ways.iter().flat_map(openings).collect();
            if all.len() > MOST { unknown() } else { all }
        }
        HirKind::Repetition(repetition) => {
            let mut all = openings(&repetition.sub);
            if repetition.max != Some(1) {
                all.iter_mut().for_each(|(_, whole)| *whole = false);
            }
            if repetition.min == 0 {
                all.push((String::new(), true));
            }
            all
        }
        HirKind::Concat(parts) => {
            let mut all = vec![(String::new(), true)];
            for part in parts {
                let open = |(text, whole): &(String, bool)| *whole && text.len() < LONGEST;
                if !all.iter().any(open) {
                    break;
                }
                let next = openings(part);
                let mut longer = Vec::new();
                for (text, whole) in &all {
                    if open(&(text.clone(), *whole)) {
                        let joined = next.iter().map(|(more, ends)| (text.clone() + more, *ends));
                        longer.extend(joined);
                    } else {
                        longer.push((text.clone(), false));
                    }
                }
                if longer.len() > MOST {
                    all.iter_mut().for_each(|(_, whole)| *whole = false);
                    break;
                }
                all = longer;
            }
            all
        }
    }
}

/// The letters of a class of few.
fn of_class(class: &Class) -> Option<Vec<(String, bool)>> {
    /// A class of white space has six.
    const FEW: usize = 8;
    let Class::Bytes(class) = class else {
        return None;
    };
    let mut letters = Vec::new();
    for range in class.ranges() {
        if !range.end().is_ascii() || usize::from(range.end() - range.start()) > FEW {
            return None;
        }
        letters.extend((range.start()..=range.end()).map(|byte| byte.to_ascii_lowercase()));
    }
    letters.sort_unstable();
    letters.dedup();
    let text = |byte: u8| (char::from(byte).to_string(), true);
    (letters.len() <= FEW).then(|| letters.into_iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::super::expression::needed;
    use super::super::expression::tests::macros;
    use super::*;

    fn tail_of(pattern: &str) -> Option<(Vec<String>, bool)> {
        let tree = macros().parse(pattern).expect("it reads");
        tail(&needed(&tree)).map(|tail| (tail.begins, tail.whole))
    }

    #[test]
    fn tails_begin_with_telling_letters() {
        let begins = |letters: &[&str], whole: bool| {
            let letters = letters.iter().map(|text| (*text).to_owned()).collect();
            Some((letters, whole))
        };
        assert_eq!(
            tail_of(r"(?:{WHO})?\bacquir(?:e|ed)\s+(?P<object>{ORG})"),
            begins(&["acquire"], true)
        );
        let verbs = tail_of(r"{WHO}(?:opens|moved)\b").expect("it tells");
        assert!(verbs.0.contains(&" opens".to_owned()) && verbs.0.contains(&"\nmoved".to_owned()));
        assert_eq!(tail_of(r"[a-z]+ office\b"), begins(&[" office"], false));
        assert_eq!(tail_of("{NAME}"), None);
    }
}
