//! The resolver behind every request: cached, bounded in time, and past the guard.
//!
//! Invariant: only the configured name servers are asked, or the system's where none are. Where
//! the system names none, a name cannot be resolved; public servers are never a fallback, because
//! they would learn whom we look at and answer otherwise than the operator's own.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hickory_resolver::config::{LookupIpStrategy, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::{ConnectionProvider, ResolverBuilder, TokioResolver};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::timeout;

use super::{Config, guard};
use crate::model::state::Failure;

/// How many answers are kept: a few for every host of a large list, some 10 MB.
const CACHED: u64 = 20_000;

/// Resolves names to addresses that may be asked.
#[derive(Clone)]
pub(super) struct Resolver {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    servers: Vec<NameServerConfig>,
    // Made on first use, because it needs the runtime, and because a crawl of literal loopback
    // addresses needs none.
    resolver: OnceLock<Result<TokioResolver, NetError>>,
}

/// Why a name led to no address; found again in the chain of the client's error.
#[derive(Debug, thiserror::Error)]
pub(super) enum NameError {
    /// There is no resolver.
    #[error("no name server: `dns` is empty and the system's configuration is unusable ({0})")]
    NoServer(NetError),
    /// It has no address, or its servers do not answer.
    #[error("cannot resolve {0}: {1}")]
    Unresolved(String, NetError),
    /// Its addresses may not be asked.
    #[error("{0} leads to an address that is not public")]
    Refused(String, Failure),
}

impl NameError {
    /// What it means to the crawl.
    pub(super) fn failure(&self) -> Failure {
        match self {
            NameError::NoServer(_) | NameError::Unresolved(..) => Failure::Dns,
            NameError::Refused(_, failure) => *failure,
        }
    }
}

impl Resolver {
    /// A resolver that asks the configured servers, or the system's.
    pub(super) fn new(config: &Config) -> Resolver {
        Resolver::asking(name_servers(config), config)
    }

    fn asking(servers: Vec<NameServerConfig>, config: &Config) -> Resolver {
        Resolver {
            inner: Arc::new(Inner {
                config: config.clone(),
                servers,
                resolver: OnceLock::new(),
            }),
        }
    }

    /// Every address of a name, if all of them may be asked.
    pub(super) async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, NameError> {
        let built = self.inner.resolver.get_or_init(|| self.inner.build());
        let resolver = match built {
            Ok(resolver) => resolver,
            Err(error) => return Err(NameError::NoServer(error.clone())),
        };
        // With the final dot the system's search list stays out of it: a company's vanished
        // domain must not turn into a host of the operator's network.
        let whole = format!("{}.", name.trim_end_matches('.'));
        // Ends before the connection's own limit, so that a silent name server is told from a
        // silent host.
        let limit = self.inner.config.connect_timeout * 3 / 4;
        let answer = timeout(limit, resolver.lookup_ip(whole))
            .await
            .unwrap_or(Err(NetError::Timeout))
            .map_err(|error| NameError::Unresolved(name.to_owned(), error))?;
        guard::admit(answer.iter().collect(), &self.inner.config)
            .map_err(|failure| NameError::Refused(name.to_owned(), failure))
    }
}

/// The configured name servers; none: the system's are asked.
pub(super) fn name_servers(config: &Config) -> Vec<NameServerConfig> {
    config.dns.iter().copied().map(name_server).collect()
}

fn name_server(at: SocketAddr) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(at.ip());
    for connection in &mut server.connections {
        connection.port = at.port();
    }
    server
}

/// A resolver that asks these servers, or the system's where there are none, within the limits that
/// everybody here has.
pub(super) fn builder<P: ConnectionProvider>(
    servers: &[NameServerConfig],
    config: &Config,
    connections: P,
) -> Result<ResolverBuilder<P>, NetError> {
    let mut builder = if servers.is_empty() {
        // Said once, here: to the crawl it is one failed name after another.
        hickory_resolver::Resolver::builder(connections).inspect_err(|error| {
            tracing::error!(%error, "no name server: set `dns` or repair the system's");
        })?
    } else {
        let servers = ResolverConfig::from_name_servers(servers.to_vec());
        hickory_resolver::Resolver::builder_with_config(servers, connections)
    };
    let options = builder.options_mut();
    options.timeout = config.connect_timeout / 4;
    options.attempts = 1;
    // A domain that is gone today stays gone for this crawl's next few turns.
    options.negative_min_ttl = Some(Duration::from_secs(60));
    Ok(builder)
}

impl Inner {
    fn build(&self) -> Result<TokioResolver, NetError> {
        let connections = TokioRuntimeProvider::default();
        let mut builder = builder(&self.servers, &self.config, connections)?;
        let options = builder.options_mut();
        // Both families, always: the guard judges a name by all its addresses.
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        options.cache_size = CACHED;
        builder.build()
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            let sockets = addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::config::ConnectionConfig;
    use tokio::net::UdpSocket;

    /// A name server on loopback that answers every question for an IPv4 address with these, and
    /// any other with nothing.
    async fn server(addresses: &'static [[u8; 4]]) -> NameServerConfig {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let port = socket.local_addr().expect("bound").port();
        tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                // The question ends with a zero label, two bytes of type and two of class.
                let name_end = 12
                    + question[12..length]
                        .iter()
                        .position(|b| *b == 0)
                        .expect("a name");
                let wants_v4 = question[name_end + 2] == 1;
                let answers = if wants_v4 { addresses } else { &[] };
                let mut reply = question[..name_end + 5].to_vec();
                let count = u8::try_from(answers.len()).expect("few");
                reply[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0]);
                for address in answers {
                    reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
                    reply.extend(address);
                }
                socket.send_to(&reply, from).await.expect("sent");
            }
        });
        let mut connection = ConnectionConfig::udp();
        connection.port = port;
        let mut server = NameServerConfig::udp([127, 0, 0, 1].into());
        server.connections = vec![connection];
        server
    }

    async fn asked(addresses: &'static [[u8; 4]], config: &Config) -> Result<Vec<IpAddr>, Failure> {
        let resolver = Resolver::asking(vec![server(addresses).await], config);
        resolver
            .addresses("www.company.example")
            .await
            .map_err(|error| error.failure())
    }

    #[tokio::test]
    async fn a_name_is_resolved_past_the_guard() {
        let config = Config::default();
        assert_eq!(
            asked(&[[1, 1, 1, 1]], &config).await,
            Ok(vec![[1, 1, 1, 1].into()])
        );
        assert_eq!(
            asked(&[[1, 1, 1, 1], [10, 0, 0, 1]], &config).await,
            Err(Failure::Private)
        );
        assert_eq!(
            asked(&[[127, 0, 0, 1]], &config).await,
            Err(Failure::Private)
        );
        assert_eq!(asked(&[], &config).await, Err(Failure::Dns));
        let open = Config {
            allow_loopback: true,
            ..config
        };
        assert_eq!(
            asked(&[[127, 0, 0, 1]], &open).await,
            Ok(vec![[127, 0, 0, 1].into()])
        );
    }
}
