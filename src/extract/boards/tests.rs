//! Answers of boards, whole, broken and hostile.

use super::super::sample;
use super::*;

const GREENHOUSE: &str = "https://boards-api.greenhouse.io/v1/boards/contoso/jobs?content=true";
const LEVER: &str = "https://api.lever.co/v0/postings/contoso?mode=json";
const PERSONIO: &str = "https://contoso.jobs.personio.de/xml";
const SMART: &str = "https://api.smartrecruiters.com/v1/companies/Contoso1/postings?limit=100";

fn answer(url: &str, body: &str) -> Reading {
    read(&sample(url, body)).expect("a board's answer")
}

/// So many positions, as Greenhouse lists them.
fn positions(count: usize) -> String {
    let position = |n: usize| {
        format!(
            r#"{{"title":"Welder {n}","absolute_url":"https://boards.greenhouse.io/contoso/jobs/{n}","id":{n}}}"#
        )
    };
    (1..=count).map(position).collect::<Vec<_>>().join(",")
}

#[test]
fn a_whole_answer_is_a_document_a_position() {
    let found = answer(
        GREENHOUSE,
        &format!(r#"{{"jobs":[{}],"meta":{{"total":3}}}}"#, positions(3)),
    );
    assert_eq!(found.documents.len(), 3);
    assert!(
        found.whole
            && found
                .documents
                .iter()
                .all(|one| one.official && one.complete)
    );
    assert_eq!(
        found.documents[2].url,
        "https://boards.greenhouse.io/contoso/jobs/3"
    );
    let none = answer(GREENHOUSE, r#"{"jobs":[],"meta":{"total":0}}"#);
    assert!(none.whole && none.documents.is_empty());
}

#[test]
fn an_answer_that_breaks_off_gives_what_it_has_and_is_not_the_whole_board() {
    let whole = format!(r#"{{"jobs":[{}],"meta":{{"total":3}}}}"#, positions(3));
    for cut in 0..whole.len() {
        let found = answer(GREENHOUSE, &whole[..cut]);
        assert!(!found.whole, "cut at {cut}");
        let there = whole[..cut].matches("}").count();
        assert!(found.documents.len() <= there);
    }
    let two = whole.find("Welder 3").expect("it is there");
    assert_eq!(answer(GREENHOUSE, &whole[..two]).documents.len(), 2);
    let xml = "<workzag-jobs><position><id>1</id><name>Welder</name></position><position><id>2";
    let found = answer(PERSONIO, xml);
    assert_eq!((found.documents.len(), found.whole), (1, false));
}

#[test]
fn what_is_no_answer_of_a_board_closes_nothing() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "42",
        "\"jobs\"",
        r#"{"jobs":null}"#,
        r#"{"jobs":{}}"#,
        r#"{"jobs":"none"}"#,
        r#"{"error":"not found","status":404}"#,
        "<html><title>Sign in</title></html>",
        "{\"jobs\":[]}, trailing",
        "\u{0}\u{1}",
    ] {
        let found = answer(GREENHOUSE, body);
        assert!(!found.whole && found.documents.is_empty(), "{body}");
    }
    for body in [
        "",
        "{}",
        "<html/>",
        "<position><id>1</id></position>",
        "<workzag-jobs>",
        "<a><workzag-jobs></workzag-jobs></a>",
    ] {
        let found = answer(PERSONIO, body);
        assert!(!found.whole && found.documents.is_empty(), "{body}");
    }
    assert!(answer(PERSONIO, "<workzag-jobs/>").whole);
    assert!(answer(LEVER, "[]").whole);
    assert!(!answer(LEVER, r#"{"ok":false}"#).whole);
}

#[test]
fn positions_of_wrong_types_are_left_out_and_the_others_kept() {
    let body = format!(
        r#"{{"jobs":[null,7,"x",[],{{}},{{"title":["a"],"absolute_url":{{}}}},
        {{"title":"No address"}},{{"title":"Script","absolute_url":"javascript:alert(1)"}},
        {{"title":"","absolute_url":"https://boards.greenhouse.io/contoso/jobs/9"}},
        {{"title":"{}","absolute_url":"https://boards.greenhouse.io/contoso/jobs/8"}},{}]}}"#,
        "x".repeat(1_000),
        positions(1)
    );
    let found = answer(GREENHOUSE, &body);
    assert_eq!(found.documents.len(), 1);
    assert!(found.whole);
}

#[test]
fn huge_and_nested_answers_are_bounded() {
    let found = answer(
        GREENHOUSE,
        &format!(r#"{{"jobs":[{}]}}"#, positions(MOST + 500)),
    );
    assert_eq!((found.documents.len(), found.whole), (MOST, false));
    for bomb in [
        "[",
        "{\"jobs\":[",
        "{\"jobs\":[{\"title\":",
        "<workzag-jobs><position>",
        "<a>",
        "<position><name>&a;",
    ] {
        let body = bomb.repeat(100_000);
        for url in [GREENHOUSE, LEVER, PERSONIO] {
            let found = answer(url, &body);
            assert!(!found.whole && found.documents.is_empty(), "{bomb}");
        }
    }
    let entities = "<!DOCTYPE a [<!ENTITY a \"b\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\
        <workzag-jobs><position><id>1</id><name>Welder &amp; &a;&c;&#x2014;x</name></position></workzag-jobs>";
    assert_eq!(answer(PERSONIO, entities).documents[0].title, "Welder & —x");
}

#[test]
fn an_answer_in_pages_goes_on_as_far_as_positions_are_remembered() {
    let page = |url: &str, total: &str| {
        let body = format!(r#"{{"totalFound":{total},"content":[{{"id":"7","name":"Welder"}}]}}"#);
        answer(url, &body)
    };
    let first = page(SMART, "250");
    assert_eq!(
        first.documents[0].url,
        "https://jobs.smartrecruiters.com/Contoso1/7"
    );
    let next = format!("{SMART}&offset=100");
    assert_eq!(first.links[0].url, next);
    assert_eq!(first.links[0].kind, Some(TaskKind::Board));
    assert_eq!(
        page(&next, "250").links[0].url,
        format!("{SMART}&offset=200")
    );
    assert!(page(&format!("{SMART}&offset=200"), "250").links.is_empty());
    for total in ["-1", "null", "\"250\"", "1e300", "{}"] {
        assert!(page(SMART, total).links.is_empty(), "{total}");
    }
    assert!(
        page(&format!("{SMART}&offset={}", MOST - 100), "1000000")
            .links
            .is_empty()
    );
    assert!(page(&format!("{SMART}&offset=x"), "250").links.is_empty());
}

#[test]
fn a_board_at_the_companys_own_domain_is_told_by_how_it_begins() {
    let body = "<?xml version='1.0'?><rss xmlns:tt='https://teamtailor.com/locations'><channel><item>\
        <title>Welder</title><link>https://careers.contoso.example/jobs/1-welder</link>\
        <tt:locations><tt:location><tt:name>Lyon</tt:name></tt:location></tt:locations></item></channel></rss>";
    let found = answer("https://careers.contoso.example/jobs.rss", body);
    let job = found.documents[0].job.as_ref().expect("a position");
    assert_eq!(job.location.as_deref(), Some("Lyon"));
    assert!(found.whole);
}
