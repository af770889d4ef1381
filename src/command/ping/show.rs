//! A profile as people read it: what matters most to a salesperson first.

use std::io::{self, Write};

use comfy_table::{Attribute as Style, Cell, Color};

use super::report::Report;
use crate::command::table::{name, plain, short, table};
use crate::export::profile::standing;
use crate::model::company::Company;
use crate::model::kind::ProductArea;
use crate::model::profile::{Attribute, Fact, Profile, Standing};
use crate::model::signal::Signal;
use crate::technographics::{support, technology};

/// The categories that lead, in this order; the others follow by name.
const FIRST: &[&str] = &[
    "mail",
    "mail-security",
    "identity",
    "device-management",
    "collaboration",
    "cloud",
    "hosting",
    "cdn",
    "operating-system",
    "web-server",
    "cms",
    "commerce",
    "crm",
    "erp",
    "marketing-automation",
    "ai",
    "security",
    "security-practice",
];

pub(super) fn write(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    writeln!(out, "{}", headline(report.company, &report.profile))?;
    if !report.profile.facts.is_empty() {
        writeln!(out, "{}", technologies(&report.profile))?;
    }
    others(out, &report.profile)?;
    for change in report.changes {
        writeln!(out, "  CHANGED  {}", changed(change))?;
    }
    let gone = matches!(report.profile.standing, Standing::Gone { .. });
    if let Some(why) = report.no_domain().filter(|_| !gone) {
        writeln!(out, "  {why}")?;
    }
    for looked in report.looked.iter().filter(|looked| !looked.seen) {
        let (url, why) = (short(&looked.url, 80), plain(&looked.reason));
        writeln!(out, "  not seen {url}: {why}")?;
    }
    writeln!(out)
}

/// `contoso.example · Contoso Iberia, S.L. · ES · 120 employees (medium) · since 1987`
pub(in crate::command) fn headline(company: &Company, profile: &Profile) -> String {
    let best = |attribute| profile.best(attribute).map(|claim| plain(&claim.value));
    let mut said = vec![company.id.to_string()];
    let called = best(Attribute::LegalName).or_else(|| best(Attribute::Name));
    let listed = (company.name != company.id.0).then(|| plain(&company.name));
    said.extend(called.or(listed));
    said.extend(best(Attribute::Country));
    if let Some(count) = best(Attribute::Employees) {
        let segment = profile
            .segment()
            .map(|segment| format!(" ({})", name(&segment)));
        said.push(format!("{count} employees{}", segment.unwrap_or_default()));
    }
    said.extend(best(Attribute::Founded).map(|year| format!("since {year}")));
    match &profile.standing {
        Standing::Unknown | Standing::Live => {}
        gone => said.push(standing(gone).to_uppercase()),
    }
    said.join(" · ")
}

/// Its technologies as a table.
pub(in crate::command) fn technologies(profile: &Profile) -> comfy_table::Table {
    let mut shown = table(&["", "technology", "sure", "since", "seen by"]);
    let mut facts: Vec<&Fact> = profile.runs().collect();
    let rank = |fact: &Fact| FIRST.iter().position(|first| *first == fact.category);
    facts.sort_by(|a, b| {
        let place = |fact: &Fact| (rank(fact).unwrap_or(usize::MAX), fact.category.clone());
        let surest_first = b.confidence.total_cmp(&a.confidence);
        place(a).cmp(&place(b)).then(surest_first)
    });
    for fact in facts {
        shown.add_row([
            Cell::new(&fact.category),
            coloured(Cell::new(called(fact)), fact),
            Cell::new(format!("{:.2}", fact.confidence)),
            Cell::new(fact.first_seen.day()),
            Cell::new(short(&fact.evidence, 60)),
        ]);
    }
    shown
}

/// `Microsoft IIS 8.5 (support ended 2023-10-10)`
fn called(fact: &Fact) -> String {
    let mut text = plain(&fact.name);
    if let Some(version) = &fact.version {
        text.push_str(&format!(" {}", short(version, 20)));
    }
    if let Some(support) = support(fact) {
        let over = support.ends < fact.last_seen.day();
        let tense = if over { "ended" } else { "ends" };
        text.push_str(&format!(" (support {tense} {})", support.ends));
    }
    text
}

/// Green is what we would sell, yellow what is used instead of it; nothing where colours are not
/// wanted (no-color.org) or there is no terminal.
fn coloured(cell: Cell, fact: &Fact) -> Cell {
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return cell;
    }
    let known = technology(&fact.technology);
    let any = |areas: &[ProductArea]| !areas.is_empty();
    let cell = match known {
        Some(known) if any(&known.own) => cell.fg(Color::Green),
        Some(known) if any(&known.competes) => cell.fg(Color::Yellow),
        _ => cell,
    };
    if fact.confidence < 0.5 {
        cell.add_attribute(Style::Dim)
    } else {
        cell
    }
}

/// What it is beside what it runs.
pub(in crate::command) fn others(out: &mut impl Write, profile: &Profile) -> io::Result<()> {
    for fact in profile.facts.iter() {
        if let Some(retired) = fact.retired() {
            let (name, since) = (plain(&fact.name), retired.day());
            writeln!(out, "  {:<10} {name}  (not seen since {since})", "no more")?;
        }
    }
    for claim in &profile.claims {
        let (what, value) = (name(&claim.attribute), short(&claim.value, 80));
        let place = short(&claim.url, 70);
        writeln!(
            out,
            "  {what:<10} {value}  ({}: {place})",
            name(&claim.basis)
        )?;
    }
    for related in &profile.related {
        let (domain, what) = (plain(&related.domain), name(&related.relation));
        let evidence = short(&related.evidence, 70);
        writeln!(out, "  {what:<10} {domain}  ({evidence})")?;
    }
    Ok(())
}

fn changed(signal: &Signal) -> String {
    let quote = signal
        .evidence
        .first()
        .map_or("", |evidence| &evidence.quote);
    let day = signal.event.map(|when| when.day.to_string());
    let day = day.unwrap_or_default();
    format!(
        "{day} {} {:.2}  {}",
        signal.kind,
        signal.confidence,
        short(quote, 150)
    )
}
