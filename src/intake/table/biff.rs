//! The records of old Excel workbooks (MS-XLS): versions 2 to 5 and 8.

mod strings;

use std::collections::BTreeMap;
use std::path::Path;

use encoding_rs::{Encoding, GB18030};

use super::compound::{u16_at, u32_at, whole};
use super::grid::{self, Grid};
use super::serial::{number, written};
use super::{Format, Rows};
use crate::intake::IntakeError;
use crate::intake::source::Source;
use strings::{Strings, counted, shared};

/// Opens the workbook that a stream of records is, as in a compound file.
pub(super) fn open(
    path: &Path,
    stream: &[u8],
    sheet: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    let mut globals = Globals::read(path, stream)?;
    // Before version 5 a workbook is its only sheet.
    if globals.sheets.is_empty() {
        globals.sheets.push((String::new(), 0));
    }
    let names: Vec<String> = globals.sheets.iter().map(|(name, _)| name.clone()).collect();
    for place in grid::wanted(path, &names, sheet)? {
        let Some((name, at)) = globals.sheets.get(place) else { continue };
        let grid = cells(path, Records { stream, at: *at }, &globals)?;
        if !grid.is_empty() {
            notes.extend(grid::chosen(&names, place, sheet));
            return Ok((Format::Xls { sheet: name.clone() }, grid.into_rows()));
        }
    }
    Err(IntakeError::Empty { file: path.to_owned() })
}

/// Opens a workbook that is a stream of records without a container.
pub(super) fn open_bare(
    path: &Path,
    mut source: Box<dyn Source>,
    sheet: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    open(path, &whole(path, source.as_mut())?, sheet, notes)
}

const FORMULA: u16 = 0x0006;
const END: u16 = 0x000A;
const DATE_MODE: u16 = 0x0022;
const FILE_PASS: u16 = 0x002F;
const CONTINUE: u16 = 0x003C;
const CODE_PAGE: u16 = 0x0042;
const BOUND_SHEET: u16 = 0x0085;
const MUL_RK: u16 = 0x00BD;
const RICH_STRING: u16 = 0x00D6;
const EXTENDED_FORMAT: u16 = 0x00E0;
const SHARED_STRINGS: u16 = 0x00FC;
const LABEL_SHARED: u16 = 0x00FD;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOL_OR_ERROR: u16 = 0x0205;
const STRING: u16 = 0x0207;
const RK: u16 = 0x027E;
const FORMAT: u16 = 0x041E;
const BEGIN: u16 = 0x0809;

/// One record after the other.
struct Records<'s> {
    stream: &'s [u8],
    at: usize,
}

impl<'s> Iterator for Records<'s> {
    type Item = (u16, &'s [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.stream, self.at)?;
        let length = usize::from(u16_at(self.stream, self.at + 2)?);
        let from = self.at + 4;
        let rest = self.stream.get(from..)?;
        self.at = from + length;
        Some((kind, rest.get(..length.min(rest.len()))?))
    }
}

/// What all sheets share.
struct Globals {
    /// Texts have one byte a character, in the code page, as before version 8.
    bytes: Option<&'static Encoding>,
    from_1904: bool,
    /// The visible sheets and where they begin.
    sheets: Vec<(String, usize)>,
    strings: Vec<String>,
    /// Whether the cells of a format show days.
    dates: Vec<bool>,
}

impl Globals {
    fn read(path: &Path, stream: &[u8]) -> Result<Self, IntakeError> {
        let mut globals = Self {
            bytes: None,
            from_1904: false,
            sheets: Vec::new(),
            strings: Vec::new(),
            dates: Vec::new(),
        };
        let mut page = GB18030;
        let mut formats: BTreeMap<u16, bool> = BTreeMap::new();
        let mut records = Records { stream, at: 0 };
        let version = match records.next() {
            Some((BEGIN, data)) => u16_at(data, 0).unwrap_or(0),
            _ => 0,
        };
        let wide = version == 0x0600;
        if !wide {
            globals.bytes = Some(page);
        }
        while let Some((kind, data)) = records.next() {
            match kind {
                END => break,
                FILE_PASS => return Err(IntakeError::Password { file: path.to_owned() }),
                CODE_PAGE => {
                    page = u16_at(data, 0).and_then(code_page).unwrap_or(page);
                    globals.bytes = globals.bytes.map(|_| page);
                }
                DATE_MODE => globals.from_1904 = u16_at(data, 0) == Some(1),
                FORMAT => {
                    let text = if wide {
                        counted(data.get(2..), 2, None)
                    } else {
                        counted(data.get(2..), 1, globals.bytes)
                    };
                    if let (Some(index), Some(text)) = (u16_at(data, 0), text) {
                        formats.insert(index, shows_days(&text));
                    }
                }
                EXTENDED_FORMAT => {
                    let index = u16_at(data, 2).unwrap_or(0);
                    globals
                        .dates
                        .push(formats.get(&index).copied().unwrap_or_else(|| is_built_in_date(index)));
                }
                BOUND_SHEET => globals.sheet(data),
                SHARED_STRINGS => {
                    let mut parts = vec![data];
                    while u16_at(stream, records.at) == Some(CONTINUE) {
                        parts.extend(records.next().map(|(_, data)| data));
                    }
                    globals.strings = shared(Strings::new(&parts));
                }
                _ => {}
            }
        }
        Ok(globals)
    }

    /// A sheet's name and place; charts, macros and hidden ones are passed over.
    fn sheet(&mut self, data: &[u8]) {
        let (Some(at), Some([0, 0])) = (u32_at(data, 0), data.get(4..6)) else { return };
        let name = counted(data.get(6..), 1, self.bytes).unwrap_or_default();
        if let Ok(at) = usize::try_from(at) {
            self.sheets.push((name, at));
        }
    }

    /// A number as its format shows it.
    fn number(&self, format: Option<u16>, value: f64) -> String {
        let date = format.and_then(|format| self.dates.get(usize::from(format))).copied().unwrap_or(false);
        if date { written(value, self.from_1904) } else { number(value) }
    }
}

/// Reads the cells of one sheet, from its first record on.
fn cells(path: &Path, records: Records<'_>, globals: &Globals) -> Result<Grid, IntakeError> {
    let mut grid = Grid::default();
    // Charts inside a sheet have records of their own.
    let mut depth = 0_usize;
    let mut formula = None;
    for (kind, data) in records {
        match kind {
            BEGIN => depth += 1,
            END => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ if depth > 1 => {}
            STRING => {
                if let (Some(place), Some(text)) = (formula.take(), counted(Some(data), 2, globals.bytes)) {
                    grid.put(path, place, &text)?;
                }
            }
            MUL_RK => {
                let (Some(row), Some(first)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
                for (column, pair) in
                    (usize::from(first)..).zip(data.get(4..).unwrap_or_default().chunks_exact(6))
                {
                    if let (Some(format), Some(packed)) = (u16_at(pair, 0), u32_at(pair, 2)) {
                        grid.put(
                            path,
                            (row.into(), column),
                            &globals.number(Some(format), unpacked(packed)),
                        )?;
                    }
                }
            }
            FORMULA | NUMBER | LABEL | LABEL_SHARED | RICH_STRING | BOOL_OR_ERROR | RK | 0x0002..=0x0005 => {
                let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
                let place = (u64::from(row), usize::from(column));
                // Version 2 writes three bytes of looks where the others name a format.
                let (format, body) =
                    if kind < FORMULA { (None, data.get(7..)) } else { (u16_at(data, 4), data.get(6..)) };
                let Some(body) = body else { continue };
                if kind == FORMULA {
                    formula = Some(place);
                }
                if let Some(text) = value(kind, body, format, globals) {
                    grid.put(path, place, &text)?;
                }
            }
            _ => {}
        }
    }
    Ok(grid)
}

/// What a cell's record shows; `None` for a formula whose text follows in a record of its own.
fn value(kind: u16, body: &[u8], format: Option<u16>, globals: &Globals) -> Option<String> {
    match kind {
        LABEL | RICH_STRING => counted(Some(body), 2, globals.bytes),
        0x0004 => counted(Some(body), 1, globals.bytes),
        LABEL_SHARED => globals.strings.get(usize::try_from(u32_at(body, 0)?).ok()?).cloned(),
        RK => Some(globals.number(format, unpacked(u32_at(body, 0)?))),
        0x0002 => Some(u16_at(body, 0)?.to_string()),
        NUMBER | 0x0003 => Some(globals.number(format, f64::from_le_bytes(*body.first_chunk()?))),
        BOOL_OR_ERROR | 0x0005 => match body {
            [truth, 0, ..] => Some((*truth != 0).to_string()),
            _ => Some("#N/A".to_owned()),
        },
        FORMULA => match body {
            [1, _, truth, _, _, _, 0xFF, 0xFF, ..] => Some((*truth != 0).to_string()),
            [2, _, _, _, _, _, 0xFF, 0xFF, ..] => Some("#N/A".to_owned()),
            [_, _, _, _, _, _, 0xFF, 0xFF, ..] => None,
            _ => Some(globals.number(format, f64::from_le_bytes(*body.first_chunk()?))),
        },
        _ => None,
    }
}

/// A number of thirty bits: the upper ones of a float, or a whole number, and whether it is in hundredths.
fn unpacked(packed: u32) -> f64 {
    let value = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & !3) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { value } else { value / 100.0 }
}

/// The encoding of a code page of Windows.
fn code_page(page: u16) -> Option<&'static Encoding> {
    let label: &[u8] = match page {
        936 => b"gb18030",
        950 => b"big5",
        932 => b"shift_jis",
        949 => b"euc-kr",
        874 => b"windows-874",
        1250..=1258 => return Encoding::for_label(format!("windows-{page}").as_bytes()),
        _ => return None,
    };
    Encoding::for_label(label)
}

/// The formats of days among those that every workbook has, the Chinese ones among them.
fn is_built_in_date(format: u16) -> bool {
    matches!(format, 14..=22 | 27..=36 | 50..=58)
}

/// Whether a format shows days: what is quoted, bracketed or escaped in it does not count.
fn shows_days(format: &str) -> bool {
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                let _ = chars.by_ref().find(|c| *c == '"');
            }
            '[' => {
                let _ = chars.by_ref().find(|c| *c == ']');
            }
            '\\' | '_' | '*' => {
                let _ = chars.next();
            }
            'y' | 'Y' | 'd' | 'D' | '年' | '月' | '日' => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_unpacked() {
        // 138 as a float has the upper bits 0x40614000; 100 × 1.5 = 150 is 0x4062C000.
        assert!((unpacked(0x4061_4000) - 138.0).abs() < f64::EPSILON);
        assert!((unpacked(0x4062_C001) - 1.5).abs() < f64::EPSILON);
        assert!((unpacked(5 << 2 | 2) - 5.0).abs() < f64::EPSILON);
        assert!((unpacked(0xFFFF_FFEE) + 5.0).abs() < f64::EPSILON);
        assert!((unpacked(123 << 2 | 3) - 1.23).abs() < f64::EPSILON);
    }

    #[test]
    fn formats_of_days_are_known() {
        for format in ["yyyy-mm-dd", "m/d/yy h:mm", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]d"] {
            assert!(shows_days(format), "{format}");
        }
        for format in ["General", "0.00", "#,##0\"d\"", "[Red]0", "0\\d", "@"] {
            assert!(!shows_days(format), "{format}");
        }
    }
}
