//! Matches in the store: every kind against figures computed by hand, what is taken back, who may what, and that a result stays.

use corral::domain::id::{PkId, TeamId, UserId, WriteId};
use corral::domain::lists::{ContactState, Metric, Period, PkHow, PkKind, PkPhase, PkVerdict, Role};
use corral::domain::pk::{Leg, Plan, Round, Side, Weight, Who, Window};
use corral::domain::time::Timestamp;
use corral::store::StoreError;
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, Commit, PeopleChange, PkChange, WorkChange};
use corral::store::query::pk::{Nemesis, PkCard};
use corral::store::query::{Answer, PkAnswer, PkAsk, Query};

use crate::customers::{add, contact, household};
use crate::floor::Floor;

const CALLS: Weight = Weight { metric: Metric::CallsDialed, points: 1, per: 1 };
const WECHAT: Weight = Weight { metric: Metric::WechatAdded, points: 1, per: 1 };

/// A number nobody had before.
fn fresh(floor: &Floor) -> String {
    let known: usize = floor.rows("SELECT COUNT(*) FROM customer")[0][0].parse().unwrap();
    format!("138{known:08}")
}

/// One call with a new customer of a rep.
fn call(floor: &mut Floor, rep: UserId) -> WriteId {
    let phone = fresh(floor);
    let customer = add(floor, rep, household("客户", &phone, Some(rep))).unwrap();
    let touch = LogTouch { customer: Some(customer), outcome: "talked".into(), ..LogTouch::default() };
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap().write
}

fn calls(floor: &mut Floor, rep: UserId, count: usize) {
    for _ in 0..count {
        call(floor, rep);
    }
}

/// New customers of a rep on WeChat: one `wechat_added` each.
fn befriend(floor: &mut Floor, rep: UserId, count: usize) {
    for _ in 0..count {
        let phone = fresh(floor);
        let mut new = household("客户", "", Some(rep));
        let wechat = format!("wx_{phone}");
        new.persons[0].contacts.push(contact("wechat", &wechat));
        new.persons[0].contacts[0].state = ContactState::Verified;
        add(floor, rep, new).unwrap();
    }
}

fn person(user: UserId) -> Side {
    Side { name: String::new(), who: Who::People(vec![user]) }
}

fn team(team: TeamId) -> Side {
    Side { name: String::new(), who: Who::Team(team) }
}

fn window(from: &str, to: &str) -> Window {
    Window { from: at(from), to: at(to) }
}

/// A time of November 2026 in Shanghai: `16 10:00`.
fn at(text: &str) -> Timestamp {
    let (day, clock) = text.split_once(' ').unwrap();
    format!("2026-11-{day}T{clock}:00+08:00").parse().unwrap()
}

fn set(floor: &mut Floor, text: &str) {
    let (day, clock) = text.split_once(' ').unwrap();
    floor.set_clock(&format!("2026-11-{day}T{clock}:00+08:00"));
}

fn plan(kind: PkKind, weight: Weight, sides: Vec<Side>, windows: &[Window]) -> Plan {
    let round = |window: &Window| Round { name: String::new(), window: *window };
    Plan {
        title: String::new(),
        kind,
        weights: vec![weight],
        sides,
        rounds: windows.iter().map(round).collect(),
        legs: Vec::new(),
        win: 10,
        lose: 2,
        prize: "奶茶".to_owned(),
    }
}

fn make(floor: &mut Floor, by: UserId, change: PkChange) -> Result<Commit, StoreError> {
    floor.write(by, Change::Pk(change))
}

fn propose(floor: &mut Floor, by: UserId, plan: Plan) -> PkId {
    make(floor, by, PkChange::Propose(Box::new(plan))).unwrap().effects.pk.unwrap()
}

fn accept(floor: &mut Floor, by: UserId, pk: PkId) {
    make(floor, by, PkChange::Accept { pk }).unwrap();
}

fn decide(floor: &mut Floor, by: UserId, pk: PkId) {
    make(floor, by, PkChange::Decide { pk, round: 1 }).unwrap();
}

fn seen(floor: &mut Floor, by: UserId, pk: PkId) -> Result<PkCard, StoreError> {
    let by = floor.sees(by);
    match floor.read(&Query::Pk(PkAsk::One { pk, by }))? {
        Answer::Pk(PkAnswer::One(card)) => Ok(*card),
        other => panic!("{other:?}"),
    }
}

fn card(floor: &mut Floor, pk: PkId) -> PkCard {
    let manager = floor.manager;
    seen(floor, manager, pk).unwrap()
}

fn shown(card: &PkCard) -> Vec<i64> {
    card.sides.iter().map(|side| side.tally.shown(card.measure)).collect()
}

fn code(answer: Result<Commit, StoreError>) -> String {
    answer.unwrap_err().code().to_owned()
}

/// A duel in calls between the rep and the mate from ten to twelve, accepted.
fn duel(floor: &mut Floor) -> PkId {
    let (rep, mate) = (floor.rep, floor.mate);
    let sides = vec![person(rep), person(mate)];
    let pk = propose(floor, rep, plan(PkKind::Duel, CALLS, sides, &[window("16 10:00", "16 12:00")]));
    accept(floor, mate, pk);
    pk
}

#[test]
fn a_duel_goes_from_a_proposal_to_points() {
    let mut floor = Floor::new();
    let (rep, mate) = (floor.rep, floor.mate);
    let sides = vec![person(rep), person(mate)];
    let pk = propose(&mut floor, rep, plan(PkKind::Duel, CALLS, sides, &[window("16 10:30", "16 12:00")]));
    let before = card(&mut floor, pk);
    assert_eq!(before.phase, PkPhase::Proposed);
    assert_eq!(before.sides.iter().map(|side| side.accepted.is_some()).collect::<Vec<_>>(), [true, false]);
    assert!(seen(&mut floor, mate, pk).unwrap().may.accept && !seen(&mut floor, rep, pk).unwrap().may.accept);
    accept(&mut floor, mate, pk);
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Accepted);
    // before the window nothing counts
    calls(&mut floor, rep, 2);
    set(&mut floor, "16 11:00");
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Running);
    calls(&mut floor, rep, 3);
    calls(&mut floor, mate, 1);
    assert_eq!(shown(&card(&mut floor, pk)), [3, 1]);
    set(&mut floor, "16 11:59");
    assert_eq!(code(make(&mut floor, rep, PkChange::Decide { pk, round: 1 })), "pk_not_over");
    set(&mut floor, "16 12:00");
    // the first instant after it counts no more
    calls(&mut floor, mate, 5);
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Over);
    decide(&mut floor, mate, pk);
    let after = card(&mut floor, pk);
    assert_eq!((after.phase, after.winners()), (PkPhase::Decided, vec![1]));
    assert_eq!(after.rounds[0].entries[0].result.unwrap().how, PkHow::Value);
    assert_eq!([1, 2].map(|side| after.prize(side)), [10, 2]);
    // whoever notices later changes nothing
    assert!(make(&mut floor, rep, PkChange::Decide { pk, round: 1 }).unwrap().replayed);
    let lead = floor.lead;
    let undo = floor.write(lead, Change::Undo { write: None });
    assert_eq!(undo.unwrap_err().code(), "no_undo", "nothing takes a decision back");
}

#[test]
fn eight_heads_may_beat_ten() {
    // formulas.md no. 12 and S001-109: 96 by eight against 110 by ten
    let mut floor = Floor::new();
    let mut people = vec![floor.rep, floor.mate];
    for n in 0..6 {
        people.push(floor.add_user(&format!("a{n}"), &format!("甲{n}"), Role::Rep, Some("One")));
    }
    let mut others = vec![floor.stranger];
    for n in 0..9 {
        others.push(floor.add_user(&format!("b{n}"), &format!("乙{n}"), Role::Rep, Some("Two")));
    }
    let two = floor.rows("SELECT id FROM team WHERE name = 'Two'")[0][0].parse().unwrap();
    let (one, manager, lead) = (floor.team, floor.manager, floor.lead);
    let other = floor.add_user("lead2", "周组长", Role::Lead, Some("Two"));
    let sides = vec![team(one), team(TeamId(two))];
    // Monday to Friday: whole days
    let pk =
        propose(&mut floor, manager, plan(PkKind::Average, WECHAT, sides, &[window("16 00:00", "21 00:00")]));
    accept(&mut floor, lead, pk);
    accept(&mut floor, other, pk);
    for person in people {
        befriend(&mut floor, person, 12);
    }
    for person in others {
        befriend(&mut floor, person, 11);
    }
    let now = card(&mut floor, pk);
    assert_eq!(now.sides.iter().map(|side| side.tally.units).collect::<Vec<_>>(), [96, 110]);
    assert_eq!(shown(&now), [12_000, 11_000]);
    // who comes on Thursday is a head on two of five days: 96 ÷ 8.4 = 11.428…
    set(&mut floor, "19 09:00");
    floor.add_user("late", "晚来", Role::Rep, Some("One"));
    assert_eq!(shown(&card(&mut floor, pk)), [11_428, 11_000]);
    set(&mut floor, "21 00:00");
    decide(&mut floor, lead, pk);
    assert_eq!(card(&mut floor, pk).winners(), [1]);
}

#[test]
fn teams_are_held_against_each_other_by_points_of_several_metrics() {
    let mut floor = Floor::new();
    let (rep, mate, stranger, manager) = (floor.rep, floor.mate, floor.stranger, floor.manager);
    let (lead, one) = (floor.lead, floor.team);
    let mut plan =
        plan(PkKind::Sum, CALLS, vec![team(one), person(stranger)], &[window("16 00:00", "17 00:00")]);
    // 2 points for 3 calls, 5 for a WeChat contact
    plan.weights = vec![Weight { points: 2, per: 3, ..CALLS }, Weight { points: 5, ..WECHAT }];
    let pk = propose(&mut floor, manager, plan);
    accept(&mut floor, lead, pk);
    accept(&mut floor, stranger, pk);
    calls(&mut floor, rep, 3);
    calls(&mut floor, mate, 1);
    calls(&mut floor, lead, 1);
    befriend(&mut floor, stranger, 1);
    // 5 calls: 3.333 points of the team's, rounded down to the thousandth; 5 points of the other
    let now = card(&mut floor, pk);
    assert_eq!(shown(&now), [3_333, 5_000]);
    assert_eq!(now.sides[0].people.iter().map(|person| person.units).collect::<Vec<_>>(), [2_000, 666, 666]);
}

#[test]
fn in_a_relay_only_whose_leg_it_is_counts() {
    let mut floor = Floor::new();
    let (rep, mate, stranger, manager) = (floor.rep, floor.mate, floor.stranger, floor.manager);
    let other = floor.add_user("other", "吴丽", Role::Rep, Some("Two"));
    let side = |name: &str, people| Side { name: name.to_owned(), who: Who::People(people) };
    let sides = vec![side("红", vec![rep, mate]), side("蓝", vec![stranger, other])];
    let mut plan = plan(PkKind::Relay, CALLS, sides, &[window("16 10:00", "16 12:00")]);
    let leg = |name: &str, from, to| Leg { name: name.to_owned(), window: window(from, to) };
    plan.legs = vec![leg("第一棒", "16 10:00", "16 11:00"), leg("第二棒", "16 11:00", "16 12:00")];
    let pk = propose(&mut floor, manager, plan);
    accept(&mut floor, rep, pk);
    accept(&mut floor, other, pk);
    calls(&mut floor, rep, 2);
    calls(&mut floor, mate, 4);
    calls(&mut floor, stranger, 1);
    set(&mut floor, "16 11:00");
    calls(&mut floor, rep, 8);
    calls(&mut floor, mate, 1);
    calls(&mut floor, other, 3);
    let now = card(&mut floor, pk);
    assert_eq!(shown(&now), [3, 4]);
    assert_eq!(now.sides[0].people.iter().map(|person| person.units).collect::<Vec<_>>(), [2, 1]);
    set(&mut floor, "16 12:30");
    decide(&mut floor, manager, pk);
    assert_eq!(card(&mut floor, pk).winners(), [2]);
}

#[test]
fn a_junior_wins_by_the_own_target() {
    let mut floor = Floor::new();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let days = window("16 00:00", "18 00:00");
    let duel = || plan(PkKind::OwnTarget, CALLS, vec![person(rep), person(mate)], &[days]);
    assert_eq!(code(make(&mut floor, rep, PkChange::Propose(Box::new(duel())))), "pk_no_target");
    for (user, value) in [(rep, 300), (mate, 30)] {
        let (metric, period, from) = (Metric::CallsDialed, Period::Month, floor.day());
        let new = NewTarget::goal(TargetOf::User(user), period, metric, (value, from));
        floor.write(lead, Change::People(PeopleChange::SetTarget(new))).unwrap();
    }
    let pk = propose(&mut floor, rep, duel());
    accept(&mut floor, mate, pk);
    // every day is a working day: two of thirty days are 20 of 300 and 2 of 30
    calls(&mut floor, rep, 12);
    calls(&mut floor, mate, 3);
    assert_eq!(shown(&card(&mut floor, pk)), [6_000, 15_000]);
    set(&mut floor, "18 08:00");
    decide(&mut floor, rep, pk);
    assert_eq!(card(&mut floor, pk).winners(), [2]);
}

#[test]
fn a_handicap_measures_by_the_twenty_working_days_before() {
    let mut floor = Floor::new();
    let (rep, mate) = (floor.rep, floor.mate);
    // of the twenty days before the 16th (27 October to 15 November) the rep worked eleven with 4 calls, nine with none: the median
    // lies between two of the eleven. The mate worked five.
    for day in 1..=11 {
        set(&mut floor, &format!("{day:02} 10:00"));
        calls(&mut floor, rep, 4);
        if day <= 5 {
            calls(&mut floor, mate, 9);
        }
    }
    set(&mut floor, "16 10:00");
    let sides = vec![person(rep), person(mate)];
    let pk =
        propose(&mut floor, rep, plan(PkKind::Handicap, CALLS, sides, &[window("16 00:00", "17 00:00")]));
    accept(&mut floor, mate, pk);
    calls(&mut floor, rep, 6);
    calls(&mut floor, mate, 1);
    // 6 of the usual 4; who has no usual day is measured by one call a day
    assert_eq!(shown(&card(&mut floor, pk)), [15_000, 10_000]);
}

#[test]
fn a_ghost_is_the_own_best_day_of_sixty() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    for (day, count) in [("16", 2), ("18", 5), ("19", 5), ("20", 3)] {
        set(&mut floor, &format!("{day} 10:00"));
        calls(&mut floor, rep, count);
    }
    set(&mut floor, "21 10:00");
    let pk = propose(
        &mut floor,
        rep,
        plan(PkKind::Ghost, CALLS, vec![person(rep)], &[window("21 00:00", "22 00:00")]),
    );
    calls(&mut floor, rep, 5);
    let now = card(&mut floor, pk);
    assert_eq!(now.phase, PkPhase::Running, "nobody else has to accept it");
    assert_eq!(now.ghost, Some(("2026-11-19".parse().unwrap(), 5)));
    assert_eq!(shown(&now), [5]);
    calls(&mut floor, rep, 1);
    set(&mut floor, "22 09:00");
    decide(&mut floor, rep, pk);
    let after = card(&mut floor, pk);
    assert_eq!((after.winners(), after.prize(1)), (vec![1], 10));
}

#[test]
fn of_equals_the_one_who_had_it_first_wins() {
    let mut floor = Floor::new();
    let (rep, mate) = (floor.rep, floor.mate);
    let pk = duel(&mut floor);
    calls(&mut floor, rep, 1);
    floor.pass_minutes(5);
    calls(&mut floor, mate, 2);
    floor.pass_minutes(5);
    calls(&mut floor, rep, 1);
    set(&mut floor, "16 12:00");
    decide(&mut floor, rep, pk);
    let after = card(&mut floor, pk);
    assert_eq!(after.winners(), [2]);
    let result = after.rounds[0].entries[1].result.unwrap();
    assert_eq!((result.how, result.first), (PkHow::First, Some(at("16 10:05"))));
    // in the same instant it cannot be told
    set(&mut floor, "16 13:00");
    let sides = vec![person(rep), person(mate)];
    let pk = propose(&mut floor, rep, plan(PkKind::Duel, CALLS, sides, &[window("16 13:00", "16 14:00")]));
    accept(&mut floor, mate, pk);
    calls(&mut floor, rep, 2);
    calls(&mut floor, mate, 2);
    set(&mut floor, "16 14:00");
    decide(&mut floor, rep, pk);
    let after = card(&mut floor, pk);
    assert_eq!((after.winners(), after.prize(1)), (vec![1, 2], 5));
    assert_eq!(after.rounds[0].entries[0].result.unwrap().how, PkHow::Shared);
}

#[test]
fn an_undone_call_takes_its_point_back_and_the_match_says_so() {
    let mut floor = Floor::new();
    let (rep, lead) = (floor.rep, floor.lead);
    let pk = duel(&mut floor);
    calls(&mut floor, rep, 1);
    let second = call(&mut floor, rep);
    assert_eq!(shown(&card(&mut floor, pk)), [2, 0]);
    floor.pass_minutes(10);
    floor.write(lead, Change::Undo { write: Some(second) }).unwrap();
    let now = card(&mut floor, pk);
    assert_eq!(shown(&now), [1, 0]);
    let [taken] = now.taken.as_slice() else { panic!("{:?}", now.taken) };
    assert_eq!(
        (taken.side, taken.of.as_str(), taken.metric, taken.value),
        (1, "王芳", Metric::CallsDialed, 1)
    );
    assert_eq!((taken.done, taken.back.clone()), (at("16 10:00"), (at("16 10:10"), "孙组长".to_owned())));
    assert!(!taken.is_late);
}

#[test]
fn a_correction_after_the_decision_stands_beside_the_result() {
    let mut floor = Floor::new();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let pk = duel(&mut floor);
    calls(&mut floor, mate, 1);
    calls(&mut floor, rep, 1);
    let second = call(&mut floor, rep);
    set(&mut floor, "16 12:00");
    decide(&mut floor, rep, pk);
    let stood = floor.rows("SELECT * FROM pk_result ORDER BY side");
    floor.pass_minutes(1);
    floor.write(lead, Change::Undo { write: Some(second) }).unwrap();
    let after = card(&mut floor, pk);
    assert_eq!((after.winners(), shown(&after)), (vec![1], vec![2, 1]), "the result is what it was");
    let entry = &after.rounds[0].entries[0];
    assert_eq!(entry.now.map(|now| now.units), Some(1), "and what it would be now is said");
    assert_eq!(after.rounds[0].entries[1].now, None);
    assert!(after.taken[0].is_late && after.taken[0].of == "王芳");
    assert_eq!(floor.rows("SELECT * FROM pk_result ORDER BY side"), stood);
}

#[test]
fn a_result_that_was_rewritten_is_found() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let pk = duel(&mut floor);
    calls(&mut floor, rep, 2);
    set(&mut floor, "16 12:00");
    decide(&mut floor, rep, pk);
    assert!(corral::store::verify::verify(&mut floor.db).unwrap().ok);
    floor.tamper("UPDATE pk_result SET units = 7 WHERE side = 2");
    let report = corral::store::verify::verify(&mut floor.db).unwrap();
    let [difference] = report.differences.as_slice() else { panic!("{report:?}") };
    assert_eq!(
        (difference.kind, difference.expected.as_str(), difference.found.as_str()),
        ("pk_result", "0", "7")
    );
}

#[test]
fn a_dispute_is_settled_by_neither_side_and_leaves_the_result() {
    let mut floor = Floor::new();
    let (rep, mate, lead, manager) = (floor.rep, floor.mate, floor.lead, floor.manager);
    let stranger = floor.stranger;
    let other = floor.add_user("lead2", "周组长", Role::Lead, Some("Two"));
    let pk = duel(&mut floor);
    calls(&mut floor, rep, 1);
    set(&mut floor, "16 12:00");
    let dispute = |reason: &str| PkChange::Dispute { pk, reason: reason.to_owned() };
    assert_eq!(code(make(&mut floor, mate, dispute("早"))), "pk_phase");
    decide(&mut floor, rep, pk);
    assert_eq!(code(make(&mut floor, stranger, dispute("不服"))), "forbidden");
    assert_eq!(code(make(&mut floor, mate, dispute(" "))), "no_reason");
    make(&mut floor, mate, dispute("那一通是我的客户")).unwrap();
    let settle = |verdict, winner| PkChange::Settle { pk, verdict, winner, words: "听过录音".to_owned() };
    for who in [rep, mate, lead] {
        assert_eq!(code(make(&mut floor, who, settle(PkVerdict::Stands, None))), "forbidden");
    }
    assert_eq!(code(make(&mut floor, other, settle(PkVerdict::Winner, None))), "pk_winner");
    assert_eq!(code(make(&mut floor, other, settle(PkVerdict::Winner, Some(3)))), "pk_winner");
    assert!(seen(&mut floor, manager, pk).unwrap().may.settle);
    make(&mut floor, other, settle(PkVerdict::Winner, Some(2))).unwrap();
    let after = card(&mut floor, pk);
    assert_eq!((after.phase, after.winners()), (PkPhase::Settled, vec![2]));
    assert_eq!([1, 2].map(|side| after.prize(side)), [2, 10]);
    assert!(after.rounds[0].entries[0].result.unwrap().won, "what was decided is still there");
    assert_eq!(code(make(&mut floor, mate, dispute("再来"))), "pk_phase");
}

#[test]
fn who_may_propose_for_whom() {
    let mut floor = Floor::new();
    let (rep, mate, stranger, lead, manager) =
        (floor.rep, floor.mate, floor.stranger, floor.lead, floor.manager);
    let own = floor.team;
    let two = TeamId(floor.rows("SELECT id FROM team WHERE name = 'Two'")[0][0].parse().unwrap());
    let day = [window("17 00:00", "18 00:00")];
    let mut try_it = |by, kind, sides: Vec<Side>| {
        let plan = plan(kind, CALLS, sides, &day);
        make(&mut floor, by, PkChange::Propose(Box::new(plan)))
            .map_or_else(|e| e.code().to_owned(), |_| "done".to_owned())
    };
    assert_eq!(try_it(rep, PkKind::Duel, vec![person(rep), person(stranger)]), "done");
    assert_eq!(try_it(rep, PkKind::Duel, vec![person(mate), person(stranger)]), "forbidden");
    assert_eq!(try_it(rep, PkKind::Sum, vec![team(own), team(two)]), "forbidden", "a rep speaks for no team");
    assert_eq!(try_it(rep, PkKind::Ghost, vec![person(mate)]), "forbidden");
    assert_eq!(try_it(lead, PkKind::Duel, vec![person(rep), person(mate)]), "done");
    assert_eq!(try_it(lead, PkKind::Sum, vec![team(own), team(two)]), "done");
    assert_eq!(try_it(lead, PkKind::Ghost, vec![person(stranger)]), "forbidden", "of another team");
    assert_eq!(try_it(manager, PkKind::Duel, vec![person(mate), person(stranger)]), "done");
    assert_eq!(
        try_it(manager, PkKind::Sum, vec![team(own), person(rep)]),
        "pk_twice",
        "a member against the own team"
    );
}

#[test]
fn a_match_comes_about_when_every_side_has_said_yes_and_nobody_says_it_for_others() {
    let mut floor = Floor::new();
    let (rep, mate, stranger, lead, manager) =
        (floor.rep, floor.mate, floor.stranger, floor.lead, floor.manager);
    let day = [window("17 00:00", "18 00:00")];
    let sides = || vec![person(mate), person(stranger)];
    let pk = propose(&mut floor, manager, plan(PkKind::Duel, CALLS, sides(), &day));
    assert_eq!(
        code(make(&mut floor, manager, PkChange::Accept { pk })),
        "forbidden",
        "a manager is of neither side"
    );
    assert_eq!(code(make(&mut floor, rep, PkChange::Accept { pk })), "forbidden");
    accept(&mut floor, lead, pk);
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Proposed);
    assert_eq!(code(make(&mut floor, mate, PkChange::Accept { pk })), "pk_accepted");
    make(&mut floor, stranger, PkChange::Decline { pk, reason: "那天休息".to_owned() }).unwrap();
    let after = card(&mut floor, pk);
    assert_eq!(after.phase, PkPhase::Declined);
    assert_eq!(after.ended.map(|(by, _, why)| (by, why)), Some(("赵敏".to_owned(), "那天休息".to_owned())));
    assert_eq!(code(make(&mut floor, stranger, PkChange::Accept { pk })), "pk_phase");
    // a slip of the finger is taken back while there is time
    let undone = floor.write(stranger, Change::Undo { write: None }).unwrap();
    assert_eq!(undone.effects.undone.map(|(_, kind)| kind).as_deref(), Some("pk.decline"));
    accept(&mut floor, stranger, pk);
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Accepted);
    let withdraw = || PkChange::Withdraw { pk, reason: String::new() };
    assert_eq!(code(make(&mut floor, stranger, withdraw())), "forbidden");
    set(&mut floor, "17 10:00");
    assert_eq!(code(make(&mut floor, manager, PkChange::Decline { pk, reason: String::new() })), "pk_phase");
    make(&mut floor, manager, withdraw()).unwrap();
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Withdrawn);
    // what nobody accepts in time lapses, and is never decided
    let pk = propose(&mut floor, rep, plan(PkKind::Duel, CALLS, vec![person(rep), person(mate)], &day));
    assert_eq!(code(make(&mut floor, mate, PkChange::Withdraw { pk, reason: String::new() })), "forbidden");
    set(&mut floor, "18 10:00");
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Lapsed);
    assert_eq!(code(make(&mut floor, mate, PkChange::Accept { pk })), "pk_phase");
    assert_eq!(code(make(&mut floor, mate, PkChange::Decide { pk, round: 1 })), "pk_phase");
}

#[test]
fn undo_takes_back_a_proposal_and_a_dispute_but_not_what_others_agreed_to() {
    let mut floor = Floor::new();
    let (rep, mate) = (floor.rep, floor.mate);
    let day = [window("16 11:00", "16 12:00")];
    let sides = || vec![person(rep), person(mate)];
    let pk = propose(&mut floor, rep, plan(PkKind::Duel, CALLS, sides(), &day));
    floor.write(rep, Change::Undo { write: None }).unwrap();
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Withdrawn);
    let pk = propose(&mut floor, rep, plan(PkKind::Duel, CALLS, sides(), &day));
    accept(&mut floor, mate, pk);
    assert_eq!(floor.write(rep, Change::Undo { write: None }).unwrap_err().code(), "no_undo");
    set(&mut floor, "16 12:00");
    decide(&mut floor, mate, pk);
    make(&mut floor, mate, PkChange::Dispute { pk, reason: "系统卡了".to_owned() }).unwrap();
    floor.write(mate, Change::Undo { write: None }).unwrap();
    assert_eq!(card(&mut floor, pk).phase, PkPhase::Decided);
}

#[test]
fn who_sees_a_match() {
    let mut floor = Floor::new();
    let (rep, mate, stranger, lead, manager) =
        (floor.rep, floor.mate, floor.stranger, floor.lead, floor.manager);
    let third = floor.add_user("third", "吴丽", Role::Rep, Some("One"));
    let other = floor.add_user("lead2", "周组长", Role::Lead, Some("Two"));
    let pk = duel(&mut floor);
    let mut sees = |who| {
        let by = floor.sees(who);
        let ask = Query::Pk(PkAsk::List { by, ended: true, limit: 9 });
        let Answer::Pk(PkAnswer::List(list)) = floor.read(&ask).unwrap() else { panic!() };
        let alone = seen(&mut floor, who, pk).is_ok();
        assert_eq!(list.iter().any(|card| card.id == pk), alone, "the list and the card agree");
        alone
    };
    assert_eq!([rep, mate, lead, manager, other].map(&mut sees), [true; 5]);
    assert_eq!(
        [third, stranger].map(&mut sees),
        [false; 2],
        "a team mate who does not play, a rep of another team"
    );
}

#[test]
fn only_who_chose_a_rival_is_told_whom() {
    let mut floor = Floor::new();
    let (rep, mate, manager) = (floor.rep, floor.mate, floor.manager);
    let nemesis = |floor: &mut Floor, who| -> Option<Nemesis> {
        let by = floor.sees(who);
        match floor.read(&Query::Pk(PkAsk::Nemesis { by })).unwrap() {
            Answer::Pk(PkAnswer::Nemesis(found)) => found,
            other => panic!("{other:?}"),
        }
    };
    make(&mut floor, rep, PkChange::Nemesis { whom: Some(mate) }).unwrap();
    assert_eq!(
        nemesis(&mut floor, rep).map(|found| (found.user, found.name)),
        Some((mate, "李强".to_owned()))
    );
    assert_eq!((nemesis(&mut floor, mate), nemesis(&mut floor, manager)), (None, None));
    let journal = floor.rows("SELECT payload, effects, reversal FROM journal WHERE kind = 'pk.nemesis'");
    let told = journal.concat().concat();
    assert!(!told.contains(&mate.to_string()) && !told.contains("李强"), "{told}");
    assert_eq!(code(make(&mut floor, rep, PkChange::Nemesis { whom: Some(rep) })), "pk_self");
    make(&mut floor, rep, PkChange::Nemesis { whom: None }).unwrap();
    assert_eq!(nemesis(&mut floor, rep), None);
}

#[test]
fn what_is_due_is_found_once() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let pk = duel(&mut floor);
    let due = |floor: &mut Floor| {
        let now = floor.now();
        match floor.read(&Query::Pk(PkAsk::Due { now, limit: 9 })).unwrap() {
            Answer::Pk(PkAnswer::Due(due)) => due,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(due(&mut floor), []);
    set(&mut floor, "16 12:00");
    assert_eq!(due(&mut floor), [(pk, 1)]);
    decide(&mut floor, rep, pk);
    assert_eq!(due(&mut floor), []);
    let after = card(&mut floor, pk);
    assert_eq!(after.winners(), [0_u32; 0], "nobody did anything");
    assert_eq!([1, 2].map(|side| after.prize(side)), [0, 0]);
}
