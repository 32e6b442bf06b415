//! Ratios on boards: both sums by hand, by rep and by team, their facts, their targets, and a board that is followed.

use corral::domain::id::{CustomerId, TaskId, UserId};
use corral::domain::lists::{Direction, Lane, Metric, Period, Role, UserState};
use corral::domain::money::Money;
use corral::domain::ratio::Ratio;
use corral::domain::report::share::Share;
use corral::domain::span::Span;
use corral::store::change::deal::NewOrder;
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, CustomerChange, DealChange, PeopleChange, WorkChange};
use corral::store::query::board::{Board, BoardBy, BoardRow, FactRow, SharedBoard};
use corral::store::query::{Answer, BoardAsk, FactsAsk, Query};

use crate::customers::{MORE, add, card, change, household};
use crate::floor::Floor;

/// Work from Wednesday to Sunday: December 2026 has 22 such days. Leads may be won thirty days after their month, nothing is planned
/// for a new one, and a course may cost up to 100,000.
fn floor() -> Floor {
    let small = include_str!("floor/small.toml")
        .replace(r#""mon", "tue", "wed""#, r#""wed""#)
        .replace("conversion_window_days = 90", "conversion_window_days = 30")
        .replace("price = 1000\nfloor = 800", "price = 100000\nfloor = 10")
        .replace(
            "list = 1000\nlowest = 800\napprove_below = 900",
            "list = 100000\nlowest = 10\napprove_below = 10",
        );
    let (before, rest) = small.split_once("[[sops]]").unwrap();
    let (_, after) = rest.split_once("[[ranks]]").unwrap();
    Floor::with(&format!("{before}[[ranks]]{after}{MORE}"))
}

/// Phone numbers that differ.
fn phone(n: usize) -> String {
    format!("138{n:08}")
}

fn lead(floor: &mut Floor, rep: UserId, n: usize) -> CustomerId {
    add(floor, rep, household("客户", &phone(n), Some(rep))).unwrap()
}

fn win(floor: &mut Floor, rep: UserId, customer: CustomerId, yuan: i64) {
    let deal = card(floor, rep, customer).deals[0].id;
    let order = NewOrder {
        deal,
        product: "course".into(),
        price: Money::whole(yuan),
        coupon: None,
        paid: Money::whole(0),
        set: Vec::new(),
    };
    floor.write(rep, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
}

fn board(floor: &mut Floor, metric: Metric, span: Span, by: BoardBy) -> SharedBoard {
    floor.board(BoardAsk::new(metric, span, by, floor.now())).unwrap()
}

fn row<'a>(board: &'a Board, name: &str) -> &'a BoardRow {
    board.rows.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no row of {name}"))
}

/// Part, whole and what is shown.
fn told(board: &Board, name: &str) -> (i64, i64, Option<i64>) {
    let row = row(board, name);
    let sums = row.ratio.unwrap().sums;
    (sums.part, sums.of, row.value())
}

/// Every fact behind a ratio, in windows of seven.
fn facts(floor: &mut Floor, metric: Metric, span: Span, user: Option<UserId>) -> Vec<FactRow> {
    let mut all: Vec<FactRow> = Vec::new();
    loop {
        let ask = FactsAsk {
            metric,
            span,
            now: floor.now(),
            by: floor.lead,
            user,
            team: user.is_none().then_some(floor.team),
            before: all.last().map(|fact| (fact.at, fact.id)),
            limit: 7,
        };
        let Answer::Facts(window) = floor.read(&Query::Facts(ask)).unwrap() else { panic!() };
        if window.is_empty() {
            return all;
        }
        all.extend(window);
    }
}

/// The facts behind a ratio are its cases, and what they count is its part: of a rep and of team one.
fn opens(floor: &mut Floor, metric: Metric, span: Span) {
    let (rep, team) = (floor.rep, None);
    for (by, name, user) in [(BoardBy::Rep, "王芳", Some(rep)), (BoardBy::Team, "One", team)] {
        let sums = row(&board(floor, metric, span, by), name).ratio.unwrap().sums;
        let facts = facts(floor, metric, span, user);
        let part = facts.iter().map(|fact| fact.value).sum();
        assert_eq!(Share::of(part, i64::try_from(facts.len()).unwrap()), sums, "{metric} of {name}");
    }
}

#[test]
fn octobers_leads_stay_octobers_whenever_they_are_won() {
    // S001-15: 240 leads assigned in October of which 15 won by 30 November: 6.25 %
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    floor.set_clock("2027-10-07T10:00:00+08:00");
    let mine: Vec<CustomerId> = (0..160).map(|n| lead(&mut floor, rep, n)).collect();
    floor.set_clock("2027-10-31T20:00:00+08:00");
    let other: Vec<CustomerId> = (160..240).map(|n| lead(&mut floor, mate, n)).collect();
    floor.set_clock("2027-11-30T20:00:00+08:00");
    for customer in &mine[..12] {
        win(&mut floor, rep, *customer, 1_000);
    }
    for customer in &other[..3] {
        win(&mut floor, mate, *customer, 1_000);
    }
    floor.set_clock("2027-12-01T10:00:00+08:00");
    win(&mut floor, rep, mine[12], 1_000);
    let october = Span::Of(Period::Month, 2);
    let reps = board(&mut floor, Metric::ConversionRateBp, october, BoardBy::Rep);
    // 12 / 160 = 7.5 %, 3 / 80 = 3.75 %; the sixteenth came a day too late
    assert_eq!(told(&reps, "王芳"), (12, 160, Some(750)));
    assert_eq!(told(&reps, "李强"), (3, 80, Some(375)));
    // nobody gave the third one a lead: nothing to tell, and behind the others
    assert_eq!((told(&reps, "赵敏"), row(&reps, "赵敏").rank), ((0, 0, None), 3));
    let teams = board(&mut floor, Metric::ConversionRateBp, october, BoardBy::Team);
    assert_eq!(told(&teams, "One"), (15, 240, Some(625)), "of sums: the average of both would be 5.625 %");
    let november = board(&mut floor, Metric::ConversionRateBp, Span::Of(Period::Month, 1), BoardBy::Rep);
    assert_eq!(told(&november, "王芳"), (0, 0, None), "what was won in November is no lead of November's");
    // the last of a week in October is the month's too
    let week = Span::Days("2027-10-25".parse().unwrap(), "2027-10-31".parse().unwrap());
    let week = board(&mut floor, Metric::ConversionRateBp, week, BoardBy::Team);
    assert_eq!(told(&week, "One"), (3, 80, Some(375)));
    opens(&mut floor, Metric::ConversionRateBp, october);
}

#[test]
fn a_lead_that_is_handed_on_is_won_for_whoever_has_it_and_a_buyer_is_no_lead() {
    let mut floor = floor();
    let (rep, mate, lead_user) = (floor.rep, floor.mate, floor.lead);
    floor.set_clock("2026-12-02T10:00:00+08:00");
    let customers: Vec<CustomerId> = (0..31).map(|n| lead(&mut floor, rep, n)).collect();
    win(&mut floor, rep, customers[0], 1_000);
    floor.pass_minutes(60);
    let give = CustomerChange::Assign {
        customers: vec![customers[0], customers[1]],
        to: Some(mate),
        reason: "交接".to_owned(),
    };
    change(&mut floor, lead_user, give).unwrap();
    floor.pass_minutes(60);
    win(&mut floor, mate, customers[1], 1_000);
    let month = board(&mut floor, Metric::ConversionRateBp, Span::this(Period::Month), BoardBy::Rep);
    // of the two that were handed on one had bought before
    assert_eq!(told(&month, "王芳"), (1, 31, Some(323)));
    assert_eq!(
        (told(&month, "李强"), row(&month, "李强").gap.done),
        ((1, 1, None), 0),
        "one case tells nothing"
    );
}

#[test]
fn what_a_head_brings_goes_by_the_days_people_were_here() {
    // S000-05: 900,000 in December, ten reps of team one, one of whom left on the 11th of 22 working days: Wednesday the 16th.
    // 9 x 22 + 11 = 209 days are 9.5 heads; 900,000 / 9.5 = 94,736.84
    let mut floor = floor();
    let (rep, mate, manager) = (floor.rep, floor.mate, floor.manager);
    for n in 0..8 {
        floor.add_user(&format!("rep{n}"), &format!("新人{n}"), Role::Rep, Some("One"));
    }
    floor.set_clock("2026-12-04T10:00:00+08:00");
    for n in 0..8 {
        let customer = lead(&mut floor, rep, n);
        win(&mut floor, rep, customer, 100_000);
    }
    let customer = lead(&mut floor, mate, 8);
    win(&mut floor, mate, customer, 100_000);
    floor.set_clock("2026-12-16T18:00:00+08:00");
    let left = PeopleChange::SetUser {
        user: mate,
        name: None,
        role: None,
        team: None,
        rank: None,
        job: None,
        state: Some(UserState::Left),
        coach: None,
    };
    floor.write(manager, Change::People(left)).unwrap();
    floor.set_clock("2027-01-05T10:00:00+08:00");
    let december = Span::Of(Period::Month, 1);
    let teams = board(&mut floor, Metric::RevenuePerHead, december, BoardBy::Team);
    assert_eq!(row(&teams, "One").ratio, Some(Ratio::by_head(90_000_000, 209, 22)));
    assert_eq!(row(&teams, "One").value(), Some(9_473_684));
    assert_eq!(row(&teams, "One").ratio.unwrap().heads(), Some(950));
    assert_eq!(row(&teams, "Two").value(), Some(0));
    let reps = board(&mut floor, Metric::RevenuePerHead, december, BoardBy::Rep);
    // whoever was here for half of the month and brought 100,000 brings 200,000 by head
    assert_eq!(row(&reps, "李强").value(), Some(20_000_000));
    assert_eq!(row(&reps, "王芳").value(), Some(80_000_000));
    let sum: i64 =
        facts(&mut floor, Metric::RevenuePerHead, december, None).iter().map(|fact| fact.value).sum();
    assert_eq!(sum, 90_000_000);
}

fn plan(floor: &mut Floor, rep: UserId, customer: CustomerId, due: &str) -> TaskId {
    let words = "回访".to_owned();
    let task = WorkChange::AddTask { customer, lane: Lane::Call, due_at: due.parse().unwrap(), words };
    floor.write(rep, Change::Work(task)).unwrap().effects.task.unwrap()
}

fn touch(floor: &mut Floor, rep: UserId, touch: LogTouch) {
    let touch = LogTouch { outcome: "talked".into(), seconds: Some(60), ..touch };
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
}

#[test]
fn what_was_planned_is_done_in_time_or_late_or_not() {
    // S002-15 twice over, as a share of twenty is withheld: 40 planned, 28 on time, 6 late: 70 % on time, 85 % done
    let mut floor = floor();
    let rep = floor.rep;
    let tasks: Vec<TaskId> = (0..40)
        .map(|n| {
            let customer = lead(&mut floor, rep, n);
            plan(&mut floor, rep, customer, "2026-11-16T15:00:00+08:00")
        })
        .collect();
    let day = Span::Days("2026-11-16".parse().unwrap(), "2026-11-16".parse().unwrap());
    let before = board(&mut floor, Metric::OnTimeRate, day, BoardBy::Rep);
    assert_eq!(told(&before, "王芳"), (0, 0, None), "nothing is due at ten");
    floor.set_clock("2026-11-16T15:00:00+08:00");
    // no commit, but the time has come: followed as well as read anew
    let due = board(&mut floor, Metric::OnTimeRate, day, BoardBy::Rep);
    assert_eq!(told(&due, "王芳"), (0, 40, Some(0)));
    for task in &tasks[..28] {
        touch(&mut floor, rep, LogTouch { task: Some(*task), ..LogTouch::default() });
    }
    floor.set_clock("2026-11-17T09:30:00+08:00");
    for task in &tasks[28..34] {
        touch(&mut floor, rep, LogTouch { task: Some(*task), ..LogTouch::default() });
    }
    let skip = WorkChange::Skip { task: tasks[34], reason: "busy".into(), words: String::new() };
    floor.write(rep, Change::Work(skip)).unwrap();
    for (metric, part, value) in [(Metric::OnTimeRate, 28, 7_000), (Metric::ExecutionRate, 34, 8_500)] {
        let reps = board(&mut floor, metric, day, BoardBy::Rep);
        assert_eq!(told(&reps, "王芳"), (part, 40, Some(value)), "{metric}");
        opens(&mut floor, metric, day);
    }
}

#[test]
fn who_goes_out_is_told_from_who_waits() {
    // S004-08: 9 of 60 touches went out to households without an order: 15 %
    let mut floor = floor();
    let rep = floor.rep;
    let (fresh, bought) = (lead(&mut floor, rep, 0), lead(&mut floor, rep, 1));
    win(&mut floor, rep, bought, 1_000);
    floor.pass_minutes(1);
    let with = |customer, direction| LogTouch {
        customer: Some(customer),
        direction: Some(direction),
        ..LogTouch::default()
    };
    for _ in 0..9 {
        touch(&mut floor, rep, with(fresh, Direction::Out));
    }
    for _ in 0..20 {
        touch(&mut floor, rep, with(fresh, Direction::In));
    }
    for _ in 0..31 {
        touch(&mut floor, rep, with(bought, Direction::Out));
    }
    // nobody was reached: no case
    let silent = LogTouch { customer: Some(fresh), outcome: "silent".into(), ..LogTouch::default() };
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(silent)))).unwrap();
    let day = Span::this(Period::Day);
    let reps = board(&mut floor, Metric::ProactiveRatio, day, BoardBy::Rep);
    assert_eq!(told(&reps, "王芳"), (9, 60, Some(1_500)));
    opens(&mut floor, Metric::ProactiveRatio, day);
}

#[test]
fn referrals_are_told_of_those_who_bought() {
    // 40 customers bought in the year, 4 referrals came in the month: 10 %; who bought two years ago is no active customer
    let mut floor = floor();
    let rep = floor.rep;
    floor.set_clock("2024-12-04T10:00:00+08:00");
    let old = lead(&mut floor, rep, 100);
    win(&mut floor, rep, old, 1_000);
    floor.set_clock("2026-11-17T10:00:00+08:00");
    for n in 0..40 {
        let customer = lead(&mut floor, rep, n);
        win(&mut floor, rep, customer, 1_000);
    }
    for n in 50..54 {
        let mut tagged = household("老客户介绍", &phone(n), Some(rep));
        tagged.tags = vec!["转介绍".to_owned()];
        add(&mut floor, rep, tagged).unwrap();
    }
    let month = Span::this(Period::Month);
    let reps = board(&mut floor, Metric::ReferralRateBp, month, BoardBy::Rep);
    assert_eq!(told(&reps, "王芳"), (4, 40, Some(1_000)));
    let sum: i64 =
        facts(&mut floor, Metric::ReferralRateBp, month, Some(rep)).iter().map(|fact| fact.value).sum();
    assert_eq!(sum, 4);
}

#[test]
fn old_customers_carry_a_target() {
    // S004-06: of a target of 100,000 a quarter customers who came 180 days ago and more bring 60,000 + 28,000 = 88,000: 88 %; what a
    // customer of 179 days brings is not theirs
    let mut floor = floor();
    let (rep, manager) = (floor.rep, floor.manager);
    floor.set_clock("2026-11-20T10:00:00+08:00");
    let old = [lead(&mut floor, rep, 0), lead(&mut floor, rep, 1)];
    floor.set_clock("2026-11-21T10:00:00+08:00");
    let young = lead(&mut floor, rep, 2);
    // 180 days after the first two
    floor.set_clock("2027-05-19T10:00:00+08:00");
    let of = (10_000_000, floor.day());
    let target = NewTarget::goal(TargetOf::User(rep), Period::Quarter, Metric::RevenueNew, of);
    floor.write(manager, Change::People(PeopleChange::SetTarget(target))).unwrap();
    win(&mut floor, rep, old[0], 60_000);
    win(&mut floor, rep, old[1], 28_000);
    win(&mut floor, rep, young, 9_000);
    let quarter = Span::this(Period::Quarter);
    let reps = board(&mut floor, Metric::SelfSufficiency, quarter, BoardBy::Rep);
    assert_eq!(told(&reps, "王芳"), (8_800_000, 10_000_000, Some(8_800)));
    let found = facts(&mut floor, Metric::SelfSufficiency, quarter, Some(rep));
    assert_eq!(found.iter().map(|fact| fact.value).collect::<Vec<_>>(), [2_800_000, 6_000_000]);
    // of a team the targets of its people together
    let teams = board(&mut floor, Metric::SelfSufficiency, quarter, BoardBy::Team);
    let sums = row(&teams, "One").ratio.unwrap().sums;
    assert_eq!(sums.part, 8_800_000);
    let people: i64 =
        reps.rows.iter().filter(|row| row.team == "One").map(|row| row.ratio.unwrap().sums.of).sum();
    assert_eq!(sums.of, people);
}

#[test]
fn a_ratio_has_a_target_of_its_own_and_equals_share_a_rank() {
    let mut floor = floor();
    let (rep, mate, manager, team) = (floor.rep, floor.mate, floor.manager, floor.team);
    floor.set_clock("2026-12-02T10:00:00+08:00");
    for (whose, first) in [(rep, 0), (mate, 100)] {
        for n in first..first + 40 {
            let customer = lead(&mut floor, whose, n);
            if n < first + 3 {
                win(&mut floor, whose, customer, 1_000);
            }
        }
    }
    let set = |floor: &mut Floor, scope, value| {
        let target = NewTarget::goal(scope, Period::Month, Metric::ConversionRateBp, (value, floor.day()));
        floor.write(manager, Change::People(PeopleChange::SetTarget(target))).unwrap();
    };
    set(&mut floor, TargetOf::User(rep), 800);
    let reps = board(&mut floor, Metric::ConversionRateBp, Span::this(Period::Month), BoardBy::Rep);
    // 3 / 40 = 7.5 %: half a point is missing; by the day there is nothing to bring, and no pace
    let mine = row(&reps, "王芳");
    assert_eq!((mine.gap.target, mine.gap.gap, mine.gap.pace, mine.gap.per_day), (800, 50, 0, None));
    assert_eq!((mine.rank, row(&reps, "李强").rank, mine.behind, mine.outlook), (1, 1, None, None));
    // a share is the same for the week as for its month
    let week = board(&mut floor, Metric::ConversionRateBp, Span::this(Period::Week), BoardBy::Rep);
    assert_eq!(row(&week, "王芳").gap.target, 800);
    // of a team whose people have different ones nothing is made up
    let of_team = |floor: &mut Floor| {
        let teams = board(floor, Metric::ConversionRateBp, Span::this(Period::Month), BoardBy::Team);
        row(&teams, "One").gap.target
    };
    assert_eq!(of_team(&mut floor), 800, "the only one that is set");
    set(&mut floor, TargetOf::User(mate), 900);
    assert_eq!(of_team(&mut floor), 0);
    set(&mut floor, TargetOf::Team(team), 850);
    assert_eq!(of_team(&mut floor), 850);
}

/// The board a connection that knows nothing yet reads.
fn afresh(floor: &Floor, ask: &BoardAsk) -> SharedBoard {
    match floor.second().read(&Query::Board(ask.clone())).unwrap() {
        Answer::Board(board) => board,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ratio_that_is_followed_is_the_ratio_that_is_read_anew() {
    const RATIOS: [Metric; 7] = [
        Metric::OnTimeRate,
        Metric::ExecutionRate,
        Metric::ProactiveRatio,
        Metric::SelfSufficiency,
        Metric::ConversionRateBp,
        Metric::ReferralRateBp,
        Metric::RevenuePerHead,
    ];
    let mut floor = floor();
    let (rep, mate, lead_user) = (floor.rep, floor.mate, floor.lead);
    let mut seen = Vec::new();
    let mut agree = |floor: &mut Floor, when: &str| {
        for metric in RATIOS {
            for by in [BoardBy::Rep, BoardBy::Team, BoardBy::Coach] {
                let ask = BoardAsk::new(metric, Span::this(Period::Month), by, floor.now());
                let Answer::Board(kept) = floor.read(&Query::Board(ask.clone())).unwrap() else { panic!() };
                assert_eq!(*kept, *afresh(floor, &ask), "{when}: {ask:?}");
                let sums: Vec<Share> = kept.rows.iter().filter_map(|row| Some(row.ratio?.sums)).collect();
                seen.push((metric, sums));
            }
        }
    };
    agree(&mut floor, "nothing yet");
    let customer = lead(&mut floor, rep, 0);
    let other = lead(&mut floor, mate, 1);
    let task = plan(&mut floor, rep, customer, "2026-11-16T11:00:00+08:00");
    plan(&mut floor, mate, other, "2026-11-16T11:00:00+08:00");
    agree(&mut floor, "given and planned");
    floor.set_clock("2026-11-16T11:30:00+08:00");
    agree(&mut floor, "fallen due");
    touch(&mut floor, rep, LogTouch { task: Some(task), ..LogTouch::default() });
    agree(&mut floor, "done");
    win(&mut floor, rep, customer, 1_000);
    agree(&mut floor, "won");
    let give = CustomerChange::Assign { customers: vec![other], to: Some(rep), reason: "交接".to_owned() };
    change(&mut floor, lead_user, give).unwrap();
    agree(&mut floor, "handed on");
    floor.write(lead_user, Change::Undo { write: None }).unwrap();
    agree(&mut floor, "handed back");
    let reassign =
        corral::store::change::DeskChange::Reassign { from: mate, to: vec![rep], tasks: Vec::new() };
    floor.write(lead_user, Change::Desk(reassign)).unwrap();
    agree(&mut floor, "the day given");
    floor.set_clock("2026-11-18T10:00:00+08:00");
    floor.move_to(mate, "Two");
    agree(&mut floor, "another team");
    // each of them was more than nothing at some time
    for metric in RATIOS {
        assert!(
            seen.iter().any(|(of, sums)| *of == metric && sums.iter().any(|sums| sums.of > 0)),
            "{metric}"
        );
    }
}
