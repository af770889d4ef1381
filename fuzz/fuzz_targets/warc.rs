//! WARC files from anywhere: ours, Common Crawl's, damaged ones.
#![no_main]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use foresignal::store::archive;
use foresignal_fuzz::choose;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (packed, body) = choose(&[true, true, true, false], bytes);
    // The reader takes a path; one file a process, in memory where the system has such a place.
    let dir = if cfg!(target_os = "linux") {
        "/dev/shm".into()
    } else {
        std::env::temp_dir()
    };
    let path = dir.join(format!("foresignal-fuzz-{}.warc.gz", std::process::id()));
    let whole = if packed {
        let mut packer = GzEncoder::new(Vec::new(), Compression::none());
        packer.write_all(body).expect("memory takes it");
        packer.finish().expect("memory takes it")
    } else {
        body.to_vec()
    };
    std::fs::write(&path, whole).expect("it can be written");
    for page in archive::pages(&path).expect("it is there").take(1000) {
        if let Ok(page) = page {
            assert!(page.body.len() <= body.len());
        }
    }
    let _ = std::fs::remove_file(path);
});
