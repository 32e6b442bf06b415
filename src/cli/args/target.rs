//! Arguments of `corral target`.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

use crate::cli::args::board::Only;
use crate::cli::values;
use crate::domain::lists::{Level, Metric, Period};
use crate::domain::time::Day;

/// Targets.
#[derive(Debug, Clone, Subcommand)]
pub enum Target {
    /// Lists targets in force
    List,
    /// Sets a target from a day on
    Set {
        /// A person's sign-in name or a team's name
        whose: String,
        /// day, week, month or quarter
        #[arg(long, value_parser = values::period(), default_value = "month")]
        period: Period,
        /// The metric
        #[arg(long, value_parser = values::metric())]
        metric: Metric,
        /// goal, stretch or challenge
        #[arg(long, value_parser = values::level(), default_value = "goal")]
        level: Level,
        /// What of the metric
        #[command(flatten)]
        only: Only,
        /// The value: money in whole units, talk time in minutes, else a count
        #[arg(long)]
        value: i64,
        /// From this day on; today where not given
        #[arg(long)]
        from: Option<Day>,
    },
    /// Sets the targets of a table: whose, metric, value, and where they differ period, level, from, pipeline, product
    Import {
        /// The table, as CSV
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Only says what it would set
        #[arg(long)]
        dry_run: bool,
    },
    /// Sets for everybody what was in force in the period before, raised or lowered by a share
    Copy {
        /// day, week, month or quarter
        #[arg(long, value_parser = values::period(), default_value = "month")]
        period: Period,
        /// Only this metric; else every one that has targets
        #[arg(long, value_parser = values::metric())]
        metric: Option<Metric>,
        /// By how much: 5%, -10%
        #[arg(long, value_parser = values::signed_share, default_value = "0%", allow_hyphen_values = true)]
        raise: i64,
        /// Only this team and its members
        #[arg(long)]
        team: Option<String>,
        /// Only says what it would set
        #[arg(long)]
        dry_run: bool,
    },
    /// Shares a team's target out over its reps
    Distribute {
        /// The team
        team: String,
        /// day, week, month or quarter
        #[arg(long, value_parser = values::period(), default_value = "month")]
        period: Period,
        /// The metric
        #[arg(long, value_parser = values::metric())]
        metric: Metric,
        /// The same for each, by the targets they have, or by what they did in the period before
        #[arg(long, default_value = "target", value_parser = ["even", "target", "done"])]
        by: String,
        /// Only says what it would set
        #[arg(long)]
        dry_run: bool,
    },
}
