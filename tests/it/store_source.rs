//! Boards by where leads came from, and products that have a floor, against figures by hand.

use corral::domain::floor::HeldDown;
use corral::domain::id::{CustomerId, UserId};
use corral::domain::lists::{Metric, Period};
use corral::domain::money::Money;
use corral::domain::span::Span;
use corral::playbook::model::Bilingual;
use corral::store::change::deal::NewOrder;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, CustomerChange, DealChange, WorkChange};
use corral::store::query::BoardAsk;
use corral::store::query::board::{BoardBy, BoardRow, LostFor, SharedBoard};

use crate::customers::{add, card, change, household};
use crate::floor::Floor;

fn lead(floor: &mut Floor, rep: UserId, source: &str, n: usize) -> CustomerId {
    let mut new = household("客户", &format!("138{n:08}"), Some(rep));
    source.clone_into(&mut new.source);
    add(floor, rep, new).unwrap()
}

fn win(floor: &mut Floor, rep: UserId, customer: CustomerId, product: &str, yuan: i64) {
    let deal = card(floor, rep, customer).deals[0].id;
    let order = NewOrder {
        deal,
        product: product.into(),
        price: Money::whole(yuan),
        coupon: None,
        paid: Money::whole(0),
        set: Vec::new(),
    };
    floor.write(rep, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
}

fn reach(floor: &mut Floor, rep: UserId, customer: CustomerId, seconds: u32) {
    let touch = LogTouch {
        customer: Some(customer),
        outcome: "talked".into(),
        seconds: Some(seconds),
        ..LogTouch::default()
    };
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
}

fn board(floor: &mut Floor, metric: Metric, by: BoardBy) -> SharedBoard {
    floor.board(BoardAsk::new(metric, Span::this(Period::Month), by, floor.now())).unwrap()
}

/// Rank, source, leads, valid, attended, won, revenue.
fn told(row: &BoardRow) -> (u32, &str, [i64; 5]) {
    let sums = row.source.as_ref().unwrap();
    (row.rank, &row.name, [sums.leads, sums.valid, sums.attended, sums.won, sums.revenue])
}

#[test]
fn a_source_whose_leads_nobody_wins_is_the_last_row_with_the_reasons() {
    // S001-86: source X 200 leads, 18 valid, 0 won; the fair 40 leads, 9 valid, 2 won for 1,900
    let mut floor = Floor::new();
    let (rep, mate, lead_user) = (floor.rep, floor.mate, floor.lead);
    let bought: Vec<CustomerId> = (0..200).map(|n| lead(&mut floor, rep, "X", n)).collect();
    let fair: Vec<CustomerId> = (200..240).map(|n| lead(&mut floor, mate, "展会", n)).collect();
    floor.pass_minutes(5);
    for customer in &bought[..18] {
        reach(&mut floor, rep, *customer, 60);
    }
    // thirty seconds make a call valid here
    reach(&mut floor, rep, bought[18], 29);
    for customer in &fair[..9] {
        reach(&mut floor, mate, *customer, 60);
    }
    for (customer, yuan) in [(fair[0], 1_000), (fair[1], 900)] {
        win(&mut floor, mate, customer, "course", yuan);
    }
    for customer in &bought[..3] {
        let deal = card(&mut floor, rep, *customer).deals[0].id;
        let lost = DealChange::Lose { deal, reason: "price".into(), words: String::new() };
        floor.write(rep, Change::Deal(lost)).unwrap();
    }
    // handed on it is still one household of the fair's
    let give =
        CustomerChange::Assign { customers: vec![fair[2]], to: Some(rep), reason: "交接".to_owned() };
    floor.pass_minutes(5);
    change(&mut floor, lead_user, give).unwrap();
    let expected = [(1, "展会", [40, 9, 0, 2, 190_000]), (2, "X", [200, 18, 0, 0, 0])];
    let month = board(&mut floor, Metric::RevenueNew, BoardBy::Source);
    assert_eq!(month.rows.iter().map(told).collect::<Vec<_>>(), expected);
    let reasons = |row: &BoardRow| row.source.as_ref().unwrap().reasons.clone();
    let name = Some(Bilingual { zh: "价格".to_owned(), en: "Price".to_owned() });
    assert_eq!(reasons(&month.rows[1]), [LostFor { reason: "price".to_owned(), name, count: 3 }]);
    assert_eq!(reasons(&month.rows[0]), []);
    // by valid calls X is the first, by the share that was won the last: 2 / 40 = 5 %
    let valid = board(&mut floor, Metric::CallsValid, BoardBy::Source);
    assert_eq!(
        valid.rows.iter().map(|row| (&*row.name, row.gap.done)).collect::<Vec<_>>(),
        [("X", 18), ("展会", 9)]
    );
    let share = board(&mut floor, Metric::ConversionRateBp, BoardBy::Source);
    assert_eq!(
        share.rows.iter().map(|row| (&*row.name, row.value())).collect::<Vec<_>>(),
        [("展会", Some(500)), ("X", Some(0))]
    );
    let now = floor.now();
    let talk = BoardAsk::new(Metric::TalkMinutes, Span::this(Period::Month), BoardBy::Source, now);
    assert_eq!(floor.board(talk).unwrap_err().code(), "not_by_source");
}

#[test]
fn leads_of_a_source_are_of_the_team_that_has_them_and_are_read_once_a_minute() {
    let mut floor = Floor::new();
    let (rep, stranger, team) = (floor.rep, floor.stranger, floor.team);
    lead(&mut floor, rep, "X", 0);
    lead(&mut floor, stranger, "X", 1);
    let of_team = |floor: &mut Floor| {
        let now = floor.now();
        let asked = BoardAsk::new(Metric::RevenueNew, Span::this(Period::Month), BoardBy::Source, now);
        floor.board(BoardAsk { team: Some(team), ..asked }).unwrap().rows[0].source.as_ref().unwrap().leads
    };
    assert_eq!(of_team(&mut floor), 1);
    lead(&mut floor, rep, "X", 2);
    assert_eq!(of_team(&mut floor), 1, "what was read stands for a minute");
    floor.pass_minutes(1);
    assert_eq!(of_team(&mut floor), 2);
}

/// A target of 10,000 a month, and three orders of the new product beside it.
fn with_floor() -> Floor {
    let method = include_str!("floor/small.toml");
    Floor::with(&format!(
        "{method}\n[[products]]\nid = \"fresh\"\nname = {{ zh = \"新课\", en = \"New course\" }}\nprice = 100\nfloor = 10\n\
         [[product_floors]]\nproduct = \"fresh\"\nleast = 3\n"
    ))
}

#[test]
fn below_the_floor_of_a_new_product_no_more_than_the_cap_is_attained() {
    // S003-12, formulas.md 13: 12,000 of 10,000 in the old product, none of a floor of 3 in the new one: 90 %, 3 to go
    let mut floor = with_floor();
    let rep = floor.rep;
    for n in 0..12 {
        let customer = lead(&mut floor, rep, "", n);
        win(&mut floor, rep, customer, "course", 1_000);
    }
    let held = |share_bp, to_go| Some(HeldDown { share_bp, short: vec![("fresh".into(), to_go)] });
    let of = |board: &SharedBoard, name: &str| {
        let row = board.rows.iter().find(|row| row.name == name).unwrap();
        (row.gap.done, row.held_down.clone())
    };
    let reps = board(&mut floor, Metric::RevenueNew, BoardBy::Rep);
    assert_eq!(of(&reps, "王芳"), (1_200_000, held(9_000, 3)), "what was sold stays what it is");
    assert_eq!(of(&reps, "李强"), (0, held(0, 3)));
    let attained = board(&mut floor, Metric::Attainment, BoardBy::Rep);
    assert_eq!(of(&attained, "王芳").0, 9_000);
    // a team's floor is that of its people: two of them, and 12,000 of 20,000
    let teams = board(&mut floor, Metric::RevenueNew, BoardBy::Team);
    assert_eq!(of(&teams, "One"), (1_200_000, held(6_000, 6)));
    assert_eq!(floor.gap_line(rep).held_down, held(9_000, 3));
    for n in 12..14 {
        let customer = lead(&mut floor, rep, "", n);
        win(&mut floor, rep, customer, "fresh", 10);
    }
    assert_eq!(floor.gap_line(rep).held_down, held(9_000, 1));
    let customer = lead(&mut floor, rep, "", 14);
    win(&mut floor, rep, customer, "fresh", 10);
    // 12,030 of 10,000; the board is the one that was looked at before, followed
    let reps = board(&mut floor, Metric::RevenueNew, BoardBy::Rep);
    assert_eq!(of(&reps, "王芳"), (1_203_000, None));
    let attained = board(&mut floor, Metric::Attainment, BoardBy::Rep);
    assert_eq!(of(&attained, "王芳").0, 12_030);
    assert_eq!(floor.gap_line(rep).held_down, None);
    // taken back, the last one is to go again
    floor.write(rep, Change::Undo { write: None }).unwrap();
    let reps = board(&mut floor, Metric::RevenueNew, BoardBy::Rep);
    assert_eq!(of(&reps, "王芳"), (1_202_000, held(9_000, 1)));
    let week = Span::this(Period::Week);
    let now = floor.now();
    let week = floor.board(BoardAsk::new(Metric::RevenueNew, week, BoardBy::Rep, now)).unwrap();
    assert_eq!(of(&week, "王芳").1, None, "a floor is of its period");
}
