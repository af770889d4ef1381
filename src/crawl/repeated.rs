//! What stands on many pages of a host is left out of each page's text before anything is looked
//! for in it. Pure.
//!
//! Invariants: the title stays, and so does the first line of a story's length; a page of which
//! next to nothing would be left stays whole.

use super::turn::Done;
use crate::model::document::{Document, Reading};
use crate::model::repeated::Repeated;
use crate::model::state::State;
use crate::model::task::{Task, TaskKind};

/// The fewest words of a line that a story may begin with.
const STORY: usize = 10;
/// A page of which fewer words would be left stays whole.
const LEFT: usize = 20;

/// The lines of a page that tells something itself: what lists others repeats them, and a page that
/// tells several things is not compared.
pub(super) fn lines(reading: &Reading, task: &Task) -> Vec<u32> {
    let tells = matches!(
        task.kind,
        TaskKind::Article | TaskKind::Job | TaskKind::Page | TaskKind::Forum
    );
    match reading.documents.as_slice() {
        [document] if tells => document.text.lines().filter_map(Repeated::hash).collect(),
        _ => Vec::new(),
    }
}

/// Leaves out of a page's text what stands on many pages of its host. Answers how many lines.
pub(super) fn leave_out(document: &mut Document, known: &Repeated) -> usize {
    if known.count() == 0 {
        return 0;
    }
    let words = |line: &str| line.split_whitespace().count();
    let first = document.text.lines().position(|line| words(line) >= STORY);
    let is_frame = |line: &str| Repeated::hash(line).is_some_and(|hash| known.knows(hash));
    let kept: Vec<&str> = document
        .text
        .lines()
        .enumerate()
        .filter(|(at, line)| Some(*at) == first || !is_frame(line))
        .map(|(_, line)| line)
        .collect();
    let left_out = document.text.lines().count() - kept.len();
    if left_out == 0 || kept.iter().map(|line| words(line)).sum::<usize>() < LEFT {
        return 0;
    }
    document.text = kept.join("\n");
    left_out
}

/// Counts the lines of a page that was read for the first time, and is no copy of another.
pub(super) fn count(done: &mut Done) {
    let lines = std::mem::take(&mut done.lines);
    let first = done
        .harvest
        .was
        .as_ref()
        .is_some_and(|was| was.watched.is_none());
    let is_own = |task: &Task| task.state == State::Done;
    if lines.is_empty() || !first || !done.harvest.now.as_ref().is_some_and(is_own) {
        return;
    }
    let here = done.harvest.hosts.iter_mut();
    for (_, record) in here.filter(|(host, _)| *host == done.host) {
        record.repeated.count_page(lines.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;

    const ABOUT: &str = "About Contoso: founded in 1987, it acquired Fabrikam in 2019.";
    const COOKIES: &str =
        "This site uses cookies to make your visit as pleasant as it can be made.";

    fn known() -> Repeated {
        let mut known = Repeated::default();
        for _ in 0..5 {
            let lines = [ABOUT, COOKIES].into_iter().filter_map(Repeated::hash);
            known.count_page(lines.collect());
        }
        known
    }

    #[track_caller]
    fn assert_left(text: &str, expected: &str, left_out: usize) {
        let mut document = Document {
            title: ABOUT.to_owned(),
            text: text.to_owned(),
            ..Document::default()
        };
        assert_eq!(leave_out(&mut document, &known()), left_out);
        assert_eq!(
            (document.text.as_str(), document.title.as_str()),
            (expected, ABOUT)
        );
    }

    #[test]
    fn a_storys_frame_goes_and_the_story_stays() {
        let story = "Contoso opened its third plant in the old harbour of Bilbao on Monday, where \
            some 350 people will build valves for power stations from autumn on.";
        assert_left(&format!("{story}\n{ABOUT}"), story, 1);
        assert_left(story, story, 0);
        // What a story may begin with stays, whatever it is.
        let framed = format!("{COOKIES}\n{story}\n{ABOUT}");
        assert_left(&framed, &format!("{COOKIES}\n{story}"), 1);
    }

    #[test]
    fn a_page_that_says_nothing_else_stays_whole() {
        let text = format!("A few words of its own.\n{ABOUT}");
        assert_left(&text, &text, 0);
        assert_left(ABOUT, ABOUT, 0);
    }

    #[test]
    fn pages_that_list_others_are_not_counted() {
        let reading = Reading {
            documents: vec![Document {
                text: format!("{ABOUT}\nshort"),
                ..Document::default()
            }],
            ..Reading::default()
        };
        assert_eq!(lines(&reading, &task(TaskKind::Article)).len(), 1);
        for kind in [TaskKind::Home, TaskKind::Listing, TaskKind::Feed] {
            assert_eq!(lines(&reading, &task(kind)), Vec::<u32>::new());
        }
    }
}
