//! The floor: two teams that play a match, somebody who only looks, and a rep whose calls are saved.

use std::path::{Path, PathBuf};

use corral::domain::code::OutcomeCode;
use corral::domain::id::CustomerId;
use corral::domain::lists::Role;
use corral::domain::time::Timestamp;
use corral::runtime::clock::Clock;
use corral::store::Db;
use corral::store::change::Write;
use corral::store::query::{Answer, Query, UserRow, Viewer};

use crate::error::Failed;
use crate::{call, program};

const REPS: usize = 8;

/// A floor to watch.
pub struct Floor {
    /// The database.
    pub db: PathBuf,
    /// The lead who watches: of the rep's team.
    pub lead: UserRow,
    /// The rep whose calls are saved.
    pub rep: UserRow,
    outcome: OutcomeCode,
    customers: Vec<CustomerId>,
}

impl Floor {
    /// Makes it, and has the match run.
    pub fn make(db: &Path, home: &Path) -> Result<Self, Failed> {
        program::floor(db, home, (REPS, REPS * 25, 1))?;
        let mut open = Db::open(db)?;
        let Answer::Users(users) = open.read(&Query::Users)? else { return Err(part("another answer")) };
        let team = |user: &UserRow| user.team.as_ref().map(|(id, _)| *id);
        let of = |role: Role| users.iter().filter(move |user| user.role == role);
        let lead = of(Role::Lead).next().cloned().ok_or_else(|| part("no lead"))?;
        let rep = of(Role::Rep).find(|rep| team(rep) == team(&lead)).cloned();
        let rep = rep.ok_or_else(|| part("no rep"))?;
        let manager = of(Role::Manager).next().ok_or_else(|| part("no manager"))?;
        let run = |by: &str, words: &[&str]| program::run(db, home, Some(by), words);
        let names: Vec<&str> =
            of(Role::Lead).filter_map(|lead| Some(lead.team.as_ref()?.1.as_str())).collect();
        let today = Clock::System.now();
        let Answer::Me(me) = open.read(&Query::Me(rep.id))? else { return Err(part("another answer")) };
        let today = me.playbook.zone.day(today);
        let (from, to) = (today.to_string(), today.plus(2).to_string());
        let mut words = vec!["pk", "propose", "sum"];
        words.extend(&names);
        words.extend(["--metric", "calls_valid", "--from", &from, "--to", &to]);
        let made: serde_json::Value =
            serde_json::from_str(&run(&manager.login, &words)?).map_err(|e| part(&e.to_string()))?;
        let id = made.pointer("/match/id").and_then(|id| id.as_str()).ok_or_else(|| part("no match"))?;
        for lead in of(Role::Lead) {
            run(&lead.login, &["pk", "accept", id])?;
        }
        let by = Viewer { id: rep.id, now: Timestamp(0) };
        let ask = Query::Customers { owner: Some(rep.id), after: None, by, limit: 200 };
        let Answer::Found(found) = open.read(&ask)? else { return Err(part("another answer")) };
        let customers = found.rows.iter().map(|row| row.id).collect();
        Ok(Self { db: db.to_owned(), lead, rep, outcome: call::answered(&me.playbook)?, customers })
    }

    /// A call of the rep that was answered and long enough.
    pub fn call(&self, number: usize, at: Timestamp) -> Result<Write, Failed> {
        let customer = self.customers.get(number % self.customers.len().max(1)).copied();
        let customer = customer.ok_or_else(|| part("a rep without customers"))?;
        Ok(call::call((self.rep.id, customer), &self.outcome, at))
    }
}

fn part(what: &str) -> Failed {
    Failed::Part(what.to_owned())
}
