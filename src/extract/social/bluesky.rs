//! Bluesky, by its public AppView.

use serde_json::Value;
use url::Url;

use super::{POSTS, Post, addresses, document};
use crate::model::document::{Account, Document};
use crate::model::page::Page;

const DOOR: &str = "public.api.bsky.app";
const PROFILE: &str = "/xrpc/app.bsky.actor.getProfile";
const FEED: &str = "/xrpc/app.bsky.feed.getAuthorFeed";
/// The label of an account that shows itself to members alone.
const MEMBERS: &str = "!no-unauthenticated";

/// What says whose the account of a profile's page is.
pub(super) fn ask(url: &Url) -> Option<String> {
    let mut segments = url.path_segments()?;
    if segments.next() != Some("profile") {
        return None;
    }
    let actor = segments.next().filter(|actor| is_actor(actor))?;
    Some(format!("https://{DOOR}{PROFILE}?actor={actor}"))
}

pub(super) fn is_profile(url: &Url) -> bool {
    url.host_str() == Some(DOOR) && url.path() == PROFILE
}

pub(super) fn is_stream(url: &Url) -> bool {
    url.host_str() == Some(DOOR) && url.path() == FEED
}

/// What the account says of itself. A handle that is a domain is one that its owner has proven in
/// the DNS or on the site.
pub(super) fn account(value: &Value) -> Option<Account> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    if for_members(value) {
        return None;
    }
    let actor = text("did")
        .or_else(|| text("handle"))
        .filter(|actor| is_actor(actor))?;
    let mut names = Vec::new();
    let handle =
        text("handle").filter(|handle| is_actor(handle) && !handle.ends_with(".bsky.social"));
    names.extend(handle.map(|handle| format!("https://{handle}/")));
    names.extend(addresses(text("description").unwrap_or_default()));
    let stream = format!("https://{DOOR}{FEED}?actor={actor}&filter=posts_no_replies&limit=50");
    Some(Account { names, stream })
}

/// What the account posts of its own accord.
pub(super) fn posts(value: &Value, page: &Page) -> Vec<Document> {
    let feed = value.get("feed").and_then(Value::as_array);
    let entries = feed.map_or(&[][..], Vec::as_slice).iter().take(POSTS);
    let own = entries.filter(|entry| entry.get("reason").is_none() && entry.get("reply").is_none());
    let read = own.filter_map(|entry| {
        let post = entry.get("post")?;
        let record = post
            .get("record")
            .filter(|record| record.get("reply").is_none())?;
        let author = post.get("author")?;
        if for_members(author) {
            return None;
        }
        let actor = author
            .get("did")
            .or_else(|| author.get("handle"))?
            .as_str()?;
        let key = post.get("uri")?.as_str()?.rsplit('/').next()?;
        let language = record.pointer("/langs/0").and_then(Value::as_str);
        let url = format!("https://bsky.app/profile/{actor}/post/{key}");
        let post = Post {
            url: &url,
            text: record.get("text")?.as_str()?.to_owned(),
            at: record.get("createdAt").and_then(Value::as_str),
            language,
        };
        document(&post, page).filter(|_| is_actor(actor) && is_actor(key))
    });
    read.collect()
}

fn for_members(account: &Value) -> bool {
    let labels = account.get("labels").and_then(Value::as_array);
    let mut labels = labels.into_iter().flatten();
    labels.any(|label| label.get("val").and_then(Value::as_str) == Some(MEMBERS))
}

/// A handle or a DID.
fn is_actor(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    !text.is_empty() && text.len() <= 253 && text.chars().all(plain)
}
