//! An answer in XML, walked through position by position: each becomes what JSON would say.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::Answer;
use super::platform::Fields;

/// How deep elements of one position may nest.
const DEPTH: usize = 32;

/// Hands the first `most` positions to `take`, one after another.
pub(super) fn read(
    text: &str,
    fields: &Fields,
    most: usize,
    take: &mut dyn FnMut(&Value),
) -> Answer {
    let mut answer = Answer::default();
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}').trim_start());
    // The elements that are open around the positions, and those of the one that is being read.
    let (mut around, mut rooted) = (0_usize, false);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let name = tag.local_name().as_ref().to_owned();
                if around == 0 && open.is_empty() {
                    rooted = fields.root.as_ref() == Some(&name);
                }
                if !open.is_empty() || rooted && fields.list.as_ref() == Some(&name) {
                    if open.len() >= DEPTH {
                        return answer;
                    }
                    open.push(Element::named(name));
                } else {
                    around += 1;
                }
            }
            Ok(Event::End(_)) => match open.pop() {
                Some(element) => match open.last_mut() {
                    Some(outer) => outer.take(element),
                    None => {
                        answer.listed += 1;
                        if answer.listed <= most {
                            take(&element.value());
                        }
                    }
                },
                None => {
                    around = around.saturating_sub(1);
                    answer.ended |= rooted && around == 0;
                }
            },
            Ok(Event::Empty(tag)) if around == 0 && open.is_empty() => {
                let name = tag.local_name();
                answer.ended |= fields.root.as_deref() == Some(name.as_ref());
            }
            Ok(Event::Text(text)) => say(&mut open, &text.xml10_content()),
            Ok(Event::CData(text)) => say(&mut open, &text.xml10_content()),
            Ok(Event::GeneralRef(entity)) => {
                // Entities that a document defines for itself are not resolved.
                let character = match entity.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    _ => predefined(&entity.xml10_content()),
                };
                say(&mut open, &character.map(String::from).unwrap_or_default());
            }
            Ok(Event::Eof) => return answer,
            Ok(_) => {}
            Err(_) => {
                answer.ended = false;
                return answer;
            }
        }
    }
}

fn say(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        "nbsp" => '\u{A0}',
        _ => return None,
    })
}

/// An element that is being read.
struct Element {
    name: String,
    text: String,
    inner: Map<String, Value>,
}

impl Element {
    fn named(name: String) -> Element {
        Element {
            name,
            text: String::new(),
            inner: Map::new(),
        }
    }

    /// Takes an element that ended inside this one; several of one name are a list.
    fn take(&mut self, element: Element) {
        let name = element.name.clone();
        let value = element.value();
        match self.inner.get_mut(&name) {
            None => {
                self.inner.insert(name, value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }

    /// An element of elements is an object, any other its text.
    fn value(self) -> Value {
        match self.inner.is_empty() {
            true => Value::String(self.text),
            false => Value::Object(self.inner),
        }
    }
}
