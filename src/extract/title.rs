//! What a page is called: its headline, not the name of its site.

use url::Url;

use super::dom::{self, Dom, Tag};
use super::head::Head;
use super::html::ARTICLES;
use super::structured::{self, Item};

/// The title, without the site's name where that could be told apart.
pub(super) fn of(
    url: &Url,
    dom: &Dom<'_>,
    head: &Head<'_>,
    items: &[Item],
    publisher: Option<&str>,
) -> String {
    let host = url.host_str().unwrap_or_default();
    let stated = items
        .iter()
        .filter(|item| structured::is_a(item, ARTICLES))
        .find_map(|item| structured::text(item, "headline"));
    let og = head
        .meta(&["og:title", "twitter:title"])
        .map(|value| without_site(&structured::unescaped(value), publisher, host));
    // Generators of documentation hang a mark on their headings.
    let trimmed = |title: String| {
        let marks = |c: char| c.is_whitespace() || matches!(c, '|' | '¶' | '#' | '–' | '—' | '·');
        title
            .trim_end_matches(marks)
            .trim_start_matches(['|', ' ', '-'])
            .to_owned()
    };
    let named = without_site(&head.title, publisher, host);
    let heading = heading(dom, &named);
    let found = stated
        .filter(|title| title.len() < 300)
        .or(heading)
        .or(og.filter(|title| !title.is_empty()))
        .unwrap_or(named);
    trimmed(found)
}

/// The `h1` that says what the `title` element says; others are the site's name or its slogan.
fn heading(dom: &Dom<'_>, title: &str) -> Option<String> {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let titled = words(title);
    dom.iter()
        .filter(|(at, node)| node.tag == Tag::H1 && node.end - at < 60)
        .map(|(at, _)| dom.text(at))
        .filter(|text| !text.is_empty() && text.len() < 300)
        .take(8)
        .map(|text| {
            let said = words(&text);
            let shared = said.iter().filter(|word| titled.contains(word)).count();
            // Much of the heading is in the title, and much of the title is in the heading.
            let share = shared as f64 / said.len().max(1) as f64;
            let covered = shared as f64 / titled.len().max(1) as f64;
            (text, share, covered)
        })
        .filter(|(_, share, covered)| titled.is_empty() || *share >= 0.5 && *covered >= 0.3)
        .max_by(|a, b| (a.1 + a.2).total_cmp(&(b.1 + b.2)))
        .map(|(text, _, _)| text)
}

/// A title without the name of the site before or behind it: the publisher's, or what the host is
/// called.
fn without_site(title: &str, publisher: Option<&str>, host: &str) -> String {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let name = plain(publisher.unwrap_or_default());
    let host = host.strip_prefix("www.").unwrap_or(host);
    let label = plain(host.rsplit_once('.').map_or(host, |(label, _)| label));
    let is_site = |part: &str| {
        let part = plain(part);
        let of_host = part.len() >= 3 && label.contains(&part)
            || label.len() >= 4 && part.contains(&label) && part.len() < 3 * label.len();
        part.is_empty()
            || of_host
            || !name.is_empty() && (part.contains(&name) || part.len() >= 3 && name.contains(&part))
    };
    let title = dom::folded(title);
    for separator in [
        " | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • ", " / ",
    ] {
        let Some((before, after)) = title.rsplit_once(separator) else {
            continue;
        };
        if is_site(after) && !before.trim().is_empty() {
            return without_site(before, publisher, host);
        }
        if let Some((first, rest)) = title.split_once(separator)
            && is_site(first)
        {
            return without_site(rest, publisher, host);
        }
        // The longer side is the page's, the shorter the site's.
        if before.len() > 2 * after.len() {
            return before.trim().to_owned();
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_name_is_taken_off_titles() {
        let of = |title, publisher| without_site(title, publisher, "blog.nwmetals.example");
        assert_eq!(of("New plant | Northwind", Some("Northwind")), "New plant");
        assert_eq!(of("Northwind - New plant", Some("Northwind")), "New plant");
        assert_eq!(of("New plant | NW Metals", None), "New plant");
        assert_eq!(
            of("A long title about a plant - Acme", None),
            "A long title about a plant"
        );
        assert_eq!(of("Q1 - Q2", None), "Q1 - Q2");
    }
}
