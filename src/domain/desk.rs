//! The lead's desk: how a rep's day stands at an instant, what of it is put off, how it is shared out (S001-123, S000-07, S002-17).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::id::{CustomerId, TaskId, UserId};
use crate::domain::lists::{Lane, RepState};
use crate::domain::time::{MINUTE_MS, Timestamp};

/// Minutes a call, a visit or a talk takes.
const TALK_MINUTES: i64 = 5;
/// Minutes a message takes.
const MESSAGE_MINUTES: i64 = 1;
/// The least important of the five priorities.
const LAST_PRIORITY: i64 = 5;

/// What is known of a rep's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pulse {
    /// Whether the rep is not here today.
    pub absent: bool,
    /// When the rep did something last.
    pub last: Option<Timestamp>,
    /// When the first promise or response clock of those that ran out did.
    pub late_since: Option<Timestamp>,
    /// Tasks that are left today.
    pub left: u32,
    /// Whether every standard of the day is reached.
    pub reached: bool,
}

/// The working hours of a day, and what is too long without a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Whether it is a working day.
    pub works: bool,
    /// When it begins.
    pub opens: Timestamp,
    /// When it ends.
    pub closes: Timestamp,
    /// Quiet after so long.
    pub quiet_after: Duration,
    /// Idle after so long.
    pub idle_after: Duration,
}

impl Hours {
    /// Minutes of work gone and all of the day; nothing on a day off.
    pub fn gone(&self, now: Timestamp) -> (i64, i64) {
        if !self.works {
            return (0, 0);
        }
        let all = self.closes.since(self.opens).max(0) / MINUTE_MS;
        let gone = now.since(self.opens) / MINUTE_MS;
        (gone.clamp(0, all), all)
    }
}

/// How a rep's day stands, and since when. Who works on a day off works all the same.
pub fn state(pulse: &Pulse, hours: &Hours, now: Timestamp) -> (RepState, Timestamp) {
    let today = pulse.last.filter(|at| *at >= hours.opens.minus(Duration::from_hours(12)));
    if pulse.absent {
        return (RepState::Absent, hours.opens);
    }
    let is_open = hours.works && hours.opens <= now && now < hours.closes;
    if !is_open && today.is_none_or(|at| now.since(at) >= millis(hours.idle_after)) {
        return (RepState::Off, if now < hours.opens || !hours.works { hours.opens } else { hours.closes });
    }
    if let Some(since) = pulse.late_since {
        return (RepState::Late, since);
    }
    let Some(last) = today.filter(|at| *at >= hours.opens || !is_open) else {
        return match today {
            // something was done before the day began
            Some(at) if now.since(at) < millis(hours.quiet_after) => (RepState::Working, at),
            // who has nothing to do is not waited for
            _ if pulse.left == 0 && pulse.reached => (RepState::Done, hours.opens),
            _ => (RepState::NotBegun, hours.opens),
        };
    };
    if pulse.left == 0 && pulse.reached {
        return (RepState::Done, last);
    }
    let gone = now.since(last);
    if gone >= millis(hours.idle_after) {
        (RepState::Idle, last)
    } else if gone >= millis(hours.quiet_after) {
        (RepState::Quiet, last)
    } else {
        (RepState::Working, last)
    }
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// How far ahead of an even day somebody is: `done − standard × gone / all`, rounded half up; 0 on a day off.
pub fn pace(standard: i64, done: i64, (gone, all): (i64, i64)) -> i64 {
    if all <= 0 {
        return 0;
    }
    let plan =
        (i128::from(standard) * i128::from(gone) * 2 + i128::from(all)).div_euclid(i128::from(all) * 2);
    done.saturating_sub(i64::try_from(plan).unwrap_or(i64::MAX))
}

/// A task of the day as it is weighed when there are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// Which.
    pub task: TaskId,
    /// Its pen.
    pub lane: Lane,
    /// When it is due.
    pub due_at: Timestamp,
    /// 1 (first) to 5.
    pub priority: i64,
    /// How far its deal has come: stages gone, in basis points of all of them; 0 without one.
    pub come_bp: i64,
    /// Calls to the customer nobody answered, one after the other.
    pub tries: i64,
    /// Whether the customer was promised a time, an answer is waited for, or a meeting is due: it is never put off.
    pub is_fixed: bool,
}

impl Weighed {
    /// What a minute on it is worth, in thousandths of a point: the nearer the deal is to its end and the more pressing the task, the
    /// more; the oftener nobody answered, the less.
    pub const fn worth(&self) -> i64 {
        let minutes = match self.lane {
            Lane::Call | Lane::Node | Lane::Care => TALK_MINUTES,
            Lane::Material | Lane::Coupon | Lane::Report => MESSAGE_MINUTES,
        };
        let importance = if self.priority < LAST_PRIORITY { LAST_PRIORITY - self.priority } else { 0 };
        let points = 100 + 100 * importance + self.come_bp / 20;
        let tries = if self.tries > 0 { self.tries } else { 0 };
        points * 1_000 / (minutes * (1 + tries))
    }
}

/// The least valuable of the tasks that may be put off, at most so many: the least worth a minute first, then the later due.
pub fn tail(tasks: &[Weighed], over: usize) -> Vec<TaskId> {
    let mut free: Vec<&Weighed> = tasks.iter().filter(|task| !task.is_fixed).collect();
    free.sort_by_key(|task| (task.worth(), -task.due_at.0, task.task));
    free.into_iter().take(over).map(|task| task.task).collect()
}

/// Shares tasks out among people: those of one customer stay together, each goes to whoever has least by then, ties to the smaller id.
/// Nobody to take them leaves them where they are.
pub fn share(tasks: &[(TaskId, CustomerId)], takers: &[(UserId, u32)]) -> Vec<(TaskId, CustomerId, UserId)> {
    let mut loads: BTreeMap<UserId, u32> = takers.iter().copied().collect();
    let mut of: BTreeMap<CustomerId, UserId> = BTreeMap::new();
    let mut shared = Vec::with_capacity(tasks.len());
    for (task, customer) in tasks {
        let least = || loads.iter().min_by_key(|(user, load)| (**load, **user)).map(|(user, _)| *user);
        let Some(taker) = of.get(customer).copied().or_else(least) else { return shared };
        of.insert(*customer, taker);
        if let Some(load) = loads.get_mut(&taker) {
            *load += 1;
        }
        shared.push((*task, *customer, taker));
    }
    shared
}

/// Values of periods, oldest first, of which the last fell each time, at least three in a row: the place of the first that fell
/// (S004-09); `None` where the newest did not fall, or fewer did.
pub fn falling(values: &[i64]) -> Option<usize> {
    const FALLS: usize = 3;
    let mut first = values.len().checked_sub(1)?;
    while first > 0 && values.get(first)? < values.get(first - 1)? {
        first -= 1;
    }
    (values.len() - 1 - first >= FALLS).then_some(first + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(1_000_000_000_000 + minutes * MINUTE_MS)
    }

    fn hours() -> Hours {
        Hours {
            works: true,
            opens: at(0),
            closes: at(600),
            quiet_after: Duration::from_mins(15),
            idle_after: Duration::from_mins(30),
        }
    }

    #[test]
    fn three_of_forty_at_eleven_are_below_the_hourly_plan() {
        // S001-123: nine to seven, two hours gone of ten: 8 of 40 are due by now
        assert_eq!(pace(40, 3, hours().gone(at(120))), -5);
        assert_eq!(pace(40, 9, hours().gone(at(120))), 1);
        assert_eq!(pace(40, 3, (0, 0)), 0, "nothing is due on a day off");
    }

    #[test]
    fn a_day_goes_from_not_begun_over_quiet_and_idle_to_done() {
        let pulse = |last: Option<i64>| Pulse { last: last.map(at), left: 4, ..Pulse::default() };
        let told = |pulse: Pulse, now: i64| state(&pulse, &hours(), at(now));
        assert_eq!(told(pulse(None), -5), (RepState::Off, at(0)));
        assert_eq!(told(pulse(None), 40), (RepState::NotBegun, at(0)));
        assert_eq!(told(pulse(Some(-900)), 40), (RepState::NotBegun, at(0)), "yesterday does not count");
        assert_eq!(told(pulse(Some(30)), 40), (RepState::Working, at(30)));
        assert_eq!(told(pulse(Some(20)), 40), (RepState::Quiet, at(20)));
        assert_eq!(told(pulse(Some(10)), 40), (RepState::Idle, at(10)));
        assert_eq!(told(pulse(Some(595)), 605), (RepState::Working, at(595)), "who goes on works");
        assert_eq!(told(pulse(Some(500)), 605), (RepState::Off, at(600)));
        let done = Pulse { left: 0, reached: true, ..pulse(Some(10)) };
        assert_eq!(told(done, 40).0, RepState::Done);
        assert_eq!(told(Pulse { last: None, ..done }, 40).0, RepState::Done, "nothing was to be done");
        let late = Pulse { late_since: Some(at(35)), ..pulse(Some(39)) };
        assert_eq!(told(late, 40), (RepState::Late, at(35)));
        let absent = Pulse { absent: true, ..late };
        assert_eq!(told(absent, 40).0, RepState::Absent);
    }

    fn weighed(id: i64, lane: Lane, priority: i64, tries: i64) -> Weighed {
        let (task, due_at) = (TaskId(id), at(id));
        Weighed { task, lane, due_at, priority, come_bp: 0, tries, is_fixed: false }
    }

    #[test]
    fn the_least_valuable_tail_leaves_promises_alone() {
        let promised = Weighed { is_fixed: true, ..weighed(1, Lane::Call, 5, 9) };
        let near = Weighed { come_bp: 9_000, ..weighed(2, Lane::Call, 3, 0) };
        let far = weighed(3, Lane::Call, 3, 0);
        let tried = weighed(4, Lane::Call, 3, 3);
        let message = weighed(5, Lane::Material, 3, 0);
        let all = [promised, near, far, tried, message];
        assert_eq!(tail(&all, 2), [TaskId(4), TaskId(3)]);
        assert_eq!(tail(&all, 9).len(), 4, "never what was promised");
        assert_eq!(tail(&all, 0), []);
    }

    #[test]
    fn a_day_is_shared_out_evenly_and_customers_stay_together() {
        let tasks: Vec<(TaskId, CustomerId)> =
            [(1, 10), (2, 11), (3, 10), (4, 12)].map(|(t, c)| (TaskId(t), CustomerId(c))).to_vec();
        let shared = share(&tasks, &[(UserId(1), 5), (UserId(2), 5)]);
        let takers: Vec<i64> = shared.iter().map(|(.., user)| user.0).collect();
        assert_eq!(takers, [1, 2, 1, 2]);
        assert_eq!(share(&tasks, &[]), []);
    }

    #[test]
    fn three_falling_quarters_are_a_drift_and_a_recovery_ends_it() {
        assert_eq!(falling(&[9, 9, 8, 6, 3]), Some(2));
        assert_eq!(falling(&[9, 8, 6]), None);
        assert_eq!(falling(&[9, 8, 6, 3, 4]), None);
        assert_eq!(falling(&[]), None);
    }
}
