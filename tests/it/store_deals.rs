//! Deals: stages, nodes, orders, tags.

use corral::domain::code::FieldCode;
use corral::domain::id::{CustomerId, DealId};
use corral::domain::lists::{Lane, Metric, NodeState};
use corral::domain::money::Money;
use corral::store::change::DealChange;
use corral::store::change::deal::NewOrder;
use corral::store::change::work::{LogTouch, WorkChange};

use crate::floor::Floor;
use crate::school::{cell, deal, deal_of, due, facts, family, log, said, school, stage_of, work};
use crate::school::{is_clean, undo};

fn set(facts: &[(&str, &str)]) -> Vec<(FieldCode, String)> {
    facts.iter().map(|(code, value)| (FieldCode::from(*code), (*value).to_owned())).collect()
}

fn advance(deal: DealId, to: &str, facts: &[(&str, &str)]) -> DealChange {
    DealChange::Move { deal, to: to.into(), set: set(facts) }
}

#[test]
fn a_stage_asks_for_its_own_missing_facts_and_moves_with_them() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "liumei88");
    let id = deal_of(&floor, customer);
    let refused = deal(&mut floor, rep, advance(id, "connected", &[("child_age", "6")])).unwrap_err();
    assert_eq!(refused.code(), "missing_facts");
    assert!(refused.to_string().contains("'english_base', 'decider_known'"), "{refused}");
    assert!(!refused.to_string().contains("child_age"), "what is given is not asked: {refused}");
    assert_eq!(cell(&floor, "SELECT count(*) FROM field_value"), "0", "nothing is half-done");

    let DealChange::Move { deal: of, to, .. } = advance(id, "connected", &[]) else { unreachable!() };
    deal(&mut floor, rep, DealChange::Move { deal: of, to, set: facts() }).unwrap();
    assert_eq!(stage_of(&floor, customer), "connected");

    // a stage may be skipped, its own gate is checked all the same
    let gate = deal(&mut floor, rep, advance(id, "wechat", &[("wechat_verified", "yes")])).unwrap_err();
    assert_eq!(gate.code(), "gate");
    let booked = deal(&mut floor, rep, advance(id, "trial_booked", &[("trial_at", "2026-11-19 19:00")]));
    assert_eq!(booked.unwrap().effects.moved, [(id, "connected".to_owned(), "trial_booked".to_owned())]);
    // and back, without a word
    deal(&mut floor, rep, advance(id, "connected", &[])).unwrap();
    assert_eq!(cell(&floor, "SELECT evidence FROM stage_move ORDER BY id DESC LIMIT 1"), "back");
    assert_eq!(deal(&mut floor, rep, advance(id, "won", &[])).unwrap_err().code(), "needs_order");
    let near = deal(&mut floor, rep, advance(id, "decison", &[])).unwrap_err();
    assert!(near.to_string().contains("did you mean 'decision'?"), "{near}");
}

#[test]
fn a_moved_trial_is_counted_once_and_attending_it_moves_the_deal() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "liumei88");
    let id = deal_of(&floor, customer);
    let book = |at: &str| DealChange::Book { deal: id, node: "trial".into(), at: at.parse().unwrap() };
    let first = deal(&mut floor, rep, book("2026-11-19T19:00:00+08:00")).unwrap().effects;
    assert!(first.metrics.contains(&(Metric::NodesBooked, 1)));
    let second = deal(&mut floor, rep, book("2026-11-20T19:00:00+08:00")).unwrap().effects;
    assert!(!second.metrics.iter().any(|(metric, _)| *metric == Metric::NodesBooked));
    let states = floor.rows("SELECT state FROM node_event ORDER BY id");
    assert_eq!(states, [["moved"], ["booked"]]);
    let stale =
        format!("SELECT count(*) FROM task WHERE state = 'due' AND node_id = {}", first.node.unwrap());
    assert_eq!(cell(&floor, &stale), "0", "nobody is reminded of the old time");
    assert_eq!(
        cell(&floor, "SELECT value FROM field_value WHERE field = 'trial_at'"),
        "2026-11-20T19:00:00+08:00"
    );

    floor.set_clock("2026-11-20T19:30:00+08:00");
    let node = second.node.unwrap();
    let attend = DealChange::Node { node, state: NodeState::Attended };
    let effects = deal(&mut floor, rep, attend.clone()).unwrap().effects;
    assert_eq!(effects.blocked.as_deref(), Some("stage:trial_done missing:trial_level,parent_joined"));
    assert!(effects.metrics.contains(&(Metric::NodesAttended, 1)));
    assert_eq!(deal(&mut floor, rep, attend).unwrap_err().code(), "node_settled");
    let facts = [("trial_level", "L1"), ("parent_joined", "yes")];
    deal(&mut floor, rep, advance(id, "trial_done", &facts)).unwrap();
    let past = deal(&mut floor, rep, book("2026-11-20T19:00:00+08:00")).unwrap_err();
    assert_eq!(past.code(), "node_time");
}

#[test]
fn a_lost_deal_needs_a_reason_of_the_playbook_and_leaves_no_step_open() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let id = deal_of(&floor, customer);
    let lose =
        |reason: &str| DealChange::Lose { deal: id, reason: reason.into(), words: "太贵".to_owned() };
    assert_eq!(deal(&mut floor, rep, lose("price")).unwrap_err().code(), "unknown_reason");
    deal(&mut floor, rep, lose("lost_price")).unwrap();
    let row = &floor
        .rows("SELECT state, reason, words, CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END FROM deal")[0];
    assert_eq!(*row, ["lost", "lost_price", "太贵", "0"]);
    assert_eq!(cell(&floor, "SELECT count(*) FROM task WHERE state = 'due'"), "0");
    assert_eq!(deal(&mut floor, rep, lose("lost_price")).unwrap_err().code(), "conflict");
}

/// A customer of the small floor whose deal is open, with a coupon of 50 pushed.
fn buyer(floor: &mut Floor) -> (CustomerId, corral::domain::id::IssueId) {
    let rep = floor.rep;
    let mut new = crate::customers::household("刘梅", "13800000001", Some(rep));
    new.persons[0].contacts.push(crate::customers::contact("wechat", "liumei88"));
    let customer = crate::customers::add(floor, rep, new).unwrap();
    let task = due(floor, customer, Lane::Coupon);
    let given = work(floor, rep, WorkChange::Push { task, chinese: true }).unwrap().effects.coupon.unwrap();
    (customer, given.issue)
}

fn order(deal: DealId, price: i64, paid: i64) -> NewOrder {
    NewOrder {
        deal,
        product: "course".into(),
        price: Money::whole(price),
        coupon: None,
        paid: Money::whole(paid),
        set: Vec::new(),
    }
}

fn win(order: NewOrder) -> DealChange {
    DealChange::Win(Box::new(order))
}

#[test]
fn a_price_is_kept_within_its_policy() {
    let mut floor = Floor::new();
    let (rep, lead) = (floor.rep, floor.lead);
    let (customer, _) = buyer(&mut floor);
    let id = deal_of(&floor, customer);
    // list 1,000, lowest 800, below 900 a lead approves
    for (price, code) in [(1_001, "above_list"), (799, "below_lowest"), (899, "forbidden")] {
        assert_eq!(deal(&mut floor, rep, win(order(id, price, 0))).unwrap_err().code(), code, "{price}");
    }
    let refused = deal(&mut floor, rep, win(order(id, 899, 900))).unwrap_err();
    assert!(refused.to_string().contains("approve"), "{refused}");
    assert_eq!(cell(&floor, "SELECT count(*) FROM sale_order"), "0");
    deal(&mut floor, lead, win(order(id, 800, 0))).unwrap();
    // the owner sold, whoever entered it
    assert_eq!(cell(&floor, "SELECT user_id FROM order_credit"), rep.to_string());
    let counted = format!("SELECT value FROM metric_month WHERE metric = 'revenue_new' AND user_id = {rep}");
    assert_eq!(cell(&floor, &counted), "80000", "fen");
}

#[test]
fn a_coupon_takes_its_value_off_once_and_payments_add_up() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let (customer, issue) = buyer(&mut floor);
    let id = deal_of(&floor, customer);
    let with = |price, paid| win(NewOrder { coupon: Some(issue), ..order(id, price, paid) });
    // 1,000 - 50 = 950
    assert_eq!(deal(&mut floor, rep, with(1_000, 951)).unwrap_err().code(), "payment");
    let effects = deal(&mut floor, rep, with(1_000, 200)).unwrap().effects;
    let row = &floor.rows("SELECT list, discount, price FROM sale_order")[0];
    assert_eq!(*row, ["100000", "5000", "95000"]);
    assert_eq!(cell(&floor, "SELECT state FROM coupon_issue"), "redeemed");
    assert_eq!(stage_of(&floor, customer), "won");
    assert_eq!(cell(&floor, &format!("SELECT state FROM deal WHERE id = {id}")), "won");
    assert!(effects.metrics.contains(&(Metric::OrdersWon, 1)));
    assert!(effects.metrics.contains(&(Metric::RevenueNew, 95_000)));
    assert!(effects.metrics.contains(&(Metric::Receipts, 20_000)));
    // the junior's target is 10,000 yuan
    assert_eq!(effects.gap, Some(1_000_000 - 95_000));
    let pay = |amount| DealChange::Pay { order: effects.order.unwrap(), amount: Money::whole(amount) };
    assert_eq!(deal(&mut floor, rep, pay(751)).unwrap_err().code(), "amount");
    assert_eq!(deal(&mut floor, rep, pay(-201)).unwrap_err().code(), "amount");
    deal(&mut floor, rep, pay(750)).unwrap();
    deal(&mut floor, rep, pay(-50)).unwrap();
    assert_eq!(cell(&floor, "SELECT sum(amount) FROM payment"), "90000");
    assert_eq!(cell(&floor, "SELECT value FROM metric_day WHERE metric = 'receipts'"), "95000");
    assert_eq!(cell(&floor, "SELECT value FROM metric_day WHERE metric = 'refund_amount'"), "5000");
    is_clean(&mut floor);
    for _ in 0..3 {
        undo(&mut floor, rep).unwrap();
        is_clean(&mut floor);
    }
    assert_eq!(stage_of(&floor, customer), "new");
    assert_eq!(cell(&floor, "SELECT state FROM coupon_issue"), "pushed");
    let money =
        "SELECT sum(value) FROM metric_day WHERE metric IN ('revenue_new', 'receipts', 'refund_amount')";
    assert_eq!(cell(&floor, money), "NULL", "no row is left");
}

#[test]
fn a_sale_without_the_payment_its_gate_needs_is_refused_whole() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let id = deal_of(&floor, customer);
    let sale = |paid| {
        win(NewOrder {
            product: "k48".into(),
            set: set(&[("package", "k48"), ("first_lesson_at", "2026-11-24 19:00")]),
            ..order(id, 4_680, paid)
        })
    };
    assert_eq!(deal(&mut floor, rep, sale(0)).unwrap_err().code(), "gate");
    assert_eq!(cell(&floor, "SELECT count(*) FROM sale_order"), "0");
    deal(&mut floor, rep, sale(4_680)).unwrap();
    assert_eq!(stage_of(&floor, customer), "won");
}

#[test]
fn a_tag_is_set_once_counted_and_cleared() {
    let mut floor = school();
    let rep = floor.rep;
    let customer = family(&mut floor, rep, "13800000001", "");
    let open = |pipeline: &str| DealChange::Open { customer, pipeline: pipeline.into() };
    let effects = deal(&mut floor, rep, open("referral")).unwrap().effects;
    assert!(effects.metrics.contains(&(Metric::ReferralsReceived, 1)));
    assert!(!effects.metrics.iter().any(|(metric, _)| *metric == Metric::ReferralsWon));
    assert_eq!(deal(&mut floor, rep, open("referral")).unwrap_err().code(), "max_open");
    assert_eq!(deal(&mut floor, rep, open("new")).unwrap_err().code(), "max_open");
    let renewal = deal(&mut floor, rep, open("renewal")).unwrap().effects.opened[0];
    assert_eq!(deal(&mut floor, rep, DealChange::Untag { deal: renewal }).unwrap_err().code(), "not_a_tag");
    deal(&mut floor, rep, DealChange::Untag { deal: effects.opened[0] }).unwrap();
    deal(&mut floor, rep, open("referral")).unwrap();
    assert!(
        deal(&mut floor, rep, open("referal")).unwrap_err().to_string().contains("did you mean 'referral'?")
    );
}

#[test]
fn the_first_answered_call_opens_one_deal_and_unanswered_ones_none() {
    // S001-47: opened by the first connected call
    let method = include_str!("floor/small.toml").replace(
        "open_on = [\"lead_created\"]\namount_metric",
        "open_on = [\"call_connected\"]\namount_metric",
    );
    let mut floor = Floor::with(&method);
    let rep = floor.rep;
    let new = crate::customers::household("刘梅", "13800000001", Some(rep));
    let customer = crate::customers::add(&mut floor, rep, new).unwrap();
    let call =
        |outcome: &str| LogTouch { customer: Some(customer), outcome: outcome.into(), ..LogTouch::default() };
    for _ in 0..3 {
        floor.pass_minutes(60);
        log(&mut floor, rep, call("silent")).unwrap();
    }
    assert_eq!(cell(&floor, "SELECT count(*) FROM deal"), "0");
    let effects = log(&mut floor, rep, call("talked")).unwrap().effects;
    assert_eq!((effects.opened.len(), effects.moved.len()), (1, 1), "and moves on as the outcome says");
    log(&mut floor, rep, call("talked")).unwrap();
    assert_eq!(floor.rows("SELECT stage FROM deal"), [["warm"]]);
    let task = due(&floor, customer, Lane::Call);
    assert_eq!(said(task, "talked").task, Some(task));
}
