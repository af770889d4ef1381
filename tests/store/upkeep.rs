//! Looking after a store: what is damaged is found and named, what can be mended is, what is
//! copied comes back as it was, and space is given back.

use std::fs;
use std::io::Write;
use std::path::Path;

use foresignal::model::page::{Page, PageRef};
use foresignal::model::task::{Harvest, Next};
use foresignal::model::time::Timestamp;
use foresignal::model::url::UrlKey;
use foresignal::store::archive::{Archive, ArchiveConfig};
use foresignal::store::sled::SledStore;
use foresignal::store::sled::backup::Manifest;
use foresignal::store::sled::check::{Checked, Checking, Cure, Finding, Told};
use foresignal::store::{Error, Frontier, Records, Result, Step};

use crate::made;
use crate::model::everything;
use crate::open::raw;

const CACHE: u64 = 4 << 20;

fn silent(_: Step<'_>) {}

fn page(number: u8) -> Page {
    Page {
        url: made::url(number).to_string(),
        status: 200,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: vec![number; 900],
        truncated: false,
        fetched: Timestamp(1_790_000_000_000),
        address: None,
    }
}

/// A store with something in every tree, a record in parts, and an archive with its pages.
pub(crate) async fn filled(dir: &Path) -> Result<()> {
    let mut store = SledStore::open(dir, CACHE)?;
    let config = ArchiveConfig {
        segment_bytes: 2000,
        ..ArchiveConfig::default()
    };
    let mut archive = Archive::open(dir, &config, "tester", Timestamp(1_790_000_000_000))?;
    store.seed(&[made::seed(0, 0, &[1, 2, 3])]).await?;
    store.seed(&[made::seed(2, 0, &[4])]).await?;
    for number in 0..9 {
        let mut harvest = Harvest::default();
        let host = made::host(number);
        if let Next::Task(was, _) = store.next(&host, Timestamp(i64::MAX)).await? {
            harvest.now = Some(made::visited(&was, Some(70), 5));
            harvest.was = Some(*was);
        }
        harvest.hosts = vec![(host, made::record(number, 5, number % 3 == 1))];
        harvest.found = vec![made::discovery(number + 4, i64::from(number))];
        harvest.signals = vec![made::signal(number, number, 1, 99)];
        harvest.profile = Some(made::profile(number, 1, 5));
        harvest.page = Some(archive.append(&page(number))?);
        store.commit(&[harvest]).await?;
    }
    archive.close()
}

pub(crate) fn seen(dir: &Path) -> String {
    let store = SledStore::open(dir, CACHE).expect("opens");
    let counts = store.counts().expect("reads");
    format!(
        "{counts:?}\n{}",
        everything(&store.records()).expect("reads")
    )
}

fn check(dir: &Path, deep: bool, repair: bool) -> (Checked, Vec<Finding>) {
    let mut findings = Vec::new();
    let how = Checking { deep, repair };
    let checked = SledStore::check(dir, CACHE, how, &mut |told| {
        if let Told::Finding(finding) = told {
            findings.push(finding.clone());
        }
    });
    (checked.expect("it opens"), findings)
}

#[tokio::test]
async fn a_sound_store_has_nothing_wrong_with_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    filled(dir.path()).await.expect("fills");
    let before = seen(dir.path());
    let (checked, findings) = check(dir.path(), true, true);
    assert_eq!(findings, []);
    assert_eq!((checked.wrong, checked.repaired), (0, 0));
    assert_eq!(checked.pages_read, 9);
    assert!(checked.bytes > 150_000 && checked.disk_bytes > checked.bytes);
    for tree in ["urls", "due", "hosts", "companies", "signals", "signal_ids"] {
        assert!(checked.entries[tree] > 0, "{tree}");
    }
    for tree in ["log", "profiles", "pages", "parts", "meta"] {
        assert!(checked.entries[tree] > 0, "{tree}");
    }
    assert_eq!(seen(dir.path()), before);
}

/// One thing that goes wrong, and what a check says of it.
struct Damage {
    what: &'static str,
    tree: &'static str,
    says: &'static str,
    mended: bool,
    done: fn(&Path, &sled::Db),
}

fn first(db: &sled::Db, tree: &str) -> (sled::Tree, sled::IVec, sled::IVec) {
    let tree = db.open_tree(tree).expect("opens");
    let (key, value) = tree.first().expect("reads").expect("it has one");
    (tree, key, value)
}

fn remove_first(db: &sled::Db, tree: &str) {
    let (tree, key, _) = first(db, tree);
    tree.remove(key).expect("removes");
}

fn spoil_first(db: &sled::Db, tree: &str) {
    let (tree, key, value) = first(db, tree);
    tree.insert(key, &value[..value.len() - 1]).expect("writes");
}

const DAMAGES: &[Damage] = &[
    Damage {
        what: "a task cut short",
        tree: "urls",
        says: "",
        mended: false,
        done: |_, db| spoil_first(db, "urls"),
    },
    Damage {
        what: "a record under another's key",
        tree: "urls",
        says: "the URL that stands there is",
        mended: false,
        done: |_, db| {
            let (urls, _, value) = first(db, "urls");
            urls.insert("example,zzz)/", value).expect("writes");
        },
    },
    Damage {
        what: "a place in the queue lost",
        tree: "urls",
        says: "does not stand in the queue",
        mended: true,
        done: |_, db| remove_first(db, "due"),
    },
    Damage {
        what: "a place in the queue of no URL",
        tree: "due",
        says: "its URL is not known",
        mended: true,
        done: |_, db| {
            let (due, key, _) = first(db, "due");
            due.insert([&key[..], b"/no/such"].concat(), "")
                .expect("writes");
        },
    },
    Damage {
        what: "a place in the queue at another time",
        tree: "due",
        says: "due at another time",
        mended: true,
        done: |_, db| {
            let (due, key, _) = first(db, "due");
            let mut key = key.to_vec();
            let at = key.iter().position(|byte| *byte == b')').expect("a host");
            key[at + 8] ^= 64;
            due.insert(key, "").expect("writes");
        },
    },
    Damage {
        what: "a host lost",
        tree: "hosts",
        says: "its URLs are known, it is not",
        mended: true,
        done: |_, db| remove_first(db, "hosts"),
    },
    Damage {
        what: "a part lost",
        tree: "hosts",
        says: "its parts do not fit together",
        mended: false,
        done: |_, db| {
            let parts = db.open_tree("parts").expect("opens");
            parts.clear().expect("clears");
        },
    },
    Damage {
        what: "a company cut short",
        tree: "companies",
        says: "",
        mended: false,
        done: |_, db| spoil_first(db, "companies"),
    },
    Damage {
        what: "a profile under another's key",
        tree: "profiles",
        says: "the company that stands there is",
        mended: false,
        done: |_, db| {
            let (profiles, _, value) = first(db, "profiles");
            profiles.insert("zzz.example", value).expect("writes");
        },
    },
    Damage {
        what: "a signal lost",
        tree: "log",
        says: "speaks of that signal, and it is not there",
        mended: false,
        done: |_, db| remove_first(db, "signals"),
    },
    Damage {
        what: "an id of no signal",
        tree: "signal_ids",
        says: "has no such signal",
        mended: true,
        done: |_, db| {
            let (ids, _, value) = first(db, "signal_ids");
            ids.insert([7; 16], value).expect("writes");
        },
    },
    Damage {
        what: "a signal's id lost",
        tree: "signals",
        says: "its id does not lead to it",
        mended: true,
        done: |_, db| remove_first(db, "signal_ids"),
    },
    Damage {
        what: "the last change lost",
        tree: "signals",
        says: "no change in the log speaks of it",
        mended: true,
        done: |_, db| {
            let log = db.open_tree("log").expect("opens");
            log.pop_max().expect("removes");
        },
    },
    Damage {
        what: "a hole in the log",
        tree: "log",
        says: "there is no change between number 1",
        mended: false,
        done: |_, db| remove_first(db, "log"),
    },
    Damage {
        what: "a page's entry under another's hash",
        tree: "pages",
        says: "the page that stands there is",
        mended: false,
        done: |_, db| {
            let (pages, _, value) = first(db, "pages");
            pages.insert([0; 16], value).expect("writes");
        },
    },
    Damage {
        what: "a segment lost",
        tree: "pages",
        says: "the archive does not have it: there is no segment",
        mended: true,
        done: |dir, _| {
            let segment = segments(dir).remove(1);
            fs::remove_file(segment).expect("removes");
        },
    },
    Damage {
        what: "a segment cut short",
        tree: "pages",
        says: "it would end beyond",
        mended: true,
        done: |dir, _| {
            let segment = segments(dir).remove(0);
            let file = fs::OpenOptions::new().write(true).open(segment);
            file.and_then(|file| file.set_len(700)).expect("cuts");
        },
    },
    Damage {
        what: "wrong counts",
        tree: "meta",
        says: "it says",
        mended: true,
        done: |_, db| {
            let meta = db.open_tree("meta").expect("opens");
            meta.insert("counts", &[1, 7, 7, 7, 7, 7, 7, 7])
                .expect("writes");
        },
    },
    Damage {
        what: "counts that cannot be read",
        tree: "meta",
        says: "cannot be read",
        mended: true,
        done: |_, db| {
            let meta = db.open_tree("meta").expect("opens");
            meta.insert("counts", &[200]).expect("writes");
        },
    },
    Damage {
        what: "another's entry beside ours",
        tree: "meta",
        says: "nobody knows what that is",
        mended: false,
        done: |_, db| {
            let meta = db.open_tree("meta").expect("opens");
            meta.insert("holiday", "jpg").expect("writes");
        },
    },
    Damage {
        what: "another's tree beside ours",
        tree: "meta",
        says: "none of foresignal's",
        mended: false,
        done: |_, db| {
            let other = db.open_tree("recipes").expect("opens");
            other.insert("soup", "hot").expect("writes");
        },
    },
];

fn segments(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir.join("archive")).expect("reads");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("reads").path()).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn whatever_is_wrong_is_found_named_and_mended_where_it_can_be() {
    let whole = tempfile::tempdir().expect("a temporary directory");
    filled(whole.path()).await.expect("fills");
    for Damage {
        what,
        tree,
        says,
        mended,
        done,
    } in DAMAGES
    {
        let dir = tempfile::tempdir().expect("a temporary directory");
        copy_all(whole.path(), dir.path());
        let db = raw(dir.path());
        done(dir.path(), &db);
        drop(db);
        let (checked, findings) = check(dir.path(), false, false);
        let named = |finding: &&Finding| finding.tree == *tree && finding.what.contains(says);
        let found = findings.iter().find(named);
        let found = found.unwrap_or_else(|| panic!("{what}: {findings:#?}"));
        assert_eq!(checked.wrong, findings.len() as u64, "{what}");
        let cure = match mended {
            true => Cure::Repair,
            false => Cure::Restore,
        };
        assert_eq!(found.cure, cure, "{what}");

        let (mending, _) = check(dir.path(), false, true);
        let (after, left) = check(dir.path(), true, false);
        assert_eq!(after.wrong, mending.wrong, "{what}: {left:#?}");
        if *mended {
            assert_eq!(left, [], "{what}");
            assert!(mending.repaired > 0, "{what}");
        } else {
            assert!(left.iter().any(|finding| named(&finding)), "{what}");
            assert!(left.iter().all(|finding| finding.cure == Cure::Restore));
        }
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("creates");
    for entry in fs::read_dir(from).expect("reads") {
        let path = entry.expect("reads").path();
        let target = to.join(path.file_name().expect("it has a name"));
        match path.is_dir() {
            true => copy_all(&path, &target),
            false => drop(fs::copy(&path, target).expect("copies")),
        }
    }
}

#[tokio::test]
async fn a_page_with_a_flipped_byte_is_found_by_reading_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    filled(dir.path()).await.expect("fills");
    let store = SledStore::open(dir.path(), CACHE).expect("opens");
    let page: PageRef = store
        .records()
        .page(&page(0).content())
        .expect("reads")
        .expect("it is there");
    drop(store);
    let segment = segments(dir.path()).remove(page.segment as usize);
    let mut bytes = fs::read(&segment).expect("reads");
    let middle = usize::try_from(page.offset + page.length / 2).expect("small");
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).expect("writes");
    assert_eq!(check(dir.path(), false, false).0.wrong, 0);
    let (checked, findings) = check(dir.path(), true, false);
    assert_eq!(checked.wrong, 1, "{findings:#?}");
    assert_eq!(findings[0].tree, "pages");
}

#[tokio::test]
async fn compacting_changes_nothing_but_the_size() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    filled(dir.path()).await.expect("fills");
    // Parts that nobody needs any more, and generations of the same records.
    let mut store = SledStore::open(dir.path(), CACHE).expect("opens");
    for number in 0..60 {
        let mut harvest = made::empty_harvest();
        harvest.hosts = vec![(made::host(0), made::record(0, number, number < 50))];
        harvest.found = vec![made::discovery(3, number)];
        store.commit(&[harvest]).await.expect("commits");
    }
    drop(store);
    let before = seen(dir.path());
    let parts = |checked: &Checked| checked.entries["parts"];
    let needless = parts(&check(dir.path(), false, false).0);
    let came = SledStore::compact(dir.path(), CACHE, &mut silent).expect("compacts");
    assert!(came.after * 2 < came.before, "{came:?}");
    assert_eq!(seen(dir.path()), before);
    let (checked, findings) = check(dir.path(), true, false);
    assert_eq!(findings, []);
    // Of the records, one alone is in parts: 150,000 bytes in three of them.
    assert!(needless > 3);
    assert_eq!(parts(&checked), 3);
    assert_eq!(came.entries, checked.entries.values().sum::<u64>());
}

#[tokio::test]
async fn what_is_in_use_is_not_touched() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    filled(dir.path()).await.expect("fills");
    let backup = dir.path().join("backup");
    SledStore::backup(dir.path(), &backup, false, CACHE, &mut silent).expect("backs up");
    let store = SledStore::open(dir.path(), CACHE).expect("opens");
    let other = dir.path().join("other");
    let refused = [
        SledStore::compact(dir.path(), CACHE, &mut silent).map(drop),
        SledStore::backup(dir.path(), &other, false, CACHE, &mut silent).map(drop),
        SledStore::restore(dir.path(), &backup, true, CACHE, &mut silent).map(drop),
        SledStore::check(dir.path(), CACHE, Checking::default(), &mut |_| {}).map(drop),
    ];
    for refused in refused {
        let why = refused.expect_err("it is held");
        assert!(matches!(why, Error::Locked { .. }), "{why}");
        assert!(why.to_string().contains("pid"), "{why}");
    }
    assert!(!other.exists());
    drop(store);
}

#[tokio::test]
async fn what_was_backed_up_comes_back_as_it_was() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, backup, target) = (
        dir.path().join("data"),
        dir.path().join("backup"),
        dir.path().join("target"),
    );
    filled(&data).await.expect("fills");
    let made = SledStore::backup(&data, &backup, true, CACHE, &mut silent).expect("backs up");
    let read = Manifest::read(&backup).expect("reads");
    assert_eq!((&read.trees, &read.files), (&made.trees, &made.files));
    assert_eq!((read.counts, read.archive), (made.counts, true));
    assert_eq!(made.counts.pages, 9);
    assert!(!dir.path().join("backup.part").exists());
    let twice = SledStore::backup(&data, &backup, true, CACHE, &mut silent);
    assert!(twice.is_err(), "a backup is never overwritten");

    let came = SledStore::restore(&target, &backup, false, CACHE, &mut silent);
    let came = came.expect("restores");
    assert_eq!((came.counts, came.pages_left_out), (made.counts, 0));
    assert_eq!(seen(&target), seen(&data));
    assert_eq!(check(&target, true, false).1, []);

    // What is there goes only when that is said.
    let mut store = SledStore::open(&target, CACHE).expect("opens");
    let later = made::discovery(15, 3);
    store.discover(&[later]).await.expect("discovers");
    drop(store);
    let changed = seen(&target);
    let refused = SledStore::restore(&target, &backup, false, CACHE, &mut silent);
    let refused = refused.expect_err("there is a store");
    assert!(matches!(refused, Error::Taken { .. }), "{refused}");
    assert_eq!(seen(&target), changed);
    SledStore::restore(&target, &backup, true, CACHE, &mut silent).expect("restores");
    assert_eq!(seen(&target), seen(&data));
    let left = fs::read_dir(&target)
        .expect("reads")
        .map(|entry| entry.expect("reads").file_name());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["archive", "store", "store.lock"]);
}

#[tokio::test]
async fn pages_that_did_not_come_along_are_not_referred_to() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, backup, target) = (
        dir.path().join("data"),
        dir.path().join("backup"),
        dir.path().join("target"),
    );
    filled(&data).await.expect("fills");
    SledStore::backup(&data, &backup, false, CACHE, &mut silent).expect("backs up");
    let came = SledStore::restore(&target, &backup, false, CACHE, &mut silent);
    let came = came.expect("restores");
    assert_eq!((came.counts.pages, came.pages_left_out), (0, 9));
    assert_eq!(check(&target, true, false).1, []);
    // Beside the archive that they came from, they are all there.
    let came = SledStore::restore(&data, &backup, true, CACHE, &mut silent);
    assert_eq!(came.expect("restores").pages_left_out, 0);
    assert_eq!(check(&data, true, false).1, []);
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_refused_and_nothing_is_touched() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, backup) = (dir.path().join("data"), dir.path().join("backup"));
    filled(&data).await.expect("fills");
    SledStore::backup(&data, &backup, true, CACHE, &mut silent).expect("backs up");
    let before = seen(&data);
    let files = ["store.gz", "manifest.json"].map(|name| backup.join(name));
    let segment = fs::read_dir(backup.join("archive")).expect("reads").next();
    let segment = segment.expect("there is one").expect("reads").path();
    for file in files.iter().chain([&segment]) {
        let bytes = fs::read(file).expect("reads");
        let half = &bytes[..bytes.len() / 2];
        let mut flipped = bytes.clone();
        flipped[half.len()] ^= 1;
        for damaged in [None, Some(half), Some(&flipped)] {
            match damaged {
                None => fs::remove_file(file).expect("removes"),
                Some(damaged) => fs::write(file, damaged).expect("writes"),
            }
            let came = SledStore::restore(&data, &backup, true, CACHE, &mut silent);
            // A manifest may survive a flipped byte within a figure; the rest must not.
            assert!(came.is_err(), "{}: {came:?}", file.display());
            assert_eq!(seen(&data), before);
            fs::write(file, &bytes).expect("writes");
        }
    }
    let manifest = &files[1];
    let text = fs::read_to_string(manifest).expect("reads");
    for (was, is, says) in [
        ("\"layout\": 1", "\"layout\": 9", "layout version 9"),
        ("store.gz", "../store.gz", "elsewhere"),
    ] {
        fs::write(manifest, text.replace(was, is)).expect("writes");
        let refused = SledStore::restore(&data, &backup, true, CACHE, &mut silent);
        let refused = refused.expect_err("it is another").to_string();
        assert!(refused.contains(says), "{refused}");
    }
    // Another store's entries, with their own length and hash.
    let (other, others) = (dir.path().join("other"), dir.path().join("others"));
    drop(SledStore::open(&other, CACHE).expect("opens"));
    SledStore::backup(&other, &others, false, CACHE, &mut silent).expect("backs up");
    fs::copy(others.join("store.gz"), &files[0]).expect("copies");
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let foreign = fs::read_to_string(others.join("manifest.json")).expect("reads");
    let mut mixed = json(&text);
    mixed["files"][0] = json(&foreign)["files"][0].clone();
    fs::write(manifest, mixed.to_string()).expect("writes");
    let refused = SledStore::restore(&data, &backup, true, CACHE, &mut silent);
    let refused = refused.expect_err("it is mixed").to_string();
    assert!(refused.contains("its entries are not"), "{refused}");
    assert_eq!(seen(&data), before);
}

#[tokio::test]
async fn the_queue_answers_for_what_is_due() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), CACHE).expect("opens");
    // More than one reading of the queue at a host, and a host with nothing due among them.
    let mut found = Vec::new();
    for number in 0..600 {
        let mut one = made::discovery(0, number);
        one.url = one.url.join(&format!("/{number}")).expect("valid");
        found.push(one);
    }
    found.push(made::discovery(1, 900));
    found.push(made::discovery(3, 5));
    store.discover(&found).await.expect("discovers");
    let due = |until| -> Vec<UrlKey> {
        let records = store.records();
        let due = records.due(Timestamp(until));
        due.map(|task| task.expect("reads").key()).collect()
    };
    assert_eq!(due(-1), []);
    assert_eq!(due(4).len(), 5);
    assert_eq!(due(599).len(), 601);
    assert_eq!(due(900).len(), 602);
    assert_eq!(due(5).last(), UrlKey::of(&made::url(3)).as_ref());
}

/// A disk that forgets: some bytes of the database are others. Whatever sled makes of that, nobody
/// panics, and what is wrong is refused or found; sled itself takes damage at the end of its log
/// for the trace of a crash, and goes back to what stood before.
#[tokio::test]
async fn a_database_with_rotten_bytes_panics_nobody() {
    let whole = tempfile::tempdir().expect("a temporary directory");
    filled(whole.path()).await.expect("fills");
    let before = seen(whole.path());
    let length = fs::read(whole.path().join("store/db"))
        .expect("reads")
        .len();
    let (mut refused, mut found, mut same, mut older) = (0, 0, 0, 0);
    for round in 0..24_usize {
        let dir = tempfile::tempdir().expect("a temporary directory");
        copy_all(whole.path(), dir.path());
        let file = dir.path().join("store/db");
        let mut bytes = fs::read(&file).expect("reads");
        let at = round * 7919 * 31 % (length - 64);
        bytes[at..at + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&file, bytes).expect("writes");
        let how = Checking {
            deep: true,
            repair: false,
        };
        match SledStore::check(dir.path(), CACHE, how, &mut |_| {}) {
            Err(why) => {
                assert!(why.to_string().contains("store restore"), "{why}");
                refused += 1;
            }
            Ok(checked) if checked.wrong > 0 => found += 1,
            Ok(_) if seen(dir.path()) == before => same += 1,
            Ok(_) => older += 1,
        }
    }
    let figures = format!(
        "64 rotten bytes, 24 times: {refused} refused, {found} found, {same} of no consequence, \
         {older} taken back to an earlier commit"
    );
    writeln!(std::io::stderr(), "{figures}").expect("somebody listens");
}
