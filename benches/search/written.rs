//! What it costs, when a customer is written, that it will be found.

use std::hint::black_box;
use std::time::{Duration, Instant};

use corral::domain::id::{IdMaker, WriteId};
use corral::domain::lists::{ContactState, CustomerKind};
use corral::domain::search_key::{Subject, keys};
use corral::domain::time::Timestamp;
use corral::store::Db;
use corral::store::books::Books;
use corral::store::change::customer::{NewContact, NewCustomer, NewPerson};
use corral::store::change::{Change, CustomerChange, Write};
use corral::store::search::add_contact;
use rusqlite::Connection;

use crate::Args;
use crate::figures::{Book, Figure, in_turn};
use crate::floor::{Copy, Floor, bare};
use crate::record::{Recorder, Said};

/// Customers of a commit: as a lead file brings them in, and one by one.
const FORMS: [(usize, usize, &str); 2] = [(500, 12, "500 in a commit"), (1, 300, "one in a commit")];
/// What it may cost, microseconds a customer.
const MOST: f64 = 30.0;

/// A customer's rows, and what it is found by.
struct Newcomer {
    rows: Vec<Said>,
    found_by: Subject,
    looked: Vec<Said>,
    kept: Vec<Said>,
}

/// Writes customers with and without what they are found by, commit by commit.
pub fn measure(floor: &Floor, copy: &Copy, args: &Args, book: &mut Book) {
    let connection = bare(&copy.path, "NORMAL");
    let names: Vec<String> = {
        let mut found = connection.prepare("SELECT name FROM customer ORDER BY id % 99991, id LIMIT 20000").unwrap();
        found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut made = Made { recorder: Recorder::open(&copy.path), books: Books::default(), names, count: 0 };
    for (size, commits, form) in FORMS {
        let commits = if size > 1 { commits } else { commits.min(args.pairs) };
        let mut parts: Vec<Vec<Newcomer>> =
            (0..2 * (commits + 2)).map(|_| (0..size).map(|_| made.newcomer(floor)).collect()).collect();
        let (with, without) = {
            let parts = std::cell::RefCell::new(&mut parts);
            let next = || parts.borrow_mut().pop().unwrap();
            let times = in_turn(
                (commits, 2),
                |_| write(&connection, &next(), false),
                |_| write(&connection, &next(), true),
            );
            (times.1.middle() / size as f64, times.0.middle() / size as f64)
        };
        let more = with - without;
        let name = format!("what search costs more, a customer written, {form}, {} customers", floor.customers);
        println!("{form}: {without:.1} us a customer without, {with:.1} us with");
        let target = ("≤ 30 us", Some(more <= MOST));
        book.tell(&Figure { name: &name, unit: "us", floor: None, product: more, ratio: None, target });
    }
}

/// Writes a part in one commit.
fn write(connection: &Connection, part: &[Newcomer], found: bool) -> Duration {
    let begun = Instant::now();
    connection.prepare_cached("BEGIN IMMEDIATE").unwrap().raw_execute().unwrap();
    for newcomer in part {
        newcomer.rows.iter().for_each(|said| said.run(connection));
        if found {
            black_box(keys(&newcomer.found_by));
            newcomer.looked.iter().for_each(|said| said.run(connection));
            newcomer.kept.iter().for_each(|said| said.run(connection));
        }
    }
    connection.prepare_cached("COMMIT").unwrap().raw_execute().unwrap();
    begun.elapsed()
}

/// Makes customers up and notes what the product says to write them.
struct Made {
    recorder: Recorder,
    books: Books,
    names: Vec<String>,
    count: u32,
}

impl Made {
    fn newcomer(&mut self, floor: &Floor) -> Newcomer {
        self.count += 1;
        let name = &self.names[self.count as usize * 31 % self.names.len()];
        let number = format!("+86139{:08}", self.count);
        let at = Timestamp(floor.now.0 + 60_000 + i64::from(self.count) * 100);
        let new = NewCustomer {
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
                    norm: number.clone(),
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
        let change = Change::Customer(CustomerChange::Add(Box::new(new)));
        let write = Write { id: WriteId(IdMaker::new(at, 77).make()), by: Db::SYSTEM, at, change };
        let noted = self.recorder.rehearse(&mut self.books, &write);
        let mut found_by = Subject::default();
        found_by.name(name);
        add_contact(&mut found_by, &number);
        let of_search = |said: &Said| said.sql.contains("search_");
        // every change was taken back: its journal row has the number of the one before
        let kept_beside = |said: &Said| said.sql.contains("INTO journal") || said.sql.contains("INTO setting");
        let (kept, rows): (Vec<Said>, Vec<Said>) = noted.writes.into_iter().partition(of_search);
        assert!(kept.len() > 1 && rows.len() > 3, "a customer is written and found");
        Newcomer {
            rows: rows.into_iter().filter(|said| !kept_beside(said)).collect(),
            found_by,
            looked: noted.reads.into_iter().filter(of_search).collect(),
            kept,
        }
    }
}
