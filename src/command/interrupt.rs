//! What the operator's signals do to a run: the first ends it in order, the second at once.

use std::sync::{Arc, OnceLock};

use super::{Exit, complain};

/// Waits for the operator's signals.
pub(super) struct Interrupts {
    first: Arc<OnceLock<Exit>>,
}

impl Interrupts {
    /// None has come yet.
    pub(super) fn new() -> Interrupts {
        Interrupts {
            first: Arc::default(),
        }
    }

    /// How a run ends that the first of them ended.
    pub(super) fn exit(&self) -> Exit {
        self.first.get().copied().unwrap_or(Exit::Interrupted)
    }

    /// Ready when the operator stops the run; a second signal ends the process at once.
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let first = Arc::clone(&self.first);
        async move {
            // One listener for both: a signal between two listeners would be lost.
            let Ok(mut listener) = Listener::new() else {
                return std::future::pending().await;
            };
            let _ = first.set(listener.next().await);
            complain("stopping: what is in flight is finished and kept; once more ends at once");
            tokio::spawn(async move {
                let exit = listener.next().await;
                std::process::exit(exit as i32);
            });
        }
    }
}

/// SIGINT and SIGTERM, as the exit code that each stands for.
#[cfg(unix)]
struct Listener {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Listener {
    fn new() -> std::io::Result<Listener> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Listener {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }
}

/// Ctrl-C, where there are no signals.
#[cfg(not(unix))]
struct Listener;

#[cfg(not(unix))]
impl Listener {
    fn new() -> std::io::Result<Listener> {
        Ok(Listener)
    }

    async fn next(&mut self) -> Exit {
        let _ = tokio::signal::ctrl_c().await;
        Exit::Interrupted
    }
}
