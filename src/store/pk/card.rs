//! A match as it is shown: the round that is on as it stands, what was decided as it was decided, and what was corrected since.

use std::collections::BTreeMap;

use crate::domain::id::{PkId, UserId};
use crate::domain::lists::{PkKind, PkPhase, PkVerdict, Role};
use crate::domain::pk::{Measure, Tally, phase};
use crate::domain::time::Timestamp;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::pk::answer::{may_accept, may_decline};
use crate::store::pk::kept::{Kept, KeptResult, KeptRound, load};
use crate::store::pk::propose::forbidden;
use crate::store::pk::score::{Score, Standing};
use crate::store::pk::stand::Stand;
use crate::store::query::Viewer;
use crate::store::query::pk::{
    PkCard, PkDispute, PkEntry, PkMay, PkPerson, PkResult, PkRound, PkSettled, PkSide, Taken,
};
use crate::store::rights::Action;
use crate::store::value::{Row, word};
use crate::store::write::zone_of;
use crate::{sql, values};

/// How much of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// A row of a list: the round that is on.
    Line,
    /// Everything, with what was taken back and what the figures of decided rounds say now.
    Whole,
}

/// Reads a match for somebody.
///
/// # Errors
/// [`StoreError::NotFound`], and [`StoreError::Forbidden`] to who may not see it.
pub fn one(tx: Tx<'_>, books: &mut Books, pk: PkId, by: Viewer) -> Result<PkCard, StoreError> {
    let day = zone_of(tx, books, by.id)?.day(by.now);
    let stand = Stand::load(tx, by.id, day)?;
    card(tx, books, pk, (&stand, by.now), Depth::Whole)
}

/// The same where it is known how the asker stands.
pub fn card(
    tx: Tx<'_>,
    books: &mut Books,
    pk: PkId,
    (stand, now): (&Stand, Timestamp),
    depth: Depth,
) -> Result<PkCard, StoreError> {
    let kept = load(tx, pk)?;
    if !stand.may(Action::SeePk, stand.to_match(&kept)) && kept.by != stand.id {
        return Err(forbidden(stand.role.unwrap_or(Role::Rep), "see this match"));
    }
    let book = books.newest(tx, &kept.playbook)?.playbook;
    let score = Score::new(tx, &kept, &book)?;
    let sheet = Sheet { tx, names: names(tx, &kept, depth)?, kept: &kept, score: &score, stand, now, depth };
    let rounds = sheet.rounds()?;
    let phase = phase(kept.state, kept.window, now);
    let disputes = sheet.disputes()?;
    Ok(PkCard {
        id: pk,
        title: kept.title.clone(),
        kind: kept.kind,
        phase,
        by: (kept.by, sheet.name(kept.by)),
        at: kept.at,
        weights: kept.weights.clone(),
        measure: Measure::of(kept.kind, &kept.weights),
        currency: book.currency.clone(),
        zone: book.zone,
        points: kept.points,
        prize: kept.prize.clone(),
        sides: sheet.sides(&rounds),
        taken: sheet.taken()?,
        rounds: rounds.into_iter().map(|(round, _)| round).collect(),
        legs: kept.legs.clone(),
        ghost: if kept.kind == PkKind::Ghost { Some(score.ghost()?) } else { None },
        ended: kept.ended.map(|(by, at)| (sheet.name(by), at, kept.reason.clone())),
        disputes,
        may: sheet.may(phase),
        revision: journal::revision(tx)?,
    })
}

/// Names of everybody of the floor: a match of teams names whoever has brought something.
fn names(tx: Tx<'_>, kept: &Kept, depth: Depth) -> Result<BTreeMap<UserId, String>, StoreError> {
    if depth == Depth::Line {
        let by = tx.one(sql!("SELECT name FROM person_user WHERE id = $1"), values![kept.by], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        return Ok(by.into_iter().map(|name| (kept.by, name)).collect());
    }
    let named = tx.all(sql!("SELECT id, name FROM person_user"), &[], |row| {
        Ok((UserId(row.int(0)?), row.text(1)?.to_owned()))
    })?;
    Ok(named.into_iter().collect())
}

/// What a card is made of.
struct Sheet<'a> {
    tx: Tx<'a>,
    kept: &'a Kept,
    score: &'a Score<'a>,
    stand: &'a Stand,
    now: Timestamp,
    depth: Depth,
    names: BTreeMap<UserId, String>,
}

/// A round with how its sides stand, where that was read.
type Read = (PkRound, Vec<Standing>);

impl Sheet<'_> {
    fn name(&self, user: UserId) -> String {
        self.names.get(&user).cloned().unwrap_or_default()
    }

    fn rounds(&self) -> Result<Vec<Read>, StoreError> {
        let on = self.kept.rounds.iter().find(|round| round.decided.is_none()).map(|round| round.number);
        self.kept.rounds.iter().map(|round| self.round(round, on == Some(round.number))).collect()
    }

    fn round(&self, round: &KeptRound, is_on: bool) -> Result<Read, StoreError> {
        let has_begun = round.window.from <= self.now;
        let wanted = match round.decided {
            Some(_) => self.depth == Depth::Whole,
            None => is_on && has_begun,
        };
        let standings = if wanted { self.score.standings(round.window)? } else { Vec::new() };
        let mut entries: Vec<PkEntry> = if round.decided.is_some() {
            let sides = self.kept.entrants(round.number).unwrap_or_default();
            let of = |side: u32| round.results.iter().find(|result| result.side == side);
            let ghost = round.results.iter().filter(|result| result.side == 0);
            sides
                .into_iter()
                .filter_map(of)
                .chain(ghost)
                .map(|result| decided(result, standings.iter().find(|now| now.side == result.side)))
                .collect()
        } else {
            let sides = self.kept.entrants(round.number).unwrap_or_default();
            let tally = |side: u32| {
                standings.iter().find(|now| now.side == side).map_or(Tally::plain(0), |now| now.tally)
            };
            sides
                .into_iter()
                .map(|side| PkEntry { side, tally: tally(side), result: None, now: None })
                .collect()
        };
        if self.kept.kind == PkKind::Ghost && round.decided.is_none() {
            let (_, units) = self.score.ghost()?;
            entries.push(PkEntry { side: 0, tally: Tally::plain(units), result: None, now: None });
        }
        let decided = round.decided.map(|(at, _)| at);
        let (number, name, window) = (round.number, round.name.clone(), round.window);
        Ok((PkRound { number, name, window, decided, entries }, standings))
    }

    fn sides(&self, rounds: &[Read]) -> Vec<PkSide> {
        let shown = rounds.iter().find(|(round, _)| round.decided.is_none()).or_else(|| rounds.last());
        let last = rounds.last().map(|(round, _)| round);
        let mut sides = Vec::new();
        for side in &self.kept.sides {
            let entry =
                shown.and_then(|(round, _)| round.entries.iter().find(|entry| entry.side == side.number));
            let standing = shown.and_then(|(_, now)| now.iter().find(|now| now.side == side.number));
            let people = standing.map(|now| now.people.as_slice()).unwrap_or_default();
            let accepted = side.accepted.map(|(by, at)| (self.name(by), at));
            // of a bracket whoever is in the newest round that is known
            let beaten = |(round, _): &Read| {
                let of = |entry: &PkEntry| {
                    entry.side == side.number && entry.result.is_some_and(|result| !result.won)
                };
                last.is_some_and(|last| last.number != round.number) && round.entries.iter().any(of)
            };
            sides.push(PkSide {
                number: side.number,
                name: side.name.clone(),
                team: match side.who {
                    crate::domain::pk::Who::Team(team) => Some(team),
                    crate::domain::pk::Who::People(_) => None,
                },
                people: self.people(side, people),
                accepted,
                tally: entry.map_or(Tally::plain(0), |entry| entry.tally),
                is_mine: self.stand.is_in(&side.who),
                is_in: !rounds.iter().any(beaten),
            });
        }
        sides
    }

    /// The people of a side with what each has brought, also those who have brought nothing yet; of a relay in the order they run.
    fn people(&self, side: &crate::store::pk::kept::KeptSide, brought: &[(UserId, i64)]) -> Vec<PkPerson> {
        let person = |user: UserId, units: i64| PkPerson { user, name: self.name(user), units };
        match &side.who {
            crate::domain::pk::Who::Team(_) => {
                brought.iter().map(|(user, units)| person(*user, *units)).collect()
            }
            crate::domain::pk::Who::People(people) => {
                let of = |user: &UserId| brought.iter().find(|(who, _)| who == user).map_or(0, |(_, n)| *n);
                people.iter().map(|user| person(*user, of(user))).collect()
            }
        }
    }

    fn taken(&self) -> Result<Vec<Taken>, StoreError> {
        let mut taken = Vec::new();
        if self.depth == Depth::Line {
            return Ok(taken);
        }
        for round in self.kept.rounds.iter().filter(|round| round.window.from <= self.now) {
            let sides = self.kept.entrants(round.number).unwrap_or_default();
            for (side, back) in self.score.taken(round.window)? {
                if !sides.contains(&side) {
                    continue;
                }
                let event = back.event;
                taken.push(Taken {
                    round: round.number,
                    side,
                    of: self.name(event.user),
                    metric: event.metric,
                    value: event.value,
                    units: self.score.units(event.metric, event.value),
                    done: event.at,
                    back: (back.at, self.name(back.by)),
                    is_late: round.decided.is_some_and(|(_, revision)| revision < back.revision),
                });
            }
        }
        taken.sort_by_key(|taken| std::cmp::Reverse((taken.back.0, taken.done)));
        Ok(taken)
    }

    fn disputes(&self) -> Result<Vec<PkDispute>, StoreError> {
        let settled = |row: &dyn Row| -> Result<Option<PkSettled>, StoreError> {
            let (Some(by), Some(at)) = (row.opt_text(3)?, row.opt_int(4)?) else { return Ok(None) };
            Ok(Some(PkSettled {
                by: by.to_owned(),
                at: Timestamp(at),
                verdict: word(row, 5, PkVerdict::parse)?,
                winner: row.opt_int(6)?.and_then(|side| u32::try_from(side).ok()),
                words: row.text(7)?.to_owned(),
            }))
        };
        self.tx.all(
            sql!(
                "SELECT u.name, d.at, d.reason, s.name, d.settled_at, d.verdict, d.winner, d.words FROM pk_dispute d \
                 JOIN person_user u ON u.id = d.by_user LEFT JOIN person_user s ON s.id = d.settled_by \
                 WHERE d.pk_id = $1 ORDER BY d.id"
            ),
            values![self.kept.id],
            |row| {
                Ok(PkDispute {
                    by: row.text(0)?.to_owned(),
                    at: Timestamp(row.int(1)?),
                    reason: row.text(2)?.to_owned(),
                    settled: settled(row)?,
                })
            },
        )
    }

    fn may(&self, phase: PkPhase) -> PkMay {
        let (stand, kept) = (self.stand, self.kept);
        let relation = stand.to_match(kept);
        let before = matches!(phase, PkPhase::Proposed | PkPhase::Accepted);
        let running = phase == PkPhase::Running && stand.role.is_some_and(|role| role >= Role::Manager);
        PkMay {
            accept: phase == PkPhase::Proposed && may_accept(stand, kept),
            decline: phase == PkPhase::Proposed && may_decline(stand, kept),
            withdraw: (before || running) && stand.may(Action::WithdrawPk, stand.to_user(kept.by)),
            dispute: phase == PkPhase::Decided && stand.may(Action::DisputePk, relation),
            settle: phase == PkPhase::Disputed && stand.may(Action::SettlePk, relation),
        }
    }
}

/// A decided side, with what its figures say now where they changed: held against the same.
fn decided(result: &KeptResult, now: Option<&Standing>) -> PkEntry {
    let now = now.map(|now| Tally { units: now.tally.units, ..result.tally });
    let is = PkResult { won: result.won, how: result.how, first: result.first, points: result.points };
    PkEntry {
        side: result.side,
        tally: result.tally,
        result: Some(is),
        now: now.filter(|now| now.units != result.tally.units),
    }
}
