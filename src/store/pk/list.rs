//! Which matches there are: those that somebody may see, those that wait to be decided.

use std::time::Duration;

use crate::domain::id::PkId;
use crate::domain::time::{Day, Timestamp};
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pk::card::{self, Depth};
use crate::store::pk::stand::Stand;
use crate::store::query::Viewer;
use crate::store::query::pk::PkCard;
use crate::store::rights::{Action, Relation};
use crate::store::write::zone_of;
use crate::{sql, values};

/// How long a match that was decided stays among those that are on.
const RECENT: Duration = Duration::from_hours(48);
/// Matches of a list, at most.
const LIST_MAX: usize = 100;

/// Matches that somebody may see, in the order of their phases, then by when they end.
pub fn list(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    (ended, limit): (bool, usize),
) -> Result<Vec<PkCard>, StoreError> {
    let day = zone_of(tx, books, by.id)?.day(by.now);
    let stand = Stand::load(tx, by.id, day)?;
    let limit = limit.min(LIST_MAX);
    let mut ids = open(tx, &stand, (day, by.now), limit)?;
    if ended {
        let closed = closed(tx, &stand, (day, by.now), limit)?;
        ids.extend(closed.into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
    }
    let mut cards = Vec::with_capacity(ids.len());
    for id in ids {
        cards.push(card::card(tx, books, id, (&stand, by.now), Depth::Line)?);
    }
    // of those that have ended the newest first
    cards.sort_by_key(|card| {
        let to = card.rounds.last().map_or(0, |round| round.window.to.0);
        let is_open = card.phase <= crate::domain::lists::PkPhase::Accepted;
        (card.phase, if is_open { to } else { -to }, card.id)
    });
    Ok(cards)
}

/// Who is asked for: everybody's, the team's, or the own.
fn reach(stand: &Stand) -> (i64, i64) {
    let all = stand.may(Action::SeePk, Relation::Other);
    let team = stand.may(Action::SeePk, Relation::Team);
    (i64::from(all), i64::from(team))
}

/// Those that are on, and those that were decided a short while ago: nobody loses sight of the one just won.
fn open(
    tx: Tx<'_>,
    stand: &Stand,
    (day, now): (Day, Timestamp),
    limit: usize,
) -> Result<Vec<PkId>, StoreError> {
    let (all, team) = reach(stand);
    tx.all(
        sql!(
            "SELECT p.id FROM pk_match p WHERE (CAST($1 AS BIGINT) = 1 \
             OR p.by_user = $2 OR EXISTS (SELECT 1 FROM pk_member m WHERE m.pk_id = p.id AND m.user_id = $2) \
             OR EXISTS (SELECT 1 FROM pk_side s WHERE s.pk_id = p.id AND s.team_id = $3) \
             OR (CAST($4 AS BIGINT) = 1 AND EXISTS (SELECT 1 FROM pk_member m JOIN membership b ON b.user_id = m.user_id \
                 WHERE m.pk_id = p.id AND b.team_id = $3 AND b.from_day <= $5 AND (b.to_day IS NULL OR b.to_day >= $5)))) \
             AND (p.state IN ('accepted', 'disputed') OR (p.state = 'proposed' AND p.to_at > $6) \
             OR (p.state IN ('decided', 'ruled') AND p.to_at > $7)) ORDER BY p.to_at DESC, p.id DESC LIMIT $8"
        ),
        values![
            all,
            stand.id,
            stand.team,
            team,
            day,
            now,
            now.minus(RECENT),
            i64::try_from(limit).unwrap_or(i64::MAX)
        ],
        |row| Ok(PkId(row.int(0)?)),
    )
}

fn closed(
    tx: Tx<'_>,
    stand: &Stand,
    (day, now): (Day, Timestamp),
    limit: usize,
) -> Result<Vec<PkId>, StoreError> {
    let (all, team) = reach(stand);
    tx.all(
        sql!(
            "SELECT p.id FROM pk_match p WHERE (CAST($1 AS BIGINT) = 1 \
             OR p.by_user = $2 OR EXISTS (SELECT 1 FROM pk_member m WHERE m.pk_id = p.id AND m.user_id = $2) \
             OR EXISTS (SELECT 1 FROM pk_side s WHERE s.pk_id = p.id AND s.team_id = $3) \
             OR (CAST($4 AS BIGINT) = 1 AND EXISTS (SELECT 1 FROM pk_member m JOIN membership b ON b.user_id = m.user_id \
                 WHERE m.pk_id = p.id AND b.team_id = $3 AND b.from_day <= $5 AND (b.to_day IS NULL OR b.to_day >= $5)))) \
             AND (p.state IN ('decided', 'ruled', 'turned_down', 'withdrawn') OR (p.state = 'proposed' AND p.to_at <= $6)) \
             ORDER BY p.to_at DESC, p.id DESC LIMIT $7"
        ),
        values![all, stand.id, stand.team, team, day, now, i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| Ok(PkId(row.int(0)?)),
    )
}

/// The next round of each accepted match, where its window has passed.
pub fn due(tx: Tx<'_>, now: Timestamp, limit: usize) -> Result<Vec<(PkId, u32)>, StoreError> {
    tx.all(
        sql!(
            "SELECT r.pk_id, min(r.round) FROM pk_round r JOIN pk_match p ON p.id = r.pk_id \
             WHERE p.state = 'accepted' AND r.decided_at IS NULL AND r.to_at <= $1 GROUP BY r.pk_id ORDER BY r.pk_id LIMIT $2"
        ),
        values![now, i64::try_from(limit).unwrap_or(i64::MAX)],
        |row| Ok((PkId(row.int(0)?), u32::try_from(row.int(1)?).unwrap_or(u32::MAX))),
    )
}
