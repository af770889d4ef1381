//! Dates that a page shows its reader beside its headline, and what is the page's own: comments,
//! lists of other pages and sidebars are not.

use super::date::{Context, WORDS};
use super::dom::{Dom, Tag};
use super::written;
use crate::model::time::Day;

/// How much text behind the headline, and before it, is beside it.
const BEHIND: usize = 700;
const BEFORE: usize = 200;
/// A longer line is running text, whose dates are those of the story.
pub(super) const LINE: usize = 200;
/// Words that may stand before a date that nothing is said of.
const LEADING_WORDS: usize = 8;
/// So many words before a date and a full stop at the end of the line are a sentence.
const SENTENCE: usize = 3;
/// How far into a paragraph its dateline reaches: `ZARAGOZA, May 3, 2024 –`.
const DATELINE: usize = 60;
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
    pub(super) dom: &'a Dom<'a>,
    /// What stands beside its text.
    pub(super) aside: Vec<bool>,
    /// Of that, what is of others: comments, and lists of other texts.
    pub(super) of_others: Vec<bool>,
    pub(super) headline: Option<usize>,
}

/// Tells the page's own part from what stands around it.
pub(super) fn own<'a>(context: &Context<'a>) -> Own<'a> {
    let dom = context.dom;
    let headline = headline(dom, context.title);
    let mut aside = vec![false; dom.len()];
    let mut of_others = aside.clone();
    for (at, node) in dom.iter().skip(1) {
        let around = headline.is_some_and(|headline| at <= headline && headline < node.end);
        of_others[at] = !around && (of_others[node.parent] || is_of_others(dom, at));
        aside[at] = !around && (of_others[at] || aside[node.parent] || is_aside(dom, at));
    }
    Own {
        dom,
        aside,
        of_others,
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
    let in_article = || {
        let mut around = dom.ancestors(at);
        around.any(|around| dom.node(around).tag == Tag::Article)
    };
    match dom.node(at).tag {
        Tag::Aside => true,
        Tag::Footer => !in_article(),
        _ => false,
    }
}

fn is_of_others(dom: &Dom<'_>, at: usize) -> bool {
    let node = dom.node(at);
    match node.tag {
        Tag::Text | Tag::Body | Tag::Html => return false,
        Tag::Nav => return true,
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

/// The day of the last change that is shown beside the headline, where it is the stated one, or
/// that of another time zone.
pub(super) fn confirmed_change(beside: &[Beside], stated: Day) -> Option<Day> {
    let shown = beside.iter().find(|found| found.means == Means::Updated)?;
    let next = |day: Day| day.tomorrow().unwrap_or(day);
    let agrees = shown.day <= next(stated) && stated <= next(shown.day);
    agrees.then_some(shown.day)
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
            // What is told in a sentence happens on its day: `We meet on 3 May 2024 in the town.`
            let leading = said.split_whitespace().count();
            let told = leading >= SENTENCE && line.ends_with('.') && line.len() > place.end + 1;
            if means != Means::Nothing || leading <= LEADING_WORDS && !told {
                found.push(beside(means));
            }
        }
    }
}

/// The dates of a line. One without digits has none, which is cheap to see.
pub(super) fn dates<'t>(
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
pub(super) fn means(label: &str) -> Means {
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

impl Own<'_> {
    /// Whether a node is text of the page's own part that its reader sees.
    pub(super) fn is_read(&self, at: usize) -> bool {
        let node = self.dom.node(at);
        node.tag == Tag::Text && !self.aside[at] && !self.dom.node(node.parent).tag.is_silent()
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::date;
    use super::super::dom::parse;
    use super::super::head::Head;
    use super::super::structured;
    use super::*;

    /// When a page was published and changed.
    fn of(markup: &str) -> (Option<String>, Option<String>) {
        let html = parse(markup);
        let dom = Dom::of(&html);
        let context = Context {
            dom: &dom,
            head: &Head::of(&dom),
            items: &structured::items(&dom),
            url: &Url::parse("https://northwind.example/a").expect("a URL"),
            title: "New plant",
            locale: Some("en"),
            fetched: jiff::civil::date(2026, 1, 1),
        };
        let (published, updated) = date::of(&context);
        let day = |dated: crate::model::document::Dated| dated.day.to_string();
        (published.map(day), updated.map(day))
    }

    fn days(published: &str, updated: &str) -> (Option<String>, Option<String>) {
        let day = |day: &str| Some(day.to_owned()).filter(|day| !day.is_empty());
        (day(published), day(updated))
    }

    const MOVED: &str = "<meta property=article:published_time content=2024-09-09>";

    #[test]
    fn what_is_shown_beside_the_headline_is_older_than_a_move() {
        let page = |shown: &str| of(&format!("{MOVED}<h1>New plant</h1><div>{shown}</div>"));
        assert_eq!(page("By J. | May 3, 2022").0, days("2022-05-03", "").0);
        assert_eq!(
            page("<time datetime=2022-05-03>long ago</time>").0,
            days("2022-05-03", "").0
        );
        assert_eq!(
            page("May 3, 2025").0,
            days("2024-09-09", "").0,
            "another text's"
        );
        assert_eq!(page("Published May 3, 2025").0, days("2025-05-03", "").0);
    }

    #[test]
    fn a_change_is_kept_apart() {
        let page = |shown: &str| of(&format!("{MOVED}<h1>New plant</h1><p>{shown}</p>"));
        assert_eq!(
            page("Last updated: Dec 1, 2025"),
            days("2024-09-09", "2025-12-01")
        );
        let both = "Published 3 May 2022 · Updated 4 June 2023";
        assert_eq!(page(both), days("2022-05-03", "2023-06-04"));
        assert_eq!(
            of("<h1>New plant</h1><p>Aktualisiert am</p><p>4. Juni 2023"),
            days("2023-06-04", "2023-06-04"),
            "there is no other day"
        );
    }

    #[test]
    fn a_change_alone_is_the_pages_day_where_only_objects_tell_another() {
        let object = "<script type='application/ld+json'>{\"@type\":\"Article\",\
                      \"datePublished\":\"2019-05-03\",\"dateModified\":\"2025-12-02\"}</script>";
        let page = |shown: &str| of(&format!("{object}<h1>New plant</h1><p>{shown}</p>")).0;
        let changed = "Updated Dec 1, 2025";
        assert_eq!(page(changed), days("2025-12-01", "").0);
        let with_meta = page(&format!("{changed}{MOVED}"));
        assert_ne!(with_meta, days("2025-12-01", "").0);
        for shown in ["May 3, 2019 · Updated Dec 1, 2025", "Updated Dec 9, 2025"] {
            assert_eq!(page(shown), days("2019-05-03", "").0, "{shown}");
        }
    }

    #[test]
    fn a_day_told_in_a_sentence_is_the_storys() {
        let page = |line: &str| of(&format!("{MOVED}<h1>New plant</h1><p>{line}</p>")).0;
        let told = "The plant opened on May 3, 2022 in Zaragoza.";
        assert_eq!(page(told), days("2024-09-09", "").0);
        assert_eq!(page("By J. Roe, May 3, 2022"), days("2022-05-03", "").0);
    }

    #[test]
    fn others_days_are_not_the_pages() {
        for other in [
            "<div class=comments><h4>J.</h4><time datetime=2023-01-01>then</time></div>",
            "<nav><time datetime=2023-01-01>then</time></nav>",
            "<ul class=related-posts><li>1 January 2023</ul>",
            "<p>Member since 1 January 2023</p>",
        ] {
            let (published, _) = of(&format!("<h1>New plant</h1>{other}"));
            assert_eq!(published, None, "{other}");
        }
    }

    #[test]
    fn of_two_readings_the_stated_one_is_meant() {
        let stated = "<script type='application/ld+json'>{\"@type\":\"Article\",\
                      \"datePublished\":\"2024-09-10\"}</script>";
        let page = of(&format!("{stated}<h1>New plant</h1><p>09.10.2024</p>"));
        assert_eq!(page.0, days("2024-09-10", "").0);
    }

    #[test]
    fn a_dateline_is_a_day_and_running_text_is_not() {
        let story = "we open a plant where two hundred people will work, ".repeat(6);
        let dated = of(&format!(
            "{MOVED}<h1>New plant</h1><p>ZARAGOZA, May 3, 2022 – {story}"
        ));
        assert_eq!(dated.0, days("2022-05-03", "").0);
        let told = of(&format!(
            "{MOVED}<h1>New plant</h1><p>{story} as on May 3, 2022, {story}"
        ));
        assert_eq!(told.0, days("2024-09-09", "").0);
    }
}
