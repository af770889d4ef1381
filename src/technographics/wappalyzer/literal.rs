//! Text that every match of a pattern must hold: found first, for all patterns at once, so that
//! only the few patterns are tried that may match.

use regex_syntax::hir::{Hir, HirKind};

/// A shorter piece stands on every page.
const SHORTEST: usize = 3;

/// More alternatives are not worth their place in the automaton.
const MOST: usize = 40;

/// Pieces of which every match holds at least one; none where that cannot be told. Of a pattern
/// parsed with regard to case, to be searched without.
pub(super) fn required(hir: &Hir) -> Option<Vec<String>> {
    let found = pieces(hir)?;
    let good = found.len() <= MOST && shortest(&found) >= SHORTEST;
    good.then_some(found)
}

fn pieces(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            // Beyond ASCII, the searches would differ in what they hold for the same letter.
            text.is_ascii().then(|| vec![text.to_owned()])
        }
        HirKind::Capture(capture) => pieces(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => pieces(&repetition.sub),
        HirKind::Concat(parts) => {
            let all = parts.iter().filter_map(pieces);
            all.filter(|found| found.len() <= MOST)
                .max_by_key(|found| (shortest(found), usize::MAX - found.len()))
        }
        HirKind::Alternation(parts) => {
            let all: Option<Vec<Vec<String>>> = parts.iter().map(pieces).collect();
            let all: Vec<String> = all?.into_iter().flatten().collect();
            (all.len() <= MOST).then_some(all)
        }
        _ => None,
    }
}

fn shortest(pieces: &[String]) -> usize {
    pieces.iter().map(String::len).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_sure_piece() {
        for (pattern, expected) in [
            (r"cdn\.acme\.com/.+\.js", Some(vec!["cdn.acme.com/"])),
            (r"(?:alpha|beta)x?", Some(vec!["alpha", "beta"])),
            (r"(?:alpha|b)/static/", Some(vec!["/static/"])),
            (r"x?ab+", None),
            (r"(?:alpha)?", None),
            (r"(?:alpha)+", Some(vec!["alpha"])),
            (r"[a-z]+", None),
            (r"ümlaut", None),
            (r"alpha|", None),
        ] {
            let hir = regex_syntax::parse(pattern).expect("it is well formed");
            let found = required(&hir);
            let found = found
                .as_ref()
                .map(|all| all.iter().map(String::as_str).collect());
            assert_eq!(found, expected, "{pattern}");
        }
    }
}
