//! What is wrong with a playbook, and where.

use std::fmt;

use serde::Serialize;

use crate::domain::clean::clean;

/// One thing wrong with a playbook file. Also used for what is only doubtful: [`super::source::Loaded::warnings`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file as it was named by whoever loads it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, with the value in single quotes.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Problem {
    /// A problem at a line and column; texts are cleaned, as they quote what a file holds.
    pub fn new(file: &str, (line, column): (usize, usize), message: &str, hint: &str) -> Self {
        let clean = |text: &str| clean(text).into_owned();
        Self { file: clean(file), line, column, message: clean(message), hint: clean(hint) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "; {}", self.hint) }
    }
}

/// A place in one of the files being read: the file's number and a byte offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Number of the file, from 0.
    pub file: usize,
    /// Byte offset in its text.
    pub at: usize,
}

/// A file of a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name as given.
    pub name: String,
    /// Its text: UTF-8, LF line ends, no byte order mark.
    pub text: String,
}

impl File {
    /// Line and column (both from 1, the column in characters) of a byte offset.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// Problems met so far; nothing stops at the first.
#[derive(Debug, Default)]
pub struct Problems {
    errors: Vec<(Place, String, String)>,
    warnings: Vec<(Place, String, String)>,
}

impl Problems {
    /// Notes what makes the playbook unusable.
    pub fn error(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.errors.push((place, message.into(), hint.into()));
    }

    /// Notes what is allowed but doubtful.
    pub fn warn(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.warnings.push((place, message.into(), hint.into()));
    }

    /// Whether anything makes the playbook unusable.
    pub fn is_fatal(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Errors and warnings in the order of the files, each said once.
    pub fn sorted(mut self, files: &[File]) -> (Vec<Problem>, Vec<Problem>) {
        let list = |notes: &mut Vec<(Place, String, String)>| {
            notes.sort();
            notes.dedup();
            notes.drain(..).map(|note| place(files, note)).collect()
        };
        (list(&mut self.errors), list(&mut self.warnings))
    }
}

/// `file:line:column` of a place, for messages that name a second place.
pub fn spot(files: &[File], at: Place) -> String {
    let found = place(files, (at, String::new(), String::new()));
    format!("{}:{}:{}", found.file, found.line, found.column)
}

fn place(files: &[File], (at, message, hint): (Place, String, String)) -> Problem {
    let file = files.get(at.file);
    let position = file.map_or((1, 1), |file| file.position(at.at));
    Problem::new(file.map_or("", |file| &file.name), position, &message, &hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_begin_at_one() {
        let file = File { name: "a.toml".into(), text: "x = 1\nname = \"首呼\" bad".into() };
        assert_eq!(file.position(0), (1, 1));
        // the second line: 'name = "首呼" ' is 12 characters and 16 bytes
        assert_eq!(file.position(6 + 16), (2, 13));
        assert_eq!(file.position(10_000), (2, 16));
    }

    #[test]
    fn a_problem_reads_as_one_line() {
        let problem =
            Problem { file: "a.toml".into(), line: 2, column: 5, message: "m".into(), hint: "h".into() };
        assert_eq!(problem.to_string(), "a.toml:2:5: m; h");
        assert_eq!(Problem { hint: String::new(), ..problem }.to_string(), "a.toml:2:5: m");
    }
}
