//! Companies' names: when two spellings mean one company, and where a sentence names it.
//!
//! Invariant: legal forms, case, accents and punctuation never tell two names apart.

use super::fold::Folded;
use crate::model::company::Company;

/// Legal forms and their like, which writers add and leave out at will.
const LEGAL: &[&str] = &[
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "plc",
    "gmbh",
    "ag",
    "kg",
    "se",
    "sa",
    "sau",
    "sas",
    "sarl",
    "sl",
    "slu",
    "srl",
    "spa",
    "bv",
    "nv",
    "oy",
    "oyj",
    "ab",
    "as",
    "aps",
    "asa",
    "kk",
    "pty",
    "pte",
    "bhd",
    "sab",
    "cv",
    "ltda",
    "eirl",
    "sociedad",
    "anonima",
    "limitada",
    "group",
    "grupo",
    "holding",
    "holdings",
    "the",
    "plcs",
    "cos",
    "cie",
    "sca",
    "scop",
    "kft",
    "sro",
    "zoo",
    "ulc",
    "international",
];

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
    const NOBODY: &[&str] = &[
        "ademas",
        "after",
        "also",
        "american",
        "and",
        "april",
        "asi",
        "at",
        "august",
        "based",
        "board",
        "both",
        "british",
        "but",
        "ceo",
        "commission",
        "compania",
        "company",
        "con",
        "court",
        "december",
        "department",
        "doj",
        "earlier",
        "east",
        "el",
        "empresa",
        "en",
        "esta",
        "este",
        "exchange",
        "february",
        "federal",
        "firm",
        "friday",
        "ftc",
        "german",
        "ha",
        "he",
        "her",
        "his",
        "i",
        "in",
        "it",
        "its",
        "january",
        "japan",
        "japanese",
        "july",
        "june",
        "justice",
        "la",
        "las",
        "last",
        "los",
        "management",
        "march",
        "may",
        "monday",
        "net",
        "no",
        "november",
        "october",
        "on",
        "our",
        "q1",
        "q2",
        "q3",
        "q4",
        "reserve",
        "saturday",
        "se",
        "sec",
        "securities",
        "september",
        "shareholders",
        "she",
        "stock",
        "su",
        "sunday",
        "sus",
        "terms",
        "that",
        "their",
        "there",
        "they",
        "this",
        "thursday",
        "today",
        "trade",
        "tuesday",
        "u.k",
        "u.s",
        "uk",
        "un",
        "una",
        "under",
        "us",
        "we",
        "wednesday",
        "west",
        "which",
        "who",
        "year",
        "you",
    ];
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

    /// Whether `name` is one of the company's.
    pub(crate) fn is(&self, name: &str) -> bool {
        let name = tokens(name);
        self.names.iter().any(|own| alike(own, &name))
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

/// Whether `words` begin with the name `own`, also where one writes together what the other parts.
fn begins(text: &str, words: &[(usize, usize)], own: &[String]) -> Option<usize> {
    let whole: String = own.concat();
    let mut rest = whole.as_str();
    for (start, end) in words.iter().take(own.len() + 3) {
        let word = text[*start..*end]
            .to_ascii_lowercase()
            .replace(['.', '\''], "");
        if LEGAL.contains(&word.as_str()) && !rest.starts_with(word.as_str()) {
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
}
