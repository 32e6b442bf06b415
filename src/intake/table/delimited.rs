//! Rows of delimited text, in as much memory as the longest row takes, up to a limit.
//!
//! A row whose quotes do not fit is refused alone: reading goes on at the next line, whatever the quote that was
//! never closed would have swallowed.

mod scan;
mod separator;

use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use super::super::IntakeError;
use super::super::encoding::{Decoded, Found, MARK};
use super::super::source::Source;
use super::{CELL_BYTES_MAX, COLUMNS_MAX, Fault, Format, RawRow, Rows};
use scan::{Cell, Scan, Scanner};
use separator::{SAMPLE_BYTES, separator};

/// The longest row: all memory that one row may take.
const ROW_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How much is asked for at a time.
const READ_BYTES: usize = 128 * 1024;

/// Reads the rows of a text; `sample` is what has been read of it, up to [`SAMPLE_BYTES`].
pub(super) fn rows(
    path: &Path,
    found: Found,
    sample: Vec<u8>,
    rest: Decoded<Box<dyn Source>>,
) -> (Format, Rows) {
    let whole = sample.len() < SAMPLE_BYTES;
    // Excel writes its separator into a first line of its own when asked to.
    let told = sample.strip_prefix(b"sep=").and_then(|rest| {
        let (&separator, rest) = rest.split_first()?;
        let (length, behind) = scan::first_line(rest, whole)?;
        (length == 0).then(|| (separator, rest.get(behind..).unwrap_or_default().to_vec()))
    });
    let (delimiter, sample, passed) = match told {
        Some((separator, rest)) => (separator, rest, 1),
        None => (separator(&sample, whole), sample, 0),
    };
    let records = Records {
        text: Cursor::new(sample).chain(rest),
        file: path.to_owned(),
        scanner: Scanner::new(delimiter),
        buffer: Vec::new(),
        start: 0,
        end: false,
        failed: false,
        row: passed,
        line: passed,
    };
    (Format::Csv { encoding: found, delimiter: char::from(delimiter) }, Box::new(records))
}

/// The bytes a separator is judged by.
pub(super) fn sample(path: &Path, text: &mut Decoded<Box<dyn Source>>) -> Result<Vec<u8>, IntakeError> {
    let mut sample = Vec::new();
    let limit = SAMPLE_BYTES as u64;
    let read = text.by_ref().take(limit).read_to_end(&mut sample);
    read.map_err(|source| IntakeError::Read { file: path.to_owned(), source })?;
    Ok(sample)
}

/// The rows with the numbers that a person sees.
struct Records<R> {
    text: R,
    file: PathBuf,
    scanner: Scanner,
    /// What has been read; what is before `start` has been given out.
    buffer: Vec<u8>,
    start: usize,
    /// Whether nothing follows the buffer.
    end: bool,
    failed: bool,
    /// Rows and text lines so far.
    row: u64,
    line: u64,
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<RawRow, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.record();
        self.failed = next.is_err();
        next.map_err(|source| IntakeError::Read { file: self.file.clone(), source }).transpose()
    }
}

impl<R: Read> Records<R> {
    fn record(&mut self) -> io::Result<Option<RawRow>> {
        loop {
            let window = self.buffer.get(self.start..).unwrap_or_default();
            if window.is_empty() && self.end {
                return Ok(None);
            }
            match self.scanner.row(window, self.end) {
                Scan::Row(length) => {
                    let row = self.whole(length);
                    return Ok(Some(row));
                }
                Scan::More if self.more()? => {}
                Scan::More | Scan::Broken => return self.broken().map(Some),
            }
        }
    }

    /// Reads on until there is twice as much, so that a long row is not looked through for every block; `false`
    /// where a row may not be longer.
    fn more(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let before = self.buffer.len();
        if before >= ROW_BYTES_MAX {
            return Ok(false);
        }
        let wanted = (before * 2).clamp(READ_BYTES, ROW_BYTES_MAX);
        let limit = (wanted - before) as u64;
        let read = self.text.by_ref().take(limit).read_to_end(&mut self.buffer)?;
        self.end = (read as u64) < limit;
        Ok(true)
    }

    /// Takes a row of so many bytes out of the buffer.
    fn whole(&mut self, length: usize) -> RawRow {
        let bytes = self.buffer.get(self.start..).unwrap_or_default();
        let mut row = self.row(bytes);
        row.fault = row.fault.or_else(|| too_many(self.scanner.count));
        self.pass(length);
        row
    }

    /// Takes the first line out of the buffer, whose quotes do not fit or which does not end.
    fn broken(&mut self) -> io::Result<RawRow> {
        let (length, behind) = loop {
            let window = self.buffer.get(self.start..).unwrap_or_default();
            if let Some(found) = scan::first_line(window, self.end) {
                break found;
            }
            if !self.more()? {
                return self.endless();
            }
        };
        let line = self.buffer.get(self.start..self.start + length).unwrap_or_default();
        let mended = self.scanner.lenient(line).then(|| self.row(line)).filter(|row| row.fault.is_none());
        self.scanner.raw(line);
        let mut row = self.row(line);
        row.fault = Some(Fault::Quote { mended: mended.map(|row| row.cells) });
        self.pass(behind);
        Ok(row)
    }

    /// Passes over a line that is longer than a row may be.
    fn endless(&mut self) -> io::Result<RawRow> {
        let window = self.buffer.get(self.start..).unwrap_or_default();
        self.scanner.raw(window);
        let mut row = self.row(window);
        let mut bytes = 0;
        loop {
            let window = self.buffer.get(self.start..).unwrap_or_default();
            if let Some((length, behind)) = scan::first_line(window, self.end) {
                row.fault = Some(Fault::Row { bytes: bytes + length as u64 });
                self.pass(behind);
                return Ok(row);
            }
            // A return at the end may be half of a line break.
            let kept = usize::from(window.ends_with(b"\r"));
            bytes += (window.len() - kept) as u64;
            self.start = self.buffer.len() - kept;
            self.more()?;
        }
    }

    /// Counts what has been used up.
    fn pass(&mut self, length: usize) {
        let used = self.buffer.get(self.start..self.start + length).unwrap_or_default();
        self.line += scan::line_breaks(used);
        self.row += 1;
        self.start += length;
    }

    /// The cells that the scanner found.
    fn row(&self, bytes: &[u8]) -> RawRow {
        let mut row = RawRow { number: self.row + 1, line: self.line + 1, cells: Vec::new(), fault: None };
        row.cells.reserve(self.scanner.cells.len());
        for (column, cell) in self.scanner.cells.iter().enumerate() {
            let (text, fault) = text(bytes, cell);
            let fault = fault.or_else(|| {
                (text.len() > CELL_BYTES_MAX).then_some(Fault::Cell { column, bytes: text.len() as u64 })
            });
            row.fault = row.fault.or(fault);
            row.cells.push(text);
        }
        row
    }
}

fn too_many(cells: usize) -> Option<Fault> {
    (cells > COLUMNS_MAX).then_some(Fault::Columns { cells })
}

/// A cell as text, and what is wrong with it.
fn text(bytes: &[u8], cell: &Cell) -> (String, Option<Fault>) {
    let bytes = bytes.get(cell.from..cell.to).unwrap_or_default();
    // Zeros at the ends fill a field of fixed length; those inside stand where something else was.
    let has_nul = bytes.contains(&0);
    let bytes = if has_nul { trimmed(bytes) } else { bytes };
    let fault = if bytes.contains(&MARK) {
        Some(Fault::Encoding)
    } else {
        (has_nul && bytes.contains(&0)).then_some(Fault::Nul)
    };
    let text = String::from_utf8_lossy(bytes);
    (if cell.doubled { text.replace("\"\"", "\"") } else { text.into_owned() }, fault)
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let to = bytes.iter().rposition(|byte| *byte != 0).map_or(from, |last| last + 1);
    bytes.get(from..to).unwrap_or_default()
}
