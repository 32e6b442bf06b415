//! Changes on their way to the database, one after another, held where the disk, the file or another program stands in the
//! way.
//!
//! A change goes out when the one before is answered, so that what follows from it (an undo, the next outcome) never
//! overtakes it. Where the store says that the cause may pass, the change stays at the head of the line and is sent again
//! with the same id every few seconds: the store makes it once, however often it comes. From the first such answer on the
//! line is kept in files too, so that a session that ends takes nothing with it. What a rule refuses is answered at once,
//! as ever.
//!
//! The outbox looks at no clock and sends nothing itself: the loop asks it what is due.

mod files;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub use files::Files;

use crate::domain::id::WriteId;
use crate::store::StoreError;
use crate::store::change::{Commit, Write};

/// Changes that may wait; beyond that a change is refused clearly.
pub const MOST: usize = 200;
/// How long an answer may take before the person is told that it does.
pub const SLOW: Duration = Duration::from_secs(1);
/// How long after each failure in a row the change is sent again; the last one holds from then on.
const AGAIN: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(2),
    Duration::from_secs(3),
];

/// A line of changes.
#[derive(Debug, Default)]
pub struct Outbox {
    line: VecDeque<Waiting>,
    /// Whether the first of the line has been sent and not been answered.
    sent: bool,
    again: Option<Instant>,
    tries: usize,
    why: Option<StoreError>,
    files: Option<Files>,
}

#[derive(Debug)]
struct Waiting {
    write: Write,
    since: Instant,
    /// Whether it is in a file too.
    kept: bool,
    /// Whether it is left over from a session that ended.
    left_over: bool,
}

/// What is to be done with a change that was handed in.
#[derive(Debug, PartialEq)]
pub enum Put {
    /// Send it.
    Send(Box<Write>),
    /// It waits for those before it.
    Waits,
    /// Too much waits already.
    Refused,
}

/// What an answer comes to.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// It stays in the line and is sent again.
    Held,
    /// It is over, made or refused.
    Over,
    /// A change left over from an earlier session was refused; its file stays under another name.
    SetAside,
}

/// What is not saved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaved {
    /// Changes in the line.
    pub count: usize,
    /// Why, once that is known; `None` while the answer is late.
    pub why: Option<StoreError>,
    /// Whether all of them are in files, so that the session may end.
    pub kept: bool,
}

impl Outbox {
    /// An outbox that keeps what it holds in files.
    pub fn with_files(files: Files) -> Self {
        Self { files: Some(files), ..Self::default() }
    }

    /// Takes in what an earlier session could not save, oldest first; answers with the changes.
    pub fn take_over(&mut self, now: Instant) -> Vec<Write> {
        let left = self.files.as_ref().map(Files::load).unwrap_or_default();
        for write in &left {
            self.line.push_back(Waiting { write: write.clone(), since: now, kept: true, left_over: true });
        }
        left
    }

    /// Takes a change in.
    pub fn put(&mut self, write: Write, now: Instant) -> Put {
        if self.line.len() >= MOST {
            return Put::Refused;
        }
        self.line.push_back(Waiting { write, since: now, kept: false, left_over: false });
        if self.why.is_some() {
            self.keep();
        }
        self.next(now).map_or(Put::Waits, |write| Put::Send(Box::new(write)))
    }

    /// Takes an answer in. What was not sent from here is over at once.
    pub fn answered(&mut self, id: WriteId, result: &Result<Commit, StoreError>, now: Instant) -> Heard {
        if !self.sent || self.line.front().is_none_or(|first| first.write.id != id) {
            return Heard::Over;
        }
        self.sent = false;
        if let Err(error) = result
            && error.may_pass()
        {
            let pause = AGAIN.get(self.tries).or(AGAIN.last()).copied().unwrap_or_default();
            self.again = Some(now + pause);
            self.tries += 1;
            self.why = Some(error.clone());
            self.keep();
            return Heard::Held;
        }
        (self.tries, self.why, self.again) = (0, None, None);
        let Some(first) = self.line.pop_front() else { return Heard::Over };
        // whoever waited for the one before has waited long enough to be told only from now on
        for waiting in &mut self.line {
            waiting.since = now;
        }
        let aside = first.left_over && result.is_err();
        if let (Some(files), true) = (&self.files, first.kept) {
            if aside {
                files.set_aside(id);
            } else {
                files.forget(id);
            }
        }
        if aside { Heard::SetAside } else { Heard::Over }
    }

    /// The change to send now, if one is due.
    pub fn next(&mut self, now: Instant) -> Option<Write> {
        if self.sent || self.again.is_some_and(|at| at > now) {
            return None;
        }
        let first = self.line.front()?;
        (self.sent, self.again) = (true, None);
        if self.why.is_none() && self.tries == 0 {
            let write = first.write.clone();
            if let Some(first) = self.line.front_mut() {
                first.since = now;
            }
            return Some(write);
        }
        // room may have come for what could not be kept
        let write = first.write.clone();
        self.keep();
        Some(write)
    }

    /// Sends what is held at the next look: what stood in the way is over.
    pub fn hurry(&mut self, now: Instant) {
        if self.again.is_some() {
            (self.again, self.tries) = (Some(now), 0);
        }
    }

    /// When there is something to do again: a change to send, or an answer that is late.
    pub fn due(&self) -> Option<Instant> {
        if self.sent {
            // while a cause is known, lateness tells nothing new
            let first = self.line.front().filter(|_| self.why.is_none())?;
            return Some(first.since + SLOW);
        }
        self.again
    }

    /// What the person is to know: nothing while all goes well.
    pub fn unsaved(&self, now: Instant) -> Option<Unsaved> {
        let late = self.line.front().is_some_and(|first| now >= first.since + SLOW);
        if self.line.is_empty() || (self.why.is_none() && !late) {
            return None;
        }
        let kept = self.line.iter().all(|waiting| waiting.kept);
        Some(Unsaved { count: self.line.len(), why: self.why.clone(), kept })
    }

    /// Changes in the line.
    pub fn len(&self) -> usize {
        self.line.len()
    }

    /// Whether nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.line.is_empty()
    }

    /// Puts the line into files as far as there is room; answers with how many changes are in none.
    pub fn keep(&mut self) -> usize {
        let Some(files) = &self.files else { return self.line.len() };
        for waiting in self.line.iter_mut().filter(|waiting| !waiting.kept) {
            match files.keep(&waiting.write) {
                Ok(()) => waiting.kept = true,
                Err(error) => {
                    tracing::warn!(
                        why = error.kind().to_string(),
                        "a held change could not be put into a file"
                    );
                    // where there is no room for one there is none for the next, which must not come before it
                    break;
                }
            }
        }
        self.line.iter().filter(|waiting| !waiting.kept).count()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::domain::id::UserId;
    use crate::domain::origin::Origin;
    use crate::domain::time::Timestamp;
    use crate::store::change::{Change, Effects};

    fn write(id: i64) -> Write {
        Write {
            id: WriteId(id),
            by: UserId(7),
            at: Timestamp(0),
            from: Origin::Local,
            change: Change::Undo { write: None },
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "the shape of an answer, as its siblings have")]
    fn saved(id: i64) -> Result<Commit, StoreError> {
        let effects = Effects::default();
        Ok(Commit { revision: id, write: WriteId(id), topics: Vec::new(), effects, replayed: false })
    }

    fn full() -> Result<Commit, StoreError> {
        Err(StoreError::Full { path: PathBuf::from("a.db"), what: String::new() })
    }

    fn refused() -> Result<Commit, StoreError> {
        Err(StoreError::NoUndo { what: String::new(), why: "changed", by: String::new() })
    }

    fn sent(put: Put) -> i64 {
        match put {
            Put::Send(write) => write.id.0,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_change_goes_out_when_the_one_before_is_answered() {
        let now = Instant::now();
        let mut outbox = Outbox::default();
        assert_eq!(sent(outbox.put(write(1), now)), 1);
        assert_eq!(outbox.put(write(2), now), Put::Waits);
        assert_eq!(outbox.next(now), None);
        assert_eq!(outbox.answered(WriteId(1), &saved(1), now), Heard::Over);
        assert_eq!(outbox.next(now).map(|w| w.id.0), Some(2));
        assert_eq!(outbox.answered(WriteId(2), &refused(), now), Heard::Over);
        assert!(outbox.is_empty() && outbox.unsaved(now).is_none() && outbox.due().is_none());
    }

    #[test]
    fn a_change_that_meets_a_full_disk_is_sent_again_with_its_id_and_nothing_overtakes_it() {
        let start = Instant::now();
        let mut outbox = Outbox::default();
        sent(outbox.put(write(1), start));
        outbox.put(write(2), start);
        let mut now = start;
        for again in 0..8 {
            assert_eq!(outbox.answered(WriteId(1), &full(), now), Heard::Held);
            assert_eq!(outbox.put(write(10 + again), now), Put::Waits, "the next outcomes wait behind it");
            assert_eq!(outbox.next(now), None, "not at once");
            let due = outbox.due().unwrap();
            assert!(due > now && due <= now + Duration::from_secs(3), "every few seconds");
            now = due;
            assert_eq!(outbox.next(now).map(|w| w.id.0), Some(1));
        }
        let unsaved = outbox.unsaved(now).unwrap();
        assert_eq!((unsaved.count, unsaved.kept), (10, false));
        outbox.answered(WriteId(1), &saved(1), now);
        let mut order = Vec::new();
        while let Some(next) = outbox.next(now) {
            order.push(next.id.0);
            outbox.answered(next.id, &saved(next.id.0), now);
        }
        assert_eq!(order, [2, 10, 11, 12, 13, 14, 15, 16, 17]);
        assert_eq!(outbox.unsaved(now), None);
    }

    #[test]
    fn an_answer_that_is_late_is_told_and_one_in_time_is_not() {
        let start = Instant::now();
        let mut outbox = Outbox::default();
        outbox.put(write(1), start);
        assert_eq!(outbox.unsaved(start), None);
        assert_eq!(outbox.due(), Some(start + SLOW));
        let late = outbox.unsaved(start + SLOW).unwrap();
        assert_eq!((late.count, late.why), (1, None));
        // the one behind it has its own second
        outbox.put(write(2), start);
        outbox.answered(WriteId(1), &saved(1), start + SLOW);
        outbox.next(start + SLOW);
        assert_eq!(outbox.unsaved(start + SLOW), None);
    }

    #[test]
    fn what_is_too_much_is_refused_and_not_forgotten_in_silence() {
        let now = Instant::now();
        let mut outbox = Outbox::default();
        for id in 0..i64::try_from(MOST).unwrap() {
            assert_ne!(outbox.put(write(id), now), Put::Refused);
        }
        assert_eq!(outbox.put(write(-1), now), Put::Refused);
        assert_eq!(outbox.len(), MOST);
    }

    #[test]
    fn an_answer_to_something_else_changes_nothing() {
        let now = Instant::now();
        let mut outbox = Outbox::default();
        outbox.put(write(1), now);
        assert_eq!(outbox.answered(WriteId(9), &saved(9), now), Heard::Over);
        assert_eq!(outbox.len(), 1);
    }

    #[test]
    fn what_is_held_outlives_its_session_and_is_forgotten_once_it_is_saved() {
        let now = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        let files = || Files::new(folder.path());
        let mut outbox = Outbox::with_files(files());
        outbox.put(write(1), now);
        outbox.put(write(2), now);
        assert_eq!(files().load(), [], "nothing is kept while all goes well");
        outbox.answered(WriteId(1), &full(), now);
        outbox.put(write(3), now);
        assert!(outbox.unsaved(now).unwrap().kept);
        drop(outbox);

        let mut later = Outbox::with_files(files());
        let left: Vec<i64> = later.take_over(now).iter().map(|write| write.id.0).collect();
        assert_eq!(left, [1, 2, 3]);
        for id in 1..=3 {
            assert_eq!(later.next(now).map(|w| w.id.0), Some(id));
            let (answer, heard) =
                if id == 2 { (refused(), Heard::SetAside) } else { (saved(id), Heard::Over) };
            assert_eq!(later.answered(WriteId(id), &answer, now), heard);
        }
        assert_eq!(files().load(), []);
        // what was refused is there to be read
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn where_no_file_can_be_made_the_change_stays_in_memory_and_that_is_known() {
        let now = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let mut outbox = Outbox::with_files(Files::new(&blocked.join("outbox")));
        outbox.put(write(1), now);
        assert_eq!(outbox.answered(WriteId(1), &full(), now), Heard::Held);
        assert!(!outbox.unsaved(now).unwrap().kept);
        assert_eq!(outbox.keep(), 1);
    }
}
