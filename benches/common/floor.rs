//! The floors that are measured on, and their copies.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use corral::domain::time::Timestamp;
use corral::playbook::{embedded, source};
use corral::sample::million::{DAYS, Request, make};
use corral::store::Db;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// A floor as it was given.
#[derive(Debug)]
pub struct Floor {
    pub path: PathBuf,
    pub customers: u64,
    pub touches: u64,
    pub reps: u64,
    /// The instant its history ends at.
    pub now: Timestamp,
}

impl Floor {
    pub fn look(path: &Path) -> Self {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        Self {
            path: path.to_owned(),
            customers: number("SELECT count(*) FROM customer").cast_unsigned(),
            touches: number("SELECT max(rev) FROM journal").cast_unsigned(),
            reps: number("SELECT count(*) FROM person_user WHERE role = 'rep'").cast_unsigned(),
            now: Timestamp(number("SELECT max(at) FROM journal")),
        }
    }
}

impl Floor {
    /// How many customers it has, with a comma at every third digit.
    pub fn size(&self) -> String {
        let digits = self.customers.to_string();
        let parts: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
        String::from_utf8(parts.join(&b',')).unwrap()
    }
}

/// A copy of a floor that is gone when dropped.
#[derive(Debug)]
pub struct Copy {
    pub path: PathBuf,
}

impl Copy {
    pub fn of(floor: &Floor, work: Option<&Path>, name: &str) -> Self {
        let folder = work.map_or_else(|| floor.path.parent().unwrap().to_owned(), Path::to_owned);
        let path = folder.join(format!("bench-{}-{name}.db", std::process::id()));
        fs::copy(&floor.path, &path).unwrap();
        // what is still on its way to disk would be in the way of what is measured
        File::open(&path).unwrap().sync_all().unwrap();
        let copy = Self { path };
        // a floor of an older layout is brought up to date, with and without the product
        let db = Db::open(&copy.path).unwrap();
        db.file().unwrap().checkpoint("TRUNCATE").unwrap();
        copy
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-queue", "-checkpoint"] {
            let mut path = self.path.clone().into_os_string();
            path.push(ending);
            let _ = fs::remove_file(path);
        }
    }
}

/// Makes a floor of 10,000 customers.
pub fn small() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("floor.db");
    let text = embedded::text("edu-english").unwrap();
    let request = Request {
        days: DAYS,
        playbook: Arc::new(source::load_text("edu-english", text).unwrap()),
        customers: 10_000,
        touches: 50_000,
        tasks: 10_000,
        reps: 10,
        today: 200,
        seed: 1,
        now: "2026-11-19T10:30:00+08:00".parse().unwrap(),
        rolled: 1,
    };
    make(&path, &request, &mut |_, _| {}).unwrap();
    (folder, path)
}

/// Opens a file as the product does, without the product.
pub fn bare(path: &Path, sync: &str) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).unwrap();
    connection.set_prepared_statement_cache_capacity(256);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA foreign_keys = ON; PRAGMA synchronous = {sync}; PRAGMA cache_size = -16384; \
             PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 16777216;"
        ))
        .unwrap();
    connection
}

/// How many rows every table has.
pub fn rows(connection: &Connection) -> BTreeMap<String, i64> {
    let mut tables =
        connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |name: &String| {
        connection.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).unwrap()
    };
    names.iter().map(|name| (name.clone(), count(name))).collect()
}
