//! Opening Today with two hundred rows.

use std::time::Instant;

use corral::domain::id::UserId;
use corral::store::Db;
use corral::store::books::Books;
use corral::store::query::{Answer, Query, TodayAsk};
use rusqlite::{Connection, params};

use crate::Args;
use crate::figures::{Book, Goal, Times, in_turn};
use crate::floor::{Copy, Floor, bare};
use crate::outcome::explain;
use crate::record::Recorder;

const GOAL: Goal = Goal { median: 1.5, tail: None, growth: None };
/// What a row of Today shows, fetched in one indexed question.
const ROWS: &str = "SELECT t.id, t.lane, t.channel, t.customer_id, c.name, t.person_id, p.name, p.roles, t.owner_id, t.due_at, \
     t.clock_from, t.source, t.promised, t.priority, t.deal_id, d.pipeline, d.stage, d.stage_since, n.id, n.node, \
     n.node_at, t.script, t.material, t.coupon, c.attempts, c.last_note, t.node_id, \
     (SELECT k.norm FROM contact k WHERE k.customer_id = t.customer_id AND k.state <> 'dead' ORDER BY k.id LIMIT 1) \
     FROM task t JOIN customer c ON c.id = t.customer_id \
     LEFT JOIN person p ON p.id = t.person_id \
     LEFT JOIN deal d ON d.id = t.deal_id \
     LEFT JOIN node_event n ON n.id = (SELECT x.id FROM node_event x WHERE x.customer_id = t.customer_id \
         AND x.node_at >= ?3 AND x.state IN ('booked', 'reminded') AND x.void_at IS NULL ORDER BY x.node_at, x.id LIMIT 1) \
     WHERE t.owner_id = ?1 AND t.state = 'due' AND t.due_at < ?2 ORDER BY t.priority, t.due_at, t.id LIMIT 200";

/// Measures Today: the same rep again and again, and one rep after another.
pub fn measure(floor: &Floor, args: &Args, book: &mut Book) {
    let copy = Copy::of(floor, args.work.as_deref(), "today");
    let mut db = Db::open(&copy.path).unwrap();
    let other = bare(&copy.path, &args.sync);
    let zone = corral::domain::time::Zone(chrono_tz::Asia::Shanghai);
    let day = zone.day(floor.now);
    let (start, end) = (zone.start(day).0, zone.end(day).0);
    let reps: Vec<UserId> = {
        let mut found = other.prepare("SELECT id FROM person_user WHERE role = 'rep' ORDER BY id").unwrap();
        found.query_map([], |row| Ok(UserId(row.get(0)?))).unwrap().map(Result::unwrap).collect()
    };
    if args.explain {
        let mut recorder = Recorder::open(&copy.path);
        let ask = TodayAsk { user: reps[0], now: floor.now, limit: 200, filter: String::new() };
        let noted = recorder.ask(&mut Books::default(), &Query::Today(ask));
        explain(&other, "Today", &noted);
    }
    if args.solo {
        let mut times = Times::default();
        for _ in 0..args.pairs {
            times.add(product(&mut db, reps[0], floor));
        }
        println!("{:.1} us, a tenth below {:.1} us", times.part(0.5), times.part(0.1));
        return;
    }
    let pairs = args.pairs.min(1_000);
    for (name, turn) in [("Today, the same rep again", 0), ("Today, one rep after another", 1)] {
        let rep = |pair: usize| reps[pair * turn % reps.len()];
        let (floor_times, product_times) = in_turn(
            (pairs, 10),
            |pair| fetch(&other, rep(pair), (start, end)),
            |pair| product(&mut db, rep(pair), floor),
        );
        book.add(name, floor.customers, (&floor_times, &product_times), Some(GOAL));
    }
}

fn product(db: &mut Db, user: UserId, floor: &Floor) -> std::time::Duration {
    let ask = TodayAsk { user, now: floor.now, limit: 200, filter: String::new() };
    let begun = Instant::now();
    let answer = db.read(&Query::Today(ask)).unwrap();
    let took = begun.elapsed();
    let Answer::Today(today) = answer else { panic!("not a day") };
    let shown = today.pens.iter().map(|pen| pen.rows.len()).sum::<usize>() + today.held.len();
    assert!(shown >= 200, "only {shown} rows");
    took
}

/// Fetches the rows into texts and numbers, as any program would that shows them.
fn fetch(connection: &Connection, rep: UserId, (start, end): (i64, i64)) -> std::time::Duration {
    let begun = Instant::now();
    connection.prepare_cached("BEGIN DEFERRED").unwrap().raw_execute().unwrap();
    let mut statement = connection.prepare_cached(ROWS).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query(params![rep.0, end, start]).unwrap();
    let mut kept: Vec<Vec<rusqlite::types::Value>> = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        kept.push((0..columns).map(|place| row.get(place).unwrap()).collect());
    }
    drop(rows);
    drop(statement);
    connection.prepare_cached("COMMIT").unwrap().raw_execute().unwrap();
    let took = begun.elapsed();
    assert!(kept.len() == 200, "{} rows", kept.len());
    took
}
