//! Finding customers as something is typed, and the list's window.

use std::cmp::Reverse;

use corral::domain::id::{CustomerId, UserId};
use corral::domain::phone::PhoneNumber;
use corral::domain::search_key::{Search, Subject, Term};
use corral::store::change::customer::NewPerson;
use corral::store::change::{Change, CustomerChange};
use corral::store::query::customer::Found;
use corral::store::query::{Answer, Query};
use corral::store::search;
use corral::store::verify::verify;

use crate::customers::{add, card, change, contact, floor, household};
use crate::floor::Floor;

fn find(floor: &mut Floor, by: UserId, text: &str) -> Vec<String> {
    let query = Query::Find { text: text.to_owned(), by: floor.sees(by), limit: 10 };
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
    for typed in [
        "王",
        "小明",
        "王小明",
        "wxm",
        "wangxiao",
        "xiaom",
        "xm",
        "anna",
        "8000",
        "1391111",
        "2222",
        "star_0",
        "138 0013",
        "王 2222",
        "anna wxm",
    ] {
        assert_eq!(find(&mut floor, rep, typed), ["王小明"], "{typed}");
    }
    assert!(find(&mut floor, rep, "赵").is_empty());
    assert!(find(&mut floor, rep, "").is_empty());
}

#[test]
fn the_whole_name_comes_before_its_beginning_and_that_before_a_part_and_the_own_first() {
    let mut floor = floor();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    for (name, phone, owner) in [
        ("王小明", "13800138000", mate),
        ("小明", "13800138001", mate),
        ("小明轩", "13800138002", mate),
        ("小明远", "13800138003", rep),
        ("李小明", "13800138004", rep),
    ] {
        add(&mut floor, owner, household(name, phone, Some(owner))).unwrap();
    }
    let own = add(&mut floor, lead, household("小明亮", "13800138005", Some(lead)));
    assert!(own.is_ok());
    // the newest first among equals, but the own before them
    assert_eq!(find(&mut floor, lead, "小明"), ["小明", "小明亮", "小明远", "小明轩", "李小明", "王小明"]);
    assert_eq!(find(&mut floor, rep, "小明"), ["小明远", "李小明"]);
    assert_eq!(find(&mut floor, mate, "小明"), ["小明", "小明轩", "王小明"]);
    assert_eq!(find(&mut floor, mate, "13800138002"), ["小明轩"]);
    // spelled from its first syllable it is the name's beginning, from a later one a part; the whole spelling is exact
    assert_eq!(find(&mut floor, mate, "xiaoming"), ["小明", "小明轩", "王小明"]);
    assert_eq!(find(&mut floor, mate, "wang"), ["王小明"]);
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

/// Customers written past the store, of a rep, each with a number of its own.
#[expect(clippy::format_collect, reason = "one statement a row, for some thousand rows")]
fn crowd(floor: &mut Floor, owner: UserId, names: impl Iterator<Item = String>) {
    let first =
        floor.rows("SELECT coalesce(max(id), 1000) FROM customer")[0][0].parse::<i64>().unwrap() + 1_000;
    let rows: Vec<(i64, String)> = (first..).zip(names).collect();
    let text: String = rows
        .iter()
        .map(|(id, name)| {
            format!(
                "INSERT INTO customer (id, kind, name, city, source, playbook, owner_id, assigned_at, created_at, created_by, \
                 attempts, tries, connected, last_note, version) \
                 VALUES ({id}, 'household', '{name}', '', '', 'small', {owner}, 0, 0, 1, 0, 0, 0, '', 1);"
            )
        })
        .collect();
    floor.tamper(&format!("BEGIN; {text} COMMIT;"));
    floor
        .db
        .bulk(|bulk| {
            bulk.look(|tx, _| {
                let mut keys = search::Pending::default();
                for (id, name) in &rows {
                    let mut subject = Subject::default();
                    subject.name(name);
                    keys.write_new(tx, (CustomerId(*id), Some(owner)), &subject)?;
                }
                keys.settle(tx)
            })
        })
        .unwrap();
}

#[test]
fn the_own_match_is_found_behind_any_number_of_newer_ones() {
    let mut floor = floor();
    let (rep, mate) = (floor.rep, floor.mate);
    add(&mut floor, rep, household("王小一", "13800138000", Some(rep))).unwrap();
    let second = |n: u32| char::from_u32(0x4E00 + n).unwrap();
    crowd(&mut floor, mate, (0..600).map(|n| format!("王{}", second(n * 7 + 10))));
    crowd(&mut floor, mate, (0..600).map(|n| format!("王小{}", second(n * 7 + 10))));
    for typed in ["王", "王小", "小一", "wang", "w", "xy", "xiaoy", "8000", "138"] {
        assert_eq!(find(&mut floor, rep, typed)[0], "王小一", "{typed}");
    }
    for typed in ["王", "王小", "wang", "w", "wx"] {
        assert!(!find(&mut floor, mate, typed).contains(&"王小一".to_owned()), "{typed}");
    }
}

#[test]
fn the_whole_name_comes_first_behind_any_number_of_longer_ones() {
    let mut floor = floor();
    let (mate, lead, manager) = (floor.mate, floor.lead, floor.manager);
    crowd(&mut floor, mate, ["王小", "王小明", "小明"].into_iter().map(str::to_owned));
    let more = |n: u32| char::from_u32(0x4E00 + n).unwrap();
    crowd(&mut floor, mate, (0..700).map(|n| format!("王小明{}", more(n * 3 + 10))));
    for (typed, first) in [
        ("王小", "王小"),
        ("王小明", "王小明"),
        ("小明", "小明"),
        ("wangxiao", "王小"),
        ("wangxiaoming", "王小明"),
        ("wx", "王小"),
        ("wxm", "王小明"),
        ("xiaoming", "小明"),
    ] {
        assert_eq!(find(&mut floor, manager, typed)[0], first, "{typed}");
        assert_eq!(find(&mut floor, lead, typed)[0], first, "{typed}: the team's own");
        assert_eq!(find(&mut floor, mate, typed)[0], first, "{typed}: the own");
    }
}

#[test]
fn customers_are_found_by_their_tags_behind_those_of_that_name() {
    let mut floor = floor();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    for (name, phone, owner, tags) in [
        ("甲一", "13800138000", mate, vec!["转介绍"]),
        ("甲二", "13800138001", rep, vec!["转介绍"]),
        ("甲三", "13800138002", rep, vec![]),
        ("转介人", "13800138003", mate, vec![]),
    ] {
        let mut new = household(name, phone, Some(owner));
        new.tags = tags.into_iter().map(str::to_owned).collect();
        add(&mut floor, owner, new).unwrap();
    }
    assert_eq!(find(&mut floor, lead, "转介"), ["转介人", "甲二", "甲一"]);
    assert_eq!(find(&mut floor, lead, "refer"), ["甲二", "甲一"]);
    assert_eq!(find(&mut floor, lead, "转介绍 甲"), ["甲二", "甲一"]);
    assert_eq!(find(&mut floor, mate, "8000 转介绍"), ["甲一"]);
    assert!(find(&mut floor, rep, "8002 转介绍").is_empty());
}

/// What somebody has done to a floor of customers who are easily taken for each other.
fn busy(chance: &mut Chance) -> Floor {
    let mut floor = floor();
    let (rep, mate, lead) = (floor.rep, floor.mate, floor.lead);
    for n in 0..70 {
        let name = chance.name();
        let owner = [Some(rep), Some(mate), None][chance.below(3)];
        let phone = format!("138{:04}{:04}", chance.below(3) * 1_111, 8_000 + n);
        let mut new = household(&name, &phone, owner);
        if chance.below(3) == 0 {
            let mut member = NewPerson { name: chance.name(), ..NewPerson::default() };
            member
                .contacts
                .push(contact("wechat", &format!("{}_{n}", ["wang", "star", "1380"][chance.below(3)])));
            new.persons.push(member);
        }
        if chance.below(4) == 0 {
            new.tags = vec!["转介绍".to_owned()];
        }
        let customer = add(&mut floor, lead, new).unwrap();
        match chance.below(6) {
            0 => {
                let version = card(&mut floor, lead, customer).version;
                let name = Some(chance.name());
                let edit = CustomerChange::Edit { customer, version, name, city: None, source: None };
                change(&mut floor, lead, edit).unwrap();
            }
            1 => {
                let to = [Some(rep), Some(mate), None][chance.below(3)];
                let customers = vec![customer];
                change(&mut floor, lead, CustomerChange::Assign { customers, to, reason: String::new() })
                    .unwrap();
            }
            2 => {
                let member = NewPerson { name: chance.name(), ..NewPerson::default() };
                let added = CustomerChange::AddPerson { customer, person: member };
                let write = floor.prepare(lead, Change::Customer(added));
                floor.db.write(&write).unwrap();
                if chance.below(2) == 0 {
                    floor.write(lead, Change::Undo { write: Some(write.id) }).unwrap();
                }
            }
            _ => {}
        }
    }
    floor
}

/// A chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n as u64).unwrap()
    }

    fn some(&mut self, of: &str, most: usize) -> String {
        let chars: Vec<char> = of.chars().collect();
        (0..=self.below(most)).map(|_| chars[self.below(chars.len())]).collect()
    }

    fn name(&mut self) -> String {
        const CHARS: &str = "王小明重庆单曾解仇西安欧阳";
        match self.below(8) {
            0 => format!("{} {}", self.some("ab", 3), self.some(CHARS, 2)),
            1 => self.some(CHARS, 9),
            _ => self.some(CHARS, 3),
        }
    }

    fn typed(&mut self) -> String {
        let pieces = [
            "wang", "xiao", "ming", "chong", "zhong", "shan", "dan", "zeng", "xie", "qiu", "xi", "an", "ou",
            "w", "x", "m", "c", "z", "s", "q", "a", "o", "y", "refer",
        ];
        match self.below(9) {
            0..=2 => self.name(),
            3..=5 => (0..=self.below(3)).map(|_| pieces[self.below(pieces.len())]).collect(),
            6 => self.some("0138", 4),
            7 => format!("{} {}", self.typed(), self.typed()),
            _ => ["star_", "1380_1", "转", "转介绍", "referral", "wang_1"][self.below(6)].to_owned(),
        }
    }
}

/// A customer as looking finds one: id, owner, what it is found by, whether it has the tag.
struct Looked {
    id: CustomerId,
    owner: String,
    subject: Subject,
    tagged: bool,
}

fn everybody(floor: &Floor) -> Vec<Looked> {
    let looked = |row: Vec<String>| {
        let [id, name, owner] = row.as_slice() else { panic!() };
        let mut subject = Subject::default();
        subject.name(name);
        for row in floor.rows(&format!("SELECT name FROM person WHERE customer_id = {id}")) {
            subject.name(&row[0]);
        }
        for row in floor.rows(&format!("SELECT norm FROM contact WHERE customer_id = {id}")) {
            match PhoneNumber::new(row[0].clone()) {
                Ok(number) => subject.number(&number),
                Err(_) => subject.id(&row[0]),
            }
        }
        let tags =
            format!("SELECT 1 FROM deal WHERE customer_id = {id} AND pipeline = 'friend' AND state = 'open'");
        let tagged = !floor.rows(&tags).is_empty();
        Looked { id: CustomerId(id.parse().unwrap()), owner: owner.clone(), subject, tagged }
    };
    floor.rows("SELECT id, name, owner_id FROM customer").into_iter().map(looked).collect()
}

/// Everybody who answers, in the order in which they are to come.
fn by_looking(everybody: &[Looked], (by, sees): (UserId, &[UserId]), text: &str) -> Vec<CustomerId> {
    let search = Search::parse(text);
    let mut found: Vec<_> = everybody
        .iter()
        .filter(|one| one.owner == "NULL" || sees.iter().any(|owner| one.owner == owner.to_string()))
        .filter_map(|one| {
            let tag = |term: &Term| term.of_tag(["转介绍", "Referral", "friend"]).filter(|_| one.tagged);
            let ways = search.ways().iter();
            let best = ways.filter_map(|way| search.closeness(way, one.subject.as_str(), tag)).max()?;
            Some((Reverse(best), one.owner != by.to_string(), Reverse(one.id)))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, id)| id.0).collect()
}

#[test]
fn what_is_found_is_what_looking_at_everybody_finds_in_that_order() {
    let mut chance = Chance(7);
    let mut floor = busy(&mut chance);
    let (rep, mate, lead, manager) = (floor.rep, floor.mate, floor.lead, floor.manager);
    let everybody = everybody(&floor);
    let (mut answered, mut many) = (0, 0);
    for round in 0..600 {
        let text = chance.typed();
        let (by, sees): (UserId, &[UserId]) = match round % 3 {
            0 => (rep, &[rep]),
            1 => (lead, &[rep, mate, lead]),
            _ => (manager, &[rep, mate, lead]),
        };
        let expected = by_looking(&everybody, (by, sees), &text);
        for limit in [1, 3, 200] {
            let query = Query::Find { text: text.clone(), by: floor.sees(by), limit };
            let Answer::Found(Found { rows, more }) = floor.read(&query).unwrap() else { panic!() };
            let ids: Vec<CustomerId> = rows.iter().map(|row| row.id).collect();
            let best: Vec<CustomerId> = expected.iter().copied().take(limit).collect();
            assert_eq!(ids, best, "'{text}', at most {limit}");
            assert_eq!(more, expected.len() > limit, "'{text}', at most {limit}");
        }
        answered += usize::from(!expected.is_empty());
        many += usize::from(expected.len() > 3);
    }
    assert!(answered > 200 && many > 150, "{answered} {many}: too few to say anything");
}

#[test]
fn a_file_of_the_first_layout_is_searched_after_it_was_brought_up_to_date() {
    let mut floor = floor();
    let rep = floor.rep;
    add(&mut floor, rep, household("王小明", "13800138000", Some(rep))).unwrap();
    add(&mut floor, rep, household("重庆", "13800138001", None)).unwrap();
    let made = |floor: &Floor| {
        ["SELECT * FROM search_key", "SELECT * FROM search_way", "SELECT * FROM search_text"]
            .map(|all| floor.rows(all))
    };
    let before = made(&floor);
    floor.tamper("DELETE FROM search_key; DELETE FROM search_way; DELETE FROM search_text;");
    floor.db.bulk(|bulk| bulk.look(|tx, _| search::fill(tx))).unwrap();
    assert_eq!(made(&floor), before);
    assert!(before.iter().all(|rows| !rows.is_empty()));
}

#[test]
fn verify_tells_what_customers_are_wrongly_found_by() {
    let mut floor = floor();
    let rep = floor.rep;
    add(&mut floor, rep, household("王小明", "13800138000", Some(rep))).unwrap();
    for (damage, mend, kind) in [
        (
            "UPDATE search_text SET text = '=李\n'",
            "UPDATE search_text SET text = '=王小明\n#8613800138000/13800138000\n'",
            "search_text",
        ),
        (
            "DELETE FROM search_key WHERE key = '小明'",
            "INSERT INTO search_key SELECT '小明', 1, customer_id, '' FROM search_text",
            "search_key",
        ),
        (
            "DELETE FROM search_way WHERE way = 'WX'",
            "INSERT INTO search_way VALUES ('WX', '王小')",
            "search_way",
        ),
    ] {
        floor.tamper(damage);
        let report = verify(&mut floor.db).unwrap();
        let kinds: Vec<&str> = report.differences.iter().map(|found| found.kind).collect();
        assert_eq!(kinds, [kind], "{damage}");
        floor.tamper(mend);
        assert!(verify(&mut floor.db).unwrap().ok, "{mend}");
    }
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
        let Answer::Found(found) =
            floor.read(&Query::Customers { owner, after, by: floor.sees(rep), limit: 2 }).unwrap()
        else {
            panic!()
        };
        (found.rows.iter().map(|row| row.id).collect::<Vec<_>>(), found.more)
    };
    assert_eq!(window(Some(rep), None), (vec![added[4], added[3]], true));
    assert_eq!(window(Some(rep), Some(added[3])), (vec![added[1], added[0]], false));
    assert_eq!(window(None, Some(added[3])), (vec![added[1], added[0]], false), "a mate's is not seen");
}
