//! Finds out what stands between the cells of delimited text.

use super::super::clean_cells;
use super::super::header::{self, TITLE_ROWS};
use super::scan::{Scan, Scanner, first_line};

/// How much of the text the separator is judged by.
pub(super) const SAMPLE_BYTES: usize = 64 * 1024;
/// How many rows of the sample are compared.
const SAMPLE_ROWS: usize = 50;
/// What is tried; of equals the first is taken. The last is what Hive writes.
const SEPARATORS: [u8; 5] = [b',', b'\t', b';', b'|', 1];

/// The separator that cuts the first rows into cells that agree in number, and into columns whose names are known;
/// `end` says that the sample is the whole text.
pub(super) fn separator(sample: &[u8], end: bool) -> u8 {
    SEPARATORS.into_iter().rev().max_by_key(|&delimiter| score(sample, end, delimiter)).unwrap_or(b',')
}

/// How well a separator cuts: rows of a hundred that agree with the header, names known in it, columns.
fn score(sample: &[u8], end: bool, delimiter: u8) -> (usize, usize, usize) {
    let mut scanner = Scanner::new(delimiter);
    let mut rows: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(rest) = sample.get(at..).filter(|rest| !rest.is_empty() && rows.len() < SAMPLE_ROWS) {
        let length = match scanner.row(rest, end) {
            Scan::Row(length) => length,
            // The last row of the sample may be cut in two.
            Scan::More => break,
            Scan::Broken => {
                let Some((length, behind)) = first_line(rest, end) else { break };
                scanner.raw(rest.get(..length).unwrap_or_default());
                behind
            }
        };
        let cells =
            clean_cells(scanner.cells.iter().map(|cell| rest.get(cell.from..cell.to).unwrap_or_default()));
        if cells.iter().any(|cell| !cell.is_empty()) {
            let names = if rows.len() < TITLE_ROWS { header::known(&cells) } else { 0 };
            rows.push((scanner.count, names));
        }
        at += length;
    }
    // The header is the row with the most known names; without any, one that is as wide as most rows.
    let header = rows.iter().take(TITLE_ROWS).enumerate().rev().max_by_key(|(_, (_, known))| *known);
    let (from, width, known) = match header {
        Some((row, &(width, known))) if known > 0 => (row, width, known),
        _ => (0, most(&rows), 0),
    };
    if width < 2 {
        return (0, 0, 0);
    }
    let list = rows.get(from..).unwrap_or_default();
    let agreeing = list.iter().filter(|(found, _)| *found == width).count();
    (agreeing * 100 / list.len().max(1), known, width)
}

/// The width that most rows have, of equals the wider.
fn most(rows: &[(usize, usize)]) -> usize {
    let count = |width: usize| rows.iter().filter(|(found, _)| *found == width).count();
    let widths = rows.iter().map(|(width, _)| *width).filter(|width| *width > 1);
    widths.max_by_key(|width| (count(*width), *width)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("name,phone\nA,1\n", b',')]
    #[case("姓名\t手机\n王,小明\t1\n李,四\t2\n", b'\t')]
    #[case("name;phone;price\nA;1;2,5\nB;2;3,5\n", b';')]
    #[case("客户名单\n2026-11-22\n姓名|手机\n王|1\n李|2\n", b'|')]
    #[case("姓名\u{1}手机\n王\u{1}1\n", 1)]
    #[case("电话\n13800138000;13900139000\n13700137000;13600136000\n", b',')]
    #[case("电话\n13800138000\n", b',')]
    #[case("a,b,c\n1,2\n1,2,3\n1,2,3,4\n", b',')]
    #[case("name;phone\n\"A;B\";1\n", b';')]
    #[case("", b',')]
    fn the_separator_is_what_makes_a_list(#[case] text: &str, #[case] expected: u8) {
        assert_eq!(char::from(separator(text.as_bytes(), true)), char::from(expected));
    }
}
