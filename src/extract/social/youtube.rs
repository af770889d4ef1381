//! YouTube: a channel's page says which feed is its own, and which site.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::{NAMES, addresses};
use crate::model::document::Account;

/// The page of a channel.
pub(super) fn ask(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    if !matches!(host, "www.youtube.com" | "youtube.com") {
        return None;
    }
    let path = url.path().trim_end_matches('/');
    let mut segments = path.split('/').skip(1);
    let first = segments.next()?;
    let named = match first {
        "channel" | "c" | "user" => segments.next().is_some_and(|name| !name.is_empty()),
        _ => first.len() > 1 && first.starts_with('@'),
    };
    (named && segments.next().is_none()).then(|| format!("https://www.youtube.com{path}"))
}

/// What the channel says of itself: the sites that it links to, and what its description names.
pub(super) fn account(markup: &str) -> Option<Account> {
    static CHANNEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?:"externalId":"|feeds/videos\.xml\?channel_id=)(UC[\w-]{22})\b"#)
            .expect("it is well formed")
    });
    static SAYS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"<meta (?:name="description"|property="og:description") content="([^"]{1,2000})"|"channelExternalLinkViewModel":\{.{0,400}?"link":\{"content":"([^"]{3,200})""#,
        )
        .expect("it is well formed")
    });
    let channel = &CHANNEL.captures(markup)?[1];
    let mut names: Vec<String> = Vec::new();
    for said in SAYS.captures_iter(markup).take(NAMES) {
        let said = said.get(1).or_else(|| said.get(2));
        names.extend(
            said.map(|said| addresses(said.as_str()))
                .unwrap_or_default(),
        );
    }
    names.dedup();
    names.truncate(NAMES);
    let stream = format!("https://www.youtube.com/feeds/videos.xml?channel_id={channel}");
    Some(Account { names, stream })
}
