//! The bare engine saving an outcome: the rows the store writes for one, by hand, with nothing checked or planned.
//!
//! As many rows as the store writes on average on a made-up floor: a touch, the customer's counters, its usage and its number's,
//! two metrics by day and by month, a task made, two closed, a journal row of sixteen hundred bytes. Only ever on a copy: the
//! figures that come of it explain nothing.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Result, TransactionBehavior, params};

/// How long SQLite's busy handler waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a journal row's texts come to, bytes.
const TEXTS: usize = 1_643;
/// Milliseconds in a day.
const DAY: i64 = 86_400_000;

/// Opens a file as a program does that knows what it writes: durable, with SQLite's own waiting and checkpoints.
pub fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; \
         PRAGMA foreign_keys = ON",
    )?;
    // without it every statement that is used again is prepared again: the floor is to be no slower than it must
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A due task.
#[derive(Debug, Clone)]
pub struct Due {
    /// Its id.
    pub task: i64,
    /// Its customer.
    pub customer: i64,
    /// The customer's name.
    pub name: String,
    /// When it is due, milliseconds.
    pub at: i64,
    /// The last note.
    pub note: String,
    /// Its pen.
    pub lane: String,
}

/// The reps of a floor.
pub fn reps(connection: &Connection) -> Result<Vec<i64>> {
    let mut statement = connection
        .prepare("SELECT id FROM person_user WHERE role = 'rep' AND state = 'active' ORDER BY id")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// When the newest change was made, milliseconds.
pub fn newest(connection: &Connection) -> Result<i64> {
    connection.query_row("SELECT at FROM journal ORDER BY rev DESC LIMIT 1", [], |row| row.get(0))
}

/// The day of a rep: two hundred due tasks with their customers.
pub fn day(connection: &Connection, rep: i64, now: i64) -> Result<Vec<Due>> {
    let mut statement = connection.prepare_cached(
        "SELECT t.id, t.customer_id, c.name, t.due_at, c.last_note, t.lane FROM task t \
         JOIN customer c ON c.id = t.customer_id \
         WHERE t.owner_id = ?1 AND t.state = 'due' AND t.due_at < ?2 ORDER BY t.due_at LIMIT 200",
    )?;
    statement
        .query_map([rep, now + DAY], |row| {
            Ok(Due {
                task: row.get(0)?,
                customer: row.get(1)?,
                name: row.get(2)?,
                at: row.get(3)?,
                note: row.get(4)?,
                lane: row.get(5)?,
            })
        })?
        .collect()
}

/// Saves an outcome; `id` must be a new number, with thirty more behind it.
pub fn outcome(connection: &mut Connection, rep: i64, due: &Due, (id, now): (i64, i64)) -> Result<()> {
    let texts = "x".repeat(TEXTS);
    let (day, month) = (now / DAY, now / DAY / 30);
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.prepare_cached(
        "INSERT INTO touch VALUES (?1, ?2, NULL, ?3, NULL, 'call', 'out', 'call', ?4, ?5, 60, 'x', 0, 0, NULL, '', ?6, \
         NULL, NULL, '', 0, NULL, NULL, NULL, NULL, '', NULL)",
    )?
    .execute(params![id, due.customer, rep, now, day, due.task])?;
    tx.prepare_cached(
        "UPDATE customer SET attempts = attempts + 1, tries = tries + 1, last_touch_at = ?2 WHERE id = ?1",
    )?
    .execute([due.customer, now])?;
    tx.prepare_cached(
        "INSERT INTO contact_use VALUES (?1, ?2, 1, 0) ON CONFLICT (customer_id, day) DO UPDATE SET touches = touches + 1",
    )?
    .execute([due.customer, day])?;
    tx.prepare_cached(
        "INSERT INTO number_use VALUES (?1, ?2, 1, ?3, 0) ON CONFLICT (number, day) DO UPDATE SET calls = calls + 1",
    )?
    .execute(params![due.customer.to_string(), day, now])?;
    for metric in ["bare_one", "bare_two"] {
        tx.prepare_cached(
            "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value) VALUES (?1, ?2, 0, '', ?3, 1) \
             ON CONFLICT (day, metric, user_id, team_id, pipeline) DO UPDATE SET value = value + 1",
        )?
        .execute(params![day, rep, metric])?;
        tx.prepare_cached(
            "INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value) VALUES (?1, ?2, 0, '', ?3, 1) \
             ON CONFLICT (month, metric, user_id, team_id, pipeline) DO UPDATE SET value = value + 1",
        )?
        .execute(params![month, rep, metric])?;
    }
    tx.prepare_cached(
        "INSERT INTO task VALUES (?1, ?2, 'call', 'call', ?3, NULL, NULL, NULL, NULL, ?4, ?5, NULL, 3, 'due', \
         '{\"kind\":\"manual\",\"words\":\"\"}', NULL, NULL, NULL, 0, ?6, NULL, NULL, NULL, NULL)",
    )?
    .execute(params![id + 1, (id + 1).to_string(), due.customer, rep, now + 3 * DAY, now])?;
    tx.prepare_cached(
        "UPDATE task SET state = 'done', closed_at = ?2, closed_by = ?3, closed_day = ?4, why = 'touch' WHERE id = ?1",
    )?
    .execute([due.task, now, rep, day])?;
    tx.prepare_cached(
        "UPDATE task SET state = 'cancelled', closed_at = ?2, closed_by = ?3, closed_day = ?4, why = 'touch' WHERE id = \
         (SELECT id FROM task WHERE customer_id = ?1 AND state = 'due' AND id <> ?5 LIMIT 1)",
    )?
    .execute([due.customer, now, rep, day, id + 1])?;
    tx.prepare_cached(
        "INSERT INTO journal VALUES ((SELECT max(rev) + 1 FROM journal), ?1, ?2, ?3, 'bare', ?4, '[]', ?5, '', '', NULL, '')",
    )?
    .execute(params![id, now, rep, due.customer, texts])?;
    tx.prepare_cached(
        "INSERT INTO setting VALUES ('bare_head', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([id.to_string()])?;
    tx.commit()
}
