//! Figures that are kept beside the facts: both roll-ups, contact budget, number use, quotas, customers' counters.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use super::journal::Counted;
use crate::domain::time::{Day, Month, Timestamp};
use crate::sql;
use crate::store::books::Books;
use crate::store::change::figures::SumOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::rebuild::compare::compare;
use crate::store::value::Row;

/// Compares both roll-ups with what the journal says was counted, both ways.
pub fn metrics(tx: Tx<'_>, counted: Counted, report: &mut Report) -> Result<(), StoreError> {
    let compared = compare(tx, counted, None)?;
    report.count("metric_day", compared.days);
    report.count("metric_month", compared.months);
    for row in &compared.differences {
        let kind = match row.of {
            SumOf::Day(_) => "metric_day",
            SumOf::Month(_) => "metric_month",
        };
        let moved = |at: i64| format!("last moved {}", Timestamp(at));
        match row.found {
            None => report.differs(kind, row, (row.right.value, "no row")),
            Some(found) if found.value != row.right.value => {
                report.differs(kind, row, (row.right.value, found.value));
            }
            Some(found) => report.differs(kind, row, (moved(row.right.at), moved(found.at))),
        }
    }
    Ok(())
}

/// Channels on which touches are calls, by any version of any playbook.
pub fn call_channels(tx: Tx<'_>, books: &mut Books) -> Result<BTreeSet<String>, StoreError> {
    let versions = tx.all(sql!("SELECT playbook, number FROM playbook_version"), &[], |row| {
        Ok((row.text(0)?.to_owned(), row.int(1)?))
    })?;
    let mut calls = BTreeSet::new();
    for (id, number) in versions {
        let book = books.version(tx, &id, number)?.playbook;
        calls.extend(book.channels.iter().filter(|c| c.is_call).map(|c| c.code.as_str().to_owned()));
    }
    Ok(calls)
}

/// Outgoing touches of a customer and day, and the commercial ones of them.
pub fn contact_use(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    tx.each(
        sql!(
            "SELECT t.customer_id, t.day, t.touches, t.commercial, u.touches, u.commercial FROM \
             (SELECT customer_id, day, COUNT(*) AS touches, COUNT(coupon) AS commercial FROM touch \
             WHERE void_at IS NULL AND direction = 'out' GROUP BY customer_id, day) t \
             LEFT JOIN contact_use u ON u.customer_id = t.customer_id AND u.day = t.day \
             WHERE u.touches IS DISTINCT FROM t.touches OR u.commercial IS DISTINCT FROM t.commercial"
        ),
        &[],
        |row| {
            let id = format!("customer {} {}", row.int(0)?, Day(row.int(1)?));
            let found = match (row.opt_int(4)?, row.opt_int(5)?) {
                (Some(touches), Some(commercial)) => format!("{touches}, {commercial} commercial"),
                _ => "no row".to_owned(),
            };
            let expected = format!("{}, {} commercial", row.int(2)?, row.int(3)?);
            report.differs("contact_use", id, (expected, found));
            Ok(())
        },
    )?;
    tx.each(
        sql!(
            "SELECT u.customer_id, u.day, u.touches FROM contact_use u WHERE NOT EXISTS (SELECT 1 FROM touch t \
             WHERE t.customer_id = u.customer_id AND t.day = u.day AND t.void_at IS NULL AND t.direction = 'out')"
        ),
        &[],
        |row| {
            let id = format!("customer {} {}", row.int(0)?, Day(row.int(1)?));
            report.differs("contact_use", id, ("no row", row.int(2)?));
            Ok(())
        },
    )?;
    counted(tx, report, "contact_use", sql!("SELECT COUNT(*) FROM contact_use"))
}

/// Calls to a number on a day: those made, and those counted.
struct Dialled {
    number: String,
    day: i64,
    calls: i64,
    found: Option<i64>,
}

/// Outgoing calls to a number and day, whoever made them.
pub fn number_use(tx: Tx<'_>, calls: &BTreeSet<String>, report: &mut Report) -> Result<(), StoreError> {
    let mut wanted: Option<Dialled> = None;
    let mut rows = 0;
    let mut settle = |group: Option<Dialled>, report: &mut Report| {
        let Some(Dialled { number, day, calls, found }) = group else { return };
        rows += 1;
        if found != Some(calls) {
            let found = found.map_or("no row".to_owned(), |n| n.to_string());
            report.differs("number_use", format!("{number} {}", Day(day)), (calls, found));
        }
    };
    // what is kept comes with what was dialled: a question for each number would be a way to the server for each
    tx.each(
        sql!(
            "SELECT t.number, t.day, t.channel, t.calls, u.calls FROM \
             (SELECT number, day, channel, COUNT(*) AS calls FROM touch WHERE void_at IS NULL AND direction = 'out' \
             AND number IS NOT NULL GROUP BY number, day, channel) t \
             LEFT JOIN number_use u ON u.number = t.number AND u.day = t.day ORDER BY t.number, t.day"
        ),
        &[],
        |row| {
            if !calls.contains(row.text(2)?) {
                return Ok(());
            }
            let (number, day, made) = (row.text(0)?, row.int(1)?, row.int(3)?);
            match &mut wanted {
                Some(same) if same.number == number && same.day == day => same.calls += made,
                other => {
                    let next = Dialled { number: number.to_owned(), day, calls: made, found: row.opt_int(4)? };
                    settle(other.replace(next), report);
                }
            }
            Ok(())
        },
    )?;
    settle(wanted, report);
    let stored = tx.number(sql!("SELECT COUNT(*) FROM number_use"), &[])?.unwrap_or(0);
    if stored != rows {
        let words = format!("{stored} rows, some without a call");
        if stored > rows {
            report.differs("number_use", "all", (format!("{rows} rows"), words));
        }
    }
    report.count("number_use", u64::try_from(stored).unwrap_or(0));
    Ok(())
}

/// Coupons given in a month; a released one counts no more.
pub fn quotas(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    let key =
        |row: &dyn Row| Ok(((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.int(2)?), row.int(3)?));
    let mut given: BTreeMap<(String, String, i64), i64> = tx
        .all(
            sql!(
                "SELECT playbook, coupon, month, COUNT(*) FROM coupon_issue WHERE state <> 'released' \
                 GROUP BY playbook, coupon, month"
            ),
            &[],
            key,
        )?
        .into_iter()
        .collect();
    let stored = tx.all(sql!("SELECT playbook, coupon, month, used FROM coupon_quota"), &[], key)?;
    report.count("coupon_quota", stored.len() as u64);
    let name = |(playbook, coupon, month): &(String, String, i64)| {
        format!("{playbook} {coupon} {}", Month(*month).first())
    };
    for (key, used) in stored {
        let wanted = given.remove(&key).unwrap_or(0);
        if wanted != used {
            report.differs("coupon_quota", name(&key), (wanted, used));
        }
    }
    for (key, wanted) in &given {
        report.differs("coupon_quota", name(key), (wanted, "no row"));
    }
    Ok(())
}

/// A customer's counters as its touches make them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counters {
    attempts: i64,
    tries: i64,
    connected: i64,
    last: Option<i64>,
}

impl std::fmt::Display for Counters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let last = self.last.map_or("never".to_owned(), |at| Timestamp(at).to_string());
        write!(
            f,
            "attempts {}, tries {}, connected {}, last touch {last}",
            self.attempts, self.tries, self.connected
        )
    }
}

/// Calls made, calls since the last answered one, whether one was answered, the last touch.
pub fn counters(tx: Tx<'_>, calls: &BTreeSet<String>, report: &mut Report) -> Result<(), StoreError> {
    let mut current: Option<Summed> = None;
    // what is kept comes with what is added up: a question for each customer would be a way to the server for each
    tx.each(
        sql!(
            "SELECT t.customer_id, t.channel, t.direction, t.connected, t.at, c.attempts, c.tries, c.connected, c.last_touch_at \
             FROM touch t LEFT JOIN customer c ON c.id = t.customer_id WHERE t.void_at IS NULL \
             ORDER BY t.customer_id, t.at, t.id"
        ),
        &[],
        |row| {
            let customer = row.int(0)?;
            if current.as_ref().is_none_or(|summed| summed.customer != customer) {
                let found = match row.opt_int(5)? {
                    Some(attempts) => Some(Counters {
                        attempts,
                        tries: row.int(6)?,
                        connected: row.int(7)?,
                        last: row.opt_int(8)?,
                    }),
                    None => None,
                };
                settle(current.replace(Summed { customer, sum: Counters::default(), found }), report);
            }
            let Some(Summed { sum, .. }) = &mut current else { return Ok(()) };
            let called = calls.contains(row.text(1)?) && row.text(2)? == "out";
            let connected = row.int(3)? != 0;
            sum.attempts += i64::from(called);
            sum.tries = match (connected, called) {
                (true, _) => 0,
                (false, true) => sum.tries + 1,
                (false, false) => sum.tries,
            };
            sum.connected = sum.connected.max(i64::from(connected));
            sum.last = sum.last.max(Some(row.int(4)?));
            Ok(())
        },
    )?;
    settle(current, report);
    tx.each(
        sql!(
            "SELECT c.id, c.attempts, c.tries, c.connected, c.last_touch_at FROM customer c \
             WHERE (c.attempts <> 0 OR c.tries <> 0 OR c.connected <> 0 OR c.last_touch_at IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.customer_id = c.id AND t.void_at IS NULL)"
        ),
        &[],
        |row| {
            let found = Counters {
                attempts: row.int(1)?,
                tries: row.int(2)?,
                connected: row.int(3)?,
                last: row.opt_int(4)?,
            };
            report.differs("customer", row.int(0)?, (Counters::default(), found));
            Ok(())
        },
    )?;
    counted(tx, report, "customer", sql!("SELECT COUNT(*) FROM customer"))
}

/// A customer's counters as its touches make them, and as they are kept; `None` where there is no such customer.
struct Summed {
    customer: i64,
    sum: Counters,
    found: Option<Counters>,
}

fn settle(summed: Option<Summed>, report: &mut Report) {
    let Some(Summed { customer, sum, found }) = summed else { return };
    if let Some(found) = found.filter(|found| *found != sum) {
        report.differs("customer", customer, (sum, found));
    }
}

fn counted(tx: Tx<'_>, report: &mut Report, kind: &'static str, sql: &str) -> Result<(), StoreError> {
    let rows = tx.number(sql, &[])?.unwrap_or(0);
    report.count(kind, u64::try_from(rows).unwrap_or(0));
    Ok(())
}
