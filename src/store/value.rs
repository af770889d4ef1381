//! Every record's bytes: a version byte, then postcard.
//!
//! Postcard has no schema evolution: the byte says which shape the rest has. Whoever changes a
//! stored type keeps the old shape as a type of its own, raises [`Stored::VERSION`] and reads the
//! old one in [`Stored::older`]; the record is written in the new shape when it next changes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::key;
use super::older::{
    HostRecord1, HostRecord2, HostRecord3, Profile1, Signal1, Signal2, Task1, Task2, Task3,
};
use super::{Counts, Error, Result};
use crate::model::company::{Company, CompanyId};
use crate::model::host::HostRecord;
use crate::model::page::PageRef;
use crate::model::profile::Profile;
use crate::model::signal::{Signal, SignalId};
use crate::model::task::Task;

/// A record type.
pub(super) trait Stored: Serialize + DeserializeOwned {
    /// The tree it lies in, for messages.
    const TREE: &'static str;
    /// The version that is written; never 0, nor 255, which marks a value in parts.
    const VERSION: u8 = 1;

    /// Reads what an earlier version wrote; `None`: no such version.
    fn older(_version: u8, _bytes: &[u8]) -> Option<postcard::Result<Self>> {
        None
    }
}

impl Stored for Task {
    const TREE: &'static str = "urls";
    const VERSION: u8 = 4;

    fn older(version: u8, bytes: &[u8]) -> Option<postcard::Result<Task>> {
        match version {
            1 => Some(postcard::from_bytes::<Task1>(bytes).map(Task::from)),
            2 => Some(postcard::from_bytes::<Task2>(bytes).map(Task::from)),
            3 => Some(postcard::from_bytes::<Task3>(bytes).map(Task::from)),
            _ => None,
        }
    }
}
impl Stored for HostRecord {
    const TREE: &'static str = "hosts";
    const VERSION: u8 = 4;

    fn older(version: u8, bytes: &[u8]) -> Option<postcard::Result<HostRecord>> {
        match version {
            1 => Some(postcard::from_bytes::<HostRecord1>(bytes).map(HostRecord::from)),
            2 => Some(postcard::from_bytes::<HostRecord2>(bytes).map(HostRecord::from)),
            3 => Some(postcard::from_bytes::<HostRecord3>(bytes).map(HostRecord::from)),
            _ => None,
        }
    }
}
impl Stored for Company {
    const TREE: &'static str = "companies";
}
impl Stored for Signal {
    const TREE: &'static str = "signals";
    const VERSION: u8 = 3;

    fn older(version: u8, bytes: &[u8]) -> Option<postcard::Result<Signal>> {
        match version {
            1 => Some(postcard::from_bytes::<Signal1>(bytes).map(Signal::from)),
            2 => Some(postcard::from_bytes::<Signal2>(bytes).map(Signal::from)),
            _ => None,
        }
    }
}
impl Stored for CompanyId {
    const TREE: &'static str = "signal_ids";
}
impl Stored for SignalId {
    const TREE: &'static str = "log";
}
impl Stored for Profile {
    const TREE: &'static str = "profiles";
    const VERSION: u8 = 2;

    fn older(version: u8, bytes: &[u8]) -> Option<postcard::Result<Profile>> {
        (version == 1).then(|| postcard::from_bytes::<Profile1>(bytes).map(Profile::from))
    }
}
impl Stored for PageRef {
    const TREE: &'static str = "pages";
}
impl Stored for First {
    const TREE: &'static str = "twins";
}
impl Stored for Counts {
    const TREE: &'static str = "meta";
}

/// The page that showed a text first.
#[derive(Serialize, Deserialize)]
pub(super) struct First {
    /// Its key in `urls`.
    pub(super) key: String,
    /// How many other addresses have shown it.
    pub(super) others: u32,
}

/// The bytes of a record.
pub(super) fn encode<T: Stored>(record: &T) -> Result<Vec<u8>> {
    postcard::to_extend(record, vec![T::VERSION])
        .map_err(|why| Error::Database(format!("{}: cannot be encoded: {why}", T::TREE)))
}

/// The record of these bytes, found under `key`.
pub(super) fn decode<T: Stored>(key: &[u8], bytes: &[u8]) -> Result<T> {
    let corrupt = |why: String| Error::Corrupt {
        tree: T::TREE,
        key: key::readable(key),
        why,
    };
    let (version, rest) = bytes
        .split_first()
        .ok_or_else(|| corrupt("it is empty".to_owned()))?;
    let read = if *version == T::VERSION {
        postcard::take_from_bytes(rest).and_then(|(record, left)| match left {
            [] => Ok(record),
            _ => Err(postcard::Error::DeserializeBadEncoding),
        })
    } else {
        T::older(*version, rest)
            .ok_or_else(|| corrupt(format!("it has the unknown version {version}")))?
    };
    read.map_err(|why| corrupt(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signal::tests::told;

    #[test]
    fn a_record_reads_back_as_written() {
        let signal = told("a.example", "k", "https://a.example/1", 0.8);
        let bytes = encode(&signal).expect("encodes");
        assert_eq!(bytes[0], Signal::VERSION);
        assert_eq!(decode::<Signal>(b"k", &bytes).expect("decodes"), signal);
    }

    #[test]
    fn what_cannot_be_read_says_where_it_lies() {
        let signal = told("a.example", "k", "https://a.example/1", 0.8);
        let whole = encode(&signal).expect("encodes");
        let longer = [&whole[..], &[0]].concat();
        let newer = [&[9], &whole[1..]].concat();
        for bytes in [&[], &whole[..40], &longer, &newer] {
            let message = decode::<Signal>(b"a.example\0", bytes)
                .expect_err("it is damaged")
                .to_string();
            assert!(message.starts_with("signals: the record "), "{message}");
            assert!(message.contains("a.example"), "{message}");
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Renamed {
        name: String,
        since: u32,
    }

    impl Stored for Renamed {
        const TREE: &'static str = "test";
        const VERSION: u8 = 2;

        fn older(version: u8, bytes: &[u8]) -> Option<postcard::Result<Renamed>> {
            let name = || postcard::from_bytes(bytes);
            (version == 1).then(|| name().map(|name| Renamed { name, since: 0 }))
        }
    }

    #[test]
    fn an_older_version_is_read_in_its_own_shape() {
        let old = postcard::to_extend("x", vec![1]).expect("encodes");
        let expected = Renamed {
            name: "x".to_owned(),
            since: 0,
        };
        assert_eq!(decode::<Renamed>(b"k", &old).expect("decodes"), expected);
        assert!(decode::<Renamed>(b"k", &[3, 0]).is_err());
    }
}
