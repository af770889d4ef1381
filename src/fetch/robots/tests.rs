//! What the parser of robots.txt owes to RFC 9309 and to the files that are out there.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn allowed(file: &str, path: &str) -> bool {
    Robots::parse(file.as_bytes(), "foresignal")
        .verdict(path)
        .allowed
}

#[test]
fn the_longest_match_wins_and_allow_wins_a_tie() {
    let file = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /tie\nAllow: /tie";
    for (path, expected) in [
        ("/", true),
        ("/a", false),
        ("/a/x", false),
        ("/a/b", true),
        ("/tie", true),
        ("/robots.txt", true),
    ] {
        assert_eq!(allowed(file, path), expected, "{path}");
    }
    assert!(allowed("User-agent: *\nDisallow: /", "/robots.txt"));
    assert!(!allowed("User-agent: *\nDisallow: /", "/robots.txt2"));
}

#[test]
fn who_is_meant() {
    for (head, ours) in [
        ("User-agent: foresignal", true),
        ("USER-AGENT:FoReSignal/2.1 (+x)", true),
        ("user agent: foresignal # us", true),
        ("useragent foresignal", true),
        ("\u{feff}User-agent: foresignal", true),
        ("User-agent: other\nUser-agent: foresignal", true),
        (
            "User-agent: foresignal\nCrawl-delay: 3\nUser-agent: other",
            true,
        ),
        (
            "User-agent: foresignal\nSitemap: https://x.example/s\nUser-agent: o",
            true,
        ),
        ("User-agent: *", true),
        ("User-agent: * everyone", true),
        ("User-agent: *bot", false),
        ("User-agent: foresignals", false),
        ("User-agent: fore", false),
        ("User-agent: ", false),
        ("", false),
        ("User-agent: foresignal\nAllow: /\nUser-agent: *", false),
    ] {
        assert_eq!(
            allowed(&format!("{head}\nDisallow: /x"), "/x"),
            !ours,
            "{head}"
        );
    }
    let partial_mark = b"\xefUser-agent: *\nDisallow: /x";
    assert!(
        !Robots::parse(partial_mark, "foresignal")
            .verdict("/x")
            .allowed
    );
}

#[test]
fn patterns_match_as_google_matches_them() {
    for (rule, path, expected) in [
        ("disalow: /x", "/x", false),
        ("Disallow /x", "/x", false),
        ("Disallow: /x y", "/x%20y", false),
        ("Disallow:", "/x", true),
        ("Disallow: x", "/x", true),
        ("Disallow: *.pdf$", "/a/b.pdf", false),
        ("Disallow: /*.pdf$", "/b.pdf?x", true),
        ("Disallow: */news", "/news/a", false),
        ("Disallow: */news", "/de/news", false),
        ("Disallow: /a*b*c", "/aXXbYYcZ", false),
        ("Disallow: /ü", "/%C3%BC", false),
        ("Disallow: /%7euser", "/~user", false),
        ("Disallow: /a%2fb", "/a/b", true),
        ("Disallow: /\nAllow: /d/index.html", "/d/", true),
        ("Disallow: /\nAllow: /d/index.html", "/d/x", false),
        ("Disallow: /x\r\n\r\nAllow: /x/y\rAllow: /z", "/x/y", true),
    ] {
        assert_eq!(
            allowed(&format!("User-agent: *\n{rule}"), path),
            expected,
            "{rule} {path}"
        );
    }
}

#[test]
fn a_verdict_quotes_the_file() {
    let file = b"# hello\r\nUser-agent: *\r\n\r\ndisalow: /Private/* # not you\r\n";
    let verdict = Robots::parse(file, "foresignal").verdict("/Private/x?y");
    let rule = Some("Disallow: /Private/*".to_owned());
    assert_eq!(
        verdict,
        Verdict {
            allowed: false,
            rule,
            line: Some(4)
        }
    );
}

#[test]
fn the_rest_of_the_file_is_heard_too() {
    let file = b"Sitemap: https://x.example/a.xml\nUser-agent: foresignal\nCrawl-delay: 2.5\n\
        Disallow: /x\nUser-agent: slow\nCrawl-delay: 90\nsite-map: /b.xml";
    let robots = Robots::parse(file, "foresignal");
    assert_eq!(robots.crawl_delay(), Some(Duration::from_millis(2500)));
    assert_eq!(robots.sitemaps(), ["https://x.example/a.xml", "/b.xml"]);
    for nonsense in ["-1", "x", "NaN", "inf", "1e99", ""] {
        let file = format!("User-agent: *\nCrawl-delay: {nonsense}");
        assert_eq!(
            Robots::parse(file.as_bytes(), "x").crawl_delay(),
            None,
            "{nonsense}"
        );
    }
}

#[test]
fn stars_do_not_cost_exponential_time() {
    let stars = format!("User-agent: *\nDisallow: /{}b", "*a".repeat(2000));
    let robots = Robots::parse(stars.as_bytes(), "foresignal");
    let path = format!("/{}", "a".repeat(2000));
    let start = tokio::time::Instant::now();
    (0..100).for_each(|_| assert!(robots.verdict(&path).allowed));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn what_is_packed_comes_back() {
    assert_eq!(Robots::allow_all().pack(), b"");
    assert_eq!(Robots::unpack(b""), Some(Robots::allow_all()));
    assert_eq!(Robots::unpack(&[9, 9, 9]), None);
    let mut file = "Sitemap: https://x.example/s\nUser-agent: *\nCrawl-delay: 1.5\n".to_owned();
    for number in 0..4000 {
        file.push_str(&format!(
            "Disallow: /private/{number}/\nAllow: /{number}/index.html\n"
        ));
    }
    let robots = Robots::parse(file.as_bytes(), "foresignal");
    let bytes = robots.pack();
    assert!(bytes.len() < pack::LARGEST, "{}", bytes.len());
    assert_eq!(Robots::unpack(&bytes), Some(robots));
}

#[test]
fn what_is_too_large_to_keep_forbids_rather_than_allows() {
    use sha2::{Digest, Sha256};
    let mut file = "User-agent: *\n".to_owned();
    for number in 0..8000_u32 {
        let noise: String = Sha256::digest(number.to_be_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        file.push_str(&format!("Disallow: /{noise}\n"));
    }
    let bytes = Robots::parse(file.as_bytes(), "foresignal").pack();
    assert!(bytes.len() <= pack::LARGEST);
    assert!(!Robots::unpack(&bytes).expect("ours").verdict("/x").allowed);
}

proptest! {
    #[test]
    fn nothing_panics(body in proptest::collection::vec(any::<u8>(), 0..400), path in ".{0,60}") {
        let robots = Robots::parse(&body, "foresignal");
        let _ = robots.verdict(&path);
        let _ = Robots::unpack(&body);
        prop_assert_eq!(Robots::unpack(&robots.pack()), Some(robots));
    }

    #[test]
    fn packing_changes_no_verdict(
        lines in proptest::collection::vec("(User-agent: (\\*|foresignal|o)|(Dis)?[aA]llow: [/*$a-c%é.]{0,8}(/index.html)?|Crawl-delay: [0-9.]{1,4})", 0..20),
        path in "/[a-c/.%]{0,8}",
    ) {
        let robots = Robots::parse(lines.join("\n").as_bytes(), "foresignal");
        let again = Robots::unpack(&robots.pack()).expect("packed here");
        prop_assert_eq!(again.verdict(&path), robots.verdict(&path));
    }
}
