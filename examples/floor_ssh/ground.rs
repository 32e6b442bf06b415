//! The floor, whoever may come, and the server.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use corral::domain::id::{IdMaker, WriteId};
use corral::domain::lists::Role;
use corral::domain::origin::Origin;
use corral::domain::time::Timestamp;
use corral::playbook::{embedded, source};
use corral::runtime::clock::Clock;
use corral::sample::million;
use corral::ssh::keys;
use corral::store::Db;
use corral::store::change::{Change, SignInChange, Write};
use corral::store::query::{Answer, Query};
use russh::keys::{Algorithm, PrivateKey, key::safe_rng};
use serde_json::Value;

use crate::work::Args;

/// The playbook everybody works by.
const PLAYBOOK: &str = "edu-english";
/// Of ten tasks due, so many are calls.
const CALLS: usize = 6;

/// A server on a floor of its own, ended when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub port: u16,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Its number in the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Who may come, and the key to come with.
pub struct Rep {
    /// The sign-in name.
    pub login: String,
    /// The key.
    pub key: Arc<PrivateKey>,
}

/// Makes a floor with calls enough for all, lets a key of everybody's in, and starts the server.
pub fn prepare(args: &Args) -> (Server, Vec<Rep>) {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("floor.db");
    let many = args.sessions + args.boards + 1;
    let now = Clock::System.now();
    // one alone works faster than the others, and everybody needs a row below the selected one
    let calls = (args.lasts().as_secs() / args.every).max(120) + 80;
    let today = usize::try_from(calls).unwrap() * 10 / CALLS;
    let request = million::Request {
        days: million::DAYS,
        playbook: Arc::new(source::load_text(PLAYBOOK, &about_noon(now)).unwrap()),
        customers: many * today,
        touches: many * today,
        tasks: many * today * 5 / 2,
        reps: many,
        today,
        seed: 1,
        now,
        rolled: 1,
    };
    million::make(&db, &request, &mut |_, _| {}).unwrap();
    // promises an hour overdue are anyone's of the team, and two would call one customer: a floor leaves few of them, not all
    rusqlite::Connection::open(&db)
        .unwrap()
        .execute("UPDATE task SET promised = 0, clock_from = NULL", [])
        .unwrap();
    let mut open = Db::open(&db).unwrap();
    let Answer::Users(users) = open.read(&Query::Users).unwrap() else { panic!("no users") };
    let mut reps = Vec::new();
    for (number, rep) in (0_u64..).zip(users.into_iter().filter(|user| user.role == Role::Rep)) {
        let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
        let line = key.public_key().to_openssh().unwrap();
        let change = SignInChange::AddKey { user: rep.id, key: keys::parse(&line).unwrap() };
        let id = WriteId(IdMaker::new(now, number * 64).make());
        let write =
            Write { id, by: Db::SYSTEM, at: now, from: Origin::Local, change: Change::SignIn(change) };
        open.write(&write).unwrap();
        reps.push(Rep { login: rep.login, key: Arc::new(key) });
    }
    drop(open);
    println!("{many} reps, {today} tasks due for each, a file of {} MiB", size(&db) >> 20);
    let mut child = command(args, folder.path(), &db)
        .args(["--json", "serve", "--listen", "127.0.0.1:0"])
        .args(["--max-sessions", "2000", "--max-per-address", "2000"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let port = told["listen"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    (Server { child, port, _folder: folder }, reps)
}

/// The playbook of a place where it is about noon, and a working day.
fn about_noon(now: Timestamp) -> String {
    let hours = 12 - now.0.div_euclid(3_600_000).rem_euclid(24);
    // the names of these zones count westwards
    let zone = format!("timezone = \"Etc/GMT{:+}\"", -hours);
    let days = r#"workdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]"#;
    let lines = embedded::text(PLAYBOOK).unwrap().lines().map(|line| match line.split(' ').next() {
        Some("timezone") => zone.as_str(),
        Some("workdays") => days,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).unwrap().len()
}

fn command(args: &Args, home: &Path, db: &Path) -> Command {
    let mut command = Command::new(&args.program);
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        command.env(name, home);
    }
    for name in ["CORRAL_DB", "CORRAL_USER", "CORRAL_SETTINGS"] {
        command.env_remove(name);
    }
    command.arg("--db").arg(db);
    command
}
