//! Sources that are no company's own, as an operator lists them: TOML, `[[source]]`.
//!
//! A list with a mistake is refused whole, with every mistake's line: a source that is left out
//! unnoticed looks like a company of which nobody writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::domain;
use crate::command::crawl::Session;
use crate::crawl::sources::kind_of;
use crate::model::company::{Company, CompanyId};
use crate::model::source::{Source, SourceKind, is_id};
use crate::model::task::{Discovery, Seed};
use crate::model::time::Timestamp;
use crate::model::url;
use crate::store::{Frontier, Records};

/// A source is asked no sooner again, whatever its list says.
const SOONEST: Duration = Duration::from_secs(5 * 60);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    source: Vec<::toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    kind: String,
    urls: Vec<String>,
    language: Option<String>,
    country: Option<String>,
    interval: Option<String>,
    why: String,
}

/// Reads a list of sources.
///
/// # Errors
/// When the file cannot be read or parsed, lists no source, or anything in it cannot be used:
/// names every line, and what to write there.
fn read(path: &Path, allow_loopback: bool) -> anyhow::Result<Vec<Source>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the list of sources {shown}"))?;
    parse(&text, allow_loopback)
        .with_context(|| format!("the list of sources {shown} cannot be used"))
}

/// Reads several lists; a source that two of them name is read as the first says.
///
/// # Errors
/// Where one of them cannot be used.
pub(in crate::command) fn read_all<'p>(
    paths: impl Iterator<Item = &'p PathBuf>,
    allow_loopback: bool,
) -> anyhow::Result<Vec<Source>> {
    let mut sources: Vec<Source> = Vec::new();
    for path in paths {
        for source in read(path, allow_loopback)? {
            if sources.iter().all(|known| known.id != source.id) {
                sources.push(source);
            }
        }
    }
    Ok(sources)
}

/// Takes sources into the store; answers those of this run, as owners of their tasks: the named
/// ones, or all that are known where a run goes on and names none.
pub(in crate::command) async fn take_in(
    session: &mut Session,
    sources: &[Source],
    go_on: bool,
) -> anyhow::Result<Vec<(CompanyId, Arc<Company>)>> {
    let now = session.clock.now();
    let seeds: Vec<Seed> = sources.iter().map(|source| seed(source, now)).collect();
    session.store.seed(&seeds).await?;
    let by_id = |owner: Company| (owner.id.clone(), Arc::new(owner));
    if !seeds.is_empty() || !go_on {
        return Ok(seeds.into_iter().map(|seed| by_id(seed.company)).collect());
    }
    let known: Result<Vec<Company>, _> = session.store.records().sources().collect();
    Ok(known?.into_iter().map(by_id).collect())
}

fn seed(source: &Source, now: Timestamp) -> Seed {
    let owner = source.as_owner();
    let pages = source.urls.iter().filter_map(|listed| {
        let url = url::parse(listed)?;
        Some(Discovery {
            kind: kind_of(&url, source.kind),
            url,
            company: owner.id.clone(),
            due: now,
            depth: 0,
            from: None,
            at: now,
            updated: None,
        })
    });
    Seed {
        tasks: pages.collect(),
        company: owner.clone(),
    }
}

fn parse(text: &str, allow_loopback: bool) -> anyhow::Result<Vec<Source>> {
    let file: File = ::toml::from_str(text)?;
    let mut sources: Vec<Source> = Vec::new();
    let mut complaints = Vec::new();
    for entry in file.source {
        let start = entry.span().start.min(text.len());
        let line = 1 + text.as_bytes()[..start]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        let mut complain = |why: String| complaints.push(format!("line {line}: {why}"));
        match checked(entry.into_inner(), allow_loopback) {
            Err(whys) => whys.into_iter().for_each(complain),
            Ok(source) if sources.iter().any(|known| known.id == source.id) => {
                complain(format!(
                    "there is a source {:?} already: give it another id",
                    source.id
                ));
            }
            Ok(source) => sources.push(source),
        }
    }
    if !complaints.is_empty() {
        bail!("{}", complaints.join("\n"));
    }
    if sources.is_empty() {
        bail!("it lists no source: write one as [[source]] with id, name, kind, urls and why");
    }
    Ok(sources)
}

fn checked(entry: Entry, allow_loopback: bool) -> Result<Source, Vec<String>> {
    let mut whys = Vec::new();
    let id = entry.id;
    if !is_id(&id) {
        whys.push(format!(
            "id {id:?}: use small letters, digits and hyphens, a letter first, at most 64, as in \"a-wire\""
        ));
    }
    for (field, value) in [("name", &entry.name), ("why", &entry.why)] {
        if value.trim().is_empty() {
            whys.push(format!("{id}: {field} is empty: say it in a few words"));
        }
    }
    let kind = SourceKind::ALL
        .into_iter()
        .find(|kind| kind.id() == entry.kind);
    if kind.is_none() {
        let all = SourceKind::ALL.map(SourceKind::id).join(", ");
        whys.push(format!(
            "{id}: kind {:?} is none: it is one of {all}",
            entry.kind
        ));
    }
    if entry.urls.is_empty() {
        whys.push(format!(
            "{id}: urls is empty: name a feed, a sitemap or a listing"
        ));
    }
    let mut urls = Vec::new();
    for listed in &entry.urls {
        match address(listed, allow_loopback) {
            Ok(url) => urls.push(url),
            Err(why) => whys.push(format!("{id}: {why}")),
        }
    }
    if let Some(language) = &entry.language
        && (language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()))
    {
        whys.push(format!(
            "{id}: language {language:?} is no ISO 639-1 code: write two small letters, as in \"en\""
        ));
    }
    let interval = entry.interval.as_deref().map(humantime::parse_duration);
    let interval = match interval {
        None => None,
        Some(Ok(every)) if every >= SOONEST => Some(every),
        Some(Ok(_)) => {
            whys.push(format!("{id}: no source is asked more often than every 5m"));
            None
        }
        Some(Err(why)) => {
            whys.push(format!(
                "{id}: interval: {why}: write it as \"30m\" or \"6h\""
            ));
            None
        }
    };
    let Some(kind) = kind.filter(|_| whys.is_empty()) else {
        return Err(whys);
    };
    Ok(Source {
        id,
        name: entry.name.trim().to_owned(),
        kind,
        urls,
        language: entry.language,
        country: entry.country,
        interval,
        why: entry.why,
    })
}

/// A listed address, in the form that the crawl knows it by.
fn address(listed: &str, allow_loopback: bool) -> Result<String, String> {
    let remedy = "write it as \"https://…\"";
    let url =
        url::parse(listed).ok_or_else(|| format!("{listed:?} is no web address: {remedy}"))?;
    // What may be a company's door may be a source's: a name, or loopback where that is allowed.
    let door = url.join("/").map_err(|why| format!("{listed:?}: {why}"))?;
    domain::read(door.as_str(), allow_loopback)?;
    Ok(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIRE: &str = r#"
[[source]]
id = "a-wire"
name = "A Wire"
kind = "wire"
urls = ["https://wire.example/rss", "https://wire.example/es/rss#top"]
language = "en"
interval = "30m"
why = "what it says"
"#;

    #[track_caller]
    fn assert_refused(text: &str, says: &[&str]) {
        let error = format!("{:#}", parse(text, false).expect_err(text));
        for say in says {
            assert!(error.contains(say), "{error}\nsays nothing of {say}");
        }
    }

    #[test]
    fn a_list_is_read_as_written() {
        let sources = parse(WIRE, false).expect("it is right");
        assert_eq!(sources[0].urls[1], "https://wire.example/es/rss");
        assert_eq!(sources[0].interval, Some(Duration::from_secs(1800)));
        assert_eq!(sources[0].kind, SourceKind::Wire);
    }

    #[test]
    fn every_mistake_is_named_with_its_line_and_what_to_do() {
        assert_refused(
            &WIRE.replace("kind = \"wire\"", "kind = \"wires\""),
            &["line 2", "wire, press, forum, tenders"],
        );
        assert_refused(
            &format!("{WIRE}{WIRE}"),
            &["line 11", "a-wire", "another id"],
        );
        assert_refused(
            &WIRE.replace("a-wire", "A Wire"),
            &["line 2", "small letters"],
        );
        assert_refused(&WIRE.replace("what it says", " "), &["why is empty"]);
        assert_refused(&WIRE.replace("30m", "1m"), &["5m"]);
        assert_refused(&WIRE.replace("30m", "often"), &["30m"]);
        assert_refused(&WIRE.replace("\"en\"", "\"English\""), &["ISO 639-1"]);
        assert_refused(
            &WIRE.replace("https://wire.example/rss", "ftp://wire.example"),
            &["ftp", "https://"],
        );
        assert_refused(
            &WIRE.replace("https://wire.example/rss", "http://127.0.0.1/a"),
            &["127.0.0.1"],
        );
        assert_refused(&WIRE.replace("why", "whye"), &["whye", "line"]);
        assert_refused("", &["no source", "[[source]]"]);
        let loopback = WIRE.replace("https://wire.example/rss", "http://127.0.0.1:8080/a");
        assert!(parse(&loopback, true).is_ok());
    }

    #[test]
    fn the_shipped_list_can_be_used() {
        let shipped = include_str!("../../../seeds/sources.toml");
        let sources = parse(shipped, false).expect("it is right");
        assert!(sources.iter().any(|source| source.kind == SourceKind::Wire));
    }
}
