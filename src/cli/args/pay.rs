//! Arguments of `corral pay`.

use clap::{Subcommand, ValueHint};

use crate::cli::values;
use crate::domain::lists::Metric;
use crate::domain::time::Month;

/// What people are paid.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Pay {
    /// What to do; without it a statement is printed
    #[command(subcommand)]
    pub act: Option<PayAct>,
    /// The month, as 2026-11; this one where not given
    #[arg(long, value_parser = values::month)]
    pub month: Option<Month>,
    /// Whose: a sign-in name or a team's name; where not given the own, of who leads the team's, of a manager everybody's
    #[arg(long)]
    pub whose: Option<String>,
    /// Prints every order and every score too
    #[arg(long)]
    pub all: bool,
}

/// What may be done about pay.
#[derive(Debug, Clone, Subcommand)]
pub enum PayAct {
    /// Says what a playbook that is not applied would have paid, beside what was paid; changes nothing
    Preview {
        /// The playbook: files, folders, or the name of a built-in one
        #[arg(required = true, value_hint = ValueHint::AnyPath)]
        files: Vec<String>,
        /// The month, as 2026-11; the one before this where not given
        #[arg(long, value_parser = values::month)]
        month: Option<Month>,
        /// Whose: a sign-in name or a team's name
        #[arg(long)]
        whose: Option<String>,
    },
    /// Sets a score that no fact says, such as the quality of calls: a month's pay goes by it
    Score {
        /// A person's sign-in name
        login: String,
        /// The score: 0% to 100%
        #[arg(long, value_parser = values::score)]
        value: i64,
        /// Why; it stands in the audit trail
        #[arg(long)]
        why: String,
        /// What is scored
        #[arg(long, value_parser = values::metric(), default_value = "quality_score")]
        metric: Metric,
        /// The month, as 2026-11; this one where not given
        #[arg(long, value_parser = values::month)]
        month: Option<Month>,
    },
}
