//! Near copies: the same text on another site is told to be that, and one form with other
//! particulars is not. Measured on articles that nobody here wrote; where they are not there, this
//! says so and passes.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use foresignal::detect::sketch_of;
use foresignal::model::signal::Sketch;
use serde_json::Value;

/// Of copies that differ as sites make them differ, at least this share is told.
const RECALL: f64 = 0.97;
/// Of one form with other names and numbers, at most this share passes for a copy.
const ALIKE: f64 = 0.01;

/// A text as somebody else would publish it; the number makes the change another one each time.
type Change = fn(&str, usize) -> String;

/// What sites put around a text.
const FRAME: [&str; 9] = [
    "Home News Business Markets Opinion Sport",
    "Subscribe to our newsletter to get the stories of the day in your inbox every morning",
    "Share this article with your friends",
    "By Our Staff",
    "Read next: what the markets did on Monday",
    "Copyright 2026 The Daily Paper. All rights reserved.",
    "This site uses cookies to make your visit better and to show you what you may like",
    "More stories that others liked",
    "Write to the newsroom with tips and corrections",
];

/// Names that stand for others.
const NAMES: [&str; 12] = [
    "Fabrikam",
    "Northwind",
    "Adatum",
    "Litware",
    "Tailspin",
    "Proseware",
    "Wingtip",
    "Lucerne",
    "Woodgrove",
    "Relecloud",
    "Munson",
    "Trey",
];

#[test]
#[expect(
    clippy::print_stderr,
    reason = "the figures are worth seeing with --nocapture"
)]
fn copies_are_told_from_texts_that_only_look_alike() {
    let texts = texts();
    if texts.is_empty() {
        eprintln!("near copies: no data, skipped");
        return;
    }
    let sketches: Vec<Sketch> = texts.iter().map(|text| sketch_of(text)).collect();
    let share = |change: Change| {
        let told = texts.iter().zip(&sketches).enumerate();
        let told =
            told.filter(|(at, (text, sketch))| sketch.is_copy(&sketch_of(&change(text, *at))));
        told.count() as f64 / texts.len() as f64
    };
    let copies: [(&str, Change); 6] = [
        ("a paragraph dropped", without_a_paragraph),
        ("a site's frame", |text, _| framed(text)),
        ("another dateline", |text, _| dated(text)),
        ("two sentences exchanged", exchanged),
        ("cut to three fifths", |text, _| cut(text)),
        ("all but the cut", |text, at| {
            framed(&dated(&exchanged(&without_a_paragraph(text, at), at)))
        }),
    ];
    let mut recall = 0.0;
    for (what, change) in copies {
        let told = share(change);
        eprintln!("near copies: {what}: {told:.3} of {}", texts.len());
        recall += told / copies.len() as f64;
    }
    let alike = share(renamed);
    let (mut pairs, mut wrong) = (0, 0);
    for (at, one) in sketches.iter().enumerate() {
        for (other_at, other) in sketches[..at].iter().enumerate() {
            pairs += 1;
            if one.is_copy(other) && texts[at] != texts[other_at] {
                wrong += 1;
            }
        }
    }
    eprintln!(
        "near copies: recall {recall:.3}; other names and numbers: {alike:.3} pass; {wrong} of {pairs} different pairs pass"
    );
    assert!(recall >= RECALL, "{recall}");
    assert!(alike <= ALIKE, "{alike}");
    assert!(wrong <= 3, "{wrong} of {pairs}");
}

fn texts() -> Vec<String> {
    let data = std::env::var_os("FORESIGNAL_DATA").map_or("../shared/data".into(), PathBuf::from);
    let mut texts = Vec::new();
    if let Ok(file) = fs::read_to_string(data.join("aeb/ground-truth.json")) {
        let all: HashMap<String, Value> = serde_json::from_str(&file).expect("JSON");
        texts.extend(
            all.values()
                .filter_map(|one| one["articleBody"].as_str().map(str::to_owned)),
        );
    }
    if let Ok(file) = fs::read_to_string(data.join("wcxb/gold.jsonl")) {
        let lines = file
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let articles = lines.filter(|page| page["page_type"] == "article");
        texts.extend(articles.filter_map(|page| page["main_content"].as_str().map(str::to_owned)));
    }
    texts.retain(|text| text.split_whitespace().count() >= 80);
    texts.sort();
    texts
}

fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '!', '?']).collect()
}

fn without_a_paragraph(text: &str, at: usize) -> String {
    let mut lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.len() > 2 {
        lines.remove(at % lines.len());
        return lines.join("\n");
    }
    let mut told = sentences(text);
    told.remove(at % told.len());
    told.concat()
}

fn framed(text: &str) -> String {
    let (above, below) = FRAME.split_at(5);
    format!("{}\n{text}\n{}", above.join("\n"), below.join("\n"))
}

fn dated(text: &str) -> String {
    format!("LONDON, May 4, 2026 (The Wire) -- {text}")
}

fn exchanged(text: &str, at: usize) -> String {
    let mut told = sentences(text);
    let count = told.len();
    told.swap(at % count, (at * 7 + 3) % count);
    told.concat()
}

fn cut(text: &str) -> String {
    let told = sentences(text);
    told[..(told.len() * 3).div_ceil(5)].concat()
}

/// The text with other names and numbers, the same for the same.
fn renamed(text: &str, at: usize) -> String {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut before = '.';
    let words = text
        .split_inclusive(|c: char| !c.is_alphanumeric())
        .map(|piece| {
            let word: String = piece.chars().filter(|c| c.is_alphanumeric()).collect();
            let opens = matches!(before, '.' | '!' | '?' | '\n');
            before = match piece.chars().last() {
                Some(' ') if word.is_empty() => before,
                Some(last) => last,
                None => before,
            };
            let named =
                word.starts_with(char::is_uppercase) && (!opens || names.contains_key(&word));
            let number = word.starts_with(|c: char| c.is_ascii_digit());
            if !named && !number {
                return piece.to_owned();
            }
            let next = names.len() + at;
            let other = names.entry(word.clone()).or_insert_with(|| match number {
                true => format!("{}", next * 37 % 9973),
                false => format!("{}{}", NAMES[next % NAMES.len()], next / NAMES.len()),
            });
            piece.replace(&word, other)
        });
    words.collect()
}
