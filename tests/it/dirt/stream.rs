//! Lists longer than memory: what is read ahead of the row that is given out.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use corral::intake::table::{Options, Table};

/// A list that is made up while it is read: a header and rows of [`ROW`] bytes, and how far it has been read.
struct Endless {
    at: u64,
    rows: u64,
    read: Arc<AtomicU64>,
}

const HEADER: &str = "name,phone,note\n";
/// `Lead 0000001,13800000001,"first line` and a second line.
const ROW: u64 = 48;

fn row(number: u64) -> String {
    let row = format!("Lead {number:08},138{number:08},\"one line\ntwo, \"\"x\"\"\"\n");
    assert_eq!(row.len() as u64, ROW);
    row
}

impl Endless {
    fn length(&self) -> u64 {
        HEADER.len() as u64 + self.rows * ROW
    }
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let header = HEADER.len() as u64;
        let piece = if self.at < header {
            HEADER[usize::try_from(self.at).unwrap()..].to_owned()
        } else if self.at < self.length() {
            let (number, inside) = ((self.at - header) / ROW, (self.at - header) % ROW);
            row(number)[usize::try_from(inside).unwrap()..].to_owned()
        } else {
            return Ok(0);
        };
        let count = piece.len().min(out.len());
        out[..count].copy_from_slice(&piece.as_bytes()[..count]);
        self.at += count as u64;
        self.read.fetch_max(self.at, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(0) => self.length(),
            _ => panic!("{to:?}"),
        };
        // A new beginning: what was looked at before is no longer held.
        self.read.store(self.at, Ordering::Relaxed);
        Ok(self.at)
    }
}

#[test]
fn no_more_than_a_few_blocks_are_read_ahead_of_a_row() {
    let read = Arc::new(AtomicU64::new(0));
    let rows = 200_000;
    let source = Endless { at: 0, rows, read: Arc::clone(&read) };
    let table = Table::read(Path::new("endless.csv"), Box::new(source), &Options::default()).unwrap();
    let mut count = 0;
    for (number, row) in (0..).zip(table) {
        let row = row.unwrap().unwrap();
        count += 1;
        if number % 1_000 == 0 {
            assert_eq!(row.cells[2], "one line\ntwo, \"x\"");
            let given = HEADER.len() as u64 + number * ROW;
            let ahead = read.load(Ordering::Relaxed).saturating_sub(given);
            assert!(ahead < 512 * 1024, "{ahead} bytes are held at row {number}");
        }
    }
    assert_eq!(count, rows);
}

#[test]
fn a_line_that_does_not_end_is_passed_over_with_its_size() {
    let mut text = b"name,phone\n".to_vec();
    text.resize(text.len() + 12 * 1024 * 1024, b'x');
    text.extend(b"\nAnna,13800138000\n");
    let table =
        Table::read(Path::new("line.csv"), Box::new(io::Cursor::new(text)), &Options::default()).unwrap();
    let rows: Vec<_> = table.map(Result::unwrap).collect();
    let refused = rows[0].as_ref().unwrap_err();
    assert_eq!(
        refused.reason,
        "line.csv:2: the row has 12582912 bytes, more than 8 MiB; is it a list at all?"
    );
    assert_eq!(refused.cells[0].chars().count(), 201, "what a rejects file can show");
    assert_eq!(rows[1].as_ref().unwrap().cells, ["Anna", "13800138000"]);
}
