//! What the words of a URL and of an anchor lead to. Pure; the words themselves are data.
//!
//! A segment or an anchor is looked up as a whole; where it is not known, it leads where the known
//! words in it do if nothing but those, what usually surrounds them, and the company's own name
//! stands in it: `Read our latest news`, `Karriere bei Contoso`, `press-and-events`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ::url::Url;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::company::Company;
use crate::model::task::TaskKind;

/// More words than this are a headline.
const WORDS_AT_MOST: usize = 7;
/// Fewer letters than this, written in one word, may be another word.
const JOINED: usize = 7;

/// What words lead to: `words.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    press: HashSet<String>,
    blog: HashSet<String>,
    careers: HashSet<String>,
    forum: HashSet<String>,
    page: HashSet<String>,
    itself: HashSet<String>,
    wares: HashSet<String>,
    also: HashSet<String>,
    filler: HashSet<String>,
    feed: HashSet<String>,
    feed_hosts: HashSet<String>,
    comments: HashSet<String>,
    mute: HashSet<String>,
    no_text: HashSet<String>,
}

/// The words, and what each of them leads to.
struct Known {
    words: Words,
    /// By the word, and by the word written without hyphens.
    kinds: HashMap<String, TaskKind>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let words: Words = toml::from_str(include_str!("words.toml")).expect("a test reads words.toml");
    let mut kinds = HashMap::new();
    // What stands in several lists is what the first says.
    for (kind, list) in [
        (TaskKind::Listing, &words.press),
        (TaskKind::Listing, &words.blog),
        (TaskKind::Careers, &words.careers),
        (TaskKind::Forum, &words.forum),
        (TaskKind::Page, &words.page),
    ] {
        for word in list {
            let joined = word.replace('-', "");
            kinds.entry(word.clone()).or_insert(kind);
            if joined.len() >= JOINED {
                kinds.entry(joined).or_insert(kind);
            }
        }
    }
    Known { words, kinds }
});

/// The segment that says what a path leads to, and what: the last one if it speaks, else the
/// first that names more than a plain page, else the first that names one.
pub(super) fn naming(segments: &[String], company: &Company) -> Option<(usize, TaskKind)> {
    let sold = segments.iter().position(|segment| is_of_wares(segment));
    let named = |place: usize| {
        let slug = slug_of(&segments[place]);
        let kind = kind_of(&slug, company)?;
        let below = sold.is_some_and(|sold| sold < place);
        (!below || !KNOWN.words.also.contains(&slug)).then_some((place, kind))
    };
    let all = || (0..segments.len()).filter_map(named);
    named(segments.len().checked_sub(1)?)
        .or_else(|| all().find(|(_, kind)| *kind != TaskKind::Page))
        .or_else(|| all().next())
}

/// What the words of an anchor lead to.
pub(super) fn kind_of_anchor(text: &str, company: &Company) -> Option<TaskKind> {
    kind_of(&slug(text), company)
}

/// What a word, or several joined by hyphens, lead to.
fn kind_of(slug: &str, company: &Company) -> Option<TaskKind> {
    let known = KNOWN.kinds.get(slug).copied();
    known.or_else(|| kind_of_several(slug, company))
}

/// What the known words lead to among those that change nothing; the rarer kind counts: who writes
/// `News & jobs` means to show the jobs as well.
fn kind_of_several(slug: &str, company: &Company) -> Option<TaskKind> {
    let words: Vec<&str> = slug.split('-').collect();
    if words.len() > WORDS_AT_MOST {
        return None;
    }
    let mut kinds = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = (at + 1..=words.len())
            .rev()
            .find_map(|end| Some((end, *KNOWN.kinds.get(&words[at..end].join("-"))?)));
        match longest {
            Some((end, kind)) => {
                kinds.push(kind);
                at = end;
            }
            None if KNOWN.words.filler.contains(words[at]) => at += 1,
            None => at += own_name(&words[at..], company)?,
        }
    }
    let order = [
        TaskKind::Careers,
        TaskKind::Listing,
        TaskKind::Forum,
        TaskKind::Page,
    ];
    order.into_iter().find(|kind| kinds.contains(kind))
}

/// How many of these words are the company's own name, or that of its domain.
fn own_name(words: &[&str], company: &Company) -> Option<usize> {
    let domains = company
        .domains
        .iter()
        .filter_map(|own| own.split('.').next());
    let names = std::iter::once(company.name.as_str())
        .chain(company.aliases.iter().map(String::as_str))
        .chain(domains);
    let count = |name: &str| {
        let name = slug(name);
        let own: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
        (!own.is_empty() && words.starts_with(&own)).then_some(own.len())
    };
    names.filter_map(count).max()
}

/// Whether the last segment names the index of a place where a company speaks.
pub(super) fn ends_in_place(segments: &[String]) -> bool {
    let last = segments.last().map(|last| slug_of(last));
    let kind = last.and_then(|last| KNOWN.kinds.get(&last).copied());
    matches!(kind, Some(TaskKind::Listing | TaskKind::Careers))
}

/// Whether press releases lie there, as opposed to a blog's posts.
pub(super) fn is_press(segments: &[String]) -> bool {
    let press = |segment: &String| KNOWN.words.press.contains(&slug_of(segment));
    segments.iter().any(press)
}

/// Whether the last segment says that a company tells what it is there, and who answers for it.
pub(super) fn is_of_itself(segments: &[String]) -> bool {
    let last = segments.last().map(|last| slug_of(last));
    last.is_some_and(|last| KNOWN.words.itself.contains(&last))
}

/// Whether something that is sold, or how it is used, is shown there.
pub(super) fn is_wares(segments: &[String]) -> bool {
    segments.iter().any(|segment| is_of_wares(segment))
}

fn is_of_wares(segment: &str) -> bool {
    KNOWN.words.wares.contains(&slug_of(segment))
}

/// Whether a segment's name without its ending, or an anchor, is a feed's.
pub(super) fn is_feed(slug: &str) -> bool {
    KNOWN.words.feed.contains(slug)
}

/// Whether a host passes on the feeds of those who announce them there.
pub(super) fn passes_feeds_on(host: &str) -> bool {
    KNOWN.words.feed_hosts.contains(host)
}

/// Whether the title of a feed says that it is one of comments.
pub(super) fn speaks_of_comments(title: &str) -> bool {
    let slug = slug(title);
    slug.split('-')
        .any(|word| KNOWN.words.comments.contains(word))
}

/// A path's segment as a slug, without an ending.
pub(super) fn slug_of(segment: &str) -> String {
    let decoded = percent_decode_str(segment).decode_utf8_lossy();
    slug(decoded.split('.').next().unwrap_or_default())
}

/// `Sala de prensa` → `sala-de-prensa`, `Über uns` → `ueber-uns`, without accents.
pub(super) fn slug(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.to_lowercase().nfc() {
        match letter {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            letter => folded.extend(letter.nfd().filter(|part| !is_combining_mark(*part))),
        }
    }
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Pages of a listing that names itself: `/news/2`, `/news/2026`, and those of [`is_page_of`].
pub(super) fn is_index(target: &Url, segments: &[String], company: &Company) -> bool {
    let last = segments.last().map_or("", String::as_str);
    let numbered = last.bytes().all(|byte| byte.is_ascii_digit());
    let named = || kind_of(&slug_of(last), company) == Some(TaskKind::Listing);
    numbered || is_page_of(target, segments) || named()
}

/// Pages of a listing, whatever it calls itself: `/x/page/2`, `/x?page=2`, `/category/x`,
/// `/index2.html`.
pub(super) fn is_page_of(target: &Url, segments: &[String]) -> bool {
    let last = segments.last().map_or("", String::as_str);
    let asked = target
        .query_pairs()
        .any(|(name, _)| matches!(&*name, "page" | "p" | "pg" | "offset" | "start"));
    asked || is_grouped(segments) || number_of_index(last).is_some()
}

/// Entries of one subject: `/category/x`, `/topics/x`.
pub(super) fn is_grouped(segments: &[String]) -> bool {
    segments.iter().any(|segment| {
        matches!(
            segment.as_str(),
            "category"
                | "categories"
                | "categoria"
                | "categorias"
                | "kategorie"
                | "kategorien"
                | "categorie"
                | "topic"
                | "topics"
                | "archive"
                | "page"
        )
    })
}

/// The number in `index2.html`, `index-2.html`, `page3`.
pub(super) fn number_of_index(last: &str) -> Option<u32> {
    let stem = last.split('.').next().unwrap_or_default();
    let word = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let named = matches!(word.trim_end_matches(['-', '_']), "index" | "page");
    stem[word.len()..].parse().ok().filter(|_| named)
}

/// Whether the kinds of page that a host is for stand in its name: `careers.`, `blog.`, `forum.`.
pub(super) fn kind_of_host(target: &Url) -> Option<TaskKind> {
    let (label, rest) = target.domain()?.split_once('.')?;
    let kind = KNOWN.kinds.get(label).copied();
    kind.filter(|kind| rest.contains('.') && *kind != TaskKind::Page)
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
    ending.is_some_and(|ending| KNOWN.words.no_text.contains(ending)) || leads_nowhere(segments)
}

/// Whether a segment is a form's, or a person's.
pub(super) fn leads_nowhere(segments: &[String]) -> bool {
    segments.iter().any(|segment| {
        KNOWN.words.mute.contains(segment) || KNOWN.words.mute.contains(&slug_of(segment))
    })
}

/// Whether an anchor leads to a form: `Log in`, `Cookie settings`.
pub(super) fn is_mute_anchor(text: &str) -> bool {
    KNOWN.words.mute.contains(&slug(text))
}

#[cfg(test)]
mod tests;
