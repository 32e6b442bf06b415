//! A channel with a command: a child of this very program, under the user's rights.
//!
//! Which commands there are for whom comes from afar is the command line's to say ([`Allow`]); the words go to the child as they
//! are, past any shell. The child has nothing of the server's surroundings but what is named here: a secret in a variable of the
//! server stays there.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::ssh::figures::Figures;
use crate::ssh::floor::Floor;
use crate::ssh::roster::Stay;
use crate::ssh::wire::{Ears, Heard, Mouth};
use crate::store::query::UserRow;

/// Longest command line, in bytes.
pub const LONGEST: usize = 8 * 1_024;
/// Input that may wait for a command, in bytes.
const WAITING: usize = 16 << 20;
/// How long whoever reads the answer may leave it.
const UNREAD: Duration = Duration::from_mins(10);
/// Bytes of an answer sent at once.
const PIECE: usize = 16 * 1_024;

/// What is to be done with a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Runs these words.
    Run(Vec<String>),
    /// Opens the screens, in place of those the person has open elsewhere.
    Take,
    /// Says this, with an exit status, and runs nothing.
    Say(String, u8),
}

/// Says what is to be done with a command line.
pub type Allow = Arc<dyn Fn(&str) -> Order + Send + Sync>;

/// How a child is started.
#[derive(Clone)]
pub struct Kitchen {
    /// The program.
    pub program: PathBuf,
    /// Words before those of the line.
    pub first: Vec<String>,
    /// The variables it has, beside the user's.
    pub variables: Vec<(OsString, OsString)>,
    /// What is let through.
    pub allow: Allow,
}

impl fmt::Debug for Kitchen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // an address of the database may hold a password
        f.debug_struct("Kitchen").field("program", &self.program).finish_non_exhaustive()
    }
}

impl Kitchen {
    fn start(
        &self,
        (user, address, lang): (&UserRow, IpAddr, Option<&str>),
        words: &[String],
    ) -> std::io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.first)
            .args(words)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.env("CORRAL_USER", &user.login).env("CORRAL_SERVED", address.to_string());
        if let Some(lang) = lang {
            command.env("LANG", lang);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn()
    }
}

/// Runs a command to its end, or to the end of whoever asked for it.
pub async fn serve(
    floor: Arc<Floor>,
    (kitchen, words): (&Kitchen, Vec<String>),
    who: (&UserRow, IpAddr, Option<&str>),
    (mut ears, mouth): (Ears, Mouth),
    mut stay: Stay,
) {
    let mut child = match kitchen.start(who, &words) {
        Ok(child) => child,
        Err(error) => {
            tracing::error!(why = error.kind().to_string(), "a command could not be started");
            mouth.complain(b"corral: the server cannot start commands at the moment\r\n".to_vec()).await;
            return mouth.leave(1).await;
        }
    };
    Figures::count(&floor.figures.commands, 1);
    let (input, waiting) = unbounded_channel();
    let feeding = child.stdin.take().map(|stdin| tokio::spawn(feed(stdin, waiting)));
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let answering = async {
        let (said, told) = tokio::join!(pass(out, &mouth, false), pass(err, &mouth, true));
        if said && told { child.wait().await.ok().and_then(|status| status.code()) } else { None }
    };
    let held = Arc::new(AtomicUsize::new(0));
    let status = tokio::select! {
        status = answering => status,
        () = hear(&mut ears, Input { to: Some(input), held }) => None,
        _ = stay.ended() => None,
    };
    if let Some(feeding) = feeding {
        feeding.abort();
    }
    // where nobody waits for it any more the child goes with the handle
    mouth.leave(status.and_then(|status| u32::try_from(status).ok()).unwrap_or(1)).await;
}

/// Input on its way to a child.
struct Input {
    to: Option<UnboundedSender<Waiting>>,
    held: Arc<AtomicUsize>,
}

/// A piece of input; it gives its room back when it is taken.
struct Waiting {
    bytes: Vec<u8>,
    held: Arc<AtomicUsize>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.held.fetch_sub(self.bytes.len(), Ordering::Relaxed);
    }
}

/// Takes in what is sent, until nobody is there any more. It never waits for the child: one that waits for its answer to be read
/// would wait for ever, since both come over one connection.
async fn hear(ears: &mut Ears, mut input: Input) {
    loop {
        match ears.hear().await {
            Heard::Bytes(bytes) => {
                let held = input.held.fetch_add(bytes.len(), Ordering::Relaxed);
                let piece = Waiting { bytes, held: Arc::clone(&input.held) };
                if held > WAITING {
                    return;
                }
                if let Some(to) = &input.to {
                    let _ = to.send(piece);
                }
            }
            Heard::Size(_) => {}
            // no more input; the answer is still wanted
            Heard::NoMore => input.to = None,
            Heard::Over => return,
        }
    }
}

async fn feed(mut stdin: ChildStdin, mut waiting: UnboundedReceiver<Waiting>) {
    while let Some(piece) = waiting.recv().await {
        if stdin.write_all(&piece.bytes).await.is_err() {
            return;
        }
    }
    let _ = stdin.shutdown().await;
}

/// Passes a child's words on; answers whether all were taken.
async fn pass(from: Option<impl AsyncRead + Unpin>, mouth: &Mouth, is_complaint: bool) -> bool {
    let Some(mut from) = from else { return true };
    let mut piece = vec![0; PIECE];
    loop {
        let Ok(n @ 1..) = from.read(&mut piece).await else { return true };
        let bytes = piece.get(..n).unwrap_or_default().to_vec();
        let said = async { if is_complaint { mouth.complain(bytes).await } else { mouth.say(bytes).await } };
        if !timeout(UNREAD, said).await.unwrap_or(false) {
            return false;
        }
    }
}
