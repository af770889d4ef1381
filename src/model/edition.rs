//! The editions of one text in several languages, and which of them is read.
//!
//! Invariant: which edition is read does not depend on the order in which a page names them, so
//! that all of them answer the same.

use std::cmp::Reverse;

/// One edition of a page, as the page or a sitemap states it (`hreflang`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Alternate {
    /// The language tag, in lower case: `en`, `pt-br`, `x-default`.
    pub language: String,
    /// Its address, absolute.
    pub url: String,
}

/// The languages whose rules read best, the best first.
pub const READ_BEST: [&str; 2] = ["en", "es"];

/// The tag of the edition for whoever reads none of the languages.
const DEFAULT: &str = "x-default";

/// The edition that is read: of the languages that read best, the one in which the site speaks to
/// everybody (`x-default`) before the others; if the text exists in none of them, the site's own.
pub fn best(alternates: &[Alternate]) -> Option<&Alternate> {
    let default = alternates.iter().find(|one| one.language == DEFAULT);
    let is_default = |one: &Alternate| default.is_some_and(|default| default.url == one.url);
    let stated = alternates.iter().filter(|one| one.language != DEFAULT);
    stated
        .min_by_key(|one| {
            let rank = rank(&one.language);
            let main = is_default(one);
            let plain = !one.language.contains('-');
            (
                rank == READ_BEST.len(),
                Reverse(main),
                rank,
                Reverse(plain),
                &one.language,
                &one.url,
            )
        })
        .or(default)
}

/// How well a language is read: its place among those that read best.
pub fn rank(language: &str) -> usize {
    let primary = primary(language);
    let place = READ_BEST.iter().position(|best| *best == primary);
    place.unwrap_or(READ_BEST.len())
}

/// `pt-BR` → `pt`
pub fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(stated: &[(&str, &str)]) -> String {
        let alternate = |(language, url): &(&str, &str)| Alternate {
            language: (*language).to_owned(),
            url: (*url).to_owned(),
        };
        let mut alternates: Vec<Alternate> = stated.iter().map(alternate).collect();
        let best = |alternates: &[Alternate]| best(alternates).map(|one| one.url.clone());
        let chosen = best(&alternates);
        alternates.reverse();
        assert_eq!(chosen, best(&alternates), "{stated:?}");
        chosen.unwrap_or_default()
    }

    #[test]
    fn the_language_that_reads_best_is_read_and_the_sites_own_among_those() {
        for (stated, expected) in [
            (&[("de", "/"), ("en", "/en")][..], "/en"),
            (&[("x-default", "/"), ("de", "/"), ("en", "/en")], "/en"),
            (&[("x-default", "/"), ("es", "/"), ("en", "/en")], "/"),
            (&[("es", "/es"), ("en", "/en"), ("fr", "/")], "/en"),
            (&[("x-default", "/"), ("nl", "/"), ("fr", "/fr")], "/"),
            (&[("fr", "/fr"), ("de", "/de"), ("es", "/es")], "/es"),
            (&[("en-gb", "/uk"), ("en-us", "/us"), ("en", "/")], "/"),
            (
                &[("en-gb", "/uk"), ("en-us", "/us"), ("x-default", "/us")],
                "/us",
            ),
            (
                &[("x-default", "/choose"), ("de", "/de"), ("fr", "/fr")],
                "/de",
            ),
            (&[("x-default", "/")], "/"),
            (&[], ""),
        ] {
            assert_eq!(chosen(stated), expected, "{stated:?}");
        }
    }
}
