//! What may be typed after `foresignal inspect`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `foresignal inspect`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  foresignal inspect company contoso.example
  foresignal inspect url https://contoso.example/news
  foresignal inspect page article.html --url https://contoso.example/news/1 --json
  foresignal inspect robots --file robots.txt --agent foresignal /news /private")]
pub struct Inspect {
    /// What to look at.
    #[command(subcommand)]
    pub what: What,
}

/// What `inspect` looks at.
#[derive(Debug, Subcommand)]
pub enum What {
    /// A company: its hosts, pages, technologies and signals
    #[command(after_help = "Examples:
  foresignal inspect company contoso.example
  foresignal inspect company \"Contoso Ltd\" --json")]
    Company {
        /// Its domain
        domain: String,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// A URL: where it stands and why, its visits, its signals
    #[command(after_help = "Example:
  foresignal inspect url https://contoso.example/news")]
    Url {
        /// The URL
        url: String,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// A host: its rest, its robots.txt, what waits there
    #[command(after_help = "Example:
  foresignal inspect host www.contoso.example")]
    Host {
        /// Its name, with the port where it has one: www.contoso.example
        host: String,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// A signal: its evidence, dates and confidence
    #[command(after_help = "Example:
  foresignal inspect signal 3f9a12c0")]
    Signal {
        /// Its id, or how it begins
        id: String,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// A source that is no company's own: its pages, and what it told of whom
    #[command(after_help = "Example:
  foresignal inspect source pr-newswire")]
    Source {
        /// Its id
        id: String,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// Run the readers and detectors on one page; nothing is stored
    #[command(after_help = "Examples:
  foresignal inspect page article.html --url https://contoso.example/news/1
  curl -s https://contoso.example/ | foresignal inspect page - --company Contoso --json")]
    Page {
        /// A file, a URL, or - for standard input
        source: String,
        /// The URL that the page is said to have
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// The company whose signals are looked for [default: the URL's]
        #[arg(long, value_name = "NAME")]
        company: Option<String>,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// What a robots.txt allows: a line a path, with the rule that says so
    #[command(after_help = "Example:
  foresignal inspect robots --file robots.txt --agent foresignal /news /private")]
    Robots {
        /// The robots.txt
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// The robot's product token
        #[arg(long, value_name = "NAME", default_value = crate::fetch::PRODUCT)]
        agent: String,
        /// Paths, with their query
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<String>,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
}
