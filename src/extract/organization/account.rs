//! The company's own accounts at social networks, as its pages link to them.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use url::Url;

use super::super::{head, links};
use super::own::Own;
use super::{Said, Source};
use crate::model::profile::{Attribute, ClaimBasis};

/// Accounts that a page calls itself.
const MOST: usize = 5;
/// Bytes of an account's address.
const LONGEST: usize = 160;

/// `social.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    network: Vec<Network>,
    not: Not,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Network {
    hosts: Vec<String>,
    account: String,
    write: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Not {
    names: HashSet<String>,
    mastodon: Vec<String>,
}

/// The same, made ready.
struct Networks {
    networks: Vec<(Network, Regex)>,
    not: HashSet<String>,
    /// Hosts whose accounts look like those of Mastodon.
    others: Vec<String>,
}

static NETWORKS: LazyLock<Networks> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("social.toml")).expect("tests read social.toml");
    let ready = |network: Network| {
        let account = Regex::new(&format!("(?i){}", network.account));
        let account = account.expect("social.toml is well formed");
        (network, account)
    };
    Networks {
        networks: file.network.into_iter().map(ready).collect(),
        not: file.not.names,
        others: file.not.mastodon,
    }
});

/// The accounts that the page links to as the company's: named like it, or one alone of its
/// network in the page's frame.
pub(super) fn said(source: &Source<'_>, place: Option<ClaimBasis>, own: &Own) -> Vec<Said> {
    let mut by_network: BTreeMap<usize, Vec<(String, bool)>> = BTreeMap::new();
    for link in source.links {
        if let Some((network, account)) = account(&link.url) {
            let accounts = by_network.entry(network).or_default();
            if !accounts
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(&account))
            {
                accounts.push((account, link.frame));
            }
        }
    }
    for account in related(source) {
        let accounts = by_network.entry(NETWORKS.networks.len()).or_default();
        if accounts.iter().all(|(known, _)| *known != account) {
            accounts.push((account, true));
        }
    }
    let mut said = Vec::new();
    for accounts in by_network.into_values() {
        let alone = accounts.len() == 1;
        let like = |account: &str| own.resembles(name(account));
        let chosen = accounts
            .iter()
            .find(|(account, _)| like(account))
            .or_else(|| accounts.first().filter(|(_, frame)| alone && *frame));
        if let Some((account, frame)) = chosen {
            said.push(Said {
                attribute: Attribute::Social,
                value: account.clone(),
                basis: place.filter(|_| !frame).unwrap_or(ClaimBasis::Frame),
                evidence: account.clone(),
            });
        }
    }
    said
}

/// Accounts of Mastodon at hosts that nobody has listed: what the page calls itself there
/// (`rel=me`), as the account must do of the page.
fn related(source: &Source<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (_, node) in source.dom.iter() {
        let me = head::rels(node.attr("rel")).any(|rel| rel == "me");
        let Some(href) = node.attr("href").filter(|_| me) else {
            continue;
        };
        let Some(address) = links::resolved(source.url, href) else {
            continue;
        };
        if account(&address).is_none() && is_mastodon(&address) && found.len() < MOST {
            found.push(address.trim_end_matches('/').to_owned());
        }
    }
    found
}

/// Whether an address looks like that of an account of Mastodon, at a host that is no other
/// network's.
pub(in crate::extract) fn is_mastodon(address: &str) -> bool {
    let Some(url) = Url::parse(address)
        .ok()
        .filter(|_| address.len() <= LONGEST)
    else {
        return false;
    };
    let Some(host) = url.host_str().filter(|_| url.query().is_none()) else {
        return false;
    };
    let at = |name: &String| {
        host.strip_suffix(name.as_str())
            .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    };
    let name = url.path().trim_end_matches('/').strip_prefix("/@");
    let is_name = name.is_some_and(|name| !name.is_empty() && !name.contains(['/', '@']));
    let other =
        |known: &(Network, Regex)| !known.0.write.is_empty() && known.0.hosts.iter().any(at);
    is_name && !NETWORKS.others.iter().any(at) && !NETWORKS.networks.iter().any(other)
}

/// The account's name: the last part of its address.
fn name(account: &str) -> &str {
    account
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .trim_start_matches('@')
}

/// The account that an address leads to, in its normal form, with its network's number.
pub(super) fn account(address: &str) -> Option<(usize, String)> {
    if address.len() > LONGEST {
        return None;
    }
    let start = address.find("://")? + 3;
    let host = address[start..].split(['/', '?', '#', ':']).next()?;
    let host = host.to_ascii_lowercase();
    let (number, (network, account)) =
        NETWORKS.networks.iter().enumerate().find(|(_, known)| {
            let mut hosts = known.0.hosts.iter();
            hosts.any(|name| {
                host.strip_suffix(name.as_str())
                    .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
            })
        })?;
    let url = Url::parse(address).ok()?;
    let path = url.path().trim_end_matches('/');
    // What stands behind the account's name is a page of it.
    let tabs = [
        "/about",
        "/jobs",
        "/posts",
        "/videos",
        "/featured",
        "/mycompany",
        "/timeline",
    ];
    let path = tabs
        .iter()
        .find_map(|tab| path.strip_suffix(tab))
        .unwrap_or(path);
    let first = path.split('/').nth(1)?.to_ascii_lowercase();
    let listed = NETWORKS.not.contains(first.trim_start_matches('@'));
    let kept = first == "pages" && account.is_match(path);
    if listed && !kept || !account.is_match(path) {
        return None;
    }
    let value = match network.write.as_str() {
        "" => format!("https://{host}{path}"),
        write if write.contains("//x.com") => write.replace("{}", &path.replacen("/@", "/", 1)),
        write => write.replace("{}", path),
    };
    Some((number, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_organisations_alone_are_accounts() {
        for (address, wanted) in [
            (
                "http://es.linkedin.com/company/contoso/?trk=x",
                "https://www.linkedin.com/company/contoso",
            ),
            (
                "https://twitter.com/contoso?lang=en",
                "https://x.com/contoso",
            ),
            (
                "https://m.facebook.com/contoso.es/",
                "https://www.facebook.com/contoso.es",
            ),
            (
                "https://youtube.com/@contoso/videos",
                "https://www.youtube.com/@contoso",
            ),
            ("https://twitter.com/@contoso", "https://x.com/contoso"),
            ("https://github.com/contoso", "https://github.com/contoso"),
            (
                "https://www.xing.com/companies/contoso",
                "https://www.xing.com/companies/contoso",
            ),
            (
                "https://mastodon.social/@contoso",
                "https://mastodon.social/@contoso",
            ),
        ] {
            let found = account(address).map(|(_, account)| account);
            assert_eq!(found.as_deref(), Some(wanted));
        }
        for address in [
            "https://www.linkedin.com/in/jane-roe",
            "https://www.linkedin.com/shareArticle?url=x",
            "https://twitter.com/intent/tweet?text=x",
            "https://x.com/contoso/status/1",
            "https://www.facebook.com/sharer/sharer.php?u=x",
            "https://www.facebook.com/sharer.php?u=x",
            "https://github.com/contoso/repo",
            "https://www.xing.com/profile/Jane_Roe",
            "https://notlinkedin.com/company/contoso",
            "https://www.instagram.com/p/abc",
            "https://contoso.example/company/x",
        ] {
            assert_eq!(account(address), None, "{address}");
        }
    }
}
