//! Figures of matches as a person reads them.

use crate::app::amount::amount;
use crate::domain::lists::Unit;
use crate::domain::pk::{Measure, WHOLE};
use crate::store::query::pk::PkCard;
use crate::text::format;

/// A figure of a match: an amount in its unit, points, so much a head with one decimal, per cent of something of the own.
pub fn figure(measure: Measure, currency: &str, shown: i64) -> String {
    match measure {
        Measure::Amount(unit) => amount(unit, currency, shown),
        Measure::Points | Measure::HeadPoints | Measure::Head(Unit::Count | Unit::Rate) => {
            tenths(shown, WHOLE)
        }
        Measure::Head(Unit::Money) => amount(Unit::Money, currency, shown / WHOLE),
        Measure::Head(Unit::Minutes) => tenths(shown, 60 * WHOLE),
        Measure::Share => format::percent(shown),
    }
}

/// The figure of a side's units by themselves, whatever the match holds them against.
pub fn units(card: &PkCard, units: i64) -> String {
    let plain = match card.weights.first() {
        Some(weight) if crate::domain::pk::is_plain(&card.weights) => Measure::Amount(weight.metric.unit()),
        _ => Measure::Points,
    };
    figure(plain, &card.currency, units)
}

/// So many of `one`, with one decimal, rounded down.
fn tenths(value: i64, one: i64) -> String {
    let tenths = i128::from(value) * 10 / i128::from(one);
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    let whole = format::grouped(i64::try_from(tenths / 10).unwrap_or(i64::MAX));
    format!("{sign}{whole}.{}", tenths % 10)
}

/// Who is ahead in the round that is shown, and by how much; nobody where the first are level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lead {
    /// The side.
    pub side: u32,
    /// The one behind it.
    pub behind: u32,
    /// By how much, as it is shown.
    pub by: i64,
}

/// Who is ahead of all others; in a bracket it is pairs who meet, see [`ahead_of`].
pub fn lead(card: &PkCard) -> Option<Lead> {
    let entries = &card.round()?.entries;
    let mut order: Vec<_> = entries.iter().collect();
    order.sort_by(|one, other| other.tally.against(one.tally));
    let (first, second) = (order.first()?, order.get(1)?);
    ahead_of((first.side, second.side), card)
}

/// Which of two sides is ahead in the round that is shown, and by how much; `None` where they are level.
pub fn ahead_of((one, other): (u32, u32), card: &PkCard) -> Option<Lead> {
    let entries = &card.round()?.entries;
    let of = |side: u32| entries.iter().find(|entry| entry.side == side).map(|entry| entry.tally);
    let (mine, theirs) = (of(one)?, of(other)?);
    let by = mine.shown(card.measure) - theirs.shown(card.measure);
    match mine.against(theirs) {
        std::cmp::Ordering::Greater => Some(Lead { side: one, behind: other, by }),
        std::cmp::Ordering::Less => Some(Lead { side: other, behind: one, by: -by }),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_by_what_they_measure() {
        let shown = |measure, value| figure(measure, "CNY", value);
        assert_eq!(shown(Measure::Amount(Unit::Count), 1_234), "1,234");
        assert_eq!(shown(Measure::Amount(Unit::Money), 468_050), "4,680.50");
        assert_eq!(shown(Measure::Points, 60_805), "60.8");
        assert_eq!(shown(Measure::Head(Unit::Count), 12_000), "12.0");
        assert_eq!(shown(Measure::Head(Unit::Money), 1_234_567_000), "12,345.67");
        assert_eq!(shown(Measure::Head(Unit::Minutes), 90_000_000), "1,500.0");
        assert_eq!(shown(Measure::Share, 10_250), "102.5%");
        assert_eq!(shown(Measure::Points, -1_500), "-1.5");
    }
}
