//! A file that is only looked into: nothing is written, not even beside it.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Sqlite, failed};
use crate::store::error::StoreError;

/// How a file is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// As if nobody else had it and there were no log.
    Alone,
    /// With its log, whose index is there and is only read.
    WithLog,
}

impl Sqlite {
    /// What the engine's quick check says of a file that nobody has open and that has no log: nothing is written, not even
    /// beside it.
    pub fn sealed_check(path: &Path) -> Result<Vec<String>, StoreError> {
        Self::seen(path, Seen::Alone)?.pragma_texts("PRAGMA quick_check(1)")
    }

    /// Opens a file only to look into it: nothing is written, not even beside it, and no lock is waited for.
    pub fn seen(path: &Path, how: Seen) -> Result<Self, StoreError> {
        let mut uri = String::from("file:");
        for byte in path.as_os_str().as_encoded_bytes() {
            match byte {
                b'/' | b'.' | b'_' | b'-' => uri.push(char::from(*byte)),
                plain if plain.is_ascii_alphanumeric() => uri.push(char::from(*plain)),
                other => {
                    // writing to a String cannot fail
                    let _ = write!(uri, "%{other:02X}");
                }
            }
        }
        uri.push_str(match how {
            Seen::Alone => "?immutable=1",
            Seen::WithLog => "?readonly_shm=1",
        });
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(&uri, flags).map_err(|e| failed(path, "opening the file", &e))?;
        let seen = Self {
            connection,
            path: path.to_owned(),
            queue: None,
            log: None,
            opened: None,
            commits: 0,
            orders: RefCell::default(),
        };
        seen.wait_for(Duration::ZERO)?;
        Ok(seen)
    }
}
