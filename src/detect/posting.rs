//! Open positions: what a company looks for says what it runs and what it is about to do.
//!
//! A posting counts where its technologies or its desk matter to a product area; a cook's does not.
//! It is no signal of its own: what one desk asks for in one quarter of a year is one, with the
//! postings as its evidence.

use super::asks::{self, Ask};
use super::fold::Folded;
use super::knowledge::knowledge;
use super::prepared::Prepared;
use super::privacy::Persons;
use super::{Detector, signals};
use crate::model::document::Genre;
use crate::model::signal::{
    Basis, Cause, Evidence, Modality, Precision, Provenance, Role, Signal, SignalId, Slots,
    Telling, When,
};

/// Job postings, from their structured form or from the text of a posting's page.
pub(crate) const DETECTOR: Detector = Detector {
    name: "posting",
    version: 3,
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
    let folded = Folded::new(title).text;
    let asks = asks::asks(text, &folded);
    if asks.is_empty() {
        return;
    }
    let persons = text.persons();
    found.extend(
        asks.into_iter()
            .map(|ask| signal(text, title, ask, &persons)),
    );
}

/// One event at the company, of which the posting is a piece of evidence: what the same desk asks
/// for in one quarter of a year is one.
fn signal(text: &Prepared<'_>, title: &str, ask: Ask, persons: &Persons) -> Signal {
    let stated = text.document.job.as_ref();
    let sure = if stated.is_some() { 0.95 } else { 0.75 };
    let confidence = sure * ask.factor;
    let posted = stated.and_then(|job| job.posted);
    let published = posted.or(text.document.published.map(|dated| dated.day));
    let day = published.unwrap_or(text.today);
    // A posting without a day would be another one in the next quarter.
    let quarter = published.map_or_else(String::new, |day| {
        format!("{}-q{}", day.year(), (day.month() + 2) / 3)
    });
    let key = format!("{} {quarter}", ask.key);
    let (quote, marks) = quote(text, title, &ask, persons);
    let names = &knowledge().names;
    let evidence = Evidence {
        url: text.document.url.clone(),
        origin: signals::origin(&text.document.url),
        quote,
        marks,
        title: names
            .redact(&text.document.title, &[], persons, &text.keep())
            .0,
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
        because: vec![(Cause::Rule, sure), (Cause::Text, ask.factor)],
        telling: Telling::default(),
    };
    Signal {
        id: SignalId::new(&text.company.id, ask.kind, &key),
        company: text.company.id.clone(),
        kind: ask.kind,
        role: Role::Employer,
        areas: ask.areas,
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
            place: stated.and_then(|job| job.location.clone()),
            technologies: ask.technologies,
            ..Slots::default()
        },
        confidence,
        evidence: vec![evidence],
        first_seen: text.seen,
        last_seen: text.seen,
    }
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

/// The position and what it is to know, or the sentence that says what it is for; without persons.
fn quote(
    text: &Prepared<'_>,
    title: &str,
    ask: &Ask,
    persons: &Persons,
) -> (String, Vec<(u16, u16)>) {
    const LONGEST: usize = 300;
    let mut quote = title.trim().to_owned();
    let position = quote.len();
    let mut mark = (0, position);
    if let Some(at) = ask.sentence {
        let sentence = text.sentences[at];
        quote.push_str(" — ");
        mark.0 = quote.len();
        quote.push_str(text.original((sentence.start, sentence.end)).trim());
        mark.1 = quote.len();
    } else if !ask.technologies.is_empty() {
        quote.push_str(" — ");
        quote.push_str(&ask.technologies.join(", "));
    }
    let names = &knowledge().names;
    let (quote, marks) = names.redact(&quote, &[mark], persons, &text.keep());
    signals::shorten(&quote, marks.first().copied().unwrap_or((0, 0)), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::company::Company;
    use crate::model::document::{Document, JobPosting};
    use crate::model::signal::{ProductArea, SignalKind};
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

    fn kinds(document: &Document) -> Vec<(SignalKind, Vec<String>)> {
        let found = detected(document, "contoso.example").into_iter();
        let mut kinds: Vec<_> = found
            .map(|signal| (signal.kind, signal.slots.technologies))
            .collect();
        kinds.sort();
        kinds
    }

    #[test]
    fn a_posting_is_evidence_for_what_its_desk_asks_for() {
        let document = posting("Cloud Engineer", "You know Azure and Terraform.", None);
        let found = detected(&document, "contoso.example");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].slots.technologies, ["Azure", "Terraform"]);
        assert_eq!(found[0].areas, [ProductArea::Azure]);
        let mut other = posting("DevOps Engineer", "You know AWS.", None);
        other.url = "https://jobs.contoso.example/2".to_owned();
        let other = detected(&other, "contoso.example");
        assert_eq!(other[0].id, found[0].id, "one desk, one signal");
        let sales = posting("Salesforce Architect", "You know CRM.", None);
        assert!(
            detected(&sales, "contoso.example")
                .iter()
                .all(|one| one.id != found[0].id)
        );
    }

    #[test]
    fn what_a_posting_asks_for_is_told_apart() {
        use SignalKind::{HiringCompetitor, HiringFirst, HiringProject, HiringSupport, JobPosting};
        let named = |names: &[&str]| {
            names
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>()
        };
        let project = posting(
            "SAP S/4HANA Migration Project Manager",
            "You plan cutovers.",
            None,
        );
        let told = kinds(&project);
        assert!(
            told.contains(&(HiringProject, named(&["SAP S/4HANA"]))),
            "{told:?}"
        );
        let duties = posting(
            "Cloud Engineer",
            "You lead the migration of our servers to Azure. You know Linux.",
            None,
        );
        let told = kinds(&duties);
        assert!(
            told.contains(&(HiringProject, named(&["Azure"]))),
            "{told:?}"
        );
        let admin = posting("Salesforce Administrator (f/m/d)", "You like people.", None);
        let told = kinds(&admin);
        assert!(
            told.contains(&(HiringCompetitor, named(&["Salesforce"]))),
            "{told:?}"
        );
        let sap = posting("SAP S/4HANA Consultant", "You like plants.", None);
        let rivals = kinds(&sap)
            .into_iter()
            .filter(|(kind, _)| *kind == HiringCompetitor);
        assert_eq!(rivals.count(), 1);
        let office = posting("Office Administrator", "Salesforce is a plus.", None);
        assert!(kinds(&office).iter().all(|(kind, _)| *kind == JobPosting));
        let support = posting("Desktop Support Technician", "Windows 11 and Intune.", None);
        assert!(
            kinds(&support)
                .iter()
                .any(|(kind, _)| *kind == HiringSupport)
        );
        let first = posting(
            "Data Engineer",
            "As our first data hire you build the platform from scratch on Snowflake.",
            None,
        );
        assert!(kinds(&first).iter().any(|(kind, _)| *kind == HiringFirst));
        let tenth = posting(
            "Data Engineer",
            "You join a team of forty on Snowflake.",
            None,
        );
        assert!(kinds(&tenth).iter().all(|(kind, _)| *kind == JobPosting));
    }

    #[test]
    fn a_duty_is_quoted_and_names_nobody() {
        let document = posting(
            "Systems Administrator",
            "With Jane Roe, head of IT, you plan the migration from VMware to Azure. Write to \
             jobs@contoso.example.",
            None,
        );
        let found = detected(&document, "contoso.example");
        let project = found
            .iter()
            .find(|one| one.kind == SignalKind::HiringProject);
        let proof = &project.expect("a project").evidence[0];
        assert!(
            proof.quote.contains("migration from VMware to Azure"),
            "{}",
            proof.quote
        );
        assert!(!proof.quote.contains("Roe"), "{}", proof.quote);
        let (from, to) = proof.marks[0];
        assert!(proof.quote[usize::from(from)..usize::from(to)].contains("migration"));
    }

    #[test]
    fn a_cook_is_no_signal_and_a_stranger_is_not_ours() {
        let cook = posting("Cook", "You know soups.", None);
        assert!(detected(&cook, "contoso.example").is_empty());
        let stranger = posting("Cloud Engineer", "You know Azure.", Some("Fabrikam"));
        assert!(detected(&stranger, "adatum.example").is_empty());
    }
}
