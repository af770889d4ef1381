//! The bytes a host gave us, and its headers: ground truth, from which documents are derived.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// One answered request: status 200–299 and a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The URL that was asked.
    pub url: String,
    /// Status code.
    pub status: u16,
    /// Header fields in the order received, names in lower case, values as text.
    pub headers: Vec<(String, String)>,
    /// The body after content decoding, at most the configured limit.
    pub body: Vec<u8>,
    /// Whether the body went on beyond the limit and was cut there.
    pub truncated: bool,
    /// When the answer was complete.
    pub fetched: Timestamp,
    /// The address that answered.
    pub address: Option<std::net::IpAddr>,
}

impl Page {
    /// The first value of a header field; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all_headers(name).next()
    }

    /// Every value of a header field, in order; `name` in lower case.
    pub fn all_headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// The media type of the Content-Type field, in lower case and without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase(),
        )
    }

    /// The content hash of the body.
    pub fn content(&self) -> ContentHash {
        ContentHash::of(&self.body)
    }
}

/// The first 16 bytes of the SHA-256 of a page's body: names it in the archive.
/// To people (JSON) it is written in hexadecimal digits, to the store as the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct ContentHash(pub [u8; 16]);

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() {
            out.collect_str(self)
        } else {
            self.0.serialize(out)
        }
    }
}

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> ContentHash {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(bytes);
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        ContentHash(first)
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Where a page lies in the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRef {
    /// The hash of its body.
    pub content: ContentHash,
    /// The number of the archive's segment.
    pub segment: u32,
    /// Where its gzip member starts, in bytes from the segment's start.
    pub offset: u64,
    /// The member's length in bytes.
    pub length: u64,
}
