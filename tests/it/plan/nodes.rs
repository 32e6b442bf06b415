//! Booked nodes and what surrounds them (S001-69).

use corral::domain::id::{DealId, NodeId};
use corral::domain::lists::{EventKind, NodeState};
use corral::playbook::Playbook;
use corral::playbook::plan::{Happening, Known, Plan};

use super::fixture::*;

fn of_node(kind: EventKind, node: i64, time: &str) -> Happening {
    Happening { deal: Some(DealId(1)), node: Some(NodeId(node)), ..happening(kind, time) }
}

fn with_node(time: &str) -> Known {
    let mut known = known();
    known.deals = vec![deal(1, "sale", "talked", "11-24 15:00")];
    known.nodes = vec![node(5, 1, time)];
    known
}

fn book(playbook: &Playbook, known: &Known, now: &str) -> Plan {
    let mut planner = planner(playbook, known, now);
    planner.happen(of_node(EventKind::NodeBooked, 5, now));
    planner.finish()
}

#[test]
fn a_booking_plans_the_node_its_reminders_and_what_follows() {
    let plan = book(&playbook(), &with_node("11-27 19:00"), "11-24 15:00");
    assert_eq!(
        made(&plan),
        [
            "sop:around/0 11-26 18:30",
            "sop:around/1 11-27 17:00",
            // 19:00 + 90 min is the beginning of the night
            "sop:around/2 11-28 10:00",
            "node:trial 11-27 19:00",
        ]
    );
    assert!(plan.made.iter().all(|task| task.node == Some(NodeId(5)) && task.priority == 1));
    assert_eq!(plan.made[3].channel.as_str(), "lesson");
}

#[test]
fn a_reminder_that_quiet_hours_would_push_past_the_node_comes_before_them() {
    // a node at 10:00: two hours before is the night, whose end is the node itself
    let plan = book(&playbook(), &with_node("11-27 10:00"), "11-24 15:00");
    assert_eq!(made(&plan)[1], "sop:around/1 11-26 20:00");
    // booked too late for that: no reminder is left
    let plan = book(&playbook(), &with_node("11-27 10:00"), "11-26 20:10");
    assert_eq!(
        made(&plan),
        ["sop:around/0 11-26 20:10", "sop:around/2 11-27 11:30", "node:trial 11-27 10:00"]
    );
}

#[test]
fn a_node_moved_takes_its_tasks_with_it() {
    let playbook = playbook();
    let mut known = with_node("11-27 19:00");
    known.tasks = open(&book(&playbook, &known, "11-24 15:00"));
    // the same row at another time
    let mut moved = known.clone();
    moved.nodes[0].at = at("11-28 14:00");
    let plan = book(&playbook, &moved, "11-25 15:00");
    assert_eq!(made(&plan).len(), 4);
    assert_eq!(plan.closed.len(), 4);
    // another row in place of the first
    moved = known.clone();
    moved.nodes[0].state = NodeState::Moved;
    moved.nodes.push(node(6, 1, "11-28 14:00"));
    let mut planner = planner(&playbook, &moved, "11-25 15:00");
    planner.happen(of_node(EventKind::NodeBooked, 6, "11-25 15:00"));
    let plan = planner.finish();
    assert_eq!(
        made(&plan),
        [
            "sop:around/0 11-27 18:30",
            "sop:around/1 11-28 12:00",
            "sop:around/2 11-28 15:30",
            "node:trial 11-28 14:00",
        ]
    );
    assert_eq!(plan.closed.iter().filter(|end| end.why == "node_moved").count(), 4);
}

#[test]
fn a_missed_node_ends_its_steps_and_asks_for_a_new_time_within_two_hours() {
    let playbook = playbook();
    let mut known = with_node("11-27 15:00");
    known.tasks = open(&book(&playbook, &known, "11-24 15:00"));
    known.nodes[0].state = NodeState::Missed;
    let mut planner = planner(&playbook, &known, "11-27 16:00");
    planner.happen(of_node(EventKind::NodeMissed, 5, "11-27 16:00"));
    let plan = planner.finish();
    assert_eq!(made(&plan), ["rule:missed 11-27 18:00"]);
    assert_eq!(plan.made[0].clock_from, Some(at("11-27 16:00")));
    assert!(plan.closed.iter().all(|end| end.why == "node_missed"));
    assert_eq!(plan.closed.len(), 4);
}

#[test]
fn an_attended_node_is_done_and_needs_no_reminder_but_keeps_what_follows() {
    let playbook = playbook();
    let mut known = with_node("11-27 15:00");
    known.tasks = open(&book(&playbook, &known, "11-24 15:00"));
    known.nodes[0].state = NodeState::Attended;
    let mut planner = planner(&playbook, &known, "11-27 15:40");
    planner.happen(of_node(EventKind::NodeAttended, 5, "11-27 15:40"));
    assert_eq!(
        closed(&planner.finish(), &known.tasks),
        ["node:trial done done_when", "sop:around/0 cancelled node_over", "sop:around/1 cancelled node_over",]
    );
}

#[test]
fn a_call_before_the_node_does_not_count_for_the_call_after_it() {
    let playbook = playbook();
    let mut known = with_node("11-27 15:00");
    known.tasks = open(&book(&playbook, &known, "11-24 15:00"));
    let mut call = told("booked", "11-27 13:05");
    call.deal = Some(DealId(1));
    let mut planner = planner(&playbook, &known, "11-27 13:05");
    planner.told(&call);
    assert_eq!(closed(&planner.finish(), &known.tasks), ["sop:around/1 done done_when"]);
}

#[test]
fn a_reminder_nobody_answered_is_tried_again_for_the_same_node_unless_it_would_be_too_late() {
    let playbook = playbook();
    let mut known = with_node("11-27 15:00");
    known.tasks = open(&book(&playbook, &known, "11-24 15:00"));
    known.tries = 1;
    known.calls_today = 1;
    let reminder = known.tasks.iter().find(|task| task.source.short() == "sop:around/1").unwrap().id;
    let again = |time: &str| {
        let mut call = told("no_answer", time);
        call.task = Some(reminder);
        call.deal = Some(DealId(1));
        let mut planner = planner(&playbook, &known, time);
        planner.told(&call);
        planner.finish()
    };
    let plan = again("11-27 13:00");
    assert_eq!(made(&plan), ["retry:2 11-27 13:30", "rule:unconfirmed 11-27 13:00"]);
    assert_eq!((plan.made[0].node, plan.made[0].priority), (Some(NodeId(5)), 1));
    assert_eq!(plan.closed, [], "the call after the lesson of the same day is another thing");
    assert_eq!(
        made(&again("11-27 14:40")),
        ["rule:unconfirmed 11-27 14:40"],
        "15:10 is after the lesson began"
    );

    known.tasks.push(open_task(&plan.made[0]));
    known.nodes[0].state = NodeState::Attended;
    let mut over = planner(&playbook, &known, "11-27 15:40");
    over.happen(of_node(EventKind::NodeAttended, 5, "11-27 15:40"));
    assert!(closed(&over.finish(), &known.tasks).contains(&"retry:2 cancelled node_over".to_owned()));
}

#[test]
fn what_follows_an_earlier_node_ends_where_the_next_one_begins() {
    let playbook = playbook();
    // the talk about the first lesson is due at 16:30; a second lesson of that day begins before or after it
    for (second, ended) in [("11-27 16:00", 1), ("11-27 17:00", 0)] {
        let mut known = with_node("11-27 15:00");
        known.tasks = open(&book(&playbook, &known, "11-24 15:00"));
        known.tasks.retain(|task| task.key.starts_with("sop:around/2"));
        known.nodes[0].state = NodeState::Attended;
        known.nodes.push(node(6, 1, second));
        let mut planner = planner(&playbook, &known, "11-27 15:40");
        planner.happen(of_node(EventKind::NodeBooked, 6, "11-27 15:40"));
        let plan = planner.finish();
        assert_eq!(plan.closed.iter().filter(|end| end.why == "superseded").count(), ended, "{second}");
        assert!(made(&plan).iter().any(|task| task.starts_with("sop:around/2")), "{second}");
    }
}
