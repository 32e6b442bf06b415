//! What people did in a window: whole days from the roll-ups, the rest from the journal's own account of what it counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::Metric;
use crate::domain::pk::{Weight, Window};
use crate::domain::time::{Day, Timestamp, Zone};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::undo::Reversal;
use crate::store::value::Row;
use crate::{sql, values};

/// Sums by metric.
pub type Sums = BTreeMap<Metric, i64>;
/// Sums by person and the team they were made in; team 0 is none.
pub type Counted = BTreeMap<(UserId, TeamId), Sums>;

/// What is counted: the metrics, the business zone, and the people whose journal is read.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub weights: &'a [Weight],
    pub zone: Zone,
    pub people: &'a BTreeSet<UserId>,
}

/// One increment as the journal tells it.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    pub at: Timestamp,
    pub user: UserId,
    pub team: TeamId,
    pub metric: Metric,
    pub value: i64,
}

/// An increment that was taken back.
#[derive(Debug, Clone)]
pub struct Back {
    pub event: Event,
    /// The change that took it back: its number, when, by whom.
    pub revision: i64,
    pub at: Timestamp,
    pub by: UserId,
}

/// Sums of a window.
pub fn counted(tx: Tx<'_>, asked: &Asked<'_>, window: Window) -> Result<Counted, StoreError> {
    let parts = window.parts(asked.zone);
    let mut counted = Counted::new();
    if let Some((first, last)) = parts.days {
        for weight in asked.weights {
            tx.each(
                sql!(
                    "SELECT user_id, team_id, CAST(sum(value) AS BIGINT) FROM metric_day \
                     WHERE day >= $1 AND day <= $2 AND metric = $3 GROUP BY user_id, team_id"
                ),
                values![first, last, weight.metric],
                |row| {
                    let who = (UserId(row.int(0)?), TeamId(row.int(1)?));
                    *counted.entry(who).or_default().entry(weight.metric).or_default() += row.int(2)?;
                    Ok(())
                },
            )?;
        }
    }
    for end in parts.ends {
        for event in events(tx, asked, end)? {
            let sums = counted.entry((event.user, event.team)).or_default();
            *sums.entry(event.metric).or_default() += event.value;
        }
    }
    Ok(counted)
}

/// Sums of each of some days.
pub fn by_day(
    tx: Tx<'_>,
    weights: &[Weight],
    (first, last): (Day, Day),
) -> Result<BTreeMap<Day, Counted>, StoreError> {
    let mut days: BTreeMap<Day, Counted> = BTreeMap::new();
    for weight in weights {
        tx.each(
            sql!(
                "SELECT day, user_id, team_id, CAST(sum(value) AS BIGINT) FROM metric_day \
                 WHERE day >= $1 AND day <= $2 AND metric = $3 GROUP BY day, user_id, team_id"
            ),
            values![first, last, weight.metric],
            |row| {
                let who = (UserId(row.int(1)?), TeamId(row.int(2)?));
                let sums = days.entry(Day(row.int(0)?)).or_default().entry(who).or_default();
                *sums.entry(weight.metric).or_default() += row.int(3)?;
                Ok(())
            },
        )?;
    }
    Ok(days)
}

/// Every increment of a window that stands, in the order it was made.
pub fn events(tx: Tx<'_>, asked: &Asked<'_>, window: Window) -> Result<Vec<Event>, StoreError> {
    // by its number: a change may be found by who made it and by its kind
    let mut changes: BTreeMap<i64, (Timestamp, String)> = BTreeMap::new();
    let mut keep = |row: &dyn Row| {
        changes.insert(row.int(0)?, (Timestamp(row.int(1)?), row.text(2)?.to_owned()));
        Ok(())
    };
    for person in asked.people {
        tx.each(
            sql!(
                "SELECT rev, at, reversal FROM journal WHERE by_user = $1 AND at >= $2 AND at < $3 \
                 AND undone_by IS NULL AND reversal LIKE '%counted%'"
            ),
            values![*person, window.from, window.to],
            &mut keep,
        )?;
    }
    // what a colleague noted may be counted for whoever follows the customer
    tx.each(
        sql!(
            "SELECT rev, at, reversal FROM journal WHERE at >= $1 AND at < $2 \
             AND kind IN ('customer.add', 'customer.add_person', 'customer.add_contact', 'customer.set_contact', \
               'deal.open', 'deal.move', 'deal.win', 'deal.book', 'deal.node', 'deal.untag') \
             AND undone_by IS NULL AND reversal LIKE '%counted%'"
        ),
        values![window.from, window.to],
        &mut keep,
    )?;
    tx.each(
        sql!(
            "SELECT rev, at, reversal FROM journal WHERE at >= $1 AND at < $2 AND kind = 'deal.pay' \
             AND undone_by IS NULL AND reversal LIKE '%counted%'"
        ),
        values![window.from, window.to],
        &mut keep,
    )?;
    let mut events = Vec::new();
    for (at, steps) in changes.into_values() {
        events.extend(of_steps(asked.weights, at, &steps)?);
    }
    // of one instant in the order of the journal
    events.sort_by_key(|event| event.at);
    Ok(events)
}

/// What was taken back of what had been done in a window, in the order it had been done.
pub fn taken_back(tx: Tx<'_>, weights: &[Weight], window: Window) -> Result<Vec<Back>, StoreError> {
    let rows = tx.all(
        sql!(
            "SELECT j.at, j.reversal, u.rev, u.at, u.by_user FROM journal j JOIN journal u ON u.rev = j.undone_by \
             WHERE j.undone_by IS NOT NULL AND j.at >= $1 AND j.at < $2 AND j.reversal LIKE '%counted%' \
             ORDER BY j.at, j.rev"
        ),
        values![window.from, window.to],
        |row| {
            let undo = (row.int(2)?, Timestamp(row.int(3)?), UserId(row.int(4)?));
            Ok((Timestamp(row.int(0)?), row.text(1)?.to_owned(), undo))
        },
    )?;
    let mut found = Vec::new();
    for (done, steps, (revision, at, by)) in rows {
        let events = of_steps(weights, done, &steps)?;
        found.extend(events.into_iter().map(|event| Back { event, revision, at, by }));
    }
    Ok(found)
}

/// What a change counted of the metrics asked for.
fn of_steps(weights: &[Weight], at: Timestamp, steps: &str) -> Result<Vec<Event>, StoreError> {
    let steps: Vec<Reversal> = from_json(steps)?;
    let of = |step: Reversal| match step {
        Reversal::Counted { user, team, metric, value, .. } if weights.iter().any(|w| w.metric == metric) => {
            Some(Event { at, user, team: TeamId(team), metric, value })
        }
        _ => None,
    };
    Ok(steps.into_iter().filter_map(of).collect())
}
