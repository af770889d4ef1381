//! A small file in the format, written for these tests: each field once, each way to be refused.

use super::*;
use crate::model::page::Page;
use crate::model::profile::Fact;
use crate::model::time::Timestamp;
use crate::technographics::observed::{Answer, Asked, Certificate, Kind, Observed};
use proptest::prelude::*;

const FILE: &str = r##"{
  "categories": { "1": { "name": "CMS", "priority": 1 }, "6": { "name": "Web shops" } },
  "technologies": {
    "Headed": { "cats": [1], "headers": { "X-Headed": "^v([\\d.]+)$\\;version:\\1" } },
    "There": { "cats": [1], "headers": { "X-There": "" }, "implies": ["Base\\;confidence:50", "Nowhere", " é\\;confidence:é"] },
    "Base": { "cats": [6] },
    "Cooked": { "cookies": { "Cooked_ID": "", "other": "^x$" } },
    "Named": { "meta": { "Generator": ["^Named ([\\d.]+)\\;version:\\1", "^Nm$"] } },
    "Marked": { "html": "<div[^>]+class=\"marked\\;confidence:40" },
    "Sourced": { "scriptSrc": "/sourced-([\\d.]+)\\.js\\;version:\\1" },
    "Whole": { "scriptSrc": "^https://www\\.company\\.example/whole\\.js$" },
    "Inline": { "scripts": "inlineThing\\s*=" },
    "Placed": { "url": "^https?://[^/]+\\.placed\\.example" },
    "Chosen": { "dom": "a[href*='chosen.example'], #chosen-root" },
    "Checked": { "dom": { "img[src*='checked']": { "attributes": { "src": "checked/v(\\d+)\\;version:\\1" } } } },
    "Resolved": { "dns": { "MX": "resolved\\.example", "SOA": ["\\.resolved-dns\\.example"] } },
    "Issued": { "certIssuer": "Issuer Ltd" },
    "Needy": { "html": "needy-thing", "requires": "Headed" },
    "Shoppy": { "html": "shoppy-thing", "requiresCategory": 6 },
    "Winner": { "html": "winner-thing", "excludes": "Loser" },
    "Loser": { "html": "loser-thing\\;confidence:50" },
    "wordPRESS": { "cats": [1], "html": "wp-thing-only-here" },
    "Bad": { "html": ["(unclosed", "back(ref)\\1"], "dom": ["div > a", { "x": 1 }], "headers": { "X-Bad": "[" } },
    "Browser": { "js": { "window.x": "", "y": "1" }, "text": ["z"], "css": "q", "dom": { "a.bbb": { "properties": { "p": "" } } } },
    "Odd": 7, "Odder": { "cats": "x", "html": 5, "headers": [1], "implies": { "a": 1 }, "dom": 3 }
  }
}"##;

fn page(url: &str, headers: &[(&str, &str)], body: &str) -> Page {
    let mut all = vec![("content-type".to_owned(), "text/html".to_owned())];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    Page {
        url: url.to_owned(),
        status: 200,
        headers: all,
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: Timestamp(7),
        address: None,
    }
}

fn set() -> (Set, Report) {
    Set::parse([FILE]).expect("it is well formed")
}

fn found(headers: &[(&str, &str)], body: &str) -> Vec<Fact> {
    set()
        .0
        .recognise(&page("https://www.company.example/a", headers, body), &[])
}

/// Slugs and versions.
fn shown(facts: &[Fact]) -> Vec<(&str, Option<&str>)> {
    facts
        .iter()
        .map(|fact| (fact.technology.as_str(), fact.version.as_deref()))
        .collect()
}

#[test]
fn each_field_recognises() {
    for (headers, body, slug, version) in [
        (&[("x-headed", "v1.2")][..], "", "headed", Some("1.2")),
        (&[("set-cookie", "COOKED_id=1; Path=/")], "", "cooked", None),
        (&[("set-cookie", "other=x; Path=/")], "", "cooked", None),
        (
            &[],
            "<meta name=generator content='Named 3.1'>",
            "named",
            Some("3.1"),
        ),
        (&[], "<div id=a class=\"marked\">", "marked", None),
        (
            &[],
            "<script src=/js/Sourced-2.0.js></script>",
            "sourced",
            Some("2.0"),
        ),
        (&[], "<script src='whole.js'></script>", "whole", None),
        (&[], "<script>var inlineThing = 1</script>", "inline", None),
        (&[], "<a class=b href='//chosen.example/x'>", "chosen", None),
        (&[], "<main id=chosen-root>", "chosen", None),
        (&[], "<img src='/checked/v4/x.png'>", "checked", Some("4")),
    ] {
        assert_eq!(
            shown(&found(headers, body)),
            [(slug, version)],
            "{headers:?} {body}"
        );
    }
    let placed = page("https://shop.placed.example/", &[], "");
    assert_eq!(shown(&set().0.recognise(&placed, &[])), [("placed", None)]);
}

#[test]
fn what_is_elsewhere_is_not_recognised() {
    for (headers, body) in [
        (&[("x-headed", "v1.2-beta")][..], ""),
        (&[("x-other", "v1.2")], ""),
        (&[("set-cookie", "other=y")], ""),
        (&[], "<p>inlineThing = 1</p>"),
        (&[], "<p>/js/sourced-2.0.js</p>"),
        (&[], "<p>chosen.example</p><a href=x>chosen.example</a>"),
        (&[], "<img alt='checked/v4' src='x'>"),
    ] {
        assert_eq!(found(headers, body), [], "{headers:?} {body}");
    }
}

#[test]
fn implied_required_and_excluded() {
    let facts = found(&[("x-there", "1")], "");
    assert_eq!(shown(&facts), [("base", None), ("there", None)]);
    assert!(
        (facts[0].confidence - 0.475).abs() < 0.001 && (facts[1].confidence - 0.95).abs() < 0.001
    );
    assert_eq!(facts[0].category, "web-shops");
    assert_eq!(found(&[], "needy-thing"), []);
    let both = found(&[("x-headed", "v1")], "needy-thing");
    assert_eq!(shown(&both), [("headed", Some("1")), ("needy", None)]);
    assert_eq!(found(&[], "shoppy-thing"), []);
    let own = Fact {
        technology: "headed".to_owned(),
        ..both[0].clone()
    };
    let needy = set()
        .0
        .recognise(&page("https://x.example/", &[], "needy-thing"), &[own]);
    assert_eq!(shown(&needy), [("needy", None)]);
    assert_eq!(
        shown(&found(&[], "winner-thing loser-thing")),
        [("winner", None)]
    );
    assert_eq!(shown(&found(&[], "loser-thing")), [("loser", None)]);
}

#[test]
fn what_our_own_set_knows_keeps_its_name() {
    let facts = found(&[], "wp-thing-only-here");
    assert_eq!(
        (facts[0].technology.as_str(), facts[0].name.as_str()),
        ("wordpress", "WordPress")
    );
    assert_eq!(facts[0].category, "cms");
}

#[test]
fn names_and_certificates() {
    let asked = |kind, record: &str| Asked {
        name: "company.example".to_owned(),
        kind,
        answer: Answer::Records(vec![record.to_owned()]),
    };
    let mut observed = Observed {
        domain: "company.example".to_owned(),
        asked: vec![asked(Kind::Mx, "10 mx.resolved.example.")],
        ..Observed::default()
    };
    let (set, _) = set();
    assert_eq!(shown(&set.names(&observed, &[])), [("resolved", None)]);
    observed.asked = vec![asked(Kind::Ns, "ns1.resolved-dns.example.")];
    assert_eq!(shown(&set.names(&observed, &[])), [("resolved", None)]);
    observed.asked = vec![asked(Kind::Txt, "mx.resolved.example")];
    observed.certificates.push(Certificate {
        issuer: "O=Issuer Ltd, CN=X1".to_owned(),
        ..Certificate::default()
    });
    assert_eq!(shown(&set.names(&observed, &[])), [("issued", None)]);
}

#[test]
fn what_cannot_be_used_is_counted_and_named() {
    let (_, report) = set();
    let refused: Vec<(&str, &str)> = report
        .refused
        .iter()
        .map(|one| (one.technology.as_str(), one.field))
        .collect();
    let bad = [
        ("Bad", "html"),
        ("Bad", "html"),
        ("Bad", "headers"),
        ("Bad", "dom"),
    ];
    assert_eq!(refused, bad, "{:?}", report.refused);
    assert!(
        report
            .refused
            .iter()
            .all(|one| !one.reason.is_empty() && !one.pattern.is_empty())
    );
    let skipped: Vec<(&str, usize)> = report
        .skipped
        .iter()
        .map(|(field, count)| (field.as_str(), *count))
        .collect();
    assert_eq!(
        skipped,
        [("css", 1), ("dom properties", 1), ("js", 2), ("text", 1)]
    );
    assert_eq!(report.read, 22);
    // All but Bad, Browser and Odder; Base is implied.
    assert_eq!(report.loaded, 19);
}

#[test]
fn what_is_no_object_is_an_error() {
    for text in ["", "[]", "7", "{", "\"x\""] {
        assert!(Set::parse([text]).is_err(), "{text}");
    }
    assert!(Set::parse(["{}"]).is_ok_and(|(_, report)| report == Report::default()));
}

#[test]
fn hostile_pages_cost_a_bounded_time() {
    let (set, _) = set();
    for body in [
        "<script>".repeat(100_000),
        "<script src='/sourced-x.js'></script>".repeat(100_000),
        "<img src='checked'".repeat(100_000),
        "<div class=\"marke ".repeat(500_000),
        "<".repeat(10_000_000),
    ] {
        let began = cpu_time::ThreadTime::now();
        set.recognise(&page("https://x.example/", &[], &body), &[]);
        assert!(
            began.elapsed().as_secs() < 5,
            "{:?}: {}",
            began.elapsed(),
            &body[..20]
        );
    }
}

proptest! {
    #[test]
    fn no_file_is_too_odd(pattern in "[ -~]{0,30}", selector in "[a-z#.\\[\\]='\"*^ >,:-]{0,20}", body in "[ -~]{0,80}") {
        let file = serde_json::json!({ "X": {
            "html": pattern, "scriptSrc": pattern, "headers": { "server": pattern }, "dom": selector,
            "implies": pattern, "excludes": pattern, "requires": [pattern],
        } });
        let (set, _) = Set::parse([file.to_string().as_str()]).expect("it is an object");
        set.recognise(&page("https://x.example/", &[("server", &body)], &body), &[]);
    }
}
