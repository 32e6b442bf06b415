//! Why a lead file as a whole cannot be read.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A file that cannot be read as a lead list; nothing of it was used.
#[derive(Debug, Error)]
pub enum IntakeError {
    /// The file cannot be opened or read on.
    #[error("cannot read '{}': {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The path is a directory, a device or a pipe.
    #[error("'{}' is {what}, not a file; name one file with a list", file.display())]
    NotAFile {
        /// The path.
        file: PathBuf,
        /// What it is, with its article.
        what: &'static str,
    },
    /// The file has no text.
    #[error("'{}' is empty; export the list again", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// The file is of another kind, whatever its name says.
    #[error("'{}' is {what}, not a list; export the list as CSV or XLSX", file.display())]
    Binary {
        /// The file.
        file: PathBuf,
        /// What it is, with its article.
        what: &'static str,
    },
    /// A text file has a NUL byte in it.
    #[error("'{}', line {line}: a NUL byte; the file is damaged or is no text, export it again", file.display())]
    Nul {
        /// The file.
        file: PathBuf,
        /// The text line, from 1.
        line: u64,
    },
    /// The bytes are no text in any encoding that is known here.
    #[error("'{}', line {line}: the text is in no encoding that is known; name it with --encoding, or save it as UTF-8", file.display())]
    Encoding {
        /// The file.
        file: PathBuf,
        /// The first text line that is not UTF-8, from 1.
        line: u64,
    },
    /// The first row holds data.
    #[error(
        "'{}', line {line}: the first row looks like data ('{cell}'); add a row of column names above it",
        file.display()
    )]
    NoHeader {
        /// The file.
        file: PathBuf,
        /// The text line of the first row.
        line: u64,
        /// The cell that gave it away.
        cell: String,
    },
    /// The quotes of the header row do not fit.
    #[error("'{}', line {line}: a row that does not end; a quote (\") is opened here and never closed", file.display())]
    EndlessRow {
        /// The file.
        file: PathBuf,
        /// The text line at which the row begins.
        line: u64,
    },
    /// The header row is longer than any list's.
    #[error("'{}', line {line}: the row of column names is too long to be one; is this a list?", file.display())]
    Header {
        /// The file.
        file: PathBuf,
        /// The text line at which the row begins.
        line: u64,
    },
    /// The workbook has a password.
    #[error("'{}' is protected by a password; open it, save it without one, and import that", file.display())]
    Password {
        /// The file.
        file: PathBuf,
    },
    /// An encoding has no name that is known.
    #[error(
        "'{name}' is no encoding; name one such as utf-8, gb18030, big5, shift_jis, utf-16le, windows-1252"
    )]
    UnknownEncoding {
        /// The name that was given.
        name: String,
    },
    /// The workbook has no sheet of the name asked for.
    #[error("'{}' has no sheet '{sheet}'; its sheets are {sheets}", file.display())]
    NoSheet {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        sheet: String,
        /// The names there are, quoted, with commas.
        sheets: String,
    },
    /// The workbook cannot be read.
    #[error("'{}' cannot be read as a workbook: {reason}; open it and save it as .xlsx or CSV again", file.display())]
    Workbook {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The workbook is larger than is read at once.
    #[error("'{}' has more than {limit}, the most a workbook may have; split it, or save it as CSV, which may be of any size", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The limit that it breaks.
        limit: &'static str,
    },
    /// The rejects file would overwrite the list.
    #[error("the rejects would overwrite '{}'; name another file", file.display())]
    RejectsOverList {
        /// The file.
        file: PathBuf,
    },
    /// The rejects file cannot be written.
    #[error("cannot write the rejects to '{}': {source}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
