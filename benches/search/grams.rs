//! The bare index: what is typed and who answers it, in a file of its own.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::floor::bare;
use crate::probe::{Pairs, Probe};

/// The rows a list shows of those who answer in one statement; what follows says which come first.
const ROWS: &str = "SELECT c.id, c.name, c.owner_id, u.name, c.last_touch_at, \
     (SELECT min(t.due_at) FROM task t WHERE t.customer_id = c.id AND t.state = 'due'), \
     (SELECT k.norm FROM contact k WHERE k.customer_id = c.id AND k.channel = 'phone' ORDER BY k.state = 'dead', k.id LIMIT 1), \
     (SELECT d.pipeline || ' ' || coalesce(d.stage, '') FROM deal d WHERE d.customer_id = c.id AND d.state = 'open' \
      AND d.void_at IS NULL ORDER BY d.id DESC LIMIT 1) \
     FROM side.gram g JOIN customer c ON c.id = g.id LEFT JOIN person_user u ON u.id = c.owner_id \
     WHERE g.g = ?1 ORDER BY ";

/// Which rows come first.
#[derive(Debug, Clone, Copy)]
pub enum First {
    /// Those of whoever asks, then the newest, as the product has it.
    Own(i64),
    /// The newest.
    Newest,
}

/// The table beside a floor; gone when dropped.
pub struct Grams {
    connection: Connection,
    _folder: TempDir,
}

impl Grams {
    /// Writes every pair of every name, and what else is typed.
    pub fn beside(floor: &std::path::Path, pairs: &Pairs, probes: &[Probe]) -> Self {
        let folder = tempfile::tempdir_in(floor.parent().unwrap()).unwrap();
        let side: PathBuf = folder.path().join("grams.db");
        let mut rows: Vec<(&str, i64)> =
            pairs.iter().flat_map(|(pair, who)| who.iter().map(move |id| (pair.as_str(), *id))).collect();
        for probe in probes {
            rows.extend(probe.answers.iter().flatten().map(|id| (probe.typed.as_str(), *id)));
        }
        rows.sort_unstable();
        rows.dedup();
        let made = Connection::open(&side).unwrap();
        made.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; \
             CREATE TABLE gram (g TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (g, id)) WITHOUT ROWID, STRICT;",
        )
        .unwrap();
        {
            let mut insert = made.prepare("INSERT INTO gram (g, id) VALUES (?1, ?2)").unwrap();
            for (gram, id) in rows {
                insert.execute(rusqlite::params![gram, id]).unwrap();
            }
        }
        made.execute_batch("COMMIT").unwrap();
        drop(made);
        let connection = bare(floor, "NORMAL");
        connection.execute("ATTACH ?1 AS side", [side.to_str().unwrap()]).unwrap();
        Self { connection, _folder: folder }
    }

    /// Fetches the rows into texts and numbers, as any program would that shows them; answers with the time and how many.
    pub fn fetch(&self, typed: &str, first: First, most: i64) -> (Duration, usize) {
        let (order, by) = match first {
            First::Own(by) => ("(c.owner_id IS ?3) DESC, g.id DESC LIMIT ?2", by),
            First::Newest => ("g.id DESC LIMIT ?2 OFFSET ?3", 0),
        };
        let sql = format!("{ROWS}{order}");
        let begun = Instant::now();
        self.connection.prepare_cached("BEGIN DEFERRED").unwrap().raw_execute().unwrap();
        let mut statement = self.connection.prepare_cached(&sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params![typed, most, by]).unwrap();
        let mut kept: Vec<Vec<rusqlite::types::Value>> = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            kept.push((0..columns).map(|place| row.get(place).unwrap()).collect());
        }
        drop(rows);
        drop(statement);
        self.connection.prepare_cached("COMMIT").unwrap().raw_execute().unwrap();
        (begun.elapsed(), kept.len())
    }

    /// Looks at every name, as a program without an index does.
    pub fn scan(&self, typed: &str, most: i64) -> Duration {
        let begun = Instant::now();
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, name FROM customer WHERE name LIKE ?1 LIMIT ?2")
            .unwrap();
        let mut rows = statement.query(rusqlite::params![format!("%{typed}%"), most]).unwrap();
        let mut kept: Vec<(i64, String)> = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            kept.push((row.get(0).unwrap(), row.get(1).unwrap()));
        }
        begun.elapsed()
    }
}
