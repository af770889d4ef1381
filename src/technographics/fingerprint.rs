//! The fingerprints: data files with what is known of each technology.
//!
//! Invariants, held by tests: slugs are unique, every pattern compiles, every technology has a
//! test that finds it and finds nothing unrelated, and every test in the files holds.

use std::collections::HashMap;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::release::Release;
use crate::model::kind::ProductArea;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/technographics/fingerprints");

/// A technology, and what gives it away.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technology {
    /// Its name in facts and exports: `hubspot`.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// Its category, one of [`CATEGORIES`]: `crm`, `cms`.
    pub category: String,
    /// The product areas that it is a product of.
    #[serde(default)]
    pub own: Vec<ProductArea>,
    /// The product areas whose products it is used instead of.
    #[serde(default)]
    pub competes: Vec<ProductArea>,
    /// The product areas whose products are bought beside it.
    #[serde(default)]
    pub complements: Vec<ProductArea>,
    /// Slugs of what it cannot run without.
    #[serde(default)]
    pub implies: Vec<String>,
    /// Slugs of what cannot be there beside it: of two that exclude each other, the surer stays.
    #[serde(default)]
    pub excludes: Vec<String>,
    /// What it does with a company's mail.
    pub mail: Option<Mail>,
    /// What its versions tell: the product they belong to, and until when they are supported.
    #[serde(default)]
    pub releases: Vec<Release>,
    #[serde(default)]
    pub(super) clues: Vec<Clue>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
    pub(super) tests: Vec<Example>,
}

/// What a service does with the mail of a domain whose mail exchanger it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mail {
    /// The mailboxes are there.
    Mailbox,
    /// It takes mail in and passes it on: where the mailboxes are, the mail exchanger hides.
    Gateway,
}

/// One thing to look for. Exactly one of the fields from `header` to `protocol` is set.
///
/// Of a host name, the last labels are given (`mimecast.com`); a star stands for anything within
/// one label, and `@` at the end, as in zone files, for the domain that was asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clue {
    /// A header field's name.
    pub(super) header: Option<String>,
    /// A cookie's name; a star at the end stands for anything.
    pub(super) cookie: Option<String>,
    /// The name or property of a meta element.
    pub(super) meta: Option<String>,
    /// The path of a text file that the site has.
    pub(super) file: Option<String>,
    /// Host and beginning of the path of a URL that the page loads, embeds or posts to.
    pub(super) url: Option<String>,
    /// A piece of the markup, anywhere.
    pub(super) html: Option<String>,
    /// The mail exchanger of the domain.
    pub(super) mx: Option<String>,
    /// A name that the domain's SPF record includes or otherwise refers to (RFC 7208).
    pub(super) spf: Option<String>,
    /// How a TXT record begins.
    pub(super) txt: Option<String>,
    /// What a name of the domain is an alias of.
    pub(super) cname: Option<String>,
    /// A name server of the domain.
    pub(super) ns: Option<String>,
    /// A DKIM selector (RFC 6376) under which a key is published; a star stands for anything.
    pub(super) dkim: Option<String>,
    /// The target of an SRV record.
    pub(super) srv: Option<String>,
    /// Where the reports go that the domain's DMARC or TLS-RPT record asks for.
    pub(super) reports: Option<String>,
    /// A network that the domain's address is in: `192.0.2.0/24`.
    pub(super) address: Option<String>,
    /// A piece of the name of the certificate's issuer.
    pub(super) issuer: Option<String>,
    /// A name on the certificate.
    pub(super) san: Option<String>,
    /// An issuer that a CAA record permits (RFC 8659); a star stands for any, and for none.
    pub(super) caa: Option<String>,
    /// How the negotiated protocol's name begins: `TLSv1.1`.
    pub(super) protocol: Option<String>,
    /// The name asked, relative to the domain: `autodiscover`; a star stands for anything. Without
    /// it, aliases and SRV records count wherever they are, and all else at the domain itself.
    pub(super) at: Option<String>,
    /// Whether a mere link to the URL counts too.
    #[serde(default)]
    pub(super) link: bool,
    /// Whether the URL is at a cloud where anybody may be a customer: it counts fully only when its
    /// host is named after the site.
    #[serde(default)]
    pub(super) tenant: bool,
    /// What the value, the URL or the markup around the piece must match; its group `version` is
    /// the version.
    pub(super) pattern: Option<String>,
    /// How sure this alone makes, 0–1.
    pub(super) confidence: f32,
}

/// A test in a file: this header line, markup or answer is found to be the technology, or is not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
pub(super) struct Example {
    pub(super) header: Option<String>,
    /// The path of a file, whose text is `html`.
    pub(super) file: Option<String>,
    pub(super) html: Option<String>,
    pub(super) mx: Option<String>,
    pub(super) txt: Option<String>,
    pub(super) cname: Option<String>,
    pub(super) ns: Option<String>,
    pub(super) srv: Option<String>,
    pub(super) address: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) san: Option<String>,
    pub(super) caa: Option<String>,
    pub(super) protocol: Option<String>,
    /// The name asked, relative to `company.example`.
    pub(super) at: Option<String>,
    pub(super) version: Option<String>,
    /// What else it shows, and rightly.
    #[serde(default)]
    pub(super) beside: Vec<String>,
    #[serde(default = "yes")]
    pub(super) found: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    technology: Vec<Technology>,
}

/// Every category that a technology may be of: those of our own set, and no others.
pub const CATEGORIES: &[&str] = &[
    "accounting",
    "advertising",
    "ai",
    "analytics",
    "api",
    "app-server",
    "cdn",
    "certificate",
    "chat",
    "cloud",
    "cms",
    "collaboration",
    "commerce",
    "consent",
    "contact-center",
    "crm",
    "customer-data",
    "data-platform",
    "developer",
    "device-management",
    "dns",
    "e-signature",
    "email-marketing",
    "erp",
    "experimentation",
    "forms",
    "framework",
    "hosting",
    "hr",
    "identity",
    "itsm",
    "language",
    "learning",
    "load-balancer",
    "low-code",
    "mail",
    "mail-delivery",
    "mail-security",
    "maps",
    "marketing-automation",
    "monitoring",
    "network-security",
    "operating-system",
    "parking",
    "payments",
    "personalisation",
    "productivity",
    "recruiting",
    "remote-access",
    "reviews",
    "scheduling",
    "search",
    "security",
    "security-practice",
    "site-builder",
    "storage",
    "support",
    "survey",
    "tag-manager",
    "video",
    "visitor-identification",
    "web-server",
];

struct Known {
    all: Vec<Technology>,
    places: HashMap<String, usize>,
}

fn known() -> &'static Known {
    static KNOWN: LazyLock<Known> = LazyLock::new(|| {
        let files = FILES
            .files()
            .filter(|file| file.path().extension().is_some_and(|e| e == "toml"));
        let all: Vec<Technology> = files
            .flat_map(|file| {
                let text = file
                    .contents_utf8()
                    .expect("a fingerprint file is UTF-8: tested");
                let parsed: Result<File, _> = toml::from_str(text);
                let parsed = parsed.map_err(|error| format!("{}: {error}", file.path().display()));
                parsed
                    .expect("a fingerprint file is well formed: tested")
                    .technology
            })
            .collect();
        let places = all.iter().enumerate();
        let places = places
            .map(|(place, one)| (one.slug.clone(), place))
            .collect();
        Known { all, places }
    });
    &KNOWN
}

/// All technologies, in the files' order.
pub fn technologies() -> &'static [Technology] {
    &known().all
}

/// The technology of this slug.
pub fn technology(slug: &str) -> Option<&'static Technology> {
    number(slug).map(|number| &technologies()[number])
}

/// The place in [`technologies`] of the technology of this slug.
pub(super) fn number(slug: &str) -> Option<usize> {
    known().places.get(slug).copied()
}
