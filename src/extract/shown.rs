//! Dates that a page shows its reader: beside its headline, in elements made for them, and last
//! anywhere in its words. What stands in comments, lists of other pages and sidebars is not the
//! page's own.

use super::date::{Context, WORDS};
use super::dom::{Dom, Tag};
use super::written;
use crate::model::time::Day;

/// How much text behind the headline, and before it, is beside it.
const BEHIND: usize = 700;
const BEFORE: usize = 200;
/// A longer line is running text, whose dates are those of the story.
const LINE: usize = 200;
/// Words that may stand before a date that nothing is said of.
const LEADING_WORDS: usize = 8;
/// How far into a paragraph its dateline reaches: `ZARAGOZA, May 3, 2024 –`.
const DATELINE: usize = 60;
/// Elements that hold dates are looked at up to this many: behind them, others' follow.
const ELEMENTS: u32 = 12;

/// What is said to have happened on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// The text was published.
    Published,
    /// The text was changed.
    Updated,
    /// Something else.
    Other,
    /// Nothing is said: it stands there as the text's day.
    Nothing,
}

/// A day beside the headline.
pub(super) struct Beside {
    /// What is said of it.
    pub(super) means: Means,
    /// The day.
    pub(super) day: Day,
    /// The day that it is where the month stands first, or not.
    pub(super) otherwise: Option<Day>,
}

/// The page's own part: for every node whether it belongs to other things than its text.
pub(super) struct Own<'a> {
    dom: &'a Dom<'a>,
    aside: Vec<bool>,
    headline: Option<usize>,
}

/// Tells the page's own part from what stands around it.
pub(super) fn own<'a>(context: &Context<'a>) -> Own<'a> {
    let dom = context.dom;
    let headline = headline(dom, context.title);
    let mut aside = vec![false; dom.len()];
    for (at, node) in dom.iter().skip(1) {
        let around = headline.is_some_and(|headline| at <= headline && headline < node.end);
        aside[at] = !around && (aside[node.parent] || is_aside(dom, at));
    }
    Own {
        dom,
        aside,
        headline,
    }
}

/// The heading that says the title, or else the first `h1`.
fn headline(dom: &Dom<'_>, title: &str) -> Option<usize> {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(title);
    let is_heading = |tag| matches!(tag, Tag::H1 | Tag::H2 | Tag::H3);
    let headings = dom
        .iter()
        .filter(|(at, node)| is_heading(node.tag) && node.end - at < 60);
    let said: Vec<usize> = headings
        .take(200)
        .map(|(at, _)| at)
        .filter(|at| !wanted.is_empty() && plain(&dom.text(*at)) == wanted)
        .collect();
    // A heading that is a link leads to the text from elsewhere.
    let is_linked = |at: usize| {
        let inside = dom.ancestors(at).chain(dom.inside(at));
        inside.into_iter().any(|node| dom.node(node).tag == Tag::A)
    };
    let named = |at: &&usize| dom.node(**at).tag == Tag::H1;
    let own = said.iter().find(named);
    let own = own.or_else(|| said.iter().find(|at| !is_linked(**at)));
    own.copied().or_else(|| dom.first(Tag::H1))
}

fn is_aside(dom: &Dom<'_>, at: usize) -> bool {
    let node = dom.node(at);
    match node.tag {
        Tag::Text | Tag::Body | Tag::Html => return false,
        Tag::Aside | Tag::Nav => return true,
        Tag::Footer => {
            return !dom
                .ancestors(at)
                .any(|around| dom.node(around).tag == Tag::Article);
        }
        _ => {}
    }
    [node.attr("class"), node.attr("id")]
        .into_iter()
        .flatten()
        .flat_map(|names| names.split(|c: char| !c.is_ascii_alphanumeric()))
        .any(|name| {
            WORDS["aside"]
                .iter()
                .any(|word| word.eq_ignore_ascii_case(name))
        })
}

/// The days beside the headline, in the order of their nearness: those behind it first.
pub(super) fn beside(own: &Own<'_>, context: &Context<'_>) -> Vec<Beside> {
    let Some(headline) = own.headline else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let behind = lines(own, own.dom.node(headline).end, BEHIND, context);
    dates_in(&behind, context, &mut found);
    let (mut start, mut taken) = (headline, 0);
    while start > 0 && taken < BEFORE {
        start -= 1;
        if own.is_read(start) {
            taken += own.dom.node(start).own_text().trim().len();
        }
    }
    let mut before = lines(own, start, BEFORE, context);
    before.retain(|line| line.len() < LINE / 2);
    dates_in(&before, context, &mut found);
    found
}

/// What the lines beside a headline say of days.
fn dates_in(lines: &[String], context: &Context<'_>, found: &mut Vec<Beside>) {
    for (number, line) in lines.iter().enumerate() {
        let mut last = 0;
        for (place, day) in dates(line, context) {
            let said = &line[last..place.start];
            let otherwise = written::otherwise(&line[place.clone()], day);
            let beside = |means| Beside {
                means,
                day,
                otherwise,
            };
            last = place.end;
            if line.len() > LINE {
                let behind = line[place.end..].chars().take(40);
                let dashed = behind.into_iter().any(|c| matches!(c, '-' | '–' | '—'));
                if place.start < DATELINE && dashed {
                    found.push(beside(Means::Nothing));
                }
                break;
            }
            let label = match number.checked_sub(1) {
                // The label may stand in a line of its own.
                Some(above) if said.trim().len() < 3 && lines[above].len() < 40 => &lines[above],
                _ => said,
            };
            let means = means(label);
            if means != Means::Nothing || said.split_whitespace().count() <= LEADING_WORDS {
                found.push(beside(means));
            }
        }
    }
}

/// The dates of a line. One without digits has none, which is cheap to see.
fn dates<'t>(
    line: &'t str,
    context: &Context<'t>,
) -> impl Iterator<Item = (std::ops::Range<usize>, Day)> + 't {
    let line = if line.bytes().any(|byte| byte.is_ascii_digit()) {
        line
    } else {
        ""
    };
    written::all_in_text(line, context.locale)
}

/// What the words before a day say of it.
fn means(label: &str) -> Means {
    let label = label.to_lowercase();
    let says = |list: &str| WORDS[list].iter().any(|word| label.contains(word));
    if says("said other") {
        Means::Other
    } else if says("said updated") {
        Means::Updated
    } else if says("said published") {
        Means::Published
    } else {
        Means::Nothing
    }
}

/// The lines of text from a node on, until there are enough; a `time` element whose words are no
/// date (`3 days ago`) stands there with the day it states.
fn lines(own: &Own<'_>, start: usize, enough: usize, context: &Context<'_>) -> Vec<String> {
    let (mut lines, mut block, mut taken) = (vec![String::new()], 0, 0);
    let mut at = start;
    while at < own.dom.len() && taken < enough {
        let node = own.dom.node(at);
        if own.aside[at] || node.tag.is_silent() {
            at = node.end.max(at + 1);
            continue;
        }
        let stated = match node.tag {
            Tag::Time => node
                .attr("datetime")
                .and_then(|value| written::stated(value, context.locale))
                .filter(|_| dates(&own.dom.text(at), context).next().is_none()),
            _ => None,
        };
        let text = stated.map(|day| format!(" {day} "));
        if let Some(text) = text
            .as_deref()
            .or(Some(node.own_text()))
            .filter(|t| !t.is_empty())
        {
            let around = own
                .dom
                .ancestors(at)
                .find(|around| own.dom.node(*around).tag.is_block())
                .unwrap_or(0);
            if around != block {
                lines.push(String::new());
                block = around;
            }
            taken += text.trim().len();
            if let Some(line) = lines.last_mut() {
                line.push_str(text);
            }
        } else if node.tag == Tag::Br {
            lines.push(String::new());
        }
        at = if stated.is_some() { node.end } else { at + 1 };
    }
    let lines = lines.iter().map(|line| super::dom::folded(line));
    lines.filter(|line| !line.is_empty()).collect()
}

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

/// The first day that elements with names like `date` show, in the page's own part or anywhere.
pub(super) fn in_named_elements(
    own: &Own<'_>,
    context: &Context<'_>,
    anywhere: bool,
) -> Option<Day> {
    context.dom.iter().find_map(|(at, node)| {
        if node.tag == Tag::Text || own.aside[at] && !anywhere || node.end - at > 60 {
            return None;
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

impl Own<'_> {
    /// Whether a node is text of the page's own part that its reader sees.
    fn is_read(&self, at: usize) -> bool {
        let node = self.dom.node(at);
        node.tag == Tag::Text && !self.aside[at] && !self.dom.node(node.parent).tag.is_silent()
    }
}
