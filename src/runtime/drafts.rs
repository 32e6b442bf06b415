//! Drafts: what is being typed, kept in a file a key from the first letter on, so that a killed terminal loses nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The drafts of one user on this machine.
#[derive(Debug, Clone)]
pub struct Drafts {
    folder: PathBuf,
}

impl Drafts {
    /// Drafts under a folder of the user's own; it is made when the first is kept.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Keeps a draft; an empty text forgets it. The file is replaced as a whole, so that a kill in between leaves the
    /// text before or the text after, never half of one.
    ///
    /// # Errors
    /// What the system says when the folder or file cannot be written.
    pub fn keep(&self, key: &str, text: &str) -> io::Result<()> {
        let path = self.path(key);
        if text.is_empty() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        fs::create_dir_all(&self.folder)?;
        crate::runtime::files::replace(&path, text.as_bytes())
    }

    /// What was kept; empty when nothing was.
    pub fn load(&self, key: &str) -> String {
        fs::read_to_string(self.path(key)).unwrap_or_default()
    }

    fn path(&self, key: &str) -> PathBuf {
        let name: String =
            key.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        self.folder.join(name).with_extension("draft")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_there_again_until_it_is_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = Drafts::new(&folder.path().join("of").join("wang"));
        assert_eq!(drafts.load("note:7"), "");
        drafts.keep("note:7", "先别打爸爸的电话").unwrap();
        assert_eq!(drafts.load("note:7"), "先别打爸爸的电话");
        assert_eq!(drafts.load("note:8"), "");
        drafts.keep("note:7", "").unwrap();
        drafts.keep("note:7", "").unwrap();
        assert_eq!(drafts.load("note:7"), "");
    }
}
