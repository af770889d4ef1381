//! The name in the register: what stands before a legal form.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;
use serde::Deserialize;

use super::line::Line;
use super::own::Own;
use super::whose::Whose;
use super::{Said, plain};
use crate::model::profile::{Attribute, ClaimBasis};

/// Words a name has at most, without its form.
const MAX_WORDS: usize = 8;
/// Bytes of a name.
const MAX_NAME: usize = 110;
/// Names that are weighed against each other on one page.
const MAX_NAMES: usize = 60;
/// Bytes before a name in which its maker's words may stand.
const NEAR: usize = 60;
/// Bytes of a footer's line that is small print.
const PROSE: usize = 220;
/// What of a long line is looked at: labels and announcements stand at its beginning.
const MAX_FORMS: usize = 12;

/// `forms.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    forms: BTreeMap<String, Vec<String>>,
    words: Words,
    others: Others,
    makers: Makers,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    within: String,
    before: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Others {
    names: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Makers {
    words: String,
}

/// The same, made ready.
struct Forms {
    /// A form with what may stand around it; the form is the group.
    any: Regex,
    /// The country of a form, as [`plain`] writes it, where one alone has it.
    country: HashMap<String, &'static str>,
    within: HashSet<String>,
    before: HashSet<String>,
    others: Vec<String>,
    makers: AhoCorasick,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("forms.toml")).expect("tests read forms.toml");
    let mut forms: Vec<&String> = file.forms.values().flatten().collect();
    forms.sort_by_key(|form| (std::cmp::Reverse(form.len()), form.as_str()));
    let patterns: Vec<String> = forms.iter().map(|form| pattern(form)).collect();
    let any = format!(r"[\s,]\s?({})(?:$|[^\p{{L}}\d&@-])", patterns.join("|"));
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let mut country = HashMap::new();
    for (code, forms) in &file.forms {
        if let Some(code) = super::country::code(code) {
            country.extend(forms.iter().map(|form| (plain(form), code)));
        }
    }
    for form in &file.forms["XX"] {
        country.remove(&plain(form));
    }
    Forms {
        any: Regex::new(&any).expect("forms.toml is well formed"),
        country,
        makers: AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(file.makers.words.split("; "))
            .expect("the words are few"),
        within: words(&file.words.within),
        before: words(&file.words.before),
        others: file
            .others
            .names
            .split(';')
            .map(|name| name.trim().to_owned())
            .collect(),
    }
});

/// What a form looks like: full stops may be left out, or have a space behind them; what is long
/// is taken in any case.
fn pattern(form: &str) -> String {
    let escaped = regex::escape(form)
        .replace(r"\.", r"\.?\s?")
        .replace(' ', r"\s?");
    let escaped = escaped.strip_suffix(r"\s?").unwrap_or(&escaped).to_owned();
    let letters = form.chars().filter(|c| c.is_alphabetic()).count();
    // "as" and "ks" are words: forms in small letters keep their full stops.
    if form.ends_with('.') && !form.contains(char::is_uppercase) && letters <= 3 {
        return regex::escape(form).replace(r"\.", r"\.\s?");
    }
    match letters {
        0..=2 => escaped,
        3 if form.contains('.') || form.chars().all(char::is_uppercase) => escaped,
        _ => format!("(?i:{escaped})"),
    }
}

/// A name with its form, as it stands in a line.
#[derive(Debug, PartialEq)]
struct Named {
    name: String,
    form: String,
    /// Where it begins in its line.
    at: usize,
}

/// The company's name in the register, and the country whose law alone knows its form.
pub(super) fn name(
    lines: &[Line],
    whose: &[Whose],
    basis: impl Fn(usize) -> ClaimBasis,
    own: &Own,
) -> Option<(Said, Option<&'static str>)> {
    let mut found: Vec<(i32, Said, Option<&'static str>)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if matches!(whose[at], Whose::Other | Whose::Person) || found.len() >= MAX_NAMES {
            continue;
        }
        for named in names(&line.text, own) {
            let basis = basis(at);
            let like = own.resembles(&named.name);
            let before = &line.text[..named.at];
            let near = &before[before.ceil_char_boundary(before.len().saturating_sub(NEAR))..];
            if !like && (is_others(&named.name) || FORMS.makers.is_match(near)) {
                continue;
            }
            let marked = copyright(before);
            // Small print of some length names insurers, partners and parts of a group.
            let prose = basis == ClaimBasis::Frame && line.text.len() > PROSE;
            let alone = named.name.len() + 2 >= line.text.len();
            let weight = 4 * i32::from(like)
                + 3 * i32::from(whose[at] == Whose::Own)
                + 3 * i32::from(marked)
                - 2 * i32::from(prose && !marked)
                + i32::from(basis == ClaimBasis::Imprint)
                + i32::from(alone && basis == ClaimBasis::Imprint)
                + i32::from(alone && basis == ClaimBasis::Contact && found.is_empty());
            let said = Said {
                attribute: Attribute::LegalName,
                evidence: named.name.clone(),
                value: named.name,
                basis,
            };
            found.push((weight, said, country(&named.form)));
        }
    }
    // Of equals the first, but a name that is told again weighs more.
    let mut best: Option<(i32, usize)> = None;
    for (at, (weight, said, _)) in found.iter().enumerate() {
        let again =
            |other: &(i32, Said, Option<&'static str>)| plain(&other.1.value) == plain(&said.value);
        let weight = weight + i32::from(found.iter().filter(|other| again(other)).count() > 1);
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, at));
        }
    }
    let (weight, at) = best?;
    let needed = match found[at].1.basis {
        ClaimBasis::Imprint => 2,
        _ => 3,
    };
    let (_, said, country) = found.swap_remove(at);
    (weight >= needed).then_some((said, country))
}

/// Whether a text is a name with a legal form, and nothing else.
pub(super) fn is_name(text: &str) -> bool {
    let found = FORMS.any.captures_iter(text).last();
    found.is_some_and(|found| {
        let form = found.get(1).expect("the pattern has it");
        form.start() > 1 && text.len() - form.end() <= 2 && text.len() <= MAX_NAME
    })
}

/// Where a line's first name with a form ends.
pub(super) fn end_of_name(text: &str) -> Option<usize> {
    let found = FORMS.any.captures(text)?;
    found.get(1).map(|form| form.end())
}

/// The country whose law alone knows a form.
fn country(form: &str) -> Option<&'static str> {
    FORMS.country.get(&plain(form)).copied()
}

fn is_others(name: &str) -> bool {
    let lower = name.to_lowercase();
    FORMS.others.iter().any(|other| {
        lower
            .strip_prefix(other.as_str())
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// Whether right before a name stands a copyright mark, perhaps with years.
fn copyright(before: &str) -> bool {
    let tail = before.trim_end_matches(|c: char| {
        c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '–' | ',' | '.' | '|' | 'y')
    });
    let tail = tail.strip_suffix("by").unwrap_or(tail).trim_end();
    tail.ends_with('©')
        || tail.to_lowercase().ends_with("copyright")
        || tail.ends_with("(c)")
        || tail.ends_with("(C)")
}

/// Every name with a form in a line.
fn names(text: &str, own: &Own) -> Vec<Named> {
    let forms = FORMS.any.captures_iter(text).take(MAX_FORMS);
    let (mut found, mut from) = (Vec::new(), 0);
    for form in forms {
        let form = form.get(1).expect("the pattern has it");
        if form.start() < from {
            continue;
        }
        if let Some(start) = start_of_name(&text[from..form.start()], own) {
            let at = from + start;
            // A form's own last dot, and not that of the sentence behind it.
            let dot = !form.as_str().ends_with('.') && text[form.end()..].starts_with('.');
            let end = form.end() + usize::from(dot);
            let shouted = text.chars().filter(|c| c.is_lowercase()).count() < 3;
            let short = form.as_str().chars().count() <= 2;
            let alone = end - at + 4 >= text.len();
            // "limited" is a word, "Limited" a form.
            let word = form.as_str().len() > 4
                && form
                    .as_str()
                    .chars()
                    .all(|c| c.is_lowercase() || c.is_whitespace());
            if end - at <= MAX_NAME && !word && (!shouted || !short || alone) {
                found.push(Named {
                    name: tidy(&text[at..end]),
                    form: form.as_str().to_owned(),
                    at,
                });
            }
        }
        from = form.end();
    }
    found
}

/// A name ends without the full stop of its sentence, and with that of its form.
fn tidy(name: &str) -> String {
    let name = &name.replace(['®', '™'], "");
    let dotted = [
        "S.A.", "S.L.", "S.L.U.", "S.A.U.", "Inc.", "Ltd.", "Corp.", "S.r.l.", "S.p.A.",
    ];
    let dotted = dotted.iter().any(|form| name.ends_with(form));
    let inner = name.trim_end_matches('.').contains('.') || name.ends_with("Lda.");
    let keep = dotted || inner || ["co.", "Co."].iter().any(|end| name.ends_with(end));
    match keep {
        true => name.clone(),
        false => name.trim_end_matches('.').to_owned(),
    }
}

/// Where the name begins that the text before a form ends with.
fn start_of_name(before: &str, own: &Own) -> Option<usize> {
    let trimmed = before.trim_end().trim_end_matches(',').trim_end();
    let (mut start, mut words, mut proper) = (trimmed.len(), 0, 0);
    let mut at = trimmed.len();
    while words < MAX_WORDS && at > 0 {
        let head = trimmed[..at].trim_end();
        let from = head.rfind(char::is_whitespace).map_or(0, |space| {
            space + head[space..].chars().next().map_or(1, char::len_utf8)
        });
        let word = &head[from..];
        if word.is_empty() || ends_other(word, words == 0) {
            break;
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let first = bare.chars().next();
        let counts = bare.chars().filter(char::is_ascii_digit).count() > 4;
        if counts {
            break;
        }
        let name_like = first.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
            || bare.len() >= 3 && own.resembles(bare)
            || bare.chars().skip(1).any(char::is_uppercase);
        let joins = FORMS.within.contains(word);
        if !name_like && !joins {
            break;
        }
        (words, at) = (words + 1, from);
        if name_like {
            (start, proper) = (from, proper + 1);
        }
        if word.starts_with(['(', '"', '„', '“', '«', '©', '|', '•']) {
            break;
        }
    }
    let (start, letters) = without_lead(trimmed, start);
    (proper > 0 && letters >= 2).then_some(start)
}

/// Whether a word ends something else than the name.
fn ends_other(word: &str, last: bool) -> bool {
    if word.ends_with([':', ';', '|', '•', '·', '!', '?', ')', '©', '"', '”', '»']) {
        return !(last && word.ends_with([')', '"', '”', '»']));
    }
    if word.ends_with(',') {
        return true;
    }
    // A full stop ends a sentence, but not an abbreviation or an initial.
    word.ends_with('.') && word.chars().count() > 4 && !last
}

/// Where a name begins once the words are left out that lead to it, and how many letters it has.
fn without_lead(text: &str, mut start: usize) -> (usize, usize) {
    loop {
        let name = &text[start..];
        let skip = name.len()
            - name
                .trim_start_matches(|c: char| !c.is_alphanumeric())
                .len();
        let (mut from, name) = (start + skip, &name[skip..]);
        let end = name.find(char::is_whitespace).unwrap_or(name.len());
        let word = name[..end].trim_end_matches(|c: char| !c.is_alphanumeric());
        // "2019", "2019-2026".
        let year = matches!(word.chars().count(), 4 | 9)
            && word
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '-' | '–'));
        let leads = FORMS.before.contains(&word.to_lowercase())
            && word.chars().skip(1).all(|c| !c.is_uppercase());
        if name.is_empty() || !(year || leads) {
            // "L'Atelier" keeps its article, "l'Atelier" has none.
            if let Some(rest) = name.strip_prefix("l'").or(name.strip_prefix("l’")) {
                from += name.len() - rest.len();
            }
            let letters = text[from..].chars().filter(|c| c.is_alphabetic()).count();
            return (from, letters);
        }
        start = from + end;
    }
}

#[cfg(test)]
#[path = "legal_tests.rs"]
mod tests;
