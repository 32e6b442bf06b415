//! The server that is killed, alone or with a stand-by that takes its place.

use std::path::PathBuf;

use crate::book::Rows;
use crate::cluster::{Cluster, Options, USER};
use crate::error::Failed;

/// What parts cells, and rows, in what psql prints.
const CELL: &str = "\u{1f}";
const ROW: &str = "\u{1e}";

/// A server, and a stand-by where one was asked for.
#[derive(Debug)]
pub struct Pair {
    primary: Cluster,
    standby: Option<Cluster>,
    /// The ports of both: whoever is started again has the one that is free.
    ports: Vec<u16>,
    database: String,
}

impl Pair {
    /// Starts a server that waits for its disk; a stand-by has every commit before it is acknowledged.
    pub fn start(with_standby: bool) -> Self {
        let primary = Cluster::with(&Options { fsync: true, ..Options::default() });
        let database = primary.database_name();
        let standby = with_standby.then(|| primary.standby(true));
        let ports = [Some(&primary), standby.as_ref()].into_iter().flatten().map(Cluster::port).collect();
        Self { primary, standby, ports, database }
    }

    /// The address of the database: all hosts are in it.
    pub fn place(&self) -> PathBuf {
        let hosts: Vec<String> = self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let hosts = hosts.join(",");
        format!("postgres://{USER}@{hosts}/{}?schema=floor&target_session_attrs=read-write", self.database)
            .into()
    }

    /// Kills the server and all its processes in one blow.
    pub fn kill(&self) {
        self.primary.kill();
    }

    /// Starts the server again, or has the stand-by take its place; returns when it takes changes.
    pub fn come_back(&mut self) {
        match self.standby.take() {
            None => self.primary.start_again(),
            Some(standby) => {
                standby.promote();
                self.primary = standby;
            }
        }
    }

    /// Makes the next stand-by where the old server was.
    pub fn be_two_again(&mut self) {
        let free = self.ports.iter().copied().find(|port| *port != self.primary.port());
        if self.ports.len() > 1 {
            self.standby = Some(self.primary.standby_at(true, free));
        }
    }
}

impl Rows for Pair {
    fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, Failed> {
        let mut psql = self.primary.client("psql", self.primary.port());
        psql.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-F", CELL, "-R", ROW]);
        psql.args(["-d", &self.database, "-c", "SET search_path TO floor", "-c", sql]);
        let output = psql.output()?;
        if !output.status.success() {
            return Err(Failed::Part(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let told = told.strip_suffix('\n').unwrap_or(&told);
        let rows = told.split(ROW).filter(|row| !row.is_empty());
        Ok(rows.map(|row| row.split(CELL).map(str::to_owned).collect()).collect())
    }
}
