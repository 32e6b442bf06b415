//! A lead file on its way into the database, part by part.
//!
//! Parts are named after their batch and their place in it, so that a run that was cut off is gone through again from the
//! beginning: what is in the database answers from the journal as it did the first time, and the rest follows.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::cli::args::Leads;
use crate::cli::output::{self, Failure};
use crate::cli::progress::Progress;
use crate::cli::session::{Local, strange};
use crate::domain::hex::hex;
use crate::domain::id::{BatchId, UserId, WriteId};
use crate::intake::Reject;
use crate::intake::customer::customer;
use crate::intake::lead::{Context, lead};
use crate::intake::mapping::Mapping;
use crate::intake::rejects::Rejects;
use crate::intake::seen::Seen;
use crate::intake::table::{Options, Row, Table};
use crate::playbook::Playbook;
use crate::store::change::customer::{Fate, ImportChunk, ImportRow, KnownPolicy};
use crate::store::change::{Change, CustomerChange};
use crate::store::import::ROWS_MAX;
use crate::store::query::{Answer, Query};

/// The breath between two parts: whoever waits for the write lock gets it.
const BREATH: Duration = Duration::from_millis(5);
/// Room for the ids a part makes after its own.
const PART_IDS: i64 = 16_384;

/// How a file is brought in.
pub(super) struct Run {
    pub playbook: Arc<Playbook>,
    pub mapping: Mapping,
    pub context: Context,
    pub assign: Vec<UserId>,
    pub by: UserId,
    pub known: KnownPolicy,
    /// How the file is read.
    pub options: Options,
    /// What was taken for granted in reading it.
    pub notes: Vec<String>,
}

#[derive(Debug, Default)]
struct Counts {
    rows: u64,
    created: u64,
    updated: u64,
    duplicates: u64,
    rejected: u64,
    /// Duplicates by owner's name, empty for nobody's.
    owners: BTreeMap<String, u64>,
    /// Numbers that could not be read in rows that could be used all the same.
    unread: u64,
}

/// What has come of the rows so far.
#[derive(Debug, Default)]
struct Came {
    counts: Counts,
    /// Cells of the rows of the part under way, for the rejects file.
    cells: BTreeMap<u64, Vec<String>>,
    /// Parts sent.
    parts: i64,
}

impl Came {
    fn reject(&mut self, rejects: &mut Rejects, reject: &Reject) -> Result<(), Failure> {
        self.counts.rejected += 1;
        Ok(rejects.write(reject)?)
    }
}

impl Run {
    /// Brings the file in; `rows` is how many it has.
    pub fn run(
        &self,
        local: &mut Local,
        wanted: &Leads,
        (headers, rows): (&[String], u64),
    ) -> Result<(), Failure> {
        let mut rejects = Rejects::new(&wanted.file, wanted.rejects.as_deref(), headers)?;
        let hash = hash(&wanted.file)?;
        let options = self.options(headers);
        let begun = Query::Unfinished { hash: hash.clone(), options: options.clone() };
        let Answer::Imports(begun) = local.ask(&begun)? else { return Err(strange()) };
        let (batch, resumed) = match begun.first() {
            Some(begun) => (begun.id, true),
            None => (BatchId(local.write_id().0), false),
        };
        let file =
            wanted.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut chunk = ImportChunk {
            batch,
            file,
            hash,
            options,
            known: self.known,
            assign: self.assign.clone(),
            assigned_before: 0,
            rows: Vec::new(),
            last: false,
        };
        let mut progress = Progress::new(rows);
        let mut came = Came::default();
        let mut seen = Seen::default();
        for row in Table::open_with(&wanted.file, &self.options)? {
            came.counts.rows += 1;
            let row: Row = match row? {
                Ok(row) => row,
                Err(reject) => {
                    came.reject(&mut rejects, &reject)?;
                    continue;
                }
            };
            let found = match lead(&row, &self.mapping, &self.context) {
                Ok(found) => found,
                Err(reject) => {
                    came.reject(&mut rejects, &reject)?;
                    continue;
                }
            };
            if seen.check(&found).is_some() {
                came.counts.duplicates += 1;
                continue;
            }
            came.counts.unread += u64::try_from(found.unread_phones.len()).unwrap_or(0);
            came.cells.insert(row.number, row.cells);
            chunk.rows.push(ImportRow {
                row: row.number,
                owner: found.owner.clone(),
                customer: customer(found, &self.playbook),
            });
            if chunk.rows.len() == ROWS_MAX {
                if self.send(local, &mut chunk, (&mut came, &mut rejects))? {
                    thread::sleep(BREATH);
                }
                progress.at(came.counts.rows);
            }
        }
        chunk.last = true;
        self.send(local, &mut chunk, (&mut came, &mut rejects))?;
        progress.end();
        let counts = came.counts;
        let rejected = rejects.finish()?;
        let rejects_file = rejected.map(|(path, _)| path.display().to_string());
        let shape = json!({
            "batch": batch, "rows": counts.rows, "created": counts.created, "updated": counts.updated,
            "duplicates": counts.duplicates, "rejected": counts.rejected, "rejects_file": rejects_file,
            "known_owners": counts.owners, "unread_phones": counts.unread, "resumed": resumed,
            "notes": self.notes,
        });
        output::answer(local.json, &shape, || {
            let notes = self.notes.iter().map(|note| format!("  {note}"));
            counts.lines(rejects_file.as_deref(), resumed).into_iter().chain(notes).collect()
        })
    }

    /// A digest of everything that decides what a row becomes: only a run in the same way goes on with a batch.
    fn options(&self, headers: &[String]) -> String {
        let mut sha = Sha256::new();
        for part in [
            self.mapping.render(headers),
            format!("{:?} {:?} {}", self.known, self.assign, self.by),
            self.playbook.id.clone(),
            // Another sheet or encoding of one file has other rows.
            format!("{:?}", self.options),
        ] {
            sha.update(part.len().to_le_bytes());
            sha.update(part.as_bytes());
        }
        hex(&sha.finalize())
    }

    /// Sends what has been gathered and files the fates; `false` when it had been done before.
    fn send(
        &self,
        local: &mut Local,
        chunk: &mut ImportChunk,
        (came, rejects): (&mut Came, &mut Rejects),
    ) -> Result<bool, Failure> {
        let part = chunk.clone();
        came.parts += 1;
        let id = WriteId(chunk.batch.0 + came.parts * PART_IDS);
        let commit = local.make_as(id, self.by, Change::Customer(CustomerChange::Import(Box::new(part))))?;
        for fate in commit.effects.rows {
            match fate.fate {
                Fate::Created(_) => came.counts.created += 1,
                Fate::Updated(_) => came.counts.updated += 1,
                Fate::Duplicate { owner, .. } => {
                    came.counts.duplicates += 1;
                    *came.counts.owners.entry(owner).or_default() += 1;
                }
                Fate::Removed(_) => {}
                Fate::Rejected { reason } => {
                    let cells = came.cells.remove(&fate.row).unwrap_or_default();
                    came.reject(rejects, &Reject { row: fate.row, reason, cells })?;
                }
            }
        }
        came.cells.clear();
        chunk.rows.clear();
        chunk.assigned_before = came.counts.created;
        Ok(!commit.replayed)
    }
}

impl Counts {
    fn lines(&self, rejects: Option<&str>, resumed: bool) -> Vec<String> {
        let mut lines = Vec::new();
        if resumed {
            lines.push("went on where the import of this file was cut off".to_owned());
        }
        lines.push(format!(
            "{} rows: {} created, {} updated, {} duplicates, {} rejected",
            self.rows, self.created, self.updated, self.duplicates, self.rejected
        ));
        for (owner, n) in &self.owners {
            let owner = if owner.is_empty() { "nobody" } else { owner };
            lines.push(format!("  {n} known already, followed by {owner}"));
        }
        if self.unread > 0 {
            lines.push(format!("  {} numbers could not be read in rows that were kept", self.unread));
        }
        lines.extend(rejects.map(|path| format!("  rejected rows with their reasons: {path}")));
        lines
    }
}

fn hash(file: &Path) -> Result<String, Failure> {
    let mut sha = Sha256::new();
    let mut file = fs::File::open(file)?;
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let read = io::Read::read(&mut file, &mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|b| !b.is_empty()) else { break };
        sha.update(bytes);
    }
    Ok(hex(&sha.finalize()))
}
