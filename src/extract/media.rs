//! Whether a body is text that somebody wrote to be read: by what the server says it is, and by
//! its first bytes, because servers say what they like.
//!
//! A binary data byte is one by the WHATWG's MIME Sniffing standard (§3). What is text is not
//! told further apart by its label, as browsers must for safety's sake: HTML that is called plain
//! text is read as the HTML that it is, because nothing here is ever run.

use encoding_rs::{UTF_16BE, UTF_16LE};
use serde::de::IgnoredAny;

use super::charset;
use crate::model::page::Page;

/// How much of a body is looked at (§5.2: the resource header).
const HEADER: usize = 1445;

/// Files whose first bytes may all be letters.
const FILES: &[&[u8]] = &[
    b"%PDF-",
    b"%!PS-Adobe-",
    b"PK\x03\x04",
    b"\x1F\x8B\x08",
    b"{\\rtf",
];

/// What is called text, and is written for programs.
const FOR_PROGRAMS: &[&str] = &[
    "text/cache-manifest",
    "text/calendar",
    "text/css",
    "text/csv",
    "text/ecmascript",
    "text/event-stream",
    "text/javascript",
    "text/tab-separated-values",
    "text/vcard",
    "text/vtt",
    "text/x-vcard",
];

/// Whether there is text to read.
pub(super) fn is_text(page: &Page) -> bool {
    let body = page.body.as_slice();
    let head = &body[..body.len().min(HEADER)];
    if !is_called_text(page) || FILES.iter().any(|file| head.starts_with(file)) {
        return false;
    }
    let encoding = charset::sniff(body, page.header("content-type"));
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return true;
    }
    let markup = head.trim_ascii_start().starts_with(b"<");
    markup || !(head.iter().copied().any(is_binary) || is_json(body))
}

/// Whether what the server says leaves it open; where it says nothing, or that it does not know,
/// the bytes decide (§7, §8).
fn is_called_text(page: &Page) -> bool {
    let media = page.media_type().unwrap_or_default();
    let unknown = matches!(
        media.as_str(),
        "unknown/unknown" | "application/unknown" | "*/*"
    );
    let text = media.starts_with("text/") && !FOR_PROGRAMS.contains(&media.as_str());
    let xml = (media.ends_with("+xml") || media.ends_with("/xml")) && !media.starts_with("image/");
    media.is_empty() || unknown || text || xml || media.contains("html")
}

fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F)
}

/// Data for a program, whatever it is called.
fn is_json(body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    matches!(body.first(), Some(b'{' | b'[')) && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Timestamp;

    fn text(media: Option<&str>, body: &[u8]) -> bool {
        let field = |media: &str| ("content-type".to_owned(), media.to_owned());
        is_text(&Page {
            url: "https://www.northwind.example/x".to_owned(),
            status: 200,
            headers: media.map(field).into_iter().collect(),
            body: body.to_vec(),
            truncated: false,
            fetched: Timestamp(0),
            address: None,
        })
    }

    /// The first bytes of files.
    const BINARY: &[(&str, &[u8])] = &[
        ("PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("JPEG", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0"),
        ("GIF", b"GIF89a\x01\0\x01\0\x80\0\0"),
        ("WebP", b"RIFF\x24\0\0\0WEBPVP8 "),
        ("BMP", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0"),
        ("ICO", b"\0\0\x01\0\x01\0\x10\x10"),
        ("TIFF", b"II*\0\x08\0\0\0"),
        ("AVIF", b"\0\0\0\x1CftypavifMIF1"),
        ("MP4", b"\0\0\0\x18ftypmp42\0\0\0\0"),
        ("WebM", b"\x1A\x45\xDF\xA3\x01\0\0\0"),
        ("MP3", b"ID3\x03\0\0\0\0\x0F\x76"),
        ("MP3 without a tag", b"\xFF\xFB\x90\x64\0\0\0\0"),
        ("Ogg", b"OggS\0\x02\0\0"),
        ("WAV", b"RIFF\x24\x08\0\0WAVEfmt "),
        ("WOFF2", b"wOF2\0\x01\0\0"),
        ("ZIP, and Office in it", b"PK\x03\x04\x14\0\x06\0"),
        ("RAR", b"Rar!\x1A\x07\x01\0"),
        ("7z", b"7z\xBC\xAF\x27\x1C\0\x04"),
        ("gzip", b"\x1F\x8B\x08\0\0\0\0\0\0\x03"),
        ("xz", b"\xFD7zXZ\0\0\x04"),
        ("old Office", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
        ("PDF", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"),
        (
            "PDF all in letters",
            b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>",
        ),
        ("PostScript", b"%!PS-Adobe-3.0\n%%Title: x\n"),
        ("RTF", b"{\\rtf1\\ansi Hello}"),
        ("a Windows program", b"MZ\x90\0\x03\0\0\0"),
        ("a Unix program", b"\x7FELF\x02\x01\x01\0"),
        ("WebAssembly", b"\0asm\x01\0\0\0"),
        ("SQLite", b"SQLite format 3\0"),
        ("JSON", b" {\"a\": [\"<p>hi\", 1, null]}"),
        ("a list in JSON", b"[{\"title\": \"New plant\"}]"),
    ];

    #[test]
    fn files_are_not_text_whatever_they_are_called() {
        for (what, bytes) in BINARY {
            for media in [
                None,
                Some("text/html; charset=utf-8"),
                Some("text/plain"),
                Some("application/xhtml+xml"),
                Some("unknown/unknown"),
            ] {
                assert!(!text(media, bytes), "{what} as {media:?}");
            }
        }
    }

    /// Beginnings of what people read.
    const TEXT: &[(&str, &[u8])] = &[
        ("HTML", b"<!DOCTYPE html><title>x</title>"),
        ("HTML after a mark", b"\xEF\xBB\xBF<html>"),
        ("HTML after white space", b"\r\n\t <HTML>"),
        ("HTML with a stray NUL", b"<p>a\0b"),
        ("XML", b"<?xml version='1.0'?><rss/>"),
        ("plain", b"Northwind opens a plant."),
        ("a name that begins like a picture", b"BMW opens a plant."),
        (
            "one that begins like a program",
            b"MZ Metals opens a plant.",
        ),
        ("braces that are no JSON", b"{Northwind} opens a plant"),
        ("Japanese by escapes", b"\x1B$B%3%s\x1B(B opens"),
        ("Latin-1", b"F\xFCr B\xFCcher"),
        ("UTF-16 with a mark", b"\xFF\xFE<\0p\0>\0"),
        ("UTF-16 without one", b"<\0h\0t\0m\0l\0>\0"),
        ("a page feed", b"one\x0Ctwo"),
        ("nothing", b""),
    ];

    #[test]
    fn text_is_text_whatever_kind_of_text_it_is_called() {
        for (what, bytes) in TEXT {
            for media in [
                None,
                Some(""),
                Some("text/html"),
                Some("text/plain"),
                Some("text/plain; charset=iso-8859-1"),
                Some("application/xhtml+xml"),
                Some("application/xml"),
                Some("application/rss+xml"),
                Some("unknown/unknown"),
                Some("*/*"),
                Some("html"),
            ] {
                assert!(text(media, bytes), "{what} as {media:?}");
            }
            assert!(text(Some("text/html; charset=utf-16le"), b"a\0b\0"));
        }
    }

    #[test]
    fn what_is_called_a_file_is_one() {
        for media in [
            "application/octet-stream",
            "application/pdf",
            "application/json",
            "application/javascript",
            "application/zip",
            "image/png",
            "image/svg+xml",
            "video/mp4",
            "audio/mpeg",
            "font/woff2",
            "multipart/form-data",
            "text/css",
            "text/javascript",
            "text/csv",
            "text/calendar",
        ] {
            assert!(!text(Some(media), b"<p>hello"), "{media}");
        }
    }
}
