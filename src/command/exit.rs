//! How a command ends, for the shell that called it.

use crate::store;

/// The exit codes, all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, or a limit that the operator set was reached.
    Done = 0,
    /// Something of ours failed; the message says what.
    Failed = 1,
    // 2 is clap's: wrong usage.
    /// A list, configuration or input that cannot be used.
    Unusable = 3,
    /// Another process has the store open.
    Locked = 4,
    /// The store, or a backup, is damaged or not one that this program can read.
    Corrupt = 5,
    /// Stopped by a signal: what was in flight is finished and kept (128 + SIGINT).
    Interrupted = 130,
}

/// What cannot be used as it is: the operator can mend it.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct Unusable(pub anyhow::Error);

impl Exit {
    /// The code for an error that ended a command.
    pub fn of(error: &anyhow::Error) -> Exit {
        for cause in error.chain() {
            match cause.downcast_ref() {
                Some(store::Error::Locked { .. }) => return Exit::Locked,
                Some(store::Error::Taken { .. }) => return Exit::Unusable,
                Some(
                    store::Error::Unreadable { .. }
                    | store::Error::Corrupt { .. }
                    | store::Error::Version { .. },
                ) => return Exit::Corrupt,
                Some(_) | None => {}
            }
            if cause.is::<Unusable>() {
                return Exit::Unusable;
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
