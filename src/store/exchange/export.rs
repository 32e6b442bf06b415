//! Records out: a right, a filter, a window.

use crate::domain::id::TeamId;
use crate::domain::lists::{Records, Role};
use crate::domain::time::{Day, Zone};
use crate::store::actor::Actor;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::exchange::{cells, customers, orders, rows};
use crate::store::query::export::{ExportAsk, ExportPage, columns};
use crate::store::rights::{self, Action, Relation};
use crate::store::value::Value;
use crate::store::write;

/// What a window is narrowed to, as the statements take it.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// After this id.
    pub after: i64,
    /// Only this user's.
    pub user: Option<i64>,
    /// Only this team's.
    pub team: Option<i64>,
    /// From this instant on.
    pub from: i64,
    /// Before this instant.
    pub until: i64,
    /// Records at most.
    pub limit: i64,
    /// Today, for who is in a team.
    pub today: Day,
}

impl Filter {
    /// `$1` to `$7` of every statement of an export.
    pub fn values(&self) -> [Value<'static>; 7] {
        [
            Value::Int(self.after),
            self.user.map_or(Value::Null, Value::Int),
            self.team.map_or(Value::Null, Value::Int),
            Value::Int(self.from),
            Value::Int(self.until),
            Value::Int(self.limit),
            Value::Int(self.today.0),
        ]
    }
}

/// Answers a window of an export.
pub fn page(tx: Tx<'_>, books: &mut Books, ask: &ExportAsk) -> Result<ExportPage, StoreError> {
    let zone = write::zone_of(tx, books, ask.by)?;
    let today = zone.day(ask.now);
    let team = allowed(tx, ask, today)?;
    let filter = Filter {
        after: ask.after,
        user: ask.user.map(|u| u.0),
        team: team.map(|t| t.0),
        from: ask.days.map_or(i64::MIN, |(first, _)| zone.start(first).0),
        until: ask.days.map_or(i64::MAX, |(_, last)| zone.start(last.plus(1)).0),
        limit: i64::try_from(ask.limit.max(1)).unwrap_or(i64::MAX),
        today,
    };
    match ask.records {
        Records::Customers => customers::page(tx, &filter, zone),
        Records::Orders => orders::page(tx, &filter, zone),
        Records::Deals => plain(tx, &filter, (Records::Deals, rows::DEALS), zone),
        Records::Touches => plain(tx, &filter, (Records::Touches, rows::TOUCHES), zone),
        Records::Tasks => plain(tx, &filter, (Records::Tasks, rows::TASKS), zone),
        Records::Usage => plain(tx, &filter, (Records::Usage, rows::USAGE), zone),
    }
}

/// The team an export is narrowed to: the one asked for, or a lead's own, which is all a lead may have.
fn allowed(tx: Tx<'_>, ask: &ExportAsk, today: Day) -> Result<Option<TeamId>, StoreError> {
    let actor = Actor::load(tx, ask.by, today)?;
    let what = "export records";
    if rights::may(actor.role, Action::Export, Relation::Other) {
        return Ok(ask.team);
    }
    rights::check(actor.role, Action::Export, Relation::Team, what)?;
    match (actor.team, ask.team) {
        (Some(own), None) => Ok(Some(own)),
        (Some(own), Some(asked)) if own == asked => Ok(Some(own)),
        _ => Err(StoreError::Forbidden {
            role: Role::as_str(actor.role).to_owned(),
            what: "export another team's records".to_owned(),
            relation: String::new(),
        }),
    }
}

/// Records that are one row each.
fn plain(
    tx: Tx<'_>,
    filter: &Filter,
    (records, sql): (Records, &'static str),
    zone: Zone,
) -> Result<ExportPage, StoreError> {
    let columns = columns(records);
    let mut last = None;
    let rows = tx.all(sql, &filter.values(), |row| {
        columns
            .iter()
            .enumerate()
            .map(|(place, column)| cells::written(row, place, column.cell, zone))
            .collect::<Result<Vec<_>, _>>()
    })?;
    if rows.len() == usize::try_from(filter.limit).unwrap_or(usize::MAX) {
        last = rows.last().and_then(|row| row.first()).and_then(|id| id.parse().ok());
    }
    Ok(ExportPage { rows, next: last })
}
