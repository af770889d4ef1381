//! Measures against labelled data that is not part of this repository.

#[path = "quality/reading.rs"]
mod reading;

#[test]
fn quality() {
    let data = std::env::var("FORESIGNAL_DATA").unwrap_or_else(|_| "../shared/data".into());
    let measured = reading::measure(std::path::Path::new(&data));
    let text = serde_json::to_string_pretty(&measured).expect("a JSON value prints");
    std::fs::create_dir_all("target").expect("target can be made");
    std::fs::write("target/quality.json", &text).expect("target can be written");
}
