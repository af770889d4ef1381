//! From text to signals, whatever the text.
#![no_main]

use foresignal::detect::{detect, findings};
use foresignal::model::company::Company;
use foresignal::model::document::{Document, Genre};
use foresignal::model::time::Timestamp;
use foresignal_fuzz::choose;
use libfuzzer_sys::fuzz_target;

const LANGUAGES: &[Option<&str>] = &[
    None,
    Some("en"),
    Some("de"),
    Some("es"),
    Some("fr"),
    Some("it"),
    Some("pt"),
    Some("nl"),
    Some("zz"),
];
const GENRES: &[Genre] = &[
    Genre::News,
    Genre::Job,
    Genre::Blog,
    Genre::Forum,
    Genre::Home,
];

fuzz_target!(|bytes: &[u8]| {
    let (language, rest) = choose(LANGUAGES, bytes);
    let (genre, rest) = choose(GENRES, rest);
    let text = String::from_utf8_lossy(rest);
    let (title, text) = text.split_once('\n').unwrap_or(("", &text));
    let seen = Timestamp(1_780_000_000_000);
    let document = Document {
        url: "https://www.contoso.example/news/a".to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        language: language.map(str::to_owned),
        genre,
        fetched: seen.day(),
        ..Document::default()
    };
    let mut company = Company::new("contoso.example");
    company.name = "Contoso".to_owned();
    let signals = detect(&document, &company, seen);
    for signal in &signals {
        assert!((0.0..=1.0).contains(&signal.confidence), "{signal:?}");
        assert_eq!(signal.company, company.id);
    }
    findings(&document);
});
