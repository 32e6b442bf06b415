//! The desk where questions wait for a reader.
//!
//! The first reader takes what it can; the others help where it is busy. So a session that asks one thing after another has one
//! connection that knows its rows, not two that know half of them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

use super::lock;

/// Who takes questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The one who takes what it can.
    First,
    /// One who helps where the first is busy.
    Helper,
}

/// Questions that wait, at most so many.
#[derive(Debug)]
pub struct Desk<T> {
    room: usize,
    state: Mutex<State<T>>,
    first: Condvar,
    helpers: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    first_is_free: bool,
    open: bool,
}

/// Why a question was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused<T> {
    /// Too many wait.
    Full(T),
    /// The desk is closed.
    Closed(T),
}

impl<T> Desk<T> {
    /// A desk with room for so many.
    pub fn new(room: usize) -> Self {
        let state = State { waiting: VecDeque::new(), first_is_free: false, open: true };
        Self { room, state: Mutex::new(state), first: Condvar::new(), helpers: Condvar::new() }
    }

    /// Puts a question down.
    ///
    /// # Errors
    /// Gives it back where there is no room or the desk is closed.
    pub fn put(&self, question: T) -> Result<(), Refused<T>> {
        let mut state = lock(&self.state);
        if !state.open {
            return Err(Refused::Closed(question));
        }
        if state.waiting.len() >= self.room {
            return Err(Refused::Full(question));
        }
        state.waiting.push_back(question);
        if state.first_is_free {
            self.first.notify_one();
        } else {
            self.helpers.notify_one();
        }
        Ok(())
    }

    /// Takes the next question, waiting for one; nothing when the desk is closed and cleared.
    pub fn take(&self, reader: Reader) -> Option<T> {
        let mut state = lock(&self.state);
        if reader == Reader::First {
            state.first_is_free = true;
        }
        loop {
            let may = reader == Reader::First || !state.first_is_free || !state.open;
            if let Some(question) = may.then(|| state.waiting.pop_front()).flatten() {
                if reader == Reader::First {
                    state.first_is_free = false;
                }
                if !state.waiting.is_empty() {
                    self.helpers.notify_one();
                }
                return Some(question);
            }
            if !state.open {
                return None;
            }
            let signal = if reader == Reader::First { &self.first } else { &self.helpers };
            state = signal.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// Takes no more questions; those that wait are still answered.
    pub fn close(&self) {
        lock(&self.state).open = false;
        self.first.notify_all();
        self.helpers.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    #[test]
    fn a_full_desk_and_a_closed_one_give_questions_back() {
        let desk = Desk::new(1);
        desk.put(1).unwrap();
        assert_eq!(desk.put(2), Err(Refused::Full(2)));
        desk.close();
        assert_eq!(desk.put(3), Err(Refused::Closed(3)));
        // what was put down is still taken, by whoever comes
        assert_eq!(desk.take(Reader::Helper), Some(1));
        assert_eq!(desk.take(Reader::First), None);
    }

    #[test]
    fn a_helper_takes_only_what_the_first_is_too_busy_for() {
        let desk = Arc::new(Desk::new(8));
        let (tell, told) = channel();
        let helper = {
            let (desk, tell) = (desk.clone(), tell.clone());
            thread::spawn(move || {
                while let Some(question) = desk.take(Reader::Helper) {
                    tell.send(question).unwrap();
                }
            })
        };
        // the first is at another question (it has not come back to take): the helper is called
        desk.put("one").unwrap();
        assert_eq!(told.recv().unwrap(), "one");
        // two wait while the first comes back: it takes one, the helper may have the other
        lock(&desk.state).first_is_free = true;
        desk.put("two").unwrap();
        assert_eq!(desk.take(Reader::First), Some("two"));
        desk.put("three").unwrap();
        assert_eq!(told.recv().unwrap(), "three");
        desk.close();
        helper.join().unwrap();
    }
}
