//! When a page says it was published and changed.
//!
//! Every place that states a date has a say, the surer the louder; the day with the most behind
//! it wins. Days are the page's own: `2024-05-03T23:30-07:00` is the third of May.

use std::collections::HashMap;
use std::sync::LazyLock;

use url::Url;

use super::dom::{Dom, Tag};
use super::head::Head;
use super::structured::{self, Item};
use super::{words, written};
use crate::model::document::{DateSource, Dated};
use crate::model::time::Day;

/// The names of metas that state dates, the surest first.
static METAS: LazyLock<HashMap<&str, Vec<&str>>> =
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
    /// Its language.
    pub(super) language: Option<&'a str>,
    /// The day on which it was fetched: nothing is published much later.
    pub(super) fetched: Day,
}

/// When the page says it was published.
pub(super) fn published(context: &Context<'_>) -> Option<Dated> {
    let mut said = Vec::new();
    for item in context.items.iter().filter(|item| !about_others(item)) {
        for (property, weight) in [
            ("datePublished", 5.0),
            ("dateCreated", 2.0),
            ("uploadDate", 1.0),
            ("datePosted", 4.0),
        ] {
            add(
                context,
                &mut said,
                structured::text(item, property).as_deref(),
                DateSource::Structured,
                weight,
            );
        }
    }
    let mut weight = 4.5;
    for name in &METAS["published"] {
        if let Some(value) = context.head.meta(&[name]) {
            add(context, &mut said, Some(value), DateSource::Meta, weight);
            weight = 1.5;
        }
    }
    time_elements(context, &mut said);
    if let Some(day) = in_path(context.url.path()) {
        push(context, &mut said, day, DateSource::Url, 4.0);
    }
    if said.is_empty() {
        in_named_elements(context, &mut said);
    }
    if said.is_empty() {
        in_text(context, &mut said);
    }
    winner(&said)
}

/// When the page says it was last changed.
pub(super) fn updated(context: &Context<'_>) -> Option<Dated> {
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
    for name in &METAS["updated"] {
        add(
            context,
            &mut said,
            context.head.meta(&[name]),
            DateSource::Meta,
            4.0,
        );
    }
    winner(&said)
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

fn add(
    context: &Context<'_>,
    said: &mut Vec<Said>,
    value: Option<&str>,
    source: DateSource,
    weight: f64,
) {
    if let Some(day) = value.and_then(|value| written::stated(value, context.language)) {
        push(context, said, day, source, weight);
    }
}

fn push(context: &Context<'_>, said: &mut Vec<Said>, day: Day, source: DateSource, weight: f64) {
    // A day ahead is a time zone; more is a mistake or another thing's date.
    let latest = context.fetched.tomorrow().unwrap_or(context.fetched);
    if day <= latest {
        said.push(Said {
            day,
            source,
            weight,
        });
    }
}

fn winner(said: &[Said]) -> Option<Dated> {
    let weight = |day: Day| -> f64 {
        // The same source repeating itself is no second witness.
        let mut sources: Vec<(DateSource, f64)> = Vec::new();
        for one in said.iter().filter(|one| one.day == day) {
            match sources.iter_mut().find(|(source, _)| *source == one.source) {
                Some((_, weight)) => *weight = weight.max(one.weight),
                None => sources.push((one.source, one.weight)),
            }
        }
        sources.iter().map(|(_, weight)| weight).sum()
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

/// `/2024/05/03/`, `/2024-05-03-`, `/20240503`.
pub(super) fn in_path(path: &str) -> Option<Day> {
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

fn time_elements(context: &Context<'_>, said: &mut Vec<Said>) {
    let mut seen = 0;
    for (at, node) in context.dom.iter() {
        let class = node.attr("class").unwrap_or_default();
        if node.tag == Tag::Time || node.tag == Tag::Abbr && class.contains("published") {
            seen += 1;
            if seen > 12 {
                break;
            }
            let stated = node
                .attr("datetime")
                .or_else(|| node.attr("title"))
                .map(str::to_owned);
            let stated = stated
                .filter(|value| !value.is_empty())
                .unwrap_or_else(|| context.dom.text(at));
            let changed = class.contains("updated") || class.contains("modified");
            let named = node.attr("pubdate").is_some()
                || class.contains("publish")
                || class.contains("entry-date")
                || class.contains("posted");
            let weight = match (named, changed, seen) {
                (_, true, _) => 0.6,
                (true, _, 1..=2) => 3.0,
                (_, _, 1) => 2.5,
                _ => 0.4 / f64::from(seen),
            };
            add(
                context,
                said,
                Some(&stated),
                DateSource::TimeElement,
                weight,
            );
        }
    }
}

/// Elements whose names say that they hold a date.
fn in_named_elements(context: &Context<'_>, said: &mut Vec<Said>) {
    for (at, node) in context.dom.iter() {
        if node.tag == Tag::Text || node.end - at > 60 {
            continue;
        }
        let named = [node.attr("class"), node.attr("id"), node.attr("itemprop")]
            .into_iter()
            .flatten()
            .any(|names| {
                let names = names.to_ascii_lowercase();
                [
                    "date",
                    "publi",
                    "posted",
                    "time",
                    "fecha",
                    "datum",
                    "meta",
                    "byline",
                    "info",
                    "submitted",
                    "created",
                    "author",
                ]
                .iter()
                .any(|word| names.contains(word))
            });
        if named {
            let text = context.dom.text(at);
            if text.len() < 200
                && let Some(day) = written::in_text(&text, context.language)
            {
                push(context, said, day, DateSource::Text, 1.5);
                if !said.is_empty() {
                    return;
                }
            }
        }
    }
}

/// The words of the page: first those around its title, then all of them.
fn in_text(context: &Context<'_>, said: &mut Vec<Said>) {
    let dom = context.dom;
    let Some(body) = dom.first(Tag::Body) else {
        return;
    };
    let title = dom.first(Tag::H1).unwrap_or(body);
    for start in [title, body] {
        let mut taken = 0;
        for at in start..dom.node(body).end {
            let node = dom.node(at);
            if node.tag != Tag::Text || dom.node(node.parent).tag.is_silent() {
                continue;
            }
            let text = node.own_text();
            taken += text.trim().len();
            if taken > 20_000 {
                break;
            }
            if text.bytes().any(|byte| byte.is_ascii_digit())
                && text.len() < 2_000
                && let Some(day) = written::in_text(text, context.language)
            {
                push(context, said, day, DateSource::Text, 1.0);
                if !said.is_empty() {
                    return;
                }
            }
        }
    }
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
            language: Some("en"),
            fetched: jiff::civil::date(2026, 1, 1),
        };
        published(&context).map(|dated| (dated.day.to_string(), dated.source))
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
