//! Labelled pages and text that nobody here wrote: how well we read, and how often we are right.
//!
//! The data is not part of this repository: `FORESIGNAL_DATA` says where it lies; what is absent
//! is skipped, and said so. The figures go to `target/quality.json`.

use std::path::Path;

use serde_json::{Map, Value};

#[path = "quality/detecting.rs"]
mod detecting;
#[path = "quality/floors.rs"]
mod floors;
#[path = "quality/others.rs"]
mod others;
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
    let rules = robots::measure(data);
    if !rules.is_null() {
        measured.insert("robots".to_owned(), rules);
    }
    let read = match detecting::install() {
        // Whoever tries rules does not wait for pages to be read.
        true => Value::Null,
        false => reading::measure(data),
    };
    let mut detected = detecting::measure(data);
    let detecting_speed = detected
        .as_object_mut()
        .and_then(|part| part.remove("speed"));
    for part in [read, detected] {
        if let Value::Object(part) = part {
            measured.extend(part);
        }
    }
    if let (Some(Value::Object(speed)), Some(detecting)) =
        (measured.get_mut("speed"), detecting_speed)
    {
        speed.insert("detecting".to_owned(), detecting);
    }
    let measured = Value::Object(measured);
    let text = serde_json::to_string_pretty(&measured).expect("plain values serialise");
    std::fs::create_dir_all("target").expect("target can be made");
    std::fs::write("target/quality.json", text).expect("target can be written");
    for (name, (figure, of)) in floors::figures(&measured) {
        eprintln!("{name:<40} {figure:.4}  of {of}");
    }
    eprintln!("{}", others::table(&measured));
    let broken = floors::broken(&measured);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
