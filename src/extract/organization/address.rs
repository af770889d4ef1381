//! Postal addresses: where a postal code and a street stand together.
//!
//! Invariant: of what stands before the street nothing is kept, because it may be a person.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::line::Line;
use super::whose::{self, Whose};
use super::{Said, country, legal};
use crate::model::profile::{Attribute, ClaimBasis};

/// Bytes of a line that may be a part of an address.
const PART: usize = 90;
/// Bytes of text before a postal code that may belong to its address.
const BEFORE: usize = 160;
/// How many lines above its postal code an address may begin.
const ABOVE: usize = 3;
/// A page with more addresses tells which is the seat, or nothing.
const FEW: usize = 2;
/// Words behind the first of a town, its region and country among them.
const TOWN_WORDS: usize = 6;
/// Bytes of a footer's line that is small print.
const PROSE: usize = 300;
/// Bytes of an address.
const MAX_ADDRESS: usize = 180;

/// `address.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: Vec<Code>,
    street: Street,
    around: Around,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    country: String,
    form: String,
    /// Whether the town stands before it.
    last: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Street {
    words: String,
    endings: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    before: String,
    after: String,
}

/// The same, made ready.
struct Forms {
    codes: Vec<(Code, Regex)>,
    any: RegexSet,
    words: Vec<String>,
    /// A street by the ending of its word, with its number.
    ending: Regex,
    before: Regex,
    after: Regex,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("address.toml")).expect("tests read address.toml");
    let ready = |pattern: &str| Regex::new(pattern).expect("address.toml is well formed");
    // Of Unicode, `\b` puts a set out of its automaton, and `\d` makes it large; postal codes
    // need neither.
    let plain = |code: Code| {
        let form = code.form.replace(r"\b", r"(?-u:\b)");
        let form = form.replace(r"\d", "[0-9]");
        Code { form, ..code }
    };
    let codes: Vec<Code> = file.code.into_iter().map(plain).collect();
    let endings: Vec<String> = file
        .street
        .endings
        .split_whitespace()
        .map(regex::escape)
        .collect();
    Forms {
        any: RegexSet::new(codes.iter().map(|code| &code.form)).expect("it is well formed"),
        codes: codes
            .into_iter()
            .map(|code| (ready(&code.form), code))
            .map(|(regex, code)| (code, regex))
            .collect(),
        words: file
            .street
            .words
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        ending: ready(&format!(
            r"(?i)\b\p{{L}}[\p{{L}}-]*(?:{})\.?\s+\d{{1,4}}\s?[a-z]?\b",
            endings.join("|")
        )),
        before: ready(&file.around.before),
        after: ready(&file.around.after),
    }
});

/// Where the company sits, and in which country as far as the address shows.
pub(super) fn seat(
    lines: &[Line],
    whose: &[Whose],
    basis: impl Fn(usize) -> ClaimBasis,
) -> Option<(Said, Option<&'static str>)> {
    let mut found: Vec<(String, Option<&'static str>, usize, bool)> = Vec::new();
    for at in 0..lines.len() {
        if matches!(whose[at], Whose::Other | Whose::Person) {
            continue;
        }
        let Some((address, code)) = ending_at(lines, at) else {
            continue;
        };
        let near = lines[at.saturating_sub(ABOVE + 1)..=at].iter();
        let seat = whose[at] == Whose::Own || near.rev().any(|line| whose::is_seat(&line.text));
        // Small print of some length gives the addresses of insurers and partners.
        let small_print = lines[at].frame && lines[at].text.len() > PROSE;
        if small_print && !seat {
            continue;
        }
        if found
            .iter()
            .all(|(known, ..)| super::plain(known) != super::plain(&address))
        {
            found.push((address, code, at, seat));
        }
    }
    let imprint =
        |found: &(String, Option<&'static str>, usize, bool)| basis(found.2) == ClaimBasis::Imprint;
    let chosen = found
        .iter()
        .find(|found| found.3 && imprint(found))
        .or_else(|| found.iter().find(|found| imprint(found)))
        .or_else(|| found.iter().find(|found| found.3))
        .or_else(|| found.first().filter(|_| found.len() <= FEW))?;
    let (address, code, at, _) = chosen;
    let said = Said {
        attribute: Attribute::Address,
        value: address.clone(),
        basis: basis(*at),
        evidence: address.clone(),
    };
    Some((said, *code))
}

/// The address whose postal code stands in this line.
fn ending_at(lines: &[Line], at: usize) -> Option<(String, Option<&'static str>)> {
    let text = &lines[at].text;
    if !may_hold_code(text) {
        return None;
    }
    let matched = FORMS.any.matches(text).iter().next()?;
    let (code, regex) = &FORMS.codes[matched];
    let place = regex.find(text)?;
    let town_start = match code.last {
        true => town_before(text, place.start()),
        false => place.start(),
    };
    let street = street(lines, at, &text[..town_start])?;
    let tail = &text[town_start..];
    let code_end = place.end() - town_start;
    let end = end_of_town(tail, code_end, code.last);
    let town = tail[..code_end + end].trim_matches([' ', ',', '.', '-', '–', ':']);
    // Years stand before words with capitals too, and so do the numbers of houses.
    let number = town
        .split([' ', ','])
        .next()
        .and_then(|word| word.parse().ok());
    let year = code.country == "XX" && number.is_some_and(|year: u32| (1980..2060).contains(&year));
    let behind = town.split_once(' ').map_or("", |(_, behind)| behind);
    if year || code.country == "XX" && is_street(behind) || town.len() > PART {
        return None;
    }
    let mut named = town.rsplit([',', '-', '–', '(']).find_map(country::code);
    let mut address = format!("{street}, {town}");
    if let Some(next) = lines.get(at + 1)
        && named.is_none()
        && let Some(code) = country::code(&next.text)
    {
        address = format!("{address}, {}", next.text.trim_matches(['.', ',', ' ']));
        named = Some(code);
    }
    let shown = named.or_else(|| country::code(&code.country));
    (address.len() <= MAX_ADDRESS).then_some((address, shown))
}

/// Whether a postal code may stand in a text: three digits in a row, or one beside a capital.
fn may_hold_code(text: &str) -> bool {
    text.as_bytes().windows(2).enumerate().any(|(at, pair)| {
        let next = || text.as_bytes().get(at + 2);
        match (pair[0], pair[1]) {
            (b'0'..=b'9', b'A'..=b'Z') | (b'A'..=b'Z', b'0'..=b'9') => true,
            (b'0'..=b'9', b'0'..=b'9') => next().is_some_and(u8::is_ascii_digit),
            _ => false,
        }
    })
}

/// How far the town goes behind its code or first letters, which end at `from`.
fn end_of_town(tail: &str, from: usize, last: bool) -> usize {
    let rest = &tail[from..];
    if !last {
        let stop = FORMS.after.find_at(tail, from);
        let stop = stop.map_or(rest.len(), |found| found.start() - from);
        let stop = rest.find(". ").map_or(stop, |end| end.min(stop));
        let mut spaces = rest[..stop].match_indices(' ').skip(TOWN_WORDS);
        return spaces.next().map_or(stop, |(at, _)| at);
    }
    // Behind a code that stands last there may be a country, and nothing else.
    let lead = rest.len() - rest.trim_start_matches([' ', ',']).len();
    let part = rest[lead..]
        .split([',', '.', '|', '(', ';'])
        .next()
        .unwrap_or_default();
    match country::code(part) {
        Some(_) => lead + part.len(),
        None => 0,
    }
}

/// Where the town begins that stands before its postal code: behind the last comma or label.
fn town_before(text: &str, code: usize) -> usize {
    let head = text[..code].trim_end_matches([' ', ',']);
    head.rfind([',', '|', '•', '·', ';', ':'])
        .map_or(0, |comma| {
            comma + head[comma..].chars().next().map_or(1, char::len_utf8)
        })
}

/// The street, in the text before the town or in the lines above.
fn street(lines: &[Line], at: usize, before: &str) -> Option<String> {
    let from = before.ceil_char_boundary(before.len().saturating_sub(BEFORE));
    let before = &before[from..];
    let before = match FORMS.before.find(before) {
        Some(lead) => &before[lead.end()..],
        None => before,
    };
    if let Some(street) = of_parts(before) {
        return Some(street);
    }
    if before.trim().len() > 3 && !before.trim_end().ends_with([',', ':']) && before.len() > 40 {
        return None;
    }
    let above = lines[at.saturating_sub(ABOVE)..at].iter().rev();
    let mut parts: Vec<String> = Vec::new();
    for line in above.take_while(|line| line.text.len() <= PART && !line.heading) {
        match of_parts(&line.text) {
            Some(street) => parts.insert(0, street),
            None => break,
        }
        if parts.len() == 2 {
            break;
        }
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The parts of a text from the first on that is a street.
fn of_parts(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', ',', '.', '-', '–', '|', '•', '·', ':']);
    let text = match legal::end_of_name(text) {
        Some(end) => text[end..].trim_matches([' ', ',', '.', '-', '–', '|', '•', '·', ':']),
        None => text,
    };
    let after = FORMS
        .after
        .find(text)
        .map_or(text.len(), |found| found.start());
    let separators = [",", "|", "•", "·", ";", " – ", " - "];
    let start = FORMS.before.find(text).map_or(0, |lead| lead.end());
    // What ends an address may stand before it too ("Tel. 1, Hafenweg 4"): then there is none.
    let text = text.get(start..after)?;
    let mut parts: Vec<&str> = vec![text];
    for separator in separators {
        parts = parts
            .into_iter()
            .flat_map(|part| part.split(separator))
            .collect();
    }
    let parts: Vec<&str> = parts
        .into_iter()
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    let behind_label = |part: &&'_ str| part.rfind(':').map_or(0, |colon| colon + 1);
    let street = |part: &&str| is_street(part[behind_label(part)..].trim());
    let first = parts.iter().position(street)?;
    let mut kept: Vec<&str> = parts[first..].to_vec();
    kept[0] = without_person(kept[0][behind_label(&kept[0])..].trim());
    // Each with its house before its street: the places of a company, and none is its seat.
    let house = |part: &&&str| {
        let (number, name) = part.split_once(' ').unwrap_or_default();
        number.len() >= 2
            && number.parse().is_ok_and(|number: u32| number > 9)
            && is_street(part)
            && name.starts_with(char::is_alphanumeric)
    };
    if kept.iter().filter(house).count() > 1 {
        return None;
    }
    let good = |part: &&str| part.len() <= PART && !part.contains(['@', '?', '!', '©']);
    kept.iter().all(good).then(|| kept.join(", "))
}

/// A street without what stands before it: "Jane Roe Hafenweg 4" begins with a person.
fn without_person(part: &str) -> &str {
    let Some(street) = FORMS.ending.find(part) else {
        return part;
    };
    let words = part[..street.start()].split_whitespace();
    let names = words
        .filter(|word| word.starts_with(char::is_uppercase))
        .count();
    match names {
        0 | 1 => part,
        _ => &part[street.start()..],
    }
}

/// Whether a part of an address is its street: a house's number and a street's word, or a number
/// before or behind a name.
fn is_street(part: &str) -> bool {
    if part.len() > PART || part.split_whitespace().count() > 10 || country::code(part).is_some() {
        return false;
    }
    let digits = part.chars().filter(char::is_ascii_digit).count();
    if digits > 7 || !part.chars().any(char::is_alphabetic) {
        return false;
    }
    let lower = part.to_lowercase();
    let known = lower.split([' ', ',']).any(|word| {
        let bare = word.trim_end_matches('.');
        FORMS
            .words
            .iter()
            .any(|known| known == word || known == bare)
    });
    let ending = FORMS.ending.is_match(part);
    static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?,? \p{Lu}[\p{L}'’. -]+$|^\p{Lu}[\p{L}'’. -]{3,40},? \d{1,4}\s?[A-Za-z]?(?:[-–/]\s?\d{1,4}\s?[A-Za-z]?)?$")
            .expect("it is well formed")
    });
    ending || digits > 0 && (known || NUMBERED.is_match(part))
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
