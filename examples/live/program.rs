//! The program beside this one, what it is told on the command line, and a floor for it to stand on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use corral::playbook::{embedded, source};
use corral::runtime::clock::Clock;
use corral::sample::{self, Request};

use crate::error::Failed;

/// The playbook of the floor that is made up.
const PLAYBOOK: &str = "edu-english";
/// The sign-in name of the one who only looks.
pub const VIEWER: &str = "wall";

/// The program.
pub fn product() -> Result<PathBuf, Failed> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent);
    let path = folder.map(|folder| folder.join("corral")).filter(|path| path.exists());
    path.ok_or_else(|| {
        Failed::Part("the program is not built: cargo build --release --bin corral".to_owned())
    })
}

/// Runs a command of it as somebody; as nobody in particular where none is named. Answers with what it printed.
pub fn run(db: &Path, home: &Path, by: Option<&str>, words: &[&str]) -> Result<String, Failed> {
    let mut command = Command::new(product()?);
    command.arg("--db").arg(db).env("HOME", home).env("XDG_CONFIG_HOME", home).arg("--json");
    if let Some(by) = by {
        command.args(["--user", by]);
    }
    let output = command.args(words).output()?;
    if !output.status.success() {
        return Err(Failed::Part(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Makes up a floor whose history ends now, with somebody who only looks.
pub fn floor(path: &Path, home: &Path, (reps, customers, days): (usize, usize, usize)) -> Result<(), Failed> {
    let text = embedded::text(PLAYBOOK).ok_or_else(|| Failed::Part("no built-in playbook".to_owned()))?;
    let book = source::load_text(PLAYBOOK, text).map_err(|_| Failed::Part("a broken playbook".to_owned()))?;
    let playbooks = vec![Arc::new(book)];
    let request = Request { playbooks, reps, customers, days, seed: 1, now: Clock::System.now() };
    sample::make(path, &request, &mut |_, _| {})?;
    run(path, home, None, &["user", "add", VIEWER, "--name", "Wall", "--role", "viewer"])?;
    Ok(())
}
