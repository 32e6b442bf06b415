//! The machine's clock set back under a running program, by a library that is loaded before it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use corral::domain::time::Timestamp;
use serde_json::Value;

use super::floor::{Floor, NAMES, NOW};
use super::pty::{Pty, corral};
use crate::program::skipped;

const HOUR: i64 = 3_600;

/// A machine whose clock the test sets.
struct Machine {
    library: PathBuf,
    file: PathBuf,
    floor: Floor,
    _folder: tempfile::TempDir,
}

impl Machine {
    /// `None` where this system loads no library before a program.
    fn begin() -> Option<Self> {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            let why = "this system loads no library before a program";
            assert!(std::env::var_os("CI").is_none(), "{why}");
            skipped(why);
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("clock.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/clock.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let floor = Floor::make(folder.path(), folder.path());
        Some(Self { library, file: folder.path().join("clock"), floor, _folder: folder })
    }

    /// Sets the machine's clock to [`NOW`] and some seconds.
    fn set(&self, by: i64) {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let wanted = NOW.parse::<Timestamp>().unwrap().0 / 1_000 + by;
        // in one step: the program asks at any moment
        let fresh = self.file.with_extension("new");
        std::fs::write(&fresh, (wanted - i64::try_from(real).unwrap()).to_string()).unwrap();
        std::fs::rename(&fresh, &self.file).unwrap();
    }

    fn open(&self) -> Pty {
        let db = self.floor.db().to_str().unwrap();
        let mut command = corral(self.floor.home(), &["--db", db, "--user", "wang", "--lang", "en"]);
        command.env("LD_PRELOAD", &self.library);
        command.env("CLOCK_FILE", &self.file);
        let mut screen = Pty::open(command, (120, 36));
        screen.until("Materials");
        screen
    }

    /// A headless command under the machine's own clock.
    fn run(&self, words: &[&str]) -> (Value, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_corral"))
            .args(["--json", "--user", "wang", "--db"])
            .arg(self.floor.db())
            .args(words)
            .env("LD_PRELOAD", &self.library)
            .env("CLOCK_FILE", &self.file)
            .env("HOME", self.floor.home())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{told}");
        (serde_json::from_slice(&output.stdout).unwrap(), told)
    }

    /// Times and ids of the journal and of the touches, in the order they were made.
    fn order(&self) -> Vec<[i64; 3]> {
        let db = rusqlite::Connection::open(self.floor.db()).unwrap();
        let mut asked = db
            .prepare(
                "SELECT j.at, j.write_id, t.day FROM journal j \
                 JOIN touch t ON t.id = CAST(json_extract(j.effects, '$.touch') AS INTEGER) WHERE j.kind = 'work.log' ORDER BY j.rev",
            )
            .unwrap();
        let rows = asked.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?])).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

fn call(screen: &mut Pty, next: &str) {
    screen.press("\r");
    screen.until("0 min");
    screen.press("1");
    screen.until(next);
    screen.until("saved ·");
    // after the last customer the day is there by itself, and an Esc too many would go with the key after it
    if !screen.shown().contains("Materials") {
        screen.press("\x1b");
        screen.until("Materials");
    }
}

#[test]
fn a_clock_set_back_does_not_turn_anything_back() {
    let Some(machine) = Machine::begin() else { return };
    machine.set(0);
    let mut screen = machine.open();
    screen.until("13:30");
    call(&mut screen, NAMES[1]);

    // an hour back: told, and the session's own time goes on
    machine.set(-HOUR);
    screen.press("j");
    screen.until("this machine's clock is 1 h");
    screen.until("times go on from where they were");
    screen.until("13:3");
    call(&mut screen, NAMES[2]);
    screen.press("j");
    screen.until("this machine's clock is 1 h");

    // right again: nothing more is said
    machine.set(60);
    screen.press("j");
    screen.until_gone("this machine's clock");
    screen.press("q");
    assert_eq!(screen.end(), 0);

    // a day back, and a program that starts then: it begins where the last change was
    machine.set(-24 * HOUR);
    let mut screen = machine.open();
    screen.until("this machine's clock is");
    screen.until("13:3");
    call(&mut screen, "Calls");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    let (_, told) = machine.run(&["today"]);
    assert!(told.contains("this machine's clock is 14"), "1,440 minutes, about: {told}");

    let order = machine.order();
    assert_eq!(order.len(), 3);
    for pair in order.windows(2) {
        let ([at, id, day], [later, greater, same]) = (pair[0], pair[1]);
        assert!(later >= at && greater > id, "{order:?}");
        assert_eq!(day, same, "{order:?}");
    }
    machine.floor.verified();
}
