//! JSON Lines: one object a signal, with all its evidence. Fields are named as in
//! [`super::row::FIELDS`] where they mean the same; what is not known is null.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Item;
use super::row::{id, rounded};
use crate::detect::deadlines::deadline_of;
use crate::detect::taxonomy::class_of;
use crate::model::company::Company;
use crate::model::signal::{Cause, Evidence, ProductArea, Signal, SignalKind, Slots, Told};
use crate::model::time::Day;

pub(super) fn write(
    items: &mut dyn Iterator<Item = Item>,
    _columns: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (signal, company) in items {
        line(&nested(&signal, &company), out)?;
    }
    Ok(())
}

/// Writes one object, and ends the line.
pub(super) fn line(object: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut line = serde_json::to_vec(object)?;
    line.push(b'\n');
    out.write_all(&line)
}

#[derive(Serialize)]
struct Nested<'a> {
    id: String,
    kind: SignalKind,
    company: NestedCompany<'a>,
    role: String,
    areas: &'a [ProductArea],
    modality: String,
    event_date: Option<Day>,
    event_precision: Option<String>,
    event_basis: Option<String>,
    published: Option<Day>,
    first_seen: String,
    last_seen: String,
    confidence: f64,
    slots: &'a Slots,
    evidence: Vec<NestedEvidence<'a>>,
    class: &'static str,
    half_life: u16,
    deadline: Option<Day>,
    stage: String,
    /// On which days each stage was told.
    history: Vec<Told>,
    status: String,
}

/// A company, nested.
#[derive(Serialize)]
pub struct NestedCompany<'a> {
    id: &'a str,
    name: &'a str,
    domains: &'a [String],
    crm_id: Option<&'a str>,
    country: Option<&'a str>,
    industry: Option<&'a str>,
    employees: Option<u64>,
    extra: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct NestedEvidence<'a> {
    url: &'a str,
    origin: &'a str,
    quote: &'a str,
    /// Byte ranges of the quote.
    marks: &'a [(u16, u16)],
    title: &'a str,
    language: Option<&'a str>,
    published: Option<Day>,
    seen: String,
    detector: &'a str,
    detector_version: u16,
    rule: &'a str,
    confidence: f64,
    /// The source that told it; null: the company's own page.
    told_by: Option<&'a str>,
    /// The page that published the same text first.
    copy_of: Option<&'a str>,
    because: Vec<(Cause, f64)>,
    /// How far along the event is by it.
    stage: String,
    /// When it was found to tell the event no more, and why.
    withdrawn: Option<String>,
    withdrawn_why: Option<String>,
}

fn nested<'a>(signal: &'a Signal, company: &'a Company) -> Nested<'a> {
    Nested {
        id: signal.id.to_string(),
        kind: signal.kind,
        company: self::company(company),
        role: id(&signal.role),
        areas: &signal.areas,
        modality: id(&signal.modality),
        event_date: signal.event.map(|event| event.day),
        event_precision: signal.event.map(|event| id(&event.precision)),
        event_basis: signal.event.map(|event| id(&event.basis)),
        published: signal.published,
        first_seen: signal.first_seen.to_string(),
        last_seen: signal.last_seen.to_string(),
        confidence: rounded(signal.confidence),
        slots: &signal.slots,
        evidence: signal.evidence.iter().map(nested_evidence).collect(),
        class: &class_of(signal).id,
        half_life: class_of(signal).half_life,
        deadline: deadline_of(signal).map(|deadline| deadline.ends),
        stage: id(&signal.stage()),
        history: signal.history(),
        status: id(&signal.status()),
    }
}

pub(super) fn company(company: &Company) -> NestedCompany<'_> {
    NestedCompany {
        id: &company.id.0,
        name: &company.name,
        domains: &company.domains,
        crm_id: company.crm_id.as_deref(),
        country: company.country.as_deref(),
        industry: company.industry.as_deref(),
        employees: company.employees,
        extra: &company.extra,
    }
}

fn nested_evidence(evidence: &Evidence) -> NestedEvidence<'_> {
    let withdrawn = evidence.withdrawn();
    NestedEvidence {
        url: &evidence.url,
        origin: &evidence.origin,
        quote: &evidence.quote,
        marks: &evidence.marks,
        title: &evidence.title,
        language: evidence.language.as_deref(),
        published: evidence.published,
        seen: evidence.seen.to_string(),
        detector: &evidence.detector,
        detector_version: evidence.version,
        rule: &evidence.rule,
        confidence: rounded(evidence.confidence),
        told_by: evidence.provenance.source.as_deref(),
        copy_of: evidence.provenance.copy_of.as_deref(),
        because: evidence
            .because
            .iter()
            .map(|(cause, factor)| (*cause, rounded(*factor)))
            .collect(),
        stage: id(&evidence.telling.stage),
        withdrawn: withdrawn.map(|gone| gone.at.to_string()),
        withdrawn_why: withdrawn.map(|gone| id(&gone.why)),
    }
}
