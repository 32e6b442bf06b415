//! A pooler in front of a server: many sessions, few connections.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::account::{self, Account};
use super::guard::Guard;
use super::{Cluster, USER, address, binaries, server};

/// The longest the pooler is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a session keeps a connection of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until the session ends.
    Session,
    /// Until the transaction ends: what a session sets, prepares or listens to is not there in the next one.
    Transaction,
}

/// `PgBouncer` on loopback; dropped, it is stopped. Ask [`super::bouncer_wanted`] first.
#[derive(Debug)]
pub struct Bouncer {
    child: Child,
    port: u16,
    _guard: Guard,
    folder: tempfile::TempDir,
}

impl Bouncer {
    /// Stands in front of every database of a server, with at most four connections to each.
    pub fn start(cluster: &Cluster, mode: Mode) -> Self {
        Self::ignoring(cluster, mode, "extra_float_digits")
    }

    /// The same with a list of settings that it takes from clients and forgets.
    pub fn ignoring(cluster: &Cluster, mode: Mode, ignored: &str) -> Self {
        // between the look for a port and the bind somebody else may take it
        for _ in 0..20 {
            if let Some(bouncer) = Self::at(server::free_port(), cluster, (mode, ignored)) {
                return bouncer;
            }
        }
        panic!("no free port on loopback in twenty tries")
    }

    fn at(port: u16, cluster: &Cluster, how: (Mode, &str)) -> Option<Self> {
        let program = binaries::bouncer().as_ref().unwrap_or_else(|missing| panic!("{missing}"));
        let (folder, account) = account::folder("corral-pgbouncer-", None);
        settings(&account, folder.path(), port, cluster, how);
        let log = File::create(folder.path().join("log")).expect("the log opens");
        let mut command = account.command(program, folder.path());
        command.arg(folder.path().join("pgbouncer.ini"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().expect("pgbouncer starts");
        let guard = Guard::of_process(&account, folder.path(), child.id());
        let mut bouncer = Self { child, port, _guard: guard, folder };
        let until = Instant::now() + PATIENCE;
        loop {
            if bouncer.child.try_wait().expect("a child can be asked").is_some() {
                let told = bouncer.log();
                assert!(told.contains("Address already in use"), "pgbouncer did not start: {told}");
                return None;
            }
            let told = cluster.psql_at(port, "postgres", "select 1");
            if told.as_deref() == Ok("1") {
                return Some(bouncer);
            }
            assert!(Instant::now() < until, "pgbouncer does not answer: {told:?}; {}", bouncer.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database by way of the pooler.
    pub fn url(&self, database: &str) -> String {
        address(self.port, database)
    }

    /// What the pooler wrote to its log.
    pub fn log(&self) -> String {
        server::log(self.folder.path())
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The pooler's settings and the users it knows.
fn settings(
    account: &Account,
    folder: &std::path::Path,
    port: u16,
    cluster: &Cluster,
    (mode, ignored): (Mode, &str),
) {
    let (kind, password) = match &cluster.password {
        Some(password) => ("scram-sha-256", password.as_str()),
        None => ("trust", ""),
    };
    let mode = match mode {
        Mode::Session => "session",
        Mode::Transaction => "transaction",
    };
    account.file(&folder.join("users"), &format!("\"{USER}\" \"{}\"\n", password.replace('"', "\"\"")));
    let mut text = format!("[databases]\n* = host=127.0.0.1 port={}\n\n[pgbouncer]\n", cluster.port());
    let _ = writeln!(text, "listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =");
    let _ = writeln!(text, "auth_type = {kind}\nauth_file = {}", folder.join("users").display());
    let _ = writeln!(text, "pool_mode = {mode}\ndefault_pool_size = 4\nmax_client_conn = 1000");
    // clients set it at the start, and the pooler cannot keep it for them
    let _ = writeln!(text, "ignore_startup_parameters = {ignored}");
    fs::write(folder.join("pgbouncer.ini"), text).expect("the settings can be written");
}
