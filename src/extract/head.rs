//! What a page's `meta`, `link` and `html` elements say about it.

use super::dom::{Dom, Tag, folded};

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

    /// All of them.
    pub(super) fn metas(&self) -> Vec<(String, String)> {
        let metas = self.metas.iter();
        metas
            .map(|(name, value)| (name.clone(), (*value).to_owned()))
            .collect()
    }

    /// Every value of a name, in page order.
    pub(super) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        let named = self.metas.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| *value)
    }
}

/// The words of a `rel` attribute, in lower case.
pub(super) fn rels(rel: Option<&str>) -> impl Iterator<Item = String> {
    rel.unwrap_or_default()
        .split_ascii_whitespace()
        .map(str::to_ascii_lowercase)
}
