//! What somebody committed, told to every session by one thread.
//!
//! A floor of five hundred commits fifty times a second: woken for each, the sessions would do little else. So the first is told at
//! once, and what comes within a quarter of a second after it together.
//! A session whose queue is full is not waited for: what it missed is joined and told when there is room.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::runtime::session::Inbound;
use crate::store::StoreError;
use crate::store::change::Commit;
use crate::store::worker::Store;

/// How soon who missed something is tried again.
const AGAIN: Duration = Duration::from_millis(100);
/// How soon news may follow news.
const PACE: Duration = Duration::from_millis(250);
/// Commits told at once at most; beyond that it is told before its time.
const MOST: usize = 512;

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
            let (mut waits, mut said) = (false, Instant::now());
            let mut news: Vec<Commit> = Vec::new();
            loop {
                let rest = (said + PACE).saturating_duration_since(Instant::now());
                let heard = match (news.is_empty(), waits) {
                    (false, _) => commits.recv_timeout(rest),
                    (true, true) => commits.recv_timeout(AGAIN),
                    (true, false) => commits.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match heard {
                    Ok(commit) => news.push(commit),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                if news.is_empty() {
                    waits = town.cry(Vec::new());
                } else if said.elapsed() >= PACE || news.len() >= MOST {
                    waits = town.cry(std::mem::take(&mut news));
                    said = Instant::now();
                }
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
    fn cry(&self, news: Vec<Commit>) -> bool {
        let news: Arc<[Commit]> = news.into();
        let mut town = self.lock();
        let trouble = town.trouble.clone();
        town.ears.retain_mut(|ear| ear.hear(&news, trouble.as_ref()));
        town.ears.iter().any(|ear| ear.missed.is_some() || ear.untold)
    }

    fn warn(&self, trouble: Option<StoreError>) {
        let nothing: Arc<[Commit]> = Arc::new([]);
        let mut town = self.lock();
        town.ears.retain_mut(|ear| {
            ear.untold = true;
            ear.hear(&nothing, trouble.as_ref())
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
    fn hear(&mut self, news: &Arc<[Commit]>, trouble: Option<&StoreError>) -> bool {
        if self.untold {
            match self.tell.try_send(Inbound::File(trouble.cloned())) {
                Ok(()) => self.untold = false,
                Err(TrySendError::Full(_)) => {}
                Err(TrySendError::Disconnected(_)) => return false,
            }
        }
        let told: Arc<[Commit]> = match &mut self.missed {
            None if news.is_empty() => return true,
            None => Arc::clone(news),
            Some(missed) => {
                news.iter().for_each(|commit| missed.join(commit));
                Arc::new([missed.clone()])
            }
        };
        match self.tell.try_send(Inbound::News(Arc::clone(&told))) {
            Ok(()) => self.missed = None,
            Err(TrySendError::Full(_)) => {
                let joined = told.iter().cloned().reduce(|mut older, newer| {
                    older.join(&newer);
                    older
                });
                self.missed = joined;
            }
            Err(TrySendError::Disconnected(_)) => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{UserId, WriteId};
    use crate::runtime::session::queue_of;
    use crate::store::change::{Effects, Topic};

    fn commit(revision: i64, owners: &[i64]) -> Commit {
        let owners = owners.iter().map(|id| UserId(*id)).collect();
        let effects = Effects { owners, ..Effects::default() };
        Commit { revision, write: WriteId(revision), topics: vec![Topic::Tasks], effects, replayed: false }
    }

    fn revisions(inbound: Inbound) -> Vec<i64> {
        let Inbound::News(commits) = inbound else { panic!("{inbound:?}") };
        commits.iter().map(|commit| commit.revision).collect()
    }

    #[test]
    fn who_reads_hears_every_commit_and_who_does_not_hears_them_joined() {
        let crier = Crier::default();
        let ((reads, heard), (slow, late)) = (queue_of(8), queue_of(1));
        crier.tell(reads);
        crier.tell(slow);
        assert!(!crier.cry(vec![commit(1, &[1]), commit(2, &[2])]));
        assert!(crier.cry(vec![commit(3, &[3])]), "one queue is full");
        assert!(crier.cry(vec![commit(4, &[4])]));
        assert_eq!(heard.try_iter().map(revisions).collect::<Vec<_>>(), [vec![1, 2], vec![3], vec![4]]);
        assert_eq!(revisions(late.try_recv().unwrap()), [1, 2]);
        assert!(!crier.cry(vec![]));
        let Inbound::News(joined) = late.try_recv().unwrap() else { panic!() };
        assert_eq!((joined.len(), joined[0].revision), (1, 4));
        let mut owners = joined[0].effects.owners.clone();
        owners.sort();
        assert_eq!(owners, [UserId(3), UserId(4)]);
        drop(heard);
        crier.cry(vec![commit(5, &[])]);
        assert_eq!(crier.lock().ears.len(), 1, "who has gone is forgotten");
    }

    #[test]
    fn what_concerns_everybody_still_does_when_it_is_joined() {
        for (first, second) in [(vec![], vec![7]), (vec![7], vec![])] {
            let mut joined = commit(1, &first);
            joined.join(&commit(2, &second));
            assert!(joined.effects.owners.is_empty(), "{first:?} {second:?}");
        }
        // of who is concerned by a commit about other things nothing is known, and nothing is said
        let mut joined = Commit { topics: vec![Topic::Metrics], ..commit(1, &[]) };
        joined.join(&commit(2, &[7]));
        assert_eq!(joined.effects.owners, [UserId(7)]);
    }
}
