//! Texts whose language is known (`language.tsv`), each read as a page that says nothing of its
//! language, and as one whose template says that it is English.
//!
//! The text is the Universal Declaration of Human Rights, which may ship with anything, and from
//! which models of languages have been made; texts of other kinds are harder.

use std::collections::BTreeMap;

use foresignal::extract;
use serde_json::{Value, json};

use super::page;

/// Pages whose language is told right, by language, and those that are right against their template.
pub(super) fn measure() -> Value {
    let texts: Vec<(&str, &str)> = include_str!("language.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let found = |markup: String| {
        let reading = extract::read(&page(
            markup.into_bytes(),
            "https://a.example/b",
            "text/html",
        ));
        reading.documents.into_iter().next()?.language
    };
    let (mut right, mut against) = (0, 0);
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for (language, text) in &texts {
        let body = format!("<meta charset=utf-8><body><article><p>{text}</p></article>");
        let told = found(body.clone());
        let is_right = told.as_deref() == Some(language);
        right += usize::from(is_right);
        if !is_right {
            let confused = format!("{language} as {}", told.as_deref().unwrap_or("none"));
            *wrong.entry(confused).or_default() += 1;
        }
        let told = found(format!("<html lang=en>{body}"));
        against += usize::from(told.as_deref() == Some(language));
    }
    json!({ "texts": texts.len(), "right": right, "against_template": against, "wrong": wrong })
}
