//! Floor 4: one file a subcommand; opens things, calls down, prints.

pub mod demo;
