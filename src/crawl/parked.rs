//! Front pages that nobody's site is behind: parked domains, domains that a dealer offers, servers
//! and accounts as their hoster left them. Pure; the words are data.
//!
//! Precision first: only a front page is judged, and only one of few words that leads to few pages
//! of its own, as a dealer's own site and an article about dealers do not. A site that is being
//! built is somebody's.

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;
use url::Url;

use super::config::Revisit;
use super::sketch;
use super::words::slug;
use crate::model::document::{DateSource, Document, Genre, Reading};
use crate::model::domain;
use crate::model::host::HostRecord;
use crate::model::page::Page;
use crate::model::state::State;
use crate::model::task::{Task, Validators};
use crate::model::time::Timestamp;

/// The most words of a page whose title or heading says so: offers have terms below them.
const BELOW_HEADING: usize = 600;
/// The most words of a page on which a line alone says so.
const AROUND_LINE: usize = 120;
/// The most words of a page that a parking service's script alone gives away.
const AROUND_SCRIPT: usize = 200;
/// How many of a text's first lines may be its heading.
const HEADINGS: usize = 3;
/// The most words of a title or heading, and of a line in which it is said.
const LINE: usize = 40;
/// The most pages of its own that such a page leads to.
const OWN_PAGES: usize = 12;
/// Bytes of markup that are looked at for scripts.
const MARKUP: usize = 256 * 1024;
/// Bytes before a piece of markup in which its tag begins.
const TAG: usize = 300;

/// What stands for the page's own domain in the data.
const OWN: &str = "xdomainx";

/// What such pages say and load: `parked.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    says: Vec<String>,
    lines: HashSet<String>,
    titles: HashSet<String>,
    loads: Vec<String>,
}

struct Ready {
    words: Words,
    /// Finds `says`, each between hyphens.
    says: AhoCorasick,
    loads: AhoCorasick,
}

static READY: LazyLock<Ready> = LazyLock::new(|| {
    let words: Words =
        toml::from_str(include_str!("parked.toml")).expect("a test reads parked.toml");
    let between = words.says.iter().map(|said| format!("-{said}-"));
    let says = AhoCorasick::new(between).expect("a few words make an automaton");
    let loads = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(&words.loads)
        .expect("a few words make an automaton");
    Ready { words, says, loads }
});

/// What shows that nobody's site is behind a page; `front`: whether it is a front page, for no
/// other is judged.
pub fn judge(page: &Page, reading: &Reading, front: bool) -> Option<String> {
    if !front || reading.documents.len() > 1 {
        return None;
    }
    let url = Url::parse(&page.url).ok()?;
    let host = url.host_str()?;
    let nothing = Document::default();
    let document = reading.documents.first().unwrap_or(&nothing);
    if document.job.is_some() || document.genre == Genre::Forum || is_dated(document) {
        return None;
    }
    if own_pages(reading, host) > OWN_PAGES {
        return None;
    }
    let words = document.text.split_whitespace().count();
    let headings = || {
        let lines = document.text.lines().take(HEADINGS);
        std::iter::once(document.title.as_str()).chain(lines)
    };
    let own = domain::site(host).unwrap_or_else(|| host.to_owned());
    if words <= BELOW_HEADING {
        if let Some(title) = default_title(&document.title) {
            return Some(format!("its title is {title:?}"));
        }
        if let Some(said) = headings().find_map(|line| says(line, &own)) {
            return Some(format!("its heading says {said:?}"));
        }
    }
    if words <= AROUND_LINE
        && let Some(said) = document.text.lines().find_map(|line| says(line, &own))
    {
        return Some(format!("it says {said:?}"));
    }
    if words <= AROUND_SCRIPT {
        return loads(page).map(|piece| format!("it loads {piece:?}"));
    }
    None
}

/// Leaves a task whose page shows that nobody's site is behind it, and its host with it; a front
/// page that shows a site again, or leads to one, brings its host back to life.
pub(super) fn settle(
    task: &mut Task,
    host: &mut HostRecord,
    shows: Option<String>,
    config: &Revisit,
    now: Timestamp,
) {
    let Some(shows) = shows else {
        let alive = matches!(
            task.state,
            State::Done | State::Unchanged | State::Moved { .. }
        );
        if alive && sketch::is_front(&task.parsed()) {
            host.parked = None;
        }
        return;
    };
    // What its owner reserves stays so.
    if !matches!(task.state, State::Done | State::Unchanged) {
        return;
    }
    // Asked for whole each time: who comes home is seen at once.
    task.content = None;
    task.validators = Validators::default();
    task.due = Some(now.after(config.longest));
    task.state = State::Parked {
        shows: shows.clone(),
    };
    if let Some(last) = task.visits.last_mut() {
        last.state = task.state.clone();
    }
    host.parked = Some(shows.into());
}

/// What shows that nobody's site is behind the host, where the task is not its front page: that one
/// tells when somebody's is.
pub(super) fn leaves_alone(task: &Task, host: &HostRecord) -> Option<String> {
    let shows = host.parked.as_deref()?;
    (!sketch::is_front(&task.parsed())).then(|| shows.to_owned())
}

/// Whether a page says when it was published, as articles do.
fn is_dated(document: &Document) -> bool {
    document.published.is_some_and(|dated| {
        matches!(
            dated.source,
            DateSource::Structured | DateSource::Meta | DateSource::Feed
        )
    })
}

/// To how many pages of its own site, beside the front page, it leads.
fn own_pages(reading: &Reading, host: &str) -> usize {
    let own = domain::site(host);
    let pages = reading.links.iter().filter_map(|link| {
        let url = Url::parse(&link.url).ok()?;
        let there = url.host_str()?;
        let is_own = there == host || own.is_some() && domain::site(there) == own;
        (is_own && url.path().len() > 1).then(|| url.path().to_owned())
    });
    pages.collect::<HashSet<_>>().len()
}

/// A title that servers come with, as a part of this one.
fn default_title(title: &str) -> Option<&'static str> {
    let separator = |c: char| matches!(c, '|' | '–' | '—' | '·' | '•' | ':' | '»' | '«');
    let known = |part: &str| {
        let part = slug(part);
        READY.words.titles.get(&part).map(String::as_str)
    };
    known(title).or_else(|| {
        title
            .split(separator)
            .flat_map(|part| part.split(" - "))
            .find_map(known)
    })
}

/// What a line says of the domain `own`, in our words and not in its own: nobody is named in them.
fn says(line: &str, own: &str) -> Option<String> {
    if line.split_whitespace().take(LINE + 1).count() > LINE {
        return None;
    }
    let line = line.to_lowercase();
    let line = line.replace(&format!("www.{own}"), OWN).replace(own, OWN);
    let slug = slug(&line);
    let whole = READY.words.lines.get(&slug);
    let within = || {
        let found = READY.says.find(&format!("-{slug}-"))?;
        Some(&READY.words.says[found.pattern().as_usize()])
    };
    let said = whole.or_else(within)?;
    Some(said.replace('-', " ").replace(OWN, own))
}

/// The piece of markup by which a page loads what parking services have loaded.
fn loads(page: &Page) -> Option<&'static str> {
    let text = &page.body[..page.body.len().min(MARKUP)];
    let loaded = READY.loads.find_iter(text).find(|found| {
        let before = &text[found.start().saturating_sub(TAG)..found.start()];
        let tag = before.iter().rposition(|byte| *byte == b'<');
        let tag = tag.map_or(before, |start| &before[start..]);
        // A mere link, and words that speak of it, load nothing.
        let names = |name: &[u8]| {
            tag.len() > name.len()
                && tag[..name.len()].eq_ignore_ascii_case(name)
                && !tag[name.len()].is_ascii_alphabetic()
        };
        let in_tag = !tag.contains(&b'>');
        in_tag && !names(b"<a") && !names(b"<meta") || !in_tag && names(b"<script")
    });
    loaded.map(|found| READY.words.loads[found.pattern().as_usize()].as_str())
}

#[cfg(test)]
mod tests;
