//! Random operations: the store on disk answers as the model does, reopened in between.

use std::path::Path;

use foresignal::model::state::State;
use foresignal::model::task::{Harvest, Next};
use foresignal::model::time::Timestamp;
use foresignal::model::url::UrlKey;
use foresignal::store::memory::MemoryStore;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records, Result};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::made;

/// One thing done to a store.
#[derive(Clone, Debug)]
enum Operation {
    Seed(u8, u8, Vec<i64>),
    Discover(Vec<(u8, i64)>),
    /// A turn at each of these hosts, all committed at once; twice says committed again.
    Commit(Vec<Turn>, bool),
    Next(u8, i64),
    Reopen,
}

#[derive(Clone, Debug)]
struct Turn {
    host: u8,
    rest: i64,
    large: bool,
    due: Option<i64>,
    /// The text that the page shows, and whether it is taken for a copy.
    text: Option<(u64, bool)>,
    found: Vec<(u8, i64)>,
    signals: Vec<(u8, u8, u8, u8)>,
    withdrawn: Vec<(u8, u8, u8, u8)>,
    profile: Option<(u8, u8, i64)>,
    page: Option<(u8, u64)>,
}

fn operation() -> impl Strategy<Value = Operation> {
    let time = -50i64..50;
    let found = || vec((0u8..16, -50i64..50), 0..6);
    let turn = (
        (
            (0u8..4, time.clone(), prop::bool::weighted(0.1)),
            prop::option::weighted(0.8, (0u64..3, any::<bool>())),
        ),
        prop::option::of(time.clone()),
        found(),
        (
            vec((0u8..3, 0u8..4, 0u8..16, any::<u8>()), 0..4),
            vec((0u8..3, 0u8..4, 0u8..16, any::<u8>()), 0..3),
        ),
        prop::option::of((0u8..3, 0u8..4, time.clone())),
        prop::option::of((0u8..4, 0u64..9)),
    );
    let turn = turn.prop_map(
        |(((host, rest, large), text), due, found, (signals, withdrawn), profile, page)| Turn {
            host,
            rest,
            large,
            due,
            text,
            found,
            signals,
            withdrawn,
            profile,
            page,
        },
    );
    prop_oneof![
        2 => (0u8..3, any::<u8>(), vec(time.clone(), 0..4)).prop_map(|(c, n, d)| Operation::Seed(c, n, d)),
        3 => found().prop_map(Operation::Discover),
        6 => (vec(turn, 0..5), any::<bool>()).prop_map(|(t, twice)| Operation::Commit(t, twice)),
        2 => (0u8..4, time).prop_map(|(host, now)| Operation::Next(host, now)),
        1 => Just(Operation::Reopen),
    ]
}

/// What a turn brings, at a store that has something to do at its host or has not.
async fn harvest(store: &mut MemoryStore, turn: &Turn) -> Harvest {
    let host = made::host(turn.host);
    let next = store
        .next(&host, Timestamp(i64::MAX))
        .await
        .expect("a model");
    let mut harvest = made::empty_harvest();
    if let Next::Task(was, _) = next {
        let mut now = made::visited(&was, turn.due, turn.rest);
        now.sketch = turn.text.map(|(sketch, _)| sketch);
        if let Some((_, true)) = turn.text {
            now.state = State::Duplicate { of: String::new() };
        }
        harvest.now = Some(now);
        harvest.was = Some(*was);
    }
    let found = turn.found.iter();
    harvest.found = found.map(|(n, due)| made::discovery(*n, *due)).collect();
    harvest.hosts = vec![(host, made::record(turn.host, turn.rest, turn.large))];
    let signals = turn.signals.iter();
    harvest.signals = signals
        .map(|(c, e, u, p)| made::signal(*c, *e, *u, *p))
        .collect();
    let withdrawn = turn.withdrawn.iter();
    harvest.withdrawn = withdrawn
        .map(|(c, e, u, at)| made::withdrawn(*c, *e, *u, *at))
        .collect();
    harvest.profile = turn.profile.map(|(c, t, at)| made::profile(c, t, at));
    harvest.page = turn.page.map(|(body, offset)| made::page(body, offset));
    harvest
}

/// Everything that readers can see.
pub(crate) fn everything(store: &impl Records) -> Result<String> {
    let mut seen = Vec::new();
    seen.push(format!(
        "{:?}",
        store.companies().collect::<Result<Vec<_>>>()?
    ));
    seen.push(format!(
        "{:?}",
        store.signals(None).collect::<Result<Vec<_>>>()?
    ));
    seen.push(format!(
        "{:?}",
        store.tasks("").collect::<Result<Vec<_>>>()?
    ));
    seen.push(format!(
        "{:?}",
        store.tasks("example,a").collect::<Result<Vec<_>>>()?
    ));
    for until in [-20, 0, 50] {
        let due = store.due(Timestamp(until)).collect::<Result<Vec<_>>>()?;
        seen.push(format!("{due:?}"));
    }
    for from in [0, 1, 3] {
        seen.push(format!(
            "{:?}",
            store.changes(from).collect::<Result<Vec<_>>>()?
        ));
    }
    for number in 0..3 {
        let company = made::company(number);
        seen.push(format!("{:?}", store.company(&company)?));
        seen.push(format!("{:?}", store.profile(&company)?));
        seen.push(format!(
            "{:?}",
            store.signals(Some(&company)).collect::<Result<Vec<_>>>()?
        ));
        for event in 0..4 {
            let id = made::signal(number, event, 0, 0).id;
            seen.push(format!("{:?}", store.signal(&id)?));
        }
    }
    for number in 0..16 {
        let key = UrlKey::of(&made::url(number)).expect("it has a host");
        seen.push(format!("{:?}", store.task(&key)?));
        seen.push(format!("{:?}", store.host(&made::host(number))?));
        seen.push(format!("{:?}", store.page(&made::page(number, 0).content)?));
    }
    Ok(seen.join("\n"))
}

/// What the house promises of any store.
fn assert_promises(store: &impl Records, due: u64) -> Result<()> {
    let tasks = store.tasks("").collect::<Result<Vec<_>>>()?;
    let waiting = tasks.iter().filter(|task| task.due.is_some()).count();
    assert_eq!(due, waiting as u64, "the queue mirrors the tasks");
    let changes = store.changes(0).collect::<Result<Vec<_>>>()?;
    for (expected, (number, id)) in (1..).zip(changes) {
        assert_eq!(number, expected, "the log has no holes");
        assert!(store.signal(&id)?.is_some(), "what is in the log is there");
    }
    for task in tasks {
        assert!(store.host(&task.key().host())?.is_some());
    }
    Ok(())
}

async fn same_answers(dir: &Path, operations: Vec<Operation>) -> Result<()> {
    let mut model = MemoryStore::new();
    let mut disk = SledStore::open(dir, 4 << 20)?;
    for operation in operations {
        match operation {
            Operation::Seed(company, note, dues) => {
                let seeds = [made::seed(company, note, &dues)];
                assert_eq!(disk.seed(&seeds).await?, model.seed(&seeds).await?);
            }
            Operation::Discover(found) => {
                let found: Vec<_> = found
                    .iter()
                    .map(|(n, due)| made::discovery(*n, *due))
                    .collect();
                assert_eq!(disk.discover(&found).await?, model.discover(&found).await?);
            }
            Operation::Commit(turns, twice) => {
                let mut harvests = Vec::new();
                for turn in &turns {
                    harvests.push(harvest(&mut model, turn).await);
                }
                for _ in 0..=u8::from(twice) {
                    let woken = disk.commit(&harvests).await?;
                    assert_eq!(woken, model.commit(&harvests).await?);
                }
            }
            Operation::Next(host, now) => {
                let (host, now) = (made::host(host), Timestamp(now));
                assert_eq!(disk.next(&host, now).await?, model.next(&host, now).await?);
            }
            Operation::Reopen => {
                drop(disk);
                disk = SledStore::open(dir, 4 << 20)?;
            }
        }
        assert_eq!(disk.hosts().await?, model.hosts().await?);
        assert_eq!(disk.counts()?, model.counts()?);
        for number in 0..4 {
            let key = UrlKey::of(&made::discovery(number, 0).url).expect("a key");
            assert_eq!(disk.known(&key).await?, model.known(&key).await?);
        }
        for (company, sketch) in (0..3).flat_map(|company| (0..3).map(move |s| (company, s))) {
            let company = made::company(company);
            let twin = model.twin(&company, sketch).await?;
            assert!(twin.iter().all(|twin| twin.first.shows(sketch)));
            assert_eq!(disk.twin(&company, sketch).await?, twin);
        }
    }
    assert_eq!(everything(&disk.records())?, everything(&model)?);
    assert_promises(&disk.records(), disk.counts()?.due)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_store_on_disk_answers_as_the_model_does(operations in vec(operation(), 1..24)) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(same_answers(dir.path(), operations)).expect("the store works");
    }
}

#[tokio::test]
async fn a_repeated_commit_changes_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 4 << 20).expect("opens");
    store
        .seed(&[made::seed(0, 0, &[1, 2, 3])])
        .await
        .expect("seeds");
    let Ok(Next::Task(was, _)) = store.next(&made::host(0), Timestamp(9)).await else {
        panic!("something is due");
    };
    let mut harvest = made::empty_harvest();
    harvest.now = Some(made::visited(&was, Some(70), 5));
    harvest.was = Some(*was);
    harvest.found = vec![made::discovery(9, 40)];
    harvest.signals = vec![made::signal(0, 1, 2, 200)];
    harvest.profile = Some(made::profile(0, 1, 5));
    store.commit(&[harvest.clone()]).await.expect("commits");
    let (before, counts) = (everything(&store.records()), store.counts());
    let woken = store.commit(&[harvest]).await.expect("commits again");
    assert!(woken.is_empty());
    assert_eq!(
        before.expect("reads"),
        everything(&store.records()).expect("reads")
    );
    assert_eq!(counts.expect("reads"), store.counts().expect("reads"));
}

#[tokio::test]
async fn a_sitemap_of_thousands_is_no_different() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut disk = SledStore::open(dir.path(), 4 << 20).expect("opens");
    let mut model = MemoryStore::new();
    let seeds = [made::seed(0, 0, &[1])];
    disk.seed(&seeds).await.expect("seeds");
    model.seed(&seeds).await.expect("seeds");
    let Ok(Next::Task(was, _)) = model.next(&made::host(0), Timestamp(9)).await else {
        panic!("something is due");
    };
    let mut harvest = made::empty_harvest();
    harvest.now = Some(made::visited(&was, Some(900), 5));
    harvest.was = Some(*was);
    for number in 0..3500_i64 {
        let mut found = made::discovery(0, 7000 - number);
        // Every seventh is one of those before it, and the page itself is among them.
        let path = format!("/{}", if number % 7 == 0 { number / 2 } else { number });
        let path = if number == 9 { "/" } else { &path };
        found.url = found.url.join(path).expect("valid");
        harvest.found.push(found);
    }
    let harvests = [harvest];
    let woken = disk.commit(&harvests).await.expect("commits");
    assert_eq!(woken, model.commit(&harvests).await.expect("commits"));
    assert_eq!(
        disk.counts().expect("reads"),
        model.counts().expect("reads")
    );
    let (disk, model) = (everything(&disk.records()), everything(&model));
    assert_eq!(disk.expect("reads"), model.expect("reads"));
}
