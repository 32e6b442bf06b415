//! A funnel by cohort (S001-64): how far the deals that opened in a stretch of days have come, how long each stage took, and why
//! deals were lost there.

use std::collections::BTreeMap;

use crate::domain::report::share::Share;
use crate::domain::time::{DAY_MS, Timestamp};

/// Something that happened to a deal of the cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// It entered a stage, by its place in the pipeline.
    Entered(usize),
    /// It was won.
    Won,
    /// It was lost, for a reason.
    Lost(&'a str),
}

/// A stage of the funnel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Level {
    /// Deals that came to it, or went past it.
    pub entered: i64,
    /// Those that went past it, or were won.
    pub passed: i64,
    /// Those that stand at it.
    pub open: i64,
    /// Those that were lost at it.
    pub lost: i64,
    /// Why, the most frequent first.
    pub reasons: Vec<(String, i64)>,
    /// The middle one of the days that deals stood at it before they left; `None` while none has.
    pub days: Option<i64>,
    /// Stays by how many days they were.
    stays: BTreeMap<i64, i64>,
    lost_for: BTreeMap<String, i64>,
}

impl Level {
    /// The share that went past it.
    pub const fn conversion(&self) -> Share {
        Share::of(self.passed, self.entered)
    }
}

/// The deals of a cohort, each with its steps told one after another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Funnel {
    levels: Vec<Level>,
    won: i64,
    deal: Option<Deal>,
}

/// The deal that is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Deal {
    id: i64,
    /// The furthest it came.
    furthest: Option<usize>,
    /// Where it stands, and since when.
    stands: Option<(usize, Timestamp)>,
    end: Option<End>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Won,
    Lost(String),
}

impl Funnel {
    /// A funnel of so many stages.
    pub fn new(stages: usize) -> Self {
        Self { levels: vec![Level::default(); stages], won: 0, deal: None }
    }

    /// Tells of a step of a deal. The steps of a deal stand together, in the order they were made.
    pub fn tell(&mut self, deal: i64, at: Timestamp, step: Step<'_>) {
        if self.deal.as_ref().is_none_or(|told| told.id != deal) {
            self.close();
            self.deal = Some(Deal { id: deal, furthest: None, stands: None, end: None });
        }
        let Some(told) = &mut self.deal else { return };
        if let Some((stage, since)) = told.stands
            && let Some(level) = self.levels.get_mut(stage)
        {
            *level.stays.entry(at.since(since).max(0) / DAY_MS).or_default() += 1;
        }
        match step {
            Step::Entered(stage) => {
                told.furthest = Some(told.furthest.map_or(stage, |before| before.max(stage)));
                told.stands = Some((stage, at));
                told.end = None;
            }
            Step::Won => {
                told.stands = None;
                told.end = Some(End::Won);
            }
            Step::Lost(reason) => {
                // it is lost where it stood
                told.end = Some(End::Lost(reason.to_owned()));
                if let Some((stage, _)) = told.stands.take() {
                    told.furthest = Some(told.furthest.map_or(stage, |before| before.max(stage)));
                    if let Some(level) = self.levels.get_mut(stage) {
                        level.lost += 1;
                        *level.lost_for.entry(reason.to_owned()).or_default() += 1;
                    }
                }
            }
        }
    }

    fn close(&mut self) {
        let Some(deal) = self.deal.take() else { return };
        let won = deal.end == Some(End::Won);
        self.won += i64::from(won);
        let Some(furthest) = deal.furthest else { return };
        for (stage, level) in self.levels.iter_mut().enumerate() {
            // whoever skipped a stage went past it
            level.entered += i64::from(stage <= furthest || won);
            level.passed += i64::from(stage < furthest || won);
        }
        if let (None, Some((stage, _))) = (&deal.end, deal.stands)
            && let Some(level) = self.levels.get_mut(stage)
        {
            level.open += 1;
        }
    }

    /// Adds the deals of another funnel of the same stages.
    pub fn add(&mut self, mut other: Self) {
        other.close();
        self.won += other.won;
        for (level, more) in self.levels.iter_mut().zip(other.levels) {
            level.entered += more.entered;
            level.passed += more.passed;
            level.open += more.open;
            level.lost += more.lost;
            for (days, count) in more.stays {
                *level.stays.entry(days).or_default() += count;
            }
            for (reason, count) in more.lost_for {
                *level.lost_for.entry(reason).or_default() += count;
            }
        }
    }

    /// The stages in their order, and how many deals were won.
    pub fn end(mut self) -> (Vec<Level>, i64) {
        self.close();
        for level in &mut self.levels {
            level.days = median(&level.stays);
            let mut reasons: Vec<(String, i64)> = std::mem::take(&mut level.lost_for).into_iter().collect();
            reasons.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
            level.reasons = reasons;
        }
        (self.levels, self.won)
    }
}

/// The middle one of values that are counted; of an even number the lower of the two in the middle.
pub fn median(counted: &BTreeMap<i64, i64>) -> Option<i64> {
    let all: i64 = counted.values().sum();
    let mut passed = 0;
    counted.iter().find_map(|(value, count)| {
        passed += count;
        (passed * 2 >= all).then_some(*value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> Timestamp {
        Timestamp(n * DAY_MS)
    }

    #[test]
    fn deals_are_counted_at_every_stage_they_came_to_or_went_past() {
        let mut funnel = Funnel::new(3);
        // one goes all the way and is won from the second stage
        funnel.tell(1, day(0), Step::Entered(0));
        funnel.tell(1, day(2), Step::Entered(1));
        funnel.tell(1, day(6), Step::Entered(2));
        funnel.tell(1, day(6), Step::Won);
        // one is lost at the second
        funnel.tell(2, day(0), Step::Entered(0));
        funnel.tell(2, day(4), Step::Entered(1));
        funnel.tell(2, day(5), Step::Lost("price"));
        // one stands at the first
        funnel.tell(3, day(1), Step::Entered(0));
        let (levels, won) = funnel.end();
        assert_eq!(won, 1);
        let told: Vec<_> = levels.iter().map(|l| (l.entered, l.passed, l.open, l.lost, l.days)).collect();
        assert_eq!(told, [(3, 2, 1, 0, Some(2)), (2, 1, 0, 1, Some(1)), (1, 1, 0, 0, Some(0))]);
        assert_eq!(levels[1].reasons, [("price".to_owned(), 1)]);
        assert_eq!(levels[0].conversion().shown(), "3/30");
    }

    #[test]
    fn a_deal_that_goes_back_and_forth_is_one_deal() {
        let mut funnel = Funnel::new(2);
        funnel.tell(1, day(0), Step::Entered(0));
        funnel.tell(1, day(1), Step::Entered(1));
        funnel.tell(1, day(3), Step::Entered(0));
        let (levels, _) = funnel.end();
        let told: Vec<_> = levels.iter().map(|l| (l.entered, l.passed, l.open)).collect();
        assert_eq!(told, [(1, 1, 1), (1, 0, 0)]);
    }
}
