//! When a step is due.

use std::time::Duration;

use crate::domain::contact::{Calendar, ContactRules, clock_start, is_quiet, next_allowed, next_working};
use crate::domain::time::{Clock, Day, Timestamp, Zone};
use crate::playbook::model::When;

/// How long before quiet hours begin a reminder is put that would otherwise come too late.
const BEFORE_QUIET: Duration = Duration::from_mins(30);

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// The day the playbook names, whatever the due time was moved to: part of the step's key.
    pub day: Day,
    /// The instant, outside quiet hours.
    pub at: Timestamp,
    /// Since when a response clock runs.
    pub clock_from: Option<Timestamp>,
}

/// When a step is due that counts from something that happened; `None` when its day is past.
pub(super) fn from_event(
    rules: &ContactRules,
    calendar: &Calendar,
    step: (i64, When),
    anchor: Timestamp,
    now: Timestamp,
) -> Option<Due> {
    let zone = calendar.zone;
    let (offset, when) = step;
    let day = zone.day(anchor).plus(offset);
    let due = if let When::Within(within) = when {
        let from = clock_start(rules, calendar, shift(zone, anchor, offset));
        Due { day, at: next_working(rules, calendar, from.plus(within)), clock_from: Some(from) }
    } else {
        let nominal = nominal(zone, (offset, when), anchor);
        Due { day, at: next_working(rules, calendar, nominal.max(anchor)), clock_from: None }
    };
    (zone.day(due.at) >= zone.day(now)).then_some(due)
}

/// When a step is due that counts from a booked time; `None` when its day is past, or when it prepares for a time that
/// quiet hours leave no room before.
pub(super) fn around_node(
    rules: &ContactRules,
    calendar: &Calendar,
    step: (i64, When),
    node: Timestamp,
    now: Timestamp,
) -> Option<Due> {
    let zone = calendar.zone;
    let nominal = nominal(zone, step, node);
    let day = zone.day(nominal);
    if day < zone.day(now) {
        return None;
    }
    let mut at = next_allowed(rules, calendar, nominal.max(now));
    if nominal < node && at >= node {
        at = last_allowed(rules, zone, nominal).filter(|at| *at >= now)?;
    }
    Some(Due { day, at, clock_from: None })
}

/// An instant moved by whole days, its clock time kept.
pub(super) fn shift(zone: Zone, at: Timestamp, days: i64) -> Timestamp {
    if days == 0 { at } else { zone.at(zone.day(at).plus(days), zone.clock(at)) }
}

fn nominal(zone: Zone, step: (i64, When), anchor: Timestamp) -> Timestamp {
    let (offset, when) = step;
    match when {
        When::At(clock) => zone.at(zone.day(anchor).plus(offset), clock),
        When::Before(before) => shift(zone, anchor, offset).minus(before),
        When::Within(after) | When::After(after) => shift(zone, anchor, offset).plus(after),
    }
}

/// The last good instant before the quiet hours `at` lies in.
fn last_allowed(rules: &ContactRules, zone: Zone, at: Timestamp) -> Option<Timestamp> {
    let (from, _) = rules.quiet?;
    let day = zone.day(at);
    let day = if zone.clock(at) >= from { day } else { day.plus(-1) };
    let before = zone.at(day, from).minus(BEFORE_QUIET);
    (!is_quiet(rules, zone, before)).then_some(before)
}

/// The other half of the day than the one `last` lies in, within working hours: where a try goes that found nobody.
pub(super) fn other_band(calendar: &Calendar, last: Clock) -> Clock {
    let noon = Clock::new(13, 0).unwrap_or_default();
    let wanted = if last < noon { Clock::new(18, 0) } else { Clock::new(11, 0) }.unwrap_or_default();
    let (opens, closes) = calendar.hours;
    if wanted < opens || closes <= opens {
        return opens.max(wanted);
    }
    let last_half = closes.minutes().saturating_sub(30);
    let latest = Clock::new(last_half / 60, last_half % 60).unwrap_or(opens).max(opens);
    wanted.min(latest)
}
