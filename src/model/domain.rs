//! Whose a domain is: by the public suffix list, and by what is known of domains that many share.
//! Pure; the shared domains are data (`shared.toml`).
//!
//! The list has two sections. By the ICANN section a name is registered (`contoso.co.uk`); by the
//! private one its owner gives names away to anybody (`contoso.github.io`): who has such a name has
//! a site there, and neither mail nor name servers of its own.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::LazyLock;

use psl::Type;
use serde::Deserialize;

/// What a host is a name of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Of a domain that somebody registered: `www.contoso.co.uk` is of `contoso.co.uk`.
    Registrable(String),
    /// Of a site at somebody who gives names away, or who rents them out.
    Hosted {
        /// The site: `contoso.github.io`.
        host: String,
        /// What it stands under: `github.io`.
        suffix: String,
    },
}

/// Why a domain is not one company's alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shared {
    /// It is there for anybody's mailbox, and for nothing else: `gmail.com`.
    Mailbox,
    /// Its owner's own site is there, and anybody's mailbox: `orange.fr`.
    Provider,
    /// Others' pages and profiles are there: `facebook.com`.
    Network,
    /// Its owner's own site is there, and pages of others: `amazon.com`.
    Market,
    /// Sites of others are there, each under a name of its own: `contoso.wordpress.com`.
    Platform,
    /// It only stands before others' pages: shorteners, logins, filters.
    Passage,
    /// Domains are parked or sold there.
    Dealer,
    /// Content networks and their like, that put their customers on one certificate.
    Front,
    /// It stands in examples and templates: `example.com`.
    Placeholder,
}

/// What a host is a name of; `None`: it is an address, has no dot, or is a public suffix itself.
pub fn of_host(host: &str) -> Option<Identity> {
    let host = normal(host)?;
    let site = psl::domain_str(&host)?.to_owned();
    let suffix = psl::suffix(host.as_bytes())?;
    match suffix.typ() {
        Some(Type::Private) => Some(Identity::Hosted {
            suffix: psl::suffix_str(&host)?.to_owned(),
            host: site,
        }),
        Some(Type::Icann) | None => Some(Identity::Registrable(site)),
    }
}

/// The site that a host belongs to, whoever gave it its name: two hosts of one site have one owner.
pub fn site(host: &str) -> Option<String> {
    of_host(host).map(|identity| match identity {
        Identity::Registrable(domain) => domain,
        Identity::Hosted { host, .. } => host,
    })
}

/// The domain of a host that was registered, by the ICANN section alone: `github.io` of
/// `contoso.github.io`.
pub fn registered(host: &str) -> Option<String> {
    let host = normal(host)?;
    let mut below = host.as_str();
    let mut suffix = psl::suffix(below.as_bytes())?;
    while suffix.typ() == Some(Type::Private) {
        // What stands above a private suffix's first label is a suffix of either section.
        below = psl::suffix_str(below)?.split_once('.')?.1;
        suffix = psl::suffix(below.as_bytes())?;
    }
    let before = host.strip_suffix(psl::suffix_str(below)?)?;
    let label = before.strip_suffix('.')?.rsplit('.').next()?;
    let start = before.len() - 1 - label.len();
    Some(host[start..].to_owned())
}

/// The label that people know a registered domain by: `contoso` of `contoso.co.uk`.
pub fn label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or_default()
}

/// Why a host is not one company's alone, and the entry that says so: its own, or that of a domain
/// above it.
pub fn shared(host: &str) -> Option<(Shared, &'static str)> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let mut rest = host.as_str();
    loop {
        if let Some((entry, why)) = SHARED.get_key_value(rest) {
            return Some((*why, entry));
        }
        rest = rest.split_once('.')?.1;
    }
}

/// In lower case and without the root's dot; an address is no name.
fn normal(host: &str) -> Option<String> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let numeric = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = host.parse::<IpAddr>().is_err()
        && !host.starts_with('[')
        && host.split('.').all(|label| !label.is_empty())
        && !host.rsplit('.').next().is_some_and(numeric);
    is_name.then_some(host)
}

/// `shared.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    domains: HashMap<Shared, Vec<String>>,
    family: Vec<Family>,
}

/// One name under many suffixes: `yahoo.com`, `yahoo.de`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    why: Shared,
    names: Vec<String>,
    under: Vec<String>,
}

static SHARED: LazyLock<HashMap<String, Shared>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("shared.toml")).expect("a test reads shared.toml");
    let mut all = HashMap::new();
    for family in &file.family {
        for name in &family.names {
            let domains = family.under.iter().map(|suffix| format!("{name}.{suffix}"));
            all.extend(domains.map(|domain| (domain, family.why)));
        }
    }
    for (why, domains) in file.domains {
        all.extend(domains.into_iter().map(|domain| (domain, why)));
    }
    all
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_domains_and_hosted_sites_are_told_apart() {
        for (host, site, suffix, registered) in [
            ("WWW.Contoso.co.uk.", "contoso.co.uk", None, "contoso.co.uk"),
            (
                "a.b.contoso.example",
                "contoso.example",
                None,
                "contoso.example",
            ),
            (
                "www.contoso.github.io",
                "contoso.github.io",
                Some("github.io"),
                "github.io",
            ),
            (
                "contoso.azurewebsites.net",
                "contoso.azurewebsites.net",
                Some("azurewebsites.net"),
                "azurewebsites.net",
            ),
            (
                "contoso.wixsite.com",
                "contoso.wixsite.com",
                Some("wixsite.com"),
                "wixsite.com",
            ),
            (
                "contoso.myshopify.com",
                "contoso.myshopify.com",
                Some("myshopify.com"),
                "myshopify.com",
            ),
            ("contoso.uk.com", "contoso.uk.com", Some("uk.com"), "uk.com"),
            (
                "xn--mnchen-3ya.de",
                "xn--mnchen-3ya.de",
                None,
                "xn--mnchen-3ya.de",
            ),
        ] {
            let expected = match suffix {
                None => Identity::Registrable(site.to_owned()),
                Some(suffix) => Identity::Hosted {
                    host: site.to_owned(),
                    suffix: suffix.to_owned(),
                },
            };
            assert_eq!(of_host(host), Some(expected), "{host}");
            assert_eq!(
                super::registered(host).as_deref(),
                Some(registered),
                "{host}"
            );
            assert_eq!(super::site(host).as_deref(), Some(site), "{host}");
        }
    }

    #[test]
    fn what_nobody_has_is_nobodys() {
        for host in [
            "",
            ".",
            "localhost",
            "com",
            "co.uk",
            "127.0.0.1",
            "[::1]",
            "a..b",
            "1.2",
        ] {
            assert_eq!(of_host(host), None, "{host}");
        }
        assert_eq!(of_host("github.io"), None);
        assert_eq!(registered("github.io").as_deref(), Some("github.io"));
        assert_eq!(registered("co.uk"), None);
    }

    #[test]
    fn shared_domains_are_found_at_any_depth() {
        for (host, why) in [
            ("gmail.com", Some(Shared::Mailbox)),
            ("Hotmail.co.uk", Some(Shared::Mailbox)),
            ("yahoo.com.br", Some(Shared::Provider)),
            ("orange.fr", Some(Shared::Provider)),
            ("es.linkedin.com", Some(Shared::Network)),
            ("www.amazon.de", Some(Shared::Market)),
            ("sites.google.com", Some(Shared::Network)),
            ("www.google.com", Some(Shared::Market)),
            ("login.microsoftonline.com", Some(Shared::Passage)),
            ("microsoft.com", None),
            ("notgmail.com", None),
            ("contoso.com", None),
        ] {
            assert_eq!(shared(host).map(|(why, _)| why), why, "{host}");
        }
    }

    #[test]
    fn every_entry_is_spelt_as_hosts_are_and_stands_once() {
        let text = include_str!("shared.toml");
        let file: File = toml::from_str(text).expect("it is well formed");
        let mut seen = std::collections::HashSet::new();
        for domain in file.domains.values().flatten() {
            let spelt = url::Host::parse(domain).map(|host| host.to_string());
            assert_eq!(spelt.as_ref(), Ok(domain));
            assert!(domain.contains('.') && seen.insert(domain), "{domain}");
        }
        assert!(SHARED.len() > 800, "{}", SHARED.len());
    }
}
