//! The open call of a person, kept in a file while it lasts, so that who was cut off comes back to it.
//!
//! Of several sessions of one person on one machine the first keeps it: whoever holds the lock. The lock goes with the session,
//! whatever ends it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::open::Open;
use crate::domain::time::Timestamp;
use crate::runtime::files::{private_folder, replace};

/// How long a call may have been left and is gone back to: after that the conversation is over.
pub const LASTS: Duration = Duration::from_hours(2);

/// Where the open call of one person on one database is kept.
#[derive(Debug, Default)]
pub struct Opened {
    /// The file, where this session is the one that keeps it.
    held: Option<(PathBuf, File)>,
    /// What stands in it.
    kept: Option<Open>,
}

impl Opened {
    /// Takes the file of a folder of the person's own, unless another session has it; answers what an earlier one left open.
    pub fn take(folder: &Path, now: Timestamp) -> (Self, Option<Open>) {
        let Some(lock) = lock(folder) else { return (Self::default(), None) };
        let path = folder.join("open.call");
        let left: Option<Open> = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let fresh = left.filter(|open| (0..=millis(LASTS)).contains(&now.since(open.started)));
        (Self { held: Some((path, lock)), kept: left }, fresh)
    }

    /// Keeps what is open now. A file that cannot be written is only a way back that is lost.
    pub fn keep(&mut self, open: Option<Open>) {
        let Some((path, _)) = self.held.as_ref().filter(|_| self.kept != open) else { return };
        self.kept = open;
        let _ = match open.and_then(|open| serde_json::to_vec(&open).ok()) {
            Some(text) => replace(path, &text),
            None => fs::remove_file(path),
        };
    }
}

fn lock(folder: &Path) -> Option<File> {
    private_folder(folder).ok()?;
    let file =
        File::options().write(true).create(true).truncate(false).open(folder.join("open.lock")).ok()?;
    file.try_lock().ok()?;
    Some(file)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{CustomerId, TaskId};

    fn open(started: i64) -> Open {
        Open { task: Some(TaskId(7)), customer: CustomerId(9), started: Timestamp(started) }
    }

    #[test]
    fn what_was_open_is_there_again_for_two_hours_and_for_one_session() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("deep");
        let (mut first, left) = Opened::take(&place, Timestamp(1_000));
        assert_eq!(left, None);
        first.keep(Some(open(1_000)));
        // another session beside it neither finds nor spoils it
        let (mut beside, left) = Opened::take(&place, Timestamp(2_000));
        assert_eq!(left, None);
        beside.keep(Some(open(1_500)));
        beside.keep(None);
        drop((first, beside));
        let two_hours = 2 * 60 * 60 * 1_000;
        for (now, back) in [(1_000 + two_hours, Some(open(1_000))), (1_001 + two_hours, None), (999, None)] {
            assert_eq!(Opened::take(&place, Timestamp(now)).1, back, "{now}");
        }
        // a call that ended is not gone back to
        let (mut first, _) = Opened::take(&place, Timestamp(2_000));
        first.keep(None);
        drop(first);
        assert_eq!(Opened::take(&place, Timestamp(2_000)).1, None);
    }
}
