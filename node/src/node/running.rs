//! A node that serves, and how it ends.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Heart;

/// How long a stopped node waits for its files to be let go of.
const LINGERING: Duration = Duration::from_secs(5);

/// A node that serves.
pub struct RunningNode {
    pub(super) address: SocketAddr,
    pub(super) stop: CancellationToken,
    pub(super) serving: JoinHandle<()>,
    pub(super) tasks: Vec<JoinHandle<()>>,
    pub(super) heart: Heart,
}

impl RunningNode {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has certificates, roots and revocation lists read again at once.
    pub fn reload(&self) {
        self.heart.reloading.ask();
    }

    /// Why it has stopped writing, if so: it must be restarted then.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.heart.ledger.fault()
    }

    /// Takes no new calls, lets those under way finish, and returns when everything is on disk.
    pub async fn shutdown(self) {
        let Self {
            stop,
            serving,
            tasks,
            heart,
            ..
        } = self;
        stop.cancel();
        drop(serving.await);
        for task in tasks {
            drop(task.await);
        }
        heart.treatment.drained().await;
        heart.home.write_looks().await;
        let gone = heart.ledger.gone();
        let closed = tokio::task::spawn_blocking(move || {
            heart.writer.close();
            drop(heart);
        });
        drop(closed.await);
        // Everything is on disk; a connection that lingers may hold the files a moment longer.
        drop(tokio::time::timeout(LINGERING, gone.cancelled()).await);
    }

    /// Ends at once, as a killed process does: calls and settlements under way are cut off wherever they
    /// are. Returns when the data folder is free.
    pub async fn kill(self) {
        let heart = self.heart;
        heart.treatment.cut();
        self.stop.cancel();
        self.serving.abort();
        drop(self.serving.await);
        for task in self.tasks {
            task.abort();
            drop(task.await);
        }
        heart.treatment.drained().await;
        let gone = heart.ledger.gone();
        drop(tokio::task::spawn_blocking(move || drop(heart)).await);
        // Connections end in tasks of their own; the last of them lets go of the journal.
        gone.cancelled().await;
    }
}
