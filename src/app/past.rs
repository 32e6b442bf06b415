//! What this session did, so that `u` takes back what the person did last and nothing else.
//!
//! An undo names the change it is for. A change is named as soon as its key was pressed, before anybody knows whether the
//! store takes it: an undo of "the last one" would hit the change before where the last one is refused meanwhile. What an
//! earlier session of the day did has no name here; the store chooses it.

use std::collections::BTreeMap;

use crate::domain::id::WriteId;

/// Deeds that are remembered; what is older is chosen by the store.
const MOST: usize = 1_000;

/// Deeds of a session, newest last. A deed is what one key did: mostly one change, a sale is two.
#[derive(Debug, Clone, Default)]
pub struct Past {
    deeds: Vec<Deed>,
    undoing: BTreeMap<WriteId, Option<WriteId>>,
}

#[derive(Debug, Clone)]
struct Deed {
    /// The event that did it.
    event: u64,
    changes: Vec<WriteId>,
}

impl Past {
    /// Notes a change that an event made.
    pub fn note(&mut self, event: u64, change: WriteId) {
        match self.deeds.last_mut().filter(|deed| deed.event == event) {
            Some(deed) => deed.changes.push(change),
            None => self.deeds.push(Deed { event, changes: vec![change] }),
        }
        if self.deeds.len() > MOST {
            self.deeds.remove(0);
        }
    }

    /// Takes the last deed: its changes, the last one first. Empty where nothing of this session is left.
    pub fn take(&mut self) -> Vec<WriteId> {
        let changes = self.deeds.pop().map(|deed| deed.changes).unwrap_or_default();
        changes.into_iter().rev().collect()
    }

    /// Notes that a change takes another one back, or the last one that the store finds.
    pub fn undoes(&mut self, undo: WriteId, target: Option<WriteId>) {
        self.undoing.insert(undo, target);
    }

    /// Undos that are under way.
    pub fn undos(&self) -> impl Iterator<Item = WriteId> + '_ {
        self.undoing.keys().copied()
    }

    /// Whether a change is being taken back.
    pub fn is_undoing(&self, change: WriteId) -> bool {
        self.undoing.values().any(|target| *target == Some(change))
    }

    /// A change was answered; whether it was to take another one back.
    pub fn answered(&mut self, change: WriteId) -> bool {
        self.undoing.remove(&change).is_some()
    }

    /// A change was refused or taken back: there is nothing of it to take back.
    pub fn forget(&mut self, change: WriteId) {
        for deed in &mut self.deeds {
            deed.changes.retain(|known| *known != change);
        }
        self.deeds.retain(|deed| !deed.changes.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_taken_back_one_key_at_a_time_the_newest_first() {
        let mut past = Past::default();
        past.note(1, WriteId(10));
        past.note(2, WriteId(20));
        past.note(2, WriteId(21));
        past.note(3, WriteId(30));
        past.forget(WriteId(30));
        assert_eq!(
            past.take(),
            [WriteId(21), WriteId(20)],
            "a sale goes back as one, the order before the touch"
        );
        assert_eq!(past.take(), [WriteId(10)]);
        assert_eq!(past.take(), []);
    }

    #[test]
    fn an_undo_is_answered_once() {
        let mut past = Past::default();
        past.undoes(WriteId(5), Some(WriteId(4)));
        assert!(past.is_undoing(WriteId(4)) && !past.is_undoing(WriteId(5)));
        assert!(past.answered(WriteId(5)) && !past.answered(WriteId(5)) && !past.answered(WriteId(6)));
    }
}
