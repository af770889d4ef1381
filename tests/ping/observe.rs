//! A company is looked at over the network: real questions to a real name server, real TLS.

use foresignal::clock::Clock;
use foresignal::fetch::{Config, Fetch, FetchOutcome, FetchRequest, HttpFetcher, Purpose};
use foresignal::model::page::Page;
use foresignal::model::task::Validators;
use foresignal::technographics::observed::{Asked, Certificate, Observed, Question};
use foresignal::technographics::plan;
use hickory_proto::op::ResponseCode;
use url::Url;

use crate::data::{Broken, Company, others};
use crate::names::{Names, Way};
use crate::web::Web;

/// Redirects that are followed from the front page.
const HOPS: usize = 3;

/// Lame delegation, as a resolver says it (RFC 8914 §4.23).
const NO_REACHABLE_AUTHORITY: u16 = 22;

/// The network in which companies are as they are at one time.
pub(crate) struct Network {
    clock: Clock,
    /// Asks DNS as it is in the data.
    asker: HttpFetcher,
    /// Finds every host of a company on loopback.
    visitor: HttpFetcher,
    web: Web,
    _names: [Names; 2],
}

/// What came of a look.
pub(crate) struct Seen {
    pub(crate) observed: Observed,
    pub(crate) pages: Vec<Page>,
    /// The front page, and what it led to.
    pub(crate) front: Vec<Visited>,
}

/// A URL on the way to the front page, and what came of it.
pub(crate) struct Visited {
    pub(crate) url: Url,
    /// Where it leads, and whether for good.
    pub(crate) moved: Option<(Url, bool)>,
    pub(crate) certificate: Option<Certificate>,
}

impl Network {
    pub(crate) async fn of(companies: &[Company]) -> Network {
        let web = Web::of(companies).await;
        let names = [published(companies).await, local(companies).await];
        let clock = Clock::system();
        let [asker, visitor] = [&names[0], &names[1]].map(|names| {
            let config = Config {
                allow_loopback: true,
                extra_ca: vec![web.authority()],
                dns: vec![names.address],
                ..Config::default()
            };
            HttpFetcher::new(&config, clock.clone()).expect("a client")
        });
        Network {
            clock,
            asker,
            visitor,
            web,
            _names: names,
        }
    }

    /// Asks DNS all that is to be asked of the company's domain, and gets its pages.
    pub(crate) async fn look(&self, company: &Company) -> Seen {
        let mut observed = Observed {
            domain: company.domain.clone(),
            seen: self.clock.now(),
            ..Observed::default()
        };
        let mut questions = plan::questions(&company.domain);
        while !questions.is_empty() {
            observed.asked.extend(self.ask(questions).await);
            questions = plan::follow_up(&observed);
        }
        let (mut pages, mut front) = (Vec::new(), Vec::new());
        let mut next = Some(self.web.at(&format!("https://{}/", company.domain)));
        for _ in 0..=HOPS {
            let Some(url) = next.take() else {
                break;
            };
            let (outcome, certificate) = self.get(url.clone(), Purpose::Front).await;
            observed.certificates.extend(certificate.clone());
            let mut visited = Visited {
                url,
                moved: None,
                certificate,
            };
            match outcome {
                FetchOutcome::Moved { to, permanent } => {
                    next = Some(self.web.at(to.as_str()));
                    visited.moved = Some((to, permanent));
                }
                FetchOutcome::Page(page) => pages.push(page),
                _ => {}
            }
            front.push(visited);
        }
        let seen = pages.first().map(|page| page.url.clone());
        for page in company.page.iter().filter(|page| page.status == 200) {
            let url = self.web.at(&page.url);
            if seen.as_deref() != Some(url.as_str())
                && let (FetchOutcome::Page(page), _) = self.get(url, Purpose::Page).await
            {
                pages.push(page);
            }
        }
        Seen {
            observed,
            pages,
            front,
        }
    }

    pub(crate) async fn ask(&self, questions: Vec<Question>) -> Vec<Asked> {
        self.asker.ask(questions).await
    }

    async fn get(&self, url: Url, purpose: Purpose) -> (FetchOutcome, Option<Certificate>) {
        let request = FetchRequest {
            url,
            validators: Validators::default(),
            purpose,
        };
        let fetched = self.visitor.fetch(request).await;
        (fetched.outcome, fetched.certificate)
    }
}

/// DNS as the companies and the others publish it.
async fn published(companies: &[Company]) -> Names {
    let others = others();
    let tops = tops(&others);
    let mut zones: Vec<(&str, &str)> = Vec::new();
    zones.extend(tops.iter().map(|(top, zone)| (top.as_str(), zone.as_str())));
    for company in companies {
        zones.extend(company.zones());
    }
    let names = Names::serving(&zones).await;
    for company in companies {
        match company.answers {
            Some(Broken::Servfail) => {
                names.misbehave(&company.domain, Way::Code(ResponseCode::ServFail));
            }
            Some(Broken::Lame) => {
                names.misbehave(&company.domain, Way::Extended(NO_REACHABLE_AUTHORITY));
            }
            Some(Broken::Nxdomain) | None => {}
        }
    }
    names
}

/// The others' zone, cut at the top-level domains.
fn tops(others: &str) -> Vec<(String, String)> {
    let mut tops: Vec<(String, String)> = Vec::new();
    let records = others.lines().filter(|line| line.contains(" IN "));
    for line in records.filter(|line| !line.starts_with('@')) {
        let owner = line.split(' ').next().expect("a record has an owner");
        let top = owner.trim_end_matches('.').rsplit('.').next();
        let top = top.expect("a name has labels");
        let place = tops.iter().position(|(known, _)| known == top);
        let place = place.unwrap_or_else(|| {
            tops.push((top.to_owned(), String::new()));
            tops.len() - 1
        });
        tops[place].1.push_str(line);
        tops[place].1.push('\n');
    }
    tops
}

/// DNS in which every host with a page is this machine.
async fn local(companies: &[Company]) -> Names {
    let mut hosts: Vec<String> = Vec::new();
    for page in companies.iter().flat_map(|company| &company.page) {
        let url = Url::parse(&page.url).expect("a URL");
        hosts.push(url.host_str().expect("a host").to_owned());
    }
    hosts.sort();
    hosts.dedup();
    let zone: Vec<String> = hosts
        .iter()
        .map(|host| format!("{host}. IN A 127.0.0.1"))
        .collect();
    Names::serving(&[("example", &zone.join("\n"))]).await
}
