//! A ping: a turn that asks DNS what a company's domain says, and nothing of the company's own hosts.
//!
//! Its door is the DNS (`dns://contoso.example:53/`), so it waits for no site and no site waits for
//! it; how many questions are asked in a second is kept by `pace`. Certificates and front pages
//! are seen by the visits that the crawl makes anyway.

use std::sync::Arc;
use std::time::Duration;

use super::turn::{Done, Shared, Turn};
use super::{Crawl, door, judge};
use crate::fetch::Fetch;
use crate::model::company::Company;
use crate::model::host::HostRecord;
use crate::model::task::{Discovery, Harvest, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::{self, Host};
use crate::store::Frontier;
use crate::technographics::SECURITY_TXT;
use crate::technographics::learn::{Look, Shown};
use crate::technographics::observed::{Answer, Asked, Kind, Observed};
use crate::technographics::plan;

/// How often answers may lead to further questions: SPF records include each other, as often as a
/// receiver looks them up (RFC 7208 §4.6.4).
const ROUNDS: usize = 10;

/// After this long, nothing further is asked: one call may take as long as a request.
const LONGEST: Duration = Duration::from_secs(60);

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Gives a domain its ping, as soon as so many questions may be asked.
    pub(super) fn start_ping(
        &mut self,
        host: Host,
        task: Box<Task>,
        record: HostRecord,
        company: Arc<Company>,
        now: Timestamp,
    ) {
        // The questions first: a turn that the whole crawl allows is used up by asking for it.
        let may = self.pace.questions();
        if let Err(until) = may.and_then(|()| self.may_ask(None, now)) {
            self.hosts.rest(&host, until);
            return;
        }
        self.tally.pings += 1;
        self.spawn(host, None, Turn::Ping { task, record }, company);
    }
}

impl<F: Fetch> Shared<F> {
    /// Asks what the plan has, and what the answers make worth asking.
    pub(super) async fn ping(
        self: Arc<Self>,
        host: Host,
        was: Task,
        record: HostRecord,
        company: &Company,
    ) -> Done {
        let began = self.clock.now();
        let url = was.parsed();
        let domain = url.host_str().unwrap_or_default().to_owned();
        let mut questions = plan::questions(&domain);
        let mut observed = Observed {
            domain,
            ..Observed::default()
        };
        for _ in 0..ROUNDS {
            if questions.is_empty() || self.clock.now().since(began) > LONGEST {
                break;
            }
            let asked = self.fetch.ask(questions).await;
            observed.asked.extend(asked);
            questions = plan::follow_up(&observed);
        }
        let now = self.clock.now();
        observed.seen = now;
        let took = now.since(began);
        let answered = |answer: &Answer| !matches!(answer, Answer::Unknown(_));
        let heard = observed.asked.iter().any(|asked| answered(&asked.answer));
        let is_there = |asked: &Asked| {
            let address = matches!(asked.kind, Kind::A | Kind::Aaaa);
            let records = matches!(&asked.answer, Answer::Records(found) if !found.is_empty());
            address && records && asked.name == observed.domain
        };
        let found = match observed.asked.iter().any(is_there) {
            true => security_txt(&was, company, now),
            false => None,
        };
        let rest = self.manners.at(&host).rest;
        let record = door::asked_names(&record, took, rest, now);
        let task = judge::pinged(&was, heard, took, &self.revisit, now);
        let harvest = Harvest {
            was: Some(was),
            now: Some(task),
            hosts: vec![(host.clone(), record)],
            found: found.into_iter().collect(),
            ..Harvest::default()
        };
        Done {
            look: heard.then_some(Look {
                at: now,
                shown: Shown::Names(observed),
            }),
            ..Done::of(host, harvest, took, 0)
        }
    }
}

/// The `security.txt` of a domain that was pinged (RFC 9116 §3: over TLS alone).
fn security_txt(ping: &Task, company: &Company, now: Timestamp) -> Option<Discovery> {
    let asked = ping.parsed();
    let mut address = format!("https://{}", asked.host_str()?);
    // Where the list names a port, the site is there.
    if let Some((_, port)) = company.domains.first()?.rsplit_once(':') {
        address.push_str(&format!(":{port}"));
    }
    address.push_str(SECURITY_TXT);
    Some(ping.leads_to(url::parse(&address)?, TaskKind::Page, now, now))
}
