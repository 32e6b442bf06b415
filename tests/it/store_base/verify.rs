//! Verification is clean after honest work and names what was tampered with.

use corral::domain::lists::{Metric, Period};
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::{Change, PeopleChange, WorkChange};
use corral::store::verify::{Difference, verify};

use super::undo::{add, at_work, due, log};
use crate::floor::Floor;

/// A floor on which a few things have happened: ten journal rows and more.
fn worked() -> Floor {
    let mut floor = Floor::new();
    add(&mut floor, "张小明", "+8613800000001");
    add(&mut floor, "李雷", "+8613800000002");
    let (lead, scope, from) = (floor.lead, TargetOf::User(floor.rep), floor.day());
    for value in [10, 20, 30] {
        let target = NewTarget::goal(scope, Period::Day, Metric::CallsDialed, (value, from));
        floor.write(lead, Change::People(PeopleChange::SetTarget(target))).unwrap();
    }
    floor
}

fn differences(floor: &mut Floor) -> Vec<Difference> {
    let report = verify(&mut floor.db).unwrap();
    assert_eq!(report.ok, report.differences.is_empty());
    report.differences
}

/// What differs, as `kind id: found, not expected`.
fn words(floor: &mut Floor) -> Vec<String> {
    differences(floor)
        .iter()
        .map(|d| format!("{} {}: {}, not {}", d.kind, d.id, d.found, d.expected))
        .collect()
}

#[test]
fn a_floor_that_was_worked_on_honestly_is_clean() {
    let mut floor = worked();
    assert_eq!(differences(&mut floor), []);
    let report = verify(&mut floor.db).unwrap();
    // a playbook, five users, two customers, three targets
    assert_eq!(report.checked["journal"], 11);
    assert_eq!(report.checked["customer"], 2);
}

#[test]
fn a_deleted_journal_row_is_named_wherever_it_stood() {
    for lost in [1, 6, 11] {
        let mut floor = worked();
        floor.tamper(&format!("DELETE FROM journal WHERE rev = {lost}"));
        let expected = format!("journal {lost}: journal row {lost} is missing, not journal row {lost}");
        assert!(words(&mut floor).contains(&expected), "{lost}: {:?}", words(&mut floor));
    }
}

#[test]
fn a_changed_journal_row_breaks_its_seal() {
    let mut floor = worked();
    floor.tamper("UPDATE journal SET payload = replace(payload, '20', '21') WHERE rev = 10");
    let found = differences(&mut floor);
    assert_eq!(found.iter().map(|d| (d.kind, d.id.as_str())).collect::<Vec<_>>(), [("journal_seal", "10")]);
}

#[test]
fn a_figure_that_was_made_up_is_named_in_both_roll_ups() {
    let mut floor = worked();
    let rep = floor.rep;
    // day 20773 is 2026-11-16; month 2026 × 12 + 10 = 24322
    floor.tamper(&format!(
        "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value) VALUES (20773, {rep}, 0, '', 'orders_won', 7) \
         ON CONFLICT (day, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_day.value + 7; \
         INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value) VALUES (24322, {rep}, 0, '', 'orders_won', 7) \
         ON CONFLICT (month, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_month.value + 7;"
    ));
    let found = words(&mut floor);
    assert_eq!(
        found,
        [
            format!("metric_day 2026-11-16 orders_won user {rep} team 0 pipeline '': 7, not 0"),
            format!("metric_month 2026-11-01 orders_won user {rep} team 0 pipeline '': 7, not 0"),
        ]
    );
}

#[test]
fn a_figure_of_a_real_call_that_was_changed_is_named() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let call = due(&floor, customer, "call");
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(log(call, "talked"))))).unwrap();
    assert_eq!(differences(&mut floor), []);
    floor.tamper("UPDATE metric_day SET value = value + 1 WHERE metric = 'calls_dialed'");
    let found = differences(&mut floor);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].kind, found[0].expected.as_str(), found[0].found.as_str()),
        ("metric_day", "1", "2")
    );
    floor.tamper("UPDATE metric_day SET value = value - 1 WHERE metric = 'calls_dialed'");
    floor.tamper("DELETE FROM metric_month WHERE metric = 'calls_dialed'");
    assert!(words(&mut floor)[0].contains("no row, not 1"), "{:?}", words(&mut floor));
}

#[test]
fn every_other_derived_row_is_compared_too() {
    for (sql, kind) in [
        ("UPDATE customer SET attempts = 3 WHERE id = (SELECT min(id) FROM customer)", "customer"),
        ("INSERT INTO contact_use SELECT min(id), 20773, 1, 0 FROM customer", "contact_use"),
        ("INSERT INTO number_use VALUES ('+8613800000001', 20773, 1, 0, 0)", "number_use"),
        ("INSERT INTO coupon_quota VALUES ('small', 'fifty', 24322, 1)", "coupon_quota"),
        ("UPDATE ownership SET to_at = from_at WHERE id = (SELECT min(id) FROM ownership)", "ownership"),
        (
            "INSERT INTO task SELECT 1, 'k', 'call', 'call', id, NULL, NULL, NULL, NULL, owner_id, 0, NULL, 3, 'done', \
             '', NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL FROM customer ORDER BY id LIMIT 1",
            "task",
        ),
        ("INSERT INTO promise SELECT 1, min(id), 99, 1, 'w', 0, 'open', 0, NULL FROM customer", "promise"),
        (
            "INSERT INTO membership SELECT user_id, team_id, from_day + 1, NULL FROM membership LIMIT 1",
            "membership",
        ),
        ("DELETE FROM person", "foreign_key"),
    ] {
        let mut floor = worked();
        floor.tamper(sql);
        let kinds: Vec<_> = differences(&mut floor).iter().map(|d| d.kind).collect();
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}
