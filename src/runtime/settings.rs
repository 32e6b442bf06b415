//! The settings file: a few choices of the person at this machine.
//!
//! [`table`] is the one list of them: struct, defaults, the file that is written out, the documents and the checks come
//! from it. A fault in a file is told with its place and never stops the program: what is wrong keeps its default, and
//! every fault is told, not only the first.

mod read;
pub mod table;
pub mod value;

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use table::{Settings, TABLE};
pub use value::Kind;

/// A row of the table of settings.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the file.
    pub name: &'static str,
    /// What it is, a sentence for documents and for the file that is written out.
    pub about: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Its default, as it stands in the file.
    pub default: &'static str,
    /// The option of the command line that comes first, by its name in `cli::args`; empty where there is none.
    pub flag: &'static str,
    take: fn(&mut Settings, &toml::de::DeValue<'_>) -> Result<(), String>,
    show: fn(&Settings) -> String,
}

impl Setting {
    /// The value in effect, as it would stand in the file.
    pub fn shown(&self, settings: &Settings) -> String {
        (self.show)(settings)
    }
}

/// Something wrong in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Line from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what is done instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message } = self;
        match line {
            0 => write!(f, "{}: {message}", file.display()),
            _ => write!(f, "{}:{line}:{column}: {message}", file.display()),
        }
    }
}

/// The settings file with what is wrong in it.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The choices.
    pub settings: Settings,
    /// The settings the file names.
    pub named: BTreeSet<&'static str>,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Reads a settings file; one that is not there is an empty one.
pub fn load(path: &Path) -> Loaded {
    match fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => read::read(path, &text),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                let mut loaded = read::read(path, &text);
                let before = text.get(..good).unwrap_or_default();
                let what = "this is no UTF-8 text; save the file as UTF-8".to_owned();
                loaded.problems.insert(0, read::at(path, before, what));
                loaded
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Loaded::default(),
        Err(error) => {
            let message = format!("cannot be read ({error}); the defaults are used");
            let problem = Problem { file: path.to_owned(), line: 0, column: 0, message };
            Loaded { problems: vec![problem], ..Loaded::default() }
        }
    }
}

/// The file a person could have written: every setting with its explanation and its default.
pub fn written_out() -> String {
    let mut text = String::from(
        "# Corral's settings, every one with its default. Keep what you change and leave out the rest;\n\
         # 'corral settings' prints what is in effect and where it comes from.\n",
    );
    for row in TABLE {
        text.push('\n');
        for line in wrapped(&format!("{} {}", row.about, row.kind.words()), 100) {
            // writing to a String cannot fail
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "{} = {}", row.name, row.default);
    }
    text
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Keeps one choice in the settings file, leaving every other line as it is.
///
/// # Errors
/// What the system says when the file cannot be written; it is as it was then.
pub fn remember(path: &Path, key: &str, value: &str) -> io::Result<()> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let bare = TABLE.iter().any(|row| row.name == key && row.kind.is_bare());
    let value = if bare { value.to_owned() } else { toml::Value::String(value.to_owned()).to_string() };
    let line = format!("{key} = {value}");
    let mut replaced = false;
    let mut lines: Vec<String> = text
        .lines()
        .map(|old| {
            let is_it = old.split_once('=').is_some_and(|(name, _)| name.trim() == key);
            replaced |= is_it;
            if is_it { line.clone() } else { old.to_owned() }
        })
        .collect();
    if !replaced {
        // before the first table, where top-level keys belong
        let place = lines.iter().position(|l| l.trim_start().starts_with('[')).unwrap_or(lines.len());
        lines.insert(place, line);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    crate::runtime::files::replace(path, (lines.join("\n") + "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str) -> Loaded {
        read::read(Path::new("settings.toml"), text)
    }

    fn places(text: &str) -> Vec<(usize, usize)> {
        loaded(text).problems.iter().map(|problem| (problem.line, problem.column)).collect()
    }

    #[test]
    fn what_is_written_out_names_every_setting_and_reads_as_the_defaults() {
        let text = written_out();
        let read = loaded(&text);
        assert_eq!(read.problems, []);
        assert_eq!(read.settings, Settings::default());
        assert_eq!(read.named, TABLE.iter().map(|row| row.name).collect());
        for row in TABLE {
            assert_eq!(row.shown(&Settings::default()), row.default, "{}", row.name);
            assert!(row.about.ends_with('.'), "{}: '{}'", row.name, row.about);
        }
    }

    #[test]
    fn every_fault_is_told_with_its_place_and_the_rest_is_used() {
        let text =
            "language = \"fr\"\n\ncolor = 3\nsynchronized = \"no\"\nuser = \"wang\"\n  dial = [\"x\", 7]\n";
        let read = loaded(text);
        let said: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
        // line and column counted by hand in the text above
        assert_eq!(places(text), [(1, 12), (3, 1), (4, 16), (6, 16)], "{said:#?}");
        assert!(said[0].starts_with("settings.toml:1:12: 'fr' is none of "), "{said:#?}");
        assert!(said[3].contains("'7' is a number"), "{said:#?}");
        assert_eq!(read.settings.user.as_deref(), Some("wang"));
        assert_eq!(read.settings.language, None);
        assert!(read.settings.synchronized && read.settings.dial.is_empty());
    }

    #[test]
    fn a_slip_in_a_name_is_told_with_what_was_meant() {
        let said = loaded("langauge = \"zh\"").problems[0].to_string();
        assert!(said.ends_with("did you mean 'language'?"), "{said}");
    }

    #[test]
    fn a_line_that_is_no_toml_spoils_itself_alone() {
        let text = "language = \"zh\nuser = \"wang\"\ntheme = = 3\nlog = \"debug\"\n";
        let read = loaded(text);
        let lines: Vec<usize> = places(text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [1, 3], "{:#?}", read.problems);
        assert_eq!(read.settings.user.as_deref(), Some("wang"));
        assert_eq!(read.settings.log, "debug");
    }

    #[test]
    fn a_setting_given_twice_is_told() {
        let text = "user = \"wang\"\nlog = \"info\"\nuser = \"li\"\n";
        assert_eq!(places(text), [(3, 1)], "{:#?}", loaded(text).problems);
    }

    #[test]
    fn columns_are_counted_in_characters() {
        // eight columns stand before the value's quote, whatever comes after it
        assert_eq!(places("theme = 3 # 王"), [(1, 9)]);
        assert_eq!(places("dial = [\"拨号\", 1]"), [(1, 15)]);
    }

    #[test]
    fn nothing_chosen_is_nothing_at_all() {
        assert_eq!(loaded("theme = \"\"\ndb = \"\"").settings, Settings::default());
    }

    #[test]
    fn a_file_that_is_no_text_is_told_and_does_not_stop_anything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, b"log = \"warn\"\nuser = \"\xff\xfe\"\n").unwrap();
        let read = load(&path);
        assert_eq!((read.problems[0].line, read.problems[0].column), (2, 9));
        assert_eq!(read.settings.log, "warn");
        assert_eq!(load(folder.path()).problems.len(), 1, "a folder is no file");
    }

    #[test]
    fn a_choice_is_kept_beside_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("settings.toml");
        remember(&path, "theme", "light").unwrap();
        fs::write(&path, "# mine\ntheme = \"light\"\ndial = [\"softphone\", \"{phone}\"]\n").unwrap();
        remember(&path, "theme", "dark").unwrap();
        remember(&path, "language", "zh").unwrap();
        remember(&path, "synchronized", "false").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# mine\ntheme = \"dark\"\n"), "{text}");
        let read = load(&path);
        assert_eq!(read.problems, []);
        assert_eq!(read.settings.dial.len(), 2);
        assert_eq!(read.settings.language.as_deref(), Some("zh"));
        assert!(!read.settings.synchronized);
    }
}
