//! Floor 3: the only room where things happen at once.
pub mod config;
pub mod door;
pub mod hosts;
pub mod judge;
pub mod pace;
pub mod revisit;
pub mod scope;
mod words;
