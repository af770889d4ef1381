//! Selectors of the simple sort, held against single tags: what can be told without a tree.
//!
//! A selector is a list of compounds (`a[href*='x'], #y.z`); one with combinators or pseudo-classes
//! needs a tree and is refused.

use super::super::markup;

/// One of a selector's alternatives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Compound {
    tag: Option<String>,
    attributes: Vec<Attribute>,
}

#[derive(Debug, PartialEq, Eq)]
struct Attribute {
    name: String,
    test: Test,
    value: String,
    any_case: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    There,
    Is,
    Begins,
    Ends,
    Holds,
    /// A word of it is.
    Word,
}

impl Compound {
    /// The compounds of a selector, or the reason why it is not of the simple sort.
    pub(super) fn parse(selector: &str) -> Result<Vec<Compound>, String> {
        let mut chars = selector.trim().chars().peekable();
        let mut all = Vec::new();
        loop {
            all.push(Compound::one(&mut chars)?);
            match chars.next() {
                None => return Ok(all),
                Some(',') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                Some(_) => return Err("its selector needs a tree".to_owned()),
            }
        }
    }

    fn one(chars: &mut Chars<'_>) -> Result<Compound, String> {
        let tag = name(chars);
        let mut attributes = Vec::new();
        while let Some(&c) = chars.peek() {
            match c {
                '#' | '.' => {
                    chars.next();
                    let (name_, test) = if c == '#' {
                        ("id", Test::Is)
                    } else {
                        ("class", Test::Word)
                    };
                    attributes.push(Attribute {
                        name: name_.to_owned(),
                        test,
                        value: name(chars),
                        any_case: false,
                    });
                }
                '[' => {
                    chars.next();
                    attributes.push(attribute(chars)?);
                }
                '*' if tag.is_empty() && attributes.is_empty() => {
                    chars.next();
                }
                _ => break,
            }
        }
        while chars.peek().is_some_and(|c| c.is_whitespace()) {
            chars.next();
        }
        let empty = |one: &Attribute| one.value.is_empty() && one.test != Test::There;
        if attributes.iter().any(empty) || (tag.is_empty() && attributes.is_empty()) {
            return Err("its selector is not understood".to_owned());
        }
        let tag = (!tag.is_empty()).then(|| tag.to_ascii_lowercase());
        Ok(Compound { tag, attributes })
    }

    /// Text that every tag holds which this selects; none: any page has such tags.
    pub(super) fn literal(&self) -> Option<String> {
        let value = self.attributes.iter().filter(|one| one.test != Test::There);
        let value = value.map(|one| one.value.clone()).max_by_key(String::len);
        let there = || {
            self.attributes
                .iter()
                .map(|one| one.name.clone())
                .max_by_key(String::len)
        };
        let custom = || {
            self.tag
                .clone()
                .filter(|tag| tag.contains('-'))
                .map(|tag| format!("<{tag}"))
        };
        value
            .or_else(custom)
            .or_else(there)
            .filter(|text| text.len() > 3 && text.is_ascii())
    }

    /// Whether it selects this tag, whole from `<` to `>`.
    pub(super) fn selects(&self, tag: &[u8]) -> bool {
        let name = tag.get(1..).unwrap_or_default();
        let name = name
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
        let name: String = name
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .collect();
        self.tag.as_ref().is_none_or(|wanted| *wanted == name)
            && self.attributes.iter().all(|wanted| {
                let found = markup::attribute(tag, &wanted.name);
                found.is_some_and(|value| wanted.accepts(&String::from_utf8_lossy(value)))
            })
    }
}

impl Attribute {
    fn accepts(&self, value: &str) -> bool {
        let (value, wanted) = match self.any_case {
            true => (value.to_lowercase(), self.value.to_lowercase()),
            false => (value.to_owned(), self.value.clone()),
        };
        match self.test {
            Test::There => true,
            Test::Is => value == wanted,
            Test::Begins => value.starts_with(&wanted),
            Test::Ends => value.ends_with(&wanted),
            Test::Holds => value.contains(&wanted),
            Test::Word => value.split_whitespace().any(|word| word == wanted),
        }
    }
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn name(chars: &mut Chars<'_>) -> String {
    let mut name = String::new();
    loop {
        match chars.peek() {
            Some('\\') => {
                chars.next();
                name.extend(chars.next());
            }
            Some(&c) if c.is_alphanumeric() || c == '-' || c == '_' => {
                name.push(c);
                chars.next();
            }
            _ => return name,
        }
    }
}

/// What follows the bracket: `href*='x' i]`.
fn attribute(chars: &mut Chars<'_>) -> Result<Attribute, String> {
    let wrong = || "its selector is not understood".to_owned();
    let attribute = name(chars).to_ascii_lowercase();
    let test = match chars.next() {
        Some(']') => Test::There,
        Some('=') => Test::Is,
        Some(c @ ('^' | '$' | '*' | '~')) => {
            chars.next_if_eq(&'=').ok_or_else(wrong)?;
            match c {
                '^' => Test::Begins,
                '$' => Test::Ends,
                '*' => Test::Holds,
                _ => Test::Word,
            }
        }
        _ => return Err(wrong()),
    };
    let mut value = String::new();
    let mut any_case = false;
    if test != Test::There {
        match chars.next_if(|c| matches!(c, '"' | '\'')) {
            Some(quote) => loop {
                match chars.next().ok_or_else(wrong)? {
                    '\\' => value.extend(chars.next()),
                    c if c == quote => break,
                    c => value.push(c),
                }
            },
            None => value = name(chars),
        }
        while let Some(c) = chars.next_if(|c| matches!(c, ' ' | 'i' | 'I')) {
            any_case |= c != ' ';
        }
        chars.next_if_eq(&']').ok_or_else(wrong)?;
    }
    if attribute.is_empty() {
        return Err(wrong());
    }
    Ok(Attribute {
        name: attribute,
        test,
        value,
        any_case,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_selectors_hold_against_tags() {
        for (selector, tag, selected) in [
            (
                "a[href*='x.com']",
                "<a class=b href='https://x.com/'>",
                true,
            ),
            ("a[href*='x.com']", "<link href='https://x.com/'>", false),
            ("img[alt*='dhl' i]", "<IMG alt=\"By DHL\">", true),
            ("img[alt*='dhl']", "<img alt=\"By DHL\">", false),
            ("div#one.two", "<div class='a two' id=one>", true),
            ("div#one.two", "<div class='a twofold' id=one>", false),
            ("[data-x]", "<p data-x='1'>", true),
            (
                "link[href^='/a'][rel='b']",
                "<link rel=\"b\" href=\"/abc\">",
                true,
            ),
            ("link[href$='c']", "<link href=\"/abc\">", true),
            ("p , my-app.x", "<my-app class=x>", true),
        ] {
            let compounds = Compound::parse(selector).expect(selector);
            let any = compounds.iter().any(|one| one.selects(tag.as_bytes()));
            assert_eq!(any, selected, "{selector} {tag}");
        }
    }

    #[test]
    fn others_are_refused() {
        for selector in [
            "div > a",
            "div a",
            "a:hover",
            "",
            "a[",
            "a[href*=",
            "a[href!='x']",
            "a,,b",
            ".",
        ] {
            assert!(Compound::parse(selector).is_err(), "{selector}");
        }
    }
}
