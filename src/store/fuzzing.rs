//! Doors for `fuzz/` to what is private here. No part of the interface.

use super::value::{self, Stored};
use super::{Counts, key};
use crate::model::company::{Company, CompanyId};
use crate::model::host::HostRecord;
use crate::model::page::PageRef;
use crate::model::profile::Profile;
use crate::model::signal::{Signal, SignalId};
use crate::model::task::Task;

/// Reads these bytes as a record of every kind. What can be read must stay the same when it is
/// written and read again.
pub fn records(bytes: &[u8]) {
    same_again::<Task>(bytes);
    same_again::<HostRecord>(bytes);
    same_again::<Company>(bytes);
    same_again::<Signal>(bytes);
    same_again::<CompanyId>(bytes);
    same_again::<SignalId>(bytes);
    same_again::<Profile>(bytes);
    same_again::<PageRef>(bytes);
    same_again::<Counts>(bytes);
}

/// Reads these bytes as a key of every kind.
pub fn keys(bytes: &[u8]) {
    if let Some((at, url)) = key::due_parts(bytes) {
        assert!(url.len() + 8 == bytes.len(), "{at:?}");
    }
    key::host_of(bytes);
    key::number_of(bytes);
    key::behind(bytes);
    key::readable(bytes);
}

fn same_again<T: Stored>(bytes: &[u8]) {
    let Ok(record) = value::decode::<T>(b"fuzz", bytes) else {
        return;
    };
    // Compared as bytes: what is not a number differs from itself.
    let once = value::encode(&record).expect("what was read can be written");
    let again = value::decode::<T>(b"fuzz", &once).expect("what was written can be read");
    assert!(
        value::encode(&again).is_ok_and(|twice| twice == once),
        "{} changes by being written",
        T::TREE
    );
}
