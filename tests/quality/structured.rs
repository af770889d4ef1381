//! What pages state for machines: of the values that a page is labelled with, those that are read.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use foresignal::extract;
use serde_json::{Value, json};

use super::files;

/// Values read, by format; pages whose JSON-LD is broken are counted by themselves as well.
pub(super) fn measure(folder: &Path) -> Value {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut dump = String::new();
    let labels = [files(folder, "json"), files(folder, "jsonld")].concat();
    for label in labels {
        let page = label.with_extension("html");
        let bytes = std::fs::read(&label).expect("a labelled file");
        let (Ok(bytes_of_page), Ok(gold)) = (
            std::fs::read(&page),
            serde_json::from_slice::<Value>(&bytes),
        ) else {
            continue;
        };
        let markup = extract::charset::decode(&bytes_of_page, None);
        let (objects, metas) = extract::stated(&markup);
        let (mut of_objects, mut of_metas) = (Vec::new(), Vec::new());
        leaves(&Value::from(objects), &mut of_objects);
        of_metas.extend(metas.iter().map(|(_, value)| plain(value)));
        for (format, wanted) in formats(&label, &gold) {
            let found: HashSet<&String> = match format {
                "opengraph" | "dublin_core" => of_metas.iter().collect(),
                _ => of_objects.iter().collect(),
            };
            let broken = page.to_string_lossy().contains("invalid");
            for value in wanted {
                let read = usize::from(found.contains(&value));
                let kinds = [Some(format), broken.then_some("broken")];
                for kind in kinds.into_iter().flatten() {
                    let count = counts.entry(kind).or_default();
                    *count = (count.0 + 1, count.1 + read);
                }
                if read == 0 {
                    dump += &format!("{format}\t{}\t{value}\n", label.display());
                }
            }
        }
    }
    std::fs::write("target/structured.tsv", dump).expect("target can be written");
    let by_format: BTreeMap<_, _> = counts
        .iter()
        .map(|(format, (values, read))| (*format, json!({ "values": values, "read": read })))
        .collect();
    json!(by_format)
}

/// The values that a labelled file names, by their format.
fn formats(label: &Path, gold: &Value) -> Vec<(&'static str, Vec<String>)> {
    let name = label.to_string_lossy();
    let of = |format, value: &Value| {
        let mut values = Vec::new();
        leaves(value, &mut values);
        (format, values)
    };
    if name.ends_with(".jsonld") {
        return vec![of("json_ld", gold)];
    }
    if name.contains("/songkick/") {
        let keys = [("json_ld", "json-ld"), ("microdata", "microdata")];
        return keys.map(|(format, key)| of(format, &gold[key])).to_vec();
    }
    if name.contains("/w3c/") || name.contains("/schema.org/") || name.contains("/websites/") {
        return vec![of("microdata", gold)];
    }
    let pairs = |value: &Value| -> Vec<String> {
        let pairs = value.as_array().into_iter().flatten();
        pairs
            .filter_map(|pair| pair[1].as_str().map(plain))
            .collect()
    };
    if name.contains("/opengraph") {
        return vec![("opengraph", pairs(&gold[0]["properties"]))];
    }
    if name.contains("dublincore") {
        let elements = gold[0]["elements"].as_array().into_iter().flatten();
        let values = elements.filter_map(|element| element["content"].as_str().map(plain));
        return vec![("dublin_core", values.collect())];
    }
    Vec::new()
}

/// Every text and number in a value that is no type, identifier or context.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.trim().is_empty() => found.push(plain(text)),
        Value::Number(number) => found.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Object(item) => {
            let left = [
                "type",
                "@type",
                "id",
                "@id",
                "@context",
                "textContent",
                "htmlNode",
            ];
            let stated = item
                .iter()
                .filter(|(name, _)| !left.contains(&name.as_str()));
            stated.for_each(|(_, value)| leaves(value, found));
        }
        _ => {}
    }
}

/// A text with its white space folded.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
