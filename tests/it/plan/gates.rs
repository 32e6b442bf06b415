//! Entering a stage.

use std::collections::BTreeMap;

use corral::domain::code::FieldCode;
use corral::domain::lists::{ContactState, NodeState};
use corral::playbook::gate::{Blocked, Move, Need, check};
use corral::playbook::plan::{Known, KnownDeal};

use super::fixture::*;

fn enter(known: &Known, deal: &KnownDeal, to: &str, set: &[(&str, &str)]) -> Result<(), Blocked> {
    let set: BTreeMap<FieldCode, String> =
        set.iter().map(|(code, value)| ((*code).into(), (*value).to_owned())).collect();
    check(&playbook(), known, &Move { deal, to: &to.into(), set: &set, now: at("11-24 15:00") })
}

#[test]
fn two_facts_missing_are_exactly_the_two_named() {
    let known = known();
    let sale = deal(1, "sale", "fresh", "11-24 15:00");
    let blocked = enter(&known, &sale, "talked", &[]).unwrap_err();
    assert_eq!(blocked.missing, ["age".into(), "wish".into()]);
    assert!(matches!(blocked.need, Some(Need::Contact { verified: true, .. })));
    assert_eq!(
        blocked.to_string(),
        "stage 'talked' may not be entered yet: record 'age', 'wish' first; a verified contact on channel 'chat' is \
         needed for one of 'mother'; add it first"
    );
    let blocked = enter(&known, &sale, "talked", &[("age", "6"), ("wish", " ")]).unwrap_err();
    assert_eq!(blocked.missing, ["wish".into()], "an empty fact is none");
}

#[test]
fn a_verified_contact_of_the_right_role_opens_the_gate() {
    let mut known = known();
    let sale = deal(1, "sale", "fresh", "11-24 15:00");
    let facts = [("age", "6"), ("wish", "speak")];
    assert_eq!(enter(&known, &sale, "talked", &facts).unwrap_err().missing, []);
    known.persons[2].contacts.push(("chat".into(), ContactState::Verified));
    assert!(enter(&known, &sale, "talked", &facts).is_err(), "the father's is not the mother's");
    known.persons[1].contacts[1].1 = ContactState::Verified;
    assert_eq!(enter(&known, &sale, "talked", &facts), Ok(()));
}

#[test]
fn a_booked_node_is_the_record_of_its_time_and_an_attended_one_opens_its_gate() {
    let mut known = known();
    let sale = deal(1, "sale", "fresh", "11-24 15:00");
    assert_eq!(enter(&known, &sale, "invited", &[]).unwrap_err().missing, ["lesson_at".into()]);
    known.nodes = vec![node(5, 1, "11-26 19:00")];
    assert_eq!(enter(&known, &sale, "invited", &[]), Ok(()));
    assert_eq!(enter(&known, &sale, "tried", &[]).unwrap_err().need, Some(Need::Attended { node: None }));
    known.nodes[0].state = NodeState::Attended;
    assert_eq!(enter(&known, &sale, "tried", &[]), Ok(()));
}

#[test]
fn payments_disclosures_and_cooling_off_are_waited_for() {
    let known = known();
    let mut sale = deal(1, "sale", "choosing", "11-24 15:00");
    assert_eq!(
        enter(&known, &sale, "paid", &[]).unwrap_err().need,
        Some(Need::Payment { at_least_bp: 1, paid_bp: 0 })
    );
    sale.paid_bp = 1;
    assert_eq!(enter(&known, &sale, "paid", &[]), Ok(()));

    let told = [("rights_told", "true"), ("risk_told", "false")];
    assert_eq!(
        enter(&known, &sale, "informed", &told).unwrap_err().need,
        Some(Need::Disclosure { field: "risk_told".into() })
    );
    assert_eq!(enter(&known, &sale, "informed", &[("rights_told", "true"), ("risk_told", "true")]), Ok(()));

    // on the 24th the period through the 24th still lasts
    assert!(enter(&known, &sale, "settled", &[("free_until", "2026-11-24")]).is_err());
    assert_eq!(enter(&known, &sale, "settled", &[("free_until", "2026-11-23")]), Ok(()));
    // nobody contests anything: a ruling is settled
    assert_eq!(enter(&known, &sale, "choosing", &[("decide_by", "2026-11-30")]), Ok(()));
    assert_eq!(enter(&known, &sale, "elsewhere", &[]).unwrap_err().need, Some(Need::Stage));
}
