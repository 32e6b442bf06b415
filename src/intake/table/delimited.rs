//! Rows of delimited text.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use super::super::IntakeError;
use super::super::encoding::{self, Decoded};
use super::{Format, RawRow, Rows};

/// How much of the text the separator is judged by.
const SAMPLE_BYTES: usize = 64 * 1024;
/// How many rows of the sample are compared.
const SAMPLE_ROWS: usize = 20;
/// The longest row: all memory that one row may take.
const ROW_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What stands behind the text, after a line break. Read outside quotes it is one more row, [`END_CELL`]; inside
/// quotes that were never closed it closes them, and the row is missing.
const END: &[u8] = b"\"\n";
/// The only cell of the row that [`END`] makes.
const END_CELL: &str = "\n";

/// The text, its beginning once more in front of the rest, and [`END`].
type Text = io::Chain<io::Chain<Cursor<Vec<u8>>, Decoded<File>>, io::Chain<Cursor<[u8; 1]>, &'static [u8]>>;

/// Opens a text file and finds its encoding and separator.
pub(super) fn open(path: &Path) -> Result<(Format, Rows), IntakeError> {
    let (found, mut text) = encoding::open(path)?;
    let mut sample = Vec::new();
    let read = |source| IntakeError::Read { file: path.to_owned(), source };
    text.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut sample).map_err(read)?;
    // Excel writes its separator into a first line of its own when asked to.
    let told = sample.strip_prefix(b"sep=").and_then(|rest| {
        let (&separator, rest) = rest.split_first()?;
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n")?;
        Some((separator, rest.to_vec()))
    });
    let (delimiter, sample, first_line) = match told {
        Some((separator, rest)) => (separator, rest, 1),
        None => (separator(&sample), sample, 0),
    };
    let budget = Arc::new(AtomicU64::new(0));
    // One terminator, so that the reader's line number is exact; lists of old machines have only \r.
    let terminator = if sample.contains(&b'\n') || !sample.contains(&b'\r') { b'\n' } else { b'\r' };
    let inner = Cursor::new(sample).chain(text).chain(Cursor::new([terminator]).chain(END));
    let bounded = Bounded { inner, since_row: Arc::clone(&budget) };
    let reader = builder(delimiter).terminator(Terminator::Any(terminator)).from_reader(bounded);
    let rows = Records {
        reader,
        record: ByteRecord::new(),
        budget,
        file: path.to_owned(),
        first_line,
        row: first_line,
        inner_breaks: 0,
        held: None,
        failure: None,
        ended: false,
    };
    Ok((Format::Csv { encoding: found, delimiter: char::from(delimiter) }, Box::new(rows)))
}

fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter);
    builder
}

/// The separator that cuts the first rows into the most cells that agree in number.
fn separator(sample: &[u8]) -> u8 {
    // The last row of the sample may be cut in two.
    let score = |delimiter: u8| {
        let mut reader = builder(delimiter).from_reader(sample);
        let mut record = ByteRecord::new();
        let mut widths = Vec::new();
        while widths.len() < SAMPLE_ROWS && reader.read_byte_record(&mut record).unwrap_or(false) {
            widths.push(record.len());
        }
        if widths.len() > 1 && widths.len() < SAMPLE_ROWS && sample.len() >= SAMPLE_BYTES {
            widths.pop();
        }
        let header = widths.first().copied().unwrap_or(0);
        let agreeing = widths.iter().filter(|width| **width == header).count();
        if header < 2 { (0, 0) } else { (agreeing * 100 / widths.len().max(1), header) }
    };
    [b',', b'\t', b';', b'|'].into_iter().rev().max_by_key(|&delimiter| score(delimiter)).unwrap_or(b',')
}

/// Stops a row from growing without end behind a quote that is never closed.
struct Bounded {
    inner: Text,
    since_row: Arc<AtomicU64>,
}

impl Read for Bounded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        let before = self.since_row.fetch_add(count as u64, Ordering::Relaxed);
        if before > ROW_BYTES_MAX { Err(io::Error::from(io::ErrorKind::FileTooLarge)) } else { Ok(count) }
    }
}

/// The records with the row numbers a person sees.
struct Records {
    reader: Reader<Bounded>,
    record: ByteRecord,
    budget: Arc<AtomicU64>,
    file: PathBuf,
    /// Lines before the first that the reader sees.
    first_line: u64,
    row: u64,
    /// Line breaks inside quoted cells so far: they are lines of the text and no rows.
    inner_breaks: u64,
    /// The row before the one read last.
    held: Option<RawRow>,
    /// What ended the reading, told behind the last whole row.
    failure: Option<IntakeError>,
    ended: bool,
}

impl Iterator for Records {
    type Item = Result<RawRow, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        // A row is given out when the next one has shown that it is whole.
        while !self.ended {
            match self.record() {
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(error);
                }
                Ok(Some(row)) if row.cells == [END_CELL] => self.ended = true,
                Ok(Some(row)) => {
                    if let Some(whole) = self.held.replace(row) {
                        return Some(Ok(whole));
                    }
                }
                Ok(None) => {
                    self.ended = true;
                    if let Some(last) = &mut self.held {
                        last.unclosed = true;
                    }
                }
            }
        }
        self.held.take().map(Ok).or_else(|| self.failure.take().map(Err))
    }
}

impl Records {
    /// Reads one record.
    fn record(&mut self) -> Result<Option<RawRow>, IntakeError> {
        self.budget.store(0, Ordering::Relaxed);
        let start = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let breaks = encoding::newlines(self.record.as_slice());
                // The reader stands behind the row's last line break; blank lines before the row, which it passes
                // over, are rows to the person, and line breaks inside quotes are none.
                let line = self.reader.position().line().saturating_sub(1 + breaks) + self.first_line;
                self.row = (self.row + 1).max(line.saturating_sub(self.inner_breaks));
                self.inner_breaks += breaks;
                let mut cells: Vec<String> =
                    self.record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                if let Some(last) = cells.last_mut()
                    && last.ends_with('\r')
                {
                    last.pop();
                }
                Ok(Some(RawRow { number: self.row, line, cells, unclosed: false }))
            }
            Err(error) => {
                let file = self.file.clone();
                let line = start + self.first_line;
                Err(match error.into_kind() {
                    csv::ErrorKind::Io(source) if source.kind() == io::ErrorKind::FileTooLarge => {
                        IntakeError::EndlessRow { file, line }
                    }
                    csv::ErrorKind::Io(source) => IntakeError::Read { file, source },
                    kind => IntakeError::Read { file, source: io::Error::other(format!("{kind:?}")) },
                })
            }
        }
    }
}
