//! A demonstration: a private copy of the sample moved to today, and colleagues who work on it in the background.

mod colleagues;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::domain::time::{Clock, Day, Timestamp, Zone};
use crate::playbook::Playbook;
use crate::store::engine::{self, Passing};
use crate::store::{Db, StoreError, agenda, copy, shift};

pub use colleagues::{Colleagues, Floor};

/// The sample that comes with the program (docs/sample.md says how it is made).
const SAMPLE: &[u8] = include_bytes!("../../sample.db");
/// What the copy is called.
const NAME: &str = "demo.db";
/// A demonstration that begins later than this before the end of work begins at the sample's own clock time instead.
const TOO_LATE: Duration = Duration::from_mins(90);

/// A private copy of a sample, gone when dropped.
#[derive(Debug)]
pub struct Copy {
    // dropped after whoever works on it; the folder goes with everything in it, and so does the place on a server
    folder: TempDir,
    _passing: Option<Box<dyn Passing>>,
    path: PathBuf,
    begins: Timestamp,
}

impl Copy {
    /// The database: a file, or a server's address.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder it lies in; nobody else's.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The instant at which the demonstration's day stands when it begins: the present one while work is being done, else the
    /// clock time of the sample's last change today, so that there is work to do at night too.
    pub const fn begins(&self) -> Timestamp {
        self.begins
    }
}

/// Copies a sample (the built-in one where none is named) and moves it so that its last day is the day of `now`.
///
/// The sample is moved by whole days, whatever weekday that makes of them: its last day becomes today as it was, with all
/// that is due on it. The original is only read.
///
/// # Errors
/// Where there is no room for the copy, or the file is none of ours.
pub fn prepare(from: Option<&Path>, now: Timestamp) -> Result<Copy, StoreError> {
    prepare_at(from, None, now)
}

/// The same with the copy on the server that `server` leads to, in a place of its own.
///
/// # Errors
/// As [`prepare`], and what the server says.
pub fn prepare_at(from: Option<&Path>, server: Option<&Path>, now: Timestamp) -> Result<Copy, StoreError> {
    let failed = |doing: &str, error: &std::io::Error| StoreError::Engine {
        doing: doing.to_owned(),
        what: error.to_string(),
    };
    let folder = tempfile::Builder::new()
        .prefix("corral-demo-")
        .tempdir()
        .map_err(|e| failed("making a folder for the copy", &e))?;
    let path = folder.path().join(NAME);
    match from {
        None => fs::write(&path, SAMPLE).map_err(|e| failed("writing the copy", &e))?,
        Some(original) => {
            let mut original = Db::open(original)?;
            match original.file() {
                Some(file) => file.copy_to(&path)?,
                None => copy::copy(&mut original, &path, None, &mut |_| {}).map(drop)?,
            }
        }
    }
    let mut db = Db::open(&path)?;
    if let Some(file) = db.file() {
        file.keep_log()?;
    }
    // a copy that is lost is made again
    db.careless()?;
    let (last, playbook) =
        db.snapshot(|tx, books| Ok((shift::newest(tx)?, agenda::main_playbook(tx, books)?)))?;
    let (Some(last), Some(playbook)) = (last, playbook) else {
        return Err(StoreError::Invalid {
            code: "empty_sample",
            what: "there is nothing in this database to show; name one that people have worked on".to_owned(),
        });
    };
    let zone = playbook.zone;
    let today = zone.day(now);
    shift::shift(&mut db, today.0 - zone.day(last).0)?;
    let passing = server.map(engine::passing).transpose()?.flatten();
    let path = match &passing {
        Some(passing) => {
            copy::copy(&mut db, passing.place(), None, &mut |_| {})?;
            passing.place().to_owned()
        }
        None => path,
    };
    drop(db);
    let begins = begins(&playbook, zone, (today, zone.clock(last)), now);
    Ok(Copy { folder, _passing: passing, path, begins })
}

fn begins(playbook: &Playbook, zone: Zone, (today, left_at): (Day, Clock), now: Timestamp) -> Timestamp {
    let left = zone.at(today, left_at);
    let ends = zone.at(today, playbook.hours.1).minus(TOO_LATE);
    if left <= now && now <= ends { now } else { left }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::{embedded, source};

    #[test]
    fn a_demonstration_at_night_stands_at_the_samples_own_time() {
        // the first sample's day ends at 20:30, so that 19:00 is the last time it begins at
        let book = source::load_text("edu", embedded::text("edu-english").unwrap()).unwrap().playbook;
        let today: Day = "2026-11-22".parse().unwrap();
        let at = |clock: &str| book.zone.at(today, clock.parse().unwrap());
        let starts = |clock: &str| begins(&book, book.zone, (today, "11:40".parse().unwrap()), at(clock));
        assert_eq!(starts("14:00"), at("14:00"));
        assert_eq!(starts("19:00"), at("19:00"));
        for odd in ["00:10", "08:00", "19:01", "23:00"] {
            assert_eq!(starts(odd), at("11:40"), "{odd}");
        }
    }
}
