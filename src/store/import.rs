//! Bringing in a part of a lead file: every row gets its fate, and good rows are kept whatever the bad ones are.
//!
//! A part is one transaction. It is not undone as a whole (its reversal is empty): rows that reps have begun to work would
//! vanish under them. The same file again changes nothing: its hash is that of a finished batch. Tags and contacts of a file
//! count for nobody's figures.

pub mod batch;
mod row;
mod update;

use std::collections::BTreeMap;

use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::{AuditKind, UserState};
use crate::store::change::customer::{ImportChunk, KnownPolicy, RowFate};
use crate::store::change::{About, Note, Topic};
use crate::store::customers::{add, invalid};
use crate::store::error::StoreError;
use crate::store::rights::{self, Action, Relation};
use crate::store::value::word;
use crate::store::write::Work;
use crate::{sql, values};

/// Rows of a part, at most: a longer transaction would stop the floor.
pub const ROWS_MAX: usize = 500;

/// What a customer is known by: the word for it, the form that is unique, the extension.
type Mark = (String, String, String);

/// A part of a file on its way in.
struct Run<'a> {
    chunk: &'a ImportChunk,
    users: BTreeMap<String, UserId>,
    /// Whether this very file was brought in before.
    again: bool,
    /// New customers of the whole run so far that took their turn.
    turn: u64,
    /// What rows of this part would make, where nothing is written.
    would: BTreeMap<Mark, CustomerId>,
}

/// Imports a part.
pub fn import(work: &mut Work<'_>, chunk: &ImportChunk) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::Import, Relation::Nobody, "import customers")?;
    if chunk.rows.len() > ROWS_MAX {
        let what = format!("{} rows are too many for one part; send at most {ROWS_MAX}", chunk.rows.len());
        return Err(invalid("too_many_rows", what));
    }
    for user in &chunk.assign {
        add::may_follow(work, *user)?;
    }
    let again = seen_before(work, chunk)?;
    let users = users(work)?;
    let mut run = Run { chunk, users, again, turn: chunk.assigned_before, would: BTreeMap::new() };
    let mut fates = Vec::with_capacity(chunk.rows.len());
    for row in &chunk.rows {
        let fate = run.row(work, row)?;
        fates.push(RowFate { row: row.row, fate });
    }
    if chunk.known != KnownPolicy::Report && !again {
        batch::keep(work, chunk, &fates)?;
        note(work, chunk)?;
        work.touch(Topic::Customer);
    }
    work.effects.rows = fates;
    // thousands of tasks are no news to the one who imports; each owner's day shows them
    work.effects.made.clear();
    work.effects.customer = None;
    work.effects.person = None;
    work.effects.opened.clear();
    work.irreversible();
    Ok(())
}

/// Whether another batch of this very file was finished.
fn seen_before(work: &Work<'_>, chunk: &ImportChunk) -> Result<bool, StoreError> {
    let found = work.tx.number(
        sql!("SELECT id FROM import_batch WHERE hash = $1 AND done = 1 AND id <> $2 LIMIT 1"),
        values![&chunk.hash, chunk.batch],
    )?;
    Ok(found.is_some())
}

/// Those who may follow customers, by lower-case login.
fn users(work: &Work<'_>) -> Result<BTreeMap<String, UserId>, StoreError> {
    let mut users = BTreeMap::new();
    work.tx.each(sql!("SELECT id, login, state FROM person_user"), &[], |row| {
        if word(row, 2, UserState::parse)? != UserState::Left {
            users.insert(row.text(1)?.to_lowercase(), UserId(row.int(0)?));
        }
        Ok(())
    })?;
    Ok(users)
}

/// The trail hears of a file when its first part comes in, and of what all of it came to with the last.
fn note(work: &mut Work<'_>, chunk: &ImportChunk) -> Result<(), StoreError> {
    let seen = work.tx.one(
        sql!("SELECT seen, created, updated, duplicates, rejected FROM import_batch WHERE id = $1"),
        values![chunk.batch],
        |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?]),
    )?;
    let [seen, created, updated, duplicates, rejected] = seen.unwrap_or_default();
    let is_first = seen == i64::try_from(chunk.rows.len()).unwrap_or(i64::MAX);
    if !is_first && !chunk.last {
        return Ok(());
    }
    let came_to = if chunk.last {
        format!("{seen} rows: {created} created, {updated} updated, {duplicates} known, {rejected} rejected")
    } else {
        "begun".to_owned()
    };
    let after = format!("batch {}: {came_to}\nsha256 {}", chunk.batch, chunk.hash);
    let about = About::thing("file", crate::domain::clean::clean(&chunk.file).into_owned());
    work.note(Note::new(AuditKind::Imported, about).changed("", after));
    Ok(())
}
