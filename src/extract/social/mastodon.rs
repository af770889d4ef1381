//! Mastodon, and what else speaks its API.

use serde_json::Value;
use url::Url;

use super::{LONGEST, NAMES, POSTS, Post, addresses, document};
use crate::extract::dom::{self, Dom};
use crate::extract::{forum, links};
use crate::model::document::{Account, Document};
use crate::model::page::Page;

const LOOKUP: &str = "/api/v1/accounts/lookup";

/// What says whose the account of a profile's page is.
pub(super) fn ask(url: &Url) -> Option<String> {
    let name = url.path().strip_prefix("/@")?.trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    Some(format!("https://{}{LOOKUP}?acct={name}", door(url)?))
}

pub(super) fn is_lookup(url: &Url) -> bool {
    url.path() == LOOKUP
}

pub(super) fn is_stream(url: &Url) -> bool {
    let id = url.path().strip_prefix("/api/v1/accounts/");
    id.and_then(|rest| rest.strip_suffix("/statuses"))
        .is_some_and(is_id)
}

/// What the account says of itself.
pub(super) fn account(value: &Value, url: &Url) -> Option<Account> {
    let id = value.get("id")?.as_str().filter(|id| is_id(id))?;
    let says = |name: &str| value.get(name).and_then(Value::as_bool) == Some(true);
    if ["noindex", "locked", "suspended", "limited"]
        .into_iter()
        .any(says)
    {
        return None;
    }
    let mut names = Vec::new();
    let fields = value.get("fields").and_then(Value::as_array);
    let fields = fields
        .into_iter()
        .flatten()
        .filter_map(|field| field.get("value"));
    let texts = fields.chain(value.get("note")).filter_map(Value::as_str);
    for text in texts.take(NAMES).filter(|text| text.len() <= LONGEST) {
        names.extend(linked(text, url));
        names.extend(addresses(&forum::text_of(text)));
    }
    names.truncate(NAMES);
    let stream = format!(
        "https://{}/api/v1/accounts/{id}/statuses?exclude_replies=true&exclude_reblogs=true&limit=40",
        door(url)?
    );
    Some(Account { names, stream })
}

/// What the account posts to everybody of its own accord.
pub(super) fn posts(value: &Value, page: &Page) -> Vec<Document> {
    let statuses = value.as_array().map_or(&[][..], Vec::as_slice);
    let own = statuses.iter().take(POSTS).filter(|status| {
        let none = |name: &str| status.get(name).is_none_or(Value::is_null);
        let visibility = status.get("visibility").and_then(Value::as_str);
        none("reblog")
            && none("in_reply_to_id")
            && visibility.is_none_or(|seen| matches!(seen, "public" | "unlisted"))
    });
    let read = own.filter_map(|status| {
        let text = |name: &str| status.get(name).and_then(Value::as_str);
        let content = text("content").filter(|content| content.len() <= LONGEST)?;
        let post = Post {
            url: text("url").or_else(|| text("uri"))?,
            text: forum::text_of(content),
            at: text("created_at"),
            language: text("language"),
        };
        document(&post, page)
    });
    read.collect()
}

/// The addresses that markup links to.
fn linked(markup: &str, base: &Url) -> Vec<String> {
    let html = dom::parse(markup);
    let found = links::links(&Dom::of(&html), base);
    found.into_iter().map(|link| link.url).collect()
}

fn is_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    !id.is_empty() && id.len() <= 64 && id.chars().all(plain)
}

fn door(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}
