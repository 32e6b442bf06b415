//! The lead's desk in the store: figures by hand, a day given away and put off, whispers, warnings, rounds, signals.

use corral::domain::id::{CustomerId, RoundId, TaskId, UserId, WhisperId};
use corral::domain::lists::{Attendance, Lane, RepState, Role, RoundKind, SignalKind, WarnLevel};
use corral::domain::time::Timestamp;
use corral::store::StoreError;
use corral::store::change::desk::Decide;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, Commit, DealChange, DeskChange, WorkChange};
use corral::store::query::desk::{
    DeskFloor, DeskRow, FollowedRow, RoundPage, Signals, Tail, WarningPage, WhisperRow,
};
use corral::store::query::{Answer, DeskAnswer, DeskAsk, Query};

use crate::floor::Floor;
use crate::school::{cell, deal_of, due, family, log, pen, said, school, today, undo};

fn ask(floor: &mut Floor, asked: DeskAsk) -> Result<DeskAnswer, StoreError> {
    match floor.read(&Query::Desk(asked))? {
        Answer::Desk(answer) => Ok(answer),
        other => panic!("{other:?}"),
    }
}

fn desk(floor: &mut Floor, by: UserId) -> DeskFloor {
    let by = floor.sees(by);
    match ask(floor, DeskAsk::Floor { by, team: None }).unwrap() {
        DeskAnswer::Floor(floor) => *floor,
        other => panic!("{other:?}"),
    }
}

fn row(floor: &mut Floor, rep: UserId) -> DeskRow {
    let lead = floor.lead;
    desk(floor, lead).rows.into_iter().find(|row| row.rep.0 == rep).unwrap()
}

fn followed(floor: &mut Floor, rep: Option<UserId>, limit: usize) -> Vec<FollowedRow> {
    let by = floor.sees(floor.lead);
    match ask(floor, DeskAsk::Followed { by, team: None, rep, before: None, limit }).unwrap() {
        DeskAnswer::Followed(rows) => rows,
        other => panic!("{other:?}"),
    }
}

fn tail(floor: &mut Floor) -> Tail {
    let by = floor.sees(floor.lead);
    match ask(floor, DeskAsk::Tail { by, team: None }).unwrap() {
        DeskAnswer::Tail(tail) => tail,
        other => panic!("{other:?}"),
    }
}

fn whispers(floor: &mut Floor, to: UserId) -> Vec<WhisperRow> {
    let by = floor.sees(to);
    match ask(floor, DeskAsk::Whispers { by }).unwrap() {
        DeskAnswer::Whispers(rows) => rows,
        other => panic!("{other:?}"),
    }
}

fn warnings(floor: &mut Floor, by: UserId, level: Option<WarnLevel>) -> WarningPage {
    let by = floor.sees(by);
    match ask(floor, DeskAsk::Warnings { by, team: None, level, after: None, limit: 50 }).unwrap() {
        DeskAnswer::Warnings(page) => page,
        other => panic!("{other:?}"),
    }
}

fn signals(floor: &mut Floor) -> Signals {
    let by = floor.sees(floor.lead);
    match ask(floor, DeskAsk::Signals { by, team: None }).unwrap() {
        DeskAnswer::Signals(found) => found,
        other => panic!("{other:?}"),
    }
}

fn round(floor: &mut Floor, kind: RoundKind) -> RoundPage {
    let by = floor.sees(floor.lead);
    match ask(floor, DeskAsk::Round { by, team: None, kind }).unwrap() {
        DeskAnswer::Round(page) => *page,
        other => panic!("{other:?}"),
    }
}

fn make(floor: &mut Floor, by: UserId, change: DeskChange) -> Result<Commit, StoreError> {
    floor.write(by, Change::Desk(change))
}

fn code<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> String {
    answer.unwrap_err().code().to_owned()
}

/// A school with so many families of the rep's, on a Tuesday morning.
fn families(count: u32) -> (Floor, Vec<CustomerId>) {
    let mut floor = school();
    let rep = floor.rep;
    let ids = (0..count).map(|n| family(&mut floor, rep, &format!("1380000{n:04}"), "")).collect();
    (floor, ids)
}

fn capacity(method: &str, capacity: u32) -> String {
    let (before, rest) = method.split_once("\ncapacity = ").expect("the method says how much a day holds");
    let (_, after) = rest.split_once('\n').expect("a line ends");
    format!("{before}\ncapacity = {capacity}\n{after}")
}

const SCHOOL: &str = include_str!("../../playbooks/edu-english.toml");

#[test]
fn a_reps_row_tells_standard_done_pace_last_act_and_what_waits() {
    let (mut floor, families) = families(3);
    let rep = floor.rep;
    let before = row(&mut floor, rep);
    assert_eq!((before.state, before.due, before.done), (RepState::NotBegun, 3, 0));
    let task = due(&floor, families[0], Lane::Call);
    log(&mut floor, rep, LogTouch { seconds: Some(90), ..said(task, "no_answer") }).unwrap();
    floor.pass_minutes(12);
    let now = row(&mut floor, rep);
    let main = now.main().copied().unwrap();
    // a trainee's 100 calls from ten to half past eight: 42 of 630 minutes are gone, 7 are due by now, 1 is done
    assert_eq!((main.standard, main.done, main.pace), (100, 1, -6));
    assert_eq!((now.done, now.last.as_ref().map(|last| last.customer.0)), (1, Some(families[0])));
    // two response clocks of ten minutes have run out two minutes ago
    assert_eq!((now.state, now.clocks_red, now.overdue), (RepState::Late, 2, 2));
    assert_eq!(floor.now().since(now.since) / 60_000, 2);
    let mate = floor.mate;
    assert_eq!(row(&mut floor, mate).state, RepState::NotBegun);
}

#[test]
fn a_desk_is_for_who_leads_and_of_the_own_team() {
    let (mut floor, _) = families(1);
    let (rep, lead, manager, stranger) = (floor.rep, floor.lead, floor.manager, floor.stranger);
    let ids = |floor: &mut Floor, by| desk(floor, by).rows.iter().map(|row| row.rep.0).collect::<Vec<_>>();
    assert!(!ids(&mut floor, lead).contains(&stranger));
    assert!(ids(&mut floor, manager).contains(&stranger));
    let by = floor.sees(rep);
    assert_eq!(code(ask(&mut floor, DeskAsk::Floor { by, team: None })), "forbidden");
    let two = floor.add_user("lead2", "周组长", Role::Lead, Some("Two"));
    let (by, team) = (floor.sees(two), Some(floor.team));
    assert_eq!(code(ask(&mut floor, DeskAsk::Floor { by, team })), "forbidden");
    assert_eq!(
        code(make(&mut floor, two, DeskChange::Whisper { to: rep, words: "嗨".to_owned() })),
        "forbidden"
    );
}

#[test]
fn an_absent_reps_day_goes_to_who_is_here_who_can_do_it_and_undo_brings_it_back() {
    let (mut floor, families) = families(5);
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let third = floor.add_user("third", "陈晨", Role::Rep, Some("One"));
    make(&mut floor, lead, DeskChange::Attend { user: rep, kind: Attendance::Absent }).unwrap();
    assert_eq!(desk(&mut floor, lead).orphans, 5, "S002-17: nobody here does them");
    undo(&mut floor, lead).unwrap();
    assert_eq!(desk(&mut floor, lead).orphans, 0);
    let commit =
        make(&mut floor, lead, DeskChange::Reassign { from: rep, to: Vec::new(), tasks: Vec::new() })
            .unwrap();
    assert_eq!(commit.effects.given.len(), 5);
    assert_eq!(
        cell(&floor, "SELECT COUNT(*) FROM audit WHERE kind = 'granted'"),
        "5",
        "who may work whom is on record"
    );
    let absent = row(&mut floor, rep);
    assert_eq!((absent.state, absent.due), (RepState::Absent, 0));
    let shares = [row(&mut floor, mate).due, row(&mut floor, third).due];
    assert!(shares == [3, 2] || shares == [2, 3], "{shares:?}");
    assert_eq!(desk(&mut floor, lead).orphans, 0);
    // who got it may do it, and who follows the customer is who it was
    let (task, taker) = commit.effects.given[0];
    log(&mut floor, taker, said(task, "no_answer")).unwrap();
    assert_eq!(cell(&floor, "SELECT COUNT(*) FROM customer WHERE owner_id IS NULL"), "0");
    assert!(
        families
            .iter()
            .all(|id| cell(&floor, &format!("SELECT owner_id FROM customer WHERE id = {id}"))
                == rep.to_string())
    );
    // one of them was worked on: all of it cannot be taken back any more
    assert_eq!(code(undo(&mut floor, lead)), "no_undo");
    undo(&mut floor, taker).unwrap();
    undo(&mut floor, lead).unwrap();
    let back = row(&mut floor, rep);
    assert_eq!((back.due, back.attendance), (5, None));
    assert_eq!(pen(&today(&mut floor, mate), Lane::Call).len(), 0);
    // ten named ones move without anybody being absent
    let tasks: Vec<TaskId> = families.iter().take(2).map(|id| due(&floor, *id, Lane::Call)).collect();
    make(&mut floor, lead, DeskChange::Reassign { from: rep, to: vec![mate], tasks }).unwrap();
    assert_eq!((row(&mut floor, rep).due, row(&mut floor, mate).due), (3, 2));
    assert_eq!(row(&mut floor, rep).attendance, None);
    // nobody takes work who is not here
    make(&mut floor, lead, DeskChange::Attend { user: mate, kind: Attendance::Leave }).unwrap();
    let given = DeskChange::Reassign { from: rep, to: vec![mate], tasks: Vec::new() };
    assert_eq!(code(make(&mut floor, lead, given)), "taker_absent");
}

#[test]
fn the_tail_over_capacity_is_worth_least_and_never_promised() {
    let mut floor = Floor::with(&capacity(SCHOOL, 2));
    floor.set_clock("2026-11-17T10:30:00+08:00");
    let (rep, lead) = (floor.rep, floor.lead);
    let customers: Vec<CustomerId> =
        (0..8).map(|n| family(&mut floor, rep, &format!("1380000{n:04}"), "")).collect();
    // the first ones have response clocks and stay; the others are made by hand
    for (n, customer) in customers.iter().enumerate() {
        let due_at = Timestamp(floor.now().0 + i64::try_from(n).unwrap() * 600_000);
        let add = WorkChange::AddTask { customer: *customer, lane: Lane::Call, due_at, words: String::new() };
        floor.write(rep, Change::Work(add)).unwrap();
    }
    let found = tail(&mut floor);
    // 16 due, two people with two each: 12 too many, 8 of which may be put off
    assert_eq!((found.heads, found.due, found.over, found.tasks.len()), (2, 16, 12, 8));
    let exactly: Vec<TaskId> = found.tasks.iter().take(3).map(|row| row.task).collect();
    let promised = due(&floor, customers[0], Lane::Call);
    let clock = cell(
        &floor,
        &format!("SELECT id FROM task WHERE customer_id = {} AND clock_from IS NOT NULL", customers[0]),
    );
    let refused = DeskChange::Defer { tasks: vec![TaskId(clock.parse().unwrap())] };
    assert_eq!(code(make(&mut floor, lead, refused)), "is_fixed", "{promised}");
    let commit = make(&mut floor, lead, DeskChange::Defer { tasks: exactly.clone() }).unwrap();
    assert_eq!(commit.effects.put_off, 3);
    let moved = floor.rows("SELECT task_id FROM put_off WHERE reason = 'capacity' ORDER BY task_id");
    let mut wanted: Vec<String> = exactly.iter().map(ToString::to_string).collect();
    wanted.sort();
    assert_eq!(moved.concat(), wanted);
    assert_eq!(tail(&mut floor).over, 9);
    undo(&mut floor, lead).unwrap();
    assert_eq!(tail(&mut floor).over, 12);
    assert_eq!(cell(&floor, "SELECT COUNT(*) FROM put_off"), "0");
}

#[test]
fn a_whisper_is_heard_once_and_cannot_be_unsaid_then() {
    let (mut floor, _) = families(1);
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let say = |floor: &mut Floor, words: &str| {
        let whisper = DeskChange::Whisper { to: rep, words: words.to_owned() };
        make(floor, lead, whisper).map(|commit| WhisperId(commit.effects.made_at_desk.unwrap()))
    };
    let first = say(&mut floor, "先打回访\u{1b}[2J").unwrap();
    assert_eq!(whispers(&mut floor, rep)[0].words, "先打回访", "nothing of it reaches a terminal");
    undo(&mut floor, lead).unwrap();
    assert_eq!(whispers(&mut floor, rep), []);
    assert_eq!(code(say(&mut floor, " ")), "no_words");
    assert_eq!(code(say(&mut floor, &"长".repeat(121))), "whisper_long");
    let second = say(&mut floor, "先打回访").unwrap();
    assert!(second > first);
    assert_eq!(code(make(&mut floor, mate, DeskChange::Heard { whisper: second })), "forbidden");
    make(&mut floor, rep, DeskChange::Heard { whisper: second }).unwrap();
    assert_eq!(whispers(&mut floor, rep), []);
    assert!(make(&mut floor, rep, DeskChange::Heard { whisper: second }).unwrap().replayed, "once");
    assert_eq!(code(undo(&mut floor, lead)), "no_undo");
}

#[test]
fn who_was_followed_up_is_told_once_a_customer_with_what_was_before_and_comes_next() {
    let (mut floor, families) = families(3);
    let rep = floor.rep;
    let call = |floor: &mut Floor, customer: CustomerId, outcome: &str| {
        let touch = LogTouch { customer: Some(customer), outcome: outcome.into(), ..LogTouch::default() };
        log(floor, rep, touch).unwrap();
        floor.pass_minutes(1);
    };
    call(&mut floor, families[0], "no_answer");
    call(&mut floor, families[1], "no_answer");
    call(&mut floor, families[0], "no_answer");
    let rows = followed(&mut floor, None, 10);
    let told: Vec<(CustomerId, u32)> = rows.iter().map(|row| (row.customer.0, row.times)).collect();
    assert_eq!(told, [(families[0], 2), (families[1], 1)]);
    assert!(rows.iter().all(|row| row.previous_at.is_none() && row.next_at.is_some()));
    let first = followed(&mut floor, Some(rep), 1);
    let by = floor.sees(floor.lead);
    let before = Some((first[0].at, first[0].touch));
    let asked = DeskAsk::Followed { by, team: None, rep: None, before, limit: 10 };
    let DeskAnswer::Followed(rest) = ask(&mut floor, asked).unwrap() else { panic!() };
    assert_eq!(rest.iter().map(|row| row.customer.0).collect::<Vec<_>>(), [families[1]]);
    floor.pass_minutes(24 * 60);
    assert_eq!(followed(&mut floor, None, 10), []);
    call(&mut floor, families[0], "no_answer");
    assert!(followed(&mut floor, None, 10)[0].previous_at.is_some());
}

/// A floor with one warning rule on what the playbook knows of a deal's stage.
fn warned() -> Floor {
    let rules = "\n[[warnings]]\nid = \"w_stuck\"\nname = { zh = \"停在这里\", en = \"Stuck here\" }\n\
                 where = [{ fact = \"stage\", op = \"==\", value = \"warm\" }]\nseverity = \"amber\"\nlane = \"call\"\n\
                 lead_after = \"2h\"\nmanager_after = \"4h\"\n";
    Floor::with(&format!("{}{rules}", include_str!("floor/small.toml")))
}

#[test]
fn a_warning_opens_once_climbs_with_its_age_and_closes_by_what_cures_it() {
    let mut floor = warned();
    let (rep, lead, manager) = (floor.rep, floor.lead, floor.manager);
    let customer = family_of(&mut floor, "13800000001");
    let talk = |floor: &mut Floor| {
        let touch = LogTouch { customer: Some(customer), outcome: "talked".into(), ..LogTouch::default() };
        floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap()
    };
    talk(&mut floor);
    let own = warnings(&mut floor, rep, None);
    assert_eq!((own.rows.len(), own.open), (1, [1, 0, 0]));
    assert_eq!((own.rows[0].rule.as_str(), own.rows[0].level), ("w_stuck", WarnLevel::Rep));
    assert!(own.rows[0].task.is_some(), "it has a task");
    assert_eq!(warnings(&mut floor, lead, None).rows, []);
    // the same again opens no second one
    floor.pass_minutes(60);
    talk(&mut floor);
    assert_eq!(warnings(&mut floor, rep, None).open, [1, 0, 0]);
    floor.pass_minutes(60);
    assert_eq!(warnings(&mut floor, lead, None).rows.len(), 1, "two hours old: the lead is told");
    assert_eq!(row(&mut floor, rep).warnings, 1);
    floor.pass_minutes(120);
    assert_eq!(warnings(&mut floor, manager, None).open, [0, 0, 1]);
    // what cures it closes it, and taking that back opens it again with its age
    let deal = deal_of(&floor, customer);
    floor
        .write(rep, Change::Deal(DealChange::Lose { deal, reason: "price".into(), words: String::new() }))
        .unwrap();
    let page = warnings(&mut floor, manager, None);
    assert_eq!((page.rows.len(), page.open), (0, [0; 3]));
    assert_eq!(
        (page.lost, page.warned, page.share_bp),
        (1, 1, Some(10_000)),
        "it was warned of before it was lost"
    );
    undo(&mut floor, rep).unwrap();
    assert_eq!(warnings(&mut floor, manager, None).open, [0, 0, 1]);
    // the daily look changes nothing of it
    floor.set_clock("2026-11-17T10:00:00+08:00");
    let day = floor.day();
    floor.write(rep, Change::Work(WorkChange::RollDay { day, after: None })).unwrap();
    assert_eq!(cell(&floor, "SELECT COUNT(*) FROM warning"), "1");
    assert_eq!(code(warned_of_team_two(&mut floor, rep)), "forbidden");
}

fn warned_of_team_two(floor: &mut Floor, by: UserId) -> Result<DeskAnswer, StoreError> {
    let (by, team) = (floor.sees(by), Some(floor.team));
    ask(floor, DeskAsk::Warnings { by, team, level: None, after: None, limit: 5 })
}

fn family_of(floor: &mut Floor, phone: &str) -> CustomerId {
    let rep = floor.rep;
    crate::customers::add(floor, rep, crate::customers::household("客户", phone, Some(rep))).unwrap()
}

#[test]
fn what_a_touch_brought_about_goes_with_it() {
    let mut floor = warned();
    let rep = floor.rep;
    let customer = family_of(&mut floor, "13800000001");
    let touch = LogTouch { customer: Some(customer), outcome: "talked".into(), ..LogTouch::default() };
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    assert_eq!(warnings(&mut floor, rep, None).rows.len(), 1);
    undo(&mut floor, rep).unwrap();
    assert_eq!(cell(&floor, "SELECT COUNT(*) FROM warning"), "0");
}

#[test]
fn a_round_is_one_page_and_what_is_decided_becomes_a_task_or_is_whispered() {
    let (mut floor, families) = families(2);
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let team = floor.team;
    let page = round(&mut floor, RoundKind::Morning);
    assert_eq!((page.called.clone(), page.present, page.due.0), (None, (2, 2), 2));
    // Monday is a day off: the figures are Sunday's
    assert_eq!(page.of.to_string(), "2026-11-15");
    let call = DeskChange::CallRound { team, kind: RoundKind::Morning, words: "练开场".to_owned() };
    assert_eq!(code(make(&mut floor, rep, call.clone())), "forbidden");
    let id = RoundId(make(&mut floor, lead, call).unwrap().effects.made_at_desk.unwrap());
    let due_at = Timestamp(floor.now().0 + 3_600_000);
    let decide = |user, customer, words: &str| {
        let words = words.to_owned();
        DeskChange::Decide(Box::new(Decide { round: id, user, customer, words, due_at }))
    };
    let told = make(&mut floor, lead, decide(rep, Some(families[0]), "再约一次")).unwrap();
    assert!(told.effects.task.is_some());
    // S002-30: it is in the owner's day, and nowhere else
    let calls = pen(&today(&mut floor, rep), Lane::Call);
    assert!(calls.iter().any(|row| Some(row.id) == told.effects.task));
    make(&mut floor, lead, decide(mate, Some(families[1]), "帮王芳跟一下")).unwrap();
    assert_eq!(pen(&today(&mut floor, mate), Lane::Call).len(), 1, "given to whoever is to do it");
    make(&mut floor, lead, decide(mate, None, "下午先打回访")).unwrap();
    assert_eq!(whispers(&mut floor, mate)[0].words, "下午先打回访");
    let page = round(&mut floor, RoundKind::Morning);
    assert_eq!(page.called.as_ref().map(|(round, ..)| *round), Some(id));
    assert_eq!(page.decisions.iter().filter(|row| row.done).count(), 0);
    // doing the task says that it is done
    log(&mut floor, rep, said(told.effects.task.unwrap(), "no_answer")).unwrap();
    let last = page.decisions.iter().find(|row| row.task.is_none()).unwrap().id;
    make(&mut floor, mate, DeskChange::Settle { decision: last }).unwrap();
    let page = round(&mut floor, RoundKind::Evening);
    assert_eq!((page.of, page.called.clone()), (floor.day(), None));
    assert_eq!(page.decisions.iter().filter(|row| row.done).count(), 2);
    undo(&mut floor, mate).unwrap();
    assert_eq!(round(&mut floor, RoundKind::Evening).decisions.iter().filter(|row| row.done).count(), 1);
}

#[test]
fn whoever_tries_no_new_customer_for_three_working_days_is_told_until_one_call() {
    let mut floor = school();
    let rep = floor.rep;
    // ten days later: everybody has been here long enough
    floor.set_clock("2026-11-27T11:00:00+08:00");
    let kinds = |floor: &mut Floor| {
        let found = signals(floor).reps.into_iter().filter(|row| row.rep.0 == rep);
        found.map(|row| row.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&mut floor), [SignalKind::NoNew, SignalKind::NoAdvance]);
    let customer = family(&mut floor, rep, "13800000001", "");
    let task = due(&floor, customer, Lane::Call);
    log(&mut floor, rep, said(task, "no_answer")).unwrap();
    assert_eq!(kinds(&mut floor), [SignalKind::NoAdvance]);
    // nobody is in touch for eight days: the deal is told
    floor.set_clock("2026-12-06T11:00:00+08:00");
    let deals = signals(&mut floor).deals;
    assert_eq!(deals.iter().map(|deal| deal.customer.0).collect::<Vec<_>>(), [customer]);
}

#[test]
fn who_answers_instead_of_going_out_is_told_with_the_share() {
    let mut floor = Floor::with(&format!(
        "{}\n[desk]\nproactive_days = 2\nstalled_days = 60\n",
        include_str!("floor/small.toml")
    ));
    let rep = floor.rep;
    let customer = family_of(&mut floor, "13800000001");
    for day in ["17", "18"] {
        for n in 0..4_i64 {
            floor.set_clock(&format!("2026-11-{day}T1{n}:00:00+08:00"));
            let direction = Some(if n == 0 {
                corral::domain::lists::Direction::Out
            } else {
                corral::domain::lists::Direction::In
            });
            let touch = LogTouch {
                customer: Some(customer),
                outcome: "talked".into(),
                direction,
                ..LogTouch::default()
            };
            floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
        }
    }
    floor.set_clock("2026-11-19T10:00:00+08:00");
    let found = signals(&mut floor);
    let told: Vec<(SignalKind, i64)> =
        found.reps.iter().filter(|row| row.rep.0 == rep).map(|row| (row.kind, row.value)).collect();
    assert_eq!(told, [(SignalKind::Waiting, 2_500)], "2 of 8 went out: 25 %, 30 are wanted");
    let ratio = found.ratios.iter().find(|row| row.rep.0 == rep).unwrap();
    assert_eq!((ratio.share_bp, ratio.days.len()), (Some(2_500), 3));
}

/// A team whose rep, mate and third have so many leads of today, and so many of them booked.
fn booked_of(of: [(u32, usize); 3]) -> (Floor, Vec<CustomerId>) {
    let mut floor = school();
    let third = floor.add_user("third", "周杰", Role::Rep, Some("One"));
    let mut reps = Vec::new();
    for (place, (user, (leads, booked))) in [floor.rep, floor.mate, third].into_iter().zip(of).enumerate() {
        let ids: Vec<CustomerId> =
            (0..leads).map(|n| family(&mut floor, user, &format!("138{place}000{n:04}"), "")).collect();
        for customer in &ids[..booked] {
            book(&mut floor, user, *customer);
        }
        reps.push(ids);
    }
    // the next morning the day is rolled over
    floor.set_clock("2026-11-18T10:30:00+08:00");
    roll(&mut floor);
    (floor, reps.remove(0))
}

fn book(floor: &mut Floor, by: UserId, customer: CustomerId) {
    let (deal, at) = (deal_of(floor, customer), "2026-11-20T19:00:00+08:00".parse().unwrap());
    floor.write(by, Change::Deal(DealChange::Book { deal, node: "trial".into(), at })).unwrap();
}

fn roll(floor: &mut Floor) {
    let (lead, day, mut after) = (floor.lead, floor.day(), None);
    loop {
        let roll = WorkChange::RollDay { day, after };
        after = floor.write(lead, Change::Work(roll)).unwrap().effects.more;
        if after.is_none() {
            break;
        }
    }
}

#[test]
fn a_rep_at_twelve_per_cent_beside_twenty_eight_gets_a_coach_task_until_the_booking_that_cures_it() {
    // 6 of 50 is 12 %; 14 of 50 and 15 of 50 beside it: the median is 28 %, half of it 14 %
    let (mut floor, leads) = booked_of([(50, 6), (50, 14), (50, 15)]);
    let (rep, lead) = (floor.rep, floor.lead);
    let open = "SELECT user_id, part, cases, median_bp, coach_id FROM rep_warning WHERE closed_at IS NULL";
    let row = vec![[rep.0, 6, 50, 2_800, lead.0].map(|n| n.to_string()).to_vec()];
    assert_eq!(floor.rows(open), row, "nobody coaches the rep: the lead has it");
    let task =
        "SELECT t.state FROM task t JOIN rep_warning w ON w.task_id = t.id AND t.owner_id = w.coach_id";
    assert_eq!(cell(&floor, task), "due");
    let told: Vec<_> =
        signals(&mut floor).reps.into_iter().filter(|row| row.kind == SignalKind::Behind).collect();
    assert_eq!(told.len(), 1);
    let behind = told[0].behind.clone().unwrap();
    assert_eq!((told[0].rep.0, behind.own.part, behind.own.of, behind.median_bp), (rep, 6, 50, 2_800));
    assert!(behind.task.is_some());
    // another day opens no second one
    floor.set_clock("2026-11-19T10:30:00+08:00");
    roll(&mut floor);
    assert_eq!(floor.rows(open), row);
    // the seventh booking is 14 %: not below half any more
    book(&mut floor, rep, leads[6]);
    assert_eq!(cell(&floor, "SELECT count(*) FROM rep_warning WHERE closed_at IS NULL"), "0");
    assert_eq!(cell(&floor, task), "cancelled");
    // and what cured it is taken back
    undo(&mut floor, rep).unwrap();
    assert_eq!(floor.rows(open), row);
    assert_eq!(cell(&floor, task), "due");
    crate::school::is_clean(&mut floor);
}

#[test]
fn a_rep_with_eight_leads_is_not_held_against_the_team() {
    // 1 of 8 is 12.5 %, of too few to say anything
    let (mut floor, _) = booked_of([(8, 1), (50, 14), (50, 15)]);
    assert_eq!(cell(&floor, "SELECT count(*) FROM rep_warning"), "0");
    assert!(!signals(&mut floor).reps.iter().any(|row| row.kind == SignalKind::Behind));
}

/// The school with its rep's warning by another rate, and a team whose rep, mate and third have forty leads each.
fn forty_each(rate: &str) -> (Floor, [Vec<CustomerId>; 3]) {
    let method = SCHOOL.replace("rate = \"booking_rate\"", &format!("rate = \"{rate}\""));
    assert!(method != SCHOOL);
    let mut floor = Floor::with(&method);
    floor.set_clock(crate::school::MORNING);
    let third = floor.add_user("third", "周杰", Role::Rep, Some("One"));
    let reps = [floor.rep, floor.mate, third];
    let mut place = 0;
    let leads = reps.map(|user| {
        place += 1;
        (0..40).map(|n| family(&mut floor, user, &format!("138{place}000{n:04}"), "")).collect()
    });
    (floor, leads)
}

#[test]
fn a_rep_whose_deals_outstay_their_stage_is_held_against_the_team() {
    let (mut floor, leads) = forty_each("in_stage_rate");
    // four days on, the mates' forty move to a stage of three days; the rep's stay in one that has long run out
    floor.set_clock("2026-11-21T10:30:00+08:00");
    let lead = floor.lead;
    for customer in leads[1..].iter().flatten() {
        let (deal, set) = (deal_of(&floor, *customer), crate::school::facts());
        let to = "connected".into();
        floor.write(lead, Change::Deal(DealChange::Move { deal, to, set })).unwrap();
    }
    floor.set_clock("2026-11-22T10:30:00+08:00");
    roll(&mut floor);
    let open = "SELECT user_id, part, cases, median_bp FROM rep_warning WHERE closed_at IS NULL";
    let row = [floor.rep.0, 0, 40, 10_000].map(|n| n.to_string()).to_vec();
    assert_eq!(floor.rows(open), vec![row]);
    // three days later everybody's have run out: nobody is below the others, the day's look closes it
    floor.set_clock("2026-11-25T10:30:00+08:00");
    roll(&mut floor);
    assert_eq!(cell(&floor, "SELECT count(*) FROM rep_warning WHERE closed_at IS NULL"), "0");
}

#[test]
fn a_rep_who_does_nothing_on_its_day_is_held_against_the_team() {
    let (mut floor, leads) = forty_each("on_time_rate");
    let lead = floor.lead;
    for customer in leads[1..].iter().flatten() {
        let task = due(&floor, *customer, Lane::Call);
        log(&mut floor, lead, said(task, "no_answer")).unwrap();
    }
    floor.set_clock("2026-11-18T10:30:00+08:00");
    roll(&mut floor);
    // none of the rep's forty first calls was made on its day
    let open = "SELECT user_id, part FROM rep_warning WHERE closed_at IS NULL";
    let row = [floor.rep.0, 0].map(|n| n.to_string()).to_vec();
    assert_eq!(floor.rows(open), vec![row]);
}
