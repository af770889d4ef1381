//! Floor 4: one file a subcommand; opens things, calls down, prints.
//!
//! Invariants: results go to standard output, everything else to standard error; a reader that
//! goes away (`| head`) is no error.

mod crawl;
pub mod demo;
mod detect;
mod exit;
mod export;
mod inspect;
mod interrupt;
pub mod list;
mod ping;
mod progress;
mod reason;
mod rules;
mod signals;
mod skipped;
mod store;
mod summary;
mod table;
mod technographics;

use std::path::Path;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command, Common};
use crate::config::Config;
use crate::model::suppress::Suppressed;
use crate::store::sled::SledStore;
pub use exit::{Exit, Unusable};

/// Runs one command to its end.
pub async fn run(cli: Cli) -> Exit {
    log(cli.common.verbose);
    let result = match cli.command {
        Command::Crawl(crawl) => crawl::run(&cli.common, crawl).await,
        Command::Ping(ping) => ping::run(&cli.common, ping).await,
        Command::Export(export) => export::run(&cli.common, &export),
        Command::Inspect(inspect) => inspect::run(&cli.common, inspect.what).await,
        Command::Detect(detect) => detect::run(&cli.common, &detect),
        Command::Signals(signals) => signals::run(&cli.common, &signals.what),
        Command::Store(store) => store::run(&cli.common, store.what),
        Command::Demo(demo) => demo::run(&cli.common, &demo).await,
    };
    result.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            return Exit::Done;
        }
        complain(&format!("error: {error:#}"));
        Exit::of(&error)
    })
}

fn log(verbose: u8) {
    let level = ["warn", "info", "debug"][usize::from(verbose.min(2))];
    let ours = format!("warn,foresignal={level}");
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(ours));
    // A second subscriber (in tests) is not an error.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Says something to the person in front of the screen; nobody listening is fine.
pub fn complain(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// The configuration; a mistake in it is the operator's to mend.
fn configuration(common: &Common) -> anyhow::Result<Config> {
    Config::load(common.config.as_deref()).map_err(|error| Unusable(error).into())
}

/// The suppression lists that are configured. One that cannot be read is an error: nobody is
/// asked while it is unknown who must not be.
fn suppressed(config: &Config) -> anyhow::Result<Suppressed> {
    let mut suppressed = Suppressed::default();
    for path in &config.crawl.suppress {
        let shown = path.display();
        std::fs::read_to_string(path)
            .map_err(anyhow::Error::from)
            .and_then(|text| Ok(suppressed.add(&text)?))
            .with_context(|| format!("the suppression list {shown} cannot be used"))
            .map_err(Unusable)?;
    }
    Ok(suppressed)
}

/// A command that reads must not make a store.
fn require_store(common: &Common) -> anyhow::Result<()> {
    if SledStore::exists(&common.data) {
        return Ok(());
    }
    let shown = common.data.display();
    let advice = anyhow::anyhow!(
        "there is no store in {shown}: crawl something first, or name another --data directory"
    );
    Err(Unusable(advice).into())
}

/// Opens the store of a data directory that a crawl has made.
fn open_existing(common: &Common, config: &Config) -> anyhow::Result<SledStore> {
    let dir: &Path = &common.data;
    require_store(common)?;
    let store = SledStore::open(dir, config.store.cache_bytes);
    store.with_context(|| format!("cannot open the store in {}", dir.display()))
}
