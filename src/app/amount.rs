//! Figures by their unit.

use crate::domain::lists::{Metric, Unit};
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

/// The name of a metric.
pub fn metric(words: &Words, metric: Metric) -> String {
    words.name("metric", metric.as_str()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
