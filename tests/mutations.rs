//! Parsers of foreign bytes, given the golden pages after seeded damage: they neither panic nor
//! take long, and what must be lawful stays so. The first line of defence until a real fuzzer runs.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use foresignal::command::list::List;
use foresignal::extract::{self, charset};
use foresignal::fetch::robots::Robots;
use foresignal::model::company::Company;
use foresignal::model::company::CompanyId;
use foresignal::model::page::Page;
use foresignal::model::profile::Profile;
use foresignal::model::time::Timestamp;
use foresignal::model::url;
use foresignal::technographics::learn::{Look, Shown, learn};
use foresignal::technographics::observed::{Answer, Observed, Question};
use foresignal::technographics::{plan, related};
use foresignal::{detect, fetch, technographics};
use tokio::time::Instant;

/// For each test, which may run one after the other.
const BUDGET: Duration = Duration::from_secs(6);
/// No single mutant may cost more, on a busy machine.
const SLOWEST: Duration = Duration::from_secs(5);

const MEDIA: &[&str] = &[
    "text/html",
    "application/rss+xml",
    "application/atom+xml; charset=utf-16",
    "application/feed+json",
    "application/xml; charset=iso-2022-jp",
    "text/plain; charset=shift_jis",
    "",
];

/// What parsers stumble over.
const MORSELS: &[&[u8]] = &[
    b"\0",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\x1b$B",
    b"&#x110000;",
    b"&",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"<script>",
    b"</",
    b"<table><svg><p>",
    b"<template>",
    b"<",
    b">",
    b"\"",
    b"'",
    b"{\"@graph\":[",
    b"[[[[",
    b"\\ud800",
    b"0000-00-00",
    b"99999999999999999999",
    b"-1",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x98\x80",
    b"\xc3",
    b"%",
    b"%2",
    b"*",
    b"$",
    b"\r",
    b"\n\n",
    b"; ",
    b",\"",
    b"http://[",
    b"//",
    b"@",
    b"\xc4\xb0",
    b"\xef\xac\x81",
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let high = usize::try_from(self.0 >> 33).expect("31 bits");
        high % sides.max(1)
    }

    /// A few wounds: bytes changed, cut out, doubled, or morsels put in.
    fn damage(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        for _ in 0..=self.roll(6) {
            let at = self.roll(bytes.len() + 1);
            let end = (at + self.roll(200)).min(bytes.len());
            match self.roll(5) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.roll(8),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let piece = bytes[at..end].repeat(1 + self.roll(20));
                    bytes.splice(at..at, piece);
                }
                3 => bytes.truncate(at),
                _ => {
                    let morsel = MORSELS[self.roll(MORSELS.len())];
                    bytes.splice(at..at, morsel.repeat(1 + self.roll(3)));
                }
            }
        }
        bytes
    }
}

fn golden() -> Vec<Vec<u8>> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("readable").path();
            match path.is_dir() {
                true => walk(&path, found),
                false => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/extract"),
        &mut found,
    );
    found.retain(|path| path.extension().is_none_or(|ending| ending != "json"));
    found.sort();
    let read = |path: &PathBuf| std::fs::read(path).expect("readable");
    found.iter().map(read).collect()
}

/// Gives `try_one` damaged copies of `seeds` until the budget is spent, each with its number.
fn for_mutants(what: &str, seeds: &[Vec<u8>], mut try_one: impl FnMut(Vec<u8>, usize, &mut Dice)) {
    let mut dice = Dice(0x5eed_0f0e_516a_11ed);
    let began = Instant::now();
    let mut number = 0;
    while began.elapsed() < BUDGET {
        let whole = &seeds[dice.roll(seeds.len())];
        let mutant = dice.damage(whole);
        let start = Instant::now();
        try_one(mutant, number, &mut dice);
        assert!(
            start.elapsed() < SLOWEST,
            "{what} {number}: {:?}",
            start.elapsed()
        );
        number += 1;
    }
    println!("{what}: {number} mutants");
}

#[test]
fn damaged_pages_are_read_detected_and_recognised() {
    let company = Company::new("contoso.example");
    for_mutants("pages", &golden(), |body, _, dice| {
        let media = MEDIA[dice.roll(MEDIA.len())];
        let page = Page {
            url: "https://www.contoso.example/news/a".to_owned(),
            status: 200,
            headers: vec![("content-type".to_owned(), media.to_owned())],
            body,
            truncated: dice.roll(2) == 0,
            fetched: Timestamp(1_780_000_000_000),
            address: None,
        };
        let text = charset::decode(&page.body, Some(media));
        assert!(text.len() <= 4 * page.body.len() + 4);
        let reading = extract::read(&page);
        for document in &reading.documents {
            for signal in detect::detect(document, &company, page.fetched) {
                assert!((0.0..=1.0).contains(&signal.confidence));
            }
        }
        technographics::recognise(&page);
    });
}

#[test]
fn damaged_rules_are_parsed_and_packed_and_say_the_same_again() {
    let seeds = [
        &b"User-agent: *\nDisallow: /a*b$\nAllow: /%7Ex\nCrawl-delay: 1.5\nSitemap: /s.xml\n"[..],
        b"\xef\xbb\xbfUSER-AGENT : foresignal\r\nuser agent: x\rDisallow:/\xc3\xbc/*.php$\n\n# c\n",
        b"User-agent: a\nUser-agent: foresignal/1\nDisallow:\nDisallow: /****a****b\nAllow: /$\n",
    ];
    let seeds = seeds.map(<[u8]>::to_vec);
    for_mutants("robots.txt", &seeds, |body, _, dice| {
        let robots = Robots::parse(&body, "foresignal");
        let again = Robots::unpack(&robots.pack()).expect("what was packed");
        for path in [
            "/",
            "/a/b",
            "/%7ex?q=*",
            "/ü/x.php",
            "/aaaaaaaaaaaaaaaaaaaaaaaaab",
            "",
        ] {
            let (first, second) = (robots.verdict(path), again.verdict(path));
            assert_eq!(
                first.allowed,
                second.allowed,
                "{path}: {:?}",
                body.escape_ascii().to_string()
            );
        }
        let _ = Robots::unpack(&dice.damage(&robots.pack()));
    });
}

#[test]
fn damaged_urls_and_lists_are_read_or_refused() {
    let seeds = [
        &b"https://www.example.com:8443/a/../%7eb/?utm_source=x&b=%2f&jsessionid=1#f"[..],
        b"http://user@[::1]:80/a;b?c",
        b"name,website,crm id\n\"Contoso, Ltd\",https://www.contoso.example/,7\n,fabrikam.example,\n",
        b"Firma;Webseite\nB\xc3\xbccher;b\xc3\xbccher.example\n",
    ];
    let seeds = seeds.map(<[u8]>::to_vec);
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("list.csv");
    for_mutants("URLs and lists", &seeds, |body, number, _| {
        let text = String::from_utf8_lossy(&body);
        if let Some(once) = url::parse(&text) {
            assert_eq!(url::canonical(&once), Some(once.clone()), "{text:?}");
            let key = url::UrlKey::of(&once).expect("canonical");
            assert_eq!(Some(key.host()), url::Host::of(&once), "{text:?}");
        }
        // Lists come from the disk, so fewer of them.
        if number % 20 == 0 {
            std::fs::write(&file, &body).expect("written");
            let _ = List::read(&file, false);
        }
    });
}

/// A zone, and what its records may be taken for: whatever stands in DNS, anybody may have written.
const ZONE: &str = "v=spf1 include:spf.protection.outlook.com include:_spf.contoso.example -all
v=DMARC1; p=reject; rua=mailto:d@contoso.example,mailto:x@rua.agari.com!10m
10 aspmx.l.google.com.
0 contoso-example.mail.protection.outlook.com.
selector1-contoso-example._domainkey.contoso.onmicrosoft.com.
0 issue \"letsencrypt.org; validationmethods=dns-01\"
1 100 443 sipdir.online.lync.com.
MS=ms12345678
v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC
192.0.2.7
2001:db8::7
ns1-04.azure-dns.com.";

#[test]
fn damaged_answers_are_fused_learnt_and_told() {
    let company = Company::new("contoso.example");
    let mut profile = Profile::new(CompanyId("contoso.example".to_owned()));
    for_mutants(
        "answers",
        &[ZONE.as_bytes().to_vec()],
        |bytes, number, dice| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let records: Vec<&str> = text.lines().collect();
            let answered = |question: Question| {
                let some = records.iter().skip(dice.roll(records.len()));
                let some = some.take(dice.roll(9)).map(|one| (*one).to_owned());
                question.answered(Answer::Records(some.collect()))
            };
            let mut observed = Observed {
                domain: "contoso.example".to_owned(),
                asked: plan::questions("contoso.example")
                    .into_iter()
                    .map(answered)
                    .collect(),
                ..Observed::default()
            };
            for more in plan::follow_up(&observed) {
                assert!(more.name.len() <= 253, "{more:?}");
                observed.asked.push(more.answered(Answer::NoData));
            }
            assert!(observed.asked.len() <= plan::MOST);
            let found = technographics::fuse(&observed, &[]);
            assert!(
                found
                    .facts
                    .iter()
                    .all(|fact| fact.evidence.len() <= technographics::EVIDENCE)
            );
            let day = 86_400_000 * i64::try_from(number).expect("few");
            let look = Look {
                at: Timestamp(1_780_000_000_000 + day),
                shown: Shown::Names(observed),
            };
            let changes = learn(&mut profile, &look);
            for signal in detect::change::signals(&changes, &company) {
                let quotes = signal.evidence.iter().map(|one| &one.quote);
                quotes.for_each(|quote| assert!(!quote.contains("d@contoso"), "{quote}"));
            }
            assert!(profile.facts.len() <= 400);
        },
    );
}

#[test]
fn damaged_certificates_are_read_or_are_broken() {
    let key = rcgen::KeyPair::generate().expect("a key");
    let names = vec!["contoso.example".to_owned(), "*.contoso.example".to_owned()];
    let params = rcgen::CertificateParams::new(names).expect("names");
    let whole = params.self_signed(&key).expect("signed").der().to_vec();
    let read = fetch::fuzzing::certificate(&whole);
    assert_eq!(read.names, ["contoso.example", "*.contoso.example"]);
    for_mutants("certificates", &[whole], |leaf, _, _| {
        let read = fetch::fuzzing::certificate(&leaf);
        assert!(read.names.len() <= 1000);
        related::of_certificate("contoso.example", &read, Timestamp(0));
    });
}
