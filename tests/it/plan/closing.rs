//! What ends open tasks.

use corral::domain::lists::{DealState, EventKind, NodeState};
use corral::playbook::plan::{Happening, Source};

use super::fixture::*;

#[test]
fn a_booking_ends_every_step_of_the_procedure_that_waited_for_it() {
    let (playbook, mut known) = after_assignment();
    known.nodes = vec![node(5, known.deals[0].id.0, "11-27 19:00")];
    let mut planner = planner(&playbook, &known, "11-24 16:00");
    let mut call = told("booked", "11-24 16:00");
    call.deal = Some(known.deals[0].id);
    planner.told(&call);
    assert_eq!(
        closed(&planner.finish(), &known.tasks),
        [
            "sop:first/0 done done_when",
            "sop:first/2 done done_when",
            "sop:first/3 done done_when",
            // the coupon was to win a booking
            "sop:first/4 cancelled skip_when",
        ]
    );
}

#[test]
fn a_stage_left_ends_its_limit_and_its_procedure() {
    let (playbook, mut known) = after_assignment();
    let id = known.deals[0].id;
    let enter = |stage: &str, time: &str| Happening {
        name: Some(stage.to_owned()),
        deal: Some(id),
        ..happening(EventKind::StageEntered, time)
    };
    let mut into = planner(&playbook, &known, "11-24 16:00");
    into.happen(enter("choosing", "11-24 16:00"));
    let plan = into.finish();
    // seven days: Tuesday the 1st; the procedure's call on day 2; nobody has yet spoken to the decider
    assert_eq!(
        made(&plan),
        ["sop:choose/0 11-26 19:00", "limit:choosing 12-01 10:00", "rule:no_decider 11-24 16:00"]
    );
    assert_eq!(closed(&plan, &known.tasks), ["limit:fresh cancelled stage_left"]);

    known.deals[0].stage = Some("choosing".into());
    known.deals[0].stage_since = at("11-24 16:00");
    known.tasks = open(&plan);
    let mut out = planner(&playbook, &known, "11-25 16:00");
    out.happen(enter("informed", "11-25 16:00"));
    assert_eq!(
        closed(&out.finish(), &known.tasks),
        [
            "sop:choose/0 cancelled stage_left",
            "limit:choosing cancelled stage_left",
            "rule:no_decider cancelled cured",
        ]
    );
}

#[test]
fn a_lost_deal_ends_its_tasks_but_not_a_promise() {
    let (playbook, mut known) = after_assignment();
    let mut promise = outcome_task(60, "11-26 15:00");
    promise.deal = Some(known.deals[0].id);
    promise.source = Source::Callback { words: "he asked".to_owned() };
    known.tasks.push(promise);
    let mut planner = planner(&playbook, &known, "11-24 16:00");
    planner.closed(known.deals[0].id, DealState::Lost);
    let plan = planner.finish();
    assert_eq!(plan.closed.len(), known.tasks.len() - 1);
    assert!(plan.closed.iter().all(|end| end.why == "deal_closed" && end.id.0 != 60));
}

#[test]
fn care_is_given_on_its_day_not_by_a_talk_long_before() {
    let (playbook, mut known) = after_assignment();
    let mut sale = planner(&playbook, &known, "11-25 16:00");
    sale.happen(Happening { deal: Some(known.deals[0].id), ..happening(EventKind::OrderWon, "11-25 16:00") });
    known.tasks = open(&sale.finish());
    let talk = |time: &str| {
        let mut planner = planner(&playbook, &known, time);
        planner.told(&told("booked", time));
        planner.finish().closed.len()
    };
    assert_eq!((talk("11-27 16:00"), talk("12-02 11:00")), (0, 1));
}

#[test]
fn an_answered_message_is_one_task_however_often_the_customer_writes() {
    let playbook = playbook();
    let mut known = known();
    let mut first = planner(&playbook, &known, "11-24 15:00");
    first.happen(happening(EventKind::CustomerReplied, "11-24 15:00"));
    let plan = first.finish();
    assert_eq!(made(&plan), ["rule:reply 11-24 15:30"]);
    known.tasks = open(&plan);
    let mut second = planner(&playbook, &known, "11-24 15:05");
    second.happen(happening(EventKind::CustomerReplied, "11-24 15:05"));
    assert_eq!(made(&second.finish()), Vec::<String>::new());
    let mut answer = planner(&playbook, &known, "11-24 15:10");
    answer.told(&told("booked", "11-24 15:10"));
    assert_eq!(closed(&answer.finish(), &known.tasks), ["rule:reply done done_when"]);
}

#[test]
fn a_node_called_off_ends_its_tasks_at_the_next_planning() {
    let (playbook, mut known) = after_assignment();
    known.nodes = vec![node(5, known.deals[0].id.0, "11-27 19:00")];
    let mut booked = planner(&playbook, &known, "11-24 16:00");
    booked.happen(Happening {
        deal: Some(known.deals[0].id),
        node: Some(known.nodes[0].id),
        ..happening(EventKind::NodeBooked, "11-24 16:00")
    });
    known.tasks = open(&booked.finish());
    known.nodes[0].state = NodeState::Cancelled;
    let plan = planner(&playbook, &known, "11-25 11:00").finish();
    assert_eq!(plan.closed.iter().filter(|end| end.why == "node_moved").count(), known.tasks.len());
}
