//! What is held of a person is handed out whole, and erased from every table while totals, boards and chains stay what they were.

use std::collections::BTreeMap;

use corral::domain::id::{CustomerId, PersonId, UserId};
use corral::domain::lists::{ContactState, Lane, Metric, Period};
use corral::domain::money::Money;
use corral::domain::span::Span;
use corral::domain::time::Timestamp;
use corral::store::change::customer::{FieldOwner, NewContact, NewPerson};
use corral::store::change::deal::NewOrder;
use corral::store::change::{Change, CustomerChange, DealChange, PrivacyChange, WorkChange};
use corral::store::privacy::{self, erase, journal, retain, traces};
use corral::store::query::board::{BoardAsk, BoardBy};
use corral::store::query::{Answer, Query};
use corral::store::verify::verify;
use corral::store::{Db, StoreError};
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::ground;
use crate::program::{MORNING, Program, id};
use crate::store_base::undo::{due, household, log, phone};

/// What a customer can be recognised by, or somebody wrote of one: it stands in no other word.
const MARKS: [&str; 5] = ["MARK", "记号", "13800000001", "13800000002", "jihao"];

/// A customer of the rep's with a mark in every text there can be, and another one without.
fn marked() -> (Floor, CustomerId, CustomerId) {
    let mut floor = Floor::new();
    let (lead, rep) = (floor.lead, floor.rep);
    let mut new = household("记号明", "+8613800000001", Some(rep));
    new.persons[0].contacts.push(NewContact {
        channel: "wechat".into(),
        raw: "jihao_MARK".to_owned(),
        norm: "jihao_mark".to_owned(),
        extension: String::new(),
        state: ContactState::Stated,
    });
    (new.city, new.source) = ("MARK city".to_owned(), "MARK source".to_owned());
    (new.external_id, new.note) = ("MARK-17".to_owned(), "MARK came with a note".to_owned());
    new.set = vec![("need".into(), "MARK need".to_owned())];
    let add = |new| Change::Customer(CustomerChange::Add(Box::new(new)));
    let customer = floor.write(lead, add(new)).unwrap().effects.customer.unwrap();
    let other = floor.write(lead, add(household("李四", "+8613900000009", Some(rep)))).unwrap();
    let other = other.effects.customer.unwrap();
    let mut write = |by: UserId, change: Change| {
        floor.pass_minutes(1);
        floor.write(by, change).unwrap_or_else(|error| panic!("{error}"))
    };
    let of = |change| Change::Customer(change);
    write(rep, of(CustomerChange::PrivateNote { customer, text: "MARK notebook".to_owned() }));
    write(
        rep,
        of(CustomerChange::SetField {
            on: FieldOwner::Customer(customer),
            field: "need".into(),
            value: "MARK other need".to_owned(),
            seen: None,
        }),
    );
    let person = NewPerson {
        name: "记号妈妈".to_owned(),
        contacts: vec![phone("+8613800000002")],
        ..NewPerson::default()
    };
    write(rep, of(CustomerChange::AddPerson { customer, person }));
    let later: Timestamp = "2026-11-17T10:00:00+08:00".parse().unwrap();
    write(
        rep,
        Change::Work(WorkChange::AddTask {
            customer,
            lane: Lane::Call,
            due_at: later,
            words: "MARK by hand".to_owned(),
        }),
    );
    (floor, customer, other)
}

/// A week of work with the customer, every word of it marked: calls, a promise, a skip, an order, a lost deal, a refusal, an undo.
fn worked(floor: &mut Floor, customer: CustomerId) {
    let (rep, manager) = (floor.rep, floor.manager);
    let later: Timestamp = "2026-11-17T10:00:00+08:00".parse().unwrap();
    let call = |floor: &Floor, outcome: &str| {
        let mut touch = log(due(floor, customer, "call"), outcome);
        touch.note = format!("MARK note {outcome}");
        "MARK promised".clone_into(&mut touch.words);
        touch
    };
    let mut touch = call(floor, "silent");
    touch.next_at = Some(floor.now().plus(std::time::Duration::from_mins(5)));
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    floor.pass_minutes(1);
    floor.write(rep, Change::Undo { write: None }).unwrap();
    floor.pass_minutes(1);
    let touch = call(floor, "silent");
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    floor.pass_minutes(90);
    let mut touch = call(floor, "later");
    touch.next_at = Some(later);
    floor.write(rep, Change::Work(WorkChange::Log(Box::new(touch)))).unwrap();
    floor.pass_minutes(5);
    let material = due(floor, customer, "material");
    floor.write(rep, Change::Work(WorkChange::Send { task: material, chinese: true })).unwrap();
    let coupon = due(floor, customer, "coupon");
    let skip = WorkChange::Skip { task: coupon, reason: "busy".into(), words: "MARK skipped".to_owned() };
    floor.write(rep, Change::Work(skip)).unwrap();
    let deal = |floor: &Floor, pipeline: &str| {
        let sql = format!(
            "SELECT id FROM deal WHERE customer_id = {customer} AND pipeline = '{pipeline}' AND state = 'open'"
        );
        corral::domain::id::DealId(floor.rows(&sql)[0][0].parse().unwrap())
    };
    let extra = DealChange::Open { customer, pipeline: "extra".into() };
    floor.write(rep, Change::Deal(extra)).unwrap();
    let lose = DealChange::Lose {
        deal: deal(floor, "extra"),
        reason: "price".into(),
        words: "MARK too dear".to_owned(),
    };
    floor.write(rep, Change::Deal(lose)).unwrap();
    let order = NewOrder {
        deal: deal(floor, "main"),
        product: "course".into(),
        price: Money(90_000),
        coupon: None,
        paid: Money(50_000),
        set: Vec::new(),
    };
    floor.write(rep, Change::Deal(DealChange::Win(Box::new(order)))).unwrap();
    floor.pass_minutes(1);
    let refuse = WorkChange::DoNotContact { customer, until: None, words: "MARK leave me alone".to_owned() };
    floor.write(rep, Change::Work(refuse)).unwrap();
    let lift = WorkChange::MayContact { customer, words: "MARK called back".to_owned() };
    floor.write(manager, Change::Work(lift)).unwrap();
    let again = WorkChange::DoNotContact { customer, until: None, words: "MARK no, really".to_owned() };
    floor.write(rep, Change::Work(again)).unwrap();
    floor.pass_minutes(1);
}

/// The change that erases a customer, as a program sends it.
fn erasure(floor: &mut Floor, customer: CustomerId) -> Change {
    let (rows, until) = journal::find(&mut floor.db, customer).unwrap();
    Change::Privacy(PrivacyChange::Erase {
        customer,
        why: "asked for on the telephone".to_owned(),
        rows,
        until,
    })
}

fn erased(floor: &mut Floor, customer: CustomerId) {
    let (manager, change) = (floor.manager, erasure(floor, customer));
    floor.write(manager, change).unwrap();
}

/// The tables in which a mark stands, with the first row that has one.
fn with_marks(floor: &Floor) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for table in ground::tables(&floor.path()) {
        let columns = ground::columns(&floor.path(), &table).join(", ");
        for row in floor.rows(&format!("SELECT {columns} FROM {table}")) {
            let row = row.join(" | ");
            if MARKS.iter().any(|mark| row.contains(mark)) {
                found.entry(table.clone()).or_insert(row);
            }
        }
    }
    found
}

/// What was counted, earned and sold, whatever it was made of.
fn totals(floor: &Floor) -> Vec<Vec<String>> {
    [
        "SELECT day, user_id, team_id, pipeline, metric, value FROM metric_day ORDER BY day, user_id, team_id, pipeline, metric",
        "SELECT month, user_id, team_id, pipeline, metric, value FROM metric_month ORDER BY month, user_id, team_id, pipeline, metric",
        "SELECT user_id, amount, state FROM order_credit ORDER BY id",
        "SELECT price, by_user, team_id, void_at FROM sale_order ORDER BY id",
        "SELECT amount, by_user FROM payment ORDER BY id",
        "SELECT outcome, user_id, day, seconds, connected, metrics FROM touch ORDER BY id",
        "SELECT kind, until, by_user, lifted_at FROM consent ORDER BY id",
        "SELECT used FROM coupon_quota ORDER BY coupon, month",
    ]
    .iter()
    .flat_map(|sql| floor.rows(sql))
    .collect()
}

#[test]
fn an_erased_customer_is_in_no_table_and_every_total_is_what_it_was() {
    let (mut floor, customer, other) = marked();
    worked(&mut floor, customer);
    // the test would find nothing where nothing was: the marks are everywhere first
    let before = with_marks(&floor);
    for table in [
        "customer",
        "person",
        "contact",
        "field_value",
        "private_note",
        "touch",
        "promise",
        "task",
        "deal",
        "consent",
        "journal",
        "audit_personal",
        "search_text",
        "search_key",
        "number_use",
    ] {
        assert!(before.contains_key(table), "no mark was in '{table}'");
    }
    let totals_before = totals(&floor);
    let of_other = floor.rows(&format!("SELECT * FROM customer WHERE id = {other}"));
    erased(&mut floor, customer);
    assert_eq!(with_marks(&floor), BTreeMap::new());
    assert_eq!(totals(&floor), totals_before);
    assert_eq!(floor.rows(&format!("SELECT * FROM customer WHERE id = {other}")), of_other);
    let report = verify(&mut floor.db).unwrap();
    assert!(report.ok, "{:?}", report.differences);
    assert_eq!(report.checked["erasure"], 1);
    // nothing is left to do, and nobody follows
    let open = format!("SELECT count(*) FROM task WHERE customer_id = {customer} AND state = 'due'");
    assert_eq!(floor.rows(&open), [["0"]]);
    let row = &floor
        .rows(&format!("SELECT name, owner_id, city, last_note FROM customer WHERE id = {customer}"))[0];
    assert_eq!(row[0], "—");
    // its reason is on record
    let why = floor.rows("SELECT why FROM audit WHERE kind = 'erased'");
    assert_eq!(why, [["asked for on the telephone"]]);
    // the next day is rolled over as any other
    floor.set_clock("2026-11-18T09:00:00+08:00");
    let day = floor.day();
    let roll = WorkChange::RollDay { day, after: None };
    floor.write(Db::SYSTEM, Change::Work(roll)).unwrap();
    assert_eq!(floor.rows(&open), [["0"]]);
    assert!(verify(&mut floor.db).unwrap().ok);
}

#[test]
fn what_was_erased_is_not_in_the_bytes_of_the_file() {
    let (mut floor, customer, _) = marked();
    if ground::is_server() {
        return;
    }
    worked(&mut floor, customer);
    let marks: Vec<String> =
        MARKS.iter().map(|mark| (*mark).to_owned()).filter(|mark| mark.len() >= 4).collect();
    floor.db.file().unwrap().checkpoint("TRUNCATE").unwrap();
    assert!(traces::found(&floor.path(), &marks).unwrap() > 20, "the marks are in the file first");
    erased(&mut floor, customer);
    floor.db.file().unwrap().checkpoint("TRUNCATE").unwrap();
    let left = traces::found(&floor.path(), &marks).unwrap();
    if left > 0 {
        // a page that was split may hold a copy that no statement reaches: it is told, and packing takes it away
        floor.db.pack().unwrap();
    }
    assert_eq!(traces::found(&floor.path(), &marks).unwrap(), 0);
    assert!(verify(&mut floor.db).unwrap().ok);
}

#[test]
fn who_has_refused_stays_refused_after_the_erasure() {
    let (mut floor, customer, _) = marked();
    worked(&mut floor, customer);
    erased(&mut floor, customer);
    let (lead, rep) = (floor.lead, floor.rep);
    for (number, wechat, external) in [
        ("+8613800000001", None, ""),
        ("+8613700000003", Some("jihao_mark"), ""),
        ("+8613700000004", None, "MARK-17"),
    ] {
        let mut new = household("新名字", number, Some(rep));
        external.clone_into(&mut new.external_id);
        new.persons[0].contacts.extend(wechat.map(|id| NewContact {
            channel: "wechat".into(),
            raw: id.to_owned(),
            norm: id.to_owned(),
            extension: String::new(),
            state: ContactState::Stated,
        }));
        let refused = floor.write(lead, Change::Customer(CustomerChange::Add(Box::new(new)))).unwrap_err();
        assert_eq!(refused.code(), "barred", "{number}: {refused}");
        assert!(!refused.to_string().contains(number), "{refused}");
    }
    // another number of the household that comes to somebody else is refused as well
    let other = crate::store_base::undo::add(&mut floor, "王五", "+8613700000005");
    let person =
        floor.rows(&format!("SELECT id FROM person WHERE customer_id = {other}"))[0][0].parse().unwrap();
    let add = CustomerChange::AddContact { person: PersonId(person), contact: phone("+8613800000002") };
    assert_eq!(floor.write(rep, Change::Customer(add)).unwrap_err().code(), "barred");
    // neither name nor number stands in the list
    let rows = floor.rows("SELECT digest, until FROM barred_contact");
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert_eq!(with_marks(&floor), BTreeMap::new());
    // the refusal ends when it would have ended
    floor.set_clock("2028-01-01T10:00:00+08:00");
    let new = household("新名字", "+8613800000001", Some(rep));
    floor.write(lead, Change::Customer(CustomerChange::Add(Box::new(new)))).unwrap();
}

#[test]
fn who_did_not_refuse_may_come_again_as_somebody_new() {
    let (mut floor, customer, _) = marked();
    erased(&mut floor, customer);
    assert_eq!(floor.rows("SELECT count(*) FROM barred_contact"), [["0"]]);
    crate::store_base::undo::add(&mut floor, "记号明", "+8613800000001");
    assert!(verify(&mut floor.db).unwrap().ok);
}

#[test]
fn an_erasure_takes_a_manager_and_a_reason_and_is_not_taken_back() {
    let (mut floor, customer, _) = marked();
    for by in [floor.rep, floor.lead] {
        let change = erasure(&mut floor, customer);
        assert_eq!(floor.write(by, change).unwrap_err().code(), "forbidden");
    }
    let (manager, rep) = (floor.manager, floor.rep);
    let empty = PrivacyChange::Erase { customer, why: " ".to_owned(), rows: Vec::new(), until: 0 };
    assert_eq!(floor.write(manager, Change::Privacy(empty)).unwrap_err().code(), "no_reason");
    let nobody =
        PrivacyChange::Erase { customer: CustomerId(7), why: "x".to_owned(), rows: Vec::new(), until: 0 };
    assert_eq!(floor.write(manager, Change::Privacy(nobody)).unwrap_err().code(), "not_found");
    let last = floor.rows(&format!("SELECT max(write_id) FROM journal WHERE customer_id = {customer}"));
    let last = corral::domain::id::WriteId(last[0][0].parse().unwrap());
    erased(&mut floor, customer);
    let undone = |floor: &mut Floor, by: UserId, write| floor.write(by, Change::Undo { write });
    let StoreError::NoUndo { why, .. } = undone(&mut floor, rep, Some(last)).unwrap_err() else { panic!() };
    assert_eq!(why, "erased");
    // the last change that is left to the rep is none of an erased customer's
    let before = totals(&floor);
    let refused = undone(&mut floor, rep, None).unwrap_err();
    assert_eq!((refused.code(), totals(&floor)), ("no_undo", before));
    // and the manager's own erasure has no way back
    assert_eq!(undone(&mut floor, manager, None).unwrap_err().code(), "no_undo");
}

#[test]
fn a_row_that_was_emptied_is_watched_over_as_before() {
    let (mut floor, customer, _) = marked();
    erased(&mut floor, customer);
    let row = floor.rows("SELECT min(rev) FROM erased_row")[0][0].clone();
    let kinds = |floor: &mut Floor| -> Vec<&'static str> {
        verify(&mut floor.db).unwrap().differences.iter().map(|found| found.kind).collect()
    };
    assert_eq!(kinds(&mut floor), Vec::<&str>::new());
    let was = floor.rows(&format!("SELECT effects FROM journal WHERE rev = {row}"))[0][0].clone();
    floor.tamper(&format!("UPDATE journal SET effects = '{{}}' WHERE rev = {row}"));
    assert_eq!(kinds(&mut floor), ["erased_row"]);
    floor.tamper(&format!("UPDATE journal SET effects = '{was}' WHERE rev = {row}"));
    // a row that somebody would like to have had erased: no erasure on record covers it
    let fine = floor.rows("SELECT max(rev) FROM journal WHERE kind = 'people.add_user'")[0][0].clone();
    let erasure = floor.rows("SELECT id FROM erasure")[0][0].clone();
    floor.tamper(&format!("INSERT INTO erased_row (rev, erasure_id, mark) VALUES ({fine}, {erasure}, 'x')"));
    let found = kinds(&mut floor);
    assert!(found.contains(&"erasure") && found.contains(&"erased_row"), "{found:?}");
}

#[test]
fn a_seal_over_an_emptied_row_says_nothing_to_who_guesses() {
    let (mut floor, customer, _) = marked();
    let salts = |floor: &Floor| -> Vec<i64> {
        floor
            .rows(&format!("SELECT salt FROM journal WHERE customer_id = {customer} ORDER BY rev"))
            .iter()
            .map(|row| row[0].parse().unwrap())
            .collect()
    };
    let before = salts(&floor);
    assert!(before.len() > 4 && before.iter().all(|salt| *salt != 0), "{before:?}");
    let mut distinct = before.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), before.len());
    erased(&mut floor, customer);
    // all but that of the erasure itself are gone
    assert_eq!(salts(&floor).iter().filter(|salt| **salt != 0).count(), 1);
}

#[test]
fn everything_of_a_customer_is_handed_out_and_nothing_of_another() {
    let (mut floor, customer, other) = marked();
    worked(&mut floor, customer);
    let (zone, now) = (floor.zone(), floor.now());
    let document = privacy::gather(&mut floor.db, (customer, None), (zone, now)).unwrap();
    let text = document.to_string();
    for mark in [
        "记号明",
        "记号妈妈",
        "+8613800000001",
        "+8613800000002",
        "jihao_mark",
        "MARK city",
        "MARK source",
        "MARK-17",
        "MARK came with a note",
        "MARK notebook",
        "MARK other need",
        "MARK by hand",
        "MARK note later",
        "MARK promised",
        "MARK skipped",
        "MARK too dear",
        "MARK leave me alone",
        "MARK called back",
    ] {
        assert!(text.contains(mark), "'{mark}' is not handed out");
    }
    assert!(!text.contains("李四") && !text.contains(&other.to_string()));
    let records = &document["records"];
    assert_eq!(records["customer"][0]["id"], json!(customer));
    assert_eq!(records["sale_order"][0]["price"], 90_000);
    assert_eq!(records["customer"][0]["created_at"], "2026-11-16T10:00:00+08:00");
    assert_eq!(records["touch"][0]["day"], "2026-11-16");
    let rep = records["touch"][0]["user_id"].as_str().unwrap();
    assert_eq!(document["users"][rep], "王芳");
    // one member of the household alone
    let person = records["person"].as_array().unwrap().iter().find(|p| p["name"] == "记号妈妈").unwrap();
    let person = PersonId(person["id"].as_str().unwrap().parse().unwrap());
    let one = privacy::gather(&mut floor.db, (customer, Some(person)), (zone, now)).unwrap().to_string();
    assert!(
        one.contains("+8613800000002") && !one.contains("+8613800000001") && !one.contains("记号明"),
        "{one}"
    );
    let stranger = privacy::gather(&mut floor.db, (other, Some(person)), (zone, now)).unwrap_err();
    assert_eq!(stranger.code(), "not_found");
}

#[test]
fn a_user_is_handed_out_without_secrets_and_without_what_tells_who_a_customer_is() {
    let (mut floor, customer, _) = marked();
    worked(&mut floor, customer);
    let (rep, zone, now) = (floor.rep, floor.zone(), floor.now());
    floor.tamper(&format!(
        "INSERT INTO sign_in (user_id, password, totp, totp_step, failures) VALUES ({rep}, 'HASH-SECRET', 'TOTP-SECRET', 0, 0)"
    ));
    let document = privacy::gather_user(&mut floor.db, rep, (zone, now)).unwrap();
    let text = document.to_string();
    assert!(!text.contains("SECRET"), "{text}");
    for mark in MARKS {
        assert!(!text.contains(mark), "'{mark}' is a customer's");
    }
    assert_eq!(document["records"]["person_user"][0]["login"], "rep");
    assert!(document["records"]["touch"].as_array().unwrap().len() >= 3);
    assert!(
        document["records"]["journal"].as_array().unwrap().iter().all(|row| row["payload"] == Value::Null)
    );
}

#[test]
fn a_look_before_the_erasure_says_what_goes_and_changes_nothing() {
    let (mut floor, customer, _) = marked();
    worked(&mut floor, customer);
    let (now, revision) = (floor.now(), floor.db.revision().unwrap());
    let before = erase::before(&mut floor.db, customer, now).unwrap();
    assert_eq!(before.name, "记号明");
    let count = |table: &str| before.rows.iter().find(|(name, _)| *name == table).unwrap().1;
    assert_eq!((count("person"), count("contact"), count("sale_order"), count("consent")), (2, 3, 1, 3));
    assert!(before.barred.is_some());
    assert_eq!(floor.db.revision().unwrap(), revision);
    // a board, read as people read it, is the same before and after
    let board = |floor: &mut Floor| {
        let (span, now) = (Span::this(Period::Month), floor.now());
        let ask = BoardAsk::new(Metric::RevenueNew, span, BoardBy::Rep, now);
        let Answer::Board(board) = floor.read(&Query::Board(ask)).unwrap() else { panic!() };
        format!("{:?}", board.rows)
    };
    let seen = board(&mut floor);
    assert!(seen.contains("done: 90000,"), "{seen}");
    erased(&mut floor, customer);
    assert_eq!(board(&mut floor), seen);
}

/// The marked customer of a program's floor, with a note somebody began.
fn told(program: &Program) -> String {
    program.import(MORNING, "name,phone\n记号明,13800000001\n李四,13900000009\n", &["--assign", "wang"]);
    let found = program.json(MORNING, &["customer", "find", "记号明", "--user", "wang"]);
    id(&found["rows"][0]["id"]).to_owned()
}

#[test]
fn the_command_says_what_goes_and_erases_only_with_yes() {
    let program = Program::with("edu-english", &["wang"]);
    let customer = told(&program);
    let words = ["privacy", "erase", &customer, "--why", "asked for"];
    assert_eq!(program.refused(MORNING, &[&words[..], &["--user", "wang"]].concat()).1["code"], "forbidden");
    for (lang, said) in [("en", "orders"), ("zh", "会保留")] {
        let output = program.command(&words).args(["--lang", lang, "--now", MORNING]).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(said) && told.contains("--yes") && told.contains("记号明"), "{told}");
    }
    assert_eq!(program.number("SELECT count(*) FROM erasure"), 0);
    // handed out first, on record, and for nobody else to read
    let out = ["privacy", "export", &customer, "--out", "her.json", "--why", "asked for"];
    program.json(MORNING, &out);
    let text = std::fs::read_to_string(program.folder().join("her.json")).unwrap();
    assert!(text.contains("记号明") && text.contains("+8613800000001") && !text.contains("李四"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(program.folder().join("her.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let done = program.json(MORNING, &[&words[..], &["--yes"]].concat());
    assert_eq!((&done["erased"], &done["backups"]), (&json!(true), &json!([])));
    if !ground::is_server() {
        assert_eq!(done["traces"], 0, "{done}");
    }
    assert_eq!(program.json(MORNING, &["customer", "find", "记号明", "--user", "wang"])["rows"], json!([]));
    assert_eq!(program.json(MORNING, &["privacy", "erased"])["erased"][0]["customer"], json!(customer));
    let kinds = "SELECT kind FROM audit WHERE kind = 'erased' OR kind = 'privacy_exported' ORDER BY number";
    assert_eq!(program.rows(kinds), [["privacy_exported"], ["erased"]]);
    program.verified();
}

#[test]
fn a_backup_from_before_brings_nobody_back() {
    let program = Program::with("edu-english", &["wang"]);
    if ground::is_server() {
        return;
    }
    let customer = told(&program);
    let made = program.json(MORNING, &["backup"]);
    let backup = made["file"].as_str().unwrap();
    let later = "2026-11-17T11:00:00+08:00";
    let words = ["privacy", "erase", &customer, "--why", "asked for", "--yes"];
    let done = program.json(later, &words);
    assert_eq!(done["backups"], json!([backup]), "the backup that holds her still is named");
    let name = format!("SELECT name FROM customer WHERE id = {customer}");
    // beside it, from the list in the folder of backups alone
    let evening = "2026-11-17T20:00:00+08:00";
    let beside = program.json(evening, &["restore", backup, "--to", "look.db"]);
    assert_eq!(beside["erased_again"], json!([customer]));
    assert_eq!(ground::rows(&program.folder().join("look.db"), &name), [["—"]]);
    // in its place, from the list beside the database and from the database itself
    std::fs::remove_file(program.folder().join("corral.db-backups").join("erased.jsonl")).unwrap();
    let lost =
        program.json(evening, &["restore", backup, "--to", "corral.db", "--dry-run"])["lost"]["changes"]
            .clone();
    let lost = lost.to_string();
    let back = program.json(evening, &["restore", backup, "--to", "corral.db", "--yes-lose", &lost]);
    assert_eq!(back["erased_again"], json!([customer]));
    assert_eq!(program.rows(&name), [["—"]]);
    program.verified();
    // who was never erased is there
    assert_eq!(
        program.json(evening, &["customer", "find", "李四", "--user", "wang"])["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // a list that cannot be read stops it: somebody would come back unseen
    std::fs::write(program.folder().join("third.db-erased.jsonl"), "nonsense\n").unwrap();
    assert_eq!(program.refused(evening, &["restore", backup, "--to", "third.db"]).1["code"], "erased_list");
}

/// A floor whose playbook says how long words and customers are kept.
fn forgetful() -> (Floor, CustomerId, CustomerId) {
    let (mut floor, customer, other) = marked();
    let text = include_str!("floor/small.toml").replace("version = \"1\"", "version = \"2\"").replace(
        "[[customer_roles]]",
        "[retention]\nwithout_order_days = 400\nwords_days = 100\n\n[[customer_roles]]",
    );
    let apply = corral::store::change::PeopleChange::ApplyPlaybook { text };
    floor.write(Db::SYSTEM, Change::People(apply)).unwrap();
    worked(&mut floor, customer);
    (floor, customer, other)
}

/// Sees to what has had its time; answers with how many customers, touches and rows there were.
fn retained(floor: &mut Floor) -> (usize, usize, usize) {
    let now = floor.now();
    let mut counts = (0, 0, 0);
    for due in retain::due(&mut floor.db, now).unwrap() {
        counts.0 += due.customers.len();
        counts.1 += due.touches.len();
        counts.2 += due.rows.len();
        for change in retain::changes(&mut floor.db, &due).unwrap() {
            floor.write(Db::SYSTEM, change).unwrap();
        }
    }
    counts
}

#[test]
fn what_has_been_kept_as_long_as_the_playbook_says_goes_and_nothing_before() {
    let (mut floor, customer, other) = forgetful();
    assert_eq!(retained(&mut floor), (0, 0, 0), "everything is of today");
    let totals_before = totals(&floor);
    // 100 days later the words go: those of three calls, one of them taken back, and of a material
    floor.set_clock("2027-02-25T10:00:00+08:00");
    let (customers, touches, rows) = retained(&mut floor);
    assert_eq!((customers, touches), (0, 4));
    assert!(rows > 10, "{rows}");
    for table in ["touch", "promise", "deal", "private_note", "journal"] {
        let columns = ground::columns(&floor.path(), table).join(", ");
        let rows = floor.rows(&format!("SELECT {columns} FROM {table}"));
        let said = rows.iter().find(|row| row.join(" ").contains("MARK"));
        assert_eq!(said, None, "words are still in {table}");
    }
    // who it is stays known
    let name = |floor: &Floor, id: CustomerId| {
        floor.rows(&format!("SELECT name FROM customer WHERE id = {id}"))[0][0].clone()
    };
    assert_eq!((name(&floor, customer).as_str(), name(&floor, other).as_str()), ("记号明", "李四"));
    assert_eq!(totals(&floor), totals_before);
    let report = verify(&mut floor.db).unwrap();
    assert!(report.ok, "{:?}", report.differences);
    assert_eq!(retained(&mut floor), (0, 0, 0), "done again it finds nothing");
    // 400 days later who never bought is erased, who did is not
    floor.set_clock("2027-12-30T10:00:00+08:00");
    assert_eq!(retained(&mut floor).0, 1);
    assert_eq!((name(&floor, customer).as_str(), name(&floor, other).as_str()), ("记号明", "—"));
    assert_eq!(totals(&floor), totals_before);
    let report = verify(&mut floor.db).unwrap();
    assert!(report.ok, "{:?}", report.differences);
    let told = floor.rows("SELECT about, was FROM audit WHERE kind = 'erased' ORDER BY number");
    assert!(
        told.contains(&vec!["words small".to_owned(), "4 touches, 0 journal rows".to_owned()]),
        "{told:?}"
    );
}
