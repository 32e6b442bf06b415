//! The loop of one session.
//!
//! Events come over one bounded queue from the terminal, the store and its news; the loop takes one at a time, so that a
//! key always acts on what was on screen when it was pressed. It draws when something changed and the terminal has taken
//! what went before, at the pace of one frame every [`FRAME_MIN`], never later than [`BATCH`] events. While nothing happens it
//! sleeps until the clock's next minute, or until something that was put off is due.
//!
//! Changes go through the [`Outbox`]: what cannot be saved is held and tried again, whatever becomes of the session.

mod ending;
mod pace;
mod perform;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub use ending::{Ended, How};
pub use pace::FRAME_MIN;

use pace::Pace;

use crate::app::action::action;
use crate::app::lock::Proof;
use crate::app::trouble::{Cause, Unsaved};
use crate::app::{App, Context, Event, Meaning, Notice, Ticket, Troubles};
use crate::domain::id::{UserId, WriteId};
use crate::domain::secret::Secret;
use crate::domain::time::MINUTE_MS;
use crate::input::{Input, Size};
use crate::runtime::drafts::Drafts;
use crate::runtime::open::Opened;
use crate::runtime::outbox::Outbox;
use crate::runtime::output::{Screen, Sync};
use crate::runtime::paint::Surface;
use crate::runtime::questions::Questions;
use crate::runtime::signals::Signal;
use crate::runtime::steady::Steady;
use crate::runtime::terminal::{Pointer, pointer_bytes};
use crate::runtime::trail::Trail;
use crate::store::StoreError;
use crate::store::change::{Commit, Write as Change};
use crate::store::query::{Answer, Query};
use crate::store::worker::Store;
use crate::text::Text;

/// Events taken in before a frame is drawn at the latest.
pub const BATCH: usize = 256;
/// Events that may wait; room for all of them is made at the start.
const QUEUE: usize = 512;
/// How often a draft that found no room is tried again.
const DRAFTS_AGAIN: Duration = Duration::from_secs(3);

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

/// Does what need not be done before the person sees something.
pub type Later<'a> = Box<dyn FnOnce() + 'a>;

/// Gives the terminal away or takes it again; answers with its size, where that is known.
pub type Hold<'a> = Box<dyn FnMut(Pause) -> Option<Size> + 'a>;

/// What becomes of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Put it back, stop the program, and take it again when the program goes on.
    Stop,
    /// Take it again: the program was stopped from outside.
    Again,
}

/// Finds out whether a PIN is somebody's. Does not block: what comes of it is told later, on another thread.
pub type Prove<'a> = Box<dyn Fn(UserId, Secret, Told) + Send + 'a>;

/// Takes what came of a PIN.
pub type Told = Box<dyn FnOnce(Proof) + Send>;

/// What the loop takes in.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "what is written comes back as often as a key: a box each would cost more"
)]
pub enum Inbound {
    /// From the terminal.
    Input(Input),
    /// An answer.
    Answered(Ticket, Result<Answer, StoreError>),
    /// A write's result.
    Written(WriteId, Result<Commit, StoreError>),
    /// What came of a PIN.
    Proved(Ticket, Proof),
    /// What somebody committed, oldest first.
    News(Arc<[Commit]>),
    /// What is wrong with the file, or that it is right again.
    File(Option<StoreError>),
    /// A copy went through (or has to go through the terminal with this text).
    Copied(Result<(), String>),
    /// The terminal has taken what was written to it.
    Painted,
    /// The system told the program something.
    Told(Signal),
    /// The terminal is gone.
    End,
}

impl Backend for Store {
    fn read(&self, query: Query, reply: Reply<Answer>) {
        Self::read(self, query, reply);
    }

    fn write(&self, change: Change, reply: Reply<Commit>) {
        Self::write(self, change, reply);
    }
}

/// The queue of a session: give clones of the sender to whoever has events.
pub fn queue() -> (SyncSender<Inbound>, Receiver<Inbound>) {
    queue_of(QUEUE)
}

/// The same with room for so many events: one of a session far away, whose terminal can be made to wait.
pub fn queue_of(many: usize) -> (SyncSender<Inbound>, Receiver<Inbound>) {
    sync_channel(many)
}

/// What a session runs on.
pub struct Session<'a, W: Surface> {
    /// The pure half.
    pub app: App,
    /// The database.
    pub backend: &'a dyn Backend,
    /// The way back into the loop.
    pub inbox: SyncSender<Inbound>,
    /// The terminal.
    pub out: W,
    /// The time.
    pub clock: Steady,
    /// Drafts of the person.
    pub drafts: Drafts,
    /// Changes on their way.
    pub outbox: Outbox,
    /// Where the call is kept that is open.
    pub opened: Opened,
    /// The dial command; empty for none.
    pub dial: Vec<String>,
    /// Keeps a choice.
    pub remember: Remember<'a>,
    /// Looks at PINs.
    pub prove: Prove<'a>,
    /// Gives the terminal away and takes it again.
    pub hold: Hold<'a>,
    /// Whether frames are marked as wholes.
    pub sync: Sync,
    /// Where the steps are noted that a crash report tells.
    pub trail: Trail,
    /// What waits until the first answer is on screen.
    pub later: Option<Later<'a>>,
}

impl<W: Surface> std::fmt::Debug for Session<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("app", &self.app).finish_non_exhaustive()
    }
}

/// Runs a session to its end: what is under way is saved then, or kept as far as there is room.
///
/// # Errors
/// What the terminal says when it cannot be written to.
pub fn run<W: Surface>(session: Session<'_, W>, events: &Receiver<Inbound>) -> io::Result<Ended> {
    let mut running = Running::new(session);
    // a fault of ours ends the session, but not before the person's work is safe
    let ended = catch_unwind(AssertUnwindSafe(|| running.work(events)));
    let how = match &ended {
        Ok(Ok(how)) => *how,
        Ok(Err(_)) => How::Gone,
        Err(_) => How::Panicked,
    };
    let ended_so = running.finish(how, events);
    match ended {
        Ok(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        // where the terminal went away there is nobody to tell
        _ => Ok(ended_so),
    }
}

/// A session that runs.
struct Running<'a, W: Surface> {
    it: Session<'a, W>,
    screen: Screen,
    pace: Pace,
    /// The minute of the clock that was told last.
    minute: i64,
    /// When the app wants to be woken.
    wakes: BTreeSet<Instant>,
    /// Drafts to be forgotten once the change that carries their text is saved.
    forgets: BTreeMap<String, WriteId>,
    drafts_again: Option<Instant>,
    database: Option<Cause>,
    /// Whether an answer has come.
    answered: bool,
    /// Questions on their way.
    questions: Questions,
}

impl<'a, W: Surface> Running<'a, W> {
    fn new(it: Session<'a, W>) -> Self {
        Self {
            screen: Screen::new(it.sync),
            it,
            pace: Pace::default(),
            minute: 0,
            wakes: BTreeSet::new(),
            forgets: BTreeMap::new(),
            drafts_again: None,
            database: None,
            answered: false,
            questions: Questions::default(),
        }
    }

    fn work(&mut self, events: &Receiver<Inbound>) -> io::Result<How> {
        let now = self.it.clock.now();
        self.minute = now.0.div_euclid(MINUTE_MS);
        let started = self.it.app.start(now);
        self.perform(started)?;
        self.take_over();
        self.tell_troubles();
        while !self.it.app.is_over() {
            if self.it.out.is_free() && self.it.app.take_dirty() {
                self.draw()?;
                self.pace.drawn(Instant::now());
                if self.answered
                    && let Some(later) = self.it.later.take()
                {
                    later();
                }
            }
            match events.recv_timeout(self.rest()) {
                Ok(event) => {
                    if let Some(how) = self.take(event)? {
                        return Ok(how);
                    }
                    if let Some(how) = self.drain(events)? {
                        return Ok(how);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(How::Gone),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.due()?;
            self.it.opened.keep(self.it.app.open_call());
            self.tell_troubles();
        }
        Ok(How::Left)
    }

    /// What an earlier session could not save goes first.
    fn take_over(&mut self) {
        let now = Instant::now();
        let left = self.it.outbox.take_over(now);
        if left.is_empty() {
            return;
        }
        tracing::info!(changes = left.len(), "taking over what an earlier session could not save");
        self.it.app.take_over(&left);
        let words = self.it.app.session().words.fill(Text("trouble.left_over"), &[("n", &left.len())]);
        self.it.app.say(Notice::done(words));
        self.send_next();
    }

    /// How long until something is due.
    fn rest(&self) -> Duration {
        let now = Instant::now();
        let due =
            [self.it.outbox.due(), self.questions.due(), self.wakes.first().copied(), self.drafts_again];
        due.into_iter()
            .flatten()
            .map(|at| at.saturating_duration_since(now))
            .fold(self.it.clock.to_next_minute(), Duration::min)
    }

    /// Takes in what waits, and what still comes before the next frame is due. Answers how the session ends, where it does.
    fn drain(&mut self, events: &Receiver<Inbound>) -> io::Result<Option<How>> {
        for _ in 0..BATCH {
            let rest = self.pace.rest(Instant::now());
            let next = if rest.is_zero() { events.try_recv().ok() } else { events.recv_timeout(rest).ok() };
            let Some(event) = next else { break };
            if let Some(how) = self.take(event)? {
                return Ok(Some(how));
            }
            if self.it.app.is_over() {
                break;
            }
        }
        Ok(None)
    }

    /// Takes an event in; answers how the session ends, where it does.
    fn take(&mut self, event: Inbound) -> io::Result<Option<How>> {
        match event {
            Inbound::Input(input) => {
                if let Input::Resize(size) = &input {
                    if *size == self.it.app.session().size {
                        // told twice: by what reads keys and by the system
                        return Ok(None);
                    }
                    self.screen.forget();
                }
                self.give(Event::Input(input))?;
            }
            Inbound::Answered(ticket, answer) => {
                self.answered = true;
                // one that found no server is held: for the app it is under way
                if let Some(over) = self.questions.answered(ticket, &answer, Instant::now()) {
                    self.give(Event::Answered(over, answer))?;
                }
            }
            Inbound::Written(id, result) => self.written(id, result)?,
            Inbound::Proved(ticket, proof) => self.give(Event::Proved(ticket, proof))?,
            Inbound::News(commits) => {
                for commit in commits.iter() {
                    self.give(Event::Committed(commit.clone()))?;
                }
            }
            Inbound::File(trouble) => {
                self.database = trouble.as_ref().map(Cause::of);
                if trouble.is_none() {
                    // what waits for the next try has waited long enough
                    self.it.outbox.hurry(Instant::now());
                    self.questions.hurry(Instant::now());
                }
            }
            Inbound::Copied(Ok(())) => self.say(Text("notice.copied")),
            Inbound::Copied(Err(text)) => self.copy_through_terminal(&text)?,
            Inbound::Painted => {}
            Inbound::Told(Signal::Stop) => self.pause(Pause::Stop)?,
            Inbound::Told(Signal::Again) => self.pause(Pause::Again)?,
            Inbound::Told(Signal::End(signal)) => return Ok(Some(How::Told(signal))),
            Inbound::End => return Ok(Some(How::Gone)),
        }
        Ok(None)
    }

    /// Does what was put off and is due.
    fn due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        while self.wakes.first().is_some_and(|at| *at <= now) {
            self.wakes.pop_first();
            self.give(Event::Woken)?;
        }
        if self.drafts_again.is_some_and(|at| at <= now) {
            self.drafts_again = (self.it.drafts.again() > 0).then(|| now + DRAFTS_AGAIN);
        }
        self.ask_again(now);
        self.send_next();
        let minute = self.it.clock.now().0.div_euclid(MINUTE_MS);
        if std::mem::replace(&mut self.minute, minute) != minute {
            self.give(Event::Minute)?;
        }
        Ok(())
    }

    fn give(&mut self, event: Event) -> io::Result<()> {
        self.note(&event);
        let now = self.it.clock.now();
        let effects = self.it.app.update(event, now);
        self.perform(effects)
    }

    /// Notes what kind of thing an event is, before anything is made of it.
    fn note(&self, event: &Event) {
        let app = &self.it.app;
        let what = match event {
            Event::Input(Input::Key(key)) => match app.meaning(*key) {
                Some(Meaning::Act(act)) => action(act).map_or("act", |action| action.id),
                Some(Meaning::Edit(_)) => "text",
                Some(Meaning::Other) | None => "key",
            },
            Event::Input(Input::Mouse(_)) => "mouse",
            Event::Input(Input::Paste(_)) => "paste",
            Event::Input(Input::Resize(_)) => "resize",
            Event::Answered(_, Ok(_)) => "answered",
            Event::Answered(_, Err(_)) => "not-answered",
            Event::Written(_, Ok(_)) => "saved",
            Event::Written(_, Err(_)) => "refused",
            Event::Committed(_) => "news",
            Event::Draft(..) => "draft",
            Event::Minute => "minute",
            _ => return,
        };
        self.it.trail.note(app.context().map_or("nowhere", Context::id), what);
    }

    fn draw(&mut self) -> io::Result<()> {
        let size = self.it.app.session().size;
        let area = Rect::new(0, 0, size.width, size.height);
        let mut frame = Buffer::empty(area);
        let caret = self.it.app.render(area, &mut frame);
        self.screen.draw(frame, caret, &mut self.it.out)?;
        Ok(())
    }

    fn pause(&mut self, how: Pause) -> io::Result<()> {
        let size = (self.it.hold)(how);
        self.screen.forget();
        self.point()?;
        // the size may have changed meanwhile; the same one draws everything anew
        let size = size.unwrap_or(self.it.app.session().size);
        self.give(Event::Input(Input::Resize(size)))
    }

    /// Has the mouse reported, or leaves it to the terminal, as the session has it.
    fn point(&mut self) -> io::Result<()> {
        let pointer = if self.it.app.session().mouse { Pointer::On } else { Pointer::Off };
        self.it.out.write_all(pointer_bytes(pointer).as_bytes())?;
        self.it.out.flush()
    }

    fn tell_troubles(&mut self) {
        let unsaved = self.it.outbox.unsaved(Instant::now()).map(|unsaved| Unsaved {
            count: unsaved.count,
            cause: unsaved.why.as_ref().map_or(Cause::Late, Cause::of),
            kept: unsaved.kept,
        });
        self.it.app.set_troubles(Troubles {
            unsaved,
            database: self.database.or(self.questions.is_waiting().then_some(Cause::Away)),
            notes: self.it.drafts.unkept(),
            behind: self.it.clock.behind(),
        });
    }

    fn say(&mut self, text: Text) {
        let words = self.it.app.session().words.say(text).to_owned();
        self.it.app.say(Notice::done(words));
    }
}

/// Puts an answer into the loop; a session that has ended takes none. Waits where the queue is full: nothing is dropped.
fn post(inbox: &SyncSender<Inbound>, event: Inbound) {
    if let Err(TrySendError::Full(event)) = inbox.try_send(event) {
        // only a session that stopped reading gets here; it ends or goes on, and either frees this thread
        let _ = inbox.send(event);
    }
}

#[cfg(test)]
mod tests;
