//! What must be put right in XML before a strict parser will have it.
//!
//! Feeds and sitemaps are made by templates: a bare `&`, a named character reference that only
//! HTML knows, a control character or a missing version would each cost the whole file.

/// The feed's text, put right.
pub(super) fn feed(text: &str) -> String {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let text = without_declaration(text);
    let text: String = if text.contains(is_forbidden) {
        text.chars().filter(|c| !is_forbidden(*c)).collect()
    } else {
        text.to_owned()
    };
    with_version(bodies_as_content(current_names(escape_ampersands(&text))))
}

/// The elements in which RSS was given whole texts before there was one for it, as that one. Their
/// markup is no part of the feed's.
fn bodies_as_content(mut text: String) -> String {
    const OPEN: &str =
        "<content:encoded xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">";
    for name in ["body", "xhtml:body", "fullitem"] {
        let (start, end) = (format!("<{name}"), format!("</{name}>"));
        if !text.contains("<item") || !text.contains(&end) {
            continue;
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(&start) {
            let tag = rest[at..].find('>').map(|close| at + close + 1);
            let close = tag.and_then(|tag| Some((tag, tag + rest[tag..].find(&end)?)));
            let Some((inner, close)) = close else { break };
            out.push_str(&rest[..at]);
            out.push_str(OPEN);
            let content = &rest[inner..close];
            if content.contains('<') && !content.contains("]]>") {
                out.extend(["<![CDATA[", content, "]]>"]);
            } else {
                out.push_str(content);
            }
            out.push_str("</content:encoded>");
            rest = &rest[close + end.len()..];
        }
        out.push_str(rest);
        text = out;
    }
    text
}

/// Formats older than the parser, in the names of those it knows: Atom 0.3, and RSS in the
/// namespaces that it was once given.
fn current_names(text: String) -> String {
    let head = &text[..text
        .char_indices()
        .nth(2000)
        .map_or(text.len(), |(at, _)| at)];
    if head.contains("http://purl.org/atom/ns#") {
        return ATOM_03
            .iter()
            .fold(text, |text, (old, new)| text.replace(old, new));
    }
    if head.contains(RSS_090) {
        return text.replacen(RSS_090, "http://purl.org/rss/1.0/", 1);
    }
    if head.contains("xmlns=\"http://backend.userland.com/")
        || head.contains("xmlns='http://backend.userland.com/")
    {
        return text
            .replacen(" xmlns=\"http://backend.userland.com/", " userland=\"", 1)
            .replacen(" xmlns='http://backend.userland.com/", " userland='", 1);
    }
    text
}

/// The namespace of RSS 0.90, which has the elements of 1.0.
const RSS_090: &str = "http://my.netscape.com/rdf/simple/0.9/";

/// What Atom 0.3 calls differently.
const ATOM_03: &[(&str, &str)] = &[
    ("http://purl.org/atom/ns#", "http://www.w3.org/2005/Atom"),
    ("<tagline", "<subtitle"),
    ("</tagline", "</subtitle"),
    ("<info", "<subtitle"),
    ("</info", "</subtitle"),
    ("<copyright", "<rights"),
    ("</copyright", "</rights"),
    ("<issued", "<published"),
    ("</issued", "</published"),
    ("<modified", "<updated"),
    ("</modified", "</updated"),
    (" type=\"text/html\" mode=\"escaped\"", " type=\"html\""),
    (" mode=\"escaped\" type=\"text/html\"", " type=\"html\""),
    (" type=\"text/html\"", " type=\"html\""),
    (" mode=\"escaped\"", " type=\"html\""),
    (" type=\"text/plain\"", " type=\"text\""),
    (
        " type=\"application/xhtml+xml\" mode=\"xml\"",
        " type=\"xhtml\"",
    ),
];

/// The text with every `&` that begins no reference known to XML written as `&amp;`, and the
/// named references of HTML as characters. What stands in CDATA is left alone.
pub(super) fn escape_ampersands(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let verbatim = [("<![CDATA[", "]]>"), ("<!--", "-->")]
            .iter()
            .find(|(open, _)| rest.starts_with(open))
            .map(|(_, close)| rest.find(close).map_or(rest.len(), |end| end + close.len()));
        if let Some(end) = verbatim {
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if rest.starts_with('<') {
            out.push('<');
            rest = &rest[1..];
        } else {
            rest = reference(rest, &mut out);
        }
    }
    out.push_str(rest);
    out
}

/// Writes the reference at the start of `rest`, or an escaped `&`; gives what is left.
fn reference<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let end = rest[1..]
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '#')
        .map_or(rest.len(), |end| end + 1);
    let name = &rest[1..end];
    if !rest[end..].starts_with(';') || name.is_empty() {
        out.push_str("&amp;");
        return &rest[1..];
    }
    let is_number =
        name.strip_prefix('#')
            .is_some_and(|number| match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).is_ok_and(is_character),
                None => number.parse().is_ok_and(is_character),
            });
    match name {
        "amp" | "lt" | "gt" | "quot" | "apos" => out.push_str(&rest[..=end]),
        _ if is_number => out.push_str(&rest[..=end]),
        _ => match named(name).filter(|_| !name.starts_with('#')) {
            Some(character) => out.push(character),
            None => {
                out.push_str("&amp;");
                return &rest[1..];
            }
        },
    }
    &rest[end + 1..]
}

fn is_character(number: u32) -> bool {
    char::from_u32(number).is_some_and(|c| !is_forbidden(c))
}

/// Characters that XML 1.0 does not allow.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The named references of HTML that feeds use, as html5ever knows them.
fn named(name: &str) -> Option<char> {
    let html = scraper::Html::parse_fragment(&format!("&{name};"));
    let text: String = html.root_element().text().collect();
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// The declaration would name an encoding that the text no longer has.
fn without_declaration(text: &str) -> &str {
    if !text.starts_with("<?xml") {
        return text;
    }
    text.find("?>")
        .map_or(text, |end| text[end + 2..].trim_start())
}

/// `<rss>` without a version is RSS 2.0 as people write it.
fn with_version(text: String) -> String {
    let Some(at) = text.find("<rss") else {
        return text;
    };
    let Some(end) = text[at..].find('>') else {
        return text;
    };
    if text[at..at + end].contains("version") {
        return text;
    }
    format!("{}<rss version=\"2.0\"{}", &text[..at], &text[at + 4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_ampersands_are_escaped_and_references_kept() {
        assert_eq!(
            escape_ampersands("a & b &amp; c&d; &#38; &"),
            "a &amp; b &amp; c&amp;d; &#38; &amp;"
        );
        assert_eq!(escape_ampersands("caf&eacute;&nbsp;x"), "café\u{A0}x");
        assert_eq!(
            escape_ampersands("<![CDATA[a & b]]>&"),
            "<![CDATA[a & b]]>&amp;"
        );
        assert_eq!(escape_ampersands("&#0;"), "&amp;#0;");
    }

    #[test]
    fn whole_texts_in_elements_of_their_own_are_content() {
        let text = feed(
            "<rss version='2'><item><body xmlns='x'>a <b>c</b><br/></body></item>\
             <item><fullitem>d &lt;b></fullitem></item></rss>",
        );
        assert!(text.contains("\"><![CDATA[a <b>c</b><br/>]]></content:encoded></item>"));
        assert!(text.contains("\">d &lt;b></content:encoded></item>"));
        let open = "<rss version='2'><item><body>a</item></rss>";
        assert_eq!(feed(open), open);
    }

    #[test]
    fn declarations_controls_and_missing_versions_are_put_right() {
        let text = feed("\u{FEFF} <?xml version='1.0' encoding='x'?>\n<rss>\u{1}</rss>");
        assert_eq!(text, "<rss version=\"2.0\"></rss>");
        assert_eq!(feed("<rss version='0.91'/>"), "<rss version='0.91'/>");
    }
}
