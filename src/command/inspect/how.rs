//! How a URL was found, in words.

use crate::model::state::State;
use crate::model::task::{Task, TaskKind};
use crate::model::url::{self, UrlKey};
use crate::store::{Records, Result};

/// What led to it, as short as it can be said.
pub(super) fn how(records: &impl Records, task: &Task) -> Result<String> {
    let Some(from) = &task.from else {
        return Ok("the list".to_owned());
    };
    if task.is_guess() {
        return Ok("a guess".to_owned());
    }
    let Some(from) = url::parse(from) else {
        return Ok("a link".to_owned());
    };
    if from.path() == "/robots.txt" {
        return Ok("robots.txt".to_owned());
    }
    let known = match UrlKey::of(&from) {
        Some(key) => records.task(&key)?,
        None => None,
    };
    Ok(match known {
        Some(known) if matches!(known.state, State::Moved { .. }) => "a redirect".to_owned(),
        Some(known) if known.kind == TaskKind::Sitemap => "a sitemap".to_owned(),
        Some(known) if known.kind == TaskKind::Feed => "a feed".to_owned(),
        _ => format!("a link on {}", from.path()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;
    use crate::model::task::{Discovery, Harvest};
    use crate::model::time::Timestamp;
    use crate::store::Frontier;
    use crate::store::memory::MemoryStore;

    #[tokio::test]
    async fn what_led_to_a_url_is_said() {
        let mut store = MemoryStore::new();
        let company = task(TaskKind::Home).company;
        for (path, kind, state) in [
            ("/sitemap.xml", TaskKind::Sitemap, State::Done),
            ("/feed", TaskKind::Feed, State::Done),
            ("/old", TaskKind::Page, State::Moved { to: "x".to_owned() }),
        ] {
            let was = Task::new(&Discovery {
                url: url::parse(&format!("https://example.com{path}")).expect("valid"),
                company: company.clone(),
                kind,
                due: Timestamp(0),
                depth: 1,
                from: None,
                at: Timestamp(0),
                updated: None,
            });
            let now = Task {
                state,
                ..was.clone()
            };
            let harvest = Harvest {
                was: Some(was),
                now: Some(now),
                ..Harvest::default()
            };
            store.commit(&[harvest]).await.expect("commits");
        }
        for (from, expected) in [
            (None, "the list"),
            (Some("https://example.com/x"), "a guess"),
            (Some("https://example.com/robots.txt"), "robots.txt"),
            (Some("https://example.com/sitemap.xml"), "a sitemap"),
            (Some("https://example.com/feed"), "a feed"),
            (Some("https://example.com/old"), "a redirect"),
            (Some("https://example.com/blog/"), "a link on /blog/"),
        ] {
            let mut found = task(TaskKind::Feed);
            found.from = from.map(str::to_owned);
            assert_eq!(how(&store, &found).expect("reads"), expected);
        }
    }
}
