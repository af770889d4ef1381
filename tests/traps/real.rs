//! Real pages of `shared/data` that are there: none of them may be taken for a soft 404 or for
//! parked, and no two of one site for copies of each other.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use foresignal::crawl::parked;
use foresignal::crawl::sketch::{self, Likeness};
use foresignal::extract;
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::document::Reading;
use foresignal::model::page::Page;
use foresignal::model::task::{Discovery, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url;
use serde_json::Value;

/// Pages whose sites show one text under two addresses.
const COPIES: &[&str] = &["4211", "4213", "0670", "2863"];
/// How many pages are read; reading all of them takes half a minute unoptimised.
const MOST: usize = 300;

#[test]
fn real_pages_are_there_and_no_copies_of_each_other() {
    let data = std::env::var("FORESIGNAL_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join(data);
    let (mut read, mut compared, mut told_again, mut framed) = (0, 0, 0, 0);
    let mut frame = String::from("Home\nAll our news\nContact");
    let mut seen: HashMap<u64, String> = HashMap::new();
    for set in ["wcxb", "dates", "aeb"] {
        let Ok(entries) = std::fs::read_dir(data.join(set).join("html")) else {
            println!("skipped: {set} is not at {}", data.display());
            continue;
        };
        let addresses = addresses(&data.join(set).join("gold.jsonl"));
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let step = files.len().div_ceil(most() / 3).max(1);
        for file in files.iter().step_by(step) {
            let name = file.file_name().unwrap().to_string_lossy();
            let id = name.split('.').next().unwrap().to_owned();
            let unknown = format!("https://x.example/{id}");
            let address = addresses.get(&id).unwrap_or(&unknown);
            let Some(address) = url::parse(address) else {
                continue;
            };
            let page = page(file, address.as_str());
            let reading = extract::read(&page);
            let parked = parked::judge(&page, &reading, true);
            assert_eq!(parked, None, "{set} {id} {address} is somebody's");
            let task = Task::new(&Discovery {
                url: address.clone(),
                company: CompanyId("x.example".into()),
                kind: TaskKind::Article,
                due: Timestamp(0),
                depth: 1,
                from: None,
                at: Timestamp(0),
                updated: None,
            });
            read += 1;
            let company = Company::new("x.example");
            let likeness = |reading: &Reading| sketch::of(reading, &task, &company);
            match likeness(&reading) {
                Likeness::Missing => panic!("{set} {id} {address} is there"),
                Likeness::Text(sketch) => {
                    compared += 1;
                    let renumbered = with_text(&reading, |text| text.replace(['1', '6'], "7"));
                    told_again += u32::from(likeness(&renumbered) == Likeness::Text(sketch));
                    let around = with_text(&reading, |text| format!("{frame}\n{text}\n{frame}"));
                    framed += u32::from(likeness(&around) == Likeness::Text(sketch));
                    frame = short_lines(&reading).unwrap_or(frame);
                    let other = seen.insert(sketch, id.clone());
                    assert!(
                        other.is_none() || COPIES.contains(&id.as_str()),
                        "{set} {id} {address} is no copy of {other:?}"
                    );
                }
                _ => {}
            }
        }
    }
    println!(
        "FIGURE real pages: {read} read, none missing or parked; {compared} compared, none a false copy; \
         known again with other numbers {told_again}, in another frame {framed}"
    );
    assert_eq!(told_again, compared, "a number makes no other text");
    assert!(framed * 10 >= compared * 9, "a frame makes no other text");
}

/// The same page with another text.
fn with_text(reading: &Reading, change: impl Fn(&str) -> String) -> Reading {
    let mut changed = reading.clone();
    for document in &mut changed.documents {
        document.text = change(&document.text);
    }
    changed
}

/// What may stand around the text of another page.
fn short_lines(reading: &Reading) -> Option<String> {
    let lines = reading.documents.first()?.text.lines();
    let short = |line: &&str| (2..9).contains(&line.split_whitespace().count());
    let lines: Vec<&str> = lines.filter(short).take(3).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// All of them where somebody asks for it.
fn most() -> usize {
    let all = std::env::var_os("FORESIGNAL_ALL").is_some();
    if all { usize::MAX } else { MOST }
}

fn addresses(gold: &Path) -> HashMap<String, String> {
    let text = std::fs::read_to_string(gold).unwrap_or_default();
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter_map(|line| {
            Some((
                line["id"].as_str()?.to_owned(),
                line["url"].as_str()?.to_owned(),
            ))
        })
        .collect()
}

fn page(file: &Path, address: &str) -> Page {
    let mut body = Vec::new();
    MultiGzDecoder::new(std::fs::File::open(file).unwrap())
        .read_to_end(&mut body)
        .unwrap();
    Page {
        url: address.to_owned(),
        status: 200,
        headers: vec![("content-type".into(), "text/html".into())],
        body,
        truncated: false,
        fetched: Timestamp(1_780_000_000_000),
        address: None,
    }
}
