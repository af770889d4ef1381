//! Editions of a site in several languages: each text is read in one of them. Pure, but for what
//! the loop asks the store.
//!
//! Which edition a link belongs to is told by what the page states (`hreflang`), else by the mark in
//! its address (`/de/`, `de.`, `?lang=de`). The other editions come behind, and are walked all the
//! same: a newsroom may exist in one of them alone. What then proves to be the text of another page
//! in another language is a copy of that.
//!
//! Invariant: a page is only left for its other edition where that one is there to be read.

use std::collections::{BTreeSet, HashMap};

use ::url::Url;

use super::turn::Done;
use super::{Crawl, revisit, traps, twins};
use crate::fetch::Fetch;
use crate::model::company::{Company, CompanyId};
use crate::model::document::Reading;
use crate::model::edition::{self, READ_BEST};
use crate::model::state::State;
use crate::model::task::{Discovery, Harvest, Task, TaskKind};
use crate::model::url::{self, UrlKey};
use crate::store::{self, Frontier};

/// Languages whose codes mark editions; not those that are words of addresses as well (`is`, `no`,
/// `id`, `hr`).
const LANGUAGES: [&str; 30] = [
    "en", "es", "de", "fr", "pt", "it", "nl", "sv", "da", "fi", "nb", "pl", "cs", "sk", "hu", "ro",
    "bg", "el", "tr", "ru", "uk", "ja", "zh", "ko", "ar", "he", "ca", "eu", "gl", "th",
];
/// Countries whose editions are called by the country alone, and speak English.
const ENGLISH: [&str; 4] = ["us", "gb", "au", "ie"];
/// Parameters that choose an edition.
const PARAMETERS: [&str; 6] = ["lang", "language", "hl", "locale", "lng", "l"];
/// Marks that are remembered of one company.
const MARKS: usize = 40;
/// Links by which the editions of a site are told where its page states none.
const LOOKED_AT: usize = 500;

/// What an address says of its language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    place: Place,
    /// As it stands there: `de`, `de-at`, `ch/fr`.
    text: String,
    language: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Path,
    Host,
    /// The value of this parameter.
    Query(String),
}

/// The marks that a run has met, by company.
pub(super) type Marks = HashMap<CompanyId, BTreeSet<Mark>>;

/// The editions of the site that a page belongs to, as that page shows them.
#[derive(Debug, Default)]
pub(super) struct Editions {
    /// The language that is read first; `None`: there is nothing to choose.
    best: Option<String>,
    /// The language of addresses without a mark.
    unmarked: Option<String>,
    /// The page's own editions.
    own: HashMap<UrlKey, String>,
}

impl Editions {
    /// What the page at `base` shows.
    pub(super) fn of(reading: &Reading, base: &Url) -> Editions {
        let mut editions = Editions::default();
        for alternate in &reading.alternates {
            let language = edition::primary(&alternate.language).to_owned();
            let Some(url) = url::parse(&alternate.url).filter(|_| language != "x") else {
                continue;
            };
            if mark(&url).is_none() {
                editions.unmarked.get_or_insert(language.clone());
            }
            editions
                .own
                .extend(UrlKey::of(&url).map(|key| (key, language)));
        }
        let stated = edition::best(&reading.alternates);
        editions.best = stated.map(|best| edition::primary(&best.language).to_owned());
        let document = reading.documents.first();
        let own = document.and_then(|document| document.language.clone());
        if mark(base).is_none() && editions.unmarked.is_none() {
            // Without a mark is the site's own language, whichever that is.
            editions.unmarked = Some(own.unwrap_or_default());
        }
        if editions.best.is_none() {
            let links = reading.links.iter().take(LOOKED_AT);
            let marked =
                links.filter_map(|link| Some(mark(&Url::parse(&link.url).ok()?)?.language));
            let mut languages: BTreeSet<String> = marked.collect();
            languages.extend(mark(base).map(|mark| mark.language));
            languages.extend(editions.unmarked.clone());
            let [first, second] = READ_BEST;
            let best = [first, "", second].into_iter();
            let best = best
                .map(str::to_owned)
                .find(|best| languages.contains(best));
            editions.best = best;
        }
        editions
    }

    /// Whether an address belongs to an edition that is read when the others are.
    pub(super) fn is_behind(&self, target: &Url) -> bool {
        let own = || UrlKey::of(target).and_then(|key| self.own.get(&key).cloned());
        let marked = || mark(target).map(|mark| mark.language);
        let language = own().or_else(marked).or_else(|| self.unmarked.clone());
        language.is_some() && self.best.is_some() && language != self.best
    }

    /// Whether an address is the page itself in a language that is not read first.
    pub(super) fn is_same_text(&self, target: &Url) -> bool {
        let language = UrlKey::of(target).and_then(|key| self.own.get(&key));
        language.is_some() && language != self.best.as_ref()
    }
}

/// The mark of an edition in an address.
pub(super) fn mark(url: &Url) -> Option<Mark> {
    let of = |place, text: &str, language: &str| {
        Some(Mark {
            place,
            text: text.to_owned(),
            language: language.to_owned(),
        })
    };
    let segments = traps::segments(url);
    let at = |place: usize| segments.get(place).map_or("", String::as_str);
    let (first, second) = (at(0), at(1));
    if is_country(first)
        && LANGUAGES.contains(&second)
        && (first == second || language(first).is_none())
        || ENGLISH.contains(&first) && second == "en"
    {
        return of(Place::Path, &format!("{first}/{second}"), second);
    }
    if let Some(language) = language(first) {
        return of(Place::Path, first, language);
    }
    let label = url.domain().and_then(|name| name.split_once('.'));
    if let Some((label, rest)) = label
        && rest.contains('.')
        && LANGUAGES.contains(&label)
    {
        return of(Place::Host, label, label);
    }
    traps::parameters(url).iter().find_map(|(name, value)| {
        let value = value.to_lowercase();
        let language = PARAMETERS
            .contains(&name.as_str())
            .then(|| language(&value))??;
        of(Place::Query(name.clone()), &value, language)
    })
}

/// Whether an address is the front door of an edition.
pub(super) fn is_front(url: &Url) -> bool {
    mark(url).is_some_and(|mark| {
        let segments = traps::segments(url).len();
        mark.place == Place::Path
            && segments == mark.text.split('/').count()
            && url.query().is_none()
    })
}

/// `de`, `de-at`, `ch-de`, `us`: the language that it stands for.
fn language(code: &str) -> Option<&str> {
    if ENGLISH.contains(&code) {
        return Some("en");
    }
    if LANGUAGES.contains(&code) {
        return Some(code);
    }
    let (one, other) = code.split_once(['-', '_'])?;
    match (LANGUAGES.contains(&one), LANGUAGES.contains(&other)) {
        (true, _) if is_country(other) => Some(one),
        (false, true) if is_country(one) => Some(other),
        _ => None,
    }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The other edition of a page that is read in its stead, as the page states it: it names itself
/// too, and not, as templates do, the front page for every page.
pub(super) fn instead(reading: &Reading, task: &Task, company: &Company) -> Option<Url> {
    let own = task.key();
    let target = |url: &str| url::parse(url);
    let is_own = |url: &str| target(url).and_then(|url| UrlKey::of(&url)).as_ref() == Some(&own);
    let told_once = matches!(
        task.kind,
        TaskKind::Article | TaskKind::Job | TaskKind::Page | TaskKind::Forum
    );
    let stated = reading.alternates.iter();
    if !told_once || !stated.clone().any(|one| is_own(&one.url)) {
        return None;
    }
    let best = target(&edition::best(&reading.alternates)?.url)?;
    let door = |url: &Url| url.path() == "/" || is_front(url);
    let front = door(&best) && !door(&task.parsed());
    let other = UrlKey::of(&best).is_some_and(|key| key != own);
    (other && !front && company.owns(&best)).then_some(best)
}

/// The addresses that the text of `url` has in the editions that are read before its own, if they
/// call it by the same name.
fn mirrors(url: &Url, known: &BTreeSet<Mark>) -> Vec<Url> {
    let own = mark(url);
    let place = own.as_ref().map_or(&Place::Path, |mark| &mark.place);
    let marks = known.iter().filter(|mark| mark.place == *place).map(Some);
    let mut before: Vec<Option<&Mark>> = marks
        .chain([None])
        .filter(|other| order(*other) < order(own.as_ref()))
        // Without a mark, only a name that nothing else would bear is taken for the same.
        .filter(|other| own.is_some() && other.is_some() || has_a_name(url))
        .collect();
    before.sort_by_key(|mark| order(*mark));
    before
        .into_iter()
        .filter_map(|other| remarked(url, own.as_ref(), other))
        .collect()
}

/// In what order editions are read that state nothing of each other: without a mark is the site's
/// own.
fn order(mark: Option<&Mark>) -> (u8, &str) {
    match mark {
        None => (1, ""),
        Some(mark) if mark.language == READ_BEST[0] => (0, &mark.text),
        Some(mark) if edition::rank(&mark.language) < READ_BEST.len() => (2, &mark.text),
        Some(mark) => (3, &mark.text),
    }
}

/// Whether the last segment is a headline or a number.
fn has_a_name(url: &Url) -> bool {
    let segments = traps::segments(url);
    let last = segments.last().map_or("", String::as_str);
    let words = last.split(['-', '_']).filter(|word| word.len() > 1).count();
    words >= 3 || last.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// The address with another mark, or none, in the place of its own.
fn remarked(url: &Url, own: Option<&Mark>, other: Option<&Mark>) -> Option<Url> {
    let mut there = url.clone();
    let text = other.map_or("", |mark| mark.text.as_str());
    match own.map_or(&Place::Path, |mark| &mark.place) {
        Place::Path => {
            let marked = own.map_or(0, |mark| mark.text.split('/').count());
            let rest: Vec<&str> = url.path_segments()?.skip(marked).collect();
            let rest = rest.join("/");
            if rest.is_empty() {
                return None;
            }
            let slash = if text.is_empty() { "" } else { "/" };
            there.set_path(&format!("{slash}{text}/{rest}"));
        }
        Place::Host => {
            let (_, rest) = url.domain()?.split_once('.')?;
            let dot = if text.is_empty() { "" } else { "." };
            there.set_host(Some(&format!("{text}{dot}{rest}"))).ok()?;
        }
        Place::Query(name) => {
            let pairs = url.query_pairs().filter_map(|(key, value)| {
                let is_mark = key.eq_ignore_ascii_case(name);
                let value = if is_mark { text.into() } else { value };
                (!value.is_empty()).then_some((key, value))
            });
            let pairs: Vec<_> = pairs.collect();
            there.set_query(None);
            if !pairs.is_empty() {
                there.query_pairs_mut().extend_pairs(pairs);
            }
        }
    }
    url::canonical(&there).filter(|there| there != url)
}

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Remembers the edition of what is asked for.
    pub(super) fn note_mark(&mut self, task: &Task) {
        if let Some(mark) = mark(&task.parsed()) {
            let marks = self.marks.entry(task.company.clone()).or_default();
            if marks.len() < MARKS {
                marks.insert(mark);
            }
        }
    }

    /// The page that tells the text of `task` in a language that is read before its own, where it
    /// was read.
    pub(super) async fn told_elsewhere(&mut self, task: &Task) -> store::Result<Option<String>> {
        let told_once = matches!(
            task.kind,
            TaskKind::Article | TaskKind::Job | TaskKind::Page
        );
        let Some(marks) = self.marks.get(&task.company).filter(|_| told_once) else {
            return Ok(None);
        };
        for there in mirrors(&task.parsed(), marks) {
            let Some(key) = UrlKey::of(&there) else {
                continue;
            };
            let known = self.frontier.known(&key).await?;
            let read = |task: &Task| matches!(task.state, State::Done | State::Unchanged);
            if let Some(there) = known.filter(read) {
                return Ok(Some(there.url));
            }
        }
        Ok(None)
    }

    /// Leaves a page that was read for its other edition, where that is there or may yet be: it is
    /// looked for, and nothing is told twice.
    pub(super) async fn choose_edition(
        &mut self,
        done: &mut Done,
        earlier: &[Harvest],
    ) -> store::Result<()> {
        let (Some(best), Some(now)) = (done.instead.take(), &done.harvest.now) else {
            return Ok(());
        };
        let read = matches!(now.state, State::Done | State::Unchanged);
        let Some(key) = UrlKey::of(&best).filter(|_| read) else {
            return Ok(());
        };
        let with_it = earlier.iter().filter_map(|harvest| harvest.now.as_ref());
        let known = match with_it.rev().find(|task| task.key() == key).cloned() {
            Some(known) => Some(known),
            None => self.frontier.known(&key).await?,
        };
        let stands = known.as_ref().is_none_or(|there| match there.state {
            State::Done | State::Unchanged => true,
            State::Waiting => there.due.is_some(),
            _ => false,
        });
        if !stands || known.is_none() && now.depth >= self.shared.config.max_depth {
            return Ok(());
        }
        let at = self.clock.now();
        let discovery = Discovery {
            depth: now.depth.saturating_add(u8::from(known.is_none())),
            ..now.leads_to(best.clone(), now.kind, super::rank::due(now.kind, at), at)
        };
        let is_read = known.is_some_and(|there| there.state != State::Waiting);
        done.harvest.found.push(discovery);
        twins::nothing_told(done);
        if let Some(task) = &mut done.harvest.now {
            twins::forget_body(task);
            // As long as the other one was not read, it may turn out not to be there.
            let wait = match is_read {
                true => revisit::interval(task, &self.shared.revisit, at),
                false => self.shared.revisit.shortest,
            };
            task.due = Some(at.after(wait));
            twins::restate(task, State::Duplicate { of: best.into() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
