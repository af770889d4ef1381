//! One data directory, and the real binary on it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use foresignal::model::signal::SignalId;
use foresignal::store::sled::SledStore;
use foresignal::store::{Records, Result, archive};

/// One data directory, and all that is needed to crawl into it.
pub(crate) struct Crawl {
    pub(crate) dir: PathBuf,
    config: PathBuf,
    list: PathBuf,
    pub(crate) skipped: PathBuf,
}

/// A running crawl; it does not outlive the test that started it.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be dead by now: that is what this is for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Crawl {
    pub(crate) fn new(dir: &Path, name: &str, list: &str, config: &str) -> Crawl {
        let crawl = Crawl {
            dir: dir.join(name),
            config: dir.join("config.toml"),
            list: dir.join("companies.csv"),
            skipped: dir.join(format!("{name}.skipped.jsonl")),
        };
        fs::write(&crawl.list, list).expect("writes");
        fs::write(&crawl.config, config).expect("writes");
        crawl
    }

    fn foresignal(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foresignal"));
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("FORESIGNAL_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .args([Path::new("--data"), &self.dir])
            .args([Path::new("--config"), &self.config]);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.foresignal(arguments).output().expect("it starts")
    }

    pub(crate) fn start(&self) -> Running {
        let (list, skipped) = (self.list.to_string_lossy(), self.skipped.to_string_lossy());
        let mut command = self.foresignal(&["crawl", &list, "--json", "--skipped", &skipped]);
        command.stdout(Stdio::null());
        Running(command.spawn().expect("the binary starts"))
    }

    /// Id and kind of every exported signal.
    pub(crate) fn export(&self) -> BTreeMap<String, String> {
        let output = self.run(&["export"]);
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let mut signals = BTreeMap::new();
        for line in text.lines() {
            let signal: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            let [id, kind] = ["id", "kind"].map(|key| signal[key].as_str().expect("text"));
            let twice = signals.insert(id.to_owned(), kind.to_owned());
            assert_eq!(twice, None, "{id} is exported twice");
        }
        signals
    }

    /// Every known URL, where it stands, and whether its page can be read from the archive. What
    /// was read and found as it was stands where it stood.
    pub(crate) fn urls(&self) -> Result<BTreeMap<String, (String, bool)>> {
        let store = SledStore::open(&self.dir, 8_000_000)?;
        let records = store.records();
        let mut urls = BTreeMap::new();
        for task in records.tasks("") {
            let task = task?;
            let page = match &task.content {
                Some(content) => records.page(content)?,
                None => None,
            };
            if let Some(page) = &page {
                archive::read(&self.dir, page)?;
            }
            let state = format!("{:?}", task.state).replace("Unchanged", "Done");
            urls.insert(task.url, (state, page.is_some()));
        }
        let changes = records.changes(0).collect::<Result<Vec<_>>>()?;
        let numbers: Vec<u64> = changes.iter().map(|(number, _)| *number).collect();
        let whole: Vec<u64> = (1..=records.counts()?.changes).collect();
        assert_eq!(numbers, whole, "the log has no hole and nothing twice");
        let told: BTreeSet<SignalId> = changes.into_iter().map(|(_, id)| id).collect();
        let kept = records.signals(None).map(|signal| Ok(signal?.id));
        assert_eq!(
            told,
            kept.collect::<Result<_>>()?,
            "all that is kept is told"
        );
        Ok(urls)
    }

    /// URL and state of what the last run says it left alone.
    pub(crate) fn skipped(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(&self.skipped).expect("it was written");
        let mut skipped = BTreeMap::new();
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            let [url, state] = ["url", "state"].map(|key| line[key].as_str().expect("text"));
            assert!(line["reason"].as_str().is_some_and(|why| why.len() > 5));
            let twice = skipped.insert(url.to_owned(), state.to_owned());
            assert_eq!(twice, None, "{url} stands there twice");
        }
        skipped
    }
}
