//! What the app wants done, done.

use std::io;
use std::time::Instant;

use super::{DRAFTS_AGAIN, Inbound, Pause, Running, post};
use crate::app::{Effect, Event, Notice, Ticket};
use crate::domain::id::WriteId;
use crate::runtime::outbox::{Heard, Put};
use crate::runtime::paint::Surface;
use crate::runtime::terminal::{BELL, copy_bytes};
use crate::runtime::{clipboard, dial, signals};
use crate::store::change::{Commit, Write as Change};
use crate::store::query::Query;
use crate::store::{StoreError, journal};
use crate::text::Text;

impl<W: Surface> Running<'_, W> {
    pub(super) fn perform(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        // the last change of this update, and whether it went into the line
        let mut change: Option<(WriteId, bool)> = None;
        for effect in effects {
            match effect {
                Effect::Read(ticket, query) => {
                    self.questions.ask(ticket, query.clone());
                    self.ask(ticket, query);
                }
                Effect::Write(write) => {
                    let id = write.id;
                    let taken = self.write(write)?;
                    change = Some((id, taken));
                }
                Effect::Copy(text) if self.it.app.session().remote => self.copy_through_terminal(&text)?,
                Effect::Copy(text) => {
                    let inbox = self.it.inbox.clone();
                    std::thread::spawn(move || {
                        let copied = if clipboard::copy_locally(&text) { Ok(()) } else { Err(text) };
                        post(&inbox, Inbound::Copied(copied));
                    });
                }
                Effect::Dial(number) => {
                    if let Err(error) = dial::dial(&self.it.dial, &number) {
                        self.it.app.say(Notice::refused(error.to_string()));
                    }
                }
                Effect::Prove(ticket, typed) => {
                    let (inbox, user) = (self.it.inbox.clone(), self.it.app.session().user());
                    let told = move |proof| post(&inbox, Inbound::Proved(ticket, proof));
                    (self.it.prove)(user, typed, Box::new(told));
                }
                Effect::SaveDraft(key, text) => self.save_draft(key, &text, change),
                Effect::LoadDraft(key) => {
                    // what a change under way carries is not offered to be sent again
                    let carried = self.forgets.contains_key(&key);
                    let text = if carried { String::new() } else { self.it.drafts.load(&key) };
                    self.give(Event::Draft(key, text))?;
                }
                Effect::Remember(key, value) => {
                    if let Err(error) = (self.it.remember)(&key, &value) {
                        self.it.app.say(Notice::refused(error.to_string()));
                    }
                }
                Effect::Wake(after) => {
                    self.wakes.insert(Instant::now() + after);
                }
                Effect::Pointer(_) => self.point()?,
                Effect::Bell => self.it.out.write_all(BELL.as_bytes())?,
                Effect::Redraw => self.screen.forget(),
                Effect::Suspend if signals::has_shell() => self.pause(Pause::Stop)?,
                Effect::Suspend => self.say(Text("notice.no_shell")),
                Effect::Quit => {}
            }
        }
        Ok(())
    }

    fn ask(&self, ticket: Ticket, query: Query) {
        let inbox = self.it.inbox.clone();
        self.it.backend.read(query, Box::new(move |answer| post(&inbox, Inbound::Answered(ticket, answer))));
    }

    /// Asks again what found no server, where that is due.
    pub(super) fn ask_again(&mut self, now: Instant) {
        for (ticket, query) in self.questions.again(now) {
            self.ask(ticket, query);
        }
    }

    /// Puts a change into the line; `false` where too much waits already, which the app has been told then.
    fn write(&mut self, write: Change) -> io::Result<bool> {
        let id = write.id;
        self.it.trail.note("changes", journal::kind(&write.change));
        match self.it.outbox.put(write, Instant::now()) {
            Put::Send(write) => self.send(*write),
            Put::Waits => {}
            Put::Refused => {
                let what = "too much waits to be saved already".to_owned();
                self.give(Event::Written(id, Err(StoreError::Busy { what })))?;
                self.say(Text("trouble.too_many"));
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn send(&self, write: Change) {
        let (inbox, id) = (self.it.inbox.clone(), write.id);
        self.it.backend.write(write, Box::new(move |result| post(&inbox, Inbound::Written(id, result))));
    }

    /// Sends the change that is due, if one is.
    pub(super) fn send_next(&mut self) {
        if let Some(write) = self.it.outbox.next(Instant::now()) {
            self.send(write);
        }
    }

    /// Takes the answer to a change: one that is held is not told to the app, which goes on as if it were under way.
    pub(super) fn written(&mut self, id: WriteId, result: Result<Commit, StoreError>) -> io::Result<()> {
        let heard = self.it.outbox.answered(id, &result, Instant::now());
        if heard == Heard::Held {
            return Ok(());
        }
        self.let_go(id, result.is_ok());
        self.give(Event::Written(id, result))?;
        if heard == Heard::SetAside {
            self.say(Text("trouble.set_aside"));
        }
        self.send_next();
        Ok(())
    }

    /// Forgets the drafts whose text a change carried, now that it is saved; one that was refused leaves them.
    pub(super) fn let_go(&mut self, id: WriteId, saved: bool) {
        let keys: Vec<String> =
            self.forgets.iter().filter(|(_, write)| **write == id).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.forgets.remove(&key);
            if saved {
                // a file that stays is only a draft too many
                let _ = self.it.drafts.keep(&key, "");
            }
        }
    }

    /// Keeps a draft. One that is emptied by the change that carries its text is forgotten when the change is saved: a
    /// terminal killed in between loses nothing.
    fn save_draft(&mut self, key: String, text: &str, change: Option<(WriteId, bool)>) {
        if let (true, Some((id, taken))) = (text.is_empty(), change) {
            if taken {
                self.forgets.insert(key, id);
            }
            return;
        }
        self.forgets.remove(&key);
        if self.it.drafts.keep(&key, text).is_err() {
            self.drafts_again.get_or_insert_with(|| Instant::now() + DRAFTS_AGAIN);
        }
    }

    pub(super) fn copy_through_terminal(&mut self, text: &str) -> io::Result<()> {
        match copy_bytes(text) {
            Some(bytes) => {
                self.it.out.write_all(bytes.as_bytes())?;
                self.it.out.flush()?;
                self.say(Text("notice.copied_terminal"));
            }
            None => self.say(Text("notice.copy_too_long")),
        }
        Ok(())
    }
}
