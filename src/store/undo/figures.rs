//! Figures back: metrics in both roll-ups, the contact budget, the calls to a number.

use super::Reversal;
use super::choose::Past;
use crate::domain::id::{TeamId, UserId};
use crate::store::error::StoreError;
use crate::store::metrics::{self, Account};
use crate::store::write::Work;
use crate::{sql, values};

/// Takes one step back.
pub fn back(work: &mut Work<'_>, past: &Past, step: &Reversal) -> Result<(), StoreError> {
    match step {
        Reversal::Counted { day, user, team, pipeline, metric, value, at } => {
            let account = Account {
                day: *day,
                at: at.unwrap_or(past.at),
                user: *user,
                team: (*team != 0).then_some(TeamId(*team)),
                pipeline: pipeline.clone(),
            };
            metrics::take_off(work.tx, &account, (*metric, *value), past.write)?;
            told(work, *user, *metric, -value);
        }
        Reversal::Used { customer, day, touches, commercial } => {
            work.tx.put(
                sql!(
                    "UPDATE contact_use SET touches = touches - $3, commercial = commercial - $4 \
                     WHERE customer_id = $1 AND day = $2"
                ),
                values![*customer, *day, *touches, *commercial],
            )?;
            work.tx.put(
                sql!("DELETE FROM contact_use WHERE customer_id = $1 AND day = $2 AND touches = 0"),
                values![*customer, *day],
            )?;
        }
        Reversal::Called { number, day, before } => {
            work.tx.put(
                sql!("UPDATE number_use SET calls = calls - 1 WHERE number = $1 AND day = $2"),
                values![number, *day],
            )?;
            work.tx.put(
                sql!("DELETE FROM number_use WHERE number = $1 AND day = $2 AND calls = 0"),
                values![number, *day],
            )?;
            // a later call to the number, for another customer, stays the last one
            if let Some((at, connected)) = before {
                work.tx.put(
                    sql!(
                        "UPDATE number_use SET last_at = $3, last_connected = $4 \
                         WHERE number = $1 AND day = $2 AND last_at = $5"
                    ),
                    values![number, *day, *at, *connected, past.at],
                )?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn told(work: &mut Work<'_>, user: UserId, metric: crate::domain::lists::Metric, value: i64) {
    if user != work.by.id {
        return;
    }
    match work.effects.metrics.iter_mut().find(|(known, _)| *known == metric) {
        Some((_, sum)) => *sum += value,
        None => work.effects.metrics.push((metric, value)),
    }
}
