//! What can be asked of the load program.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// A floor at work, as real processes on one database.
#[derive(Debug, Parser)]
#[command(name = "floor", max_term_width = 100, subcommand_negates_reqs = true)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line are independent")]
pub struct Args {
    /// The database; where there is none a floor with so many reps is made up
    #[arg(long, required = true)]
    pub db: Option<PathBuf>,
    /// Reps at work, each a process
    #[arg(long, default_value_t = 100)]
    pub reps: usize,
    /// How long a rep thinks between two things, milliseconds
    #[arg(long, default_value_t = 1_000)]
    pub think_ms: u64,
    /// How long the load lasts, seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// All press at the same instant, once a think time
    #[arg(long)]
    pub burst: bool,
    /// Prints one JSON document
    #[arg(long)]
    pub json: bool,
    /// Only the yardstick: the same changes with SQLite's own busy handler and checkpoints
    #[arg(long, conflicts_with_all = ["bare", "vs"])]
    pub plain: bool,
    /// Only the bare engine: the rows of an outcome, without the store; on a copy of the database
    #[arg(long, conflicts_with = "vs")]
    pub bare: bool,
    /// The store and the yardstick in turn, so that their ratio comes from one run
    #[arg(long)]
    pub vs: bool,
    /// Runs of each
    #[arg(long, default_value_t = 1)]
    pub rounds: usize,
    /// A lead file that is brought in beside the reps
    #[arg(long, value_name = "FILE")]
    pub import: Option<PathBuf>,
    /// Brings in a made-up lead file of so many rows beside the reps
    #[arg(long, value_name = "ROWS", conflicts_with = "import")]
    pub import_rows: Option<u64>,
    /// Customers of a floor that is made up
    #[arg(long, default_value_t = 0)]
    pub customers: usize,
    /// The same seed, the same choices
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Appends the figures to this file, a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// What a process of the load is; for the program itself
    #[command(subcommand)]
    pub role: Option<Role>,
}

/// What a process of the load is.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// A rep
    #[command(hide = true)]
    Rep(Child),
    /// A rep of the bare engine
    #[command(hide = true)]
    Bare(Child),
}

/// What one rep is told.
#[derive(Debug, Clone, ClapArgs)]
pub struct Child {
    /// The database
    pub path: PathBuf,
    /// Which rep, counted from 0
    pub place: usize,
    /// Milliseconds between two things
    pub think_ms: u64,
    /// Seconds
    pub seconds: u64,
    /// The instant the floor's clock begins at, milliseconds
    pub begins: i64,
    /// The seed
    pub seed: u64,
    /// Whether all press at once
    #[arg(long)]
    pub burst: bool,
    /// Whether SQLite waits its own way
    #[arg(long)]
    pub plain: bool,
}

/// How the changes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By the store.
    Store,
    /// By the store, with SQLite's own waiting and checkpoints.
    Plain,
    /// By bare statements.
    Bare,
}

impl Way {
    /// Its name in a report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Plain => "plain",
            Self::Bare => "bare",
        }
    }
}

impl Args {
    /// The ways to run, in turn.
    pub fn ways(&self) -> Vec<Way> {
        match (self.plain, self.bare, self.vs) {
            (true, ..) => vec![Way::Plain],
            (_, true, _) => vec![Way::Bare],
            (.., true) => vec![Way::Plain, Way::Store],
            _ => vec![Way::Store],
        }
    }

    /// The database.
    pub fn db(&self) -> PathBuf {
        self.db.clone().unwrap_or_default()
    }
}
