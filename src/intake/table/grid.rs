//! The cells of a sheet that is held in memory: those that have text, and a limit to what they take.

use std::iter::Peekable;
use std::path::Path;
use std::vec;

use super::{COLUMNS_MAX, RawRow, Rows};
use crate::intake::IntakeError;

/// The most that the cells of a sheet may take together.
const BYTES_MAX: usize = 512 * 1024 * 1024;
/// What a cell takes beside its text.
const CELL_BYTES: usize = 48;

/// A sheet as it is read.
#[derive(Debug, Default)]
pub(super) struct Grid {
    cells: Vec<Cell>,
    bytes: usize,
}

/// A row and a column, from 0, and the text there.
type Cell = (u64, usize, Box<str>);

impl Grid {
    /// Puts a text into a cell; rows and columns from 0, an empty text takes no place.
    ///
    /// # Errors
    /// [`IntakeError::TooLarge`] for a cell far to the right, and when the cells together take too much.
    pub(super) fn put(
        &mut self,
        path: &Path,
        (row, column): (u64, usize),
        text: &str,
    ) -> Result<(), IntakeError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let too_large = |limit| IntakeError::TooLarge { file: path.to_owned(), limit };
        if column >= COLUMNS_MAX {
            return Err(too_large("1,024 columns"));
        }
        self.bytes += text.len() + CELL_BYTES;
        if self.bytes > BYTES_MAX {
            return Err(too_large("512 MiB of cells"));
        }
        self.cells.push((row, column, text.into()));
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The rows in their order, each as wide as its last cell.
    pub(super) fn into_rows(mut self) -> Rows {
        self.cells.sort_by_key(|(row, _, _)| *row);
        Box::new(Ordered { cells: self.cells.into_iter().peekable() })
    }
}

struct Ordered {
    cells: Peekable<vec::IntoIter<Cell>>,
}

impl Iterator for Ordered {
    type Item = Result<RawRow, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.cells.peek()?.0;
        let mut cells = Vec::new();
        while let Some((_, column, text)) = self.cells.next_if(|(next, _, _)| *next == row) {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(place) = cells.get_mut(column) {
                *place = text.into();
            }
        }
        Some(Ok(RawRow::sized(row + 1, cells)))
    }
}

/// The sheet that is wanted, by name or by number from 1, or all of them in order where none is named.
///
/// # Errors
/// [`IntakeError::NoSheet`] with the names there are.
pub(super) fn wanted(path: &Path, names: &[String], sheet: Option<&str>) -> Result<Vec<usize>, IntakeError> {
    let Some(wanted) = sheet else { return Ok((0..names.len()).collect()) };
    let by_name = names.iter().position(|name| name == wanted);
    let numbered = || wanted.parse::<usize>().ok()?.checked_sub(1).filter(|number| *number < names.len());
    by_name.or_else(numbered).map(|place| vec![place]).ok_or_else(|| {
        let sheets = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        IntakeError::NoSheet { file: path.to_owned(), sheet: wanted.to_owned(), sheets }
    })
}

/// The sheets of a document that is read from beginning to end: of all of them only the wanted one is kept.
pub(super) struct Sheets<'p> {
    path: &'p Path,
    sheet: Option<&'p str>,
    names: Vec<String>,
    /// The sheet that is kept, and its place.
    kept: Option<(usize, Grid)>,
    /// Whether what comes now belongs to it.
    open: bool,
}

impl<'p> Sheets<'p> {
    pub(super) fn new(path: &'p Path, sheet: Option<&'p str>) -> Self {
        Self { path, sheet, names: Vec::new(), kept: None, open: false }
    }

    /// Begins the next sheet.
    pub(super) fn begin(&mut self, name: String) {
        let number = (self.names.len() + 1).to_string();
        let has_text = self.kept.as_ref().is_some_and(|(_, grid)| !grid.is_empty());
        self.open = match self.sheet {
            None => !has_text,
            Some(wanted) => name == wanted || (number == wanted && self.kept.is_none()),
        };
        if self.open {
            self.kept = Some((self.names.len(), Grid::default()));
        }
        self.names.push(name);
    }

    /// Puts a text into a cell of the sheet that was begun last.
    pub(super) fn put(&mut self, place: (u64, usize), text: &str) -> Result<(), IntakeError> {
        match &mut self.kept {
            Some((_, grid)) if self.open => grid.put(self.path, place, text),
            _ => Ok(()),
        }
    }

    /// The name and the rows of the sheet that is wanted.
    pub(super) fn finish(self, notes: &mut Vec<String>) -> Result<(String, Rows), IntakeError> {
        // Only to refuse a name that is none of theirs.
        wanted(self.path, &self.names, self.sheet)?;
        match self.kept {
            Some((place, grid)) if !grid.is_empty() => {
                notes.extend(chosen(&self.names, place, self.sheet));
                Ok((self.names.into_iter().nth(place).unwrap_or_default(), grid.into_rows()))
            }
            _ => Err(IntakeError::Empty { file: self.path.to_owned() }),
        }
    }
}

/// What to say where one of several sheets was taken without being asked for.
pub(super) fn chosen(names: &[String], place: usize, sheet: Option<&str>) -> Option<String> {
    let name = names.get(place)?;
    (names.len() > 1 && sheet.is_none()).then(|| {
        format!("of {} sheets '{name}' was read, the first with text; --sheet names another", names.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_out_in_order_whatever_order_they_went_in() {
        let mut grid = Grid::default();
        for (place, text) in [((3, 1), "d"), ((0, 0), "a"), ((3, 0), "c"), ((0, 2), "b"), ((1, 0), "  ")] {
            grid.put(Path::new("x"), place, text).unwrap();
        }
        let rows: Vec<_> =
            grid.into_rows().map(|row| row.unwrap()).map(|row| (row.number, row.cells)).collect();
        assert_eq!(
            rows,
            [(1, vec!["a".into(), String::new(), "b".into()]), (4, vec!["c".into(), "d".into()])]
        );
    }

    #[test]
    fn a_cell_far_to_the_right_is_refused() {
        assert!(Grid::default().put(Path::new("x"), (0, COLUMNS_MAX), "x").is_err());
    }

    #[test]
    fn a_sheet_is_known_by_name_before_number() {
        let names = ["2".to_owned(), "一".into()];
        assert_eq!(wanted(Path::new("x"), &names, Some("2")).unwrap(), [0]);
        assert_eq!(wanted(Path::new("x"), &names, Some("一")).unwrap(), [1]);
        assert_eq!(wanted(Path::new("x"), &names, Some("1")).unwrap(), [0]);
        assert_eq!(wanted(Path::new("x"), &names, None).unwrap(), [0, 1]);
        assert!(wanted(Path::new("x"), &names, Some("0")).is_err());
        assert!(wanted(Path::new("x"), &names, Some("3")).is_err());
    }
}
