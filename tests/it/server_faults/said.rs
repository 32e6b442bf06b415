//! What a server may say of a change, and what is made of it.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use corral::store::Db;
use corral::store::worker::Store;

use super::{PATIENCE, count, floor_on, made_at_last, target};
use crate::cluster::{self, Cluster};
use crate::floor::Floor;

/// Has the server fail a change with a code: so often.
fn fail(server: &Cluster, floor: &Floor, code: &str, times: u32) {
    let path = floor.path();
    let (_, database) = path.to_str().unwrap().rsplit_once('/').unwrap();
    let database = database.split('?').next().unwrap();
    for sql in [
        // a number that was taken stays taken, whatever becomes of the change
        "drop sequence if exists failures cascade",
        "create sequence failures",
        &format!(
            "create or replace function fail() returns trigger language plpgsql as $$ begin \
             if nextval('public.failures') <= {times} then \
             raise exception using errcode = '{code}', message = 'made to fail'; end if; return new; end $$"
        ),
        "drop trigger if exists fails on floor.target",
        "create trigger fails before insert on floor.target for each row execute function public.fail()",
    ] {
        server.psql(database, sql);
    }
}

#[test]
fn a_command_tries_again_where_changes_got_in_each_others_way() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let mut floor = floor_on(server);
    // a serialization failure, a deadlock, a lock that did not come
    for (code, before) in [("40001", 0), ("40P01", 1), ("55P03", 2)] {
        fail(server, &floor, code, 2);
        let write = target(&mut floor);
        assert!(!floor.db.write(&write).unwrap().replayed, "{code}");
        assert_eq!(count(&mut floor.db), before + 1, "{code}");
    }
}

#[test]
fn a_session_holds_what_the_server_has_no_room_or_no_right_for() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let mut floor = floor_on(server);
    let store = Store::open(&floor.path()).unwrap();
    for (code, told) in [("53100", "disk_full"), ("58030", "disk"), ("42501", "refused"), ("53200", "away")] {
        let before = count(&mut floor.db);
        fail(server, &floor, code, 2);
        let write = target(&mut floor);
        let refused = store.make(write.clone()).unwrap_err();
        assert_eq!((refused.code(), refused.may_pass()), (told, true), "{refused}");
        assert_eq!(count(&mut floor.db), before);
        assert!(!made_at_last(&store, &write).replayed);
        assert_eq!(count(&mut floor.db), before + 1);
    }
}

#[test]
fn changes_that_wait_together_and_get_no_turn_are_all_to_be_sent_again() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let mut floor = floor_on(server);
    let store = Store::open(&floor.path()).unwrap();
    let writes: Vec<_> = (0..6).map(|_| target(&mut floor)).collect();
    let mut other = Db::open(&floor.path()).unwrap();
    let answers = other.bulk(|bulk| {
        // the right of way is had with the first question
        bulk.look(|_, _| Ok(()))?;
        let (tell, hear) = channel();
        for write in &writes {
            let tell = tell.clone();
            store.write(write.clone(), move |made| tell.send(made).unwrap());
        }
        let since = Instant::now();
        let mut answers = Vec::new();
        while answers.len() < writes.len() {
            assert!(since.elapsed() < PATIENCE, "{answers:?}");
            // whoever is idle that long in the midst of a change is taken for gone
            bulk.look(|tx, _| tx.number("SELECT 1", &[]))?;
            answers.extend(hear.recv_timeout(Duration::from_secs(1)));
        }
        Ok(answers)
    });
    for answer in answers.unwrap() {
        assert_eq!(answer.map_err(|error| error.code().to_owned()), Err("busy".to_owned()));
    }
    for write in &writes {
        assert!(!made_at_last(&store, write).replayed);
    }
    assert_eq!(count(&mut floor.db), 6);
}
