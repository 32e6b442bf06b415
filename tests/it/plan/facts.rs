//! What rules read.

use corral::domain::lists::{Fact, NodeState, Op};
use corral::playbook::facts::{FactValue, View, holds, value};
use corral::playbook::model::ClauseValue;
use corral::playbook::plan::{Known, KnownDeal};

use super::fixture::*;

fn read(known: &Known, deal: Option<&KnownDeal>, fact: Fact) -> Option<FactValue> {
    let playbook = playbook();
    let pipeline = deal.and_then(|deal| playbook.pipelines.iter().find(|p| p.code == deal.pipeline));
    value(&View { playbook: &playbook, known, deal, pipeline, node: None, now: at("11-24 16:30") }, fact)
}

#[test]
fn a_clause_over_what_nobody_knows_is_false_whatever_it_compares() {
    let playbook = playbook();
    let known = known();
    let view = View {
        playbook: &playbook,
        known: &known,
        deal: None,
        pipeline: None,
        node: None,
        now: at("11-24 16:30"),
    };
    for yes in [true, false] {
        for op in [Op::Eq, Op::Ne] {
            let unknown = clause(Fact::RecordingIdMissing, op, ClauseValue::Flag(yes));
            assert!(!holds(&view, &[unknown]), "{op} {yes}");
        }
    }
    assert!(holds(&view, &[]), "no clauses hold");
    let number = clause(Fact::Attempts, Op::Ge, ClauseValue::Flag(true));
    assert!(!holds(&view, &[number]), "a number is not a yes");
}

#[test]
fn times_are_counted_in_business_days_and_whole_hours() {
    let mut known = known();
    known.nodes = vec![node(5, 1, "11-24 19:00")];
    let number = |fact| read(&known, None, fact);
    assert_eq!(number(Fact::HoursSinceAssigned), Some(FactValue::Number(1)), "90 minutes");
    assert_eq!(number(Fact::DaysSinceAssigned), Some(FactValue::Number(0)));
    assert_eq!(number(Fact::HoursToNode), Some(FactValue::Number(2)), "two and a half hours");
    known.last_valid = Some(at("11-22 23:59"));
    assert_eq!(read(&known, None, Fact::DaysSinceValidTouch), Some(FactValue::Number(2)));
}

#[test]
fn due_dates_stand_with_brief_deals_and_unset_yes_no_fields_read_no() {
    let known = known();
    let mut again = deal(1, "again", "running_out", "11-20 15:00");
    assert_eq!(read(&known, Some(&again), Fact::DaysToDue), None);
    again.fields.insert("renew_on".into(), "2026-11-21".to_owned());
    assert_eq!(read(&known, Some(&again), Fact::DaysToDue), Some(FactValue::Number(-3)));
    assert_eq!(read(&known, Some(&again), Fact::DaysOverdue), Some(FactValue::Number(3)));
    assert_eq!(read(&known, Some(&again), Fact::AccountOk), Some(FactValue::Flag(false)));
    again.fields.insert("account_ok".into(), "true".to_owned());
    assert_eq!(read(&known, Some(&again), Fact::AccountOk), Some(FactValue::Flag(true)));
    assert_eq!(read(&known, Some(&again), Fact::StageIndex), Some(FactValue::Number(1)));
    let mut sale = deal(2, "sale", "choosing", "11-20 15:00");
    sale.fields.insert("decide_by".into(), "2026-11-26".to_owned());
    assert_eq!(read(&known, Some(&sale), Fact::DaysToDecideBy), Some(FactValue::Number(2)));
    assert_eq!(read(&known, Some(&sale), Fact::DaysToDue), None, "a full deal has no due date");
}

#[test]
fn a_node_is_confirmed_by_its_reminder_and_a_visit_is_an_attended_node() {
    let mut known = known();
    let sale = deal(1, "sale", "invited", "11-20 15:00");
    known.nodes = vec![node(5, 1, "11-24 19:00")];
    let flag = |known: &Known, fact| read(known, Some(&sale), fact);
    assert_eq!(flag(&known, Fact::NodeConfirmed), Some(FactValue::Flag(false)));
    assert_eq!(flag(&known, Fact::Visited), Some(FactValue::Flag(false)));
    known.nodes[0].state = NodeState::Reminded;
    assert_eq!(flag(&known, Fact::NodeConfirmed), Some(FactValue::Flag(true)));
    known.nodes[0].state = NodeState::Attended;
    assert_eq!(flag(&known, Fact::Visited), Some(FactValue::Flag(true)));
}
