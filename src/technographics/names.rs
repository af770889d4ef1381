//! What DNS answers and certificates show, held against the clues.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

use super::clues::Ready;
use super::fingerprint::{Clue, technologies};
use super::fusion::{Hit, Sightings, Source};
use super::observed::{Asked, Certificate, Kind, Observed};
use super::spf;

/// Addresses of one record that reports go to: receivers take two (RFC 7489 §6.2), and few more.
const REPORTS: usize = 20;

/// Names of one certificate that are looked at, and certificates.
const NAMES: usize = 1000;

/// Clues that are found in one sort of text, and a set that finds all of them at once.
struct Index {
    clues: Vec<Ready>,
    set: RegexSet,
}

impl Index {
    /// The clues of which `field` is set, each as the pattern that `written` makes of it.
    fn of(field: fn(&Clue) -> Option<&String>, written: fn(&str) -> String) -> Index {
        let (mut clues, mut patterns) = (Vec::new(), Vec::new());
        for (number, technology) in technologies().iter().enumerate() {
            for clue in &technology.clues {
                if let Some(text) = field(clue) {
                    clues.push(Ready::new(number, clue));
                    patterns.push(written(text));
                }
            }
        }
        let set = RegexSetBuilder::new(patterns)
            .case_insensitive(true)
            .build()
            .expect("escaped names make a set of patterns");
        Index { clues, set }
    }

    fn matching<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a Ready> {
        let found = self.set.matches(text);
        found.into_iter().map(|number| &self.clues[number])
    }
}

/// The last labels of a host name: `a.*.b` → `(?:^|\.)a\.[^.@]*\.b$`.
fn ending(host: &str) -> String {
    format!(r"(?:^|\.){}$", regex::escape(host).replace(r"\*", "[^.@]*"))
}

fn beginning(text: &str) -> String {
    format!("^{}", regex::escape(text))
}

fn within(text: &str) -> String {
    format!(r"(?:^|\b){}", regex::escape(text))
}

struct Indices {
    mx: Index,
    spf: Index,
    txt: Index,
    cname: Index,
    ns: Index,
    dkim: Index,
    srv: Index,
    reports: Index,
    issuer: Index,
    san: Index,
    caa: Index,
    protocol: Index,
    addresses: Vec<(Network, Ready)>,
}

static INDICES: LazyLock<Indices> = LazyLock::new(|| Indices {
    mx: Index::of(|clue| clue.mx.as_ref(), ending),
    spf: Index::of(|clue| clue.spf.as_ref(), ending),
    txt: Index::of(|clue| clue.txt.as_ref(), beginning),
    cname: Index::of(|clue| clue.cname.as_ref(), ending),
    ns: Index::of(|clue| clue.ns.as_ref(), ending),
    dkim: Index::of(
        |clue| clue.dkim.as_ref(),
        |selector| format!("^{}$", regex::escape(selector).replace(r"\*", ".*")),
    ),
    srv: Index::of(|clue| clue.srv.as_ref(), ending),
    reports: Index::of(|clue| clue.reports.as_ref(), ending),
    issuer: Index::of(|clue| clue.issuer.as_ref(), within),
    san: Index::of(|clue| clue.san.as_ref(), ending),
    caa: Index::of(|clue| clue.caa.as_ref(), ending),
    protocol: Index::of(
        |clue| clue.protocol.as_ref(),
        |name| format!("{}$", beginning(name)),
    ),
    addresses: addresses(),
});

fn addresses() -> Vec<(Network, Ready)> {
    let clues = technologies().iter().enumerate();
    let clues = clues.flat_map(|(number, one)| one.clues.iter().map(move |clue| (number, clue)));
    let network = |(number, clue): (usize, &'static Clue)| {
        let network = Network::parse(clue.address.as_deref()?)?;
        Some((network, Ready::new(number, clue)))
    };
    clues.filter_map(network).collect()
}

/// Whether a name in an SPF record is a known sender's.
pub(super) fn is_sender(name: &str) -> bool {
    INDICES.spf.matching(name).next().is_some()
}

impl Sightings {
    /// Everything that DNS and TLS show of a domain.
    pub(super) fn names(&mut self, observed: &Observed) {
        for asked in &observed.asked {
            if let Some(at) = observed.relative(&asked.name) {
                self.answer(asked, at, observed);
            }
        }
        for sender in spf::senders(observed) {
            for ready in INDICES.spf.matching(&sender.name) {
                let evidence = format!("SPF {}", sender.name);
                self.show(
                    ready,
                    Source::Spf,
                    sender.name.as_bytes(),
                    evidence,
                    &sender.uri,
                );
            }
        }
        for certificate in observed.certificates.iter().take(NAMES) {
            self.certificate(certificate, observed);
        }
    }

    fn answer(&mut self, asked: &Asked, at: &str, observed: &Observed) {
        let uri = asked.uri();
        let selector = at.strip_suffix("._domainkey");
        for record in asked.records() {
            let shown = without_mailboxes(record);
            if let Some(selector) = selector
                && is_key(asked.kind, record)
            {
                for ready in INDICES.dkim.matching(selector) {
                    let evidence = format!("DKIM {selector}: {shown}");
                    self.show(ready, Source::Dkim, record.as_bytes(), evidence, &uri);
                }
            }
            if matches!(asked.kind, Kind::A | Kind::Aaaa) {
                self.address(record, at, &uri);
                continue;
            }
            let Some((index, source)) = sort(asked.kind, at) else {
                continue;
            };
            let values = values(asked.kind, at, record);
            let own: Vec<String> = match asked.kind {
                Kind::Mx | Kind::Cname | Kind::Srv => values
                    .iter()
                    .filter_map(|host| own(host, observed))
                    .collect(),
                _ => Vec::new(),
            };
            for value in values.into_iter().chain(own) {
                let known = index.matching(&value);
                for ready in known.filter(|ready| counts(ready.clue, asked.kind, at)) {
                    let evidence = format!("{} {}: {shown}", asked.kind.id(), asked.name);
                    self.show(ready, source, value.as_bytes(), evidence, &uri);
                }
            }
            if asked.kind == Kind::Txt && matches!(at, "_dmarc" | "_smtp._tls") {
                for host in reported_to(record) {
                    for ready in INDICES.reports.matching(&host) {
                        let evidence = format!("reports of {} go to {host}", asked.name);
                        self.show(ready, Source::Reports, host.as_bytes(), evidence, &uri);
                    }
                }
            }
        }
    }

    fn address(&mut self, record: &str, at: &str, uri: &str) {
        let Ok(address) = record.trim().parse::<IpAddr>() else {
            return;
        };
        let known = INDICES.addresses.iter().filter(|(network, ready)| {
            let wanted = ready.clue.at.as_ref();
            matches!(at, "" | "www")
                && network.has(address)
                && wanted.is_none_or(|wanted| counts_at(wanted, at))
        });
        for (_, ready) in known {
            let evidence = format!("address {address}");
            self.show(ready, Source::Address, record.as_bytes(), evidence, uri);
        }
    }

    fn certificate(&mut self, certificate: &Certificate, observed: &Observed) {
        let url = &certificate.url;
        for ready in INDICES.issuer.matching(&certificate.issuer) {
            let evidence = format!("certificate issued by {}", certificate.issuer);
            let text = certificate.issuer.as_bytes();
            self.show(ready, Source::Certificate, text, evidence, url);
        }
        for name in certificate.names.iter().take(NAMES) {
            let own = own(&name.to_ascii_lowercase(), observed);
            for value in std::iter::once(name).chain(&own) {
                for ready in INDICES.san.matching(value) {
                    let evidence = format!("certificate for {name}");
                    self.show(ready, Source::Certificate, value.as_bytes(), evidence, url);
                }
            }
        }
        for ready in INDICES.protocol.matching(&certificate.protocol) {
            let evidence = format!("connection by {}", certificate.protocol);
            let text = certificate.protocol.as_bytes();
            self.show(ready, Source::Connection, text, evidence, url);
        }
    }

    fn show(&mut self, ready: &Ready, source: Source, text: &[u8], evidence: String, url: &str) {
        let Some(version) = ready.accepts(text) else {
            return;
        };
        let hit = Hit {
            clue: ready.clue,
            source,
            confidence: ready.clue.confidence,
            version,
            evidence,
            url,
        };
        self.add(ready.technology, hit);
    }
}

/// Where the records of this type are looked up, and what they are a source of.
fn sort(kind: Kind, at: &str) -> Option<(&'static Index, Source)> {
    let all = &*INDICES;
    Some(match kind {
        Kind::Mx => (&all.mx, Source::Mx),
        Kind::Txt if at.is_empty() => (&all.txt, Source::Token),
        Kind::Txt => (&all.txt, Source::Record),
        Kind::Cname if at.ends_with("._domainkey") => (&all.cname, Source::Dkim),
        Kind::Cname => (&all.cname, Source::Alias),
        Kind::Ns => (&all.ns, Source::Ns),
        Kind::Srv => (&all.srv, Source::Srv),
        Kind::Caa => (&all.caa, Source::Record),
        Kind::A | Kind::Aaaa | Kind::Soa => return None,
    })
}

/// What of a record a clue is held against: of most, the host at their end.
fn values(kind: Kind, at: &str, record: &str) -> Vec<String> {
    let host = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    match kind {
        // A policy at a name of its own, like DMARC's, is one record; so is a token.
        Kind::Txt if at.ends_with("._domainkey") => Vec::new(),
        Kind::Txt => vec![record.trim().to_owned()],
        Kind::Caa => {
            let issue = record.split_ascii_whitespace().nth(1);
            let value = record.split('"').nth(1).unwrap_or_default();
            let issuer = value.split(';').next().unwrap_or_default().trim();
            match issue {
                Some("issue" | "issuewild") => vec![host(issuer)],
                _ => Vec::new(),
            }
        }
        _ => record
            .split_ascii_whitespace()
            .next_back()
            .map(host)
            .into_iter()
            .collect(),
    }
}

/// A host of the domain itself, as its zone file may write it: `sip.@` of `sip.company.example`.
fn own(host: &str, observed: &Observed) -> Option<String> {
    observed.relative(host).map(|at| match at {
        "" => "@".to_owned(),
        at => format!("{at}.@"),
    })
}

fn counts(clue: &Clue, kind: Kind, at: &str) -> bool {
    match &clue.at {
        Some(wanted) => counts_at(wanted, at),
        None => matches!(kind, Kind::Cname | Kind::Srv) || at.is_empty(),
    }
}

/// Whether a name, relative to the domain, is the one wanted; a star stands for anything.
pub(super) fn counts_at(wanted: &str, at: &str) -> bool {
    match wanted.split_once('*') {
        Some((start, end)) => {
            at.len() >= start.len() + end.len() && at.starts_with(start) && at.ends_with(end)
        }
        None => wanted == at,
    }
}

/// Whether a record at a selector publishes a key (RFC 6376 §3.6.1): an empty one is revoked, and an
/// alias that speaks of no key is a wildcard's.
fn is_key(kind: Kind, record: &str) -> bool {
    let record = record.to_ascii_lowercase();
    match kind {
        Kind::Cname => record.contains("dkim") || record.contains("domainkey"),
        Kind::Txt => record.split(';').any(|tag| {
            let value = tag.trim().strip_prefix("p=");
            value.is_some_and(|key| !key.trim().is_empty())
        }),
        _ => false,
    }
}

/// A record without the names of the mailboxes in it, which are persons' often enough.
pub(super) fn without_mailboxes(record: &str) -> String {
    let mut parts = record.split('@').peekable();
    let mut shown = String::with_capacity(record.len());
    while let Some(part) = parts.next() {
        let local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
        match parts.peek() {
            None => shown.push_str(part),
            Some(_) => shown.extend([part.trim_end_matches(local), "…@"]),
        }
    }
    shown
}

/// The hosts of the addresses in a DMARC record's `rua` and `ruf` (RFC 7489 §6.3) or a TLS-RPT
/// record's `rua` (RFC 8460 §3).
fn reported_to(record: &str) -> Vec<String> {
    let addresses = record.split(';').filter_map(|tag| {
        let (name, value) = tag.split_once('=')?;
        matches!(name.trim(), "rua" | "ruf").then_some(value)
    });
    let host = |address: &str| {
        let address = address.trim();
        let after = match address.strip_prefix("mailto:") {
            Some(mail) => mail.rsplit('@').next()?,
            None => address.strip_prefix("https://")?,
        };
        let host = after.split(['!', '/', ':']).next()?;
        Some(host.trim_end_matches('.').to_ascii_lowercase())
    };
    addresses
        .flat_map(|value| value.split(',').filter_map(host))
        .take(REPORTS)
        .collect()
}

/// Addresses that begin alike.
pub(super) struct Network(IpAddr, u32);

impl Network {
    /// `192.0.2.0/24`; a bare address is a network of one.
    pub(super) fn parse(text: &str) -> Option<Network> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, length.parse().ok()?),
            None => (text, if text.contains(':') { 128 } else { 32 }),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        (length <= longest).then_some(Network(address, length))
    }

    fn has(&self, address: IpAddr) -> bool {
        let Network(own, length) = self;
        let (bits, width) = match (own, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(own.to_bits() ^ other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits() ^ other.to_bits(), 128),
            _ => return false,
        };
        bits.checked_shr(width - length).unwrap_or(0) == 0
    }
}
