//! The test web is in order: whoever measures against it measures the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use foresignal::technographics::technology;
use hickory_proto::rr::{LowerName, Name, RData, RecordType};
use url::Url;

use crate::data::{Broken, Change, Company, Page, companies, folder, later, others};
use crate::measure::slugs;
use crate::zones::{Records, records};

fn all() -> Vec<Company> {
    let mut all = companies();
    all.extend(later());
    all
}

/// Names of a zone that another record beside a CNAME would make wrong (RFC 1034 §3.6.2).
fn doubled(records: &Records) -> Vec<&LowerName> {
    let aliases = records
        .keys()
        .filter(|(_, kind)| *kind == RecordType::CNAME);
    let others = |name: &LowerName| records.keys().filter(|(owner, _)| owner == name).count() > 1;
    let aliases = aliases.map(|(name, _)| name);
    aliases.filter(|name| others(name)).collect()
}

#[test]
fn there_are_companies_of_many_kinds() {
    let companies = companies();
    let live = |company: &&Company| company.truth.standing.is_none();
    assert!(companies.iter().filter(live).count() >= 30);
    let countries: BTreeSet<_> = companies.iter().flat_map(|c| &c.truth.country).collect();
    let sectors: BTreeSet<_> = companies.iter().map(|c| &c.sector).collect();
    let sizes: BTreeSet<_> = companies.iter().map(|c| &c.size).collect();
    assert!(countries.len() >= 8, "{countries:?}");
    assert!(sectors.len() >= 8, "{sectors:?}");
    assert!(sizes.len() >= 3, "{sizes:?}");
    let changed: BTreeSet<_> = later().into_iter().map(|company| company.of).collect();
    assert!(changed.len() >= 8, "{changed:?}");
}

#[test]
fn every_zone_is_a_master_file_whose_names_lead_somewhere() {
    let others = records("", &others());
    assert_eq!(doubled(&others), Vec::<&LowerName>::new());
    for company in all() {
        assert_eq!(
            company.dns.is_none(),
            company.answers.is_some(),
            "{}",
            company.key
        );
        for (domain, zone) in company.zones() {
            let records = records(domain, zone);
            let soas = records.keys().filter(|(_, kind)| *kind == RecordType::SOA);
            assert_eq!(soas.count(), 1, "{domain}");
            assert_eq!(doubled(&records), Vec::<&LowerName>::new(), "{domain}");
            let owned = |name: &LowerName| {
                let aliased = (name.clone(), RecordType::CNAME);
                let has = |kind| {
                    let key = (name.clone(), kind);
                    records.contains_key(&key) || others.contains_key(&key)
                };
                records.contains_key(&aliased)
                    || others.contains_key(&aliased)
                    || has(RecordType::A)
                    || has(RecordType::TXT)
            };
            let origin: LowerName = LowerName::from(&domain.parse::<Name>().expect("a name"));
            for ((owner, kind), data) in &records {
                assert!(
                    origin.zone_of(owner) || *kind == RecordType::SOA,
                    "{domain}: {owner}"
                );
                for target in data.iter().filter_map(target) {
                    assert!(
                        owned(&target),
                        "{}: {owner} {kind} leads to {target}",
                        company.key
                    );
                }
            }
        }
    }
}

/// The name that a record leads to. Name servers under other companies' names need not be there.
fn target(data: &RData) -> Option<LowerName> {
    let name = match data {
        RData::CNAME(cname) => &cname.0,
        RData::MX(mx) if !mx.exchange.is_root() => &mx.exchange,
        RData::SRV(srv) => &srv.target,
        _ => return None,
    };
    Some(LowerName::from(name))
}

#[test]
fn every_page_is_where_its_company_says_and_every_file_is_somebodys() {
    let mut used = BTreeSet::new();
    for company in all() {
        let hosts: BTreeSet<String> = company
            .zones()
            .into_iter()
            .flat_map(|(domain, zone)| records(domain, zone))
            .map(|((owner, _), _)| owner.to_string().trim_end_matches('.').to_owned())
            .collect();
        let mut urls = BTreeSet::new();
        for page in &company.page {
            let url = Url::parse(&page.url).expect("a URL");
            let host = url.host_str().expect("a host");
            assert!(
                hosts.contains(host),
                "{}: {host} has no record",
                company.key
            );
            assert!(
                urls.insert(page.url.clone()),
                "{}: {url} twice",
                company.key
            );
            let moved = (300..400).contains(&page.status);
            assert_eq!(page.header("location").is_some(), moved, "{url}");
            assert_eq!(page.file.is_some(), !moved, "{url}");
            assert!(
                page.headers
                    .iter()
                    .all(|(name, _)| *name == name.to_lowercase()),
                "{url}"
            );
            assert_eq!(page.body().is_empty(), moved, "{url}");
            used.extend(page.file.clone());
        }
        assert_eq!(
            company.page.is_empty(),
            company.certificate.is_none(),
            "{}",
            company.key
        );
        if let Some(certificate) = &company.certificate {
            let expired = certificate.days[1] < 0;
            assert_eq!(
                company.truth.certificate.is_some(),
                expired,
                "{}",
                company.key
            );
            assert!(certificate.names.contains(&company.domain) || company.key == "fougere");
        }
    }
    let pages = folder().join("pages");
    for folder in fs::read_dir(&pages).expect("a folder") {
        for file in fs::read_dir(folder.expect("readable").path()).expect("a folder") {
            let path = file.expect("readable").path();
            let below = path.strip_prefix(&pages).expect("it was found there");
            assert!(
                used.contains(below.to_string_lossy().as_ref()),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn truth_does_not_contradict_itself() {
    for company in all() {
        let (key, truth) = (&company.key, &company.truth);
        let uses: BTreeSet<_> = truth.uses.iter().chain(&truth.also).collect();
        assert_eq!(
            uses.len(),
            truth.uses.len() + truth.also.len(),
            "{key}: twice"
        );
        for no in &truth.not {
            assert!(!uses.contains(no), "{key} uses {no} and does not");
        }
        let own = "own".to_owned();
        for named in [
            &truth.mail,
            &truth.gateway,
            &truth.hosting,
            &truth.cms,
            &truth.cdn,
        ] {
            let known = |name| uses.contains(name) || *name == own;
            assert!(named.iter().all(known), "{key}: {named:?} is not used");
        }
        let versioned = truth.versions.keys().all(|name| uses.contains(name));
        assert!(versioned, "{key}: {:?}", truth.versions);
        let gone = company.answers == Some(Broken::Nxdomain);
        assert_eq!(truth.standing.as_deref() == Some("gone"), gone, "{key}");
        posture_is_published(&company);
    }
}

/// Letters and digits alone: numbers are written with blanks and dots.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[test]
fn what_is_known_of_a_company_stands_on_its_pages() {
    for company in companies() {
        let (key, truth) = (&company.key, &company.truth);
        let bodies: Vec<String> = company
            .page
            .iter()
            .map(|page| String::from_utf8(page.body()).expect("pages are UTF-8"))
            .collect();
        let text = bodies.concat().replace("&amp;", "&");
        let digits = plain(&text);
        assert!(
            truth
                .legal_name
                .iter()
                .all(|name| text.contains(name.as_str())),
            "{key}"
        );
        let founded = truth.founded.map(|year| year.to_string());
        assert!(
            founded.iter().all(|year| text.contains(year.as_str())),
            "{key}: {founded:?}"
        );
        assert!(
            truth
                .employees
                .iter()
                .all(|many| digits.contains(many.as_str())),
            "{key}"
        );
        // A page may leave the country out.
        let number = |vat: &String| {
            let number = vat
                .trim_start_matches(char::is_alphabetic)
                .trim_end_matches("MVA");
            digits.contains(number)
        };
        assert!(truth.vat.iter().all(number), "{key}: {:?}", truth.vat);
        let zones = company.zones();
        let served = |alias: &String| zones.iter().any(|(domain, _)| domain == alias);
        assert!(truth.alias.iter().all(served), "{key}: {:?}", truth.alias);
        let names = company
            .certificate
            .iter()
            .flat_map(|certificate| &certificate.names);
        let names: Vec<&String> = names.collect();
        assert!(
            truth.related.iter().all(|name| names.contains(&name)),
            "{key}"
        );
    }
}

/// What is said of DMARC and its kin is what the zone says.
fn posture_is_published(company: &Company) {
    let Some(dns) = &company.dns else {
        return;
    };
    let (key, truth) = (&company.key, &company.truth);
    let line = |start: &str| dns.zone.lines().find(|line| line.starts_with(start));
    let policy = line("_dmarc ").map(|line| {
        let rest = line.split_once("p=").expect("a policy").1;
        rest.split([';', '"']).next().expect("a word").to_owned()
    });
    assert_eq!(truth.dmarc, policy, "{key}");
    assert_eq!(
        truth.mta_sts.is_some(),
        line("_mta-sts ").is_some(),
        "{key}"
    );
    assert_eq!(truth.tls_rpt, line("_smtp._tls ").is_some(), "{key}");
    assert_eq!(truth.bimi, line("default._bimi ").is_some(), "{key}");
    let strict = |page: &Page| page.header("strict-transport-security").is_some();
    assert_eq!(truth.hsts, company.page.iter().any(strict), "{key}");
}

#[test]
fn later_times_are_of_companies_and_follow_each_other() {
    let first = companies();
    let mut steps: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for company in later() {
        let of = first.iter().find(|first| first.key == company.of);
        let of = of.unwrap_or_else(|| panic!("{} is of nobody", company.key));
        assert_eq!(of.domain, company.domain);
        assert_eq!(company.key, format!("{}.{}", company.of, company.step));
        let changes = company.changes.as_ref().expect("what is to be told of it");
        assert!(!changes.never.is_empty(), "{}", company.key);
        for change in changes.expected.iter().chain(&changes.never) {
            assert!(KINDS.contains(&change.kind.as_str()), "{change:?}");
            assert_eq!(change.from.is_some(), change.to.is_some(), "{change:?}");
        }
        let never = |change: &Change| {
            changes
                .never
                .iter()
                .any(|never| never.kind == change.kind && never.technology.is_none())
        };
        assert!(!changes.expected.iter().any(never), "{}", company.key);
        steps
            .entry(company.of.clone())
            .or_default()
            .push(company.step);
    }
    for (of, steps) in steps {
        let expected: Vec<u32> = (1..=steps.len() as u32).collect();
        assert_eq!(steps, expected, "{of}");
    }
    assert!(
        first
            .iter()
            .all(|company| company.changes.is_none() && company.step == 0)
    );
}

#[test]
fn every_name_in_the_truth_is_translated() {
    let slugs = slugs();
    let mut named = BTreeSet::new();
    for company in all() {
        let Company { truth, changes, .. } = company;
        named.extend(truth.uses);
        named.extend(truth.not);
        named.extend(truth.also);
        for change in changes
            .into_iter()
            .flat_map(|c| [c.expected, c.never].concat())
        {
            named.extend(change.technology);
            named.extend(change.from);
            named.extend(change.to);
        }
    }
    assert_eq!(named, slugs.keys().cloned().collect());
    for (name, slugs) in slugs {
        for slug in slugs {
            assert!(technology(&slug).is_some(), "{name}: {slug}");
        }
    }
}

/// The changes that there are: `Changed` in words.
const KINDS: &[&str] = &[
    "adopted",
    "retired",
    "mail_moved",
    "hosting_moved",
    "name_servers_moved",
    "legacy",
    "certificate_expired",
    "posture_up",
    "posture_down",
    "domain_moved",
];
