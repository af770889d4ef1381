//! Regular expressions from JavaScript's way of writing to ours (ECMA-262 §22.2 with its Annex B:
//! the data's flags are `i` alone).
//!
//! The two differ where it is easy not to see: JavaScript takes `{` for itself where it counts
//! nothing, `[` within a class too, and a backslash before most letters for nothing at all, where
//! ours would take `\<` for the beginning of a word. Looking ahead has no counterpart here; at the
//! very end of a pattern it may as well be part of the match, and nowhere else.

/// The pattern as ours, or the reason why there is none.
pub(super) fn translate(js: &str) -> Result<String, String> {
    let mut reader = Reader {
        chars: js.chars().collect(),
        at: 0,
        out: String::with_capacity(js.len() + 8),
    };
    while let Some(c) = reader.next() {
        match c {
            '\\' => reader.escape(false).map(drop)?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '{' if !reader.counts() => reader.out.push_str(r"\{"),
            '}' if !reader.closes_count() => reader.out.push_str(r"\}"),
            ']' => reader.out.push_str(r"\]"),
            c => reader.out.push(c),
        }
    }
    Ok(reader.out)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    out: String,
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        Some(c)
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Whether what follows a brace that was just read makes it a quantifier: `2}`, `2,}`, `2,3}`.
    fn counts(&self) -> bool {
        let rest = &self.chars[self.at..];
        let Some(close) = rest.iter().position(|&c| c == '}') else {
            return false;
        };
        let inner: String = rest[..close].iter().collect();
        let (from, to) = inner.split_once(',').unwrap_or((&inner, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        !from.is_empty() && digits(from) && digits(to)
    }

    /// Whether the brace that was just read ends a quantifier.
    fn closes_count(&self) -> bool {
        let before = &self.chars[..self.at - 1];
        let Some(open) = before.iter().rposition(|&c| c == '{') else {
            return false;
        };
        let inner = &before[open + 1..];
        let escaped = open > 0 && before[open - 1] == '\\';
        !escaped
            && inner.first().is_some_and(char::is_ascii_digit)
            && inner.iter().all(|c| c.is_ascii_digit() || *c == ',')
    }

    /// What follows a backslash. True: it stands for a set of characters.
    fn escape(&mut self, in_class: bool) -> Result<bool, String> {
        let Some(c) = self.next() else {
            return Err("it ends in a backslash".to_owned());
        };
        match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => {
                self.out.extend(['\\', c]);
                return Ok(true);
            }
            'b' if in_class => self.out.push_str(r"\x08"),
            'b' | 'B' if !in_class => self.out.extend(['\\', c]),
            'n' | 'r' | 't' | 'v' | 'f' => self.out.extend(['\\', c]),
            '0' => self.out.push_str(r"\x00"),
            '1'..='9' if !in_class => return Err("it refers back to a group".to_owned()),
            'k' if self.peek(0) == Some('<') => return Err("it refers back to a group".to_owned()),
            'c' => return Err("control characters are not supported".to_owned()),
            'x' => self.code(2, 'x'),
            'u' => self.code(4, 'u'),
            c => self.literal(c),
        }
        Ok(false)
    }

    /// A character by its code of so many hexadecimal digits; without them, the letter itself.
    fn code(&mut self, digits: usize, letter: char) {
        let text: String = self.chars[self.at..].iter().take(digits).collect();
        let code = u32::from_str_radix(&text, 16).ok().and_then(char::from_u32);
        match code.filter(|_| text.len() == digits && !text.starts_with('+')) {
            Some(c) => {
                self.at += digits;
                self.literal(c);
            }
            None => self.out.push(letter),
        }
    }

    fn literal(&mut self, c: char) {
        if regex_syntax::is_meta_character(c) {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        let negated = self.peek(0) == Some('^');
        if negated {
            self.at += 1;
            self.out.push('^');
        }
        if self.peek(0) == Some(']') {
            // Nothing, or all but nothing.
            self.at += 1;
            self.out.truncate(self.out.len() - 1 - usize::from(negated));
            self.out
                .push_str(if negated { r"[\s\S]" } else { r"[^\s\S]" });
            return Ok(());
        }
        // What a hyphen would join: nothing yet, a character, a whole set or the end of a range.
        let mut joinable = false;
        while let Some(c) = self.next() {
            match c {
                ']' => {
                    self.out.push(']');
                    return Ok(());
                }
                '-' if joinable && self.begins_range_end() => {
                    self.out.push('-');
                    match self.next() {
                        Some('\\') => self.escape(true).map(drop)?,
                        Some(end) => self.literal(end),
                        None => break,
                    }
                    joinable = false;
                }
                '\\' => joinable = !self.escape(true)?,
                c => {
                    self.literal(c);
                    joinable = true;
                }
            }
        }
        Err("a class is not closed".to_owned())
    }

    /// Whether a hyphen that was just read has a single character after it.
    fn begins_range_end(&self) -> bool {
        match (self.peek(0), self.peek(1)) {
            (None | Some(']'), _) => false,
            (Some('\\'), Some(c)) => !"dDwWsS".contains(c),
            _ => true,
        }
    }

    fn group(&mut self) -> Result<(), String> {
        if self.peek(0) != Some('?') {
            self.out.push('(');
            return Ok(());
        }
        match (self.peek(1), self.peek(2)) {
            (Some(':'), _) => self.out.push('('),
            (Some('<'), Some('=' | '!')) => return Err("it looks behind".to_owned()),
            (Some('<'), _) => self.out.push('('),
            (Some(kind @ ('=' | '!')), _) => {
                self.at += 2;
                return self.ahead(kind == '!');
            }
            _ => return Err("its groups are of an unknown kind".to_owned()),
        }
        Ok(())
    }

    /// A look ahead whose opening was just read, allowed at the end of the whole pattern.
    fn ahead(&mut self, negative: bool) -> Result<(), String> {
        let unsupported = || Err("it looks ahead".to_owned());
        let before: String = self.chars[..self.at - 3].iter().collect();
        let inner: Vec<char> = self.chars[self.at..].to_vec();
        let Some((&')', inner)) = inner.split_last() else {
            return unsupported();
        };
        // Within a group or an alternative, something may come after it.
        if !is_closed(&before) || !is_closed(&inner.iter().collect::<String>()) {
            return unsupported();
        }
        let inner: String = inner.iter().collect();
        match (negative, inner.chars().count()) {
            (false, _) => {
                let inner = translate(&inner)?;
                self.out.push_str(&format!("(?:{inner})"));
            }
            (true, 1) => {
                let one = regex_syntax::escape(&inner);
                self.out.push_str(&format!("(?:[^{one}]|$)"));
            }
            (true, _) => return unsupported(),
        }
        self.at = self.chars.len();
        Ok(())
    }
}

/// Whether as many groups are closed as are opened, none is closed that was not, and nothing at
/// their outside is an alternative.
fn is_closed(text: &str) -> bool {
    let (mut depth, mut class, mut escaped) = (0_i32, false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => class = false,
            _ if class => {}
            '[' => class = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => return false,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0 && !class && !escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    #[test]
    fn both_mean_the_same() {
        for (js, yes, no) in [
            (r"a{b", "a{b", "ab"),
            (r"\{\{x\}\}", "{{x}}", "x"),
            (r"a{2,3}$", "aaa", "a{2,3}"),
            (r"^a{,3}", "a{,3}", "aaa"),
            (r"[[]x", "[x", "]x"),
            (r"[\w-.]+!", "a-.!", "+!"),
            (r"^[a-z-9]$", "-", "8"),
            (r"^[&&a]$", "&", "b"),
            (r"^[^]$", "\u{7}", "xx"),
            (r"\<b\>", "<b>", "b"),
            (r"\/a\-b\_c", "/a-b_c", "abc"),
            (r"\x41\u0042", "AB", "x41"),
            (r"\Z\e", "Ze", "Z"),
            (r"a]b}", "a]b}", "ab"),
            (r"jquery(?=\.js)", "jquery.js", "jquery.css"),
            (r"^x(?!y)", "xz", "xy"),
            (r"^x(?!y)", "x", "xy"),
            (r"^(?<v>\d)$", "7", "x"),
            (r"^[\b]$", "\u{8}", "b"),
        ] {
            let ours = translate(js).unwrap_or_else(|reason| panic!("{js}: {reason}"));
            let regex = Regex::new(&ours).unwrap_or_else(|error| panic!("{js}: {error}"));
            assert!(
                regex.is_match(yes) && !regex.is_match(no),
                "{js} became {ours}"
            );
        }
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        for js in [
            r"(a)\1",
            r"(?<=a)b",
            r"(?<!a)b",
            "a(?=b)c",
            "a(?!bc)",
            "(a(?!b))",
            "x|a(?=b)",
            r"\cA",
            r"a\",
            "[a",
            "(?i)a",
            r"(?<n>a)\k<n>",
        ] {
            assert!(translate(js).is_err(), "{js} became {:?}", translate(js));
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(js in r"[\[\](){}?*+|^$\\<>=!:,0-9a-dkuxw&~-]{0,24}") {
            if let Ok(ours) = translate(&js) {
                let _ = Regex::new(&ours);
            }
        }
    }
}
