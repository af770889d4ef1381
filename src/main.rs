//! Starts the runtime, runs one command, turns its result into an exit code.

use std::process::ExitCode;

use clap::Parser;
use foresignal::cli::Cli;
use foresignal::command::{self, Exit};

/// Foreign pages nest deeply, and what reads them recurses.
const STACK: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(command::run(cli)).into(),
        Err(error) => {
            command::complain(&format!("error: cannot start: {error}"));
            Exit::Failed.into()
        }
    }
}
