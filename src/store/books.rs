//! Playbooks of a database, read once a version and kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::playbook::{Playbook, source};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// The playbooks in force and those of old facts, by id and number.
#[derive(Debug, Default)]
pub struct Books {
    kept: BTreeMap<(String, i64), Arc<Playbook>>,
}

/// A playbook with the number it is stored under.
#[derive(Debug, Clone)]
pub struct Book {
    /// The number in this database.
    pub number: i64,
    /// The playbook.
    pub playbook: Arc<Playbook>,
}

impl Books {
    /// The newest version of a playbook.
    pub fn newest(&mut self, tx: Tx<'_>, id: &str) -> Result<Book, StoreError> {
        let number = tx
            .number(sql!("SELECT max(number) FROM playbook_version WHERE playbook = $1"), values![id])?
            .ok_or_else(|| StoreError::NotFound { kind: "playbook", id: id.to_owned(), hint: None })?;
        self.version(tx, id, number)
    }

    /// A given version of a playbook: old facts are read by the rules they were made under.
    pub fn version(&mut self, tx: Tx<'_>, id: &str, number: i64) -> Result<Book, StoreError> {
        if let Some(playbook) = self.kept.get(&(id.to_owned(), number)) {
            return Ok(Book { number, playbook: playbook.clone() });
        }
        let text = tx
            .one(
                sql!("SELECT body FROM playbook_version WHERE playbook = $1 AND number = $2"),
                values![id, number],
                |row| Ok(row.text(0)?.to_owned()),
            )?
            .ok_or_else(|| StoreError::NotFound {
                kind: "playbook version",
                id: format!("{id} {number}"),
                hint: None,
            })?;
        let playbook = Arc::new(read(id, &text)?);
        self.kept.insert((id.to_owned(), number), playbook.clone());
        Ok(Book { number, playbook })
    }

    /// The ids of all playbooks, in order of their names' codes.
    pub fn ids(tx: Tx<'_>) -> Result<Vec<String>, StoreError> {
        tx.all(sql!("SELECT DISTINCT playbook FROM playbook_version ORDER BY playbook"), &[], |row| {
            Ok(row.text(0)?.to_owned())
        })
    }

    /// Keeps a playbook that was just read, so that it is not read again.
    pub fn keep(&mut self, id: &str, number: i64, playbook: Arc<Playbook>) {
        self.kept.insert((id.to_owned(), number), playbook);
    }
}

/// A playbook's text that has been read and found right.
#[derive(Debug)]
pub struct Text {
    /// The playbook.
    pub playbook: Arc<Playbook>,
    /// The text as it is stored.
    pub text: String,
    /// SHA-256 of that text, hex.
    pub hash: String,
}

/// Reads a playbook's text.
///
/// # Errors
/// [`StoreError::Invalid`] with every problem, a line each.
pub fn read_text(text: &str) -> Result<Text, StoreError> {
    let loaded = source::load_text("playbook", text).map_err(|problems| StoreError::Invalid {
        code: "bad_playbook",
        what: problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    })?;
    Ok(Text { playbook: Arc::new(loaded.playbook), text: loaded.text, hash: loaded.hash })
}

fn read(_id: &str, text: &str) -> Result<Playbook, StoreError> {
    read_text(text).map(|read| Arc::unwrap_or_clone(read.playbook))
}
