//! Floor 0: plain data. Nothing here reads a clock, a disk or a socket, and nothing here knows a
//! room above it. Every other room speaks in these types.

pub mod change;
pub mod claim;
pub mod company;
pub mod document;
pub mod domain;
pub mod edition;
pub mod host;
pub mod kind;
pub mod memory;
mod merge;
pub mod page;
pub mod profile;
pub mod provenance;
pub mod repeated;
pub mod signal;
pub mod source;
pub mod state;
pub mod suppress;
pub mod task;
pub mod telling;
pub mod time;
pub mod url;
pub mod usage;
mod visitor;
pub mod wishes;
