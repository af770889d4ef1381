//! One pass over XML, element by element, with the path to each.
//!
//! Invariants: nesting costs nothing but what is deeper than [`DEEP`] being passed over; what is
//! broken is read as far as it goes.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// No notice nests deeper.
const DEEP: usize = 40;
/// The longest text of one element that is kept.
const LONG: usize = 20_000;

/// One element that has ended.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// Its name and those around it, without prefixes, the outermost first.
    pub(super) path: &'a [String],
    /// Its own text, white space folded.
    pub(super) text: String,
    /// Its attributes, without prefixes.
    pub(super) attributes: &'a [(String, String)],
}

impl Element<'_> {
    /// Whether its path ends with these names: `Party/PartyName/Name`.
    pub(super) fn is(&self, names: &str) -> bool {
        let mut path = self.path.iter().rev();
        names
            .rsplit('/')
            .all(|name| path.next().is_some_and(|own| own == name))
    }

    /// Whether it lies within an element of this name.
    pub(super) fn is_in(&self, name: &str) -> bool {
        self.path.iter().any(|around| around == name)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Whether the first element of a text has this name.
pub(super) fn opens_with(text: &str, name: &str) -> bool {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}').trim_start());
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => return local(&element) == name,
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

/// Tells `hear` of every element as it ends.
pub(super) fn walk(text: &str, mut hear: impl FnMut(&Element<'_>)) {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}').trim_start());
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().check_end_names = false;
    let mut path: Vec<String> = Vec::new();
    let mut open: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut beyond = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) if path.len() < DEEP => {
                path.push(local(&element));
                open.push((String::new(), attributes(&element)));
            }
            Ok(Event::Start(_)) => beyond += 1,
            Ok(Event::Empty(element)) if path.len() < DEEP => {
                path.push(local(&element));
                hear(&Element {
                    path: &path,
                    text: String::new(),
                    attributes: &attributes(&element),
                });
                path.pop();
            }
            Ok(Event::End(_)) if beyond > 0 => beyond -= 1,
            Ok(Event::End(_)) => {
                if let Some((text, attributes)) = open.pop() {
                    hear(&Element {
                        path: &path,
                        text: super::super::dom::folded(&text),
                        attributes: &attributes,
                    });
                    path.pop();
                }
            }
            Ok(Event::Text(words)) if beyond == 0 => append(&mut open, &words.into_inner()),
            Ok(Event::CData(words)) if beyond == 0 => append(&mut open, &words.into_inner()),
            Ok(Event::GeneralRef(reference)) if beyond == 0 => {
                let letter = reference.resolve_char_ref().ok().flatten();
                let letter = letter.or(match &*reference.into_inner() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                });
                append(&mut open, letter.unwrap_or(' ').encode_utf8(&mut [0; 4]));
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn append(open: &mut [(String, Vec<(String, String)>)], words: &str) {
    if let Some((text, _)) = open.last_mut()
        && text.len() + words.len() <= LONG
    {
        text.push_str(words);
    }
}

fn local(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

fn attributes(element: &BytesStart<'_>) -> Vec<(String, String)> {
    let all = element.attributes().flatten().take(20);
    all.map(|attribute| {
        let name = attribute.key.local_name().as_ref().to_owned();
        (name, attribute.value.to_string())
    })
    .collect()
}
