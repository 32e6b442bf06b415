//! What can be typed after `corral desk`, and `corral warnings`.

use clap::Subcommand;

use crate::cli::values;
use crate::domain::id::{CustomerId, DealId, DecisionId, RoundId, StockRowId, StockTakeId, TaskId};
use crate::domain::lists::{Attendance, RoundKind, StockDecision, WarnLevel};
use crate::domain::time::Timestamp;

/// The lead's desk.
#[derive(Debug, Clone, clap::Args)]
pub struct Desk {
    /// Only this team; the own one where not given, or every one for who runs several
    #[arg(long, global = true)]
    pub team: Option<String>,
    /// What to do; prints reps by today where not given
    #[command(subcommand)]
    pub command: Option<DeskCommand>,
}

/// What is done at the desk.
#[derive(Debug, Clone, Subcommand)]
pub enum DeskCommand {
    /// Prints who was followed up today, newest first, with the touch before and what comes next
    Who {
        /// Only by this person: a sign-in name
        #[arg(long)]
        rep: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Says whether somebody is here today; myself where nobody is named
    Attend {
        /// A sign-in name
        login: Option<String>,
        /// present, away or leave
        #[arg(long, value_parser = values::attendance(), default_value = "present")]
        kind: Attendance,
    },
    /// Says that somebody is not here today and gives the day to others, who may work those customers until it is over
    Reassign {
        /// A sign-in name
        login: String,
        /// Who takes it: a sign-in name, once a person; everybody of the team who is here where not given
        #[arg(long = "to", value_name = "LOGIN")]
        to: Vec<String>,
        /// Only this task, without saying that anybody is absent; once a task
        #[arg(long = "task", value_name = "TASK", requires = "to")]
        tasks: Vec<TaskId>,
    },
    /// Prints what of today is too much and worth least, and puts it off with --yes
    Defer {
        /// Puts them off
        #[arg(long)]
        yes: bool,
    },
    /// Whispers a line to somebody: shown once, after the call
    Whisper {
        /// A sign-in name
        login: String,
        /// What, in 120 characters
        words: String,
    },
    /// Prints the page of a round, and calls it with --call
    Round {
        /// morning or evening
        #[arg(value_parser = values::round())]
        kind: RoundKind,
        /// Calls it
        #[arg(long)]
        call: bool,
        /// What it is about, such as one line to practise
        #[arg(long, default_value = "", requires = "call")]
        about: String,
    },
    /// Notes what was decided in a round: of a customer it becomes a task, else it is whispered
    Decide {
        /// The round, as its page prints it
        round: RoundId,
        /// Who does it: a sign-in name
        login: String,
        /// What
        words: String,
        /// With this customer
        #[arg(long)]
        customer: Option<CustomerId>,
        /// By when, as RFC 3339; the end of today where not given
        #[arg(long, value_parser = values::instant)]
        by: Option<Timestamp>,
    },
    /// Says that what was decided is done
    Done {
        /// The decision, as the round's page prints it
        decision: DecisionId,
    },
    /// Prints reps and deals that deserve a look: who has stalled, waits or drifts, which deals nobody follows
    Signals,
    /// Goes through a team's open deals: what is open for long, a decision each, the forecast of the month's end
    StockTake {
        /// What to do; prints the deals where not given
        #[command(subcommand)]
        command: Option<StockCommand>,
    },
}

/// What is done in a stock-take.
#[derive(Debug, Clone, Subcommand)]
pub enum StockCommand {
    /// Prints the deals that are gone through, what has changed since the last time first
    List {
        /// The deals after this one
        #[arg(long)]
        after: Option<DealId>,
        /// At most this many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Decides about a deal; the first decision begins a stock-take
    Decide {
        /// The deal
        deal: DealId,
        /// advance, drop, pool, coach or keep
        #[arg(value_parser = values::stock_decision())]
        decision: StockDecision,
        /// advance: to this stage; the next where not given
        #[arg(long)]
        to: Option<String>,
        /// advance: a fact that stage asks for, as FIELD=VALUE; once a fact
        #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = values::pair)]
        set: Vec<(String, String)>,
        /// drop: the playbook's reason
        #[arg(long)]
        reason: Option<String>,
        /// coach: the line of advice; else own words
        #[arg(long, default_value = "")]
        words: String,
        /// coach: who gets the task, a sign-in name; who follows the customer where not given
        #[arg(long)]
        who: Option<String>,
        /// coach: by when, as RFC 3339; the end of today where not given
        #[arg(long, value_parser = values::instant)]
        by: Option<Timestamp>,
    },
    /// Ends the open stock-take and keeps its forecast
    Finish,
    /// Prints a stock-take with its decisions and its forecast: the open one, else the last one
    Show {
        /// Which
        take: Option<StockTakeId>,
        /// The rows decided after this one
        #[arg(long)]
        after: Option<StockRowId>,
        /// At most this many rows
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
}

/// Warnings.
#[derive(Debug, Clone, clap::Args)]
pub struct Warnings {
    /// Only this team
    #[arg(long)]
    pub team: Option<String>,
    /// Those that have climbed to this level: rep, lead or manager; to who asks where not given
    #[arg(long, value_parser = values::warn_level())]
    pub level: Option<WarnLevel>,
    /// At most this many
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}
