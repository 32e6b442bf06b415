//! `corral import list` and `corral import undo`: what was brought in, and taking it back.

use serde_json::json;

use crate::cli::output::{self, Failure};
use crate::cli::progress::Progress;
use crate::cli::session::{Local, strange, when};
use crate::domain::id::BatchId;
use crate::store::change::{Change, CustomerChange};
use crate::store::query::{Answer, Query};
use crate::store::write;

/// Lists imports, newest first.
pub fn list(local: &mut Local, limit: usize) -> Result<(), Failure> {
    let Answer::Imports(batches) = local.ask(&Query::Imports { before: None, limit })? else {
        return Err(strange());
    };
    let by = local.keeper()?;
    let zone = local.db()?.snapshot(|tx, books| write::zone_of(tx, books, by))?;
    let shape = json!({ "imports": batches.iter().map(|b| json!({
        "id": b.id, "file": b.file, "at": when(zone, b.at), "by": b.by.1, "rows": b.seen, "created": b.created,
        "updated": b.updated, "duplicates": b.duplicates, "rejected": b.rejected, "done": b.done,
    })).collect::<Vec<_>>() });
    output::answer(local.json, &shape, || {
        let line = |b: &crate::store::query::BatchRow| {
            let cut = if b.done { "" } else { "  cut off: import the file again to go on" };
            format!("{}  {}  {}  {} created  by {}{cut}", b.id, when(zone, b.at), b.file, b.created, b.by.1)
        };
        batches.iter().map(line).collect()
    })
}

/// Takes an import back, part by part, until nothing of it is left.
pub fn undo(local: &mut Local, batch: BatchId) -> Result<(), Failure> {
    let by = local.keeper()?;
    let mut removed: u64 = 0;
    let mut progress = Progress::new(0);
    loop {
        let commit = local.make(by, Change::Customer(CustomerChange::UndoImport(batch)));
        let commit = match commit {
            Err(failure) if removed > 0 => {
                progress.end();
                output::note(&format!("corral: {removed} customers of the import were removed before this:"));
                return Err(failure);
            }
            other => other?,
        };
        if commit.effects.rows.is_empty() {
            break;
        }
        removed += u64::try_from(commit.effects.rows.len()).unwrap_or(0);
        progress.at(removed);
    }
    progress.end();
    output::answer(local.json, &json!({ "batch": batch, "removed": removed }), || {
        vec![format!("{removed} customers removed; the file can be brought in again")]
    })
}
