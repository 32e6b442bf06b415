//! A server on a floor of its own, and people who come to it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use portable_pty::CommandBuilder;
use serde_json::Value;

use crate::faults::floor::{Floor, NOW};
use crate::faults::pty::{self, PATIENCE, Pty, surroundings};

/// A server that runs, and the machine it runs on.
pub struct Server {
    floor: Floor,
    child: Child,
    port: u16,
    known: PathBuf,
    _folders: (tempfile::TempDir, tempfile::TempDir),
}

/// Whether this machine can play: `None` where it has no `ssh`.
fn has_ssh() -> bool {
    let there = Command::new("ssh").arg("-V").output().is_ok();
    assert!(there || std::env::var_os("CI").is_none(), "there is no ssh on this machine");
    if !there {
        eprintln!("skipped: there is no ssh on this machine");
    }
    there
}

/// A server on a floor with the rep `wang` and the lead `zhou` of team One, the rep `li` of team Two, the manager `boss`.
pub fn server() -> Option<Server> {
    server_with(&[])
}

/// The same with more arguments.
pub fn server_with(more: &[&str]) -> Option<Server> {
    server_by(|floor| start(floor, more))
}

/// The same by another program: its process, and what it says where it listens and by which key it is known.
pub fn server_by(start: impl FnOnce(&Floor) -> (Child, Value)) -> Option<Server> {
    if !has_ssh() {
        return None;
    }
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    for (login, role, team) in [("zhou", "lead", "One"), ("li", "rep", "Two"), ("boss", "manager", "Two")] {
        floor.json(&["user", "add", login, "--name", login, "--role", role, "--team", team]);
    }
    let (child, told) = start(&floor);
    let port: u16 = told["listen"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let known = home.path().join("known_hosts");
    let line = format!("[127.0.0.1]:{port} {}\n", told["public"].as_str().unwrap());
    std::fs::write(&known, line).unwrap();
    Some(Server { floor, child, port, known, _folders: (folder, home) })
}

fn start(floor: &Floor, more: &[&str]) -> (Child, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corral"));
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        command.env(name, floor.home());
    }
    for name in ["CORRAL_DB", "CORRAL_USER", "CORRAL_SETTINGS"] {
        command.env_remove(name);
    }
    command.arg("--db").arg(floor.db()).args(["--json", "--now", NOW, "serve", "--listen", "127.0.0.1:0"]);
    let mut child = command.args(more).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server said '{line}'")))
}

impl Server {
    /// The floor.
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's number in the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Makes a key of this name; answers with its file.
    pub fn new_key(&self, name: &str) -> PathBuf {
        let file = self.floor.home().join(name);
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
            .arg(&file)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        file
    }

    /// A key of this person's that is let in.
    pub fn key_of(&self, login: &str) -> PathBuf {
        let file = self.floor.home().join(format!("id_{login}"));
        if !file.exists() {
            self.new_key(&format!("id_{login}"));
            let public = file.with_extension("pub");
            self.floor.json(&["user", "key", "add", login, public.to_str().unwrap()]);
        }
        file
    }

    fn options(&self, login: &str, key: Option<&Path>) -> Vec<String> {
        let known = self.known.display();
        let mut options: Vec<String> =
            vec!["-F".into(), "/dev/null".into(), "-p".into(), self.port.to_string()];
        for option in [
            format!("UserKnownHostsFile={known}").as_str(),
            "GlobalKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            // what the door tells who has no key is told at this level
            if key.is_some() { "LogLevel=ERROR" } else { "LogLevel=INFO" },
        ] {
            options.extend(["-o".into(), option.to_owned()]);
        }
        match key {
            Some(key) => options.extend(["-i".into(), key.display().to_string()]),
            None => options.extend(["-o".into(), "IdentityFile=none".into()]),
        }
        options.push(format!("{login}@127.0.0.1"));
        options
    }

    /// `ssh` in a terminal, with a key or none.
    pub fn knock(&self, login: &str, key: Option<&Path>, more: &[&str]) -> Pty {
        let mut command = CommandBuilder::new("ssh");
        surroundings(self.floor.home(), &mut command);
        command.env("LANG", "en_GB.UTF-8");
        let mut arguments = self.options(login, key);
        let host = arguments.pop().unwrap();
        arguments.extend(["-o".into(), "SendEnv=LANG".into(), "-t".into(), host]);
        command.args(arguments);
        command.args(more);
        Pty::open(command, (120, 36))
    }

    /// The screens of a person whose key is let in.
    pub fn open(&self, login: &str) -> Pty {
        self.knock(login, Some(&self.key_of(login)), &[])
    }

    /// A command of such a person, with something on standard input.
    pub fn command(&self, login: &str, words: &str, input: &str) -> Output {
        let key = self.key_of(login);
        let mut child = Command::new("ssh")
            .args(with_end(self.options(login, Some(&key))))
            .arg(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let feeding = std::thread::spawn(move || {
            // one who is refused reads nothing
            let _ = stdin.write_all(input.as_bytes());
        });
        let output = child.wait_with_output().unwrap();
        feeding.join().unwrap();
        output
    }

    /// The JSON document of a command that is done.
    pub fn json(&self, login: &str, words: &str) -> Value {
        let output = self.command(login, words, "");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{login}: {words}: {told}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The exit status of a command and what it complains of.
    pub fn refused(&self, login: &str, words: &str) -> (i32, String) {
        let output = self.command(login, words, "");
        assert!(output.stdout.is_empty(), "{words} answered as well");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// `ssh` with options of its own and no terminal.
    pub fn ssh(&self, login: &str, options: &[&str]) -> Output {
        let key = self.key_of(login);
        let mut arguments = self.options(login, Some(&key));
        let host = arguments.pop().unwrap();
        Command::new("ssh").args(arguments).args(options).arg(host).stdin(Stdio::null()).output().unwrap()
    }

    /// A program of OpenSSH's that speaks through `ssh`, such as `sftp`.
    pub fn through_ssh(&self, program: &str, login: &str) -> Output {
        let key = self.key_of(login);
        let mut arguments = self.options(login, Some(&key));
        let host = arguments.pop().unwrap();
        // what ssh calls -p these call -P
        let arguments: Vec<String> =
            arguments.into_iter().map(|word| if word == "-p" { "-P".to_owned() } else { word }).collect();
        Command::new(program)
            .args(arguments)
            .arg("-b")
            .arg("-")
            .arg(host)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Tells the server to end, and waits until it has; answers with its exit status.
    pub fn end(&mut self) -> Option<i32> {
        pty::signal(self.child.id(), "TERM");
        self.ended()
    }

    /// Waits until the server has ended.
    pub fn ended(&mut self) -> Option<i32> {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(since.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

/// The options and the host, with a word between that ends the options: what follows the host is the command's.
fn with_end(mut options: Vec<String>) -> Vec<String> {
    options.insert(options.len() - 1, "--".to_owned());
    options
}

impl Drop for Server {
    fn drop(&mut self) {
        // a test that fails leaves nothing running
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
