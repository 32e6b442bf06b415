//! Questions of this machine to the server that runs on it: who is here, how it is, end that session.
//!
//! A socket in a folder that only its owner may enter, rather than a file of figures: what it tells is of this instant, it can
//! take orders, and one that a killed server left behind answers nobody. One JSON object a line is asked and answered.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream as Stream};
use tokio::time::timeout;

use crate::domain::id::{TeamId, UserId};
use crate::domain::time::Timestamp;
use crate::runtime::backups::Standing;
use crate::runtime::files::private_folder;
use crate::ssh::figures::resident;
use crate::ssh::floor::Floor;
use crate::ssh::roster::{Kind, Why};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest question, in bytes.
const LONGEST: u64 = 4_096;
/// How the names of sockets end.
const END: &str = "sock";

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// How the server is.
    Status,
    /// Who is here.
    Sessions,
    /// Ends a session.
    End {
        /// Its number.
        id: u64,
        /// Who ends it, in words for the person.
        by: String,
    },
}

/// How the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The program's number in the system.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// Seconds since the start.
    pub uptime: u64,
    /// Terminals here.
    pub screens: usize,
    /// Commands here.
    pub commands: usize,
    /// Memory, in bytes.
    pub resident: u64,
    /// How it stands with the backups it makes; `None` where it makes none.
    #[serde(default)]
    pub backup: Option<Standing>,
}

/// Somebody who is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    /// The session's number.
    pub id: u64,
    /// Who.
    pub user: UserId,
    /// The sign-in name.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The team.
    pub team: Option<TeamId>,
    /// From where.
    pub address: String,
    /// `screen` or `command`.
    pub kind: String,
    /// Since when.
    pub since: Timestamp,
    /// When something was pressed last.
    pub seen: Timestamp,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Reply {
    /// To `Status`.
    Status(Status),
    /// To `Sessions`.
    Sessions {
        /// In the order they came.
        sessions: Vec<Here>,
    },
    /// To `End`: whether there was one.
    Ended {
        /// How many.
        ended: usize,
    },
}

/// The place of a server on this machine, by the port it listens on.
pub fn place(folder: &Path, port: u16) -> PathBuf {
    folder.join(port.to_string()).with_extension(END)
}

/// The servers that left a socket in a folder.
pub fn places(folder: &Path) -> Vec<PathBuf> {
    crate::runtime::files::named(folder, "", END)
}

/// Asks a server.
///
/// # Errors
/// What the system says; where no server runs any more, that the connection was refused.
pub fn ask(place: &Path, question: &Question) -> io::Result<Reply> {
    let mut stream = UnixStream::connect(place)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    writeln!(stream, "{}", serde_json::to_string(question)?)?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

/// The server's end.
#[derive(Debug)]
pub struct Questions(UnixListener);

impl Questions {
    /// Takes the place, which a server that was killed may have left.
    ///
    /// # Errors
    /// What the system says; that another server has it, too.
    pub fn listen(place: &Path) -> io::Result<Self> {
        if let Some(folder) = place.parent() {
            private_folder(folder)?;
        }
        if UnixStream::connect(place).is_ok() {
            let what = format!("another server answers at '{}'", place.display());
            return Err(io::Error::new(io::ErrorKind::AddrInUse, what));
        }
        match std::fs::remove_file(place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        UnixListener::bind(place).map(Self)
    }

    /// Answers questions about a floor.
    pub async fn answer(self, floor: Arc<Floor>) {
        loop {
            let Ok((stream, _)) = self.0.accept().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let floor = Arc::clone(&floor);
            tokio::spawn(async move {
                let _ = timeout(PATIENCE, one(stream, &floor)).await;
            });
        }
    }
}

async fn one(mut stream: Stream, floor: &Floor) -> io::Result<()> {
    let mut line = String::new();
    tokio::io::BufReader::new(&mut stream).take(LONGEST).read_line(&mut line).await?;
    let question: Question = serde_json::from_str(&line)?;
    let mut said = serde_json::to_string(&reply(floor, question))?;
    said.push('\n');
    stream.write_all(said.as_bytes()).await
}

fn reply(floor: &Floor, question: Question) -> Reply {
    match question {
        Question::Status => Reply::Status(Status {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime: floor.figures.runs().as_secs(),
            screens: floor.roster.count(Kind::Screen),
            commands: floor.roster.count(Kind::Command),
            resident: resident(),
            backup: floor.figures.backups.standing(),
        }),
        Question::Sessions => {
            let here = floor.roster.list().into_iter().map(|row| Here {
                id: row.id,
                user: row.guest.user,
                login: row.guest.login,
                name: row.guest.name,
                team: row.guest.team,
                address: row.guest.address.to_string(),
                kind: row.guest.kind.word().to_owned(),
                since: row.guest.since,
                seen: row.seen,
            });
            Reply::Sessions { sessions: here.collect() }
        }
        Question::End { id, by } => {
            Reply::Ended { ended: floor.roster.end(&Why::By(by), |number, _| number == id) }
        }
    }
}
