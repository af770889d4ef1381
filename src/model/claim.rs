//! What a company's pages state of it, and the domains that have to do with its own.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

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
    /// Its job board at a platform: the page that people open.
    Board,
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

/// How large a company is, as the market is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// 1 to 24 employees.
    VerySmall,
    /// 25 to 300.
    Medium,
    /// More than 300.
    UpperMedium,
}

impl Segment {
    /// The segment of a number of employees in its normal form: `120`, `51-200`, `5000+`. A range
    /// that reaches over a border lies where its middle does.
    pub fn of(employees: &str) -> Option<Segment> {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let count = match employees.split_once(['-', '–']) {
            Some((least, most)) => {
                let (least, most) = (number(least)?, number(most)?);
                least.midpoint(most)
            }
            None => number(employees.trim().trim_end_matches('+'))?,
        };
        match count {
            0 => None,
            1..=24 => Some(Segment::VerySmall),
            25..=300 => Some(Segment::Medium),
            _ => Some(Segment::UpperMedium),
        }
    }

    /// Its id in exports: `upper_medium`.
    pub fn id(self) -> &'static str {
        match self {
            Segment::VerySmall => "very_small",
            Segment::Medium => "medium",
            Segment::UpperMedium => "upper_medium",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_by_number_and_range() {
        for (employees, segment) in [
            ("1", Some(Segment::VerySmall)),
            ("24", Some(Segment::VerySmall)),
            ("25", Some(Segment::Medium)),
            ("300", Some(Segment::Medium)),
            ("301", Some(Segment::UpperMedium)),
            ("11-20", Some(Segment::VerySmall)),
            ("11-50", Some(Segment::Medium)),
            ("51–200", Some(Segment::Medium)),
            ("201-500", Some(Segment::UpperMedium)),
            ("10000+", Some(Segment::UpperMedium)),
            (
                "18446744073709551615-18446744073709551615",
                Some(Segment::UpperMedium),
            ),
            ("0", None),
            ("many", None),
            ("5-", None),
        ] {
            assert_eq!(Segment::of(employees), segment, "{employees}");
        }
    }
}
