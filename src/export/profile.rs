//! What a company runs and is: one object a company in JSON Lines, one row a fact in CSV.
//!
//! As in [`super::row`], names and order are stable, and what is not known is empty.

use std::io::{self, Write};

use serde::Serialize;

use super::row::{id, rounded};
use super::{csv, jsonl};
use crate::model::company::Company;
use crate::model::kind::ProductArea;
use crate::model::profile::{Attribute, Claim, Fact, Profile, Related, Standing};
use crate::technographics::{Technology, support, technology};

/// A profile and whose it is.
pub type Item = (Profile, Company);

/// A profile, nested.
#[derive(Serialize)]
pub struct Nested<'a> {
    /// Whose it is.
    pub company: jsonl::NestedCompany<'a>,
    /// What its domain is: `unknown`, `live`, `parked`, `gone`.
    pub standing: String,
    /// Since when, and what shows that it is parked.
    pub standing_since: Option<String>,
    /// What it is, as far as its pages state it.
    pub firm: Firm<'a>,
    /// What it runs, sorted by technology.
    pub technologies: Vec<NestedFact<'a>>,
    /// Every statement, the most official first within an attribute.
    pub claims: &'a [Claim],
    /// Domains that have to do with its own.
    pub related: &'a [Related],
}

/// The best statement of each attribute.
#[derive(Serialize)]
#[expect(missing_docs, reason = "named like the attributes")]
pub struct Firm<'a> {
    pub legal_name: Option<&'a str>,
    pub name: Option<&'a str>,
    pub address: Option<&'a str>,
    pub country: Option<&'a str>,
    pub vat: Option<&'a str>,
    pub lei: Option<&'a str>,
    pub register: Option<&'a str>,
    pub duns: Option<&'a str>,
    pub founded: Option<&'a str>,
    pub employees: Option<&'a str>,
    /// `very_small` (1–24), `medium` (25–300), `upper_medium` (over 300).
    pub segment: Option<String>,
    pub industry: Option<&'a str>,
    pub parent: Option<&'a str>,
}

/// A technology, nested.
#[derive(Serialize)]
pub struct NestedFact<'a> {
    technology: &'a str,
    name: &'a str,
    category: &'a str,
    version: Option<&'a str>,
    confidence: f64,
    own: &'a [ProductArea],
    competes: &'a [ProductArea],
    complements: &'a [ProductArea],
    support_ends: Option<String>,
    evidence: &'a str,
    url: &'a str,
    first_seen: String,
    last_seen: String,
    /// Since when it is known to be gone.
    retired: Option<String>,
}

/// The profile as one object.
pub fn nested<'a>(profile: &'a Profile, company: &'a Company) -> Nested<'a> {
    let since = match &profile.standing {
        Standing::Unknown | Standing::Live => None,
        Standing::Parked { since, evidence } => Some(format!("{since}: {evidence}")),
        Standing::Gone { since } => Some(since.to_string()),
    };
    Nested {
        company: jsonl::company(company),
        standing: standing(&profile.standing).to_owned(),
        standing_since: since,
        firm: firm(profile),
        technologies: profile.facts.iter().map(nested_fact).collect(),
        claims: &profile.claims,
        related: &profile.related,
    }
}

fn firm(profile: &Profile) -> Firm<'_> {
    let best = |attribute| profile.best(attribute).map(|claim| claim.value.as_str());
    Firm {
        legal_name: best(Attribute::LegalName),
        name: best(Attribute::Name),
        address: best(Attribute::Address),
        country: best(Attribute::Country),
        vat: best(Attribute::Vat),
        lei: best(Attribute::Lei),
        register: best(Attribute::Register),
        duns: best(Attribute::Duns),
        founded: best(Attribute::Founded),
        employees: best(Attribute::Employees),
        segment: profile.segment().map(|segment| id(&segment)),
        industry: best(Attribute::Industry),
        parent: best(Attribute::Parent),
    }
}

fn nested_fact(fact: &Fact) -> NestedFact<'_> {
    let known = technology(&fact.technology);
    let areas = |of: fn(&Technology) -> &[ProductArea]| known.map_or(&[][..], of);
    NestedFact {
        technology: &fact.technology,
        name: &fact.name,
        category: &fact.category,
        version: fact.version.as_deref(),
        confidence: rounded(fact.confidence),
        own: areas(|known| &known.own),
        competes: areas(|known| &known.competes),
        complements: areas(|known| &known.complements),
        support_ends: support(fact).map(|support| support.ends.to_string()),
        evidence: &fact.evidence,
        url: &fact.url,
        first_seen: fact.first_seen.to_string(),
        last_seen: fact.last_seen.to_string(),
        retired: fact.retired().map(|at| at.to_string()),
    }
}

/// What a domain is, in a word.
pub fn standing(standing: &Standing) -> &'static str {
    match standing {
        Standing::Unknown => "unknown",
        Standing::Live => "live",
        Standing::Parked { .. } => "parked",
        Standing::Gone { .. } => "gone",
    }
}

/// One row's cells, by name.
const COLUMNS: &[&str] = &[
    "company",
    "company_name",
    "crm_id",
    "part",
    "key",
    "value",
    "category",
    "version",
    "confidence",
    "areas",
    "basis",
    "evidence",
    "url",
    "first_seen",
    "last_seen",
    "retired",
];

pub(super) fn write_jsonl(
    items: &mut dyn Iterator<Item = Item>,
    _columns: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (profile, company) in items {
        jsonl::line(&nested(&profile, &company), out)?;
    }
    Ok(())
}

pub(super) fn write_csv(
    items: &mut dyn Iterator<Item = Item>,
    _columns: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = csv::Rows::new(out);
    rows.write(COLUMNS.iter().copied())?;
    for (profile, company) in items {
        let facts = profile.facts.iter().map(of_fact);
        let claims = profile.claims.iter().map(of_claim);
        let related = profile.related.iter().map(of_related);
        for row in facts.chain(claims).chain(related) {
            let whose = [company.id.0.as_str(), &company.name];
            let crm_id = company.crm_id.as_deref().unwrap_or_default();
            let cells = whose.into_iter().chain([crm_id]);
            rows.write(cells.chain(row.iter().map(String::as_str)))?;
        }
    }
    rows.end()
}

fn of_fact(fact: &Fact) -> [String; 13] {
    let known = technology(&fact.technology);
    let areas = known.map(|known| {
        let areas = known.own.iter().chain(&known.competes);
        let areas = areas.chain(&known.complements).map(|area| area.id());
        areas.collect::<Vec<_>>().join(";")
    });
    [
        "technology".to_owned(),
        fact.technology.clone(),
        fact.name.clone(),
        fact.category.clone(),
        fact.version.clone().unwrap_or_default(),
        rounded(fact.confidence).to_string(),
        areas.unwrap_or_default(),
        String::new(),
        fact.evidence.clone(),
        fact.url.clone(),
        fact.first_seen.to_string(),
        fact.last_seen.to_string(),
        fact.retired().map_or(String::new(), |at| at.to_string()),
    ]
}

fn of_claim(claim: &Claim) -> [String; 13] {
    [
        "claim".to_owned(),
        id(&claim.attribute),
        claim.value.clone(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        id(&claim.basis),
        claim.evidence.clone(),
        claim.url.clone(),
        claim.first_seen.to_string(),
        claim.last_seen.to_string(),
        String::new(),
    ]
}

fn of_related(related: &Related) -> [String; 13] {
    [
        "related".to_owned(),
        id(&related.relation),
        related.domain.clone(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        id(&related.basis),
        related.evidence.clone(),
        related.url.clone(),
        related.first_seen.to_string(),
        related.last_seen.to_string(),
        String::new(),
    ]
}
