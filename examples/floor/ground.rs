//! The database a load runs on: made up where there is none, checked when it is over.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use corral::domain::time::Timestamp;
use corral::playbook::{embedded, source};
use corral::sample::{self, Request};
use corral::store::verify::{Report, verify};
use corral::store::{Db, agenda};

use crate::args::Args;
use crate::error::{Failed, say};

/// The playbook of a floor that is made up, and the morning its history ends.
const PLAYBOOK: &str = "edu-english";
const MORNING: &str = "2026-11-20T10:30:00+08:00";
/// Customers of a rep on such a floor.
const CUSTOMERS: usize = 40;

/// Makes the floor where there is no file, and says at which instant its clock stands.
pub fn prepare(args: &Args) -> Result<Timestamp, Failed> {
    let path = args.db();
    if !path.exists() {
        make(args, &path)?;
    }
    let mut db = Db::open(&path)?;
    let reps = db.snapshot(|tx, _| agenda::reps(tx))?.len();
    if reps == 0 {
        return Err(Failed::Part(format!("'{}' has no reps; name a floor that has", path.display())));
    }
    if reps < args.reps {
        say(&format!("floor: {reps} reps are there for {} processes: some work twice", args.reps));
    }
    db.newest()?.ok_or_else(|| Failed::Part("the floor has no history".to_owned()))
}

fn make(args: &Args, path: &Path) -> Result<(), Failed> {
    let text = embedded::text(PLAYBOOK).ok_or_else(|| Failed::Part("no built-in playbook".to_owned()))?;
    let book = source::load_text(PLAYBOOK, text).map_err(|_| Failed::Part("a broken playbook".to_owned()))?;
    let now = MORNING.parse().map_err(|_| Failed::Part("a broken morning".to_owned()))?;
    let customers = if args.customers == 0 { args.reps * CUSTOMERS } else { args.customers };
    say(&format!("floor: making up {customers} customers of {} reps", args.reps));
    let playbooks = vec![Arc::new(book)];
    let request = Request { playbooks, reps: args.reps, customers, days: 1, seed: args.seed, now };
    sample::make(path, &request, &mut |_, _| {})?;
    Ok(())
}

/// Rebuilds every figure and compares, as `corral verify` does; nothing after a run of bare statements.
pub fn check(args: &Args) -> Result<Option<Report>, Failed> {
    if args.bare {
        return Ok(None);
    }
    Ok(Some(verify(&mut Db::open(&args.db())?)?))
}

/// A copy of a database for statements that explain nothing; gone with its files when dropped.
#[derive(Debug)]
pub struct Copy {
    path: PathBuf,
}

impl Copy {
    /// Copies a database.
    pub fn of(path: &Path) -> Result<Self, Failed> {
        let mut name = path.as_os_str().to_owned();
        name.push(".bare");
        let copy = Self { path: PathBuf::from(name) };
        copy.remove();
        Db::open(path)?.copy_to(&copy.path)?;
        rusqlite::Connection::open(&copy.path)?.pragma_update(None, "journal_mode", "WAL")?;
        Ok(copy)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm", "-queue", "-checkpoint"] {
            let mut name = self.path.as_os_str().to_owned();
            name.push(ending);
            // most of them were never made
            let _ = fs::remove_file(name);
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}
