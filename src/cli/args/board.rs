//! Arguments of `corral board` and `corral facts`, and the days both may be of.

use crate::cli::output::Failure;
use crate::cli::values;
use crate::domain::code::{PipelineCode, ProductCode};
use crate::domain::lists::{Metric, Period};
use crate::domain::span::Span;
use crate::domain::time::Day;
use crate::store::query::board::Part;

/// The days a figure is of.
#[derive(Debug, Clone, clap::Args)]
pub struct Days {
    /// day, week, month or quarter
    #[arg(long, value_parser = values::period(), default_value = "month")]
    pub period: Period,
    /// So many periods before this one
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub back: u16,
    /// From this day; with --to, in the place of a period
    #[arg(long, requires = "to", conflicts_with_all = ["period", "back"])]
    pub from: Option<Day>,
    /// To this day
    #[arg(long, requires = "from")]
    pub to: Option<Day>,
}

impl Days {
    /// As a stretch of days; refused where it ends before it begins.
    pub fn span(&self) -> Result<Span, Failure> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if to < from => {
                Err(Failure::usage(format!("--to {to} is before --from {from}; write the earlier day first")))
            }
            (Some(from), Some(to)) => Ok(Span::Days(from, to)),
            _ => Ok(Span::Of(self.period, self.back)),
        }
    }
}

/// What of a metric is counted.
#[derive(Debug, Clone, clap::Args)]
pub struct Only {
    /// Only of this pipeline
    #[arg(long)]
    pub pipeline: Option<String>,
    /// Only of this product: for what orders count
    #[arg(long)]
    pub product: Option<String>,
}

impl Only {
    /// As a part of a metric.
    pub fn part(&self) -> Part {
        Part {
            pipeline: self.pipeline.as_deref().map(PipelineCode::from),
            product: self.product.as_deref().map(ProductCode::from),
        }
    }
}

/// A board.
#[derive(Debug, Clone, clap::Args)]
pub struct Board {
    /// The days
    #[command(flatten)]
    pub days: Days,
    /// The metric; the playbook's main one where not given
    #[arg(long, value_parser = values::metric())]
    pub metric: Option<Metric>,
    /// The score of a board of the playbook, by the board's code
    #[arg(long, conflicts_with_all = ["metric", "product"])]
    pub score: Option<String>,
    /// What of the metric
    #[command(flatten)]
    pub only: Only,
    /// rep, team, coach, or source: where leads came from
    #[arg(long, default_value = "rep", value_parser = ["rep", "team", "coach", "source"])]
    pub by: String,
    /// Only this team
    #[arg(long)]
    pub team: Option<String>,
}

/// The facts behind a figure.
#[derive(Debug, Clone, clap::Args)]
pub struct Facts {
    /// The metric
    #[arg(long, value_parser = values::metric())]
    pub metric: Metric,
    /// The days
    #[command(flatten)]
    pub days: Days,
    /// Whose: a sign-in name or a team's name; whoever acts where not given
    #[arg(long)]
    pub whose: Option<String>,
    /// At most this many
    #[arg(long, default_value_t = 200)]
    pub limit: usize,
}

/// The wall.
#[derive(Debug, Clone, clap::Args)]
pub struct Wall {
    /// Only this team
    #[arg(long)]
    pub team: Option<String>,
    /// Seconds a page stands
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(3..=3_600))]
    pub seconds: u64,
}
