//! What may be typed after `foresignal signals`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `foresignal signals`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  foresignal signals list                       every class: what it speaks for, how soon it fades
  foresignal signals explain corp.acquires      one class, and the rules that find it
  foresignal signals test my-rules.toml         whether your own rules say what they should
  foresignal signals deadlines                  when support ends of what companies run")]
pub struct Signals {
    /// What to do.
    #[command(subcommand)]
    pub what: Taxonomy,
}

/// What can be asked about signals.
#[derive(Debug, Subcommand)]
pub enum Taxonomy {
    /// Every class of signals, with its half-life and its weights
    #[command(after_help = "Examples:
  foresignal signals list --family hiring
  foresignal signals list --json | jq -r '.[].id'

Weights are prior log-odds units times one half, -3 to 3, by product: AZ Azure, M3 Microsoft 365, SP
Dynamics 365 Sales, BC Business Central, PA Power Apps, SU Surface, SE Security, RN renewal.")]
    List {
        /// Only this family
        #[arg(long, value_enum)]
        family: Option<Family>,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// One class, kind or rule: what it is, an example, what finds it, and how sure that is
    #[command(after_help = "Examples:
  foresignal signals explain lead.hire.security    a class
  foresignal signals explain mna                   a kind, with all its classes
  foresignal signals explain mna.acquires          a rule, with its counts and its texts")]
    Explain {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// Run the tests inside the rules, ours and yours, and name dead and covered rules
    #[command(after_help = "Examples:
  foresignal signals test                     our rules, and those of [signals] rules
  foresignal signals test my-rules.toml       these over ours, whatever is configured

A dead rule finds none of all texts: no sentence gets through to it. A covered one finds nothing that
another rule of its kind doesn't find. Exit codes: 0 all is well, 1 a text says something else or a
rule is dead, 3 a file cannot be used.")]
    Test {
        /// Rule files over ours
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// When support ends of what companies run, and who says so
    #[command(after_help = "Example:
  foresignal signals deadlines --json")]
    Deadlines {
        /// For scripts
        #[arg(long)]
        json: bool,
    },
}

/// What a class of signals belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Family {
    Corporate,
    Leadership,
    Hiring,
    Technology,
    Initiative,
    Risk,
    Buying,
}
