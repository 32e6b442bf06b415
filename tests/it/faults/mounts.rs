//! Small file systems of a test's own, in a mount namespace that ends with the test.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::program::skipped;

/// Says inside that the namespace is the test's own.
const INSIDE: &str = "CORRAL_TEST_MOUNTS";

/// Runs an ignored test of this program where it may mount. Where the machine forbids that the test says that it was skipped;
/// where `CI` is set that is a failure.
pub fn with_own_mounts(test: &str) {
    // root needs no user namespace, everybody else becomes root in one
    for how in ["-m", "-rm"] {
        let may = Command::new("unshare").args([how, "true"]).output();
        if !may.is_ok_and(|answer| answer.status.success()) {
            continue;
        }
        let told = Command::new("unshare")
            .arg(how)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let why = format!("{test}: this machine lets nobody mount a file system (unshare -rm)");
    assert!(std::env::var_os("CI").is_none(), "{why}");
    skipped(&why);
}

/// Whether a test was started by [`with_own_mounts`], not by somebody who runs all that is ignored.
pub fn are_own() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Mounts a file system in memory of so many KiB.
pub fn small(folder: &Path, kib: u32) {
    mount(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs", folder.to_str().unwrap()]);
}

/// Makes a file system one that is only read.
pub fn read_only(folder: &Path) {
    mount(&["-o", "remount,ro", folder.to_str().unwrap()]);
}

/// Makes a file or folder be seen at another place too.
pub fn bind(from: &Path, to: &Path) {
    mount(&["--bind", from.to_str().unwrap(), to.to_str().unwrap()]);
}

fn mount(arguments: &[&str]) {
    let told = Command::new("mount").args(arguments).output().unwrap();
    assert!(told.status.success(), "mount {arguments:?}: {}", String::from_utf8_lossy(&told.stderr));
}

/// Takes all the room that is left in a folder; gives it back when dropped.
pub struct Filler {
    file: File,
    path: std::path::PathBuf,
}

impl Filler {
    /// Fills.
    pub fn fill(folder: &Path) -> Self {
        let path = folder.join("filler");
        let file = File::options().create(true).append(true).open(&path).unwrap();
        let mut filler = Self { file, path };
        filler.more();
        filler
    }

    /// Keeps the room of every file there is in a folder, and below it, from becoming free: a file that is removed goes on
    /// taking it up until what is given is dropped.
    pub fn hold(&mut self, folder: &Path) -> Vec<File> {
        let mut held = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else if let Ok(file) = File::open(entry.path()) {
                    // one that is replaced at this moment has left its room to what replaced it
                    held.push(file);
                }
            }
        }
        self.more();
        held
    }

    /// Takes what has become free since.
    pub fn more(&mut self) {
        for piece in [65_536, 4_096, 1] {
            while self.file.write_all(&vec![b'x'; piece]).is_ok() {}
        }
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).unwrap();
    }
}
