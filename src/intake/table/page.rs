//! Tables of web pages and XML workbooks, which many office systems save under the name of a workbook.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::grid::Sheets;
use super::markup::{Markup, Token, attribute};
use super::{CELL_BYTES_MAX, COLUMNS_MAX, Fault, Format, RawRow, Rows};
use crate::intake::IntakeError;

/// What XML workbooks name in their first lines.
const XML_WORKBOOK: &str = "urn:schemas-microsoft-com:office:spreadsheet";
/// The most rows a cell may reach over.
const ROWSPAN_MAX: u64 = 65_536;

/// Reads marked-up text whose beginning is `beginning`: an XML workbook, or else the tables of a page.
pub(super) fn open(
    path: &Path,
    beginning: &str,
    text: impl Read + Send + 'static,
    (sheet, notes): (Option<&str>, &mut Vec<String>),
) -> Result<(Format, Rows), IntakeError> {
    let markup = Markup::new(text);
    if beginning.contains(XML_WORKBOOK) {
        return xml(path, markup, sheet, notes);
    }
    let mut page = Page {
        markup,
        file: path.to_owned(),
        number: 0,
        row: None,
        cell: None,
        reaching: Vec::new(),
        ended: false,
    };
    match page.next() {
        None => Err(IntakeError::Binary { file: path.to_owned(), what: "a page without a table" }),
        Some(first) => Ok((Format::Html, Box::new(std::iter::once(first).chain(page)))),
    }
}

/// The rows of all tables of a page, one after the other; of tables in tables, the inner ones.
struct Page<R> {
    markup: Markup<R>,
    file: PathBuf,
    number: u64,
    row: Option<Vec<Text>>,
    cell: Option<Open>,
    /// Cells that reach into the rows below: their column, for how many rows yet, their text.
    reaching: Vec<(usize, u64, String)>,
    ended: bool,
}

/// A cell's text, as much of it as is kept, and how long it was.
#[derive(Default)]
struct Text {
    kept: String,
    bytes: usize,
}

struct Open {
    text: Text,
    columns: usize,
    rows: u64,
    /// The exact number, where the page has one beside what it shows.
    exact: Option<String>,
}

impl<R: Read> Iterator for Page<R> {
    type Item = Result<RawRow, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let row = match self.markup.next() {
                Ok(Some(token)) => self.take(token),
                Ok(None) => {
                    self.ended = true;
                    self.finish()
                }
                Err(source) => {
                    self.ended = true;
                    return Some(Err(IntakeError::Read { file: self.file.clone(), source }));
                }
            };
            if let Some(row) = row {
                return Some(Ok(row));
            }
        }
        None
    }
}

impl<R> Page<R> {
    /// Takes a piece of the page in; answers with the row that it ends.
    fn take(&mut self, token: Token) -> Option<RawRow> {
        match token {
            Token::Text(text) => {
                if let Some(cell) = &mut self.cell {
                    cell.text.add(&text.replace(['\n', '\r', '\t'], " "));
                }
                None
            }
            Token::Open { name, attributes, .. } => match name.as_str() {
                "table" => {
                    // What stood before an inner table in an outer one's cell is layout.
                    (self.row, self.cell) = (None, None);
                    self.reaching.clear();
                    None
                }
                "tr" => {
                    let before = self.finish();
                    self.row = Some(Vec::new());
                    before
                }
                "td" | "th" => {
                    self.close_cell();
                    let span = |name| {
                        attribute(&attributes, name).and_then(|n| n.trim().parse::<u64>().ok()).unwrap_or(1)
                    };
                    let columns =
                        usize::try_from(span("colspan")).unwrap_or(COLUMNS_MAX).clamp(1, COLUMNS_MAX);
                    let rows = span("rowspan").clamp(1, ROWSPAN_MAX);
                    let exact = attribute(&attributes, "x:num").filter(|number| !number.is_empty());
                    self.cell = Some(Open { text: Text::default(), columns, rows, exact });
                    None
                }
                "br" | "p" | "div" | "li" => {
                    if let Some(cell) = &mut self.cell {
                        cell.text.line_break();
                    }
                    None
                }
                _ => None,
            },
            Token::Close { name } => match name.as_str() {
                "td" | "th" => {
                    self.close_cell();
                    None
                }
                "tr" | "table" => self.finish(),
                _ => None,
            },
        }
    }

    fn close_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        // Some write cells without a row around them.
        let row = self.row.get_or_insert_default();
        fill(row, &mut self.reaching);
        let text = cell.text.squeezed(cell.exact);
        if cell.rows > 1 && self.reaching.len() < COLUMNS_MAX {
            self.reaching.push((row.len(), cell.rows - 1, text.kept.clone()));
        }
        row.push(text);
        let spare = (cell.columns - 1).min(COLUMNS_MAX.saturating_sub(row.len()));
        row.extend(std::iter::repeat_with(Text::default).take(spare));
    }

    /// Ends the row that is open.
    fn finish(&mut self) -> Option<RawRow> {
        self.close_cell();
        let mut row = self.row.take()?;
        self.number += 1;
        fill(&mut row, &mut self.reaching);
        let long = row.iter().position(|cell| cell.bytes > CELL_BYTES_MAX);
        let fault = match (long, row.len()) {
            (_, cells) if cells > COLUMNS_MAX => Some(Fault::Columns { cells }),
            (Some(column), _) => row.get(column).map(|cell| Fault::Cell { column, bytes: cell.bytes as u64 }),
            _ => None,
        };
        let cells = row.into_iter().map(|cell| cell.kept).collect();
        Some(RawRow { fault, ..RawRow::new(self.number, cells) })
    }
}

/// Puts in the cells that reach down from above where the row has come to their columns.
fn fill(row: &mut Vec<Text>, reaching: &mut Vec<(usize, u64, String)>) {
    while let Some(place) = reaching.iter().position(|(column, _, _)| *column == row.len()) {
        // A cell of this row that reaches down stands in its own column already, so it is not found here.
        let Some((_, left, text)) = reaching.get_mut(place) else { return };
        row.push(Text { bytes: text.len(), kept: text.clone() });
        *left -= 1;
        if *left == 0 {
            reaching.swap_remove(place);
        }
    }
}

impl Text {
    fn add(&mut self, text: &str) {
        self.bytes += text.len();
        // One more than may be, so that it is too long as well.
        let room = (CELL_BYTES_MAX + 1).saturating_sub(self.kept.len());
        let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.kept.push_str(text.get(..end).unwrap_or_default());
    }

    fn line_break(&mut self) {
        if !self.kept.trim().is_empty() {
            self.add("\n");
        }
    }

    /// The text as a page shows it: blanks in a row are one, lines have none at their ends.
    fn squeezed(self, exact: Option<String>) -> Self {
        let lines = self.kept.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let shown = lines.collect::<Vec<_>>().join("\n").trim().to_owned();
        let kept = exact.filter(|_| shown.contains(['E', 'e'])).unwrap_or(shown);
        Self { kept, ..self }
    }
}

/// Reads one sheet of an XML workbook: the one named, or the first that has text.
fn xml(
    path: &Path,
    mut markup: Markup<impl Read>,
    sheet: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    let mut sheets = Sheets::new(path, sheet);
    let (mut row, mut column) = (0_u64, 0_usize);
    // Within the data of a cell, and within a comment, whose data is none of the list's.
    let (mut data, mut remark): (Option<String>, bool) = (None, false);
    let failed = |source| IntakeError::Read { file: path.to_owned(), source };
    while let Some(token) = markup.next().map_err(failed)? {
        match token {
            Token::Text(text) => {
                if let Some(data) = &mut data
                    && data.len() <= CELL_BYTES_MAX
                {
                    data.push_str(&text);
                }
            }
            Token::Open { name, attributes, empty } => {
                let index =
                    || attribute(&attributes, "ss:Index").and_then(|index| index.trim().parse::<u64>().ok());
                match name.rsplit(':').next().unwrap_or_default() {
                    "worksheet" => {
                        sheets.begin(attribute(&attributes, "ss:Name").unwrap_or_default());
                        row = 0;
                    }
                    "row" => {
                        row = index().filter(|index| *index > row).unwrap_or(row + 1);
                        column = 0;
                    }
                    "cell" => {
                        let index = index().and_then(|index| usize::try_from(index).ok());
                        column = index.filter(|index| *index > column).unwrap_or(column + 1);
                    }
                    "comment" => remark = !empty,
                    "data" if !remark && !empty => data = Some(String::new()),
                    _ => {}
                }
            }
            Token::Close { name } => match name.rsplit(':').next().unwrap_or_default() {
                "comment" => remark = false,
                "data" => {
                    if let Some(text) = data.take() {
                        sheets.put((row.saturating_sub(1), column.saturating_sub(1)), &text)?;
                    }
                }
                _ => {}
            },
        }
    }
    sheets.finish(notes).map(|(sheet, rows)| (Format::Xml { sheet }, rows))
}
