//! Figures by their unit.

use crate::domain::lists::{Metric, Unit};
use crate::domain::ratio::{Ratio, Whole};
use crate::text::Words;
use crate::text::format;

/// A metric's value as a person reads it: counts grouped, money in whole units, talk time in minutes, rates in per cent.
pub fn amount(unit: Unit, currency: &str, value: i64) -> String {
    match unit {
        Unit::Count => format::grouped(value),
        Unit::Money => format::amount(value, currency),
        Unit::Minutes => format::grouped(value / 60),
        Unit::Rate => format::percent(value),
    }
}

/// What is still needed, rounded up to whole units: nobody plans a day by the fen.
pub fn needed(unit: Unit, currency: &str, value: i64) -> String {
    let whole = match unit {
        Unit::Money => {
            value.div_euclid(100).saturating_add(i64::from(value.rem_euclid(100) != 0)).saturating_mul(100)
        }
        _ => value,
    };
    amount(unit, currency, whole)
}

/// The same with its sign always said: `+2,255`, `-340`.
pub fn signed(unit: Unit, currency: &str, value: i64) -> String {
    let sign = if value > 0 { "+" } else { "" };
    format!("{sign}{}", amount(unit, currency, value))
}

/// Both sums of a ratio: `15 / 240`; of an amount by head the heads, `900,000 / 9.5`; of a target in its unit, `88,000 / 100,000`.
pub fn cases(unit: Unit, currency: &str, ratio: Ratio) -> String {
    if let Whole::Target(unit) = ratio.whole {
        let show = |sum| amount(unit, currency, sum);
        return format!("{} / {}", show(ratio.sums.part), show(ratio.sums.of));
    }
    let of = match ratio.heads() {
        Some(heads) => format::hundredths(heads),
        None => format::grouped(ratio.sums.of),
    };
    let part = if ratio.is_of_cases() {
        format::grouped(ratio.sums.part)
    } else {
        amount(unit, currency, ratio.sums.part)
    };
    format!("{part} / {of}")
}

/// What a ratio comes to: `6.25%`; where too few cases make it be withheld, how many there are of how many there must be, `12/30`.
pub fn ratio(unit: Unit, currency: &str, ratio: Ratio) -> String {
    match ratio.value() {
        Some(value) if ratio.is_share() => format!("{}%", format::hundredths(value)),
        Some(value) => amount(unit, currency, value),
        None if ratio.is_of_cases() => ratio.sums.shown(),
        None => "–".to_owned(),
    }
}

/// The name of a metric.
pub fn metric(words: &Words, metric: Metric) -> String {
    words.name("metric", metric.as_str()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::share::Share;

    #[test]
    fn values_are_shown_in_their_unit() {
        assert_eq!(amount(Unit::Money, "CNY", 8_640_000), "86,400");
        assert_eq!(amount(Unit::Minutes, "CNY", 7_259), "120");
        assert_eq!(signed(Unit::Count, "CNY", 2_255), "+2,255");
        assert_eq!(signed(Unit::Money, "CNY", -500), "-5");
        assert_eq!(needed(Unit::Money, "CNY", 435_286), "4,353");
        assert_eq!(needed(Unit::Money, "CNY", 435_200), "4,352");
        assert_eq!(needed(Unit::Count, "CNY", 7), "7");
    }

    #[test]
    fn a_ratio_is_shown_with_both_sums() {
        let share = Ratio::of_cases(Share::of(15, 240));
        assert_eq!(cases(Unit::Rate, "CNY", share), "15 / 240");
        assert_eq!(ratio(Unit::Rate, "CNY", share), "6.25%");
        assert_eq!(ratio(Unit::Rate, "CNY", Ratio::of_cases(Share::of(4, 12))), "12/30");
        // 9.5 heads: 94,736.84
        let target = Ratio::of_target(Share::of(8_800_000, 10_000_000), Unit::Money);
        assert_eq!(cases(Unit::Rate, "CNY", target), "88,000 / 100,000");
        assert_eq!(ratio(Unit::Rate, "CNY", target), "88%");
        let head = Ratio::by_head(90_000_000, 209, 22);
        assert_eq!(cases(Unit::Money, "CNY", head), "900,000 / 9.5");
        assert_eq!(ratio(Unit::Money, "CNY", head), amount(Unit::Money, "CNY", 9_473_684));
    }
}
