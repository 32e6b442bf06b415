//! Questions on their way to the database: those that found no server are asked again until one answers.
//!
//! A screen that reads waits a little longer, whatever became of the server in between, and shows what it asked for as soon as
//! there is an answer. Looks at no clock and asks nothing itself: the loop asks what is due.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::app::Ticket;
use crate::store::StoreError;
use crate::store::query::{Answer, Query};

/// How long after it found no server a question is asked again.
const AGAIN: Duration = Duration::from_secs(1);
/// Questions that may be held; beyond that the oldest fails.
const MOST: usize = 64;

/// The questions of a session.
#[derive(Debug, Default)]
pub struct Questions {
    asked: BTreeMap<Ticket, Query>,
    held: BTreeMap<Ticket, Query>,
    again: Option<Instant>,
}

impl Questions {
    /// Notes a question that is asked now.
    pub fn ask(&mut self, ticket: Ticket, query: Query) {
        self.asked.insert(ticket, query);
    }

    /// Takes an answer. Answers with the ticket of the question that is over with it, where one is: this one, or the oldest where
    /// no more can be held.
    pub fn answered(
        &mut self,
        ticket: Ticket,
        answer: &Result<Answer, StoreError>,
        now: Instant,
    ) -> Option<Ticket> {
        let query = self.asked.remove(&ticket);
        if !matches!(answer, Err(StoreError::Away { .. })) {
            return Some(ticket);
        }
        // one that nobody asked is nobody's to hold
        let Some(query) = query else { return Some(ticket) };
        self.held.insert(ticket, query);
        self.again.get_or_insert(now + AGAIN);
        if self.held.len() > MOST { self.held.pop_first().map(|(oldest, _)| oldest) } else { None }
    }

    /// When held questions are to be asked again.
    pub const fn due(&self) -> Option<Instant> {
        self.again
    }

    /// Asks again at once: a server is there.
    pub fn hurry(&mut self, now: Instant) {
        if self.again.is_some() {
            self.again = Some(now);
        }
    }

    /// The questions to ask again now.
    pub fn again(&mut self, now: Instant) -> Vec<(Ticket, Query)> {
        if self.again.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.again = None;
        let held = std::mem::take(&mut self.held);
        self.asked.extend(held.iter().map(|(ticket, query)| (*ticket, query.clone())));
        held.into_iter().collect()
    }

    /// Whether any is held.
    pub fn is_waiting(&self) -> bool {
        !self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn away() -> Result<Answer, StoreError> {
        Err(StoreError::Away { path: PathBuf::new(), what: String::new() })
    }

    fn refused() -> Result<Answer, StoreError> {
        Err(StoreError::Busy { what: String::new() })
    }

    #[test]
    fn a_question_that_found_no_server_is_asked_again_until_one_answers() {
        let (mut questions, now) = (Questions::default(), Instant::now());
        questions.ask(Ticket(1), Query::Users);
        assert_eq!(questions.answered(Ticket(1), &away(), now), None);
        assert!(questions.is_waiting());
        assert_eq!(questions.again(now), []);
        assert_eq!(questions.again(now + AGAIN), [(Ticket(1), Query::Users)]);
        assert!(!questions.is_waiting());
        assert_eq!(questions.answered(Ticket(1), &away(), now), None);
        // a server is there before the second is over
        questions.hurry(now);
        assert_eq!(questions.again(now), [(Ticket(1), Query::Users)]);
        assert_eq!(questions.answered(Ticket(1), &refused(), now), Some(Ticket(1)));
        assert_eq!((questions.due(), questions.is_waiting()), (None, false));
    }

    #[test]
    fn the_oldest_fails_where_too_many_are_held() {
        let (mut questions, now) = (Questions::default(), Instant::now());
        for n in 0..MOST as u64 {
            questions.ask(Ticket(n), Query::Users);
            assert_eq!(questions.answered(Ticket(n), &away(), now), None);
        }
        questions.ask(Ticket(99), Query::Users);
        assert_eq!(questions.answered(Ticket(99), &away(), now), Some(Ticket(0)));
        assert_eq!(questions.again(now + AGAIN).len(), MOST);
    }
}
