//! When pages come again, told by what was judged of their visits.

use proptest::prelude::*;

use super::*;
use crate::crawl::judge::{self, Body, tests::task};
use crate::fetch::{FetchOutcome, Fetched};
use crate::model::host::HostRecord;
use crate::model::state::Failure;

const NOW: Timestamp = Timestamp(1_780_000_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn page(headers: Vec<(String, String)>, body: &str) -> Page {
    Page {
        url: "https://example.com/x".to_owned(),
        status: 200,
        headers,
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: NOW,
        address: None,
    }
}

fn judged(was: &Task, outcome: FetchOutcome, seen: &Seen, config: &Revisit, at: Timestamp) -> Task {
    let fetched = Fetched {
        outcome,
        took: Duration::from_millis(5),
        address: None,
        allowance: None,
        certificate: None,
    };
    let (host, body) = (HostRecord::default(), Body::Read);
    judge::task(was, &fetched, body, seen, &host, config, at)
}

fn says(what: u64) -> Seen {
    Seen {
        says: Some(what),
        ..Seen::default()
    }
}

/// Reads `task` at `at`, where it says `what`.
fn visit(was: &Task, what: u64, at: Timestamp) -> Task {
    let body = format!("<p>{what} {at}</p>");
    let outcome = FetchOutcome::Page(page(Vec::new(), &body));
    judged(was, outcome, &says(what), &Revisit::default(), at)
}

/// What is visited whenever it is due, `times` times, and says what `what` answers for the
/// number of the visit; with the waits between.
fn followed(kind: TaskKind, times: u64, what: fn(u64) -> u64) -> (Task, Vec<Duration>) {
    let (mut task, mut now, mut waits) = (task(kind), NOW, Vec::new());
    for number in 0..times {
        task = visit(&task, what(number), now);
        let Some(due) = task.due else { break };
        waits.push(due.since(now));
        now = due;
    }
    (task, waits)
}

#[test]
fn a_kind_begins_with_its_own_interval() {
    use TaskKind::*;
    let config = Revisit::default();
    for kind in [Home, Feed, Sitemap, Listing, Careers, Job, Article, Forum] {
        let read = visit(&task(kind), 1, NOW);
        let wait = read.due.expect("it comes again").since(NOW);
        assert_eq!(wait, first(kind, &config), "{kind:?}");
    }
}

#[test]
fn what_never_changes_waits_ever_longer_and_what_always_does_ever_shorter() {
    let config = Revisit::default();
    let (_, waits) = followed(TaskKind::Sitemap, 20, |_| 1);
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
    assert_eq!(waits.last(), Some(&config.longest));
    let (_, waits) = followed(TaskKind::Feed, 20, |_| 1);
    assert_eq!(waits.last(), Some(&config.longest_source));
    let (_, waits) = followed(TaskKind::Feed, 20, |number| number);
    assert!(waits.windows(2).all(|pair| pair[0] >= pair[1]), "{waits:?}");
    assert_eq!(waits.last(), Some(&config.shortest));
    // A page that is no source may change all day long.
    for kind in [TaskKind::Page, TaskKind::Home, TaskKind::Job] {
        let (_, waits) = followed(kind, 20, |number| number);
        assert_eq!(waits.last(), Some(&first(kind, &config)), "{kind:?}");
    }
}

#[test]
fn a_change_after_a_long_silence_brings_the_kinds_interval_back() {
    let (feed, waits) = followed(TaskKind::Feed, 30, |number| u64::from(number >= 29));
    assert_eq!(waits[29], Revisit::default().feed, "{waits:?}");
    assert_eq!((feed.changes, feed.unchanged), (1, 0));
}

#[test]
fn an_article_is_looked_at_again_twice_and_retires() {
    for what in [|_| 1, |number| number] {
        let (article, waits) = followed(TaskKind::Article, 20, what);
        assert_eq!((waits.len(), article.due), (2, None));
        assert!(is_retired(&article));
    }
    let config = Revisit {
        article_checks: 0,
        ..Revisit::default()
    };
    let outcome = FetchOutcome::Page(page(Vec::new(), "x"));
    let once = judged(&task(TaskKind::Article), outcome, &says(1), &config, NOW);
    assert!(is_retired(&once));
}

#[test]
fn a_claim_of_change_brings_an_article_back_until_two_proved_empty() {
    let (mut article, _) = followed(TaskKind::Article, 20, |_| 1);
    let at = |days: u32| NOW.after((200 + days) * DAY);
    let claim = |article: &mut Task, updated: Timestamp, now: Timestamp| {
        let found = crate::model::task::Discovery {
            url: article.parsed(),
            company: article.company.clone(),
            kind: TaskKind::Article,
            due: now,
            depth: 1,
            from: None,
            at: now,
            updated: Some(updated),
        };
        article.found_again(&found)
    };
    assert!(!claim(&mut article, NOW, at(0)), "read since");
    assert!(!claim(&mut article, at(9), at(1)), "of a day to come");
    assert!(claim(&mut article, at(1), at(2)));
    assert_eq!(article.due, Some(at(2)));
    assert!(!claim(&mut article, at(1), at(2)), "the same claim again");
    article = visit(&article, 2, at(3));
    assert_eq!((article.misled, article.due), (0, None), "it was true");
    for day in [10, 20] {
        assert!(claim(&mut article, at(day), at(day)));
        article = visit(&article, 2, at(day + 1));
    }
    assert!(!claim(&mut article, at(30), at(30)), "false twice");
}

#[test]
fn a_server_or_a_feed_that_asks_for_more_time_gets_it() {
    let config = Revisit::default();
    let wait = |cache: &str, ttl: u64| {
        let headers = vec![("cache-control".to_owned(), cache.to_owned())];
        let seen = Seen {
            ttl: Some(Duration::from_secs(ttl)),
            ..says(1)
        };
        let outcome = FetchOutcome::Page(page(headers, "x"));
        let feed = judged(&task(TaskKind::Feed), outcome, &seen, &config, NOW);
        let later = feed.due.expect("it comes again");
        let again = judged(&feed, FetchOutcome::NotModified, &seen, &config, later);
        let wait = later.since(NOW);
        let second = again.due.expect("it comes again").since(later);
        assert!(second >= wait, "a 304 leaves it as it is: {second:?}");
        wait
    };
    assert_eq!(wait("max-age=0", 0), config.feed);
    assert_eq!(wait("no-store", 60), config.feed);
    assert_eq!(wait("max-age=36000", 60), 10 * HOUR);
    assert_eq!(wait("max-age=60", 12 * 3600), 12 * HOUR);
    assert_eq!(wait("max-age=31536000", 0), config.longest_source);
}

#[test]
fn what_is_gone_retires_and_a_position_closes() {
    let config = Revisit::default();
    let gone = |was: &Task, status| {
        judged(
            was,
            FetchOutcome::Gone(status),
            &Seen::default(),
            &config,
            NOW,
        )
    };
    let read = visit(&task(TaskKind::Page), 1, NOW);
    let validators = crate::model::task::Validators {
        etag: Some("x".to_owned()),
        last_modified: None,
    };
    let read = Task { validators, ..read };
    let missing = gone(&read, 404);
    assert_eq!(missing.state, State::Gone { status: 404 });
    assert_eq!(missing.due, Some(NOW.after(7 * DAY)));
    assert!(!missing.validators.any() && missing.content.is_none());
    assert_eq!(gone(&missing, 404).due, None);
    assert_eq!(gone(&read, 410).due, None);
    assert_eq!(gone(&task(TaskKind::Home), 410).due, Some(NOW.after(DAY)));
    let job = visit(&task(TaskKind::Job), 1, NOW);
    assert_eq!(gone(&job, 404).state, State::Closed { status: 404 });
    assert_eq!(gone(&job, 410).due, None);
    let never_read = gone(&task(TaskKind::Job), 404);
    assert_eq!(never_read.state, State::Gone { status: 404 });
}

#[test]
fn a_position_closes_by_its_words_and_on_its_last_day() {
    let config = Revisit::default();
    let closed = Seen {
        closed: true,
        ..says(1)
    };
    let outcome = || FetchOutcome::Page(page(Vec::new(), "x"));
    let job = judged(&task(TaskKind::Job), outcome(), &closed, &config, NOW);
    assert_eq!(job.state, State::Closed { status: 200 });
    assert_eq!(job.due, Some(NOW.after(7 * DAY)));
    let again = judged(
        &job,
        FetchOutcome::NotModified,
        &Seen::default(),
        &config,
        NOW,
    );
    assert_eq!(
        (again.state, again.due),
        (State::Closed { status: 304 }, None)
    );
    assert_eq!(visit(&job, 2, NOW).state, State::Done, "it may open again");

    let last = Seen {
        closes: Some(NOW.day()),
        ..says(1)
    };
    let open = judged(&task(TaskKind::Job), outcome(), &last, &config, NOW);
    let due = open.due.expect("it comes again");
    assert_eq!(
        (open.state.clone(), due),
        (State::Done, Timestamp::of_day(due.day()))
    );
    assert!(due.since(NOW) <= DAY);
    let over = judged(
        &open,
        FetchOutcome::NotModified,
        &Seen::default(),
        &config,
        due,
    );
    assert_eq!(over.state, State::Closed { status: 304 });
}

#[test]
fn what_moved_for_good_retires_and_a_position_that_leads_to_the_list_closes() {
    let config = Revisit::default();
    let moved = |was: &Task, to: &str, permanent| {
        let to = url::Url::parse(to).expect("a URL");
        let outcome = FetchOutcome::Moved { to, permanent };
        judged(was, outcome, &Seen::default(), &config, NOW)
    };
    let at = |kind, path: &str| {
        let mut task = visit(&task(kind), 1, NOW);
        task.url = format!("https://example.com{path}");
        task
    };
    let elsewhere = "https://example.com/y";
    let article = at(TaskKind::Article, "/x");
    assert_eq!(moved(&article, elsewhere, true).due, None);
    assert!(moved(&article, elsewhere, false).due.is_some());
    assert!(
        moved(&at(TaskKind::Feed, "/x"), elsewhere, true)
            .due
            .is_some()
    );
    let job = at(TaskKind::Job, "/careers/welder");
    let closed = moved(&job, "https://example.com/careers/", false);
    assert_eq!(closed.state, State::Closed { status: 302 });
    for to in [
        "https://example.com/careers/welder-2",
        "https://jobs.example.com/",
    ] {
        assert!(
            matches!(moved(&job, to, true).state, State::Moved { .. }),
            "{to}"
        );
    }
}

#[test]
fn a_sitemap_that_bears_the_time_of_its_making_is_not_believed() {
    use crate::crawl::{config::Config, scope};
    use crate::model::company::Company;
    use crate::model::document::{Link, Reading};
    let seen = |days: [u32; 5]| {
        let link = |(number, day)| Link {
            url: format!("https://example.com/news/a-story-of-{number}"),
            updated: Some(Timestamp(0).after(DAY * day)),
            ..Link::default()
        };
        let reading = Reading {
            links: (0..).zip(days).map(link).collect(),
            ..Reading::default()
        };
        let (sitemap, company) = (task(TaskKind::Sitemap), Company::new("example.com"));
        let found = scope::follow(&reading, &sitemap, &company, &Config::default(), NOW);
        assert_eq!(found.len(), 5);
        let claims = found.iter().filter(|link| link.updated.is_some()).count();
        (claims, Seen::of(&reading, &found, &sitemap, NOW).says)
    };
    assert_eq!(seen([1, 2, 3, 4, 4]).0, 5);
    assert_ne!(seen([1, 2, 3, 4, 4]).1, seen([1, 2, 3, 4, 5]).1);
    assert_eq!(seen([7; 5]), seen([8; 5]));
    assert_eq!(seen([7; 5]).0, 0);
}

#[test]
fn failures_wait_longer_each_time_and_end() {
    let config = Revisit::default();
    let mut page = task(TaskKind::Page);
    for (failures, hours) in [(1, Some(1)), (3, Some(4)), (GIVE_UP, None)] {
        page.failures = failures;
        assert_eq!(retry(&page, &config), hours.map(|hours| hours * HOUR));
    }
    let mut home = task(TaskKind::Home);
    home.failures = 200;
    assert_eq!(retry(&home, &config), Some(7 * DAY));
}

fn header() -> impl Strategy<Value = (String, String)> {
    let value = prop_oneof![
        "max-age=[0-9]{1,20}",
        "(no-cache|no-store|private|public|immutable), ?(s-maxage|max-age)=\"?[0-9]{1,12}",
        "[A-Z][a-z]{2}, [0-9]{2} (Jan|Nov) [0-9]{4} [0-9]{2}:00:00 GMT",
        "[0-9]{1,20}",
        "\\PC{0,40}",
    ];
    let name = prop::sample::select(vec!["cache-control", "expires", "age", "date", "pragma"]);
    (name.prop_map(str::to_owned), value)
}

proptest! {
    #[test]
    fn the_next_visit_is_within_bounds_whatever_headers_say(
        kind in prop::sample::select(vec![
            TaskKind::Home, TaskKind::Feed, TaskKind::Sitemap, TaskKind::Listing, TaskKind::Careers,
            TaskKind::Job, TaskKind::Article, TaskKind::Forum, TaskKind::Page,
        ]),
        headers in prop::collection::vec(header(), 0..5),
        ttl in prop::option::of(any::<u64>()),
        visits in prop::collection::vec((0u8..5, 0u64..3, 0i64..1_000_000_000_000), 1..60),
        (shortest, span) in (1u32..100, 0u32..3000),
    ) {
        let config = Revisit {
            shortest: HOUR / 2 * shortest,
            longest: HOUR / 2 * shortest + HOUR * span,
            ..Revisit::default()
        };
        let (mut task, mut now) = (task(kind), NOW);
        for (what, says_what, later) in visits {
            let mut said = says(says_what);
            said.ttl = ttl.map(Duration::from_secs);
            said.closes = (says_what == 2).then(|| now.after(DAY * (says_what as u32 * 7)).day());
            let outcome = match what {
                0 => FetchOutcome::NotModified,
                1 => FetchOutcome::Gone(404),
                2 => FetchOutcome::Failed(Failure::Timeout),
                _ => FetchOutcome::Page(Page { fetched: now, ..page(headers.clone(), "x") }),
            };
            task = judged(&task, outcome, &said, &config, now);
            if let Some(due) = task.due {
                let wait = due.since(now);
                prop_assert!(wait >= config.shortest && wait <= config.longest, "{wait:?} {task:?}");
            }
            now = now.after(Duration::from_millis(later.unsigned_abs()));
        }
    }
}
