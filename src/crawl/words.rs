//! What the words of a URL and of an anchor lead to. Pure; the words themselves are data.

use std::collections::HashSet;
use std::sync::LazyLock;

use ::url::Url;
use serde::Deserialize;

use crate::model::task::TaskKind;

/// What words lead to: `words.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    listing: HashSet<String>,
    careers: HashSet<String>,
    forum: HashSet<String>,
    page: HashSet<String>,
    mute: HashSet<String>,
    no_text: HashSet<String>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).expect("a test reads words.toml"));

/// The segment that says what a path leads to, and what: the last one if it speaks, else the
/// first that names more than a plain page, else the first that names one.
pub(super) fn naming(segments: &[String]) -> Option<(usize, TaskKind)> {
    let at = |place: usize| Some((place, kind_of(segments.get(place)?)?));
    let all = || (0..segments.len()).filter_map(at);
    at(segments.len().checked_sub(1)?)
        .or_else(|| all().find(|(_, kind)| *kind != TaskKind::Page))
        .or_else(|| all().next())
}

/// What one word leads to.
pub(super) fn kind_of(word: &str) -> Option<TaskKind> {
    let word = word.split_once('.').map_or(word, |(stem, _)| stem);
    let kinds = [
        (TaskKind::Listing, &WORDS.listing),
        (TaskKind::Careers, &WORDS.careers),
        (TaskKind::Forum, &WORDS.forum),
        (TaskKind::Page, &WORDS.page),
    ];
    kinds
        .into_iter()
        .find(|(_, words)| words.contains(word))
        .map(|(kind, _)| kind)
}

/// `Sala de prensa` → `sala-de-prensa`, without accents.
pub(super) fn slug(text: &str) -> String {
    let folded: String = text
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' => 'a',
            'é' | 'è' | 'ê' => 'e',
            'í' | 'ì' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' => 'o',
            'ú' | 'ù' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            c => c,
        })
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    folded
        .replace('ü', "ue")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("-")
}

/// Pages of a listing that names itself: `/news/2`, `/news/2026`, and those of [`is_page_of`].
pub(super) fn is_index(target: &Url, segments: &[String]) -> bool {
    let last = segments.last().map_or("", String::as_str);
    let numbered = last.bytes().all(|byte| byte.is_ascii_digit());
    numbered || is_page_of(target, segments) || kind_of(last) == Some(TaskKind::Listing)
}

/// Pages of a listing, whatever it calls itself: `/x/page/2`, `/x?page=2`, `/category/x`,
/// `/index2.html`.
pub(super) fn is_page_of(target: &Url, segments: &[String]) -> bool {
    let last = segments.last().map_or("", String::as_str);
    let asked = target
        .query_pairs()
        .any(|(name, _)| matches!(&*name, "page" | "p" | "pg" | "offset" | "start"));
    let grouped = segments.iter().any(|segment| {
        matches!(
            segment.as_str(),
            "category" | "categoria" | "topic" | "topics" | "archive" | "page"
        )
    });
    asked || grouped || is_numbered_index(last)
}

/// `index2.html`, `page3`
fn is_numbered_index(last: &str) -> bool {
    let stem = last.split('.').next().unwrap_or_default();
    let word = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(word, "index" | "page") && word.len() < stem.len()
}

/// `/2026/05/…`
pub(super) fn has_date(segments: &[String]) -> bool {
    segments.windows(2).any(is_month)
}

/// The index of a month or a year: `/2026/`, `/posts/2026/05/`.
pub(super) fn is_archive(segments: &[String]) -> bool {
    let month = segments.len() >= 2 && is_month(&segments[segments.len() - 2..]);
    month || segments.last().is_some_and(|last| is_year(last))
}

fn is_year(segment: &str) -> bool {
    segment.len() == 4
        && segment
            .parse::<u16>()
            .is_ok_and(|year| (1995..2100).contains(&year))
}

fn is_month(pair: &[String]) -> bool {
    let month = pair[1].len() <= 2
        && pair[1]
            .parse::<u8>()
            .is_ok_and(|month| (1..=12).contains(&month));
    is_year(&pair[0]) && month
}

/// Pages that nothing comes from: forms, people, files.
pub(super) fn is_mute(segments: &[String]) -> bool {
    let ending = segments
        .last()
        .and_then(|last| last.rsplit_once('.'))
        .map(|(_, ending)| ending);
    ending.is_some_and(|ending| WORDS.no_text.contains(ending))
        || segments.iter().any(|segment| WORDS.mute.contains(segment))
}
