//! The parent's side of a run: starts the processes, lets all begin at one instant, gathers what they tell.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child as Process, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use corral::domain::id::WriteId;
use corral::domain::time::Timestamp;
use corral::store::engine::sqlite::guard;
use corral::store::{Db, journal};

use crate::args::{Args, Way};
use crate::error::Failed;
use crate::ground::Copy;
use crate::leads;
use crate::rep::Told;

/// From the last process being ready to the beginning.
const NOTICE: Duration = Duration::from_millis(500);
/// How often the log is measured.
const MEASURE: Duration = Duration::from_millis(50);

/// What one rep's process told.
type Tale = Vec<Told>;

/// A run that is over.
#[derive(Debug)]
pub struct Run {
    /// How the changes were made.
    pub way: Way,
    /// What each rep was told.
    pub tales: Vec<Tale>,
    /// The log's largest size, bytes.
    pub log_peak: u64,
    /// Acknowledged changes that the journal does not know.
    pub lost: usize,
    /// What the import beside the reps said, and how long it took, seconds.
    pub import: Option<(String, f64)>,
    /// How often something went wrong, by what was said.
    pub errors: BTreeMap<String, usize>,
}

/// Runs the load once.
pub fn run(args: &Args, way: Way, (round, begins): (usize, Timestamp)) -> Result<Run, Failed> {
    let copy = if way == Way::Bare { Some(Copy::of(&args.db())?) } else { None };
    let db = copy.as_ref().map_or_else(|| args.db(), |copy| copy.path().to_owned());
    let mut crew = Vec::new();
    for place in 0..args.reps {
        crew.push(Member::start(args, (way, &db), (place, round, begins))?);
    }
    for member in &mut crew {
        member.is_ready()?;
    }
    let file = if way == Way::Bare { None } else { leads::file(args, round)? };
    let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + NOTICE;
    let scale = Scale::start(&db);
    for member in &mut crew {
        member.begin(start)?;
    }
    thread::sleep(NOTICE);
    let import = match &file {
        Some(file) => Some(leads::bring_in(&db, file.path(), begins)?),
        None => None,
    };
    let tales = crew.into_iter().map(Member::tale).collect::<Result<Vec<_>, _>>()?;
    let import = import.map(leads::Import::end).transpose()?;
    let log_peak = scale.stop();
    let lost = if way == Way::Bare { 0 } else { lost(&db, &tales)? };
    let mut errors = BTreeMap::new();
    for error in tales.iter().flatten().filter_map(|told| told.error.clone()) {
        *errors.entry(error).or_default() += 1;
    }
    Ok(Run { way, tales, log_peak, lost, import, errors })
}

/// How many acknowledged changes the journal does not know.
fn lost(db: &Path, tales: &[Tale]) -> Result<usize, Failed> {
    let ids: Vec<i64> = tales.iter().flatten().filter_map(|told| told.id).collect();
    let missing = Db::open(db)?.snapshot(|tx, _| {
        let mut missing = 0;
        for id in &ids {
            missing += usize::from(journal::replayed(tx, WriteId(*id))?.is_none());
        }
        Ok(missing)
    })?;
    Ok(missing)
}

/// A rep's process as its parent sees it.
struct Member {
    place: usize,
    process: Process,
    orders: ChildStdin,
    tells: JoinHandle<std::io::Result<Vec<String>>>,
    ready: std::sync::mpsc::Receiver<()>,
}

impl Member {
    fn start(
        args: &Args,
        (way, db): (Way, &Path),
        (place, round, begins): (usize, usize, Timestamp),
    ) -> Result<Self, Failed> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(if way == Way::Bare { "bare" } else { "rep" }).arg(db);
        // each round makes choices and ids of its own
        let turn = round * 2 + usize::from(way == Way::Store);
        let seed = args.seed.wrapping_mul(1_000_003).wrapping_add((turn * args.reps) as u64);
        for number in [place as u64, args.think_ms, args.seconds] {
            command.arg(number.to_string());
        }
        command.arg(begins.0.to_string()).arg(seed.to_string());
        if args.burst {
            command.arg("--burst");
        }
        if way == Way::Plain {
            command.arg("--plain");
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(orders), Some(out)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Failed::Part("a process without pipes".to_owned()));
        };
        let (tell, ready) = std::sync::mpsc::channel();
        let tells = thread::spawn(move || {
            let mut lines = BufReader::new(out).lines();
            if lines.next().is_some() {
                // a parent that gave up hears nothing
                let _ = tell.send(());
            }
            lines.collect()
        });
        Ok(Self { place, process, orders, tells, ready })
    }

    fn is_ready(&mut self) -> Result<(), Failed> {
        self.ready.recv().map_err(|_| Failed::Part(format!("rep {} did not come", self.place)))
    }

    fn begin(&mut self, at: Duration) -> Result<(), Failed> {
        Ok(writeln!(self.orders, "{}", at.as_millis())?)
    }

    fn tale(mut self) -> Result<Tale, Failed> {
        let status = self.process.wait()?;
        let lines = self.tells.join().map_err(|_| Failed::Part("a reader panicked".to_owned()))??;
        if !status.success() {
            return Err(Failed::Part(format!("rep {} ended with {status}", self.place)));
        }
        let told: Result<Tale, _> = lines.iter().map(|line| serde_json::from_str(line)).collect();
        told.map_err(|e| Failed::Part(format!("rep {} told nonsense: {e}", self.place)))
    }
}

/// Watches how large the log grows.
struct Scale {
    stop: std::sync::Arc<AtomicBool>,
    watch: JoinHandle<u64>,
}

impl Scale {
    fn start(db: &Path) -> Self {
        let log = guard::side(db, "-wal");
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let watch = thread::spawn(move || {
            let mut peak = 0;
            while !stopped.load(Ordering::Acquire) {
                peak = peak.max(log.metadata().map_or(0, |log| log.len()));
                thread::sleep(MEASURE);
            }
            peak
        });
        Self { stop, watch }
    }

    fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Release);
        self.watch.join().unwrap_or(0)
    }
}
