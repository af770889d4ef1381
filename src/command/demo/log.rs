//! Who asked the demo's web for what, and when: the proof that a crawl was polite.
//!
//! Invariants: a request stands in the log from the moment it arrives, answered or not; the log is
//! in the order of arrival.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request as Incoming;
use axum::http::{StatusCode, header};

use crate::clock::Clock;
use crate::model::time::Timestamp;

/// One request that the demo's web received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The host asked: `127.0.1.3:40123`.
    pub host: String,
    /// Path and query.
    pub path: String,
    /// When it arrived.
    pub start: Timestamp,
    /// When it was answered; `start` while it is not.
    pub end: Timestamp,
    /// The status of the answer; 0 while there is none.
    pub status: u16,
    /// Who said to be asking.
    pub user_agent: String,
}

/// One log for all hosts, written by every answer under way.
#[derive(Clone)]
pub(super) struct Log {
    requests: Arc<Mutex<Vec<Request>>>,
    clock: Clock,
}

impl Log {
    pub(super) fn new() -> Log {
        Log {
            requests: Arc::default(),
            clock: Clock::system(),
        }
    }

    /// Takes a request down; says where, for [`Log::answered`].
    pub(super) fn arrived(&self, host: &str, request: &Incoming) -> usize {
        let agent = request.headers().get(header::USER_AGENT);
        let path = request.uri().path_and_query();
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock, so that the order of the log is the order of time.
        let start = self.clock.now();
        requests.push(Request {
            host: host.to_owned(),
            path: path.map_or("/", |path| path.as_str()).to_owned(),
            start,
            end: start,
            status: 0,
            user_agent: agent
                .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned())
                .unwrap_or_default(),
        });
        requests.len() - 1
    }

    pub(super) fn answered(&self, place: usize, status: StatusCode) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(request) = requests.get_mut(place) {
            request.end = self.clock.now();
            request.status = status.as_u16();
        }
    }

    pub(super) fn read(&self) -> Vec<Request> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.clone()
    }
}
