//! Forums and question pages: the posts of a thread, one after another, without their authors'
//! names, signatures and counts.
//!
//! The programs that run the web's forums are few, and each marks the body of a post with a name
//! of its own; schema.org's markup says the same for the rest.

use serde_json::Value;
use url::Url;

use super::article;
use super::dom::{self, Dom, Flat, Tag};
use super::head::Head;
use super::structured::{self, Item};

/// Class names that forum programs give to the body of a post.
const POSTS: &[&str] = &[
    "answer-body",
    "bbp-reply-content",
    "bbp-topic-content",
    "bbwrapper",
    "cooked",
    "crawler-post",
    "forum-post-body",
    "ipsrichtext",
    "ipstype_richtext",
    "js-post-body",
    "lia-message-body-content",
    "message-body",
    "message-text",
    "messagecontent",
    "post-body",
    "post-message",
    "post-text",
    "post__body",
    "post__content",
    "post_body",
    "post_message",
    "post_text",
    "postbody",
    "postcontent",
    "postmsg",
    "reply-body",
    "reply-content",
    "topic-body",
    "msg_text",
    "usercontent",
];

/// Class names of comments, which are the posts where nothing else is.
const COMMENTS: &[&str] = &[
    "comment-body",
    "comment-content",
    "comment__body",
    "comment_text",
    "commentbody",
    "commtext",
    "usertext-body",
];

/// Programs that run forums, as they sign their pages.
const PROGRAMS: &[&str] = &[
    "discourse",
    "phpbb",
    "vbulletin",
    "xenforo",
    "invision",
    "mybb",
    "nodebb",
    "flarum",
    "smf",
    "vanilla",
];

/// Less text than this in posts is no thread.
const ENOUGH: usize = 200;

/// Whether the page may be a thread.
pub(super) fn is_forum(url: &Url, head: &Head<'_>, items: &[Item]) -> bool {
    let host = url.host_str().unwrap_or_default();
    let path = url.path().to_ascii_lowercase();
    let of_host = [
        "forum",
        "community.",
        "discuss",
        "boards.",
        "answers.",
        "users.",
        "meta.",
        "reddit.com",
        "stackexchange.com",
        "bbs.",
    ];
    let of_path = [
        "/forum",
        "/t/",
        "/threads/",
        "/thread/",
        "/questions/",
        "viewtopic",
        "showthread",
        "/topic/",
        "/discussion/",
        "/comments/",
        "/boards/",
        "/talk/",
        "/d/",
    ];
    let generator = head
        .meta(&["generator"])
        .unwrap_or_default()
        .to_ascii_lowercase();
    of_host.iter().any(|word| host.contains(word))
        || of_path.iter().any(|word| path.contains(word))
        || PROGRAMS.iter().any(|program| generator.contains(program))
        || items
            .iter()
            .any(|item| structured::is_a(item, &["DiscussionForumPosting", "QAPage"]))
}

/// What stands below posts or beside them in the same markup.
const NO_POSTS: &[&str] = &[
    "message-signature",
    "signature",
    "postsignature",
    "ipsentry__signature",
    "side",
    "sidebar",
];

/// The text of all posts, a block a line; `None` when there is no thread.
pub(super) fn text(dom: &Dom<'_>) -> Option<String> {
    let preloaded: Vec<String> = preloaded(dom).iter().map(|post| post_of(post)).collect();
    let text = if preloaded.is_empty() {
        article::text_of(dom, &posts(dom))
    } else {
        preloaded.join("\n")
    };
    (text.len() >= ENOUGH).then_some(text)
}

/// The posts' bodies, in page order and none inside another; empty when there are none.
fn posts(dom: &Dom<'_>) -> Vec<usize> {
    let named = |node: &Flat<'_>| {
        let numbered = node.attr("id");
        has_class(node, POSTS) || numbered.is_some_and(|id| id.starts_with("post_message_"))
    };
    let stated = |node: &Flat<'_>| node.attr("itemprop") == Some("text");
    let commented = |node: &Flat<'_>| has_class(node, COMMENTS);
    // What a program names a post is surer than what is stated, for remarks below posts state the
    // same; but both are taken where no name is known.
    let mut posts = outermost(dom, named);
    if posts.is_empty() {
        posts = outermost(dom, stated);
    }
    if posts.is_empty() {
        posts = outermost(dom, commented);
    }
    posts
}

fn outermost(dom: &Dom<'_>, wanted: impl Fn(&Flat<'_>) -> bool) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < dom.len() {
        let node = dom.node(at);
        if has_class(node, NO_POSTS) {
            at = node.end;
        } else if !matches!(node.tag, Tag::Text | Tag::Html | Tag::Body) && wanted(node) {
            found.push(at);
            at = node.end;
        } else {
            at += 1;
        }
    }
    found
}

fn has_class(node: &Flat<'_>, wanted: &[&str]) -> bool {
    let class = node.attr("class").unwrap_or_default();
    class
        .split_ascii_whitespace()
        .any(|name| wanted.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The thread that Discourse hands to its script, when the page is one: each post as markup.
fn preloaded(dom: &Dom<'_>) -> Vec<String> {
    let Some(data) = dom.iter().find_map(|(_, node)| node.attr("data-preloaded")) else {
        return Vec::new();
    };
    let Ok(Value::Object(stores)) = serde_json::from_str::<Value>(data) else {
        return Vec::new();
    };
    let thread = stores
        .iter()
        .filter(|(name, _)| name.starts_with("topic_"))
        .find_map(|(_, store)| serde_json::from_str::<Value>(store.as_str()?).ok());
    let posts = thread
        .as_ref()
        .and_then(|thread| thread.pointer("/post_stream/posts")?.as_array());
    posts
        .into_iter()
        .flatten()
        .filter_map(|post| Some(post.get("cooked")?.as_str()?.to_owned()))
        .collect()
}

/// The text of a post that came as markup, without previews of the pages that it links to.
fn post_of(markup: &str) -> String {
    let html = dom::parse(markup);
    let dom = Dom::of(&html);
    let body: Vec<usize> = dom.first(Tag::Body).into_iter().collect();
    article::text_of(&dom, &body)
}

/// The text of markup that came inside a page's data or a feed.
pub(super) fn text_of(markup: &str) -> String {
    let html = dom::parse(markup);
    let dom = Dom::of(&html);
    article::all_text(&dom)
}
