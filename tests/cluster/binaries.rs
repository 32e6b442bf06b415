//! Where the server's programs are on this machine.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder with `postgres`, `initdb` and the rest of one version.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// A program of the folder.
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// A program that is not on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The server's own.
    Server,
    /// The pooler.
    Bouncer,
}

impl fmt::Display for Missing {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Server => {
                "no PostgreSQL binaries: install the server (Debian: apt-get install postgresql), or name the folder with \
                 initdb and postgres in CORRAL_PG_BIN"
            }
            Self::Bouncer => "no pgbouncer: install it (Debian: apt-get install pgbouncer)",
        })
    }
}

/// Whether a test can have a server. It says so where it cannot, past the test's captured output; in CI, that is where `CI` is
/// set, the test fails: there a skipped test would be one that nobody ever runs.
pub fn wanted() -> bool {
    allowed(server().as_ref().err())
}

/// The same for a test that needs the pooler too.
pub fn bouncer_wanted() -> bool {
    wanted() && allowed(bouncer().as_ref().err())
}

fn allowed(missing: Option<&Missing>) -> bool {
    let Some(missing) = missing else { return true };
    assert!(env::var_os("CI").is_none(), "{missing}");
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "{}: skipped: {missing}", thread.name().unwrap_or("a test"));
    false
}

/// The server's programs; without them whoever asked fails.
pub(super) fn found() -> &'static Binaries {
    server().as_ref().unwrap_or_else(|missing| panic!("{missing}"))
}

/// The server's programs, looked for once.
fn server() -> &'static Result<Binaries, Missing> {
    static FOUND: OnceLock<Result<Binaries, Missing>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let whole = |folder: &PathBuf| {
            ["initdb", "postgres", "psql", "pg_ctl"].iter().all(|program| folder.join(program).is_file())
        };
        places().into_iter().find(whole).map(|folder| Binaries { folder }).ok_or(Missing::Server)
    })
}

/// The pooler, which distributions keep among the administrator's programs.
pub(super) fn bouncer() -> &'static Result<PathBuf, Missing> {
    static FOUND: OnceLock<Result<PathBuf, Missing>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let mut places = on_path();
        places.extend(["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"].map(PathBuf::from));
        let mut programs = places.into_iter().map(|folder| folder.join("pgbouncer"));
        programs.find(|program| program.is_file()).ok_or(Missing::Bouncer)
    })
}

/// The folders to look into, the one that was asked for first. Where it was, no other counts: a wrong name must not pass
/// unseen with the server of some other version.
fn places() -> Vec<PathBuf> {
    if let Some(named) = env::var_os("CORRAL_PG_BIN") {
        return vec![PathBuf::from(named)];
    }
    let mut places = Vec::new();
    // Debian's pg_config names the folder of the newest version that has the developer's files; a server needs none of them
    places.extend(debian(Path::new("/usr/lib/postgresql")));
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    places.extend(on_path());
    places
}

/// `/usr/lib/postgresql/VERSION/bin`, the newest version first.
fn debian(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let version = |name: OsString| name.to_str().and_then(|name| name.parse::<u32>().ok());
    let mut versions: Vec<u32> = entries.flatten().filter_map(|entry| version(entry.file_name())).collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.into_iter().map(|version| folder.join(version.to_string()).join("bin")).collect()
}

fn on_path() -> Vec<PathBuf> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

/// Takes what this machine says about servers of its own out of a program's surroundings.
pub(super) fn clean(command: &mut Command) {
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
    // the words of errors are read here
    command.env("LC_MESSAGES", "C").env_remove("LC_ALL").env_remove("LANGUAGE");
}

/// Runs a program to its end; one that fails fails the test, with what it said.
pub(super) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}", told.trim_end());
}
