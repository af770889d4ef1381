//! Real pages of `shared/data` that are there: none of them may be taken for a soft 404, and no
//! two of one site for copies of each other.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use foresignal::crawl::sketch::{self, Likeness};
use foresignal::extract;
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::page::Page;
use foresignal::model::task::{Discovery, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url;
use serde_json::Value;

/// Pages with this text under two addresses, as their sites show them.
const COPIES: &[&str] = &["4211", "4213"];
/// How many pages are read; reading all of them takes half a minute unoptimised.
const MOST: usize = 300;

#[test]
fn real_pages_are_there_and_no_copies_of_each_other() {
    let data = std::env::var("FORESIGNAL_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join(data);
    let (mut read, mut compared) = (0, 0);
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
            let reading = extract::read(&page(file, address.as_str()));
            let task = Task::new(&Discovery {
                url: address.clone(),
                company: CompanyId("x.example".into()),
                kind: TaskKind::Article,
                due: Timestamp(0),
                depth: 1,
                from: None,
                at: Timestamp(0),
            });
            read += 1;
            match sketch::of(&reading, &task, &Company::new("x.example")) {
                Likeness::Missing => panic!("{set} {id} {address} is there"),
                Likeness::Text(sketch) => {
                    compared += 1;
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
    println!("FIGURE real pages read {read}, compared {compared}, missing 0, copies told 0 false");
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
