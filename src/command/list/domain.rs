//! What people write into a domain column: a domain, a `www.` host, a URL.
//!
//! Domains that many share (`model/shared.toml`) are companies too: `google.com` is one. What is
//! meant by them is told from how the cell is written. A mailbox's domain is what a list made from
//! e-mail addresses holds, so a provider counts as a company only under its site's host
//! (`www.orange.fr`). A social network holds others' pages, whatever the path. At a market, a
//! passage or a dealer, a path makes it somebody's page there, and none the company itself.

use std::net::IpAddr;

use ::url::{Host, Url};
use unicode_security::MixedScript;

use crate::model::domain::{self, Identity, Shared};
use crate::model::url;

/// A company's door.
#[derive(Debug, PartialEq)]
pub(super) struct Door {
    /// The domain without `www.`, with the port where one is named.
    pub(super) domain: String,
    /// The home page.
    pub(super) home: String,
    /// The page, where the list names one deeper than the home page.
    pub(super) page: Option<String>,
    /// What is odd about it.
    pub(super) remarks: Vec<String>,
}

/// Reads one cell.
pub(super) fn read(cell: &str, allow_loopback: bool) -> Result<Door, String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err("the domain is empty".into());
    }
    if let Some((_, at)) = cell.rsplit_once('@').filter(|_| !cell.contains("://")) {
        return Err(mail_address(cell, at));
    }
    let has_scheme = cell.contains("://");
    let spelt = if has_scheme {
        cell.to_owned()
    } else {
        format!("https://{cell}")
    };
    let parsed = Url::parse(&spelt).map_err(|error| format!("{cell:?} is no domain: {error}"))?;
    let mut clean = url::canonical(&parsed).ok_or_else(|| format!("{cell:?} is no web address"))?;
    let host = match clean
        .host()
        .ok_or_else(|| format!("{cell:?} names no host"))?
    {
        Host::Domain(name) => named(cell, name, clean.path())?,
        Host::Ipv4(address) => literal(cell, address.into(), allow_loopback)?,
        Host::Ipv6(address) => literal(cell, address.into(), allow_loopback)?,
    };
    let is_address = !matches!(clean.host(), Some(Host::Domain(_)));
    if is_address && !has_scheme {
        // Certificates are made for names.
        clean
            .set_scheme("http")
            .map_err(|()| format!("{cell:?} is no web address"))?;
    }
    let port = clean.port();
    let page = (clean.path() != "/").then(|| clean.to_string());
    clean.set_path("/");
    clean.set_query(None);
    let remarks = clean.domain().map_or_else(Vec::new, |_| odd(&host));
    let domain = port.map_or(host.clone(), |port| format!("{host}:{port}"));
    Ok(Door {
        domain,
        home: clean.to_string(),
        page,
        remarks,
    })
}

fn mail_address(cell: &str, at: &str) -> String {
    let at = at.trim_end_matches('>').trim();
    match domain::shared(at) {
        Some((Shared::Mailbox | Shared::Provider, entry)) => format!(
            "{cell:?} is an e-mail address at {entry}, which gives them to anybody: write the \
             company's own domain"
        ),
        _ => format!("{cell:?} is an e-mail address, not a domain: is {at} meant?"),
    }
}

/// The name without `www.`, where it can be a company's.
fn named(cell: &str, name: &str, path: &str) -> Result<String, String> {
    let bare = name.strip_prefix("www.").unwrap_or(name);
    if !bare.contains('.') {
        return Err(format!("{cell:?} is no domain: it has no dot"));
    }
    if let Some((why, entry)) = domain::shared(bare)
        && let Some(why) = not_ones_own(why, entry, name, path)
    {
        return Err(format!("{cell:?} {why}"));
    }
    match domain::of_host(bare) {
        Some(_) => Ok(bare.to_owned()),
        None if domain::registered(bare).is_some() => Err(format!(
            "{bare} gives names to others' sites and is no company: write the whole name of the \
             site, like contoso.{bare}"
        )),
        None => Err(format!("{bare} is a public suffix, not a company's domain")),
    }
}

/// Why a cell that names a domain which many share does not name a company, and what to do.
fn not_ones_own(why: Shared, entry: &str, name: &str, path: &str) -> Option<String> {
    let own = "write the company's own domain";
    let itself = name.strip_prefix("www.").unwrap_or(name) == entry;
    let front = is_front(path);
    match why {
        Shared::Mailbox => Some(format!(
            "belongs to everybody: {entry} gives anybody a mailbox; {own}"
        )),
        Shared::Provider if itself && front && !name.starts_with("www.") => Some(format!(
            "belongs to everybody: {entry} gives anybody a mailbox; {own}, or www.{entry} where \
             the provider itself is meant"
        )),
        Shared::Network => Some(format!(
            "belongs to everybody: {entry} holds others' pages; {own}"
        )),
        Shared::Market | Shared::Dealer if !front => Some(format!(
            "is a page at {entry}: {own}, or {entry} alone where that company itself is meant"
        )),
        Shared::Passage if !front || !itself => Some(format!(
            "only leads elsewhere, through {entry}: write the domain that it leads to"
        )),
        Shared::Provider
        | Shared::Market
        | Shared::Dealer
        | Shared::Passage
        | Shared::Platform
        | Shared::Front
        | Shared::Placeholder => None,
    }
}

/// Whether a path is that of a front page, perhaps in one language.
fn is_front(path: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let language =
        |segment: &str| matches!(segment.split(['-', '_']).next(), Some(code) if code.len() == 2);
    segments.next().is_none_or(language) && segments.next().is_none()
}

/// What is odd about a domain that is accepted all the same.
fn odd(host: &str) -> Vec<String> {
    let mut remarks = Vec::new();
    let platform =
        domain::shared(host).filter(|(why, entry)| *why == Shared::Platform && *entry != host);
    let suffix = match domain::of_host(host) {
        Some(Identity::Hosted { suffix, .. }) => Some(suffix),
        _ => platform.map(|(_, entry)| entry.to_owned()),
    };
    if let Some(suffix) = suffix {
        remarks.push(format!(
            "{host} is a site hosted under {suffix}: it is kept under its whole name"
        ));
    }
    let shown = ::url::quirks::domain_to_unicode(host);
    if shown.split('.').any(|label| !label.is_single_script()) {
        remarks.push(format!(
            "{host} mixes scripts (it reads {shown}), as names that imitate others do"
        ));
    }
    remarks
}

fn literal(cell: &str, address: IpAddr, allow_loopback: bool) -> Result<String, String> {
    if !allow_loopback || !address.is_loopback() {
        return Err(format!(
            "{cell:?} is an address, not a domain (loopback addresses are for tests: [fetch] allow_loopback = true)"
        ));
    }
    Ok(match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_crm_writes_is_a_domain() {
        for (cell, domain, home, page) in [
            ("contoso.com", "contoso.com", "https://contoso.com/", None),
            (
                " WWW.Contoso.COM ",
                "contoso.com",
                "https://www.contoso.com/",
                None,
            ),
            (
                "http://contoso.com",
                "contoso.com",
                "http://contoso.com/",
                None,
            ),
            (
                "https://contoso.com/es?x=1",
                "contoso.com",
                "https://contoso.com/",
                Some("https://contoso.com/es?x=1"),
            ),
            (
                "contoso.co.uk:8443",
                "contoso.co.uk:8443",
                "https://contoso.co.uk:8443/",
                None,
            ),
            (
                "münchen.de",
                "xn--mnchen-3ya.de",
                "https://xn--mnchen-3ya.de/",
                None,
            ),
        ] {
            let door = Door {
                domain: domain.into(),
                home: home.into(),
                page: page.map(str::to_owned),
                remarks: Vec::new(),
            };
            assert_eq!(read(cell, false), Ok(door), "{cell}");
        }
        assert_eq!(
            read("127.0.1.5:8080", true).map(|door| door.home),
            Ok("http://127.0.1.5:8080/".into())
        );
    }

    #[test]
    fn what_is_no_domain_is_named() {
        for (cell, says) in [
            ("", "empty"),
            ("n/a", "no dot"),
            ("info@contoso.com", "e-mail"),
            ("gmail.com", "everybody"),
            ("co.uk", "public suffix"),
            ("ftp://contoso.com", "no web address"),
            ("127.0.1.5:8080", "allow_loopback"),
            ("http://10.0.0.1/", "address"),
            ("https://user:pw@contoso.com/", "no web address"),
            ("con toso.com", "no domain"),
            ("info@contoso.com", "is contoso.com meant?"),
            (
                "contoso@gmail.com",
                "anybody: write the company's own domain",
            ),
            ("contoso@orange.fr", "anybody"),
            ("hotmail.es", "mailbox"),
            ("www.gmail.com", "mailbox"),
            (
                "orange.fr",
                "www.orange.fr where the provider itself is meant",
            ),
            ("https://www.facebook.com/contoso", "others' pages"),
            ("www.linkedin.com/company/contoso", "others' pages"),
            ("linkedin.com", "others' pages"),
            ("https://sites.google.com/view/contoso", "others' pages"),
            ("https://www.amazon.de/stores/contoso", "amazon.de alone"),
            ("etsy.com/shop/contoso", "etsy.com alone"),
            ("https://bit.ly/3xYz", "leads elsewhere"),
            ("contoso.okta.com", "leads elsewhere"),
            ("github.io", "like contoso.github.io"),
        ] {
            let why = read(cell, false).expect_err(cell);
            assert!(why.contains(says), "{cell}: {why}");
        }
        assert!(
            read("10.0.0.1", true).is_err(),
            "loopback is not the private network"
        );
    }

    #[test]
    fn companies_that_others_have_pages_at_are_companies_themselves() {
        for (cell, domain) in [
            ("google.com", "google.com"),
            ("https://www.amazon.com/", "amazon.com"),
            ("https://www.ebay.de/de-de/", "ebay.de"),
            ("www.orange.fr", "orange.fr"),
            ("business.orange.fr", "business.orange.fr"),
            ("https://www.yahoo.com/about", "yahoo.com"),
            ("okta.com", "okta.com"),
            ("cloud.google.com", "cloud.google.com"),
            ("wordpress.com", "wordpress.com"),
        ] {
            let door = read(cell, false);
            assert_eq!(
                door.as_ref().map(|door| door.domain.as_str()),
                Ok(domain),
                "{cell}"
            );
            assert_eq!(door.map(|door| door.remarks), Ok(Vec::new()), "{cell}");
        }
    }

    #[test]
    fn hosted_sites_and_mixed_scripts_are_taken_and_said() {
        for (cell, domain, says) in [
            (
                "contoso.github.io",
                "contoso.github.io",
                "hosted under github.io",
            ),
            (
                "https://contoso.azurewebsites.net/",
                "contoso.azurewebsites.net",
                "hosted",
            ),
            (
                "www.contoso.wixsite.com",
                "contoso.wixsite.com",
                "under wixsite.com",
            ),
            ("contoso.myshopify.com", "contoso.myshopify.com", "hosted"),
            ("contoso.blogspot.com", "contoso.blogspot.com", "hosted"),
            ("contoso.wordpress.com", "contoso.wordpress.com", "hosted"),
            // The first letter is Cyrillic.
            ("\u{441}ontoso.com", "xn--ontoso-hrf.com", "mixes scripts"),
        ] {
            let door = read(cell, false).expect(cell);
            assert_eq!(door.domain, domain);
            assert!(
                door.remarks.iter().any(|said| said.contains(says)),
                "{:?}",
                door.remarks
            );
        }
        for plain in ["münchen.de", "пример.com", "contoso.com", "株式会社.jp"] {
            let door = read(plain, false).expect(plain);
            assert_eq!(door.remarks, Vec::<String>::new(), "{plain}");
        }
    }
}
