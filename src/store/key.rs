//! Every key's layout.
//!
//! Invariants: what is encoded is decoded to the same; keys of one host, and signals of one
//! company, are neighbours; due keys of a host sort by time, then by path.
//!
//! | tree | key |
//! |---|---|
//! | `urls` | `com,example)/path?query` |
//! | `due` | `com,example)` · when, 8 bytes · `/path?query` |
//! | `hosts` | `com,example)` |
//! | `companies`, `profiles` | company |
//! | `signals` | company · NUL · `SignalId`, 16 bytes |
//! | `signal_ids`, `pages` | the 16 bytes |
//! | `twins` | company · NUL · sketch, 8 bytes big-endian |
//! | `log` | sequence number, 8 bytes big-endian |

use crate::model::company::CompanyId;
use crate::model::signal::SignalId;
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};

/// Ends the host in every key that starts with one; no host contains it ([`Host::of`]).
const END_OF_HOST: u8 = b')';

/// The key of a host, and the prefix of everything that belongs to it.
pub(super) fn host(host: &Host) -> Vec<u8> {
    let mut key = host.as_str().as_bytes().to_vec();
    key.push(END_OF_HOST);
    key
}

/// The host that a key starts with.
pub(super) fn host_of(key: &[u8]) -> Option<Host> {
    let end = key.iter().position(|byte| *byte == END_OF_HOST)?;
    Some(Host::from_reversed(std::str::from_utf8(&key[..end]).ok()?))
}

/// Where in the queue a URL stands.
pub(super) fn due(url: &UrlKey, at: Timestamp) -> Vec<u8> {
    let mut key = host(&url.host());
    key.extend(moment(at));
    key.extend(url.path().as_bytes());
    key
}

/// When, and the key in `urls`, of an entry in the queue.
pub(super) fn due_parts(key: &[u8]) -> Option<(Timestamp, Vec<u8>)> {
    let path = key.iter().position(|byte| *byte == END_OF_HOST)? + 1;
    let at = key.get(path..path + 8)?.try_into().ok()?;
    let url = [&key[..path], &key[path + 8..]].concat();
    Some((moment_of(at), url))
}

/// The first key behind every key that starts with `prefix`; `None`: there is none.
pub(super) fn behind(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut key = prefix[..=last].to_vec();
    key[last] += 1;
    Some(key)
}

/// The prefix of a company's signals.
pub(super) fn signals(company: &CompanyId) -> Vec<u8> {
    let mut key = company.0.as_bytes().to_vec();
    key.push(0);
    key
}

/// The key of a signal.
pub(super) fn signal(company: &CompanyId, id: &SignalId) -> Vec<u8> {
    let mut key = signals(company);
    key.extend(id.0);
    key
}

/// The key of a text, among its company's.
pub(super) fn twin(company: &CompanyId, sketch: u64) -> Vec<u8> {
    let mut key = signals(company);
    key.extend(sketch.to_be_bytes());
    key
}

/// The key of an entry in the log.
pub(super) fn number(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// The number of an entry in the log.
pub(super) fn number_of(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.try_into().ok()?))
}

/// A key as messages show it: text as it is, other bytes in hexadecimal.
pub(super) fn readable(key: &[u8]) -> String {
    key.escape_ascii().to_string()
}

/// Eight bytes that sort as time does, before 1970 too.
fn moment(at: Timestamp) -> [u8; 8] {
    (at.0 ^ i64::MIN).to_be_bytes()
}

fn moment_of(bytes: [u8; 8]) -> Timestamp {
    Timestamp(i64::from_be_bytes(bytes) ^ i64::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url_key(url: &str) -> UrlKey {
        let url = crate::model::url::parse(url).expect("a valid URL");
        UrlKey::of(&url).expect("it has a host")
    }

    #[test]
    fn hosts_with_a_common_beginning_do_not_mix() {
        let short = host(&Host::from_reversed("com,example"));
        for other in ["com,example,www", "com,example2", "com,example:8443"] {
            assert!(!host(&Host::from_reversed(other)).starts_with(&short));
        }
        assert_eq!(behind(b"com)"), Some(b"com*".to_vec()));
        assert_eq!(behind(&[1, 255]), Some(vec![2]));
        assert_eq!(behind(&[255]), None);
        assert_eq!(readable(b"com)\x00\xff"), "com)\\x00\\xff");
    }

    #[test]
    fn a_broken_key_is_told_from_a_sound_one() {
        assert_eq!(host_of(b"com,example"), None);
        assert_eq!(due_parts(b"com)\0\0"), None);
        assert_eq!(number_of(b"short"), None);
    }

    proptest! {
        #[test]
        fn a_place_in_the_queue_round_trips(
            name in "[a-z]{1,9}(\\.[a-z]{2,9}){1,2}", path in "[ -~é]{0,30}", at: i64,
        ) {
            let url = url_key(&format!("https://{name}/{path}"));
            let key = due(&url, Timestamp(at));
            prop_assert!(key.starts_with(&host(&url.host())));
            prop_assert_eq!(host_of(&key), Some(url.host()));
            let parts = due_parts(&key);
            prop_assert_eq!(parts, Some((Timestamp(at), url.as_str().as_bytes().to_vec())));
        }

        #[test]
        fn the_queue_sorts_by_time_then_path(
            a: i64, b: i64, one in "/[a-z)]{0,5}", other in "/[a-z)]{0,5}",
        ) {
            let key = |path: &str, at| due(&url_key(&format!("http://e.example{path}")), Timestamp(at));
            prop_assert_eq!(key(&one, a).cmp(&key(&other, b)), (a, &one).cmp(&(b, &other)));
        }

        #[test]
        fn everything_under_a_prefix_is_before_what_is_behind_it(
            prefix: Vec<u8>, rest: Vec<u8>,
        ) {
            let key = [prefix.clone(), rest].concat();
            if let Some(end) = behind(&prefix) {
                prop_assert!(key < end);
            }
        }

        #[test]
        fn a_companys_signals_are_neighbours(one in "[a-z.]{1,6}", other in "[a-z.]{1,6}", id: [u8; 16]) {
            let (one, other) = (CompanyId(one), CompanyId(other));
            let key = signal(&one, &SignalId(id));
            prop_assert_eq!(key.starts_with(&signals(&other)), one == other);
        }

        #[test]
        fn the_log_sorts_by_number(a: u64, b: u64) {
            prop_assert_eq!(number(a).cmp(&number(b)), a.cmp(&b));
            prop_assert_eq!(number_of(&number(a)), Some(a));
        }
    }
}
