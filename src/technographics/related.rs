//! Which other domains have to do with a company's: told from where its front page leads, how that
//! page names itself, and what else stands on its certificate. Pure.
//!
//! Precision first. Domains that many share are never a company's own, nor are hosted sites. A
//! page about the company at somebody else's is no address of its own. Of a certificate, what
//! bears the company's label is its own; other domains are its house's only where the certificate
//! cannot be a hoster's, who puts customers that know nothing of each other on one:
//!
//! - whoever issued it has looked at who the organisation is (OV, EV), and the names are few; or
//! - it bears the company's label on two domains at least, and on as many as it does not.

use url::Url;

use super::EVIDENCE;
use super::observed::{Certificate, Distrust};
use crate::model::domain::{self, Identity, Shared};
use crate::model::profile::{Related, Relation, RelationBasis};
use crate::model::time::Timestamp;

/// Domains that one certificate may tie to a company's.
const MOST: usize = 50;

/// Names of one certificate that are looked at.
const NAMES: usize = 1000;

/// Domains of other labels on the certificate of one organisation; beyond, it is a network's.
const HOUSE: usize = 20;

/// The shortest label that is looked for within another: shorter ones stand in many.
const TELLING: usize = 5;

/// Pieces of an issuer's name that say it has looked at who the organisation is.
const VALIDATED: &[&str] = &[
    "extended validation",
    "organization validation",
    "organization validated",
    " ev ",
    " ov ",
    " ov-",
    "entrust certification authority - l1k",
    "entrust certification authority - l1m",
];

/// Where the company's front page at `from` leads: another name of the same company, where that is
/// the front page of a domain that can be one company's.
pub fn of_redirect(
    domain: &str,
    from: &str,
    to: &Url,
    permanent: bool,
    at: Timestamp,
) -> Option<Related> {
    let (basis, how) = match permanent {
        true => (RelationBasis::Moved, "moved for good to"),
        false => (RelationBasis::Redirect, "leads for now to"),
    };
    let other = alias(domain, to)?;
    let evidence = format!("{how} {}://{}/", to.scheme(), to.host_str()?);
    Some(related(other, Relation::Alias, basis, &evidence, from, at))
}

/// What the company's front page at `page` names as its own address (`rel=canonical`, `og:url`):
/// another name of the same company, where that is a front page too.
pub fn of_canonical(domain: &str, page: &str, stated: &str, at: Timestamp) -> Option<Related> {
    let to = Url::parse(stated).ok()?;
    let other = alias(domain, &to)?;
    let evidence = format!("names itself {}://{}/", to.scheme(), to.host_str()?);
    let basis = RelationBasis::Canonical;
    Some(related(other, Relation::Alias, basis, &evidence, page, at))
}

/// What a page of the company states of an organisation's site (`parentOrganization`,
/// `subOrganization`): `relation` is what that one is to the company.
pub fn of_statement(
    domain: &str,
    page: &str,
    stated: &str,
    relation: Relation,
    at: Timestamp,
) -> Option<Related> {
    let to = Url::parse(stated).ok()?;
    let other = another(domain, to.host_str()?)?;
    let evidence = format!("states {}://{}/", to.scheme(), to.host_str()?);
    let basis = RelationBasis::Stated;
    Some(related(other, relation, basis, &evidence, page, at))
}

/// The domains on the company's certificate that are its house's too, sorted by domain.
pub fn of_certificate(domain: &str, certificate: &Certificate, at: Timestamp) -> Vec<Related> {
    // Anybody may write anything into a certificate that nobody vouches for.
    if !matches!(certificate.distrust, None | Some(Distrust::Expired)) {
        return Vec::new();
    }
    let names = certificate.names.iter().take(NAMES);
    let names: Vec<String> = names.filter_map(|name| host(name)).collect();
    let own = domain::registered(domain);
    if own.is_none() || !names.iter().any(|name| domain::registered(name) == own) {
        return Vec::new();
    }
    let mut others: Vec<String> = names
        .iter()
        .filter_map(|name| another(domain, name))
        .collect();
    others.sort_unstable();
    others.dedup();
    let brand = domain::label(domain);
    let (kin, strangers): (Vec<String>, Vec<String>) = others
        .into_iter()
        .partition(|other| shares_label(brand, domain::label(other)));
    let of_one_house = !is_shared(&names)
        && strangers.len() <= HOUSE
        && (is_validated(&certificate.issuer)
            || !kin.is_empty() && strangers.len() <= kin.len() + 1);
    let strangers = strangers.into_iter().filter(|_| of_one_house);
    let mut found: Vec<Related> = kin
        .into_iter()
        .chain(strangers)
        .map(|other| {
            let relation = match domain::label(&other) == brand {
                true => Relation::Alias,
                false => Relation::Sibling,
            };
            let evidence = format!(
                "one certificate for {domain} and {other}, issued by {}",
                certificate.issuer
            );
            let basis = RelationBasis::Certificate;
            related(other, relation, basis, &evidence, &certificate.url, at)
        })
        .collect();
    found.sort_by(|a, b| a.domain.cmp(&b.domain));
    found.truncate(MOST);
    found
}

/// The domain of a front page at another one's.
fn alias(domain: &str, to: &Url) -> Option<String> {
    let other = another(domain, to.host_str()?)?;
    let named = |text: &str| {
        let brand = letters(domain::label(domain));
        brand.len() > 2 && letters(text).contains(&brand)
    };
    let mut segments = to.path_segments().into_iter().flatten();
    let deep = segments.clone().filter(|segment| !segment.is_empty());
    // Two segments lead to a language and a start page; a page that bears the company's name at a
    // domain that does not is about it.
    let about =
        !named(domain::label(&other)) && (segments.any(named) || to.query().is_some_and(named));
    (deep.count() <= 2 && !about).then_some(other)
}

/// The registered domain of a host, where it is another than the company's and can be one
/// company's.
fn another(domain: &str, host: &str) -> Option<String> {
    if domain::shared(host).is_some() {
        return None;
    }
    let Identity::Registrable(other) = domain::of_host(host)? else {
        return None;
    };
    (Some(&other) != domain::registered(domain).as_ref()).then_some(other)
}

/// A name on a certificate as a host.
fn host(name: &str) -> Option<String> {
    let name = name.strip_prefix("*.").unwrap_or(name);
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (name.len() <= 253 && name.chars().all(letters)).then(|| name.to_ascii_lowercase())
}

/// Whether one label is the other, or stands in it where it is long enough to tell.
fn shares_label(one: &str, other: &str) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    let part = |label: &str| label.split('-').any(|part| part == short);
    let within = letters(short).len() >= TELLING
        && (letters(long).starts_with(&letters(short)) || letters(long).ends_with(&letters(short)));
    short == long || within || short.len() > 2 && part(long)
}

/// Whether a certificate is that of a network or hoster, who puts its customers on it.
fn is_shared(names: &[String]) -> bool {
    names.iter().any(|name| {
        let network = matches!(
            domain::shared(name),
            Some((Shared::Front | Shared::Platform, _))
        );
        network || matches!(domain::of_host(name), Some(Identity::Hosted { .. }))
    })
}

fn is_validated(issuer: &str) -> bool {
    let issuer = format!("{} ", issuer.to_lowercase());
    let sold_to_networks = issuer.contains("cloudssl") || issuer.contains("atlas r3 ov");
    !sold_to_networks && VALIDATED.iter().any(|piece| issuer.contains(piece))
}

fn letters(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

fn related(
    domain: String,
    relation: Relation,
    basis: RelationBasis,
    evidence: &str,
    url: &str,
    at: Timestamp,
) -> Related {
    let mut evidence = evidence.to_owned();
    evidence.truncate(evidence.floor_char_boundary(EVIDENCE));
    Related {
        domain,
        relation,
        basis,
        evidence,
        url: url.to_owned(),
        first_seen: at,
        last_seen: at,
    }
}

#[cfg(test)]
mod tests;
