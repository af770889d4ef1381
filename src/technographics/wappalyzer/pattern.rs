//! One pattern of a Wappalyzer file: a regular expression as JavaScript writes it, and tags.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Look;

use super::literal::required;
use super::translate::translate;

/// Bytes that a compiled pattern may take, and how deep it may nest: patterns are foreign.
const SIZE: usize = 1 << 20;
const NESTING: u32 = 60;

/// Bytes that a pattern may have as written.
const LENGTH: usize = 4096;

/// A pattern made ready.
#[derive(Debug)]
pub(super) struct Pattern {
    /// None: anything will do, that it is there says enough.
    regex: Option<Regex>,
    version: Option<String>,
    /// How sure it makes, 0–1.
    pub(super) confidence: f32,
    /// Pieces of text of which every match holds at least one, whatever their case; none: unknown.
    pub(super) literals: Option<Vec<String>>,
    /// Whether it speaks of the beginning or the end of the whole text.
    pub(super) anchored: bool,
}

impl Pattern {
    /// `^nginx(?:/([\d.]+))?\;version:\1\;confidence:50`, or the reason why it cannot be used.
    pub(super) fn parse(text: &str) -> Result<Pattern, String> {
        let mut parts = text.split("\\;");
        let written = parts.next().unwrap_or_default();
        let (mut version, mut confidence) = (None, 1.0);
        for tag in parts {
            match tag.split_once(':') {
                Some(("version", template)) => version = Some(template.to_owned()),
                Some(("confidence", percent)) => confidence = share(percent),
                _ => {}
            }
        }
        let mut pattern = Pattern {
            regex: None,
            version,
            confidence,
            literals: None,
            anchored: false,
        };
        if !written.is_empty() {
            pattern.compile(written)?;
        }
        Ok(pattern)
    }

    fn compile(&mut self, written: &str) -> Result<(), String> {
        if written.len() > LENGTH {
            return Err("it is too long".to_owned());
        }
        let translated = translate(written)?;
        // Most speak ASCII; a class of other letters needs Unicode.
        let attempt = |unicode: bool| {
            let mut parser = ParserBuilder::new();
            parser.nest_limit(NESTING).unicode(unicode).utf8(false);
            let hir = parser.build().parse(&translated).map_err(|e| short(&e))?;
            let regex = RegexBuilder::new(&translated)
                .case_insensitive(true)
                .unicode(unicode)
                .nest_limit(NESTING)
                .size_limit(SIZE)
                .build()
                .map_err(|e| short(&e))?;
            Ok::<_, String>((hir, regex))
        };
        let (hir, regex) = attempt(false).or_else(|_| attempt(true))?;
        let looks = hir.properties().look_set();
        self.anchored = looks.contains(Look::Start) || looks.contains(Look::End);
        self.literals = required(&hir);
        self.regex = Some(regex);
        Ok(())
    }

    /// Whether the text is as the pattern wants it: where, and which version it shows.
    pub(super) fn find(&self, text: &[u8]) -> Option<(std::ops::Range<usize>, Option<String>)> {
        let Some(regex) = &self.regex else {
            return Some((0..text.len(), None));
        };
        let Some(template) = &self.version else {
            return regex.find(text).map(|found| (found.range(), None));
        };
        let found = regex.captures(text)?;
        let group = |number: usize| {
            let group = found.get(number).map(|group| group.as_bytes());
            String::from_utf8_lossy(group.unwrap_or_default()).into_owned()
        };
        let whole = found.get(0).map_or(0..0, |found| found.range());
        Some((whole, filled(template, group)))
    }
}

/// Percents as a share of one; all of it where there is no number.
pub(super) fn share(percent: &str) -> f32 {
    let percent = percent
        .trim()
        .parse()
        .ok()
        .filter(|percent: &f32| percent.is_finite());
    (percent.unwrap_or(100.0) / 100.0).clamp(0.0, 1.0)
}

/// A version template with its groups: `\1`, or `\1?a:b` for one of two words.
fn filled(template: &str, group: impl Fn(usize) -> String) -> Option<String> {
    /// No version is longer.
    const LONGEST: usize = 40;
    let mut version = String::new();
    let mut rest = template;
    while let Some(place) = rest.find('\\') {
        version.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        let Some(number) = rest.chars().next().and_then(|digit| digit.to_digit(10)) else {
            continue;
        };
        rest = &rest[1..];
        let value = group(number as usize);
        let choice = rest
            .strip_prefix('?')
            .and_then(|choice| choice.split_once(':'));
        match choice {
            Some((yes, no)) => {
                version.push_str(if value.is_empty() { no } else { yes });
                rest = "";
            }
            None => version.push_str(&value),
        }
    }
    version.push_str(rest);
    let version = version.trim();
    (!version.is_empty() && version.len() <= LONGEST && !version.contains('\\'))
        .then(|| version.to_owned())
}

/// The last line of an error: what is wrong, without the drawing of where.
fn short(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(pattern: &str, text: &str) -> Option<Option<String>> {
        let pattern = Pattern::parse(pattern).expect("it can be used");
        pattern.find(text.as_bytes()).map(|(_, version)| version)
    }

    #[test]
    fn versions_come_from_groups() {
        let some = |text: &str| Some(Some(text.to_owned()));
        assert_eq!(
            version(r"^nginx(?:/([\d.]+))?\;version:\1", "NGINX/1.2"),
            some("1.2")
        );
        assert_eq!(
            version(r"^nginx(?:/([\d.]+))?\;version:\1", "nginx"),
            Some(None)
        );
        assert_eq!(version(r"api(-v2)?\;version:\1?2:1", "api-v2"), some("2"));
        assert_eq!(version(r"api(-v2)?\;version:\1?2:1", "api"), some("1"));
        assert_eq!(version(r"(a)(b)?\;version:x\1.\2", "ab"), some("xa.b"));
        assert_eq!(version("", "anything"), Some(None));
        assert_eq!(version("b", "a"), None);
    }

    #[test]
    fn confidence_is_a_share() {
        for (text, sure) in [
            ("a", 1.0),
            (r"a\;confidence:50", 0.5),
            (r"a\;confidence:NaN", 1.0),
            (r"a\;confidence:-9", 0.0),
        ] {
            let pattern = Pattern::parse(text).expect("it can be used");
            assert!((pattern.confidence - sure).abs() < 0.001, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        for text in [
            "(",
            "a(?!bc)d",
            r"(a)\1",
            "(?<=a)b",
            "[z-a]",
            "a{2,1}",
            "(?:a{999}){999}",
        ] {
            let reason = Pattern::parse(text).expect_err(text);
            assert!(
                !reason.is_empty() && !reason.contains('\n'),
                "{text}: {reason}"
            );
        }
        assert!(Pattern::parse(&"a".repeat(LENGTH + 1)).is_err());
        assert!(Pattern::parse(&"(".repeat(LENGTH)).is_err());
        assert!(Pattern::parse(&format!("{}a{}", "(".repeat(999), ")".repeat(999))).is_err());
    }
}
