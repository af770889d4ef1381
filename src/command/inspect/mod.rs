//! `foresignal inspect`: what is known, and why.

mod company;
mod host;
mod how;
pub(super) mod page;
mod places;
mod robots;
mod signal;
mod source;
mod url;

use std::io::Write;

use serde::Serialize;

use super::{Exit, Unusable, configuration, open_existing};
use crate::cli::{Common, What};
use crate::crawl::manners::Manners;
use crate::store::sled::SledRecords;

pub(super) async fn run(common: &Common, what: What) -> anyhow::Result<Exit> {
    match what {
        What::Page {
            source,
            url,
            company,
            json,
        } => page::run(common, &source, url, company, json).await,
        What::Robots {
            file,
            agent,
            paths,
            json,
        } => robots::run(&file, &agent, &paths, json),
        What::Company { domain, json } => company::run(
            &records(common)?,
            &configuration(common)?.revisit,
            &domain,
            json,
        ),
        What::Url { url, json } => self::url::run(
            &records(common)?,
            &configuration(common)?.revisit,
            &url,
            json,
        ),
        What::Host { host, json } => {
            let manners = Manners::new(&configuration(common)?.crawl);
            host::run(&records(common)?, &manners, &host, json)
        }
        What::Source { id, json } => source::run(&records(common)?, &id, json),
        What::Signal { id, json } => signal::run(&records(common)?, &id, json),
    }
}

fn records(common: &Common) -> anyhow::Result<SledRecords> {
    Ok(open_existing(common, &configuration(common)?)?.records())
}

pub(super) fn print_json(value: &(impl Serialize + ?Sized)) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    // The value first: an error of the pipe must stay an io::Error.
    let text = serde_json::to_string_pretty(value)?;
    writeln!(out, "{text}")?;
    Ok(Exit::Done)
}

/// What was asked for is not there: the operator may have mistyped it.
fn unknown(what: String) -> anyhow::Error {
    Unusable(anyhow::Error::msg(what)).into()
}
