//! Whose file it is, found out before anything is written to it: from the first hundred bytes, without the engine.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::store::engine::sqlite::APPLICATION_ID;
use crate::store::error::StoreError;
use crate::store::migrate;

/// Bytes of a SQLite file's header.
pub const HEADER: usize = 100;
/// What a SQLite file begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Whether a file needs a closer look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nothing is odd about it.
    Plain,
    /// Something is odd; the engine's own check decides.
    Suspicious(String),
}

/// Looks at a file that is to be opened.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Foreign`], [`StoreError::Newer`], [`StoreError::ReadOnly`] or
/// [`StoreError::Damaged`]; the file is not written to in any case.
pub fn look(path: &Path) -> Result<Look, StoreError> {
    let unreadable = |e: std::io::Error| StoreError::ReadOnly { path: path.to_owned(), why: e.to_string() };
    let foreign = |what: &str| StoreError::Foreign { path: path.to_owned(), what: what.to_owned() };
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => return Err(unreadable(e)),
        Err(_) => return Err(StoreError::Missing { path: path.to_owned() }),
    };
    if about.is_dir() {
        return Err(foreign("a folder"));
    }
    if !about.is_file() {
        return Err(foreign("not an ordinary file"));
    }
    // opened to write, so that a file that may only be read is told apart here
    let file = File::options().read(true).write(true).open(path).map_err(unreadable)?;
    let mut head = Vec::with_capacity(HEADER);
    (&file).take(HEADER as u64).read_to_end(&mut head).map_err(unreadable)?;
    if head.is_empty() {
        return Err(foreign("an empty file"));
    }
    let ours = number(&head, 68) == APPLICATION_ID;
    if !head.starts_with(MAGIC) {
        return Err(if ours {
            damaged(path, "its first bytes are overwritten")
        } else if std::str::from_utf8(&head).is_ok() || head.iter().all(|b| *b >= 9) {
            foreign("a text file")
        } else {
            foreign("not a SQLite file")
        });
    }
    if head.len() < HEADER {
        return Err(damaged(path, "it ends inside its header"));
    }
    if !ours {
        return Err(foreign("a SQLite file of another program"));
    }
    let layout = number(&head, 60);
    if layout > migrate::newest() {
        return Err(StoreError::Newer { path: path.to_owned(), found: layout, known: migrate::newest() });
    }
    let length = file.metadata().map_err(unreadable)?.len();
    shape(path, &head, length)
}

/// Page size, page count and the unused bytes of the header.
fn shape(path: &Path, head: &[u8], length: u64) -> Result<Look, StoreError> {
    let page = match head.get(16..18) {
        Some([0, 1]) => 65_536,
        Some([a, b]) => u64::from(u16::from_be_bytes([*a, *b])),
        _ => 0,
    };
    if !page.is_power_of_two() || page < 512 {
        return Err(damaged(path, "its header names no page size"));
    }
    let zeros = head.get(72..92).is_some_and(|unused| unused.iter().all(|b| *b == 0));
    if !zeros {
        return Ok(Look::Suspicious("bytes of the header that must be zero are not".to_owned()));
    }
    // while a log lies beside it, pages of the file may rightly be missing
    let log = side(path, "-wal").metadata().is_ok_and(|log| log.len() > 0);
    let pages = u64::try_from(number(head, 28)).unwrap_or(0);
    let counted = number(head, 24) == number(head, 92);
    if !log && counted && pages * page > length {
        return Err(damaged(path, &format!("it is cut off: {length} of {} bytes are there", pages * page)));
    }
    if !log && !length.is_multiple_of(page) {
        return Ok(Look::Suspicious("it does not end with a whole page".to_owned()));
    }
    Ok(Look::Plain)
}

/// The path of a file beside the database: its name and `ending`.
pub fn side(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn damaged(path: &Path, what: &str) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), what: what.to_owned() }
}

/// A four-byte number, high byte first; -1 beyond the end.
pub fn number(head: &[u8], at: usize) -> i64 {
    match head.get(at..at + 4) {
        Some([a, b, c, d]) => i64::from(u32::from_be_bytes([*a, *b, *c, *d])),
        _ => -1,
    }
}
