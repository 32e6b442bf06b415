//! Sums made again from the journal: what was damaged is found, said, and set right by how much it was off.

use corral::domain::id::UserId;
use corral::domain::lists::{Metric, Period};
use corral::domain::span::Span;
use corral::domain::time::Timestamp;
use corral::store::change::figures::{FiguresChange, Kept, MENDED_MAX, Mend, SumOf};
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, WorkChange};
use corral::store::query::board::BoardBy;
use corral::store::query::{Answer, BoardAsk, Query};
use corral::store::rebuild::{Rebuilt, rebuilt};
use corral::store::verify::verify;
use corral::store::{Db, StoreError};

use crate::customers::{add, household};
use crate::floor::Floor;

/// A call of a minute and a half, a minute after the last: dialled and valid.
fn call(floor: &mut Floor, by: UserId, phone: &str) {
    floor.pass_minutes(1);
    let customer = add(floor, by, household("客户", phone, Some(by))).unwrap();
    let touch = LogTouch {
        customer: Some(customer),
        outcome: "talked".into(),
        seconds: Some(90),
        ..LogTouch::default()
    };
    floor.write(by, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
}

fn again(floor: &mut Floor) -> Rebuilt {
    let (by, now) = (floor.manager, floor.now());
    rebuilt(&mut floor.db, None, (by, now)).unwrap()
}

fn mend(floor: &mut Floor, rows: Vec<Mend>) -> Result<(), StoreError> {
    let by = floor.manager;
    floor.write(by, Change::Figures(FiguresChange::Mend { rows })).map(drop)
}

fn dialled(db: &mut Db, user: UserId, now: Timestamp) -> i64 {
    let ask = BoardAsk::new(Metric::CallsDialed, Span::this(Period::Month), BoardBy::Rep, now);
    let Answer::Board(board) = db.read(&Query::Board(ask)).unwrap() else { panic!("another answer") };
    board.rows.iter().find(|row| row.id == user.to_string()).unwrap().gap.done
}

/// Three calls, one of them taken back: two stand.
fn floor() -> Floor {
    let mut floor = Floor::new();
    let (rep, mate) = (floor.rep, floor.mate);
    for phone in ["13800138001", "13800138002", "13800138003"] {
        call(&mut floor, rep, phone);
    }
    floor.write(rep, Change::Undo { write: None }).unwrap();
    call(&mut floor, mate, "13800138004");
    floor
}

#[test]
fn on_a_sound_floor_every_sum_is_what_the_journal_makes_it() {
    let mut floor = floor();
    let rebuilt = again(&mut floor);
    assert_eq!(rebuilt.differences, []);
    let kept: u64 = ["metric_day", "metric_month"]
        .map(|table| floor.rows(&format!("SELECT COUNT(*) FROM {table}"))[0][0].parse::<u64>().unwrap())
        .iter()
        .sum();
    assert!(kept > 6 && rebuilt.sums == kept, "{rebuilt:?}");
}

#[test]
fn what_was_damaged_is_found_and_set_right_and_what_was_counted_meanwhile_stays() {
    let mut floor = floor();
    let (rep, mate, day) = (floor.rep, floor.mate, floor.day());
    let (now, mut other) = (floor.now(), floor.second());
    // one day three too many, a month that is not there, a day of somebody who did nothing
    floor.tamper(&format!(
        "UPDATE metric_day SET value = value + 3 WHERE metric = 'calls_dialed' AND user_id = {rep}"
    ));
    floor.tamper(&format!("DELETE FROM metric_month WHERE metric = 'calls_valid' AND user_id = {mate}"));
    floor.tamper(&format!(
        "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value, at) \
         VALUES ({}, {}, 0, '', 'receptions', 7, 0)",
        day.0, floor.lead
    ));
    assert_eq!(dialled(&mut other, rep, now), 5, "two stand, and three that never were");
    let found = again(&mut floor).differences;
    let told: Vec<_> = found
        .iter()
        .map(|row| (row.of, row.user, row.metric, row.found.map_or(0, |kept| kept.value), row.right.value))
        .collect();
    let wanted = [
        (SumOf::Day(day), floor.lead, Metric::Receptions, 7, 0),
        (SumOf::Day(day), rep, Metric::CallsDialed, 5, 2),
        (SumOf::Month(day.month()), mate, Metric::CallsValid, 0, 1),
    ];
    assert_eq!(told, wanted);
    // work goes on between the look and the change
    call(&mut floor, rep, "13800138005");
    call(&mut floor, mate, "13800138006");
    mend(&mut floor, found).unwrap();
    assert_eq!(again(&mut floor).differences, []);
    let report = verify(&mut floor.db).unwrap();
    assert!(report.ok, "{:#?}", report.differences);
    let now = floor.now();
    assert_eq!(dialled(&mut other, rep, now), 3, "a board that was kept is read anew");
    // and the journal tells which figure moved without a fact
    let rows = floor.rows("SELECT payload FROM journal WHERE kind = 'figures.mend'");
    assert!(rows[0][0].contains("\"metric\":\"receptions\""), "{rows:?}");
}

#[test]
fn a_month_is_made_again_by_itself() {
    let mut floor = floor();
    let (by, rep) = (floor.manager, floor.rep);
    floor.set_clock("2026-12-01T10:00:00+08:00");
    call(&mut floor, rep, "13800138007");
    floor.tamper("UPDATE metric_day SET value = value + 1 WHERE metric = 'calls_dialed'");
    let (month, now) = (floor.day().month(), floor.now());
    let december = rebuilt(&mut floor.db, Some(month), (by, now)).unwrap();
    let told: Vec<_> = december.differences.iter().map(|row| (row.of, row.user)).collect();
    assert_eq!(told, [(SumOf::Day(floor.day()), rep)]);
    mend(&mut floor, december.differences).unwrap();
    assert_eq!(rebuilt(&mut floor.db, Some(month), (by, now)).unwrap().differences, []);
    assert_eq!(again(&mut floor).differences.len(), 2, "November's are as they were");
}

#[test]
fn only_a_manager_sets_figures_right_and_never_too_many_at_once() {
    let mut floor = floor();
    let now = floor.now();
    for by in [floor.rep, floor.lead] {
        let refused = rebuilt(&mut floor.db, None, (by, now)).unwrap_err();
        assert_eq!(refused.code(), "forbidden");
        let refused = floor.write(by, Change::Figures(FiguresChange::Mend { rows: Vec::new() })).unwrap_err();
        assert_eq!(refused.code(), "forbidden");
    }
    let row = Mend {
        of: SumOf::Day(floor.day()),
        user: floor.rep,
        team: 0,
        pipeline: String::new(),
        metric: Metric::CallsDialed,
        found: None,
        right: Kept::default(),
    };
    let refused = mend(&mut floor, vec![row; MENDED_MAX + 1]).unwrap_err();
    assert_eq!(refused.code(), "too_many_sums");
}
