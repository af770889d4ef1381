//! Who may know whom: a single crate has no other wall between its rooms than this test, which
//! reads the paths that the source names.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Every room and its floor. A room names rooms on lower floors alone, so two rooms on one floor
/// do not know each other. `command` stands on what may be typed and configured: those two are
/// the lower half of its floor.
const FLOORS: &[(u8, &[&str])] = &[
    (0, &["model"]),
    (
        10,
        &["clock", "extract", "detect", "technographics", "score"],
    ),
    (20, &["fetch", "store", "export", "report"]),
    (30, &["crawl", "serve"]),
    (40, &["cli", "config"]),
    (45, &["command"]),
    (50, &["main", "lib"]),
];

/// Crates that one place alone names, so that they can be exchanged there.
const WALLED: &[(&str, &[&str])] = &[
    ("reqwest", &["fetch/"]),
    ("hickory_\\w+", &["fetch/"]),
    ("sled", &["store/"]),
    ("clap", &["cli/", "command/", "main.rs"]),
    ("governor", &["crawl/pace.rs"]),
    ("scraper", &["extract/", "technographics/"]),
    ("html5ever", &["extract/", "technographics/"]),
];

/// Lines a file may have, its unit tests included.
const CEILING: usize = 400;

/// A source file: its path below its root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The room it stands in: `crawl` of `crawl/pace.rs`, `clock` of `clock.rs`.
    fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// How many modules it is deep: `super` so many times over is the crate.
    fn depth(&self) -> usize {
        let inner = self.path.trim_end_matches("/mod.rs");
        inner.split('/').count()
    }

    /// Its text without comments, which may speak of anybody.
    fn code(&self) -> String {
        let comment = Regex::new(r"(?m)(^|\s)//.*$").expect("it is well formed");
        comment.replace_all(&self.text, "").into_owned()
    }

    /// The crates, or modules of its own, that its paths begin with.
    fn begins_with(&self) -> Vec<String> {
        let code = self.code();
        let uses = Regex::new(r"\b(?:use|extern crate)\s+([^;]+);").expect("it is well formed");
        let path = Regex::new(r"(?:^|[^:\w])(\w+)::").expect("it is well formed");
        let used = uses.captures_iter(&code).flat_map(|found| {
            let tree = found[1].trim_start_matches("::");
            group(tree.strip_prefix('{').unwrap_or(tree))
        });
        let rest = uses.replace_all(&code, "");
        let named = path.captures_iter(&rest).map(|found| found[1].to_owned());
        used.chain(named).collect()
    }

    /// The rooms that it names, whichever way it reaches them.
    fn names(&self) -> Vec<String> {
        let code = self.code();
        let up = format!(r"(?:super::){{{},}}", self.depth());
        let start = format!(r"\b(?:crate::|foresignal::|{up})(\{{|\w+)");
        let start = Regex::new(&start).expect("it is well formed");
        let mut names = Vec::new();
        for found in start.captures_iter(&code) {
            let first = found.get(1).expect("the pattern has it");
            match first.as_str() {
                "{" => names.extend(group(&code[first.end()..])),
                name => names.push(name.to_owned()),
            }
        }
        names
    }
}

/// The first name of each path in a group, whose opening brace is read: `a, b::{c, d}` → a, b.
fn group(text: &str) -> Vec<String> {
    let (mut depth, mut names) = (0, vec![String::new()]);
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            c if depth == 0 => names.last_mut().expect("it begins with one").push(c),
            _ => {}
        }
    }
    let first = |path: &String| path.trim().split(':').next().unwrap_or_default().to_owned();
    names.iter().map(first).filter(|n| !n.is_empty()).collect()
}

fn sources(root: &str) -> Vec<Source> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).expect("it is a directory") {
            let path = entry.expect("it is readable").path();
            match path.is_dir() {
                true => walk(&path, found),
                false if path.extension().is_some_and(|ending| ending == "rs") => found.push(path),
                false => {}
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    let source = |path: PathBuf| {
        let below = path.strip_prefix(&root).expect("it was found there");
        Source {
            path: below.to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&path).expect("source is UTF-8"),
        }
    };
    found.into_iter().map(source).collect()
}

fn floor(room: &str) -> Option<u8> {
    let found = FLOORS.iter().find(|(_, rooms)| rooms.contains(&room));
    found.map(|(floor, _)| *floor)
}

#[test]
fn rooms_know_only_those_below_them() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        let room = source.room();
        let Some(own) = floor(room) else {
            wrong.push(format!("{}: {room} has no floor", source.path));
            continue;
        };
        for name in source.names() {
            // What is no room is something within the crate's root or the file's own module.
            let Some(other) = floor(&name).filter(|_| name != room) else {
                continue;
            };
            if other >= own {
                wrong.push(format!("{}: {room} must not know {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stay_behind_their_walls() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        let begins_with = source.begins_with();
        for (name, allowed) in WALLED {
            let inside = |place: &&str| match place.strip_suffix('/') {
                // Of a room in a directory of its own, the file beside it is part too.
                Some(room) => source.room() == room,
                None => source.path == **place,
            };
            let named = Regex::new(&format!("^{name}$")).expect("it is well formed");
            let names = begins_with.iter().any(|first| named.is_match(first));
            if names && !allowed.iter().any(inside) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut wrong = Vec::new();
    for Source { path, text } in sources("src") {
        let lines = text.lines().count();
        let ceiling = match path.as_str() {
            "main.rs" => 40,
            _ => CEILING,
        };
        if lines > ceiling {
            wrong.push(format!("{path}: {lines} lines, at most {ceiling}"));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{path} does not begin with its module's doc"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_test_is_passed_over_and_none_passes_by_panicking() {
    let skipped =
        Regex::new(r"#\[(cfg_attr\(.*)?(ignore|should_panic)\b").expect("it is well formed");
    for root in ["src", "tests"] {
        for source in sources(root) {
            let path = &source.path;
            assert!(!skipped.is_match(&source.text), "{root}/{path}");
        }
    }
}
