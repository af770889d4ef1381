//! The lines of a page as a reader sees them: what stands between two breaks.

use super::super::dom::{Dom, Flat, Tag, folded};

/// Lines that are looked at.
const MAX_LINES: usize = 3_000;
/// Bytes of a line that are looked at.
const MAX_LINE: usize = 3_000;
/// How deep a footer is looked for that is no `footer` element.
const FOOTER_DEPTH: usize = 8;
/// Elements that are asked whether they are a footer.
const FOOTER_TRIES: usize = 120;

/// One line.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Its text, white space folded.
    pub(super) text: String,
    /// Whether it stands in the page's footer.
    pub(super) frame: bool,
    /// Whether it is a heading.
    pub(super) heading: bool,
}

/// The lines of the whole page but its navigation, or of its footers alone.
pub(super) fn lines(dom: &Dom<'_>, whole: bool) -> Vec<Line> {
    let footers = footers(dom);
    let mut lines = Vec::new();
    if whole {
        let body = dom.first(Tag::Body).unwrap_or(0);
        gather(dom, body, &footers, &mut lines);
    } else {
        for (start, _) in &footers {
            gather(dom, *start, &footers, &mut lines);
        }
    }
    lines
}

/// Where the page's footers begin and end.
fn footers(dom: &Dom<'_>) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, node) in dom.iter().filter(|(_, node)| node.tag == Tag::Footer) {
        let inside = found.iter().any(|(_, end)| at < *end);
        let of_article = || {
            let mut above = dom.ancestors(at).map(|at| dom.node(at).tag);
            above.any(|tag| matches!(tag, Tag::Article | Tag::Blockquote))
        };
        if !inside && !of_article() {
            found.push((at, node.end));
        }
    }
    if found.is_empty()
        && let Some(body) = dom.first(Tag::Body)
    {
        found.extend(named_footer(dom, body));
    }
    found
}

/// A footer by its name, among the last elements of the page.
fn named_footer(dom: &Dom<'_>, body: usize) -> Option<(usize, usize)> {
    let (mut level, mut tries) = (vec![body], 0);
    for _ in 0..FOOTER_DEPTH {
        let mut next = Vec::new();
        for at in level {
            let children: Vec<usize> = dom.children(at).collect();
            for child in children.into_iter().rev() {
                let node = dom.node(child);
                if !matches!(
                    node.tag,
                    Tag::Div | Tag::Section | Tag::Table | Tag::Td | Tag::Tr
                ) {
                    continue;
                }
                tries += 1;
                if tries > FOOTER_TRIES {
                    return None;
                }
                if is_named(node) {
                    return Some((child, node.end));
                }
                next.push(child);
            }
        }
        level = next;
    }
    None
}

fn is_named(node: &Flat<'_>) -> bool {
    let named = |names: &str| {
        let mut words = names.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| {
            word.get(..6)
                .is_some_and(|start| start.eq_ignore_ascii_case("footer"))
        })
    };
    node.attr("role") == Some("contentinfo")
        || [node.attr("id"), node.attr("class")]
            .into_iter()
            .flatten()
            .any(named)
}

fn gather(dom: &Dom<'_>, from: usize, footers: &[(usize, usize)], lines: &mut Vec<Line>) {
    let end = dom.node(from).end;
    let (mut at, mut open) = (from, Line::default());
    // Where the block elements end that are open: there a line ends too.
    let mut ends: Vec<usize> = Vec::new();
    while at < end && lines.len() < MAX_LINES {
        while ends.last().is_some_and(|end| *end <= at) {
            ends.pop();
            close(&mut open, lines);
        }
        let node = dom.node(at);
        match node.tag {
            Tag::Text if open.text.len() < MAX_LINE => {
                open.text.push_str(node.own_text());
                open.frame = footers
                    .iter()
                    .any(|(start, end)| (*start..*end).contains(&at));
            }
            Tag::Text => {}
            Tag::Nav | Tag::Select | Tag::Option | Tag::Textarea | Tag::Button => {
                at = node.end;
                continue;
            }
            tag if tag.is_silent() => {
                at = node.end;
                continue;
            }
            Tag::Br => close(&mut open, lines),
            // A row's cells stay apart, but on lines of their own.
            tag if tag.is_block() || matches!(tag, Tag::Td | Tag::Th | Tag::Dt | Tag::Dd) => {
                close(&mut open, lines);
                open.heading = matches!(
                    tag,
                    Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 | Tag::Dt
                );
                ends.push(node.end);
            }
            _ => {}
        }
        at += 1;
    }
    close(&mut open, lines);
}

fn close(open: &mut Line, lines: &mut Vec<Line>) {
    let line = std::mem::take(open);
    let text = folded(super::cut(&line.text, MAX_LINE));
    if !text.is_empty() {
        lines.push(Line { text, ..line });
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::dom::parse;
    use super::*;

    fn of(markup: &str, whole: bool) -> Vec<Line> {
        lines(&Dom::of(&parse(markup)), whole)
    }

    #[test]
    fn blocks_and_breaks_end_lines() {
        let found = of(
            "<nav>Home</nav><h2>Northwind <b>GmbH</b></h2><p>Hafenweg 4<br>20457 Hamburg</p>\
             <table><tr><td>VAT<td>DE1</table>tail<footer>© Northwind</footer>",
            true,
        );
        let texts: Vec<&str> = found.iter().map(|line| line.text.as_str()).collect();
        let wanted = [
            "Northwind GmbH",
            "Hafenweg 4",
            "20457 Hamburg",
            "VAT",
            "DE1",
            "tail",
        ];
        assert_eq!(texts[..6], wanted);
        assert!(found[0].heading && !found[1].heading);
        assert!(found[6].frame && !found[5].frame);
    }

    #[test]
    fn of_other_pages_the_footer_alone_is_read() {
        let found = of(
            "<p>text<div><div class='site-footer x'><p>© Northwind</div></div>",
            false,
        );
        assert_eq!(found.len(), 1);
        assert!(found[0].frame);
        assert!(of("<article><footer>by us</footer></article>", false).is_empty());
        assert!(of("<p>text", false).is_empty());
    }

    #[test]
    fn lines_are_bounded() {
        let many = of(&"<p>a".repeat(9_000), true);
        assert_eq!(many.len(), MAX_LINES);
        let long = of(&"a".repeat(9_000), true);
        assert!(long[0].text.len() <= MAX_LINE);
    }
}
