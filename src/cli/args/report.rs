//! What can be typed after `corral report`.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

use crate::cli::args::board::Days;
use crate::cli::values;
use crate::domain::lists::{FunnelCell, Period};

/// Reports that write themselves.
#[derive(Debug, Clone, Subcommand)]
pub enum Report {
    /// Prints a report: of whoever acts, of a person or of a team
    Show(Which),
    /// Hands a report in, with at most three lines; nothing need be typed
    Write {
        /// Which
        #[command(flatten)]
        which: Which,
        /// Why the gap
        #[arg(long, default_value = "")]
        why: String,
        /// The best case
        #[arg(long, default_value = "")]
        best: String,
        /// What help is needed
        #[arg(long, default_value = "")]
        help_needed: String,
    },
    /// Says something to a report that was handed in or has closed, and makes tasks of it
    Comment {
        /// What
        words: String,
        /// To which
        #[command(flatten)]
        which: Which,
        /// A task that comes of it: the customer's id, the time as RFC 3339, what is to be done; once a task
        #[arg(long = "task", value_name = "CUSTOMER TIME WORDS")]
        tasks: Vec<String>,
    },
    /// Writes a report out as Markdown, HTML with its charts, XLSX or CSV
    Export {
        /// Which
        #[command(flatten)]
        which: Which,
        /// md, html, xlsx or csv; by the file's ending where not given
        #[arg(long, value_parser = ["md", "html", "xlsx", "csv"])]
        format: Option<String>,
        /// The file; standard output where not given
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        to: Option<PathBuf>,
    },
    /// Prints who of a team has handed in and who has not
    Due {
        /// The team; the own one where not given
        #[arg(long)]
        team: Option<String>,
        /// Of when
        #[command(flatten)]
        when: When,
    },
    /// Keeps every report whose period has closed
    Close,
    /// Prints a funnel by when its deals opened, or the deals in one of its cells
    Funnel {
        /// Whose deals: a sign-in name or a team's name
        #[arg(long)]
        whose: Option<String>,
        /// The pipeline; the first with stages where not given
        #[arg(long)]
        pipeline: Option<String>,
        /// When the deals opened
        #[command(flatten)]
        days: Days,
        /// Prints the deals of this stage
        #[arg(long)]
        stage: Option<String>,
        /// entered, passed, open or lost
        #[arg(long, value_parser = values::funnel_cell(), default_value = "entered", requires = "stage")]
        cell: FunnelCell,
        /// At most this many deals
        #[arg(long, default_value_t = 50, requires = "stage")]
        limit: usize,
    },
    /// Prints how teams are doing under the surface: the result of a quarter beside what results come from, month by month
    Health {
        /// The team; every one that may be seen where not given
        #[arg(long)]
        team: Option<String>,
        /// So many quarters before the last that is over
        #[arg(long, default_value_t = 0, value_name = "N")]
        back: u16,
        /// Writes it out: md, html, xlsx or csv; by the file's ending where not given
        #[arg(long, value_parser = ["md", "html", "xlsx", "csv"])]
        format: Option<String>,
        /// The file
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        to: Option<PathBuf>,
    },
    /// Notes what a quarter of a team taught; the page of the next quarter shows it
    Reflect {
        /// What
        words: String,
        /// The team
        #[arg(long)]
        team: String,
        /// So many quarters before the last that is over
        #[arg(long, default_value_t = 0, value_name = "N")]
        back: u16,
    },
    /// Prints what the program is worth: the last weeks against the first
    Value {
        /// Prints the customers behind this line
        #[arg(long, value_parser = ["revived"])]
        rows: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50, requires = "rows")]
        limit: usize,
    },
}

/// Which report.
#[derive(Debug, Clone, clap::Args)]
pub struct Which {
    /// Whose: a sign-in name or a team's name; whoever acts where not given
    #[arg(long)]
    pub whose: Option<String>,
    /// Of when
    #[command(flatten)]
    pub when: When,
}

/// Of when.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct When {
    /// day, week or month
    #[arg(long, value_parser = values::report_period(), default_value = "day")]
    pub period: Period,
    /// So many periods before this one; of days working days count
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub back: u16,
}
