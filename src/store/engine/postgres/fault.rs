//! What a server or the line to it says, as the store's errors.

use std::path::Path;

use tokio_postgres::error::SqlState;

use crate::store::error::StoreError;

/// Why a statement or a connection failed. `doing` is what was being done, without a value of anybody's.
pub fn failed(place: &Path, doing: &str, error: &tokio_postgres::Error) -> StoreError {
    let path = place.to_owned();
    let Some(said) = error.as_db_error() else {
        return if is_line(error) {
            away(place, &reason(error))
        } else {
            StoreError::Engine { doing: doing.to_owned(), what: reason(error) }
        };
    };
    let what = said.message().to_owned();
    match said.code() {
        &SqlState::LOCK_NOT_AVAILABLE => {
            StoreError::Busy { what: "another program has been writing for five seconds".to_owned() }
        }
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => {
            StoreError::Busy { what: "two changes got in each other's way".to_owned() }
        }
        // how a statement says that what was taken for granted is not so
        &SqlState::DIVISION_BY_ZERO => {
            StoreError::Busy { what: "somebody was quicker; it is made again".to_owned() }
        }
        &SqlState::DISK_FULL => StoreError::Full { path, what },
        &SqlState::IO_ERROR => StoreError::Disk { path, doing: doing.to_owned(), what },
        &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => StoreError::Damaged { path, what },
        // a stand-by, or a server that was told to take no changes: another host may take them soon
        &SqlState::READ_ONLY_SQL_TRANSACTION => away(place, &what),
        &SqlState::INSUFFICIENT_PRIVILEGE => StoreError::ReadOnly { path, why: what },
        &SqlState::INVALID_PASSWORD
        | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        | &SqlState::INVALID_CATALOG_NAME => StoreError::Refused { path, what },
        code if passes(code.code()) => away(place, &what),
        _ => StoreError::Engine { doing: doing.to_owned(), what },
    }
}

/// Whether a code says that the server is not to be had now: it is starting, stopping, full of connections, or the connection
/// was ended.
fn passes(code: &str) -> bool {
    let class = code.get(..2).unwrap_or_default();
    // 08: the connection; 53: out of something; 57P: told to end, starting up
    class == "08" || class == "53" || code.starts_with("57P") || code == "25006"
}

/// Whether the line failed, as against something the client did not like.
fn is_line(error: &tokio_postgres::Error) -> bool {
    use std::error::Error as _;
    if error.to_string().starts_with("error parsing") {
        return false;
    }
    error.is_closed()
        || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
        || ["error connecting to server", "connection timed out", "error communicating with the server"]
            .iter()
            .any(|said| error.to_string().starts_with(said))
}

/// A server that cannot be reached now.
pub fn away(place: &Path, what: &str) -> StoreError {
    StoreError::Away { path: place.to_owned(), what: what.to_owned() }
}

/// What the client says, with its causes.
pub fn reason(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    let mut said = error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned());
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let more = deeper.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        cause = deeper.source();
    }
    said
}
