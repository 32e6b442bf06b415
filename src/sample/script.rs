//! A scripted floor: from a seed, one change after the other, the same on whatever engine the database stands.
//!
//! Most of it is what believable reps do with their due tasks. Between that comes what goes wrong or is taken back on a real
//! floor: undo, the same write sent twice, files brought in twice, edits of what others have edited, what a role may not do.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::id::{BatchId, CustomerId, TaskId, UserId};
use crate::domain::lists::{Metric, Period, Role};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::{Playbook, source};
use crate::sample::chance::Chance;
use crate::sample::household::Households;
use crate::sample::rep::{Next, Rep};
use crate::sample::staff::Pen;
use crate::store::change::customer::{ImportChunk, ImportRow, KnownPolicy};
use crate::store::change::people::{NewTarget, TargetOf};
use crate::store::change::{Change, Commit, CustomerChange, PeopleChange, WorkChange, Write};
use crate::store::journal;
use crate::store::query::{Answer, Query};
use crate::store::{Db, StoreError};

/// Between two things that somebody does, seconds.
const PACE: (i64, i64) = (10, 50);
/// Work ends this long before the playbook's hours do.
const STOP: Duration = Duration::from_mins(30);
/// Households of the script begin here: none that the floor was made with.
const HOUSEHOLDS: u64 = 1 << 20;
/// Imports of the script begin here.
const BATCHES: i64 = 1 << 20;

/// What is done next, with how often of a hundred times.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Undo,
    Import,
    ImportAgain,
    SendAgain,
    NotAllowed,
    Target,
    Stale,
    Edit,
    Note,
    Forbid,
    Snooze,
    Assign,
    Work,
}

const DEEDS: [(Deed, u32); 13] = [
    (Deed::Undo, 5),
    (Deed::Import, 2),
    (Deed::ImportAgain, 1),
    (Deed::SendAgain, 3),
    (Deed::NotAllowed, 2),
    (Deed::Target, 1),
    (Deed::Stale, 2),
    (Deed::Edit, 3),
    (Deed::Note, 2),
    (Deed::Forbid, 1),
    (Deed::Snooze, 2),
    (Deed::Assign, 1),
    (Deed::Work, 75),
];

/// A floor's script under way.
#[derive(Debug)]
pub struct Script {
    seed: u64,
    book: Arc<Playbook>,
    crew: Vec<(UserId, Rep)>,
    lead: UserId,
    manager: UserId,
    now: Timestamp,
    day: Day,
    chance: Chance,
    pen: Pen,
    households: Households,
    batches: i64,
    rows: Vec<ImportRow>,
    last: Option<Write>,
    /// The task and the customer somebody had before them last.
    seen: Option<(TaskId, CustomerId)>,
}

/// What became of one change, as a line: what it was, and what it came to or why it was refused.
pub type Line = String;

impl Script {
    /// A script for the people of a floor, from an instant on.
    ///
    /// # Errors
    /// Where nobody is there to follow it, or the store fails.
    pub fn new(db: &mut Db, seed: u64, now: Timestamp) -> Result<Self, StoreError> {
        let nobody = || StoreError::Invalid {
            code: "empty_sample",
            what: "a script needs a rep, a lead and a manager; name a floor that has them".to_owned(),
        };
        let Answer::Users(mut users) = db.read(&Query::Users)? else { return Err(nobody()) };
        users.sort_by_key(|user| user.id);
        let of = |role: Role| users.iter().filter(move |user| user.role == role).map(|user| user.id);
        let (Some(lead), Some(manager)) = (of(Role::Lead).next(), of(Role::Manager).next()) else {
            return Err(nobody());
        };
        let reps: Vec<UserId> = of(Role::Rep).collect();
        let Answer::Me(me) = db.read(&Query::Me(*reps.first().ok_or_else(nobody)?))? else {
            return Err(nobody());
        };
        let book = me.playbook;
        let mut chance = Chance::of(seed, 7);
        let pen = Pen::mixed(chance.number());
        let mut script = Self {
            seed,
            day: book.zone.day(now),
            book,
            crew: Vec::new(),
            lead,
            manager,
            now,
            chance,
            pen,
            households: Households::new(seed, HOUSEHOLDS),
            batches: 0,
            rows: Vec::new(),
            last: None,
            seen: None,
        };
        script.begin_day(&reps);
        Ok(script)
    }

    /// The instant the floor's clock stands at.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Does the next thing; answers a line for each change it took.
    ///
    /// # Errors
    /// Where the store fails; a refusal is a line.
    pub fn step(&mut self, db: &mut Db) -> Result<Vec<Line>, StoreError> {
        let mut lines = Vec::new();
        let passed = self.chance.between(PACE.0, PACE.1).unsigned_abs();
        self.now = self.now.plus(Duration::from_secs(passed));
        if self.now > self.book.zone.at(self.day, self.book.hours.1).minus(STOP) {
            self.next_day(db, &mut lines)?;
        }
        let at = self.chance.weighed(DEEDS.iter().map(|(_, often)| *often));
        let deed = DEEDS.get(at).map_or(Deed::Work, |(deed, _)| *deed);
        let turn = self.chance.below(self.crew.len() as u64);
        let turn = usize::try_from(turn).unwrap_or(0);
        if matches!(deed, Deed::Work) {
            self.work(db, turn, &mut lines)?;
        } else if let Some(write) = self.odd(deed, turn) {
            make(db, &write, &mut lines)?;
            if !matches!(deed, Deed::SendAgain) {
                self.last = Some(write);
            }
        }
        Ok(lines)
    }

    fn begin_day(&mut self, reps: &[UserId]) {
        // a rep's own clock may have gone ahead to what was due: it is a new day for all
        let seed = self.seed.wrapping_add(self.day.0.unsigned_abs());
        self.crew = reps.iter().map(|rep| (*rep, Rep::new(*rep, seed))).collect();
    }

    fn next_day(&mut self, db: &mut Db, lines: &mut Vec<Line>) -> Result<(), StoreError> {
        self.day = Day(self.day.0 + 1);
        self.now = self.book.zone.at(self.day, self.book.hours.0).plus(Duration::from_mins(1));
        let reps: Vec<UserId> = self.crew.iter().map(|(rep, _)| *rep).collect();
        self.begin_day(&reps);
        let mut after = None;
        loop {
            let change = Change::Work(WorkChange::RollDay { day: self.day, after });
            let write = self.pen.write(self.lead, self.now, change);
            after = make(db, &write, lines)?.and_then(|commit| commit.effects.more);
            if after.is_none() {
                return Ok(());
            }
        }
    }

    fn work(&mut self, db: &mut Db, turn: usize, lines: &mut Vec<Line>) -> Result<(), StoreError> {
        let now = self.now;
        let Some((_, rep)) = self.crew.get_mut(turn) else { return Ok(()) };
        match db.snapshot(|tx, books| rep.next(tx, books, now))? {
            Next::Nothing => {}
            Next::Own(write) => drop(make(db, &write, lines)?),
            Next::Job(job) => {
                self.seen = Some((job.task, job.customer));
                let last = &mut self.last;
                rep.work(&job, now, &mut |write| {
                    *last = Some(write.clone());
                    let made = db.write(write);
                    lines.push(line(write, &made));
                    made
                })?;
            }
        }
        Ok(())
    }

    /// A change that is no plain work; `None` where there is nothing to make it of yet.
    fn odd(&mut self, deed: Deed, turn: usize) -> Option<Write> {
        let rep = self.crew.get(turn).map(|(rep, _)| *rep)?;
        let work = Change::Work;
        let (by, change) = match deed {
            Deed::Work => return None,
            Deed::SendAgain => return self.last.clone(),
            Deed::Undo => (rep, Change::Undo { write: None }),
            Deed::Import => {
                let many = self.chance.between(1, 6).unsigned_abs();
                let (book, now) = (self.book.clone(), self.now);
                self.rows = (0..many)
                    .map(|row| ImportRow {
                        row: row + 2,
                        owner: String::new(),
                        customer: self.households.next(&book, now),
                    })
                    .collect();
                (self.lead, self.import())
            }
            Deed::ImportAgain => (self.lead, self.import()),
            Deed::NotAllowed => (rep, self.target(rep)),
            Deed::Target => (self.manager, self.target(rep)),
            Deed::Stale => {
                let reason = self.book.reasons.skip.first()?.code.clone();
                let (task, _) = self.seen?;
                (rep, work(WorkChange::Skip { task, reason, words: String::new() }))
            }
            Deed::Edit => {
                let (_, customer) = self.seen?;
                let version = self.chance.between(1, 3);
                let city =
                    self.chance.pick(&["上海", "Köln", "", "北京 朝阳"]).map(|city| (*city).to_owned());
                (
                    rep,
                    Change::Customer(CustomerChange::Edit {
                        customer,
                        version,
                        name: None,
                        city,
                        source: None,
                    }),
                )
            }
            Deed::Note => {
                let (_, customer) = self.seen?;
                let text = format!("听说要搬家 · call after {}", self.now);
                (rep, Change::Customer(CustomerChange::PrivateNote { customer, text }))
            }
            Deed::Forbid => {
                let (_, customer) = self.seen?;
                let words = "不要再打了".to_owned();
                if self.chance.hits(5_000) {
                    (rep, work(WorkChange::DoNotContact { customer, until: None, words }))
                } else {
                    (self.lead, work(WorkChange::MayContact { customer, words }))
                }
            }
            Deed::Snooze => {
                let (task, _) = self.seen?;
                let until = self.now.plus(Duration::from_hours(self.chance.between(1, 30).unsigned_abs()));
                (rep, work(WorkChange::Snooze { task, until }))
            }
            Deed::Assign => {
                let (_, customer) = self.seen?;
                let reason = "rebalancing 调整".to_owned();
                let to = Some(rep);
                (
                    self.lead,
                    Change::Customer(CustomerChange::Assign { customers: vec![customer], to, reason }),
                )
            }
        };
        Some(self.pen.write(by, self.now, change))
    }

    fn target(&mut self, rep: UserId) -> Change {
        let value = self.chance.between(1, 90) * 100;
        let (scope, period) = (TargetOf::User(rep), Period::Month);
        let target = NewTarget::goal(scope, period, Metric::CallsValid, (value, self.day));
        Change::People(PeopleChange::SetTarget(target))
    }

    fn import(&mut self) -> Change {
        self.batches += 1;
        let file = format!("脚本{}.csv", self.batches);
        let chunk = ImportChunk {
            batch: BatchId(BATCHES + self.batches),
            hash: source::hash(&format!("{} {file}", self.seed)),
            file,
            options: String::new(),
            known: KnownPolicy::Skip,
            assign: self.crew.iter().map(|(rep, _)| *rep).collect(),
            assigned_before: 0,
            rows: self.rows.clone(),
            last: true,
        };
        Change::Customer(CustomerChange::Import(Box::new(chunk)))
    }
}

/// Makes a change and notes what became of it; `None` where it was refused.
fn make(db: &mut Db, write: &Write, lines: &mut Vec<Line>) -> Result<Option<Commit>, StoreError> {
    let made = db.write(write);
    lines.push(line(write, &made));
    match made {
        Ok(commit) => Ok(Some(commit)),
        Err(error) if error.is_fault() => Err(error),
        Err(_) => Ok(None),
    }
}

fn line(write: &Write, made: &Result<Commit, StoreError>) -> Line {
    let came = match made {
        Ok(commit) => serde_json::to_string(commit).unwrap_or_else(|error| error.to_string()),
        Err(error) => format!("refused, {}: {error}", error.code()),
    };
    format!("{} {} by {} at {}: {came}", journal::kind(&write.change), write.id.0, write.by, write.at)
}
