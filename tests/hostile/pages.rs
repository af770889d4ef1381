//! Bodies that are long to write down.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::server::{Step, bare, html, send};

/// Bytes that a bomb unpacks to: more than any limit here.
const BLAST: usize = 64 << 20;

/// 200 with this coding.
pub(crate) fn coded(coding: &str, body: Vec<u8>) -> Vec<Step> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    vec![send(head), Step::Send(body)]
}

/// A well-behaved page; everything but `/way` is not there.
pub(crate) fn plain(path: &str, _root: &str) -> Vec<Step> {
    match path {
        "/way" => html("<title>Way</title><p>A plain page.</p>"),
        _ => bare("404 Not Found"),
    }
}

pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("a vector");
    encoder.finish().expect("a vector")
}

pub(crate) fn gzip_bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    blast(&mut encoder);
    encoder.finish().expect("a vector")
}

pub(crate) fn zlib_bomb() -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    blast(&mut encoder);
    encoder.finish().expect("a vector")
}

pub(crate) fn brotli_bomb() -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut packed, 4096, 1, 22);
    blast(&mut encoder);
    drop(encoder);
    packed
}

/// Made by hand: blocks that say "the same byte 128 KiB times over" (RFC 8878 §3.1.1.2).
pub(crate) fn zstd_bomb() -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    let mut packed = b"\x28\xb5\x2f\xfd\x00\x38".to_vec();
    for block in 1..=BLAST / BLOCK {
        let last = usize::from(block == BLAST / BLOCK);
        let header = u32::try_from(last | 1 << 1 | BLOCK << 3).expect("21 bits and three");
        packed.extend(&header.to_le_bytes()[..3]);
        packed.push(b' ');
    }
    packed
}

fn blast(out: &mut impl Write) {
    let piece = [b' '; 1 << 16];
    for _ in 0..BLAST / piece.len() {
        out.write_all(&piece).expect("a vector");
    }
}

pub(crate) fn feed(root: &str, title: &str) -> String {
    format!(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><link>{root}/</link>\
         <description>D</description><item><title>{title}</title>\
         <link>{root}/news/one-new-story</link></item></channel></rss>"
    )
}

/// A billion laughs.
pub(crate) fn laughs(root: &str) -> String {
    let mut entities = "<!ENTITY l0 \"lol\">".to_owned();
    for level in 1..10 {
        let ten = format!("&l{};", level - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY l{level} \"{ten}\">"));
    }
    let feed = feed(root, "&l9;");
    feed.replacen("<rss", &format!("<!DOCTYPE rss [{entities}]><rss"), 1)
}
