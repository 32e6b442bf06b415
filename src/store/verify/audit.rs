//! The audit trail: numbers without gaps, seals, and what is kept apart. Says which row was altered, taken out or put elsewhere.

use std::collections::BTreeMap;

use super::Report;
use crate::domain::lists::AuditKind;
use crate::store::audit::{Personal, Sealed, Tail};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::value::Row;
use crate::{sql, values};

/// Rows that do not fit and are looked at closely; with more nobody asks what stood where.
const LOOKED_AT: usize = 50;
/// Missing rows named one by one; a longer gap is named as a whole.
const NAMED: i64 = 100;

/// A row that does not fit where it stands.
struct Odd {
    row: Sealed,
    seal: String,
    /// The seal it should have where it stands, where the one before is known.
    expected: Option<String>,
}

#[derive(Default)]
struct Walk {
    last: i64,
    /// Seals a row may follow on: that of the one before as it is stored, and as its content makes it.
    before: Vec<String>,
    odd: Vec<Odd>,
    missing: Vec<i64>,
    /// Seals of rows before a gap or before one that does not fit.
    kept: Vec<String>,
    /// Hashes of what is kept apart, with what the row is about.
    apart: BTreeMap<i64, (String, String)>,
    /// Whom erasures are about, and the number of the newest.
    erased: BTreeMap<String, i64>,
    /// What is named beside the trail.
    head: Tail,
}

/// Walks the trail once.
pub fn check(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    let mut walk =
        Walk { head: Tail::head(tx)?.unwrap_or_default(), before: vec![String::new()], ..Walk::default() };
    let mut rows = 0;
    tx.each(
        sql!(
            "SELECT number, at, by_user, team_id, origin, machine, kind, about, change_id, was, became, why, personal, seal \
             FROM audit ORDER BY number"
        ),
        values![],
        |row| {
            rows += 1;
            walk.row(row, report)
        },
    )?;
    report.count("audit", rows);
    walk.end(report);
    walk.personal(tx, report)
}

impl Walk {
    fn row(&mut self, row: &dyn Row, report: &mut Report) -> Result<(), StoreError> {
        let number = row.int(0)?;
        self.gap(number, report);
        let (sealed, seal) = match Sealed::read(row) {
            Ok(read) => read,
            Err(error) => {
                report.differs("audit", number, ("a row that can be read", error));
                // the next row cannot be checked: what it follows on is not known
                self.before.clear();
                return Ok(());
            }
        };
        let expected = self.before.first().map(|before| sealed.hash(before));
        let fits = self.fits(&sealed, &seal);
        let before = std::mem::replace(&mut self.before, vec![seal.clone()]);
        if !fits {
            self.kept.extend(before);
            self.before.extend(expected.clone());
            self.odd.push(Odd { row: sealed, seal, expected });
            return Ok(());
        }
        if sealed.kind == AuditKind::Erased.as_str() {
            self.erased.insert(sealed.about.clone(), number);
        }
        if !sealed.personal.is_empty() {
            self.apart.insert(number, (sealed.personal, sealed.about));
        }
        Ok(())
    }

    /// Whether a row was sealed behind what stands before it. A row whose own seal alone was altered is followed by one that was
    /// sealed with the right one; one that stands elsewhere is followed by one that was sealed behind it all the same.
    fn fits(&self, sealed: &Sealed, seal: &str) -> bool {
        if self.before.is_empty() {
            // what it follows on is not there; but nothing follows on the newest
            return sealed.number <= self.head.number;
        }
        let others = self.odd.iter().take(LOOKED_AT).map(|odd| &odd.seal);
        self.before.iter().chain(others).any(|before| sealed.hash(before) == seal)
    }

    /// Notes the numbers between the last row and this one that are not there.
    fn gap(&mut self, number: i64, report: &mut Report) {
        let next = self.last + 1;
        // behind the newest row of all nothing is missing: what stands there does not belong there
        let until = (number - 1).min(self.head.number.max(self.last));
        if until - next >= NAMED {
            let what = format!("audit rows {next} to {until} are missing");
            report.differs("audit", next, (format!("audit rows {next} to {until}"), what));
        } else {
            self.missing.extend(next..=until);
        }
        if number != next {
            self.kept.append(&mut self.before);
        }
        self.last = number;
    }

    /// Tells what does not fit, and where it belongs if that can be found out.
    fn end(&mut self, report: &mut Report) {
        let (last, newest) = (self.last, self.before.first().cloned());
        if self.head.number > last {
            self.gap(self.head.number + 1, report);
        } else if self.head.number < last {
            let stands = format!("audit row {last} behind it");
            report.differs("audit_head", self.head.number, ("the newest row", stands));
        } else if let Some(newest) = newest.filter(|seal| *seal != self.head.seal && last > 0)
            // an altered row has been told of already
            && self.odd.last().is_none_or(|odd| odd.row.number != last)
        {
            report.differs("audit_head", last, (&self.head.seal, newest));
        }
        let moved = self.moved();
        for odd in &self.odd {
            let number = odd.row.number;
            match moved.get(&number) {
                Some(place) => {
                    let what = format!("audit row {place} stands there");
                    report.differs("audit", number, (format!("audit row {number}"), what));
                }
                // it stands where it was written: what it follows on stands elsewhere
                None if self
                    .odd
                    .iter()
                    .take(LOOKED_AT)
                    .any(|other| odd.row.hash(&other.seal) == odd.seal) => {}
                None => {
                    let expected = odd.expected.as_deref().unwrap_or("a seal over the row");
                    report.differs("audit_seal", number, (expected, &odd.seal));
                }
            }
        }
        for number in &self.missing {
            if !moved.values().any(|place| place == number) {
                let what = format!("audit row {number} is missing");
                report.differs("audit", number, (format!("audit row {number}"), what));
            }
        }
    }

    /// Rows that stand elsewhere than they were written: their number, and the number they were sealed under.
    fn moved(&self) -> BTreeMap<i64, i64> {
        let mut moved = BTreeMap::new();
        if self.odd.len() > LOOKED_AT || self.missing.len() > LOOKED_AT {
            return moved;
        }
        let numbers = self.odd.iter().map(|odd| odd.row.number).chain(self.missing.iter().copied());
        let numbers: Vec<i64> = numbers.collect();
        let seals = self.odd.iter().flat_map(|odd| [Some(odd.seal.clone()), odd.expected.clone()]).flatten();
        let seals: Vec<String> = seals.chain(self.kept.iter().cloned()).collect();
        for odd in &self.odd {
            for number in numbers.iter().filter(|number| **number != odd.row.number) {
                let there = Sealed { number: *number, ..odd.row.clone() };
                if seals.iter().any(|before| there.hash(before) == odd.seal) {
                    moved.insert(odd.row.number, *number);
                    break;
                }
            }
        }
        moved
    }

    /// What is kept apart is what its row was sealed with, or was erased with a row that says so.
    fn personal(&self, tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
        let mut left = self.apart.clone();
        let mut rows = 0;
        tx.each(
            sql!("SELECT number, salt, was, became, why FROM audit_personal ORDER BY number"),
            values![],
            |row| {
                rows += 1;
                let number = row.int(0)?;
                let text = |column| row.text(column).map(str::to_owned);
                let read = || {
                    Ok::<_, StoreError>(Personal {
                        salt: text(1)?,
                        before: text(2)?,
                        after: text(3)?,
                        why: text(4)?,
                    })
                };
                let found = read().map_or_else(|error| error.to_string(), |personal| personal.hash());
                match left.remove(&number) {
                    Some((hash, _)) if hash == found => {}
                    Some((hash, _)) => report.differs("audit_personal", number, (hash, found)),
                    // told of with its row, where that was altered
                    None if self.missing.contains(&number) => {}
                    None if self.odd.iter().any(|odd| odd.row.number == number) => {}
                    None => report.differs("audit_personal", number, ("nothing kept apart", found)),
                }
                Ok(())
            },
        )?;
        report.count("audit_personal", rows);
        for (number, (hash, about)) in left {
            if self.erased.get(&about).is_none_or(|erasure| *erasure < number) {
                report.differs("audit_personal", number, (hash, "nothing, and no erasure that says so"));
            }
        }
        Ok(())
    }
}
