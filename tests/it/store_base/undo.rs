//! A change taken back leaves the facts as they were, or is refused with what stands in the way.

use std::collections::BTreeMap;

use corral::domain::code::FieldCode;
use corral::domain::id::{CustomerId, DealId, PersonId, TaskId, UserId};
use corral::domain::lists::{ContactState, CustomerKind, Lane, Metric, Period};
use corral::domain::money::Money;
use corral::domain::time::Timestamp;
use corral::store::change::customer::{FieldOwner, NewContact, NewCustomer, NewPerson};
use corral::store::change::deal::NewOrder;
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, CustomerChange, DealChange, PeopleChange, WorkChange};
use corral::store::verify::verify;

use crate::floor::Floor;
use crate::ground;

/// A contact as intake gives it.
pub fn phone(number: &str) -> NewContact {
    NewContact {
        channel: "phone".into(),
        raw: number.to_owned(),
        norm: number.to_owned(),
        extension: String::new(),
        state: ContactState::Stated,
    }
}

/// A household of one buyer.
pub fn household(name: &str, number: &str, owner: Option<UserId>) -> NewCustomer {
    NewCustomer {
        kind: CustomerKind::Household,
        name: name.to_owned(),
        playbook: None,
        source: "fair".to_owned(),
        city: "杭州".to_owned(),
        external_id: String::new(),
        owner,
        persons: vec![NewPerson {
            name: name.to_owned(),
            contacts: vec![phone(number)],
            ..NewPerson::default()
        }],
        set: vec![("need".into(), "口语".to_owned())],
        note: String::new(),
        tags: Vec::new(),
        do_not_contact: false,
        created_at: None,
    }
}

/// Adds a household of the rep's.
pub fn add(floor: &mut Floor, name: &str, number: &str) -> CustomerId {
    let (lead, rep) = (floor.lead, floor.rep);
    let change = CustomerChange::Add(Box::new(household(name, number, Some(rep))));
    floor.write(lead, Change::Customer(change)).unwrap().effects.customer.unwrap()
}

/// Every table as sorted rows, without what a taken-back change rightly leaves: the journal, void and withdrawn rows, the
/// customer's version.
pub fn dump(floor: &Floor) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for table in ground::tables(&floor.path()) {
        // how a pair of characters is typed is a dictionary that only grows
        if ["journal", "audit", "audit_personal", "setting", "search_way"].contains(&table.as_str()) {
            continue;
        }
        let columns = ground::columns(&floor.path(), &table);
        let live = match table.as_str() {
            "task" => "why IS DISTINCT FROM 'undone'",
            "coupon_issue" => "state <> 'released'",
            "promise" => "state <> 'withdrawn'",
            "consent" => "lifted_at IS NULL",
            _ if columns.iter().any(|c| c == "void_at") => "void_at IS NULL",
            _ => "1 = 1",
        };
        let shown: Vec<&str> =
            columns.iter().map(String::as_str).filter(|c| *c != "version" || table != "customer").collect();
        let sql = format!("SELECT {} FROM {table} WHERE {live}", shown.join(", "));
        let mut rows: Vec<String> = floor.rows(&sql).iter().map(|row| row.join(" | ")).collect();
        rows.sort();
        all.insert(table, rows);
    }
    all
}

/// Makes a change and takes it back: everything must be as it was, and the change must have changed something.
pub fn there_and_back(floor: &mut Floor, name: &str, by: UserId, change: Change) {
    let before = dump(floor);
    let made = floor.write(by, change).unwrap_or_else(|e| panic!("{name}: {e}"));
    let between = dump(floor);
    assert_ne!(before, between, "{name} changed nothing");
    floor.pass_minutes(1);
    let undone = floor.write(by, Change::Undo { write: None }).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(undone.effects.undone.as_ref().map(|(write, _)| *write), Some(made.write), "{name}");
    let after = dump(floor);
    for (table, rows) in &before {
        assert_eq!(rows, &after[table], "{name}: table {table}");
    }
    let report = verify(&mut floor.db).unwrap();
    assert!(report.ok, "{name}: {:?}", report.differences);
}

/// The due task of a lane.
pub fn due(floor: &Floor, customer: CustomerId, lane: &str) -> TaskId {
    let sql = format!(
        "SELECT id FROM task WHERE customer_id = {customer} AND lane = '{lane}' AND state = 'due' ORDER BY due_at, id"
    );
    let rows = floor.rows(&sql);
    TaskId(rows.first().unwrap_or_else(|| panic!("no {lane} task is due"))[0].parse().unwrap())
}

/// A call with an outcome.
pub fn log(task: TaskId, outcome: &str) -> LogTouch {
    LogTouch {
        task: Some(task),
        outcome: outcome.into(),
        seconds: Some(90),
        note: "聊得不错".to_owned(),
        ..LogTouch::default()
    }
}

/// A household with phone and WeChat on a floor at work: a call, a material and a coupon are due.
pub fn at_work() -> (Floor, CustomerId) {
    let mut floor = Floor::new();
    let (lead, rep) = (floor.lead, floor.rep);
    let mut new = household("张小明", "+8613800000001", Some(rep));
    new.persons[0].contacts.push(NewContact {
        channel: "wechat".into(),
        raw: "zhang_ming".to_owned(),
        norm: "zhang_ming".to_owned(),
        extension: String::new(),
        state: ContactState::Stated,
    });
    let made = floor.write(lead, Change::Customer(CustomerChange::Add(Box::new(new)))).unwrap();
    floor.pass_minutes(5);
    (floor, made.effects.customer.unwrap())
}

#[test]
fn a_days_work_is_taken_back_whole() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let call = due(&floor, customer, "call");
    let (material, coupon) = (due(&floor, customer, "material"), due(&floor, customer, "coupon"));
    let deal = floor.rows(&format!("SELECT id FROM deal WHERE customer_id = {customer}"));
    let deal = DealId(deal[0][0].parse().unwrap());
    let later = Timestamp(floor.now().0 + 26 * 3_600_000);
    let with = |outcome: &str, change: fn(&mut LogTouch, Timestamp)| {
        let mut touch = log(call, outcome);
        change(&mut touch, later);
        Change::Work(WorkChange::Log(Box::new(touch)))
    };
    let changes: Vec<(&str, Change)> = vec![
        ("talked", with("talked", |_, _| {})),
        ("silent", with("silent", |touch, _| touch.seconds = None)),
        ("later", with("later", |touch, at| touch.next_at = Some(at))),
        ("booked", with("booked", |touch, at| touch.node_at = Some(at))),
        ("with a fact", with("talked", |touch, _| touch.set = vec![("need".into(), "写作".to_owned())])),
        ("send", Change::Work(WorkChange::Send { task: material, chinese: true })),
        ("reserve", Change::Work(WorkChange::Reserve { task: coupon })),
        ("push", Change::Work(WorkChange::Push { task: coupon, chinese: true })),
        ("skip", Change::Work(WorkChange::Skip { task: call, reason: "busy".into(), words: String::new() })),
        ("snooze", Change::Work(WorkChange::Snooze { task: call, until: later })),
        (
            "add task",
            Change::Work(WorkChange::AddTask {
                customer,
                lane: Lane::Call,
                due_at: later,
                words: "再问一次".to_owned(),
            }),
        ),
        ("open", Change::Deal(DealChange::Open { customer, pipeline: "extra".into() })),
        ("move", Change::Deal(DealChange::Move { deal, to: "warm".into(), set: Vec::new() })),
        ("lose", Change::Deal(DealChange::Lose { deal, reason: "price".into(), words: String::new() })),
        ("book", Change::Deal(DealChange::Book { deal, node: "visit".into(), at: later })),
        (
            "win",
            Change::Deal(DealChange::Win(Box::new(NewOrder {
                deal,
                product: "course".into(),
                price: Money::whole(1_000),
                coupon: None,
                paid: Money::whole(400),
                set: Vec::new(),
            }))),
        ),
    ];
    for (name, change) in changes {
        there_and_back(&mut floor, name, rep, change.clone());
        floor.pass_minutes(1);
        // what was taken back can be done again, and taken back again
        there_and_back(&mut floor, name, rep, change);
        floor.pass_minutes(1);
    }
}

#[test]
fn a_coupon_that_was_given_back_is_taken_again_only_while_the_quota_lasts() {
    let (mut floor, customer) = at_work();
    let rep = floor.rep;
    let coupon = due(&floor, customer, "coupon");
    floor.write(rep, Change::Work(WorkChange::Reserve { task: coupon })).unwrap();
    floor.pass_minutes(1);
    let used = "SELECT used FROM coupon_quota";
    assert_eq!(floor.rows(used), [["1"]]);
    let released = floor.write(rep, Change::Work(WorkChange::Release { task: coupon })).unwrap().write;
    floor.pass_minutes(1);
    // the method gives two a month: others take both
    for (name, number) in [("李雷", "+8613800000002"), ("韩梅梅", "+8613800000003")] {
        let other = add(&mut floor, name, number);
        let task = due(&floor, other, "coupon");
        floor.write(rep, Change::Work(WorkChange::Reserve { task })).unwrap();
    }
    assert_eq!(floor.rows(used), [["2"]]);
    floor.pass_minutes(1);
    let refused = floor.write(rep, Change::Undo { write: Some(released) }).unwrap_err();
    assert!(refused.to_string().contains("used up"), "{refused}");
    floor.write(rep, Change::Undo { write: None }).unwrap();
    assert_eq!(floor.rows(used), [["1"]]);
    floor.write(rep, Change::Undo { write: Some(released) }).unwrap();
    assert_eq!(floor.rows(used), [["2"]]);
    let states = "SELECT state FROM coupon_issue ORDER BY reserved_at, id";
    assert_eq!(floor.rows(states), [["reserved"], ["reserved"], ["released"]]);
}

#[test]
fn a_rep_cannot_take_back_do_not_contact_and_a_manager_can() {
    let (mut floor, customer) = at_work();
    let (rep, manager) = (floor.rep, floor.manager);
    let call = due(&floor, customer, "call");
    let before = dump(&floor);
    let write = floor.write(rep, Change::Work(WorkChange::Log(Box::new(log(call, "never"))))).unwrap().write;
    floor.pass_minutes(1);
    let refused = floor.write(rep, Change::Undo { write: None }).unwrap_err();
    assert_eq!(refused.code(), "forbidden", "{refused}");
    floor.write(manager, Change::Undo { write: Some(write) }).unwrap();
    assert_eq!(dump(&floor), before);
}

#[test]
fn a_touch_is_not_taken_back_while_a_later_one_counts_on() {
    let (mut floor, customer) = at_work();
    let (rep, lead) = (floor.rep, floor.lead);
    let (call, material) = (due(&floor, customer, "call"), due(&floor, customer, "material"));
    let first = floor.write(rep, Change::Work(WorkChange::Log(Box::new(log(call, "silent"))))).unwrap().write;
    floor.pass_minutes(1);
    floor.write(lead, Change::Work(WorkChange::Send { task: material, chinese: true })).unwrap();
    let refused = floor.write(rep, Change::Undo { write: Some(first) }).unwrap_err();
    assert_eq!(refused.code(), "no_undo");
    assert!(refused.to_string().contains("孙组长"), "{refused}");
    let report = verify(&mut floor.db).unwrap();
    assert!(report.ok, "{:?}", report.differences);
}

fn first_person(floor: &Floor, customer: CustomerId) -> PersonId {
    let rows = floor.rows(&format!("SELECT id FROM person WHERE customer_id = {customer}"));
    PersonId(rows[0][0].parse().unwrap())
}

#[test]
fn changes_of_customers_and_targets_are_taken_back_whole() {
    let mut floor = Floor::new();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let customer = add(&mut floor, "张小明", "+8613800000001");
    let person = first_person(&floor, customer);
    let contact = floor.rows(&format!("SELECT id FROM contact WHERE customer_id = {customer}"));
    let contact = corral::domain::id::ContactId(contact[0][0].parse().unwrap());
    floor.pass_minutes(1);
    let field = |value: &str| CustomerChange::SetField {
        on: FieldOwner::Customer(customer),
        field: FieldCode::from("need"),
        value: value.to_owned(),
        seen: None,
    };
    let changes: Vec<(&str, UserId, CustomerChange)> = vec![
        ("add", rep, CustomerChange::Add(Box::new(household("李雷", "+8613800000002", Some(rep))))),
        (
            "edit",
            rep,
            CustomerChange::Edit {
                customer,
                version: 1,
                name: Some("张大明".to_owned()),
                city: Some("上海".to_owned()),
                source: None,
            },
        ),
        (
            "add person",
            rep,
            CustomerChange::AddPerson {
                customer,
                person: NewPerson {
                    name: "张爸爸".to_owned(),
                    contacts: vec![phone("+8613800000003")],
                    ..NewPerson::default()
                },
            },
        ),
        ("add contact", rep, CustomerChange::AddContact { person, contact: phone("+8613800000004") }),
        ("set contact", rep, CustomerChange::SetContact { contact, state: ContactState::Verified }),
        ("set field", rep, field("写作")),
        ("clear field", rep, field("")),
        (
            "assign",
            lead,
            CustomerChange::Assign { customers: vec![customer], to: Some(mate), reason: "even".to_owned() },
        ),
        (
            "give up",
            lead,
            CustomerChange::Assign { customers: vec![customer], to: None, reason: String::new() },
        ),
        ("note", rep, CustomerChange::PrivateNote { customer, text: "爱聊天".to_owned() }),
    ];
    for (name, by, change) in changes {
        there_and_back(&mut floor, name, by, Change::Customer(change));
        floor.pass_minutes(1);
    }
    let from = floor.day();
    let target = NewTarget::goal(TargetOf::User(rep), Period::Day, Metric::CallsDialed, (80, from));
    there_and_back(&mut floor, "target", lead, Change::People(PeopleChange::SetTarget(target)));
}

#[test]
fn undo_goes_back_one_change_after_the_other_and_then_says_that_nothing_is_left() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let customer = add(&mut floor, "张小明", "+8613800000001");
    for text in ["one", "two"] {
        floor.pass_minutes(1);
        let note = CustomerChange::PrivateNote { customer, text: text.to_owned() };
        floor.write(rep, Change::Customer(note)).unwrap();
    }
    let note = format!("SELECT body FROM private_note WHERE customer_id = {customer} AND user_id = {rep}");
    assert_eq!(floor.rows(&note), [["two"]]);
    floor.write(rep, Change::Undo { write: None }).unwrap();
    assert_eq!(floor.rows(&note), [["one"]]);
    floor.write(rep, Change::Undo { write: None }).unwrap();
    assert!(floor.rows(&note).is_empty());
    let refused = floor.write(rep, Change::Undo { write: None }).unwrap_err();
    assert_eq!(refused.code(), "no_undo");
    // yesterday's changes are not mine to take back either
    let note = CustomerChange::PrivateNote { customer, text: "three".to_owned() };
    let made = floor.write(rep, Change::Customer(note)).unwrap();
    floor.pass_minutes(24 * 60);
    assert_eq!(floor.write(rep, Change::Undo { write: None }).unwrap_err().code(), "no_undo");
    let refused = floor.write(rep, Change::Undo { write: Some(made.write) }).unwrap_err();
    assert_eq!(refused.code(), "forbidden");
}

#[test]
fn what_a_colleague_wrote_since_stands_in_the_way_and_is_named() {
    let mut floor = Floor::new();
    let (rep, lead) = (floor.rep, floor.lead);
    let customer = add(&mut floor, "张小明", "+8613800000001");
    let set = |value: &str| {
        Change::Customer(CustomerChange::SetField {
            on: FieldOwner::Customer(customer),
            field: FieldCode::from("need"),
            value: value.to_owned(),
            seen: None,
        })
    };
    floor.write(rep, set("写作")).unwrap();
    floor.pass_minutes(1);
    floor.write(lead, set("阅读")).unwrap();
    let before = dump(&floor);
    let refused = floor.write(rep, Change::Undo { write: None }).unwrap_err();
    assert_eq!(refused.code(), "no_undo");
    assert!(refused.to_string().contains("孙组长") && refused.to_string().contains("阅读"), "{refused}");
    assert_eq!(dump(&floor), before);
}

#[test]
fn a_colleagues_change_is_taken_back_by_the_lead_of_the_team_and_nobody_lower() {
    let mut floor = Floor::new();
    let (rep, mate, lead, stranger) = (floor.rep, floor.mate, floor.lead, floor.stranger);
    let customer = add(&mut floor, "张小明", "+8613800000001");
    let edit = Change::Customer(CustomerChange::Edit {
        customer,
        version: 1,
        name: Some("张大明".to_owned()),
        city: None,
        source: None,
    });
    let write = floor.write(rep, edit).unwrap().write;
    for other in [mate, stranger] {
        let refused = floor.write(other, Change::Undo { write: Some(write) }).unwrap_err();
        assert_eq!(refused.code(), "forbidden", "{refused}");
    }
    floor.write(lead, Change::Undo { write: Some(write) }).unwrap();
    assert_eq!(floor.rows(&format!("SELECT name FROM customer WHERE id = {customer}")), [["张小明"]]);
    let again = floor.write(lead, Change::Undo { write: Some(write) }).unwrap_err();
    assert!(again.to_string().contains("taken back before"), "{again}");
}
