//! Takes persons out of what leaves the room: names, e-mail addresses, phone numbers.
//!
//! Invariants: whoever a text says appointed, said or leads something is `[person]` in quotes and
//! titles; companies and technologies keep their names. Where the two cannot be told apart, two
//! capitalised words in a person's place are a person.

use std::collections::HashSet;

use regex::Regex;
use serde::Deserialize;

use super::names::Keep;
use super::rulefile::LoadError;

const PERSON: &str = "[person]";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesFile {
    /// Separated by white space.
    first: String,
    /// Separated by semicolons.
    companies: String,
    /// Separated by white space.
    organisation: String,
    /// Separated by white space.
    beside: String,
}

/// Whether evidence names persons. E-mail addresses and phone numbers it never holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonsIn {
    /// It says `[person]` instead; roles and departments stay.
    #[default]
    Redact,
    /// It does: for those who may keep names, and have said why.
    Keep,
}

/// What names look like.
#[derive(Debug)]
pub(crate) struct Names {
    /// What becomes of persons in quotes and titles.
    pub(crate) persons_in: PersonsIn,
    first: HashSet<String>,
    /// Companies that are named like persons.
    companies: HashSet<String>,
    /// Words that persons' names do not contain.
    organisation: HashSet<String>,
    /// Words that stand right before or after a person: forms of address, positions, days.
    beside: HashSet<String>,
    email: Regex,
    phone: Regex,
    /// Runs of capitalised words.
    run: Regex,
    /// Words before and after which a run is a person.
    before: Regex,
    after: Regex,
}

/// The surnames of the persons that a document names in full.
#[derive(Debug, Default)]
pub(crate) struct Persons {
    surnames: HashSet<String>,
}

impl Names {
    pub(crate) fn load(source: &str) -> Result<Names, LoadError> {
        let file: NamesFile = toml::from_str(source).map_err(|error| LoadError::Syntax {
            file: "names".to_owned(),
            reason: error.to_string(),
        })?;
        let ready = |pattern: &str| {
            Regex::new(pattern).map_err(|error| LoadError::Pattern {
                rule: "names".to_owned(),
                reason: error.to_string(),
            })
        };
        let role = r"(?:chief(?: \w+){1,3} officer|C[EFITOMRPDSH][SI]?O|president|chair(?:man|woman|person)?|director|manager|head|founder|co-founder|partner|vice president|VP|analyst|spokes(?:man|woman|person)|minister|secretary|mayor|governor|attorney|professor|author|presidente|presidenta|director[a]?(?: general| ejecutiv[oa])?|gerente|consejer[oa] delegad[oa]|fundador[a]?|socio|responsable|portavoz|ministro|ministra|alcalde|alcaldesa)";
        Ok(Names {
            persons_in: PersonsIn::Redact,
            first: file.first.split_whitespace().map(str::to_owned).collect(),
            companies: file
                .companies
                .split(';')
                .map(|name| name.trim().to_owned())
                .collect(),
            organisation: file
                .organisation
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            beside: file.beside.split_whitespace().map(str::to_owned).collect(),
            email: ready(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")?,
            phone: ready(
                r"(?:\+|\b00)\d[\d ().-]{7,16}\d|\(\d{2,4}\)[ -]?\d{3,4}[ -]?\d{3,4}|\b\d{3}[-. ]\d{3}[-. ]\d{3,4}\b|\b[6789]\d{2}(?: ?\d{2}){3}\b",
            )?,
            run: ready(
                r"\p{Lu}[\p{L}\p{M}’'-]*\.?(?:\s+(?:(?:de la|de los|del|de|y|van der|van|von|da|dos|bin|al|el)\s+)?\p{Lu}[\p{L}\p{M}’'-]*\.?)*",
            )?,
            before: ready(&format!(
                r"(?i)(?:\b(?:mr|mrs|ms|dr|prof|sr|sra|srta|dra|don|doña|d|dña)\.?|\b(?:said|says|told|(?:said|founded|led|headed|written|presented|hosted|succeeded|replaced|photo|interview) by|added|adds|according to|appoint(?:s|ed|ing|ment of)?|names?|named|naming|hires?|hired|promotes?|promoted|elects?|elected|welcomes?|succeeds?|succeeding|replaces?|replacing|joined by|appointment of|según|explica|afirma|señala|asegura|destaca|dice|dijo|nombra(?:do)?(?: a)?|nombró(?: a)?|ficha(?: a)?|incorpora(?: a)?|sustituye a|releva a|sustituirá a|nombramiento de)|\b{role}),?\s+$"
            ))?,
            after: ready(&format!(
                r"(?i)^(?:,?\s+(?:said|says|told|added|adds|joins|joined|has joined|will join|steps down|stepped down|(?:will|to|is) step(?:ping)? down|resigns|resigned|retires|retired|will retire|will succeed|takes over as|will take over as|served as|serves as|has been (?:named|appointed|promoted|elected)|was (?:named|appointed|promoted|elected)|is appointed|succeeds|as (?:its |the |our |new |a )*{role}|explica|afirma|señala|asegura|destaca|dijo|ha sido nombrad[oa]|fue nombrad[oa]|deja(?:rá)?|dejó|asum(?:e|ió|irá)|ocupará|dimit(?:e|ió)|renunci(?:a|ó)|se jubila|como (?:nuev[oa] )?{role}|se incorpora)\b|,\s+(?:the |our |its |el |la |nuestro |a |an |former |new |global |senior |executive |group |deputy )*(?:[\w&-]+ ){{0,3}}{role}\b)"
            ))?,
        })
    }

    /// The persons whom a document names in full.
    pub(crate) fn persons(&self, text: &str, keep: &[&str]) -> Persons {
        let keep = Keep::new(keep);
        let mut surnames = HashSet::new();
        // A single word is nobody's name in full.
        let long = |run: &(usize, usize)| text[run.0..run.1].contains(char::is_whitespace);
        for run in self.runs(text).filter(long) {
            for (start, end) in self.people(text, run, &keep) {
                // "María Núñez Torre" is called Núñez later on, "Jane B. Roe" is called Roe.
                let words: Vec<&str> = text[start..end].split_whitespace().skip(1).collect();
                let telling = words.first().into_iter().chain(words.last());
                let long = telling.filter(|word| word.chars().count() > 2);
                let named = long.map(|word| fold(word));
                surnames.extend(named.filter(|word| !self.organisation.contains(word)));
            }
        }
        Persons { surnames }
    }

    /// `text` without persons, and its `marks` moved along; where the operator keeps persons, without
    /// e-mail addresses and phone numbers alone.
    pub(crate) fn redact(
        &self,
        text: &str,
        marks: &[(usize, usize)],
        persons: &Persons,
        keep: &[&str],
    ) -> (String, Vec<(usize, usize)>) {
        let mut cuts = self.cuts(text, persons, keep);
        if self.persons_in == PersonsIn::Keep {
            cuts.retain(|(.., put)| *put != PERSON);
        }
        apply(text, marks, &cuts)
    }

    /// Whether `text`, or a part of it, is one of `persons` or any other.
    pub(crate) fn is_person(&self, text: &str, persons: &Persons, keep: &[&str]) -> bool {
        let cuts = self.cuts(text, persons, keep);
        cuts.iter().any(|(.., put)| *put == PERSON)
    }

    /// What is personal in `text`, sorted, and what is put in its place.
    fn cuts(
        &self,
        text: &str,
        persons: &Persons,
        keep: &[&str],
    ) -> Vec<(usize, usize, &'static str)> {
        let keep = &Keep::new(keep);
        let mut cuts: Vec<(usize, usize, &'static str)> = Vec::new();
        cuts.extend(
            self.email
                .find_iter(text)
                .map(|m| (m.start(), m.end(), "[e-mail]")),
        );
        cuts.extend(
            self.phone
                .find_iter(text)
                .map(|m| (m.start(), m.end(), "[phone]")),
        );
        for run in self.runs(text) {
            let people = self.people(text, run, keep);
            cuts.extend(people.iter().map(|(start, end)| (*start, *end, PERSON)));
            for word in pieces(text, run) {
                let bare = text[word.0..word.1].trim_end_matches(['.', '\'']);
                let bare = bare
                    .strip_suffix("'s")
                    .or(bare.strip_suffix("’s"))
                    .unwrap_or(bare);
                if persons.surnames.contains(&fold(bare)) && !keep.has(bare) {
                    cuts.push((word.0, word.0 + bare.len(), PERSON));
                }
            }
        }
        cuts.sort_unstable();
        cuts
    }

    /// Whether `text` names anybody.
    pub(crate) fn has_person(&self, text: &str) -> bool {
        let nobody = Keep::new(&[]);
        self.runs(text)
            .any(|run| !self.people(text, run, &nobody).is_empty())
    }

    fn runs<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
        self.run.find_iter(text).map(|run| (run.start(), run.end()))
    }

    /// All persons in a run of capitalised words: a list without commas has several.
    fn people(&self, text: &str, run: (usize, usize), keep: &Keep) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut rest = run;
        while let Some((start, end)) = self.person_in(text, rest, keep) {
            found.push((start, end));
            let Some(next) = text[end..run.1].find(char::is_uppercase) else {
                break;
            };
            rest = (end + next, run.1);
        }
        found
    }

    /// The first part of a run of capitalised words that is a person.
    fn person_in(&self, text: &str, run: (usize, usize), keep: &Keep) -> Option<(usize, usize)> {
        let mut words = pieces(text, run);
        let whole = &text[run.0..run.1];
        let address = words
            .iter()
            .take_while(|word| self.is_beside(text, **word))
            .count();
        words.drain(..address);
        let start = words.first()?.0;
        if self.companies.contains(&fold(whole)) || keep.has(whole) {
            return None;
        }
        // A known first name, and at least one more word after it.
        for (at, word) in words.iter().enumerate() {
            let rest = &words[at..];
            let first = fold(text[word.0..word.1].trim_end_matches('.'));
            if rest.len() >= 2 && self.first.contains(&first) {
                let end = self.name_end(text, rest, keep);
                if end > word.1 && !self.companies.contains(&fold(&text[word.0..end])) {
                    return Some((word.0, end));
                }
            }
        }
        // No known name, but a person's place.
        let end = self.name_end(text, &words, keep);
        let count = words.iter().filter(|word| word.1 <= end).count();
        let before = self
            .before
            .is_match(text[..start].get(back(text, start)..).unwrap_or_default());
        let after = self.after.is_match(&text[end..]);
        let honoured = before && honorific(&text[..start]);
        let person = match count {
            0 => false,
            1 => honoured,
            2 | 3 => before || after,
            _ => honoured,
        };
        person.then_some((start, end))
    }

    fn is_beside(&self, text: &str, word: (usize, usize)) -> bool {
        self.beside
            .contains(&fold(text[word.0..word.1].trim_end_matches('.')))
    }

    /// Where the name ends that begins with the first of `words`: before what no person is called.
    fn name_end(&self, text: &str, words: &[(usize, usize)], keep: &Keep) -> usize {
        let mut end = words.first().map_or(0, |word| word.0);
        for (at, word) in words.iter().enumerate().take(4) {
            let bare = text[word.0..word.1].trim_end_matches('.');
            // In a list without commas the next person begins with a first name.
            if at >= 2 && at + 1 < words.len() && self.first.contains(&fold(bare)) {
                break;
            }
            if self.is_beside(text, *word) || keep.has(bare) {
                break;
            }
            let shouted =
                bare.chars().count() > 2 && bare.chars().all(|letter| !letter.is_lowercase());
            if shouted || self.organisation.contains(&fold(bare)) {
                // "Jane Roe Industries" is a company.
                return words.first().map_or(0, |word| word.0);
            }
            end = word.1;
            if bare.ends_with("'s") || bare.ends_with("’s") {
                break;
            }
        }
        end
    }
}

/// Whether the text before a name ends with a form of address.
fn honorific(before: &str) -> bool {
    let last = before.trim_end().rsplit(' ').next().unwrap_or_default();
    matches!(
        last.trim_end_matches('.').to_lowercase().as_str(),
        "mr" | "mrs" | "ms" | "dr" | "prof" | "sr" | "sra" | "srta" | "dra" | "don" | "doña" | "d"
    )
}

fn back(text: &str, at: usize) -> usize {
    let mut from = at.saturating_sub(60);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    from
}

/// The words of a run; a lower-case particle belongs to the word after it.
fn pieces(text: &str, run: (usize, usize)) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = run.0;
    for word in text[run.0..run.1].split(char::is_whitespace) {
        if word.starts_with(char::is_uppercase) {
            found.push((at, at + word.len()));
        }
        at += word.len()
            + text[at + word.len()..run.1]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
    }
    found
}

fn fold(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return name.to_ascii_lowercase();
    }
    super::fold::Folded::new(name).text.to_ascii_lowercase()
}

fn apply(
    text: &str,
    marks: &[(usize, usize)],
    cuts: &[(usize, usize, &str)],
) -> (String, Vec<(usize, usize)>) {
    let mut clean = String::with_capacity(text.len());
    let mut moved = marks.to_vec();
    let mut at = 0;
    for (start, end, put) in cuts {
        if *start < at {
            continue;
        }
        clean.push_str(&text[at..*start]);
        let here = clean.len();
        clean.push_str(put);
        for (mark, source) in moved.iter_mut().zip(marks) {
            for (edge, original) in [(&mut mark.0, source.0), (&mut mark.1, source.1)] {
                if original >= *end {
                    *edge = clean.len() + (original - end);
                } else if original > *start {
                    *edge = if original == source.0 {
                        here
                    } else {
                        clean.len()
                    };
                }
            }
        }
        at = *end;
    }
    clean.push_str(&text[at..]);
    (clean, moved)
}

#[cfg(test)]
mod tests;
