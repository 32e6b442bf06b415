//! What is typed, chosen from the names there are.

use std::collections::BTreeMap;

use corral::domain::lists::Shape;
use corral::domain::search_key::ways;
use corral::store::Db;
use corral::store::query::{Answer, Query};
use rusqlite::Connection;

/// Two characters nobody is named.
const ABSENT: &str = "龘靐";
/// How often a pair of characters is there that only a few have, and one whose spelling is typed.
const FEW: std::ops::RangeInclusive<usize> = 2..=9;
const SOME: std::ops::RangeInclusive<usize> = 10..=60;
/// Customers that get a tag.
const TAGGED: i64 = 2_000;

/// Something to type.
#[derive(Debug)]
pub struct Probe {
    pub name: &'static str,
    pub typed: String,
    /// Who answers; `None` where the table of pairs says it.
    pub answers: Option<Vec<i64>>,
    /// Whether the goals are those of two characters.
    pub two: bool,
    /// Whether a scan has to look at every name.
    pub scanned: bool,
}

/// Who has each pair of neighbouring characters.
pub type Pairs = BTreeMap<String, Vec<i64>>;

/// Reads every name into its pairs.
pub fn pairs(connection: &Connection) -> Pairs {
    let mut pairs = Pairs::new();
    let mut names = connection.prepare("SELECT id, name FROM customer ORDER BY id").unwrap();
    let mut rows = names.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (id, name): (i64, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let chars: Vec<char> = name.chars().collect();
        for pair in chars.windows(2) {
            let who = pairs.entry(pair.iter().collect()).or_default();
            if who.last() != Some(&id) {
                who.push(id);
            }
        }
    }
    pairs
}

/// Everything that is typed.
pub fn probes(connection: &Connection, db: &mut Db, pairs: &Pairs) -> Vec<Probe> {
    assert!(!pairs.contains_key(ABSENT));
    let common = pairs.iter().max_by_key(|(_, who)| who.len()).unwrap().0;
    let of_size = |size: &std::ops::RangeInclusive<usize>| {
        let mut found = pairs.iter().filter(|(_, who)| size.contains(&who.len()));
        found.next().unwrap().0.clone()
    };
    let (rare, spelled) = (of_size(&FEW), of_size(&SOME));
    let ways = ways(&spelled);
    let sound = ways.iter().find(|way| way.contains('\'')).unwrap();
    let initials = ways.iter().find(|way| way.chars().all(|c| c.is_ascii_uppercase())).unwrap();
    let who_type = |typed: &String| {
        let alike = pairs.iter().filter(|(pair, _)| corral::domain::search_key::ways(pair).contains(typed));
        let mut who: Vec<i64> = alike.flat_map(|(_, who)| who).copied().collect();
        who.sort_unstable();
        who.dedup();
        Some(who)
    };
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let number = text("SELECT norm FROM contact WHERE norm LIKE '+86%' ORDER BY id LIMIT 1 OFFSET 500");
    let digits = number.split_at(number.len() - 4).1.to_owned();
    let handle = text("SELECT norm FROM contact WHERE channel = 'wechat' ORDER BY id LIMIT 1 OFFSET 500");
    let begun = handle.split_at(handle.len() - 2).0.to_owned();
    let who = |like: String| {
        let mut found = connection
            .prepare("SELECT DISTINCT customer_id FROM contact WHERE norm LIKE ?1 ESCAPE '\\'")
            .unwrap();
        Some(found.query_map([like], |row| row.get(0)).unwrap().map(Result::unwrap).collect())
    };
    let (tag, tagged) = tagged(connection, db);
    let two = |name, typed: &str, scanned| Probe {
        name,
        typed: typed.to_owned(),
        answers: None,
        two: true,
        scanned,
    };
    let other = |name, typed: String, answers| Probe { name, typed, answers, two: false, scanned: false };
    vec![
        two("two characters nobody has", ABSENT, true),
        two("two characters a few have", &rare, true),
        two("two characters many have", common, false),
        other("pinyin of two characters", sound.replace('\'', ""), who_type(sound)),
        other("two initials", initials.to_lowercase(), who_type(initials)),
        other("four digits at the end", digits.clone(), who(format!("%{digits}"))),
        other("the beginning of a WeChat id", begun.clone(), who(format!("{}%", begun.replace('_', "\\_")))),
        other("a tag", tag, Some(tagged)),
    ]
}

/// Gives customers a tag of the playbook, as a deal without stages; answers with its name and who has it.
fn tagged(connection: &Connection, db: &mut Db) -> (String, Vec<i64>) {
    let Answer::Playbooks(books) = db.read(&Query::Playbooks).unwrap() else { panic!("playbooks") };
    let book = &books[0].playbook;
    let tag = book.pipelines.iter().find(|p| p.shape == Shape::Tag).expect("a playbook with a tag");
    let mut found =
        connection.prepare("SELECT id FROM customer ORDER BY id DESC LIMIT ?1 OFFSET 100").unwrap();
    let who: Vec<i64> = found.query_map([TAGGED], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    for (number, customer) in (0_i64..).zip(&who) {
        connection
            .execute(
                "INSERT INTO deal (id, customer_id, playbook, playbook_number, pipeline, seq, stage, stage_since, state, \
                 opened_at, opened_by) VALUES (?1, ?2, ?3, 1, ?4, 1, NULL, 0, 'open', 0, 1)",
                rusqlite::params![i64::MAX - number, customer, book.id, tag.code.as_str()],
            )
            .unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    (tag.name.zh.clone(), who)
}
