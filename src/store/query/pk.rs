//! Matches as they are shown: sides, scores, what was taken back, results and what was said against them.

use crate::domain::id::{PkId, TeamId, UserId};
use crate::domain::lists::{Metric, PkHow, PkKind, PkPhase, PkVerdict};
use crate::domain::pk::{Leg, Measure, Tally, Weight, Window};
use crate::domain::time::{Day, Timestamp, Zone};
use crate::store::query::Viewer;

/// What can be asked about matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PkAsk {
    /// Those that the asker may see: open ones first, then the newest that have ended.
    List {
        /// Who asks.
        by: Viewer,
        /// Also those that have ended.
        ended: bool,
        /// At most this many of either.
        limit: usize,
    },
    /// One of them.
    One {
        /// Which.
        pk: PkId,
        /// Who asks.
        by: Viewer,
    },
    /// Rounds whose window has passed and that nobody has decided.
    Due {
        /// At what instant.
        now: Timestamp,
        /// At most this many.
        limit: usize,
    },
    /// Whom the asker has chosen to be measured with.
    Nemesis {
        /// Who asks.
        by: Viewer,
    },
}

/// The answer to the question of the same name.
#[derive(Debug, Clone, PartialEq)]
pub enum PkAnswer {
    /// In the order of the list.
    List(Vec<PkCard>),
    /// It.
    One(Box<PkCard>),
    /// Which, and which round.
    Due(Vec<(PkId, u32)>),
    /// `None` where nobody was chosen.
    Nemesis(Option<Nemesis>),
}

/// A match.
#[derive(Debug, Clone, PartialEq)]
pub struct PkCard {
    /// Which.
    pub id: PkId,
    /// What it is called; may be empty.
    pub title: String,
    /// How sides are measured.
    pub kind: PkKind,
    /// Where it stands.
    pub phase: PkPhase,
    /// Who proposed it.
    pub by: (UserId, String),
    /// When.
    pub at: Timestamp,
    /// In what.
    pub weights: Vec<Weight>,
    /// What figures are shown as.
    pub measure: Measure,
    /// The currency of amounts.
    pub currency: String,
    /// The business zone.
    pub zone: Zone,
    /// Points for a win, and for a loss.
    pub points: (i64, i64),
    /// What the winner gets besides.
    pub prize: String,
    /// The sides in the order they were named, with their standing in the round that is on, or was last.
    pub sides: Vec<PkSide>,
    /// The rounds; one but in a bracket.
    pub rounds: Vec<PkRound>,
    /// Legs of a relay.
    pub legs: Vec<Leg>,
    /// The best day that a ghost is held against, with its units.
    pub ghost: Option<(Day, i64)>,
    /// What was taken back of what had counted, newest first.
    pub taken: Vec<Taken>,
    /// Who ended it before it was decided, when and why.
    pub ended: Option<(String, Timestamp, String)>,
    /// What was said against the result.
    pub disputes: Vec<PkDispute>,
    /// What the asker may do with it now.
    pub may: PkMay,
    /// The revision it was read at.
    pub revision: i64,
}

/// A side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkSide {
    /// Its number, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// The team, where it is one.
    pub team: Option<TeamId>,
    /// Who is in it with what each has brought in the round shown; of a team whoever has brought something.
    pub people: Vec<PkPerson>,
    /// Who accepted for it, and when.
    pub accepted: Option<(String, Timestamp)>,
    /// What it has in the round that is shown: kept where that is decided, else as it stands.
    pub tally: Tally,
    /// Whether the asker is in it.
    pub is_mine: bool,
    /// Whether it is still in: beaten sides of a bracket are not.
    pub is_in: bool,
}

/// A person of a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkPerson {
    /// Who.
    pub user: UserId,
    /// The name.
    pub name: String,
    /// What was brought, in units.
    pub units: i64,
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkRound {
    /// Its number, from 1.
    pub number: u32,
    /// What it is called; may be empty.
    pub name: String,
    /// When.
    pub window: Window,
    /// When it was decided.
    pub decided: Option<Timestamp>,
    /// Who is in it, in the order they meet; empty while that is not known.
    pub entries: Vec<PkEntry>,
}

/// A side in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkEntry {
    /// The side's number; 0 is the best day that a ghost is held against.
    pub side: u32,
    /// What it has: as it was decided, else as it stands.
    pub tally: Tally,
    /// How it was decided; `None` while it is not.
    pub result: Option<PkResult>,
    /// What the figures say now, where they say something else than when it was decided.
    pub now: Option<Tally>,
}

/// What was decided of a side in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PkResult {
    /// Whether it has won, alone or with others.
    pub won: bool,
    /// By what the round was decided.
    pub how: PkHow,
    /// When it had its figure first.
    pub first: Option<Timestamp>,
    /// Its points.
    pub points: i64,
}

/// Something that had counted and was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// In which round.
    pub round: u32,
    /// Of which side.
    pub side: u32,
    /// Of whom.
    pub of: String,
    /// What.
    pub metric: Metric,
    /// How much of the metric.
    pub value: i64,
    /// How much of the side's units.
    pub units: i64,
    /// When it had been done.
    pub done: Timestamp,
    /// When it was taken back, and by whom.
    pub back: (Timestamp, String),
    /// Whether that was after the round was decided: the result stands, and this stands beside it.
    pub is_late: bool,
}

/// What was said against a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkDispute {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// What was said to it.
    pub settled: Option<PkSettled>,
}

/// What was said to a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkSettled {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What becomes of the result.
    pub verdict: PkVerdict,
    /// The side that has won, where the verdict says so.
    pub winner: Option<u32>,
    /// Why.
    pub words: String,
}

/// What somebody may do with a match now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub struct PkMay {
    /// Accept it for a side that has not.
    pub accept: bool,
    /// Decline it.
    pub decline: bool,
    /// Take it away.
    pub withdraw: bool,
    /// Say that the result is not right.
    pub dispute: bool,
    /// Settle what was said against it.
    pub settle: bool,
}

/// Whom somebody is measured with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nemesis {
    /// Who.
    pub user: UserId,
    /// The name.
    pub name: String,
    /// The metric: the playbook's main one.
    pub metric: Metric,
    /// Mine of this month, and theirs.
    pub month: (i64, i64),
    /// Mine of today, and theirs.
    pub today: (i64, i64),
}

impl PkCard {
    /// The round that is shown: the first that is not decided, else the last.
    pub fn round(&self) -> Option<&PkRound> {
        self.rounds.iter().find(|round| round.decided.is_none()).or_else(|| self.rounds.last())
    }

    /// A side by its number.
    pub fn side(&self, number: u32) -> Option<&PkSide> {
        self.sides.iter().find(|side| side.number == number)
    }

    /// The round whose window has passed undecided, where there is one.
    pub fn due(&self, now: Timestamp) -> Option<u32> {
        let open = matches!(self.phase, PkPhase::Running | PkPhase::Over | PkPhase::Accepted);
        let next = self.rounds.iter().find(|round| round.decided.is_none())?;
        (open && next.window.to <= now).then_some(next.number)
    }

    /// Who won at last, by number: as it was settled, else as it was decided. Empty while nobody has.
    pub fn winners(&self) -> Vec<u32> {
        let settled = self.disputes.iter().rev().find_map(|dispute| dispute.settled.as_ref());
        let all = || self.rounds.last().map(|round| round.entries.iter().map(|entry| entry.side).collect());
        match settled.map(|settled| (settled.verdict, settled.winner)) {
            Some((PkVerdict::Annulled, _)) => Vec::new(),
            Some((PkVerdict::Shared, _)) => all().unwrap_or_default(),
            Some((PkVerdict::Winner, winner)) => winner.into_iter().collect(),
            Some((PkVerdict::Stands, _)) | None => {
                let won = |entry: &&PkEntry| entry.result.is_some_and(|result| result.won);
                let entries = self.rounds.last().map(|round| round.entries.as_slice()).unwrap_or_default();
                entries.iter().filter(won).map(|entry| entry.side).collect()
            }
        }
    }

    /// A side's points at last: as they were decided, or by what was settled.
    pub fn prize(&self, side: u32) -> i64 {
        let settled = self.disputes.iter().rev().find_map(|dispute| dispute.settled.as_ref());
        let (win, lose) = self.points;
        match settled.map(|settled| settled.verdict) {
            Some(PkVerdict::Annulled) => 0,
            Some(PkVerdict::Shared | PkVerdict::Winner) => {
                let winners = self.winners();
                let shares = i64::try_from(winners.len()).unwrap_or(1).max(1);
                if winners.contains(&side) { win / shares } else { lose }
            }
            Some(PkVerdict::Stands) | None => {
                let of = |round: &PkRound| {
                    let entry = round.entries.iter().find(|entry| entry.side == side)?;
                    entry.result.map(|result| result.points)
                };
                self.rounds.iter().rev().find_map(of).unwrap_or(0)
            }
        }
    }
}
