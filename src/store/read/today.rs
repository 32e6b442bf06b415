//! Answers about a rep's day.
//!
//! Today is read in a fixed number of statements whatever the number of tasks: the rows with what they show, the ways to
//! reach their customers, how often these and their numbers were contacted, what is done. Ordering and the contact
//! rules are pure code over that.

pub mod coupons;
pub mod judge;
pub mod rows;

use crate::domain::code::CouponCode;
use crate::domain::contact::Held;
use crate::domain::id::{TaskId, UserId};
use crate::domain::lists::{Lane, Role};
use crate::domain::time::{Timestamp, Zone};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::query::{Answer, HeldTask, Pen, Query, TaskRow, Today, TodayAsk, Viewer};
use crate::store::read::board::line::gap_line;
use crate::store::read::today::coupons::Coupons;
use crate::store::read::today::judge::Judge;
use crate::store::read::today::rows::Found;
use crate::store::sight::Sight;
use crate::store::usage::small;
use crate::store::value::word;
use crate::{sql, values};

/// Answers a query of this subject.
pub fn answer(tx: Tx<'_>, books: &mut Books, query: &Query) -> Result<Answer, StoreError> {
    match query {
        Query::Today(ask) => Ok(Answer::Today(Box::new(today(tx, books, ask)?))),
        Query::Task { task: id, by } => Ok(Answer::Task(Box::new(task(tx, books, *id, *by)?))),
        Query::Quota { coupon, now } => quota(tx, books, coupon, *now),
        _ => Err(StoreError::Invalid {
            code: "other_subject",
            what: "this is no question about a day".to_owned(),
        }),
    }
}

fn today(tx: Tx<'_>, books: &mut Books, ask: &TodayAsk) -> Result<Today, StoreError> {
    let id = books.playbook_of(tx, ask.user)?.unwrap_or_default();
    // the rows are read while another connection still reads the playbook: of it they need no more than the zone
    let zone = books.zone(tx, &id)?;
    let mut tasks = due(tx, books, zone, ask)?;
    let playbook = books.newest(tx, &id)?.playbook;
    if playbook.zone != zone {
        tasks = due(tx, books, playbook.zone, ask)?;
    }
    let day = playbook.zone.day(ask.now);
    if !ask.filter.trim().is_empty() {
        let wanted = ask.filter.trim().to_lowercase();
        tasks.retain(|found| found.task.customer_name.to_lowercase().contains(&wanted));
    }
    let mut judge = Judge::load(tx, &playbook, ask.now, &tasks)?;
    judge.coupons = Coupons::load(tx, &playbook, &tasks, ask.now)?;
    let mut held: Vec<HeldTask> = Vec::new();
    let mut free: Vec<TaskRow> = Vec::new();
    for mut found in tasks {
        match judge.judge(&mut found) {
            Ok(()) => free.push(found.task),
            Err(rule) => held.push(HeldTask { task: found.task, held: rule }),
        }
    }
    free.sort_by(|a, b| b.score.cmp(&a.score).then(a.due_at.cmp(&b.due_at)).then(a.id.cmp(&b.id)));
    held.sort_by_key(|held| (frees(&held.held), held.task.due_at, held.task.id));
    let done = done(tx, ask.user, day)?;
    let pens = pens(&playbook, (free, &held), &done, ask.limit);
    held.truncate(ask.limit);
    Ok(Today {
        day,
        pens,
        held,
        gap: gap_line(tx, books, ask.user, ask.now)?,
        revision: journal::revision(tx)?,
    })
}

/// The own tasks of a day, and those of the team that concern this user.
fn due(tx: Tx<'_>, books: &mut Books, zone: Zone, ask: &TodayAsk) -> Result<Vec<Found>, StoreError> {
    let day = zone.day(ask.now);
    let mut tasks = rows::own(tx, ask.user, (zone.start(day), zone.end(day)))?;
    tasks.append(&mut escalated(tx, books, zone, ask)?);
    Ok(tasks)
}

/// What no time frees comes last.
fn frees(held: &Held) -> Timestamp {
    held.until.unwrap_or(Timestamp(i64::MAX))
}

fn pens(
    playbook: &Playbook,
    (free, held): (Vec<TaskRow>, &[HeldTask]),
    done: &[(Lane, u32)],
    limit: usize,
) -> Vec<Pen> {
    let mut pens: Vec<Pen> = Lane::ALL
        .iter()
        .map(|lane| Pen {
            lane: *lane,
            due: small(i64::try_from(held.iter().filter(|h| h.task.lane == *lane).count()).unwrap_or(0)),
            done: done.iter().find(|(l, _)| l == lane).map_or(0, |(_, n)| *n),
            rows: Vec::new(),
        })
        .collect();
    for task in free {
        if let Some(pen) = pens.iter_mut().find(|pen| pen.lane == task.lane) {
            pen.due += 1;
            if pen.rows.len() < limit {
                pen.rows.push(task);
            }
        }
    }
    pens.retain(|pen| pen.due > 0 || pen.done > 0 || playbook.outcomes_for(pen.lane).next().is_some());
    pens
}

fn done(tx: Tx<'_>, user: UserId, day: crate::domain::time::Day) -> Result<Vec<(Lane, u32)>, StoreError> {
    tx.all(
        sql!(
            "SELECT lane, count(*) FROM task WHERE owner_id = $1 AND closed_day = $2 AND state <> 'due' AND state = 'done' \
             GROUP BY lane"
        ),
        values![user, day],
        |row| Ok((word(row, 0, Lane::parse)?, small(row.int(1)?))),
    )
}

/// What of the team's is overdue enough to concern this user (peers.md 2.4, S000-23): promises after fifteen minutes the
/// lead and coach, after an hour everybody of the team; response clocks that ran out the lead and coach.
fn escalated(tx: Tx<'_>, books: &mut Books, zone: Zone, ask: &TodayAsk) -> Result<Vec<Found>, StoreError> {
    let day = zone.day(ask.now);
    let actor = match books.actor(tx, ask.user, day) {
        Ok(actor) => actor,
        // who left, or was never here, has no team whose work concerns them
        Err(StoreError::NotActive { .. } | StoreError::NotFound { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let Some(team) = actor.team else { return Ok(Vec::new()) };
    let leads = matches!(actor.role, Role::Lead | Role::Coach);
    let grace =
        if leads { crate::store::tasks::PROMISE_GRACE } else { crate::store::work::task::ANYONE_AFTER };
    let late = rows::Late {
        team,
        day,
        promised: ask.now.minus(grace),
        clock: if leads { ask.now } else { Timestamp(0) },
    };
    rows::late(tx, ask.user, &late, zone.start(day))
}

fn task(tx: Tx<'_>, books: &mut Books, id: TaskId, by: Viewer) -> Result<TaskRow, StoreError> {
    let sight = Sight::of(tx, by)?;
    let found = rows::one(tx, id)?;
    let mut found =
        found.ok_or_else(|| StoreError::NotFound { kind: "task", id: id.to_string(), hint: None })?;
    let customer = tx.one(
        sql!("SELECT playbook, owner_id FROM customer WHERE id = $1"),
        values![found.task.customer],
        |row| Ok((row.text(0)?.to_owned(), row.opt_int(1)?.map(UserId))),
    )?;
    let (playbook, owner) = customer.unwrap_or_default();
    // whose a task is knows whom it is about
    if found.task.owner != Some(by.id) {
        sight.check(tx, found.task.customer, owner)?;
    }
    let playbook = books.newest(tx, &playbook)?.playbook;
    // by itself a task is asked for at the time it is due: the row's score is that of then
    let judge = Judge::load(tx, &playbook, found.task.due_at, std::slice::from_ref(&found))?;
    let _held = judge.judge(&mut found);
    Ok(found.task)
}

fn quota(tx: Tx<'_>, books: &mut Books, coupon: &CouponCode, now: Timestamp) -> Result<Answer, StoreError> {
    for id in Books::ids(tx)? {
        let playbook = books.newest(tx, &id)?.playbook;
        let Some(found) = playbook.coupon(coupon) else { continue };
        let month = playbook.zone.day(now).month();
        let used = tx.number(
            sql!("SELECT used FROM coupon_quota WHERE playbook = $1 AND coupon = $2 AND month = $3"),
            values![&id, coupon, month],
        )?;
        return Ok(Answer::Quota(small(used.unwrap_or(0)), found.quota_month));
    }
    Err(StoreError::NotFound { kind: "coupon", id: coupon.0.clone(), hint: None })
}
