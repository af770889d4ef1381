//! `foresignal store`: looking after what is kept.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::table::plain;
use super::{Exit, complain, configuration, require_store};
use crate::cli::{Common, Upkeep};
use crate::clock::Clock;
use crate::store::Step;
use crate::store::sled::SledStore;
use crate::store::sled::check::{Checking, Cure, Finding, Told};

/// How often a line is printed where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);
/// How many findings are shown one by one: a store with more is beyond reading.
const SHOWN: usize = 1000;

pub(super) fn run(common: &Common, what: Upkeep) -> anyhow::Result<Exit> {
    let cache = configuration(common)?.store.cache_bytes;
    if !matches!(what, Upkeep::Restore { .. }) {
        require_store(common)?;
    }
    match what {
        Upkeep::Check { deep, repair, json } => {
            check(common, cache, Checking { deep, repair }, json)
        }
        Upkeep::Compact { json } => {
            let mut waiting = Waiting::new(json);
            let came = SledStore::compact(&common.data, cache, &mut |step| waiting.step(step))?;
            waiting.end();
            let text = format!(
                "{} bytes before, {} now: {} entries carried over",
                came.before, came.after, came.entries
            );
            print(json, &came, &text)
        }
        Upkeep::Backup { to, archive, json } => {
            let mut waiting = Waiting::new(json);
            let step = &mut |step: Step<'_>| waiting.step(step);
            let made = SledStore::backup(&common.data, &to, archive, cache, step)?;
            waiting.end();
            let bytes: u64 = made.files.iter().map(|file| file.bytes).sum();
            let pages = match archive {
                true => format!("with {} archive files", made.files.len() - 1),
                false => "without the archived pages (--archive takes them along)".to_owned(),
            };
            let text = format!(
                "{} URLs and {} signals in {}, {bytes} bytes, {pages}",
                made.counts.urls,
                made.counts.signals,
                to.display()
            );
            print(json, &made, &text)
        }
        Upkeep::Restore {
            from,
            replace,
            json,
        } => {
            let mut waiting = Waiting::new(json);
            let step = &mut |step: Step<'_>| waiting.step(step);
            let came = SledStore::restore(&common.data, &from, replace, cache, step)?;
            waiting.end();
            let mut text = format!(
                "{} URLs, {} signals and {} archive files are back in {}",
                came.counts.urls,
                came.counts.signals,
                came.segments,
                common.data.display()
            );
            if came.pages_left_out > 0 {
                text.push_str(&format!(
                    "; {} archived pages lie neither in the backup nor here, and are kept anew when next read",
                    came.pages_left_out
                ));
            }
            print(json, &came, &text)
        }
    }
}

fn check(common: &Common, cache: u64, how: Checking, json: bool) -> anyhow::Result<Exit> {
    let mut waiting = Waiting::new(json);
    let mut findings: Vec<Finding> = Vec::new();
    let checked = SledStore::check(&common.data, cache, how, &mut |told| match told {
        Told::Step(step) => waiting.step(step),
        Told::Finding(finding) if findings.len() < SHOWN => findings.push(finding.clone()),
        Told::Finding(_) => {}
    })?;
    waiting.end();
    let exit = match checked.wrong {
        0 => Exit::Done,
        _ => Exit::Corrupt,
    };
    let mut out = std::io::stdout().lock();
    if json {
        let text = serde_json::to_string_pretty(
            &json!({ "whole": checked.wrong == 0, "checked": checked, "findings": findings }),
        )?;
        writeln!(out, "{text}")?;
        return Ok(exit);
    }
    for finding in &findings {
        let Finding {
            tree, key, what, ..
        } = finding;
        let cure = cure(finding.cure);
        writeln!(out, "{tree}: \"{key}\": {}; {cure}", plain(what))?;
    }
    let all = checked.wrong + checked.repaired;
    let more = all.saturating_sub(findings.len() as u64);
    if more > 0 {
        writeln!(out, "… and {more} more")?;
    }
    let entries: u64 = checked.entries.values().sum();
    let pages = match how.deep {
        true => format!(", {} archived pages read", checked.pages_read),
        false => String::new(),
    };
    let verdict = match (checked.wrong, checked.repaired) {
        (0, 0) => "all is well".to_owned(),
        (0, repaired) => format!("{repaired} things were mended, all is well now"),
        (wrong, 0) => format!("{wrong} things are wrong"),
        (wrong, repaired) => format!("{wrong} things are wrong, {repaired} were mended"),
    };
    writeln!(out, "{entries} entries checked{pages}: {verdict}")?;
    Ok(exit)
}

/// What a person does about it.
fn cure(cure: Cure) -> &'static str {
    match cure {
        Cure::Repair => "`foresignal store check --repair` mends it",
        Cure::Repaired => "mended",
        Cure::Restore => "a backup has it: `foresignal store restore BACKUP --replace`",
    }
}

fn print(json: bool, value: &impl serde::Serialize, text: &str) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    match json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(value)?)?,
        false => writeln!(out, "{text}")?,
    }
    Ok(Exit::Done)
}

/// Shows that something is going on.
struct Waiting {
    bar: Option<ProgressBar>,
    silent: bool,
    clock: Clock,
    last: Duration,
}

impl Waiting {
    fn new(silent: bool) -> Waiting {
        let live = !silent && std::io::stderr().is_terminal();
        let bar = live.then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg}");
            ProgressBar::new_spinner().with_style(style.expect("the template is well formed"))
        });
        Waiting {
            bar,
            silent,
            clock: Clock::system(),
            last: Duration::ZERO,
        }
    }

    fn step(&mut self, step: Step<'_>) {
        let text = format!("{} {}: {}", step.doing, step.what, step.done);
        if let Some(bar) = &self.bar {
            bar.set_message(text);
            bar.tick();
        } else if !self.silent && self.clock.elapsed() - self.last >= EVERY {
            self.last = self.clock.elapsed();
            complain(&text);
        }
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
