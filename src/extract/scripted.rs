//! Pages whose text only comes with scripts: recognised, and read as far as they state their text
//! for machines all the same.

use super::dom::{Dom, Tag};
use super::head::Head;
use super::structured::{self, Item};

/// A page that shows less text than this, in bytes, shows none.
pub(super) const LITTLE: usize = 200;

/// This much code in a page is a program, not a counter of visits.
const PROGRAM: usize = 4_000;

/// Ids of the empty element that a program fills with the page.
const ROOTS: &[&str] = &[
    "app",
    "__next",
    "__nuxt",
    "___gatsby",
    "gatsby-focus-wrapper",
    "main",
    "mount",
    "root",
    "react-root",
    "svelte",
];

/// What a page says to those who have no scripts; without them it would show its text.
const ASKED: &[&str] = &["javascript", "java script", "enable js"];

/// Types whose description says what the page is about; those of whole sites and companies do not.
const DESCRIBED: &[&str] = &[
    "Article",
    "NewsArticle",
    "BlogPosting",
    "DiscussionForumPosting",
    "Event",
    "Product",
    "Service",
    "SoftwareApplication",
    "TechArticle",
    "WebPage",
];

/// The text that a page states for machines, when it shows none: an article's body, else what
/// describes it. The flag says whether it is the whole text.
pub(super) fn stated(head: &Head<'_>, items: &[Item], shown: &str) -> Option<(String, bool)> {
    if shown.len() >= LITTLE {
        return None;
    }
    let of_items = |property: &str| {
        items
            .iter()
            .filter(|item| structured::is_a(item, DESCRIBED))
            .filter_map(|item| structured::text(item, property))
            .max_by_key(String::len)
    };
    let body = of_items("articleBody").or_else(|| of_items("text"));
    let whole = body.is_some();
    let described = || {
        let of_head = head
            .meta(&["og:description", "twitter:description", "description"])
            .map(structured::unescaped);
        of_items("description")
            .into_iter()
            .chain(of_head)
            .max_by_key(String::len)
    };
    let text = super::dom::folded(&body.or_else(described)?);
    (text.len() > shown.len()).then_some((text, whole))
}

/// Whether the page's text only comes with scripts: it shows none, and either has an empty element
/// that a program fills, or asks for scripts, and brings the program.
pub(super) fn needed(dom: &Dom<'_>) -> bool {
    let (mut shown, mut code, mut bundles) = (0, 0, 0);
    let (mut asked, mut empty_root) = (false, false);
    let mut at = dom.first(Tag::Body).unwrap_or(dom.len());
    // Bundles are named in the head as well.
    for (_, node) in dom.iter().take(at) {
        bundles += usize::from(node.tag == Tag::Script && node.attr("src").is_some());
    }
    while at < dom.len() {
        let node = dom.node(at);
        match node.tag {
            Tag::Script => {
                bundles += usize::from(node.attr("src").is_some());
                code += dom
                    .children(at)
                    .map(|child| dom.node(child).own_text().len())
                    .sum::<usize>();
            }
            Tag::Noscript => {
                let said = dom.text(at).to_lowercase();
                asked |= ASKED.iter().any(|word| said.contains(word));
            }
            Tag::Text => shown += node.own_text().trim().len(),
            _ => {}
        }
        if shown >= LITTLE {
            return false;
        }
        let root = node.attr("id").is_some_and(|id| ROOTS.contains(&id))
            || node.name().is_some_and(|name| name == "app-root");
        // What stands in it counts as shown, so one that is passed by with little shown is empty.
        empty_root |= root;
        let passed = node.tag.is_silent() || matches!(node.tag, Tag::Noscript);
        at = if passed { node.end } else { at + 1 };
    }
    (asked || empty_root) && (bundles > 0 || code >= PROGRAM)
}

#[cfg(test)]
mod tests {
    use super::super::dom::parse;
    use super::*;

    fn is_needed(markup: &str) -> bool {
        needed(&Dom::of(&parse(markup)))
    }

    #[test]
    fn an_empty_root_and_a_program_need_scripts() {
        assert!(is_needed(
            "<head><script src=/main.js></script></head><body><div id=root></div>"
        ));
        assert!(is_needed(
            "<body><noscript>Please enable JavaScript to see this page.</noscript>\
             <div class=x></div><script src=/main.js></script>"
        ));
        let program = "x=1;".repeat(PROGRAM);
        assert!(is_needed(&format!(
            "<body><app-root></app-root><script>{program}</script>"
        )));
    }

    #[test]
    fn a_page_that_shows_text_or_has_no_program_does_not() {
        let text = "Northwind opens a plant in Zaragoza. ".repeat(10);
        assert!(!is_needed(&format!(
            "<body><noscript>Enable JavaScript</noscript><div id=root><p>{text}</p></div>\
             <script src=/main.js></script>"
        )));
        assert!(!is_needed("<body><div id=root></div>"));
        assert!(!is_needed(
            "<body><p>Under construction</p><script src=/a.js></script>"
        ));
    }

    #[test]
    fn what_is_stated_is_the_text_of_a_page_that_shows_none() {
        let of = |markup: &str, shown: &str| {
            let html = parse(markup);
            let dom = Dom::of(&html);
            stated(&Head::of(&dom), &structured::items(&dom), shown)
        };
        let body = "Northwind opens a plant in Zaragoza.";
        let article = format!(
            "<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"articleBody\":\"{body}\",\
             \"description\":\"A plant\"}}</script>"
        );
        assert_eq!(of(&article, ""), Some((body.to_owned(), true)));
        let described = format!("<meta property=og:description content='{body}'>");
        assert_eq!(of(&described, "Loading"), Some((body.to_owned(), false)));
        assert_eq!(of(&article, &"shown ".repeat(50)), None);
        assert_eq!(of("<p>nothing", ""), None);
    }
}
