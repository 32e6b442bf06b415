//! Whether a customer or a number may be contacted now: one function for every path (S001-74, peers.md 2.3).
//!
//! [`may_contact`] is pure: who calls counts the [`Usage`] and passes the time in. It answers with the rule that holds
//! a contact back and the instant at which all rules would let it through.

use std::time::Duration;

use crate::domain::time::{Clock, Day, Timestamp, Workdays, Zone};

/// Steps [`may_contact`] looks ahead; more means that no time ever frees the contact (a limit of zero).
const LOOK_AHEAD: usize = 64;

/// How not to annoy customers (S001-74, peers.md 2.3). `None` means no such limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactRules {
    /// Quiet hours, from … to, over midnight when `from > to`.
    pub quiet: Option<(Clock, Clock)>,
    /// Touches a customer may get in a day, on all channels.
    pub max_touches_per_day: Option<u32>,
    /// Calls a number may get in a day, by anybody.
    pub max_calls_per_day: Option<u32>,
    /// Commercial touches (coupon, offer) a customer may get in a day.
    pub max_commercial_per_day: Option<u32>,
    /// Touches a customer may get in seven days.
    pub max_touches_per_week: Option<u32>,
    /// Calls a number may get in 30 days.
    pub max_calls_per_month: Option<u32>,
    /// Least time between two calls to a number that were answered or not.
    pub min_between_calls: Option<Duration>,
    /// Least time before a number that did not answer may be tried again; overrides the above for retries.
    pub min_between_tries: Option<Duration>,
    /// How long a refusal is honoured, months.
    pub dnc_months: u32,
    /// Words that may stand in no text.
    pub forbidden: Vec<String>,
}

/// The business calendar: zone, working days and working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// The business time zone.
    pub zone: Zone,
    /// Working days; when none is set every day counts as one.
    pub workdays: Workdays,
    /// When work begins and ends.
    pub hours: (Clock, Clock),
}

impl Calendar {
    /// Whether work is done on `day`.
    pub fn works(&self, day: Day) -> bool {
        self.workdays.works(day) || !self.workdays.0.contains(&true)
    }

    /// The start of work on the first working day on or after `day`.
    pub fn opening(&self, day: Day) -> Timestamp {
        let day = (0..7).map(|n| day.plus(n)).find(|d| self.works(*d)).unwrap_or(day);
        self.zone.at(day, self.hours.0)
    }
}

/// Why a contact is made; some grounds are the customer's own wish and free it from limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ground {
    /// Our own wish: every rule holds.
    #[default]
    Ordinary,
    /// A time the customer asked for: free of the touch budget and the gap between calls, not of the caps per number.
    Promised,
    /// The reminder of a booked node: free of the touch budget, not of what protects the number.
    NodeReminder,
    /// An answer to the customer's own message: free of everything but do-not-contact (formulas.md no. 3).
    Reply,
}

/// A contact somebody wants to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contact {
    /// Whether it is a call: caps per number hold.
    pub is_call: bool,
    /// Whether it is commercial: a coupon or an offer.
    pub commercial: bool,
    /// Why it is made.
    pub ground: Ground,
}

/// How often a customer and a number have been contacted, as the rules count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Touches of the customer today, outgoing, all channels and reps.
    pub touches_today: u32,
    /// Of these, commercial ones.
    pub commercial_today: u32,
    /// Touches of the customer in the last seven business days, today included.
    pub touches_week: u32,
    /// Calls to the number today, whoever made them and whichever customer it was for.
    pub calls_today: u32,
    /// Calls to the number in the last 30 days.
    pub calls_month: u32,
    /// The last call to the number.
    pub last_call: Option<Timestamp>,
    /// Whether that call was answered.
    pub last_connected: bool,
    /// Until when the customer must not be contacted.
    pub do_not_contact: Option<Timestamp>,
    /// The first business day on which `touches_week` is below its limit if nothing more happens; without it the
    /// week is taken to free seven days from now.
    pub week_frees: Option<Day>,
    /// The first business day on which `calls_month` is below its limit if nothing more happens; without it the
    /// month is taken to free 30 days from now.
    pub month_frees: Option<Day>,
}

/// The rule that holds a task back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The customer asked not to be contacted.
    DoNotContact,
    /// Quiet hours.
    QuietHours,
    /// Calls to this number today.
    CallsPerDay,
    /// Calls to this number in 30 days.
    CallsPerMonth,
    /// Too soon after the last call to this number.
    TooSoon,
    /// Touches of this customer today.
    TouchesPerDay,
    /// Touches of this customer this week.
    TouchesPerWeek,
    /// Commercial touches of this customer today.
    CommercialPerDay,
    /// Nobody of this customer may be contacted on the channel.
    NoContact,
    /// The coupon is not for the stage or pipeline the customer stands at.
    NotEligible,
    /// The customer has got all of this coupon a customer may get.
    PerCustomer,
    /// The month's quota of the coupon is given.
    NoneLeft,
}

/// What holds a task back, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The rule.
    pub rule: Rule,
    /// When it frees the task; `None` when only a change can.
    pub until: Option<Timestamp>,
}

/// Decides whether a contact may be made now.
///
/// Of several rules that hold it back, the one that frees last is named (do-not-contact before all others). `until` is
/// the first instant found at which *every* rule lets it through if nothing more happens; `None` when none ever does.
pub fn may_contact(
    rules: &ContactRules,
    what: Contact,
    usage: &Usage,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<(), Held> {
    let Some(first) = strictest(rules, what, usage, calendar, (now, now)) else { return Ok(()) };
    let mut at = now;
    for _ in 0..LOOK_AHEAD {
        match strictest(rules, what, usage, calendar, (now, at)) {
            None => return Err(Held { rule: first.0, until: Some(at) }),
            Some((_, until)) if until > at => at = until,
            Some(_) => break,
        }
    }
    Err(Held { rule: first.0, until: None })
}

/// Decides whether an ordinary, not commercial call to a number may be made now: [`may_contact`] for the commonest case.
pub fn may_call(
    rules: &ContactRules,
    usage: &Usage,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<(), Held> {
    may_contact(rules, Contact { is_call: true, ..Contact::default() }, usage, calendar, now)
}

/// Whether an instant lies in quiet hours.
pub fn is_quiet(rules: &ContactRules, zone: Zone, at: Timestamp) -> bool {
    let Some((from, to)) = rules.quiet else { return false };
    let clock = zone.clock(at);
    if from <= to { from <= clock && clock < to } else { clock >= from || clock < to }
}

/// Moves an instant out of quiet hours, forward to their end; never back. Working days play no part: for what was agreed
/// with the customer.
pub fn next_allowed(rules: &ContactRules, calendar: &Calendar, at: Timestamp) -> Timestamp {
    let zone = calendar.zone;
    let Some((_, to)) = rules.quiet else { return at };
    if !is_quiet(rules, zone, at) {
        return at;
    }
    let day = zone.day(at);
    let ends = zone.at(if zone.clock(at) < to { day } else { day.plus(1) }, to);
    // where summer time ends a clock time comes twice, and the earlier one may lie before `at`
    let mut free = ends.max(at);
    for _ in 0..24 * 60 {
        if !is_quiet(rules, zone, free) {
            break;
        }
        free = free.plus(Duration::from_mins(1));
    }
    free
}

/// Moves an instant of our own choice to a working day, keeping its clock time, and out of quiet hours; never back.
pub fn next_working(rules: &ContactRules, calendar: &Calendar, at: Timestamp) -> Timestamp {
    let zone = calendar.zone;
    let mut at = next_allowed(rules, calendar, at);
    for _ in 0..8 {
        let day = zone.day(at);
        if calendar.works(day) {
            break;
        }
        at = next_allowed(rules, calendar, zone.at(day.plus(1), zone.clock(at)).max(at));
    }
    at
}

/// The instant from which a response clock runs: `at` inside working time, else when work next begins (S000-23).
pub fn clock_start(rules: &ContactRules, calendar: &Calendar, at: Timestamp) -> Timestamp {
    let zone = calendar.zone;
    let (day, clock) = (zone.day(at), zone.clock(at));
    let (opens, closes) = calendar.hours;
    let start = if calendar.works(day) && clock < opens {
        zone.at(day, opens).max(at)
    } else if calendar.works(day) && (clock < closes || closes <= opens) {
        at
    } else {
        calendar.opening(day.plus(1))
    };
    next_working(rules, calendar, start)
}

/// The failing rule that frees last at `at.1`, the usage having been counted at `at.0`.
fn strictest(
    rules: &ContactRules,
    what: Contact,
    usage: &Usage,
    calendar: &Calendar,
    at: (Timestamp, Timestamp),
) -> Option<(Rule, Timestamp)> {
    let (counted, at) = at;
    if let Some(until) = usage.do_not_contact.filter(|until| *until > at) {
        return Some((Rule::DoNotContact, until));
    }
    if what.ground == Ground::Reply {
        return None;
    }
    let usage = usage.later(calendar.zone, counted, at);
    let today = calendar.zone.day(at);
    let tomorrow = || calendar.opening(today.plus(1));
    let on = |frees: Option<Day>, days: i64| {
        calendar.opening(frees.filter(|day| *day > today).unwrap_or_else(|| today.plus(days)))
    };
    let full = |limit: Option<u32>, used: u32| limit.is_some_and(|limit| used >= limit);
    let mut holding = Vec::new();
    if is_quiet(rules, calendar.zone, at) {
        holding.push((Rule::QuietHours, next_allowed(rules, calendar, at)));
    }
    if what.is_call {
        if full(rules.max_calls_per_day, usage.calls_today) {
            holding.push((Rule::CallsPerDay, tomorrow()));
        }
        if full(rules.max_calls_per_month, usage.calls_month) {
            holding.push((Rule::CallsPerMonth, on(usage.month_frees, 30)));
        }
        let gap = if usage.last_connected {
            rules.min_between_calls
        } else {
            rules.min_between_tries.or(rules.min_between_calls)
        };
        let frees = usage.last_call.zip(gap).map(|(last, gap)| last.plus(gap)).filter(|frees| *frees > at);
        if let Some(frees) = frees.filter(|_| what.ground != Ground::Promised) {
            holding.push((Rule::TooSoon, frees));
        }
    }
    if what.ground == Ground::Ordinary {
        if full(rules.max_touches_per_day, usage.touches_today) {
            holding.push((Rule::TouchesPerDay, tomorrow()));
        }
        if full(rules.max_touches_per_week, usage.touches_week) {
            holding.push((Rule::TouchesPerWeek, on(usage.week_frees, 7)));
        }
    }
    if what.commercial && full(rules.max_commercial_per_day, usage.commercial_today) {
        holding.push((Rule::CommercialPerDay, tomorrow()));
    }
    // the first of equals: the order above is the order of the rules
    holding.into_iter().reduce(|worst, next| if next.1 > worst.1 { next } else { worst })
}

impl Usage {
    /// What is left of this usage at `then`, when it was counted at `counted` and nothing happened since.
    #[must_use]
    pub fn later(self, zone: Zone, counted: Timestamp, then: Timestamp) -> Self {
        let (from, to) = (zone.day(counted), zone.day(then));
        if to <= from {
            return self;
        }
        let week_over = to >= self.week_frees.unwrap_or_else(|| from.plus(7));
        let month_over = to >= self.month_frees.unwrap_or_else(|| from.plus(30));
        Self {
            touches_today: 0,
            commercial_today: 0,
            calls_today: 0,
            touches_week: if week_over { 0 } else { self.touches_week },
            calls_month: if month_over { 0 } else { self.calls_month },
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};

    fn clock(text: &str) -> Clock {
        text.parse().unwrap()
    }

    fn calendar(zone: &str, workdays: [bool; 7]) -> Calendar {
        let hours = (clock("10:00"), clock("20:30"));
        Calendar { zone: Zone(zone.parse().unwrap()), workdays: Workdays(workdays), hours }
    }

    /// Shanghai, Mondays off.
    fn shanghai() -> Calendar {
        calendar("Asia/Shanghai", [false, true, true, true, true, true, true])
    }

    fn rules() -> ContactRules {
        ContactRules {
            quiet: Some((clock("20:30"), clock("10:00"))),
            max_touches_per_day: Some(2),
            max_calls_per_day: Some(2),
            max_commercial_per_day: Some(1),
            max_touches_per_week: Some(6),
            max_calls_per_month: Some(8),
            min_between_calls: Some(Duration::from_hours(4)),
            min_between_tries: Some(Duration::from_mins(30)),
            ..ContactRules::default()
        }
    }

    fn at(text: &str) -> Timestamp {
        let (day, clock) = text.split_once(' ').unwrap();
        format!("2026-{day}T{clock}:00+08:00").parse().unwrap()
    }

    fn call(usage: &Usage, now: &str) -> Option<(Rule, Option<Timestamp>)> {
        may_call(&rules(), usage, &shanghai(), at(now)).err().map(|held| (held.rule, held.until))
    }

    #[test]
    fn a_call_in_the_night_waits_for_the_morning() {
        let usage = Usage::default();
        assert_eq!(call(&usage, "11-24 20:29"), None);
        assert_eq!(call(&usage, "11-24 20:30"), Some((Rule::QuietHours, Some(at("11-25 10:00")))));
        assert_eq!(call(&usage, "11-25 09:59"), Some((Rule::QuietHours, Some(at("11-25 10:00")))));
        assert_eq!(call(&usage, "11-25 10:00"), None);
    }

    #[test]
    fn a_number_that_did_not_answer_is_free_sooner_than_one_that_did() {
        let mut usage = Usage { calls_today: 1, last_call: Some(at("11-24 15:00")), ..Usage::default() };
        assert_eq!(call(&usage, "11-24 15:10"), Some((Rule::TooSoon, Some(at("11-24 15:30")))));
        usage.last_connected = true;
        assert_eq!(call(&usage, "11-24 15:10"), Some((Rule::TooSoon, Some(at("11-24 19:00")))));
    }

    #[test]
    fn of_several_rules_the_one_that_frees_last_is_named() {
        // Sunday: two calls made, the last half an hour ago. Tomorrow is off, the day after work begins at 10:00
        let usage = Usage { calls_today: 2, last_call: Some(at("11-22 15:00")), ..Usage::default() };
        assert_eq!(call(&usage, "11-22 15:10"), Some((Rule::CallsPerDay, Some(at("11-24 10:00")))));
        let full = Usage { calls_month: 8, month_frees: Some("2026-12-03".parse().unwrap()), ..usage };
        assert_eq!(call(&full, "11-22 15:10"), Some((Rule::CallsPerMonth, Some(at("12-03 10:00")))));
        let never = Usage { do_not_contact: Some(at("12-24 12:00")), ..full };
        assert_eq!(call(&never, "11-22 15:10"), Some((Rule::DoNotContact, Some(at("12-24 12:00")))));
    }

    #[test]
    fn the_customers_own_wish_frees_from_what_only_spares_the_customer() {
        let usage = Usage {
            touches_today: 2,
            commercial_today: 1,
            calls_today: 1,
            last_call: Some(at("11-24 14:00")),
            ..Usage::default()
        };
        let may = |ground, commercial, now: &str| {
            let what = Contact { is_call: true, commercial, ground };
            may_contact(&rules(), what, &usage, &shanghai(), at(now)).map_err(|held| held.rule)
        };
        assert_eq!(may(Ground::Ordinary, false, "11-24 15:00"), Err(Rule::TouchesPerDay));
        assert_eq!(may(Ground::NodeReminder, false, "11-24 15:00"), Ok(()));
        assert_eq!(may(Ground::NodeReminder, false, "11-24 14:10"), Err(Rule::TooSoon));
        assert_eq!(may(Ground::Promised, false, "11-24 14:10"), Ok(()));
        assert_eq!(may(Ground::Promised, false, "11-24 21:00"), Err(Rule::QuietHours));
        assert_eq!(may(Ground::Promised, true, "11-24 14:10"), Err(Rule::CommercialPerDay));
        assert_eq!(may(Ground::Reply, true, "11-24 21:00"), Ok(()));
    }

    #[test]
    fn a_limit_of_none_at_all_is_never_free() {
        let rules = ContactRules { max_calls_per_day: Some(0), ..ContactRules::default() };
        let held = may_call(&rules, &Usage::default(), &shanghai(), at("11-24 15:00")).unwrap_err();
        assert_eq!(held, Held { rule: Rule::CallsPerDay, until: None });
    }

    #[test]
    fn quiet_hours_end_once_where_the_clock_is_put_back() {
        // New York 2026-11-01: 02:00 EDT becomes 01:00 EST. Quiet until 01:30; the second 01:10 is 06:10 UTC and its
        // 01:30 is 06:30 UTC
        let calendar = calendar("America/New_York", [true; 7]);
        let rules = ContactRules { quiet: Some((clock("22:00"), clock("01:30"))), ..ContactRules::default() };
        let second: Timestamp = "2026-11-01T06:10:00Z".parse().unwrap();
        assert_eq!(next_allowed(&rules, &calendar, second).to_string(), "2026-11-01T06:30:00Z");
        let first: Timestamp = "2026-11-01T05:10:00Z".parse().unwrap();
        assert_eq!(next_allowed(&rules, &calendar, first).to_string(), "2026-11-01T05:30:00Z");
    }

    #[test]
    fn a_response_clock_starts_with_work() {
        let start = |now: &str| clock_start(&rules(), &shanghai(), at(now));
        assert_eq!(start("11-24 15:00"), at("11-24 15:00"));
        assert_eq!(start("11-24 08:00"), at("11-24 10:00"));
        assert_eq!(start("11-24 20:45"), at("11-25 10:00"));
        assert_eq!(start("11-23 12:00"), at("11-24 10:00"), "a Monday off");
    }

    /// What happened to a customer: a contact of so many minutes ago, a call or not, commercial or not.
    type Past = Vec<(i64, bool, bool)>;

    /// Counts the usage at an instant from what happened, as whoever stores it would.
    fn count(past: &Past, now: Timestamp, at: Timestamp, calendar: &Calendar) -> Usage {
        let day = |ago: i64| calendar.zone.day(Timestamp(now.0 - ago * MINUTE_MS)).0;
        let today = calendar.zone.day(at).0;
        let number = |wanted: &dyn Fn(&(i64, bool, bool)) -> bool| {
            u32::try_from(past.iter().filter(|p| wanted(p)).count()).unwrap()
        };
        let last = past.iter().filter(|p| p.1).map(|p| p.0).min();
        Usage {
            touches_today: number(&|p| day(p.0) == today),
            commercial_today: number(&|p| p.2 && day(p.0) == today),
            touches_week: number(&|p| day(p.0) > today - 7),
            calls_today: number(&|p| p.1 && day(p.0) == today),
            calls_month: number(&|p| p.1 && day(p.0) > today - 30),
            last_call: last.map(|ago| Timestamp(now.0 - ago * MINUTE_MS)),
            ..Usage::default()
        }
    }

    proptest! {
        #[test]
        fn at_the_time_it_names_the_contact_is_free(
            past in prop::collection::vec((0_i64..40 * 1_440, any::<bool>(), any::<bool>()), 0..14),
            offset in 0_i64..366 * 24 * 4,
            (is_call, commercial) in any::<(bool, bool)>(),
            refused in prop::option::of(-10_i64..100),
            zone in prop::sample::select(vec!["Asia/Shanghai", "America/New_York", "Europe/London"]),
        ) {
            let calendar = calendar(zone, [false, true, true, true, true, true, true]);
            let now = Timestamp(1_767_225_600_000 + offset * 15 * MINUTE_MS);
            let what = Contact { is_call, commercial, ground: Ground::Ordinary };
            let do_not_contact = refused.map(|hours| Timestamp(now.0 + hours * HOUR_MS));
            let usage = |at| Usage { do_not_contact, ..count(&past, now, at, &calendar) };
            if let Err(held) = may_contact(&rules(), what, &usage(now), &calendar, now) {
                let until = held.until.unwrap();
                prop_assert!(until > now && until.since(now) < 60 * DAY_MS);
                prop_assert_eq!(may_contact(&rules(), what, &usage(until), &calendar, until), Ok(()));
            }
        }

        #[test]
        fn a_planned_instant_is_never_moved_back_and_never_quiet(
            offset in 0_i64..366 * 24 * 60,
            (from, to) in (0_u16..1_440, 0_u16..1_440),
            zone in prop::sample::select(vec!["Asia/Shanghai", "America/New_York", "Europe/London"]),
        ) {
            let calendar = calendar(zone, [false, true, true, true, true, true, true]);
            let clock = |n: u16| Clock::new(n / 60, n % 60).unwrap();
            let rules = ContactRules { quiet: Some((clock(from), clock(to))), ..ContactRules::default() };
            let at = Timestamp(1_767_225_600_000 + offset * MINUTE_MS);
            for moved in [next_allowed(&rules, &calendar, at), next_working(&rules, &calendar, at)] {
                prop_assert!(moved >= at);
                prop_assert!(!is_quiet(&rules, calendar.zone, moved));
            }
            prop_assert!(calendar.works(calendar.zone.day(next_working(&rules, &calendar, at))));
        }
    }
}
