//! The line to the server: made, made again where it ended, and what is sent over it.

use futures_util::pin_mut;
use tokio::time::timeout;
use tokio_postgres::Client;

use super::address::{Keeping, LINE, NEAR};
use super::cells::{Arrived, Cell};
use super::pipe::{self, Done, Kept, Step};
use super::{BRIEF, Open, PATIENCE, Postgres, connect, fault};
use crate::store::error::StoreError;
use crate::store::value::Row as _;
use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// The line to the server, and what was prepared over it.
pub(super) struct Line {
    pub(super) client: Client,
    pub(super) kept: Kept,
}

impl Postgres {
    /// How long an answer is waited for.
    pub(super) const fn patience(&self) -> Duration {
        if self.watch.is_some() { BRIEF } else { PATIENCE }
    }

    /// Whether there is no line, or it has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.line.borrow().as_ref().is_none_or(|line| line.client.is_closed())
    }

    /// Connects where there is no line, or it has ended.
    pub(super) fn connect(&self) -> Result<(), StoreError> {
        if !self.is_closed() {
            return Ok(());
        }
        *self.line.borrow_mut() = None;
        let client = self.runtime.block_on(connect::connect(&self.address, &self.heard))?;
        *self.line.borrow_mut() = Some(Line { client, kept: Kept::default() });
        self.stalled.set(false);
        let set = self.set_up();
        if set.is_err() {
            // a line that is not as it must be would be taken for one that is
            *self.line.borrow_mut() = None;
        }
        set
    }

    /// Says on a new line what holds for all that is asked over it.
    pub(super) fn set_up(&self) -> Result<(), StoreError> {
        if self.address.looks_for_a_pool() {
            // a pool that lets pass what it does not know forgets it
            let asked = Step::Once(format!("SELECT current_setting('{LINE}', true)"), Vec::new());
            let done = self.send(&[asked], BRIEF, "connecting to the server")?;
            let row = done.first().and_then(|done| done.rows.first());
            let mark = row.map(|row| Arrived(row).opt_text(0).map(|mark| mark.map(str::to_owned)));
            if mark.transpose()?.flatten() != Some(self.address.door.mark()) {
                self.address.door.pooled();
            }
        }
        let mut first = Vec::new();
        if self.address.keeping == Keeping::Always {
            first.push(Step::Words(format!("SET search_path TO {}; SET {NEAR}", self.address.quoted())));
        }
        if self.watch.is_some() && self.address.keeps_statements() {
            let channel = self.address.channel();
            // what is told to oneself shows whether anything is told at all
            first.push(Step::Words(format!("LISTEN {channel}; NOTIFY {channel}")));
        }
        self.send(&first, BRIEF, "connecting to the server").map(drop)
    }

    /// Sends steps as one over the line there is and waits for what comes of them.
    pub(super) fn send(
        &self,
        steps: &[Step],
        patience: Duration,
        doing: &str,
    ) -> Result<Vec<Done>, StoreError> {
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let mut line = self.line.borrow_mut();
        let Some(Line { client, kept }) = line.as_mut() else {
            return Err(fault::away(&self.address.place, "there is no connection"));
        };
        let kept = self.address.keeps_statements().then_some(kept);
        let came = self.runtime.block_on(async { timeout(patience, pipe::send(client, kept, steps)).await });
        match came {
            Ok(Ok(done)) => Ok(done),
            Ok(Err((place, error))) => {
                let doing = match steps.get(place) {
                    Some(Step::Ask(text, _)) => text,
                    _ => doing,
                };
                if self.address.looks_for_a_pool() && fault::is_pool(&error) {
                    self.address.door.pooled();
                }
                if fault::ends_line(&error) {
                    *line = None;
                }
                if fault::is_guess(&error) {
                    self.careful.set(true);
                    self.again.set(true);
                }
                Err(fault::failed(&self.address.place, doing, &error))
            }
            Err(_) => {
                // the same over another line would be waited for as long
                self.begun.set(true);
                self.stalled.set(true);
                // what it was doing is done wholly or not at all; nobody may hear its answer as that of something else
                *line = None;
                Err(fault::away(&self.address.place, "the server does not answer"))
            }
        }
    }

    /// Sends what is waiting, and `more` behind it; answers what came of `more`.
    pub(super) fn flush(
        &self,
        more: Vec<Step>,
        patience: Duration,
        doing: &str,
    ) -> Result<Vec<Done>, StoreError> {
        if let Some(error) = &*self.broken.borrow() {
            return Err(error.clone());
        }
        let mut steps = std::mem::take(&mut *self.waiting.borrow_mut());
        self.mark.set(None);
        let before = steps.len();
        steps.extend(more);
        let mut came = self.send(&steps, patience, doing);
        if matches!(came, Err(StoreError::Away { .. })) && self.may_begin_again() {
            // the line ended while nobody used it: nothing of this transaction was answered, it begins again over another
            came = self.connect().and_then(|()| self.send(&steps, patience, doing));
        }
        match came {
            Ok(mut done) => {
                self.trips.set(self.trips.get() + 1);
                self.begun.set(true);
                Ok(done.split_off(before.min(done.len())))
            }
            Err(error) => {
                if self.open.get() != Open::Not {
                    self.over.set(error.may_pass() && !self.again.get());
                    *self.broken.borrow_mut() = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    pub(super) fn may_begin_again(&self) -> bool {
        self.is_closed() && !self.begun.get()
    }

    /// Where no transaction is open, a statement gets one of its own: only inside one is the schema known through a pool.
    pub(super) fn ask(&self, text: &Arc<str>, cells: Vec<Cell>) -> Result<Done, StoreError> {
        let alone = self.open.get() == Open::Not;
        let mut steps = Vec::with_capacity(3);
        if alone {
            self.connect()?;
            self.begun.set(false);
            steps.push(Step::Words(self.beginning(Open::Read)));
        }
        let nth = steps.len();
        steps.push(Step::Ask(text.clone(), cells));
        if alone {
            steps.push(Step::Words("COMMIT".to_owned()));
        }
        let came = self.flush(steps, self.patience(), "asking the database");
        if alone && came.is_err() {
            self.give_up();
        }
        came?.into_iter().nth(nth).ok_or_else(|| StoreError::Engine {
            doing: "asking the database".to_owned(),
            what: "no answer came".to_owned(),
        })
    }

    /// Ends a reading. Nobody waits until the server has heard of it: nothing hangs on that.
    pub(super) fn let_go(&self) {
        let line = self.line.borrow();
        let Some(Line { client, .. }) = line.as_ref() else { return };
        self.runtime.block_on(async {
            let ended = client.batch_execute("ROLLBACK");
            pin_mut!(ended);
            // it is on its way once it has been looked at and the line's own task had its turn; a line that is gone is
            // found out by whatever is asked next
            for _ in 0..2 {
                let looked = poll_fn(|cx| Poll::Ready(ended.as_mut().poll(cx).is_ready()));
                if looked.await {
                    return;
                }
                tokio::task::yield_now().await;
            }
        });
    }

    /// Ends what the server may have left open on the line.
    pub(super) fn give_up(&self) {
        let broken = self.broken.borrow_mut().take();
        let ended = matches!(broken, Some(StoreError::Away { .. }));
        if ended || self.send(&[Step::Words("ROLLBACK".to_owned())], PATIENCE, "giving up").is_err() {
            *self.line.borrow_mut() = None;
        }
    }
}
