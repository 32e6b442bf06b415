//! What the journal says was counted, added up by day: millions of steps of few different sums.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::Deserializer;
use serde::de::{DeserializeSeed, SeqAccess, Visitor};

use crate::domain::lists::Metric;
use crate::domain::time::{Day, Month};
use crate::sql;
use crate::store::change::figures::{Kept, SumOf};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::rebuild::Key;
use crate::store::rebuild::step::{Counted, Step, unread};

/// Characters of a day that are its year and month: `2026-11`.
const YEAR_AND_MONTH: usize = 7;
/// Rows of a batch, and batches that may wait.
const BATCH: usize = 512;
const WAITING: usize = 16;
/// Threads that add up, at most.
const HANDS: usize = 4;
/// How a counted step begins in the journal: other rows need not be read.
const COUNTED: &str = "{\"counted\"";

/// What changes that stand counted on the days of a month, or ever; with the rows read.
pub(super) fn added_up(tx: Tx<'_>, month: Option<Month>) -> Result<(Vec<(Key, Kept)>, u64), StoreError> {
    // one reads, others add up: that takes four times as long
    let (full, batches) = sync_channel::<Batch>(WAITING);
    let batches = Mutex::new(batches);
    let hands = thread::available_parallelism().map_or(1, usize::from).min(HANDS);
    let (days, rows) = thread::scope(|scope| {
        let adding: Vec<_> = (0..hands).map(|_| scope.spawn(|| added(month, &batches))).collect();
        let rows = read(tx, &full);
        // nothing more comes
        drop(full);
        let mut days = Ok(Days::of(month));
        for hand in adding {
            let added = hand.join().unwrap_or_else(|_| {
                Err(StoreError::Engine {
                    doing: "adding up the journal".to_owned(),
                    what: "a thread that adds up panicked".to_owned(),
                })
            });
            days = days.and_then(|days: Days| Ok(days.and(added?)));
        }
        // what could not be read tells more than what was not added up for it
        rows.and_then(|rows| Ok((days?, rows)))
    })?;
    let mut counted = Vec::new();
    for OfDay { day, user, team, pipeline, counted: of_day, .. } in days.all {
        let key = |metric| (SumOf::Day(day), user, team, pipeline.clone(), metric);
        counted.extend(of_day.into_iter().map(|(metric, sum)| (key(metric), sum)));
    }
    Ok((counted, rows))
}

/// Rows that are read before they are handed on. Their steps lie in one text, so that a row needs no memory of its own.
#[derive(Debug, Default)]
struct Batch {
    steps: String,
    /// When each row was made, and where its steps end.
    rows: Vec<(i64, usize)>,
}

/// Adds up batches until no more come.
fn added(month: Option<Month>, batches: &Mutex<Receiver<Batch>>) -> Result<Days, StoreError> {
    let mut days = Days::of(month);
    loop {
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = next else { return Ok(days) };
        days.take(&batch)?;
    }
}

/// Reads the rows that count something and hands them on; answers how many there are of all.
fn read(tx: Tx<'_>, full: &SyncSender<Batch>) -> Result<u64, StoreError> {
    let (mut rows, mut batch) = (0, Batch::default());
    tx.each(sql!("SELECT at, reversal FROM journal WHERE undone_by IS NULL"), &[], |row| {
        rows += 1;
        let steps = row.text(1)?;
        if steps.contains(COUNTED) {
            batch.steps.push_str(steps);
            batch.rows.push((row.int(0)?, batch.steps.len()));
        }
        if batch.rows.len() >= BATCH {
            let next = Batch {
                steps: String::with_capacity(batch.steps.capacity()),
                rows: Vec::with_capacity(BATCH),
            };
            // where nobody adds up any more, that one says why
            let _ = full.send(std::mem::replace(&mut batch, next));
        }
        Ok(())
    })?;
    let _ = full.send(batch);
    Ok(rows)
}

/// What people did on a day in a team and a pipeline.
#[derive(Debug, Default)]
struct Days {
    /// How the days of the month begin that is wanted; every month where none is.
    of_month: Option<String>,
    all: Vec<OfDay>,
    places: HashMap<String, usize>,
    /// The one the last step was of: a change counts most of what it counts for one person and day.
    last: usize,
    /// The name of the one that is looked for.
    wanted: String,
}

#[derive(Debug)]
struct OfDay {
    /// Its parts as they are written.
    name: String,
    day: Day,
    user: i64,
    team: i64,
    pipeline: String,
    counted: Vec<(Metric, Kept)>,
}

impl Days {
    fn of(month: Option<Month>) -> Self {
        // the days of a month as they are written begin alike
        let of_month = month.map(|month| month.first().to_string().split_at(YEAR_AND_MONTH).0.to_owned());
        Self { of_month, ..Self::default() }
    }

    fn wants(&self, step: &Counted<'_>) -> bool {
        self.of_month.as_ref().is_none_or(|month| step.day.starts_with(month))
    }

    fn take(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut from = 0;
        for (at, to) in &batch.rows {
            let steps = batch.steps.get(from..*to).unwrap_or_default();
            from = *to;
            let mut wrong = None;
            let mut reader = serde_json::Deserializer::from_str(steps);
            let row = Row { days: self, at: *at, wrong: &mut wrong };
            row.deserialize(&mut reader).map_err(|e| unread(&format!("{e} in {steps}")))?;
            if let Some(wrong) = wrong {
                return Err(wrong);
            }
        }
        Ok(())
    }

    /// Both together.
    fn and(mut self, other: Self) -> Self {
        for of_day in other.all {
            let Some(own) = self.places.get(&of_day.name).and_then(|place| self.all.get_mut(*place)) else {
                self.places.insert(of_day.name.clone(), self.all.len());
                self.all.push(of_day);
                continue;
            };
            for (metric, more) in of_day.counted {
                match own.counted.iter_mut().find(|(known, _)| *known == metric) {
                    Some((_, sum)) => {
                        sum.value += more.value;
                        sum.at = sum.at.max(more.at);
                    }
                    None => own.counted.push((metric, more)),
                }
            }
        }
        self
    }

    fn add(&mut self, step: &Counted<'_>, at: i64) -> Result<(), StoreError> {
        self.wanted.clear();
        for part in [step.user, step.day, &step.pipeline] {
            self.wanted.push_str(part);
            self.wanted.push('\n');
        }
        // writing to a text cannot fail
        let _ = write!(self.wanted, "{}", step.team);
        if self.all.get(self.last).is_none_or(|last| last.name != self.wanted) {
            self.last = match self.places.get(&self.wanted) {
                Some(place) => *place,
                None => self.begin(step)?,
            };
        }
        let at = step.at.map_or(at, |own| own.0);
        let Some(of_day) = self.all.get_mut(self.last) else { return Ok(()) };
        match of_day.counted.iter_mut().find(|(metric, _)| metric.as_str() == step.metric) {
            Some((_, sum)) => {
                sum.value += step.value;
                sum.at = sum.at.max(at);
            }
            None => of_day.counted.push((step.metric()?, Kept { value: step.value, at })),
        }
        Ok(())
    }

    fn begin(&mut self, step: &Counted<'_>) -> Result<usize, StoreError> {
        let place = self.all.len();
        self.all.push(OfDay {
            name: self.wanted.clone(),
            day: step.day.parse().map_err(|_| unread(step.day))?,
            user: step.user.parse().map_err(|_| unread(step.user))?,
            team: step.team,
            pipeline: step.pipeline.clone().into_owned(),
            counted: Vec::new(),
        });
        self.places.insert(self.wanted.clone(), place);
        Ok(place)
    }
}

/// The steps of a row, each added as it is read: a list of them would be made and thrown away millions of times.
struct Row<'d> {
    days: &'d mut Days,
    at: i64,
    wrong: &'d mut Option<StoreError>,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("steps back")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut steps: A) -> Result<(), A::Error> {
        while let Some(Step(step)) = steps.next_element::<Step<'de>>()? {
            let Some(step) = step.filter(|step| self.days.wants(step)) else { continue };
            if let Err(wrong) = self.days.add(&step, self.at) {
                self.wrong.get_or_insert(wrong);
            }
        }
        Ok(())
    }
}
