//! A source that is no company's own: a press wire, a trade paper, a forum, a register of tenders.
//!
//! A source owns tasks as companies do, under an id that no domain can have, and is kept where
//! they are; it has no signals and no profile, and no export knows it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::company::{Company, CompanyId};

/// What the ids of sources begin with. A listed domain may be `source:8080`, an id's rest begins
/// with a letter.
const RESERVED: &str = "source:";
/// Under which columns a kept source says what companies don't.
const LANGUAGE: &str = "language";
const INTERVAL: &str = "interval";

/// Where news about many companies stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its id: small letters, digits and hyphens, a letter first.
    pub id: String,
    /// What evidence names it by.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Its feeds, sitemaps or listings.
    pub urls: Vec<String>,
    /// The language it writes, ISO 639-1.
    pub language: Option<String>,
    /// The country it writes of.
    pub country: Option<String>,
    /// How soon it is asked again; `None`: as soon as any feed is.
    #[serde(with = "humantime_serde")]
    pub interval: Option<Duration>,
    /// Why it is on the list.
    pub why: String,
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Hands on what companies release, word by word.
    Wire,
    /// Writes about companies.
    Press,
    /// Where people talk.
    Forum,
    /// Publishes notices of public contracts.
    Tenders,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [SourceKind; 4] = [
        SourceKind::Wire,
        SourceKind::Press,
        SourceKind::Forum,
        SourceKind::Tenders,
    ];

    /// The word that lists name it by.
    pub fn id(self) -> &'static str {
        match self {
            SourceKind::Wire => "wire",
            SourceKind::Press => "press",
            SourceKind::Forum => "forum",
            SourceKind::Tenders => "tenders",
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl CompanyId {
    /// The owner of a source's tasks.
    pub fn of_source(id: &str) -> CompanyId {
        CompanyId(format!("{RESERVED}{id}"))
    }

    /// The id of the source that this stands for; `None`: it is a company's.
    pub fn source(&self) -> Option<&str> {
        self.0.strip_prefix(RESERVED).filter(|id| is_id(id))
    }
}

/// Whether a source may be called so.
pub fn is_id(id: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    id.len() <= 64 && id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(inside)
}

impl Source {
    /// The owner of its tasks, as runs and stores know owners. Its pages lie where its addresses
    /// do.
    pub fn as_owner(&self) -> Company {
        let mut domains: Vec<String> = self.urls.iter().filter_map(|url| domain_of(url)).collect();
        domains.sort_unstable();
        domains.dedup();
        let mut owner = Company::new("");
        owner.id = CompanyId::of_source(&self.id);
        owner.name = self.name.clone();
        owner.domains = domains;
        owner.industry = Some(self.kind.id().to_owned());
        owner.country = self.country.clone();
        owner.first_urls = self.urls.clone();
        owner.notes = Some(self.why.clone());
        let interval = self.interval.map(|every| every.as_secs().to_string());
        for (column, value) in [(LANGUAGE, self.language.clone()), (INTERVAL, interval)] {
            if let Some(value) = value {
                owner.extra.insert(column.to_owned(), value);
            }
        }
        owner
    }

    /// The source that an owner of tasks is; `None`: it is a company.
    pub fn of_owner(owner: &Company) -> Option<Source> {
        let id = owner.id.source()?.to_owned();
        let kind = owner.industry.as_deref()?;
        let interval = owner.extra.get(INTERVAL);
        Some(Source {
            id,
            name: owner.name.clone(),
            kind: SourceKind::ALL.into_iter().find(|one| one.id() == kind)?,
            urls: owner.first_urls.clone(),
            language: owner.extra.get(LANGUAGE).cloned(),
            country: owner.country.clone(),
            interval: interval.and_then(|every| Some(Duration::from_secs(every.parse().ok()?))),
            why: owner.notes.clone().unwrap_or_default(),
        })
    }
}

/// The door of an address, as companies' domains are written: without `www.`, with the port where
/// it is not the scheme's own.
fn domain_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A source, for tests of rooms that only carry them.
    pub(crate) fn source(id: &str, kind: SourceKind, urls: &[&str]) -> Source {
        Source {
            id: id.to_owned(),
            name: id.to_uppercase(),
            kind,
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            language: Some("en".to_owned()),
            country: None,
            interval: Some(Duration::from_secs(900)),
            why: "news of many".to_owned(),
        }
    }

    #[test]
    fn a_source_is_kept_among_owners_and_comes_back_whole() {
        for kind in SourceKind::ALL {
            let wire = source("the-wire", kind, &["https://www.wire.example/rss?all=1"]);
            let owner = wire.as_owner();
            assert_eq!(owner.domains, ["wire.example"]);
            assert!(owner.owns(&Url::parse("https://www.wire.example/a").expect("valid")));
            assert_eq!(owner.id.source(), Some("the-wire"));
            assert_eq!(Source::of_owner(&owner), Some(wire));
        }
    }

    #[test]
    fn no_listed_domain_is_taken_for_a_source() {
        for domain in ["contoso.example", "source:8080", "source", "source:"] {
            let company = Company::new(domain);
            assert_eq!(company.id.source(), None, "{domain}");
            assert_eq!(Source::of_owner(&company), None, "{domain}");
        }
        assert!(is_id("pr-newswire2") && !is_id("2wire") && !is_id("A") && !is_id(""));
    }
}
