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

/// How often a customer was contacted on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactDay {
    /// The business day.
    pub day: Day,
    /// Touches that went out.
    pub touches: u32,
    /// Of these, commercial ones.
    pub commercial: u32,
}

/// How often a number was called on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallDay {
    /// The business day.
    pub day: Day,
    /// Calls.
    pub calls: u32,
    /// The last one.
    pub last_at: Timestamp,
    /// Whether that was answered.
    pub last_connected: bool,
}

/// The usage on a business day, from the days of a customer and of the number that would be called.
pub fn on(
    contacts: &[ContactDay],
    calls: &[CallDay],
    do_not_contact: Option<Timestamp>,
    (today, rules): (Day, &ContactRules),
) -> Usage {
    let touched = |day: &ContactDay| (day.day, day.touches);
    let called = |day: &CallDay| (day.day, day.calls);
    let last = calls.iter().max_by_key(|day| day.last_at);
    Usage {
        touches_today: window(contacts.iter().map(touched), today, 1),
        commercial_today: contacts.iter().filter(|day| day.day == today).map(|day| day.commercial).sum(),
        touches_week: window(contacts.iter().map(touched), today, WEEK),
        calls_today: window(calls.iter().map(called), today, 1),
        calls_month: window(calls.iter().map(called), today, MONTH),
        last_call: last.map(|day| day.last_at),
        last_connected: last.is_some_and(|day| day.last_connected),
        do_not_contact,
        week_frees: rules
            .max_touches_per_week
            .and_then(|limit| frees(&contacts.iter().map(touched), today, (WEEK, limit))),
        month_frees: rules
            .max_calls_per_month
            .and_then(|limit| frees(&calls.iter().map(called), today, (MONTH, limit))),
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
    let do_not_contact =
        tx.number(sql!("SELECT dnc_until FROM customer WHERE id = $1"), values![customer])?.map(Timestamp);
    let contacts = tx.all(
        sql!("SELECT day, touches, commercial FROM contact_use WHERE customer_id = $1 AND day > $2"),
        values![customer, today.plus(-WEEK)],
        |row| {
            Ok(ContactDay {
                day: Day(row.int(0)?),
                touches: small(row.int(1)?),
                commercial: small(row.int(2)?),
            })
        },
    )?;
    let mut calls = Vec::new();
    if let Some(number) = number {
        calls = tx.all(
            sql!("SELECT day, calls, last_at, last_connected FROM number_use WHERE number = $1 AND day > $2"),
            values![number, today.plus(-MONTH)],
            |row| {
                Ok(CallDay {
                    day: Day(row.int(0)?),
                    calls: small(row.int(1)?),
                    last_at: Timestamp(row.int(2)?),
                    last_connected: row.int(3)? != 0,
                })
            },
        )?;
    }
    Ok(on(&contacts, &calls, do_not_contact, (today, rules)))
}

/// A count as the rules take it.
pub fn small(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}

fn window(days: impl Iterator<Item = (Day, u32)>, last: Day, length: i64) -> u32 {
    days.filter(|(day, _)| *day <= last && *day > last.plus(-length)).map(|(_, n)| n).sum()
}

/// The first day after `today` on which the window holds less than the limit if nothing more happens.
fn frees(
    days: &(impl Iterator<Item = (Day, u32)> + Clone),
    today: Day,
    (length, limit): (i64, u32),
) -> Option<Day> {
    (1..=length).map(|n| today.plus(n)).find(|day| window(days.clone(), *day, length) < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_frees_when_its_oldest_busy_day_leaves_the_window() {
        let contacted = |day, touches, commercial| ContactDay { day: Day(day), touches, commercial };
        let days = [contacted(10, 4, 0), contacted(13, 1, 0), contacted(15, 1, 1)];
        let rules = ContactRules { max_touches_per_week: Some(6), ..ContactRules::default() };
        let usage = on(&days, &[], None, (Day(15), &rules));
        assert_eq!((usage.touches_today, usage.commercial_today, usage.touches_week), (1, 1, 6));
        // day 10 is in the window of days 11..=16 no more: on day 17 the window is 11..=17
        assert_eq!(usage.week_frees, Some(Day(17)));
    }

    #[test]
    fn the_last_call_is_the_latest_of_all_days() {
        let called = |day, calls, last_at, last_connected| CallDay {
            day: Day(day),
            calls,
            last_at: Timestamp(last_at),
            last_connected,
        };
        let days = [called(3, 2, 30, true), called(9, 1, 90, false)];
        let usage = on(&[], &days, None, (Day(9), &ContactRules::default()));
        assert_eq!((usage.calls_today, usage.calls_month), (1, 3));
        assert_eq!((usage.last_call, usage.last_connected), (Some(Timestamp(90)), false));
    }
}
