//! The loop of one session.
//!
//! Events come over one bounded queue from the terminal, the store and its news; the loop takes one at a time, so that a
//! key always acts on what was on screen when it was pressed. It draws when something changed, at most every
//! [`FRAME_MIN`], never later than [`BATCH`] events. While nothing happens it sleeps until the clock's next minute.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{App, Effect, Event, Notice, Ticket};
use crate::domain::id::WriteId;
use crate::input::Input;
use crate::runtime::clipboard;
use crate::runtime::clock::Clock;
use crate::runtime::dial::dial;
use crate::runtime::drafts::Drafts;
use crate::runtime::output::{Screen, Sync};
use crate::runtime::terminal::{BELL, Pointer, copy_bytes, pointer_bytes};
use crate::store::StoreError;
use crate::store::change::{Commit, Write as Change};
use crate::store::query::{Answer, Query};
use crate::text::Text;

/// Least time between two frames.
pub const FRAME_MIN: Duration = Duration::from_millis(8);
/// Events taken in before a frame is drawn at the latest.
pub const BATCH: usize = 256;
/// Events that may wait.
const QUEUE: usize = 4_096;

/// Where a session's questions and changes go. Neither may block: the answer comes through `reply`.
pub trait Backend: Send {
    /// Asks.
    fn read(&self, query: Query, reply: Reply<Answer>);
    /// Changes.
    fn write(&self, change: Change, reply: Reply<Commit>);
}

/// Keeps a choice of the person's: key, value.
pub type Remember<'a> = Box<dyn Fn(&str, &str) -> io::Result<()> + 'a>;

/// Takes an answer, on whichever thread it is made.
pub type Reply<T> = Box<dyn FnOnce(Result<T, StoreError>) + Send>;

/// What the loop takes in.
#[derive(Debug)]
pub enum Inbound {
    /// From the terminal.
    Input(Input),
    /// An answer.
    Answered(Ticket, Result<Answer, StoreError>),
    /// A write's result.
    Written(WriteId, Result<Commit, StoreError>),
    /// Somebody's commit.
    News(Commit),
    /// A copy went through (or has to go through the terminal with this text).
    Copied(Result<(), String>),
    /// The time asked for has come.
    Woken,
    /// The terminal is gone or the program is to end.
    End,
}

/// The queue of a session: give clones of the sender to whoever has events.
pub fn queue() -> (SyncSender<Inbound>, Receiver<Inbound>) {
    sync_channel(QUEUE)
}

/// What a session runs on.
pub struct Session<'a, W: Write> {
    /// The pure half.
    pub app: App,
    /// The database.
    pub backend: &'a dyn Backend,
    /// The way back into the loop.
    pub inbox: SyncSender<Inbound>,
    /// The terminal.
    pub out: W,
    /// The time.
    pub clock: Clock,
    /// Drafts of the person.
    pub drafts: Drafts,
    /// The dial command; empty for none.
    pub dial: Vec<String>,
    /// Keeps a choice.
    pub remember: Remember<'a>,
    /// Whether frames are marked as wholes.
    pub sync: Sync,
}

impl<W: Write> std::fmt::Debug for Session<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("app", &self.app).finish_non_exhaustive()
    }
}

/// Runs a session to its end.
///
/// # Errors
/// What the terminal says when it cannot be written to.
pub fn run<W: Write>(mut session: Session<'_, W>, events: &Receiver<Inbound>) -> io::Result<()> {
    let mut screen = Screen::new(session.sync);
    let started = session.app.start(session.clock.now());
    session.perform(started, &mut screen)?;
    let mut drawn: Option<Instant> = None;
    while !session.app.is_over() {
        if session.app.take_dirty() {
            session.draw(&mut screen)?;
            drawn = Some(Instant::now());
        }
        match events.recv_timeout(session.clock.to_next_minute()) {
            Ok(Inbound::End) | Err(RecvTimeoutError::Disconnected) => break,
            Ok(event) => {
                session.take(event, &mut screen)?;
                if !session.drain(events, &mut screen, drawn)? {
                    break;
                }
            }
            Err(RecvTimeoutError::Timeout) => session.give(Event::Minute, &mut screen)?,
        }
    }
    Ok(())
}

impl<W: Write> Session<'_, W> {
    /// Takes in what waits, and what still comes before the next frame is due. `false` when the session is to end.
    fn drain(
        &mut self,
        events: &Receiver<Inbound>,
        screen: &mut Screen,
        drawn: Option<Instant>,
    ) -> io::Result<bool> {
        for _ in 0..BATCH {
            let rest = drawn.map_or(Duration::ZERO, |at| FRAME_MIN.saturating_sub(at.elapsed()));
            let next = if rest.is_zero() { events.try_recv().ok() } else { events.recv_timeout(rest).ok() };
            match next {
                Some(Inbound::End) => return Ok(false),
                Some(event) => self.take(event, screen)?,
                None => break,
            }
        }
        Ok(true)
    }

    fn take(&mut self, event: Inbound, screen: &mut Screen) -> io::Result<()> {
        match event {
            Inbound::Input(input) => {
                if matches!(input, Input::Resize(_)) {
                    screen.forget();
                }
                self.give(Event::Input(input), screen)
            }
            Inbound::Answered(ticket, answer) => self.give(Event::Answered(ticket, answer), screen),
            Inbound::Written(id, result) => self.give(Event::Written(id, result), screen),
            Inbound::News(commit) => self.give(Event::Committed(commit), screen),
            Inbound::Woken => self.give(Event::Woken, screen),
            Inbound::Copied(Ok(())) => {
                self.say(Text("notice.copied"));
                Ok(())
            }
            Inbound::Copied(Err(text)) => self.copy_through_terminal(&text),
            Inbound::End => Ok(()),
        }
    }

    fn give(&mut self, event: Event, screen: &mut Screen) -> io::Result<()> {
        let effects = self.app.update(event, self.clock.now());
        self.perform(effects, screen)
    }

    fn draw(&mut self, screen: &mut Screen) -> io::Result<()> {
        let size = self.app.session().size;
        let area = Rect::new(0, 0, size.width, size.height);
        let mut frame = Buffer::empty(area);
        let caret = self.app.render(area, &mut frame);
        screen.draw(frame, caret, &mut self.out)?;
        Ok(())
    }

    fn perform(&mut self, effects: Vec<Effect>, screen: &mut Screen) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Read(ticket, query) => {
                    let inbox = self.inbox.clone();
                    self.backend
                        .read(query, Box::new(move |answer| post(&inbox, Inbound::Answered(ticket, answer))));
                }
                Effect::Write(change) => {
                    let (inbox, id) = (self.inbox.clone(), change.id);
                    self.backend
                        .write(change, Box::new(move |result| post(&inbox, Inbound::Written(id, result))));
                }
                Effect::Copy(text) if self.app.session().remote => self.copy_through_terminal(&text)?,
                Effect::Copy(text) => {
                    let inbox = self.inbox.clone();
                    std::thread::spawn(move || {
                        let copied = if clipboard::copy_locally(&text) { Ok(()) } else { Err(text) };
                        post(&inbox, Inbound::Copied(copied));
                    });
                }
                Effect::Dial(number) => {
                    if let Err(error) = dial(&self.dial, &number) {
                        self.app.say(Notice::refused(error.to_string()));
                    }
                }
                Effect::SaveDraft(key, text) => {
                    if let Err(error) = self.drafts.keep(&key, &text) {
                        self.app.say(Notice::refused(error.to_string()));
                    }
                }
                Effect::LoadDraft(key) => {
                    let text = self.drafts.load(&key);
                    self.give(Event::Draft(key, text), screen)?;
                }
                Effect::Remember(key, value) => {
                    if let Err(error) = (self.remember)(&key, &value) {
                        self.app.say(Notice::refused(error.to_string()));
                    }
                }
                Effect::Wake(after) => {
                    let inbox = self.inbox.clone();
                    std::thread::spawn(move || {
                        std::thread::sleep(after);
                        post(&inbox, Inbound::Woken);
                    });
                }
                Effect::Pointer(on) => {
                    let pointer = if on { Pointer::On } else { Pointer::Off };
                    self.out.write_all(pointer_bytes(pointer).as_bytes())?;
                    self.out.flush()?;
                }
                Effect::Bell => self.out.write_all(BELL.as_bytes())?,
                Effect::Redraw => screen.forget(),
                Effect::Quit => {}
            }
        }
        Ok(())
    }

    fn copy_through_terminal(&mut self, text: &str) -> io::Result<()> {
        match copy_bytes(text) {
            Some(bytes) => {
                self.out.write_all(bytes.as_bytes())?;
                self.out.flush()?;
                self.say(Text("notice.copied_terminal"));
            }
            None => self.say(Text("notice.copy_too_long")),
        }
        Ok(())
    }

    fn say(&mut self, text: Text) {
        let words = self.app.session().words.say(text).to_owned();
        self.app.say(Notice::done(words));
    }
}

/// Puts an answer into the loop; a session that has ended takes none. Waits where the queue is full: nothing is dropped.
fn post(inbox: &SyncSender<Inbound>, event: Inbound) {
    if let Err(TrySendError::Full(event)) = inbox.try_send(event) {
        // only a session that stopped reading gets here; it ends or goes on, and either frees this thread
        let _ = inbox.send(event);
    }
}
