//! The built program on a database of its own, driven as a stranger would: by its command line alone.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};

use crate::ground;

/// A Tuesday of the English school, five minutes after quiet hours.
pub const MORNING: &str = "2026-11-17T10:05:00+08:00";

/// A folder with a database in it; everything is gone when dropped.
pub struct Program {
    db: PathBuf,
    folder: tempfile::TempDir,
}

impl Program {
    /// A folder without a database.
    pub fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { db: ground::fresh(folder.path(), "corral.db"), folder }
    }

    /// The same for a database of this name.
    pub fn on(db: PathBuf) -> Self {
        Self { db, folder: tempfile::tempdir().unwrap() }
    }

    /// A database by a playbook of the program's own, with a manager, and reps of the team One in the order given.
    pub fn with(playbook: &str, reps: &[&str]) -> Self {
        Self::bare().staffed(playbook, reps)
    }

    /// Makes the database, with a manager and reps.
    pub fn staffed(self, playbook: &str, reps: &[&str]) -> Self {
        let program = self;
        program.json("2026-11-16T09:00:00+08:00", &["init", "--playbook", playbook]);
        program.json("2026-11-16T09:01:00+08:00", &["user", "add", "boss", "--role", "manager"]);
        for (place, rep) in reps.iter().enumerate() {
            let now = format!("2026-11-16T09:{:02}:00+08:00", place + 2);
            program.json(&now, &["user", "add", rep, "--name", rep, "--role", "rep", "--team", "One"]);
        }
        program
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database: a file, or a server's address.
    pub fn path(&self) -> PathBuf {
        self.db.clone()
    }

    /// The database as it is named on the command line.
    pub fn db(&self) -> &Path {
        // beside the program where it is a file: that is how people name it
        self.db.strip_prefix(self.folder()).unwrap_or(&self.db)
    }

    /// A command on the database, with nothing of this machine's settings.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::cargo_bin("corral").unwrap();
        command.current_dir(self.folder()).env_remove("CORRAL_DB").env_remove("CORRAL_USER");
        command.env("HOME", self.folder()).env("XDG_CONFIG_HOME", self.folder());
        command.env("CORRAL_SETTINGS", self.folder().join("settings.toml"));
        command.arg("--db").arg(self.db()).args(words);
        command
    }

    /// The JSON document of a command that is done.
    pub fn json(&self, now: &str, words: &[&str]) -> Value {
        let output = self.command(words).args(["--json", "--now", now]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "corral {words:?}: {told}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The exit status and the error object of a command that is refused.
    pub fn refused(&self, now: &str, words: &[&str]) -> (i32, Value) {
        let output = self.command(words).args(["--json", "--now", now]).output().unwrap();
        assert!(output.stdout.is_empty(), "{words:?} answered as well");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        (output.status.code().unwrap(), error["error"].clone())
    }

    /// The answers of one line-driven process.
    pub fn lines(&self, lines: &[Value]) -> Vec<Value> {
        let typed: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let output = self.command(&["log", "-"]).write_stdin(typed.join("\n")).output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What `today` offers and holds back.
    pub fn today(&self, now: &str, rep: &str) -> Value {
        self.json(now, &["today", "--user", rep])
    }

    /// Brings in a lead file given as text.
    pub fn import(&self, now: &str, text: &str, more: &[&str]) -> Value {
        let file = self.folder().join("leads.csv");
        std::fs::write(&file, text).unwrap();
        self.json(now, &[&["import", "leads", "leads.csv"], more].concat())
    }

    /// Statements behind the program's back.
    pub fn sql(&self, sql: &str) {
        ground::run(&self.db, sql);
    }

    /// The rows of a query behind the program's back.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        ground::rows(&self.db, sql)
    }

    /// One number behind the program's back.
    pub fn number(&self, sql: &str) -> i64 {
        self.rows(sql)[0][0].parse().unwrap()
    }

    /// Every derived figure is what the facts make it.
    pub fn verified(&self) {
        let told = self.json(MORNING, &["verify"]);
        assert_eq!((&told["ok"], &told["differences"]), (&json!(true), &json!([])));
    }
}

/// An id as the program prints it.
pub fn id(value: &Value) -> &str {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no text"));
    assert!(text.parse::<i64>().unwrap() > 0);
    text
}

/// The interpreter the tools need, where this machine has it.
pub fn python() -> Option<&'static str> {
    let asked = std::process::Command::new("python3").arg("-c").arg("import tomllib").output();
    asked.is_ok_and(|answer| answer.status.success()).then_some("python3")
}

/// What a script of `tests/tools` prints that drives the program by a built-in playbook; `None` where there is nothing here to run it. It
/// ends with an error on the first thing it cannot explain.
pub fn explained(script: &str, playbook: &str, words: &[&str]) -> Option<Value> {
    let Some(python) = python() else {
        skipped(&format!("there is no python3 with tomllib on this machine; {script} was not run"));
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(python)
        .arg("-B")
        .arg(repository("tests/tools").join(script))
        .args(["--corral", env!("CARGO_BIN_EXE_corral")])
        .arg("--playbook")
        .arg(repository("playbooks").join(format!("{playbook}.toml")))
        .args(words)
        .arg("--dir")
        .arg(folder.path())
        .env("CORRAL_SETTINGS", folder.path().join("settings.toml"))
        .env("HOME", folder.path())
        .env_remove("CORRAL_USER")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stdout));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Says loudly that a proof was not made on this machine.
#[allow(clippy::print_stderr, reason = "a test that was skipped says so")]
pub fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}
