//! A company on the operator's list, its domains and aliases, and how a URL belongs to one.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// The key of a company everywhere: the domain it was listed under, without `www.`
/// (`contoso.example`, `127.0.1.5:8080`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CompanyId(pub String);

impl fmt::Display for CompanyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One company, as the CRM's list describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Its key.
    pub id: CompanyId,
    /// The name people use; the domain where the list gives none.
    pub name: String,
    /// Domains (with port where not the scheme's own) whose pages are its own, the listed one
    /// first.
    pub domains: Vec<String>,
    /// Other names it is known by.
    pub aliases: Vec<String>,
    /// Country, as the list writes it.
    pub country: Option<String>,
    /// Industry, as the list writes it.
    pub industry: Option<String>,
    /// Number of employees.
    pub employees: Option<u64>,
    /// The CRM's own key.
    pub crm_id: Option<String>,
    /// Every other column of the list, kept for the export.
    pub extra: BTreeMap<String, String>,
    /// First URLs beside the home page.
    pub first_urls: Vec<String>,
    /// What the operator noted about it.
    pub notes: Option<String>,
}

impl Company {
    /// A company of which only the domain is known.
    pub fn new(domain: &str) -> Company {
        Company {
            id: CompanyId(domain.to_owned()),
            name: domain.to_owned(),
            domains: vec![domain.to_owned()],
            aliases: Vec::new(),
            country: None,
            industry: None,
            employees: None,
            crm_id: None,
            extra: BTreeMap::new(),
            first_urls: Vec::new(),
            notes: None,
        }
    }

    /// Whether `url` lies within the company's own domains: the domain itself or a name below it,
    /// on the same port where the list names one.
    pub fn owns(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        self.domains.iter().any(|domain| {
            let (name, port) = split_port(domain);
            if port.is_some() && port != url.port_or_known_default() {
                return false;
            }
            match host.strip_suffix(name) {
                Some("") => true,
                Some(below) => below.ends_with('.') && !is_address(name),
                None => false,
            }
        })
    }
}

/// `example.com:8443` → (`example.com`, 8443); IPv6 literals keep their brackets.
fn split_port(domain: &str) -> (&str, Option<u16>) {
    match domain.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (domain, None),
        },
        _ => (domain, None),
    }
}

fn is_address(name: &str) -> bool {
    name.starts_with('[') || name.parse::<std::net::Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_owns_its_domain_and_what_lies_below_it() {
        let contoso = Company::new("contoso.example");
        let owns = |url: &str| contoso.owns(&Url::parse(url).expect("valid"));
        assert!(owns("https://contoso.example/"));
        assert!(owns("https://www.contoso.example/news"));
        assert!(owns("http://jobs.contoso.example:8080/"));
        assert!(!owns("https://notcontoso.example/"));
        assert!(!owns("https://contoso.example.org/"));
    }

    #[test]
    fn a_listed_port_is_part_of_the_door() {
        let local = Company::new("127.0.1.5:8080");
        assert!(local.owns(&Url::parse("http://127.0.1.5:8080/a").expect("valid")));
        assert!(!local.owns(&Url::parse("http://127.0.1.5:9090/a").expect("valid")));
        assert!(!local.owns(&Url::parse("http://127.0.1.5/a").expect("valid")));
    }
}
