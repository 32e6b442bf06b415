//! Which change is taken back, who may, and what is noted of it.

use super::Reversal;
use crate::domain::id::{CustomerId, TouchId, UserId, WriteId};
use crate::domain::lists::AuditKind;
use crate::domain::time::Timestamp;
use crate::store::change::{About, Note, Topic};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::{self, from_json};
use crate::store::rights::{self, Action, Relation};
use crate::store::value::Row;
use crate::store::write::{self, Work};
use crate::{sql, values};

/// Kinds that are no act of a person, or are an undo themselves: `u` takes the change before.
pub const NEVER: [&str; 3] = ["undo", "work.roll_day", "customer.restore"];

/// A change that is to be taken back.
#[derive(Debug)]
pub struct Past {
    /// Its number.
    pub revision: i64,
    /// Its id.
    pub write: WriteId,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// Its kind.
    pub kind: String,
    /// The customer it was about.
    pub customer: Option<CustomerId>,
    /// What others had to read again.
    pub topics: Vec<Topic>,
    /// What takes it back, in the order it was made.
    pub steps: Vec<Reversal>,
    undone_by: Option<i64>,
}

impl Past {
    /// Refuses when a step found nothing to take back: somebody has been there since.
    pub fn expect(&self, rows: usize, since: &str) -> Result<(), StoreError> {
        if rows > 0 { Ok(()) } else { Err(self.stands(since)) }
    }

    /// The refusal with what stands in the way.
    pub fn stands(&self, since: &str) -> StoreError {
        self.barred("changed", "", since)
    }

    /// The refusal with what stands in the way: a stable word for it, and whose work it is.
    pub fn barred(&self, why: &'static str, by: &str, since: &str) -> StoreError {
        let what = format!("'{}' of {} cannot be taken back: {since}", self.kind, self.at);
        StoreError::NoUndo { what, why, by: by.to_owned() }
    }
}

/// Finds the change, and checks the right to take it back.
pub fn choose(work: &mut Work<'_>, write: Option<WriteId>) -> Result<Past, StoreError> {
    let (tx, by) = (work.tx, work.by.id);
    let today = write::zone_of(tx, work.books(), by)?.start(work.day);
    let Some(write) = write else {
        return work
            .tx
            .one(
                sql!(
                    "SELECT rev, write_id, at, by_user, kind, customer_id, topics, reversal, undone_by FROM journal \
                     WHERE by_user = $1 AND undone_by IS NULL AND reversal <> '[]' AND at >= $2 \
                     AND substr(reversal, 3, 6) <> 'erased' AND kind <> 'undo' AND kind <> 'work.roll_day' \
                     AND kind <> 'customer.restore' ORDER BY rev DESC LIMIT 1"
                ),
                values![work.by.id, today],
                past,
            )?
            .ok_or_else(|| StoreError::NoUndo {
                what: "nothing of today is left to take back".to_owned(),
                why: "nothing",
                by: String::new(),
            });
    };
    let past = work
        .tx
        .one(
            sql!(
                "SELECT rev, write_id, at, by_user, kind, customer_id, topics, reversal, undone_by FROM journal \
                 WHERE write_id = $1"
            ),
            values![write],
            past,
        )?
        .ok_or_else(|| StoreError::NotFound { kind: "change", id: write.to_string(), hint: None })?;
    let own = past.by == work.by.id;
    if own && past.at >= today {
        rights::check(work.by.role, Action::UndoOwn, Relation::Own, "take this back")?;
    } else {
        let relation = work.by.relation_to(work.tx, Some(past.by), work.day)?;
        let what =
            if own { "take back a change of an earlier day" } else { "take back a colleague's change" };
        rights::check(work.by.role, Action::UndoOther, relation, what).map_err(|_| {
            StoreError::Forbidden {
                role: work.by.role.as_str().to_owned(),
                what: what.to_owned(),
                relation: String::new(),
            }
        })?;
    }
    if past.undone_by.is_some() {
        return Err(past.barred("taken_back", "", "it was taken back before"));
    }
    if NEVER.contains(&past.kind.as_str()) {
        return Err(past.barred("never", "", "it is no change that is taken back; make the change again"));
    }
    if past.steps.contains(&Reversal::Erased) {
        return Err(past.barred(
            "erased",
            "",
            "its customer was erased since; nothing is left to go back to",
        ));
    }
    if past.steps.is_empty() {
        return Err(past.barred("kind", "", "changes of this kind are not taken back; change it again"));
    }
    Ok(past)
}

fn past(row: &dyn Row) -> Result<Past, StoreError> {
    Ok(Past {
        revision: row.int(0)?,
        write: WriteId(row.int(1)?),
        at: Timestamp(row.int(2)?),
        by: UserId(row.int(3)?),
        kind: row.text(4)?.to_owned(),
        customer: row.opt_int(5)?.map(CustomerId),
        topics: from_json(row.text(6)?)?,
        steps: from_json(row.text(7)?)?,
        undone_by: row.opt_int(8)?,
    })
}

/// Counters and number use are put back as they were before a touch: that is right only while no later touch counted on.
pub fn nothing_later(work: &Work<'_>, past: &Past) -> Result<(), StoreError> {
    for step in &past.steps {
        let Reversal::TouchMade(touch) = step else { continue };
        let later = later_touch(work.tx, *touch)?;
        if let Some((name, at)) = later {
            let own = name == work.by.name;
            let who = if own { "you" } else { name.as_str() };
            let since = format!("{who} worked with the same customer since ({at}); take that back first");
            return Err(past.barred("later", if own { "" } else { &name }, &since));
        }
    }
    Ok(())
}

fn later_touch(tx: Tx<'_>, touch: TouchId) -> Result<Option<(String, Timestamp)>, StoreError> {
    tx.one(
        sql!(
            "SELECT u.name, l.at FROM touch t JOIN touch l ON l.customer_id = t.customer_id \
             JOIN person_user u ON u.id = l.user_id WHERE t.id = $1 AND l.id <> t.id AND l.void_at IS NULL \
             AND (l.at > t.at OR (l.at = t.at AND l.id > t.id)) ORDER BY l.at DESC LIMIT 1"
        ),
        values![touch],
        |row| Ok((row.text(0)?.to_owned(), Timestamp(row.int(1)?))),
    )
}

/// Whether a later change of this kind to the same customer stands; for rows that keep no trace of who wrote last: edits
/// and notebooks.
pub fn changed_since(work: &Work<'_>, past: &Past, customer: CustomerId) -> Result<bool, StoreError> {
    let later = work.tx.number(
        sql!(
            "SELECT rev FROM journal WHERE customer_id = $2 AND rev > $1 \
             AND kind IN ('customer.edit', 'customer.private_note', 'undo') AND kind = $3 AND undone_by IS NULL LIMIT 1"
        ),
        values![past.revision, customer, &past.kind],
    )?;
    Ok(later.is_some())
}

/// Marks the change as taken back and notes it in the effects.
pub fn close(work: &mut Work<'_>, past: Past) -> Result<(), StoreError> {
    let next = journal::revision(work.tx)? + 1;
    work.tx.put(sql!("UPDATE journal SET undone_by = $2 WHERE rev = $1"), values![past.revision, next])?;
    for topic in past.topics {
        work.touch(topic);
    }
    let about = past.customer.map_or(About::Nothing, About::Customer);
    let whose = if past.by == work.by.id {
        String::new()
    } else {
        format!(", made by {}", name_of(work.tx, Some(past.by.0))?)
    };
    let before = format!("change {}, {} of {}{whose}", past.revision, past.kind, past.at);
    work.note(Note::new(AuditKind::Undone, about).changed(before, ""));
    work.effects.customer = past.customer;
    work.effects.undone = Some((past.write, past.kind));
    Ok(())
}

/// The name of a user for words to a person.
pub fn name_of(tx: Tx<'_>, user: Option<i64>) -> Result<String, StoreError> {
    let name = tx.one(sql!("SELECT name FROM person_user WHERE id = $1"), values![user], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    Ok(name.unwrap_or_else(|| "somebody".to_owned()))
}
