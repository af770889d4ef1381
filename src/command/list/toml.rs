//! The TOML form: `[[company]]`, with first URLs and notes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Partial, Row};
use crate::model::url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    company: Vec<::toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    domain: String,
    name: Option<String>,
    id: Option<String>,
    country: Option<String>,
    industry: Option<String>,
    employees: Option<u64>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    first_urls: Vec<String>,
    notes: Option<String>,
    /// Columns kept for the export.
    #[serde(default)]
    extra: BTreeMap<String, String>,
}

/// Every company of the file.
pub(super) fn rows(bytes: &[u8]) -> anyhow::Result<Vec<Row>> {
    let text = std::str::from_utf8(bytes)?;
    let file: File = ::toml::from_str(text)?;
    Ok(file
        .company
        .into_iter()
        .map(|entry| row(text, entry))
        .collect())
}

fn row(text: &str, entry: ::toml::Spanned<Entry>) -> Row {
    let start = entry.span().start.min(text.len());
    let line = 1 + text.as_bytes()[..start]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count() as u64;
    let entry = entry.into_inner();
    let unusable = entry
        .first_urls
        .iter()
        .find(|first| url::parse(first).is_none());
    Row {
        line,
        error: unusable.map(|first| format!("first_urls: {first:?} is no web address")),
        domain: entry.domain,
        company: Partial {
            name: entry.name,
            id: entry.id,
            country: entry.country,
            industry: entry.industry,
            employees: entry.employees,
            aliases: entry.aliases,
            extra: entry.extra,
            first_urls: entry.first_urls,
            notes: entry.notes,
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::command::list::List;

    #[test]
    fn first_urls_and_notes_come_with_the_company() {
        let text = br#"
[[company]]
domain = "contoso.com"
name = "Contoso"
first_urls = ["https://contoso.com/en/newsroom"]
notes = "renewal in June"

[[company]]
domain = "fabrikam.com"
first_urls = ["not an address"]
"#;
        let list = List::of(super::rows(text).expect("TOML"), false);
        assert_eq!(
            list.companies[0].company.first_urls,
            ["https://contoso.com/en/newsroom"]
        );
        assert_eq!(
            list.companies[0].company.notes.as_deref(),
            Some("renewal in June")
        );
        assert_eq!(list.complaints[0].line, 8);
    }

    #[test]
    fn mistakes_are_named() {
        let error = super::rows(b"[[company]]\ndomian = \"contoso.com\"").expect_err("a typo");
        assert!(error.to_string().contains("domian"), "{error}");
    }
}
