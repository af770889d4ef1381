//! From bytes to lines with a meaning, as Google's parser reads them.

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
    Sitemap,
    /// How content may be used (draft-ietf-aipref-attach §3).
    ContentUsage,
    /// The same in Cloudflare's words (contentsignals.org).
    ContentSignal,
}

/// One line that says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) key: Key,
    pub(super) value: &'a [u8],
    /// Counted from one, as an editor shows it.
    pub(super) number: usize,
}

/// How a key may begin, in lower case. Google compares beginnings, and accepts these typos because
/// they are frequent and their meaning is plain.
const SPELLINGS: &[(&str, Key)] = &[
    ("user-agent", Key::UserAgent),
    ("useragent", Key::UserAgent),
    ("user agent", Key::UserAgent),
    ("allow", Key::Allow),
    ("disallow", Key::Disallow),
    ("dissallow", Key::Disallow),
    ("dissalow", Key::Disallow),
    ("disalow", Key::Disallow),
    ("diasllow", Key::Disallow),
    ("disallaw", Key::Disallow),
    ("crawl-delay", Key::CrawlDelay),
    ("crawldelay", Key::CrawlDelay),
    ("crawl delay", Key::CrawlDelay),
    ("sitemap", Key::Sitemap),
    ("site-map", Key::Sitemap),
    ("content-usage", Key::ContentUsage),
    ("content-signal", Key::ContentSignal),
];

/// What goes beyond this is cut off a line: eight times the longest URL that browsers took.
const LONGEST_LINE: usize = 2083 * 8;

/// The lines that say something, in order.
pub(super) fn read(body: &[u8]) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut rest = without_mark(body);
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = match after {
            [b'\r', b'\n', after @ ..] | [_, after @ ..] => after,
            [] => after,
        };
        let line = &line[..line.len().min(LONGEST_LINE)];
        if let Some((key, value)) = meaning(line) {
            found.push(Line { key, value, number });
        }
    }
    found
}

/// The product token at the start of a User-agent value: `FooBot/2.1 (x)` → `FooBot`.
pub(super) fn product_token(value: &[u8]) -> &[u8] {
    let token = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
    let end = value.iter().position(|byte| !token(byte));
    &value[..end.unwrap_or(value.len())]
}

/// Whether a User-agent value means every robot: a star, and nothing but a remark behind it.
pub(super) fn is_everyone(value: &[u8]) -> bool {
    matches!(value, [b'*'] | [b'*', b' ' | b'\t', ..])
}

/// The value as text: bytes that are not UTF-8, controls and spaces percent-encoded, which is how
/// they would stand in a URL.
pub(super) fn printable(value: &[u8]) -> String {
    let plain = std::str::from_utf8(value).ok();
    if let Some(text) = plain
        && !text.bytes().any(|byte| byte <= b' ' || byte == 0x7f)
    {
        return text.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    for &byte in value {
        if byte.is_ascii_graphic() {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Drops a byte order mark, or as much of one as there is.
fn without_mark(body: &[u8]) -> &[u8] {
    let mark = b"\xef\xbb\xbf";
    let same = body.iter().zip(mark).take_while(|(a, b)| a == b).count();
    &body[same..]
}

fn meaning(line: &[u8]) -> Option<(Key, &[u8])> {
    let line = line.split(|&byte| byte == b'#').next()?.trim_ascii();
    let (key, value) = match line.iter().position(|&byte| byte == b':') {
        Some(colon) => (&line[..colon], &line[colon + 1..]),
        None => {
            // The colon is often forgotten; that is accepted where nothing else can be meant.
            let space = line.iter().position(u8::is_ascii_whitespace)?;
            let value = line[space..].trim_ascii();
            if value.iter().any(u8::is_ascii_whitespace) {
                return None;
            }
            (&line[..space], value)
        }
    };
    let key = key.trim_ascii();
    let (_, key) = SPELLINGS.iter().find(|(spelling, _)| {
        key.get(..spelling.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(spelling.as_bytes()))
    })?;
    Some((*key, value.trim_ascii()))
}
