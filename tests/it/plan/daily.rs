//! The daily look: rules, warnings, deals due.

use corral::domain::id::DealId;
use corral::domain::lists::NodeState;
use corral::playbook::plan::{Known, Plan, daily};

use super::fixture::*;

fn look(known: &Known, now: &str) -> Plan {
    daily(&playbook(), known.clone(), at(now), ids(now))
}

#[test]
fn the_day_of_an_answer_makes_one_call_and_no_more_while_it_stays_away() {
    let mut known = known();
    let mut sale = deal(1, "sale", "informed", "11-20 15:00");
    sale.fields.insert("decide_by".into(), "2026-11-25".to_owned());
    known.deals = vec![sale];
    assert_eq!(made(&look(&known, "11-24 00:05")), Vec::<String>::new());
    let plan = look(&known, "11-25 00:05");
    // from the opening at 10:00, within eight hours
    assert_eq!(made(&plan), ["rule:decide 11-25 18:00"]);
    assert_eq!(plan.made[0].deal, Some(DealId(1)));
    assert_eq!(plan.made[0].clock_from, None, "nobody waits for an answer of ours");
    // done or not, the same date makes the same key
    assert_eq!(look(&known, "11-27 00:05").made[0].key, plan.made[0].key);
    known.deals[0].fields.insert("decide_by".into(), "2026-11-26".to_owned());
    assert_ne!(look(&known, "11-27 00:05").made[0].key, plan.made[0].key, "a new date is a new question");
}

#[test]
fn a_node_not_confirmed_warns_when_its_hours_have_come_and_is_cured_by_the_confirmation() {
    let mut known = known();
    known.deals = vec![deal(1, "sale", "invited", "11-24 15:00")];
    known.nodes = vec![node(5, 1, "11-25 19:00")];
    let plan = look(&known, "11-25 00:05");
    assert_eq!(made(&plan), ["rule:unconfirmed 11-25 16:00"]);
    assert_eq!(plan.made[0].priority, 1);
    known.tasks = open(&plan);
    assert_eq!(look(&known, "11-25 17:00").closed, [], "it is still not confirmed");
    assert_eq!(made(&look(&known, "11-25 17:00")), Vec::<String>::new());
    known.nodes[0].state = NodeState::Reminded;
    assert_eq!(closed(&look(&known, "11-25 12:00"), &known.tasks), ["rule:unconfirmed cancelled cured"]);
}

#[test]
fn a_warning_that_was_seen_to_comes_once_a_stay_in_its_stage() {
    let mut known = known();
    known.deals = vec![deal(1, "sale", "choosing", "11-24 15:00")];
    let key = |known: &Known, now: &str| {
        let made = look(known, now).made;
        made.into_iter().find(|task| task.source.short() == "rule:no_decider").map(|task| task.key)
    };
    let first = key(&known, "11-25 00:05");
    assert!(first.is_some());
    assert_eq!(key(&known, "11-28 00:05"), first);
    known.persons[2].touched = true;
    assert_eq!(key(&known, "11-28 00:05"), None);
}

#[test]
fn a_brief_deal_asks_on_the_day_its_date_comes() {
    let mut known = known();
    let mut again = deal(1, "again", "running_out", "11-20 15:00");
    again.fields.insert("renew_on".into(), "2026-11-26".to_owned());
    known.deals = vec![again];
    let due =
        |plan: Plan| made(&plan).into_iter().filter(|task| task.starts_with("due:")).collect::<Vec<_>>();
    assert_eq!(due(look(&known, "11-25 00:05")), Vec::<String>::new());
    assert_eq!(due(look(&known, "11-26 00:05")), ["due:renew_on 11-26 10:00"]);
    // nobody was on at midnight
    assert_eq!(due(look(&known, "11-27 14:00")), ["due:renew_on 11-27 14:00"]);
    assert_eq!(look(&known, "11-27 14:00").made[0].key, look(&known, "11-26 00:05").made[0].key);
}

#[test]
fn a_stage_without_its_limit_gets_it_on_the_next_look() {
    let mut known = known();
    known.deals = vec![deal(1, "sale", "fresh", "11-24 15:00")];
    let plan = look(&known, "11-24 18:00");
    assert_eq!(made(&plan), ["limit:fresh 11-25 10:00"]);
    known.tasks = open(&plan);
    assert_eq!(made(&look(&known, "11-25 00:05")), Vec::<String>::new());
}
