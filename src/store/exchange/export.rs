//! Records out: a right, a filter, a window.

use crate::domain::id::{CustomerId, TeamId};
use crate::domain::lists::{FieldRight, Records, Role, UserState};
use crate::domain::mask::{HIDDEN, masked};
use crate::domain::time::{Day, Zone};
use crate::playbook::channel::PHONE;
use crate::store::access::approved;
use crate::store::actor::Actor;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::exchange::{cells, customers, orders, rows};
use crate::store::query::Viewer;
use crate::store::query::export::{ExportAsk, ExportPage, columns};
use crate::store::rights::{self, Action, Relation};
use crate::store::sight::Sight;
use crate::store::value::Value;
use crate::store::write;
use crate::{sql, values};

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

/// Answers a window of an export: rows as the one who asks may see them, each with the mark of who took it out.
///
/// # Errors
/// [`StoreError::Forbidden`] where the role may not, [`StoreError::Held`] where a manager has not approved it, where there are more
/// rows than the playbook allows, and to who is about to leave.
pub fn page(tx: Tx<'_>, books: &mut Books, ask: &ExportAsk) -> Result<ExportPage, StoreError> {
    let zone = write::zone_of(tx, books, ask.by)?;
    let today = zone.day(ask.now);
    let actor = Actor::load(tx, ask.by, today)?;
    let team = allowed(&actor, ask)?;
    let filter = Filter {
        after: ask.after,
        user: ask.user.map(|u| u.0),
        team: team.map(|t| t.0),
        from: ask.days.map_or(i64::MIN, |(first, _)| zone.start(first).0),
        until: ask.days.map_or(i64::MAX, |(_, last)| zone.start(last.plus(1)).0),
        limit: i64::try_from(ask.limit.max(1)).unwrap_or(i64::MAX),
        today,
    };
    limits(tx, books, (ask, &actor), &filter)?;
    let sight = Sight::of(tx, Viewer { id: ask.by, now: ask.now })?;
    let mut page = match ask.records {
        Records::Customers => customers::page(tx, books, (&filter, zone), &sight)?,
        Records::Orders => orders::page(tx, &filter, zone)?,
        Records::Deals => plain(tx, &filter, (Records::Deals, rows::DEALS), zone)?,
        Records::Touches => plain(tx, &filter, (Records::Touches, rows::TOUCHES), zone)?,
        Records::Tasks => plain(tx, &filter, (Records::Tasks, rows::TASKS), zone)?,
        Records::Usage => plain(tx, &filter, (Records::Usage, rows::USAGE), zone)?,
    };
    veil(tx, books, (ask.records, &sight), &mut page.rows)?;
    let login = tx.one(sql!("SELECT login FROM person_user WHERE id = $1"), values![ask.by], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    let mark = format!("{} {}", login.unwrap_or_default(), zone.exact(ask.now));
    for row in &mut page.rows {
        row.push(mark.clone());
    }
    Ok(page)
}

/// The team an export is narrowed to: the one asked for, or a lead's own, which is all a lead may have.
fn allowed(actor: &Actor, ask: &ExportAsk) -> Result<Option<TeamId>, StoreError> {
    if rights::may(actor.role, Action::Export, Relation::Other) {
        return Ok(ask.team);
    }
    rights::check(actor.role, Action::Export, Relation::Team, "export records")?;
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

/// Refuses what was not approved, and more than there may be: before anything leaves, so with the first window.
fn limits(
    tx: Tx<'_>,
    books: &mut Books,
    (ask, actor): (&ExportAsk, &Actor),
    filter: &Filter,
) -> Result<(), StoreError> {
    if actor.state == UserState::Notice {
        return Err(StoreError::held("leaving", "who is about to leave takes no records out"));
    }
    let playbook = books.playbook_of(tx, ask.by)?.unwrap_or_default();
    let access = &books.newest(tx, &playbook)?.playbook.access;
    if access.export_approval
        && !rights::may(actor.role, Action::ExportUnasked, Relation::Nobody)
        && !approved(tx, (ask.by, ask.now), (ask.records, &ask.narrowed()))?
    {
        let what = "a manager has to approve it: ask with --why, and once more when it is approved";
        return Err(StoreError::held("not_approved", what));
    }
    if ask.after != 0 {
        return Ok(());
    }
    let most = i64::from(access.export_rows);
    let mut all = *filter;
    all.limit = most.saturating_add(1);
    let mut rows = 0;
    tx.each(statement(ask.records), &all.values(), |_| {
        rows += 1;
        Ok(())
    })?;
    if rows <= most {
        return Ok(());
    }
    let what = format!("there are more than {most} of them; narrow it by --from, --until, --team or --rep");
    Err(StoreError::held("export_rows", what))
}

/// The statement that finds the records.
const fn statement(records: Records) -> &'static str {
    match records {
        Records::Customers => customers::FIND,
        Records::Orders => orders::FIND,
        Records::Deals => rows::DEALS,
        Records::Touches => rows::TOUCHES,
        Records::Tasks => rows::TASKS,
        Records::Usage => rows::USAGE,
    }
}

/// Takes away the names and numbers of customers whom who asks may not see (those a team had before), and masks the numbers of those
/// whose numbers the playbook masks.
fn veil(
    tx: Tx<'_>,
    books: &mut Books,
    (records, sight): (Records, &Sight),
    rows: &mut [Vec<String>],
) -> Result<(), StoreError> {
    let place = |name: &str| columns(records).iter().position(|column| column.name == name);
    let (Some(customer), Some(name)) = (place("customer"), place("customer_name")) else { return Ok(()) };
    let (number, note, playbook) = (place("number"), place("note"), place("playbook"));
    let id = |row: &[String]| row.get(customer).and_then(|id| id.parse().ok()).map(CustomerId);
    let seen = if sight.is_wide() {
        None
    } else {
        Some(sight.seen(tx, rows.iter().filter_map(|row| id(row)).collect())?)
    };
    for row in rows {
        let unseen = seen.as_ref().zip(id(row)).is_some_and(|(seen, id)| !seen.contains(&id));
        let book = playbook.and_then(|place| row.get(place)).cloned().unwrap_or_default();
        let mut masks = unseen;
        if number.is_some() && !book.is_empty() {
            let book = books.newest(tx, &book)?.playbook;
            masks |= sight.contact(&book, PHONE, true) < FieldRight::Read;
        }
        if let Some(cell) = number.filter(|_| masks).and_then(|place| row.get_mut(place)) {
            *cell = masked_cell(cell);
        }
        for place in [Some(name), note.filter(|_| records == Records::Touches)].into_iter().flatten() {
            if let Some(cell) = row.get_mut(place).filter(|cell| unseen && !cell.is_empty()) {
                HIDDEN.clone_into(cell);
            }
        }
    }
    Ok(())
}

fn masked_cell(cell: &str) -> String {
    if cell.is_empty() { String::new() } else { masked(cell) }
}

/// Records that are one row each.
fn plain(
    tx: Tx<'_>,
    filter: &Filter,
    (records, sql): (Records, &'static str),
    zone: Zone,
) -> Result<ExportPage, StoreError> {
    // the last column is the mark, which is the same for all
    let columns = columns(records).split_last().map_or(&[][..], |(_, own)| own);
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
