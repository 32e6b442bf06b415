//! `corral export`: records as a table, CSV or XLSX, read through a window.
//!
//! A file appears under its name only when it is whole. In CSV a text that a spreadsheet would run as a formula has a `'` in
//! front, which is taken off on the way in; in XLSX it is text by its type.

use std::io::{self, BufWriter, Write};

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::json;

use crate::cli::args::Export;
use crate::cli::draft::Draft;
use crate::cli::output::{self, Failure};
use crate::cli::people::team_named;
use crate::cli::progress::Progress;
use crate::cli::session::{Local, strange};
use crate::domain::gap::bounds;
use crate::domain::id::AskId;
use crate::domain::lists::AuditKind;
use crate::domain::time::Day;
use crate::store::StoreError;
use crate::store::access::NOT_APPROVED;
use crate::store::change::{About, AccessChange, Change, Note};
use crate::store::query::export::{Cell, Column, ExportAsk, ExportPage, columns};
use crate::store::query::{Answer, Query};
use crate::store::write;

/// Records read at once.
const WINDOW: usize = 500;
/// Days before and after which nothing is on record: 1900 and 2200, roughly.
const FIRST: Day = Day(-25_567);
const LAST: Day = Day(84_006);
/// Rows of a sheet, its header among them: the format's own limit.
const SHEET_ROWS: u32 = 1_048_576;
/// Characters of a sheet's cell: the format's own limit.
const SHEET_CELL: usize = 32_767;

impl From<XlsxError> for Failure {
    fn from(error: XlsxError) -> Self {
        Self::failed("workbook", format!("the workbook cannot be written: {error}"))
    }
}

/// Writes records as a table.
pub fn export(local: &mut Local, wanted: &Export) -> Result<(), Failure> {
    let ask = ask(local, wanted)?;
    let workbook = match wanted.format.as_deref() {
        Some(format) => format == "xlsx",
        None => wanted
            .to
            .as_deref()
            .is_some_and(|to| to.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"))),
    };
    if let Some(asked) = waits(local, wanted, &ask)? {
        let shape = json!({ "asked": asked, "records": wanted.records });
        return output::answer(local.json, &shape, || {
            vec![format!("asked as {asked}: give the same command again once a manager has approved it")]
        });
    }
    let columns = columns(wanted.records);
    if wanted.to.is_none() && (workbook || local.json) {
        return Err(Failure::usage("a workbook, and an answer in JSON, need a file: give --to FILE"));
    }
    // what is refused was not taken out
    let first = page(local, &ask)?;
    let Some(to) = &wanted.to else {
        // once it runs out nobody can tell how much was read: it is noted before
        note(local, wanted, &ask, "to standard output")?;
        let mut sheet = Csv::new(io::stdout().lock(), columns)?;
        pages(local, (ask, first), |row| sheet.row(row))?;
        return sheet.end();
    };
    let draft = Draft::beside(to);
    let rows = if workbook {
        let mut book = Workbook::new();
        let rows = fill(local, (ask.clone(), first), columns, &mut book)?;
        book.save(&draft.path)?;
        rows
    } else {
        let mut sheet = Csv::new(BufWriter::new(draft.create()?), columns)?;
        let rows = pages(local, (ask.clone(), first), |row| sheet.row(row))?;
        sheet.end()?;
        rows
    };
    // no file has its name that is not on record
    note(local, wanted, &ask, &format!("{rows} rows"))?;
    draft.publish()?;
    let shape = json!({ "records": wanted.records, "rows": rows, "file": to.display().to_string() });
    output::answer(local.json, &shape, || {
        vec![format!("{rows} rows of {} in {}", wanted.records, to.display())]
    })
}

/// Asks a manager to approve an export that has to be and is not yet, where it was said what for.
fn waits(local: &mut Local, wanted: &Export, ask: &ExportAsk) -> Result<Option<AskId>, Failure> {
    let Some(reason) = &wanted.why else { return Ok(None) };
    let refusal = match local.ask(&Query::Export(ExportAsk { limit: 1, ..ask.clone() })) {
        Err(Failure::Store(StoreError::Held { rule, .. })) if rule == NOT_APPROVED => {
            let (records, reason) = (ask.records, reason.clone());
            let change = AccessChange::AskExport { records, narrowed: ask.narrowed(), reason };
            return Ok(local.make(ask.by, Change::Access(change))?.effects.ask);
        }
        Err(refusal) => refusal,
        Ok(_) => return Ok(None),
    };
    Err(local.refuse(ask.by, "export", refusal))
}

/// Notes in the audit trail what is taken out.
fn note(local: &mut Local, wanted: &Export, ask: &ExportAsk, what: &str) -> Result<(), Failure> {
    let mut after = vec![what.to_owned()];
    if let Some((first, last)) = ask.days {
        after.push(format!("from {first} until {last}"));
    }
    let narrowed = [("team", &wanted.team), ("rep", &wanted.rep)];
    let narrowed = narrowed.iter().filter_map(|(word, name)| Some(format!("{word}: {}", name.as_deref()?)));
    after.extend(narrowed);
    if let Some(to) = &wanted.to {
        after.push(format!("file: {}", to.display()));
    }
    let about = About::thing("records", wanted.records.as_str());
    local.note(ask.by, Note::new(AuditKind::Exported, about).changed("", after.join("\n")))
}

fn ask(local: &mut Local, wanted: &Export) -> Result<ExportAsk, Failure> {
    let by = local.keeper()?;
    let now = local.now();
    let zone = local.db()?.snapshot(|tx, books| write::zone_of(tx, books, by))?;
    let days = match (wanted.period, wanted.from, wanted.until) {
        (Some(period), ..) => Some(bounds(period, zone.day(now))),
        (None, None, None) => None,
        (None, from, until) => Some((from.unwrap_or(FIRST), until.unwrap_or(LAST))),
    };
    let team = match &wanted.team {
        Some(name) => Some(team_named(local, name)?.id),
        None => None,
    };
    let user = match &wanted.rep {
        Some(login) => Some(local.user_named(login)?.id),
        None => None,
    };
    Ok(ExportAsk { records: wanted.records, by, now, days, team, user, after: 0, limit: WINDOW })
}

/// Reads a window; that it was refused for lack of a right is noted.
fn page(local: &mut Local, ask: &ExportAsk) -> Result<ExportPage, Failure> {
    match local.ask(&Query::Export(ask.clone())) {
        Ok(Answer::Export(page)) => Ok(page),
        Ok(_) => Err(strange()),
        Err(refused) => Err(local.refuse(ask.by, "export", refused)),
    }
}

/// Hands each row of the first window, and of every other, to `each`; answers with how many there were.
fn pages(
    local: &mut Local,
    (mut ask, first): (ExportAsk, ExportPage),
    mut each: impl FnMut(Vec<String>) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let mut progress = Progress::new(0);
    let (mut rows, mut window) = (0, first);
    loop {
        for row in window.rows {
            rows += 1;
            each(row)?;
        }
        progress.at(rows);
        let Some(next) = window.next else { break };
        ask.after = next;
        window = page(local, &ask)?;
    }
    progress.end();
    Ok(rows)
}

/// Begins a table in text as spreadsheets read it.
pub fn for_spreadsheets<W: Write>(mut out: W) -> io::Result<csv::Writer<W>> {
    // without the mark they take the text for the machine's old encoding
    out.write_all("\u{feff}".as_bytes())?;
    Ok(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out))
}

struct Csv<W: Write> {
    writer: csv::Writer<W>,
    columns: &'static [Column],
}

impl<W: Write> Csv<W> {
    fn new(out: W, columns: &'static [Column]) -> Result<Self, Failure> {
        let mut writer = for_spreadsheets(out)?;
        writer.write_record(columns.iter().map(|column| column.name)).map_err(io::Error::from)?;
        Ok(Self { writer, columns })
    }

    fn row(&mut self, cells: Vec<String>) -> Result<(), Failure> {
        let safe = self.columns.iter().zip(cells).map(|(column, cell)| guarded(*column, cell));
        self.writer.write_record(safe).map_err(io::Error::from)?;
        Ok(())
    }

    fn end(mut self) -> Result<(), Failure> {
        Ok(self.writer.flush()?)
    }
}

/// A cell that no spreadsheet takes for a formula. A column of numbers holds nothing but numbers.
fn guarded(column: Column, cell: String) -> String {
    if matches!(column.cell, Cell::Number | Cell::Money | Cell::Id | Cell::Time) || !is_risky(&cell) {
        return cell;
    }
    format!("'{cell}")
}

/// A text that no spreadsheet takes for a formula.
pub fn guarded_text(cell: String) -> String {
    if is_risky(&cell) { format!("'{cell}") } else { cell }
}

/// A guarded cell as it was.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_risky(rest)).unwrap_or(cell)
}

fn is_risky(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\'', '＝', '＋', '－', '＠'])
}

/// Fills a sheet; numbers are numbers, all else is text.
fn fill(
    local: &mut Local,
    (ask, first): (ExportAsk, ExportPage),
    columns: &'static [Column],
    book: &mut Workbook,
) -> Result<u64, Failure> {
    let records = ask.records;
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(records.as_str())?;
    let bold = Format::new().set_bold();
    for (place, column) in (0..).zip(columns) {
        sheet.write_string_with_format(0, place, column.name, &bold)?;
    }
    let mut line: u32 = 0;
    pages(local, (ask, first), |cells| {
        line += 1;
        if line >= SHEET_ROWS {
            let what = format!(
                "a sheet has at most {SHEET_ROWS} rows; narrow it by --from, --until or --team, or write CSV"
            );
            return Err(Failure::failed("too_many_rows", what));
        }
        for ((place, column), cell) in (0..).zip(columns).zip(&cells) {
            if cell.is_empty() {
                continue;
            }
            let number = match column.cell {
                Cell::Number | Cell::Money => cell.parse::<f64>().ok(),
                _ => None,
            };
            match number {
                Some(number) => sheet.write_number(line, place, number)?,
                None if cell.chars().count() > SHEET_CELL => {
                    let what = format!(
                        "row {line} has a text of more than {SHEET_CELL} characters in '{}'; write CSV",
                        column.name
                    );
                    return Err(Failure::failed("too_long", what));
                }
                None => sheet.write_string(line, place, cell)?,
            };
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded_and_comes_back() {
        let text = Column { name: "note", cell: Cell::Text };
        for cell in ["=1+1", "+8613800138000", "-3", "@x", "\tx", "'=1", "''", "＝1", "plain", "", "a=b"] {
            let safe = guarded(text, cell.to_owned());
            assert!(!safe.starts_with(['=', '+', '-', '@', '\t']), "{safe}");
            assert_eq!(unguarded(&safe), cell);
        }
    }

    #[test]
    fn a_number_stays_a_number() {
        let money = Column { name: "discount", cell: Cell::Money };
        assert_eq!(guarded(money, "-5.00".to_owned()), "-5.00");
    }
}
