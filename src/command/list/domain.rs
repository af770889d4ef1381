//! What people write into a domain column: a domain, a `www.` host, a URL.

use std::net::IpAddr;

use ::url::{Host, Url};

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
}

/// Domains that belong to everybody's mail or pages, not to a company.
const SHARED: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "facebook.com",
    "linkedin.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "youtube.com",
    "medium.com",
];

/// Reads one cell.
pub(super) fn read(cell: &str, allow_loopback: bool) -> Result<Door, String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err("the domain is empty".into());
    }
    if cell.contains('@') && !cell.contains("://") {
        return Err(format!("{cell:?} is an e-mail address, not a domain"));
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
        Host::Domain(name) => named(cell, name)?,
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
    let domain = port.map_or(host.clone(), |port| format!("{host}:{port}"));
    Ok(Door {
        domain,
        home: clean.to_string(),
        page,
    })
}

fn named(cell: &str, name: &str) -> Result<String, String> {
    let bare = name.strip_prefix("www.").unwrap_or(name);
    if !bare.contains('.') {
        return Err(format!("{cell:?} is no domain: it has no dot"));
    }
    if SHARED.contains(&bare) {
        return Err(format!("{bare} belongs to everybody, not to one company"));
    }
    if psl::domain_str(bare).is_none() {
        return Err(format!("{bare} is a public suffix, not a company's domain"));
    }
    Ok(bare.to_owned())
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
        ] {
            let why = read(cell, false).expect_err(cell);
            assert!(why.contains(says), "{cell}: {why}");
        }
        assert!(
            read("10.0.0.1", true).is_err(),
            "loopback is not the private network"
        );
    }
}
