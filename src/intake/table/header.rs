//! Finds the row of column names.

use std::collections::{HashMap, HashSet};

use super::RawRow;
use crate::intake::mapping::is_known_header;

/// In so many rows with text the column names are looked for.
pub(super) const TITLE_ROWS: usize = 10;
/// A cell with so many digits is data.
const DIGITS_MAX: usize = 5;

/// How many of the cells are names of columns that are known.
pub(super) fn known(cells: &[String]) -> usize {
    cells.iter().filter(|cell| is_known_header(cell)).count()
}

/// Says which of the first rows has the column names.
///
/// It is the first with more than one cell, as titles have one; where that one has no two known names, a later one
/// that has, and no numbers. A list of one column has its name in its first row, or in the first that is known.
pub(super) fn place(rows: &[RawRow]) -> usize {
    let filled = |row: &RawRow| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let first = rows.iter().position(|row| filled(row) > 1);
    let Some(first) = first else {
        return rows.iter().position(|row| known(&row.clean()) > 0).unwrap_or(0);
    };
    let names = |row: &RawRow| {
        let cells = row.clean();
        if cells.iter().any(|cell| is_data(cell)) { 0 } else { known(&cells) }
    };
    if rows.get(first).is_some_and(|row| names(row) > 1) {
        return first;
    }
    rows.iter().position(|row| names(row) > 1).unwrap_or(first)
}

/// The cell that shows that a row is data: it is a number to call and no name of a column is known.
pub(super) fn data(cells: &[String]) -> Option<String> {
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
pub(super) fn named(mut cells: Vec<String>) -> Vec<String> {
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    let mut taken: HashSet<String> = HashSet::with_capacity(cells.len());
    // Hundreds of columns may have one name: each goes on where the one before it left off.
    let mut again: HashMap<String, usize> = HashMap::new();
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.into_iter().enumerate() {
        let base = if cell.is_empty() { format!("column {}", index + 1) } else { cell };
        let count = again.entry(base.clone()).or_insert(1);
        let mut name = base.clone();
        while taken.contains(&name) {
            *count += 1;
            name = format!("{base} ({count})");
        }
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

fn is_data(cell: &str) -> bool {
    cell.chars().filter(char::is_ascii_digit).count() >= DIGITS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(texts: &[&[&str]]) -> Vec<RawRow> {
        let row = |cells: &&[&str]| RawRow::new(1, cells.iter().map(ToString::to_string).collect());
        texts.iter().map(row).collect()
    }

    #[test]
    fn titles_above_the_names_are_passed_over() {
        assert_eq!(place(&rows(&[&["客户名单", ""], &["姓名", "手机"], &["王", "138"]])), 1);
        assert_eq!(place(&rows(&[&["导出人", "王芳"], &["姓名", "手机"]])), 1);
        assert_eq!(place(&rows(&[&["家长", "", "孩子"], &["姓名", "手机", "年级"]])), 1);
        assert_eq!(place(&rows(&[&["甲", "乙"], &["电话", "微信 13800138000"]])), 0, "data is no header");
        assert_eq!(place(&rows(&[&["name", "x"], &["phone", "mobile"]])), 1);
        assert_eq!(place(&rows(&[&["名单"], &["手机"], &["13800138000"]])), 1);
        assert_eq!(place(&rows(&[&["a"], &["b"]])), 0);
    }

    #[test]
    fn columns_have_names_of_their_own() {
        let names = |cells: &[&str]| named(cells.iter().map(ToString::to_string).collect());
        assert_eq!(
            names(&["phone", "", "phone", "phone", ""]),
            ["phone", "column 2", "phone (2)", "phone (3)"]
        );
    }
}
