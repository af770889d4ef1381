//! What job boards, social networks and forums answer machines.
#![no_main]

use foresignal_fuzz::{choose, page, read};
use libfuzzer_sys::fuzz_target;

const ADDRESSES: &[&str] = &[
    "https://boards-api.greenhouse.io/v1/boards/contoso/jobs?content=true",
    "https://api.lever.co/v0/postings/contoso?mode=json",
    "https://api.smartrecruiters.com/v1/companies/Contoso1/postings?limit=100",
    "https://contoso.jobs.personio.de/xml",
    "https://contoso.teamtailor.com/jobs.rss",
    "https://mastodon.social/api/v1/accounts/lookup?acct=contoso",
    "https://mastodon.social/api/v1/accounts/109/statuses?limit=40",
    "https://public.api.bsky.app/xrpc/app.bsky.actor.getProfile?actor=contoso.example",
    "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=contoso.example",
    "https://www.youtube.com/@contoso",
    "https://community.contoso.example/t/17.json",
    "https://community.contoso.example/api/recent",
];

fuzz_target!(|bytes: &[u8]| {
    let (address, body) = choose(ADDRESSES, bytes);
    let reading = read(&page(address, "", body));
    // What is not told to its end says nothing of what is not there any more.
    assert!(!reading.whole || !body.is_empty(), "nothing is no whole board");
});
