//! What a page is called: its headline, not the name of its site.

use url::Url;

use super::dom::{self, Dom, Tag};
use super::head::Head;
use super::html::ARTICLES;
use super::structured::{self, Item};

/// What separates a page's name from its site's in a title.
const SEPARATORS: &[&str] = &[
    " | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • ", " / ", " › ", " ‹ ", " « ",
];

/// A longer headline is no headline.
const LONGEST: usize = 300;

/// The title, without the site's name where that could be told apart.
///
/// What the page shows as its heading comes first, where what it states agrees; headlines that are
/// stated for machines are often those of search engines.
pub(super) fn of(
    url: &Url,
    dom: &Dom<'_>,
    head: &Head<'_>,
    items: &[Item],
    publisher: Option<&str>,
) -> String {
    let site = Site::of(publisher, url.host_str().unwrap_or_default());
    let stated = items
        .iter()
        .filter(|item| structured::is_a(item, ARTICLES))
        .find_map(|item| structured::text(item, "headline"))
        .filter(|title| title.len() < LONGEST)
        .map(|title| site.without(&title));
    let og = head
        .meta(&["og:title", "twitter:title"])
        .map(|value| site.without(&structured::unescaped(value)))
        .filter(|title| !title.is_empty());
    let named = site.without(&head.title);
    let says: Vec<&str> = [Some(&named), stated.as_ref(), og.as_ref()]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let heading = heading(dom, &head.title, &says, &site);
    trimmed(&heading.or(stated).or(og).unwrap_or(named))
}

/// Generators of documentation hang a mark on their headings, and browsers hide soft hyphens.
fn trimmed(title: &str) -> String {
    let marks = |c: char| c.is_whitespace() || matches!(c, '|' | '¶' | '#' | '–' | '—' | '·');
    let title: String = title
        .chars()
        .filter(|c| !matches!(c, '\u{AD}' | '\u{200B}' | '\u{FEFF}'))
        .collect();
    title
        .trim_end_matches(marks)
        .trim_start_matches(['|', ' ', '-', '/'])
        .to_owned()
}

/// The `h1` that says what the page is called elsewhere; others are the site's name or its slogan.
fn heading(dom: &Dom<'_>, title: &str, says: &[&str], site: &Site) -> Option<String> {
    let texts = |tags: &'static [Tag]| {
        dom.iter()
            .filter(move |(at, node)| tags.contains(&node.tag) && node.end - at < 60)
            .map(|(at, _)| trimmed(&dom.text(at)))
            .filter(|text| !text.is_empty() && text.len() < LONGEST)
    };
    let others: Vec<String> = texts(&[Tag::H1, Tag::H2, Tag::H3]).take(40).collect();
    let is_untitled = says.iter().all(|said| said.is_empty());
    // A heading is the site's name where a later one is what the title says besides it.
    let rest = texts(&[Tag::H1]).take(8).find_map(|text| {
        let rest = rest_of(title, &text)?;
        let mut later = others.iter().skip_while(|other| **other != text);
        later.any(|other| *other == rest).then_some(rest)
    });
    if rest.is_some() {
        return rest;
    }
    texts(&[Tag::H1])
        .take(8)
        .map(|text| {
            // The first of what is said is the title itself.
            let alike = |(at, said): (usize, &&str)| {
                likeness(&text, said) * if at == 0 { 1.0 } else { 0.9 }
            };
            let most = says.iter().enumerate().map(alike).max_by(f64::total_cmp);
            let most = most.unwrap_or_default();
            (text, most)
        })
        .filter(|(text, likeness)| is_untitled || *likeness > 0.0 && !site.is_named(text))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(text, _)| text)
}

/// What a title says besides the part of it that is this text.
fn rest_of(title: &str, text: &str) -> Option<String> {
    let rest = title.strip_prefix(text).or(title.strip_suffix(text))?;
    let marks = |c: char| c.is_whitespace() || matches!(c, '|' | '-' | ':' | '–' | '—' | '·' | '»');
    let rest = rest.trim_matches(marks);
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// How much a heading and a title have in common, 0 where it is too little; it is enough where the
/// heading is a whole part of the title.
fn likeness(heading: &str, title: &str) -> f64 {
    let (said, titled) = (words(heading), words(title));
    let shared = said.iter().filter(|word| titled.contains(word)).count();
    // Much of the heading is in the title, and much of the title is in the heading.
    let share = shared as f64 / said.len().max(1) as f64;
    let covered = shared as f64 / titled.len().max(1) as f64;
    let mut parts = SEPARATORS.iter().flat_map(|by| title.split(by));
    if share >= 0.5 && covered >= 0.3 || parts.any(|part| words(part) == said) {
        share + covered
    } else {
        0.0
    }
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What a site is called: by its publisher, and by its host.
struct Site {
    name: String,
    label: String,
}

impl Site {
    fn of(publisher: Option<&str>, host: &str) -> Site {
        let host = host.strip_prefix("www.").unwrap_or(host);
        Site {
            name: letters(publisher.unwrap_or_default()),
            label: letters(host.rsplit_once('.').map_or(host, |(label, _)| label)),
        }
    }

    /// Whether a text is the name of the site and nothing else.
    fn is_named(&self, text: &str) -> bool {
        let text = letters(text);
        text.is_empty() || text == self.name || text == self.label
    }

    /// Whether a part of a title is the site's.
    fn is_part(&self, part: &str) -> bool {
        let (part, name, label) = (letters(part), &self.name, &self.label);
        let of_host = part.len() >= 3 && label.contains(&part)
            || label.len() >= 4 && part.contains(label) && part.len() < 3 * label.len();
        let of_name = part.contains(name) || part.len() >= 3 && name.contains(&part);
        part.is_empty() || of_host || !name.is_empty() && of_name
    }

    /// A title without the site's name before or behind it.
    fn without(&self, title: &str) -> String {
        let title = dom::folded(title);
        for separator in SEPARATORS {
            let Some((before, after)) = title.rsplit_once(separator) else {
                continue;
            };
            if self.is_part(after) && !before.trim().is_empty() {
                return self.without(before);
            }
            if let Some((first, rest)) = title.split_once(separator)
                && self.is_part(first)
            {
                return self.without(rest);
            }
            // The longer side is the page's, the shorter the site's.
            if before.len() > 2 * after.len() {
                return before.trim().to_owned();
            }
        }
        title
    }
}

/// A text's letters and digits, in lower case.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_name_is_taken_off_titles() {
        let of = |title, publisher| Site::of(publisher, "blog.nwmetals.example").without(title);
        assert_eq!(of("New plant | Northwind", Some("Northwind")), "New plant");
        assert_eq!(of("Northwind - New plant", Some("Northwind")), "New plant");
        assert_eq!(of("New plant | NW Metals", None), "New plant");
        assert_eq!(
            of("A long title about a plant - Acme", None),
            "A long title about a plant"
        );
        assert_eq!(of("Q1 - Q2", None), "Q1 - Q2");
    }

    fn title(markup: &str) -> String {
        let html = dom::parse(markup);
        let dom = Dom::of(&html);
        let head = Head::of(&dom);
        let url = Url::parse("https://www.northwind.example/a").expect("a URL");
        of(&url, &dom, &head, &structured::items(&dom), None)
    }

    #[test]
    fn the_heading_comes_before_the_search_engines_headline() {
        let found = title(
            "<title>Plant, new, in Zaragoza: all you must know</title>\
             <script type='application/ld+json'>{\"@type\":\"Article\",\"headline\":\
             \"A new plant in Zaragoza explained\"}</script><h1>Slogan of us all</h1>\
             <h1>A new plant in Zara\u{AD}goza</h1>",
        );
        assert_eq!(found, "A new plant in Zaragoza");
    }

    #[test]
    fn a_sites_heading_is_not_the_pages() {
        let markup = |heading| {
            format!(
                "<title>Jane's Log: Week two</title><h1>Jane's Log</h1><{heading}>Week two</{heading}>"
            )
        };
        assert_eq!(title(&markup("h2")), "Week two");
        assert_eq!(title(&markup("h1")), "Week two");
    }

    #[test]
    fn a_heading_that_is_a_part_of_the_title_is_enough() {
        let found = title("<title>Start — Manual of the Thing (3.1.x)</title><h1>Start¶</h1>");
        assert_eq!(found, "Start");
    }
}
