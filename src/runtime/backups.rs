//! Backups that a server makes by itself: when one is due, what came of it, and what is told of that.
//!
//! Whoever has a clock calls [`look`] now and then. A database on another server is backed up by its own means: there it is looked
//! at whether they are at work.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::id::{IdMaker, WriteId};
use crate::domain::origin::Origin;
use crate::domain::time::{Clock, Timestamp, Zone};
use crate::runtime::settings::Settings;
use crate::store::backup::{self, Keep, Round, Seal, When, manifest};
use crate::store::change::{Change, Write};
use crate::store::engine::{self, server::archive};
use crate::store::{Db, StoreError};

/// How soon one that failed is tried again.
const AGAIN: Duration = Duration::from_mins(15);
/// How often it is looked whether another server keeps its journal.
const LOOKED_AT: Duration = Duration::from_mins(15);

/// What is to be done by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// When.
    pub when: When,
    /// The folder they go to.
    pub folder: PathBuf,
    /// Which are kept.
    pub keep: Keep,
    /// The public keys they are sealed for, or files of them; open where there are none.
    pub keys: Vec<String>,
}

impl Plan {
    /// What the settings ask for; `None` where they ask for nothing.
    pub fn of(settings: &Settings, db: &Path, zone: Zone) -> Option<Self> {
        let hour = u16::try_from(settings.backup_hour).ok().and_then(|hour| Clock::new(hour, 0));
        let every = u64::try_from(settings.backup_every).ok().filter(|hours| *hours > 0);
        let when = match (hour, every) {
            _ if engine::is_server(db) => {
                hour.map(drop).or(every.map(drop))?;
                When::Every(LOOKED_AT)
            }
            (Some(hour), _) => When::At(hour, zone),
            (None, Some(hours)) => When::Every(Duration::from_hours(hours)),
            (None, None) => return None,
        };
        let folder = settings.backup_dir.as_ref().map_or_else(|| backup::folder(db), PathBuf::from);
        let some = |number: i64| u32::try_from(number).ok().filter(|number| *number > 0);
        let keep = Keep { days: some(settings.backup_keep_days), count: some(settings.backup_keep_count) };
        Some(Self { when, folder, keep, keys: settings.backup_recipient.clone() })
    }

    /// For whom they are sealed.
    ///
    /// # Errors
    /// `backup_key`.
    pub fn seal(&self) -> Result<Option<Seal>, StoreError> {
        if self.keys.is_empty() { Ok(None) } else { Seal::keys(&self.keys).map(Some) }
    }
}

/// How it stands with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// When the last good one was made: opened, verified and hashed. Of another server: when it kept the last piece of its journal.
    pub last: Option<Timestamp>,
    /// When the next is due.
    pub due: Option<Timestamp>,
    /// The last try, where it failed.
    pub failed: Option<Failed>,
    /// How many were made since the start.
    pub made: u64,
    /// How many tries failed since the start.
    pub failures: u64,
}

/// A try that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When.
    pub at: Timestamp,
    /// The error's code.
    pub code: String,
    /// What was said.
    pub what: String,
}

/// How it stands, shared by who makes them and who is asked.
#[derive(Debug, Default)]
pub struct Backups(Mutex<Option<Standing>>);

impl Backups {
    /// How it stands; `None` where none are made by themselves.
    pub fn standing(&self) -> Option<Standing> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// Nothing was due.
    Waits,
    /// One was made, or what a server keeps was found to be good.
    Good,
    /// It failed; whether it did not before.
    Failed(StoreError, bool),
}

impl Standing {
    /// When the next is due, where the last good one is of `last`.
    fn due(&self, when: When, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let due = when.due(last, now);
        match &self.failed {
            // a clock that was set back does not put it off for ever
            Some(failed) if failed.at <= now => due.max(failed.at.plus(AGAIN)),
            _ => due,
        }
    }

    /// Has one made where it is due; `made` answers when what is good now was made.
    fn turn(
        &mut self,
        when: When,
        (last, now): (Result<Option<Timestamp>, StoreError>, Timestamp),
        make: impl FnOnce() -> Result<Option<Timestamp>, StoreError>,
    ) -> Looked {
        let counted = last.as_ref().ok().copied().flatten();
        self.due = Some(self.due(when, counted, now));
        if self.due.is_some_and(|due| now < due) {
            self.last = counted.or(self.last);
            return Looked::Waits;
        }
        // a folder that cannot be read is told when one would go there
        match last.and_then(|_| make()) {
            Ok(good) => {
                *self = Self { last: good, failed: None, made: self.made + 1, ..self.clone() };
                self.due = Some(self.due(when, Some(now), now));
                Looked::Good
            }
            Err(error) => {
                let is_new = self.failed.as_ref().is_none_or(|before| before.code != error.code());
                let failed = Failed { at: now, code: error.code().to_owned(), what: error.to_string() };
                self.failed = Some(failed);
                self.failures += 1;
                self.due = Some(self.due(when, counted, now));
                Looked::Failed(error, is_new)
            }
        }
    }
}

/// Looks whether a backup of the database `db` is due, and makes it. Takes as long as one takes; others may ask meanwhile how it
/// stands.
pub fn look(backups: &Backups, plan: Option<&Plan>, db: &Path, now: Timestamp) -> Looked {
    let Some(plan) = plan else {
        *backups.lock() = None;
        return Looked::Waits;
    };
    let mut standing = backups.standing().unwrap_or_default();
    let looked = if engine::is_server(db) {
        // what is due again is the look, not what the server does
        let looked_at = standing.due.map(|due| due.minus(LOOKED_AT));
        standing.turn(plan.when, (Ok(looked_at), now), || kept(db, now))
    } else {
        let last = manifest::list(&plan.folder).map(|all| all.first().map(|found| found.manifest.at));
        standing.turn(plan.when, (last, now), || make(plan, db, now).map(|()| Some(now)))
    };
    match &looked {
        Looked::Waits => {}
        Looked::Good => tracing::info!("a backup was made and verified"),
        Looked::Failed(error, is_new) => {
            tracing::error!(why = error.logged(), "a backup that was due could not be made");
            if *is_new && let Err(error) = note(plan, db, error, now) {
                tracing::error!(why = error.logged(), "nor could that be noted in the audit trail");
            }
        }
    }
    *backups.lock() = Some(standing);
    looked
}

fn make(plan: &Plan, db: &Path, now: Timestamp) -> Result<(), StoreError> {
    let seal = plan.seal()?;
    let round = Round {
        folder: &plan.folder,
        file: None,
        seal: seal.as_ref(),
        keep: plan.keep,
        id: id(now),
        by: Db::SYSTEM,
        at: now,
        from: Origin::Local,
    };
    backup::round(&mut Db::open(db)?, round, &mut |_| {}).map(drop)
}

/// When a server kept the last piece of its journal, where it can be brought back at all.
fn kept(db: &Path, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let found = archive::archive(db)?;
    if found.is_kept() {
        let seconds = found.last_kept.and_then(|seconds| u64::try_from(seconds).ok());
        return Ok(seconds.map(|seconds| now.minus(Duration::from_secs(seconds))));
    }
    let what =
        "the server keeps nothing to be brought back from; 'corral backup' tells how it stands".to_owned();
    Err(StoreError::Invalid { code: "not_kept", what })
}

fn note(plan: &Plan, db: &Path, error: &StoreError, now: Timestamp) -> Result<(), StoreError> {
    let change = Change::Note(Box::new(backup::failed(&plan.folder, error)));
    let write = Write { id: id(now), by: Db::SYSTEM, at: now, from: Origin::Local, change };
    Db::open(db)?.write(&write).map(drop)
}

/// An id for a note of this program's at an instant.
fn id(now: Timestamp) -> WriteId {
    let mixed = u64::from(std::process::id()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    WriteId(IdMaker::new(now, mixed).make())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::MINUTE_MS;

    const NOON: Timestamp = Timestamp(1_795_000_000_000);
    const DAILY: When = When::Every(Duration::from_hours(24));

    fn minutes(n: i64) -> Timestamp {
        Timestamp(NOON.0 + n * MINUTE_MS)
    }

    fn full() -> StoreError {
        StoreError::Full { path: PathBuf::from("x"), what: "no room".to_owned() }
    }

    #[test]
    fn one_is_made_when_it_is_due_and_not_before() {
        let mut standing = Standing::default();
        let never = || panic!("nothing is due");
        let looked = standing.turn(DAILY, (Ok(Some(minutes(-1_439))), NOON), never);
        assert_eq!(looked, Looked::Waits);
        assert_eq!((standing.last, standing.due), (Some(minutes(-1_439)), Some(minutes(1))));
        let looked = standing.turn(DAILY, (Ok(Some(minutes(-1_439))), minutes(1)), || Ok(Some(minutes(1))));
        assert_eq!(looked, Looked::Good);
        let after =
            Standing { last: Some(minutes(1)), due: Some(minutes(1_441)), made: 1, ..Standing::default() };
        assert_eq!(standing, after);
    }

    #[test]
    fn one_that_failed_is_tried_again_soon_and_told_once_until_one_succeeds() {
        let mut standing = Standing::default();
        let looked = standing.turn(DAILY, (Ok(None), NOON), || Err(full()));
        assert_eq!(looked, Looked::Failed(full(), true));
        assert_eq!((standing.failures, standing.due), (1, Some(minutes(15))));
        let never = || panic!("it is tried again in a quarter of an hour");
        assert_eq!(standing.turn(DAILY, (Ok(None), minutes(14)), never), Looked::Waits);
        assert_eq!(standing.failed.as_ref().map(|failed| failed.code.as_str()), Some("disk_full"));
        let looked = standing.turn(DAILY, (Ok(None), minutes(15)), || Err(full()));
        assert_eq!(looked, Looked::Failed(full(), false), "the same again is no news");
        assert_eq!(standing.turn(DAILY, (Ok(None), minutes(30)), || Ok(Some(minutes(30)))), Looked::Good);
        assert_eq!((standing.failed.clone(), standing.made, standing.failures), (None, 1, 2));
        assert_eq!(standing.due, Some(minutes(30 + 1_440)));
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_a_failure_and_nothing_is_made() {
        let mut standing = Standing::default();
        let never = || panic!("there is nowhere to make it");
        assert_eq!(standing.turn(DAILY, (Err(full()), NOON), never), Looked::Failed(full(), true));
    }

    #[test]
    fn the_settings_say_when_where_and_how_many() {
        let db = Path::new("/srv/team.db");
        let plan = |settings: &Settings| Plan::of(settings, db, Zone::UTC);
        let nothing = Settings::default();
        assert_eq!(plan(&nothing), None);
        let every = plan(&Settings { backup_every: 6, ..nothing.clone() }).unwrap();
        assert_eq!(every.when, When::Every(Duration::from_hours(6)));
        assert_eq!(every.folder, Path::new("/srv/team.db-backups"));
        assert_eq!(every.keep, Keep { days: None, count: Some(14) });
        let hour = Settings {
            backup_every: 6,
            backup_hour: 0,
            backup_dir: Some("/mnt/b".to_owned()),
            backup_keep_days: 30,
            backup_keep_count: 0,
            ..nothing
        };
        let hour = plan(&hour).unwrap();
        assert_eq!(hour.when, When::At(Clock::new(0, 0).unwrap(), Zone::UTC));
        assert_eq!(hour.keep, Keep { days: Some(30), count: None });
        assert_eq!(hour.folder, Path::new("/mnt/b"));
    }
}
