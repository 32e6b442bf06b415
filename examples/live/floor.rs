//! The floor: two teams that play a match, somebody who only looks, and a rep whose calls are saved.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use corral::domain::code::OutcomeCode;
use corral::domain::id::CustomerId;
use corral::domain::lists::Role;
use corral::domain::time::Timestamp;
use corral::playbook::{embedded, source};
use corral::runtime::clock::Clock;
use corral::sample::{self, Request};
use corral::store::Db;
use corral::store::change::Write;
use corral::store::query::{Answer, Query, UserRow, Viewer};

use crate::call;
use crate::error::Failed;

/// The playbook of the floor that is made up.
const PLAYBOOK: &str = "edu-english";
/// The sign-in name of the one who only looks.
pub const VIEWER: &str = "wall";
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
        let text = embedded::text(PLAYBOOK).ok_or_else(|| part("no built-in playbook"))?;
        let book = source::load_text(PLAYBOOK, text).map_err(|_| part("a broken playbook"))?;
        let request = Request {
            playbooks: vec![Arc::new(book)],
            reps: REPS,
            customers: REPS * 25,
            days: 1,
            seed: 1,
            now: Clock::System.now(),
        };
        sample::make(db, &request, &mut |_, _| {})?;
        let mut open = Db::open(db)?;
        let Answer::Users(users) = open.read(&Query::Users)? else { return Err(part("another answer")) };
        let team = |user: &UserRow| user.team.as_ref().map(|(id, _)| *id);
        let of = |role: Role| users.iter().filter(move |user| user.role == role);
        let lead = of(Role::Lead).next().cloned().ok_or_else(|| part("no lead"))?;
        let rep = of(Role::Rep).find(|rep| team(rep) == team(&lead)).cloned();
        let rep = rep.ok_or_else(|| part("no rep"))?;
        let manager = of(Role::Manager).next().ok_or_else(|| part("no manager"))?;
        let run = |by: &str, words: &[&str]| run(db, home, by, words);
        run(&manager.login, &["user", "add", VIEWER, "--name", "Wall", "--role", "viewer"])?;
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

/// Runs a command of the program; answers with what it printed.
fn run(db: &Path, home: &Path, by: &str, words: &[&str]) -> Result<String, Failed> {
    let mut command = Command::new(product()?);
    command.arg("--db").arg(db).env("HOME", home).env("XDG_CONFIG_HOME", home);
    let output = command.args(["--json", "--user", by]).args(words).output()?;
    if !output.status.success() {
        return Err(Failed::Part(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program beside this one.
pub fn product() -> Result<PathBuf, Failed> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent);
    let path = folder.map(|folder| folder.join("corral")).filter(|path| path.exists());
    path.ok_or_else(|| part("the program is not built: cargo build --release --bin corral"))
}

fn part(what: &str) -> Failed {
    Failed::Part(what.to_owned())
}
