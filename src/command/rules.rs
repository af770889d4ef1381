//! Opens the rule files that an operator names, and has signals detected as the configuration says.

use std::path::PathBuf;

use anyhow::Context;

use super::Unusable;
use crate::config::Signals;
use crate::detect;

/// The largest rule file: ours have a hundred thousand bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Has signals detected as `[signals]` says. A rule file that cannot be used is the operator's to
/// mend: without it signals would be missed, and nobody would know.
pub(super) fn install(config: &Signals) -> anyhow::Result<()> {
    let settings = detect::Settings {
        rules: read(&config.rules)?,
        persons: config.persons,
    };
    if settings == detect::Settings::default() {
        return Ok(());
    }
    detect::install(&settings)
        .context("[signals] rules cannot be used")
        .map_err(|error| Unusable(error).into())
}

/// The texts of rule files, each with its name.
pub(super) fn read(files: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    files
        .iter()
        .map(|file| {
            let name = file.display().to_string();
            let text = text_of(file).with_context(|| format!("cannot read the rules in {name}"));
            Ok((name, text.map_err(Unusable)?))
        })
        .collect()
}

fn text_of(file: &PathBuf) -> anyhow::Result<String> {
    let bytes = std::fs::metadata(file)?.len();
    anyhow::ensure!(bytes <= LARGEST, "it is larger than {LARGEST} bytes");
    Ok(std::fs::read_to_string(file)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let config = Signals {
            rules: vec![PathBuf::from("no/such/rules.toml")],
            ..Signals::default()
        };
        let error = install(&config).expect_err("it is not there");
        assert!(
            format!("{error:#}").contains("no/such/rules.toml"),
            "{error:#}"
        );
        assert!(install(&Signals::default()).is_ok());
    }
}
