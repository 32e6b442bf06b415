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
    }
}
