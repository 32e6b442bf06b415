//! What a writer tells on its pipe: what it is about to send, and what became of it.

use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use corral::store::StoreError;
use corral::store::change::{Commit, Write};
use serde::{Deserialize, Serialize};

/// A line on the pipe.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// This is sent now.
    Try(Box<Write>),
    /// This was acknowledged.
    Made(Box<Commit>),
    /// This was refused by a rule, and is not there.
    Refused(i64),
    /// Something went wrong.
    Failed(String),
}

/// What became of a change.
pub fn line(write: &Write, made: &Result<Commit, StoreError>) -> Line {
    match made {
        Ok(commit) => Line::Made(Box::new(commit.clone())),
        Err(
            StoreError::Invalid { .. }
            | StoreError::Held { .. }
            | StoreError::Conflict { .. }
            | StoreError::Forbidden { .. }
            | StoreError::NotFound { .. },
        ) => Line::Refused(write.id.0),
        Err(error) => Line::Failed(error.to_string()),
    }
}

/// One line, whole or cut off by the kill.
pub fn tell(pipe: &Mutex<io::Stdout>, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_string(line).map_err(io::Error::from)?;
    text.push('\n');
    let mut pipe = pipe.lock().unwrap_or_else(PoisonError::into_inner);
    pipe.write_all(text.as_bytes())?;
    pipe.flush()
}
