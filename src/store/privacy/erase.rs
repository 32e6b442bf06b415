//! Erases what a customer can be recognised by, in every table, in one change without a way back.
//!
//! What stays names nobody: that there was a customer, what was bought and paid, what was consented to and refused, what was counted and
//! for whom. So every total, board and pay is what it was.

use std::collections::BTreeSet;

use crate::domain::id::{CustomerId, TaskId, UserId};
use crate::domain::lists::{AuditKind, DealState, FieldType, TaskState};
use crate::domain::search_key::{Key, keys, ways};
use crate::domain::time::Timestamp;
use crate::playbook::plan::Source;
use crate::store::change::{About, Note, Topic};
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::{from_json, to_json};
use crate::store::privacy::held::{Fate, HELD};
use crate::store::privacy::{allowed, barred, journal};
use crate::store::verify::call_channels;
use crate::store::write::Work;
use crate::store::{search, tasks};
use crate::{sql, values};

/// What stands where nobody is to be contacted any more: the last instant a calendar has.
const FOR_EVER: Timestamp = Timestamp(253_402_300_799_000);

/// A customer who was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The erasure.
    pub id: i64,
    /// Whom.
    pub customer: CustomerId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// How many rows of the journal were emptied.
    pub rows: u64,
}

/// Everybody who was erased, oldest first.
///
/// # Errors
/// What the engine says.
pub fn all(db: &mut Db) -> Result<Vec<Erased>, StoreError> {
    db.snapshot(|tx, _| {
        tx.all(
            sql!("SELECT id, customer_id, at, by_user, journal_rows FROM erasure WHERE customer_id <> 0 ORDER BY at, id"),
            &[],
            |row| {
                Ok(Erased {
                    id: row.int(0)?,
                    customer: CustomerId(row.int(1)?),
                    at: Timestamp(row.int(2)?),
                    by: UserId(row.int(3)?),
                    rows: u64::try_from(row.int(4)?).unwrap_or(0),
                })
            },
        )
    })
}

/// What an erasure would take, by table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Before {
    /// The customer's name.
    pub name: String,
    /// Rows that are there of each table, in the order of the list.
    pub rows: Vec<(&'static str, u64)>,
    /// Until when the customer must not be contacted, where that is so.
    pub barred: Option<Timestamp>,
}

/// Looks at what an erasure would take; changes nothing.
///
/// # Errors
/// [`StoreError::NotFound`]; what the engine says.
pub fn before(db: &mut Db, customer: CustomerId, now: Timestamp) -> Result<Before, StoreError> {
    db.snapshot(|tx, _| {
        let (name, barred) = of(tx, customer)?;
        let about = About::Customer(customer).text();
        let mut rows = Vec::new();
        for held in HELD.iter().filter(|held| held.table != "journal") {
            let condition = held.tie.condition();
            let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {} WHERE {condition}", held.table);
            let found = if condition.contains("$1") {
                tx.number(&sql, values![customer])?
            } else {
                tx.number(&sql.replace("$2", "$1"), values![&about])?
            };
            rows.push((held.table, found.and_then(|found| u64::try_from(found).ok()).unwrap_or(0)));
        }
        Ok(Before { name, rows, barred: barred.filter(|until| *until > now) })
    })
}

fn of(tx: Tx<'_>, customer: CustomerId) -> Result<(String, Option<Timestamp>), StoreError> {
    tx.one(sql!("SELECT name, dnc_until FROM customer WHERE id = $1"), values![customer], |row| {
        Ok((row.text(0)?.to_owned(), row.opt_int(1)?.map(Timestamp)))
    })?
    .ok_or_else(|| StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None })
}

/// Erases a customer.
pub fn erase(
    work: &mut Work<'_>,
    customer: CustomerId,
    why: &str,
    (rows, until): (&[i64], i64),
) -> Result<(), StoreError> {
    allowed(&work.by)?;
    if why.trim().is_empty() {
        let what = "an erasure says why; name a reason that names nobody: it stays".to_owned();
        return Err(StoreError::Invalid { code: "no_reason", what });
    }
    let (_, dnc) = of(work.tx, customer)?;
    work.effects.customer = Some(customer);
    if let Some(until) = dnc.filter(|until| *until > work.at) {
        barred::bar(work.tx, customer, until)?;
    }
    end_work(work, customer)?;
    numbers(work, customer)?;
    fields(work, customer)?;
    texts_of_tasks(work.tx, customer, None)?;
    tables(work.tx, customer)?;
    found_by(work.tx, customer)?;
    leave(work, customer)?;
    let id = work.write;
    work.tx.put(
        sql!(
            "INSERT INTO erasure (id, customer_id, at, by_user, journal_rows, digest) VALUES ($1, $2, $3, $4, 0, '')"
        ),
        values![id, customer, work.at, work.by.id],
    )?;
    let (emptied, digest) = journal::empty(work, customer, (rows, until), id)?;
    work.tx.put(
        sql!("UPDATE erasure SET journal_rows = $2, digest = $3 WHERE id = $1"),
        values![id, i64::try_from(emptied).unwrap_or(i64::MAX), &digest],
    )?;
    let note = Note::new(AuditKind::Erased, About::Customer(customer));
    work.note(
        note.changed(format!("{emptied} journal rows"), format!("erasure {id}\nmarks {digest}")).because(why),
    );
    work.touch(Topic::Customer);
    work.touch(Topic::Tasks);
    work.irreversible();
    Ok(())
}

/// Ends what is open: tasks, deals, appointments.
fn end_work(work: &mut Work<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let due = work.tx.all(
        sql!("SELECT id FROM task WHERE customer_id = $1 AND state = 'due' ORDER BY id"),
        values![customer],
        |row| Ok(TaskId(row.int(0)?)),
    )?;
    for task in due {
        tasks::close(work, task, TaskState::Cancelled, "erased")?;
    }
    work.tx.put(
        sql!("UPDATE deal SET state = $2, closed_at = $3 WHERE customer_id = $1 AND state = 'open'"),
        values![customer, DealState::Lost, work.at],
    )?;
    work.tx.put(
        sql!(
            "UPDATE node_event SET state = 'cancelled', settled_at = $2, settled_by = $3 WHERE customer_id = $1 \
             AND (state = 'booked' OR state = 'reminded')"
        ),
        values![customer, work.at, work.by.id],
    )?;
    Ok(())
}

/// Takes the customer's calls off what each number was used; a number nobody else was called at goes.
fn numbers(work: &mut Work<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let tx = work.tx;
    let calls = call_channels(tx, work.books())?;
    let dialled = tx.all(
        sql!(
            "SELECT number, day, channel, CAST(count(*) AS BIGINT) FROM touch WHERE customer_id = $1 AND void_at IS NULL \
             AND direction = 'out' AND number IS NOT NULL GROUP BY number, day, channel"
        ),
        values![customer],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?, row.text(2)?.to_owned(), row.int(3)?)),
    )?;
    for (number, day, _, calls) in dialled.into_iter().filter(|(.., channel, _)| calls.contains(channel)) {
        tx.put(
            sql!("UPDATE number_use SET calls = calls - $3 WHERE number = $1 AND day = $2"),
            values![&number, day, calls],
        )?;
        tx.put(
            sql!("DELETE FROM number_use WHERE number = $1 AND day = $2 AND calls <= 0"),
            values![&number, day],
        )?;
    }
    Ok(())
}

/// Facts go, but for choices of a closed list.
fn fields(work: &mut Work<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let book = work.book_of(customer)?.playbook;
    let told = work.tx.all(
        sql!("SELECT entity, entity_id, field FROM field_value WHERE customer_id = $1"),
        values![customer],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?, row.text(2)?.to_owned())),
    )?;
    for (entity, id, field) in told {
        let found = book.fields.iter().find(|known| known.code.as_str() == field);
        let is_choice = found.is_some_and(|known| matches!(known.kind, FieldType::Enum | FieldType::Bool));
        if !is_choice {
            work.tx.put(
                sql!("DELETE FROM field_value WHERE entity = $1 AND entity_id = $2 AND field = $3"),
                values![&entity, id, &field],
            )?;
        }
    }
    Ok(())
}

/// A task's reason keeps its kind, its end the code of its reason; of those that ended before an instant, or of all.
pub(super) fn texts_of_tasks(
    tx: Tx<'_>,
    customer: CustomerId,
    before: Option<Timestamp>,
) -> Result<(), StoreError> {
    // those that are due have no end: they count where all do
    let (before, due) = before.map_or((i64::MAX, 0), |before| (before.0, i64::MAX));
    let told = tx.all(
        sql!("SELECT id, source, why FROM task WHERE customer_id = $1 AND coalesce(closed_at, $3) < $2"),
        values![customer, before, due],
        |row| Ok((row.int(0)?, row.text(1)?.to_owned(), row.opt_text(2)?.map(str::to_owned))),
    )?;
    for (id, source, why) in told {
        let left = match from_json::<Source>(&source)? {
            Source::Callback { .. } => Source::Callback { words: String::new() },
            Source::Manual { .. } => Source::Manual { words: String::new() },
            other => other,
        };
        let code = why.as_deref().map(|why| why.split(':').next().unwrap_or_default());
        tx.put(
            sql!("UPDATE task SET source = $2, why = $3 WHERE id = $1"),
            values![id, &to_json(&left)?, code],
        )?;
    }
    Ok(())
}

/// What the list says of each table.
fn tables(tx: Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let about = About::Customer(customer).text();
    for held in HELD {
        let condition = held.tie.condition();
        let sql = match held.fate {
            Fate::Goes => format!("DELETE FROM {} WHERE {condition}", held.table),
            Fate::Stays { emptied, .. } if !emptied.is_empty() => {
                let set: Vec<String> =
                    emptied.iter().map(|(column, empty)| format!("{column} = {}", empty.sql())).collect();
                format!("UPDATE {} SET {} WHERE {condition}", held.table, set.join(", "))
            }
            Fate::Stays { .. } | Fate::ByHand => continue,
        };
        if condition.contains("$1") {
            tx.run(&sql, values![customer])?;
        } else {
            tx.run(&sql.replace("$2", "$1"), values![&about])?;
        }
    }
    Ok(())
}

/// Makes anew what the customer is found by, and takes away the ways to type pairs that only these names had.
fn found_by(tx: Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let owner =
        tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer])?.map(UserId);
    let before: BTreeSet<Key> =
        search::stored(tx, customer, owner)?.as_ref().map(keys).unwrap_or_default().into_iter().collect();
    search::rebuild(tx, customer)?;
    for key in before.iter().filter(|key| key.is_pair()) {
        let other = tx.number(sql!("SELECT 1 FROM search_key WHERE key = $1 LIMIT 1"), values![&key.text])?;
        if other.is_some() {
            continue;
        }
        for way in ways(&key.text) {
            tx.put(sql!("DELETE FROM search_way WHERE way = $1 AND pair = $2"), values![&way, &key.text])?;
        }
    }
    Ok(())
}

/// Nobody follows the customer any more, and nobody may contact who is not known.
fn leave(work: &mut Work<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let owner = work.tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer])?;
    work.owner(owner.map(UserId));
    search::hand_over(work.tx, customer, (owner.map(UserId), None))?;
    work.tx.put(
        sql!("UPDATE ownership SET to_at = $2 WHERE customer_id = $1 AND to_at IS NULL"),
        values![customer, work.at],
    )?;
    work.tx.put(
        sql!("UPDATE customer SET owner_id = NULL, dnc_until = $2, version = version + 1 WHERE id = $1"),
        values![customer, FOR_EVER],
    )?;
    Ok(())
}

/// The tasks there ever were of a customer: drafts are kept under their ids.
///
/// # Errors
/// What the engine says.
pub fn tasks_of(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<i64>, StoreError> {
    tx.all(sql!("SELECT id FROM task WHERE customer_id = $1"), values![customer], |row| row.int(0))
}
