//! What stands around a name, and what that says: whether it is the company's name at all, a part
//! of a longer one, or a word that needs a second hint.

use super::stream::Stream;
use super::{Alias, Place};
use crate::detect::fold::Folded;
use crate::detect::knowledge::knowledge;
use crate::detect::names;
use crate::model::company::Company;

/// How sure a place alone makes that the company is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// It is not.
    None,
    /// It may be.
    Weak,
    /// It is.
    Strong,
}

/// How sure the place of a name is.
pub(super) fn grade(stream: &Stream<'_>, place: Place, alias: &Alias) -> Grade {
    if !is_written_so(stream, place, alias) || stream.in_address(place) {
        return Grade::None;
    }
    if alias.words > 1 {
        return if alias.weak {
            Grade::Weak
        } else {
            Grade::Strong
        };
    }
    if is_person(stream, place) {
        return Grade::None;
    }
    if alias.weak || is_crowded(stream, place) {
        return Grade::Weak;
    }
    Grade::Strong
}

/// Whether the company would write its name like this.
fn is_written_so(stream: &Stream<'_>, place: Place, alias: &Alias) -> bool {
    let mut words = place.first..=place.last;
    if alias.shouted {
        return words.all(|at| {
            let word = stream.word(at).trim_end_matches("'s");
            !word.contains(|c: char| c.is_ascii_lowercase())
        });
    }
    if alias.words == 1 && place.last > place.first {
        // What one writes together the other parts, but with capitals.
        return words.all(|at| stream.is_tall(at));
    }
    alias.small || (stream.is_tall(place.first) && (!alias.tall || stream.is_tall(place.last)))
}

/// Whether a given name stands before it, or a surname behind.
fn is_person(stream: &Stream<'_>, place: Place) -> bool {
    let names = &knowledge().names;
    let span = |first: usize, last: usize| {
        names.has_person(&stream.text[stream.words[first].0..stream.words[last].1])
    };
    let tall = |at: &usize| stream.is_tall(*at);
    let before = stream.before(place).filter(tall);
    let behind = stream.behind(place).filter(tall);
    before.is_some_and(|at| span(at, place.last)) || behind.is_some_and(|at| span(place.first, at))
}

/// Whether it is a part of a longer name: "Delta Air Lines", "Port of Contoso Bay".
fn is_crowded(stream: &Stream<'_>, place: Place) -> bool {
    if stream.in_capitals(place.first) {
        return false;
    }
    let named = |at: usize| {
        let word = stream.word(at);
        let shouted = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
        let legal = names::is_legal(&word.to_ascii_lowercase());
        stream.is_tall(at) && !shouted && !legal
    };
    let before = stream.before(place);
    before.is_some_and(|at| named(at) && !stream.opens(at))
        || stream.behind(place).is_some_and(named)
}

/// Whether anything else in the text says that the company is meant.
pub(super) fn hints(
    stream: &Stream<'_>,
    company: &Company,
    places: &[(Place, &Alias)],
    grades: &[Grade],
) -> bool {
    let meant = || {
        let graded = places.iter().zip(grades);
        graded
            .filter(|(_, grade)| **grade > Grade::None)
            .map(|(place, _)| *place)
    };
    if meant().any(|(place, _)| is_formal(stream, place) || has_ticker(stream, place)) {
        return true;
    }
    let mut spellings = meant().map(|(place, _)| letters(stream, place));
    if let Some(first) = spellings.next()
        && spellings.any(|other| other != first)
    {
        return true;
    }
    // A trade or a country is said in many texts: the name must at least stand as names do.
    let as_name = |place: Place| {
        !stream.opens(place.first) && !stream.in_capitals(place.first) && !is_crowded(stream, place)
    };
    meant().any(|(place, _)| as_name(place)) && speaks_of_its_world(stream, company)
}

fn letters(stream: &Stream<'_>, place: Place) -> String {
    let words = (place.first..=place.last).map(|at| stream.word(at).trim_end_matches("'s"));
    words.collect::<String>().to_ascii_lowercase()
}

/// Whether a legal form follows: "Apple Inc.", "Orange, S.A."
fn is_formal(stream: &Stream<'_>, place: Place) -> bool {
    let behind = &stream.text[stream.words[place.last].1..];
    let behind = behind.strip_prefix(',').unwrap_or(behind);
    let Some(rest) = behind.strip_prefix(' ') else {
        return false;
    };
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
    has_legal_form(&rest[..end.unwrap_or(rest.len())])
}

/// Whether a name says its legal form: what companies are called otherwise ("Group", "The") is
/// none, nor is one written small, as words are.
pub(super) fn has_legal_form(name: &str) -> bool {
    const ANY: &[&str] = &[
        "the",
        "group",
        "grupo",
        "international",
        "company",
        "co",
        "cos",
        "as",
        "se",
        "holding",
        "holdings",
    ];
    name.split([' ', ',']).any(|word| {
        let tall = word.starts_with(|c: char| c.is_ascii_uppercase()) || word == "plc";
        let word = word.to_ascii_lowercase().replace('.', "");
        tall && names::is_legal(&word) && !ANY.contains(&word.as_str())
    })
}

/// Whether an exchange and a symbol stand in brackets behind it: "(NASDAQ: CTSO)".
fn has_ticker(stream: &Stream<'_>, place: Place) -> bool {
    let behind = stream.text[stream.words[place.last].1..].trim_start_matches([' ', ',']);
    let behind = behind
        .trim_start_matches("Inc")
        .trim_start_matches(['.', ' ']);
    let Some((inside, _)) = behind
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
    else {
        return false;
    };
    let Some((exchange, symbol)) = inside.rsplit_once(':') else {
        return false;
    };
    let symbol = symbol.trim();
    inside.len() < 40
        && exchange.len() > 1
        && exchange.contains(|c: char| c.is_ascii_uppercase())
        && (1..9).contains(&symbol.len())
        && symbol
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'.')
}

/// Whether the text names the company's country or its trade.
fn speaks_of_its_world(stream: &Stream<'_>, company: &Company) -> bool {
    /// Letters by which a word of a trade is told: "logistics" and "logistic" are one.
    const STEM: usize = 6;
    let stated = company.country.iter().chain(&company.industry);
    let mut stems: Vec<String> = Vec::new();
    for text in stated {
        let folded = Folded::new(text).text.to_ascii_lowercase();
        let words = folded.split(|c: char| !c.is_ascii_alphanumeric());
        stems.extend(
            words
                .filter(|word| word.len() >= 4 && !matches!(*word, "and" | "other" | "services"))
                .map(|word| word[..word.len().min(STEM)].to_owned()),
        );
    }
    stems.retain(|stem| !is_of_name(company, stem));
    !stems.is_empty()
        && (0..stream.words.len()).any(|at| {
            let word = stream.word(at).to_ascii_lowercase();
            stems.iter().any(|stem| word.starts_with(stem.as_str()))
        })
}

/// A company that is called after its trade does not prove itself.
fn is_of_name(company: &Company, stem: &str) -> bool {
    let names = std::iter::once(&company.name).chain(&company.aliases);
    let mut tokens = names.flat_map(|name| names::tokens(name));
    tokens.any(|token| token.starts_with(stem))
}
