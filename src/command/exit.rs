//! How a command ends, for the shell that called it.

use std::io::ErrorKind;

use crate::crawl::Ended;
use crate::store;

/// The exit codes, all of them. `crawl --help` and the README list them; a test compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done: nothing more is due for now.
    Done = 0,
    /// Something of ours failed; the message says what.
    Failed = 1,
    /// Wrong usage; clap ends so by itself.
    Usage = 2,
    /// A list, configuration or input that cannot be used.
    Unusable = 3,
    /// Another process has the store open.
    Locked = 4,
    /// The store, or a backup, is damaged, foreign, or of a version that this program does not read.
    Corrupt = 5,
    /// The disk has no room.
    Disk = 6,
    /// A limit that the operator set ended the run while more was due: `--for`, `--max-pages`,
    /// quiet hours. Nothing went wrong, and the same command goes on.
    Limit = 7,
    /// Stopped by SIGINT: what was in flight is finished and kept, unless a second signal came
    /// (128 + 2).
    Interrupted = 130,
    /// Stopped by SIGTERM, likewise (128 + 15).
    Terminated = 143,
}

/// What cannot be used as it is: the operator can mend it.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct Unusable(pub anyhow::Error);

impl Exit {
    /// All of them.
    pub const ALL: [Exit; 10] = [
        Exit::Done,
        Exit::Failed,
        Exit::Usage,
        Exit::Unusable,
        Exit::Locked,
        Exit::Corrupt,
        Exit::Disk,
        Exit::Limit,
        Exit::Interrupted,
        Exit::Terminated,
    ];

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "done",
            Exit::Failed => "failed",
            Exit::Usage => "wrong usage",
            Exit::Unusable => "unusable list or configuration",
            Exit::Locked => "store in use",
            Exit::Corrupt => "damaged or foreign store",
            Exit::Disk => "no room on the disk",
            Exit::Limit => "a limit was reached and more is due",
            Exit::Interrupted => "interrupted",
            Exit::Terminated => "terminated",
        }
    }

    /// The code for a run that ended in order; `more`: something is still due, `by` the signal
    /// that stopped it, where one did.
    pub fn of_run(ended: Option<Ended>, more: bool, by: Exit) -> Exit {
        match ended {
            Some(Ended::Interrupted) => by,
            Some(Ended::Disk) => Exit::Disk,
            Some(Ended::Time | Ended::Pages | Ended::QuietHours) if more => Exit::Limit,
            Some(Ended::Time | Ended::Pages | Ended::QuietHours | Ended::NothingDue) | None => {
                Exit::Done
            }
        }
    }

    /// The code for an error that ended a command.
    pub fn of(error: &anyhow::Error) -> Exit {
        for cause in error.chain() {
            match cause.downcast_ref() {
                Some(store::Error::Locked { .. }) => return Exit::Locked,
                Some(store::Error::Taken { .. }) => return Exit::Unusable,
                Some(store::Error::Full { .. }) => return Exit::Disk,
                Some(
                    store::Error::Version { .. }
                    | store::Error::Unreadable { .. }
                    | store::Error::Corrupt { .. },
                ) => return Exit::Corrupt,
                Some(store::Error::Database(_) | store::Error::Io { .. }) | None => {}
            }
            if cause.is::<Unusable>() {
                return Exit::Unusable;
            }
            let io = cause.downcast_ref::<std::io::Error>();
            if io.is_some_and(|io| {
                matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
            }) {
                return Exit::Disk;
            }
        }
        Exit::Failed
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_code_stands_in_the_help_and_in_the_readme() {
        let mut cli = crate::cli::Cli::command();
        let crawl = cli.find_subcommand_mut("crawl").expect("a subcommand");
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let help = plain(&crawl.render_long_help().to_string());
        let readme = plain(include_str!("../../README.md"));
        for exit in Exit::ALL {
            let line = format!("{} {}", exit as u8, exit.meaning());
            assert!(help.contains(&line), "{line}: {help}");
            assert!(readme.contains(&line), "{line} is not in the README");
        }
    }

    #[test]
    fn a_limit_is_only_one_where_it_kept_something_back() {
        let of = |ended, more| Exit::of_run(Some(ended), more, Exit::Terminated);
        for ended in [Ended::Time, Ended::Pages, Ended::QuietHours] {
            assert_eq!(of(ended, true), Exit::Limit);
            assert_eq!(of(ended, false), Exit::Done);
        }
        assert_eq!(of(Ended::NothingDue, true), Exit::Done);
        assert_eq!(of(Ended::Disk, false), Exit::Disk);
        assert_eq!(of(Ended::Interrupted, true), Exit::Terminated);
    }

    #[test]
    fn an_error_has_the_code_of_its_cause() {
        let full = |kind: ErrorKind| {
            anyhow::Error::from(store::Error::Io {
                path: "data".to_owned(),
                source: kind.into(),
            })
            .context("cannot go on")
        };
        assert_eq!(Exit::of(&full(ErrorKind::StorageFull)), Exit::Disk);
        assert_eq!(Exit::of(&full(ErrorKind::NotFound)), Exit::Failed);
        let corrupt = store::Error::Unreadable {
            path: "data".to_owned(),
            why: "rubbish".to_owned(),
        };
        assert_eq!(Exit::of(&corrupt.into()), Exit::Corrupt);
        let unusable = Unusable(anyhow::anyhow!("no list"));
        assert_eq!(Exit::of(&unusable.into()), Exit::Unusable);
    }
}
