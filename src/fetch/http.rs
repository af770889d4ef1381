//! One request over the wire, one outcome, within its limits of time and size.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, FROM, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
};
use reqwest::{Client, ClientBuilder, Response, Version};
use rustls::client::ClientConfig;
use tokio::time::{Instant, timeout};

use super::allowance::{self, Allowance};
use super::answer::{self, Answer};
use super::certificate::Witness;
use super::dns::Resolver;
use super::questions::Questions;
use super::roots::Trust;
use super::{
    Config, Fetch, FetchOutcome, FetchRequest, Fetched, PRODUCT, Purpose, failure, guard, roots,
};
use crate::clock::Clock;
use crate::model::page::Page;
use crate::model::state::Failure;
use crate::technographics::observed::{Asked, Question};

/// What a browser of feeds and pages would like best; a server that has nothing of it still
/// sends what it has.
const PAGE_TYPES: &str = "text/html,application/xhtml+xml,application/rss+xml,\
    application/atom+xml,application/xml;q=0.9,application/feed+json;q=0.9,\
    application/json;q=0.8,text/plain;q=0.7,*/*;q=0.5";
const ROBOTS_TYPES: &str = "text/plain,*/*;q=0.5";
const RESERVATION_TYPES: &str = "application/json,*/*;q=0.5";

/// English first, because most rules read it; then the other languages that rules exist for.
const LANGUAGES: &str = "en,es;q=0.8,de;q=0.7,fr;q=0.7,it;q=0.6,pt;q=0.6,nl;q=0.6,*;q=0.4";

/// Enough for the policies that large sites send; a server that sends more is broken or hostile.
const MOST_HEADERS: usize = 200;
const MOST_HEADER_BYTES: u32 = 256 * 1024;

/// Longer than most hosts rest between two requests, shorter than servers keep a connection.
const IDLE_CONNECTION: Duration = Duration::from_secs(30);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The contact or the sender's address cannot stand in a header field.
    #[error("`{0}` cannot stand in a header field: {1:?}")]
    Identity(&'static str, String),
    /// A file of `extra_ca` is missing or holds no certificate.
    #[error("extra_ca: {0:?} cannot be used: {1}")]
    Authority(PathBuf, String),
    /// TLS could not be set up, neither with the system's certificates nor with our own.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The client could not be set up.
    #[error("cannot set up the client: {0}")]
    Client(#[from] reqwest::Error),
}

/// [`Fetch`] over the network.
#[derive(Clone)]
pub struct HttpFetcher {
    client: Client,
    /// What clients are made of, for whoever needs one of its own.
    make: Arc<Make>,
    questions: Questions,
    config: Config,
    clock: Clock,
}

struct Make {
    trust: Trust,
    agent: HeaderValue,
    headers: HeaderMap,
    resolver: Resolver,
}

/// What is noted of a request while it runs: it stays when the request then fails.
#[derive(Default)]
struct Noted {
    address: Option<IpAddr>,
    allowance: Option<Allowance>,
    witness: Option<Arc<Witness>>,
    h2: bool,
}

impl HttpFetcher {
    /// A client that says who it is by the configured contact. Opens no connection yet.
    pub fn new(config: &Config, clock: Clock) -> Result<HttpFetcher, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(LANGUAGES));
        if !config.from.is_empty() {
            headers.insert(FROM, field("from", &config.from)?);
        }
        let make = Make {
            agent: field("contact", &user_agent(&config.contact))?,
            headers,
            trust: roots::trust(config)?,
            resolver: Resolver::new(config),
        };
        Ok(HttpFetcher {
            client: builder(config, &make, make.trust.tls.clone()).build()?,
            make: Arc::new(make),
            questions: Questions::new(config),
            config: config.clone(),
            clock,
        })
    }

    /// A client for one request, over a connection that nobody had before and nobody has after,
    /// and who sees the certificate on it. Being of one request alone, it cannot mix up two.
    fn witnessed(&self) -> Result<(Client, Arc<Witness>), reqwest::Error> {
        let Trust { judge, tls } = &self.make.trust;
        let (witness, tls) = Witness::of(judge, tls);
        let client = builder(&self.config, &self.make, tls).pool_max_idle_per_host(0);
        Ok((client.build()?, witness))
    }

    async fn send(
        &self,
        request: &FetchRequest,
        noted: &mut Noted,
    ) -> Result<FetchOutcome, Failure> {
        guard::check_url(&request.url, &self.config)?;
        let secure = request.url.scheme() == "https";
        let failed = |error: reqwest::Error| failure::of(&error, secure);

        let types = match request.purpose {
            Purpose::Page | Purpose::Front => PAGE_TYPES,
            Purpose::Robots => ROBOTS_TYPES,
            Purpose::Reservation => RESERVATION_TYPES,
        };
        let client = match request.purpose {
            Purpose::Front if secure => {
                let (client, witness) = self.witnessed().map_err(failed)?;
                noted.witness = Some(witness);
                client
            }
            _ => self.client.clone(),
        };
        let asking = client.get(request.url.clone()).header(ACCEPT, types);
        let response = asking
            .headers(conditions(request))
            .send()
            .await
            .map_err(failed)?;
        noted.address = response.remote_addr().map(|socket| socket.ip());
        noted.h2 = response.version() == Version::HTTP_2;

        let status = response.status().as_u16();
        let fields = response.headers();
        noted.allowance = allowance::of(fields, self.clock.now());
        Ok(
            match answer::of(status, fields, &request.url, &self.config, self.clock.now()) {
                // Of a page that we do not have, nothing can be unchanged.
                Answer::Ended(FetchOutcome::NotModified) if !request.validators.any() => {
                    FetchOutcome::Failed(Failure::Protocol)
                }
                Answer::Ended(outcome) => outcome,
                Answer::Body => {
                    let headers = answer::fields(fields);
                    let (body, truncated) =
                        self.body(response, request.purpose).await.map_err(failed)?;
                    FetchOutcome::Page(Page {
                        url: request.url.to_string(),
                        status,
                        headers,
                        body,
                        truncated,
                        fetched: self.clock.now(),
                        address: noted.address,
                    })
                }
            },
        )
    }

    /// The decoded body up to the limit, and whether it went on: counted as it is inflated, so a
    /// small answer that unpacks to gigabytes costs no more than any other.
    async fn body(
        &self,
        mut response: Response,
        purpose: Purpose,
    ) -> Result<(Vec<u8>, bool), reqwest::Error> {
        let limit = match purpose {
            Purpose::Page | Purpose::Front => self.config.max_body,
            Purpose::Robots | Purpose::Reservation => self.config.robots_max_body,
        };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            let room = limit - body.len();
            if chunk.len() > room {
                body.extend_from_slice(&chunk[..room]);
                return Ok((body, true));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((body, false))
    }
}

impl Fetch for HttpFetcher {
    async fn fetch(&self, request: FetchRequest) -> Fetched {
        let total = match request.purpose {
            Purpose::Page | Purpose::Front => self.config.total_timeout,
            Purpose::Robots | Purpose::Reservation => self.config.robots_timeout,
        };
        let start = Instant::now();
        let mut noted = Noted::default();
        let outcome = timeout(total, self.send(&request, &mut noted))
            .await
            .unwrap_or(Err(Failure::Timeout))
            .unwrap_or_else(FetchOutcome::Failed);
        Fetched {
            outcome,
            took: start.elapsed(),
            address: noted.address,
            allowance: noted.allowance,
            certificate: noted
                .witness
                .and_then(|witness| witness.certificate(request.url.as_str(), noted.h2)),
        }
    }

    async fn ask(&self, questions: Vec<Question>) -> Vec<Asked> {
        self.questions.ask(questions).await
    }
}

/// `foresignal/0.1.0 (+https://example.com/bot)`.
/// The User-Agent field: name, version and whom to turn to.
pub fn user_agent(contact: &str) -> String {
    let product = format!("{PRODUCT}/{}", env!("CARGO_PKG_VERSION"));
    match contact.trim() {
        "" => product,
        contact => format!("{product} (+{contact})"),
    }
}

fn field(name: &'static str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| Error::Identity(name, value.to_owned()))
}

fn builder(config: &Config, make: &Make, tls: ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(make.agent.clone())
        .default_headers(make.headers.clone())
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .dns_resolver(make.resolver.clone())
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.read_timeout)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_CONNECTION)
        .http1_max_headers(MOST_HEADERS)
        .http2_max_header_list_size(MOST_HEADER_BYTES)
        // What browsers forgive, companies' servers do.
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
}

/// The fields that make a request conditional; a validator that cannot be sent back is left out.
fn conditions(request: &FetchRequest) -> HeaderMap {
    let mut fields = HeaderMap::new();
    let mut put = |name: HeaderName, value: &Option<String>| {
        let value = value
            .as_deref()
            .map(|text| HeaderValue::from_bytes(text.as_bytes()));
        if let Some(Ok(value)) = value {
            fields.insert(name, value);
        }
    };
    put(IF_NONE_MATCH, &request.validators.etag);
    put(IF_MODIFIED_SINCE, &request.validators.last_modified);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_say_who_we_are() {
        assert_eq!(
            user_agent("https://x.example/bot"),
            concat!(
                "foresignal/",
                env!("CARGO_PKG_VERSION"),
                " (+https://x.example/bot)"
            )
        );
        assert!(!user_agent("").contains('('));
        let config = Config {
            contact: "a\nb".into(),
            ..Config::default()
        };
        let clock = Clock::starting_at(Default::default());
        assert!(matches!(
            HttpFetcher::new(&config, clock),
            Err(Error::Identity(..))
        ));
    }
}
