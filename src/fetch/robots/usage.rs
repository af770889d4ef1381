//! What a robots.txt says of how content may be used: Content-Usage rules
//! (draft-ietf-aipref-attach §3) and Content-Signal lines (contentsignals.org).
//!
//! Both stand in groups, with or without a path before their preferences; the longest path that
//! matches decides, and several lines of the same path add up to the most restrictive.

use super::{Key, Pattern};
use crate::model::usage;
use crate::model::wishes::{Heard, Wishes};

/// Whose words a line is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Usage,
    Signal,
}

impl Dialect {
    pub(super) fn of(key: Key) -> Dialect {
        Dialect::signal(key == Key::ContentSignal)
    }

    pub(super) fn signal(signal: bool) -> Dialect {
        if signal {
            Dialect::Signal
        } else {
            Dialect::Usage
        }
    }
}

/// One line of preferences.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Usage {
    dialect: Dialect,
    /// `None`: every path that no other line is for.
    path: Option<Pattern>,
    /// Bytes of the path: the longest decides.
    length: usize,
    wishes: Wishes,
    value: String,
    line: usize,
}

impl Usage {
    /// `None` when the line says nothing: it has a path, and no preferences behind it.
    pub(super) fn new(dialect: Dialect, value: &str, line: usize) -> Option<Usage> {
        let (path, preferences) = if value.starts_with('/') {
            let (path, preferences) = value.split_once([' ', '\t'])?;
            (Some(path), preferences)
        } else {
            (None, value)
        };
        Some(Usage {
            dialect,
            path: match path {
                Some(path) => Some(Pattern::new(path)?),
                None => None,
            },
            length: path.map_or(0, str::len),
            wishes: usage::wishes(preferences),
            value: value.to_owned(),
            line,
        })
    }

    /// What a packed form keeps of it.
    pub(super) fn parts(&self) -> (bool, String, u32) {
        let line = u32::try_from(self.line).unwrap_or(u32::MAX);
        (self.dialect == Dialect::Signal, self.value.clone(), line)
    }

    /// The line, as people are shown it.
    pub(super) fn text(&self) -> String {
        let key = match self.dialect {
            Dialect::Usage => "Content-Usage",
            Dialect::Signal => "Content-Signal",
        };
        format!("line {}: {key}: {}", self.line, self.value)
    }
}

/// What is asked of those who use what lies at this path.
pub(super) fn at(all: &[Usage], path: &str) -> Heard {
    let mut heard = Heard::default();
    for dialect in [Dialect::Usage, Dialect::Signal] {
        let matches = |usage: &&Usage| {
            let path_fits = |pattern: &Pattern| pattern.matches(path);
            usage.dialect == dialect && usage.path.as_ref().is_none_or(path_fits)
        };
        let ours: Vec<&Usage> = all.iter().filter(matches).collect();
        let longest = ours.iter().map(|usage| usage.length).max();
        for usage in ours.iter().filter(|usage| Some(usage.length) == longest) {
            heard.say(usage.wishes, &format!("robots.txt, {}", usage.text()));
        }
    }
    heard
}

#[cfg(test)]
mod tests {
    use super::super::Robots;

    fn names(file: &str, path: &str) -> Vec<&'static str> {
        let robots = Robots::parse(file.as_bytes(), "foresignal");
        let packed = Robots::unpack(&robots.pack()).expect("packed here");
        assert_eq!(packed, robots, "{file}");
        robots.wishes(path).wishes().names().collect()
    }

    #[test]
    fn preferences_are_those_of_our_group_and_of_the_longest_path() {
        let file = "User-agent: *\nContent-Usage: train-ai=n, search=n\nContent-Usage: /ok/ train-ai=y\n\
            content-usage : /*.pdf$ bots=n # all of them\nDisallow: /never/\n\
            User-agent: other\nContent-Usage: bots=n\n";
        for (path, expected) in [
            ("/x", &["search=no", "ai-train=no"][..]),
            ("/ok/x", &[]),
            ("/a/b.pdf", &["bots=no"]),
            ("/a/b.pdf?x", &["search=no", "ai-train=no"]),
        ] {
            assert_eq!(names(file, path), expected, "{path}");
        }
        let ours = format!("{file}User-agent: foresignal\nDisallow:\n");
        assert_eq!(
            names(&ours, "/x"),
            [""; 0],
            "our own group says nothing of it"
        );
    }

    #[test]
    fn both_dialects_are_heard_and_the_most_restrictive_adds_up() {
        let file = "User-agent: foresignal\nContent-Signal: search=yes, ai-train=no\n\
            Content-Signal: ai-input=no\nContent-Signal: /blog/ search=no\nContent-Usage: search=n\n\
            Content-Usage: / search=y\nContent-Usage: /nothing\nContent-Signal: /é search=no";
        assert_eq!(names(file, "/x"), ["ai-input=no", "ai-train=no"]);
        assert_eq!(names(file, "/blog/x"), ["search=no"]);
        assert_eq!(names(file, "/%C3%A9"), ["search=no"]);
        let robots = Robots::parse(file.as_bytes(), "foresignal");
        let blog = robots.wishes("/blog/x");
        assert_eq!(
            blog.said[0].by,
            "robots.txt, line 4: Content-Signal: /blog/ search=no"
        );
    }

    #[test]
    fn preferences_never_change_what_may_be_asked() {
        let file = "User-agent: foresignal\nContent-Usage: bots=n\nUser-agent: other\nDisallow: /x";
        let robots = Robots::parse(file.as_bytes(), "foresignal");
        assert!(!robots.verdict("/x").allowed, "they do not end a heading");
        assert!(robots.verdict("/y").allowed);
    }

    #[test]
    fn what_was_packed_before_preferences_were_heard_is_still_read() {
        // Crawl-delay 2 s, one sitemap, `Disallow: /x` on line 4.
        let bytes = [1, 1, 208, 15, 1, 2, b'/', b's', 1, 0, 2, b'/', b'x', 4];
        let robots = Robots::unpack(&bytes).expect("an earlier form");
        assert_eq!(robots.sitemaps(), ["/s"]);
        assert_eq!(robots.verdict("/x").line, Some(4));
        assert!(robots.wishes("/x").wishes().is_empty());
    }
}
