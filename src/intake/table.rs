//! Rows of a lead file, CSV or XLSX, told apart by content.

mod delimited;
mod workbook;

use std::io::Read;
use std::path::Path;

use super::encoding::{Found, open_file};
use super::mapping::is_known_header;
use super::{IntakeError, Reject};
use crate::domain::clean::clean;

/// The longest cell that is read: more is a damaged file or an attack, not a note.
pub const CELL_BYTES_MAX: usize = 64 * 1024;

/// How the file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Csv {
        /// The encoding it was found to have.
        encoding: Found,
        /// `,`, `;`, tab or `|`.
        delimiter: char,
    },
    /// A sheet of a workbook.
    Xlsx {
        /// The sheet's name.
        sheet: String,
    },
}

/// A row of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file as a person counts it in a spreadsheet, the header of a usual file being row 1.
    pub number: u64,
    /// As many cells as there are columns, as they stand in the file.
    pub cells: Vec<String>,
}

/// A lead file opened: its columns are known, its rows follow by iteration.
///
/// An item is a row, a row that cannot be used, or (the outer error) the end of a file that cannot be read on.
/// Rows without any text are passed over.
pub struct Table {
    /// How the file is written.
    pub format: Format,
    /// The column names, cleaned; a name that comes again has ` (2)` behind it, a nameless one is `column 7`.
    pub headers: Vec<String>,
    rows: Rows,
}

/// A row as a format's reader gives it.
struct RawRow {
    number: u64,
    /// The text line it begins at; 0 where the file has none.
    line: u64,
    cells: Vec<String>,
    /// Whether a quote that the row opens is not closed before the file ends.
    unclosed: bool,
}

impl RawRow {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

impl Table {
    /// Opens a file and reads its header row; `sheet` names the sheet of a workbook, the first one if `None`.
    pub fn open(path: &Path, sheet: Option<&str>) -> Result<Self, IntakeError> {
        let (format, mut rows) =
            if is_zip(path)? { workbook::open(path, sheet)? } else { delimited::open(path)? };
        let header = rows.find(|row| !row.as_ref().is_ok_and(RawRow::is_blank));
        let Some(header) = header.transpose()? else {
            return Err(IntakeError::Empty { file: path.to_owned() });
        };
        let line = if header.line == 0 { header.number } else { header.line };
        if header.unclosed {
            return Err(IntakeError::EndlessRow { file: path.to_owned(), line });
        }
        let cells: Vec<String> = header.cells.iter().map(|cell| clean(cell).into_owned()).collect();
        if let Some(cell) = data_in_header(&cells) {
            return Err(IntakeError::NoHeader { file: path.to_owned(), line, cell });
        }
        Ok(Self { format, headers: named(cells), rows })
    }

    /// Checks a row's width and its cells' sizes.
    fn checked(&self, raw: RawRow) -> Result<Row, Reject> {
        let RawRow { number, mut cells, unclosed, .. } = raw;
        if unclosed {
            let reason = "a quote (\") opened in this row is never closed; the rows behind it were not read";
            cells.iter_mut().for_each(cut_short);
            return Err(Reject { row: number, reason: reason.to_owned(), cells });
        }
        if let Some((column, bytes)) =
            cells.iter().map(String::len).enumerate().find(|(_, bytes)| *bytes > CELL_BYTES_MAX)
        {
            let name = self.headers.get(column).map_or("past the last column", String::as_str);
            let reason = format!(
                "the cell '{name}' has {bytes} bytes, more than 64 KiB; a quote (\") may not be closed"
            );
            cells.iter_mut().for_each(cut_short);
            return Err(Reject { row: number, reason, cells });
        }
        let (expected, found) = (self.headers.len(), cells.len());
        // Spreadsheets leave cells at a row's end unwritten and separators behind it; in text a short row has
        // lost something.
        let spare_are_blank = cells.iter().skip(expected).all(|cell| cell.trim().is_empty());
        let short = found < expected && !matches!(self.format, Format::Xlsx { .. });
        if short || !spare_are_blank {
            let reason = format!(
                "{found} cells where the header has {expected}; check quotes and separators in the row"
            );
            return Err(Reject { row: number, reason, cells });
        }
        cells.resize(expected, String::new());
        Ok(Row { number, cells })
    }
}

impl Iterator for Table {
    type Item = Result<Result<Row, Reject>, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next()? {
                Err(error) => return Some(Err(error)),
                Ok(raw) if raw.is_blank() => {}
                Ok(raw) => return Some(Ok(self.checked(raw))),
            }
        }
    }
}

/// Says whether the file begins as a zip archive, as every XLSX does.
fn is_zip(path: &Path) -> Result<bool, IntakeError> {
    let mut head = Vec::new();
    let mut file = open_file(path)?;
    file.by_ref().take(8).read_to_end(&mut head).map_err(|source| read_error(path, source))?;
    Ok(head.starts_with(b"PK\x03\x04"))
}

fn read_error(path: &Path, source: std::io::Error) -> IntakeError {
    IntakeError::Read { file: path.to_owned(), source }
}

/// The cell that shows that a header row is data: it is a number to call and no name of a column is known.
fn data_in_header(cells: &[String]) -> Option<String> {
    if cells.iter().any(|cell| is_known_header(cell)) {
        return None;
    }
    let looks_like_phone = |cell: &&String| {
        let digits = cell.chars().filter(|c| matches!(c, '0'..='9' | '０'..='９')).count();
        (7..=15).contains(&digits) && !cell.chars().any(char::is_alphabetic)
    };
    cells.iter().find(looks_like_phone).cloned()
}

/// Names the columns: drops nameless ones at the end, numbers other nameless ones and repeated names.
fn named(mut cells: Vec<String>) -> Vec<String> {
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.into_iter().enumerate() {
        let base = if cell.is_empty() { format!("column {}", index + 1) } else { cell };
        let mut name = base.clone();
        let mut again = 2;
        while names.contains(&name) {
            name = format!("{base} ({again})");
            again += 1;
        }
        names.push(name);
    }
    names
}

/// Cuts an over-long cell down to what a rejects file can show.
fn cut_short(cell: &mut String) {
    if cell.len() > CELL_BYTES_MAX {
        *cell = cell.chars().take(200).chain("…".chars()).collect();
    }
}

/// The rows of a format, the header first.
type Rows = Box<dyn Iterator<Item = Result<RawRow, IntakeError>> + Send>;
