//! A server's address: `postgres://USER@HOST,HOST/DATABASE?schema=…&sslmode=…`, with what the surroundings say where it is
//! silent, as psql reads them.
//!
//! A password is never part of it: whoever lists the machine's processes would see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Config;

use crate::store::engine::postgres::door::Door;
use crate::store::engine::postgres::secrets::{self, Service};
use crate::store::engine::postgres::tls::Tls;
use crate::store::error::StoreError;

/// What the planner is told of reading a page here and there: hardly more than of reading the next one, as on a disk without a head
/// and in memory. The statements are written to walk indexes; by the server's own figure, which is of turning disks, it reads
/// whole tables instead.
pub const NEAR: &str = "random_page_cost=1.1";

/// What the address of a server begins with.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// The schema where the address names none.
const SCHEMA: &str = "corral";
/// Bytes of a schema's name; the channel for news is named after it.
const SCHEMA_BYTES: usize = 50;
/// The server's port where the address names none.
const PORT: u16 = 5_432;
/// What a connection is marked with, so that it is known again: a setting of our own.
pub const LINE: &str = "corral.line";
/// How long one host is tried.
const CONNECT: Duration = Duration::from_secs(3);
/// A peer that acknowledges nothing for that long is gone.
const SILENT: Duration = Duration::from_secs(10);

/// Where a database is and how it is reached.
#[derive(Clone)]
pub struct Address {
    /// As it was given: no secret is in it.
    pub place: PathBuf,
    /// User, database and the rest, without hosts and password.
    pub config: Config,
    /// Hosts with their ports, in the order they are tried.
    pub hosts: Vec<(String, u16)>,
    /// The schema all tables are in.
    pub schema: String,
    /// How the line is encrypted, and who is trusted.
    pub tls: Tls,
    /// The file of passwords, where the address names one.
    pub passfile: Option<PathBuf>,
    /// A password from the service file.
    pub password: Option<String>,
    /// Whether statements are prepared once and kept.
    pub keeping: Keeping,
    /// What the connections of this program know together.
    pub door: Arc<Door>,
}

/// Whether statements are prepared once and kept: not through a pool that hands connections out by the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Unless a pool is found in between.
    Found,
    /// As the address says: a pool in between keeps a connection for a session.
    Always,
    /// As the address says.
    Never,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address").field("place", &self.place).finish_non_exhaustive()
    }
}

/// The address a database is named by, where it is named by one.
pub fn named(place: &Path) -> Option<Result<Address, StoreError>> {
    let text = place.to_str()?;
    SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme)).map(|rest| read(place, rest))
}

fn read(place: &Path, rest: &str) -> Result<Address, StoreError> {
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = before.split_once('/').unwrap_or((before, ""));
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    if user.contains(':') {
        return Err(secret());
    }
    let mut parts: Vec<(&str, String)> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(invalid(format!("'{part}' has no value")));
        };
        if name == "password" {
            return Err(secret());
        }
        parts.push((name, plain(value)?));
    }
    let mut take = |name: &str| {
        let at = parts.iter().position(|(given, _)| *given == name)?;
        Some(parts.remove(at).1)
    };
    let service = match take("service").or_else(|| variable("PGSERVICE")) {
        Some(name) => Service::find(&name)?,
        None => Service::default(),
    };
    let schema = take("schema").unwrap_or_else(|| SCHEMA.to_owned());
    check_schema(&schema)?;
    let tls = Tls::read(
        take("sslmode").or_else(|| service.get("sslmode")).or_else(|| variable("PGSSLMODE")).as_deref(),
        take("sslrootcert").or_else(|| service.get("sslrootcert")).or_else(|| variable("PGSSLROOTCERT")),
    )?;
    let keeping = match take("statements").as_deref() {
        None => Keeping::Found,
        Some("kept") => Keeping::Always,
        Some("plain") => Keeping::Never,
        Some(other) => return Err(invalid(format!("statements is 'kept' or 'plain', not '{other}'"))),
    };
    let passfile = take("passfile").map(PathBuf::from);
    let mut config = Config::new();
    config.application_name("corral").connect_timeout(CONNECT).tcp_user_timeout(SILENT);
    config.keepalives_idle(SILENT / 2).keepalives_interval(SILENT / 5).keepalives_retries(3);
    let timeout = take("connect_timeout").map(|seconds| {
        seconds.parse().map_err(|_| invalid(format!("connect_timeout is in whole seconds, not '{seconds}'")))
    });
    if let Some(seconds) = timeout.transpose()? {
        config.connect_timeout(Duration::from_secs(seconds));
    }
    if let Some(name) = take("application_name") {
        config.application_name(name);
    }
    match take("target_session_attrs").or_else(|| variable("PGTARGETSESSIONATTRS")).as_deref() {
        // whoever works here writes: a stand-by is of no use
        None | Some("read-write" | "primary" | "any") => {
            config.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        }
        Some(other) => {
            return Err(invalid(format!(
                "Corral works on a server that takes changes, not on one that is '{other}'"
            )));
        }
    }
    let port = take("port").or_else(|| service.get("port")).or_else(|| variable("PGPORT"));
    let named_host = take("host");
    if let Some((unknown, _)) = parts.first() {
        return Err(invalid(format!("'{unknown}' is not known; the guide lists what an address may say")));
    }
    let user = Some(plain(user)?)
        .filter(|user| !user.is_empty())
        .or_else(|| service.get("user"))
        .or_else(|| variable("PGUSER"))
        .or_else(|| variable("USER"))
        .or_else(|| variable("LOGNAME"))
        .ok_or_else(|| invalid("it names no user".to_owned()))?;
    let database = Some(plain(database)?)
        .filter(|name| !name.is_empty())
        .or_else(|| service.get("dbname"))
        .or_else(|| variable("PGDATABASE"))
        .unwrap_or_else(|| user.clone());
    config.user(user).dbname(database);
    let given = Some(hosts.to_owned())
        .filter(|hosts| !hosts.is_empty())
        .or(named_host)
        .or_else(|| service.get("host"))
        .or_else(|| variable("PGHOST"))
        .unwrap_or_else(|| "localhost".to_owned());
    let hosts = hosts_of(&given, port.as_deref())?;
    let password = service.get("password");
    let (place, door) = (place.to_owned(), Arc::default());
    Ok(Address { place, config, hosts, schema, tls, passfile, password, keeping, door })
}

impl Address {
    /// What to say to a host to be let in.
    pub fn to_host(&self, host: &str, port: u16) -> Config {
        let mut config = self.config.clone();
        config.host(host).port(port).ssl_mode(self.tls.mode());
        if self.looks_for_a_pool() {
            // a server takes this from everybody; a pool refuses it, or forgets it
            config.options(format!(
                "-c search_path={} -c {NEAR} -c {LINE}={}",
                self.quoted(),
                self.door.mark()
            ));
        }
        let known = secrets::password(
            self.passfile.as_deref(),
            (host, port, config.get_dbname().unwrap_or_default(), config.get_user().unwrap_or_default()),
        );
        if let Some(password) = known.or_else(|| self.password.clone()) {
            config.password(password);
        }
        config
    }

    /// Whether statements are prepared once and kept, as far as is known.
    pub fn keeps_statements(&self) -> bool {
        match self.keeping {
            Keeping::Always => true,
            Keeping::Never => false,
            Keeping::Found => !self.door.is_pooled(),
        }
    }

    /// Whether a pool may be in between that nobody told of and that was not met yet.
    pub fn looks_for_a_pool(&self) -> bool {
        self.keeping == Keeping::Found && !self.door.is_pooled()
    }

    /// The schema as statements name it: a name may be one of their own words.
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.schema)
    }

    /// The channel on which commits are told.
    pub fn channel(&self) -> String {
        format!("corral_{}", self.schema)
    }

    /// The number of the lock of those who write: one for each schema.
    pub fn lock(&self) -> i64 {
        // FNV-1a: the same in every program, today and later
        let hash = self.channel().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        i64::from_ne_bytes(hash.to_ne_bytes())
    }
}

/// The address with another schema.
pub fn with_schema(place: &Path, schema: &str) -> PathBuf {
    let text = place.to_string_lossy();
    let (before, query) = text.split_once('?').unwrap_or((&text, ""));
    let others = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("schema="));
    let parts: Vec<&str> = others.collect();
    let and = if parts.is_empty() { "" } else { "&" };
    PathBuf::from(format!("{before}?{}{and}schema={schema}", parts.join("&")))
}

/// Hosts with their ports: a port of its own, else the one for all, else the n-th of a list.
fn hosts_of(given: &str, ports: Option<&str>) -> Result<Vec<(String, u16)>, StoreError> {
    let number = |text: &str| {
        text.parse::<u16>().map_err(|_| invalid(format!("'{text}' is not a port between 1 and 65535")))
    };
    let ports: Vec<&str> = ports.map(|ports| ports.split(',').collect()).unwrap_or_default();
    given
        .split(',')
        .enumerate()
        .map(|(nth, host)| {
            let usual = match ports.get(nth).or_else(|| ports.first()) {
                Some(port) if !port.is_empty() => number(port)?,
                _ => PORT,
            };
            let (host, port) = match host.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
                Some((inner, rest)) => (inner, rest.strip_prefix(':')),
                None => match host.rsplit_once(':') {
                    Some((name, port)) if !name.contains(':') => (name, Some(port)),
                    _ => (host, None),
                },
            };
            let port = port.map(number).transpose()?.unwrap_or(usual);
            let host = plain(host)?;
            Ok((if host.is_empty() { "localhost".to_owned() } else { host }, port))
        })
        .collect()
}

/// A schema's name is written into statements: only what needs no quotes.
fn check_schema(schema: &str) -> Result<(), StoreError> {
    let begins = schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let goes_on = schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if begins && goes_on && schema.len() <= SCHEMA_BYTES && !schema.starts_with("pg_") {
        return Ok(());
    }
    Err(invalid(format!(
        "a schema's name is made of a-z, 0-9 and _, begins with a letter and has at most {SCHEMA_BYTES} characters; \
         '{schema}' is none"
    )))
}

/// A part of an address without its `%XX`.
fn plain(text: &str) -> Result<String, StoreError> {
    let wrong = || invalid(format!("'{text}' has a '%' that is not followed by two hexadecimal digits"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(wrong()) };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| wrong())?);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// A variable of the surroundings that says something.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// An address that cannot be read.
pub fn invalid(what: impl std::fmt::Display) -> StoreError {
    StoreError::Invalid { code: "bad_address", what: format!("the address of the database is wrong: {what}") }
}

fn secret() -> StoreError {
    StoreError::Invalid {
        code: "secret_address",
        what: "the address of the database has a password in it, which everybody on this machine can read; take it out \
               and put it into PGPASSWORD, or into the file that PGPASSFILE names"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Address, StoreError> {
        named(Path::new(text)).unwrap()
    }

    #[test]
    fn a_file_is_no_address() {
        for file in ["corral.db", "/var/lib/corral.db", "postgres.db", "./postgres:/x"] {
            assert!(named(Path::new(file)).is_none(), "{file}");
        }
    }

    #[test]
    fn an_address_names_hosts_database_user_and_schema() {
        let found = of("postgres://mei%20li@a,b:6000,[::1]:7/sales?schema=floor_2&port=5555").unwrap();
        let hosts = [("a", 5_555), ("b", 6_000), ("::1", 7)].map(|(host, port)| (host.to_owned(), port));
        assert_eq!(found.hosts, hosts);
        assert_eq!(found.config.get_user(), Some("mei li"));
        assert_eq!(found.config.get_dbname(), Some("sales"));
        assert_eq!((found.schema.as_str(), found.channel().as_str()), ("floor_2", "corral_floor_2"));
    }

    #[test]
    fn a_socket_is_named_by_its_folder() {
        let found = of("postgresql://rep@%2Fvar%2Frun%2Fpostgresql/corral").unwrap();
        assert_eq!(found.hosts, [("/var/run/postgresql".to_owned(), 5_432)]);
        assert_eq!(found.schema, "corral");
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        for secret in ["postgres://rep:hush@a/b", "postgres://rep@a/b?password=hush"] {
            let refused = of(secret).unwrap_err();
            assert_eq!(refused.code(), "secret_address");
            assert!(!refused.to_string().contains("hush"), "{refused}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_value() {
        for (text, told) in [
            ("postgres://r@a/b?schema=Ünter", "'Ünter'"),
            ("postgres://r@a/b?schema=x;drop", "'x;drop'"),
            ("postgres://r@a:99999/b", "'99999'"),
            ("postgres://r@a/b?sslmode=maybe", "'maybe'"),
            ("postgres://r@a/b?colour=red", "'colour'"),
            ("postgres://r@a/b?schema", "'schema'"),
            ("postgres://r@a/%zz", "'%zz'"),
            ("postgres://r@a/b?target_session_attrs=standby", "'standby'"),
        ] {
            let refused = of(text).unwrap_err().to_string();
            assert!(refused.contains(told), "{text}: {refused}");
        }
    }

    #[test]
    fn an_address_keeps_all_but_its_schema() {
        for (given, wanted) in [
            ("postgres://r@a/b", "postgres://r@a/b?schema=x"),
            ("postgres://r@a/b?schema=old", "postgres://r@a/b?schema=x"),
            ("postgres://r@a/b?schema=old&sslmode=disable", "postgres://r@a/b?sslmode=disable&schema=x"),
        ] {
            assert_eq!(with_schema(Path::new(given), "x"), Path::new(wanted));
        }
    }

    #[test]
    fn every_schema_has_a_lock_of_its_own() {
        let lock = |schema: &str| of(&format!("postgres://r@a/b?schema={schema}")).unwrap().lock();
        assert_eq!(lock("one"), lock("one"));
        assert_ne!(lock("one"), lock("two"));
    }
}
