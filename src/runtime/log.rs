//! The log: a file a day in a folder of the person's own, written by a thread.
//!
//! Whoever logs hands a line over and goes on: a disk that hangs holds up nobody, and what a queue of a thousand lines does
//! not take is dropped. The folder and the file are made with the first line; where they cannot be, there is no log, and
//! nothing else is different.
//!
//! **Nothing personal stands in it, at any level**: no names, numbers, notes, search words. An error is logged by
//! [`StoreError::logged`](crate::store::StoreError::logged), a change by its kind, a file by its ending, never by its path.
//! What other libraries have to say is left out.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{fmt as lines, registry};

use crate::domain::time::{Day, Zone};
use crate::runtime::clock::Clock;
use crate::runtime::files;

/// Files that are kept, this day's among them.
pub const KEPT: usize = 7;
/// Bytes after which a day's file takes no more.
const FULL: u64 = 8 << 20;
/// What is said then.
const SAID_FULL: &[u8] = b"the file of this day is full: what comes after it is not kept\n";
/// Lines that may wait for the disk.
const WAITING: usize = 1_024;
/// How long the end of the program waits for lines on their way.
const PATIENCE: Duration = Duration::from_millis(300);

/// The log of a program; what is on its way is written when it is dropped.
#[derive(Debug)]
pub struct Log {
    ink: Ink,
}

impl Log {
    /// Has the program's log written into a folder from here on, by a level's name; `None` where nothing is wanted or there
    /// is one already.
    pub fn start(folder: &Path, level: &str) -> Option<Self> {
        let level: LevelFilter = level.parse().ok().filter(|level| *level != LevelFilter::OFF)?;
        let (ink, pieces) = Ink::new();
        tracing::subscriber::set_global_default(subscriber(ink.clone(), level)).ok()?;
        let days = Days::new(folder);
        thread::Builder::new().name("corral-log".to_owned()).spawn(move || write(&pieces, days)).ok()?;
        Some(Self { ink })
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let (tell, told) = sync_channel(1);
        if self.ink.0.try_send(Piece::End(tell)).is_ok() {
            // a disk that hangs must not keep the program from ending
            let _ = told.recv_timeout(PATIENCE);
        }
    }
}

/// What takes the program's own lines, down to a level.
fn subscriber(ink: Ink, level: LevelFilter) -> impl Subscriber + Send + Sync {
    let lines = lines::layer().with_ansi(false).with_timer(Stamp(std::process::id())).with_writer(ink);
    registry().with(lines).with(Targets::new().with_target("corral", level))
}

/// The time of a line in UTC, and the number of the program: several write to one file.
struct Stamp(u32);

impl FormatTime for Stamp {
    fn format_time(&self, to: &mut Writer<'_>) -> fmt::Result {
        write!(to, "{} {:>7}", Clock::System.now(), self.0)
    }
}

/// What goes to the thread that writes.
#[derive(Debug)]
enum Piece {
    Line(Vec<u8>),
    /// Everything before it is written when this is answered.
    End(SyncSender<()>),
}

/// The near end of the log.
#[derive(Debug, Clone)]
struct Ink(SyncSender<Piece>);

impl Ink {
    fn new() -> (Self, Receiver<Piece>) {
        let (to, pieces) = sync_channel(WAITING);
        (Self(to), pieces)
    }
}

impl Write for Ink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // a line comes as a whole; one too many is dropped
        let _ = self.0.try_send(Piece::Line(bytes.to_owned()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Ink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn write(pieces: &Receiver<Piece>, mut days: Days) {
    for piece in pieces {
        match piece {
            Piece::Line(line) => {
                // where the disk takes it not, it is not kept; the next line tries again
                let _ = days.write(&line, Zone::UTC.day(Clock::System.now()));
            }
            Piece::End(tell) => {
                let _ = tell.send(());
            }
        }
    }
}

/// The files of the last days.
#[derive(Debug)]
struct Days {
    folder: PathBuf,
    open: Option<(Day, File)>,
}

impl Days {
    fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), open: None }
    }

    fn write(&mut self, line: &[u8], day: Day) -> io::Result<()> {
        let mut file = match &self.open {
            Some((of, file)) if *of == day => file,
            _ => self.begin(day)?,
        };
        let size = file.metadata()?.len();
        if size >= FULL {
            return Ok(());
        }
        file.write_all(line)?;
        // the line that fills it is followed by the word of that, and by no other
        if size + line.len() as u64 >= FULL { file.write_all(SAID_FULL) } else { Ok(()) }
    }

    /// Opens a day's file and takes the oldest ones away.
    fn begin(&mut self, day: Day) -> io::Result<&File> {
        files::private_folder(&self.folder)?;
        let file = files::appended(&self.folder.join(format!("corral-{day}.log")))?;
        files::keep_last(files::named(&self.folder, "corral-", "log"), KEPT);
        Ok(&self.open.insert((day, file)).1)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn each_day_has_a_file_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("deep").join("log");
        let mut days = Days::new(&place);
        assert!(!place.exists(), "nothing is made before the first line");
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("mine.txt"), "").unwrap();
        // 2026-11-24 is day 20,781
        for day in 20_781..20_790 {
            days.write(b"one\n", Day(day)).unwrap();
            days.write(b"two\n", Day(day)).unwrap();
        }
        let names = names(&place);
        assert_eq!(names.len(), KEPT + 1, "{names:?}");
        assert_eq!((names[0].as_str(), names[KEPT].as_str()), ("corral-2026-11-26.log", "mine.txt"));
        assert_eq!(fs::read(place.join("corral-2026-12-02.log")).unwrap(), b"one\ntwo\n");
    }

    #[test]
    fn a_days_file_that_is_full_says_so_once_and_takes_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let mut days = Days::new(folder.path());
        let line = vec![b'x'; 1 << 20];
        for _ in 0..20 {
            days.write(&line, Day(20_781)).unwrap();
        }
        let text = fs::read(folder.path().join("corral-2026-11-24.log")).unwrap();
        assert_eq!(text.len() as u64, FULL + SAID_FULL.len() as u64);
        assert!(text.ends_with(SAID_FULL));
    }

    #[test]
    fn a_folder_that_cannot_be_made_fails_nobody_and_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("file");
        fs::write(&taken, "").unwrap();
        let mut days = Days::new(&taken.join("log"));
        assert!(days.write(b"lost\n", Day(0)).is_err());
        fs::remove_file(&taken).unwrap();
        days.write(b"kept\n", Day(0)).unwrap();
        assert_eq!(fs::read(taken.join("log").join("corral-1970-01-01.log")).unwrap(), b"kept\n");
    }

    #[test]
    fn lines_are_ours_down_to_the_level_with_the_time_and_the_program() {
        let (ink, pieces) = Ink::new();
        tracing::subscriber::with_default(subscriber(ink.clone(), LevelFilter::INFO), || {
            tracing::info!(changes = 3, "told");
            tracing::debug!("too fine");
            tracing::info!(target: "another_library", "not ours");
        });
        drop(ink);
        let lines: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Line(line) => String::from_utf8(line).unwrap(),
                Piece::End(_) => panic!("no end was asked for"),
            })
            .collect();
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(line.ends_with("INFO corral::runtime::log::tests: told changes=3\n"), "{line}");
        assert!(line.contains(&format!("Z {:>7} ", std::process::id())), "{line}");
    }

    #[test]
    fn a_disk_that_hangs_holds_up_nobody() {
        let (ink, pieces) = Ink::new();
        // nobody takes anything: what does not fit is dropped
        for _ in 0..=WAITING {
            assert_eq!(ink.clone().write(b"line").unwrap(), 4);
        }
        drop(Log { ink });
        assert_eq!(pieces.iter().count(), WAITING);
    }
}
