//! Transactions: how they begin, end and are taken back.

use std::fmt::Write as _;

use super::address::NEAR;
use super::pipe::Step;
use super::{Open, PATIENCE, Postgres};
use crate::store::error::StoreError;

/// How long somebody who writes waits for its turn.
const TURN: &str = "5s";
/// Somebody who is cut off in the midst of a change keeps the others waiting no longer than that.
const IDLE: &str = "10s";

impl Postgres {
    pub(super) fn beginning(&self, open: Open) -> String {
        let mut words = match open {
            Open::Write => {
                // who fills a database that nobody works on yet may take its time in between
                let idle = if self.careless.get() { "0" } else { IDLE };
                format!(
                    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout TO '{TURN}'; \
                     SET LOCAL idle_in_transaction_session_timeout TO '{idle}'"
                )
            }
            Open::Read | Open::Not => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
        };
        if self.careless.get() && open == Open::Write {
            words.push_str("; SET LOCAL synchronous_commit TO off");
        }
        if !self.address.keeps_statements() {
            let _ = write!(words, "; SET LOCAL search_path TO {}; SET LOCAL {NEAR}", self.address.quoted());
        }
        if open == Open::Write {
            // whoever came first has its turn first; each statement after it sees what was committed before
            // writing to a String cannot fail
            let _ = write!(words, "; SELECT pg_advisory_xact_lock({})", self.address.lock());
        }
        words
    }

    pub(super) fn begin(&self, open: Open) -> Result<(), StoreError> {
        self.connect()?;
        self.forget();
        self.open.set(open);
        let words = self.beginning(open);
        self.waiting.borrow_mut().push(Step::Words(words));
        Ok(())
    }

    pub(super) fn forget(&self) {
        self.waiting.borrow_mut().clear();
        self.ahead.borrow_mut().clear();
        self.broken.borrow_mut().take();
        self.round.borrow_mut().take();
        self.over.set(false);
        self.mark.set(None);
        self.wrote.set(false);
        self.begun.set(false);
        self.open.set(Open::Not);
    }

    /// Sends the end with what is waiting, and tells of the commit.
    pub(super) fn end(&self) -> Result<(), StoreError> {
        let mut steps = Vec::with_capacity(2);
        if self.wrote.get() {
            let channel = self.address.channel();
            steps.push(Step::Words(format!(
                "SELECT pg_notify('{channel}', (SELECT coalesce(max(rev), 0)::text FROM journal))"
            )));
        }
        steps.push(Step::Words("COMMIT".to_owned()));
        // once the end has been sent it may have been done, whatever becomes of the answer
        self.begun.set(true);
        let done = self.flush(steps, PATIENCE, "writing to disk").map(drop);
        if done.is_err() {
            self.give_up();
        } else {
            self.careful.set(false);
        }
        self.forget();
        done
    }

    /// Takes back what was done since the beginning.
    pub(super) fn take_back(&self) {
        if self.open.get() == Open::Not {
            return;
        }
        let broken = self.broken.borrow().is_some();
        if !broken && self.open.get() == Open::Read && self.begun.get() {
            self.let_go();
        } else if broken || self.begun.get() {
            self.give_up();
        }
        self.forget();
    }

    /// Takes back what was done since the mark.
    pub(super) fn take_back_to_mark(&self) {
        self.ahead.borrow_mut().clear();
        if let Some(mark) = self.mark.take() {
            // not even the mark was sent
            self.waiting.borrow_mut().truncate(mark);
            return;
        }
        self.waiting.borrow_mut().clear();
        if self.over.get() {
            return;
        }
        self.broken.borrow_mut().take();
        let words = "ROLLBACK TO SAVEPOINT change; RELEASE SAVEPOINT change".to_owned();
        // a failure is kept, and told by whatever comes next
        let _ = self.flush(vec![Step::Words(words)], PATIENCE, "taking a change back");
    }
}
