//! A server that is stopped, ends connections, has none to give, or cannot be heard.

use std::thread;
use std::time::{Duration, Instant};

use corral::store::worker::Store;
use corral::store::{Db, StoreError};

use super::{PATIENCE, SOON, ask, by_relay, count, floor_on, made_at_last, target, told};
use crate::cluster::{self, Cluster, Options, Relay};

#[test]
fn a_session_goes_on_by_itself_when_its_server_was_stopped_and_started_again() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let mut floor = floor_on(&server);
    let store = Store::open(&floor.path()).unwrap();
    let (troubles, news) = (store.troubles(), store.subscribe());
    ask(&store).unwrap();
    let before = target(&mut floor);
    store.make(before).unwrap();

    server.stop();
    assert_eq!(told(&troubles, SOON).as_deref(), Some("away"));
    let held = target(&mut floor);
    let since = Instant::now();
    let refused = store.make(held.clone()).unwrap_err();
    assert_eq!(refused.code(), "away", "{refused}");
    assert_eq!(ask(&store).unwrap_err().code(), "away");
    assert!(
        since.elapsed() < SOON,
        "nobody waits for a server that is known to be away: {:?}",
        since.elapsed()
    );

    server.start_again();
    assert_eq!(told(&troubles, SOON), None);
    ask(&store).unwrap();
    assert!(!store.make(held.clone()).unwrap().replayed);
    // others are heard of again
    let theirs = target(&mut floor);
    floor.db.write(&theirs).unwrap();
    while news.recv_timeout(SOON).unwrap().write != theirs.id {}
    assert_eq!(count(&mut floor.db), 3);
}

#[test]
fn a_command_waits_some_seconds_for_a_server_that_is_starting() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let mut floor = floor_on(&server);
    let write = target(&mut floor);
    server.kill();
    thread::scope(|scope| {
        scope.spawn(|| server.start_again());
        assert!(!floor.db.write(&write).unwrap().replayed);
    });
    assert_eq!(count(&mut floor.db), 1);
}

#[test]
fn a_command_gives_up_on_a_server_that_stays_away() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let mut floor = floor_on(&server);
    let write = target(&mut floor);
    server.stop();
    let since = Instant::now();
    let refused = floor.db.write(&write).unwrap_err();
    assert_eq!(refused.code(), "away");
    assert!(refused.to_string().contains("Connection refused"), "{refused}");
    let waited = since.elapsed();
    assert!(waited > Duration::from_secs(3) && waited < Duration::from_secs(15), "{waited:?}");
    server.start_again();
    floor.db.write(&write).unwrap();
}

#[test]
fn nobody_notices_that_every_connection_was_ended_by_the_server() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let mut floor = floor_on(&server);
    let store = Store::open(&floor.path()).unwrap();
    let (troubles, news) = (store.troubles(), store.subscribe());
    ask(&store).unwrap();
    let own = target(&mut floor);
    store.make(own).unwrap();
    for _ in 0..3 {
        let end = "select count(pg_terminate_backend(pid)) > 2 from pg_stat_activity where application_name = 'corral'";
        assert_eq!(server.psql("postgres", end), "t");
        let own = target(&mut floor);
        assert!(!store.make(own).unwrap().replayed);
        ask(&store).unwrap();
        let theirs = target(&mut floor);
        floor.db.write(&theirs).unwrap();
        while news.recv_timeout(SOON).unwrap().write != theirs.id {}
    }
    assert!(troubles.try_recv().is_err(), "a line that is made again at once is no trouble");
    assert_eq!(count(&mut floor.db), 7);
}

#[test]
fn a_backend_killed_in_the_midst_of_a_change_leaves_nothing_of_it() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let mut floor = floor_on(&server);
    let store = Store::open(&floor.path()).unwrap();
    let write = target(&mut floor);
    // somebody else holds the right of way: the change waits inside its transaction
    let mut other = Db::open(&floor.path()).unwrap();
    let before = count(&mut floor.db);
    let made = other.bulk(|bulk| {
        bulk.look(|_, _| Ok(()))?;
        let waiting = thread::spawn({
            let (store, write) = (store.clone(), write.clone());
            move || store.make(write)
        });
        let waits = "select count(*) from pg_stat_activity where wait_event = 'advisory'";
        server.until("the change waits", waits, "1");
        let end = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'advisory'";
        server.psql("postgres", end);
        // it begins again over another line, as nothing of it was answered
        server.until("it waits again", waits, "1");
        Ok(waiting)
    });
    let commit = made.unwrap().join().unwrap().unwrap();
    assert!(!commit.replayed);
    assert_eq!(count(&mut floor.db), before + 1);
}

#[test]
fn who_holds_the_right_of_way_and_is_gone_keeps_the_others_ten_seconds_at_most() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let mut floor = floor_on(&server);
    let relay = Relay::start(server.port());
    let mut cut_off = Db::open(&by_relay(&floor, &relay)).unwrap();
    let (theirs, ours) = (target(&mut floor), target(&mut floor));
    let gone = cut_off.bulk(|bulk| {
        bulk.write(&theirs)?;
        relay.cut();
        // the server cannot know that the other end is gone
        let since = Instant::now();
        floor.db.write(&ours)?;
        let waited = since.elapsed();
        assert!(waited > Duration::from_secs(5) && waited < Duration::from_secs(15), "{waited:?}");
        relay.mend();
        Ok(())
    });
    assert_eq!(gone.unwrap_err().code(), "away");
    assert_eq!(count(&mut floor.db), 1);
}

#[test]
fn a_server_without_a_free_connection_is_waited_for() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::with(&Options { max_connections: 12, ..Options::default() });
    let mut floor = floor_on(&server);
    let store = Store::open(&floor.path()).unwrap();
    ask(&store).unwrap();
    let mut others: Vec<Db> = Vec::new();
    let full = loop {
        match Db::open(&floor.path()) {
            Ok(db) => others.push(db),
            Err(error) => break error,
        }
    };
    assert_eq!(full.code(), "away");
    assert!(full.to_string().contains("too many clients"), "{full}");
    // the session can read, and has no connection to write by yet
    ask(&store).unwrap();
    let write = target(&mut floor);
    assert_eq!(store.make(write.clone()).unwrap_err().code(), "away");
    others.clear();
    let since = Instant::now();
    while store.make(write.clone()).is_err() {
        assert!(since.elapsed() < PATIENCE, "nobody gets the connection that came free");
    }
}

#[test]
fn a_network_that_is_cut_is_told_in_seconds_and_nothing_is_lost_or_done_twice() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::start();
    let mut floor = floor_on(&server);
    let relay = Relay::start(server.port());
    let store = Store::open(&by_relay(&floor, &relay)).unwrap();
    let troubles = store.troubles();
    ask(&store).unwrap();
    let write = target(&mut floor);
    store.make(write).unwrap();
    relay.cut();
    let write = target(&mut floor);
    let (made, asked) = thread::scope(|scope| {
        let made = scope.spawn(|| store.make(write.clone()));
        let asked = scope.spawn(|| ask(&store));
        assert_eq!(told(&troubles, Duration::from_secs(10)).as_deref(), Some("away"));
        relay.mend();
        assert_eq!(told(&troubles, Duration::from_secs(10)), None);
        (made.join().unwrap(), asked.join().unwrap())
    });
    // both were held up and arrived, or were given up and are sent again
    assert!(made.is_ok() || matches!(made, Err(StoreError::Away { .. })), "{made:?}");
    assert!(asked.is_ok() || matches!(asked, Err(StoreError::Away { .. })), "{asked:?}");
    let replayed = made_at_last(&store, &write).replayed;
    assert_eq!(replayed, made.is_ok());
    ask(&store).unwrap();
    assert_eq!(count(&mut floor.db), 2);
}
