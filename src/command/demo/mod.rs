//! `foresignal demo`: a small web of fictitious companies on loopback, to be crawled as politely
//! as the real one.

mod log;
mod site;
pub mod web;

use super::Exit;
use crate::cli;
pub(super) async fn run(_common: &cli::Common, _args: &cli::Demo) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
