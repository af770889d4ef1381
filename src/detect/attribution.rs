//! Whose event it is: the company that is asked about, or somebody else its page speaks of.
//!
//! Invariants: on nobody's behalf every event is reported as it stands; a sentence that names
//! other companies as the acting ones never becomes a sure signal of the asked one.

use super::ablate::Safeguard;
use super::direction::direction;
use super::finding::Finding;
use super::knowledge::knowledge;
use super::phrases;
use super::prepared::Prepared;
use super::slots::slot;
use super::whose::{is_asked, is_party, is_public};
use crate::model::signal::{Role, SignalKind};

/// The asked company's part in an event.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) role: Role,
    pub(crate) counterpart: Option<String>,
    /// What is left of the confidence.
    pub(crate) factor: f32,
}

/// The part of the asked company in `finding`; `None`: it has none.
pub(crate) fn part(text: &Prepared<'_>, finding: &Finding) -> Option<Part> {
    let subject = finding.subject.as_deref();
    let object = finding.object.as_deref();
    let sentence = text.sentence(finding.sentence);
    let named = text.known.find(sentence);
    // A rule may take a part of the name for the whole: "Soft opens" of "eSoft opens".
    let within = |name: &str| named.is_some_and(|place| sentence[place.0..place.1].ends_with(name));
    let is_subject = subject.is_some_and(|name| is_asked(text, finding, name) || within(name));
    let is_object = object.is_some_and(|name| is_asked(text, finding, name));
    let as_subject = |factor: f32| {
        // Of a deal the sentence says who acts; who is merely named beside it does not.
        let others = finding.kind == SignalKind::Mna
            && subject.is_some()
            && !is_subject
            && !text.known.is_nobody()
            && !Safeguard::Attribution.is_off();
        Some(Part {
            role: if others {
                Role::Other
            } else {
                finding.subject_role
            },
            counterpart: object.map(str::to_owned),
            factor,
        })
    };
    // Low enough that several tellings of it don't make it the owner's.
    let as_other = |name: Option<String>| {
        Some(Part {
            role: Role::Other,
            counterpart: name,
            factor: 0.4,
        })
    };
    let told_of_state = !is_subject && !is_object && is_public(text, finding);
    if told_of_state {
        return as_other(None);
    }
    let anybodys = text.known.is_nobody() || Safeguard::Attribution.is_off();
    if anybodys || (is_subject && !is_object) {
        return as_subject(1.0);
    }
    if is_object {
        return Some(Part {
            role: finding.object_role,
            counterpart: subject.filter(|_| !is_subject).map(str::to_owned),
            factor: 1.0,
        });
    }
    if finding
        .seller
        .as_deref()
        .is_some_and(|name| text.known.is(name))
    {
        return Some(Part {
            role: Role::Seller,
            counterpart: subject.or(object).map(str::to_owned),
            factor: 1.0,
        });
    }
    if let Some(place) = named {
        let base = text.sentences[finding.sentence].start;
        if let Some(part) = beside(finding, sentence, place) {
            return Some(part);
        }
        if is_party(finding, base, sentence, place) {
            return Some(Part {
                role: finding.object_role,
                counterpart: subject.map(str::to_owned),
                factor: 0.9,
            });
        }
    }
    if text.own {
        return match (subject, named) {
            _ if text.language.we.is_match(sentence.as_bytes()) => as_subject(1.0),
            (None, Some(_)) => as_subject(0.97),
            (None, None) => match another(text, finding).or_else(|| heading(text)) {
                Some(name) => as_other(Some(name)),
                // Nobody is named, on its own page: itself, if it is spoken of at all.
                None if speaks_of_itself(text) => as_subject(0.85),
                None => as_subject(0.65),
            },
            // Another company acts: a customer's story, a partner's news.
            (Some(_), Some(_)) => as_subject(0.75),
            (Some(name), None) => as_other(Some(name.to_owned())),
        };
    }
    match (subject, named) {
        (None, Some(_)) => as_subject(0.95),
        // Of a deal whose target is not told, it may be the target.
        (Some(_), Some(_)) if finding.kind == SignalKind::Mna && object.is_none() => {
            as_subject(0.8)
        }
        (Some(_), Some(_)) => as_subject(0.6),
        (subject, None) => {
            let near = nearby(text, finding.sentence)?;
            as_subject(if subject.is_some() { near * 0.6 } else { near })
        }
    }
}

/// Whether the company's own page says its name or "we" anywhere: a page that does neither is about
/// others, a clipping or a guest's column.
fn speaks_of_itself(text: &Prepared<'_>) -> bool {
    let whole = &text.folded.text;
    text.language.we.is_match(whole.as_bytes()) || text.known.find(whole).is_some()
}

/// The acting company that the sentence names before the words that matched, and that its rule did
/// not take: a clipping's, a customer's, a rival's. A person who joins and a product that is
/// launched are the owner's.
fn another(text: &Prepared<'_>, finding: &Finding) -> Option<String> {
    const SPEAKS: &[&str] = &["said", "says", "has", "have", "had", "is", "was", "will"];
    if finding.kind == SignalKind::ProductLaunch {
        return None;
    }
    let base = text.sentences[finding.sentence].start;
    let words = phrases::words(text.sentence(finding.sentence), base);
    let acts = |name: &phrases::Name| {
        let (first, last) = (&words[name.from], &words[name.to - 1]);
        let next = words.get(name.to);
        let beside = next.is_none_or(|next| next.start >= finding.span.0 || next.is(SPEAKS));
        // One large word at the head of a sentence may be any word.
        let sure = name.to - name.from > 1 || first.start > base;
        let hangs = name.from > 0 && words[name.from - 1].hangs();
        let whole = &text.folded.text[first.start..last.end];
        first.start < finding.span.0
            && (beside && sure && !hangs)
            && !knowledge().names.has_person(whole)
    };
    let found = phrases::names(&words).into_iter().find(acts)?;
    slot(
        text,
        Some((words[found.from].start, words[found.to - 1].end)),
    )
}

/// The company whose story the title is, on a page that speaks neither of its owner nor as "we".
fn heading(text: &Prepared<'_>) -> Option<String> {
    let title = text.sentences.first()?;
    if title.start >= text.title || speaks_of_itself(text) {
        return None;
    }
    let words = phrases::words(text.sentence(0), title.start);
    let found = *phrases::names(&words).first()?;
    let (first, last) = (&words[found.from], &words[found.to - 1]);
    let whole = &text.folded.text[first.start..last.end];
    // A title in title case is one long name: then nothing tells who acts. One word is somebody
    // where a verb follows.
    let verb = words.get(found.to).is_some_and(|next| {
        next.text == next.lower && (next.lower.ends_with('s') || next.lower.ends_with("ed"))
    });
    let named = match found.to - found.from {
        1 => verb && !first.lower.ends_with('s'),
        words => words < 5,
    };
    let short = named && found.from == 0 && found.to < words.len();
    (short && !knowledge().names.has_person(whole))
        .then(|| slot(text, Some((first.start, last.end))))
        .flatten()
}

/// How much a sentence that names nobody still speaks of the company that others name.
fn nearby(text: &Prepared<'_>, at: usize) -> Option<f32> {
    let names = |at: usize| text.known.find(text.sentence(at)).is_some();
    if at > 0 && names(at - 1) {
        return Some(0.85);
    }
    if names(0) {
        return Some(0.8);
    }
    if at > 1 && names(at - 2) {
        return Some(0.7);
    }
    text.known.find(&text.folded.text).map(|_| 0.45)
}

/// The part of a company that stands beside the slots, by the words between it and them.
fn beside(finding: &Finding, sentence: &str, place: (usize, usize)) -> Option<Part> {
    if finding.kind != SignalKind::Mna {
        return None;
    }
    let other = finding.object.as_deref().or(finding.subject.as_deref())?;
    let at = sentence.find(other)?;
    let (first, second, company_first) = if place.1 <= at {
        (place, (at, at + other.len()), true)
    } else {
        ((at, at + other.len()), place, false)
    };
    let direction = direction(
        &sentence[..first.0],
        sentence.get(first.1..second.0)?,
        &sentence[second.1..],
    )?;
    let buyer = direction.first_acts == company_first;
    Some(Part {
        role: if buyer { Role::Buyer } else { Role::Target },
        counterpart: Some(other.to_owned()),
        factor: 0.9,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The company whose site it is: surely its own event, or told of another.
    #[track_caller]
    fn assert_own(title: &str, text: &str, own: bool) {
        use crate::model::company::Company;
        use crate::model::document::Document;
        use crate::model::time::Timestamp;
        let document = Document {
            url: "https://contoso.example/news/1/post".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            ..Document::default()
        };
        let company = Company::new("contoso.example");
        let found = super::super::detect(&document, &company, Timestamp(1));
        let best = found
            .iter()
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence));
        let best = best.expect("a signal");
        assert_eq!(best.confidence >= 0.5, own, "{best:?}");
        assert_eq!(best.role != Role::Other, own, "{best:?}");
    }

    #[test]
    fn anothers_event_is_not_the_owners() {
        let story = "The maker of valves opens a new office in Lyon. Adatum Systems opens a new office in Lyon.";
        assert_own("Adatum Systems opens a new office in Lyon", story, false);
        assert_own(
            "Contoso opens a new office in Lyon",
            "It opens in May.",
            true,
        );
        let politics = "Contoso comments. The government opened a new office in Lyon last week.";
        assert_own("What the week brought", politics, false);
        assert_own("News", "We opened a new office in Lyon last week.", true);
    }
}
