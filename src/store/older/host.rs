//! Hosts as the third version wrote them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::host::{Held, HostRecord, RobotsState, TdmState, Trouble};
use crate::model::time::Timestamp;

/// A host's record before the lines of its pages were counted.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct HostRecord3 {
    rest_until: Timestamp,
    robots: RobotsState,
    refusals: u8,
    millis: u32,
    requests: u64,
    address: Option<IpAddr>,
    refused: Option<(Timestamp, Trouble)>,
    tdm: TdmState,
    held: Option<(Timestamp, Held)>,
    mirrors: Option<String>,
    parked: Option<Box<str>>,
}

impl From<HostRecord3> for HostRecord {
    fn from(old: HostRecord3) -> HostRecord {
        HostRecord {
            rest_until: old.rest_until,
            robots: old.robots,
            refusals: old.refusals,
            millis: old.millis,
            requests: old.requests,
            address: old.address,
            refused: old.refused,
            tdm: old.tdm,
            held: old.held,
            mirrors: old.mirrors.map(String::into_boxed_str),
            parked: old.parked,
            ..HostRecord::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::value::decode;

    #[test]
    fn a_host_of_the_third_version_is_read() {
        let host = HostRecord3 {
            rest_until: Timestamp(5),
            robots: RobotsState::Unknown,
            refusals: 3,
            millis: 40,
            requests: 12,
            address: None,
            refused: None,
            tdm: TdmState::Unknown,
            held: Some((Timestamp(3), Held::HostBudget)),
            mirrors: Some("a.example".to_owned()),
            parked: Some("for sale".into()),
        };
        let bytes = postcard::to_extend(&host, vec![3]).expect("encodes");
        let read: HostRecord = decode(b"k", &bytes).expect("the third version is read");
        assert_eq!((read.refusals, read.requests), (3, 12));
        assert_eq!(read.parked.as_deref(), Some("for sale"));
        assert_eq!(read.repeated.count(), 0);
    }
}
