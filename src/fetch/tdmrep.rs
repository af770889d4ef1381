//! `/.well-known/tdmrep.json`: which rights to mine text and data a site reserves (TDM Reservation
//! Protocol, W3C community group's final report of 10 May 2024).
//!
//! Invariants: nothing here fails or panics, whatever the bytes; what is no rule says nothing;
//! the rules that are kept never exceed 8 KB, and never reserve less than the file does.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use url::Url;

use super::robots::Pattern;
use crate::model::host::TdmRule;
use crate::model::wishes::Heard;

/// Where it lies at every host.
pub const PATH: &str = "/.well-known/tdmrep.json";

/// How many rules are kept, and how many bytes of them: a host's record holds them.
const MOST_RULES: usize = 200;
const MOST_BYTES: usize = 8 * 1024;

/// The rules of a file, in its order; none where it is not what it ought to be.
pub fn parse(body: &[u8]) -> Vec<TdmRule> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // A file that breaks off is not understood: what stands behind the break may be the
    // exception to what stands before.
    serde_json::from_slice::<File>(body).map_or_else(|_| Vec::new(), |file| file.rules)
}

/// What the rules say of a path: the first that matches decides.
pub fn at(rules: &[TdmRule], path_and_query: &str) -> Heard {
    let mut heard = Heard::default();
    let fits = |rule: &&TdmRule| {
        Pattern::new(&rule.location).is_some_and(|pattern| pattern.matches(path_and_query))
    };
    if let Some(rule) = rules.iter().find(fits) {
        heard.mine(rule.reserved, &format!("tdmrep.json: {}", text(rule)));
    }
    heard
}

/// A rule, as people are shown it.
pub fn text(rule: &TdmRule) -> String {
    let word = if rule.reserved { "reserved" } else { "free" };
    let policy = rule.policy.as_deref();
    let offer = policy.map_or(String::new(), |url| format!(", policy {url}"));
    format!("{} is {word}{offer}", rule.location)
}

/// The rules as they come in: read one by one, so that a large file costs no more than a small.
#[derive(Default)]
struct File {
    rules: Vec<TdmRule>,
    bytes: usize,
    full: bool,
}

impl File {
    fn take(&mut self, rule: TdmRule) {
        self.bytes += rule.location.len() + rule.policy.as_deref().map_or(0, str::len);
        self.full |= self.rules.len() >= MOST_RULES || self.bytes > MOST_BYTES;
        if !self.full {
            self.rules.push(rule);
        } else if rule.reserved && self.rules.last().is_none_or(|last| last.location != "*") {
            // What cannot be kept is reserved for all that no kept rule is for.
            self.rules.push(TdmRule {
                location: "*".to_owned(),
                reserved: true,
                policy: None,
            });
        }
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<File, D::Error> {
        from.deserialize_any(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = File;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rules")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<File, A::Error> {
        let mut file = File::default();
        while let Some(Entry(rule)) = all.next_element()? {
            if let Some(rule) = rule {
                file.take(rule);
            }
        }
        Ok(file)
    }

    /// One rule without the brackets around it: a slip that can mean nothing else.
    fn visit_map<A: MapAccess<'de>>(self, rule: A) -> Result<File, A::Error> {
        let mut file = File::default();
        if let Entry(Some(rule)) = EntryVisitor.visit_map(rule)? {
            file.take(rule);
        }
        Ok(file)
    }
}

/// One member of the file; `None`: it is no rule.
struct Entry(Option<TdmRule>);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Entry, D::Error> {
        from.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Entry, A::Error> {
        let (mut location, mut reserved, mut policy) = (None, None, None);
        while let Some(key) = members.next_key::<Text>()? {
            match key.0.as_deref() {
                Some("location") => location = members.next_value::<Text>()?.0,
                Some("tdm-reservation") => reserved = members.next_value::<Text>()?.0,
                Some("tdm-policy") => policy = members.next_value::<Text>()?.0,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        // Values beside 0 and 1 are slips, and say nothing.
        let reserved = match reserved.as_deref().map(str::trim) {
            Some("1") => Some(true),
            Some("0") => Some(false),
            _ => None,
        };
        let rule = location.zip(reserved).map(|(location, reserved)| TdmRule {
            location: path_of(location),
            reserved,
            policy,
        });
        Ok(Entry(rule))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Entry, A::Error> {
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Entry(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Entry, E> {
        Ok(Entry(None))
    }

    fn visit_unit<E>(self) -> Result<Entry, E> {
        Ok(Entry(None))
    }
}

/// A string or a whole number as text; `None`: anything else.
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
        from.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(Some(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Text, A::Error> {
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Text, A::Error> {
        while all.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

/// A location as a path: the report's are, but some sites write whole URLs, or no first slash.
fn path_of(location: String) -> String {
    let whole = Url::parse(&location).ok().filter(Url::has_host);
    match whole {
        Some(url) => url[url::Position::BeforePath..].to_owned(),
        None if location.starts_with(['/', '*']) => location,
        None => format!("/{location}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::wishes::Wishes;

    fn reserved(file: &str, path: &str) -> Option<bool> {
        let heard = at(&parse(file.as_bytes()), path);
        heard.mining.map(|(reserved, _)| reserved)
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let file = r#"[
            {"location": "/news/free/", "tdm-reservation": 0},
            {"location": "/news/", "tdm-reservation": 1, "tdm-policy": "https://x.example/p.json"},
            {"location": "/img/*.jpg$", "tdm-reservation": 1},
            {"location": "/News", "tdm-reservation": 1}
        ]"#;
        for (path, expected) in [
            ("/news/a", Some(true)),
            ("/news/free/a", Some(false)),
            ("/news", None),
            ("/img/a/b.jpg", Some(true)),
            ("/img/a/b.jpg?x", None),
            ("/img/%61.jpg", Some(true)),
            ("/", None),
        ] {
            assert_eq!(reserved(file, path), expected, "{path}");
        }
        let heard = at(&parse(file.as_bytes()), "/news/a");
        assert_eq!(
            heard.by(Wishes::TDM_RESERVED),
            Some("tdmrep.json: /news/ is reserved, policy https://x.example/p.json")
        );
        // In sequence, not by length: here the wide rule stands first.
        let wide =
            r#"[{"location":"/","tdm-reservation":1},{"location":"/a/","tdm-reservation":0}]"#;
        assert_eq!(reserved(wide, "/a/b"), Some(true));
    }

    #[test]
    fn what_people_write_is_read_and_slips_say_nothing() {
        for (file, expected) in [
            (r#"[{"location": "/", "tdm-reservation": 1}]"#, Some(true)),
            (r#"[{"location": "/", "tdm-reservation": "1"}]"#, Some(true)),
            (r#"{"location": "/", "tdm-reservation": 1}"#, Some(true)),
            (
                "\u{feff}[{\"location\": \"/\", \"tdm-reservation\": 0}]",
                Some(false),
            ),
            (
                r#"[{"location": "https://x.example/", "tdm-reservation": 1}]"#,
                Some(true),
            ),
            (r#"[{"location": "a", "tdm-reservation": 1}]"#, Some(true)),
            (
                r#"[{"location": "*", "tdm-reservation": 1, "x": {"y": [1]}}]"#,
                Some(true),
            ),
            (
                r#"[1, "x", null, [2], {"location": "/", "tdm-reservation": 1}]"#,
                Some(true),
            ),
            (r#"[{"location": "/", "tdm-reservation": 2}]"#, None),
            (r#"[{"location": "/", "tdm-reservation": true}]"#, None),
            (r#"[{"location": "/", "tdm-reservation": [1]}]"#, None),
            (r#"[{"location": 7, "tdm-reservation": {"a": 1}}]"#, None),
            (r#"[{"tdm-reservation": 1}]"#, None),
            (r#"[{"location": "/"}]"#, None),
            (r#"[{"location": "/", "tdm-reservation": 1}"#, None),
            ("<html>Not found</html>", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(reserved(file, "/a"), expected, "{file}");
        }
    }

    #[test]
    fn a_location_cannot_smuggle_a_line_into_a_rule() {
        for location in [
            "/a\\nAllow: /",
            "/a#b",
            "/a\\u0000",
            "/\\u00e9",
            "$",
            "*$",
            "",
        ] {
            let file = format!(r#"[{{"location": "{location}", "tdm-reservation": 1}}]"#);
            let rules = parse(file.as_bytes());
            assert_eq!(rules.len(), 1, "{location}");
            let _ = at(&rules, "/a");
        }
        assert_eq!(
            reserved(r#"[{"location": "/a\n", "tdm-reservation": 1}]"#, "/a"),
            None
        );
    }

    #[test]
    fn what_is_too_much_to_keep_is_reserved() {
        let rule = |n: usize, reserved: u8| {
            format!(
                r#"{{"location": "/{n}/{}", "tdm-reservation": {reserved}}}"#,
                "x".repeat(40)
            )
        };
        for (reserves, expected) in [(1, Some(true)), (0, None)] {
            let rules: Vec<String> = (0..5000).map(|n| rule(n, reserves)).collect();
            let rules = parse(format!("[{}]", rules.join(",")).as_bytes());
            let bytes: usize = rules.iter().map(|rule| rule.location.len()).sum();
            assert!(
                rules.len() <= MOST_RULES + 1 && bytes <= MOST_BYTES,
                "{bytes}"
            );
            let heard = at(&rules, "/y");
            assert_eq!(heard.mining.map(|(reserved, _)| reserved), expected);
        }
        let long = format!(
            r#"[{{"location": "/{}", "tdm-reservation": 1}}]"#,
            "x".repeat(100_000)
        );
        assert_eq!(reserved(&long, "/y"), Some(true));
    }

    #[test]
    fn nesting_and_noise_cost_little() {
        let start = tokio::time::Instant::now();
        for file in [
            "[".repeat(500_000),
            r#"{"a":"#.repeat(80_000),
            "[1,".repeat(170_000),
        ] {
            assert_eq!(parse(file.as_bytes()), []);
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(2));
    }
}
