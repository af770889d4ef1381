//! When two URLs are the same page, and whose door they knock on.
//!
//! Invariants: [`canonical`] is idempotent; a [`UrlKey`] starts with its [`Host`] and `)`, so all
//! keys of a host are neighbours, and all hosts of a domain are too.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::visitor;

/// The longest URL that is kept, in bytes (RFC 9110 §4.1 asks for at least 8,000; crawlers stop
/// near 2,083, the old limit of browsers, because longer ones are traps).
pub const MAX_URL: usize = 2083;

/// Whose door a request knocks on: host name reversed by label, with the port where it is not
/// the scheme's own: `com,example,www`, `com,example:8443`, `127.0.1.5:8080`.
///
/// Reversed, so that a company's hosts sort together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Host(String);

impl Host {
    /// The host that `url` is asked at; `None` when it has none (`mailto:`, `data:`), or one that
    /// no key could hold: URLs allow `,` and `)` in a name, DNS does not, and `a,example.com`
    /// would share its keys with `example.a.com`.
    pub fn of(url: &Url) -> Option<Host> {
        let name = match url.host()? {
            url::Host::Domain(name) if name.contains([',', ')']) => return None,
            url::Host::Domain(name) => reversed(name.trim_end_matches('.')),
            url::Host::Ipv4(address) => address.to_string(),
            url::Host::Ipv6(address) => format!("[{address}]"),
        };
        Some(Host(match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name,
        }))
    }

    /// The host of a domain as people write it: `www.example.com`, `example.com:8443`.
    pub fn of_domain(domain: &str) -> Option<Host> {
        Host::of(&Url::parse(&format!("http://{domain}/")).ok()?)
    }

    /// The reversed form, as it stands in keys.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From the reversed form, as it stands in keys.
    pub fn from_reversed(reversed: &str) -> Host {
        Host(reversed.to_owned())
    }

    /// The host as people write it: `www.example.com:8443`.
    pub fn readable(&self) -> String {
        if self.0.starts_with('[')
            || self.0.starts_with(|c: char| c.is_ascii_digit()) && !self.0.contains(',')
        {
            return self.0.clone();
        }
        match self.0.split_once(':') {
            Some((name, port)) => format!("{}:{port}", unreversed(name)),
            None => unreversed(&self.0),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.readable())
    }
}

fn reversed(name: &str) -> String {
    name.rsplit('.').collect::<Vec<_>>().join(",")
}

fn unreversed(name: &str) -> String {
    name.rsplit(',').collect::<Vec<_>>().join(".")
}

/// What makes two URLs the same page: reversed host, `)`, path and query, without scheme, default
/// port, fragment, tracking parameters and sessions: `com,example)/news?id=7`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UrlKey(String);

impl UrlKey {
    /// The key of an URL that [`canonical`] has answered.
    pub fn of(url: &Url) -> Option<UrlKey> {
        let host = Host::of(url)?;
        let mut key = format!("{})", host.as_str());
        if url.path().contains("/(") {
            let parts = url.path().split('/').skip(1);
            let kept: Vec<&str> = parts.filter(|part| !visitor::is_cookieless(part)).collect();
            key.push('/');
            key.push_str(&kept.join("/"));
        } else {
            key.push_str(url.path());
        }
        if let Some(query) = url.query() {
            key.push('?');
            key.push_str(query);
        }
        Some(UrlKey(key))
    }

    /// The key as it stands in the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host's part.
    pub fn host(&self) -> Host {
        Host(self.0.split(')').next().unwrap_or_default().to_owned())
    }

    /// The part after the `)`: path and query.
    pub fn path(&self) -> &str {
        self.0.split_once(')').map_or("", |(_, path)| path)
    }
}

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The one spelling under which a URL is kept; `None` when it is not for us: another scheme than
/// http and https, user information, no host, longer than [`MAX_URL`].
///
/// On top of the WHATWG URL parser (which lower-cases the host, removes default ports and dot
/// segments): the fragment, tracking parameters and sessions go, percent-encoded unreserved
/// characters are decoded and the remaining escapes upper-cased (RFC 3986 §6.2.2), an empty query
/// goes. The order of parameters stays: servers may care.
pub fn canonical(url: &Url) -> Option<Url> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() || url.as_str().len() > MAX_URL {
        return None;
    }
    let host = url.host_str()?;
    if host.is_empty() || host == "." || host.contains([',', ')']) {
        return None;
    }
    let mut clean = url.clone();
    clean.set_fragment(None);
    if let Some(trimmed) = host.strip_suffix('.') {
        clean.set_host(Some(trimmed)).ok()?;
    }
    let path = normal_escapes(clean.path());
    let path = visitor::without_session(&path).unwrap_or(path);
    if path != clean.path() {
        clean.set_path(&path);
    }
    let query = clean.query().map(kept_parameters);
    clean.set_query(query.as_deref().filter(|kept| !kept.is_empty()));
    // Decoding an escape may have made a dot segment or a longer escape visible: settle.
    if clean == *url {
        Some(clean)
    } else {
        canonical(&clean)
    }
}

/// Parses and canonicalises in one step.
pub fn parse(url: &str) -> Option<Url> {
    canonical(&Url::parse(url.trim()).ok()?)
}

fn kept_parameters(query: &str) -> String {
    let kept: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| !visitor::is_of_visitor(pair))
        .map(normal_escapes)
        .collect();
    kept.join("&")
}

/// `%7e` → `~`, `%2f` → `%2F`: RFC 3986 §6.2.2.1 and §6.2.2.2.
fn normal_escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut plain = 0;
    while at + 2 < bytes.len() {
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (
                (bytes[at + 1] as char).to_digit(16),
                (bytes[at + 2] as char).to_digit(16),
            )
        {
            out.push_str(&text[plain..at]);
            let byte = u8::try_from(high * 16 + low).unwrap_or_default();
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(byte as char);
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            at += 3;
            plain = at;
        } else {
            at += 1;
        }
    }
    out.push_str(&text[plain..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(url: &str) -> Option<String> {
        parse(url).map(|url| url.to_string())
    }

    #[test]
    fn the_same_page_has_one_spelling() {
        for (given, kept) in [
            (
                "HTTP://WWW.Example.COM:80/a/../b#x",
                "http://www.example.com/b",
            ),
            (
                "https://example.com/?utm_source=x&id=7&gclid=1",
                "https://example.com/?id=7",
            ),
            ("https://example.com/?utm_source=x", "https://example.com/"),
            (
                "https://example.com/%7euser/%e2%82%ac",
                "https://example.com/~user/%E2%82%AC",
            ),
            ("https://example.com./x", "https://example.com/x"),
            (
                "https://example.com/a;jsessionid=0A1B?id=7&amp;utm_medium=x",
                "https://example.com/a?id=7",
            ),
            (
                "https://example.com/t?sid=0123456789abcdef0123456789abcdef&t=5",
                "https://example.com/t?t=5",
            ),
            ("https://example.com/?", "https://example.com/"),
        ] {
            assert_eq!(of(given).as_deref(), Some(kept), "{given}");
        }
    }

    #[test]
    fn what_is_not_for_us_is_refused() {
        for url in [
            "mailto:a@b.c",
            "ftp://example.com/",
            "https://user:pw@example.com/",
            "x",
            "data:,x",
            "https://a,example.com/",
            "https://a)example.com/",
        ] {
            assert_eq!(of(url), None, "{url}");
        }
        assert_eq!(
            of(&format!("https://example.com/{}", "a".repeat(MAX_URL))),
            None
        );
    }

    #[test]
    fn a_key_has_no_scheme_and_sorts_by_domain() {
        let key = |url: &str| UrlKey::of(&parse(url).expect("valid")).expect("has a host");
        assert_eq!(
            key("http://www.example.com/n?id=7").as_str(),
            "com,example,www)/n?id=7"
        );
        assert_eq!(key("https://example.com/"), key("http://example.com/"));
        assert_eq!(
            key("http://example.com:8443/").as_str(),
            "com,example:8443)/"
        );
        assert_eq!(key("http://127.0.1.5:8080/x").as_str(), "127.0.1.5:8080)/x");
        assert_eq!(
            key("http://example.com:8443/a").host().to_string(),
            "example.com:8443"
        );
        assert_eq!(
            key("http://127.0.1.5:8080/x").host().to_string(),
            "127.0.1.5:8080"
        );
        assert_eq!(key("http://example.com/a?b=)").path(), "/a?b=)");
        assert_eq!(
            key("http://example.com/(S(lit3py55t21z5v55vlm25s55))/a.aspx"),
            key("http://example.com/a.aspx"),
            "a session makes no other page"
        );
        assert_eq!(
            key("http://example.com/(S(lit3py55t21z5v55vlm25s55))"),
            key("http://example.com/")
        );
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(path in "([ -~]{0,40}|(;jsessionid=|/|;|a|%3B){0,6})", query in "[ -~é]{0,30}") {
            if let Some(once) = parse(&format!("https://example.com/{path}?{query}")) {
                prop_assert_eq!(canonical(&once), Some(once.clone()));
            }
        }

        #[test]
        fn a_host_reads_back_as_written(name in "[a-z]{1,8}(\\.[a-z]{2,8}){1,3}", port in proptest::option::of(1024u16..)) {
            let written = port.map_or(name.clone(), |port| format!("{name}:{port}"));
            prop_assert_eq!(Host::of_domain(&written).expect("a host").readable(), written);
        }
    }
}
