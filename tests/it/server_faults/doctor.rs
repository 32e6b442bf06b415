//! `corral doctor` on a server: what it says of one that works, one that is away, and one that keeps somebody out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::address;
use crate::cluster::{self, Bouncer, Cluster, Mode, Options};
use crate::program::{MORNING, Program};

/// What is said of the database and of the clock, by its name.
fn findings(program: &Program, wrong: u64) -> BTreeMap<String, Value> {
    let output = program.command(&["doctor", "--json", "--now", MORNING]).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(told["wrong"], wrong, "{told:#}");
    assert_eq!(output.status.code(), Some(i32::from(wrong > 0)));
    let found = told["findings"].as_array().unwrap().iter();
    let found = found.filter(|finding| ["database", "clock"].contains(&finding["part"].as_str().unwrap()));
    found.map(|finding| (finding["id"].as_str().unwrap().to_owned(), finding.clone())).collect()
}

#[test]
fn the_doctor_says_how_a_server_stands_and_changes_nothing() {
    if !cluster::wanted() {
        return;
    }
    let settings = vec![("autovacuum", "off".to_owned())];
    let server = Cluster::with(&Options { settings, ..Options::default() });
    let name = server.database_name();
    let program = Program::on(address(&server.url(&name))).staffed("edu-english", &["wang"]);
    // whoever changes anything takes a number
    let numbers = "select pg_snapshot_xmax(pg_current_snapshot())";
    let before = server.psql(&name, numbers);
    let found = findings(&program, 0);
    let value = |id: &str| &found[id]["value"];
    assert!(found["server"]["said"].as_str().unwrap().starts_with("PostgreSQL 1"), "{found:?}");
    assert_eq!(
        (value("kind"), value("line"), value("news")),
        (&json!("corral"), &json!("near"), &json!("pushed"))
    );
    assert_eq!(value("layout")["found"], value("layout")["known"]);
    assert_eq!((value("rights"), value("waits_for")), (&json!([]), &json!("")));
    assert_eq!((&value("rows")["users"], &value("rows")["changes"]), (&json!(2), &json!(3)));
    assert_eq!(value("playbooks")[0]["id"], "edu-english");
    assert!(value("size").as_u64().unwrap() > 100_000);
    assert!(value("apart").as_i64().unwrap().abs() < 1_000, "one machine has one clock: {found:?}");
    assert!(value("connections")["used"].as_i64().unwrap() > 0);
    // the throw-away server does not wait for its disk
    assert_eq!((value("durability"), &found["durability"]["state"]), (&json!("memory"), &json!("warning")));
    assert!(value("newest").as_str().unwrap().starts_with("2026-11-16T09:02"), "{found:?}");
    assert_eq!(server.psql(&name, numbers), before);
}

#[test]
fn the_doctor_says_why_a_server_cannot_be_had() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let name = server.database_name();
    let empty = findings(&Program::on(address(&server.url(&name))), 1);
    assert_eq!(empty["kind"]["value"], "missing");
    let elsewhere = findings(&Program::on(address(&server.url("nowhere"))), 1);
    assert_eq!(elsewhere["server"]["value"], "refused");
    assert!(elsewhere["server"]["said"].as_str().unwrap().contains("\"nowhere\" does not exist"));
    server.stop();
    let away = findings(&Program::on(address(&server.url(&name))), 1);
    assert_eq!(away["server"]["value"], "away");
    assert!(away["server"]["said"].as_str().unwrap().contains("Connection refused"));
}

#[test]
fn the_doctor_names_the_tables_somebody_may_not_use_and_the_pool_in_between() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let server = Cluster::start();
    let name = server.database_name();
    let place: PathBuf = address(&server.url(&name));
    drop(Program::on(place).staffed("edu-english", &["wang"]));
    for sql in [
        "create role reader login",
        "grant usage on schema floor to reader",
        "grant select, insert, update, delete on all tables in schema floor to reader",
        "revoke update on floor.touch from reader",
    ] {
        server.psql(&name, sql);
    }
    let place = format!("postgres://reader@127.0.0.1:{}/{name}?schema=floor", server.port());
    let found = findings(&Program::on(place.into()), 1);
    assert_eq!(found["rights"]["value"], json!(["touch"]));
    let bouncer = Bouncer::start(&server, Mode::Transaction);
    let found = findings(&Program::on(address(&bouncer.url(&name))), 0);
    assert_eq!(found["news"]["value"], "asked");
}
