//! Lead files in: every row has a fate, numbers meet in every spelling, the same file again changes nothing.

use corral::domain::id::{BatchId, UserId};
use corral::store::StoreError;
use corral::store::change::customer::{Fate, ImportChunk, ImportRow, KnownPolicy, NewCustomer};
use corral::store::change::{Commit, CustomerChange};

use crate::customers::{add, card, change, contact, floor, household, set};
use crate::floor::Floor;

fn chunk(batch: i64, rows: Vec<ImportRow>) -> ImportChunk {
    ImportChunk {
        batch: BatchId(batch),
        file: "leads.csv".to_owned(),
        hash: "abc".to_owned(),
        options: String::new(),
        known: KnownPolicy::Skip,
        assign: Vec::new(),
        assigned_before: 0,
        rows,
        last: true,
    }
}

fn row(row: u64, customer: NewCustomer) -> ImportRow {
    ImportRow { row, owner: String::new(), customer }
}

fn import(floor: &mut Floor, by: UserId, chunk: ImportChunk) -> Result<Commit, StoreError> {
    change(floor, by, CustomerChange::Import(Box::new(chunk)))
}

fn counts(commit: &Commit) -> (usize, usize, usize, usize) {
    let count = |is: fn(&Fate) -> bool| commit.effects.rows.iter().filter(|f| is(&f.fate)).count();
    (
        count(|f| matches!(f, Fate::Created(_))),
        count(|f| matches!(f, Fate::Updated(_))),
        count(|f| matches!(f, Fate::Duplicate { .. })),
        count(|f| matches!(f, Fate::Rejected { .. })),
    )
}

/// A number of the file and the ways people write it.
fn spelled(n: u64, way: u64) -> String {
    let digits = format!("138{:08}", 10_000_000 + n);
    match way {
        0 => digits,
        1 => format!("+86{digits}"),
        2 => format!("0086 {} {} {}", &digits[..3], &digits[3..7], &digits[7..]),
        3 => digits.chars().map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap()).collect(),
        _ => format!("{}-{}-{}", &digits[..3], &digits[3..7], &digits[7..]),
    }
}

#[test]
fn a_thousand_rows_with_a_hundred_and_twenty_repeats_make_eight_hundred_and_eighty_customers() {
    // S001-90: 880 numbers, 120 of them twice in another spelling
    let mut floor = floor();
    let lead = floor.lead;
    let mut rows: Vec<ImportRow> =
        (0..880).map(|n| row(n + 2, household(&format!("客户{n}"), &spelled(n, 0), None))).collect();
    rows.extend((0..120).map(|n| row(n + 882, household("又一次", &spelled(n * 7, 1 + n % 4), None))));
    let mut total = (0, 0, 0, 0);
    let second = rows.split_off(500);
    for (rows, last) in [(rows, false), (second, true)] {
        let commit = import(&mut floor, lead, ImportChunk { last, ..chunk(1, rows) }).unwrap();
        let (a, b, c, d) = counts(&commit);
        total = (total.0 + a, total.1 + b, total.2 + c, total.3 + d);
    }
    assert_eq!(total, (880, 0, 120, 0));
    assert_eq!(floor.rows("SELECT count(*) FROM customer"), [["880"]]);
    let batch = floor.rows("SELECT seen, created, updated, duplicates, rejected, done FROM import_batch");
    assert_eq!(batch, [["1000", "880", "0", "120", "0", "1"]]);
}

#[test]
fn the_same_file_again_is_all_duplicates_and_writes_nothing() {
    let mut floor = floor();
    let (lead, rep) = (floor.lead, floor.rep);
    let rows = || {
        let mut second = household("陈乐", "13900000001", None);
        second.set = vec![set("level", "zero")];
        vec![row(2, household("张小明", "13800138000", None)), row(3, second)]
    };
    import(&mut floor, lead, ImportChunk { assign: vec![rep], ..chunk(1, rows()) }).unwrap();
    let before = floor.rows(
        "SELECT (SELECT count(*) FROM field_value), (SELECT count(*) FROM task), (SELECT count(*) FROM deal)",
    );
    let again = ImportChunk { known: KnownPolicy::Update, ..chunk(2, rows()) };
    let commit = import(&mut floor, lead, again).unwrap();
    assert_eq!(counts(&commit), (0, 0, 2, 0));
    let Fate::Duplicate { by, owner, .. } = &commit.effects.rows[0].fate else { panic!() };
    assert_eq!((by.as_str(), owner.as_str()), ("phone", "王芳"));
    assert_eq!(floor.rows("SELECT count(*) FROM import_batch"), [["1"]]);
    let after = floor.rows(
        "SELECT (SELECT count(*) FROM field_value), (SELECT count(*) FROM task), (SELECT count(*) FROM deal)",
    );
    assert_eq!(after, before);
}

#[test]
fn new_customers_go_round_and_the_turn_is_kept_over_parts() {
    let mut floor = floor();
    let (lead, rep, mate) = (floor.lead, floor.rep, floor.mate);
    let people = vec![rep, mate];
    let rows =
        |from: u64, to: u64| (from..to).map(|n| row(n, household("甲", &spelled(n, 0), None))).collect();
    import(&mut floor, lead, ImportChunk { assign: people.clone(), last: false, ..chunk(1, rows(0, 3)) })
        .unwrap();
    // the fourth new customer is the mate's: three were given out before
    let mut part: Vec<ImportRow> = rows(3, 4);
    part.push(ImportRow { owner: "REP".to_owned(), ..row(9, household("乙", &spelled(9, 0), None)) });
    part.push(row(10, household("丙", &spelled(10, 0), None)));
    import(&mut floor, lead, ImportChunk { assign: people, assigned_before: 3, ..chunk(1, part) }).unwrap();
    let owners = floor.rows("SELECT owner_id FROM customer ORDER BY id");
    let expected: Vec<Vec<String>> =
        [rep, mate, rep, mate, rep, rep].iter().map(|u| vec![u.to_string()]).collect();
    assert_eq!(owners, expected, "a named owner takes no turn");
    assert_eq!(floor.rows("SELECT count(*) FROM ownership WHERE to_at IS NULL"), [["6"]]);
}

#[test]
fn a_bad_row_is_rejected_with_its_reason_and_the_good_ones_are_kept() {
    let mut floor = floor();
    let lead = floor.lead;
    let with = |name: &str, phone: &str, field: &str, value: &str| {
        let mut new = household(name, phone, None);
        new.set = vec![set(field, value)];
        new
    };
    let rows = vec![
        row(2, household("好", "13800138000", None)),
        ImportRow { owner: "mtae".to_owned(), ..row(3, household("甲", "13800138001", None)) },
        row(4, household("乙", "12345", None)),
        row(5, household("丙", "", None)),
        row(6, with("丁", "13800138002", "level", "high")),
        row(7, with("戊", "13800138003", "lvel", "zero")),
    ];
    let commit = import(&mut floor, lead, chunk(1, rows)).unwrap();
    assert_eq!(counts(&commit), (1, 0, 0, 5));
    let reason = |place: usize| match &commit.effects.rows[place].fate {
        Fate::Rejected { reason } => reason.clone(),
        other => panic!("{other:?}"),
    };
    assert!(reason(1).contains("did you mean 'mate'?"), "{}", reason(1));
    assert!(reason(2).contains("12345"), "{}", reason(2));
    assert!(reason(3).contains("no way of contact"), "{}", reason(3));
    assert!(reason(4).contains("zero, some"), "{}", reason(4));
    assert!(reason(5).contains("did you mean 'level'?"), "{}", reason(5));
    assert_eq!(floor.rows("SELECT name FROM customer"), [["好"]]);
}

#[test]
fn update_fills_what_is_empty_and_leaves_what_is_there() {
    let mut floor = floor();
    let (lead, rep) = (floor.lead, floor.rep);
    let mut old = household("张小明", "13800138000", Some(rep));
    old.city = "上海".to_owned();
    old.set = vec![set("level", "zero")];
    let customer = add(&mut floor, rep, old).unwrap();
    let mut new = household("别名", "13800138000", None);
    (new.city, new.source) = ("北京".to_owned(), "展会".to_owned());
    new.set = vec![set("level", "some"), set("keen", "yes")];
    new.persons[0].contacts.push(contact("wechat", "star_01"));
    let update = |batch, new: &NewCustomer| ImportChunk {
        known: KnownPolicy::Update,
        hash: format!("hash {batch}"),
        ..chunk(batch, vec![row(2, new.clone())])
    };
    assert_eq!(counts(&import(&mut floor, lead, update(1, &new)).unwrap()), (0, 1, 0, 0));
    let card = card(&mut floor, rep, customer);
    assert_eq!((card.name.as_str(), card.city.as_str(), card.source.as_str()), ("张小明", "上海", "展会"));
    assert_eq!((card.fields["level"].as_str(), card.fields["keen"].as_str()), ("zero", "true"));
    assert_eq!(card.persons[0].contacts.len(), 2);
    assert_eq!(
        counts(&import(&mut floor, lead, update(2, &new)).unwrap()),
        (0, 0, 1, 0),
        "nothing is empty now"
    );
}

#[test]
fn a_report_tells_every_fate_and_writes_nothing() {
    let mut floor = floor();
    let (lead, rep) = (floor.lead, floor.rep);
    add(&mut floor, rep, household("张小明", "13800138000", Some(rep))).unwrap();
    let mut known = household("x", "", None);
    known.external_id = "A1".to_owned();
    let rows = vec![
        row(2, household("a", "+86 13800138000", None)),
        row(3, household("b", "13900000001", None)),
        row(4, household("c", "0086-13900000001", None)),
        row(5, known.clone()),
        row(6, known),
    ];
    let commit =
        import(&mut floor, lead, ImportChunk { known: KnownPolicy::Report, ..chunk(1, rows) }).unwrap();
    assert_eq!(counts(&commit), (2, 0, 3, 0));
    let by: Vec<&str> = commit
        .effects
        .rows
        .iter()
        .filter_map(|f| match &f.fate {
            Fate::Duplicate { by, .. } => Some(by.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(by, ["phone", "phone", "external_id"]);
    assert_eq!(floor.rows("SELECT count(*) FROM customer"), [["1"]]);
    assert_eq!(floor.rows("SELECT count(*) FROM import_batch"), [["0"]]);
}

#[test]
fn an_import_is_a_leads_right_and_its_parts_are_small() {
    let mut floor = floor();
    let (lead, rep) = (floor.lead, floor.rep);
    let refused = import(&mut floor, rep, chunk(1, Vec::new())).unwrap_err();
    assert_eq!(refused.code(), "forbidden");
    let rows = (0..501).map(|n| row(n, household("a", &spelled(n, 0), None))).collect();
    assert_eq!(import(&mut floor, lead, chunk(1, rows)).unwrap_err().code(), "too_many_rows");
}

#[test]
fn an_import_is_taken_back_while_nobody_has_worked_on_it() {
    let mut floor = floor();
    let (lead, rep) = (floor.lead, floor.rep);
    let rows: Vec<ImportRow> =
        (0..150).map(|n| row(n + 2, household(&format!("客户{n}"), &spelled(n, 0), None))).collect();
    let kept = add(&mut floor, rep, household("留下", "13900000001", None)).unwrap();
    let before = floor.rows("SELECT count(*) FROM search_key");
    import(&mut floor, lead, ImportChunk { assign: vec![rep], ..chunk(7, rows) }).unwrap();
    let undo = || CustomerChange::UndoImport(BatchId(7));
    assert!(change(&mut floor, rep, undo()).is_err(), "a rep takes no import back");
    // 150 customers go in parts of 100, and the batch with the third
    let removed: Vec<usize> =
        (0..3).map(|_| change(&mut floor, lead, undo()).unwrap().effects.rows.len()).collect();
    assert_eq!(removed, [100, 50, 0]);
    assert_eq!(floor.rows("SELECT id FROM customer"), [[kept.to_string()]]);
    assert_eq!(floor.rows("SELECT count(*) FROM search_key"), before);
    assert_eq!(floor.rows("SELECT count(*) FROM import_batch"), [["0"]]);
    assert!(change(&mut floor, lead, undo()).is_err(), "what is gone is not taken back again");
    assert_eq!(corral::store::verify::verify(&mut floor.second()).unwrap().differences, []);
}

#[test]
fn an_import_somebody_has_worked_on_stays_whole() {
    let mut floor = floor();
    let (lead, rep) = (floor.lead, floor.rep);
    let rows = (0..3).map(|n| row(n + 2, household(&format!("客户{n}"), &spelled(n, 0), None))).collect();
    let commit = import(&mut floor, lead, ImportChunk { assign: vec![rep], ..chunk(7, rows) }).unwrap();
    let Fate::Created(second) = commit.effects.rows[1].fate else { panic!() };
    let noted = CustomerChange::PrivateNote { customer: second, text: "喜欢唱歌".to_owned() };
    change(&mut floor, rep, noted).unwrap();
    let refused = change(&mut floor, lead, CustomerChange::UndoImport(BatchId(7))).unwrap_err().to_string();
    assert!(refused.contains("1 of its customers") && refused.contains("客户1"), "{refused}");
    assert_eq!(floor.rows("SELECT count(*) FROM customer"), [["3"]]);
}
