//! The connections to name servers, watched for what the resolver behind them would not pass on.
//!
//! A resolver keeps the code of an error and throws away the rest: here is seen why an upstream
//! says SERVFAIL (RFC 8914), and that it was TCP that failed, which is spoken only where an answer
//! did not fit into a datagram.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use futures_util::{Stream, StreamExt};
use hickory_resolver::config::{ConnectionConfig, ProtocolConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::{DnsExchange, DnsHandle};
use hickory_resolver::proto::op::{DnsRequest, DnsResponse, ResponseCode};
use hickory_resolver::proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_resolver::{ConnectionProvider, PoolContext};

/// What a lame delegation is called in the resolver's errors.
pub(super) const LAME: &str = "no name server of the zone answers for it";

/// The option that says more of an error (RFC 8914 §2).
const EXTENDED_ERROR: EdnsCode = EdnsCode::Unknown(15);

/// No Reachable Authority, Network Error (RFC 8914 §4.23, §4.24).
const LAME_CODES: [u16; 2] = [22, 23];

/// Makes connections that are watched.
#[derive(Clone, Default)]
pub(super) struct Upstream(TokioRuntimeProvider);

impl ConnectionProvider for Upstream {
    type Conn = Connection;
    type FutureConn = Pin<Box<dyn Future<Output = Result<Connection, NetError>> + Send>>;
    type RuntimeProvider = TokioRuntimeProvider;

    fn new_connection(
        &self,
        ip: IpAddr,
        config: &ConnectionConfig,
        cx: &PoolContext,
    ) -> Result<Self::FutureConn, NetError> {
        let tcp = matches!(config.protocol, ProtocolConfig::Tcp);
        let opening = self.0.new_connection(ip, config, cx)?;
        Ok(Box::pin(async move {
            let inner = opening.await.map_err(|error| failed(error, tcp))?;
            Ok(Connection { inner, tcp })
        }))
    }

    fn runtime_provider(&self) -> &TokioRuntimeProvider {
        &self.0
    }
}

/// A connection that is watched.
#[derive(Clone)]
pub(super) struct Connection {
    inner: DnsExchange<TokioRuntimeProvider>,
    tcp: bool,
}

impl DnsHandle for Connection {
    type Response = Pin<Box<dyn Stream<Item = Result<DnsResponse, NetError>> + Send>>;
    type Runtime = TokioRuntimeProvider;

    fn send(&self, request: DnsRequest) -> Self::Response {
        let tcp = self.tcp;
        let heard = move |answer: Result<DnsResponse, NetError>| match answer {
            Ok(response) if is_lame(&response) => Err(NetError::Message(LAME)),
            Ok(response) => Ok(response),
            Err(error) => Err(failed(error, tcp)),
        };
        Box::pin(self.inner.send(request).map(heard))
    }
}

/// Whoever is asked by TCP was asked by UDP before, and had more to say than fits there. That a
/// connection was closed is left alone: the resolver opens another.
fn failed(error: NetError, tcp: bool) -> NetError {
    match error {
        NetError::Io(_) | NetError::Timeout if tcp && !error.is_connection_closed() => {
            NetError::Truncated
        }
        error => error,
    }
}

fn is_lame(response: &DnsResponse) -> bool {
    if response.response_code != ResponseCode::ServFail {
        return false;
    }
    let options = response.edns.iter().flat_map(|edns| {
        let options = edns.options();
        options.get_all(EXTENDED_ERROR)
    });
    options.into_iter().any(|option| match option {
        EdnsOption::Unknown(_, data) => data
            .first_chunk()
            .is_some_and(|code| LAME_CODES.contains(&u16::from_be_bytes(*code))),
        _ => false,
    })
}
