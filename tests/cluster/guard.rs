//! Ends a server with the process that started it.
//!
//! A test process may end without dropping anything: a static is never dropped, `exit` drops nothing, and a killed process does
//! nothing at all. So a small shell stands beside each server and reads from a pipe that only this process holds. It never gets a
//! byte: when the process is gone, whichever way, the kernel closes the pipe, the read ends, and the shell stops the server and
//! takes its folder away.

use std::path::Path;
use std::process::{Child, Stdio};

use super::account::Account;
use super::binaries::Binaries;

/// The shell; dropped, it does its work at once and is waited for.
#[derive(Debug)]
pub(super) struct Guard {
    shell: Child,
}

impl Guard {
    /// Stands by a database server, which may be killed and started again in the meantime.
    pub(super) fn of_server(binaries: &Binaries, account: &Account, folder: &Path) -> Self {
        let control = binaries.path("pg_ctl");
        let stop = "read -r _; \"$2\" -D \"$1/data\" -m immediate -w stop; rm -rf \"$1\"";
        Self::stand(account, folder, stop, &control.to_string_lossy())
    }

    /// Stands by a single process.
    pub(super) fn of_process(account: &Account, folder: &Path, process: u32) -> Self {
        Self::stand(account, folder, "read -r _; kill -9 \"$2\"; rm -rf \"$1\"", &process.to_string())
    }

    fn stand(account: &Account, folder: &Path, script: &str, word: &str) -> Self {
        let mut shell = account.command("sh", Path::new("/"));
        shell.args(["-c", script, "guard"]).arg(folder).arg(word);
        // the output of the tests would otherwise be held open by whoever still stands here
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { shell: shell.spawn().expect("sh starts") }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
