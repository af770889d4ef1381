//! What a page and its site ask of robots and of those who mine text.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

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

/// One statement of wishes, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What it asks for.
    pub wishes: Wishes,
    /// The place and the words, for people: `robots.txt, line 7: Content-Usage: bots=n`.
    pub by: String,
}

/// Everything that was heard about one URL, from its site or from the page itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Every statement; what they ask for adds up.
    pub said: Vec<Said>,
    /// Whether text and data mining is reserved, in whose words; `None`: nobody says. Unlike the
    /// rest, the nearer word takes the place of the farther one (TDMRep, "Processing priority").
    pub mining: Option<(bool, String)>,
    /// Until when the page is to be shown (`unavailable_after`), the earliest that is named.
    pub until: Option<Timestamp>,
}

impl Heard {
    /// The longest `by` that is kept: a record holds it with every visit.
    const LONGEST: usize = 200;

    /// Adds a statement, unless it asks for nothing.
    pub fn say(&mut self, wishes: Wishes, by: &str) {
        if !wishes.is_empty() {
            let by = by.chars().take(Heard::LONGEST).collect();
            self.said.push(Said { wishes, by });
        }
    }

    /// Takes in whether mining is reserved, from a place that is nearer to the page than those
    /// before.
    pub fn mine(&mut self, reserved: bool, by: &str) {
        self.mining = Some((reserved, by.chars().take(Heard::LONGEST).collect()));
    }

    /// Both; `nearer` has the last word on mining.
    #[must_use]
    pub fn and(mut self, nearer: Heard) -> Heard {
        self.said.extend(nearer.said);
        self.mining = nearer.mining.or(self.mining);
        self.until = self.until.into_iter().chain(nearer.until).min();
        self
    }

    /// The sum of the wishes.
    pub fn wishes(&self) -> Wishes {
        let reserved = self.mining.as_ref().is_some_and(|(reserved, _)| *reserved);
        let mining = reserved.then_some(Wishes::TDM_RESERVED);
        let said = self.said.iter().map(|said| said.wishes);
        said.chain(mining).collect()
    }

    /// Who asks for any of these, in the words of the first who does.
    pub fn by(&self, wishes: Wishes) -> Option<&str> {
        if wishes.has(Wishes::TDM_RESERVED)
            && let Some((true, by)) = &self.mining
        {
            return Some(by);
        }
        let asks = |said: &&Said| !said.wishes.common(wishes).is_empty();
        self.said.iter().find(asks).map(|said| said.by.as_str())
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
    fn what_is_asked_adds_up_and_the_nearer_word_on_mining_stands() {
        let mut site = Heard::default();
        site.say(Wishes::NO_AI_TRAIN, "robots.txt, line 3");
        site.mine(true, "tdmrep.json");
        site.until = Some(Timestamp(9));
        assert_eq!(site.by(Wishes::TDM_RESERVED), Some("tdmrep.json"));
        let mut page = Heard::default();
        page.say(Wishes::NOINDEX, "meta robots");
        page.until = Some(Timestamp(7));
        let both = site.clone().and(page.clone());
        assert_eq!(both.until, Some(Timestamp(7)));
        assert!(
            both.wishes().has(Wishes::TDM_RESERVED),
            "the page says nothing of it"
        );
        page.mine(false, "the page");
        let both = site.and(page);
        assert_eq!(both.wishes(), Wishes::NO_AI_TRAIN.and(Wishes::NOINDEX));
        assert_eq!(both.by(Wishes::TDM_RESERVED), None);
        assert_eq!(both.by(Wishes::NOINDEX), Some("meta robots"));
    }

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
