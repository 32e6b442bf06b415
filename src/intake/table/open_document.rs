//! Rows of an `OpenDocument` workbook's sheet.

use std::io::{self, Read as _};
use std::path::Path;

use zip::ZipArchive;

use super::grid::Sheets;
use super::markup::{Markup, Token, attribute};
use super::serial::number;
use super::{CELL_BYTES_MAX, COLUMNS_MAX, Format, Rows};
use crate::intake::IntakeError;
use crate::intake::source::Source;

/// The kind of document that has sheets.
const SPREADSHEET: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
/// The most rows a sheet has.
const ROWS_MAX: u64 = 1_048_576;

/// Opens a document and reads one sheet: the one named, or the first that has text.
pub(super) fn open(
    path: &Path,
    mut archive: ZipArchive<Box<dyn Source>>,
    sheet: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    let bad = |reason: String| IntakeError::Workbook { file: path.to_owned(), reason };
    let kind = part(&mut archive, "mimetype", 128).map_err(|error| bad(error.to_string()))?;
    if !kind.starts_with(SPREADSHEET) {
        return Err(IntakeError::Binary {
            file: path.to_owned(),
            what: "a text document or a package without sheets",
        });
    }
    let manifest = part(&mut archive, "META-INF/manifest.xml", 1 << 20).unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(IntakeError::Password { file: path.to_owned() });
    }
    let content = archive.by_name("content.xml").map_err(|error| bad(error.to_string()))?;
    let mut reading =
        Reading { path, sheets: Sheets::new(path, sheet), row: 0, rows: 1, column: 0, cell: None, remark: 0 };
    let mut markup = Markup::new(content);
    let failed = |source| IntakeError::Read { file: path.to_owned(), source };
    while let Some(token) = markup.next().map_err(failed)? {
        match token {
            Token::Text(text) => reading.text(&text),
            Token::Open { name, attributes, empty } => {
                reading.open(&name, &attributes);
                if empty {
                    reading.close(&name)?;
                }
            }
            Token::Close { name } => reading.close(&name)?,
        }
    }
    reading.sheets.finish(notes).map(|(sheet, rows)| (Format::Ods { sheet }, rows))
}

fn part(archive: &mut ZipArchive<Box<dyn Source>>, name: &str, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    archive.by_name(name).map_err(io::Error::other)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What has been read of the content.
struct Reading<'p> {
    path: &'p Path,
    sheets: Sheets<'p>,
    /// The row that is open, from 0, and how often it is there.
    row: u64,
    rows: u64,
    column: usize,
    cell: Option<Cell>,
    /// Inside how many remarks on cells.
    remark: usize,
}

#[derive(Default)]
struct Cell {
    /// The value, where it is no text.
    value: Option<String>,
    text: String,
    paragraphs: usize,
    columns: usize,
}

impl Reading<'_> {
    fn text(&mut self, text: &str) {
        if let (Some(cell), 0) = (&mut self.cell, self.remark)
            && cell.paragraphs > 0
            && cell.text.len() <= CELL_BYTES_MAX
        {
            cell.text.push_str(text);
        }
    }

    fn open(&mut self, name: &str, attributes: &str) {
        let count = |name| {
            attribute(attributes, name).and_then(|count| count.trim().parse::<u64>().ok()).unwrap_or(1)
        };
        match name {
            "table:table" => {
                self.sheets.begin(attribute(attributes, "table:name").unwrap_or_default());
                (self.row, self.rows) = (0, 0);
            }
            "table:table-row" => {
                self.rows = count("table:number-rows-repeated").clamp(1, ROWS_MAX);
                self.column = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let columns = count("table:number-columns-repeated").max(1);
                let columns = usize::try_from(columns).unwrap_or(usize::MAX);
                self.cell = Some(Cell { value: value(attributes), columns, ..Cell::default() });
            }
            "office:annotation" => self.remark += 1,
            "text:p" => {
                if let (Some(cell), 0) = (&mut self.cell, self.remark) {
                    if cell.paragraphs > 0 {
                        cell.text.push('\n');
                    }
                    cell.paragraphs += 1;
                }
            }
            "text:s" => {
                let blanks = usize::try_from(count("text:c")).unwrap_or(1).min(100);
                self.text(&" ".repeat(blanks));
            }
            "text:tab" => self.text("\t"),
            "text:line-break" => self.text("\n"),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) -> Result<(), IntakeError> {
        match name {
            "office:annotation" => self.remark = self.remark.saturating_sub(1),
            "table:table-cell" | "table:covered-table-cell" => {
                let Some(cell) = self.cell.take() else { return Ok(()) };
                let text = cell.value.unwrap_or(cell.text);
                // A text that is repeated far to the right or down is formatting; empty cells take no place.
                if !text.trim().is_empty() {
                    for row in 0..self.rows {
                        for column in (self.column..).take(cell.columns.min(COLUMNS_MAX + 1)) {
                            self.sheets.put((self.row + row, column), &text)?;
                        }
                    }
                }
                self.column = self.column.saturating_add(cell.columns);
            }
            "table:table-row" => {
                self.row = self.row.saturating_add(self.rows);
                if self.row > ROWS_MAX * 2 {
                    return Err(IntakeError::TooLarge {
                        file: self.path.to_owned(),
                        limit: "1,048,576 rows",
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The exact value of a cell that shows a number, a day or a truth.
fn value(attributes: &str) -> Option<String> {
    match attribute(attributes, "office:value-type")?.as_str() {
        "float" | "currency" => {
            let text = attribute(attributes, "office:value")?;
            Some(text.parse::<f64>().map_or(text, number))
        }
        "date" => attribute(attributes, "office:date-value"),
        "boolean" => attribute(attributes, "office:boolean-value"),
        _ => None,
    }
}
