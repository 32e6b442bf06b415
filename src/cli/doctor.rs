//! `corral doctor`: what stands behind the program on this machine, what is odd about it, and what to do next.
//!
//! Where the database is on a server, that is looked at in the file's place. It changes nothing: no file is made or brought up to date, no lock is taken. Each part is looked at by a thread of its own and
//! has seconds: a disk that hangs takes its part with it, not the command.

mod clock;
mod database;
mod finding;
mod folders;
mod locks;
mod own;
mod server;
mod terminal;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::args::Args;
use crate::cli::output::{self, Failure};
use crate::cli::place::Place;
use crate::cli::session::Local;
use crate::domain::time::Timestamp;
use crate::store::engine::File;
use crate::text::{Text, Words};

use finding::{Finding, Findings, Mark, Part};

/// How long a part may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the person's own files may take to be read before anything else is done.
const PLACE: Duration = Duration::from_secs(2);

/// What the looks need to know; each has a copy.
#[derive(Debug, Clone)]
struct Asked {
    place: Place,
    words: Words,
    now: Timestamp,
    /// The look asked for.
    theme: Option<String>,
    level: String,
}

/// A part, and what looks at it.
type Look = (Part, fn(&Asked) -> Vec<Finding>);

const LOOKS: [Look; 8] = [
    (Part::Program, program),
    (Part::Database, database::file),
    (Part::Database, database::inside),
    (Part::Locks, locks::look),
    (Part::Clock, clock::look),
    (Part::Folders, folders::look),
    (Part::Own, own::look),
    (Part::Terminal, terminal::look),
];

/// Finds the places on this machine; where the person's own files do not answer, those of a safe start, and the file that was
/// asked for.
pub fn place(args: &Args) -> Result<(Place, Option<PathBuf>), Failure> {
    let (tell, told) = channel();
    let asked = args.clone();
    thread::spawn(move || {
        // too late: somebody else went on without
        let _ = tell.send(Place::find(&asked));
    });
    if let Ok(found) = told.recv_timeout(PLACE) {
        return found.map(|place| (place, None));
    }
    let place = Place::unread(&Args { safe: true, ..args.clone() })?;
    let file = place.settings_file.clone();
    Ok((place, Some(file)))
}

/// Looks at everything and tells it; answers with the exit status: 0 where nothing is wrong. `hung` is a settings file that did
/// not answer.
pub fn doctor(local: &Local, level: String, hung: Option<PathBuf>) -> Result<u8, Failure> {
    let asked = Asked {
        place: local.place.clone(),
        words: local.words.clone(),
        now: local.now(),
        theme: local.theme.clone(),
        level,
    };
    let mut found = gather(&asked);
    if let Some(file) = hung {
        let mut at = Findings::new(Part::Own, &asked.words);
        let said = asked.words.fill(Text("doctor.hangs"), &[("s", &PLACE.as_secs())]);
        at.wrong(
            "answer",
            file.display().to_string(),
            format!("{}: {said}", file.display()),
            Text("doctor.hangs_next"),
        );
        let place = found.iter().position(|finding| finding.part == Part::Own).unwrap_or(found.len());
        found.splice(place..place, at.all());
    }
    let many = |mark| found.iter().filter(|finding| finding.mark == mark).count();
    let (wrong, warnings) = (many(Mark::Wrong), many(Mark::Warning));
    let shape = json!({
        "ok": wrong == 0,
        "wrong": wrong,
        "warnings": warnings,
        "findings": found.iter().map(Finding::shape).collect::<Vec<_>>(),
    });
    let width = std::io::stdout().is_terminal().then(crossterm::terminal::size).and_then(Result::ok);
    output::answer(local.json, &shape, || {
        let mut lines = finding::lines(&found, &asked.words, width.map(|(width, _)| usize::from(width)));
        lines.push(String::new());
        lines.push(asked.words.fill(Text("doctor.sum"), &[("wrong", &wrong), ("warnings", &warnings)]));
        lines
    })?;
    Ok(u8::from(wrong > 0))
}

/// Has all parts looked at side by side, and takes what is found in time, in the order of the parts.
fn gather(asked: &Asked) -> Vec<Finding> {
    let (tell, told) = channel();
    for (turn, (_, look)) in LOOKS.into_iter().enumerate() {
        let (tell, asked) = (tell.clone(), asked.clone());
        thread::spawn(move || {
            // nobody waits for what comes too late
            let _ = tell.send((turn, look(&asked)));
        });
    }
    drop(tell);
    let until = Instant::now() + PATIENCE;
    let mut found: Vec<Option<Vec<Finding>>> = LOOKS.iter().map(|_| None).collect();
    // ends when all have answered, or when it is late: a look that made a mistake tells nothing either
    while let Ok((turn, findings)) = told.recv_timeout(until.saturating_duration_since(Instant::now())) {
        if let Some(place) = found.get_mut(turn) {
            *place = Some(findings);
        }
    }
    let late = |part| {
        let mut at = Findings::new(part, &asked.words);
        let said = asked.words.fill(Text("doctor.hangs"), &[("s", &PATIENCE.as_secs())]);
        at.wrong("answer", false, said, Text("doctor.hangs_next"));
        at.all()
    };
    LOOKS.iter().zip(found).flat_map(|((part, _), found)| found.unwrap_or_else(|| late(*part))).collect()
}

/// The program itself.
fn program(asked: &Asked) -> Vec<Finding> {
    let mut at = Findings::new(Part::Program, &asked.words);
    at.fine("version", env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_VERSION"));
    at.fine("engine", File::version(), File::version());
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    at.fine("system", system.clone(), system);
    at.all()
}
