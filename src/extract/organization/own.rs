//! By what names and addresses a page's own company can be told from others.

use url::Url;

use super::super::head::Head;
use super::super::structured::{self, Item};
use super::plain;

/// What is known of whose the page is before it is read.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// The registrable domain.
    domain: String,
    /// What the site is called, and the domain's own label, as [`plain`] writes them.
    names: Vec<String>,
}

impl Own {
    /// Gathers it.
    pub(super) fn of(url: &Url, head: &Head<'_>, items: &[Item]) -> Own {
        let host = url.host_str().unwrap_or_default();
        let domain = psl::domain_str(host).unwrap_or(host);
        let label = domain.split('.').next().unwrap_or_default();
        let mut names = vec![plain(label)];
        let site = head.meta(&["og:site_name"]).map(structured::unescaped);
        let sites = items
            .iter()
            .filter(|item| structured::is_a(item, &["WebSite"]));
        let stated = sites.filter_map(|item| structured::text(item, "name"));
        names.extend(
            site.into_iter()
                .chain(stated)
                .take(4)
                .map(|name| plain(&name)),
        );
        names.retain(|name| name.len() >= 3 && name.len() < 60);
        names.dedup();
        Own {
            domain: domain.to_owned(),
            names,
        }
    }

    /// Whether an address is on the page's own domain; none: it is no address.
    pub(super) fn is_here(&self, address: &str) -> Option<bool> {
        let url = Url::parse(address).ok()?;
        let host = url.host_str()?;
        let host = psl::domain_str(host).unwrap_or(host);
        Some(host == self.domain)
    }

    /// Whether a name is like that of the site or of its domain.
    pub(super) fn resembles(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let spelt = name
            .replace('ü', "ue")
            .replace('ö', "oe")
            .replace('ä', "ae");
        [&name, &spelt].into_iter().any(|name| self.is_like(name))
    }

    fn is_like(&self, name: &str) -> bool {
        let whole = plain(name);
        let mut words = name
            .split(|c: char| !c.is_alphanumeric())
            .map(plain)
            .filter(|word| !word.is_empty());
        let initials: String = words
            .clone()
            .filter_map(|word| word.chars().next())
            .collect();
        let first = words.find(|word| word.len() >= 4).unwrap_or_default();
        self.names.iter().any(|own| {
            whole == *own
                || own.len() >= 4 && whole.contains(own.as_str())
                || whole.len() >= 4 && own.contains(&whole)
                || !first.is_empty() && own.starts_with(&first)
                || own.len() >= 3 && whole.starts_with(own.as_str())
                || own.len() >= 3 && initials.starts_with(own.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::dom::{Dom, parse};
    use super::*;

    fn own(url: &str, markup: &str) -> Own {
        let html = parse(markup);
        let dom = Dom::of(&html);
        let url = Url::parse(url).expect("a URL");
        Own::of(&url, &Head::of(&dom), &structured::items(&dom))
    }

    #[test]
    fn names_are_compared_with_the_domain_and_the_sites_name() {
        let own = own(
            "https://www.nw-metals.example/",
            "<meta property=og:site_name content='Müller &amp; Söhne'>",
        );
        for name in [
            "NW Metals GmbH",
            "Müller & Söhne KG",
            "NW-Metals Iberia, S.L.",
        ] {
            assert!(own.resembles(name), "{name}");
        }
        assert!(!own.resembles("Fabrikam GmbH") && !own.resembles("AG"));
        assert_eq!(own.is_here("https://shop.nw-metals.example/x"), Some(true));
        assert_eq!(own.is_here("https://fabrikam.example/"), Some(false));
        assert_eq!(own.is_here("#organization"), None);
    }

    #[test]
    fn umlauts_and_initials_are_known() {
        let of = |url| own(url, "");
        assert!(of("https://mueller-bau.example/").resembles("Müller Bau GmbH"));
        assert!(of("https://gfi.example/").resembles("Gesellschaft für Industriebau mbH"));
        assert!(!of("https://gfx.example/").resembles("Gesellschaft für Industriebau mbH"));
        assert!(of("https://ibk.example/").resembles("Ingenieure Baur Keller AG"));
    }
}
