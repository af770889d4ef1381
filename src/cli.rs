//! What may be typed: clap types, no behaviour.

mod inspect;
mod signals;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use inspect::{Inspect, What};
pub use signals::{Family, Signals, Taxonomy};

/// Finds out which companies are about to buy, from what they show in public.
#[derive(Debug, Parser)]
#[command(
    name = "foresignal",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "Examples:
  foresignal demo                                 see it work, without a network
  foresignal crawl seeds/companies.csv --for 30m  crawl a list of companies
  foresignal export --format csv --out signals.csv
  foresignal inspect company contoso.example      why is there (no) signal?")]
pub struct Cli {
    /// What all commands take.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands take.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Where the store, the archive and the status are kept
    #[arg(long, global = true, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// The configuration; without it, config.toml in the working directory where there is one
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Log more: -v what is done, -vv every turn (RUST_LOG says it finer)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Crawl a list of companies: politely, and on from where the last run ended
    Crawl(Crawl),
    /// Look at what a company's domain reveals: DNS, certificate, front page
    Ping(Ping),
    /// Write signals to a file or to standard output
    Export(Export),
    /// Show what is known: of a company, a URL, a host, a signal, a source, a page, a robots.txt
    Inspect(Inspect),
    /// Detect signals in anybody's text: JSON Lines in, JSON Lines out
    Detect(Detect),
    /// What signals there are, what each means, and whether the rules that find them pass their tests
    Signals(Signals),
    /// Look after the store: check, compact, back up, restore
    Store(Store),
    /// See it work: crawls a small web on this machine, needs no network
    Demo(Demo),
}

/// `foresignal crawl`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  foresignal crawl seeds/companies.csv                until nothing is due
  foresignal crawl seeds/companies.csv --for 30m      half an hour; running it again goes on
  foresignal crawl list.toml --max-pages 500 --json   a summary for scripts
  foresignal crawl                                    go on with the companies already known
  foresignal crawl list.toml --skipped skipped.jsonl  and what was left alone, with the reason
  foresignal crawl list.csv --sources sources.toml    read wires and papers for them, too

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unusable list or configuration, 4 store in use,
5 damaged or foreign store, 6 no room on the disk, 7 a limit was reached and more is due (--for,
--max-pages, quiet hours: nothing went wrong, the same command goes on), 130 interrupted,
143 terminated (what was in flight is finished and kept; a second signal ends at once).")]
pub struct Crawl {
    /// Companies, as CSV (`domain` is the one mandatory column; comma, semicolon or tab) or TOML
    /// (`[[company]]`); without it, those already in the store
    #[arg(value_name = "LIST")]
    pub companies: Vec<PathBuf>,
    /// Read these sources for what they say of the companies: TOML (`[[source]]`), as in
    /// seeds/sources.toml; beside those of `[crawl] sources`
    #[arg(long, value_name = "FILE")]
    pub sources: Vec<PathBuf>,
    /// Stop after this long: 90s, 30m, 2h
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration)]
    pub time: Option<Duration>,
    /// Stop after asking for this many pages
    #[arg(long, value_name = "N")]
    pub max_pages: Option<u64>,
    /// Stop when nothing is due within this time [default: patience under `[crawl]`]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub patience: Option<Duration>,
    /// Write what was left alone, and why, as JSON Lines: url, company, state, reason, at, and
    /// until where its host may be asked later; complete when the run ends in order
    #[arg(long, value_name = "FILE")]
    pub skipped: Option<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// `foresignal ping`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  foresignal ping contoso.example                       a table of what it runs and is
  foresignal ping contoso.example fabrikam.example --json
  foresignal ping --list companies.csv --json > profiles.jsonl
  cut -d, -f1 crm.csv | foresignal ping - --no-store    domains from standard input

A ping asks DNS some 60 questions, and of the company's own site robots.txt, the front page and
security.txt, each in its turn and only as far as robots.txt allows. What it finds goes into the
company's profile; what has changed since an earlier look is a signal. A change is told when two
looks at least 20 hours apart show it.

Out (--json): an object a company, a line each, in the order given, with the fields of
`foresignal export --what profiles` and the changes that this look found.

Exit codes: 0 done, 1 no domain could be looked at, 3 unusable list or configuration, 4 store in
use, 7 a limit was reached and more is due (--for), 130 interrupted, 143 terminated.")]
pub struct Ping {
    /// Domains; - reads them from standard input, one a line
    #[arg(value_name = "DOMAIN", required_unless_present = "list")]
    pub domains: Vec<String>,
    /// Companies, as `crawl` takes them: CSV or TOML
    #[arg(long, value_name = "LIST")]
    pub list: Vec<PathBuf>,
    /// Stop after this long: 90s, 30m
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration)]
    pub time: Option<Duration>,
    /// Keep nothing: no store is opened, and what was known before is not shown
    #[arg(long)]
    pub no_store: bool,
    /// For scripts: JSON Lines
    #[arg(long)]
    pub json: bool,
}

/// `foresignal export`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  foresignal export                                      JSON Lines to standard output
  foresignal export --format csv --out signals.csv
  foresignal export --kind funding --kind mna --min-confidence 0.8
  foresignal export --what profiles --out profiles.jsonl   what every company runs and is")]
pub struct Export {
    /// What to write: signals, or profiles (technologies, firmographics, related domains)
    #[arg(long, value_enum, default_value_t = Dataset::Signals)]
    pub what: Dataset,
    /// The format
    #[arg(long, value_name = "FORMAT", default_value = "jsonl", value_parser = clap::builder::PossibleValuesParser::new(crate::export::FORMATS.iter().map(|format| format.name)))]
    pub format: String,
    /// Where to; written beside and renamed when complete [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Only this company
    #[arg(long, value_name = "DOMAIN")]
    pub company: Option<String>,
    /// Only these kinds
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Vec<crate::model::signal::SignalKind>,
    /// Only signals at least this sure, 0–1
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    pub min_confidence: f32,
    /// Only what changed since the change with this number; every export to a file says it
    #[arg(long, value_name = "N")]
    pub since: Option<u64>,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Dataset {
    Signals,
    Profiles,
}

/// `foresignal detect`
#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo '{\"id\": 1, \"text\": \"Contoso raised $35 million in a Series B round.\"}' | foresignal detect

In:  {\"id\", \"title\", \"text\", \"url\", \"date\", \"language\", \"company\"}, a line each; only text is mandatory.
Out: {\"id\", \"signals\": […]}, a line each, in the same order. A line that is no such object is
     answered with {\"id\", \"error\"}, and the exit code is 1.")]
pub struct Detect {
    /// Leave signals below this out, 0–1
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    pub min_confidence: f32,
}

/// `foresignal store`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  foresignal store check                        is all of it there and right?
  foresignal store compact                      give unused space back to the disk
  foresignal store backup backups/monday        a copy that can be put back
  foresignal store restore backups/monday --replace

No crawl may run meanwhile. Exit codes: 0 done and well, 1 failed, 3 unusable, 4 store in use,
5 something is damaged.")]
pub struct Store {
    /// What to do.
    #[command(subcommand)]
    pub what: Upkeep,
}

/// What can be done to a store.
#[derive(Debug, Subcommand)]
pub enum Upkeep {
    /// Read every record, and hold what must agree against each other
    #[command(after_help = "Examples:
  foresignal store check --deep        every archived page is read too
  foresignal store check --repair      mends what follows from the rest

A record that cannot be read is not mended: a backup has it. Exit codes: 0 all is well (or mended),
5 something is wrong.")]
    Check {
        /// Read every archived page too, and hold it against its hash
        #[arg(long)]
        deep: bool,
        /// Mend what follows from the rest: the queue, ids, counts, references into the archive
        #[arg(long)]
        repair: bool,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// Write the store anew without unused space; the new one takes the place of the old
    #[command(after_help = "Example:
  foresignal store compact --data data

Needs room for both on the disk. Killed at any point, it leaves the old store or the new one.")]
    Compact {
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// Copy the store to a new directory, with a manifest
    #[command(after_help = "Examples:
  foresignal store backup backups/monday
  foresignal store backup backups/monday --archive   with every page that was read")]
    Backup {
        /// The directory; it must not exist, and does only once the backup is complete
        #[arg(value_name = "BACKUP")]
        to: PathBuf,
        /// Take the archived pages along
        #[arg(long)]
        archive: bool,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// Put a backup into the data directory: complete, or nothing
    #[command(after_help = "Examples:
  foresignal store restore backups/monday --data elsewhere
  foresignal store restore backups/monday --replace")]
    Restore {
        /// The backup's directory
        #[arg(value_name = "BACKUP")]
        from: PathBuf,
        /// The store that is there may go
        #[arg(long)]
        replace: bool,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
}

/// `foresignal demo`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  foresignal demo                   every page as it is read, then what was found
  foresignal demo --tell result     what was found alone")]
pub struct Demo {
    /// How much to tell
    #[arg(long, value_enum, default_value_t = Telling::Pages)]
    pub tell: Telling,
}

/// How much the demo tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Telling {
    /// Every page as it is read
    Pages,
    /// Only the result
    Result,
}

fn kind(id: &str) -> Result<crate::model::signal::SignalKind, String> {
    use crate::model::signal::SignalKind;
    let ids = || {
        SignalKind::ALL
            .iter()
            .map(|kind| kind.id())
            .collect::<Vec<_>>()
            .join(", ")
    };
    SignalKind::from_id(id).ok_or_else(|| format!("there is no such kind; there are {}", ids()))
}
