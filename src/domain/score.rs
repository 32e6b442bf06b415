//! The order of the day: how pressing a task is, with every part of the sum visible (formulas.md no. 2, S003-10).

use std::cmp::Ordering;

use serde::Serialize;

use crate::domain::id::TaskId;
use crate::domain::money::Money;
use crate::domain::time::{MINUTE_MS, Timestamp};

/// A promise counts from ten minutes before its time.
const PROMISE_AHEAD_MS: i64 = 10 * MINUTE_MS;
/// Days overdue that still add to the score.
const OVERDUE_DAYS_MAX: i64 = 14;
/// The most the expected value adds.
const VALUE_MAX: i64 = 40;

/// What the score of one task is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScoreInput {
    /// The time promised to the customer, when one was.
    pub promise_at: Option<Timestamp>,
    /// A response clock: since when it runs, and its limit (S000-23).
    pub clock: Option<(Timestamp, Timestamp)>,
    /// Whether a key node of the customer is booked for today.
    pub node_today: bool,
    /// Whether a red warning is open.
    pub warning_red: bool,
    /// What the deal would bring.
    pub value: Money,
    /// How likely it is, basis points.
    pub likely_bp: i64,
    /// The median of value × likelihood in the team; zero while unknown, then the value adds nothing.
    pub team_median: Money,
    /// The weight of the present focus, 0 when the task is out of it.
    pub focus_weight: i64,
    /// How important the task is, 0..=5.
    pub importance: i64,
    /// Whole business days since it was due.
    pub days_overdue: i64,
    /// Minutes it takes.
    pub minutes_needed: i64,
}

/// The parts of a score; they add up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Parts {
    /// 1000 for a promise due within ten minutes or overdue.
    pub promise: i64,
    /// 400 for a red response clock, 200 for an amber one.
    pub clock: i64,
    /// 150 for a node today.
    pub node: i64,
    /// 60 for a red warning.
    pub warning: i64,
    /// Up to 40 for the expected value against the team's median.
    pub value: i64,
    /// 10 × focus weight × importance.
    pub focus: i64,
    /// 2 for each day overdue, 14 days at most.
    pub overdue: i64,
    /// Minus the minutes it takes.
    pub effort: i64,
}

impl Parts {
    /// The sum.
    pub const fn total(self) -> i64 {
        self.promise
            + self.clock
            + self.node
            + self.warning
            + self.value
            + self.focus
            + self.overdue
            + self.effort
    }
}

/// A score and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Score {
    /// The sum of the parts.
    pub total: i64,
    /// The parts.
    pub parts: Parts,
}

/// How a response clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Time enough.
    Green,
    /// Three quarters of the time are used.
    Amber,
    /// The limit has passed.
    Red,
}

/// How a response clock that runs from `from` to `limit` stands.
pub fn clock_state(from: Timestamp, limit: Timestamp, now: Timestamp) -> ClockState {
    if now > limit {
        ClockState::Red
    } else if now.since(from).saturating_mul(4) >= limit.since(from).saturating_mul(3) {
        ClockState::Amber
    } else {
        ClockState::Green
    }
}

/// Computes the score of a task.
pub fn score(input: &ScoreInput, now: Timestamp) -> Score {
    let promise = input.promise_at.is_some_and(|at| at.since(now) <= PROMISE_AHEAD_MS);
    let clock = match input.clock.map(|(from, limit)| clock_state(from, limit, now)) {
        Some(ClockState::Red) => 400,
        Some(ClockState::Amber) => 200,
        Some(ClockState::Green) | None => 0,
    };
    let parts = Parts {
        promise: if promise { 1_000 } else { 0 },
        clock,
        node: if input.node_today { 150 } else { 0 },
        warning: if input.warning_red { 60 } else { 0 },
        value: value(input),
        focus: 10 * input.focus_weight * input.importance,
        overdue: 2 * input.days_overdue.clamp(0, OVERDUE_DAYS_MAX),
        effort: -input.minutes_needed,
    };
    Score { total: parts.total(), parts }
}

/// The order of two tasks: the higher score first, then the earlier due time, then the smaller id, so that every
/// terminal shows the same order.
pub fn order(a: (Score, Timestamp, TaskId), b: (Score, Timestamp, TaskId)) -> Ordering {
    b.0.total.cmp(&a.0.total).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2))
}

fn value(input: &ScoreInput) -> i64 {
    if input.team_median.0 <= 0 {
        return 0;
    }
    let expected = i128::from(input.value.0.max(0)) * i128::from(input.likely_bp.max(0));
    let part = i128::from(VALUE_MAX) * expected / (10_000 * i128::from(input.team_median.0));
    i64::try_from(part).unwrap_or(VALUE_MAX).min(VALUE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(n: i64) -> Timestamp {
        Timestamp(n * MINUTE_MS)
    }

    /// Five tasks at minute 600, computed by hand from the formula.
    fn five() -> [(i64, ScoreInput); 5] {
        [
            // promised for 10:05: 1000 + value 40·(468,000·0.25)/234,000 = 20 − 5
            (
                1_015,
                ScoreInput {
                    promise_at: Some(minute(605)),
                    value: Money(468_000),
                    likely_bp: 2_500,
                    team_median: Money(234_000),
                    minutes_needed: 5,
                    ..ScoreInput::default()
                },
            ),
            // clock of 09:45 to 09:55 is red: 400 + a node today 150 − 6
            (
                544,
                ScoreInput {
                    clock: Some((minute(585), minute(595))),
                    node_today: true,
                    minutes_needed: 6,
                    ..ScoreInput::default()
                },
            ),
            // clock of 09:52 to 10:02, 8 of 10 minutes gone, is amber: 200 + focus 10·3·2 − 3
            (
                257,
                ScoreInput {
                    clock: Some((minute(592), minute(602))),
                    focus_weight: 3,
                    importance: 2,
                    minutes_needed: 3,
                    ..ScoreInput::default()
                },
            ),
            // red warning 60 + value capped 40 + 20 days overdue count as 14: 28 − 8
            (
                120,
                ScoreInput {
                    warning_red: true,
                    value: Money(900_000),
                    likely_bp: 9_000,
                    team_median: Money(1_000),
                    days_overdue: 20,
                    minutes_needed: 8,
                    ..ScoreInput::default()
                },
            ),
            // promised for 10:11, not yet within ten minutes: only the effort
            (-4, ScoreInput { promise_at: Some(minute(611)), minutes_needed: 4, ..ScoreInput::default() }),
        ]
    }

    #[test]
    fn five_tasks_stand_in_the_order_of_their_visible_parts() {
        for (expected, input) in five() {
            let score = score(&input, minute(600));
            assert_eq!((score.total, score.parts.total()), (expected, expected));
        }
        let mut shuffled = [3_usize, 0, 4, 2, 1]
            .map(|n| (score(&five()[n].1, minute(600)), minute(0), TaskId(i64::try_from(n).unwrap())));
        shuffled.sort_by(|a, b| order(*a, *b));
        assert_eq!(shuffled.map(|task| task.2.0), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn equal_scores_stand_by_due_time_then_id() {
        let same = Score::default();
        let mut tasks =
            [(same, minute(2), TaskId(1)), (same, minute(1), TaskId(9)), (same, minute(1), TaskId(8))];
        tasks.sort_by(|a, b| order(*a, *b));
        assert_eq!(tasks.map(|task| task.2.0), [8, 9, 1]);
    }

    #[test]
    fn a_clock_of_ten_minutes_is_amber_after_eight_and_red_after_eleven() {
        let state = |n| clock_state(minute(600), minute(610), minute(n));
        assert_eq!(
            [600, 607, 608, 610, 611].map(state),
            [ClockState::Green, ClockState::Green, ClockState::Amber, ClockState::Amber, ClockState::Red,]
        );
    }
}
