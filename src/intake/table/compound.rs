//! Compound files (MS-CFB): the container of old workbooks, and of new ones that have a password.

use std::io::{Read as _, SeekFrom};
use std::path::Path;

use super::{Format, Rows, WORKBOOK_BYTES_MAX, biff};
use crate::intake::IntakeError;
use crate::intake::source::Source;

/// Sector numbers from here on are marks.
const MARKS: u32 = 0xFFFF_FFFA;
/// Streams shorter than this are kept in small sectors.
const SMALL_BELOW: u64 = 4_096;
/// The size of a small sector.
const SMALL: usize = 64;
/// The size of a directory entry.
const ENTRY: usize = 128;

/// Opens the workbook in a compound file, or says what is in it instead.
pub(super) fn open(
    path: &Path,
    mut source: Box<dyn Source>,
    sheet: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    let bytes = whole(path, source.as_mut())?;
    let damaged =
        || IntakeError::Workbook { file: path.to_owned(), reason: "its container is damaged".to_owned() };
    let container = Container::new(&bytes).ok_or_else(damaged)?;
    let binary = |what| Err(IntakeError::Binary { file: path.to_owned(), what });
    if let Some(entry) = container.entry("Workbook").or_else(|| container.entry("Book")) {
        let stream = container.stream(entry).ok_or_else(damaged)?;
        return biff::open(path, &stream, sheet, notes);
    }
    if container.entry("EncryptedPackage").is_some() {
        return Err(IntakeError::Password { file: path.to_owned() });
    }
    match () {
        () if container.entry("WordDocument").is_some() => binary("an old Word document"),
        () if container.entry("PowerPoint Document").is_some() => binary("an old PowerPoint presentation"),
        () if container.entry("__properties_version1.0").is_some() => binary("a saved e-mail"),
        () => binary("an old Office file without a workbook in it"),
    }
}

/// All bytes of a file of limited size.
pub(super) fn whole(path: &Path, source: &mut dyn Source) -> Result<Vec<u8>, IntakeError> {
    let failed = |source| IntakeError::Read { file: path.to_owned(), source };
    source.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut bytes = Vec::new();
    source.take(WORKBOOK_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// The two bytes at a place.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The four bytes at a place.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

struct Container<'b> {
    bytes: &'b [u8],
    /// The size of a sector.
    sector: usize,
    /// Which sector follows which.
    next: Vec<u32>,
    small_next: Vec<u32>,
    /// The sectors that the small ones are in.
    small: Vec<u8>,
    directory: Vec<u8>,
}

/// An entry of the directory.
#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    size: u64,
}

impl<'b> Container<'b> {
    fn new(bytes: &'b [u8]) -> Option<Self> {
        let shift = u16_at(bytes, 30)?;
        if shift != 9 && shift != 12 {
            return None;
        }
        let empty = || (Vec::new(), Vec::new(), Vec::new());
        let (next, small_next, small) = empty();
        let mut container =
            Self { bytes, sector: 1 << shift, next, small_next, small, directory: Vec::new() };
        container.next = container.table()?;
        container.directory = container.chain(u32_at(bytes, 48)?)?;
        let root = container.entries().next()?.1;
        container.small = container.chain(root.start).unwrap_or_default();
        container.small_next = numbers(&container.chain(u32_at(bytes, 60)?).unwrap_or_default());
        Some(container)
    }

    /// The table of which sector follows which, from the sectors that the header and its continuations name.
    fn table(&self) -> Option<Vec<u32>> {
        let mut named = numbers(self.bytes.get(76..512)?);
        let mut more = u32_at(self.bytes, 68)?;
        let sectors = self.bytes.len() / self.sector + 1;
        let mut steps = 0;
        while more < MARKS && steps < sectors {
            let mut sector = numbers(self.at(more)?);
            more = sector.pop()?;
            named.extend(sector);
            steps += 1;
        }
        let mut table = Vec::new();
        for id in named.into_iter().filter(|id| *id < MARKS).take(sectors) {
            table.extend(numbers(self.at(id)?));
        }
        Some(table)
    }

    /// The bytes of a sector; the last may be cut.
    fn at(&self, id: u32) -> Option<&'b [u8]> {
        let from = usize::try_from(id).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.bytes.get(from..).filter(|rest| !rest.is_empty())?;
        rest.get(..self.sector.min(rest.len()))
    }

    /// The bytes of a chain of sectors; `None` for one that goes in a circle or out of the file.
    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut id = start;
        while id < MARKS {
            out.extend_from_slice(self.at(id)?);
            if out.len() > self.bytes.len() + self.sector {
                return None;
            }
            id = *self.next.get(usize::try_from(id).ok()?)?;
        }
        Some(out)
    }

    fn small_chain(&self, start: u32) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut id = start;
        while id < MARKS {
            let from = usize::try_from(id).ok()?.checked_mul(SMALL)?;
            let rest = self.small.get(from..)?;
            out.extend_from_slice(rest.get(..SMALL.min(rest.len()))?);
            if out.len() > self.small.len() + SMALL {
                return None;
            }
            id = *self.small_next.get(usize::try_from(id).ok()?)?;
        }
        Some(out)
    }

    fn entries(&self) -> impl Iterator<Item = (String, Entry)> {
        self.directory.chunks_exact(ENTRY).filter_map(|entry| {
            let length = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(64);
            let units = entry.get(..length)?.chunks_exact(2).filter_map(|unit| u16_at(unit, 0));
            let name = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
            // Files of sectors of 512 bytes have only the lower half of the size.
            let size = u64::from(u32_at(entry, 120)?);
            Some((name, Entry { start: u32_at(entry, 116)?, size }))
        })
    }

    fn entry(&self, name: &str) -> Option<Entry> {
        self.entries().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, entry)| entry)
    }

    fn stream(&self, entry: Entry) -> Option<Vec<u8>> {
        let small = entry.size < SMALL_BELOW;
        let mut stream = if small { self.small_chain(entry.start)? } else { self.chain(entry.start)? };
        stream.truncate(usize::try_from(entry.size).ok()?);
        Some(stream)
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| u32_at(four, 0)).collect()
}
