//! Outcomes with all they cause, over so many connections at once.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use corral::domain::id::{CustomerId, IdMaker, TaskId, UserId, WriteId};
use corral::domain::origin::Origin;
use corral::domain::time::Timestamp;
use corral::store::Db;
use corral::store::books::Books;
use corral::store::change::work::{LogTouch, WorkChange};
use corral::store::change::{Change, Write};
use corral::store::query::Viewer;
use corral::store::query::{Query, TodayAsk};
use corral::store::worker::Store;

use crate::Ground;
use crate::bare::{self, Recorder};
use crate::cluster::Relay;
use crate::table::{Table, part};

/// What the save of an outcome may be beside pgbench's.
const GOAL: f64 = 1.5;
/// Outcomes whose statements `pgbench` runs, one after the other as it likes.
const SCRIPTS: usize = 24;
/// One way between two sites.
pub const WAY: Duration = Duration::from_millis(20);

/// Calls that are due, each with its customer and whose it is.
fn jobs(ground: &Ground) -> (Vec<(TaskId, CustomerId, UserId)>, Timestamp) {
    let told = ground.cluster.psql(
        &ground.database,
        "SELECT t.id, t.customer_id, t.owner_id FROM corral.task t WHERE t.state = 'due' AND t.channel = 'call' \
         AND t.owner_id IS NOT NULL ORDER BY t.id DESC",
    );
    let number = |text: &str| text.parse::<i64>().unwrap();
    let jobs = told.lines().map(|line| {
        let cells: Vec<i64> = line.split('|').map(number).collect();
        (TaskId(cells[0]), CustomerId(cells[1]), UserId(cells[2]))
    });
    let now = ground.cluster.psql(&ground.database, "SELECT max(at) FROM corral.journal");
    (jobs.collect(), Timestamp(number(&now) + 60_000))
}

fn outcome((task, customer, by): (TaskId, CustomerId, UserId), at: Timestamp, nth: usize) -> Write {
    let touch = LogTouch {
        task: Some(task),
        customer: Some(customer),
        outcome: "no_answer".into(),
        note: "no answer".to_owned(),
        ..LogTouch::default()
    };
    // as far apart as people's keys: no two changes make the same ids
    let id = WriteId(IdMaker::new(Timestamp(at.0 + i64::try_from(nth).unwrap()), 0).make());
    Write { id, by, at, from: Origin::Local, change: Change::Work(WorkChange::Log(Box::new(touch))) }
}

/// Measures with so many connections; every second time `pgbench` goes first.
pub fn measure(ground: &Ground, connections: usize, outcomes: usize, table: &mut Table) {
    let (jobs, now) = jobs(ground);
    let mut recorder = Recorder::open(&ground.server);
    let mut books = Books::default();
    let scripts: Vec<String> = (0..SCRIPTS * 4)
        .filter_map(|nth| {
            let write = outcome(*jobs.get(jobs.len() - 1 - nth)?, now, nth);
            let said = recorder.rehearse(&mut books, &write)?;
            Some(bare::script(&write, &said, "corral_corral"))
        })
        .take(SCRIPTS)
        .collect();
    drop(recorder);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let half = outcomes / 2;
    for round in 0..2 {
        let (begin, bare_first) = (round * half, round == 1);
        if bare_first {
            theirs.extend(bare::run(ground, &scripts, connections, half));
        }
        ours.extend(product(ground, connections, &jobs[begin..begin + half], (now, begin)));
        if !bare_first {
            theirs.extend(bare::run(ground, &scripts, connections, half));
        }
    }
    let what = format!("outcome saved, {connections} connection{}", if connections == 1 { "" } else { "s" });
    table.beside(&what, (part(&mut ours, 0.5), part(&mut theirs, 0.5)), GOAL);
    table.alone(&format!("{what}, p99"), part(&mut ours, 0.99), None);
}

fn product(
    ground: &Ground,
    connections: usize,
    jobs: &[(TaskId, CustomerId, UserId)],
    (now, first): (Timestamp, usize),
) -> Vec<f64> {
    let times = Arc::new(Mutex::new(Vec::new()));
    let start = Arc::new(Barrier::new(connections));
    let each = jobs.len().div_ceil(connections);
    thread::scope(|scope| {
        for (place, part) in jobs.chunks(each).enumerate() {
            let (times, start) = (times.clone(), start.clone());
            let waits = jobs.len().div_ceil(each) == connections;
            scope.spawn(move || {
                let mut db = Db::open(&ground.server).unwrap();
                if waits {
                    start.wait();
                }
                for (nth, job) in part.iter().enumerate() {
                    let write = outcome(*job, now, first + place * each + nth);
                    let begun = Instant::now();
                    let made = db.write(&write);
                    let took = begun.elapsed().as_secs_f64() * 1_000.0;
                    // what a rule refuses is no outcome
                    if let Err(error) = made {
                        assert!(!error.is_fault(), "{error}");
                        continue;
                    }
                    // the first few prepare their statements, as those of pgbench do
                    if nth >= 3 || part.len() <= 6 {
                        times.lock().unwrap().push(took);
                    }
                }
            });
        }
    });
    Arc::into_inner(times).unwrap().into_inner().unwrap()
}

/// From the key to the next record, with two sites 40 ms apart: the change, and the card of the next customer.
pub fn between_sites(ground: &Ground, table: &mut Table) {
    let relay = Relay::start(ground.cluster.port());
    relay.delay(WAY);
    let far = ground
        .server
        .to_str()
        .unwrap()
        .replace(&format!(":{}/", ground.cluster.port()), &format!(":{}/", relay.port()));
    let store = Store::open(far.as_ref()).unwrap();
    let (jobs, now) = jobs(ground);
    let (mut saved, mut next) = (Vec::new(), Vec::new());
    for (nth, pair) in jobs[5_000.min(jobs.len() / 2)..].windows(2).take(40).enumerate() {
        let write = outcome(pair[0], now, 100_000 + nth);
        let by = write.by;
        let begun = Instant::now();
        if store.make(write).is_err() {
            continue;
        }
        saved.push(begun.elapsed().as_secs_f64() * 1_000.0);
        store.ask(Query::Card { customer: pair[1].1, by: Viewer { id: by, now } }).unwrap();
        next.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    let (saved, next) = (&mut saved[5..], &mut next[5..]);
    table.alone("two sites, 40 ms there and back: outcome saved", part(saved, 0.5), None);
    table.alone("two sites: outcome key to the next record", part(next, 0.5), None);
    let asked = |query: Query| {
        let begun = Instant::now();
        store.ask(query).unwrap();
        begun.elapsed().as_secs_f64() * 1_000.0
    };
    let (_, customer, user) = jobs[0];
    let today = Query::Today(TodayAsk { user, now, limit: 200, filter: String::new() });
    let find = Query::Find { text: "王芳".to_owned(), by: Viewer { id: user, now }, limit: 50 };
    for (what, query) in [
        ("the day", today),
        ("a card", Query::Card { customer, by: Viewer { id: user, now } }),
        ("a search", find),
    ] {
        let mut times: Vec<f64> = (0..25).map(|_| asked(query.clone())).skip(5).collect();
        table.alone(&format!("two sites: {what}"), part(&mut times, 0.5), None);
    }
}
