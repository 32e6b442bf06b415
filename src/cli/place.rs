//! Where things are on this machine: settings, drafts, the database in use.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy as _, choose_base_strategy};

use crate::cli::args::Args;
use crate::cli::output::Failure;
use crate::runtime::person::Folders;
use crate::runtime::settings::{self, Loaded, Problem, Settings};
use crate::store::engine;

/// Places and choices of the person at this machine.
#[derive(Debug, Clone)]
pub struct Place {
    /// The settings file.
    pub settings_file: PathBuf,
    /// Its choices.
    pub settings: Settings,
    /// The settings it names.
    pub named: BTreeSet<&'static str>,
    /// What is wrong in it.
    pub problems: Vec<Problem>,
    /// Whether what the person wrote is left aside: settings, keys, themes, drafts (`--safe`).
    pub safe: bool,
    /// The keymap file.
    pub keys: KeysFile,
    /// The log and crash reports.
    pub state: PathBuf,
    /// Drafts and held changes: in the folder of the state too, unless the database is a copy that is thrown away.
    pub mine: PathBuf,
    /// The database; the usual one where nothing names another.
    pub db: PathBuf,
}

/// The keymap file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysFile {
    /// Where it is.
    pub path: PathBuf,
    /// Whether somebody named it, so that it is missed where it is not there.
    pub is_named: bool,
}

impl Place {
    /// Finds the places: arguments before variables before settings before what is usual.
    ///
    /// # Errors
    /// When the machine has no home folder to speak of, or the database is named by an address this program does not serve.
    pub fn find(args: &Args) -> Result<Self, Failure> {
        Self::with(args, |file| {
            let loaded = settings::load(file);
            if args.safe { aside(&loaded) } else { loaded }
        })
    }

    /// Finds the places without reading the settings file, which may never answer.
    ///
    /// # Errors
    /// As [`Place::find`].
    pub fn unread(args: &Args) -> Result<Self, Failure> {
        Self::with(args, |_| Loaded::default())
    }

    fn with(args: &Args, load: impl FnOnce(&Path) -> Loaded) -> Result<Self, Failure> {
        let base = choose_base_strategy().map_err(|e| Failure::failed("no_home", e.to_string()))?;
        let settings_file =
            args.settings.clone().unwrap_or_else(|| base.config_dir().join("corral").join("settings.toml"));
        let loaded = load(&settings_file);
        // a name in the settings is looked for from there
        let keys = match (&args.keys, &loaded.settings.keys) {
            (Some(named), _) => KeysFile { path: named.clone(), is_named: true },
            (None, Some(named)) => KeysFile { path: settings_file.with_file_name(named), is_named: true },
            (None, None) => KeysFile { path: settings_file.with_file_name("keys.toml"), is_named: false },
        };
        let state = base.state_dir().unwrap_or_else(|| base.data_dir()).join("corral");
        let named = args.db.clone().or_else(|| loaded.settings.db.clone());
        if let Some(given) = named.as_deref() {
            engine::check(Path::new(given)).map_err(|e| Failure::usage(e.to_string()))?;
        }
        let db = named.map_or_else(|| base.data_dir().join("corral").join("corral.db"), PathBuf::from);
        let Loaded { mut settings, named, problems } = loaded;
        settings.ask_pin |= args.ask_pin;
        Ok(Self {
            settings_file,
            settings,
            named,
            problems,
            safe: args.safe,
            keys,
            mine: state.clone(),
            state,
            db,
        })
    }

    /// Where drafts and held changes of a user on a database are kept: one folder each, so that two databases do not mix.
    pub fn folders(&self, db: &Path, login: &str) -> Folders {
        Folders { drafts: self.own("drafts", db, login), outbox: self.own("outbox", db, login) }
    }

    /// Where the choices are kept of a user who comes to a database from another machine.
    pub fn choices(&self, db: &Path, login: &str) -> PathBuf {
        self.own("people", db, login).join("settings.toml")
    }

    fn own(&self, what: &str, db: &Path, login: &str) -> PathBuf {
        let whole = if engine::is_server(db) {
            db.to_owned()
        } else {
            std::path::absolute(db).unwrap_or_else(|_| db.to_owned())
        };
        let named: String =
            whole.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        self.mine.join(what).join(named).join(login)
    }

    /// Where the log is written.
    pub fn log(&self) -> PathBuf {
        self.state.join("log")
    }

    /// Where crash reports are written.
    pub fn crashes(&self) -> PathBuf {
        self.state.join("crashes")
    }

    /// Where theme files of the person's own lie.
    pub fn themes(&self) -> PathBuf {
        self.settings_file.with_file_name("themes")
    }
}

/// What is left of the settings where a person wants to start without them: whether somebody has to prove who it is.
fn aside(loaded: &Loaded) -> Loaded {
    let Settings { lock_after, ask_pin, .. } = loaded.settings;
    Loaded { settings: Settings { lock_after, ask_pin, ..Settings::default() }, ..Loaded::default() }
}
