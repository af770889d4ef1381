//! What a page states of the company whose it is: its names, where it sits, its numbers in
//! registers, how old and how large it is, its accounts and job boards.
//!
//! Objects of schema.org are asked first, then the words of pages on which a company speaks of
//! itself (imprint, about, contact, careers, home), and of the footer of any page.
//!
//! Invariants: a number that fails its check digit is no claim; no claim holds a person, an e-mail
//! address or a phone number, because values and evidence are put together from what was
//! recognised and never from what stands beside it; a page of many organisations claims nothing.

mod account;
mod address;
mod amount;
mod board;
mod country;
mod figure;
mod legal;
mod line;
mod number;
mod own;
mod place;
mod stated;
mod whose;

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::dom::{Dom, folded};
use super::head::Head;
use super::structured::Item;
use crate::model::document::Link;
use crate::model::profile::{Attribute, Claim, ClaimBasis};
use crate::model::time::Timestamp;
pub(super) use account::is_mastodon;
use line::Line;
use own::Own;
use whose::Whose;

/// Claims that one page makes at most.
const MAX_CLAIMS: usize = 60;
/// Bytes of a value: names and addresses are shorter.
const MAX_VALUE: usize = 240;
/// Bytes of evidence.
const MAX_EVIDENCE: usize = 200;

/// A page, as far as claims are taken from it.
pub(super) struct Source<'a> {
    /// Its address.
    pub(super) url: &'a Url,
    /// Its nodes.
    pub(super) dom: &'a Dom<'a>,
    /// What its head says.
    pub(super) head: &'a Head<'a>,
    /// What it states for machines.
    pub(super) items: &'a [Item],
    /// The links out of it.
    pub(super) links: &'a [Link],
    /// When it was fetched.
    pub(super) fetched: Timestamp,
}

/// Something said, before it is a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    attribute: Attribute,
    value: String,
    basis: ClaimBasis,
    evidence: String,
}

/// E-mail addresses and phone numbers: what holds one is no claim.
static REACHES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{L}\d._+-]@[\p{L}\d-]|\+\d[\d ()./-]{7,}|\(0\d{2,5}\) ?\d|\b00\d{2} ?\d{2,}")
        .expect("it is well formed")
});

/// What the page states of its company.
pub(super) fn claims(source: &Source<'_>) -> Vec<Claim> {
    let own = Own::of(source.url, source.head, source.items);
    let mut said = stated::said(source, &own);
    let place = place::of(source.url, &source.head.title);
    let lines = line::lines(source.dom, place.is_some());
    if !lines.is_empty() {
        written(&mut said, &lines, place, &own, source);
    }
    said.extend(account::said(source, place, &own));
    said.extend(board::said(source, place, &own));
    as_claims(said, source)
}

/// What the words of the page say.
fn written(
    said: &mut Vec<Said>,
    lines: &[Line],
    place: Option<ClaimBasis>,
    own: &Own,
    source: &Source<'_>,
) {
    let whose = whose::of(lines);
    let basis = |at: usize| match place {
        Some(place) if !lines[at].frame => place,
        _ => ClaimBasis::Frame,
    };
    let name = legal::name(lines, &whose, basis, own);
    let alone = whose.contains(&Whose::Person) && name.is_none();
    let numbers = number::said(lines, &whose, basis);
    // Of a trader who is a person, the address is one of a person.
    let seat = match alone {
        true => None,
        false => address::seat(lines, &whose, basis),
    };
    let country = country_of(&numbers, seat.as_ref(), name.as_ref());
    if let Some((name, _)) = name {
        said.push(name);
    }
    said.extend(country);
    said.extend(seat.map(|(seat, _)| seat));
    said.extend(numbers.into_iter().map(|(number, _)| number));
    if place.is_some() {
        let year = i32::from(source.fetched.day().year());
        said.extend(figure::said(lines, basis, own, year));
    }
}

/// The country: as the address names it or shows it, else whose register or tax office it is known
/// to, else whose law knows its legal form. Evidence is what says so.
fn country_of(
    numbers: &[(Said, Option<&'static str>)],
    seat: Option<&(Said, Option<&'static str>)>,
    name: Option<&(Said, Option<&'static str>)>,
) -> Option<Said> {
    let all = seat.into_iter().chain(numbers).chain(name);
    let (by, code) = all
        .filter_map(|(said, code)| Some((said, (*code)?)))
        .next()?;
    Some(Said {
        attribute: Attribute::Country,
        value: code.to_owned(),
        basis: by.basis,
        evidence: by.evidence.clone(),
    })
}

fn as_claims(said: Vec<Said>, source: &Source<'_>) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for said in said {
        let value = folded(&said.value);
        // Of numbers and accounts the form is known; these are free text.
        let free = matches!(
            said.attribute,
            Attribute::LegalName
                | Attribute::Name
                | Attribute::Address
                | Attribute::Parent
                | Attribute::Subsidiary
        );
        let reaches = free && REACHES.is_match(&value);
        if value.is_empty() || value.len() > MAX_VALUE || reaches {
            continue;
        }
        let known = |claim: &Claim| {
            claim.attribute == said.attribute
                && claim.basis == said.basis
                && claim.value.to_lowercase() == value.to_lowercase()
        };
        if claims.iter().any(known) {
            continue;
        }
        claims.push(Claim {
            attribute: said.attribute,
            value,
            basis: said.basis,
            evidence: cut(&folded(&said.evidence), MAX_EVIDENCE).to_owned(),
            url: source.url.to_string(),
            first_seen: source.fetched,
            last_seen: source.fetched,
        });
        if claims.len() >= MAX_CLAIMS {
            break;
        }
    }
    claims
}

/// The beginning of a text, of at most so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Letters and digits alone, in lower case and without accents: what is compared of names.
fn plain(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters
        .filter(|letter| letter.is_alphanumeric())
        .map(bare)
        .collect()
}

/// A small letter without its accent.
fn bare(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' | 'č' => 'c',
        'š' | 'ş' => 's',
        'ž' => 'z',
        'ł' => 'l',
        letter => letter,
    }
}
