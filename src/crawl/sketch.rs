//! What a page's text looks like, as a number: equal numbers, near copies. Pure.
//!
//! A text is told by its long lines. What differs between two copies of a page (navigation, related
//! links, dates, counters) stands in short lines or in digits, and what makes two pages of one site
//! different stands in long ones: on the 1,170 pages of `shared/data` with fifty words, other
//! numbers never make another sketch of a page, another frame one of twenty, and no two different
//! pages have the same one. (Quantised frequencies of words, as Nutch's TextProfileSignature has
//! them, made another one of three pages in four with another frame, and SimHash at a distance of
//! three took different pages for one.)
//!
//! Invariant: the same reading has the same sketch in every run and on every machine.

use ::url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::missing;
use crate::model::company::Company;
use crate::model::document::{DateSource, Document, Link, Reading};
use crate::model::task::{Task, TaskKind};
use crate::model::url::{self, Host};

/// Texts of fewer words say too little to be called copies.
const SHORT: usize = 50;
/// Texts of fewer words say nothing at all.
const EMPTY: usize = 5;
/// The fewest words of a long line.
const LINE: usize = 10;
/// Links of a home page that tell it from another.
const LINKS: usize = 10;

/// What a page can be compared by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Likeness {
    /// It was not read.
    #[default]
    Unread,
    /// It is of a kind that is never a copy: a listing, a feed, next to no text.
    None,
    /// It says that it is not there.
    Missing,
    /// Few words, on one host: told word by word.
    Short(u64),
    /// The text of a page.
    Text(u64),
    /// A home page: its text and where it leads.
    Home(u64),
}

/// What a page that was read can be compared by.
pub fn of(reading: &Reading, task: &Task, company: &Company) -> Likeness {
    if missing::is_missing(reading) {
        return Likeness::Missing;
    }
    let [document] = reading.documents.as_slice() else {
        return Likeness::None;
    };
    let count = document.text.split_whitespace().count();
    let url = task.parsed();
    match task.kind {
        TaskKind::Home if is_front(&url) && (count >= SHORT || reading.links.len() >= LINKS) => {
            Likeness::Home(home(document, &reading.links, company))
        }
        TaskKind::Page | TaskKind::Article | TaskKind::Job | TaskKind::Forum => {
            if count >= SHORT {
                Likeness::Text(text(document))
            } else if count >= EMPTY && !document.text.to_lowercase().contains("javascript") {
                Likeness::Short(short(document, &url))
            } else {
                Likeness::None
            }
        }
        _ => Likeness::None,
    }
}

/// What deep addresses that lead to the front door of their host have in common.
pub fn of_front_door(host: &Host) -> u64 {
    hash("front door", &[host.as_str()])
}

/// Whether an address is a host's front door.
pub fn is_front(url: &Url) -> bool {
    url.path() == "/" && url.query().is_none()
}

fn text(document: &Document) -> u64 {
    let lines = || document.text.lines().map(words);
    let mut long: Vec<Vec<String>> = lines().filter(|words| words.len() >= LINE).collect();
    if long.iter().map(Vec::len).sum::<usize>() < SHORT {
        long = lines().collect();
    }
    let mut long: Vec<String> = long.iter().map(|words| words.join(" ")).collect();
    long.sort_unstable();
    long.dedup();
    let stated = |source| {
        matches!(
            source,
            DateSource::Structured | DateSource::Meta | DateSource::TimeElement
        )
    };
    // The same statement of another month, the same position in another town.
    let day = document.published.filter(|dated| stated(dated.source));
    let place = document
        .job
        .as_ref()
        .and_then(|job| job.location.as_deref());
    let particulars = [
        document.title.to_lowercase(),
        day.map_or(String::new(), |dated| format!("{:?}", dated.day)),
        place.unwrap_or_default().to_lowercase(),
        document.language.clone().unwrap_or_default(),
    ];
    let all: Vec<&str> = particulars
        .iter()
        .chain(&long)
        .map(String::as_str)
        .collect();
    hash("text", &all)
}

fn short(document: &Document, url: &Url) -> u64 {
    let host = Host::of(url).map_or(String::new(), |host| host.as_str().to_owned());
    hash("short", &[&host, &document.title, &document.text])
}

fn home(document: &Document, links: &[Link], company: &Company) -> u64 {
    let place = |link: &Link| {
        let target = url::parse(&link.url)?;
        let query = target
            .query()
            .map_or(String::new(), |query| format!("?{query}"));
        // Each of two hosts leads to its own pages.
        Some(match company.owns(&target) {
            true => format!("{}{query}", target.path()),
            false => target.to_string(),
        })
    };
    let mut places: Vec<String> = links.iter().filter_map(place).collect();
    places.sort_unstable();
    places.dedup();
    let lines = document.text.lines().map(|line| words(line).join(" "));
    let mut all = vec![document.title.to_lowercase()];
    all.extend(lines);
    all.extend(places);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    hash("home", &all)
}

/// The words of a line that are no numbers.
fn words(line: &str) -> Vec<String> {
    line.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.contains(|c: char| c.is_numeric()))
        .map(str::to_lowercase)
        .collect()
}

fn hash(kind: &str, parts: &[&str]) -> u64 {
    xxh3_64(format!("{kind}\0{}", parts.join("\0")).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;
    use crate::model::document::Dated;
    use crate::model::time::Timestamp;

    const STORY: &str = "Contoso opened its third plant on 4 May 2026 in the old harbour of Bilbao, \
        where 350 people will build valves for power stations from the coming autumn on.\n\
        Share this\n\
        The company has put 12 million euros into the building, which had stood empty since the \
        shipyard left, and expects to double the number of its customers within two years.";

    fn sketch(title: &str, text: &str) -> Likeness {
        dated(title, text, None)
    }

    fn dated(title: &str, text: &str, published: Option<Dated>) -> Likeness {
        let document = Document {
            title: title.into(),
            text: text.into(),
            published,
            ..Document::default()
        };
        let reading = Reading {
            documents: vec![document],
            claims: Vec::new(),
            reader: "html",
            ..Reading::default()
        };
        of(
            &reading,
            &task(TaskKind::Article),
            &Company::new("example.com"),
        )
    }

    #[test]
    fn dates_numbers_and_what_stands_around_a_text_make_no_other_text() {
        let told = sketch("A third plant", STORY);
        assert!(matches!(told, Likeness::Text(_)));
        let renumbered = STORY
            .replace("350", "360")
            .replace("4 May 2026", "5 May 2027");
        let around = format!("Home\nNews\n{STORY}\nRead next\nOur range\n17 readers liked it");
        for same in [&renumbered, &around, &STORY.replace("Share this\n", "")] {
            assert_eq!(sketch("A third plant", same), told, "{same}");
        }
    }

    #[test]
    fn another_title_sentence_day_or_place_makes_another_text() {
        let told = sketch("A third plant", STORY);
        assert_ne!(sketch("A fourth plant", STORY), told);
        assert_ne!(
            sketch("A third plant", &STORY.replace("Bilbao", "Vigo")),
            told
        );
        let day = |at| Dated {
            day: Timestamp(at).day(),
            source: DateSource::Meta,
        };
        let on = |at| dated("A third plant", STORY, Some(day(at)));
        assert_ne!(on(0), on(40 * 86_400_000));
        assert_eq!(on(0), on(1));
    }

    #[test]
    fn few_words_are_never_a_copy_and_listings_are_not_compared() {
        assert!(matches!(
            sketch("A", "Five words are enough here"),
            Likeness::Short(_)
        ));
        assert_eq!(sketch("A", "Too few words"), Likeness::None);
        assert_eq!(
            sketch("A", "Please enable JavaScript to see this page"),
            Likeness::None
        );
        let story = Document {
            text: STORY.into(),
            ..Document::default()
        };
        let company = Company::new("example.com");
        for kind in [
            TaskKind::Listing,
            TaskKind::Feed,
            TaskKind::Sitemap,
            TaskKind::Careers,
        ] {
            let reading = Reading {
                documents: vec![story.clone()],
                ..Reading::default()
            };
            assert_eq!(of(&reading, &task(kind), &company), Likeness::None);
        }
        let many = Reading {
            documents: vec![story.clone(), story],
            ..Reading::default()
        };
        assert_eq!(
            of(&many, &task(TaskKind::Article), &company),
            Likeness::None
        );
    }
}
