//! `foresignal signals`, and rules of an operator's own.

use super::*;

const RULES: &str = r#"
language = "en"
version = 1
off = ["mna.buys"]

[[rule]]
id = "own.ground"
kind = "expansion"
triggers = ["zorble"]
pattern = 'zorble[sd] in (?P<place>{ORG})'
prior = 0.9
hits = ["Contoso zorbles in Lyon", "Fabrikam zorbled in Turin"]
misses = ["Zorbling research", "A zorble is no place"]
"#;

/// A directory whose configuration names these rules.
fn ruled(rules: &str, settings: &str) -> TempDir {
    let dir = scratch();
    fs::write(dir.path().join("mine.toml"), rules).expect("writable");
    let config = format!("[signals]\nrules = [\"mine.toml\"]\n{settings}\n");
    fs::write(dir.path().join("config.toml"), config).expect("writable");
    dir
}

/// What `detect` finds in a text of nobody's.
fn found(dir: &Path, text: &str) -> serde_json::Value {
    let line = serde_json::json!({ "text": text, "language": "en" }).to_string();
    let assert = foresignal(dir).arg("detect").write_stdin(line).assert();
    json(&assert.success())["signals"].clone()
}

#[test]
fn the_taxonomy_is_listed_and_explained() {
    let dir = scratch();
    let all = foresignal(dir.path())
        .args(["signals", "list", "--json"])
        .assert();
    let all = json(&all.success());
    let ids: Vec<&str> = all
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|class| class["id"].as_str())
        .collect();
    assert!(ids.contains(&"corp.divestiture") && ids.contains(&"job.surge"));
    let hiring = foresignal(dir.path())
        .args(["signals", "list", "--family", "hiring", "--json"])
        .assert();
    let hiring = json(&hiring.success()).as_array().map(Vec::len);
    assert!(hiring.is_some_and(|count| (4..ids.len()).contains(&count)));

    let class = foresignal(dir.path())
        .args(["signals", "explain", "corp.acquires"])
        .assert();
    class
        .success()
        .stdout(contains("half-life   240 days").and(contains("mna.acquires")));
    let kind = foresignal(dir.path())
        .args(["signals", "explain", "mna", "--json"])
        .assert();
    assert_eq!(
        json(&kind.success())["classes"].as_array().map(Vec::len),
        Some(4)
    );
    let rule = foresignal(dir.path())
        .args(["signals", "explain", "mna.acquires"])
        .assert();
    rule.success().stdout(contains(
        "finds       Contoso acquires Fabrikam for $35 million",
    ));
    let none = foresignal(dir.path())
        .args(["signals", "explain", "mna.acquire"])
        .assert();
    none.code(3)
        .stderr(contains("did you mean \"mna.acquires\"?"));
    let deadlines = foresignal(dir.path())
        .args(["signals", "deadlines", "--json"])
        .assert();
    let deadlines = json(&deadlines.success());
    let of = |product: &str| {
        let list = deadlines.as_array().expect("a list");
        list.iter()
            .find(|one| one["product"] == product)
            .expect("it is there")["ends"]
            .clone()
    };
    assert_eq!(of("Windows 10"), "2025-10-14");
}

#[test]
fn rules_of_ones_own_are_tried_and_used() {
    let dir = ruled(RULES, "");
    let tried = foresignal(dir.path()).args(["signals", "test"]).assert();
    tried.success().stdout(contains(" 0 wrong, 0 dead"));
    let signals = found(dir.path(), "Contoso zorbled in Turin on Friday.");
    assert_eq!(signals[0]["rule"], "own.ground");
    assert_eq!(signals[0]["place"], "Turin");
    let bought = "Contoso bought rival Fabrikam.";
    let by = |dir: &Path| found(dir, bought)[0]["rule"].clone();
    assert_eq!(by(scratch().path()), "mna.buys");
    assert_ne!(by(dir.path()), "mna.buys");
}

#[test]
fn rules_that_are_wrong_stop_whoever_would_use_them() {
    let dir = ruled("language = \"en\"\nversion = 1\noff = [\"no.such\"]\n", "");
    for command in [
        &["detect"][..],
        &["inspect", "page", "-"],
        &["signals", "test"],
    ] {
        let stopped = foresignal(dir.path())
            .args(command)
            .write_stdin("")
            .assert();
        stopped.code(3).stderr(contains("mine.toml").and(contains(
            "rule no.such: it is turned off, but there is none",
        )));
    }
    fs::write(
        dir.path().join("typo.toml"),
        "language = \"en\"\nversion = 1\n[[rule]]\nidd = 1\n",
    )
    .expect("writable");
    let typo = foresignal(dir.path())
        .args(["signals", "test", "typo.toml"])
        .assert();
    typo.code(3).stderr(
        contains("typo.toml")
            .and(contains("line 4"))
            .and(contains("idd")),
    );
    let lost = foresignal(dir.path())
        .args(["signals", "test", "gone.toml"])
        .assert();
    lost.code(3).stderr(contains("gone.toml"));
    let wrong = RULES.replace("Fabrikam zorbled in Turin", "Fabrikam went to Turin");
    fs::write(dir.path().join("wrong.toml"), wrong).expect("writable");
    let failed = foresignal(dir.path())
        .args(["signals", "test", "wrong.toml"])
        .assert();
    failed
        .code(1)
        .stdout(contains("own.ground should find: Fabrikam went to Turin"));
}

#[test]
fn who_may_keep_names_says_so() {
    let text = "Contoso appoints Jane Roe as chief information officer.";
    let quote = |dir: &Path| found(dir, text)[0]["quote"].clone();
    assert_eq!(
        quote(scratch().path()),
        "Contoso appoints [person] as chief information officer."
    );
    let kept = ruled("language = \"en\"\nversion = 1\n", "persons = \"keep\"");
    assert_eq!(quote(kept.path()), text);
}
