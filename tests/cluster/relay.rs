//! A network to cut, between a program and a server on this machine, without privileges.
//!
//! A relay listens on loopback and passes bytes on, both ways. Between reading and writing a chunk waits until its time has come
//! ([`Relay::delay`]) and while the line is cut ([`Relay::cut`]); nothing is ever lost, as TCP would send it again. But for one
//! thing: the answer to a commit, where that is asked for ([`Relay::lose_a_commit`]).

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Bytes read at once, and chunks on their way in one direction: enough for a fast line with a long delay.
const CHUNK: usize = 16 * 1024;
const CHUNKS: usize = 256;

/// What happens to those who come and to what they send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Passed on.
    Whole,
    /// Connections stand, nothing moves, as behind a router that drops every packet.
    Cut,
    /// Connections are closed and new ones refused, as by a machine where nothing listens.
    Refused,
    /// The relay is gone.
    Over,
}

#[derive(Debug)]
struct State {
    line: Line,
    delay: Duration,
    /// Both ends of each connection, to be closed.
    open: HashMap<u64, [TcpStream; 2]>,
    made: u64,
    lost: Lost,
}

/// What becomes of the answer to the next commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// It arrives.
    Never,
    /// It is to be lost.
    Next,
    /// The commit went out over this connection, which tells nothing any more.
    Over(u64),
    /// It was lost: the server had done it.
    Gone,
}

/// How the server says that a commit is done.
const COMMIT: &[u8] = b"COMMIT\0";

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    to: SocketAddr,
}

/// A line to a port of this machine; dropped, its connections are closed.
#[derive(Debug)]
pub struct Relay {
    shared: Arc<Shared>,
    address: SocketAddr,
    /// The thread that takes connections; none while they are refused.
    door: Mutex<Option<JoinHandle<()>>>,
}

impl Relay {
    /// A whole line without delay.
    pub fn start(to: u16) -> Self {
        let (line, delay, lost) = (Line::Whole, Duration::ZERO, Lost::Never);
        let state = State { line, delay, open: HashMap::new(), made: 0, lost };
        let to = SocketAddr::from(([127, 0, 0, 1], to));
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), to });
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("the listener has an address");
        let door = Mutex::new(Some(open(listener, &shared)));
        Self { shared, address, door }
    }

    /// The port to go to instead of the server's.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address of a database by way of the relay.
    pub fn url(&self, database: &str) -> String {
        super::address(self.port(), database)
    }

    /// Stalls: who comes is let in, and nothing moves in any connection until [`Relay::mend`].
    pub fn cut(&self) {
        self.set(Line::Cut);
        self.let_in();
    }

    /// Closes every connection and refuses new ones until [`Relay::mend`] or [`Relay::cut`].
    pub fn refuse(&self) {
        self.set(Line::Refused);
        self.close();
    }

    /// Passes on again, first of all what was held back.
    pub fn mend(&self) {
        self.set(Line::Whole);
        self.let_in();
    }

    /// Every byte that is read from now on takes so long, each way. Going there and back takes twice as long; opening a connection
    /// takes none, as the relay itself accepts it.
    pub fn delay(&self, delay: Duration) {
        self.shared.held().delay = delay;
    }

    /// The next commit reaches the server and is done, and then the connection breaks before anybody hears of it.
    pub fn lose_a_commit(&self) {
        self.shared.held().lost = Lost::Next;
    }

    /// Whether that has happened.
    pub fn has_lost_a_commit(&self) -> bool {
        self.shared.held().lost == Lost::Gone
    }

    /// Connections that stand.
    pub fn connections(&self) -> usize {
        self.shared.held().open.len()
    }

    fn set(&self, line: Line) {
        let mut state = self.shared.held();
        state.line = line;
        if matches!(line, Line::Refused | Line::Over) {
            for end in state.open.drain().flat_map(|(_, ends)| ends) {
                let _ = end.shutdown(Shutdown::Both);
            }
        }
        self.shared.changed.notify_all();
    }

    /// Opens the door where it is closed, at the old port.
    fn let_in(&self) {
        let mut door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
        if door.is_none() {
            let listener = TcpListener::bind(self.address).expect("the relay's port is still free");
            *door = Some(open(listener, &self.shared));
        }
    }

    fn close(&self) {
        let door = self.door.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(door) = door {
            // it waits for somebody to come, and looks at the line then
            let _ = TcpStream::connect(self.address);
            let _ = door.join();
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.set(Line::Over);
        self.close();
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while the line is cut; whether bytes may pass.
    fn passes(&self) -> bool {
        let state = self.held();
        let state = self.changed.wait_while(state, |state| state.line == Line::Cut);
        state.unwrap_or_else(PoisonError::into_inner).line == Line::Whole
    }

    /// Joins two ends for as long as both stand.
    fn join(self: &Arc<Self>, near: TcpStream) {
        let Ok(far) = TcpStream::connect(self.to) else { return };
        let _ = (near.set_nodelay(true), far.set_nodelay(true));
        let (Ok(near_end), Ok(far_end)) = (near.try_clone(), far.try_clone()) else { return };
        let number = {
            let mut state = self.held();
            if matches!(state.line, Line::Refused | Line::Over) {
                return;
            }
            state.made += 1;
            let number = state.made;
            state.open.insert(number, [near_end, far_end]);
            number
        };
        let (Ok(near_again), Ok(far_again)) = (near.try_clone(), far.try_clone()) else { return };
        self.way(near, far, (number, Way::There));
        self.way(far_again, near_again, (number, Way::Back));
    }

    /// One direction: a thread reads and stamps, another writes when the time has come.
    fn way(self: &Arc<Self>, mut from: TcpStream, to: TcpStream, (number, way): (u64, Way)) {
        let (put, taken) = sync_channel::<(Instant, Vec<u8>)>(CHUNKS);
        let (reading, writing) = (Arc::clone(self), Arc::clone(self));
        thread::spawn(move || reading.read(&mut from, &put, (number, way)));
        thread::spawn(move || {
            writing.write(to, &taken);
            writing.held().open.remove(&number);
        });
    }

    fn read(&self, from: &mut TcpStream, put: &SyncSender<(Instant, Vec<u8>)>, (number, way): (u64, Way)) {
        let mut chunk = vec![0; CHUNK];
        while let Ok(length) = from.read(&mut chunk) {
            let bytes = chunk.get(..length).unwrap_or_default().to_vec();
            if self.is_lost(&bytes, (number, way)) {
                continue;
            }
            let due = Instant::now() + self.held().delay;
            // an empty chunk is the end, which takes its time too
            if put.send((due, bytes)).is_err() || length == 0 {
                return;
            }
        }
    }

    /// Whether bytes go no further: the answer to the commit that is to be lost. The connection is closed when the answer is
    /// whole, so that the commit was done.
    fn is_lost(&self, bytes: &[u8], (number, way): (u64, Way)) -> bool {
        let mut state = self.held();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        // a question ends so too: a change tells others of itself
        let has = holds(if way == Way::There { b"pg_notify" } else { COMMIT });
        match (state.lost, way) {
            (Lost::Next, Way::There) if has => {
                state.lost = Lost::Over(number);
                false
            }
            (Lost::Over(over), Way::Back) if over == number && !bytes.is_empty() => {
                if has {
                    state.lost = Lost::Gone;
                    for end in state.open.remove(&number).into_iter().flatten() {
                        let _ = end.shutdown(Shutdown::Both);
                    }
                }
                true
            }
            _ => false,
        }
    }

    fn write(&self, mut to: TcpStream, taken: &Receiver<(Instant, Vec<u8>)>) {
        while let Ok((due, bytes)) = taken.recv() {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if !self.passes() || bytes.is_empty() || to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To the server.
    There,
    /// From it.
    Back,
}

/// Takes connections until the line refuses them.
fn open(listener: TcpListener, shared: &Arc<Shared>) -> JoinHandle<()> {
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            if matches!(shared.held().line, Line::Refused | Line::Over) {
                return;
            }
            shared.join(near);
        }
    })
}
