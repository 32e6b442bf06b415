//! The settings file: a few choices of the person at this machine.
//!
//! A fault in it is told with its place and never stops the program: what is wrong keeps its default.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The choices, all optional.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `en` or `zh`.
    pub language: Option<String>,
    /// The name of a built-in theme or of a file in the `themes` folder beside the settings.
    pub theme: Option<String>,
    /// The database.
    pub db: Option<String>,
    /// The user to sign in as.
    pub user: Option<String>,
    /// The command that dials, `{phone}` standing for the number.
    pub dial: Vec<String>,
    /// Whether each frame is marked as a whole (off for the few terminals that flicker).
    pub synchronized: Option<bool>,
    /// The keymap file; `keys.toml` beside the settings unless named here.
    pub keys: Option<String>,
    /// Whether the mouse is used; it is unless this says `false`.
    pub mouse: Option<bool>,
}

/// The settings file with what is wrong in it.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The choices.
    pub settings: Settings,
    /// What is wrong: `file:line:col: message`.
    pub problems: Vec<String>,
}

/// Reads a settings file; one that is not there is an empty one.
pub fn load(path: &Path) -> Loaded {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Loaded::default(),
        Err(error) => {
            let problem = format!("{}: cannot be read ({error}); the defaults are used", path.display());
            return Loaded { settings: Settings::default(), problems: vec![problem] };
        }
    };
    match toml::from_str(&text) {
        Ok(settings) => Loaded { settings, problems: Vec::new() },
        Err(error) => Loaded { settings: salvage(&text), problems: vec![placed(path, &text, &error)] },
    }
}

/// What of a faulty file can be used: each key by itself.
fn salvage(text: &str) -> Settings {
    let Ok(table) = text.parse::<toml::Table>() else { return Settings::default() };
    let mut kept = toml::Table::new();
    for (key, value) in table {
        let mut tried = kept.clone();
        tried.insert(key, value);
        if Settings::deserialize(toml::Value::Table(tried.clone())).is_ok() {
            kept = tried;
        }
    }
    Settings::deserialize(toml::Value::Table(kept)).unwrap_or_default()
}

fn placed(path: &Path, text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let message = error.message().trim_end().replace('\n', " ");
    format!("{}:{line}:{column}: {message}; the default is used instead", path.display())
}

/// Keeps one choice in the settings file, leaving every other line as it is.
///
/// # Errors
/// What the system says when the file cannot be written.
pub fn remember(path: &Path, key: &str, value: &str) -> io::Result<()> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let line = format!("{key} = {}", toml::Value::String(value.to_owned()));
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
    let fresh: PathBuf = path.with_extension("toml.new");
    fs::write(&fresh, lines.join("\n") + "\n")?;
    fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_with_its_place_and_the_rest_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "language = \"zh\"\ncolour = 3\n").unwrap();
        let loaded = load(&path);
        assert_eq!(loaded.settings.language.as_deref(), Some("zh"));
        assert_eq!(loaded.problems.len(), 1);
        assert!(loaded.problems[0].contains("settings.toml:2:1:"), "{:?}", loaded.problems);
    }

    #[test]
    fn a_choice_is_kept_beside_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("settings.toml");
        remember(&path, "theme", "light").unwrap();
        fs::write(&path, "# mine\ntheme = \"light\"\ndial = [\"softphone\", \"{phone}\"]\n").unwrap();
        remember(&path, "theme", "dark").unwrap();
        remember(&path, "language", "zh").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# mine\ntheme = \"dark\"\n"), "{text}");
        assert_eq!(load(&path).settings.dial.len(), 2);
        assert_eq!(load(&path).settings.language.as_deref(), Some("zh"));
    }
}
