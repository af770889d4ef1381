//! A signal as one flat row: every field's name, meaning and value, in one table.
//!
//! Names and order are stable: fields may be added at the end, none is renamed or reused. What is
//! not known is empty.

use serde::Serialize;

use crate::detect::deadlines::deadline_of;
use crate::detect::taxonomy::class_of;
use crate::model::company::Company;
use crate::model::signal::{Evidence, Signal};

/// One column.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it says, for the documentation.
    pub meaning: &'static str,
    /// Its value, as text.
    pub value: fn(&Signal, &Company) -> String,
}

/// Before the name of a column of the operator's list.
pub const EXTRA: &str = "crm.";

const fn field(
    name: &'static str,
    meaning: &'static str,
    value: fn(&Signal, &Company) -> String,
) -> Field {
    Field {
        name,
        meaning,
        value,
    }
}

/// Every column, in order; the columns of the operator's list follow, named after [`EXTRA`].
pub const FIELDS: &[Field] = &[
    field("id", "Names the event; the same in every export", |s, _| {
        s.id.to_string()
    }),
    field("kind", "What happened: funding, tender, …", |s, _| {
        s.kind.to_string()
    }),
    field("company", "The company's domain, as listed", |_, c| {
        c.id.to_string()
    }),
    field("company_name", "The company's name, as listed", |_, c| {
        c.name.clone()
    }),
    field("crm_id", "The CRM's own key of the company", |_, c| {
        or_empty(&c.crm_id)
    }),
    field("country", "The company's country, as listed", |_, c| {
        or_empty(&c.country)
    }),
    field("industry", "The company's industry, as listed", |_, c| {
        or_empty(&c.industry)
    }),
    field("employees", "The company's employees, as listed", |_, c| {
        or_empty(&c.employees)
    }),
    field(
        "role",
        "The part that the company plays",
        |s, _| id(&s.role),
    ),
    field("areas", "What it might buy for it, by `;`", |s, _| {
        let areas: Vec<_> = s.areas.iter().map(|area| area.id()).collect();
        areas.join(";")
    }),
    field(
        "modality",
        "asserted, planned, hypothetical, …",
        |s, _| id(&s.modality),
    ),
    field("event_date", "First day of when it happens", |s, _| {
        or_empty(&s.event.map(|event| event.day))
    }),
    field("event_precision", "day, month, quarter or year", |s, _| {
        or_empty(&s.event.map(|event| id(&event.precision)))
    }),
    field("event_basis", "text, published or first_seen", |s, _| {
        or_empty(&s.event.map(|event| id(&event.basis)))
    }),
    field("published", "First day on which a page told it", |s, _| {
        or_empty(&s.published)
    }),
    field("first_seen", "When we first read of it (UTC)", |s, _| {
        s.first_seen.to_string()
    }),
    field("last_seen", "When we last read of it (UTC)", |s, _| {
        s.last_seen.to_string()
    }),
    field("confidence", "How sure it is, 0–1", |s, _| {
        rounded(s.confidence).to_string()
    }),
    field("counterpart", "The other company", |s, _| {
        or_empty(&s.slots.counterpart)
    }),
    field("amount", "An amount of money, as written", |s, _| {
        or_empty(&s.slots.amount)
    }),
    field("position", "A position, as written", |s, _| {
        or_empty(&s.slots.position)
    }),
    field("place", "A place, as written", |s, _| {
        or_empty(&s.slots.place)
    }),
    field("count", "How many people, sites, machines", |s, _| {
        or_empty(&s.slots.count)
    }),
    field("technologies", "Technologies named, by `;`", |s, _| {
        s.slots.technologies.join(";")
    }),
    field(
        "evidence_count",
        "How many pages tell it, up to 8",
        |s, _| s.evidence.len().to_string(),
    ),
    field("quote", "What the surest page says", |s, _| {
        of_best(s, |e| e.quote.clone())
    }),
    field("quote_title", "The title of the surest page", |s, _| {
        of_best(s, |e| e.title.clone())
    }),
    field("source_url", "The surest page", |s, _| {
        of_best(s, |e| e.url.clone())
    }),
    field("language", "Its language, ISO 639-1", |s, _| {
        of_best(s, |e| or_empty(&e.language))
    }),
    field("detector", "What found it there", |s, _| {
        of_best(s, |e| e.detector.clone())
    }),
    field("detector_version", "The detector's version", |s, _| {
        of_best(s, |e| e.version.to_string())
    }),
    field("rule", "The rule that matched there", |s, _| {
        of_best(s, |e| e.rule.clone())
    }),
    field(
        "told_by",
        "The source that tells it there; empty: the company",
        |s, _| of_best(s, |e| or_empty(&e.provenance.source)),
    ),
    field(
        "class",
        "What the kind means to this company: corp.acquired, …",
        |s, _| class_of(s).id.clone(),
    ),
    field("half_life", "Days after which it is worth half", |s, _| {
        class_of(s).half_life.to_string()
    }),
    field(
        "deadline",
        "When support ends, or ended, of what it is about",
        |s, _| or_empty(&deadline_of(s).map(|deadline| deadline.ends)),
    ),
    field(
        "stage",
        "rumoured, announced, done or called_off",
        |s, _| id(&s.stage()),
    ),
    field(
        "stage_told",
        "The first day on which that was told",
        |s, _| {
            let (stage, history) = (s.stage(), s.history());
            let told = history.iter().find(|told| told.stage == stage);
            or_empty(&told.map(|told| told.first))
        },
    ),
    field(
        "status",
        "new, reinforced, superseded (called off since) or retracted (nobody tells it any more)",
        |s, _| id(&s.status()),
    ),
];

/// The id under which an enum's value stands in every file.
pub(super) fn id(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(id)) => id,
        _ => String::new(),
    }
}

/// To three digits: more are noise, and a binary fraction's tail is ugly.
pub(super) fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1000.0).round() / 1000.0
}

fn or_empty(value: &Option<impl ToString>) -> String {
    value.as_ref().map_or(String::new(), ToString::to_string)
}

/// Of the surest piece of evidence, which comes first.
fn of_best(signal: &Signal, value: fn(&Evidence) -> String) -> String {
    signal.evidence.first().map(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_explained() {
        let mut names: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FIELDS.len());
        for field in FIELDS {
            assert!(!field.meaning.is_empty() && !field.name.starts_with(EXTRA));
        }
    }

    #[test]
    fn confidence_has_no_tail() {
        assert_eq!(rounded(0.1 + 0.2).to_string(), "0.3");
        assert_eq!(rounded(1.0).to_string(), "1");
    }
}
