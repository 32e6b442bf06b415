//! What the system tells the program: to end, to stop for a while, to go on.
//!
//! The first signal to end lets the session finish: what is under way is saved or kept, the terminal is put back. A second
//! one, or [`PATIENCE`] without an end (a disk that hangs, a terminal that does not read), ends the program as it stands.

use std::io;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use crate::input::{Input, Size};
use crate::runtime::session::Inbound;

/// How long the session may take to end.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long the program lasts once it is ended as it stands.
#[cfg(unix)]
const LAST: Duration = Duration::from_millis(100);

/// What is added to a signal's number to make an exit status, by custom.
pub const STATUS: i32 = 128;

/// What the loop is to do about a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End in good order.
    End(i32),
    /// Put the terminal back and stop until told to go on.
    Stop,
    /// The program was stopped and goes on: the terminal is to be taken again.
    Again,
}

/// Passes signals into the loop.
///
/// # Errors
/// When the system refuses to tell.
#[cfg(unix)]
pub fn watch(inbox: SyncSender<Inbound>) -> io::Result<()> {
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::thread;

    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};

    let mut signals =
        signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    let (ended, ends) = channel();
    thread::Builder::new().name("corral-signals".to_owned()).spawn(move || {
        for number in signals.forever() {
            if number == SIGWINCH {
                // what reads keys loses the word of a new size that comes together with a key (crossterm's poll is told of
                // each only once, and it goes back with the key)
                if let Ok((width, height)) = crossterm::terminal::size() {
                    let _ = inbox.try_send(Inbound::Input(Input::Resize(Size::clamped(width, height))));
                }
                continue;
            }
            let signal = match number {
                SIGTSTP => Signal::Stop,
                SIGCONT => Signal::Again,
                _ => Signal::End(number),
            };
            if matches!(signal, Signal::End(_)) && ended.send(number).is_err() {
                return;
            }
            // a queue that is full belongs to a session that hangs: the watch over the end is all that helps
            let _ = inbox.try_send(Inbound::Told(signal));
        }
    })?;
    thread::Builder::new().name("corral-end".to_owned()).spawn(move || {
        let Ok(first) = ends.recv() else { return };
        match ends.recv_timeout(PATIENCE) {
            // the program ends by itself when this thread is not let go on
            Err(RecvTimeoutError::Disconnected) => {}
            Ok(_) | Err(RecvTimeoutError::Timeout) => {
                tracing::warn!(signal = first, "the session did not end in time; ended as it stands");
                // the line discipline at least: a terminal that does not read takes no bytes
                let _ = crossterm::terminal::disable_raw_mode();
                // the log is written by another thread
                thread::sleep(LAST);
                std::process::exit(STATUS + first);
            }
        }
    })?;
    Ok(())
}

/// Passes signals into the loop: there are none here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn watch(_inbox: SyncSender<Inbound>) -> io::Result<()> {
    Ok(())
}

/// Stops the program until it is told to go on.
///
/// # Errors
/// What the system says.
#[cfg(unix)]
pub fn stop() -> io::Result<()> {
    signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)
}

/// Stops the program: not on this system.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn stop() -> io::Result<()> {
    Ok(())
}

/// Whether somebody is there to let a stopped program go on: a shell, whose terminal this is. Without one it would hang.
#[cfg(unix)]
pub fn has_shell() -> bool {
    let leader = rustix::termios::tcgetsid(io::stdin()).ok().map(|pid| pid.as_raw_nonzero().get());
    leader.is_some_and(|leader| u32::try_from(leader).is_ok_and(|leader| leader != std::process::id()))
}

/// Whether somebody is there to let a stopped program go on.
#[cfg(not(unix))]
pub fn has_shell() -> bool {
    false
}
