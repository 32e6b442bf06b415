//! What can go wrong in a load program, and how it is said.

use std::io::{self, Write as _};

use corral::store::StoreError;

/// Why a load could not be run.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The store said no where it must not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bare engine said no.
    #[error("the engine: {0}")]
    Engine(#[from] rusqlite::Error),
    /// The system said no.
    #[error("the system: {0}")]
    System(#[from] io::Error),
    /// A process of the load did not do its part.
    #[error("{0}")]
    Part(String),
}

/// Says a line on standard error.
pub fn say(line: &str) {
    // nobody is left to tell where this fails
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints a line on standard output.
pub fn print(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}
