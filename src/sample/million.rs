//! A floor of millions, made up row by row: for measuring, not for showing.
//!
//! [`sample::make`](crate::sample::make) lets a floor happen, change by change, which takes days for a million customers. Here
//! the rows are written straight ([`store::bulk`](crate::store::bulk)) with figures, counters, uses and journal that agree, so
//! that `corral verify` finds nothing. What it leaves out: nodes, orders, coupons, promises that were kept.
//!
//! Every customer has one member with a number, one open deal and an owner; leads come in over the year; touches are spread
//! over the working days; every rep has the same number of tasks due today. Touches of the last [`FULL_DAYS`] days can be taken
//! back; older ones have a short journal row each, and what they counted stands in one row a day.

mod cast;
mod due;
mod keys;
mod talk;
mod tally;

use std::path::Path;
use std::sync::Arc;

use crate::domain::id::UserId;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::source::Loaded;
use crate::sample::million::cast::Cast;
use crate::sample::{HIRED_BEFORE, history, staff};
use crate::store::bulk::{Filling, fill};
use crate::store::{Db, StoreError};

/// Calendar days whose touches have a whole way back in the journal.
pub const FULL_DAYS: i64 = 31;
/// Working days of history where nothing else is said: a year's.
pub const DAYS: usize = 250;
/// Customers of a part of a lead file.
const PART: usize = 500;

/// What floor to make up.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method everybody works by.
    pub playbook: Arc<Loaded>,
    /// Customers.
    pub customers: usize,
    /// Touches.
    pub touches: usize,
    /// Working days they are spread over.
    pub days: usize,
    /// Tasks, two fifths of them due.
    pub tasks: usize,
    /// Reps; each follows the same number of customers.
    pub reps: usize,
    /// Tasks due today, a rep.
    pub today: usize,
    /// The same seed makes the same floor.
    pub seed: u64,
    /// The instant the history ends at.
    pub now: Timestamp,
    /// Days from that of `now` on that count as rolled over already, so that a measurement is not disturbed by the daily look.
    pub rolled: usize,
}

/// Makes a database at `out` and fills it. `progress` is told what is being done and how far it is, in per cent.
///
/// # Errors
/// Where a file is already, or the store fails; nothing is left behind then.
pub fn make(out: &Path, request: &Request, progress: &mut dyn FnMut(&str, u8)) -> Result<(), StoreError> {
    if request.reps == 0 || request.customers < request.reps {
        return Err(StoreError::Invalid {
            code: "empty_sample",
            what: "a floor needs at least one rep and as many customers as reps".to_owned(),
        });
    }
    let days = history::days(&request.playbook.playbook, request.now, request.days);
    Db::create_with(out, |db| {
        progress("people", 0);
        let people = hire(db, request, &days)?;
        let cast = Cast::new(request, people, days)?;
        fill(db, |filling| rows(filling, &cast, progress))?;
        progress("indexes", 100);
        Ok(())
    })
    .map(drop)
}

/// Who works there: the reps with their teams, and who brings the leads in.
#[derive(Debug)]
struct People {
    reps: Vec<(UserId, i64)>,
    lead: UserId,
}

fn hire(db: &mut Db, request: &Request, days: &[Day]) -> Result<People, StoreError> {
    let book = &request.playbook.playbook;
    let begins = days.first().map_or(request.now, |day| book.zone.at(*day, book.hours.0));
    let staffing = crate::sample::Request {
        playbooks: vec![request.playbook.clone()],
        reps: request.reps,
        customers: 0,
        days: 0,
        seed: request.seed,
        now: request.now,
    };
    let mut pen = staff::Pen::default();
    let sites = db.bulk(|bulk| staff::hire(bulk, &mut pen, &staffing, begins.minus(HIRED_BEFORE)))?;
    let day = days.last().copied().unwrap_or_default();
    let mut reps = Vec::with_capacity(request.reps);
    for user in sites.iter().flat_map(staff::Site::reps) {
        let team = db.snapshot(|tx, _| crate::store::actor::team_of(tx, user, day))?;
        reps.push((user, team.map_or(0, |team| team.0)));
    }
    let lead = sites.first().and_then(|site| site.teams.first()).map_or(Db::SYSTEM, |team| team.lead);
    Ok(People { reps, lead })
}

fn rows(
    filling: &mut Filling<'_>,
    cast: &Cast<'_>,
    progress: &mut dyn FnMut(&str, u8),
) -> Result<(), StoreError> {
    let tally = talk::talk(filling, cast, progress)?;
    progress("customers", 60);
    for number in 0..cast.customers() {
        cast.write(filling, number, &tally)?;
    }
    progress("tasks", 70);
    due::write(filling, cast)?;
    progress("figures", 75);
    tally.write(filling, cast)?;
    let today = cast.book().zone.day(cast.request.now);
    for ahead in (0_i64..).take(cast.request.rolled) {
        filling.rolled(&cast.book().id, today.plus(ahead))?;
    }
    progress("search keys", 80);
    keys::write(filling, cast)
}
