//! One made-up rep at work on any database: what a load on the store is made of.
//!
//! The rep takes the task that is due next and does what believable reps do with it. When nothing is due its own clock goes on
//! to the next thing that is; when there is nothing at all it makes a call of its own to one of its customers.

use std::collections::BTreeSet;

use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::Lane;
use crate::domain::time::Timestamp;
use crate::sample::chance::Chance;
use crate::sample::staff::Pen;
use crate::sample::work::{self, Aside, Doing, Make};
use crate::store::agenda::{self, Job};
use crate::store::books::Books;
use crate::store::change::{Change, WorkChange, Write};
use crate::store::engine::Tx;
use crate::store::query::{Answer, Query, Viewer};
use crate::store::{StoreError, read};

pub use crate::sample::work::Done;

/// How warm the customers of a load are, per cent of the sample's: something should happen.
const WARMTH: u32 = 230;
/// Times that a rep's clock goes on before it makes work of its own.
const WAKES: usize = 3;
/// Customers of a rep read at once.
const CUSTOMERS: usize = 50;

/// What a rep does next.
#[derive(Debug, Clone)]
pub enum Next {
    /// A task that is due.
    Job(Box<Job>),
    /// A call made by hand, for want of one.
    Own(Write),
    /// Nothing: the rep has no customer.
    Nothing,
}

/// A rep of a load.
#[derive(Debug)]
pub struct Rep {
    user: UserId,
    seed: u64,
    pen: Pen,
    chance: Chance,
    aside: Aside,
    /// How far this rep's clock is ahead of the floor's, milliseconds.
    ahead: i64,
    called: Option<CustomerId>,
}

impl Rep {
    /// A rep whose choices and ids come from a seed; two of the same user need different ones.
    pub fn new(user: UserId, seed: u64) -> Self {
        let mut chance = Chance::of(seed, user.0);
        let pen = Pen::mixed(chance.number());
        Self { user, seed, pen, chance, aside: BTreeSet::new(), ahead: 0, called: None }
    }

    /// What to do next when the floor's clock stands at `now`.
    ///
    /// # Errors
    /// Where the engine fails.
    pub fn next(&mut self, tx: Tx<'_>, books: &mut Books, now: Timestamp) -> Result<Next, StoreError> {
        for _ in 0..WAKES {
            let at = self.at(now);
            if let Some(job) = agenda::next(tx, books, (self.user, at), &self.aside)? {
                return Ok(Next::Job(Box::new(job)));
            }
            let Some(wakes) = agenda::wakes(tx, self.user, at)? else { break };
            self.ahead = wakes.since(now).max(self.ahead);
        }
        let Some(customer) = self.customer(tx, books, now)? else { return Ok(Next::Nothing) };
        let at = self.at(now);
        let words = String::new();
        let change = Change::Work(WorkChange::AddTask { customer, lane: Lane::Call, due_at: at, words });
        Ok(Next::Own(self.pen.write(self.user, at, change)))
    }

    /// Does a task; each change goes through `make`.
    ///
    /// # Errors
    /// Where the store fails; a refusal is not a failure.
    pub fn work(&mut self, job: &Job, now: Timestamp, make: &mut Make<'_>) -> Result<Done, StoreError> {
        let doing = Doing { by: self.user, now: self.at(now), seed: self.seed, warmth: WARMTH };
        let done = work::work(job, &doing, (&mut self.pen, &mut self.chance), make);
        if !done.as_ref().is_ok_and(|done| done.touches > 0) {
            self.aside.insert(job.task);
        }
        done
    }

    fn at(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.ahead))
    }

    /// The customer after the one called last, round and round.
    fn customer(
        &mut self,
        tx: Tx<'_>,
        books: &mut Books,
        now: Timestamp,
    ) -> Result<Option<CustomerId>, StoreError> {
        for after in [self.called, None] {
            let by = Viewer { id: self.user, now };
            let ask = Query::Customers { owner: Some(self.user), after, by, limit: CUSTOMERS };
            let Answer::Found(found) = read::answer(tx, books, &ask)? else { return Ok(None) };
            if let Some(first) = found.rows.first() {
                self.called = Some(first.id);
                return Ok(self.called);
            }
        }
        Ok(None)
    }
}
