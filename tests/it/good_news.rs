//! Good news: what is told and when, who hears of it, that it is taken back with what it told of, and that it waits while one is in a
//! call. Figures by hand.

use corral::app::{Effect, Event};
use corral::domain::id::{NewsId, UserId};
use corral::domain::lists::{Gladness, Metric, Role};
use corral::domain::money::Money;
use corral::domain::time::Timestamp;
use corral::store::change::deal::NewOrder;
use corral::store::change::{Change, DealChange, Topic};
use corral::store::query::{Answer, GoodNews, GoodNewsAsk, Query};
use corral::text::Lang;

use crate::customers::{add, card, household};
use crate::floor::Floor;
use crate::screens_work::floor::Floor as Desk;

const RULES: &str = r#"
[[good_news]]
id = "big"
on = "order_won"
at_least = 3000
says = { zh = "{rep} 签 {amount}", en = "{rep} won {amount}" }
[[good_news]]
id = "reached"
on = "target_reached"
metric = "revenue_new"
scope = "floor"
says = { zh = "{rep} 完成 {amount}", en = "{rep} reached {amount}" }
[[good_news]]
id = "passed"
on = "rank_passed"
metric = "revenue_new"
says = { zh = "{rep} 超过 {other}", en = "{rep} passed {other}" }
"#;

/// Targets of 10,000 a month, by the junior's rank.
fn floor() -> Floor {
    let method = include_str!("floor/small.toml")
        .replace("price = 1000\nfloor = 800", "price = 20000\nfloor = 1")
        .replace(
            "list = 1000\nlowest = 800\napprove_below = 900",
            "list = 20000\nlowest = 1\napprove_below = 1",
        );
    Floor::with(&format!("{method}{RULES}"))
}

fn sell(floor: &mut Floor, rep: UserId, phone: &str, yuan: i64) {
    let customer = add(floor, rep, household("刘梅", phone, Some(rep))).unwrap();
    let deal = card(floor, rep, customer).deals[0].id;
    let (price, paid) = (Money::whole(yuan), Money(0));
    let order = NewOrder { deal, product: "course".into(), price, coupon: None, paid, set: Vec::new() };
    floor.write(rep, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
}

fn heard(floor: &mut Floor, by: UserId, after: (Timestamp, NewsId), limit: usize) -> Vec<GoodNews> {
    let ask = GoodNewsAsk { by: floor.sees(by), day: floor.day(), after, limit };
    match floor.read(&Query::GoodNews(ask)).unwrap() {
        Answer::GoodNews(news) => news,
        other => panic!("{other:?}"),
    }
}

fn told(news: &[GoodNews]) -> Vec<(&str, &str, i64, Option<&str>)> {
    news.iter().map(|n| (n.rule.as_str(), n.rep.1.as_str(), n.value, n.other.as_deref())).collect()
}

const FIRST: (Timestamp, NewsId) = (Timestamp(0), NewsId(0));

#[test]
fn an_order_a_target_and_a_rank_are_told_once_and_in_their_order() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    sell(&mut floor, mate, "13800138000", 2_999);
    assert_eq!(heard(&mut floor, rep, FIRST, 9), [], "one short of what is told; nobody was passed");
    sell(&mut floor, mate, "13800138001", 4_000);
    floor.pass_minutes(1);
    // 9,000 pass the mate's 6,999, and are 1,000 short of the target
    sell(&mut floor, rep, "13800138002", 9_000);
    floor.pass_minutes(1);
    // 10,500 reach it; whom they passed already is not passed again
    sell(&mut floor, rep, "13800138003", 1_500);
    floor.pass_minutes(1);
    sell(&mut floor, rep, "13800138004", 500);
    let news = heard(&mut floor, rep, FIRST, 9);
    let mut told = told(&news);
    // the two of one change in either order
    told[1..3].sort_unstable();
    let expected = [
        ("big", "李强", 400_000, None),
        ("big", "王芳", 900_000, None),
        ("passed", "王芳", 900_000, Some("李强")),
        ("reached", "王芳", 1_050_000, None),
    ];
    assert_eq!(told, expected);
    assert_eq!(news[3].kind, Gladness::TargetReached);
    assert_eq!(news[3].metric, Metric::RevenueNew);
}

#[test]
fn a_team_hears_of_its_own_and_everybody_of_what_is_for_all() {
    let mut floor = floor();
    let (mate, stranger, manager) = (floor.mate, floor.stranger, floor.manager);
    sell(&mut floor, stranger, "13800138000", 12_000);
    for (who, expected) in [
        (stranger, vec!["big", "reached"]),
        (mate, vec!["reached"]),
        // who is of no team, or leads several
        (manager, vec!["big", "reached"]),
    ] {
        let news = heard(&mut floor, who, FIRST, 9);
        let mut rules: Vec<&str> = news.iter().map(|n| n.rule.as_str()).collect();
        rules.sort_unstable();
        assert_eq!(rules, expected);
    }
    // what another team was told does not take the place of the own
    let reached = heard(&mut floor, mate, FIRST, 1);
    assert_eq!(reached[0].rule, "reached");
    let after = (reached[0].at, reached[0].id);
    sell(&mut floor, stranger, "13800138001", 5_000);
    assert_eq!(heard(&mut floor, mate, after, 9), []);
}

#[test]
fn what_is_taken_back_is_told_no_more() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    sell(&mut floor, rep, "13800138000", 11_000);
    assert_eq!(heard(&mut floor, mate, FIRST, 9).len(), 2);
    floor.write(rep, Change::Undo { write: None }).unwrap();
    assert_eq!(heard(&mut floor, mate, FIRST, 9), []);
    // and is told again when it is done again
    floor.pass_minutes(1);
    sell(&mut floor, rep, "13800138001", 11_000);
    assert_eq!(heard(&mut floor, mate, FIRST, 9).len(), 2);
}

#[test]
fn a_viewer_hears_of_good_news_and_sees_no_customer() {
    let mut floor = floor();
    let viewer = floor.add_user("wall", "墙", Role::Viewer, None);
    let rep = floor.rep;
    sell(&mut floor, rep, "13800138000", 11_000);
    assert_eq!(heard(&mut floor, viewer, FIRST, 9).len(), 2);
    let by = floor.sees(viewer);
    let all = Query::Customers { owner: None, after: None, by, limit: 9 };
    let Answer::Found(found) = floor.read(&all).unwrap() else { panic!() };
    assert!(found.rows.is_empty());
    let new = household("陈家", "13900139000", None);
    assert_eq!(add(&mut floor, viewer, new).unwrap_err().code(), "forbidden");
}

/// News as it comes to a session.
fn news(id: i64) -> GoodNews {
    GoodNews {
        id: NewsId(id),
        at: crate::screens_work::floor::minutes(id),
        playbook: "edu_english".to_owned(),
        rule: "gone from the playbook".to_owned(),
        kind: Gladness::OrderWon,
        rep: (UserId(8), "赵磊".to_owned()),
        team: "一队".to_owned(),
        metric: Metric::RevenueNew,
        value: 468_000 * id,
        other: None,
    }
}

fn take(desk: &mut Desk, event: Event) -> Vec<Effect> {
    let before = desk.effects.len();
    desk.event(event);
    desk.effects[before..].to_vec()
}

#[test]
fn it_crosses_the_screen_as_one_line_and_waits_while_one_is_in_a_call() {
    let mut desk = Desk::new("edu-english", Lang::En);
    let told = "赵磊 won an order of 4,680";
    let hear = |desk: &mut Desk, id: i64| {
        let effects = take(desk, Event::Committed(crate::screens_desk::desk::news(&[Topic::News])));
        let ticket = effects.iter().find_map(|effect| match effect {
            Effect::Read(ticket, Query::GoodNews(_)) => Some(*ticket),
            _ => None,
        });
        take(desk, Event::Answered(ticket.expect("it asks"), Ok(Answer::GoodNews(vec![news(id)]))));
    };
    hear(&mut desk, 1);
    let before = desk.screen(120, 36);
    assert!(before.contains(told), "{before}");
    assert_eq!(before.matches("won an order").count(), 1);
    // a call begins while it stands: it is gone, and what comes now waits
    desk.play("enter");
    assert!(!desk.screen(120, 36).contains("won an order"));
    hear(&mut desk, 2);
    desk.now = Timestamp(desk.now.0 + 60_000);
    take(&mut desk, Event::Woken);
    assert!(!desk.screen(120, 36).contains("won an order"), "in a call nothing distracts");
    desk.play("esc");
    if desk.screen(120, 36).contains("F12") {
        desk.play("esc");
    }
    take(&mut desk, Event::Woken);
    let after = desk.screen(120, 36);
    assert!(after.contains("赵磊 won an order of 9,360"), "{after}");
    // and passes by itself
    desk.now = Timestamp(desk.now.0 + 11_000);
    take(&mut desk, Event::Woken);
    assert!(!desk.screen(120, 36).contains("won an order"));
}
