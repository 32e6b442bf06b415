//! Touches, materials, coupons and the days they are done on.

use corral::domain::code::FieldCode;
use corral::domain::id::{CustomerId, TaskId};
use corral::domain::lists::{Lane, Metric, TaskState};
use corral::domain::time::Timestamp;
use corral::store::StoreError;
use corral::store::change::work::{LogTouch, WorkChange};
use corral::store::change::{Change, DealChange};
use corral::store::query::{Answer, Query};

use crate::floor::Floor;
use crate::school::{cell, due, facts, family, log, pen, said, school, stage_of, today, work};

#[test]
fn nobody_answering_ends_the_task_and_plans_the_next_try() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    floor.pass_minutes(7);
    let commit = log(&mut floor, rep, said(task, "no_answer")).unwrap();
    let effects = commit.effects;
    assert_eq!((effects.task, effects.customer), (Some(task), Some(customer)));
    assert!(effects.closed.contains(&(task, TaskState::Done)));
    assert_eq!(effects.metrics, [(Metric::CallsDialed, 1)]);
    let retry = effects.made.iter().find(|made| made.reason == "retry:2").unwrap();
    // the first rung is 30 minutes; the school leaves a number alone for as long as its rules say, whichever is longer
    let gap = floor.playbook.contact.min_between_tries.or(floor.playbook.contact.min_between_calls).unwrap();
    let wait = gap.max(std::time::Duration::from_mins(30));
    assert_eq!(retry.due_at, floor.now().plus(wait));
    // the clock ran from 10:30 to 10:37
    assert_eq!(cell(&floor, &format!("SELECT why FROM task WHERE id = {task}")), "touch clock:420");
    assert_eq!(
        cell(&floor, &format!("SELECT attempts || ' ' || tries FROM customer WHERE id = {customer}")),
        "1 1"
    );
}

#[test]
fn of_calls_of_59_60_and_61_seconds_two_are_valid() {
    let mut floor = school();
    let rep = floor.rep;
    let mut valid = 0;
    for (n, seconds) in [59, 60, 61].into_iter().enumerate() {
        let customer = family(&mut floor, rep, &format!("1380000000{n}"), "");
        let task = due(&floor, customer, Lane::Call);
        let touch = LogTouch { seconds: Some(seconds), ..said(task, "no_interest") };
        let metrics = log(&mut floor, rep, touch).unwrap().effects.metrics;
        valid +=
            metrics.iter().filter(|(metric, _)| *metric == Metric::CallsValid).map(|(_, n)| n).sum::<i64>();
    }
    assert_eq!(valid, 2);
    let kept = "SELECT value FROM metric_day WHERE metric = 'calls_valid'";
    assert_eq!(cell(&floor, kept), "2");
    assert_eq!(
        cell(&floor, "SELECT value FROM metric_month WHERE metric = 'talk_minutes'"),
        "180",
        "seconds"
    );
    assert_eq!(cell(&floor, "SELECT value FROM metric_month WHERE metric = 'new_customers'"), "2");
}

#[test]
fn the_same_write_twice_saves_one_touch() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    let write = floor.prepare(rep, Change::Work(WorkChange::Log(Box::new(said(task, "no_answer")))));
    let first = floor.db.write(&write).unwrap();
    let again = floor.db.write(&write).unwrap();
    assert!(again.replayed && !first.replayed);
    assert_eq!(first.effects, again.effects);
    assert_eq!(cell(&floor, "SELECT count(*) FROM touch"), "1");
    assert_eq!(cell(&floor, "SELECT value FROM metric_day WHERE metric = 'calls_dialed'"), "1");
}

#[test]
fn a_task_done_by_somebody_names_who_and_how() {
    let mut floor = school();
    let (rep, lead) = (floor.rep, floor.lead);
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    log(&mut floor, rep, said(task, "no_answer")).unwrap();
    let refused = log(&mut floor, lead, said(task, "busy")).unwrap_err();
    let StoreError::Conflict { by, theirs, .. } = refused else { panic!("{refused}") };
    assert_eq!(by, "王芳");
    assert!(theirs.starts_with("done at 2026-11-17T02:30:00"), "{theirs}");
}

#[test]
fn a_touch_is_saved_when_the_stage_it_leads_to_lacks_facts() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    let effects = log(&mut floor, rep, said(task, "interested")).unwrap().effects;
    assert_eq!(
        effects.blocked.as_deref(),
        Some("stage:connected missing:child_age,english_base,decider_known")
    );
    assert!(effects.touch.is_some() && effects.moved.is_empty());
    assert_eq!(stage_of(&floor, customer), "assigned");

    floor.pass_minutes(300);
    let touch = LogTouch { set: facts(), ..said(due(&floor, customer, Lane::Call), "interested") };
    let effects = log(&mut floor, rep, touch).unwrap().effects;
    assert_eq!(effects.blocked, None);
    assert_eq!(effects.moved.len(), 1);
    assert_eq!(stage_of(&floor, customer), "connected");
}

#[test]
fn wechat_without_an_id_is_saved_and_told_and_with_one_counts_once() {
    let mut floor = school();
    let rep = floor.rep;
    let bare = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, bare, Lane::Call);
    let effects = log(&mut floor, rep, said(task, "friend_added")).unwrap().effects;
    assert!(effects.blocked.unwrap().starts_with("missing:wechat_id"));
    assert!(!effects.metrics.iter().any(|(metric, _)| *metric == Metric::WechatAdded));

    let known = family(&mut floor, rep, "13800000002", "liumei88");
    let mut set = facts();
    set.push((FieldCode::from("wechat_verified"), "yes".to_owned()));
    let touch = LogTouch { set, ..said(due(&floor, known, Lane::Call), "friend_added") };
    let effects = log(&mut floor, rep, touch).unwrap().effects;
    assert!(effects.metrics.contains(&(Metric::WechatAdded, 1)));
    assert_eq!(stage_of(&floor, known), "wechat");
    let state = format!("SELECT state FROM contact WHERE customer_id = {known} AND channel = 'wechat'");
    assert_eq!(cell(&floor, &state), "verified");

    let again = LogTouch { customer: Some(known), outcome: "friend_added".into(), ..LogTouch::default() };
    let effects = log(&mut floor, rep, again).unwrap().effects;
    assert!(!effects.metrics.iter().any(|(metric, _)| *metric == Metric::WechatAdded));
}

#[test]
fn a_booked_trial_takes_its_time_from_the_fact_that_carries_it() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "liumei88");
    let set = vec![(FieldCode::from("trial_at"), "2026-11-19 19:00".to_owned())];
    let touch = LogTouch { set, ..said(due(&floor, customer, Lane::Call), "trial_agreed") };
    let effects = log(&mut floor, rep, touch).unwrap().effects;
    let node = effects.node.unwrap();
    assert!(effects.metrics.contains(&(Metric::NodesBooked, 1)));
    assert_eq!(stage_of(&floor, customer), "trial_booked");
    // 19:00 in Shanghai is 11:00 UTC: 2026-11-19T11:00:00Z
    let at = cell(&floor, &format!("SELECT node_at FROM node_event WHERE id = {node}"));
    assert_eq!(at, "1795086000000");

    // without a time it is saved all the same, and the time is asked for
    let other = family(&mut floor, rep, "13800000002", "");
    let task = due(&floor, other, Lane::Call);
    let effects = log(&mut floor, rep, said(task, "trial_agreed")).unwrap().effects;
    assert_eq!(effects.node, None);
    assert!(effects.blocked.unwrap().contains("missing:node_time:trial"));
    assert!(!effects.metrics.iter().any(|(metric, _)| *metric == Metric::NodesBooked));
}

#[test]
fn a_promise_kept_late_is_broken_and_in_time_is_kept() {
    let mut floor = school();
    let rep = floor.rep;
    for (n, late, state) in [(1, 15, "kept"), (2, 16, "broken")] {
        floor.set_clock(crate::school::MORNING);
        let customer = family(&mut floor, rep, &format!("1380000001{n}"), "");
        let at = floor.now().plus(std::time::Duration::from_hours(5));
        let touch = LogTouch {
            next_at: Some(at),
            words: "说好三点半".to_owned(),
            ..said(due(&floor, customer, Lane::Call), "call_back")
        };
        let made = log(&mut floor, rep, touch).unwrap().effects.made;
        let promised = made.iter().find(|made| made.reason == "callback").unwrap();
        assert_eq!(promised.due_at, at);
        floor.pass_minutes(300 + late);
        log(&mut floor, rep, said(promised.id, "no_interest")).unwrap();
        let sql = format!("SELECT state FROM promise WHERE task_id = {}", promised.id);
        assert_eq!(cell(&floor, &sql), state, "{late} minutes late");
    }
}

#[test]
fn another_rep_is_refused_and_the_attempt_is_on_record() {
    let mut floor = school();
    let (rep, stranger) = (floor.rep, floor.stranger);
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    let refused = log(&mut floor, stranger, said(task, "no_answer")).unwrap_err();
    assert_eq!(refused.code(), "forbidden");
    assert!(refused.to_string().contains("ask for collaboration"), "{refused}");
    assert_eq!(cell(&floor, "SELECT count(*) FROM touch"), "0");
    let row = &floor.rows("SELECT by_user, became, about FROM audit WHERE kind = 'refused'")[0];
    assert_eq!(*row, [stranger.to_string(), "work.log".to_owned(), format!("customer {customer}")]);
}

#[test]
fn who_wants_no_contact_has_no_task_left_and_only_a_manager_lifts_it() {
    let mut floor = school();
    let (rep, manager) = (floor.rep, floor.manager);
    let customer = family(&mut floor, rep, "13800000001", "liumei88");
    let task = due(&floor, customer, Lane::Call);
    log(&mut floor, rep, said(task, "leave_alone")).unwrap();
    assert_eq!(
        cell(&floor, &format!("SELECT count(*) FROM task WHERE customer_id = {customer} AND state = 'due'")),
        "0"
    );
    let lift = || WorkChange::MayContact { customer, words: "写信来了".to_owned() };
    assert_eq!(work(&mut floor, rep, lift()).unwrap_err().code(), "forbidden");
    work(&mut floor, manager, lift()).unwrap();
    assert_eq!(cell(&floor, &format!("SELECT dnc_until FROM customer WHERE id = {customer}")), "NULL");
}

#[test]
fn the_gap_of_the_effects_is_the_gap_of_the_gap_line() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let customer =
        crate::customers::add(&mut floor, rep, crate::customers::household("刘梅", "13800000001", Some(rep)))
            .unwrap();
    let task = due(&floor, customer, Lane::Call);
    let effects = log(&mut floor, rep, said(task, "talked")).unwrap().effects;
    // the junior's month target is 10,000 yuan and nothing is sold yet
    assert_eq!(effects.gap, Some(1_000_000));
    let now = floor.now();
    let Answer::Gap(line) = floor.read(&Query::Gap { user: rep, now }).unwrap() else { panic!("gap") };
    assert_eq!(Some(line.gap.gap), effects.gap);
}

#[test]
fn what_does_not_fit_the_playbook_is_refused_with_a_near_miss() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    for (outcome, code, words) in [
        ("no_anser", "unknown_outcome", "did you mean 'no_answer'?"),
        ("sent", "outcome_lane", "choose one of no_answer"),
    ] {
        let refused = log(&mut floor, rep, said(task, outcome)).unwrap_err();
        assert_eq!(refused.code(), code);
        assert!(refused.to_string().contains(words), "{refused}");
    }
    let skip = |reason: &str| WorkChange::Skip { task, reason: reason.into(), words: String::new() };
    assert_eq!(work(&mut floor, rep, skip("skip_bad_tim")).unwrap_err().code(), "unknown_reason");
    work(&mut floor, rep, skip("skip_bad_time")).unwrap();
    assert_eq!(
        cell(&floor, &format!("SELECT state || ' ' || why FROM task WHERE id = {task}")),
        "skipped skip_bad_time"
    );
}

#[test]
fn a_task_put_off_into_quiet_hours_waits_until_they_end() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    let until = "2026-11-17T21:00:00+08:00".parse().unwrap();
    work(&mut floor, rep, WorkChange::Snooze { task, until }).unwrap();
    // quiet from 20:30 to 10:00: the next morning at 10:00 is 02:00 UTC
    let due_at = cell(&floor, &format!("SELECT due_at FROM task WHERE id = {task}"));
    assert_eq!(due_at.parse::<i64>().unwrap(), "2026-11-18T02:00:00Z".parse::<Timestamp>().unwrap().0);
    let past = "2026-11-17T09:00:00+08:00".parse().unwrap();
    assert_eq!(work(&mut floor, rep, WorkChange::Snooze { task, until: past }).unwrap_err().code(), "past");

    let due_at = "2026-11-18T15:00:00+08:00".parse().unwrap();
    let add = WorkChange::AddTask { customer, lane: Lane::Call, due_at, words: "问爸爸意见".to_owned() };
    let made = work(&mut floor, rep, add).unwrap().effects.made;
    assert_eq!((made[0].due_at, made[0].reason.as_str()), (due_at, "manual"));
}

#[test]
fn a_material_goes_out_whole_or_not_at_all() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "liumei88");
    let task = due(&floor, customer, Lane::Material);
    let send = || WorkChange::Send { task, chinese: true };
    let refused = work(&mut floor, rep, send()).unwrap_err();
    assert_eq!(refused.code(), "empty_field");
    assert!(refused.to_string().contains("child_age"), "{refused}");

    let touch = LogTouch { customer: Some(customer), outcome: "interested".into(), ..LogTouch::default() };
    log(&mut floor, rep, LogTouch { set: facts(), ..touch }).unwrap();
    let effects = work(&mut floor, rep, send()).unwrap().effects;
    assert_eq!(
        effects.text.as_deref(),
        Some("刘梅女士您好,这是给小乐整理的6岁英语学习规划,第4页是在家就能做的5分钟练习。")
    );
    assert!(effects.metrics.contains(&(Metric::MaterialsSent, 1)));
    assert!(effects.closed.contains(&(task, TaskState::Done)));
    assert_eq!(cell(&floor, "SELECT material FROM touch WHERE material IS NOT NULL"), "m_plan");
}

#[test]
fn a_material_is_not_sent_without_a_channel_nor_to_one_who_got_it_lately() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let customer =
        crate::customers::add(&mut floor, rep, crate::customers::household("刘梅", "13800000001", Some(rep)))
            .unwrap();
    let task = due(&floor, customer, Lane::Material);
    let send = |task| WorkChange::Send { task, chinese: false };
    assert_eq!(work(&mut floor, rep, send(task)).unwrap_err().code(), "no_channel");
    let person = cell(&floor, "SELECT id FROM person").parse().unwrap();
    let contact = crate::customers::contact("wechat", "liumei88");
    crate::customers::change(
        &mut floor,
        rep,
        corral::store::change::CustomerChange::AddContact { person, contact },
    )
    .unwrap();
    let text = work(&mut floor, rep, send(task)).unwrap().effects.text.unwrap();
    assert_eq!(text, "Hello Ms 刘梅, here is the leaflet.");

    let copy = format!(
        "INSERT INTO task SELECT id + 500, 'again', lane, channel, customer_id, person_id, deal_id, pipeline, node_id, owner_id, \
         due_at, clock_from, priority, 'due', source, script, material, coupon, promised, planned_at, NULL, NULL, NULL, NULL \
         FROM task WHERE id = {task}"
    );
    floor.tamper(&copy);
    let again = TaskId(task.0 + 500);
    floor.pass_minutes(30 * 24 * 60 - 1);
    let refused = work(&mut floor, rep, send(again)).unwrap_err();
    assert_eq!(refused.code(), "sent_lately");
    floor.pass_minutes(1);
    work(&mut floor, rep, send(again)).unwrap();
}

/// A customer of the small floor with WeChat, and its coupon task.
fn buyer(floor: &mut Floor, n: usize) -> (CustomerId, TaskId) {
    let rep = floor.rep;
    let mut new = crate::customers::household("刘梅", &format!("1380000000{n}"), Some(rep));
    new.persons[0].contacts.push(crate::customers::contact("wechat", &format!("liumei8{n}")));
    let customer = crate::customers::add(floor, rep, new).unwrap();
    let task = due(floor, customer, Lane::Coupon);
    (customer, task)
}

#[test]
fn a_coupon_is_reserved_pushed_and_given_back_against_its_quota() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let (_, task) = buyer(&mut floor, 1);
    let given = work(&mut floor, rep, WorkChange::Reserve { task }).unwrap().effects.coupon.unwrap();
    let same = work(&mut floor, rep, WorkChange::Reserve { task }).unwrap().effects.coupon.unwrap();
    assert_eq!(given, same);
    // seven days after Monday the 16th, to the end of that day in Shanghai
    assert_eq!(given.until.to_string(), "2026-11-23T15:59:59.999Z");
    let quota = |floor: &mut Floor| {
        let now = floor.now();
        match floor.read(&Query::Quota { coupon: "fifty".into(), now }).unwrap() {
            Answer::Quota(used, all) => (used, all),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(quota(&mut floor), (1, 2));
    work(&mut floor, rep, WorkChange::Release { task }).unwrap();
    assert_eq!(quota(&mut floor), (0, 2));
    let effects = work(&mut floor, rep, WorkChange::Push { task, chinese: false }).unwrap().effects;
    let given = effects.coupon.unwrap();
    assert_eq!(effects.text.unwrap(), format!("Code {}, valid until 2026-11-23.", given.code));
    assert!(effects.metrics.contains(&(Metric::CouponsPushed, 1)));
    assert_eq!(quota(&mut floor), (1, 2));
    let logged = LogTouch { outcome: "pushed".into(), ..said(buyer(&mut floor, 2).1, "pushed") };
    assert_eq!(log(&mut floor, rep, logged).unwrap_err().code(), "use_push");
}

#[test]
fn of_two_programs_that_take_the_last_coupon_one_gets_it() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let tasks: Vec<_> = (1..=3).map(|n| buyer(&mut floor, n).1).collect();
    work(&mut floor, rep, WorkChange::Reserve { task: tasks[0] }).unwrap();
    let writes: Vec<_> = tasks[1..]
        .iter()
        .map(|task| floor.prepare(rep, Change::Work(WorkChange::Push { task: *task, chinese: true })))
        .collect();
    let programs: Vec<_> = writes
        .into_iter()
        .map(|write| {
            let mut db = floor.second();
            std::thread::spawn(move || db.write(&write))
        })
        .collect();
    let came: Vec<_> = programs.into_iter().map(|program| program.join().unwrap()).collect();
    assert_eq!(came.iter().filter(|made| made.is_ok()).count(), 1, "{came:?}");
    let refused = came.into_iter().find_map(Result::err).unwrap();
    let StoreError::Held { rule, until, .. } = refused else { panic!("{refused}") };
    assert_eq!(rule, "none_left");
    assert_eq!(until, Some("2026-12-01T00:00:00+08:00".parse().unwrap()));
    assert_eq!(cell(&floor, "SELECT used FROM coupon_quota"), "2");
    crate::school::is_clean(&mut floor);
    crate::school::undo(&mut floor, rep).unwrap();
    assert_eq!(cell(&floor, "SELECT used FROM coupon_quota"), "1", "what is taken back may be given again");
    crate::school::is_clean(&mut floor);
}

/// What Today says of a coupon task: the rule that holds it back and until when, `None` where it is free.
fn held_by(floor: &mut Floor, task: TaskId) -> Option<(String, Option<Timestamp>)> {
    let rep = floor.rep;
    let day = today(floor, rep);
    let free = pen(&day, Lane::Coupon).iter().any(|row| row.id == task);
    let held = day.held.iter().find(|held| held.task.id == task);
    assert_ne!(free, held.is_some(), "a task is either free or held");
    held.map(|held| (corral::store::work::held::word(held.held.rule).to_owned(), held.held.until))
}

/// What reserving it says: the same, where the two agree.
fn refused_by(floor: &mut Floor, task: TaskId) -> Option<(String, Option<Timestamp>)> {
    let rep = floor.rep;
    match work(floor, rep, WorkChange::Reserve { task }) {
        Ok(_) => None,
        Err(StoreError::Held { rule, until, .. }) => Some((rule, until)),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_the_push_would_refuse_is_held_on_the_day_before_it_is_tried() {
    let mut floor = Floor::new();
    let tasks: Vec<_> = (1..=3).map(|n| buyer(&mut floor, n).1).collect();
    for task in &tasks {
        assert_eq!(held_by(&mut floor, *task), None);
    }
    // two a month: the third waits for December, those two keep what is reserved for them
    assert_eq!(refused_by(&mut floor, tasks[0]), None);
    assert_eq!(refused_by(&mut floor, tasks[1]), None);
    assert_eq!(held_by(&mut floor, tasks[0]), None);
    let december = Some("2026-12-01T00:00:00+08:00".parse().unwrap());
    assert_eq!(held_by(&mut floor, tasks[2]), Some(("none_left".to_owned(), december)));
    assert_eq!(refused_by(&mut floor, tasks[2]), Some(("none_left".to_owned(), december)));
    // one a customer: the same step planned again for the first
    floor.tamper(&format!(
        "INSERT INTO task SELECT id + 500, 'again', lane, channel, customer_id, person_id, deal_id, pipeline, node_id, owner_id, \
         due_at, clock_from, priority, 'due', source, script, material, coupon, promised, planned_at, NULL, NULL, NULL, NULL \
         FROM task WHERE id = {}",
        tasks[0]
    ));
    let again = TaskId(tasks[0].0 + 500);
    assert_eq!(held_by(&mut floor, again), Some(("per_customer".to_owned(), None)));
    assert_eq!(refused_by(&mut floor, again), Some(("per_customer".to_owned(), None)));
}

#[test]
fn a_coupon_for_another_stage_is_held_until_the_deal_stands_there() {
    let method =
        include_str!("floor/small.toml").replace("per_customer = 1", "per_customer = 1\nstages = [\"warm\"]");
    let mut floor = Floor::with(&method);
    let (customer, task) = buyer(&mut floor, 1);
    assert_eq!(held_by(&mut floor, task), Some(("not_eligible".to_owned(), None)));
    assert_eq!(refused_by(&mut floor, task), Some(("not_eligible".to_owned(), None)));
    let deal = crate::school::deal_of(&floor, customer);
    let rep = floor.rep;
    let to = DealChange::Move { deal, to: "warm".into(), set: Vec::new() };
    crate::school::deal(&mut floor, rep, to).unwrap();
    assert_eq!(held_by(&mut floor, task), None);
    assert_eq!(refused_by(&mut floor, task), None);
}

#[test]
fn one_offer_a_day_is_enough() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let (customer, task) = buyer(&mut floor, 1);
    floor.tamper(&format!(
        "INSERT INTO contact_use (customer_id, day, touches, commercial) VALUES ({customer}, {}, 1, 1)",
        floor.day().0
    ));
    floor.tamper(&format!("UPDATE customer SET last_touch_at = {} WHERE id = {customer}", floor.now().0));
    let refused = work(&mut floor, rep, WorkChange::Push { task, chinese: true }).unwrap_err();
    assert_eq!(refused.code(), "commercial_per_day");
    let day = today(&mut floor, rep);
    assert!(pen(&day, Lane::Coupon).is_empty());
    assert!(day.held.iter().any(|held| held.task.id == task));
}

fn roll(floor: &mut Floor, by: corral::domain::id::UserId) -> corral::store::change::Commit {
    let day = floor.day();
    work(floor, by, WorkChange::RollDay { day, after: None }).unwrap()
}

#[test]
fn the_day_rolls_over_once_also_when_nobody_was_on_at_midnight() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let (customer, _) = buyer(&mut floor, 1);
    let touch = LogTouch {
        node_at: Some("2026-11-17T15:00:00+08:00".parse().unwrap()),
        ..said(due(&floor, customer, Lane::Call), "booked")
    };
    log(&mut floor, rep, touch).unwrap();
    let state = "SELECT state FROM node_event";
    // nobody on from the 16th to the 18th at 08:00
    floor.set_clock("2026-11-18T08:00:00+08:00");
    assert_eq!(cell(&floor, state), "booked");
    roll(&mut floor, rep);
    assert_eq!(cell(&floor, state), "missed");
    let tasks = floor.rows("SELECT * FROM task");
    roll(&mut floor, rep);
    crate::school::is_clean(&mut floor);
    assert_eq!(floor.rows("SELECT * FROM task"), tasks);
    assert_eq!(cell(&floor, "SELECT done FROM day_roll"), "1");
    let other = floor.day().plus(1);
    let early = WorkChange::RollDay { day: other, after: None };
    assert_eq!(work(&mut floor, rep, early).unwrap_err().code(), "other_day");
}

#[test]
fn a_day_of_25_hours_is_one_day() {
    let method = include_str!("floor/small.toml").replace("Asia/Shanghai", "Europe/Berlin");
    let mut floor = Floor::with(&method);
    // Berlin leaves summer time on 2026-10-25 at 03:00: midnight is 22:00Z before it and 23:00Z after
    floor.set_clock("2026-10-24T22:30:00Z");
    let rep = floor.rep;
    buyer(&mut floor, 1);
    roll(&mut floor, rep);
    floor.set_clock("2026-10-25T22:59:00Z");
    assert_eq!(floor.day().to_string(), "2026-10-25");
    roll(&mut floor, rep);
    assert_eq!(cell(&floor, "SELECT count(*) FROM day_roll"), "1");
    floor.set_clock("2026-10-25T23:00:00Z");
    roll(&mut floor, rep);
    assert_eq!(cell(&floor, "SELECT count(*) FROM day_roll"), "2");
}

#[test]
fn a_days_work_verifies_and_can_be_taken_back_step_by_step() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "liumei88");
    let before = floor.rows("SELECT id, state, due_at FROM task ORDER BY id");
    let touch = LogTouch {
        set: facts(),
        seconds: Some(95),
        note: "妈妈愿意试听".to_owned(),
        ..said(due(&floor, customer, Lane::Call), "interested")
    };
    log(&mut floor, rep, touch).unwrap();
    let task = due(&floor, customer, Lane::Material);
    work(&mut floor, rep, WorkChange::Send { task, chinese: true }).unwrap();
    let set = vec![(FieldCode::from("trial_at"), "2026-11-19 19:00".to_owned())];
    let booked =
        LogTouch { customer: Some(customer), outcome: "trial_agreed".into(), set, ..LogTouch::default() };
    log(&mut floor, rep, booked).unwrap();
    crate::school::is_clean(&mut floor);
    for _ in 0..3 {
        crate::school::undo(&mut floor, rep).unwrap();
        crate::school::is_clean(&mut floor);
    }
    let still = "SELECT id, state, due_at FROM task WHERE state = 'due' ORDER BY id";
    assert_eq!(floor.rows(still), before);
    assert_eq!(stage_of(&floor, customer), "assigned");
    assert_eq!(cell(&floor, "SELECT sum(abs(value)) FROM metric_day WHERE value <> 0"), "NULL");
    assert_eq!(cell(&floor, "SELECT count(*) FROM touch WHERE void_at IS NULL"), "0");
    assert_eq!(
        cell(&floor, &format!("SELECT attempts || last_note FROM customer WHERE id = {customer}")),
        "0"
    );
}

#[test]
fn a_large_floor_is_rolled_over_in_parts_that_go_on_where_the_last_ended() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let chunk = usize::try_from(corral::store::work::roll::CHUNK).unwrap();
    for n in 0..=chunk {
        let new = crate::customers::household("刘梅", &format!("138{n:08}"), Some(rep));
        crate::customers::add(&mut floor, rep, new).unwrap();
    }
    let last = "SELECT id FROM customer ORDER BY id LIMIT 1 OFFSET 199";
    let more = roll(&mut floor, rep).effects.more.unwrap();
    assert_eq!(more.to_string(), cell(&floor, last));
    assert_eq!(cell(&floor, "SELECT done FROM day_roll"), "0");
    // another program that begins from the top goes on from there as well
    assert_eq!(roll(&mut floor, rep).effects.more, None);
    assert_eq!(cell(&floor, "SELECT done FROM day_roll"), "1");
}
