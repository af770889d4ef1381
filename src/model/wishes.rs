//! What a page and its site ask of robots and of those who mine text.

use serde::{Deserialize, Serialize};

/// A set of wishes, as heard with one answer: from `meta` elements, header fields, robots.txt and
/// `tdmrep.json`. To people (JSON) it is the list of their names, to the store a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wishes(u16);

impl Wishes {
    /// Nobody wished anything.
    pub const NONE: Wishes = Wishes(0);
    /// The page shall not be indexed (robots meta, X-Robots-Tag).
    pub const NOINDEX: Wishes = Wishes(1);
    /// Its links shall not be followed.
    pub const NOFOLLOW: Wishes = Wishes(1 << 1);
    /// No copy of it shall be kept.
    pub const NOARCHIVE: Wishes = Wishes(1 << 2);
    /// Nothing of its text shall be shown.
    pub const NOSNIPPET: Wishes = Wishes(1 << 3);
    /// It was to be shown until a day that is over (`unavailable_after`).
    pub const EXPIRED: Wishes = Wishes(1 << 4);
    /// Text and data mining is reserved (`tdm-reservation: 1`).
    pub const TDM_RESERVED: Wishes = Wishes(1 << 5);
    /// It shall not be used for search (`search=no`).
    pub const NO_SEARCH: Wishes = Wishes(1 << 6);
    /// It shall not be read by an AI for an answer (`ai-input=no`).
    pub const NO_AI_INPUT: Wishes = Wishes(1 << 7);
    /// No AI shall be trained on it (`ai-train=no`, `train-ai=n`).
    pub const NO_AI_TRAIN: Wishes = Wishes(1 << 8);
    /// No automated use at all (`bots=n`, `all=n`).
    pub const NO_BOTS: Wishes = Wishes(1 << 9);

    /// Every wish with its name, as it is shown and configured.
    pub const ALL: [(Wishes, &'static str); 10] = [
        (Wishes::NOINDEX, "noindex"),
        (Wishes::NOFOLLOW, "nofollow"),
        (Wishes::NOARCHIVE, "noarchive"),
        (Wishes::NOSNIPPET, "nosnippet"),
        (Wishes::EXPIRED, "unavailable_after"),
        (Wishes::TDM_RESERVED, "tdm-reservation"),
        (Wishes::NO_SEARCH, "search=no"),
        (Wishes::NO_AI_INPUT, "ai-input=no"),
        (Wishes::NO_AI_TRAIN, "ai-train=no"),
        (Wishes::NO_BOTS, "bots=no"),
    ];

    /// Whether all of `other` are among them.
    pub fn has(self, other: Wishes) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Wishes) -> Wishes {
        Wishes(self.0 | other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn common(self, other: Wishes) -> Wishes {
        Wishes(self.0 & other.0)
    }

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Wishes::ALL
            .into_iter()
            .filter(move |(wish, _)| self.has(*wish))
            .map(|(_, name)| name)
    }

    /// The wish of this name.
    pub fn named(name: &str) -> Option<Wishes> {
        let known = Wishes::ALL.into_iter().find(|(_, known)| *known == name);
        known.map(|(wish, _)| wish)
    }
}

impl FromIterator<Wishes> for Wishes {
    fn from_iter<T: IntoIterator<Item = Wishes>>(wishes: T) -> Wishes {
        wishes.into_iter().fold(Wishes::NONE, Wishes::and)
    }
}

impl Serialize for Wishes {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() {
            out.collect_seq(self.names())
        } else {
            self.0.serialize(out)
        }
    }
}

impl<'de> Deserialize<'de> for Wishes {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Wishes, D::Error> {
        use serde::de::Error;
        if !from.is_human_readable() {
            return u16::deserialize(from).map(Wishes);
        }
        let names = Vec::<String>::deserialize(from)?;
        let wish = |name: &String| {
            Wishes::named(name).ok_or_else(|| {
                let known: Vec<&str> = Wishes::ALL.iter().map(|(_, name)| *name).collect();
                D::Error::custom(format!(
                    "{name:?} is no wish; there are {}",
                    known.join(", ")
                ))
            })
        };
        names.iter().map(wish).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_round_trip_by_name_and_by_number() {
        let wishes = Wishes::NOINDEX.and(Wishes::NO_AI_TRAIN);
        let json = serde_json::to_string(&wishes).expect("serialises");
        assert_eq!(json, r#"["noindex","ai-train=no"]"#);
        assert_eq!(
            serde_json::from_str::<Wishes>(&json).expect("reads"),
            wishes
        );
        let bytes = postcard::to_allocvec(&wishes).expect("serialises");
        assert_eq!(
            postcard::from_bytes::<Wishes>(&bytes).expect("reads"),
            wishes
        );
        let wrong = serde_json::from_str::<Wishes>(r#"["noidex"]"#).expect_err("misspelt");
        assert!(wrong.to_string().contains("noindex"), "{wrong}");
    }
}
