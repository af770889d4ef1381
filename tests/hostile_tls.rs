//! Hosts whose TLS or HTTP/2 is broken or means harm, over real sockets: after each the URL has
//! its right named state in bounded time, and the crawl goes on.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

#[path = "hostile/authority.rs"]
mod authority;
#[path = "hostile/crawled.rs"]
#[expect(dead_code, reason = "the web without TLS ends in more ways")]
mod crawled;
#[path = "hostile/frames.rs"]
mod frames;
#[path = "hostile/h2_ways.rs"]
mod h2_ways;
#[path = "hostile/secure.rs"]
mod secure;
#[path = "hostile/server.rs"]
#[expect(dead_code, reason = "the web without TLS needs more of it")]
mod server;
#[path = "hostile/tls_ways.rs"]
mod tls_ways;

use crawled::{crawl, peak};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_tls_and_no_http_2_stops_the_crawl() {
    let groups = [tls_ways::ALL, h2_ways::ALL].concat();
    let (cases, authority) = secure::listening(&groups).await;
    let took = crawl(&cases, Some(authority.file())).await;
    println!("{} ways, {took:?}, {:?} MiB at most", cases.len(), peak());
}
