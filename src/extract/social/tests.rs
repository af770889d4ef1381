//! What networks answer: accounts, posts, and what is neither.

use super::super::sample;
use super::*;

const LOOKUP: &str = "https://mastodon.social/api/v1/accounts/lookup?acct=contoso";
const STATUSES: &str = "https://mastodon.social/api/v1/accounts/109/statuses?exclude_replies=true&exclude_reblogs=true&limit=40";
const PROFILE: &str =
    "https://public.api.bsky.app/xrpc/app.bsky.actor.getProfile?actor=contoso.example";
const FEED: &str = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=did:plc:abc&filter=posts_no_replies&limit=50";

fn answer(url: &str, body: &str) -> Reading {
    read(&sample(url, body)).expect("a network's answer")
}

#[test]
fn accounts_that_can_be_read_are_asked_and_others_are_left_alone() {
    for (account, wanted) in [
        ("https://mastodon.social/@contoso", LOOKUP),
        ("https://bsky.app/profile/contoso.example", PROFILE),
        (
            "https://www.youtube.com/@contoso",
            "https://www.youtube.com/@contoso",
        ),
        (
            "https://social.contoso.example/@news",
            "https://social.contoso.example/api/v1/accounts/lookup?acct=news",
        ),
    ] {
        let found = reach(account).map(|reach| reach.ask.to_string());
        assert_eq!(found.as_deref(), Some(wanted), "{account}");
    }
    for account in [
        "https://www.linkedin.com/company/contoso",
        "https://x.com/contoso",
        "https://www.facebook.com/contoso",
        "https://www.instagram.com/contoso",
        "https://www.tiktok.com/@contoso",
        "https://medium.com/@contoso",
        "https://www.threads.net/@contoso",
        "https://mastodon.social/@contoso/109",
        "https://mastodon.social/@contoso@other.example",
        "https://www.youtube.com/watch?v=abc",
        "https://bsky.app/profile/contoso%20x",
        "https://bsky.app/",
        "nonsense",
    ] {
        assert_eq!(reach(account), None, "{account}");
    }
}

#[test]
fn an_account_names_what_it_calls_its_own() {
    let found = answer(
        LOOKUP,
        r#"{"id":"109","note":"<p>We make anvils. <a href=\"https://blog.contoso.example/x\">Blog</a></p>",
        "fields":[{"name":"Web","value":"<a href=\"https://contoso.example/\" rel=\"me\">contoso.example</a>","verified_at":"2026-01-01T00:00:00Z"},
        {"name":"Shop","value":"shop.contoso.example"}]}"#,
    );
    let account = found.account.expect("an account");
    assert_eq!(account.stream, STATUSES);
    for name in [
        "https://contoso.example/",
        "https://blog.contoso.example/x",
        "https://shop.contoso.example/",
    ] {
        assert!(account.names.iter().any(|known| known == name), "{name}");
    }
    let found = answer(
        PROFILE,
        r#"{"did":"did:plc:abc","handle":"contoso.example","description":"Anvils. fabrikam.example"}"#,
    );
    let account = found.account.expect("an account");
    assert_eq!(account.stream, FEED);
    assert_eq!(
        account.names,
        ["https://contoso.example/", "https://fabrikam.example/"]
    );
    let free = answer(
        PROFILE,
        r#"{"did":"did:plc:abc","handle":"contoso.bsky.social"}"#,
    );
    assert!(free.account.expect("an account").names.is_empty());
    let channel = format!("UC{}", "a".repeat(22));
    let found = answer(
        "https://www.youtube.com/@contoso",
        &format!(
            r#"<meta name="description" content="Anvils since 1901"><script>{{"externalId":"{channel}",
            "channelExternalLinkViewModel":{{"title":{{"content":"Web"}},"link":{{"content":"contoso.example/en"}}}}}}</script>"#
        ),
    );
    let account = found.account.expect("a channel");
    assert!(account.stream.ends_with(&format!("?channel_id={channel}")));
    assert_eq!(account.names, ["https://contoso.example/"]);
}

#[test]
fn who_does_not_want_to_be_found_is_not() {
    for says in ["noindex", "locked", "suspended"] {
        let body = format!(r#"{{"id":"109","{says}":true,"fields":[]}}"#);
        assert_eq!(answer(LOOKUP, &body).account, None, "{says}");
    }
    let members = r#"{"did":"did:plc:abc","handle":"contoso.example","labels":[{"val":"!no-unauthenticated"}]}"#;
    assert_eq!(answer(PROFILE, members).account, None);
}

#[test]
fn posts_are_the_accounts_own_words_without_names() {
    let found = answer(
        STATUSES,
        r#"[{"url":"https://mastodon.social/@contoso/1","created_at":"2026-03-02T10:00:00.000Z","language":"en","visibility":"public",
        "in_reply_to_id":null,"reblog":null,"account":{"display_name":"Jane Roe"},
        "content":"<p>We open a plant in Lyon. Thanks, <span class=\"h-card\"><a href=\"https://x.example/@jane\" class=\"u-url mention\">@<span>jane</span></a></span>!</p><p><a href=\"https://mastodon.social/tags/Steel\" class=\"mention hashtag\">#<span>Steel</span></a></p>"},
        {"url":"https://mastodon.social/@contoso/2","content":"<p>A reply</p>","in_reply_to_id":"7"},
        {"url":"https://mastodon.social/@contoso/3","content":"","reblog":{"content":"<p>Another's</p>"}},
        {"url":"https://mastodon.social/@contoso/4","content":"<p>For followers</p>","visibility":"private"},
        {"url":"javascript:alert(1)","content":"<p>Nowhere</p>"}]"#,
    );
    assert_eq!(found.documents.len(), 1);
    let post = &found.documents[0];
    assert_eq!(post.text, "We open a plant in Lyon. Thanks, !\n#Steel");
    assert_eq!(
        post.published.expect("a day").day,
        jiff::civil::date(2026, 3, 2)
    );
    assert!(post.official && post.genre == Genre::News);
    let found = answer(
        FEED,
        r#"{"feed":[{"post":{"uri":"at://did:plc:abc/app.bsky.feed.post/3k","author":{"did":"did:plc:abc","displayName":"Jane Roe"},
        "record":{"text":"New furnace at @fabrikam.example in Ulm","createdAt":"2026-03-03T08:00:00Z","langs":["en"]}}},
        {"reason":{"$type":"app.bsky.feed.defs#reasonRepost"},"post":{"uri":"at://x/y/4","author":{"did":"did:plc:x"},"record":{"text":"Another's"}}},
        {"post":{"uri":"at://did:plc:abc/y/5","author":{"did":"did:plc:abc"},"record":{"text":"A reply","reply":{}}}}]}"#,
    );
    assert_eq!(found.documents.len(), 1);
    assert_eq!(
        found.documents[0].url,
        "https://bsky.app/profile/did:plc:abc/post/3k"
    );
    assert_eq!(found.documents[0].text, "New furnace at in Ulm");
}

#[test]
fn broken_and_hostile_answers_are_nothing() {
    let deep = "[".repeat(100_000);
    let long = format!(
        r#"[{{"url":"https://a.example/1","content":"{}"}}]"#,
        "a".repeat(LONGEST + 1)
    );
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "7",
        "[7,null,[],{}]",
        r#"{"id":7}"#,
        r#"{"id":"../x"}"#,
        r#"{"feed":{}}"#,
        r#"{"feed":[{"post":[]}]}"#,
        r#"[{"url":1,"content":2}]"#,
        r#"{"did":"a b"}"#,
        "<html>",
        &deep,
        &long,
    ] {
        for url in [
            LOOKUP,
            STATUSES,
            PROFILE,
            FEED,
            "https://www.youtube.com/@contoso",
        ] {
            let found = answer(url, body);
            assert!(
                found.account.is_none() && found.documents.is_empty(),
                "{url} {body:.60}"
            );
        }
    }
    let many: Vec<String> = (0..500)
        .map(|n| format!(r#"{{"url":"https://a.example/{n}","content":"<p>x{n}</p>"}}"#))
        .collect();
    assert_eq!(
        answer(STATUSES, &format!("[{}]", many.join(",")))
            .documents
            .len(),
        POSTS
    );
}

#[test]
fn mentions_go_and_addresses_stay() {
    for (text, wanted) in [
        ("@jane @joe@x.example hello", "hello"),
        ("(@jane) hello @joe.", "() hello"),
        ("write to a@b.example", "write to a@b.example"),
        ("5 @ 3 euros", "5 @ 3 euros"),
        ("ask @jürgen_k\nsoon", "ask\nsoon"),
    ] {
        assert_eq!(without_mentions(text), wanted, "{text}");
    }
    assert_eq!(
        addresses("contoso.example/x, see https://www.fabrikam.example."),
        ["https://contoso.example/", "https://www.fabrikam.example/"]
    );
    assert!(addresses("mail jane@contoso.example or v1.2.3 e.g this").is_empty());
}
