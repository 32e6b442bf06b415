//! Today and search, on the server beside the bare statements and beside the file.

use std::time::Instant;

use corral::domain::id::UserId;
use corral::domain::time::Timestamp;
use corral::store::Db;
use corral::store::books::Books;
use corral::store::query::Viewer;
use corral::store::query::{Query, TodayAsk};

use crate::Ground;
use crate::bare::{self, Recorder};
use crate::table::{Table, part};

/// Times each question is asked.
const TIMES: usize = 200;

/// A rep's day beside the very statements it takes.
pub fn today(ground: &Ground, table: &mut Table) {
    let mut db = Db::open(&ground.server).unwrap();
    let now = db.newest().unwrap().unwrap();
    let user = rep(&mut db);
    let ask = Query::Today(TodayAsk { user, now, limit: 200, filter: String::new() });
    let mut books = Books::default();
    let mut recorder = Recorder::open(&ground.server);
    // what is kept from one question to the next is not asked again
    recorder.ask(&mut books, &ask);
    let said = recorder.ask(&mut books, &ask);
    let bare = bare::median(ground, bare::question(&said), TIMES);
    let ours = median(&mut db, &ask);
    table.beside("Today, 200 rows", (ours, bare), 1.5);
    table.number("Today, round trips", trips(&mut db, &ask));
}

/// What is typed most, on the server beside the file.
pub fn search(ground: &Ground, table: &mut Table) {
    let (mut server, mut file) = (Db::open(&ground.server).unwrap(), Db::open(&ground.file).unwrap());
    let by = rep(&mut server);
    for (what, typed) in [
        ("a name", "王芳"),
        ("a surname", "王"),
        ("pinyin", "wangfang"),
        ("initials", "wf"),
        ("four digits", "1234"),
    ] {
        let ask = Query::Find { text: typed.to_owned(), by: Viewer { id: by, now: Timestamp(0) }, limit: 50 };
        let (ours, theirs) = (median(&mut server, &ask), median(&mut file, &ask));
        table.beside(&format!("search, {what}, beside the file"), (ours, theirs), 2.0);
        table.number(&format!("search, {what}, round trips"), trips(&mut server, &ask));
    }
}

fn rep(db: &mut Db) -> UserId {
    db.snapshot(|tx, _| corral::store::agenda::reps(tx)).unwrap()[0]
}

/// Round trips of a question that was asked before.
fn trips(db: &mut Db, ask: &Query) -> u64 {
    let before = db.trips();
    db.read(ask).unwrap();
    db.trips() - before
}

fn median(db: &mut Db, ask: &Query) -> f64 {
    let mut times = Vec::with_capacity(TIMES);
    for nth in 0..TIMES + 10 {
        let begun = Instant::now();
        db.read(ask).unwrap();
        if nth >= 10 {
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    part(&mut times, 0.5)
}
