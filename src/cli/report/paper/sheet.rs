//! A report as a workbook or as a table in text.

use rust_xlsxwriter::{Format, Workbook};

use super::{Cell, Paper, Part, Table};
use crate::cli::export::{for_spreadsheets, guarded_text};
use crate::cli::output::Failure;

/// A workbook: a sheet of the lines, then one a table. Numbers are numbers, all else is text.
pub fn workbook(paper: &Paper) -> Result<Vec<u8>, Failure> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let mut row = 0;
    let first = book.add_worksheet();
    first.set_name("report")?;
    first.write_string_with_format(row, 0, &paper.title, &bold)?;
    for line in &paper.about {
        row += 1;
        first.write_string(row, 0, line)?;
    }
    for part in &paper.parts {
        let Part::Lines(head, lines) = part else { continue };
        row += 2;
        first.write_string_with_format(row, 0, head, &bold)?;
        for line in lines {
            row += 1;
            first.write_string(row, 0, line)?;
        }
    }
    for (number, table) in tables(paper).enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(format!("table {}", number + 1))?;
        for (place, head) in (0..).zip(&table.head) {
            sheet.write_string_with_format(0, place, head, &bold)?;
        }
        for (line, cells) in (1..).zip(&table.rows) {
            for (place, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Number(_, value) => sheet.write_number(line, place, *value)?,
                    Cell::Text(text) => sheet.write_string(line, place, text)?,
                };
            }
        }
        sheet.autofit();
    }
    Ok(book.save_to_buffer()?)
}

/// The first table, as spreadsheets read it.
pub fn csv(paper: &Paper) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    let mut writer = for_spreadsheets(&mut out)?;
    if let Some(table) = tables(paper).next() {
        writer.write_record(&table.head).map_err(std::io::Error::from)?;
        for row in &table.rows {
            let cells = row.iter().map(|cell| match cell {
                Cell::Number(_, value) => value.to_string(),
                Cell::Text(text) => guarded_text(text.clone()),
            });
            writer.write_record(cells).map_err(std::io::Error::from)?;
        }
    }
    writer.flush()?;
    drop(writer);
    Ok(out)
}

fn tables(paper: &Paper) -> impl Iterator<Item = &Table> {
    paper.parts.iter().filter_map(|part| match part {
        Part::Table(table) => Some(table),
        _ => None,
    })
}
