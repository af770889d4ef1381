//! The test web as it stands in files: thirty-nine companies, what they run, and what can be seen of
//! it; and what some of them look like at a later time.
//!
//! The companies are invented; their traces follow what vendors tell their customers to set up, and
//! what pages of such sites look like. All of it was written and committed before anybody who wrote
//! it looked at the fingerprints.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A company at one time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Company {
    /// Its file's name: `grantham`, `mill.1`.
    #[serde(skip)]
    pub(crate) key: String,
    pub(crate) domain: String,
    #[serde(default)]
    pub(crate) sector: String,
    #[serde(default)]
    pub(crate) size: String,
    /// Of a later time: the company's key.
    #[serde(default)]
    pub(crate) of: String,
    /// Of a later time: which, from 1.
    #[serde(default)]
    pub(crate) step: u32,
    /// How its names are answered for, where that is not with its zone.
    pub(crate) answers: Option<Broken>,
    pub(crate) truth: Truth,
    pub(crate) changes: Option<Changes>,
    pub(crate) dns: Option<Dns>,
    pub(crate) certificate: Option<Certificate>,
    #[serde(default)]
    pub(crate) page: Vec<Page>,
}

/// How a zone can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Broken {
    Nxdomain,
    Servfail,
    Lame,
}

/// What is so, whether it can be seen or not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Truth {
    /// Technologies of which there are traces, by plain names.
    pub(crate) uses: Vec<String>,
    /// Technologies that it does not use, though something might suggest it.
    pub(crate) not: Vec<String>,
    /// Technologies that it uses without a trace of their own: what others stand on.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// Versions shown.
    #[serde(default)]
    pub(crate) versions: BTreeMap<String, String>,
    /// Who keeps the mailboxes: a technology, or `own`.
    pub(crate) mail: Option<String>,
    /// The mail gateway before them.
    pub(crate) gateway: Option<String>,
    /// Where the site stands: a technology, or `own`.
    pub(crate) hosting: Option<String>,
    pub(crate) cdn: Option<String>,
    pub(crate) cms: Option<String>,
    pub(crate) dmarc: Option<String>,
    pub(crate) mta_sts: Option<String>,
    #[serde(default)]
    pub(crate) tls_rpt: bool,
    #[serde(default)]
    pub(crate) bimi: bool,
    #[serde(default)]
    pub(crate) hsts: bool,
    /// `expired`, where it is.
    pub(crate) certificate: Option<String>,
    /// `parked`, `gone` or `unknown`; none: live.
    pub(crate) standing: Option<String>,
    pub(crate) legal_name: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) vat: Option<String>,
    pub(crate) founded: Option<u16>,
    pub(crate) employees: Option<String>,
    /// Other domains of the same company.
    #[serde(default)]
    pub(crate) alias: Vec<String>,
    /// Domains of its brands.
    #[serde(default)]
    pub(crate) related: Vec<String>,
}

/// What of the changes since the time before is to be told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    pub(crate) expected: Vec<Change>,
    /// What must not be told.
    pub(crate) never: Vec<Change>,
}

/// A change, or all of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    pub(crate) kind: String,
    pub(crate) technology: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
}

/// What its name servers answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dns {
    /// A master file (RFC 1035 §5).
    pub(crate) zone: String,
    #[serde(default)]
    pub(crate) also: Vec<Zone>,
}

/// Another zone of the same company.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Zone {
    pub(crate) domain: String,
    pub(crate) zone: String,
}

/// The certificate that its site shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    /// The issuer's distinguished name.
    pub(crate) issuer: String,
    pub(crate) names: Vec<String>,
    /// None: no ALPN.
    pub(crate) alpn: Option<String>,
    /// From when until when, in days from today.
    pub(crate) days: [i64; 2],
}

/// What is answered at one URL.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// Below `pages`; none: no body.
    pub(crate) file: Option<String>,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        match &self.file {
            Some(file) => fs::read(folder().join("pages").join(file)).expect("the page is there"),
            None => Vec::new(),
        }
    }
}

impl Company {
    /// Its zones, each with its origin.
    pub(crate) fn zones(&self) -> Vec<(&str, &str)> {
        let Some(dns) = &self.dns else {
            return Vec::new();
        };
        let also = dns.also.iter();
        let also = also.map(|zone| (zone.domain.as_str(), zone.zone.as_str()));
        let own = (self.domain.as_str(), dns.zone.as_str());
        std::iter::once(own).chain(also).collect()
    }
}

/// The companies as they are at first.
pub(crate) fn companies() -> Vec<Company> {
    read("companies")
}

/// Some of them later.
pub(crate) fn later() -> Vec<Company> {
    read("later")
}

/// What others than the companies publish: a zone at the root.
pub(crate) fn others() -> String {
    fs::read_to_string(folder().join("others.zone")).expect("readable")
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ping")
}

fn read(name: &str) -> Vec<Company> {
    let entries = fs::read_dir(folder().join(name)).expect("a folder");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let company = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("readable");
        let parsed: Result<Company, _> = toml::from_str(&text);
        let mut company = parsed.unwrap_or_else(|wrong| panic!("{}: {wrong}", file.display()));
        let stem = file.file_stem().expect("a name").to_string_lossy();
        company.key = stem.into_owned();
        company
    };
    files.iter().map(company).collect()
}
