//! Floor 2: the network's edge. One request, one outcome; whatever a server does is data.
//!
//! Invariants: nothing is asked twice, no redirect is followed, no cookie is kept, no proxy is
//! picked up from the environment; only public addresses are connected to, unless loopback is
//! explicitly allowed; memory for one answer is bounded by the configured limit.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use url::Url;

use crate::model::page::Page;
use crate::model::state::Failure;
use crate::model::task::Validators;
use crate::technographics::observed::{Asked, Certificate, Question};

mod allowance;
mod answer;
pub mod browser;
mod certificate;
mod config;
mod dns;
mod failure;
#[doc(hidden)]
pub mod fuzzing;
pub mod guard;
mod http;
mod questions;
pub mod robots;
mod roots;
pub mod tdmrep;
mod upstream;

pub use allowance::Allowance;
pub use browser::{Browser, Wants};
pub use config::Config;
pub use http::{Error, HttpFetcher, user_agent};

/// Our product token: what the User-Agent field begins with, and what robots.txt calls us by.
pub const PRODUCT: &str = env!("CARGO_PKG_NAME");

/// One question to one server.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchRequest {
    /// What to ask for.
    pub url: Url,
    /// What was heard last time: makes the request conditional.
    pub validators: Validators,
    /// What the answer is for: robots.txt has a time-out and a size limit of its own.
    pub purpose: Purpose,
}

/// What an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A page to read.
    Page,
    /// A company's front page: read like any other, over a connection of its own, so that the
    /// host's certificate is seen.
    Front,
    /// The host's robots.txt.
    Robots,
    /// The host's `tdmrep.json`; it has the limits of robots.txt.
    Reservation,
}

/// How one request ended, and what it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// How it ended.
    pub outcome: FetchOutcome,
    /// From sending the request to the end of the answer.
    pub took: Duration,
    /// The address that was asked, where one was.
    pub address: Option<IpAddr>,
    /// How much it still allows, where it says so.
    pub allowance: Option<Allowance>,
    /// The certificate that its host showed, believed or not: of [`Purpose::Front`] over TLS.
    pub certificate: Option<Certificate>,
}

/// How one request ended.
#[derive(Clone, Debug, PartialEq)]
pub enum FetchOutcome {
    /// 2xx with a body.
    Page(Page),
    /// 304.
    NotModified,
    /// 3xx with a target that is for us; `permanent`: 301 or 308.
    Moved {
        /// Where to, canonical.
        to: Url,
        /// Whether the server says it is for good.
        permanent: bool,
    },
    /// A client error other than those that [`FetchOutcome::Refused`] lists.
    Gone(u16),
    /// 401, 403, 407, 408, 425, 429 or 5xx: not now.
    Refused {
        /// The status code.
        status: u16,
        /// How long the server asks to be left alone (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    /// No answer that could be read.
    Failed(Failure),
}

/// One request, one outcome. Asks nothing twice, follows nothing, waits for nobody's turn.
pub trait Fetch: Send + Sync + 'static {
    /// Asks, and waits for the answer within the configured limits.
    fn fetch(&self, request: FetchRequest) -> impl Future<Output = Fetched> + Send;

    /// Asks DNS: every question once, some at a time, within the configured limits. Answers all of
    /// them, in their order; what nobody could say is [`Answer::Unknown`], never an error.
    ///
    /// [`Answer::Unknown`]: crate::technographics::observed::Answer::Unknown
    fn ask(&self, questions: Vec<Question>) -> impl Future<Output = Vec<Asked>> + Send;
}
