//! Open positions, as pages state them for machines (schema.org `JobPosting`).
//!
//! A position's text is its description; a page that states several gives a document for each,
//! told apart by its own address or, where it has none, by its number behind a `#`.

use serde_json::Value;
use url::Url;

use super::links::resolved;
use super::structured::{self, Item};
use super::{forum, language, written};
use crate::model::document::{DateSource, Dated, Document, Genre, JobPosting};
use crate::model::time::Day;

/// The open positions that the page states.
pub(super) fn documents(
    items: &[Item],
    base: &Url,
    page_language: Option<&str>,
    fetched: Day,
) -> Vec<Document> {
    let stated: Vec<&Item> = items
        .iter()
        .filter(|item| structured::is_a(item, &["JobPosting"]))
        .collect();
    let alone = stated.len() == 1;
    let mut documents: Vec<Document> = Vec::new();
    for (number, item) in stated.iter().enumerate() {
        let Some(title) =
            structured::text(item, "title").or_else(|| structured::text(item, "name"))
        else {
            continue;
        };
        let own = structured::text(item, "url").and_then(|url| resolved(base, &url));
        let url = match own {
            _ if alone => base.to_string(),
            Some(own) if documents.iter().all(|known| known.url != own) && own != base.as_str() => {
                own
            }
            _ => format!("{base}#{}", number + 1),
        };
        let mut text = String::new();
        for property in [
            "description",
            "responsibilities",
            "qualifications",
            "skills",
            "experienceRequirements",
            "educationRequirements",
            "jobBenefits",
        ] {
            let part = markup(item.get(property)).map(|markup| forum::text_of(&markup));
            if let Some(part) =
                part.filter(|part| !part.is_empty() && !text.contains(part.as_str()))
            {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&part);
            }
        }
        let language = language::of(&text, page_language);
        let day = |property| {
            structured::text(item, property)
                .and_then(|value| written::stated(&value, language.as_deref()))
        };
        let posted = day("datePosted").or_else(|| day("datePublished"));
        let organization = structured::text(item, "hiringOrganization");
        documents.push(Document {
            tender: None,
            url,
            title: title.clone(),
            published: posted.map(|day| Dated {
                day,
                source: DateSource::Structured,
            }),
            updated: day("dateModified").map(|day| Dated {
                day,
                source: DateSource::Structured,
            }),
            genre: Genre::Job,
            publisher: organization.clone(),
            job: Some(JobPosting {
                title,
                organization,
                location: location(item),
                posted,
                closes: day("validThrough"),
            }),
            complete: true,
            fetched,
            official: false,
            language,
            text,
        });
    }
    documents
}

/// A property's markup: a text, or the texts of a list.
fn markup(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(structured::unescaped(text)),
        Value::Array(values) => {
            let parts: Vec<String> = values
                .iter()
                .filter_map(|value| markup(Some(value)))
                .collect();
            Some(parts.join("<br>"))
        }
        value => structured::value_text(value),
    }
}

/// Where the position is: town, region and country, as stated.
fn location(item: &Item) -> Option<String> {
    let places = match item.get("jobLocation") {
        Some(Value::Array(places)) => places.iter().collect(),
        Some(place) => vec![place],
        None => Vec::new(),
    };
    let mut found: Vec<String> = places.into_iter().filter_map(place).collect();
    found.dedup();
    if found.is_empty()
        && structured::text(item, "jobLocationType")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("TELECOMMUTE"))
    {
        return Some("Remote".to_owned());
    }
    (!found.is_empty()).then(|| found.join("; "))
}

fn place(place: &Value) -> Option<String> {
    let Value::Object(object) = place else {
        return structured::value_text(place);
    };
    let address = match object.get("address") {
        Some(Value::Object(address)) => address,
        Some(Value::Array(addresses)) => addresses.first()?.as_object()?,
        Some(address) => return structured::value_text(address),
        None => object,
    };
    let mut parts: Vec<String> = Vec::new();
    for property in ["addressLocality", "addressRegion", "addressCountry"] {
        if let Some(part) = structured::text(address, property)
            && !parts.contains(&part)
        {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return structured::text(object, "name");
    }
    Some(parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::dom::{Dom, parse};
    use super::*;

    fn of(json: &str) -> Vec<Document> {
        let html = parse(&format!(
            "<script type='application/ld+json'>{json}</script>"
        ));
        let base = Url::parse("https://northwind.example/jobs").expect("a URL");
        documents(
            &structured::items(&Dom::of(&html)),
            &base,
            Some("en"),
            jiff::civil::date(2026, 1, 1),
        )
    }

    #[test]
    fn a_position_is_a_document_with_its_particulars() {
        let found = of(r#"{"@type":"JobPosting","title":"SAP Basis Administrator",
            "description":"&lt;p&gt;You run our ERP.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;HANA&lt;/li&gt;&lt;/ul&gt;",
            "hiringOrganization":{"@type":"Organization","name":"Northwind"},"datePosted":"2025-12-01",
            "validThrough":"2026-02-01T00:00","jobLocation":{"@type":"Place","address":
            {"addressLocality":"Zaragoza","addressCountry":{"name":"Spain"}}}}"#);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "You run our ERP.\nHANA");
        let job = found[0].job.as_ref().expect("a job");
        assert_eq!(job.organization.as_deref(), Some("Northwind"));
        assert_eq!(job.location.as_deref(), Some("Zaragoza, Spain"));
        assert_eq!(job.closes, Some(jiff::civil::date(2026, 2, 1)));
    }

    #[test]
    fn several_positions_have_several_addresses() {
        let found = of(r#"[{"@type":"JobPosting","title":"A","url":"/jobs/a"},
            {"@type":"JobPosting","title":"B"},{"@type":"JobPosting"}]"#);
        let urls: Vec<&str> = found.iter().map(|job| job.url.as_str()).collect();
        assert_eq!(
            urls,
            [
                "https://northwind.example/jobs/a",
                "https://northwind.example/jobs#2"
            ]
        );
    }
}
