//! Writes the rows that were refused, so that a person can mend them and import them again.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{IntakeError, Reject};

/// The rejects file of one run; it is made with the first reject and not before.
pub struct Rejects {
    path: PathBuf,
    headers: Vec<String>,
    writer: Option<csv::Writer<BufWriter<File>>>,
    count: u64,
}

impl Rejects {
    /// Prepares the rejects of a lead file, at `path` or beside it as `<file>.rejects.csv`.
    pub fn new(list: &Path, path: Option<&Path>, headers: &[String]) -> Result<Self, IntakeError> {
        let path = path.map_or_else(|| beside(list), Path::to_owned);
        let same = match (list.canonicalize(), path.canonicalize()) {
            (Ok(list), Ok(path)) => list == path,
            _ => list == path,
        };
        if same {
            return Err(IntakeError::RejectsOverList { file: path });
        }
        Ok(Self { path, headers: headers.to_vec(), writer: None, count: 0 })
    }

    /// Adds a refused row: its own cells, its number and the reason.
    ///
    /// Cells that a row has beyond the header's columns stand behind the reason.
    pub fn write(&mut self, reject: &Reject) -> Result<(), IntakeError> {
        self.put(reject).map_err(|source| IntakeError::Write { file: self.path.clone(), source })
    }

    /// Finishes the file; its path and how many rows it has, or `None` when nothing was refused.
    pub fn finish(mut self) -> Result<Option<(PathBuf, u64)>, IntakeError> {
        let Some(mut writer) = self.writer.take() else { return Ok(None) };
        writer.flush().map_err(|source| IntakeError::Write { file: self.path.clone(), source })?;
        Ok(Some((self.path, self.count)))
    }

    fn put(&mut self, reject: &Reject) -> io::Result<()> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin()?,
        };
        let columns = self.headers.len();
        let own = (0..columns).map(|index| reject.cells.get(index).map_or("", String::as_str));
        let row = reject.row.to_string();
        let spare = reject.cells.iter().skip(columns).map(String::as_str);
        let cells = own.chain([row.as_str(), reject.reason.as_str()]).chain(spare);
        writer.write_record(cells.map(|cell| harmless(cell).into_owned()))?;
        self.writer = Some(writer);
        self.count += 1;
        Ok(())
    }

    fn begin(&self) -> io::Result<csv::Writer<BufWriter<File>>> {
        let mut file = BufWriter::new(File::create(&self.path)?);
        // Without the mark Excel takes the text for the machine's old encoding.
        file.write_all(b"\xEF\xBB\xBF")?;
        let mut writer =
            csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(file);
        let headers = self.headers.iter().map(String::as_str).chain(["row", "reason"]);
        writer.write_record(headers.map(|header| harmless(header).into_owned()))?;
        Ok(writer)
    }
}

/// The rejects' usual place: the list's own, with `.rejects.csv` behind the whole name.
pub fn beside(list: &Path) -> PathBuf {
    let mut name = list.as_os_str().to_owned();
    name.push(".rejects.csv");
    PathBuf::from(name)
}

/// A cell that no spreadsheet takes for a formula: `'` before `=`, `+`, `-`, `@`, tab and return.
///
/// A number such as `+86 138…` stays as it is: it computes nothing.
pub fn harmless(cell: &str) -> Cow<'_, str> {
    let number = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == ' ');
    let risky = match cell.strip_prefix('+') {
        Some(rest) => !number(rest),
        None => cell.starts_with(['=', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']),
    };
    if risky { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}
