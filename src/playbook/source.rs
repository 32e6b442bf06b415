//! Where a playbook comes from: a file, several, a folder, or the text the store kept.
//!
//! Several files become one text (each after a line that names it), which loads again to the same playbook: that text is
//! what is stored and hashed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::hex::hex;
use crate::domain::time::Zone;

use super::build::build;
use super::check::check;
use super::model::Playbook;
use super::problem::{File, Place, Problem};
use super::reader::read;

/// Bytes a file may hold.
pub const FILE_MAX: usize = 1 << 20;
/// Files a playbook may be spread over.
pub const FILES_MAX: usize = 64;
/// What the line before each file of a text of several begins with.
const MARK: &str = "#: file ";

/// A checked playbook with the text it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The playbook.
    pub playbook: Playbook,
    /// Its text: UTF-8, LF, one text for all files. [`load_text`] reads it back.
    pub text: String,
    /// SHA-256 of the text, lower-case hex.
    pub hash: String,
    /// What is allowed but doubtful.
    pub warnings: Vec<Problem>,
}

/// Loads files and folders as one playbook. Of a folder, the files that end in `.toml`, in name order.
///
/// # Errors
/// Every problem found, in the order of the files.
pub fn load<P: AsRef<Path>>(paths: &[P]) -> Result<Loaded, Vec<Problem>> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match list(path.as_ref()) {
            Ok(found) => {
                for file in found {
                    match open(&file) {
                        Ok(file) => files.push(file),
                        Err(problem) => problems.push(problem),
                    }
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    if files.is_empty() && problems.is_empty() {
        problems.push(whole("", "no playbook file was named", "name a file or folder"));
    }
    if files.len() > FILES_MAX {
        let message = format!("{} files, max {FILES_MAX}", files.len());
        problems.push(whole("", &message, "join some of them"));
    }
    if problems.is_empty() { load_files(files) } else { Err(problems) }
}

/// Loads a text; `name` stands in messages. A text that [`Loaded::text`] made of several files names those.
///
/// # Errors
/// Every problem found, in order.
pub fn load_text(name: &str, text: &str) -> Result<Loaded, Vec<Problem>> {
    if text.len() > FILE_MAX * FILES_MAX {
        return Err(vec![whole(name, "the text is too long", "a playbook is at most 64 files of 1 MiB")]);
    }
    load_files(split(name, &tidy(text)))
}

/// Loads the playbook of a text that [`Loaded::text`] made, without what is only of use to whoever stores it.
///
/// # Errors
/// As [`load_text`].
pub fn load_stored(name: &str, text: &str) -> Result<Playbook, Vec<Problem>> {
    read_files(&split(name, text)).map(|(playbook, _)| playbook)
}

/// The time zone a text names, read without the rest of it; `None` where that cannot be told without reading all. The text itself
/// decides in the end: what a quoted text says of a zone is taken for it here.
pub fn zone(text: &str) -> Option<Zone> {
    const HEADER: &str = "[playbook]\n";
    let begins = if text.starts_with(HEADER) { 0 } else { text.find("\n[playbook]\n")? + 1 };
    let table = text.get(begins + HEADER.len()..)?;
    let table = table.split_once("\n[").map_or(table, |(table, _)| table);
    let table: toml::Table = table.parse().ok()?;
    table.get("timezone")?.as_str()?.parse().ok().map(Zone)
}

fn load_files(files: Vec<File>) -> Result<Loaded, Vec<Problem>> {
    let (playbook, warnings) = read_files(&files)?;
    let text = join(files);
    let hash = hash(&text);
    Ok(Loaded { playbook, text, hash, warnings })
}

/// The playbook of some files, with what is doubtful in it.
fn read_files(files: &[File]) -> Result<(Playbook, Vec<Problem>), Vec<Problem>> {
    let mut reading = read(files);
    if !reading.broken {
        check(&reading.root, &reading.names, &mut reading.problems);
    }
    let fatal = reading.problems.is_fatal();
    let playbook = if fatal { None } else { build(&reading.root) };
    if playbook.is_none() && !fatal {
        reading.problems.error(
            Place::default(),
            "the playbook could not be put together",
            "report this file",
        );
    }
    let (errors, warnings) = reading.problems.sorted(files);
    playbook.map(|playbook| (playbook, warnings)).ok_or(errors)
}

/// SHA-256 of a text, lower-case hex.
pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn list(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    let name = path.display().to_string();
    let failed = |error: &std::io::Error| {
        whole(&name, &format!("cannot be read: {error}"), "name a file or folder that is there")
    };
    if !fs::metadata(path).map_err(|error| failed(&error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| failed(&error))? {
        let file = entry.map_err(|error| failed(&error))?.path();
        if file.extension().is_some_and(|end| end == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(whole(&name, "the folder holds no .toml file", "put the playbook's files there"));
    }
    Ok(files)
}

fn open(path: &Path) -> Result<File, Problem> {
    let name = path.display().to_string();
    let failed = |error: &std::io::Error| {
        whole(&name, &format!("cannot be read: {error}"), "name a file that is there")
    };
    let size = fs::metadata(path).map_err(|error| failed(&error))?;
    if size.is_dir() {
        return Err(whole(&name, "is a folder", "name the files in it, or its own folder"));
    }
    if size.len() > FILE_MAX as u64 {
        return Err(whole(&name, &format!("is {} bytes long, max {FILE_MAX}", size.len()), "split it"));
    }
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(File { name, text: tidy(&text) }),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default()).into_owned();
            let position = File { name: String::new(), text }.position(good);
            Err(Problem::new(&name, position, "is not UTF-8 from here", "save it as UTF-8"))
        }
    }
}

fn tidy(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

fn whole(file: &str, message: &str, hint: &str) -> Problem {
    Problem::new(file, (1, 1), message, hint)
}

fn join(mut files: Vec<File>) -> String {
    if files.len() == 1 {
        return files.pop().map(|file| file.text).unwrap_or_default();
    }
    files.iter().fold(String::new(), |mut text, file| {
        // the base name only: where the files lay is no part of the method
        let name = file.name.rsplit(['/', '\\']).next().unwrap_or(&file.name);
        let _ = write!(text, "{MARK}{name}\n{}", file.text);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    })
}

fn split(name: &str, text: &str) -> Vec<File> {
    if !text.starts_with(MARK) {
        return vec![File { name: name.to_owned(), text: text.to_owned() }];
    }
    let mut files: Vec<File> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix(MARK), files.last_mut()) {
            (Some(file), _) => files.push(File { name: file.trim_end().to_owned(), text: String::new() }),
            (None, Some(file)) => file.text.push_str(line),
            (None, None) => {}
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_of_a_text_is_told_without_the_rest() {
        let kathmandu = Some(Zone(chrono_tz::Asia::Kathmandu));
        let text = "format = \"playbook/1\"\n\n[playbook]\nid = \"a\"\ntimezone = \"Asia/Kathmandu\" # high\n\n[pool]\nx = {{\n";
        assert_eq!(zone(text), kathmandu);
        assert_eq!(zone("[playbook]\ntimezone = \"Asia/Kathmandu\""), kathmandu);
        // what is left out or wrong is for whoever reads all of it
        assert_eq!(zone("[playbook]\nid = \"a\"\n[pool]\ntimezone = \"Asia/Kathmandu\"\n"), None);
        assert_eq!(zone("[playbook]\ntimezone = \"Asia/Atlantis\"\n"), None);
        assert_eq!(zone("timezone = \"Asia/Kathmandu\"\n"), None);
    }

    #[test]
    fn several_files_become_one_text_and_come_apart_again() {
        let file = |name: &str, text: &str| File { name: name.into(), text: text.into() };
        let text = join(vec![file("/a/b/1.toml", "x = 1\n"), file("2.toml", "y = 2")]);
        assert_eq!(text, "#: file 1.toml\nx = 1\n#: file 2.toml\ny = 2\n");
        assert_eq!(split("any", &text), [file("1.toml", "x = 1\n"), file("2.toml", "y = 2\n")]);
        assert_eq!(join(vec![file("one.toml", "z = 3")]), "z = 3");
    }

    #[test]
    fn the_hash_is_sha_256_in_hex() {
        // FIPS 180-2, the one-block example "abc"
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), abc);
    }
}
