//! Numbers that registers and tax offices give to companies, where a label announces them and
//! their check digit holds.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::Deserialize;

use super::Said;
use super::line::Line;
use super::whose::Whose;
use crate::model::profile::{Attribute, ClaimBasis};

/// Bytes of a line without a number that may be the label of the next.
const LABEL: usize = 70;
/// Digits of the shortest number.
const FEWEST: usize = 3;
/// Letters and digits of the longest VAT number behind its country's letters.
const LONGEST_VAT: usize = 12;

/// `numbers.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    number: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    is: Attribute,
    #[serde(default)]
    country: String,
    label: String,
    form: String,
    check: String,
    write: String,
}

/// The same, made ready.
struct Numbers {
    entries: Vec<(Entry, Regex)>,
    any: RegexSet,
}

static NUMBERS: LazyLock<Numbers> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("numbers.toml")).expect("tests read numbers.toml");
    let labels = file
        .number
        .iter()
        .map(|entry| format!("{START}(?:{})", entry.label));
    let any = RegexSet::new(labels).expect("numbers.toml is well formed");
    let ready = |entry: Entry| {
        let pattern = Regex::new(&pattern(&entry)).expect("numbers.toml is well formed");
        (entry, pattern)
    };
    Numbers {
        any,
        entries: file.number.into_iter().map(ready).collect(),
    }
});

/// Before a label: no letter. Accents do not matter, and would make the patterns large.
const START: &str = "(?i)(?:^|[^a-z0-9])";

/// A label, up to four words, the number.
fn pattern(entry: &Entry) -> String {
    let form = entry.form.replace(r"\d", "[0-9]").replace(r"\s", " ");
    format!(
        "{START}((?:{}))[^a-z0-9]{{0,6}}(?:[^ 0-9]+[ :.]+){{0,4}}?({form})(?:$|[^a-z0-9])",
        entry.label.replace(r"\s", " ")
    )
}

/// VAT numbers with their country's letters, and the words of which one stands beside them.
static VAT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^A-Za-z0-9])(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[ .:-]{0,2}([0-9A-Z+*](?:[ .-]?[0-9A-Z+*]){6,15})")
        .expect("it is well formed")
});
static VAT_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[^a-z0-9])(?:vat|ust|umsatzsteuer|mwst|steuer|uid|tva|t\.v\.a|i\.?v\.?a|btw|moms|nif|n\.i\.f|cif|c\.i\.f|tax|dič|dph|áfa|adószám|pvm|alv|intracom\w*|cui|nip|oib|pdv|ddv|p\.iva|afm|αφμ|pvn|kmkr|contribuinte|nipc)")
        .expect("it is well formed")
});

/// The company's numbers, and the country of each.
pub(super) fn said(
    lines: &[Line],
    whose: &[Whose],
    basis: impl Fn(usize) -> ClaimBasis,
) -> Vec<(Said, Option<&'static str>)> {
    let mut found: Vec<(Said, Option<&'static str>)> = Vec::new();
    for (at, whose) in whose.iter().enumerate() {
        if matches!(whose, Whose::Other | Whose::Person) {
            continue;
        }
        let text = labelled(lines, at);
        if text.bytes().filter(u8::is_ascii_digit).count() < FEWEST {
            continue;
        }
        for (attribute, value, evidence, country) in in_text(&text) {
            // The first of a kind is the company's: others are those of whoever is named after it.
            let known = found.iter().any(|(said, of)| {
                said.attribute == attribute
                    && (said.value == value || attribute != Attribute::Register || *of == country)
            });
            if !known {
                let basis = basis(at);
                found.push((
                    Said {
                        attribute,
                        value,
                        basis,
                        evidence,
                    },
                    country,
                ));
            }
        }
    }
    found
}

/// A line, with the next behind it where it is but a label.
fn labelled(lines: &[Line], at: usize) -> Cow<'_, str> {
    let text = &lines[at].text;
    let bare = text.len() <= LABEL && !text.bytes().any(|byte| byte.is_ascii_digit());
    match lines.get(at + 1) {
        Some(next) if bare && next.text.len() <= LABEL => {
            Cow::Owned(format!("{text}: {}", next.text))
        }
        _ => Cow::Borrowed(text),
    }
}

/// What a number is, its normal form, the words that state it, and its country.
type Number = (Attribute, String, String, Option<&'static str>);

/// The numbers in a text.
pub(super) fn in_text(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    if VAT_WORDS.is_match(text) {
        for vat in VAT.captures_iter(text) {
            let country = &vat[1];
            if let Some((value, code)) = longest_vat(country, &vat[2], text, &vat) {
                found.push((
                    Attribute::Vat,
                    value.clone(),
                    format!("VAT {value}"),
                    Some(code),
                ));
            }
        }
    }
    for at in NUMBERS.any.matches(text) {
        let (entry, regex) = &NUMBERS.entries[at];
        for number in regex.captures_iter(text) {
            let Some(value) = checked(entry, &number[1], &number[2]) else {
                continue;
            };
            let evidence = match &entry.check[..] {
                "hr" => court(text, &value),
                _ => format!("{} {}", number[1].trim(), number[2].trim()),
            };
            let code = super::country::code(&entry.country);
            if !found
                .iter()
                .any(|(is, known, ..)| *is == entry.is && *known == value)
            {
                found.push((entry.is, value, evidence, code));
            }
        }
    }
    found
}

/// The longest part of what stands behind a country's letters that is a VAT number of it.
fn longest_vat(
    country: &str,
    digits: &str,
    text: &str,
    vat: &regex::Captures<'_>,
) -> Option<(String, &'static str)> {
    let whole = vat.get(2)?;
    let mut ends: Vec<usize> = digits
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    ends.reverse();
    ends.into_iter()
        .filter(|end| {
            let next = text[whole.start() + end..].chars().next();
            next.is_none_or(|c| !c.is_alphanumeric())
        })
        .find_map(|end| valid_vat(country, &digits[..end]))
}

/// A VAT number in its normal form, and its country's code.
pub(super) fn valid_vat(country: &str, number: &str) -> Option<(String, &'static str)> {
    let compact: String = number
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '*'))
        .flat_map(char::to_uppercase)
        .collect();
    if compact.len() > LONGEST_VAT + 4 {
        return None;
    }
    let (scheme, letters) = match country {
        "GB" | "XI" => ("gb/vat", country),
        "CH" => ("ch/vat", ""),
        "NO" => ("no/mva", "NO"),
        "EL" | "GR" => ("gr/vat", "EL"),
        _ => (*stdnum::eu_vat().get(country)?.first()?, country),
    };
    let code = match country {
        "EL" => "GR",
        "XI" => "GB",
        country => country,
    };
    let value = valid(scheme, &compact)?;
    let value = value.strip_prefix(letters).unwrap_or(&value);
    Some((format!("{letters}{value}"), super::country::code(code)?))
}

/// A number in the compact form of its scheme, where its check holds and it is not a person's.
fn valid(scheme: &str, number: &str) -> Option<String> {
    let valid = stdnum::find(scheme)?.validate(number).ok()?;
    // Croatia's numbers are of one kind, and a company's is not told from a person's.
    let company = !valid.is_individual || valid.is_company || scheme == "hr/oib";
    company.then_some(valid.compact)
}

/// A number in its normal form, where its check holds.
fn checked(entry: &Entry, label: &str, number: &str) -> Option<String> {
    let compact: String = number.chars().filter(|c| c.is_alphanumeric()).collect();
    let value = match &entry.check[..] {
        "plain" => {
            let letters = entry.write.trim_end_matches("{}").trim();
            let bare = compact.strip_prefix(letters).unwrap_or(&compact);
            let same = bare.bytes().all(|byte| byte == bare.as_bytes()[0]);
            (!bare.is_empty() && !same).then(|| match &entry.country[..] {
                "IT" | "ZA" => number.replace(' ', "").replace('–', "-"),
                _ => bare.to_owned(),
            })?
        }
        "hr" => german(label, number),
        "gb" => format!("{:0>8}", compact.to_uppercase()),
        "hoja" => {
            let sheet = number.rsplit(['º', '°', ':']).next()?;
            let from = sheet.to_lowercase().rfind("hoja").map_or(0, |at| at + 4);
            let sheet: String = sheet
                .get(from..)?
                .chars()
                .filter(|c| c.is_alphanumeric())
                .collect();
            let digits = sheet.trim_start_matches(|c: char| c.is_alphabetic());
            let letters = sheet.strip_suffix(digits)?;
            // "núm. M" leaves its word before the letters of the province.
            let letters: String = letters.chars().filter(char::is_ascii_uppercase).collect();
            let letters = &letters[letters.len().saturating_sub(2)..];
            format!("{letters}-{digits}")
        }
        "lei" => lei(&compact)?,
        // The tax office's suffix is in one of three languages.
        "ch/vat" => valid("ch/vat", &compact.to_uppercase())?
            .get(..12)?
            .to_owned(),
        // A SIRET is the SIREN of its company and the number of one of its places.
        "fr/siret" => valid("fr/siret", &compact)?.get(..9)?.to_owned(),
        "fr/siren" => valid("fr/siren", compact.trim_start_matches(['A', 'B', 'a', 'b']))?,
        "es/cif" | "pt/nif" | "it/iva" | "gb/vat" | "pl/nip" => {
            let value = valid(&entry.check, &compact)?;
            value.trim_start_matches(entry.country.as_str()).to_owned()
        }
        scheme => valid(scheme, &compact)?,
    };
    Some(entry.write.replace("{}", &value))
}

/// `HRB 12345 B`: as German registers write it.
fn german(label: &str, number: &str) -> String {
    let whole = match number.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("{label} {number}"),
        false => number.to_owned(),
    };
    let first = whole
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(whole.len());
    let (start, rest) = whole.split_at(first);
    let start: String = start.chars().filter(|c| c.is_alphabetic()).collect();
    let kinds = ["HRA", "GnR", "PR", "VR"];
    let kind = kinds
        .into_iter()
        .find(|kind| start.starts_with(kind))
        .unwrap_or("HRB");
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let tail: String = rest.chars().filter(char::is_ascii_uppercase).collect();
    format!("{kind} {digits} {tail}").trim_end().to_owned()
}

/// The number with the court that keeps its register, where the text names it.
fn court(text: &str, value: &str) -> String {
    static COURT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:Amtsgericht|Registergericht|AG|Local Court|District Court|Handelsregister)(?:s?| des| beim| of)?:?(?: Amtsgerichts?:?)? (\p{Lu}[\p{L}-]+(?: (?:am|an der|im|\(|\p{Lu})[\p{L}. ()]{0,20})?)")
            .expect("it is well formed")
    });
    let court = COURT.captures(text).map(|court| court[1].trim().to_owned());
    let court = court.filter(|court| !court.starts_with("HR"));
    match court {
        Some(court) => format!(
            "Amtsgericht {}, {value}",
            court.trim_end_matches([',', ' '])
        ),
        None => value.to_owned(),
    }
}

/// A Legal Entity Identifier whose two check digits hold (ISO 17442, ISO 7064 mod 97-10).
pub(super) fn lei(text: &str) -> Option<String> {
    let lei: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let lei = lei.to_ascii_uppercase();
    let ends = lei.len() == 20 && lei.bytes().skip(18).all(|byte| byte.is_ascii_digit());
    (ends && stdnum::util::checksum::mod97_base10_validate(&lei, 1)).then_some(lei)
}

/// A D-U-N-S number: nine digits, the check digit of which is no longer kept.
pub(super) fn duns(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let other = text
        .chars()
        .any(|c| !c.is_ascii_digit() && !matches!(c, ' ' | '-'));
    (digits.len() == 9 && !other && digits.trim_matches('0').len() > 1).then_some(digits)
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
