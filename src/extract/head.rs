//! What a page's `meta`, `link` and `html` elements say about it.

use super::dom::{Dom, Tag, folded};
use crate::model::document::Directives;
use crate::model::page::Page;

/// The token by which a page may address this crawler alone.
const TOKEN: &str = "foresignal";

/// The `meta` elements: names in lower case with their values, in page order.
pub(super) struct Head<'a> {
    metas: Vec<(String, &'a str)>,
    /// The `lang` of the page.
    pub(super) language: Option<&'a str>,
    /// The address that the page names as its own, as it stands.
    pub(super) canonical: Option<&'a str>,
    /// What relative addresses are relative to, as it stands.
    pub(super) base: Option<&'a str>,
    /// The `title` element, as it stands.
    pub(super) title: String,
}

impl<'a> Head<'a> {
    /// Gathers them from a page.
    pub(super) fn of(dom: &Dom<'a>) -> Head<'a> {
        let mut head = Head {
            metas: Vec::new(),
            language: None,
            canonical: None,
            base: None,
            title: String::new(),
        };
        let mut titled = false;
        for (at, node) in dom.iter() {
            match node.tag {
                Tag::Html => head.language = node.attr("lang").or_else(|| node.attr("xml:lang")),
                Tag::Meta => {
                    let name = ["property", "name", "itemprop", "http-equiv"]
                        .iter()
                        .find_map(|name| node.attr(name));
                    if let (Some(name), Some(content)) = (name, node.attr("content")) {
                        head.metas
                            .push((name.trim().to_ascii_lowercase(), content.trim()));
                    }
                }
                Tag::Link if rels(node.attr("rel")).any(|rel| rel == "canonical") => {
                    head.canonical = head.canonical.or(node.attr("href"));
                }
                Tag::Base => head.base = head.base.or(node.attr("href")),
                Tag::Title if !titled => {
                    titled = true;
                    head.title = folded(&dom.raw_text(at));
                }
                _ => {}
            }
        }
        head
    }

    /// The first value that is not empty of the first of these names that has one.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| {
            self.metas
                .iter()
                .find(|(known, value)| known == name && !value.is_empty())
                .map(|(_, value)| *value)
        })
    }

    /// What the page and its headers ask of robots, this one included.
    pub(super) fn directives(&self, page: &Page) -> Directives {
        let mut directives = header_directives(page);
        for (name, value) in &self.metas {
            if name == "robots" || name == TOKEN {
                add(&mut directives, value);
            }
        }
        directives
    }
}

/// What the X-Robots-Tag fields of a page ask of robots, this one included.
pub(super) fn header_directives(page: &Page) -> Directives {
    let mut directives = Directives::default();
    for value in page.all_headers("x-robots-tag") {
        // `googlebot: noindex, nofollow` is addressed to another; `max-snippet: 5` to everyone.
        match value.split_once(':') {
            Some((name, rules)) if name.trim().eq_ignore_ascii_case(TOKEN) => {
                add(&mut directives, rules);
            }
            Some((name, _)) if !name.contains(',') && !is_rule(name.trim()) => {}
            _ => add(&mut directives, value),
        }
    }
    directives
}

fn is_rule(name: &str) -> bool {
    name.starts_with("max-") || name == "unavailable_after"
}

fn add(directives: &mut Directives, rules: &str) {
    for rule in rules.split([',', ';']) {
        match rule.trim().to_ascii_lowercase().as_str() {
            "noindex" => directives.noindex = true,
            "nofollow" => directives.nofollow = true,
            "noarchive" => directives.noarchive = true,
            "none" => {
                directives.noindex = true;
                directives.nofollow = true;
            }
            _ => {}
        }
    }
}

/// The words of a `rel` attribute, in lower case.
pub(super) fn rels(rel: Option<&str>) -> impl Iterator<Item = String> {
    rel.unwrap_or_default()
        .split_ascii_whitespace()
        .map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::super::dom::parse;
    use super::*;
    use crate::model::time::Timestamp;

    fn asked(markup: &str, headers: &[&str]) -> Directives {
        let page = Page {
            url: "https://northwind.example/".to_owned(),
            status: 200,
            headers: headers
                .iter()
                .map(|value| ("x-robots-tag".to_owned(), (*value).to_owned()))
                .collect(),
            body: Vec::new(),
            truncated: false,
            fetched: Timestamp(0),
            address: None,
        };
        let html = parse(markup);
        Head::of(&Dom::of(&html)).directives(&page)
    }

    #[test]
    fn directives_are_the_sum_of_what_is_addressed_to_us() {
        let all = asked(
            "<meta name=Robots content='NOINDEX, noarchive'>",
            &["nofollow"],
        );
        assert!(all.noindex && all.nofollow && all.noarchive);
        assert!(asked("<meta name=foresignal content=noindex>", &[]).noindex);
        assert!(asked("", &["foresignal: none"]).nofollow);
        assert!(asked("", &["max-snippet:5, noindex"]).noindex);
    }

    #[test]
    fn what_is_addressed_to_others_is_not_for_us() {
        let others = asked(
            "<meta name=googlebot content=noindex>",
            &["googlebot: noindex"],
        );
        assert_eq!(others, Directives::default());
    }
}
