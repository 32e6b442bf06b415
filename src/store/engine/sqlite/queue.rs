//! The writers' queue: a lock on a side file, so that the kernel serves waiting programs in turn (performance.md, A2).

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::store::error::StoreError;

/// A wait that is longer is told in the log.
const LONG: Duration = Duration::from_millis(250);

/// A place in the queue of those who want to write to one file.
#[derive(Debug)]
pub struct Queue {
    side: PathBuf,
    file: File,
    /// The handle that carries the lock when it had to be waited for.
    waited: Option<File>,
}

impl Queue {
    /// Opens the side file, making it where there is none.
    pub fn open(side: &Path) -> Result<Self, StoreError> {
        Ok(Self { side: side.to_owned(), file: open(side)?, waited: None })
    }

    /// Takes the turn, waiting for at most `patience`.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when others hold the queue for longer.
    pub fn enter(&mut self, patience: Duration) -> Result<(), StoreError> {
        match self.file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => {
                let since = Instant::now();
                let come = self.wait(patience);
                let waited = since.elapsed();
                if waited >= LONG {
                    tracing::info!(
                        ms = waited.as_millis(),
                        served = come.is_ok(),
                        "waited for others to write"
                    );
                }
                self.waited = Some(come?);
                Ok(())
            }
            Err(TryLockError::Error(error)) => {
                Err(StoreError::Busy { what: format!("waiting in the queue failed: {error}") })
            }
        }
    }

    /// Gives the turn to the next.
    pub fn leave(&mut self) {
        if self.waited.take().is_none() {
            // closing the file unlocks as well; nothing else can be done here
            let _ = self.file.unlock();
        }
    }

    /// Waits on a thread of its own: only a blocking lock is served in turn, and only a thread can be given up on. A handle of
    /// its own, too: a lock that arrives after the deadline belongs to nobody and goes with the handle.
    fn wait(&self, patience: Duration) -> Result<File, StoreError> {
        let file = open(&self.side)?;
        let (hand_over, arrived) = sync_channel(0);
        thread::Builder::new()
            .name("corral-queue".to_owned())
            .spawn(move || {
                let locked = file.lock().map(|()| file);
                // nobody listens any more: dropping the handle unlocks
                let _ = hand_over.send(locked);
            })
            .map_err(|e| StoreError::Busy { what: format!("no thread to wait on: {e}") })?;
        match arrived.recv_timeout(patience) {
            Ok(Ok(file)) => Ok(file),
            Ok(Err(error)) => Err(StoreError::Busy { what: format!("waiting in the queue failed: {error}") }),
            Err(_) => Err(StoreError::Busy {
                what: format!("other programs have been writing for {} seconds", patience.as_secs()),
            }),
        }
    }
}

fn open(side: &Path) -> Result<File, StoreError> {
    File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(side)
        .map_err(|e| StoreError::ReadOnly { path: side.to_owned(), why: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_in_the_queue_ends_and_the_lock_that_comes_late_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let side = folder.path().join("q");
        let mut first = Queue::open(&side).unwrap();
        let mut second = Queue::open(&side).unwrap();
        first.enter(Duration::ZERO).unwrap();
        let refused = second.enter(Duration::from_millis(1)).unwrap_err();
        assert_eq!(refused.code(), "busy");
        first.leave();
        // the forgotten waiter may hold the lock for a moment: it must let go by itself
        second.enter(Duration::from_mins(1)).unwrap();
        assert!(first.enter(Duration::ZERO).is_err());
        second.leave();
        first.enter(Duration::from_mins(1)).unwrap();
    }
}
