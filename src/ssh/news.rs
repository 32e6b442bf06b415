//! What somebody committed, told to every session by one thread.
//!
//! A session whose queue is full is not waited for: what it missed is joined and told when there is room.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::runtime::session::Inbound;
use crate::store::StoreError;
use crate::store::change::Commit;
use crate::store::worker::Store;

/// How soon who missed something is tried again.
const AGAIN: Duration = Duration::from_millis(100);

/// Tells news.
#[derive(Debug, Clone, Default)]
pub struct Crier(Arc<Mutex<Town>>);

#[derive(Debug, Default)]
struct Town {
    ears: Vec<Ear>,
    /// What is wrong with the database.
    trouble: Option<StoreError>,
}

#[derive(Debug)]
struct Ear {
    tell: SyncSender<Inbound>,
    missed: Option<Commit>,
    /// Whether what is wrong with the database has still to be told.
    untold: bool,
}

impl Crier {
    /// Tells what a store commits from here on.
    pub fn of(store: &Store) -> Self {
        let crier = Self::default();
        let (commits, town) = (store.subscribe(), crier.clone());
        thread::spawn(move || {
            let mut waits = false;
            loop {
                let news = if waits {
                    commits.recv_timeout(AGAIN)
                } else {
                    commits.recv().map_err(|_| RecvTimeoutError::Disconnected)
                };
                waits = match news {
                    Ok(commit) => town.cry(Some(&commit)),
                    Err(RecvTimeoutError::Timeout) => town.cry(None),
                    Err(RecvTimeoutError::Disconnected) => return,
                };
            }
        });
        let (troubles, town) = (store.troubles(), crier.clone());
        thread::spawn(move || {
            for trouble in troubles {
                town.warn(trouble);
            }
        });
        crier
    }

    /// Tells a session from here on, until it is gone.
    pub fn tell(&self, inbox: SyncSender<Inbound>) {
        let mut town = self.lock();
        let untold = town.trouble.is_some();
        town.ears.push(Ear { tell: inbox, missed: None, untold });
    }

    /// Tells everybody; answers whether somebody has missed something.
    fn cry(&self, commit: Option<&Commit>) -> bool {
        let mut town = self.lock();
        let trouble = town.trouble.clone();
        town.ears.retain_mut(|ear| ear.hear(commit, trouble.as_ref()));
        town.ears.iter().any(|ear| ear.missed.is_some() || ear.untold)
    }

    fn warn(&self, trouble: Option<StoreError>) {
        let mut town = self.lock();
        town.ears.retain_mut(|ear| {
            ear.untold = true;
            ear.hear(None, trouble.as_ref())
        });
        town.trouble = trouble;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Town> {
        // every holder leaves it whole
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ear {
    /// Passes on what there is; `false` where nobody listens any more.
    fn hear(&mut self, commit: Option<&Commit>, trouble: Option<&StoreError>) -> bool {
        if self.untold {
            match self.tell.try_send(Inbound::File(trouble.cloned())) {
                Ok(()) => self.untold = false,
                Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Disconnected(_)) => return false,
            }
        }
        if let Some(commit) = commit {
            match &mut self.missed {
                Some(missed) => missed.join(commit),
                None => self.missed = Some(commit.clone()),
            }
        }
        let Some(waiting) = self.missed.take() else { return true };
        match self.tell.try_send(Inbound::News(waiting)) {
            Err(TrySendError::Full(Inbound::News(commit))) => {
                self.missed = Some(commit);
                true
            }
            Ok(()) | Err(TrySendError::Full(_)) => true,
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}
