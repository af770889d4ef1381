//! One telling of an event inside a document: what a rule found, judged. Signals are made of it.

use super::gate::Gate;
use super::knowledge::knowledge;
use super::lexicon::Mention;
use super::modality;
use super::prepared::Prepared;
use super::rules::{Hit, within};
use super::sentence::Position;
use super::slots::{areas_of, name, number, price, slot};
use super::{genre, when};
use crate::model::document::Genre;
use crate::model::signal::{Modality, ProductArea, Role, SignalKind, When};

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
    /// An amount of money, as written.
    pub amount: Option<String>,
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
    pub(crate) stands: Position,
    pub(crate) sentence: usize,
    /// The words that matched, in the folded text.
    pub(crate) span: (usize, usize),
}

impl Finding {
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
    hits.iter()
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
        .collect()
}

fn judge(text: &Prepared<'_>, hit: &Hit<'_>, gate: Option<(&Gate, f32)>) -> Option<Finding> {
    let sentence = text.sentences[hit.sentence];
    let words = text.sentence(hit.sentence);
    let mentions: Vec<&Mention<'_>> = within(&text.mentions, &sentence).collect();
    let demanded = |mention: &&&Mention<'_>| hit.rule.with.contains(&mention.technology.family);
    let place = (hit.span.0 - sentence.start, hit.span.1 - sentence.start);
    let told = modality::judge(text.language, words, place);
    let event = when::stated(text.language, words, place, text.today);
    let modality = when::mood(told, event, text.today);
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
    let heard = hit.rule.confidence(sentence.position) * believed;
    let heard = gate.map_or(heard, |(gate, score)| gate.adjust(heard, score));
    Some(Finding {
        kind: hit.rule.kind,
        rule: hit.rule.id.clone(),
        confidence: heard * modality::belief(modality),
        modality,
        event,
        subject: name(text, hit.subject),
        subject_role: hit.rule.subject,
        object: name(text, hit.object),
        object_role: hit.rule.object,
        seller: name(text, hit.seller),
        amount: slot(text, hit.amount).or_else(|| price(text, hit)),
        position,
        place: slot(text, hit.place).filter(|place| place.starts_with(char::is_uppercase)),
        count: slot(text, hit.count).and_then(|count| number(&count)),
        technologies,
        areas,
        stands: sentence.position,
        sentence: hit.sentence,
        span: hit.span,
    })
}
