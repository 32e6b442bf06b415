//! What the desk keeps: warnings of what is open, decisions that became tasks of the same customer, whispers heard after they were said.

use super::Report;
use super::facts::{count, each_id};
use crate::sql;
use crate::store::engine::Tx;
use crate::store::error::StoreError;

/// Warnings, decisions, whispers and who is here.
pub fn desk(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    each_id(
        tx,
        report,
        ("warning", "an open deal of its customer while it is open", "none"),
        sql!(
            "SELECT w.id FROM warning w WHERE w.closed_at IS NULL AND w.deal_id <> 0 AND NOT EXISTS (SELECT 1 FROM deal d \
             WHERE d.id = w.deal_id AND d.customer_id = w.customer_id AND d.state = 'open' AND d.void_at IS NULL)"
        ),
    )?;
    each_id(
        tx,
        report,
        ("warning", "one open warning of its rule and subject", "several"),
        sql!(
            "SELECT w.id FROM warning w JOIN warning o ON o.customer_id = w.customer_id AND o.rule = w.rule AND o.deal_id = w.deal_id \
             AND o.id < w.id AND o.closed_at IS NULL WHERE w.closed_at IS NULL"
        ),
    )?;
    each_id(
        tx,
        report,
        ("warning", "a task of its customer", "one of somebody else, or none"),
        sql!(
            "SELECT w.id FROM warning w WHERE w.task_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = w.task_id \
             AND t.customer_id = w.customer_id)"
        ),
    )?;
    count(tx, report, "warning", sql!("SELECT COUNT(*) FROM warning"))?;
    each_id(
        tx,
        report,
        ("decision", "a task of its customer where it has one", "none"),
        sql!(
            "SELECT d.id FROM decision d WHERE (d.customer_id IS NULL) <> (d.task_id IS NULL) OR (d.task_id IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = d.task_id AND t.customer_id = d.customer_id))"
        ),
    )?;
    count(tx, report, "decision", sql!("SELECT COUNT(*) FROM decision"))?;
    each_id(
        tx,
        report,
        ("rep_warning", "a task where it has one", "none"),
        sql!(
            "SELECT w.id FROM rep_warning w WHERE w.task_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = w.task_id)"
        ),
    )?;
    count(tx, report, "rep_warning", sql!("SELECT COUNT(*) FROM rep_warning"))?;
    each_id(
        tx,
        report,
        ("stock_row", "a deal and a task of its customer", "one of somebody else, or none"),
        sql!(
            "SELECT r.id FROM stock_row r WHERE NOT EXISTS (SELECT 1 FROM deal d WHERE d.id = r.deal_id \
             AND d.customer_id = r.customer_id) OR (r.decision = 'coach') <> (r.task_id IS NOT NULL) OR (r.task_id IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = r.task_id AND t.customer_id = r.customer_id))"
        ),
    )?;
    each_id(
        tx,
        report,
        ("stock_take", "decisions from its beginning to its end", "one outside of it"),
        sql!(
            "SELECT s.id FROM stock_take s WHERE EXISTS (SELECT 1 FROM stock_row r WHERE r.stock_take_id = s.id \
             AND (r.at < s.began_at OR r.at > s.finished_at))"
        ),
    )?;
    count(tx, report, "stock_row", sql!("SELECT COUNT(*) FROM stock_row"))?;
    each_id(
        tx,
        report,
        ("whisper", "heard after it was said", "before"),
        sql!("SELECT id FROM whisper WHERE heard_at < at OR (heard_at IS NOT NULL AND void_at IS NOT NULL)"),
    )?;
    count(tx, report, "whisper", sql!("SELECT COUNT(*) FROM whisper"))?;
    each_id(
        tx,
        report,
        ("attendance", "somebody who is a user", "nobody of that id"),
        sql!(
            "SELECT a.user_id FROM attendance a WHERE NOT EXISTS (SELECT 1 FROM person_user u WHERE u.id = a.user_id)"
        ),
    )?;
    count(tx, report, "attendance", sql!("SELECT COUNT(*) FROM attendance"))
}
