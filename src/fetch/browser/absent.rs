//! What stands for a browser where none was built in: there is never one.

use std::convert::Infallible;

use super::{Config, Error, Wants};
use crate::fetch::FetchOutcome;
use crate::model::page::Page;

/// A browser that cannot be.
#[derive(Clone, Debug)]
pub struct Browser(Infallible);

/// A page that cannot be open.
#[derive(Debug)]
pub struct Tab(Infallible);

impl Browser {
    /// There is none.
    ///
    /// # Errors
    /// Always: [`Error::Absent`].
    #[expect(clippy::unused_async, reason = "the other build's takes its time")]
    pub async fn start(_: &Config, _: &str, _: usize) -> Result<Browser, Error> {
        Err(Error::Absent)
    }

    /// Opens nothing.
    #[expect(clippy::unused_async, reason = "the other build's takes its time")]
    pub async fn open(&self, _: &Page) -> Option<Tab> {
        match self.0 {}
    }
}

impl Tab {
    /// Waits for nothing.
    #[expect(clippy::unused_async, reason = "the other build's takes its time")]
    pub async fn next(&mut self) -> Option<Wants> {
        match self.0 {}
    }

    /// Answers nothing.
    #[expect(clippy::unused_async, reason = "the other build's takes its time")]
    pub async fn answer(&mut self, _: Option<&FetchOutcome>) {
        match self.0 {}
    }

    /// Asked for nothing.
    pub fn refused(&self) -> usize {
        match self.0 {}
    }
}
