//! Finding customers as something is typed, and the list's window.

use corral::domain::id::{CustomerId, UserId};
use corral::store::change::CustomerChange;
use corral::store::change::customer::NewPerson;
use corral::store::query::customer::Found;
use corral::store::query::{Answer, Query};

use crate::customers::{add, card, change, contact, floor, household};
use crate::floor::Floor;

fn find(floor: &mut Floor, by: UserId, text: &str) -> Vec<String> {
    let query = Query::Find { text: text.to_owned(), by, limit: 10 };
    let Answer::Found(Found { rows, .. }) = floor.read(&query).unwrap() else { panic!() };
    rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn a_customer_is_found_by_any_member_however_it_is_typed() {
    let mut floor = floor();
    let rep = floor.rep;
    let mut new = household("王小明", "13800138000", Some(rep));
    new.persons.push(NewPerson {
        name: "Anna Li".to_owned(),
        contacts: vec![contact("phone", "13911112222"), contact("wechat", "Star_01")],
        ..NewPerson::default()
    });
    add(&mut floor, rep, new).unwrap();
    add(&mut floor, rep, household("陈乐", "13700000000", Some(rep))).unwrap();
    for typed in
        ["王", "小明", "王小明", "wxm", "wangxiao", "anna", "8000", "1391111", "2222", "star_0", "138 0013"]
    {
        assert_eq!(find(&mut floor, rep, typed), ["王小明"], "{typed}");
    }
    assert!(find(&mut floor, rep, "赵").is_empty());
    assert!(find(&mut floor, rep, "").is_empty());
}

#[test]
fn the_whole_name_comes_before_its_beginning_and_that_before_a_part_and_the_own_first() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    for (name, phone, owner) in [
        ("王小明", "13800138000", mate),
        ("小明", "13800138001", mate),
        ("小明轩", "13800138002", mate),
        ("小明远", "13800138003", rep),
        ("李小明", "13800138004", rep),
    ] {
        add(&mut floor, owner, household(name, phone, Some(owner))).unwrap();
    }
    assert_eq!(find(&mut floor, rep, "小明"), ["小明", "小明远", "小明轩", "李小明", "王小明"]);
    assert_eq!(find(&mut floor, mate, "小明"), ["小明", "小明轩", "小明远", "王小明", "李小明"]);
    assert_eq!(find(&mut floor, rep, "13800138002"), ["小明轩"]);
    // spelled from its first syllable it is the name's beginning, from a later one a part; the whole spelling is exact
    assert_eq!(find(&mut floor, rep, "xiaoming"), ["小明", "小明远", "小明轩", "李小明", "王小明"]);
    assert_eq!(find(&mut floor, rep, "wang"), ["王小明"]);
}

#[test]
fn a_new_name_is_found_and_the_old_one_is_not() {
    let mut floor = floor();
    let rep = floor.rep;
    // the member has no name of its own, so that only the customer's is there to find
    let mut new = household("", "13800138000", Some(rep));
    new.name = "张家".to_owned();
    let customer = add(&mut floor, rep, new).unwrap();
    let version = card(&mut floor, rep, customer).version;
    let edit =
        CustomerChange::Edit { customer, version, name: Some("刘家".to_owned()), city: None, source: None };
    change(&mut floor, rep, edit).unwrap();
    assert!(find(&mut floor, rep, "张").is_empty());
    assert_eq!(find(&mut floor, rep, "刘"), ["刘家"]);
    assert_eq!(find(&mut floor, rep, "8000"), ["刘家"], "the number is still known");
}

#[test]
fn the_own_match_is_found_behind_any_number_of_newer_ones() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    let own = add(&mut floor, rep, household("王一", "13800138000", Some(rep))).unwrap();
    // more of one character than are looked at, written past the store
    let many: Vec<String> = (0..600)
        .map(|n| {
            let id = own.0 + 1_000 + n;
            format!(
                "INSERT INTO customer (id, kind, name, city, source, playbook, owner_id, assigned_at, created_at, created_by, \
                 attempts, tries, connected, last_note, version) \
                 VALUES ({id}, 'household', '王{n}', '', '', 'small', {mate}, 0, 0, 1, 0, 0, 0, '', 1); \
                 INSERT INTO search_key (key, kind, customer_id) VALUES ('王', 1, {id});"
            )
        })
        .collect();
    floor.tamper(&format!("BEGIN; {} COMMIT;", many.concat()));
    assert_eq!(find(&mut floor, rep, "王")[0], "王一");
    assert!(!find(&mut floor, mate, "王").contains(&"王一".to_owned()));
}

#[test]
fn the_list_is_read_in_windows_newest_first() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    let mut added: Vec<CustomerId> = Vec::new();
    for n in 0..5 {
        let owner = if n == 2 { mate } else { rep };
        added
            .push(add(&mut floor, owner, household("王芳", &format!("1380013800{n}"), Some(owner))).unwrap());
    }
    let mut window = |owner, after| {
        let Answer::Found(found) = floor.read(&Query::Customers { owner, after, limit: 2 }).unwrap() else {
            panic!()
        };
        (found.rows.iter().map(|row| row.id).collect::<Vec<_>>(), found.more)
    };
    assert_eq!(window(Some(rep), None), (vec![added[4], added[3]], true));
    assert_eq!(window(Some(rep), Some(added[3])), (vec![added[1], added[0]], false));
    assert_eq!(window(None, Some(added[3])), (vec![added[2], added[1]], true));
}
