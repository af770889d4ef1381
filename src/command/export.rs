//! `foresignal export`: signals from the store to a file or standard output.

use super::{Exit, complain, configuration, open_existing};
use crate::cli;
use crate::export::{self, Filter};
use crate::model::company::CompanyId;

pub(super) fn run(common: &cli::Common, args: &cli::Export) -> anyhow::Result<Exit> {
    let config = configuration(common)?;
    let store = open_existing(common, &config)?;
    let records = store.records();
    let format = export::FORMATS
        .iter()
        .find(|format| format.name == args.format)
        .expect("clap allows no other");
    let filter = Filter {
        company: args.company.clone().map(CompanyId),
        kinds: args.kind.clone(),
        min_confidence: args.min_confidence,
        ..Filter::default()
    };
    match &args.out {
        Some(path) => {
            let rows = export::to_file(&records, format, &filter, path)?;
            complain(&format!("{rows} signals in {}", path.display()));
        }
        None => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            export::write(&records, format, &filter, &mut out)?;
            std::io::Write::flush(&mut out)?;
        }
    }
    Ok(Exit::Done)
}
