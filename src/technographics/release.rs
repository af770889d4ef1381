//! What a version tells: which product it belongs to, and until when its maker mends it.

use jiff::civil::Date;
use regex::Regex;
use serde::Deserialize;

use super::fingerprint::technology;
use crate::model::profile::Fact;

/// Versions of a technology that share a fate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its versions: a pattern of their first components, `8\.5`; without it, every version and
    /// none.
    #[serde(default, with = "pattern")]
    pub version: Option<Regex>,
    /// The slug of what these versions come with: IIS 8.5 with Windows Server 2012 R2.
    pub implies: Option<String>,
    /// Until when it is supported, and who says so.
    pub support: Option<Support>,
}

/// The end of a product's support.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// The last day on which its maker mends it for everybody (for Microsoft's: the end of extended
    /// support).
    pub ends: Date,
    /// Where its maker says so.
    pub source: String,
}

impl Release {
    fn has(&self, version: Option<&str>) -> bool {
        match (&self.version, version) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(pattern), Some(version)) => pattern.is_match(version),
        }
    }
}

/// When the support of what a fact shows ends or ended, where that is known.
pub fn support(fact: &Fact) -> Option<&'static Support> {
    releases(&fact.technology, fact.version.as_deref()).find_map(|release| release.support.as_ref())
}

/// The releases of a technology that a version belongs to.
pub(super) fn releases(
    slug: &str,
    version: Option<&str>,
) -> impl Iterator<Item = &'static Release> {
    let releases = technology(slug).map_or(&[][..], |technology| &technology.releases);
    let version = version.map(str::to_owned);
    releases
        .iter()
        .filter(move |release| release.has(version.as_deref()))
}

mod pattern {
    use regex::Regex;
    use serde::{Deserialize, Deserializer, de::Error};

    /// A pattern that must reach from the version's beginning to the end of a component.
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Regex>, D::Error> {
        let Some(pattern) = Option::<String>::deserialize(from)? else {
            return Ok(None);
        };
        let whole = Regex::new(&format!(r"^(?:{pattern})(?:\.|$)"));
        whole.map(Some).map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    fn ends(technology: &str, version: Option<&str>) -> Option<String> {
        let fact = Fact {
            technology: technology.to_owned(),
            name: String::new(),
            category: String::new(),
            version: version.map(str::to_owned),
            confidence: 1.0,
            evidence: String::new(),
            url: String::new(),
            first_seen: Timestamp(0),
            last_seen: Timestamp(0),
            history: Default::default(),
        };
        support(&fact).map(|support| support.ends.to_string())
    }

    #[test]
    fn support_ends_by_version() {
        for (technology, version, end) in [
            ("windows-server-2012-r2", None, Some("2023-10-10")),
            ("php", Some("7.4.33"), Some("2022-11-28")),
            ("php", Some("7.40"), None),
            ("php", None, None),
            ("exchange-owa", Some("15.2.1544.9"), Some("2025-10-14")),
            ("exchange-owa", Some("15.2.2562.17"), None),
            ("nothing", Some("1"), None),
        ] {
            assert_eq!(
                ends(technology, version).as_deref(),
                end,
                "{technology} {version:?}"
            );
        }
    }
}
