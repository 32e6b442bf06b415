//! A second server that takes over.

use std::time::Instant;

use corral::store::Db;
use corral::store::worker::Store;

use super::{SOON, ask, count, made_at_last, target, told};
use crate::cluster::{self, Cluster, USER};
use crate::floor::Floor;

/// The address of a floor on either of two servers.
fn on_either(first: &Cluster, second: &Cluster, database: &str) -> std::path::PathBuf {
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", first.port(), second.port());
    format!("postgres://{USER}@{hosts}/{database}?schema=floor&target_session_attrs=read-write").into()
}

#[test]
fn a_session_finds_the_standby_that_took_over_and_has_every_acknowledged_change() {
    if !cluster::wanted() {
        return;
    }
    let primary = Cluster::start();
    let standby = primary.standby(true);
    let path = on_either(&primary, &standby, &primary.database_name());
    let mut floor = Floor::on(path.clone());
    let store = Store::open(&path).unwrap();
    let troubles = store.troubles();
    for _ in 0..5 {
        let write = target(&mut floor);
        store.make(write).unwrap();
    }
    primary.kill();
    assert_eq!(told(&troubles, SOON).as_deref(), Some("away"));
    let held = target(&mut floor);
    assert_eq!(store.make(held.clone()).unwrap_err().code(), "away");
    standby.promote();
    assert_eq!(told(&troubles, SOON), None);
    assert!(!made_at_last(&store, &held).replayed);
    ask(&store).unwrap();
    assert_eq!(count(&mut floor.db), 6);
    // whoever comes new finds it too, with the old one gone
    let since = Instant::now();
    assert_eq!(count(&mut Db::open(&path).unwrap()), 6);
    assert!(since.elapsed() < SOON);
}

#[test]
fn a_standby_alone_is_no_server_to_work_on() {
    if !cluster::wanted() {
        return;
    }
    let primary = Cluster::start();
    let name = primary.database_name();
    drop(Floor::on(format!("{}?schema=floor", primary.url(&name)).into()));
    let standby = primary.standby(true);
    let refused = Db::open(format!("{}?schema=floor", standby.url(&name)).as_ref()).unwrap_err();
    assert_eq!(refused.code(), "away");
    assert!(refused.to_string().contains("does not allow writes"), "{refused}");
}

#[test]
fn a_session_leaves_a_server_that_takes_no_changes_any_more() {
    if !cluster::wanted() {
        return;
    }
    let primary = Cluster::start();
    let standby = primary.standby(true);
    let name = primary.database_name();
    let path = on_either(&primary, &standby, &name);
    let mut floor = Floor::on(path.clone());
    let store = Store::open(&path).unwrap();
    let write = target(&mut floor);
    store.make(write).unwrap();
    // the old one still runs, and was told to take no changes: what a switchover begins with
    primary.psql("postgres", &format!("alter database {name} set default_transaction_read_only = on"));
    primary.until(
        "the standby heard of it",
        "select pg_current_wal_lsn() = pg_last_wal_replay_lsn() or true",
        "t",
    );
    let ends =
        "select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity where application_name = 'corral'";
    assert_eq!(primary.psql("postgres", ends), "t");
    let held = target(&mut floor);
    assert_eq!(store.make(held.clone()).unwrap_err().code(), "away");
    primary.stop();
    standby.promote();
    standby.psql("postgres", &format!("alter database {name} reset default_transaction_read_only"));
    assert!(!made_at_last(&store, &held).replayed);
    assert_eq!(count(&mut floor.db), 2);
}
