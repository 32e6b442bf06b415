//! Small files of the person's own, replaced as wholes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Replaces a file: a kill in between leaves what was there before or what is there after, never half of one. Nobody else
/// may read it.
///
/// # Errors
/// What the system says; the file is as it was then, and nothing is left beside it.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return File::options().write(true).open(path)?.write_all(content);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // two programs, and two sessions of one, may replace the same file at once
    name.push(format!(".{}-{:?}.new", std::process::id(), std::thread::current().id()));
    let fresh = path.with_file_name(name);
    let written = write(&fresh, content).and_then(|()| fs::rename(&fresh, path));
    if written.is_err() {
        // half a file takes room that may be what is missing
        let _ = fs::remove_file(&fresh);
    }
    written
}

/// Whether something is there that is no file of its own, such as `/dev/null` or a pipe: it is written to, never replaced.
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

/// Makes a file that nobody else may read.
///
/// # Errors
/// What the system says; that there is one already, too.
pub fn fresh(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = private(File::options().write(true).create_new(true)).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Opens a file to write behind what is in it; one that is made then is nobody else's to read.
///
/// # Errors
/// What the system says.
pub fn appended(path: &Path) -> io::Result<File> {
    private(File::options().append(true).create(true)).open(path)
}

/// Makes a folder, and those above it, that nobody else may look into; one that is there stays as it is.
///
/// # Errors
/// What the system says.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// The files of a folder whose names begin with `start` and have the extension `end`, by their names.
pub fn named(folder: &Path, start: &str, end: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_meant = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        path.extension().is_some_and(|found| found == end) && name.is_some_and(|name| name.starts_with(start))
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_meant).collect();
    paths.sort();
    paths
}

/// Takes away all but the last of some files. What cannot be taken away stays.
pub fn keep_last(paths: Vec<PathBuf>, kept: usize) {
    let many = paths.len().saturating_sub(kept);
    for old in paths.into_iter().take(many) {
        let _ = fs::remove_file(old);
    }
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = private(File::options().write(true).create(true).truncate(true)).open(path)?;
    file.write_all(content)?;
    file.flush()
}

/// A file that is made is nobody else's to read.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // a folder in the way cannot be replaced
        let taken = folder.path().join("b");
        fs::create_dir(&taken).unwrap();
        assert!(replace(&taken, b"three").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_to_and_never_replaced() {
        use std::os::unix::fs::FileTypeExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || fs::read(path).unwrap()
        });
        replace(&path, b"one").unwrap();
        assert_eq!(reader.join().unwrap(), b"one");
        assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
    }
}
