//! Who stands at the door: connections that have not signed in.
//!
//! Each costs a little memory and a socket, and whoever opens them has to prove nothing. So they are bounded by number and by time,
//! and where there are too many the one that has stood there longest goes: people come in within a second, who holds a connection
//! open to be in the way does not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// Those who wait.
#[derive(Debug, Default)]
pub struct Doorstep(Mutex<Crowd>);

#[derive(Debug, Default)]
struct Crowd {
    last: u64,
    /// The word that sends each away, in the order they came.
    here: BTreeMap<u64, Arc<Notify>>,
}

/// Somebody's place at the door; whoever drops it is in, or gone.
#[derive(Debug)]
pub struct Wait {
    id: u64,
    doorstep: Arc<Doorstep>,
    away: Arc<Notify>,
}

impl Doorstep {
    /// Takes somebody in who came; of more than `most` the first go.
    pub fn come(self: &Arc<Self>, most: usize) -> Wait {
        let mut crowd = self.lock();
        crowd.last += 1;
        let (id, away) = (crowd.last, Arc::<Notify>::default());
        crowd.here.insert(id, Arc::clone(&away));
        while crowd.here.len() > most.max(1) {
            let Some((_, first)) = crowd.here.pop_first() else { break };
            first.notify_one();
        }
        Wait { id, doorstep: Arc::clone(self), away }
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        self.lock().here.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Crowd> {
        // every holder leaves it whole
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wait {
    /// Waits until this one has to go for others.
    pub async fn is_sent_away(&self) {
        self.away.notified().await;
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.doorstep.lock().here.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn the_one_that_waits_longest_goes_and_who_is_in_makes_room() {
        let doorstep = Arc::<Doorstep>::default();
        let (first, second) = (doorstep.come(2), doorstep.come(2));
        let third = doorstep.come(2);
        first.is_sent_away().await;
        drop(first);
        assert_eq!(doorstep.count(), 2);
        // the second is in: nobody has to go for the fourth
        drop(second);
        let fourth = doorstep.come(2);
        for stays in [&third, &fourth] {
            assert!(timeout(Duration::ZERO, stays.is_sent_away()).await.is_err());
        }
        let _fifth = doorstep.come(2);
        third.is_sent_away().await;
    }
}
