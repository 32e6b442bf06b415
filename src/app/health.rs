//! How teams are doing, in words: what a quarter came to, how far it is from the one before, how fast it moves, where it broke.

use crate::app::amount::amount;
use crate::domain::health::Trend;
use crate::domain::time::{Day, Month};
use crate::store::query::health::{HealthLine, Leading, TeamHealth};
use crate::text::{Text, Words, format};

/// `1,010,000 / 1,000,000`; what was done alone where there is no target.
pub fn sums(team: &TeamHealth) -> String {
    let show = |value| amount(team.main.unit(), &team.currency, value);
    match team.result.of {
        0 => show(team.result.part),
        target => format!("{} / {}", show(team.result.part), show(target)),
    }
}

/// `1,010,000 / 1,000,000 = 101%`.
pub fn result(team: &TeamHealth) -> String {
    let attained = team.attained_bp().map(|attained| format!(" = {}", format::percent(attained)));
    sums(team) + &attained.unwrap_or_default()
}

/// A quarter of an indicator: `3.2` a day and head, `12.4%` of cases; a dash of nothing.
pub fn value(kind: Leading, (part, of): (i64, i64)) -> String {
    if of <= 0 {
        return "–".to_owned();
    }
    let hundredths = |whole: i64| {
        let (part, of) = (i128::from(part) * i128::from(whole), i128::from(of));
        i64::try_from((part * 2 + of).div_euclid(of * 2)).unwrap_or(i64::MAX)
    };
    if kind.of().is_some() {
        format::percent(hundredths(10_000))
    } else {
        format::hundredths(hundredths(100))
    }
}

/// Basis points with their sign: `-40%`, `+2.1%`; a dash where there are too few cases.
pub fn moved(bp: Option<i64>) -> String {
    let Some(bp) = bp else { return "–".to_owned() };
    // what is shown as nothing has no sign
    let sign = if bp >= 5 { "+" } else { "" };
    format!("{sign}{}", format::percent(bp))
}

/// `2026-07`.
pub fn month(month: Month) -> String {
    month.first().to_string().get(..7).unwrap_or_default().to_owned()
}

/// `2026 Q3`, by the quarter's first day.
pub fn quarter(first: Day) -> String {
    let Month(month) = first.month();
    format!("{} Q{}", month.div_euclid(12), month.rem_euclid(12) / 3 + 1)
}

/// What deserves a look: where it broke; else that it fell, that it falls slowly, that there is too little to tell; empty where all is well.
pub fn flag(words: &Words, trend: &Trend) -> String {
    if let Some((since, bp)) = trend.turn {
        let (since, by) = (month(since), moved(Some(bp)));
        return words.fill(Text("health.turned"), &[("by", &by), ("since", &since)]);
    }
    let told = if trend.fell {
        "health.fell"
    } else if trend.slow {
        "health.slow"
    } else if trend.change_bp.is_none() && trend.slope_bp.is_none() {
        "health.few"
    } else {
        return String::new();
    };
    words.say(Text(told)).to_owned()
}

/// What fills a cell of a spark of [`heights`].
pub const FULL: i64 = 800;

/// Months as heights of a spark below [`FULL`]: from the lowest to the highest, or over two fifths of the highest where they are
/// closer, so that a fall is seen and an ordinary month is no cliff. What is `None` has no record and no height.
pub fn heights(months: &[Option<i64>]) -> Vec<i64> {
    let known = || months.iter().flatten().copied().map(i128::from);
    let (low, high) = (known().min().unwrap_or(0), known().max().unwrap_or(0));
    let range = (high - low).max(high * 2 / 5).max(1);
    // what they leave of the range is above and below them alike
    let floor = low - (range - (high - low)) / 2;
    let height = |value: i64| i64::try_from((i128::from(value) - floor) * 600 / range + 100).unwrap_or(FULL);
    months.iter().map(|month| month.map_or(0, height)).collect()
}

/// The months of an indicator in ten thousandths of its unit.
pub fn months(line: &HealthLine) -> Vec<Option<i64>> {
    let value = |(part, of): &(i64, i64)| (*of > 0).then(|| part.saturating_mul(10_000) / of);
    line.months.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_told_by_head_and_day_or_of_their_cases() {
        // 1,240 calls in 400 days of one head each are 3.1 a day; 41 of 330 are 12.42 %
        assert_eq!(value(Leading::ValidCalls, (1_240, 400)), "3.1");
        assert_eq!(value(Leading::Booked, (41, 330)), "12.4%");
        assert_eq!(value(Leading::Wechat, (3, 0)), "–");
        assert_eq!((moved(Some(-4_000)).as_str(), moved(Some(210)).as_str()), ("-40%", "+2.1%"));
        assert_eq!(
            (moved(Some(4)).as_str(), moved(Some(5)).as_str(), moved(None).as_str()),
            ("0%", "+0.1%", "–")
        );
        assert_eq!(quarter(Month(2_026 * 12 + 6).first()), "2026 Q3");
        assert_eq!(month(Month(2_026 * 12 + 6)), "2026-07");
    }

    #[test]
    fn a_fall_is_seen_and_an_even_year_is_a_line_in_the_middle() {
        // 100 to 50: from 700 down to 100; all alike: 20 above and 20 below of a range of 40, 300 + 100
        assert_eq!(heights(&[Some(100), None, Some(75), Some(50)]), [700, 0, 400, 100]);
        assert_eq!(heights(&[Some(100), Some(100)]), [400, 400]);
        assert_eq!(heights(&[None, Some(0)]), [0, 100]);
    }
}
