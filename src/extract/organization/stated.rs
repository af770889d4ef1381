//! What a page states for machines of its own company: objects of schema.org.
//!
//! Whose an object is, is told by its address and the addresses of its accounts against the
//! page's host, by who publishes the site, and by its name; of several that could be it, none is.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::super::structured::{self, Item};
use super::own::Own;
use super::{Said, Source, account, amount, country, legal, number};
use crate::model::profile::{Attribute, ClaimBasis};

/// Organisations of different names that a page may state and still be one company's.
const MANY: usize = 6;
/// Values that are taken of a property with several.
const MAX_VALUES: usize = 12;
/// Bytes of a name that is likely to hold a slogan.
const SLOGAN: usize = 45;
/// Bytes of a name.
const MAX_NAME: usize = 120;

/// `stated.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Types {
    types: String,
    persons: String,
    sites: String,
}

/// The types: organisations, persons, sites.
static TYPES: LazyLock<[Vec<&'static str>; 3]> = LazyLock::new(|| {
    let types: Types = toml::from_str(include_str!("stated.toml")).expect("tests read stated.toml");
    let words = |text: String| text.leak().split_whitespace().collect();
    [words(types.types), words(types.persons), words(types.sites)]
});

/// What the page's own organisation states.
pub(super) fn said(source: &Source<'_>, own: &Own) -> Vec<Said> {
    let mut said = Vec::new();
    let Some(owner) = owner(source, own) else {
        return said;
    };
    let year = i32::from(source.fetched.day().year());
    names(&mut said, owner);
    seat(&mut said, owner);
    numbers(&mut said, owner);
    figures(&mut said, owner, year);
    for (property, attribute) in [
        ("parentOrganization", Attribute::Parent),
        ("subOrganization", Attribute::Subsidiary),
    ] {
        for name in texts(owner, property).filter(|name| is_name(name)) {
            push(&mut said, attribute, name, property);
        }
    }
    let accounts = texts(owner, "sameAs").filter_map(|url| account::account(&url));
    let mut known = Vec::new();
    for (network, account) in accounts {
        if !known.contains(&network) {
            known.push(network);
            push(&mut said, Attribute::Social, account, "sameAs");
        }
    }
    said
}

/// The page's own organisation.
fn owner<'a>(source: &Source<'a>, own: &Own) -> Option<&'a Item> {
    let mut candidates: Vec<&Item> = Vec::new();
    let mut published: Vec<&str> = Vec::new();
    for item in source.items {
        if is(item, 0) && !is(item, 1) {
            candidates.push(item);
        } else if is(item, 2)
            && let Some(Value::Object(publisher)) = item.get("publisher")
        {
            match publisher.get("@id").and_then(Value::as_str) {
                Some(id) if !publisher.contains_key("name") => published.push(id),
                _ if is(publisher, 0) => candidates.push(publisher),
                _ => {}
            }
        }
    }
    candidates.retain(|item| name_of(item).is_some());
    let mut different: Vec<String> = candidates
        .iter()
        .filter_map(|item| name_of(item))
        .map(|name| super::plain(&name))
        .collect();
    different.sort_unstable();
    different.dedup();
    if different.len() > MANY {
        return None;
    }
    let alone = different.len() == 1;
    let weighed = candidates
        .into_iter()
        .map(|item| (weight(item, &published, own, alone, source), item));
    // Of equals the first.
    let best = weighed.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 > 0).then_some(best.1)
}

/// How much speaks for an object being the page's own company; 0 and below: nothing does.
fn weight(item: &Item, published: &[&str], own: &Own, alone: bool, source: &Source<'_>) -> i32 {
    let id = item.get("@id").and_then(Value::as_str).unwrap_or_default();
    let here = |address: &str| own.is_here(address);
    let url = structured::text(item, "url");
    let at = url.as_deref().and_then(here);
    // An object whose address is this very page may be what the page is about: in a directory, a
    // company that is listed.
    let page = source.url.as_str().trim_end_matches('/');
    let listed = source.url.path().len() > 1
        && url
            .as_deref()
            .is_some_and(|url| url.trim_end_matches('/') == page);
    let like = name_of(item).is_some_and(|name| own.resembles(&name))
        || structured::text(item, "legalName").is_some_and(|name| own.resembles(&name));
    let place = super::place::of(source.url, &source.head.title).is_some();
    let foreign = at == Some(false) || at.is_none() && here(id) == Some(false);
    let local = at == Some(true) && (!listed || place);
    let same = texts(item, "sameAs").any(|address| here(&address) == Some(true));
    let parts = [
        (like, 4),
        (!id.is_empty() && published.contains(&id), 4),
        (local, 3),
        (same, 2),
        (
            at.is_none() && alone && (place || source.url.path().len() <= 1),
            1,
        ),
        (
            item.contains_key("legalName") || item.contains_key("vatID"),
            i32::from(alone),
        ),
        (foreign && !like, -9),
        (listed && !place && !like, -9),
        (is_review_subject(item) && !like, -4),
    ];
    parts
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, weight)| weight)
        .sum()
}

/// What other people's reviews are about is listed, unless its name is the site's.
fn is_review_subject(item: &Item) -> bool {
    item.contains_key("review") || item.contains_key("reviews")
}

fn is(item: &Item, kind: usize) -> bool {
    structured::is_a(item, &TYPES[kind])
}

fn name_of(item: &Item) -> Option<String> {
    ["name", "legalName"]
        .iter()
        .find_map(|name| structured::text(item, name))
}

fn is_name(name: &str) -> bool {
    name.len() >= 2
        && name.len() <= MAX_NAME
        && name.chars().any(char::is_alphabetic)
        && !name.contains("://")
        && !name.contains(['@', '{', '<', '\n'])
        && !["Dr. ", "Prof. ", "Mr ", "Mr. ", "Mrs ", "Ms "]
            .iter()
            .any(|form| name.starts_with(form))
}

/// A long name without the slogan behind it.
fn without_slogan(name: &str) -> &str {
    let mut heads = [" | ", " - ", " – "]
        .into_iter()
        .filter_map(|mark| name.split_once(mark));
    match heads.next() {
        Some((head, _)) if name.len() > SLOGAN && is_name(head.trim()) => head.trim(),
        _ => name,
    }
}

fn push(said: &mut Vec<Said>, attribute: Attribute, value: String, property: &str) {
    said.push(Said {
        attribute,
        evidence: format!("{property}: {value}"),
        value,
        basis: ClaimBasis::Structured,
    });
}

fn names(said: &mut Vec<Said>, owner: &Item) {
    let name = structured::text(owner, "name").map(|name| without_slogan(&name).to_owned());
    if let Some(name) = name.filter(|name| is_name(name)) {
        if legal::is_name(&name) {
            push(said, Attribute::LegalName, name.clone(), "name");
        }
        push(said, Attribute::Name, name, "name");
    }
    if let Some(name) = structured::text(owner, "legalName").filter(|name| is_name(name)) {
        said.retain(|said| said.attribute != Attribute::LegalName);
        push(said, Attribute::LegalName, name, "legalName");
    }
    let others = texts(owner, "alternateName").take(3);
    for name in others.filter(|name| is_name(name) && name.len() <= 60) {
        push(said, Attribute::Name, name, "alternateName");
    }
}

fn seat(said: &mut Vec<Said>, owner: &Item) {
    let place = owner
        .get("location")
        .or_else(|| owner.get("contentLocation"));
    let address = owner
        .get("address")
        .or_else(|| first_object(place?)?.get("address"));
    // Of several addresses nothing says which is the seat.
    let address = match address {
        Some(Value::Array(several)) if several.len() == 1 => several.first(),
        Some(Value::Array(_)) | None => return,
        one => one,
    };
    let mut code = None;
    match address {
        Some(Value::Object(address)) => {
            let stated = structured::text(address, "addressCountry");
            code = stated.as_deref().and_then(country::code);
            let town: Vec<String> = ["postalCode", "addressLocality"]
                .iter()
                .filter_map(|name| structured::text(address, name))
                .collect();
            let first = ["streetAddress", "postOfficeBoxNumber"];
            let street = first
                .iter()
                .find_map(|name| structured::text(address, name));
            let region = structured::text(address, "addressRegion");
            let mut parts: Vec<String> = Vec::new();
            for part in [street, Some(town.join(" ")), region, stated]
                .into_iter()
                .flatten()
            {
                let part = part.trim().trim_end_matches(',').to_owned();
                if !part.is_empty() && !parts.contains(&part) {
                    parts.push(part);
                }
            }
            if town.len() + usize::from(address.contains_key("streetAddress")) >= 2 {
                push(said, Attribute::Address, parts.join(", "), "address");
            }
        }
        Some(Value::String(text)) => {
            let text = super::folded(&structured::unescaped(text));
            code = text.rsplit(',').next().and_then(country::code);
            if text.len() >= 10 && text.chars().any(|c| c.is_ascii_digit()) {
                push(said, Attribute::Address, text, "address");
            }
        }
        _ => {}
    }
    if let Some(code) = code {
        push(said, Attribute::Country, code.to_owned(), "addressCountry");
    }
}

fn numbers(said: &mut Vec<Said>, owner: &Item) {
    let home = said
        .iter()
        .find(|said| said.attribute == Attribute::Country);
    let home = home.map(|said| said.value.clone());
    for property in ["vatID", "taxID"] {
        for text in texts(owner, property) {
            if let Some((value, code)) = vat(&text, home.as_deref()) {
                push(said, Attribute::Vat, value, property);
                if home.is_none() {
                    push(said, Attribute::Country, code.to_owned(), property);
                }
            }
        }
    }
    let codes = texts(owner, "leiCode");
    for lei in codes.filter_map(|text| number::lei(&text)).take(1) {
        push(said, Attribute::Lei, lei, "leiCode");
    }
    for duns in texts(owner, "duns")
        .filter_map(|text| number::duns(&text))
        .take(1)
    {
        push(said, Attribute::Duns, duns, "duns");
    }
    for identifier in objects(owner, "identifier") {
        let kind = structured::text(identifier, "propertyID")
            .unwrap_or_default()
            .to_lowercase();
        let Some(value) = structured::text(identifier, "value") else {
            continue;
        };
        if kind.contains("lei")
            && let Some(lei) = number::lei(&value)
        {
            push(said, Attribute::Lei, lei, "identifier");
        } else if kind.contains("duns")
            && let Some(duns) = number::duns(&value)
        {
            push(said, Attribute::Duns, duns, "identifier");
        }
    }
    for (property, scheme) in [("naics", "naics"), ("isicV4", "isic")] {
        for code in texts(owner, property).filter(|code| is_code(code)) {
            push(
                said,
                Attribute::Industry,
                format!("{scheme}:{code}"),
                property,
            );
        }
    }
}

/// A VAT number, with its country's letters or in a country that is known.
fn vat(text: &str, home: Option<&str>) -> Option<(String, &'static str)> {
    let compact: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let compact = compact.to_uppercase();
    let letters = compact
        .get(..2)
        .filter(|start| start.bytes().all(|b| b.is_ascii_uppercase()));
    let prefixed = letters.and_then(|letters| match compact.get(..3) {
        Some("CHE") => number::valid_vat("CH", &format!("{}MWST", compact.get(..12)?)),
        _ => number::valid_vat(letters, &compact[2..]),
    });
    prefixed.or_else(|| number::valid_vat(home?, &compact))
}

/// A code of an industry: `541511`, `6201`, `C2511`.
fn is_code(code: &str) -> bool {
    let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
    code.len() - digits.len() <= 1
        && (2..=6).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn figures(said: &mut Vec<Said>, owner: &Item, now: i32) {
    let founded = texts(owner, "foundingDate").find_map(|date| {
        // The first second of computers' time, in one time zone or another, is no day.
        if date.starts_with("1970-01-01") || date.starts_with("1969-12-31") {
            return None;
        }
        let mut years = date
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| part.len() == 4);
        let year: i32 = years.next()?.parse().ok()?;
        (1000..=now).contains(&year).then_some(year)
    });
    if let Some(year) = founded {
        push(said, Attribute::Founded, year.to_string(), "foundingDate");
    }
    if let Some(count) = owner.get("numberOfEmployees").and_then(amount::employees) {
        push(said, Attribute::Employees, count, "numberOfEmployees");
    }
}

/// The texts of a property, be it one or several.
fn texts<'a>(item: &'a Item, property: &str) -> impl Iterator<Item = String> + 'a {
    let values = match item.get(property) {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    values
        .iter()
        .take(MAX_VALUES)
        .filter_map(structured::value_text)
}

/// The objects of a property, be it one or several.
fn objects<'a>(item: &'a Item, property: &str) -> impl Iterator<Item = &'a Item> {
    let values = match item.get(property) {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    values.iter().take(MAX_VALUES).filter_map(Value::as_object)
}

fn first_object(value: &Value) -> Option<&Item> {
    match value {
        Value::Array(values) => values.first()?.as_object(),
        value => value.as_object(),
    }
}
