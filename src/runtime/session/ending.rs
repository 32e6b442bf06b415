//! The end of a session: what is under way is saved, or kept for the next one.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::{Inbound, Running};
use crate::runtime::outbox::Heard;
use crate::runtime::paint::Surface;

/// How long the end waits for changes under way.
const PATIENCE: Duration = Duration::from_secs(3);

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The person left.
    Left,
    /// The system told the program to end, by this signal.
    Told(i32),
    /// The terminal went away.
    Gone,
    /// The program made a mistake.
    Panicked,
}

/// What a session leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// How it ended.
    pub how: How,
    /// Changes that are not in the database but in files: the next session sends them.
    pub kept: usize,
    /// Changes and notes that are nowhere.
    pub lost: usize,
}

impl<W: Surface> Running<'_, W> {
    /// Sends what is under way and puts into files what cannot be sent. Takes [`PATIENCE`] at most.
    pub(super) fn finish(&mut self, how: How, events: &Receiver<Inbound>) -> Ended {
        let until = Instant::now() + PATIENCE;
        loop {
            self.send_next();
            let unsaved = self.it.outbox.unsaved(Instant::now());
            // the person was asked, or the cause is one that will not pass in a moment
            let known = unsaved.is_some_and(|unsaved| unsaved.why.is_some() && unsaved.kept);
            if self.it.outbox.is_empty() || known {
                break;
            }
            let wake = self.it.outbox.due().map_or(until, |due| due.min(until));
            match events.recv_timeout(wake.saturating_duration_since(Instant::now())) {
                Ok(Inbound::Written(id, result)) => {
                    if self.it.outbox.answered(id, &result, Instant::now()) != Heard::Held {
                        self.let_go(id, result.is_ok());
                    }
                }
                Err(_) if Instant::now() >= until => break,
                Ok(_) | Err(_) => {}
            }
        }
        let notes = self.it.drafts.again();
        let line = self.it.outbox.len();
        let lost = self.it.outbox.keep();
        let ended = Ended { how, kept: line - lost, lost: lost + notes };
        tracing::info!(?how, kept = ended.kept, lost = ended.lost, "the session ends");
        ended
    }
}
