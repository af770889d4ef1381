//! What happens at once: readers beside the writer, and a writer that loses patience.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use foresignal::model::host::RobotsState;
use foresignal::model::time::Timestamp;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records};

use crate::made;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_sees_half_a_record() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 4 << 20).expect("opens");
    let (records, ended) = (store.records(), Arc::new(AtomicBool::new(false)));
    let until = ended.clone();
    let reader = std::thread::spawn(move || {
        let mut reads = 0;
        while !until.load(Ordering::Relaxed) {
            let record = records.host(&made::host(0)).expect("readable at any time");
            let Some(record) = record else { continue };
            let RobotsState::Known { rules, .. } = record.robots else {
                panic!("every record has rules");
            };
            assert!(rules.iter().all(|byte| *byte == rules[0]));
            reads += 1;
        }
        reads
    });
    for number in 0..150_u8 {
        let mut harvest = made::empty_harvest();
        // Sometimes in three parts, sometimes in one.
        let record = made::record(number, 0, number % 3 != 0);
        harvest.hosts = vec![(made::host(0), record)];
        store.commit(&[harvest]).await.expect("commits");
    }
    ended.store(true, Ordering::Relaxed);
    assert!(reader.join().expect("the reader saw nothing odd") > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_not_waited_for_is_whole_all_the_same() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 4 << 20).expect("opens");
    for number in 0..40 {
        let mut harvest = made::empty_harvest();
        harvest.signals = vec![made::signal(0, number, 0, 9)];
        harvest.found = vec![made::discovery(number % 16, 5)];
        let harvests = [harvest];
        // Polled once, then dropped: the loop was told to stop.
        tokio::select! {
            biased;
            done = store.commit(&harvests) => drop(done.expect("commits")),
            () = std::future::ready(()) => {}
        }
    }
    let last = made::empty_harvest();
    store.commit(&[last]).await.expect("waits for the others");
    let (records, counts) = (store.records(), store.counts().expect("reads"));
    let numbers: Vec<u64> = records.changes(0).map(|c| c.expect("reads").0).collect();
    assert!(numbers.iter().copied().eq(1..=counts.changes));
    assert_eq!(records.signals(None).count() as u64, counts.signals);
    assert_eq!(records.tasks("").count() as u64, counts.urls);
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_does_not_harm_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 4 << 20).expect("opens");
    let before = tokio::time::Instant::now();
    let woken = store
        .seed(&[made::seed(0, 0, &[1, 2])])
        .await
        .expect("seeds");
    assert_eq!(woken.len(), 2);
    assert_eq!(store.hosts().await.expect("reads").len(), 2);
    let next = store.next(&made::host(0), Timestamp(0)).await;
    assert_eq!(
        next.expect("reads"),
        foresignal::model::task::Next::NotBefore(Timestamp(1))
    );
    assert_eq!(before.elapsed(), std::time::Duration::ZERO);
}
