//! Money in minor units (fen, cents) and shares in basis points.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use serde::{Deserialize, Serialize};

/// An amount in minor units of the playbook's currency (fen for CNY). May be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whole units (yuan) as minor units, saturating at the ends of the range.
    pub const fn whole(units: i64) -> Self {
        Self(units.saturating_mul(100))
    }

    /// `bp` basis points of this amount, rounded down in minor units (formulas.md no. 7).
    #[must_use]
    pub fn share(self, bp: i64) -> Self {
        let part = i128::from(self.0) * i128::from(bp) / 10_000;
        Self(i64::try_from(part).unwrap_or(if part < 0 { i64::MIN } else { i64::MAX }))
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// The amount in whole units with two decimals only where there are any: `4680`, `97.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, minor) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        if minor == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{minor:02}") }
    }
}

/// Basis points of a percent.
const PERCENT: i64 = 100;

/// A share as typed, in basis points: `30`, `30%`, `12.5 %`; 0.01 to 100.
pub fn percent(typed: &str) -> Option<i64> {
    let typed = typed.trim().trim_end_matches(['%', '％']).trim();
    let (whole, part) = typed.split_once('.').unwrap_or((typed, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    let share = whole.parse::<i64>().ok()?.checked_mul(PERCENT)?.checked_add(part)?;
    (1..=100 * PERCENT).contains(&share).then_some(share)
}

/// How many of the stored unit a whole one is: minor units of money, seconds of a minute.
pub const fn whole_units(unit: crate::domain::lists::Unit) -> i64 {
    use crate::domain::lists::Unit;
    match unit {
        Unit::Money | Unit::Rate => 100,
        Unit::Minutes => 60,
        Unit::Count => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_as_it_is_said() {
        for (typed, share) in
            [("30", 3_000), ("30%", 3_000), (" 12.5 % ", 1_250), ("100％", 10_000), ("0.01", 1)]
        {
            assert_eq!(percent(typed), Some(share), "{typed}");
        }
        for typed in ["", "0", "101", "-3", "a", "1.234", "1,5", "%"] {
            assert_eq!(percent(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_share_rounds_down_and_survives_large_amounts() {
        // 30 % of 99 fen is 29.7 fen
        assert_eq!(Money(99).share(3_000), Money(29));
        assert_eq!(Money(i64::MAX).share(10_000), Money(i64::MAX));
    }

    #[test]
    fn an_amount_shows_decimals_only_where_there_are_any() {
        assert_eq!(Money(468_000).to_string(), "4680");
        assert_eq!(Money(9_750).to_string(), "97.50");
        assert_eq!(Money(-5).to_string(), "-0.05");
    }
}
