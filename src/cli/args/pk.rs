//! What can be typed after `corral pk`.

use clap::Subcommand;

use crate::cli::values;
use crate::domain::id::PkId;
use crate::domain::lists::{PkKind, PkVerdict};

/// Matches between people and teams.
#[derive(Debug, Clone, Subcommand)]
pub enum Pk {
    /// Proposes a match
    Propose(Propose),
    /// Accepts a match, for every side I may speak for
    Accept {
        /// Which, as the list prints it
        pk: PkId,
    },
    /// Declines a match that waits for an answer
    Decline {
        /// Which
        pk: PkId,
        /// Why
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Takes away a match that I proposed, before it begins
    Withdraw {
        /// Which
        pk: PkId,
        /// Why
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Lists matches: those that are on first
    List {
        /// Those that have ended too
        #[arg(long)]
        ended: bool,
        /// At most this many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Shows a match: sides, score, rounds, what was taken back, the result
    Show {
        /// Which
        pk: PkId,
    },
    /// Says that a result is not right
    Dispute {
        /// Which
        pk: PkId,
        /// Why; the other side reads it
        #[arg(long)]
        why: String,
    },
    /// Says what becomes of a disputed result
    Settle {
        /// Which
        pk: PkId,
        /// stands, shared, winner or annulled
        #[arg(long, value_parser = values::verdict())]
        verdict: PkVerdict,
        /// The side that has won, by its number
        #[arg(long)]
        winner: Option<u32>,
        /// Why; both sides read it
        #[arg(long)]
        why: String,
    },
    /// Decides every round whose time has passed
    Decide,
    /// Chooses whom my figures are measured with, or shows it; nobody else is told
    Nemesis {
        /// A sign-in name; left out, shows how we stand
        login: Option<String>,
        /// Chooses nobody
        #[arg(long, conflicts_with = "login")]
        none: bool,
    },
}

/// A match to propose.
#[derive(Debug, Clone, clap::Args)]
pub struct Propose {
    /// How sides are measured
    #[arg(value_parser = values::pk_kind())]
    pub kind: PkKind,
    /// The sides: a sign-in name, a team's name, or NAME:LOGIN,LOGIN
    #[arg(required = true, value_name = "SIDE")]
    pub sides: Vec<String>,
    /// What counts: a metric, or METRIC=POINTS, or METRIC=POINTS/PER; the playbook's main one where not given
    #[arg(long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,
    /// When it begins: 2026-11-23, 2026-11-23T14:00, or RFC 3339; today where not given
    #[arg(long)]
    pub from: Option<String>,
    /// When it ends, of a day at its end; on the day it begins where not given
    #[arg(long)]
    pub to: Option<String>,
    /// A round of a bracket: FROM..TO or NAME=FROM..TO; once a round
    #[arg(long = "round", value_name = "ROUND", conflicts_with_all = ["from", "to"])]
    pub rounds: Vec<String>,
    /// A leg of a relay: FROM..TO or NAME=FROM..TO; once a leg
    #[arg(long = "leg", value_name = "LEG")]
    pub legs: Vec<String>,
    /// Points for who wins
    #[arg(long, default_value_t = 10)]
    pub win: i64,
    /// Points for who does not
    #[arg(long, default_value_t = 0)]
    pub lose: i64,
    /// What it is called
    #[arg(long, default_value = "")]
    pub title: String,
    /// What the winner gets besides; nothing is taken from anybody
    #[arg(long, default_value = "")]
    pub prize: String,
}
