//! What surrounds a place in raw markup. The page is not parsed again: a look at the bytes before
//! and after is enough to tell a script that runs from a text that speaks of one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// How far back a tag's beginning is looked for.
const TAG_REACH: usize = 400;

/// Meta elements of one page that are looked at.
const METAS: usize = 2000;

/// How far before a place the tag begins that it is in.
const TAG: usize = 2000;

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
    static META: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i-u)<meta[\s/]").expect("this pattern compiles: tested"));
    META.find_iter(text)
        .take(METAS)
        .filter_map(|found| {
            let tag = &text[found.start()..tag_end(text, found.start())?];
            let name = attribute(tag, "name").or_else(|| attribute(tag, "property"))?;
            let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
            Some((name, attribute(tag, "content")?.trim_ascii()))
        })
        .collect()
}

/// The value of an attribute of a tag, both as they stand there.
pub(super) fn attribute<'a>(tag: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?-u)\s([A-Za-z_:][A-Za-z0-9_:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#,
        )
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

/// The tag that this place is in, from `<` to `>`; none: it is in none, or in one too long.
pub(super) fn tag_around(text: &[u8], place: &Range<usize>) -> Option<Range<usize>> {
    let from = place.start.saturating_sub(TAG);
    let before = &text[from..text.len().min(place.start + 1)];
    let start = from + before.iter().rposition(|&byte| byte == b'<')?;
    let end = tag_end(text, start)?;
    let named = text.get(start + 1).is_some_and(u8::is_ascii_alphabetic);
    (named && end >= place.end).then_some(start..end)
}

/// Where the tag ends that begins here, its `>` included.
fn tag_end(text: &[u8], start: usize) -> Option<usize> {
    let mut quote = None;
    for (place, &byte) in text[start..].iter().enumerate().take(2 * TAG) {
        match (byte, quote) {
            (b'>', None) => return Some(start + place + 1),
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

/// A script element.
pub(super) struct Script<'a> {
    /// Its `src`, as it stands there.
    pub(super) source: Option<&'a [u8]>,
    /// What stands within it.
    pub(super) body: &'a [u8],
}

/// Every script element, in order. One that is not closed goes to the end of the text, as it does in
/// a browser.
pub(super) fn scripts(text: &[u8]) -> impl Iterator<Item = Script<'_>> {
    static EDGES: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        let edge = |pattern| Regex::new(pattern).expect("this pattern compiles: tested");
        [edge(r"(?i-u)<script[\s>/]"), edge(r"(?i-u)</script")]
    });
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = EDGES[0].find_at(text, at)?.start();
        let Some(end) = tag_end(text, start) else {
            at = text.len();
            return None;
        };
        let close = EDGES[1]
            .find_at(text, end)
            .map_or(text.len(), |close| close.start());
        at = close;
        Some(Script {
            source: attribute(&text[start..end], "src"),
            body: &text[end..close],
        })
    })
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

    #[test]
    fn scripts_end_where_a_browser_ends_them() {
        let text = b"<SCRIPT src='a.js'></script><script>if(a<b){\"<script>\"}</Script><scripty><script async src=b>x";
        let found: Vec<(Option<&[u8]>, &[u8])> =
            scripts(text).map(|one| (one.source, one.body)).collect();
        let expected: [(Option<&[u8]>, &[u8]); 3] = [
            (Some(b"a.js"), b""),
            (None, b"if(a<b){\"<script>\"}"),
            (Some(b"b"), b"x"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_tag_around_a_place() {
        let text = b"a<b c='>d' e=f>g<h";
        let around = |place: usize| tag_around(text, &(place..place + 1)).map(|tag| &text[tag]);
        assert_eq!(around(11), Some(&text[1..15]));
        assert_eq!(around(8), Some(&text[1..15]));
        assert_eq!(around(15), None);
        assert_eq!(around(17), None);
    }
}
