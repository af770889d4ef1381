//! From the files' JSON to technologies and their patterns. Lenient: what has another shape than
//! expected is not there.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::dom::Compound;
use super::pattern::{Pattern, share as share_of};
use super::{Malformed, Refused, Report};

/// Technologies that are read, and patterns of one: no honest file has more.
const TECHNOLOGIES: usize = 50_000;
const PATTERNS: usize = 500;

/// Fields whose patterns need a browser, or requests that nobody makes here.
const BROWSER: &[&str] = &["js", "xhr", "text", "css", "robots", "probe"];

/// A field whose patterns stand under names, and the place that each name makes.
type Keyed = (&'static str, fn(String) -> Place);

/// Where a pattern is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Header(String),
    Cookie(String),
    Meta(String),
    Html,
    ScriptSrc,
    Scripts,
    Url,
    Dns(String),
    CertIssuer,
    /// The attribute of a tag that one of the set's selectors chooses; empty: the tag alone.
    Dom(usize, String),
}

/// A technology as its file has it.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) name: String,
    pub(super) categories: Vec<u64>,
    pub(super) patterns: Vec<(Place, Pattern)>,
    /// Names with the share of certainty that is passed on, 0–1.
    pub(super) implies: Vec<(String, f32)>,
    pub(super) requires: Vec<String>,
    pub(super) requires_category: Vec<u64>,
    pub(super) excludes: Vec<String>,
}

/// What the files say, and what became of it.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) technologies: Vec<Raw>,
    pub(super) selectors: Vec<Vec<Compound>>,
    pub(super) categories: HashMap<u64, String>,
    pub(super) report: Report,
}

impl Reading {
    /// Takes in one file: technologies by name, categories by number, or an object of both.
    pub(super) fn take(&mut self, text: &str) -> Result<(), Malformed> {
        let file: Map<String, Value> = serde_json::from_str(text)?;
        let nested = ["technologies", "apps", "categories"];
        if nested
            .iter()
            .any(|name| file.get(*name).is_some_and(Value::is_object))
        {
            for name in nested {
                if let Some(Value::Object(inner)) = file.get(name) {
                    self.entries(inner);
                }
            }
        } else {
            self.entries(&file);
        }
        Ok(())
    }

    fn entries(&mut self, entries: &Map<String, Value>) {
        for (key, entry) in entries {
            let Value::Object(fields) = entry else {
                continue;
            };
            let name = fields.get("name").and_then(Value::as_str);
            if let (Ok(number), Some(name)) = (key.parse(), name) {
                self.categories.insert(number, name.to_owned());
            } else if self.technologies.len() < TECHNOLOGIES {
                self.technology(key, fields);
            }
        }
    }

    fn technology(&mut self, name: &str, fields: &Map<String, Value>) {
        self.report.read += 1;
        let mut raw = Raw {
            name: name.to_owned(),
            categories: numbers(fields.get("cats")),
            requires: names(fields.get("requires")),
            requires_category: numbers(fields.get("requiresCategory")),
            excludes: names(fields.get("excludes")),
            ..Raw::default()
        };
        for implied in texts(fields.get("implies")) {
            let name = implied.split("\\;").next().unwrap_or_default().trim();
            let share = implied.split_once("\\;confidence:");
            let share = share.map_or(1.0, |(_, percent)| share_of(percent));
            raw.implies.push((name.to_owned(), share));
        }
        let plain = [
            ("html", Place::Html),
            ("scriptSrc", Place::ScriptSrc),
            ("scripts", Place::Scripts),
            ("url", Place::Url),
            ("certIssuer", Place::CertIssuer),
        ];
        for (field, place) in plain {
            for pattern in texts(fields.get(field)) {
                self.pattern(&mut raw, field, place.clone(), &pattern);
            }
        }
        let keyed: [Keyed; 4] = [
            ("headers", |name| Place::Header(name.to_ascii_lowercase())),
            ("cookies", |name| Place::Cookie(name.to_ascii_lowercase())),
            ("meta", |name| Place::Meta(name.to_ascii_lowercase())),
            ("dns", |name| Place::Dns(name.to_ascii_uppercase())),
        ];
        for (field, place) in keyed {
            for (key, patterns) in pairs(fields.get(field)) {
                for pattern in texts(Some(patterns)) {
                    self.pattern(&mut raw, field, place(key.clone()), &pattern);
                }
            }
        }
        self.dom(&mut raw, fields.get("dom"));
        for field in BROWSER {
            let count = match fields.get(*field) {
                Some(Value::Object(all)) => {
                    all.values().map(|one| texts(Some(one)).len().max(1)).sum()
                }
                other => texts(other).len(),
            };
            self.skip(field, count);
        }
        self.technologies.push(raw);
    }

    fn pattern(&mut self, raw: &mut Raw, field: &'static str, place: Place, text: &str) {
        if raw.patterns.len() == PATTERNS {
            return self.refuse(raw, field, text, "it has too many patterns".to_owned());
        }
        match Pattern::parse(text) {
            Ok(pattern) => {
                self.report.supported += 1;
                raw.patterns.push((place, pattern));
            }
            Err(reason) => self.refuse(raw, field, text, reason),
        }
    }

    fn dom(&mut self, raw: &mut Raw, dom: Option<&Value>) {
        for selector in texts(dom) {
            self.selected(raw, &selector, String::new(), "");
        }
        for (selector, checks) in pairs(dom) {
            for (check, value) in pairs(Some(checks)) {
                match check.as_str() {
                    "exists" => self.selected(raw, selector, String::new(), ""),
                    "attributes" => {
                        for (name, patterns) in pairs(Some(value)) {
                            for pattern in texts(Some(patterns)) {
                                self.selected(raw, selector, name.to_ascii_lowercase(), &pattern);
                            }
                        }
                    }
                    "properties" => self.skip("dom properties", pairs(Some(value)).count()),
                    _ => {
                        let reason = "the text of an element needs a tree";
                        self.refuse(raw, "dom", selector, reason.to_owned());
                    }
                }
            }
        }
    }

    fn selected(&mut self, raw: &mut Raw, selector: &str, attribute: String, pattern: &str) {
        let compounds = Compound::parse(selector).and_then(|all| {
            let known = all.iter().all(|one| one.literal().is_some());
            known
                .then_some(all)
                .ok_or_else(|| "its selector chooses too much".to_owned())
        });
        match compounds {
            Ok(compounds) => {
                self.selectors.push(compounds);
                let place = Place::Dom(self.selectors.len() - 1, attribute);
                self.pattern(raw, "dom", place, pattern);
            }
            Err(reason) => self.refuse(raw, "dom", selector, reason),
        }
    }

    fn refuse(&mut self, raw: &Raw, field: &'static str, pattern: &str, reason: String) {
        self.report.refused.push(Refused {
            technology: raw.name.clone(),
            field,
            pattern: pattern.to_owned(),
            reason,
        });
    }

    fn skip(&mut self, field: &str, count: usize) {
        if count > 0 {
            let skipped: &mut BTreeMap<String, usize> = &mut self.report.skipped;
            *skipped.entry(field.to_owned()).or_default() += count;
        }
    }
}

/// One text or several.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => {
            let all = all.iter().filter_map(Value::as_str);
            all.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// Names, without the tags that may follow them.
fn names(value: Option<&Value>) -> Vec<String> {
    let name = |text: String| text.split("\\;").next().map(|name| name.trim().to_owned());
    texts(value).into_iter().filter_map(name).collect()
}

/// One number or several.
fn numbers(value: Option<&Value>) -> Vec<u64> {
    match value {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_u64).collect(),
        Some(one) => one.as_u64().into_iter().collect(),
        None => Vec::new(),
    }
}

fn pairs(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}
