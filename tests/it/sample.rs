//! Made-up floors: believable, alive, the same every time, and right by every check there is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use corral::domain::time::Timestamp;
use corral::playbook::Playbook;
use corral::playbook::{embedded, source};
use corral::sample::{self, Made, Request};
use corral::store::Db;
use corral::store::verify::verify;
use rusqlite::Connection;
use rusqlite::types::Value;

mod demo;

/// A Thursday morning at work.
const NOW: &str = "2026-11-19T11:40:00+08:00";

fn request(names: &[&str], reps: usize, customers: usize, days: usize) -> Request {
    let load = |name: &&str| source::load_text(name, embedded::text(name).unwrap()).unwrap();
    Request {
        playbooks: names.iter().map(|name| Arc::new(load(name))).collect(),
        reps,
        customers,
        days,
        seed: 1,
        now: NOW.parse().unwrap(),
    }
}

fn make(request: &Request, folder: &Path) -> (PathBuf, Made) {
    let path = folder.join(format!("{}.db", request.seed));
    let made = sample::make(&path, request, &mut |_, _| {}).unwrap();
    (path, made)
}

fn number(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn differences(path: &Path) -> Vec<corral::store::verify::Difference> {
    verify(&mut Db::open(path).unwrap()).unwrap().differences
}

/// Calls inside quiet hours or on a day off, read from the touches alone and the playbook's own words.
fn disturbed(db: &Connection, book: &Playbook, zone_hours: i64) -> Vec<String> {
    let (from, to) = book.contact.quiet.unwrap();
    let mut touches = db.prepare("SELECT at, outcome FROM touch WHERE playbook = ?1").unwrap();
    let rows = touches
        .query_map([&book.id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .unwrap()
        .map(Result::unwrap);
    rows.filter(|(at, _)| {
        let minute = (at + zone_hours * 3_600_000).rem_euclid(86_400_000) / 60_000;
        minute >= i64::from(from.minutes()) || minute < i64::from(to.minutes())
    })
    .map(|(at, outcome)| format!("{} {outcome}", Timestamp(at)))
    .collect()
}

#[test]
fn a_small_floor_of_every_playbook_verifies_and_disturbs_nobody() {
    for name in embedded::names() {
        let folder = tempfile::tempdir().unwrap();
        let request = request(&[name], 3, 45, 4);
        let (path, made) = make(&request, folder.path());
        assert_eq!(made.customers, 45, "{name}");
        assert!(made.touches > 40, "{name}: {made:?}");
        assert_eq!(differences(&path), [], "{name}");
        let db = Connection::open(&path).unwrap();
        // all three work in Shanghai: eight hours ahead of UTC the whole year
        assert_eq!(disturbed(&db, &request.playbooks[0].playbook, 8), Vec::<String>::new(), "{name}");
        let most = number(&db, "SELECT max(calls) FROM number_use");
        let cap = request.playbooks[0].playbook.contact.max_calls_per_day.unwrap();
        assert!(most <= i64::from(cap), "{name}: {most} calls to one number on one day");
        let foreign = "SELECT count(*) FROM contact WHERE channel = 'phone' AND norm NOT LIKE '+86100%'";
        assert_eq!(number(&db, foreign), 0, "{name}: numbers that may be somebody's");
    }
}

#[test]
fn at_the_end_of_the_history_every_rep_has_a_day_ahead() {
    let folder = tempfile::tempdir().unwrap();
    let (path, made) = make(&request(&["edu-english"], 4, 96, 6), folder.path());
    let db = Connection::open(path).unwrap();
    // the end of the business day in Shanghai: 16:00 UTC
    let evening: Timestamp = "2026-11-19T16:00:00Z".parse().unwrap();
    let mut due = db
        .prepare(
            "SELECT count(*), count(DISTINCT json_extract(source, '$.kind')) FROM task \
             WHERE state = 'due' AND lane = 'call' AND due_at < ?1 GROUP BY owner_id",
        )
        .unwrap();
    let due: Vec<(i64, i64)> = due
        .query_map([evening.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(due.len(), 4);
    assert!(due.iter().all(|(calls, kinds)| *calls >= 8 && *kinds >= 2), "{due:?}");
    let later = "SELECT count(*) FROM task WHERE state = 'due' AND lane = 'material'";
    assert!(number(&db, later) > 0);
    assert_eq!(usize::try_from(number(&db, "SELECT count(*) FROM touch")).unwrap(), made.touches);
    let done = format!("SELECT count(*) FROM touch WHERE at > {}", evening.0 - 86_400_000);
    assert!(number(&db, &done) > 0, "the morning's calls");
}

#[test]
fn about_half_of_all_calls_are_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = make(&request(&["edu-english"], 4, 96, 6), folder.path());
    let db = Connection::open(path).unwrap();
    let all = number(&db, "SELECT count(*) FROM touch WHERE lane = 'call'");
    let silent = number(&db, "SELECT count(*) FROM touch WHERE lane = 'call' AND connected = 0");
    let share = silent * 100 / all;
    assert!((30..=60).contains(&share), "{share} % of {all}");
}

/// Every row of every table, as text, but for what chance makes: the salts of the journal, and the seals over them.
fn dump(path: &Path) -> Vec<String> {
    let db = Connection::open(path).unwrap();
    let names: Vec<String> = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut rows = Vec::new();
    for name in names {
        let all = match name.as_str() {
            "journal" => {
                "rev, write_id, at, by_user, kind, customer_id, topics, payload, effects, reversal, undone_by"
            }
            "setting" => "name",
            _ => "*",
        };
        let mut found = db.prepare(&format!("SELECT {all} FROM {name}")).unwrap();
        let columns = found.column_count();
        let mut of_table: Vec<String> = found
            .query_map([], |row| (0..columns).map(|n| row.get::<_, Value>(n)).collect::<Result<Vec<_>, _>>())
            .unwrap()
            .map(|row| format!("{name} {:?}", row.unwrap()))
            .collect();
        of_table.sort();
        rows.extend(of_table);
    }
    rows
}

#[test]
fn the_same_seed_makes_the_same_floor_and_another_one_another() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut request = request(&["edu-english", "life-anqiao"], 4, 30, 2);
    let first = dump(&make(&request, one.path()).0);
    let second = dump(&make(&request, two.path()).0);
    assert!(first == second, "two runs of one request differ");
    request.seed = 2;
    assert!(first != dump(&make(&request, one.path()).0));
}

#[test]
fn a_floor_that_cannot_be_made_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("floor.db");
    let mut request = request(&["edu-english", "home-yunqi"], 1, 10, 1);
    let refused = sample::make(&path, &request, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code(), "few_reps");
    request.reps = 2;
    std::fs::write(&path, "somebody's").unwrap();
    let refused = sample::make(&path, &request, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code(), "exists");
    assert_eq!(std::fs::read(&path).unwrap(), b"somebody's");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
