//! What a side has: units, and what they are held against. Whole numbers throughout.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::lists::{Metric, PkKind, Unit};

/// Thousandths of a point, and of a head's share: figures are shown to the thousandth at most.
pub const WHOLE: i64 = 1_000;

/// What a metric gives: so many points for so much of it, as it is stored (minor units, seconds, a count).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// The metric.
    pub metric: Metric,
    /// Points.
    pub points: i64,
    /// For so much.
    pub per: i64,
}

/// Whether one metric is counted as it is: units are the metric's own then, else thousandths of a point.
pub fn is_plain(weights: &[Weight]) -> bool {
    matches!(weights, [Weight { points: 1, per: 1, .. }])
}

/// The units of what was counted. Each metric's points are rounded down to a thousandth.
pub fn units(weights: &[Weight], counted: &BTreeMap<Metric, i64>) -> i64 {
    let of = |weight: &Weight| i128::from(counted.get(&weight.metric).copied().unwrap_or(0));
    let sum = if is_plain(weights) {
        weights.iter().map(of).sum()
    } else {
        let thousandths = |weight: &Weight| {
            (of(weight) * i128::from(weight.points) * i128::from(WHOLE))
                .div_euclid(i128::from(weight.per.max(1)))
        };
        weights.iter().map(thousandths).sum()
    };
    narrow(sum)
}

/// A side's units, and what they are held against: `units × times ÷ by`, compared without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// What was counted, weighed.
    pub units: i64,
    /// Times this.
    pub times: i64,
    /// By this; 0 where there is nothing to hold it against: such a side is behind all others.
    pub by: i64,
}

/// What a tally is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// An amount of one metric, in its unit.
    Amount(Unit),
    /// Points, in thousandths.
    Points,
    /// An amount a head, in thousandths of the unit.
    Head(Unit),
    /// Points a head, in thousandths.
    HeadPoints,
    /// Basis points of something of the own.
    Share,
}

impl Measure {
    /// By which sides of this kind are compared.
    pub fn of(kind: PkKind, weights: &[Weight]) -> Self {
        let plain = weights.first().filter(|_| is_plain(weights)).map(|weight| weight.metric.unit());
        match (kind, plain) {
            (PkKind::OwnTarget | PkKind::Handicap, _) => Self::Share,
            (PkKind::Average, Some(unit)) => Self::Head(unit),
            (PkKind::Average, None) => Self::HeadPoints,
            (_, Some(unit)) => Self::Amount(unit),
            (_, None) => Self::Points,
        }
    }

    /// What one of a tally is in the figure that is shown.
    const fn fine(self) -> i64 {
        match self {
            Self::Amount(_) | Self::Points | Self::HeadPoints => 1,
            Self::Head(_) => WHOLE,
            Self::Share => 10_000,
        }
    }
}

impl Tally {
    /// Units as they are.
    pub const fn plain(units: i64) -> Self {
        Self { units, times: 1, by: 1 }
    }

    /// Whether there is something to hold the units against.
    pub const fn is_known(self) -> bool {
        self.by > 0
    }

    /// The figure to show, rounded down; 0 where it is not known.
    pub fn shown(self, measure: Measure) -> i64 {
        if self.by <= 0 {
            return 0;
        }
        narrow(self.value() * i128::from(measure.fine()) / i128::from(self.by))
    }

    /// Against another: by the exact value.
    pub fn against(self, other: Self) -> Ordering {
        match (self.is_known(), other.is_known()) {
            (true, true) => (self.value() * i128::from(other.by)).cmp(&(other.value() * i128::from(self.by))),
            (mine, theirs) => mine.cmp(&theirs),
        }
    }

    fn value(self) -> i128 {
        i128::from(self.units) * i128::from(self.times)
    }
}

fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(metric: Metric, points: i64, per: i64) -> Weight {
        Weight { metric, points, per }
    }

    #[test]
    fn one_metric_counts_as_it_is_and_several_count_in_points() {
        let counted = BTreeMap::from([(Metric::CallsValid, 7), (Metric::RevenueNew, 468_050)]);
        assert_eq!(units(&[weight(Metric::CallsValid, 1, 1)], &counted), 7);
        // 2 points a valid call, 1 point for 100 yuan: 14 + 46.805
        let both = [weight(Metric::CallsValid, 2, 1), weight(Metric::RevenueNew, 1, 10_000)];
        assert_eq!(units(&both, &counted), 14_000 + 46_805);
        // 3 points for 7: 3 × 468,050 ÷ 7 = 200,592.857 142…, rounded down to the thousandth
        assert_eq!(units(&[weight(Metric::RevenueNew, 3, 7)], &counted), 200_592_857);
        assert_eq!(units(&[weight(Metric::OrdersWon, 5, 1)], &counted), 0);
    }

    #[test]
    fn a_head_of_eight_may_bring_more_than_a_head_of_ten() {
        // formulas.md no. 12 and S001-109: 96 by 8 heads against 110 by 10, over a window of 5 working days
        let weights = [weight(Metric::WechatAdded, 1, 1)];
        let (a, b) = (Tally { units: 96, times: 5, by: 40 }, Tally { units: 110, times: 5, by: 50 });
        let measure = Measure::of(PkKind::Average, &weights);
        assert_eq!(measure, Measure::Head(Unit::Count));
        assert_eq!((a.shown(measure), b.shown(measure)), (12_000, 11_000));
        assert_eq!(a.against(b), Ordering::Greater);
    }

    #[test]
    fn tallies_are_compared_before_they_are_rounded() {
        let (a, b) = (Tally { units: 1, times: 1, by: 3 }, Tally { units: 3_333, times: 1, by: 10_000 });
        assert_eq!(a.shown(Measure::Share), b.shown(Measure::Share));
        assert_eq!(a.against(b), Ordering::Greater);
        assert_eq!(
            Tally::plain(i64::MAX).against(Tally { units: i64::MAX, times: 1, by: 2 }),
            Ordering::Greater
        );
    }

    #[test]
    fn a_side_without_anything_to_be_held_against_is_behind_all_others() {
        let none = Tally { units: 50, times: 1, by: 0 };
        assert_eq!(none.against(Tally { units: 0, times: 1, by: 5 }), Ordering::Less);
        assert_eq!(none.shown(Measure::Share), 0);
    }
}
