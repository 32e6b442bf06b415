//! What it costs, when a customer is written, that it will be found.

use std::cell::RefCell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use corral::domain::id::{BatchId, IdMaker, WriteId};
use corral::domain::lists::{ContactState, CustomerKind};
use corral::domain::search_key::{Subject, keys};
use corral::domain::time::Timestamp;
use corral::store::Db;
use corral::store::books::Books;
use corral::store::change::customer::{
    ImportChunk, ImportRow, KnownPolicy, NewContact, NewCustomer, NewPerson,
};
use corral::store::change::{Change, CustomerChange, Write};
use corral::store::search::add_contact;
use rusqlite::Connection;

use crate::Args;
use crate::figures::{Book, Figure, in_turn};
use crate::floor::{Copy, Floor, bare};
use crate::record::{Recorder, Said};

/// Customers of a commit: as a lead file brings them in, and one by one.
const FORMS: [(usize, usize, &str); 2] = [(500, 24, "500 in a commit"), (1, 300, "one in a commit")];
/// Commits of either kind before those that count.
const WARM: usize = 4;
/// What it may cost, microseconds a customer.
const MOST: f64 = 30.0;

/// What the product says to write some customers, what is found of it apart.
struct Part {
    rows: Vec<Said>,
    found_by: Vec<Subject>,
    looked: Vec<Said>,
    kept: Vec<Said>,
}

/// Writes customers with and without what they are found by, commit by commit.
pub fn measure(floor: &Floor, copy: &Copy, args: &Args, book: &mut Book) {
    let connection = bare(&copy.path, "NORMAL");
    let names: Vec<String> = {
        let mut found = connection.prepare("SELECT name FROM customer ORDER BY id LIMIT 100000").unwrap();
        found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut made = Made { recorder: Recorder::open(&copy.path), books: Books::default(), names, count: 0 };
    for (size, commits, form) in FORMS {
        let commits = commits.min(args.pairs);
        let parts =
            RefCell::new((0..2 * (commits + WARM)).map(|_| made.part(floor, size)).collect::<Vec<_>>());
        let next = || parts.borrow_mut().pop().unwrap();
        let (without, with) = in_turn(
            (commits, WARM),
            |_| write(&connection, &next(), false),
            |_| write(&connection, &next(), true),
        );
        let (without, with) = (without.middle() / size as f64, with.middle() / size as f64);
        let more = with - without;
        let name = format!("what search costs more, a customer written, {form}, {} customers", floor.size());
        println!("{form}: {without:.1} us a customer without, {with:.1} us with");
        let target = ("≤ 30 us", Some(more <= MOST));
        book.tell(&Figure { name: &name, unit: "us", floor: None, product: more, ratio: None, target });
    }
}

/// Writes a part in one commit; the log is moved into the file afterwards.
fn write(connection: &Connection, part: &Part, found: bool) -> Duration {
    let begun = Instant::now();
    connection.prepare_cached("BEGIN IMMEDIATE").unwrap().raw_execute().unwrap();
    part.rows.iter().for_each(|said| said.run(connection));
    if found {
        part.found_by.iter().for_each(|subject| drop(black_box(keys(subject))));
        part.looked.iter().for_each(|said| said.run(connection));
        part.kept.iter().for_each(|said| said.run(connection));
    }
    connection.prepare_cached("COMMIT").unwrap().raw_execute().unwrap();
    let took = begun.elapsed();
    let number = |row: &rusqlite::Row<'_>| row.get::<_, i64>(1);
    if part.found_by.len() > 1 {
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], number).unwrap();
    }
    took
}

/// Makes customers up and notes what the product says to write them.
struct Made {
    recorder: Recorder,
    books: Books,
    names: Vec<String>,
    count: usize,
}

impl Made {
    /// A part of a lead file.
    fn part(&mut self, floor: &Floor, size: usize) -> Part {
        let at = Timestamp(floor.now.0 + 60_000 + i64::try_from(self.count).unwrap() * 100);
        let id = IdMaker::new(at, 77).make();
        let (rows, found_by) = (0..size).map(|_| self.newcomer()).unzip();
        let chunk = ImportChunk {
            batch: BatchId(id),
            file: "leads.csv".to_owned(),
            hash: id.to_string(),
            options: String::new(),
            known: KnownPolicy::Skip,
            assign: Vec::new(),
            assigned_before: 0,
            rows,
            last: true,
        };
        let change = Change::Customer(CustomerChange::Import(Box::new(chunk)));
        let write = Write {
            id: WriteId(id),
            by: Db::SYSTEM,
            at,
            from: corral::domain::origin::Origin::Local,
            change,
        };
        let noted = self.recorder.rehearse(&mut self.books, &write);
        let of_search = |said: &Said| said.sql.contains("search_");
        // every part was taken back: its journal row has the number of the one before
        let journal = |said: &Said| said.sql.contains("INTO journal") || said.sql.contains("INTO setting");
        let (kept, rows): (Vec<Said>, Vec<Said>) = noted.writes.into_iter().partition(of_search);
        assert!(kept.len() > size && rows.len() > 3 * size, "customers are written and found");
        Part {
            rows: rows.into_iter().filter(|said| !journal(said)).collect(),
            found_by,
            looked: noted.reads.into_iter().filter(of_search).collect(),
            kept,
        }
    }

    fn newcomer(&mut self) -> (ImportRow, Subject) {
        self.count += 1;
        // a stride prime to their number: names as common as they are
        let name = &self.names[self.count * 7_919 % self.names.len()];
        let number = format!("+86139{:08}", self.count * 61_803_399 % 100_000_000);
        let mut found_by = Subject::default();
        found_by.name(name);
        add_contact(&mut found_by, &number);
        let customer = NewCustomer {
            kind: CustomerKind::Household,
            name: String::new(),
            playbook: None,
            source: String::new(),
            city: String::new(),
            external_id: String::new(),
            owner: None,
            persons: vec![NewPerson {
                name: name.clone(),
                contacts: vec![NewContact {
                    channel: "phone".into(),
                    raw: number.clone(),
                    norm: number,
                    extension: String::new(),
                    state: ContactState::Stated,
                }],
                ..NewPerson::default()
            }],
            set: Vec::new(),
            note: String::new(),
            tags: Vec::new(),
            do_not_contact: false,
            created_at: None,
        };
        (ImportRow { row: self.count as u64, owner: String::new(), customer }, found_by)
    }
}
