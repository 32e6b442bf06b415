//! Cuts delimited text into cells (RFC 4180, with every kind of line end).

use super::super::COLUMNS_MAX;

/// The byte order mark, which also stands where files were joined.
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// So many returns in a row are looked through for the line feed behind them.
const RETURNS_MAX: usize = 16;

/// So many cells of a row may go over several lines.
const FOLDED_MAX: usize = 64;

/// Where a cell stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its first byte, the opening quote aside.
    pub from: usize,
    /// Behind its last byte, the closing quote aside.
    pub to: usize,
    /// Whether it has quotes that are written twice.
    pub doubled: bool,
}

/// What is found at the beginning of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// A row of so many bytes, its line break among them.
    Row(usize),
    /// The beginning of a row that goes on behind the bytes.
    More,
    /// A quote that is not closed, or closed in the middle of a cell.
    Broken,
}

/// Cuts rows.
#[derive(Debug)]
pub(super) struct Scanner {
    pub delimiter: u8,
    /// The cells of the row, up to [`COLUMNS_MAX`].
    pub cells: Vec<Cell>,
    /// How many cells the row has.
    pub count: usize,
    /// How many of them go over several lines.
    folded: usize,
}

impl Scanner {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, cells: Vec::new(), count: 0, folded: 0 }
    }

    /// Finds the row that the bytes begin with; `end` says that nothing follows them.
    pub(super) fn row(&mut self, bytes: &[u8], end: bool) -> Scan {
        self.clear();
        let mut at = 0;
        while bytes.get(at..).is_some_and(|rest| rest.starts_with(BOM)) {
            at += BOM.len();
        }
        loop {
            let behind = match bytes.get(at) {
                Some(b'"') => self.quoted(bytes, at + 1, end),
                _ => self.plain(bytes, at, end),
            };
            let behind = match behind {
                Ok(behind) => behind,
                Err(scan) => return scan,
            };
            match bytes.get(behind) {
                None => return Scan::Row(bytes.len()),
                Some(&byte) if byte == self.delimiter => at = behind + 1,
                Some(_) => return line_end(bytes, behind, end).map_or(Scan::More, Scan::Row),
            }
        }
    }

    /// Cuts one line as it stands, quotes and all.
    pub(super) fn raw(&mut self, line: &[u8]) {
        self.clear();
        let mut from = 0;
        let delimiter = self.delimiter;
        for part in line.split(|byte| *byte == delimiter) {
            self.push(Cell { from, to: from + part.len(), doubled: false });
            from += part.len() + 1;
        }
    }

    /// Cuts one line in which quotes inside quoted cells were not doubled; `false` where it cannot be told how.
    pub(super) fn lenient(&mut self, line: &[u8]) -> bool {
        self.clear();
        let mut at = 0;
        loop {
            let ends = |at: usize| line.get(at).is_none_or(|byte| *byte == self.delimiter);
            let behind = if line.get(at) == Some(&b'"') {
                let mut quotes = (at + 1..line.len()).filter(|quote| line.get(*quote) == Some(&b'"'));
                let Some(close) = quotes.find(|quote| ends(quote + 1)) else { return false };
                self.push(Cell { from: at + 1, to: close, doubled: true });
                close + 1
            } else {
                let length = line.iter().skip(at).position(|byte| *byte == self.delimiter);
                let behind = length.map_or(line.len(), |length| at + length);
                self.push(Cell { from: at, to: behind, doubled: false });
                behind
            };
            if behind >= line.len() {
                return true;
            }
            at = behind + 1;
        }
    }

    fn clear(&mut self) {
        self.cells.clear();
        (self.count, self.folded) = (0, 0);
    }

    fn push(&mut self, cell: Cell) {
        if self.cells.len() < COLUMNS_MAX {
            self.cells.push(cell);
        }
        self.count += 1;
    }

    /// Finds the end of a cell without quotes.
    fn plain(&mut self, bytes: &[u8], from: usize, end: bool) -> Result<usize, Scan> {
        let rest = bytes.get(from..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == self.delimiter || matches!(byte, b'\n' | b'\r'));
        let to = from + length.unwrap_or(rest.len());
        self.push(Cell { from, to, doubled: false });
        if length.is_some() || end { Ok(to) } else { Err(Scan::More) }
    }

    /// Finds the end of a cell whose quote is open at `from`, and what blanks are behind the closing one.
    fn quoted(&mut self, bytes: &[u8], from: usize, end: bool) -> Result<usize, Scan> {
        let mut at = from;
        let mut doubled = false;
        let unfinished = || if end { Scan::Broken } else { Scan::More };
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(quote) = rest.iter().position(|byte| *byte == b'"') else {
                self.push(Cell { from, to: bytes.len(), doubled });
                return Err(unfinished());
            };
            at += quote;
            if bytes.get(at + 1) == Some(&b'"') {
                doubled = true;
                at += 2;
                continue;
            }
            self.push(Cell { from, to: at, doubled });
            self.folded += usize::from(bytes.get(from..at).unwrap_or_default().contains(&b'\n'));
            // A lost quote has turned all others round: what was between cells is inside them now.
            if self.folded > FOLDED_MAX {
                return Err(Scan::Broken);
            }
            let blanks = bytes.iter().skip(at + 1).take_while(|byte| **byte == b' ').count();
            let behind = at + 1 + blanks;
            return match bytes.get(behind) {
                None if end => Ok(behind),
                None => Err(Scan::More),
                Some(byte) if *byte == self.delimiter || matches!(byte, b'\n' | b'\r') => Ok(behind),
                Some(_) => Err(Scan::Broken),
            };
        }
    }
}

/// Where the line break at `at` ends: `\n`, `\r`, or any `\r` before a `\n`; `None` where the bytes do not show it.
pub(super) fn line_end(bytes: &[u8], at: usize, end: bool) -> Option<usize> {
    let returns = bytes.iter().skip(at).take(RETURNS_MAX).take_while(|byte| **byte == b'\r').count();
    match bytes.get(at + returns) {
        Some(b'\n') => Some(at + returns + 1),
        Some(_) => Some(at + 1),
        None if end => Some(at + 1),
        None => None,
    }
}

/// The length of the first line and where the next begins; `None` where the bytes do not show it.
pub(super) fn first_line(bytes: &[u8], end: bool) -> Option<(usize, usize)> {
    match bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(length) => Some((length, line_end(bytes, length, end)?)),
        None if end => Some((bytes.len(), bytes.len())),
        None => None,
    }
}

/// How many lines end in whole rows.
pub(super) fn line_breaks(bytes: &[u8]) -> u64 {
    if !bytes.contains(&b'\r') {
        return super::super::super::encoding::newlines(bytes);
    }
    let mut count = 0;
    let mut at = 0;
    while let Some(length) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|b| matches!(b, b'\n' | b'\r')))
    {
        at = line_end(bytes, at + length, true).unwrap_or(bytes.len());
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn cells(scanner: &Scanner, bytes: &[u8]) -> Vec<String> {
        scanner
            .cells
            .iter()
            .map(|cell| String::from_utf8_lossy(&bytes[cell.from..cell.to]).into_owned())
            .collect()
    }

    #[rstest]
    #[case("a,b\nc", 4, &["a", "b"])]
    #[case("a,b\r\nc", 5, &["a", "b"])]
    #[case("a,b\rc", 4, &["a", "b"])]
    #[case("a,b\r\r\nc", 6, &["a", "b"])]
    #[case(",,\n", 3, &["", "", ""])]
    #[case("\n\n", 1, &[""])]
    #[case("\"a,b\",c\n", 8, &["a,b", "c"])]
    #[case("\"a\nb\"  ,c\n", 10, &["a\nb", "c"])]
    #[case("\"a\"\"b\"\n", 7, &["a\"\"b"])]
    #[case("5\" pipe,b\n", 10, &["5\" pipe", "b"])]
    #[case("\u{feff}\u{feff}\"a\",b\n", 12, &["a", "b"])]
    #[case("a,b", 3, &["a", "b"])]
    #[case("a,", 2, &["a", ""])]
    fn rows_are_cut_at_every_kind_of_line_end(
        #[case] text: &str,
        #[case] length: usize,
        #[case] expected: &[&str],
    ) {
        let mut scanner = Scanner::new(b',');
        assert_eq!(scanner.row(text.as_bytes(), true), Scan::Row(length));
        assert_eq!(cells(&scanner, text.as_bytes()), expected);
    }

    #[rstest]
    #[case("a,b", Scan::More)]
    #[case("a,b\r", Scan::More)]
    #[case("\"a\n", Scan::More)]
    #[case("\"a\"", Scan::More)]
    #[case("\"a\"b", Scan::Broken)]
    #[case("x,\"a\nb,\"c\n", Scan::Broken)]
    fn a_row_that_is_not_whole_is_told_from_a_broken_one(#[case] text: &str, #[case] expected: Scan) {
        assert_eq!(Scanner::new(b',').row(text.as_bytes(), false), expected);
    }

    #[rstest]
    #[case("\"he said \"hi\" to me\",b", Some(["he said \"hi\" to me", "b"].as_slice()))]
    #[case("\"he said \"hi\"\",b", Some(["he said \"hi\"", "b"].as_slice()))]
    #[case("a,\"b", None)]
    #[case("\"a", None)]
    fn a_line_with_quotes_in_quotes_is_read_where_it_can_be(
        #[case] line: &str,
        #[case] expected: Option<&[&str]>,
    ) {
        let mut scanner = Scanner::new(b',');
        let read = scanner.lenient(line.as_bytes()).then(|| cells(&scanner, line.as_bytes()));
        assert_eq!(read, expected.map(|cells| cells.iter().map(ToString::to_string).collect::<Vec<_>>()));
    }

    #[test]
    fn lines_are_counted_as_rows_are_cut() {
        for (text, expected) in [("", 0), ("a\nb\r\nc\rd", 3), ("\r\r\n", 1), ("\r\r", 2), ("\n\n", 2)] {
            assert_eq!(line_breaks(text.as_bytes()), expected, "{text:?}");
        }
    }
}
