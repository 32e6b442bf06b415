//! A connection that watches: it hears of commits, asks now and then, and looks for a server that went away.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::address::Address;
use super::cells::Arrived;
use super::{Postgres, fault};
use crate::store::error::StoreError;
use crate::store::value::Row as _;

/// How often the newest number is asked for where the server tells of commits, and where it does not (a pool in between).
const ASK_TOLD: Duration = Duration::from_secs(2);
const ASK_UNTOLD: Duration = Duration::from_millis(250);
/// How long a watch waits before it looks for a server again.
const AGAIN: Duration = Duration::from_millis(750);

/// What a connection that watches knows.
#[derive(Debug)]
pub(super) struct Watching {
    /// The journal's newest number when it was last asked for.
    newest: i64,
    /// When it was asked for; not yet over this line.
    asked: Option<Instant>,
    /// When the server was last looked for in vain, and what came of it.
    tried: Option<(Instant, StoreError)>,
    /// Grows with every line: what was told between two lines is lost.
    lines: i64,
}

impl Postgres {
    /// A connection that also hears of commits. It connects, and looks for the server again, whenever it is asked for its pulse.
    pub(super) fn watching(address: Arc<Address>) -> Result<Self, StoreError> {
        let mut engine = Self::over(address)?;
        engine.watch = Some(Watching { newest: 0, asked: None, tried: None, lines: 0 });
        Ok(engine)
    }

    /// Connects a watch again where its line has ended, now and then.
    pub(super) fn look_for_the_server(&mut self) -> Result<(), StoreError> {
        if !self.is_closed() {
            return Ok(());
        }
        if let Some((at, why)) = self.watch.as_ref().and_then(|watch| watch.tried.as_ref())
            && at.elapsed() < AGAIN
        {
            return Err(why.clone());
        }
        let came = self.connect();
        if let Some(watch) = &mut self.watch {
            watch.tried = came.as_ref().err().map(|why| (Instant::now(), why.clone()));
            if came.is_ok() {
                // what was told in between is lost: it is looked for
                watch.lines += 1;
                watch.asked = None;
            }
        }
        came
    }

    /// A number that changes with every commit, this one or another program's.
    pub(super) fn beat(&mut self) -> Result<i64, StoreError> {
        self.look_for_the_server()?;
        let told = self.heard.told.load(Ordering::Acquire);
        let hears = told > 0 && self.address.keeps_statements();
        let every = if hears { ASK_TOLD } else { ASK_UNTOLD };
        let asked = self.watch.as_ref().and_then(|watch| watch.asked);
        let due = asked.is_none_or(|asked| asked.elapsed() >= every);
        let mut newest = None;
        if due {
            let done = self.ask(&self.text("SELECT max(rev) FROM journal"), Vec::new())?;
            newest = done.rows.first().map(|row| Arrived(row).opt_int(0)).transpose()?.flatten();
        }
        let Some(watch) = &mut self.watch else { return Ok(newest.unwrap_or_default()) };
        if due {
            watch.asked = Some(Instant::now());
            watch.newest = newest.unwrap_or_default();
        }
        // each of the three only grows
        Ok(told.wrapping_add(watch.newest).wrapping_add(watch.lines))
    }

    /// Why the server is away, where a watch has looked for it in vain.
    pub(super) fn still_there(&self) -> Result<(), StoreError> {
        match &self.watch {
            Some(watch) if self.is_closed() => match &watch.tried {
                Some((_, why)) => Err(why.clone()),
                None if self.stalled.get() => {
                    Err(fault::away(&self.address.place, "the server does not answer"))
                }
                // it is looked for in a moment
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}
