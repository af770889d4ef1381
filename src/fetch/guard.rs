//! Names and URLs are foreign input: only public addresses are asked, at web ports.
//!
//! Redirects are not followed by the client, so every hop passes here; names are checked where
//! the connection's address is chosen, so an answer that changes between check and use (DNS
//! rebinding) finds nothing. Literal addresses never reach a resolver and are refused as such.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::Config;
use crate::model::state::Failure;

/// IPv4 networks that no public web server stands in (IANA special-purpose registry).
const NOT_PUBLIC_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // RFC 1918
    ([100, 64, 0, 0], 10),    // carrier-grade NAT, RFC 6598
    ([127, 0, 0, 0], 8),      // loopback
    ([168, 63, 129, 16], 32), // Azure's host agent: public by number alone
    ([169, 254, 0, 0], 16),   // link-local, clouds' metadata
    ([172, 16, 0, 0], 12),    // RFC 1918
    ([192, 0, 0, 0], 24),     // IETF assignments
    ([192, 0, 2, 0], 24),     // TEST-NET-1
    ([192, 31, 196, 0], 24),  // AS112
    ([192, 52, 193, 0], 24),  // AMT
    ([192, 88, 99, 0], 24),   // 6to4 relays
    ([192, 168, 0, 0], 16),   // RFC 1918
    ([192, 175, 48, 0], 24),  // AS112
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // TEST-NET-2
    ([203, 0, 113, 0], 24),   // TEST-NET-3
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved, broadcast
];

/// Global unicast: everything else in IPv6 is local, mapped, translated, multicast or unassigned.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Networks within global unicast that no public web server stands in.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // IETF: Teredo, ORCHID, benchmarks
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Whether an address is one that a public web server can have.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let within = |&(network, length): &([u8; 4], u32)| {
                (u32::from(address) ^ u32::from_be_bytes(network)).leading_zeros() >= length
            };
            !NOT_PUBLIC_V4.iter().any(within)
        }
        IpAddr::V6(address) => {
            let within = |&(network, length): &(Ipv6Addr, u32)| {
                (u128::from(address) ^ u128::from(network)).leading_zeros() >= length
            };
            within(&GLOBAL_V6) && !NOT_PUBLIC_V6.iter().any(within)
        }
    }
}

/// Whether a URL may be asked at all, before any name is resolved.
pub fn check_url(url: &Url, config: &Config) -> Result<(), Failure> {
    let web = matches!(url.scheme(), "http" | "https");
    if !web || !url.username().is_empty() || url.password().is_some() {
        return Err(Failure::Private);
    }
    let literal = match url.host() {
        Some(Host::Domain(_)) => None,
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        None => return Err(Failure::Private),
    };
    // No company's site is known by a number alone, so even a public one is refused.
    if let Some(address) = literal
        && !(config.allow_loopback && is_loopback(address))
    {
        return Err(Failure::Private);
    }
    let port = url.port_or_known_default().unwrap_or_default();
    let open = config.allow_loopback || config.extra_ports.contains(&port);
    if open || matches!(port, 80 | 443) {
        Ok(())
    } else {
        Err(Failure::Private)
    }
}

/// The addresses behind a name, if every one may be asked: a name with one private answer among
/// public ones is an attempt at something, and is refused whole.
pub(super) fn admit(addresses: Vec<IpAddr>, config: &Config) -> Result<Vec<IpAddr>, Failure> {
    let may_be_asked =
        |&address: &IpAddr| is_public(address) || (config.allow_loopback && is_loopback(address));
    if addresses.is_empty() {
        Err(Failure::Dns)
    } else if addresses.iter().all(may_be_asked) {
        Ok(addresses)
    } else {
        Err(Failure::Private)
    }
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[0] == Ipv4Addr::LOCALHOST.octets()[0],
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.192",
        "192.0.2.1",
        "192.31.196.1",
        "192.52.193.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "192.175.48.1",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "100:0:0:1::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2620:4f:8000::1",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ];
    const PUBLIC: &[&str] = &[
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "203.0.114.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2400:cb00::1",
        "2606:4700::1111",
        "2a00:1450::1",
        "3ffe::1",
        "3fff:1000::1",
    ];

    #[test]
    fn every_class_of_address_is_known() {
        for address in PRIVATE {
            assert!(
                !is_public(address.parse().expect("an address")),
                "{address}"
            );
        }
        for address in PUBLIC {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn one_private_answer_refuses_the_name() {
        let parsed = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| text.parse().expect("one"))
                .collect()
        };
        let closed = Config::default();
        let open = Config {
            allow_loopback: true,
            ..Config::default()
        };
        for (answers, without, with) in [
            (&["1.1.1.1", "2606:4700::1"][..], None, None),
            (
                &["1.1.1.1", "10.0.0.1"],
                Some(Failure::Private),
                Some(Failure::Private),
            ),
            (
                &["1.1.1.1", "fd00::1"],
                Some(Failure::Private),
                Some(Failure::Private),
            ),
            (&["127.0.0.1", "::1"], Some(Failure::Private), None),
            (
                &["::ffff:127.0.0.1"],
                Some(Failure::Private),
                Some(Failure::Private),
            ),
            (
                &["169.254.169.254"],
                Some(Failure::Private),
                Some(Failure::Private),
            ),
            (&[], Some(Failure::Dns), Some(Failure::Dns)),
        ] {
            assert_eq!(
                admit(parsed(answers), &closed).err(),
                without,
                "{answers:?}"
            );
            assert_eq!(admit(parsed(answers), &open).err(), with, "{answers:?}");
        }
    }

    #[test]
    fn a_url_is_checked_before_its_name() {
        let closed = Config {
            extra_ports: vec![8443],
            ..Config::default()
        };
        let open = Config {
            allow_loopback: true,
            ..Config::default()
        };
        for (url, without, with) in [
            ("https://example.com/", true, true),
            ("http://example.com:443/", true, true),
            ("https://example.com:8443/", true, true),
            ("https://example.com:22/", false, true),
            ("http://localhost/", true, true), // its address decides
            ("https://user@example.com/", false, false),
            ("https://user:pw@example.com/", false, false),
            ("ftp://example.com/", false, false),
            ("file:///etc/passwd", false, false),
            ("http://127.0.0.1/", false, true),
            ("http://127.1:8080/", false, true),
            ("http://0x7f000001/", false, true),
            ("http://2130706433/", false, true),
            ("http://0177.0.0.1/", false, true),
            ("http://127.0.0.1./", false, true),
            ("http://①②⑦.0.0.1/", false, true),
            ("http://[::1]/", false, true),
            ("http://[0:0:0:0:0:0:0:1]:81/", false, true),
            ("http://[::ffff:127.0.0.1]/", false, false),
            ("http://10.0.0.1/", false, false),
            ("http://169.254.169.254/latest/", false, false),
            ("http://[fd00:ec2::254]/", false, false),
            ("http://8.8.8.8/", false, false),
        ] {
            let parsed = Url::parse(url).expect("a URL");
            assert_eq!(check_url(&parsed, &closed).is_ok(), without, "{url}");
            assert_eq!(check_url(&parsed, &open).is_ok(), with, "{url}");
        }
    }
}
