//! The journal itself: numbers without gaps, seals, undo marks; and the sums of what it says was counted.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use super::erased::{self, Marks};
use crate::domain::id::{TouchId, WriteId};
use crate::domain::lists::Metric;
use crate::domain::time::Timestamp;
use crate::store::change::Effects;
use crate::store::change::figures::{Kept, SumOf};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::{HEAD, Sealed, from_json};
use crate::store::rebuild::Key;
use crate::store::undo::Reversal;
use crate::store::value::{AT_ONCE, Row, Value, filled};
use crate::{sql, values};

/// What the journal says was counted and not taken back, by day.
pub type Counted = BTreeMap<Key, Kept>;

/// Metrics that nothing but a touch counts, so that the touch's own list must agree to the number.
const OF_TOUCHES: [Metric; 5] = [
    Metric::CallsDialed,
    Metric::CallsValid,
    Metric::TalkMinutes,
    Metric::MaterialsSent,
    Metric::CouponsPushed,
];

/// Missing rows named one by one; a longer gap is named as a whole.
const NAMED: i64 = 100;

/// What the changes of a row counted, to be held against the touches they made.
struct Made {
    revision: i64,
    touches: Vec<TouchId>,
    sums: BTreeMap<Metric, i64>,
}

struct State<'a> {
    tx: Tx<'a>,
    last: i64,
    seal: Option<String>,
    counted: Counted,
    /// Rows whose touches are read together.
    waiting: Vec<Made>,
    /// Touches of theirs.
    touches: usize,
    /// Rows that were emptied.
    emptied: &'a Marks,
}

/// Walks the journal once.
pub fn check(tx: Tx<'_>, emptied: &Marks, report: &mut Report) -> Result<Counted, StoreError> {
    let mut state = State {
        tx,
        last: 0,
        seal: Some(String::new()),
        counted: Counted::new(),
        waiting: Vec::new(),
        touches: 0,
        emptied,
    };
    let mut rows = 0;
    tx.each(
        sql!(
            "SELECT rev, write_id, at, by_user, kind, payload, effects, reversal, hash, undone_by, salt FROM journal ORDER BY rev"
        ),
        &[],
        |row| {
            rows += 1;
            state.row(row, report)
        },
    )?;
    state.settle(report)?;
    report.count("journal", rows);
    state.head(report)?;
    Ok(state.counted)
}

impl Made {
    fn agrees(&self, metrics: &BTreeMap<TouchId, String>, report: &mut Report) -> Result<(), StoreError> {
        let mut own: BTreeMap<Metric, i64> = BTreeMap::new();
        for touch in &self.touches {
            let Some(metrics) = metrics.get(touch) else {
                let row = self.revision;
                report.differs("touch", touch, (format!("the touch of journal row {row}"), "none"));
                continue;
            };
            for (metric, value) in from_json::<BTreeMap<Metric, i64>>(metrics)? {
                *own.entry(metric).or_default() += value;
            }
        }
        report.count("touch", self.touches.len() as u64);
        let Some(touch) = self.touches.first() else { return Ok(()) };
        for metric in own.keys().chain(self.sums.keys()).collect::<BTreeSet<_>>() {
            let of = |sums: &BTreeMap<Metric, i64>| sums.get(metric).copied().unwrap_or(0);
            let (says, counted) = (of(&own), of(&self.sums));
            let agrees = if OF_TOUCHES.contains(metric) { says == counted } else { says <= counted };
            if !agrees {
                report.differs("touch", format!("{touch} {metric}"), (counted, says));
            }
        }
        Ok(())
    }
}

impl State<'_> {
    fn row(&mut self, row: &dyn Row, report: &mut Report) -> Result<(), StoreError> {
        let revision = row.int(0)?;
        if revision != self.last + 1 {
            missing(report, self.last + 1, revision - 1);
            // what came before is not known: this row's seal cannot be checked, the next one's can
            self.seal = None;
        }
        self.last = revision;
        let stored = row.text(8)?;
        let sealed = Sealed {
            revision,
            write: WriteId(row.int(1)?),
            at: Timestamp(row.int(2)?),
            by: row.int(3)?,
            kind: row.text(4)?,
            payload: row.text(5)?,
            effects: row.text(6)?,
            reversal: row.text(7)?,
            salt: row.int(10)?,
        };
        if let Some(mark) = self.emptied.get(&revision) {
            erased::row(&sealed, (stored, mark), report);
        } else if let Some(before) = &self.seal {
            let hash = sealed.hash(before);
            if hash != stored {
                report.differs("journal_seal", revision, (hash, stored));
            }
        }
        self.seal = Some(stored.to_owned());
        let undone_by = row.opt_int(9)?;
        self.undone(&sealed, undone_by, report)?;
        let Ok(steps) = from_json::<Vec<Reversal>>(sealed.reversal) else {
            report.differs("journal", revision, ("steps back that can be read", sealed.reversal));
            return Ok(());
        };
        if undone_by.is_none() {
            self.count((revision, sealed.at), &steps, report)?;
        }
        Ok(())
    }

    /// The mark of a change that was taken back and the undo that did it name each other.
    fn undone(
        &self,
        sealed: &Sealed<'_>,
        undone_by: Option<i64>,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        if sealed.kind == "undo" {
            let effects: Effects = from_json(sealed.effects)?;
            let marked = match effects.undone {
                Some((write, _)) => self
                    .tx
                    .number(sql!("SELECT undone_by FROM journal WHERE write_id = $1"), values![write])?,
                None => None,
            };
            if marked != Some(sealed.revision) {
                let found = marked.map_or("no mark".to_owned(), |by| format!("taken back by {by}"));
                report.differs("journal_undo", sealed.revision, ("its change is marked", found));
            }
        }
        if let Some(by) = undone_by {
            let kind = self.tx.one(sql!("SELECT kind FROM journal WHERE rev = $1"), values![by], |row| {
                Ok(row.text(0)?.to_owned())
            })?;
            if kind.as_deref() != Some("undo") {
                let found = kind.unwrap_or_else(|| "no row".to_owned());
                report.differs("journal_undo", sealed.revision, (format!("an undo at {by}"), found));
            }
        }
        Ok(())
    }

    /// Adds up what a row counted; its touches are read later, with those of other rows.
    fn count(
        &mut self,
        (revision, at): (i64, Timestamp),
        steps: &[Reversal],
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let mut touches: Vec<TouchId> = Vec::new();
        let mut sums: BTreeMap<Metric, i64> = BTreeMap::new();
        for step in steps {
            match step {
                Reversal::Counted { day, user, team, pipeline, metric, value, at: own } => {
                    let key = (SumOf::Day(*day), user.0, *team, pipeline.clone(), *metric);
                    let sum = self.counted.entry(key).or_default();
                    sum.value += value;
                    sum.at = sum.at.max(own.unwrap_or(at).0);
                    *sums.entry(*metric).or_default() += value;
                }
                Reversal::TouchMade(touch) => touches.push(*touch),
                _ => {}
            }
        }
        if !touches.is_empty() {
            self.touches += touches.len();
            self.waiting.push(Made { revision, touches, sums });
        }
        if self.touches >= AT_ONCE { self.settle(report) } else { Ok(()) }
    }

    /// Holds the touches of the rows that wait against what those rows counted.
    fn settle(&mut self, report: &mut Report) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.touches = 0;
        let mut metrics: BTreeMap<TouchId, String> = BTreeMap::new();
        let all: Vec<Value<'_>> =
            waiting.iter().flat_map(|made| &made.touches).map(|touch| Value::from(*touch)).collect();
        for part in all.chunks(AT_ONCE) {
            self.tx.each(
                sql!(
                    "SELECT id, metrics FROM touch WHERE void_at IS NULL AND id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
                       $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, \
                       $31, $32)"
                ),
                &filled(part, &[]),
                |row| {
                    metrics.insert(TouchId(row.int(0)?), row.text(1)?.to_owned());
                    Ok(())
                },
            )?;
        }
        waiting.iter().try_for_each(|made| made.agrees(&metrics, report))
    }

    /// The newest row is named beside the journal, so that its loss is found too.
    fn head(&self, report: &mut Report) -> Result<(), StoreError> {
        let head = self.tx.one(sql!("SELECT value FROM setting WHERE name = $1"), values![HEAD], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        let Some(head) = head else {
            if self.last > 0 {
                report.differs("journal_head", self.last, ("the newest row's number and seal", "none"));
            }
            return Ok(());
        };
        let (number, seal) = head.split_once(' ').unwrap_or((&head, ""));
        let number: i64 = number.parse().unwrap_or(0);
        if number > self.last {
            missing(report, self.last + 1, number);
        } else if number < self.last || self.seal.as_deref() != Some(seal) {
            let stored = format!("{} {}", self.last, self.seal.as_deref().unwrap_or_default());
            report.differs("journal_head", number, (head.clone(), stored));
        }
        Ok(())
    }
}

fn missing(report: &mut Report, from: i64, to: i64) {
    if to - from >= NAMED {
        let what = format!("journal rows {from} to {to} are missing");
        report.differs("journal", from, (format!("journal rows {from} to {to}"), what));
        return;
    }
    for row in from..=to {
        let what = format!("journal row {row} is missing");
        report.differs("journal", row, (format!("journal row {row}"), what));
    }
}
