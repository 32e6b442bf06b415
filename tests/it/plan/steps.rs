//! Deals opened and procedures started.

use corral::domain::lists::{DealState, EventKind};
use corral::domain::time::Timestamp;
use corral::playbook::plan::Happening;

use super::fixture::*;

#[test]
fn an_assigned_lead_opens_its_deal_and_starts_its_procedure() {
    let playbook = playbook();
    let mut planner = planner(&playbook, &known(), "11-24 15:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-24 15:00"));
    let plan = planner.finish();
    assert_eq!(plan.opened.len(), 1);
    assert_eq!(plan.opened[0].pipeline.as_str(), "sale");
    let kinds: Vec<_> = plan.happened.iter().map(|h| h.kind).collect();
    assert_eq!(kinds, [EventKind::LeadAssigned, EventKind::OpportunityOpened, EventKind::StageEntered]);
    // Tuesday 15:00: greet within 10 min, booklet within 2 h, invite on day 1 and day 3, coupon on day 4; the first stage
    // may last one day
    assert_eq!(
        made(&plan),
        [
            "sop:first/0 11-24 15:10",
            "sop:first/1 11-24 17:00",
            "sop:first/2 11-25 19:30",
            "sop:first/3 11-27 12:20",
            "sop:first/4 11-28 18:30",
            "limit:fresh 11-25 10:00",
        ]
    );
    let greet = &plan.made[0];
    assert_eq!(greet.clock_from, Some(at("11-24 15:00")));
    assert_eq!(greet.person.map(|p| p.0), Some(32), "the script speaks to the decider");
    assert_eq!(plan.made[1].person.map(|p| p.0), Some(31), "only the mother can be reached by chat");
    assert_eq!((greet.priority, plan.made[2].priority, plan.made[4].priority), (1, 3, 4));
    assert_eq!(greet.deal, Some(plan.opened[0].id));
}

#[test]
fn a_clock_that_would_start_in_the_night_starts_with_the_next_working_day() {
    let playbook = playbook();
    // Sunday 22:00; Monday is off: the clock starts Tuesday at 10:00
    let mut planner = planner(&playbook, &known(), "11-22 22:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-22 22:00"));
    let plan = planner.finish();
    assert_eq!(show(plan.made[0].due_at), "11-24 10:10");
    assert_eq!(plan.made[0].clock_from, Some(at("11-24 10:00")));
    // the invitation of Monday 19:30 keeps its time of day on Tuesday
    assert_eq!(show(plan.made[2].due_at), "11-24 19:30");
}

#[test]
fn the_same_event_again_opens_and_plans_nothing_new() {
    let (playbook, known) = after_assignment();
    let mut planner = planner(&playbook, &known, "11-24 15:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-24 15:00"));
    let plan = planner.finish();
    assert_eq!((plan.opened.len(), made(&plan), plan.closed.len()), (0, Vec::<String>::new(), 0));
}

#[test]
fn a_lead_handed_on_before_anybody_spoke_starts_the_procedure_anew() {
    let (playbook, known) = after_assignment();
    let mut planner = planner(&playbook, &known, "11-25 11:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-25 11:00"));
    let plan = planner.finish();
    assert_eq!(plan.opened.len(), 0, "its deal is open");
    assert_eq!(made(&plan)[0], "sop:first/0 11-25 11:10");
    assert_eq!(
        closed(&plan, &known.tasks),
        [
            "sop:first/0 cancelled superseded",
            "sop:first/1 cancelled superseded",
            "sop:first/2 cancelled superseded",
            "sop:first/3 cancelled superseded",
            "sop:first/4 cancelled superseded",
        ]
    );
}

#[test]
fn a_lead_handed_on_after_a_talk_keeps_its_tasks() {
    let (playbook, mut known) = after_assignment();
    known.connected_ever = true;
    let mut planner = planner(&playbook, &known, "11-25 11:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-25 11:00"));
    let plan = planner.finish();
    assert_eq!((made(&plan), plan.closed.len()), (Vec::<String>::new(), 0));
}

#[test]
fn of_several_opening_events_the_first_to_occur_opens_one_deal() {
    let playbook = playbook();
    let mut known = known();
    let mut first = planner(&playbook, &known, "11-24 16:00");
    first.happen(happening(EventKind::CallConnected, "11-24 16:00"));
    first.happen(happening(EventKind::VisitRegistered, "11-24 16:00"));
    let plan = first.finish();
    assert_eq!(plan.opened.len(), 1);
    assert_eq!(plan.opened[0].because, EventKind::CallConnected);

    let mut won = deal(3, "cover", "listed", "11-24 16:00");
    won.state = DealState::Won;
    known.deals = vec![won.clone()];
    let again = |known: &_| {
        let mut planner = planner(&playbook, known, "11-26 16:00");
        planner.happen(happening(EventKind::CallConnected, "11-26 16:00"));
        planner.finish().opened.len()
    };
    assert_eq!(again(&known), 0, "a customer who bought opens no new lead");
    won.state = DealState::Lost;
    known.deals = vec![won];
    assert_eq!(again(&known), 0, "nor does one who was lost");
    known.assigned_at = at("11-25 10:00");
    assert_eq!(again(&known), 1, "until the customer is handed out anew");
}

#[test]
fn a_condition_opens_one_deal_an_episode() {
    let playbook = playbook();
    let mut known = known();
    let changed = |known: &_, time: &str| {
        let mut planner = planner(&playbook, known, time);
        planner.happen(happening(EventKind::LessonsLeftChanged, time));
        planner.finish().opened.len()
    };
    assert_eq!(changed(&known, "11-24 18:00"), 0, "how many lessons are left is not known");
    known.fields.insert("lessons_left".into(), "21".to_owned());
    assert_eq!(changed(&known, "11-24 18:00"), 0);
    known.fields.insert("lessons_left".into(), "20".to_owned());
    assert_eq!(changed(&known, "11-24 18:00"), 1);
    let mut won = deal(3, "again", "running_out", "11-10 18:00");
    won.state = DealState::Won;
    known.deals = vec![won];
    assert_eq!(changed(&known, "11-24 18:00"), 0, "14 of the stage's 35 days");
    assert_eq!(changed(&known, "12-20 18:00"), 1, "40 days later");
}

#[test]
fn a_sale_starts_the_care_of_the_pipeline_it_leads_to_and_ends_the_rest() {
    let (playbook, known) = after_assignment();
    let sold = Happening { deal: Some(known.deals[0].id), ..happening(EventKind::OrderWon, "11-25 16:00") };
    let mut planner = planner(&playbook, &known, "11-25 16:00");
    planner.happen(sold);
    let plan = planner.finish();
    assert_eq!(made(&plan), ["sop:welcome/0 12-02 18:00"]);
    assert!(plan.closed.iter().all(|end| end.why == "deal_closed"));
    assert_eq!(plan.closed.len(), known.tasks.len());
}

#[test]
fn nothing_is_planned_for_days_that_are_over() {
    let playbook = playbook();
    let mut late = planner(&playbook, &known(), "11-26 11:00");
    // told two days late: the calls of the 24th and 25th are over
    late.happen(happening(EventKind::LeadAssigned, "11-24 15:00"));
    assert_eq!(
        made(&late.finish()),
        ["sop:first/3 11-27 12:20", "sop:first/4 11-28 18:30", "limit:fresh 11-25 10:00",]
    );
}

#[test]
fn a_material_sent_lately_is_not_planned_again() {
    let playbook = playbook();
    let mut known = known();
    known.sent.insert("booklet".into(), at("11-20 12:00"));
    let mut planner = planner(&playbook, &known, "11-24 15:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-24 15:00"));
    assert!(!made(&planner.finish()).iter().any(|task| task.starts_with("sop:first/1")));
}

#[test]
fn a_step_for_chat_is_skipped_where_nobody_has_chat() {
    let playbook = playbook();
    let mut known = known();
    known.persons[1].contacts.pop();
    let mut planner = planner(&playbook, &known, "11-24 15:00");
    planner.happen(happening(EventKind::LeadAssigned, "11-24 15:00"));
    let plan = planner.finish();
    assert!(!made(&plan).iter().any(|task| task.starts_with("sop:first/1")));
    assert!(plan.made.iter().all(|task| task.due_at > Timestamp(0)));
}
