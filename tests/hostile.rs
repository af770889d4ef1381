//! A web that misbehaves in every way that has a name, over real sockets: after each the URL has
//! its right named state, and the crawl goes on.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

#[path = "hostile/contents.rs"]
mod contents;
#[path = "hostile/crawled.rs"]
mod crawled;
#[path = "hostile/pages.rs"]
mod pages;
#[path = "hostile/server.rs"]
mod server;
#[path = "hostile/ways.rs"]
mod ways;

use crawled::{Case, crawl, peak};
use server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_every_misbehaviour_a_url_has_its_named_state_and_the_crawl_goes_on() {
    let mut cases = Vec::new();
    for (has_robots, group) in ways::ALL {
        for way in *group {
            let server = Server::playing(way.script, *has_robots, cases.len() + 1).await;
            cases.push(Case {
                name: way.name,
                kind: way.kind,
                scheme: way.scheme,
                expect: way.expect,
                most: way.most,
                address: server.address,
                heard: server.heard,
            });
        }
    }
    assert!(cases.len() >= 30, "{}", cases.len());
    let took = crawl(&cases, None).await;
    // Servers and bombs live in this process too: some 64 MiB of answers are being made at once.
    assert!(peak().is_none_or(|mib| mib < 700), "{:?} MiB", peak());
    println!("{} ways, {took:?}, {:?} MiB at most", cases.len(), peak());
}
