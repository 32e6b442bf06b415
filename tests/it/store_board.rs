//! Boards, the gap line and the facts behind a figure, against figures computed by hand.

use corral::domain::gap::Gap;
use corral::domain::id::{CustomerId, UserId};
use corral::domain::lists::{ContactState, Level, Metric, Period, Role};
use corral::domain::money::Money;
use corral::domain::span::Span;
use corral::store::change::deal::NewOrder;
use corral::store::change::people::{NewTarget, Part, TargetOf};
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, CustomerChange, DealChange, PeopleChange, WorkChange};
use corral::store::query::board::{Board, BoardBy, BurnUpAsk, FactRow, Measure, SharedBoard};
use corral::store::query::{Answer, BoardAsk, FactsAsk, Query};

use crate::customers::{MORE, add, card, change, contact, household};
use crate::floor::Floor;

/// The worked example of formula 1: work from Wednesday to Sunday, 70,000 a month, courses at 4,680. December 2026 then
/// has 22 working days (5 Wednesdays, 5 Thursdays, 4 each of the others), 14 of them before Sunday the 20th.
fn floor() -> Floor {
    let method = include_str!("floor/small.toml")
        .replace(r#""mon", "tue", "wed""#, r#""wed""#)
        .replace("price = 1000\nfloor = 800", "price = 4680\nfloor = 1000")
        .replace(
            "list = 1000\nlowest = 800\napprove_below = 900",
            "list = 4680\nlowest = 1000\napprove_below = 1000",
        )
        .replace("values = { junior = 10000", "values = { junior = 70000");
    let mut floor = Floor::with(&format!("{method}{MORE}"));
    floor.set_clock("2026-12-02T10:00:00+08:00");
    floor
}

/// Sells a course to a new customer of a rep.
fn sell(floor: &mut Floor, rep: UserId, phone: &str, yuan: i64) -> CustomerId {
    let customer = add(floor, rep, household("客户", phone, Some(rep))).unwrap();
    let deal = card(floor, rep, customer).deals[0].id;
    let order = NewOrder {
        deal,
        product: "course".into(),
        price: Money::whole(yuan),
        coupon: None,
        paid: Money::whole(yuan / 2),
        set: Vec::new(),
    };
    floor.write(rep, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
    customer
}

fn board(floor: &mut Floor, metric: Metric, period: Period, by: BoardBy) -> SharedBoard {
    floor.board(BoardAsk::new(metric, Span::this(period), by, floor.now())).unwrap()
}

fn ranks(board: &Board) -> Vec<(u32, &str, i64)> {
    board.rows.iter().map(|row| (row.rank, row.name.as_str(), row.gap.done)).collect()
}

/// A lead's line is the team's month, a manager's every team's (S001-17): two of team One sold 4,680 each and have 70,000 to reach each;
/// one of team Two sold 1,000 and has 70,000.
#[test]
fn who_leads_sees_the_month_of_who_is_led() {
    let mut floor = floor();
    let (rep, mate, stranger, lead, manager) =
        (floor.rep, floor.mate, floor.stranger, floor.lead, floor.manager);
    sell(&mut floor, rep, "13800138001", 4_680);
    floor.set_clock("2026-12-20T09:30:00+08:00");
    sell(&mut floor, mate, "13800138002", 4_680);
    sell(&mut floor, stranger, "13800138003", 1_000);
    let line = floor.gap_line(lead);
    assert_eq!((line.team.as_deref(), line.gap.done, line.gap.target), (Some("One"), 936_000, 14_000_000));
    assert_eq!((line.gap.gap, line.today, line.rank), (13_064_000, 468_000, None));
    // 14 of 22 days are gone: 14,000,000 × 14 / 22 = 8,909,090.9…
    assert_eq!(line.gap.pace, 936_000 - 8_909_091);
    let line = floor.gap_line(manager);
    assert_eq!((line.team.as_deref(), line.gap.done, line.gap.target), (Some(""), 1_036_000, 21_000_000));
    assert_eq!(floor.gap_line(rep).team, None);
}

#[test]
fn the_worked_example_comes_out_on_board_and_gap_line() {
    let mut floor = floor();
    let rep = floor.rep;
    for n in 0..9 {
        sell(&mut floor, rep, &format!("1380013800{n}"), 4_680);
    }
    floor.set_clock("2026-12-20T09:30:00+08:00");
    sell(&mut floor, rep, "13900139000", 4_680);
    // 46,800 done of 70,000; 70,000 × 14 / 22 = 44,545.45…; in minor units
    let expected = Gap {
        target: 7_000_000,
        done: 4_680_000,
        gap: 2_320_000,
        pace: 225_455,
        per_day: Some(290_000),
        // today until nine in the evening 11.5 hours, 7 days of 12 hours: 2,320,000 / 95.5
        per_hour: Some(24_294),
        orders_needed: None,
        leads_needed: None,
    };
    let month = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert_eq!((month.rows[0].name.as_str(), month.rows[0].gap), ("王芳", expected));
    let line = floor.gap_line(rep);
    assert_eq!(line.gap, Gap { orders_needed: Some(5), per_hour: None, ..expected });
    assert_eq!((line.rank, line.ahead, line.today), (Some((1, 2)), None, 468_000));
    let mate = floor.mate;
    let behind = floor.gap_line(mate);
    assert_eq!((behind.rank, behind.ahead), (Some((2, 2)), Some(("王芳".to_owned(), 4_680_000))));
    assert_eq!(behind.gap.orders_needed, Some(15), "70,000 at the course's 4,680: 14.96");
}

#[test]
fn everybody_who_sells_is_listed_equals_share_a_rank_and_names_order_them() {
    let mut floor = floor();
    let (rep, mate, stranger) = (floor.rep, floor.mate, floor.stranger);
    sell(&mut floor, stranger, "13800138000", 4_000);
    sell(&mut floor, rep, "13800138001", 3_000);
    sell(&mut floor, mate, "13800138002", 3_000);
    floor.add_user("new", "新人", Role::Rep, Some("Two"));
    let month = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    // 李 U+674E before 王 U+738B; the lead and the manager sold nothing and are not in the race
    let expected = [(1, "赵敏", 400_000), (2, "李强", 300_000), (2, "王芳", 300_000), (4, "新人", 0)];
    assert_eq!(ranks(&month), expected);
    assert_eq!(month.rows[1].team, "One");
    assert_eq!(
        (month.days.0.to_string(), month.days.1.to_string()),
        ("2026-12-01".into(), "2026-12-31".into())
    );
}

#[test]
fn a_week_is_the_sum_of_its_days_and_a_day_is_its_own() {
    let mut floor = floor();
    let rep = floor.rep;
    for (n, time) in ["2026-12-06", "2026-12-09", "2026-12-10", "2026-12-13", "2026-12-16"].iter().enumerate()
    {
        floor.set_clock(&format!("{time}T10:00:00+08:00"));
        sell(&mut floor, rep, &format!("1380013800{n}"), [1_000, 2_000, 3_000, 4_000, 4_500][n]);
    }
    floor.set_clock("2026-12-10T20:00:00+08:00");
    let done = |floor: &mut Floor, period| {
        board(floor, Metric::RevenueNew, period, BoardBy::Rep).rows[0].gap.done / 100
    };
    // Monday the 7th to Sunday the 13th: 2,000 + 3,000 + 4,000
    assert_eq!(done(&mut floor, Period::Day), 3_000);
    assert_eq!(done(&mut floor, Period::Week), 9_000);
}

#[test]
fn a_team_keeps_what_was_done_in_it_when_the_maker_moves_on() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    sell(&mut floor, rep, "13800138000", 1_000);
    sell(&mut floor, mate, "13800138001", 2_000);
    floor.set_clock("2026-12-09T10:00:00+08:00");
    floor.move_to(mate, "Two");
    sell(&mut floor, mate, "13800138002", 4_000);
    let teams = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Team);
    assert_eq!(ranks(&teams), [(1, "Two", 400_000), (2, "One", 300_000)]);
    // targets of those who are in it today: two and one at 70,000
    let targets: Vec<i64> = teams.rows.iter().map(|row| row.gap.target).collect();
    assert_eq!(targets, [14_000_000, 7_000_000]);
    let reps = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert_eq!(ranks(&reps)[0], (1, "李强", 600_000), "a person keeps all of the own");
    let team = Some(floor.team);
    let now = floor.now();
    let ask =
        BoardAsk { team, ..BoardAsk::new(Metric::RevenueNew, Span::this(Period::Month), BoardBy::Rep, now) };
    let Answer::Board(of_team) = floor.read(&Query::Board(ask)).unwrap() else { panic!() };
    assert_eq!(ranks(&of_team), [(1, "王芳", 100_000)]);
}

#[test]
fn a_coach_has_the_trainees_figures_and_the_own() {
    let mut floor = floor();
    let (rep, mate, manager) = (floor.rep, floor.mate, floor.manager);
    let coach = floor.add_user("coach", "周教练", Role::Coach, Some("One"));
    let under = PeopleChange::SetUser {
        user: rep,
        name: None,
        role: None,
        team: None,
        rank: None,
        job: None,
        state: None,
        coach: Some("coach".to_owned()),
    };
    floor.write(manager, Change::People(under)).unwrap();
    sell(&mut floor, rep, "13800138000", 1_000);
    sell(&mut floor, coach, "13800138001", 2_000);
    sell(&mut floor, mate, "13800138002", 4_000);
    let groups = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Coach);
    assert_eq!(ranks(&groups), [(1, "周教练", 300_000)]);
    assert_eq!(groups.rows[0].gap.target, 14_000_000, "70,000 each");
}

#[test]
fn a_set_target_wins_over_the_playbooks_and_the_newest_over_the_older() {
    let mut floor = floor();
    let (rep, lead, team) = (floor.rep, floor.lead, floor.team);
    let set = |floor: &mut Floor, scope, value, from: &str| {
        let target =
            NewTarget::goal(scope, Period::Month, Metric::RevenueNew, (value, from.parse().unwrap()));
        floor.write(lead, Change::People(PeopleChange::SetTarget(target))).unwrap();
    };
    set(&mut floor, TargetOf::User(rep), 5_000_000, "2026-12-01");
    set(&mut floor, TargetOf::User(rep), 6_000_000, "2026-12-10");
    set(&mut floor, TargetOf::User(rep), 9_000_000, "2027-01-01");
    set(&mut floor, TargetOf::Team(team), 1_000_000, "2026-12-01");
    let of = |floor: &mut Floor, by, name: &str| {
        let board = board(floor, Metric::RevenueNew, Period::Month, by);
        board.rows.iter().find(|row| row.name == name).unwrap().gap.target
    };
    assert_eq!(of(&mut floor, BoardBy::Rep, "王芳"), 5_000_000);
    assert_eq!(of(&mut floor, BoardBy::Rep, "李强"), 7_000_000);
    assert_eq!(of(&mut floor, BoardBy::Team, "One"), 1_000_000);
    floor.set_clock("2026-12-10T10:00:00+08:00");
    assert_eq!(of(&mut floor, BoardBy::Rep, "王芳"), 6_000_000);
    assert_eq!(floor.gap_line(rep).gap.target, 6_000_000);
    let now = floor.now();
    let Answer::Targets(targets) = floor.read(&Query::Targets { now }).unwrap() else { panic!() };
    let own: Vec<(i64, bool)> =
        targets.iter().filter(|t| t.name == "王芳").map(|t| (t.value, t.id.is_some())).collect();
    assert_eq!(own, [(6_000_000, true)]);
    assert!(targets.iter().any(|t| t.name == "李强" && t.value == 7_000_000 && t.id.is_none()));
}

#[test]
fn attainment_is_the_share_of_the_main_target_and_what_no_fact_tells_is_refused() {
    let mut floor = floor();
    let rep = floor.rep;
    sell(&mut floor, rep, "13800138000", 3_500);
    let month = board(&mut floor, Metric::Attainment, Period::Month, BoardBy::Rep);
    // 3,500 of 70,000 is a twentieth
    assert_eq!((month.rows[0].gap.done, month.rows[0].gap.target), (500, 10_000));
    let now = floor.now();
    let ask = BoardAsk::new(Metric::QualityScore, Span::this(Period::Month), BoardBy::Rep, now);
    let refused = floor.read(&Query::Board(ask)).unwrap_err();
    assert_eq!(refused.code(), "not_on_boards");
}

fn facts(floor: &mut Floor, metric: Metric, who: (Option<UserId>, bool), limit: usize) -> Vec<FactRow> {
    let mut all: Vec<FactRow> = Vec::new();
    loop {
        let ask = FactsAsk {
            metric,
            span: Span::this(Period::Month),
            now: floor.now(),
            by: floor.lead,
            user: who.0,
            team: who.1.then_some(floor.team),
            before: all.last().map(|fact| (fact.at, fact.id)),
            limit,
        };
        let Answer::Facts(window) = floor.read(&Query::Facts(ask)).unwrap() else { panic!() };
        if window.is_empty() {
            return all;
        }
        assert!(window.len() <= limit);
        all.extend(window);
    }
}

#[test]
fn every_figure_is_the_sum_of_its_facts_for_a_person_and_for_a_team() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    let sold = sell(&mut floor, rep, "13800138000", 4_680);
    sell(&mut floor, rep, "13800138001", 2_000);
    sell(&mut floor, mate, "13800138002", 3_000);
    let mut tagged = household("老客户介绍", "13800138003", Some(rep));
    tagged.tags = vec!["转介绍".to_owned()];
    tagged.persons[0].contacts.push(contact("wechat", "star_01"));
    let tagged = add(&mut floor, rep, tagged).unwrap();
    let wechat = card(&mut floor, rep, tagged).persons[0].contacts[1].id;
    let verified = CustomerChange::SetContact { contact: wechat, state: ContactState::Verified };
    change(&mut floor, rep, verified).unwrap();
    for (by, customer, outcome, seconds) in
        [(rep, sold, "talked", 29), (rep, tagged, "talked", 31), (rep, tagged, "silent", 0)]
    {
        floor.pass_minutes(200);
        let touch = LogTouch {
            customer: Some(customer),
            outcome: outcome.into(),
            seconds: Some(seconds),
            ..LogTouch::default()
        };
        floor.write(by, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    }
    let mut counted = 0;
    for metric in Metric::ALL.iter().copied().filter(|metric| metric.is_summed()) {
        let reps = board(&mut floor, metric, Period::Month, BoardBy::Rep);
        let value = reps.rows.iter().find(|row| row.name == "王芳").unwrap().gap.done;
        let sum: i64 = facts(&mut floor, metric, (Some(rep), false), 2).iter().map(|fact| fact.value).sum();
        assert_eq!(sum, value, "{metric} of the rep");
        counted += usize::from(value != 0);
        let teams = board(&mut floor, metric, Period::Month, BoardBy::Team);
        let value = teams.rows.iter().find(|row| row.name == "One").unwrap().gap.done;
        let sum: i64 = facts(&mut floor, metric, (None, true), 2).iter().map(|fact| fact.value).sum();
        assert_eq!(sum, value, "{metric} of the team");
    }
    // dialled, valid, talk, WeChat, new customers, referrals received, orders, revenue, receipts
    assert_eq!(counted, 9);
}

/// The board a connection that knows nothing yet reads.
fn afresh(floor: &Floor, ask: &BoardAsk) -> SharedBoard {
    let mut db = floor.second();
    match db.read(&Query::Board(ask.clone())).unwrap() {
        Answer::Board(board) => board,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_board_that_is_followed_is_the_board_that_is_read_anew() {
    let mut floor = floor();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let now = |floor: &Floor| floor.now();
    let asks = |floor: &Floor| {
        let mut asks = Vec::new();
        for by in [BoardBy::Rep, BoardBy::Team, BoardBy::Coach] {
            for span in [Span::this(Period::Day), Span::this(Period::Month), Span::this(Period::Quarter)] {
                asks.push(BoardAsk::new(Metric::RevenueNew, span, by, now(floor)));
                asks.push(BoardAsk::new(Metric::CallsDialed, span, by, now(floor)));
            }
        }
        asks
    };
    let agree = |floor: &mut Floor, when: &str| {
        for ask in asks(floor) {
            let Answer::Board(kept) = floor.read(&Query::Board(ask.clone())).unwrap() else { panic!() };
            assert_eq!(*kept, *afresh(floor, &ask), "{when}: {ask:?}");
        }
    };
    agree(&mut floor, "nothing yet");
    let customer = sell(&mut floor, rep, "13800138000", 4_000);
    agree(&mut floor, "sold");
    sell(&mut floor, mate, "13800138001", 4_000);
    let touch = LogTouch {
        customer: Some(customer),
        outcome: "talked".into(),
        seconds: Some(90),
        ..LogTouch::default()
    };
    floor.pass_minutes(30);
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    agree(&mut floor, "called");
    floor.write(rep, Change::Undo { write: None }).unwrap();
    agree(&mut floor, "taken back");
    let target = NewTarget::goal(TargetOf::User(rep), Period::Month, Metric::RevenueNew, (5, floor.day()));
    floor.write(lead, Change::People(PeopleChange::SetTarget(target))).unwrap();
    agree(&mut floor, "a target set");
    floor.set_clock("2026-12-03T10:00:00+08:00");
    sell(&mut floor, mate, "13800138003", 1_000);
    agree(&mut floor, "the next day");
}

#[test]
fn who_asks_the_same_shares_a_board_and_a_commit_about_something_else_leaves_its_rows() {
    let mut floor = floor();
    let rep = floor.rep;
    sell(&mut floor, rep, "13800138000", 4_000);
    let one = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    let other = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert!(std::sync::Arc::ptr_eq(&one, &other), "the very same");
    add(&mut floor, rep, household("客户", "13900139000", Some(rep))).unwrap();
    let later = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert!(later.revision > one.revision);
    assert_eq!(later.rows, one.rows);
}

#[test]
fn of_equal_values_whoever_had_it_first_stands_before_and_a_slip_taken_back_costs_no_place() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    // the mate is there first; by name 李 would stand before 王 anyway, so the rep is given the earlier one
    sell(&mut floor, rep, "13800138000", 4_000);
    floor.pass_minutes(10);
    sell(&mut floor, mate, "13800138001", 4_000);
    floor.pass_minutes(10);
    let expected = [(1, "王芳", 400_000), (1, "李强", 400_000)];
    let month = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert_eq!(ranks(&month)[..2], expected);
    assert!(month.rows[0].reached < month.rows[1].reached);
    sell(&mut floor, rep, "13800138002", 1_000);
    floor.write(rep, Change::Undo { write: None }).unwrap();
    let month = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert_eq!(ranks(&month)[..2], expected, "what was sold by mistake was taken back");
    let report = corral::store::verify::verify(&mut floor.db).unwrap();
    assert!(report.ok, "{:?}", report.differences);
    // how far each is behind the one above: nobody is above equals
    let behind: Vec<Option<i64>> = month.rows.iter().map(|row| row.behind).collect();
    assert_eq!(behind[..2], [None, None]);
    assert_eq!(behind[2], Some(400_000));
}

/// The goals of a rep's row: of a day, the week, the month, the quarter, and of days of one's own choice.
fn goals(floor: &mut Floor, metric: Metric, name: &str, spans: &[Span]) -> Vec<i64> {
    spans
        .iter()
        .map(|span| {
            let ask = BoardAsk::new(metric, *span, BoardBy::Rep, floor.now());
            let Answer::Board(board) = floor.read(&Query::Board(ask)).unwrap() else { panic!() };
            board.rows.iter().find(|row| row.name == name).unwrap().gap.target
        })
        .collect()
}

#[test]
fn a_target_of_a_month_is_spread_over_its_days_by_weight_and_a_quarter_is_the_sum_of_its_months() {
    // Wednesday to Sunday, the weekend half as heavy again: December 2026 has 5 Wednesdays and Thursdays, 4 Fridays,
    // Saturdays and Sundays: 14 x 100 + 8 x 150 = 2,600
    let method = include_str!("floor/small.toml")
        .replace(r#""mon", "tue", "wed""#, r#""wed""#)
        .replace("day_start =", "day_weights = { sat = 150, sun = 150 }\nday_start =")
        .replace("values = { junior = 10000", "values = { junior = 78000");
    let mut floor = Floor::with(&format!("{method}{MORE}"));
    let (rep, lead) = (floor.rep, floor.lead);
    floor.set_clock("2026-12-10T10:00:00+08:00");
    let days = |first: &str, last: &str| Span::Days(first.parse().unwrap(), last.parse().unwrap());
    let spans = [
        Span::this(Period::Day),
        Span::this(Period::Week),
        Span::this(Period::Month),
        Span::this(Period::Quarter),
        days("2026-12-12", "2026-12-13"),
        days("2026-11-30", "2026-12-02"),
    ];
    // a Thursday 78,000 x 100 / 2,600 = 3,000; its week 3 + 4.5 + 4.5 + 3 + 3 thousand; a weekend 9,000; from the last Monday of
    // November to the first Wednesday one working day. November: 4 each, 12 x 100 + 4 Saturdays and 5 Sundays x 150 = 2,550
    assert_eq!(
        goals(&mut floor, Metric::RevenueNew, "王芳", &spans),
        [300_000, 1_800_000, 7_800_000, 23_400_000, 900_000, 300_000]
    );
    // a target that is set for the week counts for it, and leaves the others as they are
    let week = NewTarget::goal(TargetOf::User(rep), Period::Week, Metric::RevenueNew, (777, floor.day()));
    floor.write(lead, Change::People(PeopleChange::SetTarget(week))).unwrap();
    assert_eq!(goals(&mut floor, Metric::RevenueNew, "王芳", &spans[..3]), [300_000, 777, 7_800_000]);
}

#[test]
fn stretch_and_challenge_stand_beside_the_goal_and_several_targets_are_set_at_once() {
    let mut floor = floor();
    let (rep, lead, stranger) = (floor.rep, floor.lead, floor.stranger);
    let day = floor.day();
    let high = |level, value| NewTarget {
        level,
        ..NewTarget::goal(TargetOf::User(rep), Period::Month, Metric::RevenueNew, (value, day))
    };
    let both = vec![high(Level::Stretch, 8_000_000), high(Level::Challenge, 10_000_000)];
    floor.write(lead, Change::People(PeopleChange::SetTargets(both))).unwrap();
    let month = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    let row = month.rows.iter().find(|row| row.name == "王芳").unwrap();
    assert_eq!((row.gap.target, row.stretch, row.challenge), (7_000_000, Some(8_000_000), Some(10_000_000)));
    // one that may not be set leaves none of them
    let mixed = vec![
        high(Level::Stretch, 1),
        NewTarget::goal(TargetOf::User(stranger), Period::Month, Metric::RevenueNew, (1, day)),
    ];
    let refused = floor.write(lead, Change::People(PeopleChange::SetTargets(mixed))).unwrap_err();
    assert_eq!(refused.code(), "forbidden");
    let month = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert_eq!(month.rows.iter().find(|row| row.name == "王芳").unwrap().stretch, Some(8_000_000));
    // taken back as one
    floor.write(lead, Change::Undo { write: None }).unwrap();
    let month = board(&mut floor, Metric::RevenueNew, Period::Month, BoardBy::Rep);
    assert_eq!(month.rows.iter().find(|row| row.name == "王芳").unwrap().stretch, None);
}

#[test]
fn a_newcomer_has_the_share_of_the_target_that_the_ramp_gives_and_the_gap_told_after_a_sale_is_the_same() {
    let method =
        include_str!("floor/small.toml").replace("values = { junior = 10000", "values = { junior = 70000");
    let ramp = "[[ramp]]\ndays = 30\nshare_bp = 4000\n\n[[ramp]]\ndays = 60\nshare_bp = 7000\n";
    let mut floor = Floor::with(&format!("{method}{MORE}\n{ramp}"));
    // everybody begins on the floor's first day; a newcomer three weeks later
    let begun = floor.day();
    floor.set_clock(&format!("{}T10:00:00+08:00", begun.plus(21)));
    let new = floor.add_user("new", "新人", Role::Rep, Some("One"));
    let month =
        |floor: &mut Floor, name| goals(floor, Metric::RevenueNew, name, &[Span::this(Period::Month)])[0];
    // what counts is how long somebody has been here when the month begins: not at all
    assert_eq!(month(&mut floor, "新人"), 2_800_000);
    let later = begun.month();
    let second = corral::domain::time::Month(later.0 + 2).first();
    floor.set_clock(&format!("{second}T10:00:00+08:00"));
    // from the 21st day after the beginning to the first of the month after the next
    let here = second.0 - begun.plus(21).0;
    let expected = if here < 30 {
        2_800_000
    } else if here < 60 {
        4_900_000
    } else {
        7_000_000
    };
    assert_eq!(month(&mut floor, "新人"), expected);
    sell(&mut floor, new, "13800138000", 1_000);
    let line = floor.gap_line(new);
    assert_eq!(line.gap.target, expected);
    let third = corral::domain::time::Month(later.0 + 4).first();
    floor.set_clock(&format!("{third}T10:00:00+08:00"));
    assert_eq!(month(&mut floor, "新人"), 7_000_000);
}

#[test]
fn a_product_has_a_target_and_a_board_of_its_own() {
    let mut floor = floor();
    let (rep, lead) = (floor.rep, floor.lead);
    sell(&mut floor, rep, "13800138000", 4_680);
    let part = Part { product: Some("course".into()), pipeline: None };
    let target = NewTarget {
        part: part.clone(),
        ..NewTarget::goal(TargetOf::User(rep), Period::Month, Metric::OrdersWon, (4, floor.day()))
    };
    floor.write(lead, Change::People(PeopleChange::SetTarget(target))).unwrap();
    let of = |floor: &mut Floor, product: &str| {
        let part = Part { product: Some(product.into()), pipeline: None };
        let ask = BoardAsk {
            part,
            ..BoardAsk::new(Metric::OrdersWon, Span::this(Period::Month), BoardBy::Rep, floor.now())
        };
        let Answer::Board(board) = floor.read(&Query::Board(ask)).unwrap() else { panic!() };
        let row = board.rows.iter().find(|row| row.name == "王芳").unwrap();
        (row.gap.done, row.gap.target)
    };
    assert_eq!(of(&mut floor, "course"), (1, 4));
    assert_eq!(of(&mut floor, "nothing_like_it"), (0, 0));
    let calls = NewTarget {
        part,
        ..NewTarget::goal(TargetOf::User(rep), Period::Month, Metric::CallsDialed, (4, floor.day()))
    };
    let refused = floor.write(lead, Change::People(PeopleChange::SetTarget(calls))).unwrap_err();
    assert_eq!(refused.code(), "metric");
}

#[test]
fn a_score_adds_up_what_its_metrics_are_worth() {
    let method = include_str!("floor/small.toml");
    let score = "[[boards]]\nid = \"points\"\nname = { zh = \"积分榜\", en = \"Points\" }\nscope = \"rep\"\nperiod = \"day\"\n\
                 columns = [\"calls_dialed\"]\nsort = \"calls_dialed\"\n\
                 score = [{ metric = \"calls_dialed\", points = 2 }, { metric = \"revenue_new\", points = 3 }]\n";
    let mut floor = Floor::with(&format!("{method}{MORE}\n{score}"));
    let rep = floor.rep;
    let customer = sell(&mut floor, rep, "13800138000", 950);
    let touch = LogTouch {
        customer: Some(customer),
        outcome: "talked".into(),
        seconds: Some(90),
        ..LogTouch::default()
    };
    floor.pass_minutes(300);
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    let ask = |code: &str, floor: &Floor| BoardAsk {
        of: Measure::Score(code.to_owned()),
        ..BoardAsk::new(Metric::OrdersWon, Span::this(Period::Day), BoardBy::Rep, floor.now())
    };
    let Answer::Board(points) = floor.read(&Query::Board(ask("points", &floor))).unwrap() else { panic!() };
    // a call for two, and three for each of 950 yuan
    assert_eq!(ranks(&points)[0], (1, "王芳", 2 + 3 * 950));
    let refused = floor.read(&Query::Board(ask("none", &floor))).unwrap_err();
    assert_eq!(refused.code(), "no_such_score");
}

#[test]
fn a_row_opens_day_by_day_with_its_plan_and_the_month_before() {
    let mut floor = floor();
    let (rep, team) = (floor.rep, floor.team);
    floor.set_clock("2026-11-11T10:00:00+08:00");
    sell(&mut floor, rep, "13800138009", 2_000);
    for (n, day) in ["2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05"].iter().enumerate() {
        floor.set_clock(&format!("{day}T10:00:00+08:00"));
        sell(&mut floor, rep, &format!("1380013800{n}"), 1_000);
    }
    let chart = |floor: &mut Floor, by, id| {
        let board = BoardAsk::new(Metric::RevenueNew, Span::this(Period::Month), by, floor.now());
        let Answer::BurnUp(chart) = floor.read(&Query::BurnUp(BurnUpAsk { board, id: Some(id) })).unwrap()
        else {
            panic!()
        };
        chart
    };
    let own = chart(&mut floor, BoardBy::Rep, rep.0);
    assert_eq!(own.done, [0, 100_000, 200_000, 300_000, 400_000], "up to the 5th");
    assert_eq!((own.before.len(), own.before[9], own.before[10], own.before[29]), (30, 0, 200_000, 200_000));
    // of 70,000 over 22 working days, Wednesday the 2nd the first of them
    assert_eq!((own.plan.len(), own.plan[0], own.plan[1], own.plan[30]), (31, 0, 318_181, 7_000_000));
    // three days over with 1,000 each, today as much: 22 days of it, without a band
    let likely = own.outlook.unwrap();
    assert_eq!((likely.finish, likely.low, likely.high), (2_200_000, 2_200_000, 2_200_000));
    let whole = chart(&mut floor, BoardBy::Team, team.0);
    assert_eq!(whole.done, own.done, "the team's is the only seller's");
}
