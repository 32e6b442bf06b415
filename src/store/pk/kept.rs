//! A match as its tables keep it.

use crate::domain::id::{PkId, TeamId, UserId};
use crate::domain::lists::{Metric, PkHow, PkKind, PkState};
use crate::domain::pk::{Leg, Tally, Weight, Who, Window, entrants};
use crate::domain::time::Timestamp;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// A match.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: PkId,
    pub kind: PkKind,
    pub title: String,
    pub playbook: String,
    pub by: UserId,
    pub at: Timestamp,
    /// From the first round's beginning to the last one's end.
    pub window: Window,
    pub points: (i64, i64),
    pub prize: String,
    pub state: PkState,
    pub ended: Option<(UserId, Timestamp)>,
    pub reason: String,
    pub weights: Vec<Weight>,
    pub sides: Vec<KeptSide>,
    pub legs: Vec<Leg>,
    pub rounds: Vec<KeptRound>,
}

/// A side.
#[derive(Debug, Clone)]
pub struct KeptSide {
    pub number: u32,
    pub name: String,
    pub who: Who,
    pub accepted: Option<(UserId, Timestamp)>,
}

/// A round.
#[derive(Debug, Clone)]
pub struct KeptRound {
    pub number: u32,
    pub name: String,
    pub window: Window,
    /// When it was decided, and by which change of the journal.
    pub decided: Option<(Timestamp, i64)>,
    pub results: Vec<KeptResult>,
}

/// What was decided of a side; side 0 is the best day that a ghost is held against.
#[derive(Debug, Clone, Copy)]
pub struct KeptResult {
    pub side: u32,
    pub won: bool,
    pub how: PkHow,
    pub tally: Tally,
    pub first: Option<Timestamp>,
    pub points: i64,
}

impl Kept {
    /// A round by its number.
    pub fn round(&self, number: u32) -> Option<&KeptRound> {
        self.rounds.iter().find(|round| round.number == number)
    }

    /// The sides that are in a round, in the order they meet; `None` while that is not known.
    pub fn entrants(&self, round: u32) -> Option<Vec<u32>> {
        if self.kind != PkKind::Bracket {
            return Some(self.sides.iter().map(|side| side.number).collect());
        }
        let won = |round: u32, side: u32| {
            let results = self.round(round).map(|round| round.results.as_slice()).unwrap_or_default();
            results.iter().any(|result| result.side == side && result.won)
        };
        entrants(small(self.sides.len()), round, &won)
    }
}

/// A count as the number of a side or round.
pub fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn number(row: &dyn Row, column: usize) -> Result<u32, StoreError> {
    Ok(u32::try_from(row.int(column)?).unwrap_or(u32::MAX))
}

fn window(row: &dyn Row, column: usize) -> Result<Window, StoreError> {
    Ok(Window { from: Timestamp(row.int(column)?), to: Timestamp(row.int(column + 1)?) })
}

fn someone(row: &dyn Row, column: usize) -> Result<Option<(UserId, Timestamp)>, StoreError> {
    Ok(match (row.opt_int(column)?, row.opt_int(column + 1)?) {
        (Some(user), Some(at)) => Some((UserId(user), Timestamp(at))),
        _ => None,
    })
}

/// Reads a match.
///
/// # Errors
/// [`StoreError::NotFound`] where there is none.
pub fn load(tx: Tx<'_>, id: PkId) -> Result<Kept, StoreError> {
    let weights = tx.all(
        sql!("SELECT metric, points, per FROM pk_metric WHERE pk_id = $1 ORDER BY place"),
        values![id],
        |row| Ok(Weight { metric: word(row, 0, Metric::parse)?, points: row.int(1)?, per: row.int(2)? }),
    )?;
    let legs = tx.all(
        sql!("SELECT name, from_at, to_at FROM pk_leg WHERE pk_id = $1 ORDER BY leg"),
        values![id],
        |row| Ok(Leg { name: row.text(0)?.to_owned(), window: window(row, 1)? }),
    )?;
    let (sides, rounds) = (sides(tx, id)?, rounds(tx, id)?);
    let head = tx.one(
        sql!(
            "SELECT kind, title, playbook, by_user, at, from_at, to_at, win, lose, prize, state, ended_by, ended_at, reason \
             FROM pk_match WHERE id = $1"
        ),
        values![id],
        |row| {
            Ok(Kept {
                id,
                kind: word(row, 0, PkKind::parse)?,
                title: row.text(1)?.to_owned(),
                playbook: row.text(2)?.to_owned(),
                by: UserId(row.int(3)?),
                at: Timestamp(row.int(4)?),
                window: window(row, 5)?,
                points: (row.int(7)?, row.int(8)?),
                prize: row.text(9)?.to_owned(),
                state: word(row, 10, PkState::parse)?,
                ended: someone(row, 11)?,
                reason: row.text(13)?.to_owned(),
                weights: Vec::new(),
                sides: Vec::new(),
                legs: Vec::new(),
                rounds: Vec::new(),
            })
        },
    )?;
    let head = head.ok_or_else(|| StoreError::NotFound { kind: "match", id: id.to_string(), hint: None })?;
    Ok(Kept { weights, sides, legs, rounds, ..head })
}

fn sides(tx: Tx<'_>, id: PkId) -> Result<Vec<KeptSide>, StoreError> {
    let members = tx.all(
        sql!("SELECT side, user_id FROM pk_member WHERE pk_id = $1 ORDER BY side, place"),
        values![id],
        |row| Ok((number(row, 0)?, UserId(row.int(1)?))),
    )?;
    tx.all(
        sql!(
            "SELECT side, name, team_id, accepted_by, accepted_at FROM pk_side WHERE pk_id = $1 ORDER BY side"
        ),
        values![id],
        |row| {
            let side = number(row, 0)?;
            let people = || members.iter().filter(|(of, _)| *of == side).map(|(_, user)| *user).collect();
            let who = row.opt_int(2)?.map_or_else(|| Who::People(people()), |team| Who::Team(TeamId(team)));
            Ok(KeptSide { number: side, name: row.text(1)?.to_owned(), who, accepted: someone(row, 3)? })
        },
    )
}

fn rounds(tx: Tx<'_>, id: PkId) -> Result<Vec<KeptRound>, StoreError> {
    let results = tx.all(
        sql!(
            "SELECT round, side, won, how, units, times, held_by, first_at, points FROM pk_result WHERE pk_id = $1 \
             ORDER BY round, side"
        ),
        values![id],
        |row| {
            let result = KeptResult {
                side: number(row, 1)?,
                won: row.int(2)? != 0,
                how: word(row, 3, PkHow::parse)?,
                tally: Tally { units: row.int(4)?, times: row.int(5)?, by: row.int(6)? },
                first: row.opt_int(7)?.map(Timestamp),
                points: row.int(8)?,
            };
            Ok((number(row, 0)?, result))
        },
    )?;
    tx.all(
        sql!(
            "SELECT round, name, from_at, to_at, decided_at, decided_rev FROM pk_round WHERE pk_id = $1 ORDER BY round"
        ),
        values![id],
        |row| {
            let round = number(row, 0)?;
            let decided = match (row.opt_int(4)?, row.opt_int(5)?) {
                (Some(at), Some(revision)) => Some((Timestamp(at), revision)),
                _ => None,
            };
            Ok(KeptRound {
                number: round,
                name: row.text(1)?.to_owned(),
                window: window(row, 2)?,
                decided,
                results: results.iter().filter(|(of, _)| *of == round).map(|(_, result)| *result).collect(),
            })
        },
    )
}
