//! Zip archives: which kind of workbook one is, and how much is in it, before anything unpacks it.

use std::borrow::Cow;
use std::io::{self, Read as _};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Format, Rows, open_document, workbook};
use crate::intake::IntakeError;
use crate::intake::source::Source;

/// The most that the parts of a workbook may have unpacked: a bomb has gigabytes.
const UNPACKED_MAX: u64 = 512 * 1024 * 1024;
/// The most parts a workbook may have.
const PARTS_MAX: usize = 10_000;

/// Opens a workbook that is a zip archive, or says what the archive is instead.
pub(super) fn open(
    path: &Path,
    mut source: Box<dyn Source>,
    sheet: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<(Format, Rows), IntakeError> {
    let mut archive = ZipArchive::new(source.as_mut()).map_err(|error| bad(path, &error))?;
    let names: Vec<String> = archive.file_names().filter_map(Result::ok).map(Cow::into_owned).collect();
    let has = |part: &str| names.iter().any(|name| name == part);
    let has_in = |folder: &str| names.iter().any(|name| name.starts_with(folder));
    let binary = |what| Err(IntakeError::Binary { file: path.to_owned(), what });
    if has("xl/workbook.bin") {
        return binary("a binary workbook (.xlsb)");
    }
    let is_workbook = has("[Content_Types].xml") && has_in("xl/");
    let is_document = has("content.xml");
    if !is_workbook && !is_document {
        return match () {
            () if has_in("word/") => binary("a Word document"),
            () if has_in("ppt/") => binary("a PowerPoint presentation"),
            () if has_in("Index/") => binary("an Apple Numbers or Pages document"),
            () => binary("a zip archive"),
        };
    }
    if names.len() > PARTS_MAX {
        return Err(IntakeError::TooLarge { file: path.to_owned(), limit: "10,000 parts" });
    }
    measured(path, &mut archive)?;
    drop(archive);
    if is_workbook {
        return workbook::open(path, source, sheet, notes);
    }
    let archive = ZipArchive::new(source).map_err(|error| bad(path, &error))?;
    open_document::open(path, archive, sheet, notes)
}

/// Unpacks every part that a reader would, without keeping it: what an archive says of its own size is not believed.
fn measured<R: io::Read + io::Seek>(path: &Path, archive: &mut ZipArchive<R>) -> Result<(), IntakeError> {
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let part = match archive.by_index(index) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(IntakeError::Password { file: path.to_owned() });
            }
            Err(error) => return Err(bad(path, &error)),
        };
        let read =
            [".xml", ".rels"].iter().any(|ending| part.name().is_ok_and(|name| name.ends_with(ending)));
        if !read {
            continue;
        }
        let claimed = part.size();
        let unpacked = if claimed > left {
            claimed
        } else {
            let reading = |source| bad(path, &ZipError::Io(source));
            io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(reading)?
        };
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| IntakeError::TooLarge { file: path.to_owned(), limit: "512 MiB when unpacked" })?;
    }
    Ok(())
}

fn bad(path: &Path, error: &ZipError) -> IntakeError {
    IntakeError::Workbook { file: path.to_owned(), reason: error.to_string() }
}
