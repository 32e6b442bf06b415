//! The audit trail: who did what that matters, when, from where, about whom, what was before and after, and why.
//!
//! Rows are only ever added, each sealed with the one before; the newest is named beside the table, so that its loss shows. A
//! change adds its rows in its own transaction ([`Work::note`](crate::store::write::Work::note)); what is no change comes as
//! [`Change::Note`](crate::store::change::Change::Note). A touch and its outcome leave none: the journal has them.

pub mod anew;
pub mod ask;
mod refused;

use std::hash::{BuildHasher as _, Hasher as _};

use sha2::{Digest as _, Sha256};

use crate::domain::clean::{clean, clean_lines};
use crate::domain::hex::hex;
use crate::domain::id::{TeamId, WriteId};
use crate::domain::lists::AuditKind;
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::store::change::{Note, Write};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::machine;
use crate::store::value::Row;
use crate::{sql, values};

pub use refused::{is_recorded, refused};

/// The setting that names the newest row: `NUMBER SEAL`.
pub const HEAD: &str = "audit_head";

/// A row as its seal covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its number: 1, 2, 3 without a gap.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: i64,
    /// The team of who did it, then; `None` for none.
    pub team: Option<i64>,
    /// The way it came.
    pub origin: String,
    /// The machine of the program that wrote it.
    pub machine: String,
    /// What kind of act.
    pub kind: String,
    /// Whom or what it is about: a word and an id or a name.
    pub about: String,
    /// The change, or the note, it came with.
    pub change: i64,
    /// What was before.
    pub before: String,
    /// What is after it.
    pub after: String,
    /// Why.
    pub why: String,
    /// The hash of what is kept apart; empty where nothing is.
    pub personal: String,
}

impl Sealed {
    /// Reads a row: the columns in the order of the table, the seal last.
    pub fn read(row: &dyn Row) -> Result<(Self, String), StoreError> {
        let text = |column| row.text(column).map(str::to_owned);
        let sealed = Self {
            number: row.int(0)?,
            at: Timestamp(row.int(1)?),
            by: row.int(2)?,
            team: row.opt_int(3)?,
            origin: text(4)?,
            machine: text(5)?,
            kind: text(6)?,
            about: text(7)?,
            change: row.int(8)?,
            before: text(9)?,
            after: text(10)?,
            why: text(11)?,
            personal: text(12)?,
        };
        Ok((sealed, text(13)?))
    }

    /// The row's seal: SHA-256 over the seal before and this row, hex.
    pub fn hash(&self, before: &str) -> String {
        hashed(&[
            before,
            &self.number.to_string(),
            &self.at.0.to_string(),
            &self.by.to_string(),
            &self.team.map(|team| team.to_string()).unwrap_or_default(),
            &self.origin,
            &self.machine,
            &self.kind,
            &self.about,
            &self.change.to_string(),
            &self.before,
            &self.after,
            &self.why,
            &self.personal,
        ])
    }
}

/// What a customer can be recognised by, kept apart from its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// Makes the hash say nothing to who has only that: gone with the rest when it is erased.
    pub salt: String,
    /// What was before.
    pub before: String,
    /// What is after it.
    pub after: String,
    /// Why.
    pub why: String,
}

impl Personal {
    /// The hash that its row holds.
    pub fn hash(&self) -> String {
        hashed(&[&self.salt, &self.before, &self.after, &self.why])
    }
}

/// SHA-256 over texts, each with its length before it.
fn hashed(parts: &[&str]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part.len().to_le_bytes());
        sha.update(part.as_bytes());
    }
    hex(&sha.finalize())
}

/// Who acts, as the trail keeps it.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The change.
    pub write: &'a Write,
    /// The team of who makes it, on its day.
    pub team: Option<TeamId>,
}

/// The trail's end: where the next row goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tail {
    /// The newest row's number; 0 before the first.
    pub number: i64,
    /// Its seal; empty before the first.
    pub seal: String,
}

impl Tail {
    /// Finds the trail's end.
    pub fn find(tx: Tx<'_>) -> Result<Self, StoreError> {
        let found =
            tx.one(sql!("SELECT number, seal FROM audit ORDER BY number DESC LIMIT 1"), &[], |row| {
                Ok(Self { number: row.int(0)?, seal: row.text(1)?.to_owned() })
            })?;
        Ok(found.unwrap_or_default())
    }

    /// What is named beside the trail: its newest row as it was written.
    pub fn head(tx: Tx<'_>) -> Result<Option<Self>, StoreError> {
        let head = tx.one(sql!("SELECT value FROM setting WHERE name = $1"), values![HEAD], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        Ok(head.map(|head| {
            let (number, seal) = head.split_once(' ').unwrap_or((&head, ""));
            Self { number: number.parse().unwrap_or(0), seal: seal.to_owned() }
        }))
    }

    /// Names the newest row beside the trail.
    fn put(&self, tx: Tx<'_>) -> Result<(), StoreError> {
        tx.put(
            sql!(
                "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            values![HEAD, &format!("{} {}", self.number, self.seal)],
        )
    }

    /// Writes a row behind the last one.
    fn append(&mut self, tx: Tx<'_>, row: &Sealed) -> Result<(), StoreError> {
        let seal = row.hash(&self.seal);
        tx.put(
            sql!(
                "INSERT INTO audit (number, at, by_user, team_id, origin, machine, kind, about, change_id, was, became, why, \
                 personal, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
            ),
            values![
                row.number,
                row.at,
                row.by,
                row.team,
                &row.origin,
                &row.machine,
                &row.kind,
                &row.about,
                row.change,
                &row.before,
                &row.after,
                &row.why,
                &row.personal,
                &seal
            ],
        )?;
        *self = Self { number: row.number, seal };
        Ok(())
    }
}

/// Adds the rows of a change, in its transaction.
pub fn add(tx: Tx<'_>, by: By<'_>, notes: &[Note]) -> Result<(), StoreError> {
    if notes.is_empty() {
        return Ok(());
    }
    let mut tail = Tail::find(tx)?;
    for note in notes {
        let (mut row, personal) = row(by, note);
        row.number = tail.number + 1;
        if let Some(personal) = personal {
            row.personal = personal.hash();
            keep(tx, row.number, &personal)?;
        }
        tail.append(tx, &row)?;
    }
    tail.put(tx)
}

/// Adds what is no change, once however often it is sent; answers whether it was new.
pub fn once(tx: Tx<'_>, by: By<'_>, note: &Note) -> Result<bool, StoreError> {
    if is_noted(tx, by.write.id)? {
        return Ok(false);
    }
    add(tx, by, std::slice::from_ref(note))?;
    Ok(true)
}

fn is_noted(tx: Tx<'_>, write: WriteId) -> Result<bool, StoreError> {
    let found = tx.number(sql!("SELECT number FROM audit WHERE change_id = $1 LIMIT 1"), values![write])?;
    Ok(found.is_some())
}

/// The row of an act without its number, and what is kept apart of it.
fn row(By { write, team }: By<'_>, note: &Note) -> (Sealed, Option<Personal>) {
    let [before, after, why] =
        [&note.before, &note.after, &note.why].map(|text| clean_lines(text).into_owned());
    let (told, apart) = if note.is_personal {
        ([String::new(), String::new(), String::new()], Some(Personal { salt: salt(), before, after, why }))
    } else {
        ([before, after, why], None)
    };
    let [before, after, why] = told;
    let row = Sealed {
        number: 0,
        at: write.at,
        by: write.by.0,
        team: team.map(|team| team.0),
        origin: write.from.to_string(),
        machine: machine::name(),
        kind: note.kind.as_str().to_owned(),
        about: clean(&note.about.text()).into_owned(),
        change: write.id.0,
        before,
        after,
        why,
        personal: String::new(),
    };
    (row, apart)
}

fn keep(tx: Tx<'_>, number: i64, personal: &Personal) -> Result<(), StoreError> {
    tx.put(
        sql!("INSERT INTO audit_personal (number, salt, was, became, why) VALUES ($1, $2, $3, $4, $5)"),
        values![number, &personal.salt, &personal.before, &personal.after, &personal.why],
    )
}

/// Bits that nobody can guess: what the system seeds hash tables with.
fn salt() -> String {
    let random = || std::collections::hash_map::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// The row of a refusal from before there was a trail.
fn of_old(number: i64, at: Timestamp, by: i64, about: String, (id, what): (i64, String)) -> Sealed {
    Sealed {
        number,
        at,
        by,
        team: None,
        origin: Origin::Local.to_string(),
        machine: String::new(),
        kind: AuditKind::Refused.as_str().to_owned(),
        about,
        change: id,
        before: String::new(),
        after: String::new(),
        why: what,
        personal: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Sealed {
        Sealed {
            number: 1,
            at: Timestamp(2),
            by: 3,
            team: Some(4),
            origin: "local".to_owned(),
            machine: "floor".to_owned(),
            kind: "exported".to_owned(),
            about: "records customers".to_owned(),
            change: 5,
            before: "a".to_owned(),
            after: "b".to_owned(),
            why: "c".to_owned(),
            personal: String::new(),
        }
    }

    #[test]
    fn a_seal_covers_every_column_and_the_seal_before() {
        let sealed = row().hash("x");
        assert_eq!(sealed.len(), 64);
        assert_ne!(row().hash("y"), sealed);
        let others: [fn(&mut Sealed); 13] = [
            |row| row.number = 9,
            |row| row.at = Timestamp(9),
            |row| row.by = 9,
            |row| row.team = None,
            |row| row.origin.push('x'),
            |row| row.machine.push('x'),
            |row| row.kind.push('x'),
            |row| row.about.push('x'),
            |row| row.change = 9,
            |row| row.before.push('x'),
            |row| row.after.push('x'),
            |row| row.why.push('x'),
            |row| row.personal.push('x'),
        ];
        for (place, other) in others.iter().enumerate() {
            let mut altered = row();
            other(&mut altered);
            assert_ne!(altered.hash("x"), sealed, "column {place}");
        }
        // what moves from one column into the next is another row
        let mut moved = row();
        (moved.before, moved.after) = ("ab".to_owned(), String::new());
        assert_ne!(moved.hash("x"), sealed);
    }

    #[test]
    fn no_two_salts_are_alike() {
        assert_ne!(salt(), salt());
    }
}
