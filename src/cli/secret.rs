//! Reading what nobody may see: from the terminal without an echo, or a line of standard input. Never an argument, which every
//! program of the machine can read.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use crate::cli::output::Failure;

/// Longest line that is read, in bytes.
const LONGEST: u64 = 4_096;

/// Reads a secret; from a terminal twice where it is a new one.
///
/// # Errors
/// Where nothing comes, or the two differ.
pub fn read(prompt: &str, again: Option<&str>) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return line();
    }
    let secret = silent(prompt)?;
    if let Some(again) = again
        && silent(again)? != secret
    {
        return Err(Failure::failed("differs", "the two do not match; nothing was changed"));
    }
    Ok(secret)
}

fn silent(prompt: &str) -> Result<String, Failure> {
    // beside the answer, which may be read by a program
    let _ = write!(io::stderr(), "{prompt}").and_then(|()| io::stderr().flush());
    let quiet = Quiet::begin()?;
    let read = line();
    drop(quiet);
    let _ = writeln!(io::stderr());
    read
}

fn line() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(LONGEST);
    let mut byte = [0];
    // no further than the line: what follows is somebody else's
    while input.read(&mut byte)? == 1 && byte != *b"\n" {
        bytes.extend_from_slice(&byte);
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage("this is no UTF-8 text"))?;
    let text = text.trim_end_matches('\r').to_owned();
    if text.is_empty() {
        return Err(Failure::usage("nothing was given; type it, or give it as a line of standard input"));
    }
    Ok(text)
}

/// A terminal that does not show what is typed, until this is dropped.
struct Quiet {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Quiet {
    fn begin() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        quiet.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &self.before);
    }
}

#[cfg(not(unix))]
impl Quiet {
    fn begin() -> io::Result<Self> {
        Ok(Self {})
    }
}
