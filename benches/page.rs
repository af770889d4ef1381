//! What reading a page costs: `cargo bench --bench page`.
//!
//! Pages are those of `FORESIGNAL_DATA` where that folder is there, else the demo's. CPU time is
//! what a busy machine leaves comparable, and the ratio to a floor measured in the same run is
//! what one machine tells another: the floor parses the page, and takes its title and its links.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cpu_time::ThreadTime;
use foresignal::detect;
use foresignal::extract;
use foresignal::model::company::Company;
use foresignal::model::page::Page;
use foresignal::model::time::Timestamp;
use foresignal::technographics;
use scraper::{Html, Selector};

/// A round takes a few seconds; more tell little that one does not.
const ROUNDS: u32 = 3;
/// 2026-11-22
const SEEN: Timestamp = Timestamp(1_795_305_600_000);

const STAGES: [&str; 4] = ["floor", "extract", "detect", "technographics"];

fn main() {
    let (from, pages) = pages();
    let company = Company {
        name: "Contoso".to_owned(),
        ..Company::new("contoso.example")
    };
    // Rules, lexicons and fingerprints are made ready once in a process.
    let mut loading = [Duration::ZERO; 4];
    measure(&pages[0], &company, &mut loading);
    let (mut total, mut slowest) = ([Duration::ZERO; 4], (Duration::ZERO, ""));
    for _ in 0..ROUNDS {
        for page in &pages {
            let mut spent = [Duration::ZERO; 4];
            measure(page, &company, &mut spent);
            for (total, spent) in total.iter_mut().zip(spent) {
                *total += spent;
            }
            let ours: Duration = spent[1..].iter().sum();
            slowest = slowest.max((ours, &page.url));
        }
    }
    let count = f64::from(ROUNDS) * pages.len() as f64;
    let bytes = pages.iter().map(|page| page.body.len()).sum::<usize>() as f64;
    println!(
        "{} pages of {from}, {:.0} KB each, {ROUNDS} rounds; the first page of a process costs {:.0} ms more",
        pages.len(),
        bytes / pages.len() as f64 / 1e3,
        loading[1..].iter().sum::<Duration>().as_secs_f64() * 1e3,
    );
    let ours: Duration = total[1..].iter().sum();
    let floor = total[0].as_secs_f64();
    let line = |name: &str, spent: Duration| {
        let seconds = spent.as_secs_f64();
        println!(
            "{name:<15}{:>8.3} ms CPU a page {:>8.1} MB/s {:>7.2} × floor",
            seconds * 1e3 / count,
            bytes * f64::from(ROUNDS) / 1e6 / seconds,
            seconds / floor,
        );
    };
    for (name, spent) in STAGES.into_iter().zip(total) {
        line(name, spent);
    }
    line("all but floor", ours);
    let (spent, page) = slowest;
    println!(
        "slowest        {:>8.3} ms CPU, {page}",
        spent.as_secs_f64() * 1e3
    );
}

/// Adds what each stage takes of `page` to `spent`.
fn measure(page: &Page, company: &Company, spent: &mut [Duration; 4]) {
    let mut clock = ThreadTime::now();
    let mut lap = |stage: usize| {
        spent[stage] += clock.elapsed();
        clock = ThreadTime::now();
    };
    black_box(floor(page));
    lap(0);
    let reading = extract::read(page);
    lap(1);
    for document in &reading.documents {
        black_box(detect::detect(document, company, SEEN));
    }
    lap(2);
    black_box(technographics::recognise(page));
    lap(3);
}

/// What no reader of HTML can do without.
fn floor(page: &Page) -> (String, usize) {
    let selector = |text| Selector::parse(text).expect("it is well formed");
    let (title, link) = (selector("title"), selector("a[href]"));
    let html = Html::parse_document(&String::from_utf8_lossy(&page.body));
    let title = html.select(&title).next();
    let links = html.select(&link).filter_map(|link| link.attr("href"));
    (
        title
            .map(|title| title.text().collect())
            .unwrap_or_default(),
        links.map(str::len).sum(),
    )
}

/// What is read, and its pages.
fn pages() -> (&'static str, Vec<Page>) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = std::env::var_os("FORESIGNAL_DATA")
        .map_or_else(|| home.join("../shared/data"), PathBuf::from);
    let mut pages = Vec::new();
    collect(&data.join("wcxb/html"), &mut pages);
    if !pages.is_empty() {
        return ("the WCXB corpus", pages);
    }
    collect(&home.join("seeds/demo"), &mut pages);
    ("the demo", pages)
}

fn collect(dir: &Path, pages: &mut Vec<Page>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            collect(&path, pages);
        } else if name.ends_with(".html") || name.ends_with(".html.gz") {
            let mut body = fs::read(&path).expect("it is readable");
            if name.ends_with(".gz") {
                let mut unpacked = Vec::new();
                let mut reader = flate2::read::GzDecoder::new(body.as_slice());
                reader.read_to_end(&mut unpacked).expect("it is gzip");
                body = unpacked;
            }
            pages.push(Page {
                url: format!("https://contoso.example/news/{name}"),
                status: 200,
                headers: vec![("content-type".to_owned(), "text/html".to_owned())],
                body,
                truncated: false,
                fetched: SEEN,
                address: None,
            });
        }
    }
}
