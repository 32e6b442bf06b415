//! A second server that follows the first.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use super::{Cluster, USER, account, binaries};

/// The longest a standby is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

impl Cluster {
    /// A server that has everything this one has and follows it by a replication slot, so that nothing it needs is thrown away
    /// while it is down. It answers reads. When `synchronous`, a commit here returns only after the standby has it on disk: also
    /// when the standby is gone, which is what a promotion without loss costs.
    pub fn standby(&self, synchronous: bool) -> Self {
        self.standby_at(synchronous, None)
    }

    /// The same at a port of its own: that of a server that is gone, so that an address that names both goes on to hold.
    pub fn standby_at(&self, synchronous: bool, port: Option<u16>) -> Self {
        let name = format!("standby_{}", self.made.fetch_add(1, Ordering::Relaxed) + 1);
        let (folder, account) = account::folder("corral-pg-", self.folder.path().parent());
        let mut source = format!("host=127.0.0.1 port={} user={USER} application_name={name}", self.port);
        if let Some(password) = &self.password {
            let file = folder.path().join("pgpass");
            account.file(&file, &super::password_line(password));
            let _ = write!(source, " passfile='{}'", file.display());
        }
        let mut copy = account.command(&self.binaries.path("pg_basebackup"), folder.path());
        copy.args(["--no-sync", "-w", "-R", "-X", "stream", "-c", "fast", "-C", "-S", &name, "-d", &source]);
        copy.arg("-D").arg(folder.path().join("data"));
        binaries::run(&mut copy);
        let standby = Self::launch(self.binaries, account, folder, (self.password.clone(), port));
        let state = format!("select state from pg_stat_replication where application_name = '{name}'");
        self.until("the standby streams", &state, "streaming");
        if synchronous {
            self.psql("postgres", &format!("alter system set synchronous_standby_names = '{name}'"));
            self.psql("postgres", "select pg_reload_conf()");
            let state =
                format!("select sync_state from pg_stat_replication where application_name = '{name}'");
            self.until("the standby is synchronous", &state, "sync");
        }
        standby
    }

    /// Makes a standby the primary; returns when it takes writes. Stop or kill the old one first, or there are two.
    pub fn promote(&self) {
        let promoted = self.psql("postgres", "select pg_promote(true, 60)");
        assert_eq!(promoted, "t", "the standby was not promoted: {}", self.log());
        // taken over with the files where the old primary had a standby of its own: nobody follows here yet, and every commit
        // would wait for that one
        self.psql("postgres", "alter system reset synchronous_standby_names");
        self.psql("postgres", "select pg_reload_conf()");
    }

    /// Waits until a statement answers what is expected.
    pub fn until(&self, what: &str, sql: &str, expected: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let told = self.try_psql("postgres", sql);
            if told.as_deref() == Ok(expected) {
                return;
            }
            assert!(Instant::now() < until, "not in a minute: {what}; {sql}: {told:?}; {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }
}
