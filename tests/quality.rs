//! Labelled pages and text that nobody here wrote: how well we read, and how often we are right.
//!
//! The data is not part of this repository: `FORESIGNAL_DATA` says where it lies; what is absent
//! is skipped, and said so. The figures go to `target/quality.json`.

use std::path::Path;

use serde_json::{Map, Value};

#[path = "quality/detecting.rs"]
mod detecting;
#[path = "quality/reading.rs"]
mod reading;
#[path = "quality/robots.rs"]
mod robots;

#[test]
#[expect(clippy::print_stderr, reason = "a skipped measurement must be seen")]
fn quality_is_measured() {
    let place = std::env::var("FORESIGNAL_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let data = Path::new(&place);
    if !data.is_dir() {
        eprintln!("skipped: there is no {}", data.display());
        return;
    }
    let mut measured = Map::new();
    measured.insert("robots".to_owned(), robots::measure(data));
    for part in [reading::measure(data), detecting::measure(data)] {
        if let Value::Object(part) = part {
            measured.extend(part);
        }
    }
    let text = serde_json::to_string_pretty(&measured).expect("plain values serialise");
    std::fs::create_dir_all("target").expect("target can be made");
    std::fs::write("target/quality.json", text).expect("target can be written");
}
