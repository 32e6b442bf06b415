//! What goes to standard output and standard error, and with which exit status.

use std::io::{self, Write as _};

use serde_json::{Value, json};

use crate::store::StoreError;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The command itself found something wrong.
    #[error("{what}")]
    Told {
        /// A stable word.
        code: &'static str,
        /// What is wrong and what to do.
        what: String,
        /// 1 refused or failed, 2 wrong usage.
        status: u8,
    },
}

impl Failure {
    /// Something was refused or failed.
    pub fn failed(code: &'static str, what: impl Into<String>) -> Self {
        Self::Told { code, what: what.into(), status: 1 }
    }

    /// The command was used wrongly.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::Told { code: "usage", what: what.into(), status: 2 }
    }

    fn code(&self) -> &str {
        match self {
            Self::Store(error) => error.code(),
            Self::Told { code, .. } => code,
        }
    }

    const fn status(&self) -> u8 {
        match self {
            Self::Store(_) => 1,
            Self::Told { status, .. } => *status,
        }
    }

    /// The failure as a JSON object.
    pub fn to_json(&self) -> Value {
        let until = match self {
            Self::Store(StoreError::Held { until: Some(until), .. }) => Some(until.to_string()),
            _ => None,
        };
        json!({ "error": { "code": self.code(), "message": self.to_string(), "until": until } })
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::failed("io", error.to_string())
    }
}

/// Tells a failure on standard error; answers with the exit status.
pub fn fail(json: bool, failure: &Failure) -> u8 {
    let said = if json { failure.to_json().to_string() } else { format!("corral: {failure}") };
    // nobody is left to tell where standard error is gone
    let _ = writeln!(io::stderr(), "{said}");
    failure.status()
}

/// Says something beside the answer, on standard error.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints a text that is the answer as it stands: a file to start from, a script, a page.
///
/// # Errors
/// When standard output cannot be written; a reader that has gone away is not an error.
pub fn text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Prints the answer: the JSON document, or the lines for people.
///
/// # Errors
/// When standard output cannot be written; a reader that has gone away is not an error.
pub fn answer(as_json: bool, document: &Value, lines: impl FnOnce() -> Vec<String>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = if as_json {
        writeln!(out, "{document}")
    } else {
        lines().iter().try_for_each(|line| writeln!(out, "{line}"))
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
