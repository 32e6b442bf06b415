//! The near end of a terminal far away: what is flushed goes to whoever writes to the network.
//!
//! The loop draws only when everything before has been taken, so a terminal that does not read costs one frame. What is sent
//! beside frames (a copied text, a bell) is bounded too: beyond [`MOST`] the terminal counts as gone.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::runtime::paint::Surface;
use crate::runtime::session::Inbound;

/// Bytes that may wait for a terminal.
pub const MOST: usize = 1 << 20;

/// Where a session writes. Clones write to the same terminal.
#[derive(Debug, Clone)]
pub struct Outlet {
    buffer: Vec<u8>,
    to: UnboundedSender<Vec<u8>>,
    far: Arc<Far>,
}

#[derive(Debug, Default)]
struct Far {
    /// Bytes on their way.
    waiting: AtomicUsize,
    /// Whether the loop waits to hear that it is free.
    wanted: AtomicBool,
}

/// What is to be sent, and who is told when it has been.
#[derive(Debug)]
pub struct Pieces {
    from: UnboundedReceiver<Vec<u8>>,
    far: Arc<Far>,
    inbox: SyncSender<Inbound>,
}

/// An outlet and its far end; the loop behind `inbox` is told when it is free.
pub fn outlet(inbox: SyncSender<Inbound>) -> (Outlet, Pieces) {
    // bounded by the count of bytes: a queue of pieces would be a bound of nothing
    let (to, from) = unbounded_channel();
    let far = Arc::<Far>::default();
    (Outlet { buffer: Vec::new(), to, far: Arc::clone(&far) }, Pieces { from, far, inbox })
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.buffer);
        let waiting = self.far.waiting.fetch_add(piece.len(), Ordering::SeqCst) + piece.len();
        if waiting > MOST || self.to.send(piece).is_err() {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        Ok(())
    }
}

impl Surface for Outlet {
    fn is_free(&mut self) -> bool {
        // wanted first: whoever sends the last byte in between finds it set
        self.far.wanted.store(true, Ordering::SeqCst);
        let free = self.far.waiting.load(Ordering::SeqCst) == 0;
        if free {
            self.far.wanted.store(false, Ordering::SeqCst);
        }
        free
    }
}

impl Pieces {
    /// The next piece to send; `None` once the session is over and everything was given out.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        self.from.recv().await
    }

    /// Says that a piece of so many bytes was taken.
    pub fn sent(&self, bytes: usize) {
        let before = self.far.waiting.fetch_sub(bytes, Ordering::SeqCst);
        if before == bytes && self.far.wanted.swap(false, Ordering::SeqCst) {
            // where the queue is full the loop has enough to do, and looks again after it
            let _ = self.inbox.try_send(Inbound::Painted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::session::queue;

    #[tokio::test]
    async fn a_terminal_that_does_not_read_holds_up_the_next_frame_and_nothing_else() {
        let (inbox, events) = queue();
        let (mut outlet, mut pieces) = outlet(inbox);
        outlet.write_all(b"frame").unwrap();
        assert!(outlet.is_free(), "what is not flushed is not under way");
        outlet.flush().unwrap();
        assert!(!outlet.is_free());
        let piece = pieces.next().await.unwrap();
        assert!(events.try_recv().is_err());
        pieces.sent(piece.len());
        assert!(matches!(events.try_recv().unwrap(), Inbound::Painted));
        assert!(outlet.is_free());
        drop(outlet);
        assert_eq!(pieces.next().await, None);
    }

    #[test]
    fn what_waits_is_bounded() {
        let (inbox, _events) = queue();
        let (mut outlet, _pieces) = outlet(inbox);
        let piece = vec![b'x'; MOST / 4];
        for _ in 0..4 {
            outlet.write_all(&piece).unwrap();
            outlet.flush().unwrap();
        }
        outlet.write_all(b"x").unwrap();
        assert_eq!(outlet.flush().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
