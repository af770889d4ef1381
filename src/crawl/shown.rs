//! Pages that show nothing without scripts: a browser shows them, and asks for what it needs in the
//! turns of their host.
//!
//! Invariants: whatever a page in the browser asks for is a request like any other, in a turn of its
//! own, after the host's rest, within its robots.txt, its address's pace and every budget; until it
//! is read, its task stays due, so a crash costs the requests and never the page.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::digest::Read;
use super::judge::Body;
use super::reservation::Site;
use super::rules::{self, Rules};
use super::turn::{Done, Shared, Turn, Visited};
use super::{Crawl, door};
use crate::fetch::browser::Tab;
use crate::fetch::{Fetch, FetchOutcome, FetchRequest, Fetched, Purpose, Wants};
use crate::model::company::Company;
use crate::model::host::HostRecord;
use crate::model::task::{Harvest, Task, Validators};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::model::wishes::Heard;
use crate::store::{self, Frontier};

/// How soon a page comes again that found no place in the browser.
const NO_PLACE: Duration = Duration::from_secs(10 * 60);

/// A page that is open in the browser, and what it waits for.
pub(super) struct Open {
    tab: Tab,
    was: Task,
    /// As it was fetched.
    fetched: Fetched,
    /// What the site says of its path.
    site: Heard,
    /// What it wants next.
    wants: Url,
}

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Goes on with the page of `host` that is open in the browser, if there is one. Whether it does;
    /// else the host has its turn still, and a page that can go on no longer is given up.
    pub(super) async fn go_on_showing(
        &mut self,
        host: &Host,
        record: &HostRecord,
        now: Timestamp,
    ) -> store::Result<bool> {
        let Some(open) = self.shown.remove(host) else {
            return Ok(false);
        };
        let Some(company) = self.company(&open.was.company).await? else {
            return Ok(false);
        };
        if self.left_alone(host, &company, now).is_some() {
            return Ok(false);
        }
        let wanted = Task {
            url: open.wants.to_string(),
            ..open.was.clone()
        };
        let Rules::Known(robots) = self.rules.at(host, &wanted, record, now) else {
            return Ok(false);
        };
        let reserved = matches!(self.site(&wanted, record, &robots, now), Site::Reserves(..));
        let may = !reserved
            && self.suppressed.entry_for(&open.wants).is_none()
            && robots.verdict(&rules::path(&wanted)).allowed;
        let address = record.address;
        if may {
            if let Err(until) = self.may_ask(address, now) {
                self.shown.insert(host.clone(), open);
                self.hosts.rest(host, until);
                return Ok(true);
            }
            *self.visits.entry(host.clone()).or_default() += 1;
            *self.company_visits.entry(company.id.clone()).or_default() += 1;
            self.tally.visits += 1;
        }
        let turn = Turn::Shown {
            open: Box::new(open),
            record: record.clone(),
            crawl_delay: robots.crawl_delay(),
            may,
        };
        self.spawn(host.clone(), address, turn, company);
        Ok(true)
    }
}

impl<F: Fetch> Shared<F> {
    /// Opens a page that was fetched and shows nothing without scripts; `Err`: there is no browser,
    /// or no place in it, and when it may come again.
    pub(super) async fn open(
        &self,
        was: &Task,
        fetched: &Fetched,
        site: &Heard,
    ) -> Result<(Open, Option<String>), Option<Duration>> {
        let browser = self.browser.as_ref().ok_or(None)?;
        let FetchOutcome::Page(page) = &fetched.outcome else {
            return Err(None);
        };
        let mut tab = browser.open(page).await.ok_or(Some(NO_PLACE))?;
        let wants = tab.next().await.ok_or(None)?;
        let open = Open {
            tab,
            was: was.clone(),
            wants: was.parsed(),
            fetched: fetched.clone(),
            site: site.clone(),
        };
        Ok(match wants {
            Wants::Answer(wants) => (Open { wants, ..open }, None),
            Wants::Nothing(markup) => (open, Some(markup)),
        })
    }

    /// Asks for what an open page wants, if it `may`, and goes on with it.
    pub(super) async fn show_on(
        self: Arc<Self>,
        host: Host,
        mut open: Open,
        record: HostRecord,
        crawl_delay: Option<Duration>,
        may: bool,
        company: Arc<Company>,
    ) -> Done {
        let mut fetched = None;
        let mut took = Duration::ZERO;
        let mut record = record;
        let mut bytes = 0;
        if may {
            let request = FetchRequest {
                url: open.wants.clone(),
                validators: Validators::default(),
                purpose: Purpose::Page,
            };
            let answer = self.fetch.fetch(request).await;
            let (now, manner) = (self.clock.now(), self.manners.at(&host));
            record = door::host(&record, &answer, Purpose::Page, crawl_delay, manner, now);
            took = answer.took;
            if let FetchOutcome::Page(page) = &answer.outcome {
                bytes = page.body.len();
            }
            fetched = Some(answer.outcome);
        }
        open.fetched.took += took;
        open.tab.answer(fetched.as_ref()).await;
        match open.tab.next().await {
            Some(Wants::Answer(wants)) => {
                let open = Open { wants, ..open };
                waits(host, record, open, took, bytes)
            }
            Some(Wants::Nothing(markup)) => {
                self.shown(host, open, Some(markup), record, &company, took, bytes)
                    .await
            }
            None => {
                self.shown(host, open, None, record, &company, took, bytes)
                    .await
            }
        }
    }

    /// Reads what a page shows at last; without `markup` it showed nothing.
    #[expect(clippy::too_many_arguments, reason = "all of them are one turn's")]
    pub(super) async fn shown(
        self: &Arc<Self>,
        host: Host,
        open: Open,
        markup: Option<String>,
        record: HostRecord,
        company: &Arc<Company>,
        took: Duration,
        bytes: usize,
    ) -> Done {
        let refused = open.tab.refused();
        let Open {
            was,
            mut fetched,
            site,
            ..
        } = open;
        tracing::debug!(url = was.url, refused, shown = markup.is_some(), "browser");
        let now = self.clock.now();
        let (mut body, mut read) = (Body::None, Read::default());
        if let FetchOutcome::Page(mut page) = fetched.outcome {
            let was_shown = markup.is_some();
            if let Some(markup) = markup {
                page.body = markup.into_bytes();
                page.truncated = false;
                page.headers.retain(|(name, _)| name != "content-type");
                let kind = "text/html; charset=utf-8".to_owned();
                page.headers.push(("content-type".to_owned(), kind));
            }
            let page = Arc::new(page);
            (body, read) = self.read(&page, &was, company, site, &record, now).await;
            // However little it is: this is all that scripts make of it.
            read.scripted &= !was_shown;
            fetched.outcome = FetchOutcome::Page(Arc::unwrap_or_clone(page));
        }
        let visited = Visited {
            was,
            record,
            fetched,
            body,
            read,
            shown: true,
        };
        let mut done = self.settle(host, visited, company, now);
        (done.took, done.bytes) = (took, bytes);
        done
    }
}

/// A turn after which the page is still open.
pub(super) fn waits(
    host: Host,
    record: HostRecord,
    open: Open,
    took: Duration,
    bytes: usize,
) -> Done {
    let harvest = Harvest {
        hosts: vec![(host.clone(), record)],
        ..Harvest::default()
    };
    Done {
        open: Some(Box::new(open)),
        ..Done::of(host, harvest, took, bytes)
    }
}
