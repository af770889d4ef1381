//! How a run begins: with every host at rest.
//!
//! Of what was in flight when a run was killed the store knows nothing: any host may have been asked
//! a moment ago. Each rests as it would have after that request, as far as that can be known.

use super::Crawl;
use crate::fetch::Fetch;
use crate::fetch::robots::Robots;
use crate::model::host::{HostRecord, RobotsState};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::{self, Frontier};

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Puts every host that has something to do into the queue, at rest.
    pub(super) async fn open(&mut self) -> store::Result<()> {
        self.before = self.frontier.size()?;
        self.look_at_disk();
        let now = self.clock.now();
        let cut_off = self.frontier.cut_off();
        for (host, at) in self.frontier.hosts().await? {
            if self.hosts.take(&host, now).is_ok() {
                self.hosts.wake(&host, at);
                let rest = self.shared.manners.at(&host).rest;
                self.hosts.sleep(&host, now.after(rest));
            }
            if cut_off {
                self.rest_as_asked(host, now).await?;
            }
        }
        if cut_off {
            self.keep_notes().await?;
            self.frontier.settled();
        }
        Ok(())
    }

    /// Notes that a host whose robots.txt asks for a longer rest than ours gets it; start keeps to
    /// what is noted. One that was at rest was not at work when the run was killed.
    async fn rest_as_asked(&mut self, host: Host, now: Timestamp) -> store::Result<()> {
        let record = self.frontier.host(&host).await?;
        let rules = match &record.robots {
            RobotsState::Known { rules, .. } => rules,
            RobotsState::Unreachable {
                last: Some((_, rules)),
                ..
            } => rules,
            _ => return Ok(()),
        };
        let manner = self.shared.manners.at(&host);
        let asked = Robots::unpack(rules).and_then(|robots| robots.crawl_delay());
        let rest = asked.unwrap_or_default().min(manner.crawl_delay_max);
        if rest > manner.rest && record.rest_until <= now {
            let rest_until = now.after(rest);
            let record = HostRecord {
                rest_until,
                ..record
            };
            self.note(host, record);
        }
        Ok(())
    }
}
