//! The throw-away servers of `tests/cluster`: what other tests rely on, each seen to hold.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::cluster::{self, Bouncer, Cluster, Mode, Options, Relay};

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
    let server = Cluster::start();
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

#[test]
fn a_server_with_a_password_lets_nobody_in_without() {
    if !cluster::wanted() {
        return;
    }
    let password = Some("horse 马:\\".to_owned());
    let server = Cluster::with(&Options { password, fsync: true, ..Options::default() });
    let told = server.psql("postgres", "select current_user, current_setting('fsync')");
    assert_eq!(told, format!("{}|on", cluster::USER));
    let mut bare = server.client("psql", server.port());
    let output = bare.env_remove("PGPASSFILE").args(["-X", "-w", "-c", "select 1"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("no password supplied"), "{told}");
}

#[test]
fn a_synchronous_standby_has_every_row_and_takes_over() {
    if !cluster::wanted() {
        return;
    }
    let password = Some("of two servers".to_owned());
    let primary = Cluster::with(&Options { password, ..Options::default() });
    let name = primary.database_name();
    primary.psql(&name, "create table kept (n integer)");
    let standby = primary.standby(true);
    let told = standby.try_psql(&name, "insert into kept values (1)").unwrap_err();
    assert!(told.contains("read-only transaction"), "{told}");
    primary.psql(&name, "insert into kept select generate_series(1, 1000)");
    primary.kill();
    standby.promote();
    assert_eq!(standby.psql(&name, "select count(*), sum(n) from kept"), "1000|500500");
    standby.psql(&name, "insert into kept values (1001)");
    // the new primary can have a standby of its own, and commits do not wait for the old one
    let next = standby.standby(true);
    standby.psql(&name, "insert into kept values (1002)");
    standby.stop();
    next.promote();
    assert_eq!(next.psql(&name, "select count(*), sum(n) from kept"), "1002|502503");
}

#[test]
fn a_commit_waits_for_a_synchronous_standby_and_not_for_another() {
    if !cluster::wanted() {
        return;
    }
    let primary = Cluster::start();
    primary.psql("postgres", "create table kept (n integer)");
    primary.standby(false).kill();
    primary.psql("postgres", "insert into kept values (1)");
    let standby = primary.standby(true);
    standby.kill();
    thread::scope(|scope| {
        scope.spawn(|| primary.psql("postgres", "insert into kept values (2)"));
        primary.until("it waits", "select count(*) from pg_stat_activity where wait_event = 'SyncRep'", "1");
        standby.start_again();
    });
    assert_eq!(primary.psql("postgres", "select count(*) from kept"), "2");
}

#[test]
fn a_bouncer_hands_a_connection_on_after_each_transaction() {
    if !cluster::bouncer_wanted() {
        return;
    }
    let password = Some("horse \"马".to_owned());
    let server = Cluster::with(&Options { password, ..Options::default() });
    let name = server.database_name();
    for (mode, shared) in [(Mode::Transaction, true), (Mode::Session, false)] {
        let bouncer = Bouncer::start(&server, mode);
        let ask = |sql: &str| server.psql_at(bouncer.port(), &name, sql).unwrap();
        assert_eq!(ask("select 6 * 7"), "42");
        assert_eq!(ask("show server_encoding"), "UTF8");
        // a session that waits outside a transaction holds a connection in one mode and none in the other
        let mut idle = server.client("psql", bouncer.port());
        let idle = idle.args(["-X", "-q", "-A", "-t", "-d", &name]);
        let pipes = idle.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut idle = pipes.spawn().unwrap();
        let (mut typed, told) = (idle.stdin.take().unwrap(), idle.stdout.take().unwrap());
        writeln!(typed, "select pg_backend_pid();").unwrap();
        let mut pid = String::new();
        BufReader::new(told).read_line(&mut pid).unwrap();
        assert_eq!(ask("select pg_backend_pid()") == pid.trim(), shared, "{mode:?}");
        drop(typed);
        assert!(idle.wait().unwrap().success());
    }
}

/// A server that sends back what it gets.
fn echo() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut from = stream.try_clone().unwrap();
                let _ = std::io::copy(&mut from, &mut stream);
            });
        }
    });
    port
}

/// How long a word takes there and back; an error where it does not come within the time.
fn round(stream: &mut TcpStream, within: Duration) -> std::io::Result<Duration> {
    stream.set_read_timeout(Some(within))?;
    let begun = Instant::now();
    stream.write_all(b"word")?;
    let mut back = [0; 4];
    stream.read_exact(&mut back)?;
    assert_eq!(&back, b"word");
    Ok(begun.elapsed())
}

/// Long enough for anything on loopback, on a busy machine too.
const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_cut_line_holds_everything_back_until_it_is_mended() {
    let relay = Relay::start(echo());
    let mut old = TcpStream::connect(("127.0.0.1", relay.port())).unwrap();
    round(&mut old, LONG).unwrap();
    relay.cut();
    let stalled = round(&mut old, Duration::from_millis(100)).unwrap_err();
    assert_eq!(stalled.kind(), std::io::ErrorKind::WouldBlock);
    let mut new = TcpStream::connect(("127.0.0.1", relay.port())).unwrap();
    let stalled = round(&mut new, Duration::from_millis(100)).unwrap_err();
    assert_eq!(stalled.kind(), std::io::ErrorKind::WouldBlock);
    relay.mend();
    for stream in [&mut old, &mut new] {
        // what was sent while the line was cut arrives, and what is sent now
        stream.set_read_timeout(Some(LONG)).unwrap();
        let mut back = [0; 4];
        stream.read_exact(&mut back).unwrap();
        round(stream, LONG).unwrap();
    }
    assert_eq!(relay.connections(), 2);
}

#[test]
fn a_refusing_line_closes_what_stood_and_lets_in_again_when_mended() {
    // the number of a line that refuses is free: somebody else of this machine may take it meanwhile
    assert!((0..3).any(|_| refused_and_mended()), "the number was taken three times");
}

/// Whether the number of the line stayed its own; everything else is asserted.
fn refused_and_mended() -> bool {
    let relay = Relay::start(echo());
    let mut old = TcpStream::connect(("127.0.0.1", relay.port())).unwrap();
    round(&mut old, LONG).unwrap();
    relay.refuse();
    assert!(round(&mut old, LONG).is_err());
    let refused = TcpStream::connect(("127.0.0.1", relay.port()));
    assert_eq!(relay.connections(), 0);
    match refused {
        Ok(_) => return false,
        Err(refused) => assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused),
    }
    relay.mend();
    round(&mut TcpStream::connect(("127.0.0.1", relay.port())).unwrap(), LONG).unwrap();
    true
}

#[test]
fn a_delayed_line_takes_its_time_each_way_and_keeps_its_breadth() {
    let relay = Relay::start(echo());
    let mut stream = TcpStream::connect(("127.0.0.1", relay.port())).unwrap();
    relay.delay(Duration::from_millis(40));
    let took = round(&mut stream, LONG).unwrap();
    assert!(took >= Duration::from_millis(80), "{took:?}");
    // a hundred words on their way at the same time do not wait for one another: one after another they would take eight seconds
    let begun = Instant::now();
    for _ in 0..100 {
        stream.write_all(b"word").unwrap();
    }
    let mut back = [0; 400];
    stream.read_exact(&mut back).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    relay.delay(Duration::ZERO);
    round(&mut stream, LONG).unwrap();
}

#[test]
fn a_statement_by_a_relay_stalls_with_the_line_and_is_answered_once() {
    if !cluster::wanted() {
        return;
    }
    let server = cluster::shared();
    let name = server.database_name();
    server.psql(&name, "create table kept (n integer)");
    let relay = Relay::start(server.port());
    relay.cut();
    thread::scope(|scope| {
        let slow =
            scope.spawn(|| server.psql_at(relay.port(), &name, "insert into kept values (1) returning n"));
        while relay.connections() == 0 {
            thread::yield_now();
        }
        assert_eq!(server.psql(&name, "select count(*) from kept"), "0");
        relay.mend();
        assert_eq!(slow.join().unwrap().unwrap(), "1");
    });
    assert_eq!(server.psql(&name, "select count(*) from kept"), "1");
}
