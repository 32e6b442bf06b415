//! What planning learns from a customer's timeline.

use std::collections::BTreeMap;

use crate::domain::code::{ChannelCode, MaterialCode};
use crate::domain::id::{CustomerId, PersonId};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::known::TOUCHES;
use crate::store::value::Row;
use crate::values;

/// Answered calls that planning learns from (S003-17).
const ANSWERED: usize = 20;
/// Of how many answered touches, calls or not.
const LOOKED_AT: usize = 60;

/// What the timeline says, read once, newest first; kept up to date by whoever adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// Calls made today.
    pub calls_today: u32,
    /// The last answered calls, newest first: which of the answered touches it was, with whom, when.
    pub answered: Vec<(usize, Option<PersonId>, Timestamp)>,
    /// When each material went out last.
    pub sent: BTreeMap<MaterialCode, Timestamp>,
    connected: usize,
    newest: Option<Timestamp>,
}

/// A touch that has just come to the timeline.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// On what channel.
    pub channel: &'a ChannelCode,
    /// Whether it went out.
    pub out: bool,
    /// Whether it was answered.
    pub connected: bool,
    /// With whom.
    pub person: Option<PersonId>,
    /// The material that went out with it.
    pub material: Option<&'a MaterialCode>,
    /// When.
    pub at: Timestamp,
}

impl Heard {
    /// Reads the timeline.
    pub fn read(
        tx: Tx<'_>,
        book: &Playbook,
        customer: CustomerId,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut heard = Self::default();
        let today = book.zone.start(book.zone.day(now));
        tx.each(TOUCHES, values![customer], |row| heard.hear(book, (today, now), row))?;
        Ok(heard)
    }

    /// The same, where it was asked ahead.
    pub fn at_hand(
        tx: Tx<'_>,
        book: &Playbook,
        customer: CustomerId,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let mut heard = Self::default();
        let today = book.zone.start(book.zone.day(now));
        let asked = tx.each_at_hand(TOUCHES, values![customer], |row| heard.hear(book, (today, now), row))?;
        Ok(asked.then_some(heard))
    }

    fn hear(
        &mut self,
        book: &Playbook,
        (today, now): (Timestamp, Timestamp),
        row: &dyn Row,
    ) -> Result<(), StoreError> {
        let at = Timestamp(row.int(0)?);
        self.newest = self.newest.max(Some(at));
        let call = is_call(book, row.text(1)?);
        if call && at >= today && at <= now && row.text(2)? == "out" {
            self.calls_today += 1;
        }
        if row.int(3)? == 1 {
            self.connected += 1;
            if call && self.connected <= LOOKED_AT && self.answered.len() < ANSWERED {
                self.answered.push((self.connected, row.opt_int(4)?.map(PersonId), at));
            }
        }
        if let Some(material) = row.opt_text(5)? {
            self.sent.entry(MaterialCode::from(material)).or_insert(at);
        }
        Ok(())
    }

    /// Adds a touch that has just come; answers whether it could: it must be the newest of all.
    pub fn add(&mut self, book: &Playbook, came: Came<'_>) -> bool {
        if self.newest.is_some_and(|newest| newest >= came.at) {
            return false;
        }
        self.newest = Some(came.at);
        let call = is_call(book, came.channel.as_str());
        if call && came.out {
            self.calls_today += 1;
        }
        if came.connected {
            self.connected += 1;
            for (nth, _, _) in &mut self.answered {
                *nth += 1;
            }
            self.answered.retain(|(nth, _, _)| *nth <= LOOKED_AT);
            if call {
                self.answered.insert(0, (1, came.person, came.at));
                self.answered.truncate(ANSWERED);
            }
        }
        if let Some(material) = came.material {
            self.sent.insert(material.clone(), came.at);
        }
        true
    }
}

fn is_call(book: &Playbook, channel: &str) -> bool {
    book.channels.iter().any(|c| c.is_call && c.code.as_str() == channel)
}
