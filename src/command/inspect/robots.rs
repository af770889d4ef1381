//! `foresignal inspect robots`: what a robots.txt allows, and by which rule.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::print_json;
use crate::command::{Exit, Unusable};
use crate::fetch::robots::Robots;

pub(super) fn run(file: &Path, agent: &str, paths: &[String], json: bool) -> anyhow::Result<Exit> {
    let bytes = std::fs::read(file)
        .with_context(|| format!("cannot read {}", file.display()))
        .map_err(Unusable)?;
    let robots = Robots::parse(&bytes, agent);
    let verdicts = paths.iter().map(|path| (path, robots.verdict(path)));
    if json {
        let lines: Vec<_> = verdicts
            .map(|(path, verdict)| json!({ "path": path, "allowed": verdict.allowed, "rule": verdict.rule, "line": verdict.line }))
            .collect();
        return print_json(&lines);
    }
    let mut out = std::io::stdout().lock();
    for (path, verdict) in verdicts {
        let word = if verdict.allowed {
            "allowed"
        } else {
            "disallowed"
        };
        let rule = match (verdict.rule, verdict.line) {
            (Some(rule), Some(line)) => format!("line {line}: {rule}"),
            (Some(rule), None) => rule,
            (None, _) => "no rule matches".to_owned(),
        };
        writeln!(out, "{word}\t{path}\t{rule}")?;
    }
    Ok(Exit::Done)
}
