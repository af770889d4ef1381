//! Our figures beside those of public tools on the same pages.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::floors;

/// A table: each figure that a public tool was measured on too, ours, the best tool's, and its
/// name.
pub(crate) fn table(measured: &Value) -> String {
    let others: BTreeMap<String, BTreeMap<String, f64>> =
        toml::from_str(include_str!("others.toml")).expect("others.toml parses");
    let figures = floors::figures(measured);
    let mut table = format!("{:<24} {:>6} {:>6}  best public tool\n", "", "ours", "best");
    for (name, tools) in &others {
        let best = tools.iter().max_by(|a, b| a.1.total_cmp(b.1));
        if let (Some((ours, _)), Some((tool, best))) = (figures.get(name), best) {
            let less = if ours < best { "  (ours is less)" } else { "" };
            table += &format!("{name:<24} {ours:>6.3} {best:>6.3}  {tool}{less}\n");
        }
    }
    table
}
