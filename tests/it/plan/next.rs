//! What an outcome brings next.

use corral::domain::id::{DealId, PersonId, TaskId};
use corral::domain::lists::{EventKind, Lane};
use corral::playbook::plan::{About, Known, Plan, Source, proposal};

use super::fixture::*;

/// The plan after the `tries`th call without an answer, the `today`th of its day.
fn unanswered(tries: u32, today: u32, time: &str) -> Plan {
    let playbook = playbook();
    let known = Known { tries, attempts: tries, calls_today: today, ..known() };
    let mut planner = planner(&playbook, &known, time);
    planner.told(&told("no_answer", time));
    planner.finish()
}

#[test]
fn a_ladder_is_climbed_rung_by_rung() {
    assert_eq!(made(&unanswered(1, 1, "11-24 15:00")), ["retry:2 11-24 15:30"]);
    assert_eq!(made(&unanswered(2, 2, "11-24 15:30")), ["retry:3 11-24 17:30"]);
    // day delays go to the other half of the day
    assert_eq!(made(&unanswered(3, 1, "11-24 17:30")), ["retry:4 11-25 11:00"]);
    assert_eq!(made(&unanswered(4, 1, "11-25 11:00")), ["retry:5 11-27 18:00"]);
    // used up: the outcome's `then` leaves the customer in peace for 30 days (Sunday the 27th of December)
    assert_eq!(made(&unanswered(5, 1, "11-27 18:00")), ["next:no_answer 12-27 11:00"]);
}

#[test]
fn a_full_day_moves_the_retry_to_the_next_one() {
    assert_eq!(made(&unanswered(1, 3, "11-24 11:00")), ["retry:2 11-25 18:00"]);
    // and a retry that would fall into the night waits for the morning; Monday is off
    assert_eq!(made(&unanswered(1, 1, "11-24 20:20")), ["retry:2 11-25 10:00"]);
    assert_eq!(made(&unanswered(1, 1, "11-22 20:20")), ["retry:2 11-24 10:00"]);
    assert_eq!(made(&unanswered(3, 1, "11-22 17:30")), ["retry:4 11-24 11:00"]);
}

#[test]
fn a_callback_is_a_promise_at_the_time_that_was_named() {
    let playbook = playbook();
    let mut planner = planner(&playbook, &known(), "11-24 15:00");
    let mut call = told("promised", "11-24 15:00");
    call.next_at = Some(at("11-30 15:00"));
    call.words = "after three".to_owned();
    planner.told(&call);
    let plan = planner.finish();
    // Monday the 30th is off, but the customer named it
    assert_eq!(made(&plan), ["callback 11-30 15:00"]);
    let task = &plan.made[0];
    assert!(task.promised);
    assert_eq!((task.priority, task.key.as_str()), (1, "next:900"));
    assert_eq!(task.source, Source::Callback { words: "after three".to_owned() });
    assert_eq!(task.person, Some(PersonId(31)), "the first contactable role in the playbook's order");
}

#[test]
fn a_named_time_in_quiet_hours_is_moved_to_their_end() {
    let playbook = playbook();
    let mut planner = planner(&playbook, &known(), "11-24 15:00");
    let mut call = told("promised", "11-24 15:00");
    call.next_at = Some(at("11-25 21:00"));
    planner.told(&call);
    assert_eq!(made(&planner.finish()), ["callback 11-26 10:00"]);
}

#[test]
fn three_answers_in_the_same_half_hour_are_the_customers_time() {
    let playbook = playbook();
    let father = Some(PersonId(32));
    let mut known = known();
    known.answered = vec![
        (father, at("11-24 20:05")),
        (father, at("11-21 20:29")),
        (Some(PersonId(31)), at("11-20 11:05")),
    ];
    let propose = |known: &Known| show(proposal(&playbook, known, &"promised".into(), at("11-24 15:00")));
    assert_eq!(propose(&known), "11-25 15:00", "two are not yet a habit");
    known.answered.push((father, at("11-18 20:00")));
    assert_eq!(propose(&known), "11-25 20:00");
    // a habit of the night is none of ours
    known.answered = ["11-20 21:00", "11-21 21:10", "11-22 21:20"].map(|t| (father, at(t))).to_vec();
    assert_eq!(propose(&known), "11-25 15:00");
    // nobody answers in the day's calls until Sunday; Monday is off
    assert_eq!(show(proposal(&playbook, &known, &"promised".into(), at("11-22 15:00"))), "11-24 15:00");
}

#[test]
fn a_new_call_replaces_the_old_one_and_the_procedures_call_of_that_day() {
    let (playbook, mut known) = after_assignment();
    known.tasks.push(outcome_task(55, "11-26 15:00"));
    let mut planner = planner(&playbook, &known, "11-24 15:05");
    // follow-up after two days: Thursday; the procedure's calls are on the 25th and the 27th
    planner.told(&told("talked", "11-24 15:05"));
    let plan = planner.finish();
    assert_eq!(made(&plan), ["next:talked 11-26 15:05"]);
    assert_eq!(
        closed(&plan, &known.tasks),
        ["sop:first/0 done done_when", "next:talked cancelled superseded"]
    );

    let mut named = told("promised", "11-24 15:05");
    named.next_at = Some(at("11-27 19:00"));
    let mut planner = super::fixture::planner(&playbook, &known, "11-24 15:05");
    planner.told(&named);
    assert_eq!(
        closed(&planner.finish(), &known.tasks),
        [
            "sop:first/0 done done_when",
            "sop:first/3 cancelled superseded",
            "next:talked cancelled superseded",
        ]
    );
}

#[test]
fn the_task_a_touch_was_made_from_is_left_to_who_logs_it() {
    let (playbook, known) = after_assignment();
    let mut call = told("talked", "11-24 15:05");
    call.task = Some(known.tasks[0].id);
    let mut planner = planner(&playbook, &known, "11-24 15:05");
    planner.told(&call);
    assert_eq!(planner.finish().closed, []);
}

#[test]
fn a_call_that_opens_the_deal_is_followed_up_for_that_deal() {
    let playbook = playbook();
    let mut planner = planner(&playbook, &known(), "11-24 15:05");
    planner.happen(happening(EventKind::CallConnected, "11-24 15:05"));
    planner.told(&told("talked", "11-24 15:05"));
    let plan = planner.finish();
    assert_eq!(plan.made.last().unwrap().deal, Some(plan.opened[0].id));
}

#[test]
fn peace_ends_what_would_disturb_it() {
    let (playbook, known) = after_assignment();
    let mut call = told("cold", "11-24 15:05");
    call.deal = Some(known.deals[0].id);
    let mut planner = planner(&playbook, &known, "11-24 15:05");
    planner.told(&call);
    let plan = planner.finish();
    assert_eq!(made(&plan), ["next:cold 12-24 11:00"]);
    assert_eq!(
        closed(&plan, &known.tasks),
        [
            "sop:first/0 done done_when",
            "sop:first/1 cancelled superseded",
            "sop:first/2 cancelled superseded",
            "sop:first/3 cancelled superseded",
            "sop:first/4 cancelled superseded",
        ]
    );
}

#[test]
fn an_outcome_sends_its_material_at_once_on_a_channel_of_messages() {
    let playbook = playbook();
    let mut planner = planner(&playbook, &known(), "11-24 15:05");
    planner.told(&told("send", "11-24 15:05"));
    let plan = planner.finish();
    assert_eq!(made(&plan), ["next:send 11-24 15:05"]);
    let task = &plan.made[0];
    assert_eq!((task.lane, task.channel.as_str()), (Lane::Material, "chat"));
    assert_eq!(task.material.as_ref().map(corral::domain::code::MaterialCode::as_str), Some("booklet"));
}

#[test]
fn a_customer_who_wants_no_contact_gets_none() {
    let (playbook, mut known) = after_assignment();
    let mut planner = planner(&playbook, &known, "11-24 15:05");
    planner.told(&told("never", "11-24 15:05"));
    let plan = planner.finish();
    assert_eq!(made(&plan), Vec::<String>::new());
    assert_eq!(plan.closed.len(), known.tasks.len());
    assert!(plan.closed.iter().skip(1).all(|end| end.why == "do_not_contact"));

    known.tasks.clear();
    known.do_not_contact = Some(at("12-24 00:00"));
    let mut planner = super::fixture::planner(&playbook, &known, "11-25 11:00");
    planner.happen(happening(EventKind::CustomerReplied, "11-25 11:00"));
    planner.happen(happening(EventKind::LeadAssigned, "11-25 11:00"));
    assert_eq!(made(&planner.finish()), Vec::<String>::new());
}

#[test]
fn a_promise_to_another_deal_stays() {
    let playbook = playbook();
    let mut known = known();
    let mut other = outcome_task(60, "11-25 15:00");
    other.source = Source::Callback { words: String::new() };
    other.deal = Some(DealId(2));
    known.tasks = vec![other];
    known.deals =
        vec![deal(1, "sale", "talked", "11-24 15:00"), deal(2, "again", "running_out", "11-24 15:00")];
    let mut call = told("promised", "11-24 16:00");
    call.deal = Some(DealId(1));
    let mut planner = planner(&playbook, &known, "11-24 16:00");
    planner.told(&call);
    assert_eq!(planner.finish().closed, []);
    call.deal = Some(DealId(2));
    let mut planner = super::fixture::planner(&playbook, &known, "11-24 16:00");
    planner.told(&call);
    assert_eq!(planner.finish().closed[0].id, TaskId(60));
}

#[test]
fn a_try_again_follows_the_script_of_the_task_that_was_tried() {
    let (playbook, mut known) = after_assignment();
    known.tries = 1;
    let mut call = told("no_answer", "11-24 15:05");
    call.task = Some(known.tasks[0].id);
    let script = |about: Option<About>, known: &Known| {
        let mut planner = planner(&playbook, known, "11-24 15:05");
        if let Some(about) = about {
            planner.about(about);
        }
        planner.told(&call);
        planner.finish().made[0].clone()
    };
    // the greeting speaks to the decider, and so does the try after it
    let again = script(None, &known);
    assert_eq!((again.script, again.person), (Some("hello".into()), Some(PersonId(32))));
    known.tasks.remove(0);
    assert_eq!(script(None, &known).script, None);
    let about = About { script: Some("hello".into()), node: None };
    assert_eq!(script(Some(about), &known).script, Some("hello".into()));
}
