//! How often a customer and a number were contacted: what the contact rules count (S001-74).

use crate::domain::contact::{ContactRules, Usage};
use crate::domain::id::CustomerId;
use crate::domain::time::{Day, Timestamp};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// Business days of the weekly limit.
pub const WEEK: i64 = 7;
/// Business days of the monthly limit.
pub const MONTH: i64 = 30;

/// What the days of a customer and of a number say.
#[derive(Debug, Clone, Default)]
pub struct Days {
    /// Touches and commercial ones of the customer, by day.
    pub customer: Vec<(Day, u32, u32)>,
    /// Calls to the number, by day, with the last one and whether it was answered.
    pub number: Vec<(Day, u32, Timestamp, bool)>,
    /// Until when the customer must not be contacted.
    pub do_not_contact: Option<Timestamp>,
}

impl Days {
    /// The usage on a business day.
    pub fn on(&self, today: Day, rules: &ContactRules) -> Usage {
        let touches: Vec<(Day, u32)> = self.customer.iter().map(|(day, n, _)| (*day, *n)).collect();
        let calls: Vec<(Day, u32)> = self.number.iter().map(|(day, n, _, _)| (*day, *n)).collect();
        let last = self.number.iter().max_by_key(|(_, _, at, _)| *at);
        Usage {
            touches_today: window(&touches, today, 1),
            commercial_today: self.customer.iter().filter(|(day, ..)| *day == today).map(|(.., n)| n).sum(),
            touches_week: window(&touches, today, WEEK),
            calls_today: window(&calls, today, 1),
            calls_month: window(&calls, today, MONTH),
            last_call: last.map(|(_, _, at, _)| *at),
            last_connected: last.is_some_and(|(.., answered)| *answered),
            do_not_contact: self.do_not_contact,
            week_frees: rules.max_touches_per_week.and_then(|limit| frees(&touches, today, WEEK, limit)),
            month_frees: rules.max_calls_per_month.and_then(|limit| frees(&calls, today, MONTH, limit)),
        }
    }
}

/// Reads the usage of a customer and, for a call, of a number.
pub fn load(
    tx: Tx<'_>,
    customer: CustomerId,
    number: Option<&str>,
    today: Day,
    rules: &ContactRules,
) -> Result<Usage, StoreError> {
    let mut days = Days {
        do_not_contact: tx
            .number(sql!("SELECT dnc_until FROM customer WHERE id = $1"), values![customer])?
            .map(Timestamp),
        ..Days::default()
    };
    days.customer = tx.all(
        sql!("SELECT day, touches, commercial FROM contact_use WHERE customer_id = $1 AND day > $2"),
        values![customer, today.plus(-WEEK)],
        |row| Ok((Day(row.int(0)?), small(row.int(1)?), small(row.int(2)?))),
    )?;
    if let Some(number) = number {
        days.number = tx.all(
            sql!("SELECT day, calls, last_at, last_connected FROM number_use WHERE number = $1 AND day > $2"),
            values![number, today.plus(-MONTH)],
            |row| Ok((Day(row.int(0)?), small(row.int(1)?), Timestamp(row.int(2)?), row.int(3)? != 0)),
        )?;
    }
    Ok(days.on(today, rules))
}

/// A count as the rules take it.
pub fn small(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}

fn window(days: &[(Day, u32)], last: Day, length: i64) -> u32 {
    days.iter().filter(|(day, _)| *day <= last && *day > last.plus(-length)).map(|(_, n)| n).sum()
}

/// The first day after `today` on which the window holds less than `limit` if nothing more happens.
fn frees(days: &[(Day, u32)], today: Day, length: i64, limit: u32) -> Option<Day> {
    (1..=length).map(|n| today.plus(n)).find(|day| window(days, *day, length) < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_frees_when_its_oldest_busy_day_leaves_the_window() {
        let days =
            Days { customer: vec![(Day(10), 4, 0), (Day(13), 1, 0), (Day(15), 1, 1)], ..Days::default() };
        let rules = ContactRules { max_touches_per_week: Some(6), ..ContactRules::default() };
        let usage = days.on(Day(15), &rules);
        assert_eq!((usage.touches_today, usage.commercial_today, usage.touches_week), (1, 1, 6));
        // day 10 is in the window of days 11..=16 no more: on day 17 the window is 11..=17
        assert_eq!(usage.week_frees, Some(Day(17)));
    }

    #[test]
    fn the_last_call_is_the_latest_of_all_days() {
        let days = Days {
            number: vec![(Day(3), 2, Timestamp(30), true), (Day(9), 1, Timestamp(90), false)],
            ..Days::default()
        };
        let usage = days.on(Day(9), &ContactRules::default());
        assert_eq!((usage.calls_today, usage.calls_month), (1, 3));
        assert_eq!((usage.last_call, usage.last_connected), (Some(Timestamp(90)), false));
    }
}
