//! Opening: what is ours opens, everything else is refused in words.

use std::fs;
use std::path::Path;
use std::time::Duration;

use foresignal::store::sled::SledStore;
use foresignal::store::{Counts, Error, Frontier, Records};

use crate::made;

/// The database itself; sled lets go of its lock a moment after the last handle has gone.
pub(crate) fn raw(dir: &Path) -> sled::Db {
    let attempts = std::iter::repeat_with(|| {
        std::thread::sleep(Duration::from_millis(5));
        sled::open(dir.join("store"))
    });
    attempts
        .take(400)
        .find_map(Result::ok)
        .expect("it opens in the end")
}

#[tokio::test]
async fn a_second_opening_is_told_who_holds_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = SledStore::open(dir.path(), 1 << 20).expect("opens");
    let refused = SledStore::open(dir.path(), 1 << 20).expect_err("it is held");
    assert!(matches!(refused, Error::Locked { .. }), "{refused}");
    let pid = format!("pid {}", std::process::id());
    assert!(refused.to_string().contains(&pid), "{refused}");
    drop(store);
    assert!(!dir.path().join("lock.json").exists());
    let store = SledStore::open(dir.path(), 1 << 20).expect("opens again");
    assert_eq!(store.counts().expect("reads"), Counts::default());
}

#[tokio::test]
async fn a_snapshot_that_a_kill_cut_short_is_no_damage() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 1 << 20).expect("opens");
    store
        .seed(&[made::seed(0, 0, &[1, 2])])
        .await
        .expect("seeds");
    let before = store.counts().expect("reads");
    drop(store);
    // What sled 0.34 names a snapshot until it is whole; its newest would be this one.
    let cut = dir.path().join("store/snap.00000000FFFFFFFF.generating");
    fs::write(&cut, "half of a snap").expect("writes");
    let store = SledStore::open(dir.path(), 1 << 20).expect("it opens after any kill");
    assert_eq!(store.counts().expect("reads"), before);
    assert!(!cut.exists());
}

#[test]
fn a_foreign_directory_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = dir.path().join("store");
    fs::create_dir(&store).expect("creates");
    fs::write(store.join("holiday.jpg"), "x").expect("writes");
    let refused = SledStore::open(dir.path(), 1 << 20).expect_err("it is foreign");
    assert!(matches!(refused, Error::Unreadable { .. }), "{refused}");
    assert_eq!(fs::read_dir(&store).expect("reads").count(), 1);
}

#[test]
fn another_programs_database_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let foreign = raw(dir.path());
    foreign.insert("k", "v").expect("writes");
    drop(foreign);
    let refused = SledStore::open(dir.path(), 1 << 20).expect_err("it is foreign");
    assert!(matches!(refused, Error::Unreadable { .. }), "{refused}");
}

#[test]
fn another_layout_is_refused_with_both_versions() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    drop(SledStore::open(dir.path(), 1 << 20).expect("opens"));
    let raw = raw(dir.path());
    let meta = raw.open_tree("meta").expect("opens");
    meta.insert("version", "7").expect("writes");
    drop((meta, raw));
    let refused = SledStore::open(dir.path(), 1 << 20).expect_err("it is another layout");
    assert!(
        refused.to_string().contains("layout version 7"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_damaged_database_is_refused_without_a_panic() {
    for damage in ["conf", "db"] {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut store = SledStore::open(dir.path(), 1 << 20).expect("opens");
        let seeds = [made::seed(0, 0, &[1, 2, 3])];
        store.seed(&seeds).await.expect("seeds");
        drop(store);
        let file = dir.path().join("store").join(damage);
        let mut bytes = fs::read(&file).expect("reads");
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
        fs::write(&file, bytes).expect("writes");
        let refused = SledStore::open(dir.path(), 1 << 20).expect_err("it is damaged");
        assert!(matches!(refused, Error::Unreadable { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 1 << 20).expect("opens");
    let seeds = [made::seed(0, 0, &[1])];
    store.seed(&seeds).await.expect("seeds");
    drop(store);
    let raw = raw(dir.path());
    let urls = raw.open_tree("urls").expect("opens");
    urls.insert("example,a)/", &[1, 2, 3]).expect("writes");
    drop((urls, raw));
    let store = SledStore::open(dir.path(), 1 << 20).expect("opens");
    let read: Result<Vec<_>, _> = store.records().tasks("").collect();
    let refused = read.expect_err("one is damaged").to_string();
    assert!(
        refused.starts_with("urls: the record \"example,a)/\""),
        "{refused}"
    );
}
