//! Rows of a lead file, told apart by content: delimited text, workbooks, tables of web pages.

mod biff;
mod compound;
mod delimited;
mod grid;
mod header;
mod kind;
mod markup;
mod open_document;
mod package;
mod page;
mod serial;
mod workbook;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::vec;

use super::encoding::{self, Decoded, Found};
use super::source::Source;
use super::{IntakeError, Reject};
use crate::domain::clean::clean;
use kind::Kind;
pub(super) use serial::day_of_serial;

/// The longest cell that is read: more is a damaged file or an attack, not a note.
pub const CELL_BYTES_MAX: usize = 64 * 1024;
/// The most columns a list may have: more is a damaged file, not a list.
pub const COLUMNS_MAX: usize = 1_024;
/// The largest workbook or web page file: unlike text, of which any amount is read, they are held in memory.
pub const WORKBOOK_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How the file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Csv {
        /// The encoding it was found to have.
        encoding: Found,
        /// `,`, `;`, tab, `|` or U+0001.
        delimiter: char,
    },
    /// A sheet of a workbook.
    Xlsx {
        /// The sheet's name.
        sheet: String,
    },
    /// A sheet of an old workbook.
    Xls {
        /// The sheet's name.
        sheet: String,
    },
    /// A sheet of an `OpenDocument` workbook.
    Ods {
        /// The sheet's name.
        sheet: String,
    },
    /// The tables of a web page, which many office systems save as `.xls`.
    Html,
    /// A sheet of an XML workbook of 2003.
    Xml {
        /// The sheet's name.
        sheet: String,
    },
}

/// How to read a file, beyond what its content shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The sheet of a workbook, by name or by number from 1; the first that has text if `None`.
    pub sheet: Option<String>,
    /// The encoding of text without a byte order mark; found out from the text if `None`.
    pub encoding: Option<Found>,
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
/// Rows without any text are passed over. Delimited text of any size is read in constant memory.
pub struct Table {
    /// How the file is written.
    pub format: Format,
    /// The column names, cleaned; a name that comes again has ` (2)` behind it, a nameless one is `column 7`.
    pub headers: Vec<String>,
    /// What was taken for granted and may be meant otherwise, to tell whoever imports the file.
    pub notes: Vec<String>,
    file: PathBuf,
    /// The header row's cells, to know it when it comes again.
    names: Vec<String>,
    /// Rows read while looking for the header.
    held: vec::IntoIter<RawRow>,
    rows: Rows,
    failure: Option<IntakeError>,
}

/// A row as a format's reader gives it.
#[derive(Debug)]
struct RawRow {
    number: u64,
    /// The text line it begins at; 0 where the file has none.
    line: u64,
    cells: Vec<String>,
    fault: Option<Fault>,
}

/// Why a row cannot be used.
#[derive(Debug)]
enum Fault {
    /// Its quotes do not fit.
    Quote {
        /// The cells, where it can be told what is meant, if they are as many as the header's.
        mended: Option<Vec<String>>,
    },
    /// It has bytes that are no text in the file's encoding.
    Encoding,
    /// It has a NUL byte inside a cell.
    Nul,
    /// A cell is too long.
    Cell { column: usize, bytes: u64 },
    /// It is too long itself.
    Row { bytes: u64 },
    /// It has more cells than any list has columns.
    Columns { cells: usize },
}

/// The rows of a format, the header among the first.
type Rows = Box<dyn Iterator<Item = Result<RawRow, IntakeError>> + Send>;

impl RawRow {
    fn new(number: u64, cells: Vec<String>) -> Self {
        Self { number, line: 0, cells, fault: None }
    }

    /// A row whose cells are looked at for their size.
    fn sized(number: u64, cells: Vec<String>) -> Self {
        let long = cells.iter().enumerate().find(|(_, cell)| cell.len() > CELL_BYTES_MAX);
        let fault = long.map(|(column, cell)| Fault::Cell { column, bytes: cell.len() as u64 });
        Self { fault, ..Self::new(number, cells) }
    }

    fn is_blank(&self) -> bool {
        self.fault.is_none() && self.cells.iter().all(|cell| clean(cell).is_empty())
    }

    fn clean(&self) -> Vec<String> {
        self.cells.iter().map(|cell| clean(cell).into_owned()).collect()
    }
}

impl Table {
    /// Opens a file and finds its header row; `sheet` names the sheet of a workbook, the first with text if `None`.
    pub fn open(path: &Path, sheet: Option<&str>) -> Result<Self, IntakeError> {
        Self::open_with(path, &Options { sheet: sheet.map(str::to_owned), encoding: None })
    }

    /// Opens a file with options.
    pub fn open_with(path: &Path, options: &Options) -> Result<Self, IntakeError> {
        let file = open_file(path)?;
        Self::read(path, Box::new(file), options)
    }

    /// Reads a list from anywhere; `path` stands in messages, and its ending is compared with the content.
    pub fn read(path: &Path, mut source: Box<dyn Source>, options: &Options) -> Result<Self, IntakeError> {
        let failed = |source| IntakeError::Read { file: path.to_owned(), source };
        let mut head = Vec::new();
        source.by_ref().take(kind::HEAD).read_to_end(&mut head).map_err(failed)?;
        let length = source.seek(SeekFrom::End(0)).map_err(failed)?;
        source.seek(SeekFrom::Start(0)).map_err(failed)?;
        let kind = kind::kind(&head);
        if matches!(kind, Kind::Zip | Kind::Compound | Kind::Records) && length > WORKBOOK_BYTES_MAX {
            return Err(IntakeError::TooLarge { file: path.to_owned(), limit: "64 MiB" });
        }
        let mut notes = Vec::new();
        let sheet = options.sheet.as_deref();
        let (format, rows) = match kind {
            Kind::Other(what) => return Err(IntakeError::Binary { file: path.to_owned(), what }),
            Kind::Zip => package::open(path, source, sheet, &mut notes)?,
            Kind::Compound => compound::open(path, source, sheet, &mut notes)?,
            Kind::Records => biff::open_bare(path, source, sheet, &mut notes)?,
            Kind::Text => text(path, source, options, &mut notes)?,
        };
        notes.extend(misnamed(path, &format));
        Self::headed(path, format, rows, notes)
    }

    /// The same options with the encoding that was found, so that opening the file again needs no second look.
    pub fn again(&self, options: &Options) -> Options {
        let encoding = match &self.format {
            Format::Csv { encoding, .. } => Some(*encoding),
            _ => options.encoding,
        };
        Options { sheet: options.sheet.clone(), encoding }
    }

    /// Finds the header among the first rows.
    fn headed(
        path: &Path,
        format: Format,
        mut rows: Rows,
        mut notes: Vec<String>,
    ) -> Result<Self, IntakeError> {
        let mut first = Vec::new();
        let mut failure = None;
        while first.len() < header::TITLE_ROWS {
            match rows.next() {
                None => break,
                Some(Ok(row)) if row.is_blank() => {}
                Some(Ok(row)) => first.push(row),
                Some(Err(error)) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        if first.is_empty() {
            return Err(failure.unwrap_or_else(|| IntakeError::Empty { file: path.to_owned() }));
        }
        let place = header::place(&first);
        let mut held = first.into_iter();
        let Some(top) = held.nth(place) else { return Err(IntakeError::Empty { file: path.to_owned() }) };
        let line = if top.line == 0 { top.number } else { top.line };
        if let Some(fault) = &top.fault {
            let file = path.to_owned();
            return Err(match fault {
                Fault::Quote { .. } => IntakeError::EndlessRow { file, line },
                Fault::Encoding => IntakeError::Encoding { file, line },
                Fault::Nul => IntakeError::Nul { file, line },
                Fault::Cell { .. } | Fault::Row { .. } | Fault::Columns { .. } => {
                    IntakeError::Header { file, line }
                }
            });
        }
        let names = top.clean();
        if let Some(cell) = header::data(&names) {
            return Err(IntakeError::NoHeader { file: path.to_owned(), line, cell });
        }
        if place > 0 {
            notes.push(format!(
                "the column names are in row {}; what stands above them was passed over",
                top.number
            ));
        }
        let headers = header::named(names.clone());
        Ok(Self { format, headers, notes, file: path.to_owned(), names, held, rows, failure })
    }

    /// Checks a row's width and its cells' sizes.
    fn checked(&self, raw: RawRow) -> Result<Row, Reject> {
        let RawRow { number, line, mut cells, fault } = raw;
        let expected = self.headers.len();
        let place = match line {
            0 => String::new(),
            line => format!("{}:{line}: ", self.file.file_name().unwrap_or_default().to_string_lossy()),
        };
        let cells = match fault {
            None => cells,
            Some(Fault::Quote { mended: Some(mended) }) if mended.len() == expected => mended,
            Some(fault) => {
                let reason = format!("{place}{}", self.told(&fault));
                cells.truncate(COLUMNS_MAX);
                cells.iter_mut().for_each(cut_short);
                return Err(Reject { row: number, reason, cells });
            }
        };
        let refused =
            |reason: &str, cells| Err(Reject { row: number, reason: format!("{place}{reason}"), cells });
        if cells.iter().map(|cell| clean(cell)).eq(self.names.iter().map(String::as_str)) {
            return refused("the column names once more; nothing is lost", cells);
        }
        let found = cells.len();
        // Spreadsheets leave cells at a row's end unwritten and separators behind it; in text a short row has
        // lost something.
        let spare_are_blank = cells.iter().skip(expected).all(|cell| cell.trim().is_empty());
        let short = found < expected && matches!(self.format, Format::Csv { .. });
        if short || !spare_are_blank {
            let reason = format!(
                "{found} cells where the header has {expected}; check quotes and separators in the row"
            );
            return refused(&reason, cells);
        }
        let mut cells = cells;
        cells.resize(expected, String::new());
        Ok(Row { number, cells })
    }

    fn told(&self, fault: &Fault) -> String {
        match fault {
            Fault::Quote { .. } => {
                "a quote (\") in this row is never closed, or not doubled inside a cell; the next line was read on its own"
                    .to_owned()
            }
            Fault::Encoding => {
                let encoding = match &self.format {
                    Format::Csv { encoding, .. } => encoding.to_string(),
                    _ => "the file's encoding".to_owned(),
                };
                format!("bytes that are no text in {encoding}; mend the characters shown as \u{FFFD}")
            }
            Fault::Nul => "a NUL byte inside a cell: something was lost there; write it again".to_owned(),
            Fault::Cell { column, bytes } => {
                let name = self.headers.get(*column).map_or("past the last column", String::as_str);
                format!("the cell '{name}' has {bytes} bytes, more than 64 KiB; a quote (\") may not be closed")
            }
            Fault::Row { bytes } => format!("the row has {bytes} bytes, more than 8 MiB; is it a list at all?"),
            Fault::Columns { cells } => format!("{cells} cells in one row, more than any list has columns"),
        }
    }
}

impl Iterator for Table {
    type Item = Result<Result<Row, Reject>, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let raw = match self.held.next() {
                Some(raw) => raw,
                None => match self.failure.take() {
                    Some(failure) => return Some(Err(failure)),
                    None => match self.rows.next()? {
                        Ok(raw) => raw,
                        Err(error) => return Some(Err(error)),
                    },
                },
            };
            if !raw.is_blank() {
                return Some(Ok(self.checked(raw)));
            }
        }
    }
}

/// Opens a regular file, refusing directories and devices by name.
fn open_file(path: &Path) -> Result<File, IntakeError> {
    let read = |source| IntakeError::Read { file: path.to_owned(), source };
    // Asked before opening: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path).map_err(read)?;
    if metadata.is_dir() {
        return Err(IntakeError::NotAFile { file: path.to_owned(), what: "a directory" });
    }
    if !metadata.is_file() {
        return Err(IntakeError::NotAFile { file: path.to_owned(), what: "a device or pipe" });
    }
    File::open(path).map_err(read)
}

/// Opens text: delimited, or a page with tables.
fn text(
    path: &Path,
    mut source: Box<dyn Source>,
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    let found = encoding::judge(path, source.as_mut(), options.encoding)?;
    source.seek(SeekFrom::Start(0)).map_err(|source| IntakeError::Read { file: path.to_owned(), source })?;
    if found.assumed() {
        notes.push(format!("the text was taken for {found}, which it looks like; --encoding names another"));
    }
    let mut decoded = Decoded::new(source, found);
    let sample = delimited::sample(path, &mut decoded)?;
    let beginning = String::from_utf8_lossy(&sample);
    let beginning = beginning.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if let Some(what) = kind::other_text(beginning) {
        return Err(IntakeError::Binary { file: path.to_owned(), what });
    }
    if kind::is_markup(beginning) {
        let beginning = beginning.to_owned();
        let text = std::io::Cursor::new(sample).chain(decoded);
        return page::open(path, &beginning, text, (options.sheet.as_deref(), notes));
    }
    Ok(delimited::rows(path, found, sample, decoded))
}

/// What to say of a file whose name promises another kind.
fn misnamed(path: &Path, format: &Format) -> Option<String> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    let (what, endings): (_, &[&str]) = match format {
        Format::Csv { .. } => ("delimited text", &["csv", "tsv", "txt", "tab", "psv", "dat"]),
        Format::Xlsx { .. } => ("an XLSX workbook", &["xlsx", "xlsm", "et"]),
        Format::Xls { .. } => ("an old Excel workbook", &["xls", "et"]),
        Format::Ods { .. } => ("an OpenDocument workbook", &["ods"]),
        Format::Html => ("a web page", &["html", "htm"]),
        Format::Xml { .. } => ("an XML workbook", &["xml"]),
    };
    let known =
        ["csv", "tsv", "txt", "tab", "psv", "dat", "xlsx", "xlsm", "et", "xls", "ods", "html", "htm", "xml"];
    (known.contains(&ending.as_str()) && !endings.contains(&ending.as_str()))
        .then(|| format!("the name ends in .{ending}, the content is {what}; it was read as that"))
}

/// Cells as they are compared: clean text.
fn clean_cells<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    cells.map(|cell| clean(&String::from_utf8_lossy(cell)).into_owned()).collect()
}

/// Cuts an over-long cell down to what a rejects file can show.
fn cut_short(cell: &mut String) {
    if cell.len() > CELL_BYTES_MAX {
        *cell = cell.chars().take(200).chain("…".chars()).collect();
    }
}
