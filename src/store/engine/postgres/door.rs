//! What the connections of a program know together of the way to their server: which host took changes last, that none can be had
//! now, and that a pool stands in between.
//!
//! While no host can be had one connection looks for it and the others are told at once: nobody who writes or reads waits for a
//! network that is down.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::error::StoreError;

/// For so long after a failure nobody tries again.
const PAUSE: Duration = Duration::from_millis(200);

/// The way to a server.
#[derive(Debug, Default)]
pub struct Door {
    /// The place of the host that took changes last, which is tried first.
    host: AtomicUsize,
    /// Whether a pool hands connections out by the transaction: nothing is kept on one.
    pooled: AtomicBool,
    closed: Mutex<Option<Closed>>,
    /// Unlike that of any other program.
    mark: RandomState,
}

/// No host could be had.
#[derive(Debug)]
struct Closed {
    at: Instant,
    why: StoreError,
    /// Whether somebody is trying.
    tried: bool,
}

impl Door {
    /// Whether one may try now.
    ///
    /// # Errors
    /// Why none could be had just now, where somebody else is trying or has done so a moment ago.
    pub fn enter(&self) -> Result<(), StoreError> {
        if let Some(closed) = self.closed().as_mut() {
            if closed.tried || closed.at.elapsed() < PAUSE {
                return Err(closed.why.clone());
            }
            closed.tried = true;
        }
        Ok(())
    }

    /// Notes what came of trying: the place of the host.
    pub fn tried(&self, came: Result<usize, &StoreError>) {
        let mut closed = self.closed();
        match came {
            Ok(host) => {
                self.host.store(host, Ordering::Relaxed);
                *closed = None;
            }
            Err(why @ StoreError::Away { .. }) => {
                *closed = Some(Closed { at: Instant::now(), why: why.clone(), tried: false });
            }
            // whoever is turned away by a host has reached it
            Err(_) => *closed = None,
        }
    }

    /// The places of so many hosts, in the order they are to be tried.
    pub fn order(&self, hosts: usize) -> impl Iterator<Item = usize> + use<> {
        let first = self.host.load(Ordering::Relaxed);
        (0..hosts).map(move |nth| (first + nth) % hosts)
    }

    /// What this program marks its connections with.
    pub fn mark(&self) -> String {
        format!("{:016x}", self.mark.hash_one(()))
    }

    /// Whether a pool was found in between.
    pub fn is_pooled(&self) -> bool {
        self.pooled.load(Ordering::Relaxed)
    }

    /// Notes that a pool is in between. Answers whether that is new.
    pub fn pooled(&self) -> bool {
        let new = !self.pooled.swap(true, Ordering::Relaxed);
        if new {
            tracing::info!("a pool stands before the server: statements are not kept, news are asked for");
        }
        new
    }

    fn closed(&self) -> MutexGuard<'_, Option<Closed>> {
        // every holder leaves it whole
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn away(what: &str) -> StoreError {
        StoreError::Away { path: PathBuf::from("postgres://a/b"), what: what.to_owned() }
    }

    #[test]
    fn one_looks_for_a_server_that_is_away_and_the_others_are_told_at_once() {
        let door = Door::default();
        assert_eq!((door.enter(), door.enter()), (Ok(()), Ok(())));
        door.tried(Err(&away("refused")));
        assert_eq!(door.enter(), Err(away("refused")));
        // the pause is over
        door.closed().as_mut().unwrap().at = Instant::now().checked_sub(PAUSE).unwrap();
        assert_eq!(door.enter(), Ok(()));
        assert_eq!(door.enter(), Err(away("refused")));
        door.tried(Ok(0));
        assert_eq!((door.enter(), door.enter()), (Ok(()), Ok(())));
    }

    #[test]
    fn a_host_that_turns_somebody_away_is_there() {
        let door = Door::default();
        door.tried(Err(&away("refused")));
        let refused = StoreError::Refused { path: PathBuf::new(), what: String::new() };
        door.tried(Err(&refused));
        assert_eq!((door.enter(), door.enter()), (Ok(()), Ok(())));
    }

    #[test]
    fn the_host_that_took_changes_last_is_tried_first() {
        let door = Door::default();
        assert_eq!(door.order(3).collect::<Vec<_>>(), [0, 1, 2]);
        door.tried(Ok(2));
        assert_eq!(door.order(3).collect::<Vec<_>>(), [2, 0, 1]);
    }
}
