//! One telling of an event inside a document: what a rule found, judged. Signals are made of it.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::gate::Gate;
use super::knowledge::knowledge;
use super::language::compile;
use super::lexicon::Mention;
use super::modality;
use super::prepared::Prepared;
use super::rules::{Hit, within};
use super::sentence::Position;
use super::slots::{areas_of, name, number, slot};
use super::{actor, deal};
use super::{genre, price, when};
use crate::model::document::Genre;
use crate::model::signal::{Cause, Modality, ProductArea, Role, SignalKind, When};
use crate::model::time::Day;

/// One telling of an event, before it is anybody's.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What happened.
    pub kind: SignalKind,
    /// The rule that found it.
    pub rule: String,
    /// How sure it is, whoever's event it is.
    pub confidence: f32,
    /// How the text speaks of it.
    pub modality: Modality,
    /// When it happened or will.
    pub event: Option<When>,
    /// The acting company, where the rule names one, and its part.
    pub subject: Option<String>,
    /// The part of the acting company.
    pub subject_role: Role,
    /// The other company, where the rule names one.
    pub object: Option<String>,
    /// The part of the other company.
    pub object_role: Role,
    /// Who sells, where a third one does.
    pub seller: Option<String>,
    /// What changes hands in a deal where it is no company: a unit, a plant, a brand.
    pub asset: Option<String>,
    /// An amount of money, as written.
    pub amount: Option<String>,
    /// The words that say that the price is not told.
    pub withheld: Option<String>,
    /// A position, as written.
    pub position: Option<String>,
    /// A place, as written.
    pub place: Option<String>,
    /// A count of people, sites, machines.
    pub count: Option<u64>,
    /// Technologies that the sentence names.
    pub technologies: Vec<String>,
    /// What it might sell.
    pub areas: Vec<ProductArea>,
    /// Why it is as sure as that.
    pub(crate) because: Vec<(Cause, f32)>,
    pub(crate) stands: Position,
    pub(crate) sentence: usize,
    /// The words that matched, in the folded text.
    pub(crate) span: (usize, usize),
}

impl Finding {
    /// One of this kind, of which nothing else is known yet.
    pub(crate) fn new(kind: SignalKind, rule: String, confidence: f32) -> Finding {
        Finding {
            kind,
            rule,
            confidence,
            modality: Modality::Asserted,
            event: None,
            subject: None,
            subject_role: Role::Subject,
            object: None,
            object_role: Role::Subject,
            seller: None,
            asset: None,
            amount: None,
            withheld: None,
            position: None,
            place: None,
            count: None,
            technologies: Vec::new(),
            areas: Vec::new(),
            because: Vec::new(),
            stands: Position::Body,
            sentence: 0,
            span: (0, 0),
        }
    }

    /// Where in the document it stands: `title`, `lead` or `body`.
    pub fn stands(&self) -> &'static str {
        match self.stands {
            Position::Title => "title",
            Position::Lead => "lead",
            Position::Body => "body",
        }
    }
}

/// Everything that the rules of the document's language find in it.
pub(crate) fn findings(text: &Prepared<'_>) -> Vec<Finding> {
    let engine = knowledge().engine(&text.language.code);
    let hits = engine.hits(&text.folded.text, &text.sentences, &text.mentions);
    let mut scores: Vec<(SignalKind, Option<(&Gate, f32)>)> = Vec::new();
    let (title, body) = text.folded.text.split_at(text.title);
    let mut told: Vec<Finding> = hits
        .iter()
        .filter_map(|hit| {
            let kind = hit.rule.kind;
            let known = scores.iter().find(|(scored, _)| *scored == kind);
            let gate = known.map_or_else(
                || {
                    let gate = knowledge().gate(kind, &text.language.code);
                    gate.map(|gate| (gate, gate.score(title, body)))
                },
                |(_, gate)| *gate,
            );
            if known.is_none() {
                scores.push((kind, gate));
            }
            judge(text, hit, gate)
        })
        .map(|finding| deal::complete(text, finding))
        .collect();
    price::tell(text, &mut told);
    told
}

fn judge(text: &Prepared<'_>, hit: &Hit<'_>, gate: Option<(&Gate, f32)>) -> Option<Finding> {
    let sentence = text.sentences[hit.sentence];
    let words = text.sentence(hit.sentence);
    let mentions: Vec<&Mention<'_>> = within(&text.mentions, &sentence).collect();
    let demanded = |mention: &&&Mention<'_>| hit.rule.with.contains(&mention.technology.family);
    let place = (hit.span.0 - sentence.start, hit.span.1 - sentence.start);
    let told = modality::judge(text.language, words, place);
    let clause = &words[..modality::main_clause(words, place.1)];
    let event = when::stated(text.language, clause, place, text.today);
    let modality = match when::mood(told, event, text.today) {
        Modality::Asserted if opens_with_past(words, text.today) => Modality::Historical,
        mood => being(hit.rule.kind, mood),
    };
    let mut areas = hit.rule.areas.clone();
    if !hit.rule.with.is_empty() {
        areas.extend(
            mentions
                .iter()
                .filter(|m| demanded(m))
                .flat_map(|m| &m.technology.areas),
        );
    }
    let position = slot(text, hit.position);
    if let Some(position) = &position {
        areas.extend(areas_of(position));
    }
    areas.sort_unstable();
    areas.dedup();
    let mut technologies: Vec<String> = mentions
        .iter()
        .map(|mention| mention.technology.name.clone())
        .collect();
    technologies.sort_unstable();
    technologies.dedup();
    let believed = if hit.rule.kind == SignalKind::JobPosting || text.genre != Genre::Job {
        genre::belief(text.genre)
    } else {
        0.5
    };
    let rule = hit.rule.confidence(sentence.position);
    let heard = gate.map_or(rule, |(gate, score)| gate.adjust(rule, score));
    let because = vec![
        (Cause::Rule, rule),
        (Cause::Text, heard / rule),
        // After the gate: the words of a market report are those of a deal.
        (Cause::Page, believed),
        (Cause::Slots, leaver(text, hit, position.as_deref())),
        (Cause::Actor, actor::belief(text, hit)),
        (Cause::Mood, modality::belief(modality)),
    ];
    let (mut subject_role, mut object_role) = (hit.rule.subject, hit.rule.object);
    if subject_role == Role::Buyer && is_passive(text, hit) {
        (subject_role, object_role) = (Role::Target, Role::Buyer);
    }
    Some(Finding {
        kind: hit.rule.kind,
        rule: hit.rule.id.clone(),
        confidence: because.iter().map(|(_, factor)| factor).product(),
        because,
        modality,
        event,
        subject: name(text, hit.subject),
        subject_role,
        object: name(text, hit.object),
        object_role,
        seller: name(text, hit.seller),
        asset: None,
        amount: slot(text, hit.amount),
        withheld: None,
        position,
        place: slot(text, hit.place)
            .filter(|place| place.starts_with(char::is_uppercase) && !is_month(place)),
        count: slot(text, hit.count).and_then(|count| number(&count)),
        technologies,
        areas,
        stands: sentence.position,
        sentence: hit.sentence,
        span: hit.span,
    })
}

/// The mood of an event that is itself a doubt or a lack: who considers products does evaluate them,
/// and what no longer is supported, what could not be reached, what is not renewed, is so.
fn being(kind: SignalKind, mood: Modality) -> Modality {
    let doubts = matches!(
        kind,
        SignalKind::Evaluation | SignalKind::Dissatisfaction | SignalKind::ContractEnd
    );
    let lacks = matches!(
        kind,
        SignalKind::EndOfSupport
            | SignalKind::Outage
            | SignalKind::Dissatisfaction
            | SignalKind::AuditFinding
            | SignalKind::Vulnerability
            | SignalKind::ContractEnd
    );
    match mood {
        Modality::Hypothetical if doubts => Modality::Asserted,
        Modality::Negated if lacks => Modality::Asserted,
        _ => mood,
    }
}

/// "In January" is no place.
fn is_month(place: &str) -> bool {
    let word = place.split_whitespace().next().unwrap_or_default();
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    .contains(&word)
}

/// Whether a sentence is a line of a chronicle: "2012: Contoso acquires Fabrikam".
fn opens_with_past(sentence: &str, today: Day) -> bool {
    let words = sentence.trim_start_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    let year: Option<i16> = words.get(..digits).and_then(|year| year.parse().ok());
    digits == 4 && year.is_some_and(|year| (1800..today.year() - 1).contains(&year))
}

/// Whether the words between an acquisition's parties say that the first is bought by the second.
fn is_passive(text: &Prepared<'_>, hit: &Hit<'_>) -> bool {
    static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b(?:acquired|bought(?: out)?|purchased|taken over|taken private|adquirid[ao]|comprad[ao])(?: \w+ly)? (?:by|por)\b",
            "passive",
        )
        .expect("a constant pattern")
    });
    let (Some(first), Some(second)) = (hit.subject, hit.object) else {
        return false;
    };
    let between = text.folded.text.get(first.1..second.0).unwrap_or_default();
    PASSIVE.is_match(between.as_bytes())
}

/// Who leaves a post is a person: of a departure without a position, a pronoun and a name, little
/// belief is left, because products, projects and pensioners are left behind, too.
fn leaver(text: &Prepared<'_>, hit: &Hit<'_>, position: Option<&str>) -> f32 {
    static HUMAN: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b(?:he|she|his|her|mr|mrs|ms|dr|don|dona|chief|head|president|chair\w*|director[a]?|manager|founder|partner|officer|(?-i:C[A-Z]O)|presidencia|direccion|gerencia|gerente|consejer[oa]|presidente|presidenta|responsable|fundador[a]?)\b",
            "leaver",
        )
        .expect("a constant pattern")
    });
    let words = text.sentence(hit.sentence);
    let told = hit.rule.kind != SignalKind::LeadershipDeparture
        || position.is_some()
        || HUMAN.is_match(words.as_bytes())
        || knowledge().names.has_person(words);
    if told { 1.0 } else { 0.4 }
}
