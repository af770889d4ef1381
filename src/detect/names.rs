//! Companies' names: when two spellings mean one company, and where a sentence names it.
//!
//! Invariant: legal forms, case, accents and punctuation never tell two names apart.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::fold::Folded;
use crate::model::company::Company;

/// Legal forms and their like, which writers add and leave out at will.
static LEGAL: LazyLock<HashSet<&str>> = LazyLock::new(|| listed(include_str!("lexicon/legal.txt")));

/// Words that name nobody.
static NOBODY: LazyLock<HashSet<&str>> =
    LazyLock::new(|| listed(include_str!("lexicon/nobody.txt")));

/// Words that companies are named after and that mean something else in most texts.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| listed(include_str!("lexicon/common.txt")));

fn listed(file: &'static str) -> HashSet<&'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace)
        .collect()
}

/// The words that tell a company's name from others, folded.
pub(crate) fn tokens(name: &str) -> Vec<String> {
    let folded = Folded::new(name).text.to_ascii_lowercase();
    let folded = folded.replace("'s ", " ").replace(['.', '\''], "");
    let all: Vec<String> = folded
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let telling: Vec<String> = all.iter().filter(|word| !is_legal(word)).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// Whether a folded word in small letters is a legal form.
pub(crate) fn is_legal(word: &str) -> bool {
    LEGAL.contains(&word)
}

/// Whether a slot's words name a company at all: "It" and "The company" do not.
pub(crate) fn is_name(name: &str) -> bool {
    let words = tokens(name);
    let empty = |word: &String| {
        NOBODY.contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    !words.is_empty() && !words.iter().all(empty)
}

/// Whether two names mean one company: one begins as the other, or they are written together.
fn alike(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() {
        return false;
    }
    let distinctive = short.len() > 1 || short[0].len() >= 3;
    (distinctive && long.starts_with(short)) || short.concat() == long.concat()
}

/// The names that stay: what tells each from others.
#[derive(Debug)]
pub(crate) struct Keep(Vec<Vec<String>>);

impl Keep {
    pub(crate) fn new(names: &[&str]) -> Keep {
        Keep(names.iter().map(|name| tokens(name)).collect())
    }

    /// Whether `word` is one of them.
    pub(crate) fn has(&self, word: &str) -> bool {
        // Whether it begins like none of them is told without taking it apart.
        let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let opens = |name: &Vec<String>| {
            let (name, word) = (
                name.iter().flat_map(|part| part.bytes()).next(),
                word.bytes().next(),
            );
            name == word.map(|letter| letter.to_ascii_lowercase())
        };
        if self.0.is_empty() || (plain && !self.0.iter().any(opens)) {
            return false;
        }
        let word = tokens(word);
        self.0.iter().any(|name| alike(name, &word))
    }
}

/// The names of the company that is asked about.
#[derive(Debug)]
pub(crate) struct Known {
    names: Vec<Vec<String>>,
    /// Whether it writes itself small, so that no capital gives it away.
    small: bool,
}

impl Known {
    pub(crate) fn new(company: &Company) -> Known {
        let mut names = Vec::new();
        let mut add = |name: Vec<String>| {
            if name.iter().map(String::len).sum::<usize>() >= 2 && !names.contains(&name) {
                names.push(name);
            }
        };
        if !company.domains.contains(&company.name) {
            add(tokens(&company.name));
        }
        for alias in &company.aliases {
            add(tokens(alias));
        }
        for domain in &company.domains {
            let label = domain.split('.').next().unwrap_or_default();
            if label.chars().any(char::is_alphabetic) {
                add(tokens(label));
            }
        }
        let small = !company.domains.contains(&company.name)
            && company.name.starts_with(char::is_lowercase);
        Known { names, small }
    }

    /// Whether nobody in particular is asked about.
    pub(crate) fn is_nobody(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether `name` is one of the company's; whose or where from it is may stand before it.
    pub(crate) fn is(&self, name: &str) -> bool {
        let bare = ["-based ", "'s "].iter().filter_map(|mark| {
            let at = name.rfind(mark)?;
            Some(&name[at + mark.len()..])
        });
        let mut spellings = bare.chain([name]).map(tokens);
        spellings.any(|name| self.names.iter().any(|own| alike(own, &name)))
    }

    /// The names together with the shorter ones that `text`, folded, gives the company after it
    /// named it in full: its first words, and the letters in brackets behind the name.
    pub(crate) fn shortened(mut self, text: &str) -> Known {
        /// A short name that is any word would be found everywhere.
        const SHORTEST: usize = 4;
        let Some((start, end)) = self.find(text) else {
            return self;
        };
        let mut short = Vec::new();
        let called = tokens(&text[start..end]);
        for name in &self.names {
            let Some((first, more)) = name.split_first() else {
                continue;
            };
            if more.is_empty() || !called.starts_with(name) {
                continue;
            }
            if first.len() >= SHORTEST && !COMMON.contains(first.as_str()) {
                short.push(vec![first.clone()]);
            } else if more.len() > 1 && !COMMON.contains(more[0].as_str()) {
                short.push(name[..2].to_vec());
            }
            short.extend(initials(name, &text[end..]).map(|letters| vec![letters]));
        }
        self.names.extend(short);
        self
    }

    /// Whether `name` is one of the company's as a whole, but for its legal form.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let name = tokens(name).concat();
        self.names.iter().any(|own| own.concat() == name)
    }

    /// Where the folded `text` names the company, with a capital as names have.
    pub(crate) fn find(&self, text: &str) -> Option<(usize, usize)> {
        let words = words(text);
        for (at, first) in words.iter().enumerate() {
            let initial = text.as_bytes()[first.0];
            if !(self.small || initial.is_ascii_uppercase() || initial.is_ascii_digit()) {
                continue;
            }
            for own in &self.names {
                if let Some(end) = begins(text, &words[at..], own) {
                    return Some((first.0, end));
                }
            }
        }
        None
    }
}

/// The letters that a text puts in brackets behind a name for short: "Contoso Medical Group (CMG)".
fn initials(name: &[String], after: &str) -> Option<String> {
    let inside = after.trim_start().strip_prefix('(')?;
    let letters = &inside[..inside.find(')').filter(|end| (3..=6).contains(end))?];
    let of_name = name.first()?.bytes().next()?.to_ascii_uppercase();
    let initial = letters.bytes().next() == Some(of_name);
    (initial && letters.bytes().all(|letter| letter.is_ascii_uppercase()))
        .then(|| letters.to_ascii_lowercase())
}

/// Whether `words` begin with the name `own`, also where one writes together what the other parts.
fn begins(text: &str, words: &[(usize, usize)], own: &[String]) -> Option<usize> {
    let whole: String = own.concat();
    let mut rest = whole.as_str();
    for (start, end) in words.iter().take(own.len() + 3) {
        let word = text[*start..*end]
            .to_ascii_lowercase()
            .replace(['.', '\''], "");
        if is_legal(&word) && !rest.starts_with(word.as_str()) {
            continue;
        }
        let bare = word.as_str();
        rest = match rest.strip_prefix(bare) {
            Some(rest) => rest,
            // A genitive: "Contoso's".
            None if !rest.is_empty() && bare.strip_suffix('s') == Some(rest) => "",
            None => return None,
        };
        if rest.is_empty() {
            return Some(*end);
        }
    }
    None
}

/// The words of a folded text.
pub(crate) fn words(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, byte) in text.bytes().enumerate() {
        let inside = byte.is_ascii_alphanumeric() || byte == b'\'';
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push((from, text.len()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        alike(&tokens(a), &tokens(b))
    }

    #[test]
    fn legal_forms_do_not_tell_names_apart() {
        assert!(same("Contoso, Inc.", "Contoso"));
        assert!(same("Contoso Systems GmbH", "contoso systems"));
        assert!(same("Núñez S.A.", "Nunez"));
        assert!(!same("Contoso", "Fabrikam"));
        assert!(!same("Inc", "Corp"));
    }

    #[test]
    fn the_asked_company_is_found_by_name_alias_and_domain() {
        let mut company = Company::new("bigsky.example");
        company.aliases.push("Contoso Corp".to_owned());
        let known = Known::new(&company);
        assert!(known.find("Yesterday Big Sky opened").is_some());
        assert!(known.find("yesterday Contoso's office opened").is_some());
        assert!(known.find("yesterday contoso opened").is_none());
        assert!(known.find("Bigger skies opened").is_none());
        assert!(known.is("BigSky Ltd."));
        assert!(Known::new(&Company::new("")).is_nobody());
    }

    #[test]
    fn a_text_shortens_the_name_that_it_gave_in_full() {
        let known = |text: &str| {
            let mut company = Company::new("");
            company.name = "Contoso Movers Lab".to_owned();
            Known::new(&company).shortened(text)
        };
        let text = "Investors of Contoso Movers Lab (CML) met on Friday.";
        assert!(known(text).is("Lyon-based Contoso"));
        assert!(known(text).is("Norway's Contoso Movers Lab"));
        assert!(known(text).find("Yesterday CML raised a fund").is_some());
        assert!(
            known("Contoso met.")
                .find("Contoso raised a fund")
                .is_none()
        );
        let mut company = Company::new("");
        company.name = "Apex Trading".to_owned();
        let text = "Apex Trading (NASDAQ: APX) met.";
        let common = Known::new(&company).shortened(text);
        assert!(common.find("The Apex of the hill").is_none());
    }
}
