//! What is told of the companies that look otherwise later, days moved by hand: twice as they were,
//! then twice, a week apart, as each later time has them.

use std::collections::BTreeMap;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::extract;
use foresignal::model::company::CompanyId;
use foresignal::model::page::Page;
use foresignal::model::profile::{self, Changed, Profile};
use foresignal::model::time::Timestamp;
use foresignal::technographics::learn::{Look, Shown, Shows, learn};
use foresignal::technographics::observed::Certificate;
use foresignal::technographics::{recognise, related};
use url::Url;

use crate::data::{Broken, Change, Company, companies, later};
use crate::measure::{Slugs, slugs};
use crate::observe::{Network, Seen};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_is_told_and_nothing_else() {
    let slugs = slugs();
    let mut times: BTreeMap<u32, Vec<Company>> = BTreeMap::new();
    for company in later() {
        times.entry(company.step).or_default().push(company);
    }
    let changed = |first: &Company| times[&1].iter().any(|later| later.of == first.key);
    let first: Vec<Company> = companies().into_iter().filter(changed).collect();
    let now = Clock::system().now();
    let mut known: BTreeMap<String, (Profile, Timestamp)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (step, companies) in std::iter::once((0, first)).chain(times) {
        let network = Network::of(&companies).await;
        for company in &companies {
            let key = if step == 0 { &company.key } else { &company.of };
            let (profile, day) = known.entry(key.clone()).or_insert_with(|| {
                let id = CompanyId(company.domain.clone());
                (Profile::new(id), now)
            });
            let seen = network.look(company).await;
            let began = *day;
            let mut told = Vec::new();
            for _ in 0..looks(company) {
                for look in looked(company, &seen, began.since(now), *day) {
                    told.extend(learn(profile, &look));
                }
                *day = day.after(WEEK);
            }
            wrong.extend(amiss(company, &told, &slugs));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is true, told, and not among what the data expects: the new place runs another web server.
const BESIDE: &[(&str, &str, &str)] = &[
    ("mill.1", "adopted", "nginx"),
    ("mill.1", "retired", "apache"),
];

/// What cannot be told: nothing shows where the site stood at first, for its address is its own and
/// bears no name.
const UNSEEN: &[(&str, &str)] = &[("mill.1", "hosting_moved")];

/// Where nobody can say anything, that is so for one look.
fn looks(company: &Company) -> usize {
    match company.answers {
        Some(Broken::Servfail | Broken::Lame) => 1,
        Some(Broken::Nxdomain) | None => 2,
    }
}

/// What a ping and the visits of the pages show, as the crawl passes it on. `moved`: how far the day
/// on which things became so was moved, and the certificate's days with it.
fn looked(company: &Company, seen: &Seen, moved: Duration, at: Timestamp) -> Vec<Look> {
    let domain = &company.domain;
    let mut names = seen.observed.clone();
    names.certificates.clear();
    names.seen = at;
    let mut shown = vec![Shown::Names(names)];
    let certificate = |certificate: &Certificate| Certificate {
        url: bare(&certificate.url),
        not_before: certificate.not_before.after(moved),
        not_after: certificate.not_after.after(moved),
        ..certificate.clone()
    };
    for visited in &seen.front {
        let url = bare(visited.url.as_str());
        let certificate = visited.certificate.as_ref().map(certificate);
        let read = seen
            .pages
            .iter()
            .find(|page| page.url == visited.url.as_str());
        let mut shows = match read {
            Some(page) => of_page(page, domain, true, at),
            None => Shows {
                url: url.clone(),
                front: true,
                ..Shows::default()
            },
        };
        let ties = certificate.iter();
        shows
            .related
            .extend(ties.flat_map(|one| related::of_certificate(domain, one, at)));
        if let Some((to, permanent)) = &visited.moved {
            let tie = related::of_redirect(domain, &url, to, *permanent, at);
            shows.related.extend(tie);
        }
        shows.certificate = certificate;
        shown.push(Shown::Page(shows));
    }
    let on_the_way = |page: &&Page| seen.front.iter().any(|one| one.url.as_str() == page.url);
    let others = seen.pages.iter().filter(|page| !on_the_way(page));
    shown.extend(others.map(|page| Shown::Page(of_page(page, domain, false, at))));
    shown.into_iter().map(|shown| Look { at, shown }).collect()
}

fn of_page(page: &Page, domain: &str, front: bool, at: Timestamp) -> Shows {
    let page = Page {
        url: bare(&page.url),
        fetched: at,
        ..page.clone()
    };
    let reading = extract::read(&page);
    let canonical = reading.canonical.filter(|_| front);
    let tie = canonical.and_then(|to| related::of_canonical(domain, &page.url, &to, at));
    Shows {
        facts: recognise(&page),
        claims: reading.claims,
        related: tie.into_iter().collect(),
        url: page.url,
        front,
        read: true,
        ..Shows::default()
    }
}

/// Without the port, which is another in each network.
fn bare(url: &str) -> String {
    let mut url = Url::parse(url).expect("a URL");
    url.set_port(None).expect("it has a host");
    url.into()
}

/// What was told and should not have been, and what was not told; in words.
fn amiss(company: &Company, told: &[profile::Change], slugs: &Slugs) -> Vec<String> {
    let none = Vec::new();
    let expected = company.changes.as_ref().map_or(&none, |all| &all.expected);
    let never = company.changes.as_ref().map_or(&none, |all| &all.never);
    let mut wrong = Vec::new();
    for change in expected {
        let times = told
            .iter()
            .filter(|one| is(&one.what, change, slugs))
            .count();
        let unseen = UNSEEN.contains(&(company.key.as_str(), change.kind.as_str()));
        if times != usize::from(!unseen) {
            wrong.push(format!("{}: {change:?} told {times} times", company.key));
        }
    }
    for one in told {
        let meant = |changes: &[Change]| changes.iter().any(|to| is(&one.what, to, slugs));
        // A version whose support is over is news at any time, and the first time it is seen.
        let legacy = company.step == 0 && matches!(one.what, Changed::Legacy { .. });
        if meant(never) || !(meant(expected) || legacy || is_beside(company, &one.what)) {
            let (before, after) = (&one.before.evidence, &one.after.evidence);
            let what = &one.what;
            wrong.push(format!(
                "{}: told {what:?}: {before} -> {after}",
                company.key
            ));
        }
    }
    for (_, kind, slug) in BESIDE.iter().filter(|(key, ..)| *key == company.key) {
        let told_of = told;
        let told = |one: &profile::Change| match &one.what {
            Changed::Adopted(of) => *kind == "adopted" && of == slug,
            Changed::Retired(of) => *kind == "retired" && of == slug,
            _ => false,
        };
        if !told_of.iter().any(told) {
            wrong.push(format!("{}: {kind} {slug} is told no more", company.key));
        }
    }
    wrong
}

fn is_beside(company: &Company, what: &Changed) -> bool {
    let (kind, slug) = match what {
        Changed::Adopted(slug) => ("adopted", slug),
        Changed::Retired(slug) => ("retired", slug),
        _ => return false,
    };
    BESIDE.contains(&(company.key.as_str(), kind, slug.as_str()))
}

/// Whether what was told is what is meant.
fn is(told: &Changed, meant: &Change, slugs: &Slugs) -> bool {
    let named = |name: &Option<String>, slug: &str| match name {
        Some(name) => slugs[name].iter().any(|one| one == slug),
        None => true,
    };
    let (kind, technology, moved) = match told {
        Changed::Adopted(slug) => ("adopted", Some(slug), None),
        Changed::Retired(slug) => ("retired", Some(slug), None),
        Changed::MailMoved { from, to } => ("mail_moved", None, Some((from, to))),
        Changed::HostingMoved { from, to } => ("hosting_moved", None, Some((from, to))),
        Changed::NameServersMoved { from, to } => ("name_servers_moved", None, Some((from, to))),
        Changed::Legacy { technology, .. } => ("legacy", Some(technology), None),
        Changed::CertificateExpired { .. } => ("certificate_expired", None, None),
        Changed::PostureUp(_) => ("posture_up", None, None),
        Changed::PostureDown(_) => ("posture_down", None, None),
        Changed::DomainMoved { .. } => ("domain_moved", None, None),
    };
    kind == meant.kind
        && technology.is_none_or(|slug| named(&meant.technology, slug))
        && moved.is_none_or(|(from, to)| named(&meant.from, from) && named(&meant.to, to))
}
