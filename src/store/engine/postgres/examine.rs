//! What can be said of a database on a server without changing anything: the line to it, the server itself, the layout, the rights,
//! and what is in it.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::store::engine::postgres::address::{Address, named};
use crate::store::engine::postgres::{Postgres, create};
use crate::store::engine::sqlite::examine::{Inside, facts};
use crate::store::engine::{Engine as _, Tx};
use crate::store::error::StoreError;
use crate::store::migrate;
use crate::values;

/// Times the way there and back is measured.
const ROUNDS: usize = 3;

/// Who can read along on the way to a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Guarded {
    /// Nobody, as the server sees it: the line is encrypted. Through a pool that is the pool's line.
    Tls,
    /// Nobody but this machine, which it does not leave.
    Near,
    /// Whoever listens on the network.
    #[default]
    Plain,
}

/// What is known of a server and of the line to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Server {
    /// Its version, as it says it.
    pub version: String,
    /// Who can read along.
    pub guarded: Guarded,
    /// Whether a pool stands in between, so that news are asked for.
    pub pooled: bool,
    /// The shortest time there and back.
    pub round: Duration,
    /// By how many milliseconds the server's clock is ahead of this machine's.
    pub ahead: i64,
    /// Whether a commit that is acknowledged is on the server's disk: what its settings say.
    pub durable: bool,
    /// Stand-bys that a commit waits for, as the server names them; empty where it waits for none.
    pub waits_for: String,
    /// Connections there are, and may be.
    pub connections: (i64, i64),
    /// The layout of the tables; `None` where there is no database.
    pub layout: Option<i64>,
    /// Bytes of its tables and indexes.
    pub bytes: u64,
    /// Tables of it that this user may not read or change.
    pub barred: Vec<String>,
}

/// The newest layout this program knows.
pub fn known_layout() -> i64 {
    migrate::newest()
}

/// Looks at a server.
///
/// # Errors
/// Where the address cannot be read, and what connecting says.
pub fn server(place: &Path) -> Result<Server, StoreError> {
    let engine = connected(place)?;
    let mut found = line(&engine)?;
    engine_facts(&engine, &mut found)?;
    found.layout = create::is_there(&engine)?.then(|| create::layout(&engine)).transpose()?;
    if found.layout.is_none()
        && let Some(barred) = create::why_not(&engine)?
    {
        return Err(barred);
    }
    tables(&engine, &mut found)?;
    Ok(found)
}

/// Looks into a database of a server.
///
/// # Errors
/// [`StoreError::Missing`] where there is none, and what the server says.
pub fn inside(place: &Path) -> Result<Inside, StoreError> {
    let mut engine = connected(place)?;
    if !create::is_there(&engine)? {
        return Err(StoreError::Missing { path: place.to_owned() });
    }
    engine.begin_read()?;
    let found = facts(Tx::new(&engine));
    engine.rollback();
    found
}

pub(super) fn connected(place: &Path) -> Result<Postgres, StoreError> {
    let address: Address = named(place).transpose()?.ok_or_else(|| {
        let what = format!("'{}' is not the address of a server", place.display());
        StoreError::Invalid { code: "bad_address", what }
    })?;
    let engine = Postgres::over(Arc::new(address))?;
    engine.connect()?;
    Ok(engine)
}

/// The line: how long it is, how it is guarded, and how far the clocks at its ends are apart.
fn line(engine: &Postgres) -> Result<Server, StoreError> {
    let tx = Tx::new(engine);
    let mut best: Option<(Duration, i64)> = None;
    for _ in 0..ROUNDS {
        let (begun, at) = (Instant::now(), now());
        let theirs = tx.number("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)", &[])?;
        let round = begun.elapsed();
        let half = i64::try_from(round.as_millis() / 2).unwrap_or(0);
        let ahead = theirs.unwrap_or_default() - at - half;
        if best.is_none_or(|(shortest, _)| round < shortest) {
            best = Some((round, ahead));
        }
    }
    let (round, ahead) = best.unwrap_or_default();
    let encrypted = "SELECT CAST(count(*) AS BIGINT) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    let is_encrypted = tx.number(encrypted, &[])? == Some(1);
    let near = |(host, _): &(String, u16)| {
        host.starts_with('/')
            || host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    let guarded = if is_encrypted {
        Guarded::Tls
    } else if engine.address.hosts.iter().all(near) {
        Guarded::Near
    } else {
        Guarded::Plain
    };
    Ok(Server { round, ahead, guarded, pooled: !engine.address.keeps_statements(), ..Server::default() })
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or_default()
}

/// What the server says of itself.
fn engine_facts(engine: &Postgres, found: &mut Server) -> Result<(), StoreError> {
    let said = Tx::new(engine).one(
        "SELECT current_setting('server_version'), \
         CASE WHEN current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' THEN 1 ELSE 0 END, \
         CAST((SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS BIGINT), \
         CAST(current_setting('max_connections') AS BIGINT), current_setting('synchronous_standby_names')",
        &[],
        |row| {
            let connections = (row.int(2)?, row.int(3)?);
            Ok((row.text(0)?.to_owned(), row.int(1)? == 1, connections, row.text(4)?.to_owned()))
        },
    )?;
    (found.version, found.durable, found.connections, found.waits_for) = said.unwrap_or_default();
    Ok(())
}

/// The tables: how large they are, and which this user may not use.
fn tables(engine: &Postgres, found: &mut Server) -> Result<(), StoreError> {
    let mut bytes = 0;
    let barred = Tx::new(engine).all(
        "SELECT CAST(c.relname AS TEXT), CAST(pg_total_relation_size(c.oid) AS BIGINT), \
         CASE WHEN has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
         AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE') THEN 1 ELSE 0 END \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname",
        values![engine.address.schema.as_str()],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?, row.int(2)? == 1)),
    )?;
    for (name, size, usable) in barred {
        bytes += u64::try_from(size).unwrap_or(0);
        if !usable {
            found.barred.push(name);
        }
    }
    found.bytes = bytes;
    Ok(())
}
