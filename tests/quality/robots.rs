//! How often we read a real robots.txt as Google's parser does.

use std::path::Path;

use foresignal::fetch::robots::Robots;
use serde_json::{Value, json};

/// Asks every question of `robots/cases.jsonl` under `data`; null where there is none.
#[expect(
    clippy::print_stdout,
    reason = "a measurement says what it skipped and missed"
)]
pub(crate) fn measure(data: &Path) -> Value {
    let folder = data.join("robots");
    let Ok(cases) = std::fs::read_to_string(folder.join("cases.jsonl")) else {
        println!("robots: skipped, no cases");
        return Value::Null;
    };
    let (mut asked, mut agreed) = (0, 0);
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        let text = |field: &str| case[field].as_str().expect("a field of a case");
        let file = std::fs::read(folder.join("files").join(text("file"))).expect("the case's file");
        let verdict = Robots::parse(&file, text("user_agent")).verdict(text("path"));
        asked += 1;
        if case["allowed"] == verdict.allowed {
            agreed += 1;
        } else {
            println!("robots: disagreed on {line}: {verdict:?}");
        }
    }
    json!({ "asked": asked, "agreed": agreed })
}
