//! A believable floor made up from a playbook.
//!
//! The same request makes the same floor. History is written through the store's own changes, so that every figure on it
//! is explained like a real one.

mod chance;
pub mod demo;
mod facts;
mod history;
mod household;
pub mod million;
mod names;
pub mod rep;
pub mod script;
mod staff;
mod talk;
mod temper;
mod work;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::time::Timestamp;
use crate::playbook::source::Loaded;
use crate::sample::history::History;
use crate::store::engine::Tx;
use crate::store::{Db, StoreError, agenda};

/// What floor to make up.
#[derive(Debug, Clone)]
pub struct Request {
    /// Playbooks; teams are shared out among them.
    pub playbooks: Vec<Arc<Loaded>>,
    /// Reps.
    pub reps: usize,
    /// Customers.
    pub customers: usize,
    /// Business days of history before `now`.
    pub days: usize,
    /// The same seed makes the same floor.
    pub seed: u64,
    /// The instant the history ends at.
    pub now: Timestamp,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Made {
    /// Users, leads and managers included.
    pub users: usize,
    /// Customers.
    pub customers: usize,
    /// Touches.
    pub touches: usize,
    /// Orders.
    pub orders: usize,
}

/// Customers up to which a sample is packed when it is finished: beyond, that takes longer than it is worth.
const PACKED_UP_TO: usize = 100_000;
/// How long before its first day the people of a floor were hired.
const HIRED_BEFORE: Duration = Duration::from_hours(24 * 30);

/// Makes a database at `out` and fills it. `progress` is told what is being done and how far it is, in per cent.
///
/// While a sample is being made nothing is synced to disk: what is left after a power cut is thrown away anyway.
///
/// # Errors
/// Where a file is already, or the store fails; nothing is left behind then.
pub fn make(out: &Path, request: &Request, progress: &mut dyn FnMut(&str, u8)) -> Result<Made, StoreError> {
    let Some(first) = request.playbooks.first().filter(|_| request.reps > 0) else {
        return Err(StoreError::Invalid {
            code: "empty_sample",
            what: "a sample needs a playbook and at least one rep; give both".to_owned(),
        });
    };
    if request.reps < request.playbooks.len() {
        return Err(StoreError::Invalid {
            code: "few_reps",
            what: format!(
                "{} reps cannot work by {} playbooks; ask for more reps or fewer playbooks",
                request.reps,
                request.playbooks.len()
            ),
        });
    }
    let days = history::days(&first.playbook, request.now, request.days);
    let (mut db, made) = Db::create_with(out, |db| {
        db.careless()?;
        fill(db, request, &days, progress)
    })?;
    if request.customers <= PACKED_UP_TO {
        progress("packing", 100);
        db.pack()?;
    }
    Ok(made)
}

fn fill(
    db: &mut Db,
    request: &Request,
    days: &[crate::domain::time::Day],
    progress: &mut dyn FnMut(&str, u8),
) -> Result<Made, StoreError> {
    progress("people", 0);
    let mut pen = staff::Pen::default();
    let begins = request
        .playbooks
        .first()
        .zip(days.first())
        .map_or(request.now, |(book, day)| book.playbook.zone.at(*day, book.playbook.hours.0));
    let hired = begins.minus(HIRED_BEFORE);
    let sites = db.bulk(|bulk| staff::hire(bulk, &mut pen, request, hired))?;
    let mut history = History::new(request, &sites, pen);
    for (number, day) in days.iter().enumerate() {
        history.day(db, *day, (number, days.len()))?;
        let share = (number + 1) * 100 / days.len().max(1);
        progress("days", u8::try_from(share).unwrap_or(100));
    }
    let users = db.snapshot(|tx: Tx<'_>, _| agenda::users(tx))?;
    Ok(Made { users, ..history.made() })
}
