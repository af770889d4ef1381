//! foresignal crawls what companies publish, politely, and turns it into dated, evidenced buying
//! signals.

pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod crawl;
pub mod detect;
pub mod export;
pub mod extract;
pub mod fetch;
pub mod model;
pub mod store;
pub mod technographics;
