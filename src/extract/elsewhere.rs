//! Dates that a page shows elsewhere than beside its headline: in elements made for them or named
//! for them, in its words, and where it tells its last change.

use super::date::{Context, WORDS};
use super::dom::Tag;
use super::shown::{LINE, Means, Own, dates, means};
use super::written;
use crate::model::time::Day;

/// Elements that hold dates are looked at up to this many: behind them, others' follow.
const ELEMENTS: u32 = 12;

/// The days in elements that are made for them, and how much each counts.
pub(super) fn elements(own: &Own<'_>, context: &Context<'_>) -> Vec<(f64, Day)> {
    let (mut found, mut seen) = (Vec::new(), 0);
    for (at, node) in context.dom.iter() {
        let class = node.attr("class").unwrap_or_default();
        let property = node.attr("itemprop").unwrap_or_default();
        let is_time = node.tag == Tag::Time
            || node.tag == Tag::Abbr && class.contains("published")
            || property == "datePublished" && node.tag != Tag::Meta;
        let held = WORDS["attributes"].iter().find_map(|name| node.attr(name));
        if own.aside[at] || node.tag == Tag::Text || !is_time && held.is_none() {
            continue;
        }
        seen += 1;
        if seen > ELEMENTS {
            break;
        }
        let stated = held.or_else(|| node.attr("title").filter(|_| node.tag == Tag::Abbr));
        let day = match stated.filter(|value| !value.is_empty()) {
            Some(value) => written::stated(value, context.locale),
            None => written::in_text(&context.dom.text(at), context.locale),
        };
        let changed = ["updated", "modified"]
            .iter()
            .any(|word| class.contains(word) || property.to_ascii_lowercase().contains(word));
        let named = node.attr("pubdate").is_some()
            || property == "datePublished"
            || ["publish", "entry-date", "posted"]
                .iter()
                .any(|word| class.contains(word));
        let weight = match (named, changed, seen) {
            (_, true, _) => 0.6,
            (true, _, 1..=2) => 3.0,
            (_, _, 1) if is_time => 2.5,
            (_, _, 1) => 1.5,
            _ => 0.4 / f64::from(seen),
        };
        found.extend(day.map(|day| (weight, day)));
    }
    found
}

/// The first day that elements with names like `date` show, in the page's own part or beside it.
pub(super) fn in_named_elements(
    own: &Own<'_>,
    context: &Context<'_>,
    beside_too: bool,
) -> Option<Day> {
    context.dom.iter().find_map(|(at, node)| {
        if node.tag == Tag::Text
            || own.of_others[at]
            || own.aside[at] && !beside_too
            || node.end - at > 60
        {
            return None;
        }
        if node.tag == Tag::Time
            && let Some(value) = node.attr("datetime")
        {
            return written::stated(value, context.locale).filter(|day| context.is_past(*day));
        }
        let named = [node.attr("class"), node.attr("id"), node.attr("itemprop")]
            .into_iter()
            .flatten()
            .any(|names| {
                let names = names.to_ascii_lowercase();
                WORDS["elements"].iter().any(|word| names.contains(word))
            });
        let text = named.then(|| context.dom.text(at))?;
        (text.len() < LINE).then(|| first_of(&text, context))?
    })
}

/// The first day in the words of the page: behind its headline, or else anywhere.
pub(super) fn in_words(own: &Own<'_>, context: &Context<'_>) -> Option<Day> {
    let body = own.dom.first(Tag::Body)?;
    let behind = own.headline.unwrap_or(body);
    [behind, body].into_iter().find_map(|start| {
        let mut taken = 0;
        (start..own.dom.node(body).end.max(start))
            .filter(|at| own.is_read(*at))
            .take_while(|at| {
                taken += own.dom.node(*at).own_text().trim().len();
                taken < 20_000
            })
            .find_map(|at| {
                let text = own.dom.node(at).own_text();
                (text.len() < 2_000).then(|| first_of(text, context))?
            })
    })
}

/// The first day of a text that is not that of a change.
fn first_of(text: &str, context: &Context<'_>) -> Option<Day> {
    let mut last = 0;
    dates(text, context)
        .find(|(place, day)| {
            let label = &text[last..place.start];
            last = place.end;
            !matches!(means(label), Means::Updated | Means::Other) && context.is_past(*day)
        })
        .map(|(_, day)| day)
}

/// The day of the last change that a line anywhere on the page tells, as wikis and offices do
/// below their texts.
pub(super) fn change(context: &Context<'_>) -> Option<Day> {
    let texts = context.dom.iter().filter(|(_, node)| {
        let text = node.own_text();
        text.len() < LINE && text.bytes().any(|byte| byte.is_ascii_digit())
    });
    texts.take(2_000).find_map(|(at, node)| {
        if context.dom.node(node.parent).tag.is_silent() {
            return None;
        }
        let text = node.own_text();
        let (place, day) = dates(text, context).next()?;
        let above = text[..place.start].trim();
        let above = if above.is_empty() {
            let start = at.saturating_sub(4);
            let before = (start..at).map(|at| context.dom.node(at).own_text());
            means(&before.collect::<String>())
        } else {
            means(above)
        };
        (above == Means::Updated && context.is_past(day)).then_some(day)
    })
}
