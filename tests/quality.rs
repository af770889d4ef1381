//! Labelled text that nobody here wrote: how often the detectors are right. See the quality
//! section of the documentation for where the data comes from; without it the test says so.

use std::path::Path;

#[path = "quality/detecting.rs"]
mod detecting;

#[test]
#[expect(clippy::print_stderr, reason = "a skipped measurement must be seen")]
fn quality_is_measured() {
    let place = std::env::var("FORESIGNAL_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let data = Path::new(&place);
    if !data.is_dir() {
        eprintln!("skipped: there is no {}", data.display());
        return;
    }
    let measured = detecting::measure(data);
    let text = serde_json::to_string_pretty(&measured).expect("plain values serialise");
    std::fs::write("target/quality.json", text).expect("target can be written");
}
