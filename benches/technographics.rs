//! What recognising a page's technologies costs: `cargo bench --bench technographics`.
//!
//! Pages are those of `FORESIGNAL_DATA` (its `wcxb/html`) where that folder is there, else the
//! demo's, at most 300 of them. `FORESIGNAL_WAPPALYZER` may name a folder of files in the Wappalyzer
//! format, which is then measured as well.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};

use cpu_time::ThreadTime;
use foresignal::model::page::Page;
use foresignal::model::time::Timestamp;
use foresignal::technographics;
use foresignal::technographics::wappalyzer::Set;

const ROUNDS: usize = 5;
const PAGES: usize = 300;

fn main() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = std::env::var_os("FORESIGNAL_DATA").map(PathBuf::from);
    let mut pages = Vec::new();
    collect(&data.unwrap_or_default().join("wcxb/html"), &mut pages);
    if pages.is_empty() {
        collect(&home.join("seeds/demo"), &mut pages);
    }
    let clock = ThreadTime::now();
    black_box(technographics::recognise(&pages[0]));
    let all = technographics::technologies().len();
    println!(
        "{all} technologies, loaded in {:.0} ms",
        clock.elapsed().as_secs_f64() * 1e3
    );
    measure(&pages, |page| technographics::recognise(page).len());

    let Some(folder) = std::env::var_os("FORESIGNAL_WAPPALYZER") else {
        return;
    };
    let texts: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| fs::read_to_string(path).expect("readable"))
        .collect();
    let clock = ThreadTime::now();
    let (set, report) = Set::parse(texts.iter().map(String::as_str)).expect("well formed");
    let all = report.loaded;
    println!(
        "{all} of Wappalyzer's, loaded in {:.0} ms",
        clock.elapsed().as_secs_f64() * 1e3
    );
    measure(&pages, |page| set.recognise(page, &[]).len());
}

fn measure(pages: &[Page], look: impl Fn(&Page) -> usize) {
    let (mut rounds, mut facts) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let clock = ThreadTime::now();
        facts = 0;
        for page in pages {
            facts += black_box(look(page));
        }
        rounds.push(clock.elapsed());
    }
    rounds.sort();
    let bytes = pages.iter().map(|page| page.body.len()).sum::<usize>() as f64;
    let count = pages.len() as f64;
    println!(
        "{count} pages, {:.0} KB each, {facts} facts",
        bytes / count / 1e3
    );
    for (name, spent) in [("least", rounds[0]), ("median", rounds[ROUNDS / 2])] {
        let seconds = spent.as_secs_f64();
        println!(
            "{name:<7}{:>8.0} µs CPU a page {:>8.0} MB/s",
            seconds * 1e6 / count,
            bytes / 1e6 / seconds
        );
    }
}

fn collect(dir: &Path, pages: &mut Vec<Page>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, pages);
        } else if pages.len() < PAGES && (name.ends_with(".html") || name.ends_with(".html.gz")) {
            let mut body = fs::read(&path).expect("it is readable");
            if name.ends_with(".gz") {
                let mut unpacked = Vec::new();
                let mut reader = flate2::read::GzDecoder::new(body.as_slice());
                reader.read_to_end(&mut unpacked).expect("it is gzip");
                body = unpacked;
            }
            pages.push(Page {
                url: "https://contoso.example/".to_owned(),
                status: 200,
                headers: vec![("content-type".to_owned(), "text/html".to_owned())],
                body,
                truncated: false,
                fetched: Timestamp(1_795_305_600_000),
                address: None,
            });
        }
    }
}
