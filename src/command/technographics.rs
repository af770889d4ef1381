//! Opens the file of technologies that an operator names beside our own set.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tracing::{debug, info};

use super::Unusable;
use crate::technographics::config::Config;
use crate::technographics::wappalyzer::{Report, Set};

/// Bytes of all files together: those that there are have some five million.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Has the technologies of the configured file or folder recognised as well, and says what became of
/// its patterns. A file that cannot be read is the operator's to mend.
pub(super) fn install(config: &Config) -> anyhow::Result<()> {
    let path = &config.wappalyzer;
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    let set = load(path).with_context(|| {
        format!(
            "[technographics] wappalyzer: {} cannot be used",
            path.display()
        )
    });
    let (set, report) = set.map_err(Unusable)?;
    say(&report);
    crate::technographics::install(set);
    Ok(())
}

fn say(report: &Report) {
    let skipped: usize = report.skipped.values().sum();
    info!(
        technologies = report.read,
        loaded = report.loaded,
        patterns = report.supported,
        refused = report.refused.len(),
        need_a_browser = skipped,
        "technologies in the Wappalyzer format"
    );
    for refused in &report.refused {
        let (technology, field) = (&refused.technology, refused.field);
        debug!(
            technology,
            field,
            pattern = refused.pattern,
            reason = refused.reason,
            "not used"
        );
    }
}

fn load(path: &Path) -> anyhow::Result<(Set, Report)> {
    let files = files(path)?;
    ensure!(!files.is_empty(), "it holds no .json file");
    let (mut texts, mut bytes) = (Vec::new(), 0);
    for file in &files {
        let shown = || file.display().to_string();
        bytes += file.metadata().with_context(shown)?.len();
        ensure!(bytes <= LARGEST, "it is larger than {LARGEST} bytes");
        texts.push(std::fs::read_to_string(file).with_context(shown)?);
    }
    let (set, report) = Set::parse(texts.iter().map(String::as_str))?;
    ensure!(report.read > 0, "it describes no technology");
    Ok((set, report))
}

/// The file itself, or a folder's files and those of its `technologies` folder, as the package lays
/// them out; what describes the package describes no technology.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let inner = path.join("technologies");
    let mut files = Vec::new();
    for folder in [path, &inner].into_iter().filter(|folder| folder.is_dir()) {
        for entry in std::fs::read_dir(folder)? {
            let file = entry?.path();
            let json = file.extension().is_some_and(|ending| ending == "json");
            let package = file
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("package"));
            if json && !package {
                files.push(file);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir, write};

    #[test]
    fn a_file_a_folder_and_neither() {
        let dir = tempfile::tempdir().expect("a folder");
        let home = dir.path();
        let read = |path: &Path| {
            load(path)
                .map(|(_, report)| report.read)
                .map_err(|e| format!("{e:#}"))
        };
        assert!(read(home).expect_err("it is empty").contains("no .json"));
        create_dir(home.join("technologies")).expect("writable");
        write(
            home.join("package.json"),
            r#"{"name": "x", "bin": {"a": "b"}}"#,
        )
        .expect("writable");
        write(home.join("categories.json"), r#"{"1": {"name": "CMS"}}"#).expect("writable");
        assert!(
            read(home)
                .expect_err("no technology")
                .contains("describes no technology")
        );
        let one = home.join("technologies/a.json");
        write(&one, r#"{"A": {"cats": [1], "headers": {"X-A": ""}}}"#).expect("writable");
        write(home.join("technologies/b.json"), r#"{"B": {"url": "b"}}"#).expect("writable");
        assert_eq!(read(home), Ok(2));
        assert_eq!(read(&one), Ok(1));
        write(&one, "[1]").expect("writable");
        assert!(
            read(home)
                .expect_err("no object")
                .contains("no JSON object")
        );
        assert!(
            read(&home.join("gone.json"))
                .expect_err("gone")
                .contains("gone.json")
        );
    }

    #[test]
    fn none_is_none_and_a_wrong_one_is_named() {
        assert!(install(&Config::default()).is_ok());
        let wappalyzer = PathBuf::from("no/such/file.json");
        let error = install(&Config { wappalyzer }).expect_err("it is not there");
        assert!(
            format!("{error:#}").contains("no/such/file.json"),
            "{error:#}"
        );
    }
}
