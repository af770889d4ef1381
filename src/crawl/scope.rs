//! Which links are worth following, and as what. Pure.
//!
//! A company speaks in few places: its feed, its newsroom, its press releases, its blog, its
//! careers pages. Links are told by the words of their path and of their anchor, in seven
//! languages; in what order they are visited is told by their rank.

use std::collections::{HashMap, HashSet};

use ::url::Url;

use super::config::Config;
use super::editions::{self, Editions};
use super::{feeds, maps, rank, traps, words};
use crate::model::company::Company;
use crate::model::document::{Link, Reading};
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::{self, UrlKey};

/// Fewer times of change than this may well be the same.
const SAME: usize = 4;
/// A host's entries that one sitemap may add.
const SITEMAP_ENTRIES: usize = 300;
/// Entries of a listing that must be of a time that is over before its later pages are.
const OVER: usize = 3;
/// A longer anchor is a headline.
const ANCHOR: usize = 48;

/// What follows from a reading: the links worth a visit, each once, the most urgent first.
pub fn follow(
    reading: &Reading,
    task: &Task,
    company: &Company,
    config: &Config,
    now: Timestamp,
) -> Vec<Discovery> {
    if task.depth >= config.max_depth {
        return Vec::new();
    }
    let base = task.parsed();
    let mut seen = HashSet::new();
    let mut formats = HashSet::new();
    let mut over = 0;
    let believed = claims_are_real(reading);
    let editions = Editions::of(reading, &base);
    let links = maps::in_order(reading, task).into_iter();
    let mut found: Vec<Discovery> = links
        .take(config.links_per_page)
        .filter(|link| !link.nofollow)
        .filter_map(|link| {
            let read = link.instead.as_deref().and_then(url::parse);
            let read = read.filter(|target| company.owns(target));
            let target = front(read.or_else(|| url::parse(&link.url))?);
            if traps::in_address(&target, now).is_some() || traps::reflects(&base, &target) {
                return None;
            }
            // The time of its own making, on every entry, dates none of them.
            let undated;
            let mut link = link;
            if task.kind == TaskKind::Sitemap && !believed && link.kind.is_none() {
                undated = Link {
                    dated: None,
                    ..link.clone()
                };
                link = &undated;
            }
            let kind = judge(link, &target, task, &base, company)?;
            if rank::is_too_old(link, &target, kind, config, now) {
                over += 1;
                return None;
            }
            let told_here = !is_source(kind) && editions.is_same_text(&target);
            if told_here && !editions::is_front(&target) || !seen.insert(UrlKey::of(&target)?) {
                return None;
            }
            if kind == TaskKind::Feed && !formats.insert(feeds::without_format(&target)) {
                return None;
            }
            let behind = editions.is_behind(&target);
            let due = rank::due_of(kind, &target, link, task, company, behind, now);
            Some(Discovery {
                from: Some(maps::from(task, kind)),
                updated: link.updated.filter(|_| believed),
                ..task.leads_to(target, kind, due, now)
            })
        })
        .collect();
    found.sort_by_key(|discovery| discovery.due);
    if task.kind == TaskKind::Listing && over >= OVER {
        let speaks = found.iter().any(|link| link.kind == TaskKind::Article);
        found.retain(|link| speaks || traps::page_number(&link.url).is_none());
    }
    if task.kind == TaskKind::Sitemap {
        let mut children = 0;
        found.retain(|link| {
            children += usize::from(link.kind == TaskKind::Sitemap);
            link.kind != TaskKind::Sitemap || children <= maps::CHILDREN
        });
        found.truncate(SITEMAP_ENTRIES);
    }
    found
}

/// Whether more is found there than the page itself says.
fn is_source(kind: TaskKind) -> bool {
    !matches!(kind, TaskKind::Page | TaskKind::Article | TaskKind::Job)
}

/// Whether the times of change that a feed or sitemap states are its pages' own: where most are
/// one and the same, it is the time of its own making that they tell.
fn claims_are_real(reading: &Reading) -> bool {
    let stated: Vec<Timestamp> = reading
        .links
        .iter()
        .filter_map(|link| link.updated)
        .collect();
    let mut times: HashMap<Timestamp, usize> = HashMap::new();
    for at in &stated {
        *times.entry(*at).or_default() += 1;
    }
    let commonest = times.into_values().max().unwrap_or(0);
    stated.len() < SAME || commonest * 2 <= stated.len()
}

/// The target of a redirect: it is what the task was, and belongs to the same company if it may
/// be asked at all.
pub fn moved(
    to: &Url,
    task: &Task,
    company: &Company,
    config: &Config,
    now: Timestamp,
) -> Option<Discovery> {
    // A company's home page may have moved to another domain: that one page is read, its links
    // are judged by the company's own domains.
    if task.depth >= config.max_depth || !(company.owns(to) || task.kind == TaskKind::Home) {
        return None;
    }
    let found = task.leads_to(to.clone(), task.kind, rank::due(task.kind, now), now);
    Some(Discovery {
        // A guess that is answered elsewhere is still one.
        from: Some(match task.is_guess() {
            true => to.to_string(),
            false => task.url.clone(),
        }),
        ..found
    })
}

/// What a link leads to; `None`: not worth a visit.
fn judge(
    link: &Link,
    target: &Url,
    task: &Task,
    base: &Url,
    company: &Company,
) -> Option<TaskKind> {
    if target.as_str() == base.as_str() {
        return None;
    }
    if link.kind == Some(TaskKind::Forum) {
        return company.owns(target).then_some(TaskKind::Forum);
    }
    let in_map = task.kind == TaskKind::Sitemap;
    if in_map && !maps::speaks_for(task, base, target) {
        return None;
    }
    if link.kind == Some(TaskKind::Sitemap) {
        return (in_map || company.owns(target)).then_some(TaskKind::Sitemap);
    }
    let is_feed = link.kind == Some(TaskKind::Feed)
        || link.kind.is_none() && feeds::looks_like_one(target, link);
    if is_feed && (company.owns(target) || feeds::is_passed_on(target)) {
        return feeds::is_wanted(target, link, task, base).then_some(TaskKind::Feed);
    }
    if !company.owns(target) {
        return None;
    }
    let segments = traps::segments(target);
    if words::is_mute(&segments) {
        return None;
    }
    let far = task.depth >= 2 || in_map;
    if segments.is_empty() && target.query().is_none() {
        let door = words::kind_of_host(target).unwrap_or(TaskKind::Home);
        return Some(door).filter(|_| target.host_str() != base.host_str());
    }
    if segments.is_empty() {
        return at_front_door(target, link, company).filter(|kind| *kind != TaskKind::Page || !far);
    }
    if link.kind == Some(TaskKind::Article) {
        return Some(TaskKind::Article);
    }
    let last = segments.len() - 1;
    let named = words::naming(&segments, company);
    let kind = match named {
        Some((place, kind)) if place == last => kind,
        Some((_, TaskKind::Listing)) if words::is_index(target, &segments, company) => {
            TaskKind::Listing
        }
        Some((_, TaskKind::Listing)) => TaskKind::Article,
        Some((_, TaskKind::Careers)) => TaskKind::Job,
        Some((_, kind)) => kind,
        None if words::is_archive(&segments) => TaskKind::Listing,
        None if words::has_date(&segments) => TaskKind::Article,
        None if words::is_mute_anchor(&link.text) => return None,
        None => match anchored(link, company) {
            Some(kind) => kind,
            None if words::is_wares(&segments) => TaskKind::Page,
            None if words::is_page_of(target, &segments) => TaskKind::Listing,
            None => below(
                words::kind_of_host(target).unwrap_or(task.kind),
                link,
                &segments[last],
            ),
        },
    };
    // Plain pages are worth a look near the front door only, and a sitemap lists them all.
    let speaks = kind != TaskKind::Page || named.is_some() || editions::is_front(target);
    (speaks || !far).then_some(kind)
}

/// What a query at the front door asks for, as WordPress and its like spell their pages:
/// `/?p=123`, `/?paged=2`, `/?cat=7`.
fn at_front_door(target: &Url, link: &Link, company: &Company) -> Option<TaskKind> {
    let headline = link.text.split_whitespace().count() >= 3;
    let pairs = traps::parameters(target);
    let named = |names: &[&str]| pairs.iter().any(|(name, _)| names.contains(&name.as_str()));
    if named(&["author", "attachment_id", "rest_route"]) {
        return None;
    }
    if traps::page_number(target).is_some() || named(&["cat", "m"]) {
        return Some(TaskKind::Listing);
    }
    let post = headline && named(&["p", "id", "article", "news", "story", "post"]);
    Some(if post {
        TaskKind::Article
    } else {
        anchored(link, company).unwrap_or(TaskKind::Page)
    })
}

/// What the words of the anchor say, where the path says nothing.
fn anchored(link: &Link, company: &Company) -> Option<TaskKind> {
    if link.text.len() > ANCHOR {
        return None;
    }
    words::kind_of_anchor(&link.text, company).filter(|kind| *kind != TaskKind::Page)
}

/// `/news/index.html` is `/news/`; with a query, it is a program that may not answer elsewhere.
fn front(mut target: Url) -> Url {
    if target.query().is_some() {
        return target;
    }
    let path = target.path();
    let name = path.rsplit('/').next().unwrap_or_default();
    if matches!(name, "index.html" | "index.htm" | "index.php") {
        let folder = path[..path.len() - name.len()].to_owned();
        target.set_path(&folder);
    }
    target
}

/// What a page without telling words is, from what its host is for or the page that links to it:
/// a slug of several words
/// on a newsroom's index is an article, so is one of a headline's length in a sitemap that dates
/// it, and one on a careers page is a position.
fn below(kind: TaskKind, link: &Link, slug: &str) -> TaskKind {
    let words = slug.split(['-', '_']).filter(|word| word.len() > 1).count();
    // What stands in the frame of every page is no entry of this one.
    if link.frame && matches!(kind, TaskKind::Listing | TaskKind::Careers) {
        return TaskKind::Page;
    }
    match kind {
        TaskKind::Listing | TaskKind::Feed if words >= 3 => TaskKind::Article,
        TaskKind::Sitemap if words >= 4 && link.dated.is_some() => TaskKind::Article,
        TaskKind::Careers if words >= 2 => TaskKind::Job,
        TaskKind::Forum => TaskKind::Forum,
        _ => TaskKind::Page,
    }
}

#[cfg(test)]
mod tests;
