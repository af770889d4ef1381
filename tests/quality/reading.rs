//! How well pages, feeds and encodings are read.

#![expect(
    clippy::print_stdout,
    reason = "what was skipped and what went wrong is for a person to see"
)]

mod feedparser;
mod language;
mod structured;

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use foresignal::extract;
use foresignal::model::document::Reading;
use foresignal::model::page::Page;
use foresignal::model::time::Timestamp;
use serde_json::{Map, Value, json};

type Part = fn(&Path) -> Value;

/// Measures everything that is there, and says what is not.
pub(crate) fn measure(data: &Path) -> Value {
    let mut measured = Map::new();
    let parts: [(&str, &str, Part); 8] = [
        ("wcxb", "wcxb", wcxb),
        ("aeb", "aeb", aeb),
        ("dates", "dates", dates),
        ("feeds", "feeds/feedparser", feedparser::measure),
        ("autodiscovery", "feeds/autodiscovery", autodiscovery),
        ("encoding", "encoding", encoding),
        ("structured", "structured", structured::measure),
        ("speed", "wcxb", speed),
    ];
    for (key, folder, part) in parts {
        let folder = data.join(folder);
        if folder.is_dir() {
            measured.insert(key.to_owned(), part(&folder));
        } else {
            println!("skipped: {key}, no {}", folder.display());
        }
    }
    measured.insert("language".to_owned(), language::measure());
    Value::Object(measured)
}

fn wcxb(folder: &Path) -> Value {
    let (mut dated, mut exact, mut titled, mut title_exact) = (0, 0, 0, 0);
    let (mut by_type, mut sum, mut dump) = (
        BTreeMap::<String, Vec<f64>>::new(),
        Vec::new(),
        String::new(),
    );
    for gold in lines(&folder.join("gold.jsonl")) {
        let id = text(&gold, "id");
        // Some pages were saved without their address, which tells nothing then.
        let url = match text(&gold, "url") {
            "" => "https://site.example/page",
            url => url,
        };
        let reading = read(&folder.join(format!("html/{id}.html.gz")), url);
        let found = main_text(&reading);
        let document = reading.documents.first();
        if !text(&gold, "publish_date").is_empty() {
            dated += 1;
            let day = document
                .and_then(|document| document.published)
                .map(|dated| dated.day.to_string());
            exact += usize::from(day.as_deref() == Some(text(&gold, "publish_date")));
        }
        if !text(&gold, "title").is_empty() {
            titled += 1;
            let title = document
                .map(|document| document.title.as_str())
                .unwrap_or_default();
            title_exact += usize::from(words(title) == words(text(&gold, "title")));
        }
        let f1 = word_f1(&found, text(&gold, "main_content"));
        dump += &format!(
            "{f1:.3}\t{id}\t{}\t{}\n",
            text(&gold, "page_type"),
            text(&gold, "url")
        );
        by_type
            .entry(text(&gold, "page_type").to_owned())
            .or_default()
            .push(f1);
        sum.push(f1);
    }
    std::fs::write("target/wcxb.tsv", dump).expect("target can be written");
    let by_type: BTreeMap<_, _> = by_type
        .iter()
        .map(|(kind, all)| (kind, mean(all)))
        .collect();
    json!({ "pages": sum.len(), "word_f1": mean(&sum), "by_type": by_type, "dated": dated, "date_exact": exact, "titled": titled, "title_exact": title_exact })
}

fn aeb(folder: &Path) -> Value {
    let gold: Value =
        serde_json::from_slice(&std::fs::read(folder.join("ground-truth.json")).expect("gold"))
            .expect("gold is JSON");
    let (mut precision, mut recall) = (Vec::new(), Vec::new());
    for (id, page) in gold.as_object().expect("pages by id") {
        let reading = read(
            &folder.join(format!("html/{id}.html.gz")),
            text(page, "url"),
        );
        let (found, wanted) = (
            shingles(&main_text(&reading)),
            shingles(text(page, "articleBody")),
        );
        let (tp, found, wanted) = overlap(&found, &wanted);
        precision.push(ratio(tp, found));
        recall.push(ratio(tp, wanted));
    }
    let (p, r) = (mean(&precision), mean(&recall));
    json!({ "pages": precision.len(), "precision": p, "recall": r, "f1": 2.0 * p * r / (p + r) })
}

fn dates(folder: &Path) -> Value {
    let (mut pages, mut exact, mut none) = (0, 0, 0);
    let mut dump = String::new();
    for gold in lines(&folder.join("gold.jsonl")) {
        let file = folder.join(format!("html/{}.html.gz", text(&gold, "id")));
        let reading = read(&file, text(&gold, "url"));
        let found = reading
            .documents
            .first()
            .and_then(|document| document.published);
        pages += 1;
        match found {
            None => none += 1,
            Some(found) if found.day.to_string() == text(&gold, "date") => exact += 1,
            Some(_) => {}
        }
        dump += &format!(
            "{}\t{}\t{:?}\t{}\n",
            text(&gold, "id"),
            text(&gold, "date"),
            found.map(|f| (f.day.to_string(), f.source)),
            text(&gold, "url")
        );
    }
    std::fs::write("target/dates.tsv", dump).expect("target can be written");
    json!({ "pages": pages, "exact": exact, "none": none })
}

/// CPU time of reading every page of wcxb once.
fn speed(folder: &Path) -> Value {
    let pages: Vec<Page> = lines(&folder.join("gold.jsonl"))
        .iter()
        .map(|gold| {
            let file = folder.join(format!("html/{}.html.gz", text(gold, "id")));
            page(body(&file), text(gold, "url"), "text/html")
        })
        .collect();
    let bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    let start = cpu();
    for page in &pages {
        std::hint::black_box(extract::read(page));
    }
    json!({ "pages": pages.len(), "bytes": bytes, "cpu_s": cpu() - start })
}

/// Seconds this thread has spent on a CPU.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.unwrap_or_default() / 1e9
}

/// html5lib's encoding tests: a page, and the encoding that is to be found.
fn encoding(folder: &Path) -> Value {
    let (mut cases, mut right) = (0, 0);
    for file in files(folder, "dat") {
        let bytes = std::fs::read(&file).expect("a test file");
        for case in split(&bytes, b"#data\n").skip(1) {
            let Some((data, wanted)) = split_once(case, b"\n#encoding\n") else {
                continue;
            };
            let wanted = String::from_utf8_lossy(wanted);
            let wanted = wanted.lines().next().unwrap_or_default().trim();
            let found = extract::charset::sniff(data, None);
            cases += 1;
            let good = encoding_rs::Encoding::for_label(wanted.as_bytes()) == Some(found);
            right += usize::from(good);
            if !good {
                println!(
                    "encoding: {} wanted {wanted}, found {}",
                    String::from_utf8_lossy(&data[..data.len().min(90)]).replace('\n', " "),
                    found.name()
                );
            }
        }
    }
    json!({ "cases": cases, "right": right })
}

/// Each page names the feed of its own number in its `link`, so the feed it announces is known.
fn autodiscovery(folder: &Path) -> Value {
    let (mut cases, mut right) = (0, 0);
    for file in files(folder, "html") {
        let name = file
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if !file.with_extension("xml").is_file() {
            continue;
        }
        let bytes = std::fs::read(&file).expect("a page");
        let markup = extract::charset::decode(&bytes, None);
        let found = extract::feed::autodiscover(
            &markup,
            &format!("http://diveintomark.org/tests/client/autodiscovery/{name}.html"),
        );
        cases += 1;
        let good = found
            .iter()
            .any(|url| url.ends_with(&format!("/{name}.xml")));
        right += usize::from(good);
        if !good {
            println!("autodiscovery: {name} {found:?}");
        }
    }
    json!({ "cases": cases, "right": right })
}

fn files(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn split<'a>(bytes: &'a [u8], at: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let all = rest?;
        match split_once(all, at) {
            Some((first, more)) => {
                rest = Some(more);
                Some(first)
            }
            None => rest.take(),
        }
    })
}

fn split_once<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let found = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..found], &bytes[found + at.len()..]))
}

fn main_text(reading: &Reading) -> String {
    let texts: Vec<&str> = reading
        .documents
        .iter()
        .map(|document| document.text.as_str())
        .collect();
    texts.join("\n")
}

fn word_f1(found: &str, wanted: &str) -> f64 {
    let (tp, found, wanted) = overlap(&bag(words(found)), &bag(words(wanted)));
    if found + wanted == 0.0 {
        1.0
    } else {
        2.0 * tp / (found + wanted)
    }
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn bag<T: std::hash::Hash + Eq>(items: Vec<T>) -> HashMap<T, f64> {
    let mut bag = HashMap::new();
    for item in items {
        *bag.entry(item).or_default() += 1.0;
    }
    bag
}

fn shingles(text: &str) -> HashMap<Vec<String>, f64> {
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if words.len() < 4 {
        return bag(vec![words]);
    }
    bag(words.windows(4).map(<[String]>::to_vec).collect())
}

fn overlap<T: std::hash::Hash + Eq>(
    found: &HashMap<T, f64>,
    wanted: &HashMap<T, f64>,
) -> (f64, f64, f64) {
    let tp = found
        .iter()
        .map(|(item, n)| n.min(*wanted.get(item).unwrap_or(&0.0)))
        .sum();
    (tp, found.values().sum(), wanted.values().sum())
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 1.0 } else { part / whole }
}

fn mean(all: &[f64]) -> f64 {
    (all.iter().sum::<f64>() / all.len().max(1) as f64 * 1e4).round() / 1e4
}

fn read(file: &Path, url: &str) -> Reading {
    extract::read(&page(body(file), url, "text/html"))
}

fn page(body: Vec<u8>, url: &str, media: &str) -> Page {
    Page {
        url: url.to_owned(),
        status: 200,
        headers: vec![("content-type".to_owned(), media.to_owned())],
        body,
        truncated: false,
        fetched: Timestamp(1_800_000_000_000),
        address: None,
    }
}

fn body(file: &Path) -> Vec<u8> {
    let bytes = std::fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_end(&mut out)
        .expect("a gzip file");
    out
}

fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("a labelled file");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
