//! What a theme file says wrong, and where.

use std::fmt;

/// What a theme file says wrong; the style concerned keeps what it inherits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The inherited theme whose file says it; `None` for the one that was asked for.
    pub theme: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// What is wrong and what to do about it.
    pub message: String,
    /// Whether it can be used as it stands and is only hard to read.
    pub faint: bool,
}

impl Warning {
    /// The warning as `file:line:col: message`; `file` is the name of the theme asked for, `beside` makes that of an
    /// inherited one from its name.
    pub fn placed(&self, file: &str, beside: impl FnOnce(&str) -> String) -> String {
        let file = self.theme.as_deref().map_or_else(|| file.to_owned(), beside);
        format!("{file}:{self}")
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}
