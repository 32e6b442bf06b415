//! What somebody tries to get at a customer that is another's, one way after the other.

use corral::domain::id::{CustomerId, TaskId, UserId};
use corral::domain::lists::{Metric, OwnerRight, Period, Records, Role, UserState};
use corral::domain::span::Span;
use corral::domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use corral::store::change::access::NewGrant;
use corral::store::change::people::PeopleChange;
use corral::store::change::work::LogTouch;
use corral::store::change::{AccessChange, Change, CustomerChange, DealChange, WorkChange};
use corral::store::query::export::ExportAsk;
use corral::store::query::{Answer, ChangesAsk, FactsAsk, Query, TimelineAsk, Viewer};
use corral::store::rights::Relation;
use corral::store::{Db, StoreError};

use super::fields;
use super::ground::Ground;
use crate::customers::{add, card, contact, household};
use crate::floor::Floor;

fn forbidden<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    let error = answer.unwrap_err();
    assert!(matches!(error, StoreError::Forbidden { .. }), "{error}");
}

fn held<T: std::fmt::Debug>(answer: Result<T, StoreError>, rule: &str) {
    match answer.unwrap_err() {
        StoreError::Held { rule: found, .. } => assert_eq!(found, rule),
        other => panic!("{other}"),
    }
}

/// A floor with a customer of the stranger's in another team, with a number, a task and a touch.
fn hidden() -> (Floor, CustomerId, TaskId) {
    let mut floor = Floor::with(&fields::method());
    let stranger = floor.stranger;
    let mut new = household("欧阳锋", "13912345678", Some(stranger));
    new.persons[0].contacts.push(contact("wechat", "ouyang_feng"));
    let customer = add(&mut floor, Db::SYSTEM, new).unwrap();
    let touch = LogTouch {
        customer: Some(customer),
        outcome: "talked".into(),
        note: "想学".to_owned(),
        ..LogTouch::default()
    };
    let commit = floor.write(stranger, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    let task = commit.effects.made[0].id;
    (floor, customer, task)
}

fn found(floor: &mut Floor, by: UserId, text: &str) -> Vec<CustomerId> {
    let by = floor.sees(by);
    let Answer::Found(found) = floor.read(&Query::Find { text: text.to_owned(), by, limit: 50 }).unwrap()
    else {
        panic!()
    };
    found.rows.into_iter().map(|row| row.id).collect()
}

fn listed(floor: &mut Floor, by: UserId, owner: Option<UserId>) -> Vec<CustomerId> {
    let by = floor.sees(by);
    let ask = Query::Customers { owner, after: None, by, limit: 50 };
    let Answer::Found(found) = floor.read(&ask).unwrap() else { panic!() };
    found.rows.into_iter().map(|row| row.id).collect()
}

#[test]
fn a_rep_finds_no_customer_of_somebody_else() {
    let (mut floor, customer, _) = hidden();
    let (rep, lead, manager, stranger) = (floor.rep, floor.lead, floor.manager, floor.stranger);
    for text in ["欧阳锋", "欧阳", "欧", "ouyangfeng", "oyf", "13912345678", "5678", "ouyang_feng"] {
        assert_eq!(found(&mut floor, rep, text), [], "{text}");
        assert_eq!(found(&mut floor, lead, text), [], "{text}: the lead of another team");
        assert_eq!(found(&mut floor, manager, text), [customer], "{text}");
        assert_eq!(found(&mut floor, stranger, text), [customer], "{text}");
    }
    assert_eq!(listed(&mut floor, rep, None), []);
    assert_eq!(listed(&mut floor, rep, Some(stranger)), [], "by naming the owner");
    assert_eq!(listed(&mut floor, manager, None), [customer]);
}

#[test]
fn a_guessed_id_opens_nothing() {
    let (mut floor, customer, task) = hidden();
    let (rep, stranger) = (floor.rep, floor.stranger);
    let contact = card(&mut floor, Db::SYSTEM, customer).persons[0].contacts[0].id;
    let by = floor.sees(rep);
    forbidden(floor.read(&Query::Card { customer, by }));
    forbidden(floor.read(&Query::Timeline(TimelineAsk {
        customer,
        by,
        before: None,
        limit: 9,
        channel: None,
    })));
    forbidden(floor.read(&Query::Task { task, by }));
    forbidden(floor.read(&Query::ToDial { contact, by }));
    let reason = "回电".to_owned();
    forbidden(floor.write(rep, Change::Access(AccessChange::Reveal { contact, reason })));
    let by = floor.sees(stranger);
    assert!(floor.read(&Query::Card { customer, by }).is_ok(), "whoever follows it opens it");
}

#[test]
fn a_figure_opens_without_names_that_are_not_the_askers_to_see() {
    let (mut floor, customer, _) = hidden();
    let (rep, stranger, manager) = (floor.rep, floor.stranger, floor.manager);
    let facts = |floor: &mut Floor, by| {
        let ask = FactsAsk {
            metric: Metric::CallsDialed,
            span: Span::this(Period::Month),
            now: floor.now(),
            by,
            user: Some(stranger),
            team: None,
            before: None,
            limit: 9,
        };
        let Answer::Facts(rows) = floor.read(&Query::Facts(ask)).unwrap() else { panic!() };
        rows.into_iter().map(|row| (row.value, row.customer, row.customer_name)).collect::<Vec<_>>()
    };
    let whole = [(1, customer, "欧阳锋".to_owned())];
    assert_eq!(facts(&mut floor, manager), whole);
    assert_eq!(facts(&mut floor, stranger), whole);
    assert_eq!(facts(&mut floor, rep), [(1, CustomerId(0), "****".to_owned())], "it still adds up");
}

#[test]
fn nothing_is_learned_by_undoing_or_by_adding_what_is_known() {
    let (mut floor, customer, _) = hidden();
    let (rep, stranger) = (floor.rep, floor.stranger);
    let now = floor.now();
    let ask = ChangesAsk { by: rep, user: stranger, now, before: None, only: None, limit: 9 };
    forbidden(floor.read(&Query::Changes(ask)));
    let Answer::LastChange(Some((write, ..))) = floor.read(&Query::LastChange { user: stranger }).unwrap()
    else {
        panic!()
    };
    forbidden(floor.write(rep, Change::Undo { write: Some(write) }));
    let refused = add(&mut floor, rep, household("谁", "13912345678", Some(rep))).unwrap_err().to_string();
    assert!(refused.contains("赵敏"), "who follows is told, so that the call can be passed on: {refused}");
    assert!(!refused.contains("欧阳锋") && !refused.contains(&customer.to_string()), "{refused}");
}

#[test]
fn a_rep_takes_no_records_out() {
    let (mut floor, ..) = hidden();
    let (rep, lead, manager) = (floor.rep, floor.lead, floor.manager);
    let ask = |floor: &Floor, by| ExportAsk {
        records: Records::Customers,
        by,
        now: floor.now(),
        days: None,
        team: None,
        user: None,
        after: 0,
        limit: 9,
    };
    for records in Records::ALL {
        let ask = ExportAsk { records: *records, ..ask(&floor, rep) };
        forbidden(floor.read(&Query::Export(ask)));
    }
    let wanted = ask(&floor, lead);
    held(floor.read(&Query::Export(wanted.clone())), "not_approved");
    let change = AccessChange::AskExport {
        records: Records::Customers,
        narrowed: wanted.narrowed(),
        reason: "年审".to_owned(),
    };
    let asked = floor.write(lead, Change::Access(change)).unwrap().effects.ask.unwrap();
    let decide =
        |approve| Change::Access(AccessChange::DecideExport { ask: asked, approve, words: String::new() });
    forbidden(floor.write(lead, decide(true)));
    floor.write(manager, decide(true)).unwrap();
    let Answer::Export(page) = floor.read(&Query::Export(wanted.clone())).unwrap() else { panic!() };
    assert_eq!(page.rows.len(), 0, "a lead gets the own team's, and the stranger is of another");
    let wider = ExportAsk { records: Records::Touches, ..wanted.clone() };
    held(floor.read(&Query::Export(wider)), "not_approved");
    floor.pass_minutes(25 * 60);
    let later = ExportAsk { now: floor.now(), ..wanted };
    held(floor.read(&Query::Export(later)), "not_approved");
    let Answer::Export(page) = floor.read(&Query::Export(ask(&floor, manager))).unwrap() else { panic!() };
    let row = &page.rows[0];
    assert!(row.last().unwrap().starts_with("manager 2026-11-17"), "who took it out stands in it: {row:?}");
}

#[test]
fn more_rows_than_the_playbook_allows_do_not_leave() {
    let mut floor =
        Floor::with(&format!("{}[access]\nexport_rows = 2\n", include_str!("../floor/small.toml")));
    let (rep, manager) = (floor.rep, floor.manager);
    for place in 0..3 {
        add(&mut floor, rep, household("刘梅", &format!("1380013800{place}"), Some(rep))).unwrap();
    }
    let mut ask = ExportAsk {
        records: Records::Customers,
        by: manager,
        now: floor.now(),
        days: None,
        team: None,
        user: None,
        after: 0,
        limit: 1,
    };
    held(floor.read(&Query::Export(ask.clone())), "export_rows");
    ask.user = Some(manager);
    assert!(floor.read(&Query::Export(ask)).is_ok(), "narrowed it leaves");
}

#[test]
fn one_number_more_than_the_playbook_allows_is_not_shown_and_a_lead_can_read_of_it() {
    let rules = "[access]\nreveals_per_day = 2\n[[access.rules]]\nroles = [\"rep\"]\ncontacts = [\"phone\"]\nright = \"mask\"\n";
    let mut floor = Floor::with(&format!("{}{rules}", include_str!("../floor/small.toml")));
    let rep = floor.rep;
    let mut contacts = Vec::new();
    for place in 0..3 {
        let new = household("刘梅", &format!("1380013800{place}"), Some(rep));
        let customer = add(&mut floor, rep, new).unwrap();
        contacts.push((customer, card(&mut floor, Db::SYSTEM, customer).persons[0].contacts[0].id));
    }
    let shown = |floor: &mut Floor, customer| card(floor, rep, customer).persons[0].contacts[0].norm.clone();
    let reveal = |floor: &mut Floor, contact, reason: &str| {
        let reason = reason.to_owned();
        floor.write(rep, Change::Access(AccessChange::Reveal { contact, reason }))
    };
    let (customer, contact) = contacts[0];
    assert_eq!(shown(&mut floor, customer), "138****8000");
    assert_eq!(reveal(&mut floor, contact, " ").unwrap_err().code(), "no_reason");
    reveal(&mut floor, contact, "客户要核对").unwrap();
    assert_eq!(shown(&mut floor, customer), "+8613800138000");
    reveal(&mut floor, contact, "再看一次").unwrap();
    reveal(&mut floor, contacts[1].1, "客户要核对").unwrap();
    held(reveal(&mut floor, contacts[2].1, "客户要核对"), "reveal_cap");
    floor.pass_minutes(11);
    assert_eq!(shown(&mut floor, customer), "138****8000", "shown for ten minutes");
    let trail = floor.rows("SELECT kind FROM audit WHERE kind IN ('revealed', 'refused') ORDER BY number");
    let kinds: Vec<&str> = trail.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(kinds, ["revealed", "revealed", "revealed", "refused"]);
    floor.pass_minutes(24 * 60);
    reveal(&mut floor, contacts[2].1, "第二天").unwrap();
    // from the day of notice on nothing is shown
    let change = PeopleChange::SetUser {
        user: rep,
        name: None,
        role: None,
        team: None,
        rank: None,
        job: None,
        state: Some(UserState::Notice),
        coach: None,
    };
    floor.write(Db::SYSTEM, Change::People(change)).unwrap();
    held(reveal(&mut floor, contacts[0].1, "带走"), "leaving");
}

#[test]
fn a_masked_number_is_dialled_where_work_is_due_and_not_collected() {
    let mut floor = Floor::with(&fields::method());
    let rep = floor.rep;
    let customer = add(&mut floor, rep, household("刘梅", "13800138000", Some(rep))).unwrap();
    let contact = card(&mut floor, Db::SYSTEM, customer).persons[0].contacts[0].id;
    let dial = |floor: &mut Floor| {
        let by = floor.sees(rep);
        floor.read(&Query::ToDial { contact, by })
    };
    assert!(dial(&mut floor).is_ok(), "the first call is due");
    floor.tamper("UPDATE task SET state = 'done'");
    held(dial(&mut floor), "nothing_due");
    let due_at = Timestamp(floor.now().0 + 60 * MINUTE_MS);
    let words = String::new();
    let task = WorkChange::AddTask { customer, lane: corral::domain::lists::Lane::Call, due_at, words };
    floor.write(rep, Change::Work(task)).unwrap();
    assert_eq!(dial(&mut floor).unwrap(), Answer::ToDial("+8613800138000".to_owned()));
}

#[test]
fn who_may_see_a_customer_opens_it_and_logs_nothing() {
    let mut ground = Ground::new();
    let viewed = ground.of(Role::Rep, Relation::Views);
    let rep = ground.actor(Role::Rep);
    let seen = card(&mut ground.floor, rep, viewed.customer);
    assert!(!seen.is_workable);
    assert!(seen.persons[0].contacts.iter().all(|contact| contact.is_masked));
    let outcome = "talked".into();
    let touch = LogTouch { task: Some(viewed.task), outcome, ..LogTouch::default() };
    forbidden(ground.floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))));
    assert!(found(&mut ground.floor, rep, "刘梅").contains(&viewed.customer));
    let credited = ground.of(Role::Rep, Relation::Credited);
    let by = ground.floor.sees(rep);
    forbidden(ground.floor.read(&Query::Card { customer: credited.customer, by }));
}

#[test]
fn a_collaborator_works_the_customer_until_the_day_and_not_after() {
    let (mut floor, customer, task) = hidden();
    let (rep, stranger) = (floor.rep, floor.stranger);
    let until = Some(Timestamp(floor.now().0 + 2 * DAY_MS));
    let grant = |right, process: &str, share_bp, until| {
        Change::Access(AccessChange::Grant(Box::new(NewGrant {
            customer,
            to: rep,
            right,
            process: process.to_owned(),
            until,
            share_bp,
            reason: "休假".to_owned(),
        })))
    };
    forbidden(floor.write(rep, grant(OwnerRight::Collaborate, "", 0, until)));
    assert_eq!(
        floor.write(stranger, grant(OwnerRight::Follow, "", 0, None)).unwrap_err().code(),
        "use_assign"
    );
    assert_eq!(
        floor.write(stranger, grant(OwnerRight::View, "mian", 0, None)).unwrap_err().code(),
        "unknown_process"
    );
    let commit = floor.write(stranger, grant(OwnerRight::Collaborate, "", 0, until)).unwrap();
    let touch = |task| {
        let outcome = "silent".into();
        Change::Work(WorkChange::Log(Box::new(LogTouch { task: Some(task), outcome, ..LogTouch::default() })))
    };
    let made = floor.write(rep, touch(task)).unwrap();
    assert_eq!(made.effects.owners, [stranger], "what follows stays with who follows the customer");
    let next = made.effects.made[0].id;
    let seen = card(&mut floor, rep, customer);
    assert!(seen.is_workable);
    assert_eq!((seen.grants[0].user.0, seen.grants[0].until), (rep, until));
    floor.pass_minutes(2 * 24 * 60);
    forbidden(floor.write(rep, touch(next)));
    let by = floor.sees(rep);
    forbidden(floor.read(&Query::Card { customer, by }));
    assert!(commit.effects.customer == Some(customer));
    // for one process it counts in that one's deals only
    floor.write(stranger, grant(OwnerRight::Collaborate, "extra", 0, None)).unwrap();
    let main = card(&mut floor, Db::SYSTEM, customer).deals[0].id;
    let moving = |deal| Change::Deal(DealChange::Move { deal, to: "warm".into(), set: Vec::new() });
    forbidden(floor.write(rep, moving(main)));
}

#[test]
fn a_share_of_credit_is_earned_without_seeing_the_customer_and_adds_up() {
    let (mut floor, customer, _) = hidden();
    let (rep, mate, lead, stranger, manager) =
        (floor.rep, floor.mate, floor.lead, floor.stranger, floor.manager);
    let grant = |to, share_bp| {
        Change::Access(AccessChange::Grant(Box::new(NewGrant {
            customer,
            to,
            right: OwnerRight::Credit,
            process: String::new(),
            until: None,
            share_bp,
            reason: String::new(),
        })))
    };
    forbidden(floor.write(stranger, grant(rep, 3_000)));
    forbidden(floor.write(lead, grant(rep, 3_000)));
    floor.write(manager, grant(rep, 3_333)).unwrap();
    floor.write(manager, grant(mate, 1_000)).unwrap();
    assert_eq!(floor.write(manager, grant(lead, 6_000)).unwrap_err().code(), "bad_share");
    let deal = card(&mut floor, Db::SYSTEM, customer).deals[0].id;
    let order = corral::store::change::deal::NewOrder {
        deal,
        product: "course".into(),
        price: corral::domain::money::Money(99_999),
        coupon: None,
        paid: corral::domain::money::Money(0),
        set: Vec::new(),
    };
    floor.write(stranger, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
    // 33.33 % of 999.99 is 333.296…, 10 % is 99.999: whole fen are paid, and the seller has what is left
    let credits = floor.rows("SELECT user_id, share_bp, amount, source FROM order_credit ORDER BY id");
    let row = |user: UserId, share: i64, amount: i64, source: &str| {
        vec![user.0.to_string(), share.to_string(), amount.to_string(), source.to_owned()]
    };
    assert_eq!(
        credits,
        [
            row(stranger, 5_667, 56_671, "owner"),
            row(rep, 3_333, 33_329, "granted"),
            row(mate, 1_000, 9_999, "granted"),
        ]
    );
    let by = floor.sees(rep);
    forbidden(floor.read(&Query::Card { customer, by }));
}

#[test]
fn a_grant_is_undone_and_its_end_too() {
    let (mut floor, customer, _) = hidden();
    let (rep, stranger) = (floor.rep, floor.stranger);
    let sees = |floor: &mut Floor| {
        let by = floor.sees(rep);
        floor.read(&Query::Card { customer, by }).is_ok()
    };
    let grant = AccessChange::Grant(Box::new(NewGrant {
        customer,
        to: rep,
        right: OwnerRight::View,
        process: String::new(),
        until: None,
        share_bp: 0,
        reason: String::new(),
    }));
    floor.write(stranger, Change::Access(grant.clone())).unwrap();
    assert!(sees(&mut floor));
    floor.pass_minutes(1);
    floor.write(stranger, Change::Undo { write: None }).unwrap();
    assert!(!sees(&mut floor));
    floor.pass_minutes(1);
    floor.write(stranger, Change::Access(grant)).unwrap();
    floor.pass_minutes(1);
    let revoke = AccessChange::Revoke {
        customer,
        from: rep,
        right: OwnerRight::View,
        process: String::new(),
        reason: String::new(),
    };
    floor.write(stranger, Change::Access(revoke)).unwrap();
    assert!(!sees(&mut floor));
    floor.pass_minutes(1);
    floor.write(stranger, Change::Undo { write: None }).unwrap();
    assert!(sees(&mut floor));
}

#[test]
fn a_team_mates_overdue_promise_is_seen_and_dialled_by_the_team_and_nothing_before() {
    let mut floor = Floor::with(&fields::method());
    let (rep, mate) = (floor.rep, floor.mate);
    let customer = add(&mut floor, mate, household("刘梅", "13800138000", Some(mate))).unwrap();
    let due = Timestamp(floor.now().0 + 30 * MINUTE_MS);
    let outcome = "later".into();
    let touch = LogTouch { customer: Some(customer), outcome, next_at: Some(due), ..LogTouch::default() };
    let task = floor.write(mate, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap().effects.made[0].id;
    let contact = card(&mut floor, Db::SYSTEM, customer).persons[0].contacts[0].id;
    let reads = |floor: &mut Floor| {
        let by: Viewer = floor.sees(rep);
        [Query::Card { customer, by }, Query::Task { task, by }, Query::ToDial { contact, by }]
            .map(|query| floor.read(&query).is_ok())
    };
    assert_eq!(reads(&mut floor), [false; 3]);
    floor.pass_minutes(89);
    assert_eq!(reads(&mut floor), [false; 3], "59 minutes late");
    floor.pass_minutes(1);
    assert_eq!(reads(&mut floor), [true; 3], "an hour late");
}

#[test]
fn a_locked_field_is_not_written_on_the_way_either() {
    let mut floor = Floor::with(&fields::method());
    let rep = floor.rep;
    let customer = add(&mut floor, rep, household("刘梅", "13800138000", Some(rep))).unwrap();
    let outcome = || "talked".into();
    let set = vec![("doubt".into(), "没有".to_owned())];
    let touch = LogTouch { customer: Some(customer), outcome: outcome(), set, ..LogTouch::default() };
    forbidden(floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))));
    let deal = card(&mut floor, Db::SYSTEM, customer).deals[0].id;
    let set = vec![("doubt".into(), "没有".to_owned())];
    forbidden(floor.write(rep, Change::Deal(DealChange::Move { deal, to: "warm".into(), set })));
    let mut new = household("李雷", "13900139000", Some(rep));
    new.set = vec![("level".into(), "zero".to_owned())];
    forbidden(add(&mut floor, rep, new));
    let mut person = household("韩梅", "13700137000", Some(rep)).persons.remove(0);
    person.set = vec![("age".into(), "12".to_owned())];
    forbidden(floor.write(rep, Change::Customer(CustomerChange::AddPerson { customer, person })));
}
