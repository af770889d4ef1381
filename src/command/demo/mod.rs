//! `foresignal demo`: a small web of fictitious companies on loopback, to be crawled as politely
//! as the real one.

mod log;
mod site;
pub mod web;
