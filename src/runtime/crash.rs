//! Crash reports: what the program can say of a mistake of its own, in a file for whoever mends it.
//!
//! A report holds the time, the version, the place, the backtrace, the terminal, and the last steps by their kinds. **Nothing
//! personal**: of the message only what the program itself has written ([`masked`]), of paths only what lies in the sources.
//! [`Crashes::REPORTS`] of them are kept, and a program that goes on making mistakes writes so many at most.

pub mod masked;

use std::backtrace::Backtrace;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Instant;

use crate::runtime::clock::Clock;
use crate::runtime::files;
use crate::runtime::trail::{Trail, WeakTrail};
use crate::text::{Text, Words};

/// What stands at the head of a report.
const HEAD: &str = "A mistake of Corral's. This report holds no names, numbers, notes or search words.\n\n";
/// Longest value of a variable that is told.
const LONGEST: usize = 40;

/// The crash reports of this program. Clones are the same.
#[derive(Debug, Clone)]
pub struct Crashes {
    folder: Arc<Path>,
    words: Words,
    /// The trails of the sessions, by the thread each runs on.
    trails: Arc<Mutex<Vec<(ThreadId, WeakTrail)>>>,
    begun: Instant,
    written: Arc<AtomicUsize>,
}

impl Crashes {
    /// Reports that are kept.
    pub const REPORTS: usize = 10;

    /// Reports into a folder, which is made with the first; told in these words.
    pub fn new(folder: &Path, words: Words) -> Self {
        let (trails, written) = (Arc::default(), Arc::default());
        Self { folder: folder.into(), words, trails, begun: Instant::now(), written }
    }

    /// Where the session that runs on this thread notes its steps.
    pub fn trail(&self) -> Trail {
        let trail = Trail::default();
        let mut trails = self.trails.lock().unwrap_or_else(PoisonError::into_inner);
        trails.retain(|(_, trail)| trail.is_kept());
        trails.push((thread::current().id(), trail.watched()));
        trail
    }

    /// What the session of this thread did last; of a thread without one, what the only session did.
    fn steps(&self) -> String {
        // never waits: whoever makes a list of trails at this very moment is another thread's
        let Ok(trails) = self.trails.try_lock() else { return String::new() };
        let here = thread::current().id();
        let found = trails.iter().find(|(thread, _)| *thread == here);
        let only = if let [only] = trails.as_slice() { Some(only) } else { None };
        found.or(only).map(|(_, trail)| trail.told()).unwrap_or_default()
    }

    /// Has every mistake of this program reported and told on standard error, in place of what would be told otherwise.
    pub fn watch(&self) {
        let crashes = self.clone();
        panic::set_hook(Box::new(move |info| {
            let told = crashes.report(info);
            let _ = writeln!(io::stderr(), "{told}");
        }));
    }

    /// Writes a report, where it can; answers with what the person is told.
    pub fn report(&self, info: &PanicHookInfo<'_>) -> String {
        let place = masked::place(info);
        tracing::error!(place, "the program made a mistake");
        if self.written.fetch_add(1, Ordering::SeqCst) >= Self::REPORTS {
            return self.words.fill(Text("crash.again"), &[("place", &place)]);
        }
        match self.write(&self.text(info, &place)) {
            Ok(path) => self.words.fill(Text("crash.told"), &[("place", &place), ("path", &path.display())]),
            Err(error) => self.words.fill(Text("crash.untold"), &[("place", &place), ("why", &error)]),
        }
    }

    fn write(&self, text: &str) -> io::Result<PathBuf> {
        files::private_folder(&self.folder)?;
        let stamp: String =
            Clock::System.now().to_string().chars().filter(char::is_ascii_alphanumeric).collect();
        let path = self.folder.join(format!("crash-{stamp}-{}.txt", std::process::id()));
        // two threads may make one in the same millisecond: both are told
        files::appended(&path)?.write_all(text.as_bytes())?;
        files::keep_last(reports(&self.folder), Self::REPORTS);
        Ok(path)
    }

    fn text(&self, info: &PanicHookInfo<'_>, place: &str) -> String {
        let variable = |name: &str| {
            let value = std::env::var(name).unwrap_or_default();
            let plain = value.chars().filter(char::is_ascii_graphic).take(LONGEST).collect::<String>();
            if plain.is_empty() { "-".to_owned() } else { plain }
        };
        let is_set = |name: &str| if std::env::var_os(name).is_some() { "yes" } else { "no" };
        let (width, height) = crossterm::terminal::size().unwrap_or_default();
        let rows = [
            (
                "when",
                format!("{}, {} s after the start", Clock::System.now(), self.begun.elapsed().as_secs()),
            ),
            ("version", format!("corral {}", env!("CARGO_PKG_VERSION"))),
            ("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
            ("thread", thread::current().name().unwrap_or("-").to_owned()),
            ("place", place.to_owned()),
            ("message", masked::message(info)),
            (
                "terminal",
                format!(
                    "{} {width}x{height}, COLORTERM {}, NO_COLOR {}, SSH {}, tmux {}",
                    variable("TERM"),
                    variable("COLORTERM"),
                    is_set("NO_COLOR"),
                    is_set("SSH_CONNECTION"),
                    is_set("TMUX")
                ),
            ),
            ("language", self.words.lang().code().to_owned()),
        ];
        let mut text = HEAD.to_owned();
        for (name, value) in rows {
            let _ = writeln!(text, "{name:<9} {value}");
        }
        let _ = writeln!(text, "\nThe last steps, oldest first:\n{}", self.steps());
        let trace = masked::trace(&Backtrace::force_capture().to_string());
        let _ = writeln!(text, "\nThe way there:\n{trace}");
        text
    }
}

/// The reports in a folder, oldest first.
pub fn reports(folder: &Path) -> Vec<PathBuf> {
    files::named(folder, "crash-", "txt")
}
