//! How often a change goes to the server and back: what makes it slow where the server is far away.

use corral::domain::code::OutcomeCode;
use corral::domain::lists::Lane;
use corral::store::change::Change;
use corral::store::change::work::WorkChange;
use corral::store::engine;
use corral::values;

use crate::floor::Floor;
use crate::ground;
use crate::school::{due, family, said, school};

/// What a change may take, whatever it causes.
const MOST: u64 = 3;

fn outcomes(floor: &Floor, lane: Lane) -> Vec<OutcomeCode> {
    floor.playbook.outcomes_for(lane).map(|outcome| outcome.code.clone()).collect()
}

/// The round trips of every outcome of a call, each on a family of its own, once statements are prepared.
fn trips_of_calls(floor: &mut Floor, named: bool) -> Vec<(String, u64)> {
    let rep = floor.rep;
    let mut found = Vec::new();
    let mut phone = 13_800_000_000_u64;
    for outcome in outcomes(floor, Lane::Call) {
        let mut least = u64::MAX;
        // the first says it once, the second prepares it, the third is as all that follow
        for _ in 0..3 {
            phone += 1;
            let customer = family(floor, rep, &phone.to_string(), &format!("wx_{phone}"));
            let mut touch = said(due(floor, customer, Lane::Call), outcome.as_str());
            touch.customer = named.then_some(customer);
            "想再考虑".clone_into(&mut touch.note);
            touch.node_at = Some(corral::domain::time::Timestamp(floor.now().0 + 86_400_000));
            let before = floor.db.trips();
            if floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).is_ok() {
                least = least.min(floor.db.trips() - before);
            }
            floor.pass_minutes(1);
        }
        if least < u64::MAX {
            found.push((outcome.as_str().to_owned(), least));
        }
    }
    found
}

#[test]
fn an_outcome_takes_three_round_trips_whatever_it_causes() {
    if !ground::is_server() {
        return;
    }
    let mut floor = school();
    let named = trips_of_calls(&mut floor, true);
    assert!(named.len() > 8, "{named:?}");
    let far: Vec<_> = named.iter().filter(|(_, trips)| *trips > MOST).collect();
    assert!(far.is_empty(), "{far:?} of {named:?}");
}

#[test]
fn what_was_taken_for_granted_and_is_not_so_is_made_again_alone() {
    if !ground::is_server() {
        return;
    }
    let floor = school();
    let mut engine = engine::open(&floor.path()).unwrap();
    let settings = "UPDATE setting SET value = $1 WHERE name = $2";
    engine.begin_write().unwrap();
    // what came before in the same transaction
    engine.savepoint().unwrap();
    engine.put("INSERT INTO setting (name, value) VALUES ('before', 'kept')", &[]).unwrap();
    engine.release().unwrap();
    // nobody has such a setting: one row is taken for granted, and none is there
    engine.savepoint().unwrap();
    assert_eq!(engine.likely(settings, values!["x", "nothing"], 1).unwrap(), 1);
    assert_eq!(engine.release().unwrap_err().code(), "busy");
    assert!(engine.wants_again());
    engine.rollback_to_savepoint();
    // asked again, nothing is taken for granted
    engine.savepoint().unwrap();
    assert_eq!(engine.likely(settings, values!["x", "nothing"], 1).unwrap(), 0);
    engine.release().unwrap();
    engine.commit().unwrap();
    assert!(!engine.wants_again());
    assert_eq!(floor.rows("SELECT value FROM setting WHERE name = 'before'"), [["kept"]]);
}
