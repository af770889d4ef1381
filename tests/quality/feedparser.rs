//! feedparser's corpus: every feed says in its first comment what must come out of it.

use std::collections::BTreeMap;
use std::path::Path;

use foresignal::extract;
use foresignal::model::time::Timestamp;
use serde_json::{Value, json};

use super::files;

/// feedparser's expectations, as far as they are of the form `x['y'] == 'z'` over what is read.
pub(super) fn measure(folder: &Path) -> Value {
    let (mut expectations, mut held) = (0, 0);
    let mut by_field: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut dump = String::new();
    for file in files(folder, "xml") {
        let bytes = std::fs::read(&file).expect("a feed");
        let text = extract::charset::decode(&bytes, None);
        let Some(expected) = text
            .split("Expect:")
            .nth(1)
            .and_then(|rest| rest.split("-->").next())
        else {
            continue;
        };
        let header = text
            .split("Content-type:")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        let feed =
            extract::feed::parse(&bytes, header.map(str::trim), "http://127.0.0.1:8097/x.xml");
        for (of_entry, field, wanted) in expectations_of(expected) {
            let found = feed
                .as_ref()
                .and_then(|feed| field_of(feed, of_entry, &field));
            let good = found.as_deref().is_some_and(|found| same(found, &wanted));
            expectations += 1;
            held += usize::from(good);
            let count = by_field.entry(field.clone()).or_default();
            count.0 += 1;
            count.1 += usize::from(good);
            if !good {
                dump += &format!(
                    "{}\t{of_entry}\t{field}\t{wanted}\t{found:?}\n",
                    file.display()
                );
            }
        }
    }
    std::fs::write("target/feeds.tsv", dump).expect("target can be written");
    let by_field: BTreeMap<_, _> = by_field
        .into_iter()
        .map(|(field, (all, held))| (field, json!({"expectations": all, "held": held})))
        .collect();
    json!({ "expectations": expectations, "held": held, "by_field": by_field })
}

/// The `feed['x'] == '…'` and `entries[0]['x'] == '…'` of a Python expression.
fn expectations_of(expected: &str) -> Vec<(bool, String, String)> {
    let pattern = regex::Regex::new(r#"(feed|entries\[0\])\[u?'(\w+)'\](?:\[0\]\['value'\])? == (?:u?'((?:[^'\\]|\\.)*)'|u?"((?:[^"\\]|\\.)*)"|\(([\d, ]+)\))"#).expect("a pattern");
    pattern
        .captures_iter(expected)
        .filter_map(|found| {
            let value = found
                .get(3)
                .or_else(|| found.get(4))
                .or_else(|| found.get(5))?
                .as_str();
            let field = match &found[2] {
                "title" => "title",
                "link" => "link",
                "id" | "guid" => "id",
                "summary" | "description" | "subtitle" | "tagline" => "summary",
                "content" => "content",
                "language" => "language",
                "published_parsed" | "issued_parsed" => "published",
                "updated_parsed" | "modified_parsed" => "updated",
                _ => return None,
            };
            Some((
                found[1].starts_with("entries"),
                field.to_owned(),
                unescaped(value),
            ))
        })
        .collect()
}

fn unescaped(python: &str) -> String {
    let mut out = String::new();
    let mut chars = python.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let code = |chars: &mut std::str::Chars<'_>, n: usize| {
            let digits: String = chars.by_ref().take(n).collect();
            u32::from_str_radix(&digits, 16)
                .ok()
                .and_then(char::from_u32)
                .unwrap_or('?')
        };
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('x') => out.push(code(&mut chars, 2)),
            Some('u') => out.push(code(&mut chars, 4)),
            Some('U') => out.push(code(&mut chars, 8)),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

fn field_of(feed: &extract::feed::Feed, of_entry: bool, field: &str) -> Option<String> {
    let time = |at: Option<Timestamp>| {
        let zoned = at?.instant().to_zoned(jiff::tz::TimeZone::UTC);
        Some(zoned.strftime("%Y, %-m, %-d, %-H, %-M, %-S").to_string())
    };
    if !of_entry {
        return match field {
            "title" => feed.title.clone(),
            "link" => feed.link.clone(),
            "id" => feed.id.clone(),
            "summary" => feed.description.clone(),
            "language" => feed.language.clone(),
            "published" => time(feed.published.or(feed.updated)),
            "updated" => time(feed.updated.or(feed.published)),
            _ => None,
        };
    }
    let entry = feed.entries.first()?;
    match field {
        "title" => entry.title.clone(),
        "link" => entry.link.clone(),
        "id" => entry.id.clone(),
        "summary" => entry.summary.clone().or_else(|| entry.content.clone()),
        "content" => entry.content.clone().or_else(|| entry.summary.clone()),
        "published" => time(entry.published),
        "updated" => time(entry.updated.or(entry.published)),
        _ => None,
    }
}

/// Whether two texts are the same but for white space, markup and how references are written;
/// a time tuple of Python begins with its six numbers.
fn same(found: &str, wanted: &str) -> bool {
    if wanted
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b' ')
        && wanted.contains(", ")
    {
        return wanted.starts_with(&format!("{found},"));
    }
    let shown = |text: &str| {
        // Scripts and their like are not text, and the reader leaves them out.
        let text = regex::Regex::new(
            r"(?is)<script\b.*?</script>|<style\b.*?</style>|<title\b.*?</title>|</?iframe[^>]*>",
        )
        .expect("a pattern")
        .replace_all(text, "");
        let text = text.as_ref();
        let html = scraper::Html::parse_fragment(text);
        let text: String = html.root_element().text().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    found.trim() == wanted.trim() || shown(found) == shown(wanted)
}
