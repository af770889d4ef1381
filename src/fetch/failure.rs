//! Why a request ended without an answer, as far as the client's error tells.

use std::error::Error;
use std::io;

use super::dns::NameError;
use crate::model::state::Failure;

/// What the client's error means; `secure`: the request was for https.
pub(super) fn of(error: &reqwest::Error, secure: bool) -> Failure {
    let mut refused = None;
    let (mut handshake, mut tls) = (false, false);
    let mut large = false;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(name) = current.downcast_ref::<NameError>() {
            refused = Some(name.failure());
        }
        // A failed handshake comes as an I/O error around the TLS library's; the operating
        // system's own errors (refused, unreachable) carry a number.
        if let Some(io) = current.downcast_ref::<io::Error>() {
            handshake |= io.raw_os_error().is_none() && io.kind() != io::ErrorKind::TimedOut;
            // It also has something to say later: whoever wants a certificate of ours says so
            // when the handshake is over on our side.
            tls |= io
                .get_ref()
                .is_some_and(|inner| inner.is::<rustls::Error>());
        }
        // The HTTP library names this case in words alone.
        large |= current.to_string().contains("message head is too large");
        cause = current.source();
    }
    match refused {
        Some(failure) => failure,
        None if error.is_timeout() => Failure::Timeout,
        None if large => Failure::TooLarge,
        None if tls || error.is_connect() && secure && handshake => Failure::Tls,
        None if error.is_dns() => Failure::Dns,
        None if error.is_connect() => Failure::Connect,
        None => Failure::Protocol,
    }
}
