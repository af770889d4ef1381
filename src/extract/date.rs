//! When a page says it was published and changed.
//!
//! Every place that states a date has a say, the surer the louder; the day with the most behind
//! it wins. What the page shows its reader beside its headline counts more than what one program
//! has written into its head, for programs state when a text was moved or saved. Days are the
//! page's own: `2024-05-03T23:30-07:00` is the third of May.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::dom::Dom;
use super::head::Head;
use super::shown::{self, Beside, Means, Own};
use super::structured::{self, Item};
use super::{elsewhere, words, written};
use crate::model::document::{DateSource, Dated};
use crate::model::time::Day;

/// The names of metas that state dates, the surest first; and other words about dates.
pub(super) static WORDS: LazyLock<HashMap<&str, Vec<&str>>> =
    LazyLock::new(|| words::lists(include_str!("words/date.txt")).collect());

/// What one place says.
struct Said {
    day: Day,
    source: DateSource,
    weight: f64,
}

/// What is known of a page when its dates are asked for.
pub(super) struct Context<'a> {
    /// The page.
    pub(super) dom: &'a Dom<'a>,
    /// Its metas.
    pub(super) head: &'a Head<'a>,
    /// What it states for machines.
    pub(super) items: &'a [Item],
    /// Its address.
    pub(super) url: &'a Url,
    /// What it is called.
    pub(super) title: &'a str,
    /// Its language, and its country where that is known: `en-GB`.
    pub(super) locale: Option<&'a str>,
    /// The day on which it was fetched: nothing is published much later.
    pub(super) fetched: Day,
}

impl Context<'_> {
    /// A day ahead is a time zone; more is a mistake or another thing's date.
    pub(super) fn is_past(&self, day: Day) -> bool {
        day <= self.fetched.tomorrow().unwrap_or(self.fetched)
    }
}

/// When the page says it was published, and when it was last changed.
pub(super) fn of(context: &Context<'_>) -> (Option<Dated>, Option<Dated>) {
    let mut said = stated(context);
    let stated_change = changed(context);
    let own = shown::own(context);
    let beside = shown::beside(&own, context);
    let stated_day = stated_change.map(|dated| dated.day);
    add_shown(context, &own, &beside, stated_day, &mut said);
    if said.is_empty()
        && let Some(day) = elsewhere::in_named_elements(&own, context, false)
    {
        push(context, &mut said, day, DateSource::Text, 1.5);
    }
    let in_text = |day| Dated {
        day,
        source: DateSource::Text,
    };
    let updated = stated_change.or_else(|| {
        let beside = beside
            .iter()
            .find(|found| found.means == Means::Updated && context.is_past(found.day));
        let found = beside.map(|found| found.day);
        found.or_else(|| elsewhere::change(context)).map(in_text)
    });
    // A page that tells nothing but its last change is dated by it; the first day of its words is
    // what is left.
    let published = winner(&said, context.url.path()).or(updated).or_else(|| {
        let found = elsewhere::in_words(&own, context);
        found
            .or_else(|| elsewhere::in_named_elements(&own, context, true))
            .map(in_text)
    });
    (published, updated)
}

/// What the page states for machines, and its address.
fn stated(context: &Context<'_>) -> Vec<Said> {
    let mut said = Vec::new();
    for item in context.items.iter().filter(|item| !about_others(item)) {
        for (property, weight) in [
            ("datePublished", 5.0),
            ("dateCreated", 2.0),
            ("uploadDate", 1.0),
            ("datePosted", 4.0),
        ] {
            let value = structured::text(item, property);
            let value = value.as_deref();
            add(context, &mut said, value, DateSource::Structured, weight);
        }
    }
    let mut weight = 4.5;
    for name in &WORDS["published"] {
        if let Some(value) = context.head.meta(&[name]) {
            add(context, &mut said, Some(value), DateSource::Meta, weight);
            weight = 1.5;
        }
    }
    if let Some(day) = in_path(context.url.path()) {
        push(context, &mut said, day, DateSource::Url, 4.0);
    }
    said
}

/// Adds what the page shows its reader.
fn add_shown(
    context: &Context<'_>,
    own: &Own<'_>,
    beside: &[Beside],
    changed: Option<Day>,
    said: &mut Vec<Said>,
) {
    let mut first = true;
    for found in beside {
        let is_stated = |day: Day| said.iter().any(|one| one.day == day);
        let day = match found.otherwise {
            // Of two readings the page's own statement tells which is meant.
            Some(other) if is_stated(other) && !is_stated(found.day) => other,
            _ => found.day,
        };
        let weight = match found.means {
            Means::Published => 6.5,
            // A page that shows the day of its last change as its own says so itself.
            Means::Nothing if first && Some(day) == changed => 12.0,
            // A head is written anew when a text moves, so the older of the two is right; where the
            // head's is older, what is shown may be another text's.
            Means::Nothing if first && said.iter().all(|one| is_before(day, one.day)) => 5.2,
            Means::Nothing if first => 2.5,
            Means::Nothing => 0.5,
            Means::Updated | Means::Other => continue,
        };
        first = false;
        push(context, said, day, DateSource::Text, weight);
    }
    // Where objects for search engines are all that tells of publication, and the page shows its
    // reader the day of its last change alone, it is dated by that. A meta or the address, which
    // go with the page wherever it is shared, keep the day of publication.
    if first
        && let Some(changed) = changed
        && let Some(day) = shown::confirmed_change(beside, changed)
        && said.iter().all(|one| one.source == DateSource::Structured)
    {
        push(context, said, day, DateSource::Text, 5.5);
    }
    for (weight, day) in elsewhere::elements(own, context) {
        push(context, said, day, DateSource::TimeElement, weight);
    }
}

/// Whether a day is before another by more than a time zone.
fn is_before(day: Day, other: Day) -> bool {
    day.tomorrow().is_ok_and(|next| next < other)
}

/// When the page states for machines that it was last changed.
fn changed(context: &Context<'_>) -> Option<Dated> {
    let mut said = Vec::new();
    for item in context.items.iter().filter(|item| !about_others(item)) {
        add(
            context,
            &mut said,
            structured::text(item, "dateModified").as_deref(),
            DateSource::Structured,
            5.0,
        );
    }
    for name in &WORDS["updated"] {
        add(
            context,
            &mut said,
            context.head.meta(&[name]),
            DateSource::Meta,
            4.0,
        );
    }
    winner(&said, context.url.path())
}

/// Objects whose dates are not the page's.
fn about_others(item: &Item) -> bool {
    structured::is_a(
        item,
        &[
            "Comment",
            "Review",
            "Event",
            "Organization",
            "Person",
            "UserComments",
            "Rating",
            "Offer",
            "Answer",
        ],
    )
}

/// The year, and the month, under which the address files the page: `/2024/05/plant`.
fn month_in_path(path: &str) -> Option<(i16, Option<i8>)> {
    let mut segments = path.split('/').skip_while(|segment| {
        !(segment.len() == 4 && (segment.starts_with("19") || segment.starts_with("20")))
    });
    let year = segments.next()?.parse().ok()?;
    let month = segments.next().filter(|segment| segment.len() <= 2);
    Some((year, month.and_then(|month| month.parse().ok())))
}

fn add(
    context: &Context<'_>,
    said: &mut Vec<Said>,
    value: Option<&str>,
    source: DateSource,
    weight: f64,
) {
    if let Some(day) = value.and_then(|value| written::stated(value, context.locale)) {
        push(context, said, day, source, weight);
    }
}

fn push(context: &Context<'_>, said: &mut Vec<Said>, day: Day, source: DateSource, weight: f64) {
    if context.is_past(day) {
        said.push(Said {
            day,
            source,
            weight,
        });
    }
}

fn winner(said: &[Said], path: &str) -> Option<Dated> {
    let hinted = month_in_path(path);
    let weight = |day: Day| -> f64 {
        // The same source repeating itself is no second witness.
        let mut sources: Vec<(DateSource, f64)> = Vec::new();
        for one in said.iter().filter(|one| one.day == day) {
            match sources.iter_mut().find(|(source, _)| *source == one.source) {
                Some((_, weight)) => *weight = weight.max(one.weight),
                None => sources.push((one.source, one.weight)),
            }
        }
        let hint = match hinted {
            Some((year, month)) if year == day.year() => {
                if month.is_some_and(|month| month == day.month()) {
                    2.5
                } else {
                    f64::from(u8::from(month.is_none()))
                }
            }
            _ => 0.0,
        };
        sources.iter().map(|(_, weight)| weight).sum::<f64>() + hint
    };
    let mut best: Option<(&Said, f64)> = None;
    for one in said {
        let weight = weight(one.day);
        if best.is_none_or(|(_, most)| weight > most) {
            best = Some((one, weight));
        }
    }
    let (best, _) = best?;
    let source = said
        .iter()
        .filter(|one| one.day == best.day)
        .map(|one| one.source)
        .min()?;
    Some(Dated {
        day: best.day,
        source,
    })
}

/// `/2024/05/03/`, `/2024-05-03-`, `/20240503`, `/2024/may/03/`.
pub(super) fn in_path(path: &str) -> Option<Day> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"/(20\d\d/[a-z]{3,9}/\d{1,2})(?:/|-|$)").expect("a valid pattern")
    });
    if let Some(named) = NAMED.captures(path) {
        return written::in_text(&named[1].replace('/', " "), None);
    }
    let bytes = path.as_bytes();
    (0..bytes.len().saturating_sub(7))
        .filter(|at| {
            bytes[*at..].starts_with(b"20") && (*at == 0 || !bytes[at - 1].is_ascii_alphanumeric())
        })
        .find_map(|at| {
            let end = (at..bytes.len())
                .find(|end| {
                    !bytes[*end].is_ascii_digit() && !matches!(bytes[*end], b'/' | b'-' | b'_')
                })
                .unwrap_or(bytes.len());
            // Fourteen digits are when an archive took its copy.
            let stated = &path[at..end];
            let digits = stated.bytes().take_while(u8::is_ascii_digit).count();
            (digits <= 8).then(|| written::iso(&stated.replace('_', "-")))?
        })
}

#[cfg(test)]
mod tests {
    use super::super::dom::parse;
    use super::*;

    fn of(markup: &str, url: &str) -> Option<(String, DateSource)> {
        let html = parse(markup);
        let dom = Dom::of(&html);
        let context = Context {
            dom: &dom,
            head: &Head::of(&dom),
            items: &structured::items(&dom),
            url: &Url::parse(url).expect("a URL"),
            title: "",
            locale: Some("en"),
            fetched: jiff::civil::date(2026, 1, 1),
        };
        super::of(&context)
            .0
            .map(|dated| (dated.day.to_string(), dated.source))
    }

    #[test]
    fn the_surest_source_wins() {
        let found = of(
            "<meta property=article:published_time content=2024-05-03T23:30:00-07:00>\
             <time datetime=2023-01-01>x</time><p>2 June 2022",
            "https://northwind.example/news",
        );
        assert_eq!(found, Some(("2024-05-03".to_owned(), DateSource::Meta)));
    }

    #[test]
    fn two_that_agree_outweigh_one_that_does_not() {
        let found = of(
            "<meta property=article:published_time content=2020-01-01><time datetime=2024-05-03>",
            "https://northwind.example/2024/05/03/plant",
        );
        assert_eq!(
            found,
            Some(("2024-05-03".to_owned(), DateSource::TimeElement))
        );
    }

    #[test]
    fn words_are_read_when_nothing_else_is_there() {
        let found = of(
            "<h1>Plant</h1><p>Zaragoza, May 3, 2024 - We",
            "https://northwind.example/a",
        );
        assert_eq!(found, Some(("2024-05-03".to_owned(), DateSource::Text)));
    }

    #[test]
    fn the_future_and_the_absent_are_none() {
        assert_eq!(
            of("<time datetime=2031-05-03>", "https://northwind.example/"),
            None
        );
        assert_eq!(
            of("<p>No date, 12 employees", "https://northwind.example/"),
            None
        );
    }

    #[test]
    fn paths_state_days_but_not_numbers() {
        assert_eq!(
            in_path("/2024/05/03/x"),
            Some(jiff::civil::date(2024, 5, 3))
        );
        assert_eq!(
            in_path("/news/20240503-x"),
            Some(jiff::civil::date(2024, 5, 3))
        );
        assert_eq!(in_path("/p/2024/99/1"), None);
    }
}
