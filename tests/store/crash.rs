//! A process that commits is killed at random: nothing it was told is on the disk may be lost,
//! and nothing may be there by halves.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use foresignal::model::task::Next;
use foresignal::model::time::Timestamp;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records, Result};

use crate::made;

/// In the child's environment: the directory of the store to commit to.
const CHILD: &str = "FORESIGNAL_TEST_COMMIT_TO";
const KILLS: u64 = 24;

/// Turn `number`, as it is recognised in every tree that it reaches.
async fn turn(store: &mut SledStore, number: u64) -> Result<()> {
    let host = made::host(0);
    let Next::Task(was, _) = store.next(&host, Timestamp(i64::MAX)).await? else {
        panic!("the seed is always due");
    };
    let mut harvest = made::empty_harvest();
    let at = i64::try_from(number).expect("a small number");
    harvest.now = Some(made::visited(&was, Some(at), at));
    harvest.was = Some(*was);
    let mut record = made::record(0, 0, number.is_multiple_of(7));
    record.requests = number;
    harvest.hosts = vec![(host, record)];
    for link in 0..3 {
        let mut found = made::discovery(1, 1_000_000 + at);
        found.url = found.url.join(&format!("/{number}/{link}")).expect("valid");
        harvest.found.push(found);
    }
    let mut signal = made::signal(0, 0, 0, 9);
    signal.id.0[..8].copy_from_slice(&number.to_be_bytes());
    harvest.signals = vec![signal];
    let mut page = made::page(0, number);
    page.content.0[..8].copy_from_slice(&number.to_be_bytes());
    harvest.page = Some(page);
    store.commit(&[harvest]).await.map(drop)
}

/// The child: commits until it is killed, and says of each commit that it was told it holds.
#[tokio::test]
async fn commit_until_killed() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let mut store = SledStore::open(Path::new(&dir), 4 << 20).expect("the store opens");
    let mut out = std::io::stderr();
    for number in store.counts().expect("reads").changes + 1.. {
        turn(&mut store, number)
            .await
            .expect("the turn is committed");
        writeln!(out, "held {number}").expect("the parent listens");
    }
}

/// The number of the last commit that the child was told of, before it was killed.
fn killed_after(dir: &Path, life: Duration) -> Option<u64> {
    let binary = std::env::current_exe().expect("a test has a binary");
    let mut child = Command::new(binary)
        .args(["crash::commit_until_killed", "--exact", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let stderr = child.stderr.take().expect("it is piped");
    let lines = std::thread::spawn(move || {
        let lines = BufReader::new(stderr)
            .lines()
            .map_while(std::io::Result::ok);
        let held = |line: String| line.strip_prefix("held ")?.parse().ok();
        lines.filter_map(held).last()
    });
    std::thread::sleep(life);
    child.kill().expect("the child is killed");
    child.wait().expect("the child is reaped");
    lines.join().expect("the listener ends")
}

/// Reads the whole store, and answers how many commits it holds.
async fn assert_whole(dir: &Path) -> Result<u64> {
    let mut store = SledStore::open(dir, 4 << 20)?;
    let (records, counts) = (store.records(), store.counts()?);
    let commits = counts.changes;
    for (expected, change) in (1..=commits).zip(records.changes(0)) {
        let (number, id) = change?;
        let signal = records.signal(&id)?.expect("what is logged is there");
        assert_eq!(
            (number, &signal.id.0[..8]),
            (expected, &expected.to_be_bytes()[..])
        );
        let mut page = made::page(0, expected);
        page.content.0[..8].copy_from_slice(&expected.to_be_bytes());
        assert_eq!(
            records.page(&page.content)?.map(|page| page.offset),
            Some(expected)
        );
    }
    assert_eq!(records.changes(0).count() as u64, commits);
    let tasks = records.tasks("").collect::<Result<Vec<_>>>()?;
    assert_eq!(
        tasks.len() as u64,
        1 + 3 * commits,
        "links come with their commit"
    );
    assert_eq!(counts.urls, tasks.len() as u64);
    assert_eq!(counts.due, tasks.len() as u64);
    let visits = tasks.iter().find_map(|task| task.visits.last());
    assert_eq!(visits.map_or(0, |visit| visit.at.0 as u64), commits);
    let host = records.host(&made::host(0))?.expect("its host is known");
    assert_eq!(host.requests, commits);
    let first = store.next(&made::host(0), Timestamp(i64::MAX)).await?;
    assert!(matches!(first, Next::Task(task, _) if task.due == Some(Timestamp(commits as i64))));
    Ok(commits)
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 4 << 20).expect("opens");
    let seed = [made::seed(0, 0, &[0])];
    store.seed(&seed).await.expect("seeds");
    drop(store);
    let mut committed = 0;
    for kill in 0..KILLS {
        // Spread over starting, recovering and committing; no two lives are alike.
        let life = Duration::from_millis(40 + kill * 7919 % 260);
        let held = killed_after(dir.path(), life).unwrap_or(committed);
        let found = assert_whole(dir.path()).await.expect("the store is whole");
        assert!(
            held <= found,
            "kill {kill}: {held} were held, {found} are left"
        );
        assert!(found <= held + 1, "one commit at most was under way");
        committed = found;
    }
    assert!(committed > KILLS, "the child had time to commit");
    let figures = format!("{KILLS} kills, {committed} commits, none lost");
    writeln!(std::io::stderr(), "{figures}").expect("somebody listens");
}
