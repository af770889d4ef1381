//! WARC records: how a page is written as one, and read back.
//!
//! Bodies are kept as they were decoded, so header fields that speak of their encoding and length
//! may no longer hold: those that do not are kept under another name.
//!
//! The `warc` crate reads; it does not write here, because it writes fields in random order.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use url::{Position, Url};
use warc::{RawRecordHeader, WarcHeader};

use crate::model::page::{ContentHash, Page};
use crate::model::time::Timestamp;

/// How hard gzip tries: on HTML, level 6 takes nearly three times as long and saves under 1 %.
const LEVEL: u32 = 3;

/// Before the names of fields that were true of the body as it was sent.
const ORIGINAL: &str = "x-foresignal-orig-";

/// A page as the archive keeps it: compressed, but not yet in its place. Packing is what costs
/// time, and needs no archive: it can be done by whoever has a thread to spare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The hash of the page's body.
    pub content: ContentHash,
    pub(super) response: Vec<u8>,
    pub(super) request: Vec<u8>,
}

impl Packed {
    /// Packs a page that was asked for with this User-Agent.
    pub fn new(page: &Page, agent: &str) -> Packed {
        let content = page.content();
        let at = page.fetched.0.to_string();
        let names = [page.url.as_str(), &at, &content.to_string()];
        let response_id = record_id("response", &names);

        let mut head = exchange_head("response", &response_id, page);
        head.push(("WARC-Payload-Digest", digest(&page.body)));
        if page.truncated {
            head.push(("WARC-Truncated", "length".to_owned()));
        }
        let kind = "application/http;msgtype=response".to_owned();
        head.push(("Content-Type", kind));
        let response = member(&head, &response(page));

        let mut head = exchange_head("request", &record_id("request", &names), page);
        head.push(("WARC-Concurrent-To", response_id));
        let kind = "application/http;msgtype=request".to_owned();
        head.push(("Content-Type", kind));
        Packed {
            content,
            response,
            request: member(&head, request(page, agent).as_bytes()),
        }
    }
}

/// The gzip member of the record that opens a segment.
pub(super) fn info(name: &str, at: Timestamp, agent: &str) -> Vec<u8> {
    let block = format!(
        "software: foresignal/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n\
         robots: obey\r\nhttp-header-user-agent: {agent}\r\n",
        env!("CARGO_PKG_VERSION"),
    );
    let id = record_id("warcinfo", &[name, &at.0.to_string()]);
    let head = [
        ("WARC-Type", "warcinfo".to_owned()),
        ("WARC-Record-ID", id),
        ("WARC-Date", date(at)),
        ("WARC-Filename", name.to_owned()),
        ("Content-Type", "application/warc-fields".to_owned()),
    ];
    member(&head, block.as_bytes())
}

/// What the records of a request and of its response have in common.
fn exchange_head(kind: &str, id: &str, page: &Page) -> Vec<(&'static str, String)> {
    let mut head = vec![
        ("WARC-Type", kind.to_owned()),
        ("WARC-Record-ID", id.to_owned()),
        ("WARC-Date", date(page.fetched)),
        ("WARC-Target-URI", one_line(&page.url)),
    ];
    let address = page.address.map(|address| address.to_string());
    head.extend(address.map(|address| ("WARC-IP-Address", address)));
    head
}

/// The page of a response record, ours or another crawler's; `None`: it is none, or not of HTTP.
pub(super) fn page(head: &RawRecordHeader, block: &[u8]) -> Option<Page> {
    let field = |name: WarcHeader| std::str::from_utf8(head.as_ref().get(&name)?).ok();
    let kind = field(WarcHeader::ContentType)?;
    if field(WarcHeader::WarcType)? != "response" || !kind.starts_with("application/http") {
        return None;
    }
    let end = block.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let message = String::from_utf8_lossy(&block[..end]);
    let mut lines = message.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = name.to_ascii_lowercase();
        let name = name.strip_prefix(ORIGINAL).unwrap_or(&name).to_owned();
        headers.push((name, value.trim().to_owned()));
    }
    let at: jiff::Timestamp = field(WarcHeader::Date)?.parse().ok()?;
    let url = field(WarcHeader::TargetURI)?;
    Some(Page {
        // WARC 1.0 has it between angle brackets.
        url: url.trim_matches(['<', '>']).to_owned(),
        status,
        headers,
        body: block[end + 4..].to_vec(),
        truncated: field(WarcHeader::Truncated).is_some(),
        fetched: Timestamp(at.as_millisecond()),
        address: field(WarcHeader::IPAddress).and_then(|address| address.parse().ok()),
    })
}

/// The response as it would have come without encodings.
fn response(page: &Page) -> Vec<u8> {
    let reason = if page.status == 200 { "OK" } else { "" };
    let mut block = format!("HTTP/1.1 {} {reason}\r\n", page.status);
    for (name, value) in &page.headers {
        if !holds(page, name, value) {
            block.push_str(ORIGINAL);
        }
        block.push_str(&format!("{}: {}\r\n", one_line(name), one_line(value)));
    }
    block.push_str("\r\n");
    let mut block = block.into_bytes();
    block.extend_from_slice(&page.body);
    block
}

/// Whether a header field is true of the body as it is kept.
fn holds(page: &Page, name: &str, value: &str) -> bool {
    match name {
        "content-length" => value.parse() == Ok(page.body.len()),
        "content-encoding" | "transfer-encoding" => false,
        _ => true,
    }
}

/// The request in HTTP/1.1's words, whichever version carried it.
fn request(page: &Page, agent: &str) -> String {
    let Ok(url) = Url::parse(&page.url) else {
        return String::new();
    };
    let host = &url[Position::BeforeHost..Position::AfterPort];
    let target = &url[Position::BeforePath..Position::AfterQuery];
    format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nuser-agent: {agent}\r\n\r\n")
}

/// One record, compressed by itself so that it can be read by itself.
fn member(head: &[(&str, String)], block: &[u8]) -> Vec<u8> {
    let mut text = String::from("WARC/1.1\r\n");
    for (name, value) in head {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("WARC-Block-Digest: {}\r\n", digest(block)));
    text.push_str(&format!("Content-Length: {}\r\n\r\n", block.len()));
    let mut member = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
    [text.as_bytes(), block, b"\r\n\r\n"]
        .into_iter()
        .try_for_each(|bytes| member.write_all(bytes))
        .and_then(|()| member.finish())
        .expect("writing to memory does not fail")
}

/// A UUID (RFC 9562, version 8) made from what names the record: a page packed twice is the
/// same to the byte.
fn record_id(kind: &str, names: &[&str]) -> String {
    let digest = Sha256::digest([&[kind], names].concat().join("\u{1f}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    format!("<urn:uuid:{}>", parts.join("-"))
}

fn digest(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    format!("sha256:{hex}")
}

fn date(at: Timestamp) -> String {
    format!("{:.3}", at.instant())
}

/// What a server sends must not begin a field of its own.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}
