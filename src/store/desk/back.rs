//! What takes back what was done at the desk: each step says how many rows it found as they were left.

use crate::domain::id::UserId;
use crate::store::change::Topic;
use crate::store::error::StoreError;
use crate::store::undo::{Past, Reversal};
use crate::store::write::Work;
use crate::{sql, values};

/// Takes one step back.
pub fn back(work: &mut Work<'_>, past: &Past, step: &Reversal) -> Result<(), StoreError> {
    work.touch(Topic::Desk);
    match step {
        Reversal::Attended { user, day, before: Some((kind, at, by)) } => {
            let put = work.tx.run(
                sql!(
                    "UPDATE attendance SET kind = $3, at = $4, by_user = $5 WHERE user_id = $1 AND day = $2 AND at = $6"
                ),
                values![*user, *day, *kind, *at, *by, past.at],
            )?;
            past.expect(put, "it was said anew since who is here")
        }
        Reversal::Attended { user, day, before: None } => {
            let gone = work.tx.run(
                sql!("DELETE FROM attendance WHERE user_id = $1 AND day = $2 AND at = $3"),
                values![*user, *day, past.at],
            )?;
            past.expect(gone, "it was said anew since who is here")
        }
        Reversal::TaskGiven { task, before, to } => {
            let given = work.tx.run(
                sql!("UPDATE task SET owner_id = $2 WHERE id = $1 AND owner_id = $3 AND state = 'due'"),
                values![*task, *before, *to],
            )?;
            work.owner(*before);
            work.owner(Some(*to));
            past.expect(given, "one of the tasks has been worked on, or was given on")
        }
        Reversal::TaskPutOff { task, before, was } => {
            let moved = work.tx.run(
                sql!("UPDATE task SET due_at = $2 WHERE id = $1 AND state = 'due'"),
                values![*task, *before],
            )?;
            if !was {
                work.tx.put(sql!("DELETE FROM put_off WHERE task_id = $1"), values![*task])?;
            }
            let owner = work.tx.number(sql!("SELECT owner_id FROM task WHERE id = $1"), values![*task])?;
            work.owner(owner.map(UserId));
            past.expect(moved, "one of the tasks has been worked on since")
        }
        Reversal::Whispered(id) => {
            let unsaid = work.tx.run(
                sql!(
                    "UPDATE whisper SET void_at = $2 WHERE id = $1 AND heard_at IS NULL AND void_at IS NULL"
                ),
                values![*id, work.at],
            )?;
            past.expect(unsaid, "it has been heard")
        }
        Reversal::RoundCalled(id) => {
            let gone = work.tx.run(
                sql!(
                    "UPDATE round_call SET void_at = $2 WHERE id = $1 AND void_at IS NULL \
                     AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.round_id = $1 AND d.void_at IS NULL)"
                ),
                values![*id, work.at],
            )?;
            past.expect(gone, "something was decided in it; take that back first")
        }
        Reversal::Decided(id) => {
            let gone = work.tx.run(
                sql!(
                    "UPDATE decision SET void_at = $2 WHERE id = $1 AND void_at IS NULL AND done_at IS NULL"
                ),
                values![*id, work.at],
            )?;
            past.expect(gone, "it was done since")
        }
        Reversal::DecisionDone(id) => {
            let open = work.tx.run(
                sql!(
                    "UPDATE decision SET done_at = NULL, done_by = NULL WHERE id = $1 AND done_at IS NOT NULL AND void_at IS NULL"
                ),
                values![*id],
            )?;
            past.expect(open, "it was taken back")
        }
        Reversal::StockDecided(id) => {
            let gone = work.tx.run(
                sql!("UPDATE stock_row SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
                values![*id, work.at],
            )?;
            past.expect(gone, "it was taken back already")
        }
        Reversal::StockFinished(id) => {
            let open = work.tx.run(
                sql!(
                    "UPDATE stock_take SET finished_at = NULL, finished_by = NULL, left_over = 0 WHERE id = $1 AND finished_at IS NOT NULL \
                     AND NOT EXISTS (SELECT 1 FROM stock_take n WHERE n.team_id = stock_take.team_id AND n.id > stock_take.id)"
                ),
                values![*id],
            )?;
            work.tx.put(sql!("DELETE FROM stock_rate WHERE stock_take_id = $1"), values![*id])?;
            past.expect(open, "another stock-take has begun")
        }
        _ => Ok(()),
    }
}
