//! `foresignal signals`: the taxonomy, the rules that find its classes, and their tests.

use std::io::Write;

use anyhow::anyhow;
use serde_json::json;

use super::inspect::print_json;
use super::table::{name, table};
use super::{Exit, Unusable, configuration, rules};
use crate::cli::{self, Common, Taxonomy};
use crate::detect::deadlines::deadlines;
use crate::detect::rulebook::{self, Card, Trial, WORTH};
use crate::detect::taxonomy::{Class, Weights, taxonomy};
use crate::model::signal::SignalKind;

pub(super) fn run(common: &Common, what: &Taxonomy) -> anyhow::Result<Exit> {
    match what {
        Taxonomy::List { family, json } => list(*family, *json),
        Taxonomy::Explain { id, json } => {
            rules::install(&configuration(common)?.signals)?;
            explain(id, *json)
        }
        Taxonomy::Test { files, json } => {
            let files = match files.as_slice() {
                [] => configuration(common)?.signals.rules,
                named => named.to_vec(),
            };
            let trial = rulebook::trial(&rules::read(&files)?);
            let trial = trial.map_err(|error| Unusable(error.into()))?;
            report(&trial, *json)
        }
        Taxonomy::Deadlines { json } => show_deadlines(*json),
    }
}

fn list(family: Option<cli::Family>, json: bool) -> anyhow::Result<Exit> {
    let asked = family.map(|family| {
        let family = clap::ValueEnum::to_possible_value(&family);
        family.map_or_else(String::new, |value| value.get_name().to_owned())
    });
    let listed = || {
        let of = |class: &&Class| asked.as_deref().is_none_or(|id| class.family.id() == id);
        taxonomy().iter().filter(of)
    };
    if json {
        return print_json(&listed().collect::<Vec<_>>());
    }
    let mut shown = table(&[
        "class",
        "kind",
        "family",
        "half-life",
        "speaks for",
        "what it is",
    ]);
    for class in listed() {
        shown.add_row([
            class.id.clone(),
            class.kind.to_string(),
            class.family.id().to_owned(),
            format!("{} d", class.half_life),
            weights(&class.weights),
            class.about.clone(),
        ]);
    }
    writeln!(std::io::stdout(), "{shown}")?;
    Ok(Exit::Done)
}

/// `AZ 2 · SE 3`: what is not 0.
fn weights(weights: &Weights) -> String {
    const SHORT: [&str; 8] = ["AZ", "M3", "SP", "BC", "PA", "SU", "SE", "RN"];
    let each = SHORT.iter().zip(weights.each());
    let told = each.filter(|(_, (_, weight))| *weight != 0.0);
    let told: Vec<String> = told
        .map(|(id, (_, weight))| format!("{id} {weight}"))
        .collect();
    if told.is_empty() {
        "–".to_owned()
    } else {
        told.join(" · ")
    }
}

fn explain(id: &str, json: bool) -> anyhow::Result<Exit> {
    let kind = SignalKind::from_id(id);
    let classes: Vec<&Class> = taxonomy()
        .iter()
        .filter(|class| class.id == id || Some(class.kind) == kind)
        .collect();
    let book = rulebook::rules();
    let cards: Vec<&Card> = match classes.first() {
        Some(class) => book.iter().filter(|card| card.kind == class.kind).collect(),
        None => book.iter().filter(|card| card.id == id).collect(),
    };
    if classes.is_empty() && cards.is_empty() {
        return Err(Unusable(anyhow!(
            "there is no class, kind or rule {id:?}{}; `foresignal signals list` shows all",
            near(id, &book)
        ))
        .into());
    }
    if json {
        return print_json(&json!({ "classes": classes, "rules": cards }));
    }
    let mut out = std::io::stdout().lock();
    for class in &classes {
        show_class(&mut out, class)?;
    }
    if !classes.is_empty() {
        return show_finders(&mut out, &cards);
    }
    for card in cards {
        show_card(&mut out, card)?;
    }
    Ok(Exit::Done)
}

fn show_class(out: &mut impl Write, class: &Class) -> anyhow::Result<()> {
    writeln!(
        out,
        "{}, a kind of {} ({})",
        class.id,
        class.kind,
        class.family.id()
    )?;
    writeln!(out, "  {}", class.about)?;
    let told: Vec<&str> = class.told_by.iter().map(|by| (*by).into()).collect();
    let polarity: &str = class.polarity.into();
    writeln!(out, "  told by     {}", told.join(", "))?;
    writeln!(out, "  speaks      {polarity}: {}", weights(&class.weights))?;
    writeln!(out, "  half-life   {} days", class.half_life)?;
    let when = &class.when;
    let roles: Vec<String> = when.roles.iter().map(name).collect();
    let moods: Vec<String> = when.modality.iter().map(name).collect();
    for (label, asked) in [
        ("role", roles),
        ("position", when.desks.clone()),
        ("modality", moods),
        ("rule", when.rules.clone()),
    ] {
        if !asked.is_empty() {
            writeln!(out, "  where       its {label} is {}", asked.join(" or "))?;
        }
    }
    writeln!(out, "  example     {}", class.example)?;
    writeln!(out, "  not         {}\n", class.counter_example)?;
    Ok(())
}

fn show_finders(out: &mut impl Write, cards: &[&Card]) -> anyhow::Result<Exit> {
    if cards.is_empty() {
        writeln!(
            out,
            "No rule finds it: structure or change over time tells it."
        )?;
        return Ok(Exit::Done);
    }
    let mut shown = table(&[
        "rule",
        "language",
        "title",
        "lead",
        "body",
        "right of all",
        "finds",
    ]);
    for card in cards {
        let [title, lead, body] = card.confidence.map(|sure| format!("{sure:.2}"));
        let right: u32 = card.counts.iter().map(|(right, _)| right).sum();
        let all: u32 = card.counts.iter().map(|(right, wrong)| right + wrong).sum();
        shown.add_row([
            card.id.clone(),
            card.language.clone(),
            title,
            lead,
            body,
            format!("{right} of {all}"),
            card.hits.first().cloned().unwrap_or_default(),
        ]);
    }
    writeln!(out, "{shown}")?;
    Ok(Exit::Done)
}

fn show_card(out: &mut impl Write, card: &Card) -> anyhow::Result<()> {
    writeln!(
        out,
        "{}, a rule for {} in language {}",
        card.id, card.kind, card.language
    )?;
    writeln!(
        out,
        "  looks at    sentences with one of: {}",
        card.triggers.join(" | ")
    )?;
    if !card.also.is_empty() {
        writeln!(out, "  and with    one of: {}", card.also.join(" | "))?;
    }
    writeln!(
        out,
        "  confidence  (right + {WORTH} × prior) / (all + {WORTH}), where the prior is {}",
        card.prior
    )?;
    for ((place, (right, wrong)), sure) in ["title", "lead", "body"]
        .iter()
        .zip(card.counts)
        .zip(card.confidence)
    {
        let all = right + wrong;
        writeln!(
            out,
            "    in the {place:<6} {sure:.2}, right {right} of {all} times"
        )?;
    }
    writeln!(
        out,
        "    then less for the kind of page, the mood, and whose event it is"
    )?;
    for text in &card.hits {
        writeln!(out, "  finds       {text}")?;
    }
    for text in &card.misses {
        writeln!(out, "  not         {text}")?;
    }
    Ok(())
}

/// What the asker may have meant.
fn near(id: &str, book: &[Card]) -> String {
    let classes = taxonomy().iter().map(|class| class.id.as_str());
    let kinds = SignalKind::ALL.iter().map(|kind| kind.id());
    let all = classes
        .chain(kinds)
        .chain(book.iter().map(|card| card.id.as_str()));
    let likely = all
        .map(|known| (strsim::jaro_winkler(id, known), known))
        .filter(|(like, _)| *like > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    likely.map_or_else(String::new, |(_, known)| {
        format!(", did you mean {known:?}?")
    })
}

fn report(trial: &Trial, json: bool) -> anyhow::Result<Exit> {
    let exit = if trial.passed() {
        Exit::Done
    } else {
        Exit::Failed
    };
    if json {
        print_json(trial)?;
        return Ok(exit);
    }
    let mut out = std::io::stdout().lock();
    for wrong in &trial.wrong {
        let should = if wrong.expected {
            "should find"
        } else {
            "should not find"
        };
        writeln!(out, "wrong    {} {should}: {}", wrong.rule, wrong.text)?;
    }
    for rule in &trial.dead {
        writeln!(
            out,
            "dead     {rule}: no text gets through to it; are its triggers in its texts?"
        )?;
    }
    for (rule, by) in &trial.covered {
        writeln!(out, "covered  {rule}: all that it finds, {by} finds, too")?;
    }
    writeln!(
        out,
        "{} rules on {} texts: {} wrong, {} dead, {} covered",
        trial.rules,
        trial.texts,
        trial.wrong.len(),
        trial.dead.len(),
        trial.covered.len()
    )?;
    Ok(exit)
}

fn show_deadlines(json: bool) -> anyhow::Result<Exit> {
    if json {
        return print_json(deadlines());
    }
    let mut shown = table(&["product", "ends", "paid until", "to", "source"]);
    for deadline in deadlines() {
        shown.add_row([
            deadline.product.clone(),
            deadline.ends.to_string(),
            deadline
                .paid_until
                .map_or_else(String::new, |day| day.to_string()),
            deadline.successor.clone(),
            deadline.source.clone(),
        ]);
    }
    writeln!(std::io::stdout(), "{shown}")?;
    Ok(Exit::Done)
}
