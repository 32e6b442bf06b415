//! Writing to a terminal without waiting for it.
//!
//! A terminal that stops reading (a slow line, a window that hangs) must not stop the session: keys are still taken in, drafts
//! and changes still go out. So a thread writes, and the loop draws only when that thread is free: what is drawn then is the
//! newest state, and no frame that was once computed is ever dropped.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, SyncSender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::runtime::session::Inbound;

/// Where frames go.
pub trait Surface: Write {
    /// Whether what was written so far has arrived, so that the next frame may be computed. Where it has not, the loop is told
    /// by [`Inbound::Painted`].
    fn is_free(&mut self) -> bool {
        true
    }

    /// Waits until what was written has arrived, at most so long; answers whether it has.
    fn settle(&mut self, patience: Duration) -> bool {
        let _ = patience;
        true
    }
}

impl Surface for Vec<u8> {}
impl Surface for io::Sink {}
impl Surface for io::Stdout {}
impl<S: Surface + ?Sized> Surface for &mut S {
    fn is_free(&mut self) -> bool {
        (**self).is_free()
    }

    fn settle(&mut self, patience: Duration) -> bool {
        (**self).settle(patience)
    }
}

/// The near end of a terminal: what is flushed goes to the thread that writes. Clones write to the same terminal.
#[derive(Debug)]
pub struct Pen {
    buffer: Vec<u8>,
    to: Sender<Vec<u8>>,
    far: Arc<Far>,
}

#[derive(Debug, Default)]
struct Far {
    /// Pieces on their way.
    busy: AtomicUsize,
    /// Whether the loop waits to hear that it is free.
    wanted: AtomicBool,
    failed: AtomicBool,
    lock: Mutex<()>,
    moved: Condvar,
}

impl Pen {
    /// Starts the thread that writes to `out`; it tells the loop when it is free again, and when the terminal is gone. It
    /// ends with the last clone.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(mut out: impl Write + Send + 'static, inbox: SyncSender<Inbound>) -> io::Result<Self> {
        let (to, pieces) = channel::<Vec<u8>>();
        let far = Arc::new(Far::default());
        let shared = Arc::clone(&far);
        thread::Builder::new().name("corral-paint".to_owned()).spawn(move || {
            for piece in pieces {
                let written = out.write_all(&piece).and_then(|()| out.flush());
                if written.is_err() && !shared.failed.swap(true, Ordering::SeqCst) {
                    let _ = inbox.try_send(Inbound::End);
                }
                shared.busy.fetch_sub(1, Ordering::SeqCst);
                drop(shared.lock.lock().unwrap_or_else(PoisonError::into_inner));
                shared.moved.notify_all();
                if shared.wanted.swap(false, Ordering::SeqCst) {
                    // where the queue is full the loop has enough to do, and looks again after it
                    let _ = inbox.try_send(Inbound::Painted);
                }
            }
        })?;
        Ok(Self { buffer: Vec::new(), to, far })
    }
}

impl Clone for Pen {
    fn clone(&self) -> Self {
        Self { buffer: Vec::new(), to: self.to.clone(), far: Arc::clone(&self.far) }
    }
}

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.far.failed.load(Ordering::SeqCst) {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.far.busy.fetch_add(1, Ordering::SeqCst);
        let piece = std::mem::take(&mut self.buffer);
        self.to.send(piece).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Surface for Pen {
    fn is_free(&mut self) -> bool {
        // wanted first: the thread that becomes free in between finds it set
        self.far.wanted.store(true, Ordering::SeqCst);
        let free = self.far.busy.load(Ordering::SeqCst) == 0;
        if free {
            self.far.wanted.store(false, Ordering::SeqCst);
        }
        free
    }

    fn settle(&mut self, patience: Duration) -> bool {
        let guard = self.far.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = |(): &mut ()| self.far.busy.load(Ordering::SeqCst) > 0;
        let waited = self.far.moved.wait_timeout_while(guard, patience, busy);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, sync_channel};

    use super::*;
    use crate::runtime::session::queue;

    /// A terminal that takes a piece only when it is let.
    struct Slow {
        let_in: Receiver<()>,
        took: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.let_in.recv().map_err(|_| io::Error::other("gone"))?;
            self.took.send(bytes.to_vec()).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_terminal_that_does_not_read_is_not_waited_for_and_tells_when_it_is_free() {
        let (inbox, events) = queue();
        let (lets, let_in) = sync_channel(9);
        let (took, taken) = channel();
        let mut pen = Pen::start(Slow { let_in, took }, inbox).unwrap();
        assert!(pen.is_free());
        pen.write_all(b"one").unwrap();
        assert!(pen.is_free(), "what is not flushed is not under way");
        pen.flush().unwrap();
        assert!(!pen.is_free());
        assert!(!pen.settle(Duration::from_millis(1)));
        lets.send(()).unwrap();
        assert!(matches!(events.recv().unwrap(), Inbound::Painted));
        assert!(pen.is_free());
        assert_eq!(taken.recv().unwrap(), b"one");
        // nobody asked: nobody is told
        pen.write_all(b"two").unwrap();
        pen.flush().unwrap();
        lets.send(()).unwrap();
        assert!(pen.settle(Duration::from_mins(1)));
        assert!(events.try_recv().is_err());
        // a terminal that is gone ends the session
        drop(lets);
        pen.write_all(b"three").unwrap();
        pen.flush().unwrap();
        assert!(matches!(events.recv().unwrap(), Inbound::End));
        assert!(pen.settle(Duration::from_mins(1)));
        assert!(pen.flush().is_err());
    }
}
