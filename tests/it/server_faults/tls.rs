//! The line to the server encrypted, and the server checked: certificates made here by openssl.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use corral::store::{Db, StoreError};

use crate::cluster::{self, Cluster, USER};
use crate::floor::Floor;
use crate::program::skipped;

/// An authority, a certificate for `localhost` and 127.0.0.1 that it signed, and an authority nobody asked.
struct Papers {
    folder: tempfile::TempDir,
}

impl Papers {
    /// Nothing where there is no openssl.
    fn make() -> Option<Self> {
        let papers = Self { folder: tempfile::tempdir().unwrap() };
        // the server runs as somebody else and copies its key from here
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(papers.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        }
        if Command::new("openssl").arg("version").output().is_err() {
            return None;
        }
        for name in ["ours", "other"] {
            papers.openssl(&format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt \
                 -addext basicConstraints=critical,CA:true"
            ));
        }
        papers.openssl("req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
        fs::write(papers.path("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
        papers.openssl(
            "x509 -req -in server.csr -CA ours.crt -CAkey ours.key -CAcreateserial -days 2 -extfile names -out server.crt",
        );
        #[cfg(unix)]
        for name in ["server.key", "server.crt"] {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(papers.path(name), fs::Permissions::from_mode(0o644)).unwrap();
        }
        Some(papers)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, words: &str) {
        let output =
            Command::new("openssl").args(words.split(' ')).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Hands the server its key and has it encrypt.
    fn give(&self, server: &Cluster) {
        for name in ["server.key", "server.crt"] {
            let from = self.path(name);
            let copy = format!("cat >/dev/null; cp {} {name} && chmod 600 {name}", from.display());
            server.psql("postgres", &format!("copy (select 1) to program '{copy}'"));
        }
        server.psql("postgres", "alter system set ssl = on");
        server.psql("postgres", "select pg_reload_conf()");
        server.until("it encrypts", "select setting from pg_settings where name = 'ssl'", "on");
    }
}

/// Has the server let in only those whose line is encrypted, or all.
fn only(server: &Cluster, kind: &str) {
    let line = format!("cat >/dev/null; echo {kind} all all 127.0.0.1/32 trust > pg_hba.conf");
    server.psql("postgres", &format!("copy (select 1) to program '{line}'"));
    server.psql("postgres", "select pg_reload_conf()");
    server.until("it was read", "select min(type) from pg_hba_file_rules", kind);
}

fn papers() -> Option<Papers> {
    if !cluster::wanted() {
        return None;
    }
    let papers = Papers::make();
    if papers.is_none() {
        skipped("there is no openssl on this machine; no line was encrypted");
    }
    papers
}

fn place(server: &Cluster, (host, database): (&str, &str), mode: &str, roots: Option<&Path>) -> PathBuf {
    let roots = roots.map(|file| format!("&sslrootcert={}", file.display())).unwrap_or_default();
    format!("postgres://{USER}@{host}:{}/{database}?schema=floor&sslmode={mode}{roots}", server.port()).into()
}

/// Whether a connection is encrypted, as the server sees it.
fn is_encrypted(place: &Path) -> Result<bool, StoreError> {
    let mut db = Db::open(place)?;
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    db.snapshot(|tx, _| tx.number(sql, &[])).map(|count| count == Some(1))
}

#[test]
fn each_sslmode_encrypts_and_trusts_as_psql_does() {
    let Some(papers) = papers() else { return };
    let server = Cluster::start();
    papers.give(&server);
    let name = server.database_name();
    drop(Floor::on(place(&server, ("127.0.0.1", &name), "disable", None)));
    let (ours, other) = (papers.path("ours.crt"), papers.path("other.crt"));
    let (ours, other) = (Some(ours.as_path()), Some(other.as_path()));
    for (host, mode, roots, expected) in [
        ("127.0.0.1", "disable", None, Ok(false)),
        ("127.0.0.1", "prefer", None, Ok(true)),
        ("127.0.0.1", "require", None, Ok(true)),
        ("127.0.0.1", "require", ours, Ok(true)),
        ("127.0.0.1", "require", other, Err("refused")),
        ("127.0.0.1", "verify-ca", ours, Ok(true)),
        ("127.0.0.1", "verify-ca", other, Err("refused")),
        ("127.0.0.1", "verify-full", ours, Ok(true)),
        ("localhost", "verify-full", ours, Ok(true)),
        ("127.0.0.1", "verify-full", other, Err("refused")),
        // another name of this machine, which the certificate does not tell
        ("127.0.0.2", "verify-full", ours, Err("refused")),
        ("127.0.0.2", "verify-ca", ours, Ok(true)),
        ("127.0.0.1", "verify-full", Some(Path::new("/nowhere.crt")), Err("bad_address")),
    ] {
        if host == "127.0.0.2" && !listens(&server) {
            continue;
        }
        let seen = is_encrypted(&place(&server, (host, &name), mode, roots));
        let told = seen.as_ref().map(|yes| *yes).map_err(StoreError::code);
        assert_eq!(told, expected, "{host} {mode} {roots:?}: {seen:?}");
    }
}

/// Whether the server hears what comes to another address of this machine.
fn listens(server: &Cluster) -> bool {
    std::net::TcpStream::connect(("127.0.0.2", server.port())).is_ok()
}

#[test]
fn a_server_that_wants_or_lacks_encryption_is_told() {
    let Some(papers) = papers() else { return };
    let server = Cluster::start();
    let name = server.database_name();
    let at = |mode: &str| place(&server, ("127.0.0.1", &name), mode, None);
    drop(Floor::on(at("prefer")));
    // it cannot
    assert_eq!(is_encrypted(&at("prefer")), Ok(false));
    let lacks = is_encrypted(&at("require")).unwrap_err();
    assert_eq!(lacks.code(), "refused");
    assert!(lacks.to_string().contains("does not support TLS"), "{lacks}");
    // it wants nothing else
    papers.give(&server);
    only(&server, "hostssl");
    assert_eq!(is_encrypted(&at("prefer")), Ok(true));
    let wants = is_encrypted(&at("disable")).unwrap_err();
    assert_eq!(wants.code(), "refused");
    assert!(wants.to_string().contains("no encryption"), "{wants}");
    only(&server, "host");
    assert_eq!(is_encrypted(&at("disable")), Ok(false));
}
