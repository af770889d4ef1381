//! What one company of the demo's web answers, as a pure function of path and query: embedded
//! files, redirects, folders, the calendar that never ends.
//!
//! Invariant: `{{base}}` never leaves the house; every answer is rendered for the address it is
//! served at.

use std::path::Path;

use anyhow::Context;
use include_dir::{Dir, File, include_dir};
use serde::Deserialize;

/// Embedded when this file is compiled: a changed page is noticed, a new one only with it.
static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/seeds/demo");

const BASE: &[u8] = b"{{base}}";
const CHARSET_WITHIN: usize = 1024;

/// A company of the demo and how its server behaves: one entry of `seeds/demo/companies.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) country: String,
    pub(super) industry: String,
    pub(super) employees: u64,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    #[serde(default)]
    pub(super) first_urls: Vec<String>,
    #[serde(default)]
    pub(super) notes: Option<String>,
    /// How long every answer takes.
    #[serde(default)]
    pub(super) latency_ms: u64,
    /// How many requests are refused with 429 before the first is answered; robots.txt and
    /// tdmrep.json are not.
    #[serde(default)]
    pub(super) refuse_first: u32,
    /// What the refusals ask for, in seconds.
    #[serde(default)]
    pub(super) retry_after: u32,
    #[serde(default)]
    redirects: Vec<Redirect>,
    /// The path below which every query leads to further queries.
    #[serde(default)]
    trap: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Redirect {
    from: String,
    to: String,
    status: u16,
}

/// What a site says to a path, before anything that depends on who asks and how often.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Page { body: Vec<u8>, kind: String },
    Moved { status: u16, to: String },
    Missing { body: Vec<u8>, kind: String },
}

/// Every site of the demo, in the order of its list.
pub(super) fn all() -> anyhow::Result<Vec<Site>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        company: Vec<Site>,
    }
    let text = FILES
        .get_file("companies.toml")
        .and_then(|file| file.contents_utf8())
        .context("the demo's list of companies is not embedded")?;
    let list: List = toml::from_str(text).context("the demo's list of companies")?;
    Ok(list.company)
}

impl Site {
    /// What this site, served at `base`, says to `path`.
    pub(super) fn answer(&self, path: &str, query: Option<&str>, base: &str) -> Answer {
        if let Some(redirect) = self.redirects.iter().find(|moved| moved.from == path) {
            return Answer::Moved {
                status: redirect.status,
                to: redirect.to.replace("{{base}}", base),
            };
        }
        if self.trap.as_deref() == Some(path) {
            return Answer::Page {
                body: calendar(&self.name, path, query.unwrap_or_default()).into_bytes(),
                kind: "text/html; charset=utf-8".to_owned(),
            };
        }
        let place = format!("{}/{}", self.slug, path.trim_start_matches('/'));
        // Some sites show their pages without the extension.
        let file = FILES
            .get_file(&place)
            .or_else(|| FILES.get_file(format!("{place}.html")));
        let index = FILES.get_file(Path::new(&place).join("index.html"));
        match (file, index) {
            (Some(file), _) => page(file, base),
            (None, Some(file)) if path.ends_with('/') => page(file, base),
            // Relative links on an index page need the slash to lead where they should.
            (None, Some(_)) => Answer::Moved {
                status: 301,
                to: format!("{path}/"),
            },
            (None, None) => self.missing(base),
        }
    }

    fn missing(&self, base: &str) -> Answer {
        match FILES.get_file(format!("{}/404.html", self.slug)) {
            Some(file) => Answer::Missing {
                body: rendered(file.contents(), base),
                kind: content_type(file.path(), file.contents()),
            },
            None => Answer::Missing {
                body: b"<!doctype html><title>404</title><h1>Not Found</h1>".to_vec(),
                kind: "text/html".to_owned(),
            },
        }
    }
}

fn page(file: &File, base: &str) -> Answer {
    Answer::Page {
        body: rendered(file.contents(), base),
        kind: content_type(file.path(), file.contents()),
    }
}

/// Bytes, not text: one of the sites is not UTF-8, and must stay so.
fn rendered(contents: &[u8], base: &str) -> Vec<u8> {
    let mut body = Vec::with_capacity(contents.len() + 64);
    let mut rest = contents;
    while let Some(at) = rest.windows(BASE.len()).position(|window| window == BASE) {
        body.extend_from_slice(&rest[..at]);
        body.extend_from_slice(base.as_bytes());
        rest = &rest[at + BASE.len()..];
    }
    body.extend_from_slice(rest);
    body
}

fn content_type(path: &Path, contents: &[u8]) -> String {
    let name = path.file_name().and_then(|name| name.to_str());
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("xml") if name.is_some_and(|name| name.starts_with("atom")) => "application/atom+xml",
        Some("xml") if name.is_some_and(|name| name.starts_with("feed")) => "application/rss+xml",
        Some("xml") => "application/xml",
        Some("json") => return "application/json".to_owned(),
        _ => return "text/plain; charset=utf-8".to_owned(),
    };
    match declared_charset(contents) {
        Some(charset) => format!("{kind}; charset={charset}"),
        None => kind.to_owned(),
    }
}

/// The name after the first `charset=` or `encoding=` of the file's beginning.
fn declared_charset(contents: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&contents[..contents.len().min(CHARSET_WITHIN)]);
    let (_, after) = head
        .split_once("charset=")
        .or_else(|| head.split_once("encoding="))?;
    let name: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// A month of nothing, with a link to the month before, the month after, and the same month twice
/// more: however many are read, there are further ones.
fn calendar(name: &str, path: &str, query: &str) -> String {
    let (year, month) = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("month="))
        .and_then(|month| month.split_once('-'))
        .and_then(|(year, month)| Some((year.parse::<u16>().ok()?, month.parse::<u16>().ok()?)))
        .filter(|(year, month)| (1..9999).contains(year) && (1..=12).contains(month))
        .unwrap_or((2026, 11));
    let link = |year: u16, month: u16, more: &str, text: &str| {
        format!("<a href=\"{path}?month={year:04}-{month:02}{more}\">{text}</a>")
    };
    let before = match month {
        1 => link(year - 1, 12, "", "Previous month"),
        _ => link(year, month - 1, "", "Previous month"),
    };
    let after = match month {
        12 => link(year + 1, 1, "", "Next month"),
        _ => link(year, month + 1, "", "Next month"),
    };
    let days: String = (1..=28)
        .map(|day| {
            format!(
                "<td>{}</td>",
                link(year, month, &format!("&day={day}"), &day.to_string())
            )
        })
        .collect();
    let list = link(year, month, "&view=list", "List view");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Calendar \
         {year}-{month:02} | {name}</title></head>\n<body><h1>Calendar of events</h1>\n<p>{before} \
         | {list} | {after}</p>\n<table><tr>{days}</tr></table>\n<p>There are no events in this \
         month.</p>\n<p><a href=\"/\">Home</a></p></body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::detect::taxonomy::{Family, taxonomy};
    use crate::model::signal::SignalKind;

    fn site(slug: &str) -> Site {
        all()
            .expect("the list parses")
            .into_iter()
            .find(|site| site.slug == slug)
            .expect("it is listed")
    }

    #[test]
    fn every_listed_company_has_a_home_page_and_every_folder_is_listed() {
        let sites = all().expect("the list parses");
        for site in &sites {
            let home = site.answer("/", None, "http://base");
            assert!(matches!(home, Answer::Page { .. }), "{}", site.slug);
        }
        assert!(sites.len() >= 12);
        assert_eq!(sites.len(), FILES.dirs().count());
    }

    #[test]
    fn placeholders_are_replaced_in_bytes_of_any_charset() {
        let rendered = rendered(b"caf\xe9 {{base}}/a {{base}}/b {{", "http://h");
        assert_eq!(rendered, b"caf\xe9 http://h/a http://h/b {{");
    }

    #[test]
    fn charset_is_what_the_file_says() {
        let kind = |name: &str, text: &str| content_type(Path::new(name), text.as_bytes());
        assert_eq!(
            kind("a.html", "<meta charset=\"windows-1252\">"),
            "text/html; charset=windows-1252"
        );
        assert_eq!(
            kind("feed.xml", "<?xml version='1.0' encoding='UTF-8'?>"),
            "application/rss+xml; charset=utf-8"
        );
        assert_eq!(kind("a.html", "<p>no word of it"), "text/html");
        for (slug, charset) in [("merrow", "windows-1252"), ("almendro", "iso-8859-1")] {
            match site(slug).answer("/", None, "http://base") {
                Answer::Page { kind, .. } => {
                    assert_eq!(kind, format!("text/html; charset={charset}"));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_calendar_always_leads_on() {
        let page = calendar("Merrow", "/calendar", "month=2026-12");
        assert!(page.contains("/calendar?month=2027-01\""));
        assert!(page.contains("/calendar?month=2026-11\""));
        assert!(calendar("Merrow", "/calendar", "month=x").contains("2026-11"));
    }

    #[test]
    fn pages_hide_behind_no_other_site() {
        let answer = site("lumora").answer("/../companies.toml", None, "http://base");
        assert!(matches!(answer, Answer::Missing { .. }));
    }

    #[test]
    fn every_page_of_which_something_is_expected_is_there() {
        let text = FILES
            .get_file("expected.toml")
            .and_then(|file| file.contents_utf8())
            .expect("it is embedded");
        let expected: toml::Table = text.parse().expect("it is TOML");
        let mut told = BTreeSet::new();
        for company in expected["company"].as_array().expect("a list") {
            let site = site(company["slug"].as_str().expect("a name"));
            for list in ["signals", "optional", "quiet"] {
                for entry in company[list].as_array().expect("a list") {
                    let path = entry["page"].as_str().expect("a path");
                    let answer = site.answer(path, None, "http://base");
                    assert!(matches!(answer, Answer::Page { .. }), "{}{path}", site.slug);
                    if let Some(kind) = entry.get("kind").and_then(|kind| kind.as_str()) {
                        told.insert(SignalKind::from_id(kind).expect("a kind"));
                    }
                }
            }
        }
        // Of every family that pages tell.
        let families: BTreeSet<Family> = taxonomy()
            .iter()
            .filter(|class| told.contains(&class.kind))
            .map(|class| class.family)
            .collect();
        let shown = Family::ALL
            .iter()
            .filter(|family| **family != Family::Technology);
        assert_eq!(families.len(), shown.count(), "{families:?}");
    }
}
