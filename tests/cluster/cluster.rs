//! A PostgreSQL server of a test's own: made, used, killed and thrown away.
//!
//! ```ignore
//! #[path = "../cluster/cluster.rs"]
//! mod cluster;
//!
//! if !cluster::wanted() { return }                 // says "skipped"; in CI it fails instead
//! let address = cluster::shared().database();      // postgres://…, fresh and empty, on one server a process
//! let own = Cluster::start();                      // a server to stop, kill and start again
//! let standby = own.standby(true);                 // streams from it; `standby.promote()` makes it the primary
//! let bouncer = Bouncer::start(&own, Mode::Transaction);
//! let relay = Relay::start(own.port());            // a network to cut: `relay.cut()`, `relay.mend()`
//! ```
//!
//! It listens on loopback alone, at a port that was free, and keeps its files in a temporary folder. A server refuses to run as
//! root, so root hands it to the user `postgres` or `nobody`. Whatever way the program ends, a [`guard`] ends the server.

#![allow(dead_code, reason = "tests, load programs and benches each use a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a server that cannot be had fails the test that asked for it"
)]

mod account;
mod binaries;
mod bouncer;
mod guard;
mod relay;
mod server;
mod standby;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

#[allow(unused_imports, reason = "tests, load programs and benches each use a part of it")]
pub use self::{
    binaries::{Missing, bouncer_wanted, wanted},
    bouncer::{Bouncer, Mode},
    relay::Relay,
};

use self::account::Account;
use self::binaries::Binaries;
use self::guard::Guard;
use self::server::Server;

/// The superuser of every server made here.
pub const USER: &str = "postgres";

/// What a server is like.
#[derive(Debug, Clone)]
pub struct Options {
    /// Waits for the disk at every commit. Off it is quicker, and a killed server loses nothing either: what it wrote is with the
    /// kernel. Only a machine that loses power would. A figure that is to mean something wants it on; a start after a kill then
    /// takes seconds, as every file is brought to the disk first.
    pub fsync: bool,
    /// Connections at the same time.
    pub max_connections: u16,
    /// `C`, a locale of the machine (`zh_CN.UTF-8`), or `icu:` and a language (`icu:zh-Hans`, from version 15). Always UTF-8.
    pub locale: String,
    /// The superuser's password; where there is none, whoever comes by loopback is trusted.
    pub password: Option<String>,
    /// More settings of the server, each as `postgresql.conf` has it: `("work_mem", "'64MB'")`.
    pub settings: Vec<(&'static str, String)>,
    /// The folder to make the server's own folder in; the temporary folder of the machine where none is named.
    pub within: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fsync: false,
            max_connections: 200,
            locale: "C".to_owned(),
            password: None,
            settings: Vec::new(),
            within: None,
        }
    }
}

/// A server and its folder. Dropped, it is stopped and everything is gone.
#[derive(Debug)]
pub struct Cluster {
    binaries: &'static Binaries,
    account: Account,
    password: Option<String>,
    made: AtomicU32,
    /// The running postmaster; none while it is stopped or killed.
    server: Mutex<Option<Server>>,
    port: u16,
    // after the server: dropped in this order, the guard takes the folder away when nothing runs in it
    guard: Guard,
    folder: tempfile::TempDir,
}

/// The one server of this process, made when first asked for. A static is never dropped; its guard ends it with the process.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

impl Cluster {
    /// A server with the usual options.
    pub fn start() -> Self {
        Self::with(&Options::default())
    }

    /// A server with options of its own.
    pub fn with(options: &Options) -> Self {
        let binaries = binaries::found();
        let (folder, account) = account::folder("corral-pg-", options.within.as_deref());
        initialise(binaries, &account, folder.path(), options);
        Self::launch(binaries, account, folder, (options.password.clone(), None))
    }

    /// Starts what stands in a folder, at a port or at the first one that is free.
    fn launch(
        binaries: &'static Binaries,
        account: Account,
        folder: tempfile::TempDir,
        (password, port): (Option<String>, Option<u16>),
    ) -> Self {
        let guard = Guard::of_server(binaries, &account, folder.path());
        let (server, port) = match port {
            Some(port) => (server::at(binaries, &account, folder.path(), port), port),
            None => server::at_a_free_port(binaries, &account, folder.path()),
        };
        let server = Mutex::new(Some(server));
        Self { binaries, account, password, made: AtomicU32::new(0), server, port, guard, folder }
    }

    /// The port on loopback; the same for life.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the server's files.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        server::log(self.folder.path())
    }

    /// The address of a database. Never with a password: that is in [`Cluster::password_file`].
    pub fn url(&self, database: &str) -> String {
        address(self.port, database)
    }

    /// A file for `PGPASSFILE` with the superuser's password, for any port (a relay has another than the server).
    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("pgpass")
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self) -> String {
        self.url(&self.database_name())
    }

    /// Makes an empty database and gives its name.
    pub fn database_name(&self) -> String {
        let name = format!("floor_{}", self.made.fetch_add(1, Ordering::Relaxed) + 1);
        self.psql("postgres", &format!("create database {name} template template0"));
        name
    }

    /// What a statement answers: rows as lines, columns parted by `|`. A statement that fails fails the test.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        self.try_psql(database, sql).unwrap_or_else(|told| panic!("{sql}: {told}"))
    }

    /// What a statement answers, or what psql said.
    pub fn try_psql(&self, database: &str, sql: &str) -> Result<String, String> {
        self.psql_at(self.port, database, sql)
    }

    /// The same by another port: a bouncer's or a relay's.
    pub fn psql_at(&self, port: u16, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = self.client("psql", port);
        psql.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]);
        let output = psql.output().expect("psql starts");
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        }
        Err(String::from_utf8_lossy(&output.stderr).trim_end().to_owned())
    }

    /// A program of PostgreSQL (`pgbench`, `pg_dump`) pointed at this server as the superuser.
    pub fn client(&self, program: &str, port: u16) -> Command {
        let mut command = Command::new(self.binaries.path(program));
        binaries::clean(&mut command);
        command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", USER]);
        if self.password.is_some() {
            command.env("PGPASSFILE", self.password_file());
        }
        command
    }

    /// Whether it runs.
    pub fn runs(&self) -> bool {
        self.held().as_mut().is_some_and(Server::runs)
    }

    /// Stops the server: sessions are ended, what was committed is kept.
    pub fn stop(&self) {
        if let Some(server) = self.held().take() {
            server.stop();
        }
    }

    /// Kills the postmaster and every process of its own in one blow, as a crash does.
    pub fn kill(&self) {
        if let Some(server) = self.held().take() {
            server.kill();
        }
    }

    /// Starts it again after [`Cluster::stop`] or [`Cluster::kill`], at the same port, and returns when it answers.
    pub fn start_again(&self) {
        let mut held = self.held();
        assert!(held.is_none(), "the server runs already");
        *held = Some(server::at(self.binaries, &self.account, self.folder.path(), self.port));
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Server>> {
        // a test that failed while it held the lock must not keep others from stopping the server
        self.server.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The address of a database at a port of this machine.
fn address(port: u16, database: &str) -> String {
    format!("postgres://{USER}@127.0.0.1:{port}/{database}")
}

/// The superuser's line of a password file, for every host and port.
fn password_line(password: &str) -> String {
    format!("*:*:*:{USER}:{}\n", password.replace('\\', "\\\\").replace(':', "\\:"))
}

/// Makes the server's files and its settings.
fn initialise(binaries: &Binaries, account: &Account, folder: &Path, options: &Options) {
    let mut initdb = account.command(&binaries.path("initdb"), folder);
    initdb.args(["--no-sync", "--encoding=UTF8", "--username", USER, "-D"]).arg(folder.join("data"));
    match options.locale.strip_prefix("icu:") {
        Some(language) => initdb.args(["--locale=C", "--locale-provider=icu", "--icu-locale", language]),
        None => initdb.args(["--locale", &options.locale]),
    };
    match &options.password {
        Some(password) => {
            account.file(&folder.join("pgpass"), &password_line(password));
            account.file(&folder.join("password"), &format!("{password}\n"));
            initdb.arg("--auth=scram-sha-256").arg("--pwfile").arg(folder.join("password"))
        }
        None => initdb.arg("--auth=trust"),
    };
    binaries::run(&mut initdb);
    let mut text = String::from("\n# the throw-away server\nlisten_addresses = '127.0.0.1'\n");
    // a socket's path may not be longer than 107 bytes, and a temporary folder's is
    text.push_str("unix_socket_directories = ''\n");
    let switch = if options.fsync { "on" } else { "off" };
    let _ = writeln!(text, "fsync = {switch}\nfull_page_writes = {switch}");
    let _ = writeln!(text, "max_connections = {}", options.max_connections);
    for (name, value) in &options.settings {
        let _ = writeln!(text, "{name} = {value}");
    }
    let path = folder.join("data/postgresql.conf");
    let stood = fs::read_to_string(&path).expect("initdb wrote the settings");
    fs::write(&path, stood + &text).expect("the settings can be written");
}
