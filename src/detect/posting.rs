//! Open positions: what a company looks for says what it runs and what it is about to do.
//!
//! A posting counts where its technologies or its role matter to a product area; a cook's does not.

use super::knowledge::knowledge;
use super::lexicon::Stance;
use super::prepared::Prepared;
use super::slots::areas_of;
use super::{Detector, dedupe, signals};
use crate::model::document::Genre;
use crate::model::signal::{
    Basis, Evidence, Modality, Precision, ProductArea, Provenance, Role, Signal, SignalId,
    SignalKind, Slots, Telling, When,
};

/// Job postings, from their structured form or from the text of a posting's page.
pub(crate) const DETECTOR: Detector = Detector {
    name: "posting",
    version: 2,
    detect,
};

fn detect(found: &mut Vec<Signal>, text: &Prepared<'_>) {
    let stated = text.document.job.as_ref();
    if stated.is_none() && text.genre != Genre::Job {
        return;
    }
    let title = stated.map_or(text.document.title.as_str(), |job| job.title.as_str());
    if title.trim().is_empty() || is_foreign(text) {
        return;
    }
    let (technologies, mut areas) = named(text);
    areas.extend(areas_of(title));
    areas.extend(desk_areas(title));
    areas.sort_unstable();
    areas.dedup();
    if areas.is_empty() {
        return;
    }
    let confidence = if stated.is_some() { 0.95 } else { 0.75 };
    let posted = stated.and_then(|job| job.posted);
    let published = posted.or(text.document.published.map(|dated| dated.day));
    let place = stated.and_then(|job| job.location.clone());
    let day = published.unwrap_or(text.today);
    let key = format!(
        "{} {} {}",
        dedupe::post(title),
        place.as_deref().unwrap_or_default().to_lowercase(),
        published.map_or(0, jiff::civil::Date::year),
    );
    let persons = text.persons();
    let keep = text.keep();
    let names = &knowledge().names;
    let (quote, marks) = quote(text, title, &technologies);
    let (quote, marks) = names.redact(&quote, &marks, &persons, &keep);
    let (quote, marks) = signals::shorten(&quote, marks.first().copied().unwrap_or((0, 0)), 300);
    let evidence = Evidence {
        url: text.document.url.clone(),
        origin: signals::origin(&text.document.url),
        quote,
        marks,
        title: names.redact(&text.document.title, &[], &persons, &keep).0,
        language: text.document.language.clone(),
        published,
        seen: text.seen,
        detector: DETECTOR.name.to_owned(),
        version: DETECTOR.version,
        rule: if stated.is_some() {
            "posting.stated"
        } else {
            "posting.page"
        }
        .to_owned(),
        confidence,
        provenance: Provenance::default(),
        telling: Telling::default(),
    };
    found.push(Signal {
        id: SignalId::new(&text.company.id, SignalKind::JobPosting, &key),
        company: text.company.id.clone(),
        kind: SignalKind::JobPosting,
        role: Role::Employer,
        areas,
        modality: Modality::Asserted,
        event: Some(When {
            day,
            precision: Precision::Day,
            basis: match published {
                Some(_) => Basis::Published,
                None => Basis::FirstSeen,
            },
        }),
        published,
        slots: Slots {
            position: Some(title.trim().to_owned()),
            place,
            technologies,
            ..Slots::default()
        },
        confidence,
        evidence: vec![evidence],
        first_seen: text.seen,
        last_seen: text.seen,
    });
}

/// A posting on a board that states another employer.
fn is_foreign(text: &Prepared<'_>) -> bool {
    let stated = text
        .document
        .job
        .as_ref()
        .and_then(|job| job.organization.as_deref());
    match stated {
        _ if text.known.is_nobody() => false,
        Some(employer) => !text.own && !text.known.is(employer),
        None => !text.own && text.known.find(&text.folded.text).is_none(),
    }
}

/// Technologies by name, and the areas of those that something could be sold for.
fn named(text: &Prepared<'_>) -> (Vec<String>, Vec<ProductArea>) {
    let mut technologies = Vec::new();
    let mut areas = Vec::new();
    for mention in &text.mentions {
        technologies.push(mention.technology.name.clone());
        if mention.technology.stance != Stance::Neutral {
            areas.extend(&mention.technology.areas);
        }
    }
    technologies.sort_unstable();
    technologies.dedup();
    (technologies, areas)
}

/// Desks that buy although their title names no technology.
fn desk_areas(title: &str) -> Vec<ProductArea> {
    let title = super::fold::Folded::new(title).text.to_ascii_lowercase();
    let has = |cues: &[&str]| cues.iter().any(|cue| title.contains(cue));
    let mut areas = Vec::new();
    if has(&[
        "help desk",
        "helpdesk",
        "desktop support",
        "it support",
        "soporte tecnico",
        "soporte it",
        "system administrator",
        "systems administrator",
        "administrador de sistemas",
        "endpoint",
    ]) {
        areas.extend([ProductArea::Microsoft365, ProductArea::Surface]);
    }
    if has(&[
        "cloud",
        "devops",
        "site reliability",
        "platform engineer",
        "infrastructure",
        "infraestructura",
        "data engineer",
        "ingeniero de datos",
        "machine learning",
    ]) {
        areas.push(ProductArea::Azure);
    }
    if has(&["erp ", "crm ", "controller"]) {
        areas.push(ProductArea::Dynamics365);
    }
    areas
}

/// The first sentence that names a technology, behind the position.
fn quote(
    text: &Prepared<'_>,
    title: &str,
    technologies: &[String],
) -> (String, Vec<(usize, usize)>) {
    let mut quote = title.trim().to_owned();
    let marks = vec![(0, quote.len())];
    if !technologies.is_empty() {
        quote.push_str(" — ");
        quote.push_str(&technologies.join(", "));
    }
    let _ = text;
    (quote, marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::company::Company;
    use crate::model::document::{Document, JobPosting};
    use crate::model::time::Timestamp;

    fn posting(title: &str, text: &str, employer: Option<&str>) -> Document {
        Document {
            url: "https://jobs.contoso.example/1".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            language: Some("en".to_owned()),
            genre: Genre::Job,
            job: Some(JobPosting {
                title: title.to_owned(),
                organization: employer.map(str::to_owned),
                location: Some("Lyon".to_owned()),
                ..JobPosting::default()
            }),
            ..Document::default()
        }
    }

    fn detected(document: &Document, company: &str) -> Vec<Signal> {
        super::super::detect(document, &Company::new(company), Timestamp(1))
    }

    #[test]
    fn a_posting_is_one_signal_with_its_technologies() {
        let document = posting("Cloud Engineer", "You know Azure and Terraform.", None);
        let found = detected(&document, "contoso.example");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].slots.technologies, ["Azure", "Terraform"]);
        assert_eq!(found[0].areas, [ProductArea::Azure]);
    }

    #[test]
    fn a_cook_is_no_signal_and_a_stranger_is_not_ours() {
        let cook = posting("Cook", "You know soups.", None);
        assert!(detected(&cook, "contoso.example").is_empty());
        let stranger = posting("Cloud Engineer", "You know Azure.", Some("Fabrikam"));
        assert!(detected(&stranger, "adatum.example").is_empty());
    }
}
