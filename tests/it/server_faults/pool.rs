//! A pool that hands connections out by the transaction: told of in the address, found out, or hidden.

use std::path::PathBuf;
use std::thread;

use corral::domain::lists::Metric;
use corral::store::Db;
use corral::store::worker::Store;
use serde_json::json;

use super::{SOON, ask, count, target};
use crate::cluster::{self, Bouncer, Cluster, Mode};
use crate::floor::Floor;
use crate::program::{MORNING, Program};

/// A pool that takes every setting from clients and forgets it: nothing at the door tells of it.
const FORGETFUL: &str = "extra_float_digits, options";

fn place(bouncer: &Bouncer, database: &str, more: &str) -> PathBuf {
    PathBuf::from(format!("{}?{more}", bouncer.url(database)))
}

/// A morning of the English school, from nothing to a look at the board.
fn small_day(db: PathBuf) {
    let program = Program::on(db).staffed("edu-english", &["wang", "li"]);
    program.import(MORNING, "name,phone\n张三,10012345678\n李四,10012345679\n", &["--assign", "wang"]);
    let today = program.today(MORNING, "wang");
    assert_eq!(today["calls"].as_array().map(Vec::len), Some(2), "{today}");
    let lines: Vec<_> = ["no_answer", "no_answer"]
        .iter()
        .zip(today["calls"].as_array().unwrap())
        .map(|(outcome, task)| json!({ "task": task["id"], "outcome": outcome, "user": "wang", "now": MORNING }))
        .collect();
    for told in program.lines(&lines) {
        assert!(told.get("error").is_none(), "{told}");
    }
    let board = program.json(MORNING, &["board", "--metric", Metric::CallsDialed.as_str()]);
    let done: Vec<_> = board["rows"].as_array().unwrap().iter().map(|row| &row["value"]).collect();
    assert_eq!(done, [&json!(2), &json!(0)], "{board}");
    let undone = program.json(MORNING, &["undo", "--user", "wang"]);
    assert_eq!(undone["undone"]["what"], "work.log", "{undone}");
    assert_eq!(program.refused(MORNING, &["init", "--playbook", "edu-english"]).1["code"], "exists");
    program.verified();
}

#[test]
fn a_small_day_goes_through_a_pool_that_the_address_tells_of() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let server = Cluster::start();
    let bouncer = Bouncer::start(&server, Mode::Transaction);
    small_day(place(&bouncer, &server.database_name(), "schema=day&statements=plain"));
}

#[test]
fn a_small_day_goes_through_a_pool_that_nobody_told_of() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let server = Cluster::start();
    for ignored in ["extra_float_digits", FORGETFUL] {
        let bouncer = Bouncer::ignoring(&server, Mode::Transaction, ignored);
        small_day(place(&bouncer, &server.database_name(), "schema=day"));
    }
}

#[test]
fn nothing_of_a_session_is_left_on_the_connections_of_a_pool() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let server = Cluster::start();
    let name = server.database_name();
    let bouncer = Bouncer::ignoring(&server, Mode::Transaction, FORGETFUL);
    let mut floor = Floor::on(place(&bouncer, &name, "schema=user"));
    let store = Store::open(&floor.path()).unwrap();
    floor.db.careless().unwrap();
    for _ in 0..8 {
        let write = target(&mut floor);
        store.make(write).unwrap();
        let write = target(&mut floor);
        floor.db.write(&write).unwrap();
        ask(&store).unwrap();
    }
    let psql = |sql: &str| server.psql_at(bouncer.port(), &name, sql).unwrap();
    for _ in 0..8 {
        let left = "select current_setting('search_path'), current_setting('synchronous_commit'), \
                    (select count(*) from pg_prepared_statements), (select count(*) from pg_listening_channels())";
        assert_eq!(psql(left), "\"$user\", public|on|0|0");
    }
    assert_eq!(psql("select count(*) from pg_locks where locktype = 'advisory'"), "0");
}

#[test]
fn two_floors_of_one_pool_keep_apart_whoever_has_a_connection_next() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let server = Cluster::start();
    let name = server.database_name();
    let bouncer = Bouncer::ignoring(&server, Mode::Transaction, FORGETFUL);
    let mut floors =
        ["one", "two"].map(|schema| Floor::on(place(&bouncer, &name, &format!("schema={schema}"))));
    thread::scope(|scope| {
        for floor in &mut floors {
            scope.spawn(move || {
                let mut second = Db::open(&floor.path()).unwrap();
                for _ in 0..25 {
                    let write = target(floor);
                    floor.db.write(&write).unwrap();
                    let write = target(floor);
                    second.write(&write).unwrap();
                }
            });
        }
    });
    for floor in &mut floors {
        assert_eq!(count(&mut floor.db), 50);
    }
}

#[test]
fn news_come_within_a_second_where_notifications_do_not_pass() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let server = Cluster::start();
    let bouncer = Bouncer::start(&server, Mode::Transaction);
    let mut floor = Floor::on(place(&bouncer, &server.database_name(), "schema=news"));
    let store = Store::open(&floor.path()).unwrap();
    let news = store.subscribe();
    for _ in 0..5 {
        let write = target(&mut floor);
        floor.db.write(&write).unwrap();
        while news.recv_timeout(SOON).unwrap().write != write.id {}
    }
    assert!(store.troubles().try_recv().is_err());
}

#[test]
fn a_pool_that_keeps_a_connection_for_a_session_may_be_told_of() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let server = Cluster::start();
    let bouncer = Bouncer::start(&server, Mode::Session);
    let mut floor = Floor::on(place(&bouncer, &server.database_name(), "schema=kept&statements=kept"));
    for _ in 0..3 {
        let write = target(&mut floor);
        floor.db.write(&write).unwrap();
    }
    assert_eq!(count(&mut floor.db), 3);
}
