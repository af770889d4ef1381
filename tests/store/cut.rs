//! Compacting and restoring, killed at random: the store is the old one or the new one, whole, and
//! the next opening goes on from there. And the first opening of all.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use foresignal::store::Step;
use foresignal::store::sled::SledStore;

use crate::upkeep::{filled, seen};

/// In the child's environment: what to do, and to which directory.
const CHILD: &str = "FORESIGNAL_TEST_UPKEEP_OF";
const KILLS: u64 = 24;
const CACHE: u64 = 4 << 20;

fn silent(_: Step<'_>) {}

/// The child: looks after a store, over and over, until it is killed.
#[test]
fn look_after_it_until_killed() {
    let Some(asked) = std::env::var_os(CHILD) else {
        return;
    };
    let asked = asked.to_string_lossy();
    let (what, dir) = asked.split_once(':').expect("both are said");
    let dir = Path::new(dir);
    let backup = dir.with_file_name("backup");
    for number in 0.. {
        match what {
            "compact" => drop(SledStore::compact(dir, CACHE, &mut silent).expect("compacts")),
            "restore" => {
                let _ =
                    SledStore::restore(dir, &backup, true, CACHE, &mut silent).expect("restores");
            }
            _ => {
                let fresh = dir.join(number.to_string());
                drop(SledStore::open(&fresh, CACHE).expect("a fresh store opens"));
            }
        }
    }
}

fn killed_after(what: &str, dir: &Path, life: Duration) {
    let binary = std::env::current_exe().expect("a test has a binary");
    let mut child = Command::new(binary)
        .args(["cut::look_after_it_until_killed", "--exact", "--nocapture"])
        .env(CHILD, format!("{what}:{}", dir.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the child starts");
    std::thread::sleep(life);
    child.kill().expect("the child is killed");
    let said = child
        .wait_with_output()
        .expect("the child is reaped")
        .stderr;
    let said = String::from_utf8_lossy(&said);
    assert!(!said.contains("panicked"), "{what}: {said}");
}

/// Whether something half done lies there.
fn is_cut_off(dir: &Path) -> bool {
    let there = |name: &str| dir.join(name).exists();
    let stages = ["store.new", "store.ready", "store.old", "archive.new"];
    stages.into_iter().any(there) || !there("store")
}

#[tokio::test]
async fn a_kill_leaves_the_old_store_or_the_new_one() {
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, fresh) = (dir.path().join("data"), dir.path().join("fresh"));
    filled(&data).await.expect("fills");
    let backup = dir.path().join("backup");
    SledStore::backup(&data, &backup, true, CACHE, &mut silent).expect("backs up");
    let before = seen(&data);
    let mut cut_off = 0;
    for kill in 0..KILLS {
        let what = ["compact", "restore", "open"][(kill % 3) as usize];
        let place = if what == "open" { &fresh } else { &data };
        let life = Duration::from_micros(8_000 + kill * 7_919_003 % 90_000);
        killed_after(what, place, life);
        if what != "open" {
            cut_off += u32::from(is_cut_off(place));
            assert_eq!(seen(place), before, "kill {kill}, {what}");
            assert!(!is_cut_off(place), "kill {kill}, {what}");
            continue;
        }
        for fresh in std::fs::read_dir(place).into_iter().flatten() {
            let fresh = fresh.expect("reads").path();
            cut_off += u32::from(is_cut_off(&fresh));
            drop(SledStore::open(&fresh, CACHE).expect("it opens after any kill"));
            std::fs::remove_dir_all(fresh).expect("removes");
        }
    }
    let figures = format!("{KILLS} kills, {cut_off} of them left something half done, none harmed");
    writeln!(std::io::stderr(), "{figures}").expect("somebody listens");
    assert!(cut_off > 2, "{figures}");
}
