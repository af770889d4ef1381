//! Accounts at social networks that can be read without logging in: whose they say they are, and
//! what they post. Mastodon and its like by their public API, Bluesky by its public AppView,
//! YouTube by a channel's page, whose feed is read as any feed.
//!
//! Other networks are left alone: nobody but their members may read there.
//!
//! Invariants: replies, what others wrote and what is not public are no documents; no name of a
//! person stays, neither an author's nor one who is addressed; an account that asks not to be found
//! by strangers is none.

mod bluesky;
mod mastodon;
mod youtube;

use std::sync::LazyLock;

use ::url::Url;
use regex::Regex;
use serde_json::Value;

use super::{asked, charset, language, organization, written};
use crate::model::document::{DateSource, Dated, Document, Genre, Reading};
use crate::model::page::Page;
use crate::model::url;

/// Posts that are read of one answer.
const POSTS: usize = 100;
/// Web addresses that one account names.
const NAMES: usize = 50;
/// Bytes of a post: networks allow a few hundred or thousand.
const LONGEST: usize = 20_000;

/// Where an account can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The network's name.
    pub network: &'static str,
    /// What says whose the account is.
    pub ask: Url,
}

/// How an account can be asked whose it is; `None`: its network is left alone.
pub fn reach(account: &str) -> Option<Reach> {
    let url = Url::parse(account).ok()?;
    let host = url.host_str()?.trim_start_matches("www.");
    let (network, ask) = match host {
        "bsky.app" => ("Bluesky", bluesky::ask(&url)?),
        "youtube.com" => ("YouTube", youtube::ask(&url)?),
        _ if organization::is_mastodon(account) => ("Mastodon", mastodon::ask(&url)?),
        _ => return None,
    };
    let ask = url::parse(&ask)?;
    Some(Reach { network, ask })
}

/// Reads what a network answers.
pub(super) fn read(page: &Page) -> Option<Reading> {
    let url = Url::parse(&page.url).ok()?;
    let text = || charset::decode(&page.body, page.header("content-type"));
    let value =
        || serde_json::from_str::<Value>(text().trim_start_matches('\u{FEFF}')).unwrap_or_default();
    let mut reading = Reading::default();
    if mastodon::is_lookup(&url) {
        reading.account = mastodon::account(&value(), &url);
    } else if mastodon::is_stream(&url) {
        reading.documents = mastodon::posts(&value(), page);
    } else if bluesky::is_profile(&url) {
        reading.account = bluesky::account(&value());
    } else if bluesky::is_stream(&url) {
        reading.documents = bluesky::posts(&value(), page);
    } else if youtube::ask(&url).is_some() {
        reading.account = youtube::account(&text());
    } else {
        return None;
    }
    reading.heard = asked::of_headers(page);
    reading.reader = "social";
    Some(reading)
}

/// One post.
struct Post<'a> {
    url: &'a str,
    text: String,
    at: Option<&'a str>,
    language: Option<&'a str>,
}

/// A post as a document; `None`: nothing is left of it.
fn document(post: &Post<'_>, page: &Page) -> Option<Document> {
    let text = without_mentions(&post.text);
    let url = url::parse(post.url)?.to_string();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let day = post.at.and_then(written::iso);
    Some(Document {
        url,
        published: day.map(|day| Dated {
            day,
            source: DateSource::Structured,
        }),
        language: language::of(&text, post.language),
        genre: Genre::News,
        complete: !page.truncated,
        fetched: page.fetched.day(),
        official: true,
        text,
        ..Document::default()
    })
}

/// A text without the accounts that it speaks to.
pub(super) fn without_mentions(text: &str) -> String {
    static MENTION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(^|[\s(\[„“\x22'.,;:!?/-])@[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:@[\p{L}\p{N}.-]+)?")
            .expect("it is well formed")
    });
    // Two that follow each other share the space between them.
    let once = MENTION.replace_all(text, "$1");
    let twice = MENTION.replace_all(&once, "$1");
    let lines = twice.lines().map(super::dom::folded);
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The web addresses that a text names, with or without a scheme.
fn addresses(text: &str) -> Vec<String> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(^|[\s(<>\x22'|:,])(?:https?://)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,24})(?:[:/?#\s)<>\x22'|.,;!]|$)")
            .expect("it is well formed")
    });
    let mut found = Vec::new();
    let mut at = 0;
    // A name's end is the next one's beginning, so the search goes on where the name ended.
    while let Some(next) = ADDRESS.captures_at(text, at) {
        let Some(name) = next.get(2) else { break };
        let address = format!("https://{}/", name.as_str());
        if !found.contains(&address) {
            found.push(address);
        }
        at = name.end();
        if found.len() >= NAMES {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests;
