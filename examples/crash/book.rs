//! The file as plain SQL finds it: nothing here goes through the store.

use std::collections::BTreeMap;
use std::path::Path;

use corral::domain::id::WriteId;
use corral::store::change::{Change, Commit, Write};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use crate::error::Failed;

/// Sums of a user's metrics over all days.
pub type Figures = BTreeMap<(i64, String), i64>;

/// The file, opened to read.
#[derive(Debug)]
pub struct Book {
    connection: Connection,
}

impl Book {
    /// Opens it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        // not read-only: after a kill the log has to be taken over
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Self { connection: Connection::open_with_flags(path, flags)? })
    }

    /// The newest row of the journal.
    pub fn newest(&self) -> Result<i64, Failed> {
        Ok(self.connection.query_row("SELECT coalesce(max(rev), 0) FROM journal", [], |row| row.get(0))?)
    }

    /// The instant of the newest change.
    pub fn instant(&self) -> Result<i64, Failed> {
        let sql = "SELECT at FROM journal ORDER BY rev DESC LIMIT 1";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// Every user's metrics.
    pub fn figures(&self) -> Result<Figures, Failed> {
        let sql = "SELECT user_id, metric, sum(value) FROM metric_day GROUP BY user_id, metric";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where a change stands in the journal.
    pub fn revision(&self, id: WriteId) -> Result<Option<i64>, Failed> {
        let sql = "SELECT rev FROM journal WHERE write_id = ?1";
        Ok(self.connection.query_row(sql, [id.0], |row| row.get(0)).optional()?)
    }

    /// Whether an acknowledged change is there once, as it was sent and as it was answered.
    pub fn is_there_once(
        &self,
        write: &Write,
        commit: &Commit,
        differences: &mut Vec<String>,
    ) -> Result<(), Failed> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT rev, at, by_user, payload, effects FROM journal WHERE write_id = ?1")?;
        let found: Vec<(i64, i64, i64, String, String)> = statement
            .query_map([write.id.0], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?
            .collect::<Result<_, _>>()?;
        let [(revision, at, by, payload, effects)] = found.as_slice() else {
            differences.push(format!("change {} stands in the journal {} times", write.id, found.len()));
            return Ok(());
        };
        let same = serde_json::from_str::<Change>(payload).is_ok_and(|change| change == write.change)
            && (*revision, *at, *by) == (commit.revision, write.at.0, write.by.0)
            && serde_json::to_string(&commit.effects).is_ok_and(|told| told == *effects);
        if !same {
            differences.push(format!("change {} is not in the journal as it was acknowledged", write.id));
        }
        if let Some(touch) = commit.effects.touch {
            self.touch_is_right(write, (touch.0, commit), differences)?;
        }
        for task in &commit.effects.made {
            self.counts("SELECT count(*) FROM task WHERE id = ?1", (task.id.0, "task"), differences)?;
        }
        Ok(())
    }

    fn touch_is_right(
        &self,
        write: &Write,
        (touch, commit): (i64, &Commit),
        differences: &mut Vec<String>,
    ) -> Result<(), Failed> {
        let sql = "SELECT user_id, customer_id, at, task_id FROM touch WHERE id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found: Vec<(i64, i64, i64, Option<i64>)> = statement
            .query_map([touch], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<Result<_, _>>()?;
        let task = commit.effects.task.map(|task| task.0);
        let customer = commit.effects.customer.map_or(0, |customer| customer.0);
        if found != [(write.by.0, customer, write.at.0, task)] {
            differences.push(format!("touch {touch} of change {} is {found:?}", write.id));
        }
        if let Some(task) = task {
            let sql = "SELECT count(*) FROM touch WHERE task_id = ?1 AND void_at IS NULL";
            self.counts(sql, (task, "touch of task"), differences)?;
        }
        Ok(())
    }

    fn counts(
        &self,
        sql: &str,
        (id, what): (i64, &str),
        differences: &mut Vec<String>,
    ) -> Result<(), Failed> {
        let times: i64 = self.connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
        if times != 1 {
            differences.push(format!("{what} {id} is there {times} times"));
        }
        Ok(())
    }

    /// Whether the journal has nothing new but these changes.
    pub fn nothing_else(
        &self,
        newest: i64,
        made: &BTreeMap<WriteId, Commit>,
        differences: &mut Vec<String>,
    ) -> Result<(), Failed> {
        let mut statement = self.connection.prepare("SELECT write_id, kind FROM journal WHERE rev > ?1")?;
        let rows = statement.query_map([newest], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        let mut count = 0;
        for row in rows {
            let (id, kind) = row?;
            count += 1;
            if !made.contains_key(&WriteId(id)) {
                differences.push(format!("change {id} ({kind}) is in the journal but nobody was told"));
            }
        }
        if count != made.len() {
            differences.push(format!("the journal has {count} new rows for {} changes", made.len()));
        }
        Ok(())
    }
}

/// Whether every user's figures grew by what the acknowledged changes said, and by nothing else.
pub fn sums(
    before: &Figures,
    after: &Figures,
    tried: &BTreeMap<WriteId, Write>,
    made: &BTreeMap<WriteId, Commit>,
    differences: &mut Vec<String>,
) {
    let mut expected = before.clone();
    for (id, commit) in made {
        let Some(write) = tried.get(id) else { continue };
        for (metric, value) in &commit.effects.metrics {
            *expected.entry((write.by.0, metric.as_str().to_owned())).or_default() += value;
        }
    }
    for (whose, value) in &expected {
        let found = after.get(whose).copied().unwrap_or(0);
        if found != *value {
            differences.push(format!("{} of user {} is {found}, the changes say {value}", whose.1, whose.0));
        }
    }
    for whose in after.keys().filter(|whose| !expected.contains_key(whose)) {
        differences.push(format!("{} of user {} came from nowhere", whose.1, whose.0));
    }
}
