//! What a run came to, and how to go on.

use std::io::Write;
use std::path::Path;

use super::progress::{clock, counts};
use super::reason::held;
use crate::crawl::{Ended, Paused, Tally};

/// Tells what `tally` came to; the data lies in `data`.
pub(super) fn write(out: &mut impl Write, tally: &Tally, data: &Path) -> std::io::Result<()> {
    let why = match tally.ended {
        Some(Ended::Time) => "the time is over",
        Some(Ended::Pages) => "the page limit is reached",
        Some(Ended::Interrupted) => "stopped by you",
        Some(Ended::QuietHours) => "quiet hours",
        Some(Ended::Disk) => "the disk has no room",
        Some(Ended::NothingDue) | None => "nothing more is due for now",
    };
    writeln!(out, "{why} after {}", clock(tally.elapsed))?;
    writeln!(
        out,
        "  pages     {} asked for, {} bytes, robots.txt {}",
        tally.visits, tally.bytes, tally.robots
    )?;
    if !tally.states.is_empty() {
        writeln!(out, "  ended as  {}", counts(&tally.states))?;
    }
    if !tally.errors.is_empty() {
        writeln!(out, "  errors    {}", counts(&tally.errors))?;
    }
    writeln!(
        out,
        "  new       {} signals, {} URLs",
        tally.new_signals, tally.discovered
    )?;
    let sources = &tally.sources;
    for (count, what) in [
        (sources.quiet, "went quiet"),
        (sources.barren, "lead to nothing any more"),
        (sources.failing, "answer no more"),
    ] {
        if count > 0 {
            writeln!(
                out,
                "  sources   that {what}: {count} (see inspect company)"
            )?;
        }
    }
    if let Some(alarm) = &tally.alarm {
        writeln!(out, "  ALARM     {alarm}")?;
    }
    for (why, hosts) in &tally.held {
        let hosts = number(*hosts, "host");
        writeln!(out, "  held      {hosts}: {}", held(*why).1)?;
    }
    if let Some(paused) = tally.paused {
        writeln!(out, "  paused    {}", pause(paused))?;
    }
    if let Some(next) = tally.next_turn {
        let hosts = number(tally.hosts_waiting as u64, "host");
        let from = match tally.paused {
            Some(Paused::QuietHours { until }) => next.max(until),
            _ => next,
        };
        writeln!(
            out,
            "  later     {hosts} to go on with, from {from} on: run the same command again"
        )?;
    }
    let shown = if data == Path::new("data") {
        String::new()
    } else {
        format!(" --data {}", data.display())
    };
    writeln!(
        out,
        "next: foresignal export --format csv --out signals.csv{shown}"
    )
}

/// Why nothing is started, as the progress says it too.
pub(super) fn pause(paused: Paused) -> String {
    match paused {
        Paused::QuietHours { until } => {
            format!("quiet hours until {until}: nothing is started ([crawl] quiet)")
        }
        Paused::DiskFull { free, floor } => format!(
            "{} MiB are free on the disk, {} are to be left free: nothing is started ([store] disk_floor)",
            free >> 20,
            floor >> 20
        ),
    }
}

/// `1 host`, `2 hosts`
fn number(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
