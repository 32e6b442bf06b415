//! The stock-take of a team's open deals: thirty decisions kept, what has changed first, undo, rights, a forecast by hand; the same from
//! the command line and by keys alone.

use std::collections::BTreeMap;

use corral::app::Event;
use corral::app::action::Context;
use corral::domain::code::ReasonCode;
use corral::domain::id::{CustomerId, DealId, TeamId, UserId};
use corral::domain::lists::{Role, StockDecision, StockNews};
use corral::domain::money::Money;
use corral::domain::report::share::Share;
use corral::domain::stock::Expected;
use corral::screen::stock::Stock;
use corral::store::StoreError;
use corral::store::change::deal::NewOrder;
use corral::store::change::desk::TakeStock;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, Commit, CustomerChange, DealChange, DeskChange};
use corral::store::query::stock::{StockPage, StockRow, StockSaved};
use corral::store::query::{Answer, DeskAnswer, DeskAsk, Query};
use corral::text::Lang;
use corral::theme::Manner;

use crate::customers::household;
use crate::floor::Floor;
use crate::program::Program;
use crate::school::{cell, deal, deal_of, facts, family, is_clean, log, school, undo};
use crate::seat::Seat;

/// Twenty-one days after the school's morning: older than its fourteen.
const LATER: &str = "2026-12-08T10:30:00+08:00";

fn page(floor: &mut Floor, by: UserId) -> StockPage {
    let by = floor.sees(by);
    match floor.read(&Query::Desk(DeskAsk::Stock { by, team: None, after: None, limit: 100 })).unwrap() {
        Answer::Desk(DeskAnswer::Stock(page)) => *page,
        other => panic!("{other:?}"),
    }
}

fn saved(floor: &mut Floor, by: UserId) -> StockSaved {
    let by = floor.sees(by);
    let ask = DeskAsk::StockSaved { by, team: None, take: None, after: None, limit: 100 };
    match floor.read(&Query::Desk(ask)).unwrap() {
        Answer::Desk(DeskAnswer::StockSaved(saved)) => *saved,
        other => panic!("{other:?}"),
    }
}

fn take(floor: &mut Floor, by: UserId, wanted: TakeStock) -> Result<Commit, StoreError> {
    floor.write(by, Change::Desk(DeskChange::TakeStock(Box::new(wanted))))
}

fn finish(floor: &mut Floor, by: UserId) -> Result<Commit, StoreError> {
    let team = floor.team;
    floor.write(by, Change::Desk(DeskChange::FinishStock { team }))
}

fn code<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> String {
    answer.unwrap_err().code().to_owned()
}

/// A school whose rep and mate have so many families between them, looked at three weeks later.
fn families(count: u32) -> (Floor, Vec<CustomerId>) {
    let mut floor = school();
    let (rep, mate) = (floor.rep, floor.mate);
    let ids = (0..count)
        .map(|n| family(&mut floor, if n % 2 == 0 { rep } else { mate }, &format!("1380000{n:04}"), ""))
        .collect();
    floor.set_clock(LATER);
    (floor, ids)
}

/// What a row is decided as, by its place: six of each of the five.
fn wanted(place: usize, deal: DealId) -> TakeStock {
    let decision = StockDecision::ALL[place % StockDecision::ALL.len()];
    let plain = TakeStock::new(deal, decision);
    match decision {
        StockDecision::Advance => TakeStock { set: facts(), ..plain },
        StockDecision::Drop => TakeStock { reason: Some(ReasonCode::from("lost_time")), ..plain },
        StockDecision::Coach => TakeStock { words: "先约试听".to_owned(), ..plain },
        StockDecision::Pool | StockDecision::Keep => plain,
    }
}

fn news(rows: &[StockRow]) -> Vec<&[StockNews]> {
    rows.iter().map(|row| row.news.as_slice()).collect()
}

#[test]
fn thirty_rows_are_decided_about_kept_and_the_next_time_begins_with_what_changed() {
    let (mut floor, families) = families(30);
    let lead = floor.lead;
    let first = page(&mut floor, lead);
    assert_eq!((first.all, first.left, first.older_than, first.open.is_none()), (30, 30, 14, true));
    // rep by rep, by name: all of one before the other
    let owners: Vec<&str> = first.rows.iter().map(|row| row.owner.1.as_str()).collect();
    assert_eq!(owners.iter().filter(|name| **name == owners[0]).count(), 15);
    assert!(owners[..15].iter().all(|name| *name == owners[0]));
    assert_eq!(first.rows[0].value, Money::whole(4_680), "nothing was told: the price of the first product");
    for (place, row) in first.rows.iter().enumerate() {
        take(&mut floor, lead, wanted(place, row.deal)).unwrap();
        floor.pass_minutes(1);
    }
    let done = page(&mut floor, lead);
    assert_eq!((done.all, done.left), (30, 0));
    assert_eq!(done.decided, StockDecision::ALL.iter().map(|said| (*said, 6)).collect::<Vec<_>>());
    finish(&mut floor, lead).unwrap();

    let kept = saved(&mut floor, lead);
    assert_eq!((kept.rows.len(), kept.left_over), (30, 0));
    assert!(kept.finished.is_some());
    // the decisions are real: six moved, six lost, six of nobody, six with a task of the rep's
    assert_eq!(cell(&floor, "SELECT count(*) FROM deal WHERE stage = 'connected' AND state = 'open'"), "6");
    assert_eq!(cell(&floor, "SELECT count(*) FROM deal WHERE state = 'lost' AND reason = 'lost_time'"), "6");
    assert_eq!(cell(&floor, "SELECT count(*) FROM customer WHERE owner_id IS NULL"), "6");
    let coached = "SELECT count(*) FROM task t JOIN customer c ON c.id = t.customer_id WHERE t.task_key LIKE 'manual:%' \
                   AND t.owner_id = c.owner_id";
    assert_eq!(cell(&floor, coached), "6");

    // a week later eighteen are left; one was called, one was told another price, everything else stands as it was left
    floor.set_clock("2026-12-15T10:30:00+08:00");
    let rows = page(&mut floor, lead).rows;
    assert_eq!(rows.len(), 18);
    assert!(rows.iter().all(|row| row.news.is_empty() && row.last.is_some()), "{:?}", news(&rows));
    let (called, priced) = (rows[9].clone(), rows[17].clone());
    let touch =
        LogTouch { customer: Some(called.customer.0), outcome: "no_answer".into(), ..LogTouch::default() };
    log(&mut floor, called.owner.0, touch).unwrap();
    let on = corral::store::change::customer::FieldOwner::Deal(priced.deal);
    let told =
        CustomerChange::SetField { on, field: "price_told".into(), value: "4480".to_owned(), seen: None };
    floor.write(priced.owner.0, Change::Customer(told)).unwrap();
    let next = page(&mut floor, lead);
    assert_eq!(next.left_changed, 2);
    let deals: Vec<DealId> = next.rows.iter().take(2).map(|row| row.deal).collect();
    assert!(deals.contains(&called.deal) && deals.contains(&priced.deal), "what changed comes first");
    let of = |deal: DealId| next.rows.iter().find(|row| row.deal == deal).unwrap();
    assert_eq!(of(called.deal).news, [StockNews::Contact]);
    assert_eq!(of(priced.deal).news, [StockNews::Value]);
    assert_eq!(of(priced.deal).value, Money::whole(4_480));
    assert!(next.rows[2..].iter().all(|row| row.news.is_empty()));
    assert_eq!(families.len(), 30);
    is_clean(&mut floor);
}

#[test]
fn an_undo_marks_the_row_and_what_was_finished_opens_again() {
    let (mut floor, _) = families(2);
    let lead = floor.lead;
    let rows = page(&mut floor, lead).rows;
    let lost =
        TakeStock { reason: Some("lost_price".into()), ..TakeStock::new(rows[0].deal, StockDecision::Drop) };
    take(&mut floor, lead, lost.clone()).unwrap();
    floor.pass_minutes(1);
    undo(&mut floor, lead).unwrap();
    let state = format!("SELECT state FROM deal WHERE id = {}", rows[0].deal);
    assert_eq!(cell(&floor, &state), "open");
    let kept = saved(&mut floor, lead);
    assert_eq!(kept.rows.len(), 1, "the row stays");
    assert_eq!(kept.rows[0].decided.as_ref().unwrap().void_at, Some(floor.now()));
    assert_eq!((kept.decided.len(), kept.left_over), (0, 2));
    // it goes on where it was: another decision, a pool taken back, the end, and the end taken back
    take(&mut floor, lead, lost).unwrap();
    take(&mut floor, lead, TakeStock::new(rows[1].deal, StockDecision::Pool)).unwrap();
    undo(&mut floor, lead).unwrap();
    assert_eq!(page(&mut floor, lead).left, 1);
    finish(&mut floor, lead).unwrap();
    assert_eq!(saved(&mut floor, lead).left_over, 1);
    assert_eq!(code(finish(&mut floor, lead)), "not_begun");
    undo(&mut floor, lead).unwrap();
    assert!(saved(&mut floor, lead).finished.is_none());
    assert!(page(&mut floor, lead).open.is_some());
    is_clean(&mut floor);
}

#[test]
fn who_leads_the_team_decides_once_about_a_deal_that_is_old_enough() {
    let (mut floor, families) = families(2);
    let (rep, lead, manager) = (floor.rep, floor.lead, floor.manager);
    let other = floor.add_user("lead2", "周组长", Role::Lead, Some("Two"));
    let id = deal_of(&floor, families[0]);
    let keep = || TakeStock::new(id, StockDecision::Keep);
    assert_eq!(code(take(&mut floor, rep, keep())), "forbidden");
    assert_eq!(code(take(&mut floor, other, keep())), "forbidden");
    let drop = TakeStock::new(id, StockDecision::Drop);
    assert_eq!(code(take(&mut floor, lead, drop)), "no_reason");
    assert_eq!(code(take(&mut floor, lead, TakeStock::new(id, StockDecision::Coach))), "no_words");
    let advance = TakeStock::new(id, StockDecision::Advance);
    assert_eq!(code(take(&mut floor, lead, advance)), "missing_facts");
    assert_eq!(cell(&floor, "SELECT count(*) FROM stock_take"), "0", "what is refused leaves nothing");
    take(&mut floor, lead, keep()).unwrap();
    assert_eq!(code(take(&mut floor, manager, keep())), "conflict");
    let young = family(&mut floor, rep, "13900000001", "");
    let young = deal_of(&floor, young);
    assert_eq!(code(take(&mut floor, lead, TakeStock::new(young, StockDecision::Keep))), "too_young");
    assert_eq!(code(finish(&mut floor, other)), "forbidden");
    let by = floor.sees(rep);
    let asked = floor.read(&Query::Desk(DeskAsk::Stock { by, team: None, after: None, limit: 9 }));
    assert_eq!(code(asked), "forbidden");
}

/// Forty deals of October, ten of them won before its end and five after it.
fn october(count: u32, in_time: usize, after: usize) -> Floor {
    let mut floor = Floor::new();
    floor.set_clock("2026-10-01T10:00:00+08:00");
    let rep = floor.rep;
    let ids: Vec<CustomerId> = (0..count)
        .map(|n| {
            let new = household("刘梅", &format!("1380000{n:04}"), Some(rep));
            crate::customers::add(&mut floor, rep, new).unwrap()
        })
        .collect();
    let win = |floor: &mut Floor, customer: CustomerId| {
        let order = NewOrder {
            deal: deal_of(floor, customer),
            product: "course".into(),
            price: Money::whole(1_000),
            coupon: None,
            paid: Money::whole(1_000),
            set: Vec::new(),
        };
        deal(floor, rep, DealChange::Win(Box::new(order))).unwrap();
    };
    floor.set_clock("2026-10-20T10:00:00+08:00");
    for customer in &ids[..in_time] {
        win(&mut floor, *customer);
    }
    floor.set_clock("2026-11-05T10:00:00+08:00");
    for customer in &ids[in_time..in_time + after] {
        win(&mut floor, *customer);
    }
    floor.set_clock("2026-11-16T10:00:00+08:00");
    floor
}

#[test]
fn a_month_ends_with_open_deals_by_what_became_of_such_deals_before() {
    // on 17 October, as far from its end as today from November's, forty were open and ten of them were won by it: a quarter.
    // Twenty-five of 1,000 are open today: 6.25 deals, 6,250.00
    let mut floor = october(40, 10, 5);
    let lead = floor.lead;
    let first = page(&mut floor, lead).rows[0].deal;
    take(&mut floor, lead, TakeStock::new(first, StockDecision::Keep)).unwrap();
    finish(&mut floor, lead).unwrap();
    let kept = saved(&mut floor, lead);
    assert_eq!(kept.forecast.month_end.to_string(), "2026-11-30");
    let rate = &kept.forecast.rates[0];
    assert_eq!((rate.stage.as_str(), rate.deals, rate.value), ("new", 25, Money::whole(25_000)));
    assert_eq!(rate.won, Share::of(10, 40));
    let sums = kept.forecast.sums();
    assert_eq!(sums.expected, Expected { hundredths: 625, value: Money::whole(6_250) });
    assert_eq!((sums.deals, sums.withheld, kept.left_over), (25, 0, 24));
    is_clean(&mut floor);
}

#[test]
fn a_forecast_of_too_few_cases_is_withheld() {
    // twelve cases are fewer than thirty: the eight deals that are open are left out, and told
    let mut floor = october(12, 3, 1);
    let lead = floor.lead;
    let first = page(&mut floor, lead).rows[0].deal;
    take(&mut floor, lead, TakeStock::new(first, StockDecision::Keep)).unwrap();
    let open = saved(&mut floor, lead);
    assert_eq!(open.forecast.rates[0].won.shown(), "12/30");
    let sums = open.forecast.sums();
    assert_eq!((sums.deals, sums.withheld, sums.expected), (0, 8, Expected::default()));
}

#[test]
fn thirty_rows_are_finished_from_the_command_line() {
    let program = Program::with("edu-english", &["lin"]);
    program.json("2026-11-16T09:30:00+08:00", &["user", "add", "ma", "--role", "lead", "--team", "One"]);
    let rows = (0..30).map(|n| format!("家庭{n},1380000{n:04}\n"));
    let leads = std::iter::once("name,phone\n".to_owned()).chain(rows).collect::<String>();
    program.import("2026-11-17T10:05:00+08:00", &leads, &["--assign", "lin", "--user", "boss"]);
    let as_lead = |words: &[&str]| program.json(LATER, &[&["desk", "--user", "ma"], words].concat());
    let list = as_lead(&["stock-take", "list"]);
    let rows = list["rows"].as_array().unwrap().clone();
    assert_eq!((rows.len(), &list["left"]), (30, &serde_json::json!(30)));
    let mut said: BTreeMap<&str, u32> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let deal = row["deal"].as_str().unwrap();
        let words: &[&str] = match place % 5 {
            0 => &[
                "advance",
                "--set",
                "child_age=6",
                "--set",
                "english_base=zero",
                "--set",
                "decider_known=both",
            ],
            1 => &["drop", "--reason", "lost_time"],
            2 => &["pool"],
            3 => &["coach", "--words", "先约试听"],
            _ => &["keep"],
        };
        as_lead(&[&["stock-take", "decide", deal], words].concat());
        *said.entry(words[0]).or_default() += 1;
    }
    let kept = as_lead(&["stock-take", "finish"]);
    assert_eq!(kept["rows"].as_array().unwrap().len(), 30);
    assert_eq!(kept["decided"], serde_json::json!(said));
    assert!(kept["finished_at"].is_string());
    // all there were are open in a stage nobody has cases of: withheld
    assert_eq!((&kept["forecast"]["deals"], &kept["forecast"]["withheld"]), (&0.into(), &18.into()));
    assert_eq!(as_lead(&["stock-take", "show"]), kept);
    let next = as_lead(&["stock-take"]);
    assert_eq!((&next["left"], &next["left_changed"]), (&18.into(), &0.into()));
    program.verified();
}

/// Somebody of a team over its stock-take.
fn seat_of(floor: Floor, by: UserId, team: TeamId) -> Seat {
    Seat::new(floor, by, Stock::new(Some(team)), (Lang::En, Manner::Drawn))
}

#[test]
fn thirty_rows_are_finished_by_keys_alone() {
    let (floor, _) = families(30);
    let (lead, team) = (floor.lead, floor.team);
    let mut seat = seat_of(floor, lead, team);
    assert!(seat.screen(80, 24).contains("30 left"), "{}", seat.screen(80, 24));
    // one row each: kept, given to the pool, lost for want of time, coached with the line that stands there
    for _ in 0..7 {
        seat.play("space p d 3 c enter");
    }
    assert!(seat.screen(80, 24).contains("2 left"), "{}", seat.screen(80, 24));
    // who comes back goes on where it was
    let Seat { mut floor, .. } = seat;
    floor.pass_minutes(5);
    let mut seat = seat_of(floor, lead, team);
    assert!(seat.screen(80, 24).contains("2 left"), "{}", seat.screen(80, 24));
    seat.play("space");
    // the last one goes on to a stage that asks for three facts: an age and two choices
    seat.play("a");
    assert_eq!(seat.app.context(), Some(Context::Form), "{}", seat.screen(80, 24));
    seat.play("esc space");
    assert!(seat.screen(80, 24).contains("End of the stock-take"), "{}", seat.screen(80, 24));
    seat.play("enter");
    assert!(seat.screen(80, 24).contains("Saved."), "{}", seat.screen(80, 24));
    let mut floor = seat.floor;
    let kept = saved(&mut floor, lead);
    assert_eq!(kept.rows.len(), 30);
    assert!(kept.finished.is_some());
    let counts: Vec<u32> = kept.decided.iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [7, 7, 7, 9], "drop, pool, coach, keep");
    is_clean(&mut floor);
}

#[test]
fn an_undo_by_key_selects_the_row_it_brings_back() {
    let (floor, _) = families(3);
    let (lead, team) = (floor.lead, floor.team);
    let mut seat = seat_of(floor, lead, team);
    seat.play("space");
    // decisions of one instant are in no order
    seat.floor.pass_minutes(1);
    seat.play("p");
    assert!(seat.screen(80, 24).contains("1 left"), "{}", seat.screen(80, 24));
    seat.play("u");
    seat.floor.pass_minutes(1);
    seat.event(Event::Minute);
    assert!(seat.screen(80, 24).contains("2 left"), "{}", seat.screen(80, 24));
    // the key acts on the row that came back
    seat.play("d 3");
    let mut floor = seat.floor;
    let rows = saved(&mut floor, lead).rows;
    let told: Vec<_> = rows
        .iter()
        .filter_map(|row| row.decided.as_ref().map(|said| (row.deal, said.decision, said.void_at.is_some())))
        .collect();
    let (pooled, lost) = (told[1], told[2]);
    assert_eq!((pooled.1, pooled.2), (StockDecision::Pool, true));
    assert_eq!((lost.1, lost.2), (StockDecision::Drop, false));
    assert_eq!(pooled.0, lost.0, "the same deal");
    is_clean(&mut floor);
}

#[test]
fn a_long_list_is_read_by_windows_in_one_order() {
    let (mut floor, _) = families(7);
    let by = floor.sees(floor.lead);
    let whole: Vec<DealId> = {
        let lead = floor.lead;
        page(&mut floor, lead).rows.iter().map(|row| row.deal).collect()
    };
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let ask = DeskAsk::Stock { by, team: None, after, limit: 3 };
        let Answer::Desk(DeskAnswer::Stock(page)) = floor.read(&Query::Desk(ask)).unwrap() else { panic!() };
        assert_eq!(page.all, 7);
        if page.rows.is_empty() {
            break;
        }
        seen.extend(page.rows.iter().map(|row| row.deal));
        after = seen.last().copied();
    }
    assert_eq!(seen, whole);
}
