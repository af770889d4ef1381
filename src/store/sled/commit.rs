//! What seeds, discoveries and harvests mean, as entries of the trees.
//!
//! Invariants: what stands in the queue is taken from the record in the store, never from what a
//! caller remembers, so that the queue mirrors [`Task::due`] and a repeated commit is harmless.

use super::stage::Stage;
use super::trees::Tree;
use super::twins;
use crate::model::company::CompanyId;
use crate::model::signal::{Signal, SignalId};
use crate::model::task::{Discovery, Harvest, Seed, Task};
use crate::model::telling::Withdrawn;
use crate::model::url::UrlKey;
use crate::store::{Result, key};

/// How many links are committed together with the rest of their harvest. Those beyond (a sitemap
/// has up to 50,000) are written ahead, because one transaction with all of them takes half a
/// gigabyte. Their page stays due until its harvest follows, so a crash between the two costs one
/// repeated request.
const WHOLE: usize = 1000;

pub(super) fn seed(stage: &mut Stage<'_>, seed: &Seed) -> Result<()> {
    let id = seed.company.id.0.as_bytes();
    if seed.company.id.source().is_none() && !stage.has(Tree::Companies, id)? {
        stage.counts.companies += 1;
    }
    stage.put(Tree::Companies, id, &seed.company)?;
    seed.tasks
        .iter()
        .try_for_each(|found| discover(stage, found))
}

pub(super) fn discover(stage: &mut Stage<'_>, found: &Discovery) -> Result<()> {
    let Some(url) = UrlKey::of(&found.url) else {
        return Ok(());
    };
    let key = url.as_str().as_bytes();
    match stage.record::<Task>(Tree::Urls, key)? {
        None => {
            stage.know_host(&key::host(&url.host()))?;
            stage.put(Tree::Urls, key, &Task::new(found))?;
            stage.counts.urls += 1;
            stage.queue(&url, None, Some(found.due))
        }
        Some(mut known) => {
            let was = known.due;
            if !known.found_again(found) {
                return Ok(());
            }
            stage.put(Tree::Urls, key, &known)?;
            stage.queue(&url, was, known.due)
        }
    }
}

pub(super) fn harvest(stage: &mut Stage<'_>, harvest: &Harvest) -> Result<()> {
    let beyond = harvest.found.len().saturating_sub(WHOLE);
    let (ahead, found) = harvest.found.split_at(beyond);
    for found in ahead {
        discover(stage, found)?;
        stage.write_if_large()?;
    }
    if let Some(now) = &harvest.now {
        visited(stage, now)?;
    }
    for (host, record) in &harvest.hosts {
        stage.put_host(&key::host(host), record)?;
    }
    for found in found {
        discover(stage, found)?;
    }
    for told in &harvest.signals {
        signal(stage, told)?;
    }
    for withdrawn in &harvest.withdrawn {
        withdraw(stage, withdrawn)?;
    }
    if let Some(profile) = &harvest.profile {
        stage.put(Tree::Profiles, profile.company.0.as_bytes(), profile)?;
    }
    if let Some(page) = &harvest.page
        && !stage.has(Tree::Pages, &page.content.0)?
    {
        stage.put(Tree::Pages, &page.content.0, page)?;
        stage.counts.pages += 1;
    }
    Ok(())
}

fn visited(stage: &mut Stage<'_>, now: &Task) -> Result<()> {
    let url = now.key();
    let key = url.as_str().as_bytes();
    let stored = stage.record::<Task>(Tree::Urls, key)?;
    if stored.is_none() {
        stage.know_host(&key::host(&url.host()))?;
        stage.counts.urls += 1;
    }
    stage.put(Tree::Urls, key, now)?;
    twins::compare(stage, stored.as_ref(), now)?;
    stage.queue(&url, stored.and_then(|task| task.due), now.due)
}

fn signal(stage: &mut Stage<'_>, told: &Signal) -> Result<()> {
    let key = key::signal(&told.company, &told.id);
    let (signal, changed) = match stage.record::<Signal>(Tree::Signals, &key)? {
        Some(mut known) => {
            let changed = known.absorb(told.clone());
            (known, changed)
        }
        None => {
            stage.put(Tree::SignalIds, &told.id.0, &told.company)?;
            stage.counts.signals += 1;
            let mut first = told.clone();
            first.settle();
            (first, true)
        }
    };
    stage.put(Tree::Signals, &key, &signal)?;
    if changed {
        log(stage, &signal.id)?;
    }
    Ok(())
}

fn withdraw(stage: &mut Stage<'_>, gone: &Withdrawn) -> Result<()> {
    let id = gone.signal;
    let Some(company) = stage.record::<CompanyId>(Tree::SignalIds, &id.0)? else {
        return Ok(());
    };
    let key = key::signal(&company, &id);
    let Some(mut known) = stage.record::<Signal>(Tree::Signals, &key)? else {
        return Ok(());
    };
    let changed = known.withdraw(&gone.url, gone.withdrawal);
    stage.put(Tree::Signals, &key, &known)?;
    if changed {
        log(stage, &id)?;
    }
    Ok(())
}

fn log(stage: &mut Stage<'_>, id: &SignalId) -> Result<()> {
    stage.counts.changes += 1;
    let number = key::number(stage.counts.changes);
    stage.put(Tree::Log, &number, id)
}
