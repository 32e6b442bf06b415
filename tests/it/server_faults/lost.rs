//! The answer to a commit that was done and never heard of.

use std::sync::mpsc::channel;

use corral::store::Db;
use corral::store::worker::Store;

use super::{PATIENCE, by_relay, count, floor_on, made_at_last, target};
use crate::cluster::{self, Relay};

#[test]
fn a_change_whose_answer_was_lost_is_there_once_after_it_is_sent_again() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let mut floor = floor_on(server);
    let relay = Relay::start(server.port());
    let store = Store::open(&by_relay(&floor, &relay)).unwrap();
    let write = target(&mut floor);
    relay.lose_a_commit();
    let refused = store.make(write.clone()).unwrap_err();
    assert!(relay.has_lost_a_commit());
    assert_eq!(refused.code(), "away", "{refused}");
    // nobody was told, and it is there
    assert_eq!(count(&mut floor.db), 1);
    let commit = made_at_last(&store, &write);
    assert!(commit.replayed);
    assert_eq!(commit.effects.undone, None);
    assert_eq!(count(&mut floor.db), 1);
}

#[test]
fn a_command_whose_answer_was_lost_asks_again_by_itself() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let mut floor = floor_on(server);
    let relay = Relay::start(server.port());
    let mut db = Db::open(&by_relay(&floor, &relay)).unwrap();
    let write = target(&mut floor);
    relay.lose_a_commit();
    assert!(db.write(&write).unwrap().replayed);
    assert!(relay.has_lost_a_commit());
    assert_eq!(count(&mut floor.db), 1);
}

#[test]
fn all_changes_of_a_commit_whose_answer_was_lost_are_there_once() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let mut floor = floor_on(server);
    let relay = Relay::start(server.port());
    let store = Store::open(&by_relay(&floor, &relay)).unwrap();
    let writes: Vec<_> = (0..40).map(|_| target(&mut floor)).collect();
    let (tell, hear) = channel();
    relay.lose_a_commit();
    for write in &writes {
        let tell = tell.clone();
        let id = write.id;
        store.write(write.clone(), move |made| tell.send((id, made)).unwrap());
    }
    let answers: Vec<_> = writes.iter().map(|_| hear.recv_timeout(PATIENCE).unwrap()).collect();
    let mut lost = 0;
    for (id, made) in answers {
        if let Err(error) = made {
            assert_eq!(error.code(), "away");
            lost += 1;
            let write = writes.iter().find(|write| write.id == id).unwrap();
            assert!(made_at_last(&store, write).replayed);
        }
    }
    assert!(lost > 0 && relay.has_lost_a_commit(), "{lost} were lost");
    assert_eq!(count(&mut floor.db), 40);
}
