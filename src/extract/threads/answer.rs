//! What a forum answers: a list of threads, or the posts of one.

use std::sync::LazyLock;

use ::url::Url;
use regex::Regex;
use serde_json::Value;

use crate::extract::dom::folded;
use crate::extract::social::without_mentions;
use crate::extract::{asked, charset, forum, language, written};
use crate::model::document::{DateSource, Dated, Document, Genre, Link, Reading};
use crate::model::page::Page;
use crate::model::task::TaskKind;
use crate::model::time::{Day, Timestamp};

/// Threads of one list, and posts of one thread.
const THREADS: usize = 200;
const POSTS: usize = 500;
/// Bytes of the posts of one thread.
const LONGEST: usize = 1 << 20;

/// A thread, as far as it was told.
#[derive(Default)]
struct Thread<'a> {
    title: &'a str,
    /// Its page, for people.
    page: String,
    /// Its posts, still markup, with their times.
    posts: Vec<(&'a str, Option<&'a str>)>,
}

/// Reads an answer of a forum.
pub(in crate::extract) fn read(page: &Page) -> Option<Reading> {
    let url = Url::parse(&page.url).ok()?;
    let path = url.path();
    if !path.ends_with(".json") && !path.contains("/api/") {
        return None;
    }
    let text = charset::decode(&page.body, page.header("content-type"));
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    if !text.starts_with('{') {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let thread = discourse(&value, &url)
        .or_else(|| nodebb(&value, &url))
        .or_else(|| flarum(&value, &url));
    let mut reading = Reading::default();
    match thread {
        Some(thread) => reading.documents.extend(document(&thread, page)),
        None => reading.links = threads(&value, &url)?,
    }
    reading.heard = asked::of_headers(page);
    reading.reader = "threads";
    Some(reading)
}

fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str()
}

fn list<'a>(value: &'a Value, path: &str) -> Option<&'a [Value]> {
    Some(value.pointer(path)?.as_array()?.as_slice())
}

fn discourse<'a>(value: &'a Value, url: &Url) -> Option<Thread<'a>> {
    let posts = list(value, "/post_stream/posts")?;
    let number = value.get("id")?.as_u64()?;
    let base = url.path().split("/t/").next()?;
    // Posts of the program itself say that a thread was closed or moved.
    let people = posts
        .iter()
        .filter(|post| post.get("action_code").is_none_or(Value::is_null));
    let post = |post: &'a Value| Some((text(post, "/cooked")?, text(post, "/created_at")));
    Some(Thread {
        title: text(value, "/title")?,
        page: format!("{base}/t/{number}"),
        posts: people.filter_map(post).take(POSTS).collect(),
    })
}

fn nodebb<'a>(value: &'a Value, url: &Url) -> Option<Thread<'a>> {
    let posts = list(value, "/posts")?;
    let number = value.get("tid")?.as_u64()?;
    let base = url.path().split("/api/").next()?;
    let there = posts
        .iter()
        .filter(|post| post.get("deleted").and_then(Value::as_u64) != Some(1));
    let post = |post: &'a Value| Some((text(post, "/content")?, text(post, "/timestampISO")));
    Some(Thread {
        title: text(value, "/titleRaw").or_else(|| text(value, "/title"))?,
        page: format!("{base}/topic/{number}"),
        posts: there.filter_map(post).take(POSTS).collect(),
    })
}

fn flarum<'a>(value: &'a Value, url: &Url) -> Option<Thread<'a>> {
    let number = text(value, "/data/id")?.parse::<u64>().ok()?;
    if text(value, "/data/type") != Some("discussions") {
        return None;
    }
    let base = url.path().split("/api/").next()?;
    let included = list(value, "/included").unwrap_or_default();
    let posts = included.iter().filter(|one| {
        text(one, "/type") == Some("posts")
            && text(one, "/attributes/contentType").is_none_or(|kind| kind == "comment")
    });
    let post = |post: &'a Value| {
        let content = text(post, "/attributes/contentHtml")?;
        Some((content, text(post, "/attributes/createdAt")))
    };
    Some(Thread {
        title: text(value, "/data/attributes/title")?,
        page: format!("{base}/d/{number}"),
        posts: posts.filter_map(post).take(POSTS).collect(),
    })
}

/// The threads of a list, each as what is asked for it; `None`: it is no list of threads.
fn threads(value: &Value, url: &Url) -> Option<Vec<Link>> {
    let topics = list(value, "/topic_list/topics");
    let (entries, form): (&[Value], _) = if let Some(topics) = topics {
        let base = url.path().split(['?', '.']).next()?;
        let base = base.split("/c/").next()?.trim_end_matches("/latest");
        (
            topics,
            (
                format!("{base}/t/"),
                ".json",
                "/id",
                "/title",
                "/last_posted_at",
            ),
        )
    } else if let Some(topics) = list(value, "/topics") {
        let base = url.path().split("/api/").next()?;
        (
            topics,
            (
                format!("{base}/api/topic/"),
                "",
                "/tid",
                "/title",
                "/lastposttimeISO",
            ),
        )
    } else {
        let data = list(value, "/data")?;
        let base = url.path().split("/api/").next()?;
        let kind = data
            .iter()
            .any(|one| text(one, "/type") == Some("discussions"));
        let named = ("/id", "/attributes/title", "/attributes/lastPostedAt");
        let form = (
            format!("{base}/api/discussions/"),
            "",
            named.0,
            named.1,
            named.2,
        );
        (kind.then_some(data)?, form)
    };
    let (before, after, id, title, last) = form;
    let link = |entry: &Value| {
        let id = entry.pointer(id)?;
        let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
        let at = text(entry, last).and_then(|at| at.parse::<jiff::Timestamp>().ok());
        let at = at.map(|at| Timestamp(at.as_millisecond()));
        Some(Link {
            url: url.join(&format!("{before}{id}{after}")).ok()?.into(),
            text: folded(text(entry, title).unwrap_or_default()),
            kind: Some(TaskKind::Forum),
            dated: at,
            updated: at,
            ..Link::default()
        })
    };
    Some(entries.iter().take(THREADS).filter_map(link).collect())
}

fn document(thread: &Thread<'_>, page: &Page) -> Option<Document> {
    let mut said = String::new();
    for (post, _) in &thread.posts {
        if said.len() + post.len() > LONGEST {
            break;
        }
        let post = words(post);
        if !post.is_empty() && !said.is_empty() {
            said.push('\n');
        }
        said.push_str(&post);
    }
    let days: Vec<Day> = thread
        .posts
        .iter()
        .filter_map(|(_, at)| written::iso((*at)?))
        .collect();
    let dated = |day: Option<&Day>| {
        day.map(|day| Dated {
            day: *day,
            source: DateSource::Structured,
        })
    };
    let url = Url::parse(&page.url).ok()?.join(&thread.page).ok()?;
    let title = folded(&forum::text_of(thread.title).replace('\n', " "));
    Some(Document {
        url: url.into(),
        published: dated(days.iter().min()),
        updated: dated(
            days.iter()
                .max()
                .filter(|last| Some(*last) != days.iter().min()),
        ),
        language: language::of(&said, None),
        genre: Genre::Forum,
        complete: !page.truncated,
        fetched: page.fetched.day(),
        title,
        text: said,
        ..Document::default()
    })
    .filter(|document| !document.text.is_empty())
}

/// A post's words: without who is quoted, and who is spoken to.
fn words(markup: &str) -> String {
    static NAMES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?s)<a[^>]*class="[^"]*[mM]ention[^"]*"[^>]*>.*?</a>|<cite\b[^>]*>.*?</cite>"#,
        )
        .expect("it is well formed")
    });
    // Whose words a quote is stands between its beginning and the words.
    static QUOTES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)<aside[^>]*\bquote\b[^>]*>.*?<blockquote").expect("it is well formed")
    });
    let quotes = QUOTES.replace_all(markup, "<blockquote");
    without_mentions(&forum::text_of(&NAMES.replace_all(&quotes, " ")))
}
