//! What the touches come to: counters, uses of the contact budget, roll-ups.

use std::collections::{BTreeMap, HashMap};
use std::mem::take;

use crate::domain::lists::Metric;
use crate::domain::time::{Day, Timestamp};
use crate::sample::million::cast::Cast;
use crate::sample::million::talk::NOTES;
use crate::store::StoreError;
use crate::store::bulk::Filling;
use crate::store::bulk::rows::Counters;

/// How a customer stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before {
    /// Calls made.
    pub attempts: u32,
    /// Calls since the last answered one.
    pub tries: u32,
    /// Whether one was answered.
    pub connected: bool,
    /// The last touch.
    pub last: Option<Timestamp>,
    /// The last valid one.
    pub valid: Option<Timestamp>,
    /// The last note, by place.
    pub note: usize,
    /// The last call of the same day: when, and whether it was answered.
    pub called: Option<(Timestamp, i64)>,
    /// The day of that.
    pub called_on: Day,
}

/// A touch as it is counted.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one touch, not a state")]
pub struct Made<'a> {
    /// The customer.
    pub number: usize,
    /// The rep, by place.
    pub rep: usize,
    /// When.
    pub at: Timestamp,
    /// On what day.
    pub day: Day,
    /// Whether it was a call.
    pub called: bool,
    /// Whether it was answered.
    pub connected: bool,
    /// Whether it was valid.
    pub valid: bool,
    /// The note, by place.
    pub note: usize,
    /// What it counted.
    pub metrics: &'a BTreeMap<Metric, i64>,
    /// Whether what it counted stands in the day's journal row instead of its own.
    pub apart: bool,
}

/// A use of a customer's number.
#[derive(Debug, Clone, Copy)]
struct Call {
    number: u32,
    day: Day,
    at: Timestamp,
    connected: bool,
}

/// The sums so far.
#[derive(Debug)]
pub struct Tally {
    stand: Vec<Before>,
    touched: Vec<(u32, Day)>,
    calls: Vec<Call>,
    days: HashMap<(Day, Metric, usize), i64>,
    apart: BTreeMap<(Metric, usize), i64>,
}

impl Tally {
    /// Begins before the first touch.
    pub fn new(cast: &Cast<'_>) -> Self {
        Self {
            stand: vec![Before::default(); cast.customers()],
            touched: Vec::with_capacity(cast.request.touches),
            calls: Vec::with_capacity(cast.request.touches),
            days: HashMap::new(),
            apart: BTreeMap::new(),
        }
    }

    /// How a customer stands; a last call of an earlier day is left out.
    pub fn before(&self, number: usize, day: Day) -> Before {
        let mut stand = self.stand.get(number).copied().unwrap_or_default();
        stand.called = stand.called.filter(|_| stand.called_on == day);
        stand
    }

    /// Counts a touch.
    pub fn add(&mut self, made: &Made<'_>) {
        let Some(stand) = self.stand.get_mut(made.number) else { return };
        stand.attempts += u32::from(made.called);
        stand.tries = match (made.connected, made.called) {
            (true, _) => 0,
            (false, true) => stand.tries + 1,
            (false, false) => stand.tries,
        };
        stand.connected |= made.connected;
        stand.last = Some(made.at);
        if made.valid {
            stand.valid = Some(made.at);
        }
        if made.note > 0 {
            stand.note = made.note;
        }
        let number = u32::try_from(made.number).unwrap_or(u32::MAX);
        self.touched.push((number, made.day));
        if made.called {
            stand.called = Some((made.at, i64::from(made.connected)));
            stand.called_on = made.day;
            self.calls.push(Call { number, day: made.day, at: made.at, connected: made.connected });
        }
        for (metric, value) in made.metrics {
            *self.days.entry((made.day, *metric, made.rep)).or_default() += value;
            if made.apart {
                *self.apart.entry((*metric, made.rep)).or_default() += value;
            }
        }
    }

    /// What was counted apart since this was last asked.
    pub fn apart(&mut self) -> BTreeMap<(Metric, usize), i64> {
        take(&mut self.apart)
    }

    /// What the touches of a customer come to, and its last note.
    pub fn of(&self, number: usize) -> (Counters, &'static str) {
        let stand = self.stand.get(number).copied().unwrap_or_default();
        let counters = Counters {
            attempts: stand.attempts,
            tries: stand.tries,
            connected: stand.connected,
            last: stand.last,
            valid: stand.valid,
        };
        (counters, NOTES.get(stand.note).copied().unwrap_or_default())
    }

    /// Writes uses and roll-ups, each in the order of its key.
    pub fn write(mut self, filling: &Filling<'_>, cast: &Cast<'_>) -> Result<(), StoreError> {
        self.touched.sort_unstable();
        for same in self.touched.chunk_by(|a, b| a == b) {
            let Some((number, day)) = same.first() else { continue };
            let touches = i64::try_from(same.len()).unwrap_or(i64::MAX);
            filling.contact_use(cast.id(*number as usize), *day, touches)?;
        }
        drop(self.touched);
        let mut calls: Vec<(u64, Call)> =
            self.calls.iter().map(|call| (cast.digits(call.number as usize), *call)).collect();
        drop(self.calls);
        calls.sort_unstable_by_key(|(digits, call)| (*digits, call.day, call.at));
        for same in calls.chunk_by(|a, b| (a.0, a.1.day) == (b.0, b.1.day)) {
            let Some((digits, last)) = same.last() else { continue };
            let made = i64::try_from(same.len()).unwrap_or(i64::MAX);
            filling.number_use(&Cast::norm(*digits), last.day, made, (last.at, last.connected))?;
        }
        drop(calls);
        let mut months = BTreeMap::new();
        let mut days: Vec<_> = self.days.into_iter().collect();
        days.sort_unstable_by_key(|((day, metric, rep), _)| (*day, metric.as_str(), *rep));
        for ((day, metric, rep), value) in days {
            let Some(who) = cast.reps.get(rep).copied() else { continue };
            filling.metric_day((day, metric), who, &cast.pipeline, value)?;
            *months.entry((day.month(), metric.as_str(), metric, rep)).or_insert(0) += value;
        }
        for ((month, _, metric, rep), value) in months {
            let Some(who) = cast.reps.get(rep).copied() else { continue };
            filling.metric_month((month, metric), who, &cast.pipeline, value)?;
        }
        Ok(())
    }
}
