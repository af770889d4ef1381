//! From findings to signals: tellings of one event are joined, given to the asked company, quoted
//! without persons.

use super::attribution::{self, Part};
use super::dedupe;
use super::finding::Finding;
use super::knowledge::knowledge;
use super::prepared::Prepared;
use super::privacy::Persons;
use crate::model::signal::{Basis, Evidence, Precision, Signal, SignalId, Slots, When};

/// One event of a document, with all its tellings, the surest first.
#[derive(Debug)]
struct Event {
    finding: Finding,
    part: Part,
    confidence: f32,
    telling: Option<String>,
    /// How sure the tellings are that are not the best one.
    others: Vec<(usize, f32)>,
}

/// Makes signals of `findings`, those of one event together.
pub(crate) fn assemble(
    text: &Prepared<'_>,
    findings: Vec<Finding>,
    detector: &str,
    version: u16,
) -> Vec<Signal> {
    let mut parts: Vec<(Finding, Part, f32)> = findings
        .into_iter()
        .filter_map(|finding| {
            let part = attribution::part(text, &finding)?;
            let confidence = finding.confidence * part.factor;
            (confidence >= 0.1).then_some((finding, part, confidence))
        })
        .collect();
    parts.sort_by(|a, b| {
        b.2.total_cmp(&a.2)
            .then_with(|| a.0.sentence.cmp(&b.0.sentence))
            .then_with(|| a.0.rule.cmp(&b.0.rule))
    });
    let mut events: Vec<Event> = Vec::new();
    for (finding, part, confidence) in parts {
        let telling = dedupe::telling(&finding, part.counterpart.as_deref());
        let same = events.iter_mut().find(|event| {
            event.finding.kind == finding.kind
                && (event.telling.is_none() || telling.is_none() || event.telling == telling)
        });
        match same {
            Some(event) => event.join(finding, part, confidence, telling),
            None => events.push(Event {
                finding,
                part,
                confidence,
                telling,
                others: Vec::new(),
            }),
        }
    }
    if events.is_empty() {
        return Vec::new();
    }
    let persons = text.persons();
    events
        .into_iter()
        .map(|event| signal(text, event, &persons, detector, version))
        .collect()
}

impl Event {
    /// Takes a less sure telling in: for what it knows more, and as a second witness.
    fn join(&mut self, finding: Finding, part: Part, confidence: f32, telling: Option<String>) {
        self.telling = self.telling.take().or(telling);
        if finding.sentence != self.finding.sentence {
            self.others.push((finding.sentence, confidence));
        }
        let mine = &mut self.finding;
        mine.amount = mine.amount.take().or(finding.amount);
        mine.position = mine.position.take().or(finding.position);
        mine.place = mine.place.take().or(finding.place);
        mine.count = mine.count.or(finding.count);
        mine.event = mine.event.or(finding.event);
        mine.technologies.extend(finding.technologies);
        mine.areas.extend(finding.areas);
        self.part.counterpart = self.part.counterpart.take().or(part.counterpart);
    }

    /// A second sentence that says the same makes a little surer; a tenth does not.
    fn joint(&self) -> f32 {
        const WORTH: f32 = 0.25;
        let mut doubt = 1.0 - self.confidence;
        let mut told = vec![self.finding.sentence];
        for (sentence, confidence) in &self.others {
            if told.len() > 3 || told.contains(sentence) || *confidence < 0.4 {
                continue;
            }
            told.push(*sentence);
            doubt *= 1.0 - WORTH * confidence;
        }
        if self.confidence < 0.35 {
            return self.confidence;
        }
        (1.0 - doubt).min(0.99)
    }
}

fn signal(
    text: &Prepared<'_>,
    event: Event,
    persons: &Persons,
    detector: &str,
    version: u16,
) -> Signal {
    let confidence = event.joint();
    let Event {
        finding,
        part,
        telling,
        ..
    } = event;
    let published = text.document.published.map(|dated| dated.day);
    let key = dedupe::key(
        finding.kind,
        telling.as_deref(),
        published.or(finding.event.map(|when| when.day)),
    );
    let evidence = quote(text, &finding, persons, confidence, detector, version);
    let mut technologies = finding.technologies;
    technologies.sort_unstable();
    technologies.dedup();
    let mut areas = finding.areas;
    areas.sort_unstable();
    areas.dedup();
    Signal {
        id: SignalId::new(&text.company.id, finding.kind, &key),
        company: text.company.id.clone(),
        kind: finding.kind,
        role: part.role,
        areas,
        modality: finding.modality,
        event: finding.event.or_else(|| by_publication(text)),
        published,
        slots: Slots {
            counterpart: part.counterpart.map(|name| clean(text, &name, persons)),
            amount: finding.amount,
            position: finding.position,
            place: finding.place,
            count: finding.count,
            technologies,
        },
        confidence,
        evidence: vec![evidence],
        first_seen: text.seen,
        last_seen: text.seen,
    }
}

/// For want of a stated date: the day of publication, or of the first visit.
pub(crate) fn by_publication(text: &Prepared<'_>) -> Option<When> {
    let basis = match text.document.published {
        Some(_) => Basis::Published,
        None => Basis::FirstSeen,
    };
    Some(When {
        day: text.today,
        precision: Precision::Day,
        basis,
    })
}

/// A counterpart that is a person is nobody to name.
fn clean(text: &Prepared<'_>, name: &str, persons: &Persons) -> String {
    knowledge().names.redact(name, &[], persons, &text.keep()).0
}

fn quote(
    text: &Prepared<'_>,
    finding: &Finding,
    persons: &Persons,
    confidence: f32,
    detector: &str,
    version: u16,
) -> Evidence {
    /// What an evidence may quote, in characters.
    const LONGEST: usize = 300;
    let sentence = text.sentences[finding.sentence];
    let keep = text.keep();
    let names = &knowledge().names;
    let start = text.folded.original(sentence.start);
    let words = text.original((sentence.start, sentence.end));
    let mark = (
        text.folded.original(finding.span.0) - start,
        text.folded.original(finding.span.1) - start,
    );
    let (words, marks) = names.redact(words, &[mark], persons, &keep);
    let (quote, marks) = shorten(&words, marks[0], LONGEST);
    let (title, _) = names.redact(&text.document.title, &[], persons, &keep);
    let origin = url::Url::parse(&text.document.url)
        .ok()
        .and_then(|url| url.host_str().map(registrable))
        .unwrap_or_default();
    Evidence {
        url: text.document.url.clone(),
        origin,
        quote,
        marks,
        title: title.trim().to_owned(),
        language: text.document.language.clone(),
        published: text.document.published.map(|dated| dated.day),
        seen: text.seen,
        detector: detector.to_owned(),
        version,
        rule: finding.rule.clone(),
        confidence,
    }
}

/// The domain that answers for what a host publishes.
pub(crate) fn registrable(host: &str) -> String {
    psl::domain_str(host).unwrap_or(host).to_owned()
}

/// At most `longest` characters of `words` around `mark`, white space folded to single blanks.
pub(crate) fn shorten(
    words: &str,
    mark: (usize, usize),
    longest: usize,
) -> (String, Vec<(u16, u16)>) {
    let count = words.chars().count();
    let skip = if count <= longest {
        0
    } else {
        let before = words[..mark.0].chars().count();
        before.saturating_sub(longest / 3).min(count - longest)
    };
    let mut quote = String::new();
    let (mut from, mut to) = (None, None);
    for (at, letter) in words.char_indices().skip(skip).take(longest) {
        if at >= mark.0 && from.is_none() {
            from = Some(quote.len());
        }
        if at >= mark.1 && to.is_none() {
            to = Some(quote.len());
        }
        quote.push(if letter.is_whitespace() { ' ' } else { letter });
    }
    let to = to.unwrap_or(quote.len());
    let edge = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
    let marks = from
        .filter(|from| *from < to)
        .map(|from| (edge(from), edge(to)))
        .into_iter()
        .collect();
    (quote, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_keep_their_mark() {
        let words = format!("{}acquired{}", "ä".repeat(400), " word".repeat(100));
        let (quote, marks) = shorten(&words, (800, 808), 300);
        assert!(quote.chars().count() <= 300);
        let (from, to) = marks[0];
        assert_eq!(&quote[usize::from(from)..usize::from(to)], "acquired");
    }
}
