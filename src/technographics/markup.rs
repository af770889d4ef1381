//! What surrounds a place in raw markup. The page is not parsed again: a look at the bytes before
//! and after is enough to tell a script that runs from a text that speaks of one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// How far back a tag's beginning is looked for.
const TAG_REACH: usize = 400;

/// How long a URL may be around the piece that was found.
const URL_REACH: usize = 300;

/// Elements whose content or address is something to read or to follow, not to run.
const READ_NOT_RUN: &[&str] = &[
    "a",
    "area",
    "b",
    "blockquote",
    "code",
    "em",
    "i",
    "kbd",
    "li",
    "p",
    "pre",
    "samp",
    "strong",
    "td",
    "textarea",
    "title",
    "xmp",
];

/// Whether the elements around this place run or load something, rather than show or link it.
pub(super) fn runs(tag: &str) -> bool {
    !READ_NOT_RUN.contains(&tag)
}

/// Whether a piece at this place begins with a whole host name, or with whole labels of one.
pub(super) fn at_host(text: &[u8], start: usize) -> bool {
    matches!(text[..start].last(), Some(b'/' | b'.' | b'*')) || start == 0
}

/// Whether a URL that begins here is a value, quoted or assigned, and not a word of a text.
pub(super) fn is_value(text: &[u8], start: usize) -> bool {
    let values = b"\"'`=(,;\\";
    text[..start]
        .last()
        .is_some_and(|before| values.contains(before))
}

/// The name of the tag that begins last before this place, in lower case; empty when none is near.
pub(super) fn tag_before(text: &[u8], place: usize) -> String {
    let near = &text[place.saturating_sub(TAG_REACH)..place];
    let mut end = near.len();
    while let Some(open) = near[..end].iter().rposition(|&byte| byte == b'<') {
        let name = near[open + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric());
        let name: String = name
            .map(|&byte| char::from(byte).to_ascii_lowercase())
            .collect();
        let after = near.get(open + 1 + name.len());
        if !name.is_empty() && matches!(after, Some(b' ' | b'\n' | b'\t' | b'\r' | b'>' | b'/')) {
            return name;
        }
        end = open;
    }
    String::new()
}

/// The URL that the piece at this range stands in.
pub(super) fn url_around(text: &[u8], piece: &Range<usize>) -> Range<usize> {
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(
                byte,
                b'"' | b'\'' | b'<' | b'>' | b'(' | b')' | b'`' | b',' | b';'
            )
    };
    let from = piece.start.saturating_sub(URL_REACH);
    let start = text[from..piece.start]
        .iter()
        .rposition(ends)
        .map_or(from, |at| from + at + 1);
    let to = text.len().min(piece.end + URL_REACH);
    let end = text[piece.end..to]
        .iter()
        .position(ends)
        .map_or(to, |at| piece.end + at);
    start..end
}

/// The bytes around a range, as far as a pattern may look.
pub(super) fn window(text: &[u8], piece: &Range<usize>) -> Range<usize> {
    piece.start.saturating_sub(80)..text.len().min(piece.end + 160)
}

/// Every meta element that has a name and a content: name in lower case, content, in order.
pub(super) fn metas(text: &[u8]) -> Vec<(String, &[u8])> {
    static META: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i-u)<meta\s[^>]{1,700}>").expect("this pattern compiles: tested")
    });
    META.find_iter(text)
        .filter_map(|tag| {
            let tag = tag.as_bytes();
            let name = attribute(tag, "name").or_else(|| attribute(tag, "property"))?;
            let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
            Some((name, attribute(tag, "content")?.trim_ascii()))
        })
        .collect()
}

fn attribute<'a>(tag: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?-u)\s([A-Za-z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#)
            .expect("this pattern compiles: tested")
    });
    let pair = PAIR
        .captures_iter(tag)
        .find(|pair| pair[1].eq_ignore_ascii_case(wanted.as_bytes()))?;
    let value = pair
        .get(2)
        .or_else(|| pair.get(3))
        .or_else(|| pair.get(4))?;
    Some(value.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_before_a_place() {
        for (text, tag) in [
            (r#"<p><script src="//x"#, "script"),
            (r#"<A href="//x"#, "a"),
            ("<script>if(a<b){load('//x", "script"),
            ("</p>//x", ""),
            ("x", ""),
            ("<", ""),
        ] {
            assert_eq!(tag_before(text.as_bytes(), text.len()), tag, "{text}");
        }
    }

    #[test]
    fn meta_elements_are_read_however_they_are_written() {
        let text = br#"<META content='Hugo 0.1' name=Generator /><meta charset="utf-8">
            <meta property="og:type" content=website><meta name="x">"#;
        let expected = [
            ("generator".to_owned(), &b"Hugo 0.1"[..]),
            ("og:type".to_owned(), &b"website"[..]),
        ];
        assert_eq!(metas(text), expected);
    }

    #[test]
    fn a_url_ends_where_its_quotes_do() {
        let text = br#"load("https://a.example/b/c.js?d=1");"#;
        let place = 14..23;
        assert_eq!(
            &text[url_around(text, &place)],
            b"https://a.example/b/c.js?d=1"
        );
    }
}
