//! `foresignal export`: signals from the store to a file or standard output.

use std::io::BufWriter;

use super::{Exit, Unusable, complain, configuration, open_existing, suppressed};
use crate::cli;
use crate::export::{self, Item};
use crate::model::company::{Company, CompanyId};
use crate::model::signal::Signal;
use crate::model::suppress::Suppressed;
use crate::store::Records;
use crate::store::filter::{Filter, select};

pub(super) fn run(common: &cli::Common, args: &cli::Export) -> anyhow::Result<Exit> {
    if !(0.0..=1.0).contains(&args.min_confidence) {
        let said = args.min_confidence;
        return Err(Unusable(anyhow::anyhow!(
            "--min-confidence is {said}, it must be between 0 and 1"
        ))
        .into());
    }
    let config = configuration(common)?;
    let store = open_existing(common, &config)?;
    let records = store.records();
    let format = export::format(&args.format).expect("clap allows no other");
    if args.what == cli::Dataset::Profiles {
        return profiles(&records, &suppressed(&config)?, format, args);
    }
    let filter = Filter {
        company: args.company.clone().map(CompanyId),
        kinds: args.kind.clone(),
        min_confidence: args.min_confidence,
        since: args.since,
    };
    let companies = records.companies().collect::<Result<Vec<Company>, _>>()?;
    let columns = export::extra_columns(&companies);
    let suppressed = suppressed(&config)?;
    let items = select(&records, &filter).filter_map(|item| match item {
        Ok((signal, company)) => allowed(signal, company, &suppressed).map(Ok),
        Err(why) => Some(Err(why)),
    });
    match &args.out {
        Some(path) => {
            let written = export::export_to_file(format.write, items, &columns, path)?;
            let changes = records.counts()?.changes;
            complain(&format!(
                "{written} signals in {}; what changes from now on: --since {changes}",
                path.display()
            ));
        }
        None => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            export::export(format.write, items, &columns, &mut out)?;
        }
    }
    Ok(Exit::Done)
}

/// The profiles of the companies that are not suppressed; what is asked of signals alone is refused,
/// for it would be passed over.
fn profiles(
    records: &impl Records,
    suppressed: &Suppressed,
    format: &export::Format,
    args: &cli::Export,
) -> anyhow::Result<Exit> {
    if !args.kind.is_empty() || args.since.is_some() || args.min_confidence > 0.0 {
        let advice =
            "--kind, --since and --min-confidence choose signals: profiles are written whole";
        return Err(Unusable(anyhow::anyhow!(advice)).into());
    }
    let wanted = args.company.clone().map(CompanyId);
    let items = records.companies().filter_map(|company| {
        let company = match company {
            Ok(company) => company,
            Err(why) => return Some(Err(why)),
        };
        let mut domains = company.domains.iter();
        if wanted.as_ref().is_some_and(|wanted| company.id != *wanted)
            || domains.any(|domain| suppressed.entry_for_text(domain).is_some())
        {
            return None;
        }
        let profile = records.profile(&company.id).transpose()?;
        Some(profile.map(|profile| (profile, company)))
    });
    match &args.out {
        Some(path) => {
            let written = export::export_to_file(format.profiles, items, &[], path)?;
            complain(&format!("{written} profiles in {}", path.display()));
        }
        None => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            export::export(format.profiles, items, &[], &mut out)?;
        }
    }
    Ok(Exit::Done)
}

/// A signal without the evidence that is suppressed; `None`: nothing is left of it, or its
/// company is suppressed.
fn allowed(mut signal: Signal, company: Company, suppressed: &Suppressed) -> Option<Item> {
    let forbids = |text: &str| suppressed.entry_for_text(text).is_some();
    if company.domains.iter().any(|domain| forbids(domain)) {
        return None;
    }
    signal.evidence.retain(|evidence| !forbids(&evidence.url));
    (!signal.evidence.is_empty()).then_some((signal, company))
}
