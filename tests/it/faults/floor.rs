//! A small floor: one rep, a few customers, a database that the test may harm.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::pty::{Pty, corral};

/// A Tuesday afternoon of the English school.
pub const NOW: &str = "2026-11-24T13:30:00+08:00";
/// The rep's customers, the first the first to be called.
pub const NAMES: [&str; 3] = ["MARK-Anne", "MARK-Bert", "MARK-Carl"];

/// A database and a home of a person.
pub struct Floor {
    db: PathBuf,
    home: PathBuf,
}

impl Floor {
    /// Makes the database `corral.db` in a folder, for a person at home in another.
    pub fn make(folder: &Path, home: &Path) -> Self {
        Self::make_at(folder.join("corral.db"), home)
    }

    /// The same in a database of another name: a server's address.
    pub fn make_at(db: PathBuf, home: &Path) -> Self {
        let floor = Self { db, home: home.to_owned() };
        floor.json(&["init", "--playbook", "edu-english"]);
        floor.json(&["user", "add", "wang", "--name", "Wang", "--role", "rep", "--team", "One"]);
        let rows: Vec<String> =
            NAMES.iter().zip(0..).map(|(name, n)| format!("{name},1390000{n:04}")).collect();
        let leads = home.join("leads.csv");
        std::fs::write(&leads, format!("name,phone\n{}\n", rows.join("\n"))).unwrap();
        let told = floor.json(&["import", "leads", leads.to_str().unwrap(), "--assign", "wang"]);
        assert_eq!(told["created"], 3, "{told}");
        floor
    }

    /// The database file.
    pub fn db(&self) -> &Path {
        &self.db
    }

    /// The person's home.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// A screen of the rep on the database, with what is due in sight.
    pub fn open(&self) -> Pty {
        let mut screen = self.begin(&["--now", NOW]);
        screen.until(NAMES[0]);
        screen.until("Start");
        screen
    }

    /// A screen of the rep with more arguments, as it begins.
    pub fn begin(&self, arguments: &[&str]) -> Pty {
        let db = self.db.to_str().unwrap();
        let all = [&["--db", db, "--user", "wang", "--lang", "en"], arguments].concat();
        Pty::open(corral(&self.home, &all), (120, 36))
    }

    /// A headless command.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_on(&self.db, arguments)
    }

    /// A headless command of the same person on another file.
    pub fn run_on(&self, db: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corral"));
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env(name, &self.home);
        }
        for name in ["CORRAL_DB", "CORRAL_USER", "CORRAL_SETTINGS"] {
            command.env_remove(name);
        }
        command.arg("--db").arg(db).args(["--json"]).args(arguments);
        command.output().unwrap()
    }

    /// What a headless command answers at [`NOW`].
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--now", NOW]].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "corral {arguments:?}: {told}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The error code of a headless command that fails.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(&[arguments, &["--now", NOW]].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        error["error"]["code"].as_str().unwrap().to_owned()
    }

    /// The notes of every touch there is, in the order they were saved. Ids of one instant are in no order.
    pub fn notes(&self) -> Vec<String> {
        let db = rusqlite::Connection::open(&self.db).unwrap();
        let mut asked = db
            .prepare(
                "SELECT t.note FROM journal j JOIN touch t ON t.id = CAST(json_extract(j.effects, '$.touch') AS INTEGER) \
                 WHERE j.kind = 'work.log' AND t.void_at IS NULL ORDER BY j.rev",
            )
            .unwrap();
        asked.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Every derived figure is what the facts make it.
    pub fn verified(&self) {
        let told = self.json(&["verify"]);
        assert_eq!(told["ok"], true, "{told}");
    }
}
