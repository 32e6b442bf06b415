//! Pay at the store: who sees it, scores that are set, money given back, plans and ranks of the month, trainees, a day's earning.

use corral::domain::id::{OrderId, UserId};
use corral::domain::lists::{Metric, PayPart, Release, Role};
use corral::domain::money::Money;
use corral::domain::pay::{Earning, Line, Statement, Wait};
use corral::domain::time::Month;
use corral::store::StoreError;
use corral::store::change::deal::NewOrder;
use corral::store::change::people::{NewScore, TargetOf};
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, Commit, DealChange, PeopleChange, WorkChange};
use corral::store::query::{Answer, PayAsk, PaySheet, Query};

use crate::customers::{add, card, household};
use crate::floor::Floor;

/// The small method, which also pays for two valid calls a day and for trainees.
fn method() -> String {
    include_str!("floor/small.toml").replace(
        "[[targets]]",
        r#"[[pay.components]]
kind = "process"
metric = "calls_valid"
rate_fen = 150
cap_per_day = 2
[[pay.components]]
kind = "coach"
amount = 500
per = "trainee_qualified"

[[targets]]"#,
    )
}

fn floor() -> Floor {
    Floor::with(&method())
}

fn ask(
    floor: &mut Floor,
    by: UserId,
    whose: Option<TargetOf>,
    month: Option<Month>,
) -> Result<PaySheet, StoreError> {
    let by = floor.sees(by);
    floor.read(&Query::Pay(PayAsk { whose, month, instead: None, by })).map(|answer| match answer {
        Answer::Pay(sheet) => *sheet,
        other => panic!("{other:?}"),
    })
}

fn november(floor: &mut Floor, whose: UserId) -> Statement {
    let (manager, month) =
        (floor.manager, "2026-11-01".parse::<corral::domain::time::Day>().unwrap().month());
    let sheet = ask(floor, manager, Some(TargetOf::User(whose)), Some(month)).unwrap();
    sheet.rows[0].statement.clone()
}

fn line(statement: &Statement, part: PayPart) -> &Line {
    statement.lines.iter().find(|line| line.part == part).unwrap()
}

fn sell(floor: &mut Floor, rep: UserId, phone: &str, (price, paid): (i64, i64)) -> OrderId {
    let customer = add(floor, rep, household("客户", phone, Some(rep))).unwrap();
    let deal = card(floor, rep, customer).deals[0].id;
    let order = NewOrder {
        deal,
        product: "course".into(),
        price: Money::whole(price),
        coupon: None,
        paid: Money::whole(paid),
        set: Vec::new(),
    };
    let won = floor.write(rep, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
    won.effects.order.unwrap()
}

fn pay(floor: &mut Floor, order: OrderId, units: i64) {
    let (by, amount) = (floor.rep, Money::whole(units));
    floor.write(by, Change::Deal(DealChange::Pay { order, amount })).unwrap();
}

fn score(floor: &mut Floor, by: UserId, user: UserId, value: i64, why: &str) -> Result<Commit, StoreError> {
    let first = "2026-11-01".parse().unwrap();
    let score = NewScore { user, first, metric: Metric::QualityScore, value, why: why.to_owned() };
    floor.write(by, Change::People(PeopleChange::SetScore(score)))
}

fn rank(floor: &mut Floor, user: UserId, rank: Option<&str>, coach: Option<&str>) {
    let change = PeopleChange::SetUser {
        user,
        name: None,
        role: None,
        team: None,
        rank: rank.map(str::to_owned),
        job: None,
        state: None,
        coach: coach.map(str::to_owned),
    };
    let by = floor.manager;
    floor.write(by, Change::People(change)).unwrap();
}

#[test]
fn a_rep_sees_the_own_pay_a_lead_the_teams_a_manager_everybodys_and_a_viewer_none() {
    let mut floor = floor();
    let viewer = floor.add_user("wall", "墙", Role::Viewer, Some("One"));
    let (rep, mate, stranger, lead, manager, team) =
        (floor.rep, floor.mate, floor.stranger, floor.lead, floor.manager, floor.team);
    let mut seen = |by, whose| {
        let sheet = ask(&mut floor, by, whose, None);
        sheet.map(|sheet| sheet.rows.iter().map(|row| row.login.clone()).collect::<Vec<_>>())
    };
    let forbidden = |seen: Result<Vec<String>, StoreError>| matches!(seen, Err(StoreError::Forbidden { .. }));
    assert_eq!(seen(rep, None).unwrap(), ["rep"]);
    assert!(forbidden(seen(rep, Some(TargetOf::User(mate)))));
    assert!(forbidden(seen(rep, Some(TargetOf::Team(team)))));
    // by name: 李强 before 王芳
    assert_eq!(seen(lead, None).unwrap(), ["mate", "rep"]);
    assert_eq!(seen(lead, Some(TargetOf::User(rep))).unwrap(), ["rep"]);
    assert!(forbidden(seen(lead, Some(TargetOf::User(stranger)))));
    assert!(seen(manager, None).unwrap().contains(&"stranger".to_owned()));
    for whose in [None, Some(TargetOf::User(viewer)), Some(TargetOf::User(rep)), Some(TargetOf::Team(team))] {
        assert!(forbidden(seen(viewer, whose)), "{whose:?}");
    }
}

#[test]
fn a_score_is_set_with_a_reason_by_who_leads_and_taken_back_to_the_one_before() {
    let mut floor = floor();
    let (rep, lead, stranger) = (floor.rep, floor.lead, floor.stranger);
    let refused = |set: Result<Commit, StoreError>| match set.unwrap_err() {
        StoreError::Forbidden { .. } => "forbidden".to_owned(),
        StoreError::Invalid { code, .. } => code.to_owned(),
        other => panic!("{other}"),
    };
    assert_eq!(refused(score(&mut floor, rep, rep, 9_000, "did well")), "forbidden");
    assert_eq!(refused(score(&mut floor, lead, lead, 9_000, "did well")), "forbidden");
    assert_eq!(refused(score(&mut floor, lead, stranger, 9_000, "did well")), "forbidden");
    assert_eq!(refused(score(&mut floor, lead, rep, 9_000, "  ")), "reason_needed");
    assert_eq!(refused(score(&mut floor, lead, rep, 10_001, "did well")), "value");
    let made = NewScore {
        user: rep,
        first: "2026-11-01".parse().unwrap(),
        metric: Metric::Attainment,
        value: 1,
        why: "facts say it".to_owned(),
    };
    assert_eq!(refused(floor.write(lead, Change::People(PeopleChange::SetScore(made)))), "metric");
    // nothing sold and nothing set: nothing; half of 1,000 at 80 % and at 60 %
    let earned = |floor: &mut Floor| line(&november(floor, rep), PayPart::Performance).amount;
    assert_eq!(earned(&mut floor), Money::ZERO);
    score(&mut floor, lead, rep, 8_000, "ten calls heard").unwrap();
    assert_eq!(earned(&mut floor), Money::whole(400));
    floor.pass_minutes(1);
    score(&mut floor, lead, rep, 6_000, "two more heard").unwrap();
    assert_eq!(earned(&mut floor), Money::whole(300));
    floor.write(lead, Change::Undo { write: None }).unwrap();
    assert_eq!(earned(&mut floor), Money::whole(400));
    let told = floor.rows("SELECT was, became, why FROM audit WHERE kind = 'score_set' ORDER BY number");
    let first = ["", "quality_score of 2026-11-01: 80.00 %", "ten calls heard"];
    assert_eq!(told[0], first);
    assert_eq!((told[1][0].as_str(), told[1][2].as_str()), (first[1], "two more heard"));
}

#[test]
fn what_is_given_back_in_time_is_not_paid_for_and_what_is_not_paid_yet_is_held() {
    let mut floor = floor();
    let rep = floor.rep;
    let whole = sell(&mut floor, rep, "13800138000", (1_000, 1_000));
    let half = sell(&mut floor, rep, "13800138001", (1_000, 500));
    let order = |floor: &mut Floor| {
        let statement = november(floor, rep);
        let line = line(&statement, PayPart::Order);
        (line.amount, line.paid, line.waits())
    };
    // 2,000 at 5 %; of the second 40 % wait for the rest of its price
    let waits = vec![(Wait::Until(Release::FullyPaid), Money::whole(20))];
    assert_eq!(order(&mut floor), (Money::whole(100), Money::whole(80), waits));
    pay(&mut floor, half, 500);
    assert_eq!(order(&mut floor).1, Money::whole(100));
    // 400 of 1,000 back on the 30th day: 1,600 at 5 %, of which 40 % of 30 wait for the whole price again
    floor.set_clock("2026-12-16T09:59:00+08:00");
    pay(&mut floor, whole, -400);
    let waits = vec![(Wait::Until(Release::FullyPaid), Money::whole(12))];
    assert_eq!(order(&mut floor), (Money::whole(80), Money::whole(68), waits));
    // a day later it takes back nothing, though the order is not fully paid any more
    floor.set_clock("2026-12-17T10:01:00+08:00");
    pay(&mut floor, half, -400);
    assert_eq!(order(&mut floor).0, Money::whole(80));
}

#[test]
fn a_month_is_paid_by_the_plan_and_the_rank_it_had() {
    let mut floor = floor();
    let (rep, system) = (floor.rep, corral::store::Db::SYSTEM);
    sell(&mut floor, rep, "13800138000", (1_000, 1_000));
    let total = |floor: &mut Floor| {
        let statement = november(floor, rep);
        (line(&statement, PayPart::Base).amount, line(&statement, PayPart::Order).amount)
    };
    assert_eq!(total(&mut floor), (Money::whole(3_000), Money::whole(50)));
    floor.set_clock("2026-12-01T10:00:00+08:00");
    rank(&mut floor, rep, Some("senior"), None);
    let text = method().replace("version = \"1\"", "version = \"2\"").replace("bp = 500 }", "bp = 900 }");
    floor.write(system, Change::People(PeopleChange::ApplyPlaybook { text })).unwrap();
    assert_eq!(total(&mut floor), (Money::whole(3_000), Money::whole(50)), "November stays");
    let december = ask(&mut floor, rep, None, None).unwrap();
    let row = &december.rows[0];
    assert_eq!((row.rank.as_str(), row.version), ("senior", 2));
    assert_eq!(line(&row.statement, PayPart::Base).amount, Money::whole(5_000));
}

#[test]
fn another_plan_is_tried_on_a_month_and_changes_nothing() {
    let mut floor = floor();
    let (rep, manager) = (floor.rep, floor.manager);
    sell(&mut floor, rep, "13800138000", (1_000, 1_000));
    let by = floor.sees(manager);
    let mut tried = |instead: Option<String>| {
        let ask = PayAsk { whose: Some(TargetOf::User(rep)), month: None, instead, by };
        match floor.read(&Query::Pay(ask)).unwrap() {
            Answer::Pay(sheet) => sheet.sums().0,
            other => panic!("{other:?}"),
        }
    };
    // 3,000, 5 % of 1,000, and half of 1,000 at a tenth of the target; instead 9 % of the order
    let before = tried(None);
    assert_eq!(before, Money::whole(3_000 + 50 + 50));
    assert_eq!(tried(Some(method().replace("bp = 500 }", "bp = 900 }"))), Money::whole(3_000 + 90 + 50));
    // a method of another id pays nobody here
    assert_eq!(tried(Some(method().replace("id = \"small\"", "id = \"other\""))), before);
    assert_eq!(tried(None), before);
    assert_eq!(floor.rows("SELECT count(*) FROM playbook_version"), [["1"]]);
}

#[test]
fn a_coach_is_paid_for_who_rose_from_the_first_rank_in_the_month() {
    let mut floor = floor();
    let (rep, mate, stranger) = (floor.rep, floor.mate, floor.stranger);
    rank(&mut floor, mate, None, Some("rep"));
    rank(&mut floor, stranger, None, Some("rep"));
    let coached = |floor: &mut Floor| line(&november(floor, rep), PayPart::Coach).amount;
    assert_eq!(coached(&mut floor), Money::ZERO);
    floor.pass_minutes(60);
    rank(&mut floor, mate, Some("senior"), None);
    assert_eq!(coached(&mut floor), Money::whole(500));
    // one who rises in December is of December
    floor.set_clock("2026-12-01T10:00:00+08:00");
    rank(&mut floor, stranger, Some("senior"), None);
    assert_eq!(coached(&mut floor), Money::whole(500));
    let none = november(&mut floor, mate);
    assert!(none.lines.iter().all(|line| line.part != PayPart::Coach), "{none:?}");
}

#[test]
fn the_gap_line_tells_what_today_earned_and_that_the_cap_is_reached() {
    let mut floor = floor();
    let rep = floor.rep;
    let earned = |floor: &mut Floor| {
        let now = floor.now();
        match floor.read(&Query::Gap { user: rep, now }).unwrap() {
            Answer::Gap(line) => line.earning.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(earned(&mut floor), Earning { amount: Money::ZERO, capped: false });
    for (n, expected) in [(1, 150), (2, 300), (3, 300)] {
        let customer = add(&mut floor, rep, household("客户", &format!("1380013800{n}"), Some(rep))).unwrap();
        let touch = LogTouch {
            customer: Some(customer),
            outcome: "talked".into(),
            seconds: Some(60),
            ..LogTouch::default()
        };
        floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
        floor.pass_minutes(1);
        // two a day at 1.50
        assert_eq!(earned(&mut floor), Earning { amount: Money(expected), capped: n >= 2 }, "call {n}");
    }
    let statement = november(&mut floor, rep);
    let work = line(&statement, PayPart::Process);
    assert_eq!((work.quantity, work.counted, work.amount), (3, 2, Money(300)));
}
