//! Notices that the terminal is gone.
//!
//! What reads keys does not: crossterm reads the end of a closed terminal again and again, for ever (its loop over `Ok(0)`). A
//! signal comes only to the leader of a terminal's session, not to a program that a closed `tmux` or `ssh` left behind.

use std::io;
use std::sync::mpsc::SyncSender;
use std::thread;

use crate::runtime::session::Inbound;

/// Waits on a thread of its own until the terminal that standard input is has hung up, then ends the session. Costs nothing
/// while it waits.
#[cfg(unix)]
pub fn watch(inbox: SyncSender<Inbound>) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;

    thread::Builder::new().name("corral-hangup".to_owned()).spawn(move || {
        let input = io::stdin();
        loop {
            // asked for nothing: only a hang-up or an error ends the wait
            let mut terminal = [PollFd::new(&input, PollFlags::empty())];
            match poll(&mut terminal, None) {
                Ok(_) | Err(Errno::BADF) => break,
                // interrupted by a signal, or short of memory: wait on
                Err(_) => {}
            }
        }
        // a session that is over hears nothing
        let _ = inbox.send(Inbound::End);
    })?;
    Ok(())
}

/// Elsewhere reading the terminal fails when it is gone.
#[cfg(not(unix))]
pub fn watch(_inbox: SyncSender<Inbound>) -> io::Result<()> {
    Ok(())
}
