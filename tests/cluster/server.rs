//! A running postmaster: started and waited for, stopped, killed with all its processes.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;

/// The longest a start or a stop is waited for; a start after a crash replays what was written.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// The postmaster, a child of this process.
#[derive(Debug)]
pub(super) struct Server {
    postmaster: Child,
}

/// Why a server did not come up.
enum Failed {
    /// Somebody else has the port.
    Taken,
    /// Processes of the killed one are about to end.
    Held,
    /// Anything else, with its log.
    Told(String),
}

/// Starts a folder's server at a port that is free.
pub(super) fn at_a_free_port(binaries: &Binaries, account: &Account, folder: &Path) -> (Server, u16) {
    // between the look for a port and the server's bind somebody else may take it
    for _ in 0..20 {
        let port = free_port();
        match Server::start(binaries, account, folder, port) {
            Ok(server) => return (server, port),
            Err(Failed::Taken) => {}
            Err(Failed::Held) => panic!("the folder {} is in use by another server", folder.display()),
            Err(Failed::Told(log)) => panic!("the server did not start: {log}"),
        }
    }
    panic!("no free port on loopback in twenty tries")
}

/// Starts a folder's server at its old port.
pub(super) fn at(binaries: &Binaries, account: &Account, folder: &Path, port: u16) -> Server {
    let until = Instant::now() + PATIENCE;
    loop {
        match Server::start(binaries, account, folder, port) {
            Ok(server) => return server,
            Err(Failed::Told(log)) => panic!("the server did not start: {log}"),
            Err(Failed::Taken | Failed::Held) => {
                assert!(Instant::now() < until, "port {port} or the folder stay in use: {}", log(folder));
                thread::sleep(LOOK);
            }
        }
    }
}

/// A port of loopback that nobody listens at.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    listener.local_addr().expect("the listener has an address").port()
}

/// What a folder's server wrote to its log.
pub(super) fn log(folder: &Path) -> String {
    String::from_utf8_lossy(&fs::read(folder.join("log")).unwrap_or_default()).into_owned()
}

impl Server {
    fn start(binaries: &Binaries, account: &Account, folder: &Path, port: u16) -> Result<Self, Failed> {
        let log = File::options().create(true).append(true).open(folder.join("log")).expect("the log opens");
        let before = log.metadata().map_or(0, |known| known.len());
        let mut command = account.command(&binaries.path("postgres"), folder);
        command.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut server = Self { postmaster: command.spawn().expect("postgres starts") };
        server.ready(folder, before)?;
        Ok(server)
    }

    /// Waits until it answers. The last line of its pid file says so, and that file is no other server's.
    fn ready(&mut self, folder: &Path, before: u64) -> Result<(), Failed> {
        let until = Instant::now() + PATIENCE;
        let process = self.postmaster.id().to_string();
        loop {
            let file = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
            let mut lines = file.lines().map(str::trim);
            if lines.next() == Some(process.as_str()) && lines.nth(6) == Some("ready") {
                return Ok(());
            }
            let ended = self.postmaster.try_wait().expect("a child can be asked").is_some();
            if ended || Instant::now() > until {
                let written = fs::read(folder.join("log")).unwrap_or_default();
                let told = written.get(usize::try_from(before).unwrap_or(0)..).unwrap_or_default();
                return Err(Failed::by(&String::from_utf8_lossy(told)));
            }
            thread::sleep(LOOK);
        }
    }

    /// Whether it has not ended by itself.
    pub(super) fn runs(&mut self) -> bool {
        self.postmaster.try_wait().is_ok_and(|ended| ended.is_none())
    }

    /// Ends sessions, writes what is in memory, stops.
    pub(super) fn stop(mut self) {
        signal("INT", &[self.postmaster.id()]);
        let until = Instant::now() + PATIENCE;
        while self.runs() {
            if Instant::now() > until {
                self.kill();
                return;
            }
            thread::sleep(LOOK);
        }
    }

    /// Ends all its processes in one blow.
    pub(super) fn kill(mut self) {
        let postmaster = self.postmaster.id();
        // held first: it would start new processes while its own are counted, or end them in order
        signal("STOP", &[postmaster]);
        let mut all = children(postmaster);
        all.push(postmaster);
        signal("KILL", &all);
        let _ = self.postmaster.wait();
    }
}

impl Failed {
    fn by(log: &str) -> Self {
        if log.contains("could not bind") || log.contains("Address already in use") {
            Self::Taken
        } else if log.contains("is still in use") || log.contains("Is another postmaster") {
            Self::Held
        } else {
            Self::Told(log.trim_end().to_owned())
        }
    }
}

/// Sends a signal by the shell, as the library has no safe call for it. Those that are gone already are no failure.
pub(super) fn signal(name: &str, processes: &[u32]) {
    let numbers: Vec<String> = processes.iter().map(ToString::to_string).collect();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("kill -{name} {}", numbers.join(" "))]);
    let _ = shell.stderr(Stdio::null()).status();
}

/// The processes that a process started.
fn children(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return asked(parent) };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|number| parent_of(*number) == Some(parent)).collect()
}

/// From the fourth field of a process's line in `/proc`; the second, its name in brackets, may hold anything.
fn parent_of(process: u32) -> Option<u32> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    line.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// The same where there is no `/proc`.
fn asked(parent: u32) -> Vec<u32> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().expect("ps starts");
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let pairs = table.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map_while(|word| word.parse::<u32>().ok());
        numbers.next().zip(numbers.next())
    });
    pairs.filter(|(_, of)| *of == parent).map(|(process, _)| process).collect()
}
