//! Whose a host is: the page's own site, or somebody else's that it borrows from.

use url::Url;

use crate::model::domain;

/// The site that a page belongs to.
pub(super) struct Site {
    domain: Option<String>,
    /// The name before the public suffix, letters and digits alone: `acme-tools.co.uk` → `acmetools`.
    name: Option<String>,
}

impl Site {
    /// The site of a page's URL.
    pub(super) fn of(url: &str) -> Site {
        let url = Url::parse(url).ok();
        let domain = url.as_ref().and_then(Url::host_str).and_then(domain::site);
        let name = domain
            .as_deref()
            .map(|domain| letters(domain::label(domain)));
        Site {
            domain,
            // A name of two letters stands in many others.
            name: name.filter(|name| name.len() > 2),
        }
    }

    /// Whether a URL, as it stands in the markup, points into this site: a relative one does.
    pub(super) fn has(&self, url: &str) -> bool {
        let Some(host) = host(url) else {
            return true;
        };
        match (&self.domain, domain::site(&host)) {
            (Some(own), Some(other)) => *own == other,
            _ => true,
        }
    }

    /// Whether the host of a URL is named after this site, as a customer's at a cloud is:
    /// `acme.blob.core.windows.net`.
    pub(super) fn is_named_in(&self, url: &str) -> bool {
        match (&self.name, host(url)) {
            (Some(name), Some(host)) => letters(&host).contains(name.as_str()),
            _ => true,
        }
    }
}

fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("//")?;
    let host = rest.split(['/', '?', '#', ':', '"', '\'']).next()?;
    Some(host.to_ascii_lowercase())
}

fn letters(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_and_borrowed() {
        let site = Site::of("https://www.acme-tools.co.uk/news");
        for (url, own) in [
            ("/wp-content/x", true),
            ("../x", true),
            ("//cdn.acme-tools.co.uk/x", true),
            ("https://other.co.uk/x", false),
        ] {
            assert_eq!(site.has(url), own, "{url}");
        }
        assert!(site.is_named_in("https://acmetoolsprod.blob.core.windows.net/x"));
        assert!(!site.is_named_in("https://optanon.blob.core.windows.net/acmetools"));
        assert!(Site::of("http://127.0.0.1/").is_named_in("https://x.blob.core.windows.net/"));
    }
}
