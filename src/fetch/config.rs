//! What may be set about the network's edge. Each default is named beside its reason.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// The `[fetch]` section.
#[derive(Deserialize, Clone, PartialEq, Debug)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where a site's owner reads who we are and how to be left alone: an URL or an address for
    /// mail, shown in the User-Agent field. Empty by default, and a crawl does not start so.
    pub contact: String,
    /// The From field (RFC 9110 §10.1.2): who answers for this robot. None by default: the
    /// contact suffices, and an address in every request is the operator's own choice.
    pub from: String,
    /// To resolve the name and open a connection, TLS included. 10 s: who takes longer is down or
    /// does not want us.
    #[serde(with = "humantime_serde")]
    pub connect_timeout: Duration,
    /// Between two pieces of an answer, and from the start to the first. 20 s, twice the time to
    /// connect: some pages are made to order, but nobody waits longer for one.
    #[serde(with = "humantime_serde")]
    pub read_timeout: Duration,
    /// For a whole request. 60 s: a server that drips must not hold a turn for ever.
    #[serde(with = "humantime_serde")]
    pub total_timeout: Duration,
    /// Bytes kept of a body, after decompression. 4 MiB: no page that people read is larger, and
    /// memory is bounded by this times the turns in flight.
    pub max_body: usize,
    /// For the whole request of a robots.txt. 10 s: it is a small file, and the host waits for it.
    #[serde(with = "humantime_serde")]
    pub robots_timeout: Duration,
    /// Bytes kept of a robots.txt. 512 KiB: RFC 9309 §2.5 asks for at least 500 KiB.
    pub robots_max_body: usize,
    /// Lets requests go to this machine, at any port. Off: names are foreign input. For tests and
    /// the demo.
    pub allow_loopback: bool,
    /// Ports asked besides 80 and 443. None by default: other ports are other services.
    pub extra_ports: Vec<u16>,
    /// PEM files with certificates of authorities to believe besides the system's, such as that of
    /// a company's own proxy or test servers. None by default: the system knows the public ones.
    pub extra_ca: Vec<PathBuf>,
    /// Name servers, `"192.0.2.1"` or with a port `"192.0.2.1:5353"`. None by default, which
    /// means the system's; never a public one by itself.
    #[serde(deserialize_with = "name_servers")]
    pub dns: Vec<SocketAddr>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            contact: String::new(),
            from: String::new(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(60),
            max_body: 4 * 1024 * 1024,
            robots_timeout: Duration::from_secs(10),
            robots_max_body: 512 * 1024,
            allow_loopback: false,
            extra_ports: Vec::new(),
            extra_ca: Vec::new(),
            dns: Vec::new(),
        }
    }
}

/// The port of a name server that is written without one.
const DNS_PORT: u16 = 53;

fn name_servers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SocketAddr>, D::Error> {
    let server = |text: String| {
        let alone = text
            .parse::<IpAddr>()
            .map(|address| (address, DNS_PORT).into());
        alone.or_else(|_| text.parse()).map_err(|_| {
            D::Error::custom(format!(
                "{text:?} is no address of a name server, with or without a port"
            ))
        })
    };
    let texts = Vec::<String>::deserialize(from)?;
    texts.into_iter().map(server).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_keeps_its_default_and_what_is_misspelt_is_refused() {
        let config: Config = toml::from_str(
            "contact = 'https://x.example/bot'\nread_timeout = '1m 5s'\ndns = ['::1']",
        )
        .expect("valid");
        assert_eq!(config.read_timeout, Duration::from_secs(65));
        assert_eq!(config.max_body, Config::default().max_body);
        assert!(toml::from_str::<Config>("read_timout = '1s'").is_err());
    }

    #[test]
    fn a_name_server_may_have_a_port() {
        let config: Config =
            toml::from_str("dns = ['::1', '127.0.0.1:5353', '[::1]:5353']").expect("valid");
        let texts: Vec<_> = config.dns.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["[::1]:53", "127.0.0.1:5353", "[::1]:5353"]);
        assert!(toml::from_str::<Config>("dns = ['localhost']").is_err());
    }
}
