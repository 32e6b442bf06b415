//! Rows of an XLSX workbook's sheet.

use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::grid::{self, Grid};
use super::serial::number;
use super::{Format, Rows};
use crate::intake::IntakeError;
use crate::intake::source::Source;

type Workbook = Xlsx<BufReader<Box<dyn Source>>>;

/// Opens a workbook and reads one sheet: the one named, or the first that has text and is not hidden.
pub(super) fn open(
    path: &Path,
    source: Box<dyn Source>,
    sheet: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    let mut workbook: Workbook = Xlsx::new(BufReader::new(source)).map_err(|error| bad(path, &error))?;
    let shown = |visible: SheetVisible| sheet.is_some() || visible == SheetVisible::Visible;
    let sheets = workbook.sheets_metadata().iter();
    let names: Vec<String> = sheets
        .filter(|found| found.typ == SheetType::WorkSheet && shown(found.visible))
        .map(|found| found.name.clone())
        .collect();
    for place in grid::wanted(path, &names, sheet)? {
        let Some(name) = names.get(place) else { continue };
        let grid = cells(path, &mut workbook, name)?;
        if !grid.is_empty() {
            notes.extend(grid::chosen(&names, place, sheet));
            return Ok((Format::Xlsx { sheet: name.clone() }, grid.into_rows()));
        }
    }
    Err(IntakeError::Empty { file: path.to_owned() })
}

/// Reads the cells there are; a sheet's claimed size is not believed.
fn cells(path: &Path, workbook: &mut Workbook, sheet: &str) -> Result<Grid, IntakeError> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| bad(path, &error))?;
    let mut grid = Grid::default();
    while let Some(cell) = reader.next_cell().map_err(|error| bad(path, &error))? {
        let (row, column) = cell.get_position();
        let place = (u64::from(row), usize::try_from(column).unwrap_or(usize::MAX));
        match cell.get_value() {
            DataRef::Empty => {}
            DataRef::SharedString(text) => grid.put(path, place, text)?,
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                grid.put(path, place, text)?;
            }
            DataRef::Int(number) => grid.put(path, place, &number.to_string())?,
            DataRef::Float(float) => grid.put(path, place, &number(*float))?,
            DataRef::Bool(truth) => grid.put(path, place, &truth.to_string())?,
            DataRef::DateTime(time) if time.is_duration() => grid.put(path, place, &number(time.as_f64()))?,
            DataRef::DateTime(time) => grid.put(path, place, &dated(*time))?,
            DataRef::Error(error) => grid.put(path, place, &error.to_string())?,
        }
    }
    Ok(grid)
}

/// A day, or a day and time, in ISO 8601.
fn dated(time: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

fn bad(path: &Path, error: &XlsxError) -> IntakeError {
    match error {
        XlsxError::Password => IntakeError::Password { file: path.to_owned() },
        error => IntakeError::Workbook { file: path.to_owned(), reason: error.to_string() },
    }
}
