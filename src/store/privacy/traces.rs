//! Looks through the bytes of a database's files for texts that should be in them no more: what was deleted may still lie on a page.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::domain::id::CustomerId;
use crate::store::db::Db;
use crate::store::engine::file::guard;
use crate::store::error::StoreError;
use crate::{sql, values};

/// Bytes read at once.
const PIECE: usize = 1 << 20;
/// Shortest text that is looked for: a shorter one stands in other places by chance.
const SHORTEST: usize = 6;

/// The texts a customer can be recognised by that are long enough to be looked for: names, numbers, ids.
///
/// # Errors
/// What the engine says.
pub fn marks(db: &mut Db, customer: CustomerId) -> Result<Vec<String>, StoreError> {
    db.snapshot(|tx, _| {
        let mut marks = BTreeSet::new();
        for sql in [
            sql!("SELECT name FROM customer WHERE id = $1"),
            sql!("SELECT name FROM person WHERE customer_id = $1"),
            sql!("SELECT norm FROM contact WHERE customer_id = $1"),
            sql!("SELECT last_note FROM customer WHERE id = $1"),
        ] {
            marks.extend(tx.all(sql, values![customer], |row| Ok(row.text(0)?.to_owned()))?);
        }
        Ok(marks.into_iter().filter(|mark| mark.len() >= SHORTEST).collect())
    })
}

/// How many times each text stands in the file or in the log beside it.
///
/// # Errors
/// What the system says.
pub fn found(db: &Path, marks: &[String]) -> Result<usize, StoreError> {
    let mut count = 0;
    for ending in ["", "-wal"] {
        let path = guard::side(db, ending);
        match in_file(&path, marks) {
            Ok(found) => count += found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::ReadOnly { path, why: error.to_string() }),
        }
    }
    Ok(count)
}

fn in_file(path: &Path, marks: &[String]) -> io::Result<usize> {
    let longest = marks.iter().map(String::len).max().unwrap_or(0);
    if longest == 0 {
        return Ok(0);
    }
    let (mut file, mut buffer, mut count) = (File::open(path)?, Vec::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece)?;
        let Some(got) = piece.get(..read).filter(|got| !got.is_empty()) else { return Ok(count) };
        // what stands over the edge of two pieces is found with the second
        let kept = buffer.len().saturating_sub(longest - 1);
        buffer.drain(..kept);
        let before = buffer.len();
        buffer.extend_from_slice(got);
        count += marks.iter().map(|mark| times(&buffer, mark.as_bytes(), before)).sum::<usize>();
    }
}

/// How many times a text stands in bytes, ending behind the first `before`.
fn times(bytes: &[u8], text: &[u8], before: usize) -> usize {
    bytes
        .windows(text.len())
        .enumerate()
        .filter(|(at, part)| at + text.len() > before && *part == text)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands_and_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mark = "+8613800138000";
        let mut bytes = vec![b'x'; PIECE * 2];
        let place =
            |bytes: &mut Vec<u8>, at: usize| bytes[at..at + mark.len()].copy_from_slice(mark.as_bytes());
        place(&mut bytes, 0);
        // over the edge of two pieces, and at the very end
        place(&mut bytes, PIECE - 3);
        place(&mut bytes, PIECE * 2 - mark.len());
        std::fs::write(&path, &bytes).unwrap();
        std::fs::write(guard::side(&path, "-wal"), mark).unwrap();
        assert_eq!(found(&path, &[mark.to_owned(), "nowhere".to_owned()]).unwrap(), 4);
        assert_eq!(found(&path, &[]).unwrap(), 0);
    }
}
