//! The archive of pages: what goes in comes out, whenever the process dies, and other people's
//! tools read it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use foresignal::model::page::{Page, PageRef};
use foresignal::model::time::Timestamp;
use foresignal::store::archive::{self, Archive, ArchiveConfig};
use proptest::prelude::*;

fn page(number: usize) -> Page {
    Page {
        url: format!("https://www.contoso.example:8443/news/{number}?id=7"),
        status: 200,
        headers: [
            ("content-type", "text/html; charset=utf-8"),
            ("content-encoding", "gzip"),
            ("transfer-encoding", "chunked"),
            ("set-cookie", "a=1; Path=/"),
            ("set-cookie", "b=é"),
            ("x-empty", ""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        body: format!("<p>Contoso zieht um, {number} Mal.\r\n\r\n</p>").into_bytes(),
        truncated: number.is_multiple_of(2),
        fetched: Timestamp(1_795_000_000_123),
        address: Some([192, 0, 2, 7].into()),
    }
}

fn open(dir: &Path, segment_bytes: u64) -> Archive {
    let config = ArchiveConfig {
        segment_bytes,
        ..ArchiveConfig::default()
    };
    let now = Timestamp(1_795_000_000_000);
    Archive::open(dir, &config, "foresignal/0.1 (+https://x.example)", now).expect("opens")
}

/// The archive's files, sorted by name.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join("archive")).expect("reads");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("reads").path()).collect();
    files.sort();
    files
}

fn assert_readable(dir: &Path, pages: &[(PageRef, Page)]) {
    for (page_ref, page) in pages {
        assert_eq!(archive::read(dir, page_ref).expect("reads"), *page);
    }
}

/// Asks warcio whether it likes the files; says so when there is no warcio to ask.
fn assert_others_read(files: &[PathBuf]) {
    let module = ["-m", "warcio.cli"];
    let asked = Command::new("python3")
        .args(module)
        .arg("--version")
        .output();
    if !asked.is_ok_and(|asked| asked.status.success()) {
        writeln!(std::io::stderr(), "SKIPPED: no warcio (pip install warcio)").expect("listens");
        return;
    }
    for (verb, expected) in [
        (&["check", "-v"][..], "digest pass"),
        (&["index"], "\"warc-type\": \"warcinfo\""),
    ] {
        let mut command = Command::new("python3");
        let asked = command.args(module).args(verb).args(files).output();
        let asked = asked.expect("it answered a moment ago");
        let said = [asked.stdout, asked.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(asked.status.success(), "warcio {verb:?}: {said}");
        assert!(said.contains(expected), "warcio {verb:?}: {said}");
        assert!(!said.contains("failed"), "warcio {verb:?}: {said}");
    }
}

#[test]
fn pages_come_back_and_segments_rotate() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut archive = open(dir.path(), 4000);
    let mut written = Vec::new();
    for number in 0..20 {
        let page_ref = archive.append(&page(number)).expect("appends");
        written.push((page_ref, page(number)));
    }
    archive.sync().expect("syncs");
    assert_readable(dir.path(), &written);
    assert_eq!(archive.read(&written[3].0).expect("reads"), written[3].1);
    drop(archive);
    assert_readable(dir.path(), &written);
    let files = files(dir.path());
    assert!(files.len() > 2, "{files:?}");
    let first = files[0].file_name().expect("a name").to_string_lossy();
    assert_eq!(first, "foresignal-20261118110640-00000.warc.gz");
    assert_others_read(&files);
    let mut all = Vec::new();
    for file in &files {
        all.extend(
            archive::pages(file)
                .expect("opens")
                .map(|page| page.expect("reads")),
        );
    }
    assert!(all.iter().eq(written.iter().map(|(_, page)| page)));
}

#[test]
fn whenever_it_is_killed_what_was_synced_is_there() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut archive = open(dir.path(), 1 << 20);
    let written: Vec<_> = (0..3)
        .map(|number| {
            (
                archive.append(&page(number)).expect("appends"),
                page(number),
            )
        })
        .collect();
    let segment = files(dir.path()).remove(0);
    let whole = fs::read(&segment).expect("reads");
    for cut in (0..=whole.len()).step_by(17).chain([whole.len()]) {
        let killed = tempfile::tempdir().expect("a temporary directory");
        let path = killed.path().join("archive");
        fs::create_dir(&path).expect("creates");
        let path = path.join(segment.file_name().expect("a name"));
        fs::write(&path, &whole[..cut]).expect("writes");
        let mut archive = open(killed.path(), 1 << 20);
        assert!(!path.exists(), "what was open is closed");
        let kept = |page: &PageRef| page.offset + page.length <= cut as u64;
        let mut kept: Vec<_> = written
            .iter()
            .filter(|(page, _)| kept(page))
            .cloned()
            .collect();
        let page_ref = archive.append(&page(9)).expect("appends");
        assert!(page_ref.offset > 0, "a warcinfo comes first");
        kept.push((page_ref, page(9)));
        drop(archive);
        assert_readable(killed.path(), &kept);
        for file in files(killed.path()) {
            assert!(
                archive::pages(&file)
                    .expect("opens")
                    .all(|page| page.is_ok())
            );
        }
        if cut % 5 == 0 && cut > 0 {
            assert_others_read(&files(killed.path()));
        }
    }
}

#[test]
fn a_wrong_reference_is_refused_in_words() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut archive = open(dir.path(), 1 << 20);
    let right = archive.append(&page(1)).expect("appends");
    let other = archive.append(&page(2)).expect("appends");
    for wrong in [
        PageRef {
            segment: 7,
            ..right.clone()
        },
        PageRef {
            offset: 3,
            ..right.clone()
        },
        PageRef {
            offset: 0,
            ..right.clone()
        },
        PageRef {
            length: 40,
            ..right.clone()
        },
        PageRef {
            content: other.content,
            ..right
        },
    ] {
        let refused = archive.read(&wrong).expect_err("it is wrong").to_string();
        assert!(refused.contains("archive"), "{refused}");
    }
}

proptest! {
    #[test]
    fn any_page_comes_back(
        body: Vec<u8>,
        headers in prop::collection::vec(("[a-z][a-z-]{0,9}", "([!-~é]([ -~é]{0,20}[!-~é])?)?"), 0..6),
        status in 200u16..300, truncated: bool, at in 0i64..4_000_000_000_000,
        address in prop::option::of(any::<std::net::IpAddr>()),
    ) {
        let fetched = Timestamp(at);
        let url = "https://contoso.example/?a=b".to_owned();
        let page = Page { url, status, headers, body, truncated, fetched, address };
        let dir = tempfile::tempdir().expect("a temporary directory");
        let page_ref = open(dir.path(), 1 << 20).append(&page).expect("appends");
        prop_assert_eq!(archive::read(dir.path(), &page_ref).expect("reads"), page);
    }
}
