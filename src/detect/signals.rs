//! From findings to signals: tellings of one event are joined, given to the asked company, quoted
//! without persons.

use super::attribution::{self, Part};
use super::dedupe;
use super::finding::Finding;
use super::knowledge::knowledge;
use super::prepared::Prepared;
use super::privacy::Persons;
use super::sentence::{Position, Sentence};
use crate::model::document::Genre;
use crate::model::domain;
use crate::model::signal::{
    Basis, Cause, Evidence, Precision, Provenance, Signal, SignalId, Slots, Telling, When,
};

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
            if is_teaser(text, finding.sentence) {
                return None;
            }
            let part = attribution::part(text, &finding)?;
            let mut finding = finding;
            finding.because.extend([
                (Cause::Whose, part.factor),
                (Cause::Age, freshness(text)),
                (Cause::Page, pointing(text)),
            ]);
            let confidence = finding.because.iter().map(|(_, factor)| factor).product();
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
                && (event.telling.is_none()
                    || telling.is_none()
                    || event.telling == telling
                    || dedupe::folds(&event.finding, &finding))
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
        let headline = finding.stands == Position::Title && telling.is_some();
        if headline && dedupe::named_by_title(finding.kind) {
            self.telling = telling;
        } else {
            self.telling = self.telling.take().or(telling);
        }
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
    let again = confidence / event.confidence;
    let Event {
        mut finding,
        part,
        telling,
        ..
    } = event;
    finding.because.push((Cause::Again, again));
    finding
        .because
        .retain(|(_, factor)| (factor - 1.0).abs() > 0.001);
    let published = text.document.published.map(|dated| dated.day);
    let day = published.or(finding.event.map(|when| when.day));
    let stated = dedupe::stated(&finding).or(telling);
    let key = dedupe::key(finding.kind, stated.as_deref(), day);
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
            counterpart: part
                .counterpart
                .filter(|name| !is_person(text, name, persons)),
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

/// Whether a sentence of the company's own page only points to another page of it, like a headline
/// in a box of related posts: that page tells the event itself, with its date.
fn is_teaser(text: &Prepared<'_>, at: usize) -> bool {
    let sentence = text.sentences[at];
    let lists = matches!(text.genre, Genre::Home | Genre::Listing);
    if !text.own || lists || sentence.position == Position::Title {
        return false;
    }
    let body = &text.folded.text;
    let ends = |words: &str| {
        words
            .trim_end()
            .ends_with(['.', '!', '?', ';', ':', '"', ')'])
    };
    let words = &body[sentence.start..sentence.end];
    let bullet = words.starts_with(['-', '*', '+']) || !words.is_ascii();
    let above = body[..sentence.start].trim_end_matches(' ');
    let below = body[sentence.end..].trim_start_matches(' ');
    let alone = above.ends_with('\n') && (below.is_empty() || below.starts_with('\n'));
    let first = above.trim_end().len() <= text.title;
    let told =
        |other: &Sentence| other.position != Position::Title && ends(&body[other.start..other.end]);
    alone && !first && !bullet && !ends(words) && text.sentences.iter().any(told)
}

/// What is left of the belief in news that were old when we read them: nobody buys for them now.
fn freshness(text: &Prepared<'_>) -> f32 {
    /// In days.
    const OLD: i32 = 3 * 365;
    let Some(dated) = text.document.published else {
        return 1.0;
    };
    let age = (text.document.fetched - dated.day).get_days();
    if age > OLD { 0.5 } else { 1.0 }
}

/// What is left of the belief in what an undated front or list page of the company says: it points
/// to the page that tells the event with its date, under another key.
fn pointing(text: &Prepared<'_>) -> f32 {
    let lists = || match text.genre {
        Genre::Home | Genre::Listing => true,
        _ => url::Url::parse(&text.document.url).is_ok_and(|url| {
            let path = url.path().trim_matches('/');
            url.path().ends_with('/') && !path.contains('/')
        }),
    };
    let undated = text.own && text.document.published.is_none();
    if undated && lists() { 0.6 } else { 1.0 }
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
fn is_person(text: &Prepared<'_>, name: &str, persons: &Persons) -> bool {
    knowledge().names.is_person(name, persons, &text.keep())
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
    Evidence {
        url: text.document.url.clone(),
        origin: origin(&text.document.url),
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
        provenance: Provenance::default(),
        because: finding.because.clone(),
        telling: Telling::default(),
    }
}

/// Who answers for what stands at `url`: the registrable domain; of an address without a name the
/// whole authority, because two ports of one machine may be two publishers.
pub(crate) fn origin(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else {
        return String::new();
    };
    match url.host() {
        Some(url::Host::Domain(host)) => domain::site(host).unwrap_or_else(|| host.to_owned()),
        Some(_) => url.authority().to_owned(),
        None => String::new(),
    }
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
    fn an_origin_is_a_registrable_domain_or_a_whole_address() {
        assert_eq!(origin("https://news.contoso.co.uk/a"), "contoso.co.uk");
        assert_eq!(origin("http://127.0.1.10:8080/a"), "127.0.1.10:8080");
        assert_eq!(origin("http://[::1]/a"), "[::1]");
    }

    #[test]
    fn quotes_are_short_and_keep_their_mark() {
        let words = format!("{}acquired{}", "ä".repeat(400), " word".repeat(100));
        let (quote, marks) = shorten(&words, (800, 808), 300);
        assert!(quote.chars().count() <= 300);
        let (from, to) = marks[0];
        assert_eq!(&quote[usize::from(from)..usize::from(to)], "acquired");
    }
}
