//! What an operator sees while a crawl runs: a live view in a terminal, a plain line every few
//! seconds elsewhere, and `status.json` for everybody else.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::complain;
use super::summary::pause;
use crate::crawl::Tally;

/// How often a line is printed where there is no terminal, and the status is written.
const EVERY: Duration = Duration::from_secs(5);

/// Shows a crawl's figures as they come.
pub(super) struct Progress {
    view: View,
    status: Option<PathBuf>,
    /// When it was last said and written; `None`: never.
    last: Option<Duration>,
    window: Rate,
}

enum View {
    Live(ProgressBar),
    Lines,
    Silent,
}

impl Progress {
    /// On standard error: live in a terminal, else line by line. The status is kept in `status`,
    /// unless nothing is to be kept.
    pub(super) fn new(status: Option<PathBuf>, silent: bool) -> Progress {
        let view = if silent {
            View::Silent
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner();
            bar.set_style(
                ProgressStyle::with_template("{spinner} {msg}")
                    .expect("the template is well formed"),
            );
            View::Live(bar)
        } else {
            View::Lines
        };
        Progress {
            view,
            status,
            last: None,
            window: Rate::default(),
        }
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, tally: &Tally) {
        self.window.add(tally);
        let waited = tally.elapsed.saturating_sub(self.last.unwrap_or_default());
        let due = waited >= EVERY || tally.ended.is_some();
        match &self.view {
            View::Live(bar) => {
                bar.set_message(live(tally, self.window.per_second()));
                bar.tick();
            }
            View::Lines if due => complain(&line(tally, self.window.per_second())),
            View::Lines | View::Silent => {}
        }
        if due || self.last.is_none() {
            self.last = Some(tally.elapsed);
            self.write_status(tally);
        }
    }

    /// The view goes, the result follows.
    pub(super) fn end(self) {
        if let View::Live(bar) = self.view {
            bar.finish_and_clear();
        }
    }

    /// The status is a courtesy: that it cannot be written must not end a crawl, but is said.
    fn write_status(&self, tally: &Tally) {
        let Some(status) = &self.status else { return };
        let written = serde_json::to_vec_pretty(tally)
            .map_err(std::io::Error::other)
            .and_then(|json| {
                let beside = status.with_extension("json.part");
                std::fs::write(&beside, json)?;
                std::fs::rename(&beside, status)
            });
        if let Err(error) = written {
            tracing::warn!("cannot write {}: {error}", status.display());
        }
    }
}

/// Pages a second over the last ticks.
#[derive(Default)]
struct Rate(std::collections::VecDeque<(Duration, u64)>);

impl Rate {
    fn add(&mut self, tally: &Tally) {
        self.0.push_back((tally.elapsed, tally.visits));
        if self.0.len() > 10 {
            self.0.pop_front();
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    fn per_second(&self) -> f64 {
        match (self.0.front(), self.0.back()) {
            (Some((from, before)), Some((to, after))) if to > from => {
                (after - before) as f64 / (*to - *from).as_secs_f64()
            }
            _ => 0.0,
        }
    }
}

fn live(tally: &Tally, rate: f64) -> String {
    let mut text = format!(
        "{} · {} pages · {rate:.1}/s · {} signals new · {} URLs new\n  hosts: {} at work, {} ready, {} resting",
        clock(tally.elapsed),
        tally.visits,
        tally.new_signals,
        tally.discovered,
        tally.in_flight,
        tally.hosts_ready,
        tally.hosts_waiting - tally.hosts_ready,
    );
    if !tally.errors.is_empty() {
        text.push_str(&format!("\n  errors: {}", counts(&tally.errors)));
    }
    if let Some(paused) = tally.paused {
        text.push_str(&format!("\n  {}", pause(paused)));
    }
    if let Some(left) = tally.time_left {
        text.push_str(&format!("\n  at most {} left", clock(left)));
    }
    text
}

fn line(tally: &Tally, rate: f64) -> String {
    let left = tally.time_left.map_or(String::new(), |left| {
        format!(", at most {} left", clock(left))
    });
    let errors = if tally.errors.is_empty() {
        String::new()
    } else {
        format!(", errors: {}", counts(&tally.errors))
    };
    let paused = tally
        .paused
        .map_or(String::new(), |paused| format!("; {}", pause(paused)));
    format!(
        "{} {} pages, {rate:.1}/s, hosts {} at work {} ready {} resting, {} new signals{errors}{left}{paused}",
        clock(tally.elapsed),
        tally.visits,
        tally.in_flight,
        tally.hosts_ready,
        tally.hosts_waiting - tally.hosts_ready,
        tally.new_signals,
    )
}

/// `404 ×3, timeout ×1`
pub(super) fn counts<K: std::fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    counts
        .iter()
        .map(|(name, count)| format!("{name} ×{count}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `1:02:03`, `2:03`
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}
