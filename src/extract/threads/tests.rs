//! Forums' answers, and pages that lead to them.

use super::super::dom::parse;
use super::super::links;
use super::super::sample;
use super::*;
use crate::model::document::Reading;

/// As much of a thread as is read.
const LONGEST: usize = 1 << 20;

fn answer(url: &str, body: &str) -> Option<Reading> {
    read(&sample(url, body))
}

fn preferred(url: &str, markup: &str) -> Vec<String> {
    let html = parse(markup);
    let dom = Dom::of(&html);
    let url = Url::parse(url).expect("a URL");
    let mut links = links::links(&dom, &url);
    prefer(&mut links, &url, &dom, &Head::of(&dom));
    links.into_iter().map(|link| link.url).collect()
}

#[test]
fn pages_of_a_known_program_lead_to_its_answers() {
    let discourse = "<meta name=generator content='Discourse 3.2'><a href=/t/valves-leak/17>a</a>\
        <a href=/t/valves-leak/17/4>b</a><a href=/c/support/5>c</a><a href=/u/jane>d</a>\
        <a href=https://other.example/t/x/1>e</a>";
    assert_eq!(
        preferred("https://community.contoso.example/", discourse),
        [
            "https://community.contoso.example/t/17.json",
            "https://community.contoso.example/c/support/5.json",
            "https://community.contoso.example/u/jane",
            "https://other.example/t/x/1",
            "https://community.contoso.example/latest.json",
        ]
    );
    let nodebb = "<body class='nodebb page-home'><a href=/topic/9/valves?page=2>a</a>";
    assert_eq!(
        preferred("https://forum.contoso.example/", nodebb),
        [
            "https://forum.contoso.example/api/topic/9",
            "https://forum.contoso.example/api/recent"
        ]
    );
    let flarum = "<body><div id=flarum-content></div><a href=/d/4-valves>a</a>";
    assert_eq!(
        preferred("https://forum.contoso.example/", flarum),
        [
            "https://forum.contoso.example/api/discussions/4",
            "https://forum.contoso.example/api/discussions"
        ]
    );
    let other = "<meta name=generator content=WordPress><a href=/t/x/1>a</a>";
    assert_eq!(
        preferred("https://contoso.example/", other),
        ["https://contoso.example/t/x/1"]
    );
}

#[test]
fn a_thread_is_its_words_without_names() {
    for (url, body, page) in [
        (
            "https://community.contoso.example/t/17.json",
            r#"{"id":17,"title":"Valves leak","post_stream":{"posts":[
            {"username":"janeroe","name":"Jane Roe","created_at":"2026-03-01T10:00:00Z","cooked":"<p>Our valves leak &amp; drip.</p>"},
            {"action_code":"closed.enabled","cooked":"<p>closed</p>"},
            {"username":"joe","created_at":"2026-03-02T10:00:00Z","cooked":"<aside class=\"quote\" data-username=\"janeroe\"><div class=\"title\">janeroe:</div><blockquote>drip</blockquote></aside><p><a class=\"mention\" href=\"/u/janeroe\">@janeroe</a> Tighten them.</p>"}]}}"#,
            "https://community.contoso.example/t/17",
        ),
        (
            "https://community.contoso.example/api/topic/17",
            r#"{"tid":17,"title":"Valves leak","posts":[
            {"user":{"username":"janeroe"},"timestampISO":"2026-03-01T10:00:00.000Z","content":"<p>Our valves leak &amp; drip.</p>","deleted":0},
            {"content":"gone","deleted":1},
            {"user":{"username":"joe"},"timestampISO":"2026-03-02T10:00:00.000Z","content":"<blockquote>drip</blockquote><p>@janeroe Tighten them.</p>"}]}"#,
            "https://community.contoso.example/topic/17",
        ),
        (
            "https://community.contoso.example/api/discussions/17",
            r#"{"data":{"type":"discussions","id":"17","attributes":{"title":"Valves leak"}},"included":[
            {"type":"users","attributes":{"displayName":"janeroe"}},
            {"type":"posts","attributes":{"contentType":"comment","createdAt":"2026-03-01T10:00:00+00:00","contentHtml":"<p>Our valves leak &amp; drip.</p>"}},
            {"type":"posts","attributes":{"contentType":"comment","createdAt":"2026-03-02T10:00:00+00:00","contentHtml":"<blockquote>drip</blockquote><p><a class=\"PostMention\">janeroe</a> Tighten them.</p>"}}]}"#,
            "https://community.contoso.example/d/17",
        ),
    ] {
        let reading = answer(url, body).expect("a thread");
        let [thread] = reading.documents.as_slice() else {
            panic!("{url}: {:?}", reading.documents);
        };
        assert_eq!(thread.url, page);
        assert_eq!(thread.title, "Valves leak");
        assert_eq!(
            thread.text, "Our valves leak & drip.\ndrip\nTighten them.",
            "{url}"
        );
        let day = |dated: Option<crate::model::document::Dated>| dated.map(|dated| dated.day);
        assert_eq!(day(thread.published), Some(jiff::civil::date(2026, 3, 1)));
        assert_eq!(day(thread.updated), Some(jiff::civil::date(2026, 3, 2)));
    }
}

#[test]
fn a_list_leads_to_its_threads_with_their_days() {
    for (url, body, thread) in [
        (
            "https://community.contoso.example/latest.json",
            r#"{"users":[{"username":"jane"}],"topic_list":{"topics":[{"id":17,"title":"Valves","last_posted_at":"2026-03-02T10:00:00Z"},{"id":"x"}]}}"#,
            "https://community.contoso.example/t/17.json",
        ),
        (
            "https://contoso.example/forum/c/support/5.json",
            r#"{"topic_list":{"topics":[{"id":17,"title":"Valves","last_posted_at":"2026-03-02T10:00:00Z"}]}}"#,
            "https://contoso.example/forum/t/17.json",
        ),
        (
            "https://community.contoso.example/api/recent",
            r#"{"topics":[{"tid":17,"title":"Valves","lastposttimeISO":"2026-03-02T10:00:00.000Z"}]}"#,
            "https://community.contoso.example/api/topic/17",
        ),
        (
            "https://community.contoso.example/api/discussions",
            r#"{"data":[{"type":"discussions","id":"17","attributes":{"title":"Valves","lastPostedAt":"2026-03-02T10:00:00+00:00"}}]}"#,
            "https://community.contoso.example/api/discussions/17",
        ),
    ] {
        let reading = answer(url, body).expect("a list");
        assert!(reading.documents.is_empty());
        assert_eq!(reading.links.len(), 1, "{url}");
        assert_eq!(
            (
                reading.links[0].url.as_str(),
                reading.links[0].text.as_str()
            ),
            (thread, "Valves")
        );
        assert!(reading.links[0].dated.is_some() && reading.links[0].kind == Some(TaskKind::Forum));
    }
}

#[test]
fn other_json_is_no_forum_and_hostile_threads_are_bounded() {
    let thread = "https://community.contoso.example/t/17.json";
    let deep = format!("{{\"post_stream\":{}", "[".repeat(100_000));
    for body in [
        "",
        "{}",
        "[]",
        "{",
        r#"{"data":[{"type":"products"}]}"#,
        r#"{"data":[]}"#,
        r#"{"posts":{}}"#,
        r#"{"id":-1,"title":1,"post_stream":{"posts":[]}}"#,
        &deep,
    ] {
        assert!(answer(thread, body).is_none(), "{body:.40}");
    }
    assert!(answer("https://contoso.example/x", r#"{"topics":[]}"#).is_none());
    let post = format!(r#"{{"cooked":"<p>{}</p>"}}"#, "word ".repeat(1_000));
    let posts = vec![post.as_str(); 2_000].join(",");
    let body = format!(r#"{{"id":1,"title":"x","post_stream":{{"posts":[{posts}]}}}}"#);
    let reading = answer(thread, &body).expect("a thread");
    assert!(reading.documents[0].text.len() <= LONGEST);
    let empty = answer(
        thread,
        r#"{"id":1,"title":"x","post_stream":{"posts":[{"cooked":7},null]}}"#,
    );
    assert!(empty.expect("a thread").documents.is_empty());
}

#[test]
fn an_answer_that_is_kept_back_has_its_page() {
    for (asked, shown) in [
        ("/forum/t/17.json", Some("/forum/t/17")),
        ("/c/support/5.json", Some("/c/support/5")),
        ("/api/topic/9", Some("/topic/9")),
        ("/api/category/2", Some("/category/2")),
        ("/api/discussions/4", Some("/d/4")),
        ("/latest.json", None),
        ("/t/17", None),
    ] {
        let url = |path: &str| {
            Url::parse("https://forum.contoso.example/")
                .expect("a URL")
                .join(path)
                .expect("a URL")
        };
        assert_eq!(page(&url(asked)), shown.map(url), "{asked}");
        // It leads back to the same answer, so that a thread is one task of each kind, not more.
        if let Some(shown) = shown {
            let back = PROGRAMS.iter().find_map(|ready| ready.asked(&url(shown)));
            assert_eq!(back.as_deref(), Some(url(asked).as_str()), "{shown}");
        }
    }
}
