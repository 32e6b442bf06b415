//! Rows of a workbook's sheet.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::super::IntakeError;
use super::super::encoding::open_file;
use super::{Format, RawRow, Rows};

/// The largest workbook file: it is unpacked in memory as a whole.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most columns a list may have; a cell far to the right would make every row as wide.
const COLUMNS_MAX: usize = 1_024;
/// The most text that the cells may have together.
const TEXT_BYTES_MAX: usize = 512 * 1024 * 1024;
/// A float below this is exact to the unit; what is above was rounded by the spreadsheet.
const EXACT_BELOW: f64 = 1e15;
/// In so many rows above the list the titles of a sheet are looked for.
const TITLE_ROWS: usize = 10;

/// Opens a workbook and reads one sheet, the first if none is named.
///
/// Titles above the list (rows with one cell only) are passed over.
pub(super) fn open(path: &Path, sheet: Option<&str>) -> Result<(Format, Rows), IntakeError> {
    let file = open_file(path)?;
    let length = file.metadata().map_err(|source| IntakeError::Read { file: path.to_owned(), source })?.len();
    if length > FILE_BYTES_MAX {
        return Err(IntakeError::TooLarge { file: path.to_owned(), limit: "64 MiB" });
    }
    let mut workbook: Xlsx<BufReader<File>> =
        Xlsx::new(BufReader::new(file)).map_err(|error| bad(path, &error))?;
    let names = workbook.sheet_names();
    let sheet = match sheet {
        None => names.first().cloned().ok_or_else(|| IntakeError::Empty { file: path.to_owned() })?,
        Some(wanted) => names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| {
            let sheets = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
            IntakeError::NoSheet { file: path.to_owned(), sheet: wanted.to_owned(), sheets }
        })?,
    };
    let mut rows = cells(path, &mut workbook, &sheet)?;
    let filled = |row: &RawRow| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let header = rows.iter().take(TITLE_ROWS).position(|row| filled(row) > 1);
    rows.drain(..header.unwrap_or(0));
    Ok((Format::Xlsx { sheet }, Box::new(rows.into_iter().map(Ok))))
}

/// Reads the cells there are, row by row; a sheet's claimed size is not believed.
fn cells(path: &Path, workbook: &mut Xlsx<BufReader<File>>, sheet: &str) -> Result<Vec<RawRow>, IntakeError> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| bad(path, &error))?;
    let mut rows: Vec<RawRow> = Vec::new();
    let mut bytes = 0;
    while let Some(cell) = reader.next_cell().map_err(|error| bad(path, &error))? {
        let (row, column) = cell.get_position();
        let text = written(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS_MAX {
            return Err(IntakeError::TooLarge { file: path.to_owned(), limit: "1,024 columns" });
        }
        bytes += text.len();
        if bytes > TEXT_BYTES_MAX {
            return Err(IntakeError::TooLarge { file: path.to_owned(), limit: "512 MiB of text" });
        }
        let number = u64::from(row) + 1;
        if rows.last().is_none_or(|last| last.number != number) {
            rows.push(RawRow { number, line: 0, cells: Vec::new(), unclosed: false });
        }
        let Some(last) = rows.last_mut() else { continue };
        if last.cells.len() <= column {
            last.cells.resize(column + 1, String::new());
        }
        if let Some(place) = last.cells.get_mut(column) {
            *place = text;
        }
    }
    Ok(rows)
}

fn bad(path: &Path, error: &calamine::XlsxError) -> IntakeError {
    IntakeError::Workbook { file: path.to_owned(), reason: error.to_string() }
}

/// A cell's value as text: whole numbers without exponent, days and times in ISO 8601.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < EXACT_BELOW => {
            format!("{number:.0}")
        }
        // Written with its exponent, so that whoever reads a number out of it sees that digits are lost.
        DataRef::Float(number) if number.abs() >= EXACT_BELOW => format!("{number:E}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(time) => dated(*time),
        DataRef::Error(error) => error.to_string(),
    }
}

fn dated(time: ExcelDateTime) -> String {
    if time.is_duration() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}
