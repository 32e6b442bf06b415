//! What is kept of stock-takes: which is open, what each decided, the forecast it ended with.

use std::collections::BTreeMap;

use crate::domain::id::{CustomerId, DealId, StockRowId, StockTakeId, TaskId, TeamId, UserId};
use crate::domain::lists::StockDecision;
use crate::domain::money::Money;
use crate::domain::report::share::Share;
use crate::domain::stock::{Rate, Stood};
use crate::domain::time::Timestamp;
use crate::store::books::Books;
use crate::store::desk::stand::Sphere;
use crate::store::desk::stock::{forecast, list};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::stock::{Decided, Forecast, StockRow, StockSaved};
use crate::store::usage::small;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// Rows of a window, at most.
const ROWS_MAX: usize = 500;

/// The open stock-take of a team: which, since when, begun by whom.
pub fn open(tx: Tx<'_>, team: TeamId) -> Result<Option<(StockTakeId, Timestamp, String)>, StoreError> {
    tx.one(
        sql!(
            "SELECT s.id, s.began_at, u.name FROM stock_take s JOIN person_user u ON u.id = s.began_by \
             WHERE s.team_id = $1 AND s.finished_at IS NULL"
        ),
        values![team],
        |row| Ok((StockTakeId(row.int(0)?), Timestamp(row.int(1)?), row.text(2)?.to_owned())),
    )
}

/// The stock-take of a team that was finished last, and when.
pub fn before(tx: Tx<'_>, team: TeamId) -> Result<Option<(StockTakeId, Timestamp)>, StoreError> {
    tx.one(
        sql!(
            "SELECT id, finished_at FROM stock_take WHERE team_id = $1 AND finished_at IS NOT NULL ORDER BY finished_at DESC, id DESC LIMIT 1"
        ),
        values![team],
        |row| Ok((StockTakeId(row.int(0)?), Timestamp(row.int(1)?))),
    )
}

/// How a stock-take left the deals it decided about, and what it decided.
pub fn left(tx: Tx<'_>, take: StockTakeId) -> Result<BTreeMap<DealId, (Stood, StockDecision)>, StoreError> {
    let rows = tx.all(
        sql!(
            "SELECT deal_id, owner_id, stage, to_stage, value, last_touch_at, decision FROM stock_row \
             WHERE stock_take_id = $1 AND void_at IS NULL"
        ),
        values![take],
        |row| {
            let decision = word(row, 6, StockDecision::parse)?;
            let owner = (decision != StockDecision::Pool).then_some(UserId(row.int(1)?));
            let stage = match row.opt_text(3)? {
                Some(to) => to,
                None => row.text(2)?,
            };
            let stood = Stood {
                owner,
                stage: stage.to_owned(),
                value: Money(row.int(4)?),
                last_at: row.opt_int(5)?.map(Timestamp),
            };
            Ok((DealId(row.int(0)?), (stood, decision)))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// Every row of a stock-take, in the order of the decisions.
pub fn rows(tx: Tx<'_>, take: StockTakeId) -> Result<Vec<StockRow>, StoreError> {
    window(tx, take, (None, i64::MAX))
}

/// Whether a row's decision was not taken back.
pub fn stands(row: &StockRow) -> bool {
    row.decided.as_ref().is_some_and(|decided| decided.void_at.is_none())
}

fn window(
    tx: Tx<'_>,
    take: StockTakeId,
    (after, limit): (Option<StockRowId>, i64),
) -> Result<Vec<StockRow>, StoreError> {
    tx.all(
        sql!(
            "SELECT r.id, r.deal_id, r.customer_id, c.name, r.owner_id, o.name, r.pipeline, r.stage, r.stage_since, r.opened_at, r.value, \
             r.last_touch_at, r.decision, r.to_stage, r.reason, r.words, r.task_id, r.at, r.by_user, u.name, r.void_at \
             FROM stock_row r JOIN customer c ON c.id = r.customer_id JOIN person_user o ON o.id = r.owner_id \
             JOIN person_user u ON u.id = r.by_user WHERE r.stock_take_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3"
        ),
        values![take, after.unwrap_or_default(), limit],
        read,
    )
}

fn read(row: &dyn Row) -> Result<StockRow, StoreError> {
    Ok(StockRow {
        deal: DealId(row.int(1)?),
        customer: (CustomerId(row.int(2)?), row.text(3)?.to_owned()),
        owner: (UserId(row.int(4)?), row.text(5)?.to_owned()),
        pipeline: row.text(6)?.to_owned(),
        stage: row.text(7)?.to_owned(),
        stage_since: Timestamp(row.int(8)?),
        opened_at: Timestamp(row.int(9)?),
        value: Money(row.int(10)?),
        last_at: row.opt_int(11)?.map(Timestamp),
        next_at: None,
        news: Vec::new(),
        last: None,
        decided: Some(Decided {
            id: StockRowId(row.int(0)?),
            decision: word(row, 12, StockDecision::parse)?,
            to_stage: row.opt_text(13)?.map(str::to_owned),
            reason: row.opt_text(14)?.map(str::to_owned),
            words: row.text(15)?.to_owned(),
            task: row.opt_int(16)?.map(TaskId),
            at: Timestamp(row.int(17)?),
            by: (UserId(row.int(18)?), row.text(19)?.to_owned()),
            void_at: row.opt_int(20)?.map(Timestamp),
        }),
    })
}

/// A stock-take with a window of its rows.
pub fn saved(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    (team, take, (after, limit)): (Option<TeamId>, Option<StockTakeId>, (Option<StockRowId>, usize)),
) -> Result<StockSaved, StoreError> {
    let sphere = Sphere::find(tx, books, by, team)?;
    let Some((team, name)) = sphere.teams.first().cloned() else {
        return Err(StoreError::NotFound { kind: "team", id: String::new(), hint: None });
    };
    let wanted = match take {
        Some(take) => Some(take),
        None => match open(tx, team)? {
            Some((take, ..)) => Some(take),
            None => before(tx, team)?.map(|(take, _)| take),
        },
    };
    let found = tx.one(
        sql!(
            "SELECT s.id, s.older_than, s.began_at, s.finished_at, u.name, s.left_over, s.months FROM stock_take s \
             LEFT JOIN person_user u ON u.id = s.finished_by WHERE s.id = $1 AND s.team_id = $2"
        ),
        values![wanted.unwrap_or_default(), team],
        |row| {
            let finished = row.opt_int(3)?.map(Timestamp);
            let by = row.opt_text(4)?.unwrap_or_default().to_owned();
            Ok(StockSaved {
                id: StockTakeId(row.int(0)?),
                team: (team, name.clone()),
                older_than: small(row.int(1)?),
                began_at: Timestamp(row.int(2)?),
                finished: finished.map(|at| (at, by)),
                left_over: small(row.int(5)?),
                rows: Vec::new(),
                decided: Vec::new(),
                forecast: Forecast { months: small(row.int(6)?), ..Forecast::default() },
            })
        },
    )?;
    let Some(mut saved) = found else {
        let id = wanted.map(|take| take.to_string()).unwrap_or_default();
        return Err(StoreError::NotFound { kind: "stock-take", id, hint: None });
    };
    let limit = i64::try_from(limit.min(ROWS_MAX)).unwrap_or(i64::MAX);
    saved.rows = window(tx, saved.id, (after, limit))?;
    saved.decided = tx.all(
        sql!(
            "SELECT decision, COUNT(*) FROM stock_row WHERE stock_take_id = $1 AND void_at IS NULL GROUP BY decision"
        ),
        values![saved.id],
        |row| Ok((word(row, 0, StockDecision::parse)?, small(row.int(1)?))),
    )?;
    saved.decided.sort_unstable();
    if let Some((at, _)) = saved.finished {
        saved.forecast.month_end = sphere.book.playbook.zone.day(at).month().last();
        saved.forecast.rates = rates(tx, saved.id)?;
    } else {
        saved.forecast = forecast::forecast(tx, &sphere, by.now)?;
        saved.left_over = list::page(tx, books, by, (Some(team), None, 0))?.left;
    }
    Ok(saved)
}

fn rates(tx: Tx<'_>, take: StockTakeId) -> Result<Vec<Rate>, StoreError> {
    tx.all(
        sql!(
            "SELECT pipeline, stage, deals, value, won, cases FROM stock_rate WHERE stock_take_id = $1 ORDER BY place"
        ),
        values![take],
        |row| {
            Ok(Rate {
                pipeline: row.text(0)?.to_owned(),
                stage: row.text(1)?.to_owned(),
                deals: row.int(2)?,
                value: Money(row.int(3)?),
                won: Share::of(row.int(4)?, row.int(5)?),
            })
        },
    )
}
