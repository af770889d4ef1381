//! Which encoding a body is written in, and its text.
//!
//! The order is the HTML standard's: byte order mark, Content-Type header, what the page declares
//! (`<meta>`, or an XML declaration), and last the statistics of the bytes themselves. Decoding
//! never fails: what is malformed becomes U+FFFD.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far a declaration is looked for. The standard looks at 1024 bytes first and starts over
/// when the parser meets a later one; looking further at once comes to the same.
const PRESCAN: usize = 64 * 1024;

/// How much of a body is enough to recognise an undeclared encoding.
const SAMPLE: usize = 32 * 1024;

/// The body as text, in the encoding that [`sniff`] finds.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    // A byte order mark overrides the encoding given here, and is removed.
    sniff(body, content_type).decode(body).0
}

/// The encoding of a body that came with this Content-Type field.
pub fn sniff(body: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return encoding;
    }
    content_type
        .and_then(|value| charset_parameter(value.as_bytes()))
        .or_else(|| unmarked_utf16(body))
        .or_else(|| declared(&body[..body.len().min(PRESCAN)]))
        .unwrap_or_else(|| guessed(body))
}

/// UTF-16 without a mark shows in the zeros beside the first `<`.
fn unmarked_utf16(body: &[u8]) -> Option<&'static Encoding> {
    match body.get(..4)? {
        [b'<', 0, b'?' | b'!' | b'h' | b'H' | b'r' | b'f', 0] => Some(UTF_16LE),
        [0, b'<', 0, b'?' | b'!' | b'h' | b'H' | b'r' | b'f'] => Some(UTF_16BE),
        _ => None,
    }
}

/// What an XML declaration or a `<meta>` in these first bytes declares.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    xml_declaration(head).or_else(|| meta(head))
}

fn xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.trim_ascii_start();
    if !head.starts_with(b"<?xml") {
        return None;
    }
    let end = find(head, b">")?;
    let at = find(&head[..end], b"encoding")? + b"encoding".len();
    let rest = head[at..end]
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let quote = *rest.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let value = rest[1..].split(|byte| *byte == quote).next()?;
    Encoding::for_label(value).map(readable_as_ascii)
}

/// The standard's "prescan a byte stream to determine its encoding".
fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut at = 0;
    while at < head.len() {
        let rest = &head[at..];
        if rest.starts_with(b"<!--") {
            at += 2 + find(&rest[2..], b"-->")? + 3;
        } else if starts_tag(rest, b"<meta")
            && matches!(
                rest.get(5),
                Some(b' ' | b'\t' | b'\n' | b'\x0C' | b'\r' | b'/')
            )
        {
            let mut attributes = Attributes { bytes: rest, at: 5 };
            if let Some(encoding) = meta_element(&mut attributes) {
                return Some(encoding);
            }
            at += attributes.at + 1;
        } else if rest.len() > 2
            && rest[0] == b'<'
            && (rest[1].is_ascii_alphabetic() || rest[1] == b'/' && rest[2].is_ascii_alphabetic())
        {
            let name_end = rest
                .iter()
                .position(|b| b.is_ascii_whitespace() || *b == b'>')?;
            let mut attributes = Attributes {
                bytes: rest,
                at: name_end,
            };
            while attributes.next().is_some() {}
            at += attributes.at + 1;
        } else if rest[0] == b'<' && matches!(rest.get(1), Some(b'!' | b'/' | b'?')) {
            at += find(rest, b">")? + 1;
        } else {
            at += 1;
        }
    }
    None
}

fn meta_element(attributes: &mut Attributes<'_>) -> Option<&'static Encoding> {
    let (mut pragma, mut charset, mut content) = (false, None, None);
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for (name, value) in attributes.by_ref() {
        if seen.contains(&name) {
            continue;
        }
        match name.as_slice() {
            b"http-equiv" => pragma = value == b"content-type",
            b"content" => content = charset_parameter(&value),
            b"charset" => charset = Some(Encoding::for_label(&value)),
            _ => {}
        }
        seen.push(name);
    }
    let found = match charset {
        Some(label) => label,
        None if pragma => content,
        None => None,
    };
    found.map(readable_as_ascii)
}

/// A declaration that could be read byte by byte cannot truly be UTF-16.
fn readable_as_ascii(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16BE || encoding == UTF_16LE {
        UTF_8
    } else if encoding == encoding_rs::X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

/// The standard's "get an attribute", over and over: names and values in lower case.
struct Attributes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Attributes<'_> {
    type Item = (Vec<u8>, Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
        if self.peek()? == b'>' {
            return None;
        }
        let mut name = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                b'=' if !name.is_empty() => break,
                b'/' | b'>' => return Some((name, Vec::new())),
                byte if byte.is_ascii_whitespace() => break,
                byte => name.push(byte.to_ascii_lowercase()),
            }
            self.at += 1;
        }
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.peek()? != b'=' {
            return Some((name, Vec::new()));
        }
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        let mut value = Vec::new();
        let quote = self.peek()?;
        if quote == b'"' || quote == b'\'' {
            self.at += 1;
            while self.peek()? != quote {
                value.push(self.peek()?.to_ascii_lowercase());
                self.at += 1;
            }
            self.at += 1;
            return Some((name, value));
        }
        while let Some(byte) = self.peek() {
            if byte.is_ascii_whitespace() || byte == b'>' {
                return Some((name, value));
            }
            value.push(byte.to_ascii_lowercase());
            self.at += 1;
        }
        None
    }
}

impl Attributes<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self, unwanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&unwanted) {
            self.at += 1;
        }
    }
}

/// The standard's "extract a character encoding from a meta element", which also reads headers.
fn charset_parameter(value: &[u8]) -> Option<&'static Encoding> {
    let lower = value.to_ascii_lowercase();
    let mut rest = lower.as_slice();
    loop {
        rest = rest[find(rest, b"charset")? + b"charset".len()..].trim_ascii_start();
        if let Some(after) = rest.strip_prefix(b"=") {
            rest = after.trim_ascii_start();
            break;
        }
    }
    let label = match rest.first()? {
        quote @ (b'"' | b'\'') => {
            let end = rest[1..].iter().position(|byte| byte == quote)?;
            &rest[1..=end]
        }
        _ => rest
            .split(|byte| byte.is_ascii_whitespace() || *byte == b';')
            .next()?,
    };
    Encoding::for_label(label)
}

fn guessed(body: &[u8]) -> &'static Encoding {
    // Plain ASCII says nothing, however much of it there is.
    let Some(start) = body.iter().position(|byte| !byte.is_ascii()) else {
        return WINDOWS_1252;
    };
    let sample = &body[start..body.len().min(start + SAMPLE)];
    let last = start + sample.len() == body.len();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, last);
    detector.guess(None, Utf8Detection::Allow)
}

fn starts_tag(bytes: &[u8], tag: &[u8]) -> bool {
    bytes
        .get(..tag.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(tag))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_wins_over_the_header_and_the_header_over_the_declaration() {
        let latin = Some("text/html; charset=iso-8859-1");
        assert_eq!(sniff(b"\xEF\xBB\xBF<meta charset=koi8-r>", latin), UTF_8);
        assert_eq!(sniff(b"<meta charset=koi8-r>", latin), WINDOWS_1252);
        assert_eq!(sniff(b"<meta charset=koi8-r>", None).name(), "KOI8-R");
    }

    #[test]
    fn a_declaration_in_a_comment_or_far_into_the_page_does_not_count() {
        assert_eq!(sniff(b"<!-- <meta charset=koi8-r> -->", None), WINDOWS_1252);
        let late = format!("{}<meta charset=koi8-r>", " ".repeat(PRESCAN));
        assert_eq!(sniff(late.as_bytes(), None), WINDOWS_1252);
    }

    #[test]
    fn undeclared_bytes_are_recognised() {
        let russian = encoding_rs::WINDOWS_1251
            .encode("Компания объявила о расширении")
            .0;
        assert_eq!(sniff(&russian, None).name(), "windows-1251");
        assert_eq!(sniff("Anunció una ampliación".as_bytes(), None), UTF_8);
    }

    #[test]
    fn utf_16_is_read_with_or_without_a_mark_and_when_cut_in_half() {
        let big: Vec<u8> = "<?xml version='1.0'?><rss/>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(decode(&big, None), "<?xml version='1.0'?><rss/>");
        let cut = decode(&big[..big.len() - 1], None);
        assert!(cut.starts_with("<?xml") && cut.ends_with('\u{FFFD}'));
    }

    #[test]
    fn an_xml_declaration_counts() {
        let feed = b"<?xml version=\"1.0\" encoding='windows-1250'?><rss/>";
        assert_eq!(sniff(feed, None).name(), "windows-1250");
    }
}
