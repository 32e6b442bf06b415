//! The throw-away servers of `tests/cluster`: what other tests rely on, each seen to hold.

use crate::cluster::{self, Cluster, Options};

/// A table with a row, committed.
const KEPT: &str = "create table kept (n integer); insert into kept values (7)";

#[test]
fn a_database_is_fresh_and_empty_and_no_other_tests() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let (left, right) = (server.database_name(), server.database_name());
    server.psql(&left, KEPT);
    assert_eq!(server.psql(&left, "select n from kept"), "7");
    let told = server.try_psql(&right, "select n from kept").unwrap_err();
    assert!(told.contains("\"kept\" does not exist"), "{told}");
    let pinned = "select pg_encoding_to_char(encoding), datcollate from pg_database where datname = current_database()";
    assert_eq!(server.psql(&right, pinned), "UTF8|C");
}

#[test]
fn what_was_committed_outlives_a_kill_and_a_stop() {
    if !cluster::wanted() {
        return;
    }
    for fsync in [false, true] {
        let server = Cluster::with(&Options { fsync, ..Options::default() });
        let name = server.database_name();
        server.psql(&name, KEPT);
        server.kill();
        assert!(!server.runs());
        let told = server.try_psql(&name, "select 1").unwrap_err();
        assert!(told.contains("Connection refused"), "{told}");
        server.start_again();
        assert!(server.log().contains("was not properly shut down"), "{}", server.log());
        assert_eq!(server.psql(&name, "select n from kept"), "7");
        server.stop();
        server.start_again();
        assert_eq!(server.psql(&name, "select n from kept"), "7");
        let data = server.data();
        drop(server);
        assert!(!data.exists());
    }
}

#[test]
fn a_server_with_a_password_lets_nobody_in_without() {
    if !cluster::wanted() {
        return;
    }
    let server = Cluster::with(&Options { password: Some("horse 马".to_owned()), ..Options::default() });
    assert_eq!(server.psql("postgres", "select current_user"), cluster::USER);
    let mut bare = server.client("psql", server.port());
    let output = bare.env_remove("PGPASSFILE").args(["-X", "-w", "-c", "select 1"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("no password supplied"), "{told}");
}
