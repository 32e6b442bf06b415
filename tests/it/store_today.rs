//! A rep's day: what is in the pens, in which order, and what is held back.

use corral::domain::contact::Rule;
use corral::domain::lists::Lane;
use corral::store::change::work::{LogTouch, WorkChange};
use corral::store::query::{Answer, Query, TodayAsk};

use crate::floor::Floor;
use crate::school::{MORNING, due, family, log, pen, said, school, today, work};

#[test]
fn a_pen_counts_what_is_due_and_done_and_shows_whom_it_speaks_to() {
    let mut floor = school();
    let rep = floor.rep;
    let first = family(&mut floor, rep, "13800000001", "liumei88");
    family(&mut floor, rep, "13800000002", "");
    let day = today(&mut floor, rep);
    let calls = pen(&day, Lane::Call);
    assert_eq!(calls.len(), 2);
    assert_eq!(pen(&day, Lane::Material).len(), 1, "who has no WeChat gets no message task");
    let row = calls.iter().find(|row| row.customer == first).unwrap();
    let (_, name, role) = row.person.clone().unwrap();
    assert_eq!(
        (name.as_str(), role.as_str(), row.source.short().as_str()),
        ("刘梅", "registrant", "sop:sop_first_contact/0")
    );
    let deal = row.deal.clone().unwrap();
    assert_eq!((deal.1.as_str(), deal.2.unwrap().as_str()), ("new", "assigned"));
    // the clock runs from 10:30 to 10:40: at 10:38 three quarters are over (200), at 10:41 the limit (400)
    for (minutes, clock) in [(0, None), (8, Some(200)), (11, Some(400))] {
        floor.set_clock(MORNING);
        floor.pass_minutes(minutes);
        let rows = pen(&today(&mut floor, rep), Lane::Call);
        let part = rows[0].parts.iter().find(|(name, _)| *name == "clock").map(|(_, n)| *n);
        assert_eq!(part, clock, "after {minutes} minutes");
        assert_eq!(rows[0].parts.iter().map(|(_, n)| n).sum::<i64>(), rows[0].score);
    }
    log(&mut floor, rep, said(row.id, "no_answer")).unwrap();
    let day = today(&mut floor, rep);
    let calls = day.pens.iter().find(|pen| pen.lane == Lane::Call).unwrap();
    assert_eq!(calls.done, 1);
}

#[test]
fn a_promise_moves_to_the_top_ten_minutes_before_its_time() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let touch = LogTouch {
        next_at: Some("2026-11-17T15:00:00+08:00".parse().unwrap()),
        ..said(due(&floor, customer, Lane::Call), "call_back")
    };
    log(&mut floor, rep, touch).unwrap();
    floor.set_clock("2026-11-17T14:40:00+08:00");
    let other = family(&mut floor, rep, "13800000002", "");
    floor.set_clock("2026-11-17T14:49:00+08:00");
    assert_eq!(pen(&today(&mut floor, rep), Lane::Call)[0].customer, other);
    floor.set_clock("2026-11-17T14:50:00+08:00");
    assert_eq!(pen(&today(&mut floor, rep), Lane::Call)[0].customer, customer);
}

#[test]
fn a_rule_holds_a_task_back_in_view_with_the_time_it_frees() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    floor.set_clock("2026-11-17T20:45:00+08:00");
    let day = today(&mut floor, rep);
    assert!(pen(&day, Lane::Call).is_empty());
    let held = &day.held[0];
    assert_eq!((held.task.customer, held.held.rule), (customer, Rule::QuietHours));
    assert_eq!(held.held.until, Some("2026-11-18T10:00:00+08:00".parse().unwrap()));
    let calls = day.pens.iter().find(|pen| pen.lane == Lane::Call).unwrap();
    assert_eq!(calls.due, 1, "held ones are waiting too");
}

#[test]
fn a_customer_nobody_can_reach_is_held_until_that_changes() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let new = crate::customers::household("刘梅", "13800000001", Some(rep));
    crate::customers::add(&mut floor, rep, new).unwrap();
    let day = today(&mut floor, rep);
    let held = day.held.iter().find(|held| held.task.lane == Lane::Material).unwrap();
    assert_eq!((held.held.rule, held.held.until), (Rule::NoContact, None));
}

#[test]
fn the_list_is_a_window_and_can_be_filtered() {
    let mut floor = school();
    let rep = floor.rep;
    for n in 1..=5 {
        family(&mut floor, rep, &format!("1380000000{n}"), "");
    }
    let now = floor.now();
    let ask = |limit: usize, filter: &str| {
        Query::Today(TodayAsk { user: rep, now, limit, filter: filter.to_owned() })
    };
    let Answer::Today(day) = floor.read(&ask(2, "")).unwrap() else { panic!("today") };
    let calls = day.pens.iter().find(|pen| pen.lane == Lane::Call).unwrap();
    assert_eq!((calls.rows.len(), calls.due), (2, 5));
    let Answer::Today(day) = floor.read(&ask(9, "nobody")).unwrap() else { panic!("today") };
    assert!(day.pens.iter().all(|pen| pen.due == 0));
    let id = calls.rows[0].id;
    let Answer::Task(row) = floor.read(&Query::Task { task: id, by: floor.sees(rep) }).unwrap() else {
        panic!("task")
    };
    assert_eq!((row.id, row.customer_name.as_str()), (id, "刘梅"));
}

#[test]
fn an_overdue_promise_goes_to_the_lead_then_to_the_team() {
    let mut floor = school();
    let (rep, mate, lead, stranger) = (floor.rep, floor.mate, floor.lead, floor.stranger);
    let customer = family(&mut floor, rep, "13800000001", "");
    let touch = LogTouch {
        next_at: Some("2026-11-17T15:00:00+08:00".parse().unwrap()),
        ..said(due(&floor, customer, Lane::Call), "call_back")
    };
    let planned = log(&mut floor, rep, touch).unwrap().effects.made;
    let task = planned.iter().find(|task| task.reason == "callback").unwrap().id;
    for (time, of_lead, of_mate) in
        [("15:14", false, false), ("15:15", true, false), ("15:59", true, false), ("16:00", true, true)]
    {
        floor.set_clock(&format!("2026-11-17T{time}:00+08:00"));
        for (user, sees) in [(lead, of_lead), (mate, of_mate), (stranger, false)] {
            let rows = pen(&today(&mut floor, user), Lane::Call);
            let found = rows.iter().find(|row| row.id == task);
            assert_eq!(found.is_some(), sees, "at {time}");
            assert!(found.is_none_or(|row| row.owner == Some(rep)), "it shows whose it is");
        }
    }
    floor.set_clock("2026-11-17T15:59:00+08:00");
    assert_eq!(log(&mut floor, mate, said(task, "no_answer")).unwrap_err().code(), "forbidden");
    floor.set_clock("2026-11-17T16:00:00+08:00");
    assert_eq!(log(&mut floor, stranger, said(task, "no_answer")).unwrap_err().code(), "forbidden");
    log(&mut floor, mate, said(task, "no_answer")).unwrap();
    let snooze = WorkChange::Snooze { task, until: "2026-11-18T15:00:00+08:00".parse().unwrap() };
    assert_eq!(
        work(&mut floor, mate, snooze).unwrap_err().code(),
        "forbidden",
        "its next task is the owner's"
    );
}

#[test]
fn a_response_clock_that_ran_out_is_listed_at_the_lead() {
    let mut floor = school();
    let (rep, lead) = (floor.rep, floor.lead);
    let customer = family(&mut floor, rep, "13800000001", "");
    floor.pass_minutes(10);
    assert!(pen(&today(&mut floor, lead), Lane::Call).is_empty());
    floor.pass_minutes(1);
    assert_eq!(pen(&today(&mut floor, lead), Lane::Call)[0].customer, customer);
}
