//! What a company runs and is: each fact with its evidence, first and last seen.

use serde::{Deserialize, Serialize};

use super::company::CompanyId;
use super::time::{Day, Timestamp};

/// Everything known about what a company runs and is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose it is.
    pub company: CompanyId,
    /// One a technology, sorted by slug.
    pub facts: Vec<Fact>,
    /// What its pages state of it: by attribute, the most official and most recent first.
    pub claims: Vec<Claim>,
    /// Domains that are its own too, or its kin's, sorted by domain.
    pub related: Vec<Related>,
    /// What its domain is.
    pub standing: Standing,
}

/// One technology, seen at one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Its slug in the fingerprints: `hubspot`.
    pub technology: String,
    /// Its name as shown.
    pub name: String,
    /// Its category: `crm`, `cms`.
    pub category: String,
    /// The version, where shown.
    pub version: Option<String>,
    /// How sure, 0–1.
    pub confidence: f32,
    /// What gave it away: `script src https://js.hs-scripts.com/…`.
    pub evidence: String,
    /// The URL it was seen at.
    pub url: String,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

/// Something that a page states of its company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is about.
    pub attribute: Attribute,
    /// The value, in the attribute's normal form.
    pub value: String,
    /// What kind of place states it: the more official goes first.
    pub basis: ClaimBasis,
    /// The words that state it, at most 200 bytes, without persons, e-mail addresses and phone
    /// numbers.
    pub evidence: String,
    /// The page.
    pub url: String,
    /// When it was first read.
    pub first_seen: Timestamp,
    /// When it was last read.
    pub last_seen: Timestamp,
}

/// What a claim is about, and the normal form of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// The name in the register, with its legal form: `Contoso Iberia, S.L.`.
    LegalName,
    /// The name that people use: `Contoso`.
    Name,
    /// The postal address, in one line.
    Address,
    /// ISO 3166-1 alpha-2, in upper case: `ES`.
    Country,
    /// The VAT number with its country's letters, without spaces: `ESB12345674`.
    Vat,
    /// The Legal Entity Identifier (ISO 17442): 20 letters and digits.
    Lei,
    /// The number in the company register, as the register writes it: `HRB 12345 B`.
    Register,
    /// The D-U-N-S number: nine digits.
    Duns,
    /// The year it was founded: `1987`.
    Founded,
    /// How many work there: `120`, or a range `51-200`.
    Employees,
    /// Its industry, as declared; a NAICS or ISIC code behind its scheme: `naics:541511`.
    Industry,
    /// An account of its own at a social network: the profile's URL.
    Social,
    /// The organisation that it belongs to, as named.
    Parent,
    /// An organisation that belongs to it, as named.
    Subsidiary,
}

/// What kind of place states a claim, the most official first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimBasis {
    /// The imprint, legal notice or terms: the law wants it to be right.
    Imprint,
    /// JSON-LD or microdata about the organisation.
    Structured,
    /// The page about the company, or its facts and figures.
    About,
    /// The contact page.
    Contact,
    /// The careers page.
    Careers,
    /// The frame of any page: footer, meta elements.
    Frame,
}

/// Another domain that has to do with the company's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// The domain, registrable by the public suffix list's ICANN section.
    pub domain: String,
    /// What it is to the company's.
    pub relation: Relation,
    /// What says so.
    pub basis: RelationBasis,
    /// How it says so, at most 200 bytes: `301 from https://contoso.example/`.
    pub evidence: String,
    /// Where it was seen.
    pub url: String,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

/// What a domain is to the company's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same company under another name.
    Alias,
    /// A brand or subsidiary of the same house, as far as can be seen.
    Sibling,
    /// Its parent's.
    Parent,
}

/// What ties two domains, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationBasis {
    /// The home page moved there for good (301, 308).
    Moved,
    /// The home page leads there for now (302, 303, 307).
    Redirect,
    /// The home page names itself by an address there.
    Canonical,
    /// Both stand on one certificate.
    Certificate,
    /// A page states it (schema.org `sameAs`, `parentOrganization`, `subOrganization`).
    Stated,
}

/// What a company's domain is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not looked at yet, or nobody could say.
    #[default]
    Unknown,
    /// Somebody's site or mail is there.
    Live,
    /// Nobody's: a page of a registrar or a dealer in domains, that says so or offers it for sale.
    Parked {
        /// Since when that has been seen.
        since: Timestamp,
        /// What shows it.
        evidence: String,
    },
    /// It is not registered (NXDOMAIN).
    Gone {
        /// Since when that has been seen.
        since: Timestamp,
    },
}

/// Something that is otherwise than when it was looked at before.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changed.
    pub what: Changed,
    /// How it was seen before.
    pub before: Sight,
    /// How it was seen after.
    pub after: Sight,
    /// How sure it is, 0–1.
    pub confidence: f32,
}

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// When.
    pub at: Timestamp,
    /// What was seen: `MX contoso.example: 10 aspmx.l.google.com.`.
    pub evidence: String,
    /// Where: a page, or a question to DNS as a URI (RFC 4501).
    pub url: String,
}

/// What changed; technologies by their slug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It runs this now.
    Adopted(String),
    /// It runs this no more.
    Retired(String),
    /// Its mailboxes moved.
    MailMoved {
        /// From here.
        from: String,
        /// To here.
        to: String,
    },
    /// Its site moved to another cloud or host.
    HostingMoved {
        /// From here.
        from: String,
        /// To here.
        to: String,
    },
    /// Its names are served by somebody else.
    NameServersMoved {
        /// From here.
        from: String,
        /// To here.
        to: String,
    },
    /// It shows a version whose support ends or has ended.
    Legacy {
        /// What.
        technology: String,
        /// Its version, where that is shown.
        version: Option<String>,
        /// The last day of support.
        ends: Day,
    },
    /// The certificate of its site is over.
    CertificateExpired {
        /// The last day on which it was good.
        ended: Day,
    },
    /// It protects itself better than before.
    PostureUp(Vec<String>),
    /// It protects itself worse than before.
    PostureDown(Vec<String>),
    /// It goes by another domain now.
    DomainMoved {
        /// The new one.
        to: String,
    },
}

impl Profile {
    /// A profile of which nothing is known.
    pub fn new(company: CompanyId) -> Profile {
        Profile {
            company,
            facts: Vec::new(),
            claims: Vec::new(),
            related: Vec::new(),
            standing: Standing::Unknown,
        }
    }

    /// Takes one sighting in: a known technology is refreshed, a new one added in order. The
    /// outcome does not depend on the order in which sightings of different times come.
    pub fn saw(&mut self, fact: Fact) {
        match self
            .facts
            .binary_search_by(|known| known.technology.cmp(&fact.technology))
        {
            Err(place) => self.facts.insert(place, fact),
            Ok(place) => {
                let known = &mut self.facts[place];
                let first_seen = known.first_seen.min(fact.first_seen);
                if fact.last_seen >= known.last_seen {
                    let version = fact.version.clone().or_else(|| known.version.take());
                    *known = Fact { version, ..fact };
                } else if known.version.is_none() {
                    known.version = fact.version;
                }
                known.first_seen = first_seen;
            }
        }
    }
}
