//! Which page of a company showed a text first: one entry a text, told from what commits say of
//! [`Task::sketch`].
//!
//! Invariants: an entry names a page only as long as that page bears the sketch; comparing the same
//! task again changes nothing.

use super::stage::Stage;
use super::trees::{Tree, Trees};
use crate::model::company::CompanyId;
use crate::model::task::{Task, Twin};
use crate::store::value::First;
use crate::store::{Result, key};

/// The page that showed it first, where it still does.
pub(super) fn first(trees: &Trees, company: &CompanyId, sketch: u64) -> Result<Option<Twin>> {
    let entry: Option<First> = trees.record(Tree::Twins, &key::twin(company, sketch))?;
    let Some(entry) = entry else { return Ok(None) };
    let first: Option<Task> = trees.record(Tree::Urls, entry.key.as_bytes())?;
    Ok(first.filter(|task| task.shows(sketch)).map(|task| Twin {
        first: Box::new(task),
        others: entry.others,
    }))
}

/// Takes in that a page was `before` and is `now`, which is staged already.
pub(super) fn compare(stage: &mut Stage<'_>, before: Option<&Task>, now: &Task) -> Result<()> {
    let own = now.key().as_str().to_owned();
    let entry_of = |task: &Task| Some(key::twin(&task.company, task.sketch?));
    let (left, shown) = (before.and_then(entry_of), entry_of(now));
    if left != shown
        && let Some(left) = &left
        && let Some(mut entry) = stage.record::<First>(Tree::Twins, left)?
    {
        if entry.key == own {
            stage.remove(Tree::Twins, left);
        } else {
            entry.others = entry.others.saturating_sub(1);
            stage.put(Tree::Twins, left, &entry)?;
        }
    }
    let (Some(sketch), Some(place)) = (now.sketch, &shown) else {
        return Ok(());
    };
    let Some(mut entry) = stage.record::<First>(Tree::Twins, place)? else {
        let entry = First {
            key: own,
            others: 0,
        };
        return stage.put(Tree::Twins, place, &entry);
    };
    if entry.key == own {
        return Ok(());
    }
    let first: Option<Task> = stage.record(Tree::Urls, entry.key.as_bytes())?;
    if now.shows(sketch) && !first.is_some_and(|task| task.shows(sketch)) {
        entry.key = own;
    } else if left != shown {
        entry.others = entry.others.saturating_add(1);
    } else {
        return Ok(());
    }
    stage.put(Tree::Twins, place, &entry)
}
