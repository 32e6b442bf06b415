//! What a session costs a person and a machine, through a pseudo-terminal: start, a saved outcome, news, idling, memory, bytes.
//!
//! ```sh
//! cargo build --release --bins --examples
//! cargo run --release --example session -- --db F
//! ```
//!
//! Every figure stands beside that of the bare program (`examples/bare.rs`) through the same terminal, run in turn with it. Works on
//! a copy: outcomes are saved.

#[path = "session/board.rs"]
mod board;
#[path = "live/call.rs"]
mod call;
#[path = "floor/error.rs"]
mod error;
#[path = "floor/figures.rs"]
mod figures;
#[path = "session/idle.rs"]
mod idle;
#[path = "session/memory.rs"]
mod memory;
#[path = "session/outcome.rs"]
mod outcome;
#[path = "session/place.rs"]
mod place;
#[path = "session/pty.rs"]
mod pty;
#[path = "session/start.rs"]
mod start;
#[path = "bare/writer.rs"]
#[expect(dead_code, reason = "only its reading is of use here")]
mod writer;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

use error::{Failed, print, say};
use place::Place;

/// What a session costs, through a pseudo-terminal.
#[derive(Debug, Parser)]
#[command(name = "session", max_term_width = 100)]
struct Args {
    /// The database; it is copied
    #[arg(long)]
    db: PathBuf,
    /// Where the copy goes; a folder of its own where none is named
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Works on the file itself: for one that may be thrown away
    #[arg(long)]
    in_place: bool,
    /// Starts, outcomes and commits that are timed
    #[arg(long, default_value_t = 20)]
    runs: usize,
    /// Sessions open at once for the memory
    #[arg(long, default_value_t = 100)]
    sessions: usize,
    /// Seconds of idling
    #[arg(long, default_value_t = 40)]
    idle: u64,
    /// Only these: start, outcome, board, idle, memory, move
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Appends the figures to this file, a JSON object a line
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// A figure beside its floor.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// In what.
    pub unit: &'static str,
    /// The bare program's.
    pub floor: Option<f64>,
    /// The product's.
    pub product: f64,
    /// Product to floor.
    pub ratio: Option<f64>,
    /// What is wanted.
    pub target: &'static str,
}

impl Figure {
    /// A figure that is measured by its floor.
    pub fn beside(
        name: impl Into<String>,
        unit: &'static str,
        both: (f64, f64),
        target: &'static str,
    ) -> Self {
        let (floor, product) = both;
        let ratio = (floor > 0.0).then(|| product / floor);
        Self { name: name.into(), unit, floor: Some(floor), product, ratio, target }
    }

    /// A figure that stands for itself.
    pub fn alone(name: impl Into<String>, unit: &'static str, product: f64, target: &'static str) -> Self {
        Self { name: name.into(), unit, floor: None, product, ratio: None, target }
    }
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            say(&format!("session: {failed}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Failed> {
    let place = Place::prepare(&args.db, args.folder.as_deref(), args.in_place)?;
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let mut figures = Vec::new();
    if wanted("start") {
        figures.extend(start::measure(&place, args.runs)?);
    }
    if wanted("outcome") {
        figures.extend(outcome::measure(&place, args.runs)?);
    }
    if wanted("move") {
        figures.extend(outcome::moves(&place)?);
    }
    if wanted("board") {
        figures.extend(board::measure(&place, args.runs * 3)?);
    }
    if wanted("idle") {
        figures.extend(idle::measure(&place, args.idle)?);
    }
    if wanted("memory") {
        figures.extend(idle::memory(&place, args.sessions)?);
    }
    for figure in &figures {
        let floor = figure.floor.map_or_else(|| "-".to_owned(), |floor| format!("{floor:.2}"));
        let ratio = figure.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        print(&format!(
            "{:52} floor {floor:>9} product {:>9.2} {:4} ratio {ratio:>6}  target {}",
            figure.name, figure.product, figure.unit, figure.target
        ))?;
    }
    let Some(into) = &args.record else { return Ok(()) };
    if let Some(folder) = into.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut out = File::options().create(true).append(true).open(into)?;
    for figure in &figures {
        writeln!(out, "{}", serde_json::to_string(figure).map_err(std::io::Error::from)?)?;
    }
    Ok(())
}
