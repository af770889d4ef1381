//! config.toml, the environment and flags → one checked [`Config`].
//!
//! Every section lives beside its room; this file only puts them together. A room gets its
//! section, never the whole.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use crate::crawl::manners::Manners;
use crate::{crawl, detect, fetch, store, technographics};

/// Environment variables that begin so overlay the file: `FORESIGNAL_CRAWL_REST=5s` is
/// `[crawl] rest = "5s"`.
const PREFIX: &str = "FORESIGNAL_";

/// Everything an operator may set.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who asks, and how much of an answer is taken.
    pub fetch: fetch::Config,
    /// What shows pages that show nothing without scripts.
    pub browser: fetch::browser::Config,
    /// The crawl's pace and reach.
    pub crawl: crawl::config::Config,
    /// How soon pages are asked again.
    pub revisit: crawl::config::Revisit,
    /// Which wishes of pages and sites are obeyed.
    pub policy: crawl::policy::Policy,
    /// What counts as a signal.
    pub signals: Signals,
    /// Which technologies are recognised beside our own set.
    pub technographics: technographics::config::Config,
    /// Where things are kept.
    pub store: store::Config,
    /// Which pages are kept.
    pub archive: store::archive::ArchiveConfig,
}

/// The `[signals]` section.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signals {
    /// Signals below this confidence (0–1) are not kept.
    pub min_confidence: f32,
    /// Files with rules that add to ours or replace some.
    pub rules: Vec<PathBuf>,
    /// Whether evidence names persons.
    pub persons: detect::PersonsIn,
}

impl Default for Signals {
    fn default() -> Signals {
        Signals {
            min_confidence: crawl::MIN_CONFIDENCE,
            rules: Vec::new(),
            persons: detect::PersonsIn::default(),
        }
    }
}

impl Config {
    /// Reads `path`, or, where none is given, `config.toml` in the working directory if there is
    /// one; then the environment.
    ///
    /// # Errors
    /// Where the file cannot be read, a key is unknown, or a value cannot be: says which.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Config> {
        let (file, wanted) = match path {
            Some(path) => (path.to_owned(), true),
            None => (PathBuf::from("config.toml"), false),
        };
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !wanted => String::new(),
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read the configuration {}", file.display()));
            }
        };
        let variables = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX));
        Config::parse(&text, variables).with_context(|| format!("in {}", file.display()))
    }

    /// The configuration of a file's text and `FORESIGNAL_…` variables.
    fn parse(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Config> {
        let mut table: toml::Table = toml::from_str(text)?;
        for (name, value) in variables {
            overlay(&mut table, &name, &value)?;
        }
        let config: Config = if table.is_empty() {
            Config::default()
        } else {
            parse_again(text, table)?
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.crawl.in_flight > 0,
            "[crawl] in_flight must be at least 1"
        );
        if let Some(trouble) = Manners::new(&self.crawl).trouble() {
            bail!("{trouble}");
        }
        ensure!(
            self.crawl.address_in_flight > 0,
            "[crawl] address_in_flight must be at least 1"
        );
        ensure!(
            (0.0..=1.0).contains(&self.signals.min_confidence),
            "[signals] min_confidence is {}, it must be between 0 and 1",
            self.signals.min_confidence
        );
        ensure!(
            self.crawl.robots_fresh.as_secs() <= 24 * 3600,
            "[crawl] robots_fresh is beyond the 24 hours that RFC 9309 §2.4 allows"
        );
        ensure!(
            self.revisit.shortest <= self.revisit.longest,
            "[revisit] shortest is longer than longest"
        );
        ensure!(
            self.revisit.article_checks <= 10,
            "[revisit] article_checks is {}: an article is not a source, look at it 10 times at most",
            self.revisit.article_checks
        );
        Ok(())
    }

    /// Refuses to go on without somebody whom the asked can turn to.
    ///
    /// # Errors
    /// Where no contact is configured, or one that is none; says where to put it.
    pub fn require_contact(&self) -> anyhow::Result<()> {
        let contact = self.fetch.contact.trim();
        if contact.is_empty() {
            bail!(
                "no contact is configured: every request says who asks, so that a site's owner can turn to you. \
                 Put a URL or an e-mail address into config.toml:\n\n    [fetch]\n    contact = \"https://your-company.example/bot\"\n\n\
                 or set FORESIGNAL_FETCH_CONTACT"
            );
        }
        let is_url = contact.starts_with("http://") || contact.starts_with("https://");
        let is_mail = contact
            .split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
        let printable = contact.chars().all(|c| c.is_ascii_graphic());
        ensure!(
            (is_url || is_mail) && printable,
            "[fetch] contact is {contact:?}: it must be a URL (https://…) or an e-mail address"
        );
        Ok(())
    }
}

/// Errors in the file's own text name its line; the table is only used where the environment
/// changed something.
fn parse_again(text: &str, table: toml::Table) -> anyhow::Result<Config> {
    match toml::from_str::<Config>(text) {
        Ok(_) => Ok(table.try_into()?),
        Err(error) => Err(error.into()),
    }
}

/// `FORESIGNAL_CRAWL_PER_SECOND=5` → `crawl.per_second = 5`.
fn overlay(table: &mut toml::Table, name: &str, value: &str) -> anyhow::Result<()> {
    let path = name.trim_start_matches(PREFIX).to_ascii_lowercase();
    let Some((section, key)) = path.split_once('_') else {
        // FORESIGNAL_DATA and its like are not settings of ours.
        return Ok(());
    };
    let value = toml::from_str::<toml::Table>(&format!("v = {value}"))
        .ok()
        .and_then(|mut parsed| parsed.remove("v"))
        .unwrap_or_else(|| toml::Value::String(value.to_owned()));
    let section = table
        .entry(section)
        .or_insert_with(|| toml::Table::new().into());
    let Some(section) = section.as_table_mut() else {
        bail!("{name} is set, but the configuration has no such section");
    };
    section.insert(key.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::parse(text, variables).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn the_shipped_file_is_the_defaults() {
        let shipped = include_str!("../config.toml");
        assert_eq!(parsed(shipped, &[]), Ok(Config::default()));
    }

    #[test]
    fn every_setting_stands_in_the_shipped_file() {
        let shipped: toml::Table =
            toml::from_str(include_str!("../config.toml")).expect("it parses");
        let debug = format!("{:?}", Config::default());
        for (section, keys) in &shipped {
            assert!(
                debug.contains(&format!("{section}:")),
                "{section} is no section"
            );
            for key in keys.as_table().expect("a section").keys() {
                assert!(
                    debug.contains(&format!("{key}:")),
                    "{section}.{key} is no setting"
                );
            }
        }
        let written: usize = shipped
            .values()
            .filter_map(toml::Value::as_table)
            .map(toml::Table::len)
            .sum();
        let fields = debug.matches(": ").count() - shipped.len();
        assert_eq!(
            written, fields,
            "a setting is missing in config.toml (or commented out): {debug}"
        );
    }

    #[test]
    fn the_environment_overlays_the_file() {
        let config = parsed(
            "[crawl]\nrest = \"9s\"",
            &[
                ("FORESIGNAL_CRAWL_REST", "5s"),
                ("FORESIGNAL_CRAWL_IN_FLIGHT", "7"),
            ],
        );
        let config = config.expect("it parses");
        assert_eq!(config.crawl.rest, std::time::Duration::from_secs(5));
        assert_eq!(config.crawl.in_flight, 7);
        assert!(parsed("", &[("FORESIGNAL_DATA", "/somewhere")]).is_ok());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, says) in [
            ("[crawl]\nrestt = \"9s\"", "restt"),
            ("[crawl]\nrest = \"nine\"", "line 2"),
            ("[crawll]", "crawll"),
            ("[crawl]\nin_flight = 0", "in_flight"),
            ("[signals]\nmin_confidence = 7", "min_confidence"),
            ("[crawl]\nrobots_fresh = \"48h\"", "RFC 9309"),
            ("[policy]\nobey = [\"noindx\"]", "tdm-reservation"),
            ("[crawl]\naddress_in_flight = 0", "address_in_flight"),
            ("[crawl]\nrest_factor = -1.0", "rest_factor"),
            ("[[crawl.host]]\nmatch = 'a b'", "example.com"),
            (
                "[[crawl.host]]\nmatch = 'a.example'\ncrawl_delay_max = '1s'",
                "a.example",
            ),
            ("[[crawl.host]]\nrest = '1s'", "match"),
            (
                "[crawl]\nquiet = [{ from = '22:00', to = '06:00', zone = 'X/Y' }]",
                "X/Y",
            ),
            ("[store]\ndisk_floor = -1", "disk_floor"),
        ] {
            let error = parsed(text, &[]).expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn a_contact_is_a_url_or_an_address() {
        let with = |contact: &str| {
            let mut config = Config::default();
            config.fetch.contact = contact.into();
            config.require_contact().is_ok()
        };
        assert!(with("https://example.com/bot") && with("bot@example.com"));
        assert!(!with("") && !with("me") && !with("a@b") && !with("https://example.com/b\r\nX: y"));
    }
}
