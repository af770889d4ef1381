//! Chromium over the Chrome DevTools Protocol: its `Fetch` domain holds every request of a page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chromiumoxide::browser::BrowserConfig;
use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::fetch::{
    EventRequestPaused, FailRequestParams, FulfillRequestParams, HeaderEntry, RequestId,
};
use chromiumoxide::cdp::browser_protocol::network::{ErrorReason, ResourceType};
use chromiumoxide::cdp::browser_protocol::page::NavigateParams;
use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams,
};
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use url::Url;

use super::{Config, Error, Wants};
use crate::fetch::FetchOutcome;
use crate::model::page::Page;

/// A page that has wanted nothing for so long may have all it wants.
const QUIET: Duration = Duration::from_millis(500);

/// Requests that a page may make in all, refused ones with them, before it is closed: a page that
/// asks without end is not waited for.
const MOST_ASKED: usize = 2_000;

/// What would wait for a person, or open what nobody looks at.
const NOBODY_HERE: &str = "window.alert = window.print = () => undefined; \
    window.confirm = () => false; window.prompt = () => null; window.open = () => null; \
    window.onbeforeunload = null;";

/// A Chromium that runs. It ends with the last of its clones.
#[derive(Clone, Debug)]
pub struct Browser {
    inner: Arc<chromiumoxide::Browser>,
    /// Its profile, removed with it.
    _profile: Arc<TempDir>,
    free: Arc<Semaphore>,
    config: Config,
    agent: String,
    /// Bytes of markup that are taken from a page.
    most: usize,
}

/// One page that is open in it.
#[derive(Debug)]
pub struct Tab {
    browser: Browser,
    page: chromiumoxide::Page,
    context: BrowserContextId,
    waiting: mpsc::Receiver<Paused>,
    /// What [`Tab::next`] answered with last.
    asked: Option<Paused>,
    refused: Arc<AtomicUsize>,
    watching: JoinHandle<()>,
    _place: OwnedSemaphorePermit,
}

/// A request that Chromium holds.
#[derive(Debug)]
struct Paused {
    id: RequestId,
    url: Url,
}

impl Browser {
    /// Starts the program; `agent` is what its pages hear as their user agent, `most` how many bytes
    /// of markup are taken from one.
    ///
    /// # Errors
    /// When the program is not there or does not answer.
    pub async fn start(config: &Config, agent: &str, most: usize) -> Result<Browser, Error> {
        let failed = |why: String| Error::Start {
            program: config.program.clone(),
            why,
        };
        let profile = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let mut settings = BrowserConfig::builder()
            .chrome_executable(&config.program)
            .user_data_dir(profile.path())
            .new_headless_mode()
            .enable_request_intercept()
            .disable_cache()
            .respect_https_errors()
            .disable_https_first()
            .viewport(None)
            .args([
                "disable-gpu",
                "disable-quic",
                "disable-component-update",
                "disable-domain-reliability",
                "disable-extensions",
                "dns-prefetch-disable",
                "no-default-browser-check",
                "no-pings",
                "mute-audio",
                // What interception does not see goes nowhere.
                "proxy-server=http://127.0.0.1:9",
                "proxy-bypass-list=<-loopback>",
                "host-resolver-rules=MAP * ~NOTFOUND",
                "force-webrtc-ip-handling-policy=disable_non_proxied_udp",
            ]);
        if !config.sandbox {
            settings = settings.no_sandbox();
        }
        let settings = settings.build().map_err(failed)?;
        let (browser, mut handler) = chromiumoxide::Browser::launch(settings)
            .await
            .map_err(|error| failed(error.to_string()))?;
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        Ok(Browser {
            inner: Arc::new(browser),
            _profile: Arc::new(profile),
            free: Arc::new(Semaphore::new(config.pages)),
            config: config.clone(),
            agent: agent.to_owned(),
            most,
        })
    }

    /// Opens a page that was fetched; `None`: no place is free, or Chromium does not answer.
    pub async fn open(&self, page: &Page) -> Option<Tab> {
        let place = Arc::clone(&self.free).try_acquire_owned().ok()?;
        timeout(self.config.patience, self.show(page, place))
            .await
            .ok()?
    }

    async fn show(&self, shown: &Page, place: OwnedSemaphorePermit) -> Option<Tab> {
        let url = Url::parse(&shown.url).ok()?;
        // Of its own, so that no cookie and no storage goes from one page to the next.
        let context = CreateBrowserContextParams::default();
        let context = self.inner.create_browser_context(context).await.ok()?;
        let blank = CreateTargetParams::builder()
            .url("about:blank")
            .browser_context_id(context.clone());
        let page = self.inner.new_page(blank.build().ok()?).await.ok()?;
        page.set_user_agent(self.agent.as_str()).await.ok()?;
        page.evaluate_on_new_document(NOBODY_HERE).await.ok()?;
        let held = page.event_listener::<EventRequestPaused>().await.ok()?;
        let (put, waiting) = mpsc::channel(self.config.requests);
        let refused = Arc::new(AtomicUsize::new(0));
        let guard = Guard {
            page: page.clone(),
            url: url.clone(),
            first: Some(document(shown)),
            left: self.config.requests,
            put,
            refused: Arc::clone(&refused),
        };
        let watching = tokio::spawn(guard.watch(held));
        let going = page.clone();
        // Chromium answers when the page arrives, and that it does only when it is handed over.
        tokio::spawn(async move { going.execute(NavigateParams::new(url)).await });
        Some(Tab {
            browser: self.clone(),
            page,
            context,
            waiting,
            asked: None,
            refused,
            watching,
            _place: place,
        })
    }
}

impl Tab {
    /// Waits until the page wants something, or nothing more; `None`: it is of no use, because it
    /// hangs or was closed.
    pub async fn next(&mut self) -> Option<Wants> {
        let patience = self.browser.config.patience;
        let start = Instant::now();
        loop {
            if let Ok(Some(paused)) = timeout(QUIET, self.waiting.recv()).await {
                let url = paused.url.clone();
                self.asked = Some(paused);
                return Some(Wants::Answer(url));
            }
            // A script that is at work answers when it has done; until then this waits.
            let asked = self.page.evaluate("document.readyState");
            let state: String = timeout(patience, asked)
                .await
                .ok()?
                .ok()?
                .into_value()
                .ok()?;
            let settled = state == "complete" || start.elapsed() > patience;
            if settled && self.waiting.is_empty() {
                break;
            }
        }
        let most = self.browser.most;
        let markup = format!("document.documentElement.outerHTML.slice(0, {most})");
        let asked = self.page.evaluate(markup);
        let markup: String = timeout(patience, asked)
            .await
            .ok()?
            .ok()?
            .into_value()
            .ok()?;
        Some(Wants::Nothing(markup))
    }

    /// Hands over what came of the request that [`Tab::next`] answered with; `None`: it may not be
    /// made.
    pub async fn answer(&mut self, outcome: Option<&FetchOutcome>) {
        let Some(paused) = self.asked.take() else {
            return;
        };
        let answer = match outcome {
            Some(FetchOutcome::Page(page)) => Some(document(page)),
            Some(FetchOutcome::Moved { to, .. }) => Some(Given {
                status: 302,
                headers: vec![HeaderEntry::new("Location", to.as_str())],
                body: String::new(),
            }),
            Some(FetchOutcome::Gone(status) | FetchOutcome::Refused { status, .. }) => {
                Some(Given {
                    status: *status,
                    headers: Vec::new(),
                    body: String::new(),
                })
            }
            Some(FetchOutcome::NotModified | FetchOutcome::Failed(_)) | None => None,
        };
        match answer {
            Some(given) => give(&self.page, paused.id, given).await,
            None => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                refuse(&self.page, paused.id).await;
            }
        }
    }

    /// How many requests of the page were refused: other hosts', pictures, what may not be asked.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.watching.abort();
        let (browser, context) = (Arc::clone(&self.browser.inner), self.context.clone());
        tokio::spawn(async move { browser.dispose_browser_context(context).await });
    }
}

/// Who sorts a page's requests as they are held.
struct Guard {
    page: chromiumoxide::Page,
    url: Url,
    /// The page itself, as it was fetched, until it is handed over.
    first: Option<Given>,
    /// Requests that may still be put forward.
    left: usize,
    put: mpsc::Sender<Paused>,
    refused: Arc<AtomicUsize>,
}

impl Guard {
    async fn watch(mut self, mut held: impl StreamExt<Item = Arc<EventRequestPaused>> + Unpin) {
        for _ in 0..MOST_ASKED {
            let Some(event) = held.next().await else {
                return;
            };
            let asked = Url::parse(&event.request.url).ok();
            if asked.as_ref() == Some(&self.url)
                && let Some(first) = self.first.take()
            {
                give(&self.page, event.request_id.clone(), first).await;
                continue;
            }
            let wanted = asked.filter(|url| self.left > 0 && self.may(&event, url));
            let paused = wanted.map(|url| Paused {
                id: event.request_id.clone(),
                url,
            });
            if paused.is_some_and(|paused| self.put.try_send(paused).is_ok()) {
                self.left -= 1;
            } else {
                self.refused.fetch_add(1, Ordering::Relaxed);
                refuse(&self.page, event.request_id.clone()).await;
            }
        }
        // Dropping the sender and the page's requests unanswered ends what the page can do.
    }

    /// Whether a request is put forward: text and scripts of the page's own door, asked as we ask.
    fn may(&self, event: &EventRequestPaused, url: &Url) -> bool {
        let kind = matches!(
            event.resource_type,
            ResourceType::Document | ResourceType::Script | ResourceType::Xhr | ResourceType::Fetch
        );
        kind && event.request.method == "GET" && url.origin() == self.url.origin()
    }
}

/// An answer as Chromium takes it.
struct Given {
    status: u16,
    headers: Vec<HeaderEntry>,
    body: String,
}

fn document(page: &Page) -> Given {
    // Of the fields only what tells how the body is to be read; a policy of the page's would keep
    // its scripts from nothing that is not kept from them here.
    let headers = page
        .header("content-type")
        .map(|kind| HeaderEntry::new("Content-Type", kind));
    Given {
        status: page.status,
        headers: headers.into_iter().collect(),
        body: BASE64_STANDARD.encode(&page.body),
    }
}

/// A page that is gone needs no answer.
async fn give(page: &chromiumoxide::Page, id: RequestId, given: Given) {
    let params = FulfillRequestParams {
        response_headers: Some(given.headers),
        body: Some(given.body.into()),
        ..FulfillRequestParams::new(id, i64::from(given.status))
    };
    let _ = page.execute(params).await;
}

async fn refuse(page: &chromiumoxide::Page, id: RequestId) {
    let params = FailRequestParams::new(id, ErrorReason::BlockedByClient);
    let _ = page.execute(params).await;
}
