//! One made-up rep does one task: the changes it takes, in the store's own words.

use std::collections::BTreeSet;

use crate::domain::id::{PersonId, TaskId, UserId};
use crate::domain::lists::Lane;
use crate::domain::time::Timestamp;
use crate::sample::chance::Chance;
use crate::sample::household;
use crate::sample::staff::Pen;
use crate::sample::talk::{Act, Said, Talk};
use crate::sample::temper::Temper;
use crate::store::StoreError;
use crate::store::agenda::Job;
use crate::store::change::work::LogTouch;
use crate::store::change::{Change, Commit, CustomerChange, DealChange, WorkChange, Write};

/// Makes one change and answers what it came to.
pub type Make<'a> = dyn FnMut(&Write) -> Result<Commit, StoreError> + 'a;

/// Who does it, when, and how the customers are.
#[derive(Debug, Clone, Copy)]
pub struct Doing {
    /// Who.
    pub by: UserId,
    /// When.
    pub now: Timestamp,
    /// The floor's seed.
    pub seed: u64,
    /// How warm its leads are, per cent.
    pub warmth: u32,
}

/// What came of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// How long it took, seconds.
    pub seconds: u32,
    /// Touches made.
    pub touches: usize,
    /// Orders made.
    pub orders: usize,
}

/// Does a task. What the store refuses for a reason of its own is left for another time and costs a moment.
///
/// # Errors
/// Where the store fails; a refusal is not a failure.
pub fn work(
    job: &Job,
    doing: &Doing,
    (pen, chance): (&mut Pen, &mut Chance),
    make: &mut Make<'_>,
) -> Result<Done, StoreError> {
    let temper = Temper::of(doing.seed, job.customer, doing.warmth);
    let Some(act) = Talk::new(job, temper, doing.now, chance).act() else { return Ok(Done::default()) };
    let task = job.task;
    let leaves = match act {
        Act::Send => WorkChange::Send { task, chinese: true },
        Act::Push => WorkChange::Push { task, chinese: true },
        Act::Log(said) => return log(job, doing, *said, (pen, make)),
    };
    let write = pen.write(doing.by, doing.now, Change::Work(leaves));
    let seconds = u32::try_from(chance.between(25, 70)).unwrap_or(30);
    if accepted(make(&write))?.is_some() {
        return Ok(Done { seconds, touches: 1, orders: 0 });
    }
    // nothing is known for a field, or no contact: put aside with a reason now and then
    let reason = chance.pick(&job.book.playbook.reasons.skip).map(|reason| reason.code.clone());
    if let Some(reason) = reason.filter(|_| chance.hits(3_000)) {
        let skip = WorkChange::Skip { task, reason, words: String::new() };
        accepted(make(&pen.write(doing.by, doing.now, Change::Work(skip))))?;
    }
    Ok(Done { seconds: 15, ..Done::default() })
}

fn log(
    job: &Job,
    doing: &Doing,
    said: Said,
    (pen, make): (&mut Pen, &mut Make<'_>),
) -> Result<Done, StoreError> {
    let (by, now) = (doing.by, doing.now);
    if said.friend {
        befriend(job, doing, (pen, make))?;
    }
    let touch = LogTouch {
        task: Some(job.task),
        deal: said.deal,
        outcome: said.outcome.clone(),
        seconds: Some(said.seconds),
        note: said.note.to_owned(),
        next_at: said.next_at,
        node_at: said.node_at,
        words: said.words.to_owned(),
        set: said.set.clone(),
        ..LogTouch::default()
    };
    let write = pen.write(by, now, Change::Work(WorkChange::Log(Box::new(touch))));
    let Some(commit) = accepted(make(&write))? else { return Ok(Done { seconds: 10, ..Done::default() }) };
    let wrap = if job.lane == Lane::Call { 35 } else { 20 };
    let mut done = Done {
        seconds: said.seconds + wrap,
        touches: usize::from(commit.effects.touch.is_some()),
        orders: 0,
    };
    if let Some(order) = said.order {
        let write = pen.write(by, now, Change::Deal(DealChange::Win(Box::new(order))));
        done.orders = usize::from(accepted(make(&write))?.is_some());
    }
    if let Some((deal, reason)) = said.lost {
        let lose = DealChange::Lose { deal, reason, words: said.note.to_owned() };
        accepted(make(&pen.write(by, now, Change::Deal(lose))))?;
    }
    Ok(done)
}

/// Takes down a WeChat id where nobody of the customer has one yet.
fn befriend(job: &Job, doing: &Doing, (pen, make): (&mut Pen, &mut Make<'_>)) -> Result<(), StoreError> {
    let book = &job.book.playbook;
    let number = job.customer.0.unsigned_abs();
    let Some(contact) = household::wechat(book, number) else { return Ok(()) };
    let has = |channel| job.known.persons.iter().any(|p| p.contacts.iter().any(|(c, _)| c == channel));
    let first: Option<PersonId> = job.known.persons.first().map(|person| person.id);
    let Some(person) = first.filter(|_| !has(&contact.channel)) else { return Ok(()) };
    let change = CustomerChange::AddContact { person, contact };
    accepted(make(&pen.write(doing.by, doing.now, Change::Customer(change))))?;
    Ok(())
}

/// What a change came to; `None` where the store refused it for a reason a person would be told.
fn accepted(made: Result<Commit, StoreError>) -> Result<Option<Commit>, StoreError> {
    match made {
        Ok(commit) => Ok(Some(commit)),
        Err(
            StoreError::Invalid { .. }
            | StoreError::Held { .. }
            | StoreError::Conflict { .. }
            | StoreError::Forbidden { .. }
            | StoreError::NotFound { .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Tasks a rep does not get round to today.
pub type Aside = BTreeSet<TaskId>;
