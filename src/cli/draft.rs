//! A file that a command writes for somebody: it has its name once it is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::output::Failure;
use crate::runtime::files::is_special;

/// The file in the making; gone when the command fails. A device or a pipe is written to as it is.
pub struct Draft<'a> {
    /// Where it is written.
    pub path: PathBuf,
    to: &'a Path,
}

impl<'a> Draft<'a> {
    /// A draft of a file, beside it.
    pub fn beside(to: &'a Path) -> Self {
        if is_special(to) {
            return Self { path: to.to_owned(), to };
        }
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".part-{}", std::process::id()));
        Self { path: PathBuf::from(name), to }
    }

    /// Opens it to be written.
    pub fn create(&self) -> Result<File, Failure> {
        File::create(&self.path).map_err(|error| self.unwritable(&error))
    }

    /// Gives it its name.
    pub fn publish(self) -> Result<(), Failure> {
        if self.path == self.to {
            return Ok(());
        }
        fs::rename(&self.path, self.to).map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &io::Error) -> Failure {
        Failure::failed("unwritable", format!("'{}' cannot be written: {error}", self.to.display()))
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // it was renamed where all went well
        if !is_special(&self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
