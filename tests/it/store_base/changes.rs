//! What I did today: each change says beforehand what would come of taking it back, and nothing is changed by asking.

use corral::domain::id::{DealId, UserId, WriteId};
use corral::domain::lists::{IssueState, Lane, Metric};
use corral::domain::money::Money;
use corral::domain::time::Timestamp;
use corral::store::change::deal::NewOrder;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, DealChange, WorkChange};
use corral::store::query::{Answer, ChangeRow, ChangesAsk, Consequence, Query, Standing};
use corral::store::verify::verify;

use super::undo::{add, at_work, due, log};
use crate::floor::Floor;
use crate::ground;

fn ask(floor: &Floor, by: UserId) -> ChangesAsk {
    ChangesAsk { by, user: by, now: floor.now(), before: None, only: None, limit: 50 }
}

fn listed(floor: &mut Floor, ask: ChangesAsk) -> Vec<ChangeRow> {
    match floor.read(&Query::Changes(ask)).unwrap() {
        Answer::Changes(rows) => rows,
        other => panic!("{other:?}"),
    }
}

fn own(floor: &mut Floor) -> Vec<ChangeRow> {
    let ask = ask(floor, floor.rep);
    listed(floor, ask)
}

fn only(floor: &mut Floor, by: UserId, write: WriteId) -> ChangeRow {
    let ask = ChangesAsk { only: Some(write), ..ask(floor, by) };
    listed(floor, ask).remove(0)
}

fn logged(touch: LogTouch) -> Change {
    Change::Work(WorkChange::Log(Box::new(touch)))
}

/// Every row of every table.
fn whole(floor: &Floor) -> Vec<Vec<String>> {
    let tables = ground::tables(&floor.path());
    tables.iter().flat_map(|table| floor.rows(&format!("SELECT * FROM {table}"))).collect()
}

fn barred(row: &ChangeRow) -> Option<(&'static str, &str)> {
    match &row.standing {
        Standing::Barred { why, name, .. } => Some((why, name)),
        _ => None,
    }
}

#[test]
fn asking_what_would_come_of_it_changes_nothing_and_what_is_told_then_happens() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let call = due(&floor, customer, "call");
    let (material, coupon) = (due(&floor, customer, "material"), due(&floor, customer, "coupon"));
    let deal = floor.rows(&format!("SELECT id FROM deal WHERE customer_id = {customer}"));
    let deal = DealId(deal[0][0].parse().unwrap());
    let later = Timestamp(floor.now().0 + 26 * 3_600_000);
    let order = NewOrder {
        deal,
        product: "course".into(),
        price: Money::whole(1_000),
        coupon: None,
        paid: Money::whole(400),
        set: Vec::new(),
    };
    let changes = [
        logged(log(call, "talked")),
        logged(LogTouch { node_at: Some(later), ..log(call, "booked") }),
        Change::Work(WorkChange::Send { task: material, chinese: true }),
        Change::Work(WorkChange::Reserve { task: coupon }),
        Change::Work(WorkChange::Push { task: coupon, chinese: true }),
        Change::Work(WorkChange::Snooze { task: call, until: later }),
        Change::Deal(DealChange::Move { deal, to: "warm".into(), set: Vec::new() }),
        Change::Deal(DealChange::Win(Box::new(order))),
    ];
    for change in changes {
        let made = floor.write(rep, change).unwrap();
        floor.pass_minutes(1);
        let before = whole(&floor);
        let row = only(&mut floor, rep, made.write);
        assert_eq!(row.standing, Standing::Free, "{row:?}");
        assert!(!row.consequences.is_empty(), "{row:?}");
        assert_eq!(own(&mut floor)[0], row, "in the list and alone the same is told");
        assert_eq!(whole(&floor), before, "{} was only tried out", row.kind);
        assert!(verify(&mut floor.db).unwrap().ok);
        let undone = floor.write(rep, Change::Undo { write: Some(made.write) }).unwrap();
        let told: Vec<(Metric, i64)> = row
            .consequences
            .iter()
            .filter_map(|consequence| match consequence {
                Consequence::Figure { metric, by } => Some((*metric, *by)),
                _ => None,
            })
            .collect();
        let mut came = undone.effects.metrics.clone();
        came.retain(|(_, by)| *by != 0);
        assert_eq!(sorted(told), sorted(came), "{}", row.kind);
        let row = only(&mut floor, rep, made.write);
        assert_eq!((row.standing, row.consequences), (Standing::TakenBack, Vec::new()));
        floor.pass_minutes(1);
    }
}

fn sorted(mut figures: Vec<(Metric, i64)>) -> Vec<(Metric, i64)> {
    figures.sort_unstable();
    figures
}

#[test]
fn a_call_a_stage_and_a_coupon_say_what_goes_back() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let (call, coupon) = (due(&floor, customer, "call"), due(&floor, customer, "coupon"));
    let due_at = |floor: &Floor, task| {
        Timestamp(floor.rows(&format!("SELECT due_at FROM task WHERE id = {task}"))[0][0].parse().unwrap())
    };
    let was_due = due_at(&floor, call);
    let next_at = Timestamp(floor.now().0 + 26 * 3_600_000);
    floor.write(rep, logged(LogTouch { next_at: Some(next_at), ..log(call, "later") })).unwrap();
    let next = due_at(&floor, due(&floor, customer, "call"));
    floor.pass_minutes(1);
    let row = own(&mut floor).remove(0);
    assert_eq!((row.kind.as_str(), row.outcome.as_deref()), ("work.log", Some("later")));
    assert_eq!(row.customer, Some((customer, "张小明".to_owned())));
    let has = |row: &ChangeRow, wanted: &Consequence| row.consequences.contains(wanted);
    assert!(has(&row, &Consequence::Touch { outcome: "later".to_owned() }), "{row:?}");
    assert!(has(&row, &Consequence::Reopened { lane: Lane::Call, due_at: was_due }), "{row:?}");
    assert!(has(&row, &Consequence::Cancelled { lane: Lane::Call, due_at: next }), "{row:?}");
    assert!(has(&row, &Consequence::Figure { metric: Metric::CallsDialed, by: -1 }), "{row:?}");

    floor.write(rep, Change::Work(WorkChange::Reserve { task: coupon })).unwrap();
    let code = floor.rows("SELECT coupon, code FROM coupon_issue").remove(0);
    floor.pass_minutes(1);
    let back = Consequence::Coupon {
        coupon: code[0].clone(),
        code: code[1].clone(),
        state: IssueState::Released,
        quota: 1,
    };
    let row = own(&mut floor).remove(0);
    assert_eq!(row.consequences, [back]);

    let deal = DealId(
        floor.rows(&format!("SELECT id FROM deal WHERE customer_id = {customer}"))[0][0].parse().unwrap(),
    );
    floor
        .write(rep, Change::Deal(DealChange::Lose { deal, reason: "price".into(), words: String::new() }))
        .unwrap();
    floor.pass_minutes(1);
    let row = own(&mut floor).remove(0);
    let stage =
        Consequence::Stage { pipeline: "main".to_owned(), from: "lost".to_owned(), to: "new".to_owned() };
    assert!(has(&row, &stage), "{row:?}");
}

#[test]
fn the_gap_is_told_before_and_after() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let deal = DealId(
        floor.rows(&format!("SELECT id FROM deal WHERE customer_id = {customer}"))[0][0].parse().unwrap(),
    );
    let gap = |floor: &mut Floor| match floor.read(&Query::Gap { user: rep, now: floor.now() }).unwrap() {
        Answer::Gap(line) => (line.metric, line.gap.target, line.gap.gap),
        other => panic!("{other:?}"),
    };
    let (metric, target, open) = gap(&mut floor);
    assert_ne!(target, 0);
    let order = NewOrder {
        deal,
        product: "course".into(),
        price: Money::whole(1_000),
        coupon: None,
        paid: Money::whole(1_000),
        set: Vec::new(),
    };
    floor.write(rep, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
    floor.pass_minutes(1);
    let (_, _, won) = gap(&mut floor);
    assert_ne!(open, won);
    let row = own(&mut floor).remove(0);
    let told = Consequence::Gap { metric, from: won, to: open };
    assert!(row.consequences.contains(&told), "{row:?}");
}

#[test]
fn changes_are_taken_back_out_of_order_unless_later_work_stands_on_them() {
    let (mut floor, first) = at_work();
    let rep = floor.rep;
    let second = add(&mut floor, "李雷", "+8613800000002");
    floor.pass_minutes(5);
    let made = [first, second, first].map(|customer| {
        let call = due(&floor, customer, "call");
        let next_at = Some(floor.now());
        let made = floor.write(rep, logged(LogTouch { next_at, ..log(call, "later") })).unwrap().write;
        floor.pass_minutes(3);
        made
    });
    let rows = own(&mut floor);
    assert_eq!(rows.iter().map(|row| row.write).collect::<Vec<_>>(), [made[2], made[1], made[0]]);
    assert_eq!(rows.iter().map(barred).collect::<Vec<_>>(), [None, None, Some(("later", ""))]);
    // the one in the middle goes first, and the refused one stays as it was
    floor.write(rep, Change::Undo { write: Some(made[1]) }).unwrap();
    let refused = floor.write(rep, Change::Undo { write: Some(made[0]) }).unwrap_err();
    assert_eq!(refused.code(), "no_undo");
    floor.pass_minutes(1);
    floor.write(rep, Change::Undo { write: Some(made[2]) }).unwrap();
    floor.pass_minutes(1);
    let rows = own(&mut floor);
    let states: Vec<&Standing> = rows.iter().map(|row| &row.standing).collect();
    assert_eq!(states, [&Standing::TakenBack, &Standing::TakenBack, &Standing::Free]);
    floor.write(rep, Change::Undo { write: Some(made[0]) }).unwrap();
    assert!(verify(&mut floor.db).unwrap().ok);
}

#[test]
fn a_message_that_left_and_a_final_word_are_told_apart() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let (call, material) = (due(&floor, customer, "call"), due(&floor, customer, "material"));
    floor.write(rep, Change::Work(WorkChange::Send { task: material, chinese: true })).unwrap();
    floor.pass_minutes(1);
    assert_eq!(own(&mut floor)[0].consequences[0], Consequence::Left);
    floor.write(rep, logged(log(call, "never"))).unwrap();
    floor.pass_minutes(1);
    assert_eq!(barred(&own(&mut floor)[0]), Some(("forbidden", "")));
    let audited = floor.rows("SELECT count(*) FROM audit");
    own(&mut floor);
    assert_eq!(floor.rows("SELECT count(*) FROM audit"), audited, "a trial is no attempt");
}

#[test]
fn the_list_is_read_through_a_window_and_of_today_alone() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let mut made = Vec::new();
    for _ in 0..5 {
        let add =
            WorkChange::AddTask { customer, lane: Lane::Call, due_at: floor.now(), words: String::new() };
        made.push(floor.write(rep, Change::Work(add)).unwrap());
        floor.pass_minutes(1);
    }
    let mut before = None;
    let mut seen = Vec::new();
    loop {
        let ask = ChangesAsk { before, limit: 2, ..ask(&floor, rep) };
        let window = listed(&mut floor, ask);
        let Some(last) = window.last() else { break };
        assert!(window.len() <= 2);
        before = Some(last.revision);
        seen.extend(window.iter().map(|row| row.write));
    }
    assert_eq!(seen, made.iter().rev().map(|commit| commit.write).collect::<Vec<_>>());
    floor.set_clock("2026-11-17T10:00:00+08:00");
    assert_eq!(own(&mut floor), []);
    // a change of an earlier day is named by its id; taking it back is the lead's
    let lead = floor.lead;
    assert_eq!(barred(&only(&mut floor, rep, made[0].write)), Some(("forbidden", "")));
    assert_eq!(only(&mut floor, lead, made[0].write).standing, Standing::Free);
}

#[test]
fn only_those_who_may_take_them_back_see_the_changes_of_others() {
    let (mut floor, customer) = at_work();
    let call = due(&floor, customer, "call");
    let (rep, mate, lead, stranger, manager) =
        (floor.rep, floor.mate, floor.lead, floor.stranger, floor.manager);
    let logged_by_rep = floor.write(rep, logged(log(call, "talked"))).unwrap().write;
    floor.pass_minutes(1);
    for (by, allowed) in [(rep, true), (lead, true), (manager, true), (mate, false), (stranger, false)] {
        for only in [None, Some(logged_by_rep)] {
            let ask = ChangesAsk { user: rep, only, ..ask(&floor, by) };
            match floor.read(&Query::Changes(ask)) {
                Ok(Answer::Changes(rows)) => {
                    assert!(allowed);
                    assert_eq!((rows.len(), &rows[0].standing), (1, &Standing::Free));
                }
                other => {
                    assert!(!allowed);
                    assert_eq!(other.unwrap_err().code(), "forbidden");
                }
            }
        }
    }
}
