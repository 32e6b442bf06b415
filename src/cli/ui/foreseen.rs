//! The first question of a session, asked before there is a session.
//!
//! What a rep sees first is known as soon as it is known who acts. So the day is asked for at once, and read while playbook, keys,
//! words and terminal are made ready; the screen's own question then meets the answer that is under way, or there.

use std::mem::replace;
use std::sync::{Arc, Mutex, PoisonError};

use crate::runtime::session::{Backend, Reply};
use crate::store::StoreError;
use crate::store::change::{Commit, Write};
use crate::store::query::{Answer, Query, TodayAsk};
use crate::store::worker::Store;

/// How much older than the screen's question the one before it may be, in milliseconds.
const STALE_MS: i64 = 1_000;

/// A day that was asked for.
#[derive(Debug)]
pub struct Foreseen {
    ask: TodayAsk,
    slot: Arc<Mutex<Slot>>,
}

/// Where the answer and whoever wants it meet.
#[derive(Default)]
enum Slot {
    /// Neither has come.
    #[default]
    Empty,
    Answer(Box<Result<Answer, StoreError>>),
    Wanted(Reply<Answer>),
    /// They have met.
    Over,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot")
    }
}

impl Foreseen {
    /// Asks for a day.
    pub fn ask(ask: TodayAsk, read: impl FnOnce(Query, Reply<Answer>)) -> Self {
        let slot = Arc::<Mutex<Slot>>::default();
        let there = Arc::clone(&slot);
        read(
            Query::Today(ask.clone()),
            Box::new(move |answer| {
                let mut slot = hold(&there);
                match replace(&mut *slot, Slot::Over) {
                    Slot::Wanted(reply) => {
                        drop(slot);
                        reply(answer);
                    }
                    _ => *slot = Slot::Answer(Box::new(answer)),
                }
            }),
        );
        Self { ask, slot }
    }

    /// Answers a question that is the one foreseen, the first time; gives the reply back for any other.
    pub fn meet(&self, query: &Query, reply: Reply<Answer>) -> Option<Reply<Answer>> {
        let Query::Today(ask) = query else { return Some(reply) };
        let age = ask.now.since(self.ask.now);
        let same = (0..=STALE_MS).contains(&age) && *ask == TodayAsk { now: ask.now, ..self.ask.clone() };
        if !same {
            return Some(reply);
        }
        let mut slot = hold(&self.slot);
        match replace(&mut *slot, Slot::Over) {
            Slot::Empty => *slot = Slot::Wanted(reply),
            Slot::Answer(answer) => {
                drop(slot);
                reply(*answer);
            }
            met => {
                *slot = met;
                return Some(reply);
            }
        }
        None
    }
}

/// Whoever holds it leaves it whole.
fn hold(slot: &Mutex<Slot>) -> std::sync::MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A store, with what was asked of it for the session that begins.
#[derive(Debug)]
pub struct Beginning<'a> {
    /// The store.
    pub store: &'a Store,
    /// The day that was asked for, where it is known whose.
    pub day: Option<Foreseen>,
}

impl Backend for Beginning<'_> {
    fn read(&self, query: Query, reply: Reply<Answer>) {
        let left = match &self.day {
            Some(day) => day.meet(&query, reply),
            None => Some(reply),
        };
        if let Some(reply) = left {
            self.store.read(query, reply);
        }
    }

    fn write(&self, change: Write, reply: Reply<Commit>) {
        self.store.write(change, reply);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::domain::id::UserId;
    use crate::domain::time::Timestamp;

    fn ask(now: i64, filter: &str) -> TodayAsk {
        TodayAsk { user: UserId(7), now: Timestamp(now), limit: 60, filter: filter.to_owned() }
    }

    fn answer(n: u32) -> Answer {
        Answer::Quota(n, 0)
    }

    /// A day that was asked for, and the way to answer it.
    fn foreseen() -> (Foreseen, Reply<Answer>) {
        let kept = RefCell::new(None);
        let day = Foreseen::ask(ask(1_000, ""), |query, reply| {
            assert_eq!(query, Query::Today(ask(1_000, "")));
            kept.replace(Some(reply));
        });
        (day, kept.into_inner().unwrap())
    }

    fn wants(day: &Foreseen, ask: TodayAsk) -> Option<Receiver<Result<Answer, StoreError>>> {
        let (tell, told) = channel();
        let left = day.meet(&Query::Today(ask), Box::new(move |answer| tell.send(answer).unwrap()));
        left.is_none().then_some(told)
    }

    #[test]
    fn the_question_meets_its_answer_whichever_comes_first_and_only_once() {
        let (day, reply) = foreseen();
        let told = wants(&day, ask(1_200, "")).unwrap();
        assert!(told.try_recv().is_err());
        reply(Ok(answer(1)));
        assert_eq!(told.try_recv().unwrap(), Ok(answer(1)));
        // asked again it is read again
        assert!(wants(&day, ask(1_300, "")).is_none());

        let (day, reply) = foreseen();
        reply(Ok(answer(2)));
        assert_eq!(wants(&day, ask(1_000, "")).unwrap().try_recv().unwrap(), Ok(answer(2)));
        assert!(wants(&day, ask(1_000, "")).is_none());
    }

    #[test]
    fn another_question_is_not_answered_by_it() {
        let (day, reply) = foreseen();
        reply(Ok(answer(1)));
        assert!(wants(&day, ask(1_000, "张")).is_none(), "another filter");
        assert!(wants(&day, ask(2_001, "")).is_none(), "too old by then");
        assert!(wants(&day, ask(999, "")).is_none(), "of an instant before");
        assert!(wants(&day, TodayAsk { user: UserId(8), ..ask(1_000, "") }).is_none(), "of somebody else");
        assert!(wants(&day, ask(2_000, "")).is_some());
    }
}
