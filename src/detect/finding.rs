//! One telling of an event inside a document: what a rule found, judged. Signals are made of it.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::knowledge::knowledge;
use super::language::compile;
use super::lexicon;
use super::modality;
use super::prepared::Prepared;
use super::rules::Hit;
use super::sentence::Position;
use super::{attribution, gate, genre, names, when};
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

/// The parties of the surest acquisition, each as its surest telling names it.
#[derive(Clone, Debug, Default)]
pub struct Parties {
    named: Vec<(Role, String)>,
    /// The price.
    pub amount: Option<String>,
}

impl Parties {
    /// The party that plays `role`.
    pub fn name(&self, role: Role) -> Option<&str> {
        let found = self.named.iter().find(|(known, _)| *known == role);
        found.map(|(_, name)| name.as_str())
    }
}

/// Who buys, is bought and sells, by all tellings together.
pub fn parties(findings: &[Finding]) -> Parties {
    let mut tellings: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.kind == SignalKind::Mna && finding.confidence >= 0.3)
        .collect();
    tellings.sort_by(|a, b| {
        (a.stands, b.confidence.to_bits()).cmp(&(b.stands, a.confidence.to_bits()))
    });
    let mut parties = Parties::default();
    for telling in tellings {
        for (role, name) in [
            (telling.subject_role, &telling.subject),
            (telling.object_role, &telling.object),
            (Role::Seller, &telling.seller),
        ] {
            if let Some(name) = name
                && parties.name(role).is_none()
            {
                parties.named.push((role, name.clone()));
            }
        }
        parties.amount = parties.amount.take().or_else(|| telling.amount.clone());
    }
    parties
}

/// Everything that the rules of the document's language find in it.
pub(crate) fn findings(text: &Prepared<'_>) -> Vec<Finding> {
    let engine = knowledge().engine(&text.language.code);
    let hits = engine.hits(&text.folded.text, &text.sentences);
    let gates = gate::judge(text, &hits);
    hits.iter()
        .filter_map(|hit| judge(text, hit, gates.factor(hit.rule.kind)))
        .collect()
}

fn judge(text: &Prepared<'_>, hit: &Hit<'_>, gate: f32) -> Option<Finding> {
    let sentence = text.sentences[hit.sentence];
    let words = text.sentence(hit.sentence);
    let mentions: Vec<lexicon::Mention<'_>> = knowledge().lexicon.mentions(words).collect();
    let demanded =
        |mention: &lexicon::Mention<'_>| hit.rule.with.contains(&mention.technology.family);
    if !hit.rule.with.is_empty() && !mentions.iter().any(demanded) {
        return None;
    }
    let within = (hit.span.0 - sentence.start, hit.span.1 - sentence.start);
    let told = modality::judge(text.language, words, within);
    let event = when::stated(text.language, words, within, text.today);
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
    Some(Finding {
        kind: hit.rule.kind,
        rule: hit.rule.id.clone(),
        confidence: hit.rule.confidence(sentence.position)
            * modality::belief(modality)
            * believed
            * gate,
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

/// The price of a deal whose rule states none: the amount after "for" or "worth" in its sentence.
fn price(text: &Prepared<'_>, hit: &Hit<'_>) -> Option<String> {
    static PRICE: LazyLock<Regex> = LazyLock::new(|| {
        let money = r"(?:(?:US|C|A|HK)?\s?(?:\$|EUR|GBP|USD)\s?\d[\d.,]*(?:\s?(?:k|m|mn|bn|b|mln|bln|million|billion|millones|mil millones)\b)?|\d[\d.,]*\s?(?:million|billion|mln|bln|millones|mil millones)\s?(?:de )?(?:us |canadian |u\.s\. )?(?:dollars|euros|pounds|dlrs|stg|francs|marks|yen|pesos|dolares|crowns|guilders)\b)";
        compile(
            &format!(r"\b(?:for|worth|valued at|value of|price of|paid|pay|totall?ing|about|of|por|valorada en)\s+(?:an?\s+|about\s+|around\s+|nearly\s+|approximately\s+|some\s+|up to\s+|total of\s+|cash\s+and\s+notes\s+worth\s+)*({money})(\s+(?:a|per|each)\b)?"),
            "price",
        )
        .expect("a constant pattern")
    });
    if hit.rule.kind != SignalKind::Mna {
        return None;
    }
    let sentence = text.sentences[hit.sentence];
    let words = &text.folded.text.as_bytes()[sentence.start..sentence.end];
    let found = PRICE
        .captures_iter(words)
        .find(|found| found.get(2).is_none())?;
    let amount = found.get(1)?;
    slot(
        text,
        Some((
            sentence.start + amount.start(),
            sentence.start + amount.end(),
        )),
    )
}

fn slot(text: &Prepared<'_>, span: Option<(usize, usize)>) -> Option<String> {
    let words = text
        .original(span?)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let words = words
        .trim_matches([',', ';', ':', '(', ')', '"', '“', '”', '-'])
        .trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// A slot that should hold a company: without the words around it that title case lets in.
fn name(text: &Prepared<'_>, span: Option<(usize, usize)>) -> Option<String> {
    const LEADING: &[&str] = &[
        "the",
        "a",
        "an",
        "and",
        "in",
        "on",
        "at",
        "but",
        "as",
        "for",
        "today",
        "yesterday",
        "rival",
        "new",
        "el",
        "la",
        "los",
        "las",
        "en",
        "y",
        "tras",
        "con",
        "startup",
        "its",
        "of",
        "by",
    ];
    const TRAILING: &[&str] = &[
        "has",
        "have",
        "had",
        "is",
        "was",
        "will",
        "to",
        "said",
        "says",
        "and",
        "of",
        "in",
        "for",
        "on",
        "at",
        "the",
        "de",
        "y",
        "from",
        "with",
        "as",
        "by",
        "stake",
        "shares",
        "unit",
        "deal",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "today",
        "&",
    ];
    let words = slot(text, span)?;
    let mut pieces: Vec<&str> = words.split(' ').collect();
    while pieces
        .first()
        .is_some_and(|word| LEADING.contains(&word.to_lowercase().as_str()))
    {
        pieces.remove(0);
    }
    while pieces
        .last()
        .is_some_and(|word| TRAILING.contains(&word.to_lowercase().as_str()))
    {
        pieces.pop();
    }
    // Title case and capitals let whole headlines in: a name ends at the next small word.
    const INSIDE: &[&str] = &[
        "for", "from", "in", "to", "at", "on", "as", "with", "by", "after", "stake", "unit",
    ];
    if let Some(end) = pieces
        .iter()
        .skip(1)
        .position(|word| INSIDE.contains(&word.to_lowercase().as_str()))
    {
        pieces.truncate(end + 1);
    }
    let name = pieces.join(" ");
    let name = name
        .trim_end_matches("'s")
        .trim_end_matches("’s")
        .trim_end_matches([',', '.', '\'']);
    let name = if name.ends_with("Inc") || name.ends_with("Corp") || name.ends_with("Co") {
        name
    } else {
        name.trim_matches(['\'', '’', '(', ')', '<', '>'])
    };
    (name.chars().count() > 1 && attribution::is_name(name)).then(|| name.to_owned())
}

/// `1,200` and `1.200` are both twelve hundred: fractions of people are not counted.
fn number(words: &str) -> Option<u64> {
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    match digits.parse() {
        Ok(count) => Some(count),
        Err(_) => {
            let small = [
                "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            ];
            let at = small
                .iter()
                .position(|word| words.eq_ignore_ascii_case(word))?;
            u64::try_from(at + 1).ok()
        }
    }
}

/// What a position's holder buys.
pub(crate) fn areas_of(position: &str) -> Vec<ProductArea> {
    use ProductArea::{Azure, Dynamics365, Microsoft365, PowerPlatform, Security};
    let words = names::tokens(position);
    // A short cue is a word of its own: a cook is no COO.
    let has = |cues: &[&str]| {
        cues.iter().any(|cue| {
            words
                .iter()
                .any(|word| word == cue || (cue.len() > 4 && word.starts_with(cue)))
        })
    };
    if has(&["ciso", "security", "seguridad"]) {
        vec![Security, Azure]
    } else if has(&[
        "cio",
        "cto",
        "information",
        "technology",
        "tecnolog",
        "sistemas",
        "digital",
        "informatic",
        "it",
    ]) {
        vec![Azure, Microsoft365, Security]
    } else if has(&["data", "datos", "analytics", "ai", "inteligencia"]) {
        vec![Azure, PowerPlatform]
    } else if has(&["cfo", "financ", "finance", "controller", "treasurer"]) {
        vec![Dynamics365]
    } else if has(&[
        "revenue",
        "sales",
        "comercial",
        "ventas",
        "cro",
        "customer",
        "marketing",
        "cmo",
    ]) {
        vec![Dynamics365]
    } else if has(&["coo", "operat", "operacion", "transform"]) {
        vec![Dynamics365, PowerPlatform]
    } else {
        Vec::new()
    }
}
