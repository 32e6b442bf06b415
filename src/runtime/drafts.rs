//! Drafts: what is being typed, kept in a file a key from the first letter on, so that a killed terminal loses nothing.
//!
//! Where there is no room for the file the text is kept in memory and tried again; [`Drafts::unkept`] tells so.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::runtime::files::replace;

/// How the names of drafts end.
const END: &str = "draft";

/// The drafts of one user on this machine.
#[derive(Debug, Clone)]
pub struct Drafts {
    folder: PathBuf,
    /// Texts that are in no file, or in an older state; an empty one is a file that could not be removed.
    unkept: BTreeMap<String, String>,
}

impl Drafts {
    /// Drafts under a folder of the user's own; it is made when the first is kept.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), unkept: BTreeMap::new() }
    }

    /// Keeps a draft; an empty text forgets it. The file is replaced as a whole, so that a kill in between leaves the
    /// text before or the text after, never half of one.
    ///
    /// # Errors
    /// What the system says when the folder or file cannot be written; the text is kept in memory then.
    pub fn keep(&mut self, key: &str, text: &str) -> io::Result<()> {
        let kept = self.write(key, text);
        match &kept {
            Ok(()) => self.unkept.remove(key),
            Err(_) => self.unkept.insert(key.to_owned(), text.to_owned()),
        };
        kept
    }

    /// Tries again to keep what is in memory only; answers with how many texts still are.
    pub fn again(&mut self) -> usize {
        for (key, text) in std::mem::take(&mut self.unkept) {
            // what fails is put back
            let _ = self.keep(&key, &text);
        }
        self.unkept()
    }

    /// Texts that are in memory only.
    pub fn unkept(&self) -> usize {
        self.unkept.values().filter(|text| !text.is_empty()).count()
    }

    /// What was kept; empty when nothing was.
    pub fn load(&self, key: &str) -> String {
        match self.unkept.get(key) {
            Some(text) => text.clone(),
            None => fs::read_to_string(self.path(key)).unwrap_or_default(),
        }
    }

    /// How many drafts there are in files.
    pub fn count(&self) -> usize {
        let Ok(entries) = fs::read_dir(&self.folder) else { return 0 };
        entries.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == END)).count()
    }

    fn write(&self, key: &str, text: &str) -> io::Result<()> {
        let path = self.path(key);
        if text.is_empty() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        fs::create_dir_all(&self.folder)?;
        replace(&path, text.as_bytes())
    }

    fn path(&self, key: &str) -> PathBuf {
        let name: String =
            key.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        self.folder.join(name).with_extension(END)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_there_again_until_it_is_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let mut drafts = Drafts::new(&folder.path().join("of").join("wang"));
        assert_eq!((drafts.load("note:7").as_str(), drafts.count()), ("", 0));
        drafts.keep("note:7", "先别打爸爸的电话").unwrap();
        assert_eq!(drafts.load("note:7"), "先别打爸爸的电话");
        assert_eq!((drafts.load("note:8").as_str(), drafts.count()), ("", 1));
        drafts.keep("note:7", "").unwrap();
        drafts.keep("note:7", "").unwrap();
        assert_eq!(drafts.load("note:7"), "");
    }

    #[test]
    fn a_draft_that_finds_no_room_is_kept_in_memory_until_there_is_some() {
        let folder = tempfile::tempdir().unwrap();
        // a file stands where the folder should be made
        let place = folder.path().join("drafts");
        fs::write(&place, "").unwrap();
        let mut drafts = Drafts::new(&place.join("wang"));
        assert!(drafts.keep("note:7", "周四再打").is_err());
        assert_eq!((drafts.load("note:7").as_str(), drafts.unkept(), drafts.again()), ("周四再打", 1, 1));
        fs::remove_file(&place).unwrap();
        assert_eq!((drafts.again(), drafts.unkept()), (0, 0));
        assert_eq!(Drafts::new(&place.join("wang")).load("note:7"), "周四再打");
    }
}
