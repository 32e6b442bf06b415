//! Customers: unique contacts, members, fields, owners, notebooks, and two writers at once.

use corral::domain::id::{IdMaker, WriteId};
use corral::domain::lists::{ContactState, Metric};
use corral::domain::time::Timestamp;
use corral::store::StoreError;
use corral::store::change::customer::{FieldOwner, NewPerson};
use corral::store::change::{Change, CustomerChange, Write};
use corral::store::query::customer::Happened;
use corral::store::query::{Answer, Query, TimelineAsk};

use crate::customers::{add, card, change, contact, floor, household, set};
use crate::floor::Floor;

#[test]
fn a_new_customer_stands_whole_on_the_card() {
    let mut floor = floor();
    let rep = floor.rep;
    let mut new = household("张小明", "138 0013 8000", Some(rep));
    new.city = "上海".to_owned();
    new.persons.push(NewPerson {
        name: "李\u{202e}先生\u{1b}[31m".to_owned(),
        contacts: vec![contact("wechat", " Wx_ID 1 ")],
        set: vec![set("age", "４1")],
        ..NewPerson::default()
    });
    new.set =
        vec![set("budget", "4,680.5"), set("keen", "是"), set("level", "零基础"), set("due", "2026/12/1")];
    new.tags = vec!["转介绍".to_owned()];
    new.note = "从朋友处来".to_owned();
    let id = add(&mut floor, rep, new).unwrap();
    let card = card(&mut floor, rep, id);
    assert_eq!((card.name.as_str(), card.city.as_str()), ("张小明", "上海"));
    assert_eq!(card.owner, Some((rep, "王芳".to_owned())));
    assert_eq!(card.persons.len(), 2);
    assert_eq!(card.persons[0].roles, ["buyer".into()]);
    assert_eq!(card.persons[0].contacts[0].norm, "+8613800138000");
    assert_eq!(card.persons[1].name, "李先生");
    assert_eq!(card.persons[1].contacts[0].norm, "wx_id1");
    assert_eq!(card.persons[1].fields["age"], "41");
    let fields: Vec<(&str, &str)> = card.fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(fields, [("budget", "468050"), ("due", "2026-12-01"), ("keen", "true"), ("level", "zero")]);
    assert_eq!(card.tags, ["friend"]);
    let ask = TimelineAsk { customer: id, by: floor.sees(rep), before: None, limit: 50, channel: None };
    let Answer::Timeline(items) = floor.read(&Query::Timeline(ask)).unwrap() else { panic!() };
    let last = items.last().unwrap();
    assert_eq!((last.by.as_str(), &last.what), ("王芳", &Happened::Note { text: "从朋友处来".to_owned() }));
}

#[test]
fn a_known_number_in_another_spelling_is_refused_naming_customer_and_owner() {
    let mut floor = floor();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let id = add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    for spelling in ["+86 138-0013-8000", "0086 13800138000", "１３８００１３８０００"] {
        let refused = add(&mut floor, mate, household("别人", spelling, Some(mate))).unwrap_err();
        let words = refused.to_string();
        assert_eq!(refused.code(), "duplicate", "{words}");
        assert!(
            words.contains("王芳") && !words.contains("张小明"),
            "who follows is told, not whom: {words}"
        );
        let words = add(&mut floor, lead, household("别人", spelling, Some(mate))).unwrap_err().to_string();
        assert!(
            words.contains("张小明") && words.contains("王芳") && words.contains(&id.to_string()),
            "{words}"
        );
    }
    assert_eq!(floor.rows("SELECT count(*) FROM customer"), [["1"]]);
    assert_eq!(floor.rows("SELECT count(*) FROM person"), [["1"]], "nothing half-done");
}

#[test]
fn two_programs_adding_one_number_at_once_make_one_customer() {
    let floor = floor();
    let (rep, mate, now) = (floor.rep, floor.mate, floor.now());
    let barrier = std::sync::Barrier::new(2);
    let results: Vec<Result<_, StoreError>> = std::thread::scope(|scope| {
        let threads: Vec<_> = [(rep, 1), (mate, 2)]
            .into_iter()
            .map(|(by, n)| {
                let (mut db, barrier) = (floor.second(), &barrier);
                scope.spawn(move || {
                    let new = household("同一人", "13800138000", Some(by));
                    let write = Write {
                        id: WriteId(IdMaker::new(Timestamp(now.0 + 5_000), n * 100_000).make()),
                        by,
                        at: now,
                        from: corral::domain::origin::Origin::Local,
                        change: Change::Customer(CustomerChange::Add(Box::new(new))),
                    };
                    barrier.wait();
                    db.write(&write)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1, "{results:?}");
    let refused = results.into_iter().find_map(Result::err).unwrap();
    assert_eq!(refused.code(), "duplicate", "{refused}");
    assert_eq!(floor.rows("SELECT count(*) FROM customer"), [["1"]]);
}

#[test]
fn an_edit_over_a_newer_version_shows_both_values() {
    let mut floor = floor();
    let (rep, lead) = (floor.rep, floor.lead);
    let customer = add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    let version = card(&mut floor, rep, customer).version;
    let edit = |name: &str| CustomerChange::Edit {
        customer,
        version,
        name: Some(name.to_owned()),
        city: None,
        source: None,
    };
    change(&mut floor, lead, edit("张家")).unwrap();
    let conflict = change(&mut floor, rep, edit("张小明一家")).unwrap_err();
    let StoreError::Conflict { by, theirs, yours, .. } = conflict else { panic!("{conflict}") };
    assert_eq!((by.as_str(), theirs.as_str(), yours.as_str()), ("孙组长", "张家", "张小明一家"));
    assert_eq!(card(&mut floor, rep, customer).version, version + 1);
}

#[test]
fn a_field_that_changed_under_the_writer_is_a_conflict_with_both_values() {
    let mut floor = floor();
    let (rep, lead) = (floor.rep, floor.lead);
    let customer = add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    let on = FieldOwner::Customer(customer);
    let set = |value: &str, seen: Option<&str>| CustomerChange::SetField {
        on,
        field: "level".into(),
        value: value.to_owned(),
        seen: seen.map(str::to_owned),
    };
    change(&mut floor, lead, set("zero", Some(""))).unwrap();
    let conflict = change(&mut floor, rep, set("some", Some(""))).unwrap_err();
    let StoreError::Conflict { by, theirs, yours, .. } = conflict else { panic!("{conflict}") };
    assert_eq!((by.as_str(), theirs.as_str(), yours.as_str()), ("孙组长", "zero", "some"));
    change(&mut floor, rep, set("some", Some("zero"))).unwrap();
    change(&mut floor, rep, set("", Some("some"))).unwrap();
    assert!(card(&mut floor, rep, customer).fields.is_empty(), "an empty value clears");
}

#[test]
fn wrong_values_and_names_are_refused_with_a_near_miss() {
    let mut floor = floor();
    let rep = floor.rep;
    let customer = add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    let mut refuse = |field: &str, value: &str, on: FieldOwner| {
        let set = CustomerChange::SetField { on, field: field.into(), value: value.to_owned(), seen: None };
        change(&mut floor, rep, set).unwrap_err().to_string()
    };
    let on = FieldOwner::Customer(customer);
    assert!(refuse("levle", "zero", on).contains("did you mean 'level'?"));
    assert!(refuse("level", "zeor", on).contains("did you mean 'zero'?"));
    assert!(refuse("due", "tomorrow", on).contains("a date such as 2026-11-22"));
    assert!(refuse("keen", "perhaps", on).contains("yes or no"));
    assert!(refuse("age", "4", on).contains("kept on a person"));
}

#[test]
fn a_wechat_id_is_unique_and_its_proof_counts_once() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    let first = add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    let second = add(&mut floor, mate, household("陈乐", "13800138001", Some(mate))).unwrap();
    let person = card(&mut floor, rep, first).persons[0].id;
    let other = card(&mut floor, mate, second).persons[0].id;
    let add_id = |person, raw: &str| CustomerChange::AddContact { person, contact: contact("wechat", raw) };
    change(&mut floor, rep, add_id(person, "Star_01")).unwrap();
    let refused = change(&mut floor, mate, add_id(other, "ｓｔａｒ_01")).unwrap_err();
    assert_eq!(refused.code(), "duplicate");
    assert_eq!(change(&mut floor, mate, add_id(other, "  ")).unwrap_err().code(), "contact");
    let contact = card(&mut floor, rep, first).persons[0].contacts[1].id;
    let mut metrics = Vec::new();
    for state in [ContactState::Verified, ContactState::Dead, ContactState::Verified] {
        let commit = change(&mut floor, rep, CustomerChange::SetContact { contact, state }).unwrap();
        metrics.extend(commit.effects.metrics);
    }
    assert_eq!(metrics, [(Metric::WechatAdded, 1)]);
}

#[test]
fn a_rep_may_not_touch_what_is_anothers_and_everybody_who_sees_it_has_a_notebook() {
    let mut floor = floor();
    let (rep, stranger, lead) = (floor.rep, floor.stranger, floor.lead);
    let customer = add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    let person = card(&mut floor, rep, customer).persons[0].id;
    let refused = [
        CustomerChange::AddPerson { customer, person: NewPerson::default() },
        CustomerChange::AddContact { person, contact: contact("wechat", "abc") },
        CustomerChange::Assign { customers: vec![customer], to: Some(stranger), reason: String::new() },
    ];
    for wanted in refused {
        assert_eq!(change(&mut floor, stranger, wanted).unwrap_err().code(), "forbidden");
    }
    let note = |text: &str| CustomerChange::PrivateNote { customer, text: text.to_owned() };
    assert_eq!(change(&mut floor, stranger, note("x")).unwrap_err().code(), "forbidden");
    change(&mut floor, lead, note("two\nlines")).unwrap();
    assert_eq!(card(&mut floor, lead, customer).private_note, "two\nlines");
    assert_eq!(card(&mut floor, rep, customer).private_note, "", "nobody else reads it");
    change(&mut floor, lead, note("")).unwrap();
    assert_eq!(card(&mut floor, lead, customer).private_note, "");
}

#[test]
fn an_assigned_customer_has_one_owner_at_a_time_and_takes_its_tasks_along() {
    let mut floor = floor();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    let customer = add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    floor.tamper(&format!(
        "INSERT INTO task (id, task_key, lane, channel, customer_id, owner_id, due_at, priority, state, source, promised, planned_at) \
         VALUES (7, 'k', 'call', 'phone', {customer}, {rep}, 0, 3, 'due', '{{\"kind\":\"manual\",\"words\":\"\"}}', 0, 0)"
    ));
    floor.pass_minutes(60);
    let give = |to| CustomerChange::Assign { customers: vec![customer], to, reason: "leave".to_owned() };
    let commit = change(&mut floor, lead, give(Some(mate))).unwrap();
    assert_eq!(commit.effects.owners, [rep, mate]);
    assert_eq!(card(&mut floor, mate, customer).owner.unwrap().0, mate);
    let open = floor.rows("SELECT user_id FROM ownership WHERE to_at IS NULL");
    assert_eq!(open, [[mate.to_string()]]);
    assert_eq!(floor.rows("SELECT owner_id FROM task WHERE id = 7"), [[mate.to_string()]]);
    change(&mut floor, lead, give(None)).unwrap();
    assert_eq!(floor.rows("SELECT count(*) FROM ownership WHERE to_at IS NULL"), [["0"]]);
    assert_eq!(card(&mut floor, mate, customer).owner, None);
}

#[test]
fn a_customer_may_come_with_do_not_contact() {
    let mut floor = floor();
    let rep = floor.rep;
    let mut new = household("张小明", "13800138000", Some(rep));
    new.do_not_contact = true;
    let id = add(&mut floor, rep, new).unwrap();
    // twelve months of 31 days are 372: the day 2027-11-23 ends in Shanghai
    let until: Timestamp = "2027-11-24T00:00:00+08:00".parse().unwrap();
    assert_eq!(card(&mut floor, rep, id).do_not_contact, Some(until));
    assert_eq!(floor.rows("SELECT kind FROM consent"), [["do_not_contact"]]);
    assert_eq!(floor.rows("SELECT count(*) FROM task WHERE state = 'due'"), [["0"]], "nothing is planned");
}

#[test]
fn numbers_of_nobodys_customers_are_masked_until_they_are_somebodys() {
    let mut floor = floor();
    let (rep, lead) = (floor.rep, floor.lead);
    let mut new = household("张小明", "13800138000", None);
    new.persons[0].contacts.push(contact("wechat", "zhang_xm"));
    let id = add(&mut floor, lead, new).unwrap();
    let shown = |floor: &mut Floor, by| {
        let contacts = card(floor, by, id).persons[0].contacts.clone();
        let listed = |answer| {
            let Answer::Found(found) = answer else { panic!("another answer") };
            found.rows.iter().map(|row| row.phone.clone()).collect::<Vec<_>>()
        };
        let by = floor.sees(by);
        let found = floor.read(&Query::Find { text: "张小明".to_owned(), by, limit: 5 }).unwrap();
        let all = floor.read(&Query::Customers { owner: None, after: None, by, limit: 5 }).unwrap();
        let lists = [listed(found), listed(all)].concat();
        let texts = contacts.into_iter().map(|contact| (contact.norm, contact.raw)).collect::<Vec<_>>();
        (texts, lists)
    };
    let hidden = |text: &str| (text.to_owned(), text.to_owned());
    let (contacts, lists) = shown(&mut floor, rep);
    assert_eq!(contacts, [hidden("138****8000"), hidden("zh****m")]);
    assert_eq!(lists, ["138****8000", "138****8000"]);
    let give = CustomerChange::Assign { customers: vec![id], to: Some(rep), reason: String::new() };
    change(&mut floor, lead, give).unwrap();
    let whole = "+8613800138000".to_owned();
    for by in [rep, lead] {
        let (contacts, lists) = shown(&mut floor, by);
        assert_eq!((&contacts[0].0, contacts[1].0.as_str()), (&whole, "zhang_xm"), "{by:?}");
        assert_eq!(lists, [whole.clone(), whole.clone()]);
    }
}
