//! What a server or the line to it says, as the store's errors.

use std::io;
use std::path::Path;

use tokio_postgres::error::{Severity, SqlState};

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
        &SqlState::INSUFFICIENT_PRIVILEGE
        | &SqlState::INVALID_PASSWORD
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
    // 08: the connection; 53: out of something; 57P: told to end, starting up; 25P03: somebody was away in the midst of a change
    class == "08" || class == "53" || code.starts_with("57P") || code == "25P03" || LOST.contains(&code)
}

/// What was prepared is not there, or is there already: another connection of a pool answers.
const LOST: [&str; 2] = ["26000", "42P05"];

/// Whether the line is of no more use, whatever else was said over it: it has ended or is about to, or it leads to a server that
/// takes no changes any more.
pub fn ends_line(error: &tokio_postgres::Error) -> bool {
    let Some(said) = error.as_db_error() else { return is_line(error) };
    let fatal = matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
    fatal || said.code() == &SqlState::READ_ONLY_SQL_TRANSACTION || LOST.contains(&said.code().code())
}

/// Whether a pool in between shows itself: it refuses what a server takes from everybody, or hands out another connection.
pub fn is_pool(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|said| {
        said.message().contains("unsupported startup parameter") || LOST.contains(&said.code().code())
    })
}

/// Whether a statement says that what was taken for granted is not so ([`crate::store::engine::Statements::likely`]).
pub fn is_guess(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::DIVISION_BY_ZERO)
}

/// Whether the line failed, as against something the client did not like.
fn is_line(error: &tokio_postgres::Error) -> bool {
    use std::error::Error as _;
    let (said, cause) =
        (error.to_string(), error.source().and_then(|cause| cause.downcast_ref::<io::Error>()));
    // what was shown or said is not to be trusted, or not understood: the line itself holds
    if said.starts_with("error parsing")
        || cause.is_some_and(|cause| cause.kind() == io::ErrorKind::InvalidData)
    {
        return false;
    }
    error.is_closed()
        || cause.is_some()
        || ["error connecting to server", "timeout waiting for server", "error communicating with the server"]
            .iter()
            .any(|begins| said.starts_with(begins))
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
