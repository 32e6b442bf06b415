//! What SQLite says, as the store's errors.

use std::path::Path;

use crate::store::disk;
use crate::store::error::StoreError;

/// `SQLITE_IOERR_SHMSIZE`: the shared memory beside the log could not be made larger.
const NO_SHARED_MEMORY: i32 = 4_874;

/// Turns what SQLite says into the store's errors.
pub fn failed(path: &Path, doing: &str, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode as Code;
    let path = path.to_owned();
    let what = error.to_string();
    let grows = error.sqlite_error().is_some_and(|e| e.extended_code == NO_SHARED_MEMORY);
    match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
            StoreError::Busy { what: "another program has been writing for five seconds".to_owned() }
        }
        Some(Code::DatabaseCorrupt) => StoreError::Damaged { path, what },
        Some(Code::NotADatabase) => StoreError::Foreign { path, what: "not a SQLite file".to_owned() },
        Some(Code::DiskFull) => StoreError::Full { path, what },
        Some(Code::SystemIoFailure | Code::CannotOpen) if grows || disk::is_full(&path) => {
            StoreError::Full { path, what }
        }
        Some(Code::SystemIoFailure) => StoreError::Disk { path, doing: doing.to_owned(), what },
        Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => {
            StoreError::ReadOnly { path, why: what }
        }
        _ => StoreError::Engine { doing: doing.to_owned(), what },
    }
}
