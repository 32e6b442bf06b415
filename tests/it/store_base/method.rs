//! A playbook is stored as a numbered version; stages with open deals do not vanish unnoticed.

use corral::store::change::{Change, PeopleChange};
use corral::store::people::preview;
use corral::store::query::{Answer, Query};

use super::undo::at_work;
use crate::floor::Floor;

const SMALL: &str = include_str!("../floor/small.toml");

fn applied(text: &str) -> Change {
    Change::People(PeopleChange::ApplyPlaybook { text: text.to_owned() })
}

/// The small method without the stage a fresh deal stands in.
fn without_new() -> String {
    let line = "  { id = \"new\", name = { zh = \"新\", en = \"New\" }, max_days = 30 },\n";
    assert!(SMALL.contains(line));
    SMALL.replace(line, "")
}

#[test]
fn the_same_text_makes_no_new_version_and_another_one_does() {
    let mut floor = Floor::new();
    let manager = floor.manager;
    let same = floor.write(manager, applied(SMALL)).unwrap();
    assert_eq!(same.effects.playbook, Some(("small".to_owned(), 1)));
    let next = SMALL.replace("version = \"1\"", "version = \"2\"");
    let made = floor.write(manager, applied(&next)).unwrap();
    assert_eq!(made.effects.playbook, Some(("small".to_owned(), 2)));
    let stored =
        floor.rows("SELECT number, version, length(hash), by_user FROM playbook_version ORDER BY number");
    assert_eq!(stored, [["1", "1", "64", "1"], ["2", "2", "64", &manager.to_string()]]);
    let text = |number| Query::PlaybookText { id: "small".to_owned(), number };
    assert_eq!(floor.read(&text(Some(1))).unwrap(), Answer::PlaybookText(SMALL.to_owned()));
    assert_eq!(floor.read(&text(None)).unwrap(), Answer::PlaybookText(next));
    // another program, which has read version 1, works by version 2 from now on
    let rep = floor.rep;
    let Answer::Me(me) = floor.second().read(&Query::Me(rep)).unwrap() else { panic!() };
    assert_eq!((me.version, me.playbook.version.as_str()), (2, "2"));
}

#[test]
fn a_wrong_playbook_is_refused_with_every_problem_and_the_old_one_stays() {
    let mut floor = Floor::new();
    let manager = floor.manager;
    let wrong = SMALL.replace("lane = \"call\"", "lane = \"coll\"").replace("region", "reggion");
    let refused = floor.write(manager, applied(&wrong)).unwrap_err();
    assert_eq!(refused.code(), "bad_playbook");
    assert!(refused.to_string().contains("coll"), "{refused}");
    assert_eq!(floor.rows("SELECT count(*) FROM playbook_version"), [["1"]]);
}

#[test]
fn a_stage_with_open_deals_vanishes_only_when_the_playbook_says_where_they_go() {
    let (mut floor, customer) = at_work();
    let manager = floor.manager;
    let stage = format!("SELECT stage FROM deal WHERE customer_id = {customer} AND pipeline = 'main'");
    assert_eq!(floor.rows(&stage), [["new"]]);
    let gone = without_new();
    let refused = floor.write(manager, applied(&gone)).unwrap_err();
    assert_eq!(refused.code(), "stages_vanish");
    assert!(refused.to_string().contains("'new' of 'main' (1 open deal"), "{refused}");
    assert_eq!(floor.rows(&stage), [["new"]]);
    let mapped = format!("{gone}\n[[stage_map]]\npipeline = \"main\"\nfrom = \"new\"\nto = \"warm\"\n");
    let seen = floor.db.snapshot(|tx, _| preview(tx, &mapped)).unwrap();
    assert_eq!((seen.before, seen.number), (Some(1), 2));
    assert!(!seen.differences.is_empty());
    let vanishing: Vec<_> =
        seen.vanishing.iter().map(|v| (v.stage.as_str(), v.deals, v.to.as_deref())).collect();
    assert_eq!(vanishing, [("new", 1, Some("warm"))]);
    assert_eq!(floor.rows("SELECT count(*) FROM playbook_version"), [["1"]], "a preview writes nothing");
    floor.write(manager, applied(&mapped)).unwrap();
    assert_eq!(floor.rows(&stage), [["warm"]]);
    let moved = floor.rows("SELECT from_stage, to_stage FROM stage_move WHERE evidence = 'playbook'");
    assert_eq!(moved, [["new", "warm"]]);
}

#[test]
fn a_rep_applies_no_playbook() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    assert_eq!(floor.write(rep, applied(SMALL)).unwrap_err().code(), "forbidden");
}
