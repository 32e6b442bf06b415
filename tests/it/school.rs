//! What the tests about work and deals share: a floor that works by the English-lessons playbook, and its families.

use corral::domain::code::{FieldCode, RoleCode};
use corral::domain::id::{CustomerId, DealId, TaskId, UserId};
use corral::domain::lists::Lane;
use corral::store::StoreError;
use corral::store::change::customer::{CustomerChange, NewPerson};
use corral::store::change::work::{LogTouch, WorkChange};
use corral::store::change::{Change, Commit, DealChange};
use corral::store::query::{Answer, Query, TaskRow, Today, TodayAsk};

use crate::customers::{contact, household};
use crate::floor::Floor;

/// Tuesday 2026-11-17, 10:30 in Shanghai: a working day of the school, half an hour after quiet hours.
pub const MORNING: &str = "2026-11-17T10:30:00+08:00";

/// A floor of the school on a Tuesday morning.
pub fn school() -> Floor {
    let mut floor = Floor::with(include_str!("../../playbooks/edu-english.toml"));
    floor.set_clock(MORNING);
    floor
}

/// A family of a mother, reached by phone (and WeChat where an id is given), and her child.
pub fn family(floor: &mut Floor, owner: UserId, phone: &str, wechat: &str) -> CustomerId {
    let mut new = household("刘梅", phone, Some(owner));
    new.persons[0].roles = vec![RoleCode::from("registrant")];
    if !wechat.is_empty() {
        new.persons[0].contacts.push(contact("wechat", wechat));
    }
    new.persons.push(NewPerson {
        name: "小乐".to_owned(),
        roles: vec![RoleCode::from("user")],
        ..NewPerson::default()
    });
    let lead = floor.lead;
    let add = CustomerChange::Add(Box::new(new));
    floor.write(lead, Change::Customer(add)).unwrap().effects.customer.unwrap()
}

/// An outcome of a task.
pub fn said(task: TaskId, outcome: &str) -> LogTouch {
    LogTouch { task: Some(task), outcome: outcome.into(), ..LogTouch::default() }
}

/// Saves a touch.
pub fn log(floor: &mut Floor, by: UserId, touch: LogTouch) -> Result<Commit, StoreError> {
    floor.write(by, Change::Work(WorkChange::Log(Box::new(touch))))
}

/// Makes a change of work.
pub fn work(floor: &mut Floor, by: UserId, change: WorkChange) -> Result<Commit, StoreError> {
    floor.write(by, Change::Work(change))
}

/// Makes a change of deals.
pub fn deal(floor: &mut Floor, by: UserId, change: DealChange) -> Result<Commit, StoreError> {
    floor.write(by, Change::Deal(change))
}

/// The first task of a customer that is due in a pen.
pub fn due(floor: &Floor, customer: CustomerId, lane: Lane) -> TaskId {
    let sql = format!(
        "SELECT id FROM task WHERE customer_id = {customer} AND lane = '{lane}' AND state = 'due' ORDER BY due_at, id"
    );
    let rows = floor.rows(&sql);
    rows.first().unwrap_or_else(|| panic!("no {lane} task is due")).first().unwrap().parse().unwrap()
}

/// The customer's newest deal.
pub fn deal_of(floor: &Floor, customer: CustomerId) -> DealId {
    let sql = format!("SELECT max(id) FROM deal WHERE customer_id = {customer} AND void_at IS NULL");
    floor.rows(&sql)[0][0].parse().unwrap()
}

/// The stage a customer's newest deal stands at.
pub fn stage_of(floor: &Floor, customer: CustomerId) -> String {
    let deal = deal_of(floor, customer);
    floor.rows(&format!("SELECT stage FROM deal WHERE id = {deal}"))[0][0].clone()
}

/// One cell behind the store's back.
pub fn cell(floor: &Floor, sql: &str) -> String {
    floor.rows(sql).first().map_or_else(|| "none".to_owned(), |row| row[0].clone())
}

/// A day as its rep sees it now.
pub fn today(floor: &mut Floor, user: UserId) -> Today {
    let ask = TodayAsk { user, now: floor.now(), limit: 50, filter: String::new() };
    match floor.read(&Query::Today(ask)).unwrap() {
        Answer::Today(today) => *today,
        other => panic!("{other:?}"),
    }
}

/// The rows of a pen.
pub fn pen(today: &Today, lane: Lane) -> Vec<TaskRow> {
    today.pens.iter().find(|pen| pen.lane == lane).map(|pen| pen.rows.clone()).unwrap_or_default()
}

/// The facts the school asks for once somebody answered.
pub fn facts() -> Vec<(FieldCode, String)> {
    [("child_age", "6"), ("english_base", "zero"), ("decider_known", "both")]
        .map(|(code, value)| (FieldCode::from(code), value.to_owned()))
        .to_vec()
}

/// Fails the test when a derived figure does not follow from the facts.
pub fn is_clean(floor: &mut Floor) {
    let report = corral::store::verify::verify(&mut floor.db).unwrap();
    assert!(report.differences.is_empty(), "{:#?}", report.differences);
}

/// Takes back a user's last change.
pub fn undo(floor: &mut Floor, by: UserId) -> Result<Commit, StoreError> {
    floor.write(by, Change::Undo { write: None })
}
