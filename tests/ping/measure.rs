//! What is found of the companies, held against what they use.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use foresignal::model::profile::Fact;
use foresignal::technographics::{Findings, Mail, technology};
use serde::Deserialize;

use crate::data::{Company, Dns, folder};

/// How sure we must be of a technology to say that a company uses it.
const SURE: f32 = 0.5;

/// Mailboxes on a server of the company's own: no provider has them.
const OWN_EXCHANGE: &str = "Microsoft Exchange Server";

/// A plain name → the technologies that are meant by it.
pub(crate) type Slugs = BTreeMap<String, Vec<String>>;

pub(crate) fn slugs() -> Slugs {
    let text = std::fs::read_to_string(folder().join("slugs.toml")).expect("readable");
    toml::from_str(&text).expect("slugs.toml parses")
}

/// How many were right, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) right: u64,
    pub(crate) of: u64,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.right += u64::from(right);
        self.of += 1;
    }

    pub(crate) fn figure(self) -> f64 {
        match self.of {
            0 => 1.0,
            of => self.right as f64 / of as f64,
        }
    }
}

/// What was measured, and in words what was wrong.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) figures: BTreeMap<&'static str, Share>,
    table: String,
    wrong: String,
}

impl Measured {
    fn count(&mut self, figure: &'static str, right: bool) {
        self.figures.entry(figure).or_default().count(right);
    }

    /// The table, every miss and every false alarm, and the figures.
    pub(crate) fn report(&self) -> String {
        let mut text = format!("{}\n{}\n", self.table, self.wrong);
        for (name, share) in &self.figures {
            let Share { right, of } = share;
            let _ = writeln!(text, "{name:<18} {:.3}  ({right} of {of})", share.figure());
        }
        text
    }

    /// Holds what was found of a company against its truth.
    pub(crate) fn add(&mut self, company: &Company, found: &Findings, slugs: &Slugs) {
        let truth = &company.truth;
        let sure = found.facts.iter().filter(|fact| fact.confidence >= SURE);
        let sure: Vec<&Fact> = sure.collect();
        let has = |slug: &str| sure.iter().any(|fact| fact.technology == slug);
        let (mut hits, mut missed, mut foreign) = (0, Vec::new(), Vec::new());
        for name in &truth.uses {
            let known = !slugs[name].is_empty();
            let hit = slugs[name].iter().any(|slug| has(slug));
            self.count("recall", hit);
            if known {
                self.count("recall.known", hit);
            }
            match (hit, known) {
                (true, _) => hits += 1,
                (false, true) => missed.push(name.clone()),
                (false, false) => foreign.push(name.clone()),
            }
        }
        let allowed = allowed(company, slugs);
        let mut alarms = Vec::new();
        for fact in &sure {
            // Whose domain lies idle uses its dealer.
            let idle = truth.standing.as_deref() == Some("parked") && fact.category == "parking";
            let right = idle || allowed.contains(&fact.technology);
            self.count("precision", right);
            if !right {
                alarms.push((*fact).clone());
            }
        }
        for name in &truth.not {
            self.count("not", !slugs[name].iter().any(|slug| has(slug)));
        }
        for (name, version) in &truth.versions {
            // A product that is sold by its year has it in its name.
            let year = format!(" {version}");
            let shown = sure.iter().any(|fact| {
                let says = fact.version.as_ref() == Some(version) || fact.name.ends_with(&year);
                slugs[name].contains(&fact.technology) && says
            });
            self.count("versions", shown);
            if !shown {
                self.say(company, &format!("version of {name} is {version}"));
            }
        }
        self.mail(company, found, &sure, slugs);
        let _ = writeln!(
            self.table,
            "{:<12} uses {:>2}  found {hits:>2}  missed {:>2}  no such technology {:>2}  said {:>2}  false {:>2}",
            company.key,
            truth.uses.len(),
            missed.len(),
            foreign.len(),
            sure.len(),
            alarms.len(),
        );
        for name in missed {
            let weak: Vec<String> = found
                .facts
                .iter()
                .filter(|f| slugs[&name].contains(&f.technology))
                .map(|f| format!(" (only {:.2}: {})", f.confidence, f.evidence))
                .collect();
            self.say(company, &format!("missed {name}{}", weak.concat()));
        }
        for name in foreign {
            self.say(company, &format!("no such technology: {name}"));
        }
        for fact in alarms {
            self.say(
                company,
                &format!(
                    "false alarm {} {:.2}: {} at {}",
                    fact.technology, fact.confidence, fact.evidence, fact.url
                ),
            );
        }
    }

    /// Who keeps the mailboxes, and which gateway stands before them.
    fn mail(&mut self, company: &Company, found: &Findings, sure: &[&Fact], slugs: &Slugs) {
        let truth = &company.truth;
        let keeps = |slug: &str| technology(slug).is_some_and(|t| t.mail == Some(Mail::Mailbox));
        if let Some(mail) = &truth.mail {
            // Where a company keeps them itself, or we do not know the place, none may be said.
            let meant = slugs.get(mail).map_or(&[][..], Vec::as_slice);
            let said = sure.iter().filter(|fact| keeps(&fact.technology));
            let said: Vec<&str> = said.map(|fact| fact.technology.as_str()).collect();
            let follows = |slug: &str| {
                let implied = |by: &String| {
                    technology(by).is_some_and(|t| t.implies.iter().any(|i| i == slug))
                };
                meant.iter().any(|by| by == slug || implied(by))
            };
            let own = mail == "own" || mail == OWN_EXCHANGE;
            let right = match own {
                true => said.is_empty(),
                false => {
                    said.iter().any(|slug| follows(slug)) && said.iter().all(|slug| follows(slug))
                }
            };
            self.count("mailboxes", right);
            if !right {
                self.say(
                    company,
                    &format!("mailboxes are at {mail}, found at {said:?}"),
                );
            }
        }
        if company.dns.is_some() {
            let expected: Vec<&String> =
                truth.gateway.iter().flat_map(|name| &slugs[name]).collect();
            let right = match truth.gateway {
                Some(_) => found.gateways.iter().any(|slug| expected.contains(&slug)),
                None => found.gateways.is_empty(),
            };
            self.count("gateways", right);
            if !right {
                self.say(
                    company,
                    &format!(
                        "the gateway is {:?}, found {:?}",
                        truth.gateway, found.gateways
                    ),
                );
            }
        }
    }

    fn say(&mut self, company: &Company, what: &str) {
        let _ = writeln!(self.wrong, "{}: {what}", company.key);
    }
}

/// The technologies that may be said of a company: what it uses, how it protects itself, and what
/// follows from them.
fn allowed(company: &Company, slugs: &Slugs) -> BTreeSet<String> {
    let truth = &company.truth;
    let publishes = |path: &str| company.page.iter().any(|page| page.url.ends_with(path));
    let restricts = |dns: &Dns| dns.zone.contains(" CAA ");
    let used = truth.uses.iter().chain(&truth.also);
    let mut waiting: Vec<String> = used.flat_map(|name| slugs[name].clone()).collect();
    let posture = [
        ("security-txt", publishes("/.well-known/security.txt")),
        ("caa", company.dns.as_ref().is_some_and(restricts)),
        ("hsts", truth.hsts),
        ("mta-sts", truth.mta_sts.is_some()),
        ("tls-rpt", truth.tls_rpt),
        ("bimi", truth.bimi),
        ("dmarc-monitoring", truth.dmarc.as_deref() == Some("none")),
        (
            "dmarc-enforced",
            truth
                .dmarc
                .as_deref()
                .is_some_and(|policy| policy != "none"),
        ),
    ];
    waiting.extend(
        posture
            .iter()
            .filter(|(_, so)| *so)
            .map(|(slug, _)| (*slug).to_owned()),
    );
    let mut allowed = BTreeSet::new();
    while let Some(slug) = waiting.pop() {
        if let Some(technology) = technology(&slug) {
            waiting.extend(
                technology
                    .implies
                    .iter()
                    .filter(|slug| !allowed.contains(*slug))
                    .cloned(),
            );
        }
        allowed.insert(slug);
    }
    allowed
}

/// `floors.toml`: figure → [floor, cases].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    at_least: BTreeMap<String, (f64, u64)>,
}

/// The figures that are below their floor, or pinned on other cases than were measured.
pub(crate) fn broken(measured: &BTreeMap<&'static str, Share>) -> Vec<String> {
    let floors: Floors = toml::from_str(include_str!("floors.toml")).expect("floors.toml parses");
    let mut broken = Vec::new();
    for (name, (floor, cases)) in &floors.at_least {
        match measured.get(name.as_str()) {
            None => broken.push(format!("{name} is pinned and was not measured")),
            // Of what is said there may be more or less: it is the share that counts.
            Some(share) if name != "precision" && share.of != *cases => {
                broken.push(format!(
                    "{name} is pinned on {cases} cases, measured on {}",
                    share.of
                ));
            }
            Some(share) if share.figure() < *floor => {
                broken.push(format!(
                    "{name} is {:.4}, pinned at {floor}",
                    share.figure()
                ));
            }
            Some(_) => {}
        }
    }
    broken
}
