//! Asking a server on loopback with limits so small that tests are quick.

use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::fetch::{Config, Fetch, FetchOutcome, FetchRequest, Fetched, HttpFetcher, Purpose};
use foresignal::model::page::Page;
use foresignal::model::state::Failure;
use foresignal::model::task::Validators;
use foresignal::model::time::Timestamp;
use url::Url;

use crate::server::{Server, Step};

pub(crate) fn config() -> Config {
    Config {
        contact: "https://x.example/bot".to_owned(),
        from: "bot@x.example".to_owned(),
        connect_timeout: Duration::from_millis(1500),
        read_timeout: Duration::from_millis(400),
        total_timeout: Duration::from_millis(1500),
        robots_timeout: Duration::from_millis(300),
        max_body: 100_000,
        robots_max_body: 1000,
        allow_loopback: true,
        dns: vec![([127, 0, 0, 1], 53).into()],
        ..Config::default()
    }
}

pub(crate) fn request(url: Url) -> FetchRequest {
    FetchRequest {
        url,
        validators: Validators::default(),
        purpose: Purpose::Page,
    }
}

pub(crate) async fn fetch(config: &Config, request: FetchRequest) -> Fetched {
    let clock = Clock::starting_at(Timestamp(1_445_412_480_000)); // 2015-10-21T07:28:00Z
    let fetcher = HttpFetcher::new(config, clock).expect("a client");
    fetcher.fetch(request).await
}

pub(crate) async fn outcome(server: &Server) -> FetchOutcome {
    fetch(&config(), request(server.url())).await.outcome
}

pub(crate) async fn page(script: Vec<Step>) -> Page {
    match outcome(&Server::playing(script).await).await {
        FetchOutcome::Page(page) => page,
        other => panic!("not a page: {other:?}"),
    }
}

pub(crate) async fn failure(script: Vec<Step>) -> Failure {
    let server = Server::playing(script).await;
    match outcome(&server).await {
        FetchOutcome::Failed(failure) => {
            assert!(server.heard().len() <= 1, "asked twice");
            failure
        }
        other => panic!("not a failure: {other:?}"),
    }
}

/// Bytes that look random, the same ones for the same seed; more of them for a larger one.
pub(crate) fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
    let byte = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    (0..seed * 20).map(byte).collect()
}
