//! What goes wrong slowly: results that look well while what they come from falls (S004-10), and falls too small to be seen in any one
//! month (S004-28).
//!
//! A slope is the middle one of the slopes between any two months, on logarithms (Theil and Sen): it is told in per cent a month, and
//! an odd month, a holiday, a campaign, does not move it as it would move one of least squares. Months of too few cases are left out,
//! and so is whatever begins with too few to fall from (AP-05).

use crate::domain::report::share::{CASES_MIN, WHOLE_BP};
use crate::domain::time::Month;

/// Months a slope takes at least.
pub const MONTHS_MIN: usize = 9;
/// Months of a quarter.
const QUARTER: usize = 3;
/// Months before and after a turn, at least.
const TURN_MIN: usize = 3;

/// A month of an indicator: so much, of so many days worked or cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Which.
    pub month: Month,
    /// What was counted.
    pub part: i64,
    /// What it is of.
    pub of: i64,
}

/// From what on an indicator is red.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// It fell by so much against the quarter before, in basis points.
    pub fall_bp: u32,
    /// It falls by so much a month, in basis points.
    pub slope_bp: u32,
}

/// How an indicator went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trend {
    /// Of the last quarter: so much, of so many.
    pub now: (i64, i64),
    /// Of the quarter before.
    pub before: (i64, i64),
    /// How far the last quarter is from the one before, in basis points; `None` of too few cases.
    pub change_bp: Option<i64>,
    /// By how much it moves a month, in basis points; `None` of too few months.
    pub slope_bp: Option<i64>,
    /// Where it broke, if it did: the first month after, and by how much the months after differ from those before, in basis points.
    pub turn: Option<(Month, i64)>,
    /// Whether it fell against the quarter before by more than it may.
    pub fell: bool,
    /// Whether it falls month by month by more than it may, however little in each.
    pub slow: bool,
}

impl Trend {
    /// Whether it is red, for either reason.
    pub const fn is_red(&self) -> bool {
        self.fell || self.slow
    }
}

/// How an indicator went in these months, oldest first, the last three of which are the quarter that is looked at.
pub fn trend(months: &[Point], limits: Limits) -> Trend {
    let now = together(months.iter().rev().take(QUARTER));
    let before = together(months.iter().rev().skip(QUARTER).take(QUARTER));
    let change_bp = change(before, now);
    let told: Vec<(usize, f64)> = months
        .iter()
        .enumerate()
        .filter(|(_, point)| point.of >= CASES_MIN)
        .map(|(place, point)| (place, log(*point)))
        .collect();
    let begins: i64 = months.iter().take(months.len() / 2).map(|point| point.part).sum();
    let enough = told.len() >= MONTHS_MIN && begins >= CASES_MIN;
    let slope_bp = if enough { slope(&told).map(basis_points) } else { None };
    let turn = if enough { turn(&told, limits.fall_bp) } else { None };
    Trend {
        now,
        before,
        change_bp,
        slope_bp,
        turn: turn.and_then(|(place, bp)| months.get(place).map(|point| (point.month, bp))),
        fell: change_bp.is_some_and(|change| change <= -i64::from(limits.fall_bp)),
        slow: slope_bp.is_some_and(|slope| slope <= -i64::from(limits.slope_bp)),
    }
}

/// Whether results look well while something they come from is red (S004-10).
pub fn hides(attained_bp: Option<i64>, leading: &[&Trend]) -> bool {
    attained_bp.is_some_and(|attained| attained >= WHOLE_BP) && leading.iter().any(|trend| trend.is_red())
}

fn together<'a>(months: impl Iterator<Item = &'a Point>) -> (i64, i64) {
    months.fold((0, 0), |(part, of), point| (part + point.part, of + point.of))
}

/// How far two shares are apart, of the first of them, rounded half up.
fn change(before: (i64, i64), now: (i64, i64)) -> Option<i64> {
    if before.0 < CASES_MIN || before.1 < CASES_MIN || now.1 < CASES_MIN {
        return None;
    }
    let was = i128::from(before.0) * i128::from(now.1);
    let is = i128::from(now.0) * i128::from(before.1);
    let bp = ((is - was) * i128::from(WHOLE_BP) * 2 + was).div_euclid(was * 2);
    i64::try_from(bp).ok()
}

/// What a month comes to, as a logarithm; nothing at all counts as half a case.
#[expect(clippy::cast_precision_loss, reason = "counts of a month are far below where a float loses ones")]
fn log(point: Point) -> f64 {
    ((point.part as f64).max(0.5) / point.of as f64).ln()
}

/// The middle of the slopes between any two months.
#[expect(clippy::cast_precision_loss, reason = "places among a few months")]
fn slope(months: &[(usize, f64)]) -> Option<f64> {
    let mut slopes = Vec::new();
    for (at, (first, a)) in months.iter().enumerate() {
        for (later, b) in months.iter().skip(at + 1) {
            slopes.push((b - a) / (later - first) as f64);
        }
    }
    middle(slopes)
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let high = values.get(half).copied()?;
    let low = if values.len().is_multiple_of(2) { values.get(half.checked_sub(1)?).copied()? } else { high };
    Some(f64::midpoint(low, high))
}

/// A difference of logarithms in basis points.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond an integer becomes the nearest one")]
fn basis_points(log: f64) -> i64 {
    (log.exp_m1() * 10_000.0).round() as i64
}

/// Where two levels tell the months far better than one: the place of the first month of the second, and how far it is from the first.
/// What falls evenly has no such place: two levels leave half of its distances, and less than two fifths are asked for.
fn turn(months: &[(usize, f64)], least_bp: u32) -> Option<(usize, i64)> {
    let values: Vec<f64> = months.iter().map(|(_, value)| *value).collect();
    let whole = spread(&values)?;
    let mut best: Option<(usize, f64)> = None;
    for at in TURN_MIN..=values.len().checked_sub(TURN_MIN)? {
        let (before, after) = values.split_at_checked(at)?;
        let left = spread(before)? + spread(after)?;
        if best.is_none_or(|(_, least)| left < least) {
            best = Some((at, left));
        }
    }
    let (at, left) = best?;
    let (before, after) = values.split_at_checked(at)?;
    let bp = basis_points(middle(after.to_vec())? - middle(before.to_vec())?);
    let place = months.get(at)?.0;
    (left < whole * 0.4 && bp.abs() >= i64::from(least_bp)).then_some((place, bp))
}

/// How far values are from their middle one, together.
fn spread(values: &[f64]) -> Option<f64> {
    let middle = middle(values.to_vec())?;
    Some(values.iter().map(|value| (value - middle).abs()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { fall_bp: 2_000, slope_bp: 150 };

    /// Months of a team that works 100 days in each.
    fn months(parts: &[i64]) -> Vec<Point> {
        (24_300..).map(Month).zip(parts).map(|(month, part)| Point { month, part: *part, of: 100 }).collect()
    }

    #[test]
    fn a_slow_fall_is_seen_though_no_month_shows_it() {
        // S004-28: 1,000 x 0.98 a month, nine months: 1,000 980 960 941 922 904 886 868 851; no step is beyond -2.1 %
        let trend = trend(&months(&[1_000, 980, 960, 941, 922, 904, 886, 868, 851]), LIMITS);
        assert_eq!(trend.slope_bp, Some(-200));
        // 868 + 851 + 886 = 2,605 against 941 + 922 + 904 = 2,767: -5.85 %, no fall of a quarter; an even fall has no turn
        assert_eq!((trend.change_bp, trend.fell, trend.slow, trend.turn), (Some(-585), false, true, None));
    }

    #[test]
    fn an_odd_month_does_not_bend_a_slope() {
        // the same with a campaign of 3,000 and a month off of 200: the middle of 36 slopes stays where most are
        let trend = trend(&months(&[1_000, 980, 960, 3_000, 922, 904, 200, 868, 851]), LIMITS);
        assert!((-230..=-150).contains(&trend.slope_bp.unwrap()), "{trend:?}");
        // what does not fall does not fall for an odd month: of 36 pairs 28 are of equals
        let flat = super::trend(&months(&[500, 500, 500, 500, 500, 500, 500, 500, 100]), LIMITS);
        assert_eq!((flat.slope_bp, flat.slow), (Some(0), false));
    }

    #[test]
    fn a_good_result_does_not_hide_what_it_comes_from() {
        // S004-10: 300 new customers in the quarter before, 180 in this one: -40 %; the team is at 101 %
        let new = trend(&months(&[100, 100, 100, 60, 60, 60]), LIMITS);
        assert_eq!((new.change_bp, new.fell), (Some(-4_000), true));
        let calls = trend(&months(&[900, 900, 900, 910, 910, 910]), LIMITS);
        assert!(!calls.is_red());
        assert!(hides(Some(10_100), &[&calls, &new]));
        assert!(!hides(Some(9_900), &[&calls, &new]), "a result that is red tells of itself");
        assert!(!hides(Some(10_100), &[&calls]), "nothing is red");
        assert!(!hides(None, &[&calls, &new]), "without a target there is no result to look well");
    }

    #[test]
    fn where_it_broke_is_told() {
        // six months of 100, then six of 70: -30 % from the seventh on; a slope would say -3 to -4 % a month and miss when
        let broke = trend(&months(&[100, 100, 100, 100, 100, 100, 70, 70, 70, 70, 70, 70]), LIMITS);
        assert_eq!(broke.turn, Some((Month(24_306), -3_000)));
        // ten of a hundred more or less is no turn
        let waves = trend(&months(&[100, 95, 105, 100, 95, 105, 92, 97, 102, 95, 92, 100]), LIMITS);
        assert_eq!(waves.turn, None);
    }

    #[test]
    fn few_cases_say_nothing() {
        // twenty-nine to begin with are too few to fall from, and eight months too few for a slope
        let few = trend(&months(&[10, 10, 9, 1, 1, 1]), LIMITS);
        assert_eq!((few.change_bp, few.slope_bp, few.is_red()), (None, None, false));
        assert_eq!(trend(&months(&[90, 80, 70, 60, 50, 40, 30, 20]), LIMITS).slope_bp, None);
        // a month in which hardly anybody worked is left out: eight of nine are told
        let mut nine = months(&[90, 88, 86, 84, 82, 80, 78, 76, 74]);
        nine[4].of = 29;
        assert_eq!(trend(&nine, LIMITS).slope_bp, None);
        // whatever falls to nothing is seen
        let gone = trend(&months(&[40, 40, 40, 40, 40, 40, 0, 0, 0]), LIMITS);
        assert_eq!((gone.change_bp, gone.fell, gone.slow), (Some(-10_000), true, true));
        assert_eq!(trend(&[], LIMITS), Trend::default());
    }
}
