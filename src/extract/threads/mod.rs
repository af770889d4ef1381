//! Forums that answer machines: threads and their posts in JSON, as Discourse, NodeBB and Flarum
//! give them. A page of such a forum leads to those answers instead of its pages.
//!
//! Invariants: a post is its words alone: no author, no avatar, no name of who is quoted or
//! addressed; threads and posts are bounded.

mod answer;

use std::sync::LazyLock;

use ::url::Url;
use regex::Regex;
use serde::Deserialize;

use super::boards::filled;
use super::dom::{Dom, Tag};
use super::head::Head;
use crate::model::document::Link;
use crate::model::task::TaskKind;
pub(super) use answer::read;

/// `programs.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    program: Vec<Program>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    #[expect(
        dead_code,
        reason = "it tells the reader of the file which program it is"
    )]
    name: String,
    marks: Vec<String>,
    thread: String,
    ask_thread: String,
    list: String,
    ask_list: String,
    front: String,
    pages: Vec<Shown>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    asked: String,
    page: String,
}

struct Ready {
    program: Program,
    thread: Regex,
    list: Regex,
    pages: Vec<Regex>,
}

static PROGRAMS: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("programs.toml")).expect("tests read it");
    let regex = |pattern: &str| Regex::new(pattern).expect("it is well formed");
    let ready = |program: Program| Ready {
        thread: regex(&program.thread),
        list: regex(&program.list),
        pages: program
            .pages
            .iter()
            .map(|shown| regex(&shown.asked))
            .collect(),
        program,
    };
    file.program.into_iter().map(ready).collect()
});

/// Has the links of a forum's page lead to its answers for machines; the first page that says which
/// program it is leads to the list of what is new.
pub(super) fn prefer(links: &mut Vec<Link>, url: &Url, dom: &Dom<'_>, head: &Head<'_>) {
    let Some(ready) = program(dom, head) else {
        return;
    };
    for link in links.iter_mut() {
        let Some(target) = Url::parse(&link.url).ok() else {
            continue;
        };
        let here = target.host() == url.host() && target.port() == url.port();
        if let Some(asked) = ready.asked(&target).filter(|_| here) {
            link.url = asked;
            link.kind = Some(TaskKind::Forum);
        }
    }
    if let Ok(front) = url.join(&ready.program.front) {
        links.push(Link {
            url: front.into(),
            kind: Some(TaskKind::Forum),
            ..Link::default()
        });
    }
    // Several pages of a thread are one answer.
    let mut known = std::collections::HashSet::new();
    links.retain(|link| known.insert(link.url.clone()));
}

/// The page that shows people what an answer for machines holds, for a forum that does not give it.
pub fn page(asked: &Url) -> Option<Url> {
    let mut ways = PROGRAMS
        .iter()
        .flat_map(|ready| ready.pages.iter().zip(&ready.program.pages));
    let (found, shown) =
        ways.find_map(|(way, shown)| Some((way.captures(asked.path())?, shown)))?;
    let path = filled(&shown.page, |name| {
        Some(found.name(name)?.as_str().to_owned())
    })?;
    asked.join(&path).ok()
}

impl Ready {
    /// What is asked instead of a thread's or a category's page.
    fn asked(&self, page: &Url) -> Option<String> {
        let ways = [
            (&self.thread, &self.program.ask_thread),
            (&self.list, &self.program.ask_list),
        ];
        let (found, template) = ways
            .into_iter()
            .find_map(|(way, template)| Some((way.captures(page.path())?, template)))?;
        let path = filled(template, |name| Some(found.name(name)?.as_str().to_owned()))?;
        Some(page.join(&path).ok()?.into()).filter(|_| !template.is_empty())
    }
}

/// The program that made a page.
fn program(dom: &Dom<'_>, head: &Head<'_>) -> Option<&'static Ready> {
    let generator = head.meta(&["generator"]).unwrap_or_default().to_lowercase();
    let bodies = [dom.first(Tag::Html), dom.first(Tag::Body)];
    let classes = bodies
        .into_iter()
        .flatten()
        .filter_map(|at| dom.node(at).attr("class"));
    let classes: Vec<&str> = classes.flat_map(str::split_ascii_whitespace).collect();
    let ids = dom.iter().take(400).filter_map(|(_, node)| node.attr("id"));
    let ids: Vec<&str> = ids.collect();
    PROGRAMS.iter().find(|ready| {
        ready.program.marks.iter().any(|mark| {
            let named = |name: &&str| {
                name.split_once('-')
                    .map_or(**name == **mark, |(first, _)| first == mark)
            };
            generator.starts_with(mark.as_str())
                || classes.iter().any(named)
                || ids.iter().any(named)
        })
    })
}

#[cfg(test)]
mod tests;
