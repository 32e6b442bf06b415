//! Results of matches: whether they are what the journal says they were when they were decided.

use std::collections::BTreeMap;

use super::Report;
use crate::domain::id::{PkId, TeamId, UserId};
use crate::domain::lists::PkKind;
use crate::domain::pk::{Parts, Weight, Who, Window, units};
use crate::domain::time::Timestamp;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::pk::count::Sums;
use crate::store::pk::kept::{Kept, KeptRound, load};
use crate::store::undo::Reversal;
use crate::{sql, values};

/// A decided side, and what the journal says it had then.
struct Decided {
    who: Who,
    /// The place of the one who runs, where it is a leg.
    leg: Option<usize>,
    revision: i64,
    parts: Parts,
    /// Which of those that belong together it is.
    whole: usize,
}

/// A result with the sums that the journal tells.
struct Whole {
    pk: PkId,
    round: u32,
    side: u32,
    found: i64,
    weights: Vec<Weight>,
    sums: Sums,
}

/// Compares every result with the journal as it stood when it was decided.
pub fn results(tx: Tx<'_>, books: &mut Books, report: &mut Report) -> Result<(), StoreError> {
    let ids = tx.all(
        sql!("SELECT DISTINCT pk_id FROM pk_round WHERE decided_rev IS NOT NULL ORDER BY pk_id"),
        &[],
        |row| Ok(PkId(row.int(0)?)),
    )?;
    let (mut wholes, mut parts) = (Vec::new(), Vec::new());
    let mut last = 0;
    for id in ids {
        let kept = load(tx, id)?;
        let zone = books.newest(tx, &kept.playbook)?.playbook.zone;
        for round in &kept.rounds {
            let Some((_, revision)) = round.decided else { continue };
            last = last.max(revision);
            for result in round.results.iter().filter(|result| result.side != 0) {
                let Some(side) = kept.sides.iter().find(|side| side.number == result.side) else { continue };
                for (leg, window) in windows(&kept, round) {
                    let (whole, who) = (wholes.len(), side.who.clone());
                    parts.push(Decided { who, leg, revision, parts: window.parts(zone), whole });
                }
                let (weights, found) = (kept.weights.clone(), result.tally.units);
                let (pk, round, side) = (kept.id, round.number, side.number);
                wholes.push(Whole { pk, round, side, found, weights, sums: Sums::new() });
            }
        }
    }
    count(tx, last, &parts, &mut wholes)?;
    report.count("pk_result", wholes.len() as u64);
    for whole in wholes {
        let wanted = units(&whole.weights, &whole.sums);
        if wanted != whole.found {
            let id = format!("match {} round {} side {}", whole.pk, whole.round, whole.side);
            report.differs("pk_result", id, (wanted, whole.found));
        }
    }
    Ok(())
}

fn windows(kept: &Kept, round: &KeptRound) -> Vec<(Option<usize>, Window)> {
    if kept.kind == PkKind::Relay {
        kept.legs.iter().enumerate().map(|(leg, of)| (Some(leg), of.window)).collect()
    } else {
        vec![(None, round.window)]
    }
}

impl Decided {
    fn is_of(&self, user: UserId, team: i64) -> bool {
        match (&self.who, self.leg) {
            (Who::Team(wanted), _) => wanted.0 == team,
            (Who::People(people), Some(leg)) => people.get(leg) == Some(&user),
            (Who::People(people), None) => people.contains(&user),
        }
    }
}

/// Adds up what stood in the journal when each was decided.
fn count(tx: Tx<'_>, last: i64, parts: &[Decided], wholes: &mut [Whole]) -> Result<(), StoreError> {
    if parts.is_empty() {
        return Ok(());
    }
    let mut of_user: BTreeMap<UserId, Vec<usize>> = BTreeMap::new();
    let mut of_team: BTreeMap<TeamId, Vec<usize>> = BTreeMap::new();
    for (place, part) in parts.iter().enumerate() {
        match &part.who {
            Who::Team(team) => of_team.entry(*team).or_default().push(place),
            Who::People(people) => {
                for user in people {
                    of_user.entry(*user).or_default().push(place);
                }
            }
        }
    }
    tx.each(
        sql!(
            "SELECT rev, at, undone_by, reversal FROM journal WHERE rev <= $1 AND reversal LIKE '%counted%' ORDER BY rev"
        ),
        values![last],
        |row| {
            let (revision, at) = (row.int(0)?, Timestamp(row.int(1)?));
            let undone = row.opt_int(2)?.unwrap_or(i64::MAX);
            for step in from_json::<Vec<Reversal>>(row.text(3)?)? {
                let Reversal::Counted { day, user, team, metric, value, .. } = step else { continue };
                let near = of_user.get(&user).into_iter().chain(of_team.get(&TeamId(team))).flatten();
                let mut near: Vec<usize> = near.copied().collect();
                near.dedup();
                for part in near.into_iter().filter_map(|place| parts.get(place)) {
                    let lies = part.parts.days.is_some_and(|(first, last)| first <= day && day <= last)
                        || part.parts.ends.iter().any(|end| end.holds(at));
                    let stood = revision < part.revision && part.revision <= undone;
                    if stood && lies && part.is_of(user, team)
                        && let Some(whole) = wholes.get_mut(part.whole) {
                            *whole.sums.entry(metric).or_default() += value;
                        }
                }
            }
            Ok(())
        },
    )
}
