//! What kind of page it is on which something stands, as far as companies speak of themselves
//! there.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use url::Url;

use super::super::genre::is_home;
use super::bare;
use crate::model::profile::ClaimBasis;

/// Words of one kind of page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    /// Segments of a path.
    path: HashSet<String>,
    /// Beginnings of titles.
    title: HashSet<String>,
}

/// `places.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    imprint: Words,
    about: Words,
    contact: Words,
    careers: Words,
    elsewhere: Words,
}

static PLACES: LazyLock<Places> =
    LazyLock::new(|| toml::from_str(include_str!("places.toml")).expect("tests read places.toml"));

/// A longer title says more than what kind of page it is.
const TITLE_WORDS: usize = 6;

/// What kind of place the page is; a front page speaks about the company. None: any other page.
pub(super) fn of(url: &Url, title: &str) -> Option<ClaimBasis> {
    let segments: Vec<String> = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|segment| !segment.is_empty())
        .map(slug)
        .collect();
    let kinds = [
        (ClaimBasis::Imprint, &PLACES.imprint),
        (ClaimBasis::About, &PLACES.about),
        (ClaimBasis::Contact, &PLACES.contact),
        (ClaimBasis::Careers, &PLACES.careers),
    ];
    let by_word = |word: &str| {
        let found = kinds.iter().find(|(_, words)| words.path.contains(word));
        found.map(|(basis, _)| *basis)
    };
    if let Some(basis) = segments.last().and_then(|last| by_word(last)) {
        return Some(basis);
    }
    let elsewhere = |word: &String| PLACES.elsewhere.path.contains(word);
    if segments.iter().any(elsewhere) {
        return None;
    }
    if is_home(url) {
        return Some(ClaimBasis::About);
    }
    if let Some(basis) = by_title(title, &kinds) {
        return Some(basis);
    }
    let shallow = segments.len() <= 3;
    let above = segments.iter().rev().skip(1);
    above.filter(|_| shallow).find_map(|word| by_word(word))
}

fn by_title(title: &str, kinds: &[(ClaimBasis, &Words)]) -> Option<ClaimBasis> {
    let title = title.to_lowercase();
    let parts = title.split(['|', '–', '—', '·', ':', '»', '•']);
    let parts: Vec<&str> = parts
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
        .collect();
    let begins = |part: &str, phrase: &String| {
        part.strip_prefix(phrase.as_str())
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            && part.split_whitespace().count() <= TITLE_WORDS
    };
    kinds
        .iter()
        .find(|(_, words)| {
            let mut phrases = words.title.iter();
            phrases.any(|phrase| parts.iter().any(|part| begins(part, phrase)))
        })
        .map(|(basis, _)| *basis)
}

/// `Über-Uns.html` → `uber-uns`: as far as words are compared.
fn slug(segment: &str) -> String {
    let decoded = segment.replace("%C3%BC", "ü").replace("%c3%bc", "ü");
    let stem = decoded
        .split_once('.')
        .map_or(decoded.as_str(), |(stem, _)| stem);
    stem.to_lowercase().chars().map(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_place(path: &str, title: &str, wanted: Option<ClaimBasis>) {
        let url = Url::parse(&format!("https://www.northwind.example{path}")).expect("a URL");
        assert_eq!(of(&url, title), wanted, "{path} {title}");
    }

    #[test]
    fn paths_and_titles_tell_in_seven_languages() {
        for path in [
            "/imprint",
            "/impressum.html",
            "/es/aviso-legal/",
            "/mentions-legales",
            "/note-legali",
            "/termos-de-uso",
            "/colofon",
        ] {
            assert_place(path, "", Some(ClaimBasis::Imprint));
        }
        assert_place(
            "/x",
            "Mentions légales - Northwind",
            Some(ClaimBasis::Imprint),
        );
        assert_place("/%C3%BCber-uns", "", Some(ClaimBasis::About));
        assert_place("/de/ueber-uns/geschichte-2", "", Some(ClaimBasis::About));
        assert_place("/", "", Some(ClaimBasis::About));
        assert_place("/p?id=4", "Northwind | Chi siamo", Some(ClaimBasis::About));
        assert_place("/kontakt.php", "", Some(ClaimBasis::Contact));
        assert_place("/werken-bij", "", Some(ClaimBasis::Careers));
    }

    #[test]
    fn news_below_them_is_no_such_page() {
        assert_place("/about/news/new-plant", "", None);
        assert_place(
            "/blog/what-we-do-best",
            "About us we say this and that",
            None,
        );
        assert_place("/x", "Aboutique sales", None);
        assert_place("/products/contact-lens", "", None);
    }
}
