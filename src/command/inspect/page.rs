//! `foresignal inspect page`: readers and detectors on one page, nothing stored.

use std::io::{Read, Write};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::print_json;
use crate::cli::Common;
use crate::clock::Clock;
use crate::command::table::{name, plain};
use crate::command::{Exit, Unusable, configuration};
use crate::detect;
use crate::extract;
use crate::fetch::robots::Robots;
use crate::fetch::{Fetch, FetchOutcome, FetchRequest, HttpFetcher, PRODUCT, Purpose};
use crate::model::company::Company;
use crate::model::document::{Document, Reading};
use crate::model::domain;
use crate::model::page::Page;
use crate::model::signal::Signal;
use crate::model::task::Validators;
use crate::model::url;

pub(super) async fn run(
    common: &Common,
    source: &str,
    address: Option<String>,
    company: Option<String>,
    json: bool,
) -> anyhow::Result<Exit> {
    crate::command::rules::install(&configuration(common)?.signals)?;
    let clock = Clock::system();
    let page = match source {
        "-" => {
            let mut body = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut body)
                .context("cannot read standard input")?;
            local(body, address, &clock)?
        }
        live if live.starts_with("http://") || live.starts_with("https://") => {
            fetched(common, live, clock.clone()).await?
        }
        file => {
            let body = std::fs::read(file)
                .with_context(|| format!("cannot read {file}"))
                .map_err(Unusable)?;
            local(body, address, &clock)?
        }
    };
    let company = owner(&page.url, company.as_deref());
    let reading = extract::read(&page);
    let signals: Vec<Signal> = reading
        .documents
        .iter()
        .flat_map(|document| detect::detect(document, &company, page.fetched))
        .collect();
    if json {
        return print_json(&json!({
            "reader": reading.reader,
            "documents": reading.documents.iter().map(document).collect::<Vec<_>>(),
            "links": reading.links.iter().map(|link| json!({ "url": link.url, "text": link.text, "kind": link.kind, "nofollow": link.nofollow })).collect::<Vec<_>>(),
            "wishes": reading.heard.wishes(),
            "heard": reading.heard,
            "canonical": reading.canonical,
            "scripted": reading.scripted,
            "signals": signals.iter().map(|found| signal(found, &company)).collect::<Vec<_>>(),
        }));
    }
    show(&reading, &signals)?;
    Ok(Exit::Done)
}

/// A document, as every command shows it to scripts.
fn document(document: &Document) -> Value {
    json!({
        "url": document.url,
        "title": document.title,
        "text": document.text,
        "published": document.published.map(|dated| dated.day),
        "published_source": document.published.map(|dated| dated.source),
        "updated": document.updated.map(|dated| dated.day),
        "language": document.language,
        "genre": document.genre,
    })
}

/// A signal that was just detected, as every command shows it to scripts.
pub(in crate::command) fn signal(signal: &Signal, company: &Company) -> Value {
    let evidence = signal.evidence.first();
    json!({
        "id": signal.id.to_string(),
        "kind": signal.kind,
        "class": detect::taxonomy::class_of(signal).id,
        "company": company.name,
        "role": signal.role,
        "areas": signal.areas,
        "modality": signal.modality,
        "quote": evidence.map(|evidence| &evidence.quote),
        "marks": evidence.map(|evidence| &evidence.marks),
        "event_date": signal.event.map(|when| when.day),
        "event_precision": signal.event.map(|when| when.precision),
        "event_basis": signal.event.map(|when| when.basis),
        "published": signal.published,
        "confidence": (f64::from(signal.confidence) * 1000.0).round() / 1000.0,
        "counterpart": signal.slots.counterpart,
        "amount": signal.slots.amount,
        "position": signal.slots.position,
        "place": signal.slots.place,
        "count": signal.slots.count,
        "technologies": signal.slots.technologies,
        "source_url": evidence.map(|evidence| &evidence.url),
        "detector": evidence.map(|evidence| &evidence.detector),
        "rule": evidence.map(|evidence| &evidence.rule),
        "because": evidence.map(|evidence| &evidence.because),
        "version": evidence.map(|evidence| evidence.version),
    })
}

/// A page from a file: its URL is what the caller says, or one that cannot exist.
fn local(body: Vec<u8>, address: Option<String>, clock: &Clock) -> anyhow::Result<Page> {
    let address = address.unwrap_or_else(|| "https://page.invalid/".to_owned());
    let Some(parsed) = url::parse(&address) else {
        bail!(Unusable(anyhow::anyhow!(
            "--url {address} is no web address"
        )));
    };
    Ok(Page {
        url: parsed.to_string(),
        status: 200,
        headers: Vec::new(),
        body,
        truncated: false,
        fetched: clock.now(),
        address: None,
    })
}

/// A page asked for now, with its host's leave.
async fn fetched(common: &Common, address: &str, clock: Clock) -> anyhow::Result<Page> {
    let config = configuration(common)?;
    config.require_contact().map_err(Unusable)?;
    let parsed = url::parse(address)
        .ok_or_else(|| Unusable(anyhow::anyhow!("{address} is no web address")))?;
    let mut settings = config.fetch.clone();
    settings.extra_ports.extend(parsed.port());
    let fetcher = HttpFetcher::new(&settings, clock)?;
    let ask = |url, purpose| {
        fetcher.fetch(FetchRequest {
            url,
            validators: Validators::default(),
            purpose,
        })
    };
    let robots = ask(parsed.join("/robots.txt")?, Purpose::Robots).await;
    let rules = match robots.outcome {
        FetchOutcome::Page(page) => Robots::parse(&page.body, PRODUCT),
        FetchOutcome::Gone(_)
        | FetchOutcome::Refused {
            status: 401 | 403, ..
        } => Robots::allow_all(),
        other => bail!("{address} may not be asked: its robots.txt answers {other:?}"),
    };
    let path = parsed.query().map_or(parsed.path().to_owned(), |query| {
        format!("{}?{query}", parsed.path())
    });
    let verdict = rules.verdict(&path);
    if !verdict.allowed {
        bail!(
            "robots.txt forbids {address}: {}",
            verdict.rule.unwrap_or_default()
        );
    }
    match ask(parsed, Purpose::Page).await.outcome {
        FetchOutcome::Page(page) => Ok(page),
        FetchOutcome::Moved { to, .. } => bail!("{address} has moved to {to}: ask for that"),
        other => bail!("{address} could not be read: {other:?}"),
    }
}

/// The company whose page this is said to be.
fn owner(address: &str, name: Option<&str>) -> Company {
    let host = url::parse(address)
        .and_then(|parsed| parsed.host_str().map(str::to_owned))
        .unwrap_or_default();
    if host.ends_with(".invalid") {
        return crate::command::detect::company(name);
    }
    let mut company = Company::new(&domain::site(&host).unwrap_or(host));
    if let Some(name) = name {
        company.name = name.to_owned();
    }
    company
}

fn show(reading: &Reading, signals: &[Signal]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let reader = if reading.reader.is_empty() {
        "nobody: this is no kind of page we know"
    } else {
        reading.reader
    };
    writeln!(out, "read by {reader}; {} links", reading.links.len())?;
    if reading.scripted {
        writeln!(out, "its text only comes with scripts, which were not run")?;
    }
    for document in &reading.documents {
        let published = document.published.map_or("undated".to_owned(), |dated| {
            format!("{} ({})", dated.day, name(&dated.source))
        });
        let language = document.language.as_deref().unwrap_or("unknown language");
        writeln!(out, "\n{}", plain(&document.title))?;
        writeln!(
            out,
            "{} · {published} · {language} · {} · {} characters",
            plain(&document.url),
            name(&document.genre),
            document.text.chars().count()
        )?;
        for block in document.text.lines().take(12) {
            writeln!(out, "  | {}", plain(block))?;
        }
        let more = document.text.lines().count().saturating_sub(12);
        if more > 0 {
            writeln!(out, "  | … {more} blocks more")?;
        }
    }
    writeln!(out, "\n{}", super::company::signal_table(signals))
}
