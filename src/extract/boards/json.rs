//! An answer in JSON, walked through position by position.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Answer;
use super::platform::Fields;

/// Hands the first `most` positions to `take`, one after another.
pub(super) fn read(
    text: &str,
    fields: &Fields,
    most: usize,
    take: &mut dyn FnMut(&Value),
) -> Answer {
    let mut answer = Answer::default();
    let mut parser = serde_json::Deserializer::from_str(text.trim_start_matches('\u{FEFF}'));
    let walk = Walk {
        list: fields.list.as_deref(),
        total: fields.next.as_ref().map(|next| next.total.as_str()),
        most,
        answer: &mut answer,
        take,
    };
    let ended = walk.deserialize(&mut parser).is_ok() && parser.end().is_ok();
    answer.ended &= ended;
    answer
}

/// The walk through an answer: `list` names what is still to be found, `None`: it is here.
struct Walk<'a> {
    list: Option<&'a str>,
    total: Option<&'a str>,
    most: usize,
    answer: &'a mut Answer,
    take: &'a mut dyn FnMut(&Value),
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a board's positions")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some(list) = self.list else {
            return Err(A::Error::custom("an object where a list should be"));
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == list {
                map.next_value_seed(Walk {
                    list: None,
                    total: None,
                    most: self.most,
                    answer: &mut *self.answer,
                    take: &mut *self.take,
                })?;
            } else if self.total == Some(key.as_str()) {
                let total = map.next_value::<Value>()?.as_u64();
                self.answer.total = total.and_then(|total| usize::try_from(total).ok());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.list.is_some() {
            return Err(A::Error::custom("a list where an object should be"));
        }
        loop {
            if self.answer.listed < self.most {
                let Some(posting) = list.next_element::<Value>()? else {
                    break;
                };
                (self.take)(&posting);
            } else if list.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
            self.answer.listed += 1;
        }
        self.answer.ended = true;
        Ok(())
    }
}
